"""The search for the one change to a claimed gradient that makes every number right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradc.checking import floats
from gradc.checking.bench import Array, Bench, Expression, Known
from gradc.checking.comparison import Comparison
from gradc.checking.edits import Edit, constant_edits, operand_edits, operator_edits, sites
from gradc.errors import Span
from gradc.ir import Graph, reachable

MOST_NODES = 2000
"""A larger graph is not searched: each node would cost its way to the outputs many times."""
_BUDGET = 400_000
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Operand:
    """What a place may be combined with, how it is called, and where it comes from."""

    expression: Expression
    text: str
    cost: float
    primal: Span | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """An edit with which every sample comes right; ``clean`` unless it spoils right elements."""

    edit: Edit
    clean: bool
    primal: Span | None = None


def fingerprint(values: list[Array]) -> tuple[object, ...]:
    """The same for values that differ by rounding alone."""
    found: list[object] = []
    for value in values:
        array = np.asarray(value, dtype=float)
        found.append(array.shape)
        found += [f"{x:.{_DIGITS}e}" for x in array.ravel()]
    return tuple(found)


def said(graph: Graph, node: int) -> str:
    """How a node is called: its text where that is short."""
    if graph.prim(node) == "input":
        return str(graph.attrs(node))
    if graph.is_const(node):
        return f"{graph.value(node):.12g}"
    span = graph.place(node)
    text = " ".join(span.text.split()) if span else graph.prim(node)
    return text if len(text) <= 60 else text[:57] + "..."


def repairs(comparison: Comparison, bench: Bench) -> list[Repair]:
    """All edits that mend the gradient, from the first of three rounds that has any."""
    places = sites(bench)
    if len(bench.nodes) > MOST_NODES:
        return []
    mine, seen = _own_operands(bench)
    names = {item.name for item in comparison.gradient.inputs}
    theirs = _true_operands(comparison, bench, seen, names)
    found: list[Repair] = []
    rounds = (
        lambda: (edit for site in places for edit in operator_edits(bench, site)),
        lambda: _second(bench, places, [o for o in mine + theirs if o.cost < 1.5]),
        lambda: _with(bench, places, [o for o in mine + theirs if o.cost >= 1.5]),
    )
    primal = {operand.expression: operand.primal for operand in theirs}
    for number, edits in enumerate(rounds):
        found += _tried(bench, edits(), primal)
        if any(repair.clean for repair in found) and number > 0:
            break
    return found


def _second(bench: Bench, places: list[object], operands: list[Operand]) -> Iterator[Edit]:
    counts: list[tuple[Expression, str]] = []
    for name, node in _vectors(bench):
        counts.append((("length", None, node), f"the length of `{name}`"))
    for site in places:
        yield from constant_edits(bench, site, counts[:1])
    yield from _with(bench, places, operands)


def _vectors(bench: Bench) -> Iterator[tuple[str, int]]:
    for node in bench.nodes:
        if bench.graph.prim(node) == "input" and np.ndim(bench.values[0][node]) == 1:
            yield str(bench.graph.attrs(node)), node


def _with(bench: Bench, places: list[object], operands: list[Operand]) -> Iterator[Edit]:
    given = [(o.expression, o.text, o.cost) for o in operands]
    for site in places:
        yield from operand_edits(bench, site, given)


def _tried(
    bench: Bench, edits: Iterator[Edit], primal: dict[Expression, Span | None]
) -> list[Repair]:
    found = []
    end = bench.spent + _BUDGET
    for edit in edits:
        verdict = bench.repaired(edit.site, edit.expression)
        if verdict is not False:
            place = primal.get(edit.operand) if isinstance(edit.operand, Known) else None
            found.append(Repair(edit, verdict is True, place))
        if bench.spent > end:
            break
    return found


def _own_operands(bench: Bench) -> tuple[list[Operand], set[tuple[object, ...]]]:
    """The claimed gradient's own values, each once."""
    found, seen = [], set()
    for node in bench.nodes:
        if bench.graph.is_const(node) or node in bench.outputs:
            continue
        values = [values[node] for values in bench.values[:2]]
        if any(value is None for value in values):
            continue
        key = fingerprint(values)
        if key not in seen:
            seen.add(key)
            cost = 1.0 if bench.graph.prim(node) == "input" else 1.6
            found.append(Operand(node, said(bench.graph, node), cost))
    return found, seen


def _true_operands(
    comparison: Comparison, bench: Bench, seen: set[tuple[object, ...]], names: set[str]
) -> list[Operand]:
    """Values of the true gradient's graph that the claimed one does not have."""
    function = comparison.gradient
    graph = function.graph
    if len(graph) > MOST_NODES:
        return []
    roots = list(function.outputs.values())
    points = [floats.bound(names, sample.point) for sample in bench.samples]
    values = [floats.evaluate(graph, roots, point) for point in points]
    used = reachable(graph, roots)
    found = []
    for node in range(len(graph)):
        if not used[node] or graph.is_const(node) or any(v[node] is None for v in values):
            continue
        key = fingerprint([v[node] for v in values[:2]])
        if key in seen:
            continue
        seen.add(key)
        for known, numbers in zip(bench.known, values, strict=True):
            known.append(numbers[node])
        place = Known(len(bench.known[0]) - 1)
        is_input = graph.prim(node) == "input"
        cost = 1.1 if is_input else 1.7
        found.append(Operand(place, _told(graph, node), cost, graph.place(node)))
    return found


def _told(graph: Graph, node: int) -> str:
    derived = graph.derivation(node)
    if graph.origins(node) or derived is None:
        return said(graph, node)
    return f"a factor in the derivative of {said(graph, derived.primal)}"
