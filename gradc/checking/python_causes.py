"""What running the code tells about a gradient, beyond its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradc.checking.claim import Claim, Measured
from gradc.checking.codes import CODES
from gradc.checking.comparison import Cause
from gradc.checking.detached import detached
from gradc.checking.findings import Finding
from gradc.checking.numerical import settled_by_rounding
from gradc.checking.other_quantity import Quantity, other_quantity, quantity_cause
from gradc.checking.python_case import Case
from gradc.checking.python_results import Claimed, gradient_of
from gradc.ir import Function
from gradc.verify.absorbed import Absorbed, absorbed


def explained(case: Case, claim: Claim, gradient: Function | None) -> Claim:
    """The claim with the causes that were seen, and with notes on rounding."""
    missing = _missing(case)
    if gradient is None:
        cause = detached(case, missing) if missing else None
        return claim if cause is None else replace(claim, found=(cause,))
    quotient = settled_by_rounding(case, claim)
    if quotient is not None:
        return quotient
    if missing:
        claim = _without_zeros(claim)
    if not _is_wrong(claim):
        return _noted(case, claim, gradient, None) if _in_single(case) else claim
    cause = detached(case, missing) if case.call.uses_tensors else None
    if cause is not None:
        return replace(claim, found=(cause,))
    quantity = other_quantity(case, claim.measured)
    if quantity is None:
        return claim
    claim = replace(claim, found=(quantity_cause(case, quantity),))
    return _noted(case, claim, gradient, quantity) if _in_single(case) else claim


def _in_single(case: Case) -> bool:
    return case.call.dtype == "float32"


def _missing(case: Case) -> list[str]:
    """The parameters for which the tape gives None."""
    found = gradient_of(case, {})
    if not isinstance(found, Claimed) or len(found.parts) != len(case.wrt):
        return []
    return [n for n, part in zip(case.wrt, found.parts, strict=True) if part.is_none]


def _without_zeros(claim: Claim) -> Claim:
    """None of a tape is right where the derivative is 0."""

    def mended(one: Measured) -> Measured:
        got = one.answer.gradient
        if got is None or got.shape != one.expected.shape:
            return one
        whole = np.where(np.isnan(got) & (one.expected == 0.0), 0.0, got)
        return replace(one, answer=replace(one.answer, gradient=whole))

    return replace(claim, measured=tuple(mended(one) for one in claim.measured))


def _is_wrong(claim: Claim) -> bool:
    for one in claim.measured:
        got = one.answer.gradient
        if got is None or one.is_kink:
            continue
        if got.shape != one.expected.shape:
            return True
        if not (np.abs(got - one.expected) <= one.allowed).all():
            return True
    return False


def _noted(case: Case, claim: Claim, gradient: Function, quantity: Quantity | None) -> Claim:
    """With a note on what single precision does to it."""
    terms = absorbed(gradient, [one.point for one in claim.measured], "float32")
    own = [term for term in terms if not term.rule and 0 in term.points]
    evidence = tuple(_lost(term, len(claim.measured)) for term in own[:3])
    if quantity is None and not evidence:
        return claim
    off, allowed, _ = _largest(claim.measured) if quantity is None else _of(quantity)
    name = _what(case, claim, quantity)
    finding = Finding(
        CODES["rounding"],
        f"{name} is off by {off:.2g} at most, and the bound of 24-bit arithmetic is {allowed:.2g}",
        "rounding",
        "note",
        own[0].span if own and own[0].span else claim.place,
        evidence=evidence,
    )
    return replace(claim, notes=(finding,))


def _lost(term: Absorbed, points: int) -> str:
    """The term that float32 does not notice, and where."""
    line = "" if term.span is None else f"line {term.span.source.place(term.span.start)[0]}: "
    where = "" if len(term.points) == points else f" (at {len(term.points)} of {points} points)"
    return (
        f"{line}`{term.term}` is absorbed by `{term.beside}`: it is less than half a unit in the"
        f" last place of it in float32{where}"
    )


def _what(case: Case, claim: Claim, quantity: Quantity | None) -> str:
    if quantity is None:
        return f"float32 is all that is lost here, no bug: '{claim.gr}'"
    return f"what is left is rounding, no bug: as ∂{case.pair.fn}/∂{quantity.name}, '{claim.gr}'"


def _of(quantity: Quantity) -> tuple[float, float, float]:
    return quantity.off, quantity.allowed, quantity.size


def _largest(measured: Sequence[Measured]) -> tuple[float, float, float]:
    """The largest difference, the bound there, and the size of the gradient."""
    best = (0.0, 0.0, 0.0)
    for one in measured:
        if one.answer.gradient is None:
            continue
        off = np.abs(one.answer.gradient - one.expected)
        k = int(np.argmax(off))
        if float(off[k]) >= best[0]:
            size = float(np.abs(one.expected).max(initial=0.0))
            best = float(off[k]), float(one.allowed[k]), size
    return best


__all__ = ["Cause", "explained"]
