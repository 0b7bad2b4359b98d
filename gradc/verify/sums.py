"""Sums whose order a toolchain changes.

TMB's CppAD optimises a tape by making one operation of every tree of additions and
subtractions, so ``(b - b) + (0.1 - a)`` may be computed as ``0.1 + b - b - a``. What such a
tree may be off by does not depend on the order: each of its steps rounds a partial sum, which
is at most the sum of the sizes of all terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from flint import arb

from gradc.ir import Graph
from gradc.verify.cells import Ball, Cells, common_length
from gradc.verify.moves import MOVES, SUMS, moved_args
from gradc.verify.partial import PRODUCTS, SUMMING, masses
from gradc.verify.rounding import Arithmetic, errors, widen, widened

_ADDITIONS = frozenset({"add", "sub", "neg"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of additions: the sizes of its terms together, how many, and its allowed error."""

    mass: Ball
    terms: int
    allowed: Ball


@dataclass(slots=True)
class Rounding:
    """The rounding errors of a graph's nodes, asked for in the order of their ids."""

    model: Arithmetic
    graph: Graph
    _trees: dict[int, list[Tree]] = field(default_factory=dict)

    def errors(
        self, node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells
    ) -> Cells:
        """As :func:`gradc.verify.rounding.errors`, for any order of the target's sums."""
        found = errors(self.model, name, attrs, args, cells)
        if not self.model.reassociates:
            return found
        if name in MOVES:
            self._move(node, name, attrs, args)
        if name not in _ADDITIONS and name not in SUMMING:
            return found
        return self._in_any_order(node, name, attrs, args, found)

    def _move(self, node: int, name: str, attrs: Any, args: Sequence[Cells]) -> None:
        """A tree is the same wherever it is moved; a tape does not see moves at all."""
        parents = moved_args(name, self.graph.args(node))
        if not any(parent in self._trees for parent in parents):
            return  # each is a tree of its own, as it would be taken for in any case
        moved = zip(parents, moved_args(name, args), strict=True)
        trees = [tree for parent, arg in moved for tree in self._trees_of(parent, arg)]
        nothing = Tree(arb(0), 0, arb(0))
        places = MOVES[name](attrs, args)[0]
        self._trees[node] = [trees[k] if k >= 0 else nothing for k in places]

    def _in_any_order(
        self, node: int, name: str, attrs: Any, args: Sequence[Cells], found: Cells
    ) -> Cells:
        """Errors such that a tree gets what it is allowed, whichever of its nodes is asked."""
        if name in PRODUCTS:
            self._trees[node] = [
                Tree(mass, max(1, terms), error)
                for (mass, terms), error in zip(masses(name, attrs, args), found, strict=True)
            ]
            return found
        parents = self.graph.args(node)
        if name == "neg":
            self._trees[node] = self._trees_of(parents[0], args[0])
            return found
        trees: list[Tree] = []
        wider: Cells = []
        for joined, error in zip(self._joined(name, attrs, parents, args), found, strict=True):
            allowed, widest = joined.allowed, arb(error)
            if joined.terms > 2:
                whole = joined.mass * self.model.unit + self.model.tiny
                widest = max(widest, (whole * (joined.terms - 1) - allowed).upper())
            trees.append(Tree(joined.mass, joined.terms, allowed + widest))
            wider.append(widest)
        self._trees[node] = trees
        return wider

    def _joined(
        self, name: str, attrs: Any, parents: Sequence[int], args: Sequence[Cells]
    ) -> list[Tree]:
        """The trees that an addition makes one, before its own error."""
        if name in _ADDITIONS:
            count = common_length(args)
            parts = [self._trees_of(*pair) for pair in zip(parents, args, strict=True)]
            full = [part * count if len(part) == 1 and count != 1 else part for part in parts]
            return [_join(row) for row in zip(*full, strict=True)]
        parts_of = self._trees_of(parents[0], args[0])
        if name == "cumsum":
            return list(accumulate(parts_of, lambda one, other: _join((one, other))))
        places, count, _ = SUMS[name](attrs, args)
        joined = [Tree(arb(0), 0, arb(0))] * count
        for k, tree in zip(places, parts_of, strict=True):
            joined[k] = _join((joined[k], tree))
        return joined

    def _trees_of(self, node: int, cells: Cells) -> list[Tree]:
        known = self._trees.get(node)
        if known is not None:
            return known
        return [Tree(arb(abs(cell).upper()), 1, arb(0)) for cell in cells]

    def widened(
        self, node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells
    ) -> Cells:
        """As :func:`gradc.verify.rounding.widened`, for any order of the target's sums."""
        if not self.model.reassociates or (name not in _ADDITIONS and name not in SUMMING):
            if self.model.reassociates and name in MOVES:
                self._move(node, name, attrs, args)
            return widened(self.model, name, attrs, args, cells)
        found = self.errors(node, name, attrs, args, cells)
        return [
            cell if error.is_zero() else widen(cell, error)
            for cell, error in zip(cells, found, strict=True)
        ]


def _join(trees: Iterable[Tree]) -> Tree:
    mass, terms, allowed = arb(0), 0, arb(0)
    for tree in trees:
        mass, terms = mass + tree.mass, terms + tree.terms
        allowed = allowed + tree.allowed
    return Tree(mass, terms, allowed)
