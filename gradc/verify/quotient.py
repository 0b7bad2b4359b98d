"""Derivatives held against their definition: difference quotients in ball arithmetic.

The quotient is taken of the function as its user wrote it, so it shares nothing with gradc's
differentiation: a wrong rule in the table is found here even where every target agrees with
it. The step is 2^-160 of each input's size and the precision 1000 bits, so what a quotient
leaves out is far below a double's last digit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from flint import arb, ctx

from gradc.ir import Function, Input
from gradc.verify.evaluate import Ball, Cells, Point, bind, evaluate
from gradc.verify.oracle import Truth

Finding = Literal["confirmed", "contradicted", "unknown"]
_BITS = 1000
_STEP = -160
_CLOSE = -60
_NOTHING = -220
_ZERO = -700
# Up to here each parameter is taken alone; beyond it random directions speak for all at once.
_ALONE = 12
_DIRECTIONS = 2


@dataclass(frozen=True, slots=True)
class Element:
    """One number to differentiate by: an input and a row of it."""

    item: Input
    row: int

    @property
    def name(self) -> str:
        """``b`` for a scalar, ``beta[2]`` for an element of a vector."""
        return f"{self.item.name}[{self.row + 1}]" if self.item.type.rank else self.item.name


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What quotients say of derivative outputs.

    ``findings`` holds one finding a row; ``corrected`` the quotients where they contradict.
    """

    findings: Mapping[str, tuple[Finding, ...]]
    corrected: Mapping[tuple[str, int], Ball]

    @property
    def contradicted(self) -> bool:
        """Whether some derivative is not the derivative."""
        return bool(self.corrected)

    def confirms(self, output: str, row: int) -> bool:
        rows = self.findings.get(output, ())
        return bool(rows) and rows[min(row, len(rows) - 1)] == "confirmed"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the derivative of one output row in one element stands among the outputs."""

    output: str
    row: int


def confirm(primal: Function, truth: Truth, point: Point, dtype: str = "float64") -> Confirmation:
    """Hold the derivatives in ``truth`` against quotients of ``primal``.

    ``gradient:…`` is held against its value, ``hessian:…`` against its gradients where it has
    them. At a kink nothing is said.
    """
    findings: dict[str, list[Finding]] = {
        name: ["unknown"] * len(cells) for name, cells in truth.cells.items() if ":" in name
    }
    corrected: dict[tuple[str, int], Ball] = {}
    if truth.kinks:
        return Confirmation({name: tuple(rows) for name, rows in findings.items()}, corrected)
    inputs = bind(primal, point, dtype)
    elements = [
        Element(item, row) for item in primal.params for row in range(len(inputs[item.name]))
    ]
    directions: list[dict[Element, int]] = [{element: 1} for element in elements]
    with ctx.workprec(_BITS):
        if len(elements) > _ALONE:
            together = _random_directions(elements)
            checks = [_check(primal, truth, inputs, direction) for direction in together]
            if all(_agrees(check) for check in checks):
                for place in _places(checks):
                    findings[place.output][place.row] = "confirmed"
                return Confirmation({n: tuple(rows) for n, rows in findings.items()}, corrected)
        for direction in directions:
            for check in _check(primal, truth, inputs, direction):
                _note(check, findings, corrected)
    return Confirmation({name: tuple(rows) for name, rows in findings.items()}, corrected)


@dataclass(frozen=True, slots=True)
class _Check:
    """One output row along one direction: the quotient and what the derivatives sum up to."""

    places: tuple[_Place, ...]
    quotient: Ball
    derivative: Ball
    scale: Ball
    finding: Finding


def _random_directions(elements: Sequence[Element]) -> list[dict[Element, int]]:
    draw = random.Random(len(elements))  # noqa: S311 - reproducible, not secret
    return [
        {element: draw.choice((-7, -5, -3, -2, 2, 3, 5, 7)) for element in elements}
        for _ in range(_DIRECTIONS)
    ]


def _size(cell: Ball) -> Ball:
    return arb(1) if cell.is_zero() else abs(cell)


def _check(
    primal: Function, truth: Truth, inputs: Mapping[str, Cells], direction: Mapping[Element, int]
) -> list[_Check]:
    ends = [_shifted(primal, inputs, direction, side) for side in (1, -1)]
    found: list[_Check] = []
    step = arb(2) ** _STEP
    for name in ends[0]:
        for row, (high, low) in enumerate(zip(ends[0][name], ends[1][name], strict=True)):
            terms = [
                (
                    place,
                    truth.cells[place.output][place.row],
                    weight * _size(inputs[e.item.name][e.row]),
                )
                for e, weight in direction.items()
                if (place := _place(truth, name, row, e)) is not None
            ]
            if len(terms) != len(direction):
                continue
            derivative = sum((cell * weight for _, cell, weight in terms), arb(0))
            quotient = (high - low) / (2 * step)
            size = abs(high) + abs(low) + sum((abs(c * w) for _, c, w in terms), arb(0))
            finding = _judge(quotient, derivative, size)
            places = tuple(place for place, _, _ in terms)
            found.append(_Check(places, quotient, derivative, terms[0][2], finding))
    return found


def _judge(quotient: Ball, derivative: Ball, size: Ball) -> Finding:
    if not (quotient.is_finite() and derivative.is_finite()):
        return "unknown"
    allowed = abs(derivative) * arb(2) ** _CLOSE + size * arb(2) ** _NOTHING
    distance = abs(quotient - derivative)
    if distance <= allowed:
        return "confirmed"
    # Both sides are nothing at all, as for a parameter that cancels out.
    if abs(derivative) < arb(2) ** _ZERO and abs(quotient) < arb(2) ** _ZERO:
        return "confirmed"
    return "contradicted" if distance > allowed else "unknown"


def _shifted(
    primal: Function, inputs: Mapping[str, Cells], direction: Mapping[Element, int], side: int
) -> dict[str, Cells]:
    """The primal's value and gradients a small step away."""
    step = arb(2) ** _STEP * side
    moved = {name: list(cells) for name, cells in inputs.items()}
    for element, weight in direction.items():
        cells = moved[element.item.name]
        cells[element.row] = cells[element.row] + step * weight * _size(cells[element.row])
    names = [name for name in primal.outputs if name == "value" or name.startswith("gradient:")]
    found = evaluate(primal.graph, [primal.outputs[name] for name in names], moved, _BITS)
    return {name: found[primal.outputs[name]] for name in names}


