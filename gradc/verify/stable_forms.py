"""Stable forms, tried by the bound: whether another way to write a step keeps more digits here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from gradc.diff import value_and_gradient
from gradc.errors import GradcError
from gradc.ir import Function, Graph, Record, reachable, rebuild
from gradc.passes import as_rounded, forms, legalize, stable_node
from gradc.targets import TARGETS
from gradc.verify.bounds import Bound, bounds
from gradc.verify.cells import Ball
from gradc.verify.evaluate import Point
from gradc.verify.known_forms import KNOWN_FORMS
from gradc.verify.rounding import Arithmetic, arithmetic
from gradc.verify.spell import Speller

_LEAST_SAVED = 0.5
_MOST_USERS = 3
_LONGEST = 120
# Exact values are the same but for their rounding to a double.
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Better:
    """A form that keeps ``saves`` more digits of an output's bound, and the function with it."""

    text: str
    saves: float
    function: Function = field(repr=False, compare=False)


def digits(factor: float) -> float:
    """Decimal digits that a factor stands for, none below 1."""
    return math.log10(factor) if factor > 1 else 0.0


def bound_in_ulps(model: Arithmetic, bound: Bound, cell: Ball) -> float:
    """A bound relative to the value, in rounding units; infinite where the value is 0."""
    if not cell.is_finite() or bound.radius.is_zero():
        return 0.0
    size = abs(cell)
    return float(bound.radius / (size * model.unit)) if size > 0 else math.inf


@dataclass(frozen=True, slots=True)
class Output:
    """One number of a function, what it is and how many digits of it are lost."""

    name: str
    row: int
    value: float
    digits_lost: float


Rewrite = Callable[[Graph, int], int | None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a form is tried on: a function as a target computes it, at a point."""

    function: Function
    point: Point
    target: str
    dtype: str
    _known: dict[tuple[int, str, int], Better | None] = field(default_factory=dict)

    def best_form(self, node: int, output: Output) -> Better | None:
        """The form of a node, or of one that uses it, that saves most of an output's digits."""
        key = (node, output.name, output.row)
        if key not in self._known:
            function = self.function.with_outputs({output.name: self.function.outputs[output.name]})
            places = [node, *_users(function, node)]
            found = [self._tried(function, place, output) for place in places]
            kept = [one for one in found if one is not None and one.saves >= _LEAST_SAVED]
            # Of two that save as much, the one nearest to the step.
            self._known[key] = max(kept, key=lambda one: round(one.saves, 1), default=None)
        return self._known[key]

    def derived_from(self, better: Better, output: Output) -> Better | None:
        """What a form of the value saves of a derivative, where that is taken of the form."""
        try:
            derived = value_and_gradient(better.function.copy())
            derived = derived.with_outputs({output.name: derived.outputs[output.name]})
            saves = output.digits_lost - self._lost(derived, output)
        except (GradcError, LookupError):  # no derivative, or not of this name
            return None
        return Better(better.text, saves, derived) if saves >= _LEAST_SAVED else None

    def _tried(self, function: Function, node: int, output: Output) -> Better | None:
        best: Better | None = None
        for rewrite in _rewrites(function.graph.prim(node)):
            found = _written_anew(function, node, rewrite)
            if found is None:
                continue
            changed, text = found
            try:
                after = self._lost(changed, output)
            except GradcError:  # a primitive that this target does not have, or not measured
                continue
            saves = output.digits_lost - after
            # The table's own forms come first: they are good at every other point too.
            if best is None or saves > best.saves + _LEAST_SAVED:
                best = Better(text, saves, changed)
        return best

    def _lost(self, function: Function, output: Output) -> float:
        """The digits lost with a form; all of them where it is another number at this point."""
        found = bounds(legal_for(function, self.target), self.target, self.point, self.dtype)
        bound = found.cells[output.name][output.row]
        cell = found.exact.cells[output.name][output.row]
        if not abs(cell - output.value) <= abs(output.value) * _SAME:
            return math.inf
        return digits(bound_in_ulps(arithmetic(self.target, self.dtype), bound, cell))


def _rewrites(prim: str) -> Iterator[Rewrite]:
    yield stable_node
    yield from forms(prim, KNOWN_FORMS)


def _users(function: Function, node: int) -> list[int]:
    """The next nodes on the way to the output: a pattern's root may be there."""
    marks = reachable(function.graph, function.outputs.values())
    above = {node}
    found: list[int] = []
    for other in range(node + 1, len(marks)):
        if marks[other] and not above.isdisjoint(function.graph.args(other)):
            above.add(other)
            found.append(other)
            if len(found) == _MOST_USERS:
                break
    return found


def _written_anew(function: Function, node: int, rewrite: Rewrite) -> tuple[Function, str] | None:
    """The function with one node in another form, and that form; None where it has none."""
    graph, old = Graph(), function.graph
    text: list[str] = []

    def make(number: int, record: Record, args: Sequence[int]) -> int:
        made = graph.intern((record[0], record[1], *args), old.types[number])
        if number != node:
            return made
        start = len(graph)
        other = rewrite(graph, made)
        if other is None or other == made:
            return made
        names = {new[k]: name for k, name in function.names.items() if k in new}
        text.append(Speller(graph, names, start).formula(other, _LONGEST))
        return other

    new: dict[int, int] = {}

    def noted(number: int, record: Record, args: Sequence[int]) -> int:
        new[number] = make(number, record, args)
        return new[number]

    changed = rebuild(function, graph, noted)
    return (changed, text[0]) if text else None


def legal_for(function: Function, target: str) -> Function:
    """The function in primitives that the target has, as it rounds them."""
    found = TARGETS.get(target)
    if found is None:
        return function
    legal = legalize(function, target, found.supports)
    return as_rounded(legal, found.speaks or target, found.supports, marked=bool(found.own))
