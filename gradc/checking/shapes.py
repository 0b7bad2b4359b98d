"""A claimed gradient that has another number of elements than there are parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradc.checking.claim import Claim, Measured
from gradc.checking.codes import CODES
from gradc.checking.findings import CauseName, Finding
from gradc.checking.written import places_of
from gradc.diff.reverse import reverse
from gradc.errors import GradcError, Span
from gradc.ir import Graph, dependents
from gradc.verify import true_values


def shape_finding(claim: Claim) -> Finding | None:
    """The error where every answer has another length; None where the lengths are right."""
    answered = [one for one in claim.measured if one.answer.gradient is not None]
    if not answered or any(_size(one) == len(one.expected) for one in answered):
        return None
    got, wanted = _size(answered[0]), len(answered[0].expected)
    what = " × ".join(map(str, claim.shape)) if len(claim.shape) == 2 else str(got)
    numbers = "number" if wanted == 1 else "numbers"
    message = (
        f"'{claim.gr}' is not the gradient of '{claim.fn}': it gives"
        f" {'a matrix of ' + what if claim.shape else what + ' numbers'}, not {wanted} {numbers}"
    )
    reading = _meaning(claim, answered) or _of_another(claim, answered)
    return Finding(
        CODES["shape" if reading is None else reading.cause],
        message,
        "shape" if reading is None else reading.cause,
        "error",
        _returned(claim)
        or (
            claim.place
            and claim.place.__class__(
                claim.place.start, claim.place.start + len("function"), claim.place.source
            )
        ),
        evidence=() if reading is None else (reading.evidence,),
        suggestion=None if reading is None else reading.suggestion,
        labels=()
        if reading is None or reading.primal is None
        else (("it is the derivative with respect to this", reading.primal),),
    )  # fmt: skip


def _returned(claim: Claim) -> Span | None:
    """The expression whose value the gradient returns, where it is one in the same text."""
    claimed = None if claim.comparison is None else claim.comparison.claimed
    if claimed is None or claim.place is None or len(claimed.outputs) != 1:
        return None
    (output,) = claimed.outputs.values()
    found = places_of(claimed.graph)[output]
    if found is None or found.source is not claim.place.source or "\n" in found.text:
        return None
    return found


def _size(one: Measured) -> int:
    return 0 if one.answer.gradient is None else len(one.answer.gradient)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the numbers are, and what would make a gradient of them."""

    evidence: str
    suggestion: str
    cause: CauseName = "shape"
    primal: Span | None = None


def _meaning(claim: Claim, answered: list[Measured]) -> _Reading | None:
    """What the numbers are, where they add up to the gradient."""
    wanted = len(answered[0].expected)
    got = _size(answered[0])
    if got == 1 and wanted > 1:
        if all(_near(_numbers(one), np.array([one.expected.sum()]), one) for one in answered):
            return _Reading("it is the sum of all partial derivatives", "leave out the sum")
        return None
    if len(claim.shape) != 2 or got % wanted:
        return None
    rows, columns = claim.shape
    for axis, extent, call in ((0, columns, "colSums()"), (1, rows, "rowSums()")):
        if extent != wanted:
            continue
        sums = [
            _numbers(one).reshape((rows, columns), order="F").sum(axis=axis) for one in answered
        ]
        if all(_near(total, one.expected, one) for total, one in zip(sums, answered, strict=True)):
            side = "column" if axis == 0 else "row"
            return _Reading(
                f"the sum of each {side} is the derivative in one parameter: these are the"
                " derivatives of the single observations",
                f"{call} of it is the gradient",
            )
    return None


_NODES = 200
"""How many intermediate results are tried."""


def _of_another(claim: Claim, answered: list[Measured]) -> _Reading | None:
    """The intermediate result by which the function was differentiated, if that is what it is."""
    if claim.comparison is None:
        return None
    function = claim.comparison.value.copy()
    graph = function.graph
    moving = dependents(graph, [item.node for item in function.params], function.value)
    params = {item.node for item in function.params}
    tried = [
        node
        for node in range(function.value)
        if moving[node] and node not in params and graph.types[node].rank and graph.place(node)
    ][:_NODES]
    bars = {node: bar for node in tried for bar in _bar(graph, function.value, node)}
    outputs = {f"bar:{node}": bar for node, bar in bars.items()}
    smooth = [one for one in answered if not one.is_kink][:3]
    left = dict.fromkeys(outputs)
    for one in smooth:
        truth = true_values(function.with_outputs({"value": function.value, **outputs}), one.point)
        for name in list(left):
            numbers = np.array([float(cell.mid()) for cell in truth.cells[name]])
            got = _numbers(one)
            if len(numbers) != len(got) or not _near(numbers, got, one):
                del left[name]
    if not left or not smooth:
        return None
    place = graph.place(int(next(iter(left)).removeprefix("bar:")))
    words = "an intermediate result" if place is None else f"`{short(place.text)}`"
    return _Reading(
        f"its numbers are the derivative with respect to {words}",
        "the chain rule goes on from there to the parameters",
        "other-quantity",
        place,
    )


def _bar(graph: Graph, value: int, node: int) -> list[int]:
    """The derivative of the value by an intermediate result, where there is one."""
    try:
        return list(reverse(graph, value, [node], lenient=True).values())
    except GradcError:
        return []


def short(text: str) -> str:
    """A piece of code on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def _numbers(one: Measured) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(one.answer.gradient, dtype=np.float64)


def _near(got: object, expected: object, one: Measured) -> bool:
    size = float(np.abs(one.expected).max(initial=0.0))
    room = 4 * float(np.max(one.allowed)) + 1e-12 * size
    return bool((np.abs(np.asarray(got) - np.asarray(expected)) <= room).all())
