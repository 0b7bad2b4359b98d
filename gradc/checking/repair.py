"""The search for the one change to a claimed gradient that makes every number right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradc.checking import floats
from gradc.checking.bench import MOST_NODES, Array, Bench, Expression, Known, Site
from gradc.checking.comparison import Comparison
from gradc.checking.edits import PART_OF, Edit, constant_edits, operand_edits, operator_edits, sites
from gradc.errors import Span
from gradc.ir import Graph, reachable

_BUDGET = 300_000
_MOST_SITES = 150
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
    """An edit with which every sample comes right; ``clean`` unless it spoils right elements.

    ``recognised`` says that the place has a value of the true gradient as it is.
    """

    edit: Edit
    clean: bool
    primal: Span | None = None
    recognised: bool = False


def fingerprint(values: list[Array]) -> tuple[object, ...]:
    """The same for values that differ by rounding alone."""
    found: list[object] = []
    for value in values:
        array = np.asarray(value, dtype=float)
        found.append(array.shape)
        found += [f"{x:.{_DIGITS}e}" for x in array.ravel()]
    return tuple(found)


def said(graph: Graph, node: int, span: Span | None) -> str:
    """How a node is called: its text where that is short."""
    if graph.prim(node) == "input":
        return str(graph.attrs(node))
    if graph.is_const(node):
        return f"{graph.value(node):.12g}"
    text = " ".join(span.text.split()) if span else graph.prim(node)
    return text if len(text) <= 60 else text[:57] + "..."


def repairs(comparison: Comparison, bench: Bench) -> list[Repair]:
    """All edits that mend the gradient, from the first of three rounds that has any."""
    places = sites(bench)
    if len(bench.nodes) > MOST_NODES:
        return []
    mine, seen = _own_operands(bench)
    names = {item.name for item in comparison.gradient.inputs}
    right: set[tuple[object, ...]] = set()
    theirs = _true_operands(comparison, bench, seen, names, right)
    places.sort(key=lambda site: _doubt(bench, site, right))
    found: list[Repair] = []
    operands = sorted(mine + theirs, key=lambda operand: operand.cost)
    rounds = (
        (edit for site in places for edit in operator_edits(bench, site)),
        _second(bench, places[:_MOST_SITES], [o for o in operands if o.cost < 1.5]),
        _with(bench, places[:_MOST_SITES], [o for o in operands if o.cost >= 1.5]),
    )
    primal = {operand.expression: operand.primal for operand in theirs}
    for number, edits in enumerate(rounds):
        # What is found already needs its rivals only for a comparison.
        known = any(repair.clean for repair in found)
        more = _tried(bench, edits, primal, _BUDGET // 4 if known else _BUDGET)
        found += [replace(r, recognised=_doubt(bench, r.edit.site, right)[0]) for r in more]
        if any(repair.clean for repair in found) and number > 0:
            break
    return found


def _doubt(bench: Bench, site: Site, right: set[tuple[object, ...]]) -> tuple[bool, int]:
    """What to try first: a step that no true value equals, and one from which little follows."""
    start = site.node if site.user < 0 else site.user
    values = [values[start] for values in bench.values[:2]]
    recognised = all(v is not None for v in values) and fingerprint(values) in right
    return recognised, 0 if bench.is_linear(start) else len(bench.after(start))


def _second(bench: Bench, places: list[Site], operands: list[Operand]) -> Iterator[Edit]:
    for site in places:
        yield from constant_edits(bench, site)
    yield from _with(bench, places, operands)


def _with(bench: Bench, places: list[Site], operands: list[Operand]) -> Iterator[Edit]:
    given = [(o.expression, o.text, o.cost) for o in operands]
    yield from operand_edits(bench, places, given)


def _tried(
    bench: Bench, edits: Iterator[Edit], primal: dict[Expression, Span | None], budget: int
) -> list[Repair]:
    found = []
    end = bench.spent + budget
    for edit in edits:
        verdict = bench.repaired(edit.site, edit.expression)
        if verdict is not False and not _is_circular(bench, edit):
            place = primal.get(edit.operand) if isinstance(edit.operand, Known) else None
            found.append(Repair(edit, verdict is True, place))
        if bench.spent > end:
            break
    return found


def _is_circular(bench: Bench, edit: Edit) -> bool:
    """Whether a place would be combined with a value that is computed from that very place."""
    site = edit.site
    start = site.node if site.user < 0 else site.user
    return isinstance(edit.operand, int) and edit.operand in bench.after(start)


def _own_operands(bench: Bench) -> tuple[list[Operand], set[tuple[object, ...]]]:
    """The claimed gradient's own values, each once."""
    found: list[Operand] = []
    seen: set[tuple[object, ...]] = set()
    for node in range(len(bench.graph)):
        unused = not bench.used[node]
        if unused and node not in bench.names and bench.graph.prim(node) != "input":
            continue
        if bench.graph.is_const(node) or node in bench.outputs:
            continue
        values = [values[node] for values in bench.values[:2]]
        if any(value is None for value in values):
            continue
        key = fingerprint(values)
        if key not in seen:
            seen.add(key)
            is_name = bench.graph.prim(node) == "input" or node in bench.names
            cost = 0.6 if unused else 1.0 if is_name else 1.6
            found.append(
                Operand(
                    node, bench.names.get(node) or said(bench.graph, node, bench.spans[node]), cost
                )
            )
    return found + _sums(bench, found), seen


