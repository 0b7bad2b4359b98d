"""Quantiles for TMB: values from R's library, derivatives stated.

A tail's relative derivatives are those that :mod:`gradc.targets.tmb_distributions` states.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.targets.tmb_extra import Extra

_VARIANTS = {
    "": (False, False),
    "_upper": (True, False),
    "_log": (False, True),
    "_upper_log": (True, True),
}
_GAMMA_SPLIT = "tx[1] + Type(1.0078125)"
_BETA_SPLIT = "(tx[1] + Type(1)) / (tx[1] + tx[2] + Type(2))"


def _quantile(
    family: str,
    shapes: tuple[str, ...],
    split: str,
    pairs: tuple[tuple[str, str], ...],
    *,
    upper: bool,
    log: bool,
) -> Extra:
    """``pairs`` are the logarithmic derivatives of the two tails in each shape."""
    places = ", ".join(f"tx[{k + 1}]" for k in range(len(shapes)))
    scale = "tx[0]" if log else "Type(0)"
    density = f"{family}_density(ty[0], {places}, {scale})"
    rest, own = ("expm1(-tx[0])", "") if log else ("(Type(1) - tx[0])", "tx[0] * ")
    sign = "" if upper else "-"
    partials = [f"{'-' * upper}Type(1) / {density}"]
    for low, high in pairs:
        below = f"-{rest} * {low}" if upper else own + low
        above = own + high if upper else f"-{rest} * {high}"
        partials.append(f"{sign}CppAD::CondExpLt(ty[0], {split}, {below}, {above}) / {density}")
    unit = ", 1.0" if family == "gamma" else ""
    declared = ", ".join(["double"] * (len(shapes) + 1 + bool(unit)) + ["int", "int"])
    return Extra(
        ("p", *shapes),
        f"Rf_q{family}(tx[0], {places}{unit}, {int(not upper)}, {int(log)})",
        tuple(partials),
        before=f'extern "C" double Rf_q{family}({declared});\n',
        comment=f"Quantile of the {family} distribution.",
    )


_GAMMA_PAIRS = (("low_shape(ty[0], tx[1])", "high_shape(ty[0], tx[1])"),)
_LOW, _HIGH = "log(ty[0])", "log1p(-ty[0])"
_BETA_PAIRS = (
    (
        f"near_shape(ty[0], {_LOW}, tx[1], tx[2])",
        f"far_shape(Type(1) - ty[0], {_LOW}, tx[2], tx[1])",
    ),
    (
        f"far_shape(ty[0], {_HIGH}, tx[1], tx[2])",
        f"near_shape(Type(1) - ty[0], {_HIGH}, tx[2], tx[1])",
    ),
)


# R rounds exp(p) to a double and loses what it is short of 1; the other tail has all digits.
_STUDENT_LOG = (
    "tx[0] > -M_LN2 ? -Rf_qt(-std::expm1(tx[0]), tx[1], 1, 0) : Rf_qt(tx[0], tx[1], 1, 1)"
)


def _student(log: bool) -> Extra:
    scale = "tx[0]" if log else "Type(0)"
    density = f"student_density(ty[0], tx[1], {scale})"
    return Extra(
        ("p", "v"),
        _STUDENT_LOG if log else "Rf_qt(tx[0], tx[1], 1, 0)",
        (
            f"Type(1) / {density}",
            f"-student_shape(ty[0], tx[1], {scale}) / {density}",
        ),
        before='extern "C" double Rf_qt(double, double, int, int);\n',
        comment="Quantile of Student's t.",
    )


def _count(name: str, shapes: tuple[str, ...], *, upper: bool, log: bool) -> Extra:
    """A quantile of counts: a step function."""
    places = ", ".join(f"tx[{k}]" for k in range(len(shapes) + 1))
    declared = ", ".join(["double"] * (len(shapes) + 1) + ["int", "int"])
    return Extra(
        ("p", *shapes),
        f"Rf_{name}({places}, {int(not upper)}, {int(log)})",
        ("Type(0)",) * (len(shapes) + 1),
        before=f'extern "C" double Rf_{name}({declared});\n',
    )


_COUNTS = {"qpois": ("l",), "qbinom": ("s", "r"), "qnbinom": ("s", "r")}

QUANTILES: Mapping[str, Extra] = {
    **{
        f"qgamma{name}": _quantile(
            "gamma", ("a",), _GAMMA_SPLIT, _GAMMA_PAIRS, upper=upper, log=log
        )
        for name, (upper, log) in _VARIANTS.items()
    },
    **{
        f"qbeta{name}": _quantile(
            "beta", ("a", "b"), _BETA_SPLIT, _BETA_PAIRS, upper=upper, log=log
        )
        for name, (upper, log) in _VARIANTS.items()
    },
    "qt": _student(log=False),
    "qt_log": _student(log=True),
    **{
        f"{count}{name}": _count(count, shapes, upper=upper, log=log)
        for count, shapes in _COUNTS.items()
        for name, (upper, log) in _VARIANTS.items()
    },
}
