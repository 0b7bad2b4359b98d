"""Terms that a sum does not notice: each adds less than half a unit in its last place.

Such a sum loses no digits of its own; the term is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from gradc.errors import Span, in_script
from gradc.ir import Function, Graph
from gradc.verify.cells import Cells, common_length, recycle
from gradc.verify.evaluate import Point, bind, concrete, evaluate
from gradc.verify.report import number
from gradc.verify.spell import speller

_BITS = 200
# Graphs larger than this are looked at in one point only.
_LARGE = 20_000


@dataclass(frozen=True, slots=True)
class Absorbed:
    """A term that its sum does not notice at some of the points, in any row.

    ``relative`` is the largest size of the term as a part of a unit in the last place of what
    it is added to; ``rule`` names the primitive whose derivative made the sum, if one did.
    """

    term: str
    beside: str
    expression: str
    span: Span | None
    rule: str
    relative: float
    points: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        place = self.span.to_json() if self.span else {"file": None, "line": None, "column": None}
        return {
            "kind": "absorbed",
            **{key: place[key] for key in ("file", "line", "column")},
            "expression": self.expression,
            "term": self.term,
            "beside": self.beside,
            "rule": self.rule,
            "term_ulp": number(self.relative),
            "points": list(self.points),
        }


def absorbed(function: Function, points: Sequence[Point], dtype: str) -> tuple[Absorbed, ...]:
    """The terms below a function's outputs that are absorbed, those at most points first."""
    found: dict[int, list[tuple[int, int, float]]] = {}
    for index, point in enumerate(points):
        inputs = bind(function, point, dtype)
        here = concrete(function, inputs)
        if here is not function:
            return ()  # the turns of a loop are many nodes of one text
        graph = here.graph
        values = evaluate(graph, here.outputs.values(), inputs, _BITS).cells
        for node, cells in values.items():
            if graph.prim(node) in ("add", "sub") and cells:
                term = _term(graph, node, values, dtype)
                if term is not None:
                    found.setdefault(node, []).append((index, *term))
        if len(graph) > _LARGE:
            break
    ranked = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return _told(function, ranked)


def _told(
    function: Function, ranked: Sequence[tuple[int, list[tuple[int, int, float]]]]
) -> tuple[Absorbed, ...]:
    graph, spell = function.graph, speller(function)
    told: dict[tuple[str, str], Absorbed] = {}
    for node, places in ranked:
        position = places[0][1]
        first, second = graph.args(node)
        term, beside = (first, second) if position == 0 else (second, first)
        span, rule = graph.provenance(node)
        one = Absorbed(
            spell.expression(term),
            spell.expression(beside),
            spell.expression(node),
            None if span is None else in_script(span),
            rule or "",
            max(ratio for _, where, ratio in places if where == position),
            tuple(index for index, where, _ in places if where == position),
        )
        told.setdefault((one.term, one.beside), one)
    return tuple(told.values())


def _term(
    graph: Graph, node: int, values: Mapping[int, Cells], dtype: str
) -> tuple[int, float] | None:
    """Which of two terms is absorbed in every row, and the most that it is of a last place."""
    args = graph.args(node)
    if any(not cell.is_finite() for arg in args for cell in values[arg]):
        return None
    rows = common_length([values[arg] for arg in args])
    sides = [recycle(values[arg], rows) for arg in args]
    for position in (1, 0):
        if graph.is_const(args[position]):
            continue
        ratios = [
            _part_of_last_place(graph.prim(node), position, term, other, dtype)
            for term, other in zip(sides[position], sides[1 - position], strict=True)
        ]
        if all(ratio is not None for ratio in ratios):
            return position, max(ratio for ratio in ratios if ratio is not None)
    return None


def _part_of_last_place(
    prim: str, position: int, term: arb, other: arb, dtype: str
) -> float | None:
    """The term in units of the last place of the other; None where their sum notices it."""
    kind = np.dtype(dtype).type
    with np.errstate(all="ignore"):
        small, large = kind(float(term.mid())), kind(float(other.mid()))
        if small == 0 or large == 0 or not np.isfinite(large):
            return None
        if prim == "sub":
            small, large = (small, -large) if position == 0 else (-small, large)
        return float(abs(small) / np.spacing(abs(large))) if large + small == large else None
