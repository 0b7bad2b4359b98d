"""Derivatives held against their definition: difference quotients in ball arithmetic.

The quotient is taken of the function as its user wrote it, so it shares nothing with gradc's
differentiation: a wrong rule in the table is found here even where every target agrees with
it. The first step is 2^-160 of each input's size and the precision 1000 bits, so what a quotient
leaves out is far below a double's last digit; where it contradicts, smaller steps are tried.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flint import arb, ctx

from gradc.ir import Function, Input, reachable
from gradc.verify.cells import Ball, Cells, Grid, shaped
from gradc.verify.evaluate import Point, bind, concrete, evaluate
from gradc.verify.oracle import Truth

Finding = Literal["confirmed", "contradicted", "unknown"]
# Bits and steps (powers of two), the next where the function turns faster than the step.
_LEVELS = ((1000, -160), (3000, -900), (8000, -2600))
# Two quotients of different steps that agree so far are the derivative.
_ALIKE = -30
_CLOSE = -60
_NOTHING = -220
_ZERO = -700
# Up to here each parameter is taken alone; beyond it, or where that takes long, random directions
# speak for all at once, and each alone is asked only where they contradict.
_ALONE = 12
_MUCH = 50_000
_DIRECTIONS = 2
_LARGEST_WEIGHT = 997


@dataclass(frozen=True, slots=True)
class Element:
    """One number to differentiate by: an input and a cell of it.

    ``nrow`` is the number of rows where the input is a matrix.
    """

    item: Input
    row: int
    nrow: int = 0

    @property
    def name(self) -> str:
        """``b`` for a scalar, ``beta[2]`` for an element of a vector, ``B[1,2]`` of a matrix."""
        if self.nrow:
            return f"{self.item.name}[{self.row % self.nrow + 1},{self.row // self.nrow + 1}]"
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
    primal = concrete(primal, inputs)
    elements = list(_elements(primal, inputs))
    if len(elements) > _ALONE or _work(primal, inputs) * len(elements) > _MUCH:
        together = _random_directions(elements)
        checks = [_check(primal, truth, inputs, direction) for direction in together]
        if all(check.finding == "confirmed" for row in checks for check in row):
            for place in _places(checks):
                findings[place.output][place.row] = "confirmed"
            return Confirmation({name: tuple(rows) for name, rows in findings.items()}, corrected)
    for element in elements:
        for check in _check(primal, truth, inputs, {element: 1}):
            _note(check, findings, corrected)
    return Confirmation({name: tuple(rows) for name, rows in findings.items()}, corrected)


def _elements(primal: Function, inputs: Mapping[str, Cells]) -> Iterator[Element]:
    for item in primal.params:
        cells = inputs[item.name]
        nrow = cells.nrow if isinstance(cells, Grid) else 0
        for row in range(len(cells)):
            yield Element(item, row, nrow)


def _work(primal: Function, inputs: Mapping[str, Cells]) -> int:
    """About how many cells one evaluation has."""
    nodes = sum(reachable(primal.graph, primal.outputs.values()))
    return nodes * max(map(len, inputs.values()), default=1)


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
        {element: draw.choice((-1, 1)) * draw.randint(2, _LARGEST_WEIGHT) for element in elements}
        for _ in range(_DIRECTIONS)
    ]


def _size(cell: Ball) -> Ball:
    return arb(1) if cell.is_zero() else abs(cell)


def _check(
    primal: Function, truth: Truth, inputs: Mapping[str, Cells], direction: Mapping[Element, int]
) -> list[_Check]:
    """Each output row along a direction, with ever smaller steps until one is small enough.

    A quotient contradicts only where a far smaller step gives the same one: a function may
    turn within the first step, as ``cos(1e60*x)`` does.
    """
    checks = _check_at(primal, truth, inputs, direction, _LEVELS[0])
    for level in _LEVELS[1:]:
        if all(check.finding == "confirmed" for check in checks):
            return checks
        finer = _check_at(primal, truth, inputs, direction, level)
        settled = all(
            new.finding != "contradicted" or _alike(old, new)
            for old, new in zip(checks, finer, strict=True)
        )
        checks = [
            old if old.finding == "confirmed" else new
            for old, new in zip(checks, finer, strict=True)
        ]
        if settled:
            return checks
    return [
        replace(check, finding="unknown") if check.finding == "contradicted" else check
        for check in checks
    ]


def _alike(one: _Check, other: _Check) -> bool:
    distance = abs(one.quotient - other.quotient)
    return bool(distance <= abs(other.quotient) * arb(2) ** _ALIKE)


def _check_at(
    primal: Function,
    truth: Truth,
    inputs: Mapping[str, Cells],
    direction: Mapping[Element, int],
    level: tuple[int, int],
) -> list[_Check]:
    bits, exponent = level
    with ctx.workprec(bits):
        step = arb(2) ** exponent
        ends = [_shifted(primal, inputs, direction, step * side, bits) for side in (1, -1)]
        found: list[_Check] = []
        for name in ends[0]:
            for row, pair in enumerate(zip(ends[0][name], ends[1][name], strict=True)):
                check = _compare(truth, inputs, direction, name, row, pair, step)
                if check is not None:
                    found.append(check)
    return found


def _compare(
    truth: Truth,
    inputs: Mapping[str, Cells],
    direction: Mapping[Element, int],
    name: str,
    row: int,
    ends: tuple[Ball, Ball],
    step: Ball,
) -> _Check | None:
    """One row's quotient beside its derivatives; None where they are not among the outputs."""
    high, low = ends
    terms = [
        (place, truth.cells[place.output][place.row], weight * _size(inputs[e.item.name][e.row]))
        for e, weight in direction.items()
        if (place := _place(truth, name, row, e)) is not None
    ]
    if len(terms) != len(direction):
        return None
    derivative = sum((cell * weight for _, cell, weight in terms), arb(0))
    quotient = (high - low) / (2 * step)
    size = abs(high) + abs(low) + sum((abs(c * w) for _, c, w in terms), arb(0))
    finding = _judge(quotient, derivative, size)
    return _Check(tuple(place for place, _, _ in terms), quotient, derivative, terms[0][2], finding)


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
    primal: Function,
    inputs: Mapping[str, Cells],
    direction: Mapping[Element, int],
    step: Ball,
    bits: int,
) -> dict[str, Cells]:
    """The primal's value and gradients a small step away."""
    moved = {name: shaped(list(cells), cells) for name, cells in inputs.items()}
    for element, weight in direction.items():
        cells = moved[element.item.name]
        cells[element.row] = cells[element.row] + step * weight * _size(cells[element.row])
    names = [name for name in primal.outputs if name == "value" or name.startswith("gradient:")]
    found = evaluate(primal.graph, [primal.outputs[name] for name in names], moved, bits)
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
