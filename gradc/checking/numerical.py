"""Difference quotients that a user takes for the truth: what rounding does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradc.checking.claim import Claim
from gradc.checking.codes import CODES
from gradc.checking.findings import Finding
from gradc.checking.python_case import Case
from gradc.run.module_python import Raised

_NEAR = 0.1
_UNIT = {"float32": 2.0**-24, "float64": 2.0**-53}


@dataclass(frozen=True, slots=True)
class Quotient:
    """How a difference quotient calls the function: its step, on both sides or on one."""

    step: float
    both: bool


def quotient_of(case: Case) -> Quotient | None:
    """The step with which the gradient calls the function around the point; None if it does not."""
    pair = case.pair
    if pair.how != "gradient" or pair.fn == pair.gr:
        return None
    given = case.call.given(case.file, pair.gr, {})
    result = case.session.call(pair.gr, given, watched=pair.fn)
    if isinstance(result, Raised) or not result.calls:
        return None
    order = case.call.order
    steps: list[float] = []
    for values in result.calls:
        for name, value in zip(order, values, strict=False):
            if name in case.wrt and value is not None:
                steps += _steps(value, case.call.argument(name).value, case.call.dtype)
    moved = [step for step in steps if 0 < abs(step) < _NEAR]
    if not moved or len(result.calls) < 2:
        return None
    sides = {step > 0 for step in moved}
    return Quotient(float(np.median(np.abs(moved))), len(sides) > 1)


def _steps(value: Any, base: Any, dtype: str) -> list[float]:
    # The point itself was rounded on its way; that is no step.
    moved, start = np.ravel(value), np.ravel(np.asarray(base, dtype).astype("float64"))
    if moved.shape != start.shape:
        return []
    return [float(d) for d in moved - start]


def settled_by_rounding(case: Case, claim: Claim) -> Claim | None:
    """The claim with a note where it is a difference quotient that rounding explains."""
    quotient = quotient_of(case)
    if quotient is None or not claim.measured:
        return None
    unit = _UNIT[case.call.dtype]
    share = 1.0 if quotient.both else 2.0
    worst, bound, size = 0.0, 0.0, 0.0
    for one in claim.measured:
        got = one.answer.gradient
        if got is None or got.shape != one.expected.shape or one.is_kink:
            continue
        largest = float(np.abs(one.expected).max(initial=0.0))
        # The two values round, and so do the two places where they are taken.
        places = unit * max(float(np.max(np.abs(_point(case, one.point)))), 1e-300)
        radius = (share * one.value_allowed + 2 * places * largest) / quotient.step
        off = float(np.abs(got - one.expected).max(initial=0.0))
        truncated = (quotient.step if quotient.both else 10 * quotient.step) * max(largest, 1.0)
        if not off <= radius + truncated:
            return None
        if off >= worst:
            worst, bound, size = off, radius, largest
    return replace(
        claim,
        settled="right" if bound < _NEAR * size else "inconclusive",
        notes=(_note(case, claim, quotient, (worst, bound, size)),),
    )


def _point(case: Case, point: Any) -> Sequence[float]:
    names = case.model.inputs if case.model is not None else {}
    return [float(v) for n in case.wrt for v in np.ravel(point[names.get(n, n)])]


def _note(
    case: Case, claim: Claim, quotient: Quotient, numbers: tuple[float, float, float]
) -> Finding:
    worst, bound, size = numbers
    unit = 2 * _UNIT[case.call.dtype]
    power, name = (1 / 3, "both sides") if quotient.both else (1 / 2, "one side")
    better = unit**power
    tells = bound < _NEAR * size
    ending = "" if tells else ", so it cannot tell whether a gradient is right"
    return Finding(
        CODES["rounding"],
        f"'{claim.gr}' is a difference quotient with step {quotient.step:.1g}, and what is off in"
        f" it is rounding{ending}",
        "rounding",
        "note",
        claim.place,
        evidence=(
            f"off by {worst:.2g} at most; rounding '{claim.fn}' to {case.call.dtype} and dividing"
            f" by the step may move it by {bound:.2g}, where the gradient is {size:.2g}",
        ),
        suggestion=None if tells else f"a step near {better:.0e} ({name}), or float64",
    )