def _sums(bench: Bench, operands: list[Operand]) -> list[Operand]:
    """The sums of the vectors among them that have a name."""
    return [
        Operand(("sum", None, o.expression), f"sum({o.text})", o.cost + 0.3)
        for o in operands
        if o.cost < 1.5 and len(bench.shape(o.expression)) == 1
    ]


def _true_operands(
    comparison: Comparison,
    bench: Bench,
    seen: set[tuple[object, ...]],
    names: set[str],
    right: set[tuple[object, ...]],
) -> list[Operand]:
    """Values of the true gradient's graph that the claimed one does not have; all are ``right``."""
    function = comparison.gradient
    graph = function.graph
    if len(graph) > MOST_NODES:
        return []
    roots = list(function.outputs.values())
    points = [floats.bound(names, sample.point) for sample in bench.samples]
    values = [floats.evaluate(graph, roots, point) for point in points]
    used = reachable(graph, roots)
    own = _fingerprints(comparison, points[:2])
    found = []
    for node in range(len(graph)):
        if not used[node] or graph.is_const(node) or any(v[node] is None for v in values):
            continue
        key = fingerprint([v[node] for v in values[:2]])
        right.add(key)
        if key in seen or _is_answer(bench, [v[node] for v in values]):
            continue
        seen.add(key)
        for known, numbers in zip(bench.known, values, strict=True):
            known.append(numbers[node])
        place = Known(len(bench.known[0]) - 1)
        is_input = graph.prim(node) == "input"
        cost = 1.1 if is_input else 1.7
        found.append(
            Operand(place, _told(graph, node, written=key in own), cost, graph.place(node))
        )
    return found


def _fingerprints(
    comparison: Comparison, points: list[dict[str, Array]]
) -> set[tuple[object, ...]]:
    """The values that the function itself has."""
    graph = comparison.value.graph
    roots = list(comparison.value.outputs.values())
    values = [floats.evaluate(graph, roots, point) for point in points]
    numbers = ([v[node] for v in values] for node in range(len(graph)))
    return {fingerprint(parts) for parts in numbers if all(part is not None for part in parts)}


def _is_answer(bench: Bench, values: list[Array]) -> bool:
    """Whether values are those of the gradient itself, up to a factor; they explain nothing."""
    rows = [np.asarray(value, dtype=float).ravel(order="F") for value in values]
    answers = [sample.expected for sample in bench.samples]
    size = rows[0].size
    if any(row.size != size for row in rows):
        return False
    for start in range(len(answers[0]) - size + 1):
        with np.errstate(all="ignore"):
            ratios = np.concatenate(
                [row / a[start : start + size] for row, a in zip(rows, answers, strict=True)]
            )
            same = np.all(np.abs(ratios - ratios[0]) <= 1e-9 * np.abs(ratios[0]))
        if same:
            return True
    return False


def _told(graph: Graph, node: int, *, written: bool) -> str:
    """How a value of the true gradient is called: its text, where the function has that value."""
    derived = graph.derivation(node)
    primal = node if derived is None else derived.primal
    text = said(graph, primal, graph.place(primal))
    return text if written else PART_OF + text
