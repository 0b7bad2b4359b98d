"""Sums whose order a toolchain changes.

TMB's CppAD optimises a tape by making one operation of every tree of additions and
subtractions, so ``(b - b) + (0.1 - a)`` may be computed as ``0.1 + b - b - a``. What such a
tree may be off by does not depend on the order: each of its steps rounds a partial sum, which
is at most the sum of the sizes of all terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flint import arb

from gradc.ir import Graph
from gradc.verify.evaluate import Ball, Cells, common_length, recycle
from gradc.verify.rounding import Arithmetic, errors, widen, widened

_SUMS = frozenset({"add", "sub", "neg", "sum"})


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
        if not self.model.reassociates or name not in _SUMS:
            return found
        return self._in_any_order(node, name, args, cells, found)

    def _in_any_order(
        self, node: int, name: str, args: Sequence[Cells], cells: Cells, found: Cells
    ) -> Cells:
        """Errors such that a tree gets what it is allowed, whichever of its nodes is asked."""
        parents = self.graph.args(node)
        parts = [self._trees_of(parent, arg) for parent, arg in zip(parents, args, strict=True)]
        if name == "neg":
            self._trees[node] = parts[0]
            return found
        if name == "sum":
            rows: list[Sequence[Tree]] = [parts[0]]
        else:
            count = common_length(args)
            rows = list(zip(*(recycle(part, count) for part in parts), strict=True))
        trees: list[Tree] = []
        wider: Cells = []
        for row, error in zip(rows, found, strict=True):
            mass, terms, allowed = arb(0), 0, arb(0)
            for tree in row:
                mass, terms = mass + tree.mass, terms + tree.terms
                allowed = allowed + tree.allowed
            if terms > 2:
                whole = (mass * self.model.unit + self.model.tiny) * (terms - 1)
                error = max(arb(error), (whole - allowed).upper())
            trees.append(Tree(mass, terms, allowed + error))
            wider.append(error)
        self._trees[node] = trees
        return wider

    def _trees_of(self, node: int, cells: Cells) -> list[Tree]:
        known = self._trees.get(node)
        if known is not None:
            return known
        return [Tree(arb(abs(cell).upper()), 1, arb(0)) for cell in cells]

    def widened(
        self, node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells
    ) -> Cells:
        """As :func:`gradc.verify.rounding.widened`, for any order of the target's sums."""
        if not self.model.reassociates or name not in _SUMS:
            return widened(self.model, name, attrs, args, cells)
        found = self.errors(node, name, attrs, args, cells)
        return [
            cell if error.is_zero() else widen(cell, error)
            for cell, error in zip(cells, found, strict=True)
        ]
