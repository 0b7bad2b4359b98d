"""The table, part ten: quantiles of counts, step functions whose derivatives are 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradc.prims import balls
from gradc.prims.cumulative import r_call
from gradc.prims.cumulative_balls import corners, log_beta_tails, log_gamma_tails
from gradc.prims.quantile import python_call
from gradc.prims.quantile_balls import levels
from gradc.prims.schema import Prim, prim

Ball = Any

_VARIANTS = {
    "": (False, False),
    "_upper": (True, False),
    "_log": (False, True),
    "_upper_log": (True, True),
}
_LARGEST = 2**60


def _poisson(k: Ball, mean: Ball) -> tuple[Ball, Ball]:
    high, low = log_gamma_tails(mean, k + 1)
    return low, high


def _binomial(k: Ball, size: Ball, prob: Ball) -> tuple[Ball, Ball]:
    from flint import arb

    if k >= size:
        return arb(0), arb.neg_inf()
    high, low = log_beta_tails(prob, k + 1, size - k)
    return low, high


def _negative_binomial(k: Ball, size: Ball, prob: Ball) -> tuple[Ball, Ball]:
    return log_beta_tails(prob, size, k + 1)


def _quantile(tails: Callable[..., tuple[Ball, Ball]], *, upper: bool, log: bool) -> Any:
    """The smallest count whose lower tail reaches p; NaN where the balls do not tell."""

    def value(p: Ball, *shapes: Ball) -> Ball:
        from flint import arb

        nothing, all_ = (arb.neg_inf(), arb(0)) if log else (arb(0), arb(1))
        if not (p > nothing and p < all_) or not all(shape > 0 for shape in shapes):
            return balls.nan()
        log_low, log_high = levels(p, upper, log)

        def reaches(k: int) -> bool | None:
            low, high = tails(arb(k), *shapes)
            excess = low - log_low if log_low < log_high else log_high - high
            return True if excess >= 0 else False if excess < 0 else None

        high, found = 1, reaches(0)
        if found:
            return arb(0)
        while not reaches(high):
            high *= 2
            if high > _LARGEST:
                return balls.nan()
        low = high // 2 if high > 1 else 0
        while high - low > 1:
            middle = (low + high) // 2
            found = reaches(middle)
            if found is None:
                return balls.nan()
            low, high = (low, middle) if found else (middle, high)
        return arb(high)

    return value


def _prims(
    name: str, shapes: str, what: str, tails: Callable[..., tuple[Ball, Ball]], ways: str
) -> list[Prim]:
    found: list[Prim] = []
    python = what.replace("negative ", "n").lower()
    for suffix, (upper, log) in _VARIANTS.items():
        ball = _quantile(tails, upper=upper, log=log)
        probabilities = (-2.3, -0.4) if log else (0.1, 0.65)
        call = python_call(python, "p", *shapes.split(), upper=upper, log=log)
        values = {"l": (4.25,), "s": (9.0,), "r": (0.3,)}
        found.append(
            prim(
                f"{name}{suffix}",
                f"p {shapes}",
                doc=f"quantile of the {what} distribution",
                source="definition: the smallest count whose distribution function reaches p",
                d=dict.fromkeys(("p", *shapes.split()), "0"),
                domain="p < 0" if log else "p > 0 and p < 1",
                ball=corners(ball, ("-" if upper else "+") + ways),
                probe={"p": probabilities, **{s: values[s] for s in shapes.split()}},
                spell={
                    "r": r_call(name, "p", *shapes.split(), upper=upper, log=log),
                    "tmb": f"extra::{name}{suffix}",
                    "numpy": call,
                    "tf": call,
                },
                kinks=True,
            )
        )
    return found


PRIMS: tuple[Prim, ...] = (
    *_prims("qpois", "l", "Poisson", _poisson, "+"),
    *_prims("qbinom", "s r", "binomial", _binomial, "++"),
    *_prims("qnbinom", "s r", "negative binomial", _negative_binomial, "+-"),
)