def _place(truth: Truth, name: str, row: int, element: Element) -> _Place | None:
    """Where the derivative of row ``row`` of an output in an element is to be found."""
    if name == "value":
        whole = truth.cells.get(f"gradient:{element.item.name}")
        if whole is not None and element.item.type.rank:
            return _Place(f"gradient:{element.item.name}", element.row)
        output = f"gradient:{element.name}"
    else:
        output = f"hessian:{name.removeprefix('gradient:')}:{element.name}"
    cells = truth.cells.get(output)
    if cells is None:
        return None
    return _Place(output, min(row, len(cells) - 1))


def _agrees(checks: Sequence[_Check]) -> bool:
    return all(check.finding == "confirmed" for check in checks)


def _note(
    check: _Check, findings: dict[str, list[Finding]], corrected: dict[tuple[str, int], Ball]
) -> None:
    place = check.places[0]
    rows = findings[place.output]
    if check.finding == "contradicted":
        rows[place.row] = "contradicted"
        corrected[place.output, place.row] = check.quotient / check.scale
    elif check.finding == "unknown" or rows[place.row] != "contradicted":
        rows[place.row] = check.finding


def _places(checks: Sequence[Sequence[_Check]]) -> Iterator[_Place]:
    for check in checks:
        for one in check:
            yield from one.places
