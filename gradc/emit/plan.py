"""Where each node is computed, for languages without vectors: scalar statements and loops.

A reduction needs all rows of its argument, so the work falls into blocks: statements of level
0, loops of level 0, statements of level 1, and so on; what a loop leaves is there for
statements of the next level. A loop goes over the elements of a vector or the entries of a
matrix. Views compute nothing and belong to no loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gradc.emit.access import VIEWS, is_integer_shift
from gradc.ir import Graph, Region, reachable
from gradc.ir.types import Shape
from gradc.prims.extents import INDEXED

Block = tuple[int, int, Shape]
"""Level, kind, and the shape that a loop goes over; a kind of ``FORWARDS`` or more is a loop."""

STATEMENT, FORWARDS, BACKWARDS = range(3)

How = Literal["aligned", "anywhere", "whole", "before"]
"""How an argument is read: the element of the same place, any element, as one object, or as a
number before the loop begins."""

REDUCTIONS = frozenset({"sum", "prod", "min", "max"})
"""Primitives that a loop accumulates into a scalar."""

PARTIAL = frozenset({"row_sums", "col_sums"})
"""Primitives that a loop accumulates into a vector."""

SIZES = frozenset({"length", "nrow", "ncol"})
"""Primitives that ask for a size."""

ASSEMBLED = frozenset(
    {
        "stack", "scatter", "concat", "bind_cols", "diag_matrix", "pad", "put_col", "put_row",
        "put_entry", "scatter_add", "scatter_rows", "scatter_cells",
        "concat_cols",
    }
)  # fmt: skip
"""Primitives whose result is declared first and then filled."""

STATEMENTS = frozenset(
    {
        "matmul", "matvec", "solve", "solvevec", "inverse", "logdet", "det", "chol",
        "log_sum_exp", "prod_others",
    }
)  # fmt: skip
"""Primitives that take whole vectors and matrices, and are one expression of the target."""

LOOPS = frozenset({"scan", "final", "output"})
"""Primitives of loops with carried values."""

# The argument that gives no more than its shape.
_LIKE = {
    "broadcast": 1, "scatter": 1, "spread_rows": 1, "spread_cols": 1, "put_col": 1, "put_row": 1,
    "put_entry": 1, "seq_along": 0, "scatter_add": 2, "scatter_rows": 2,
    "scatter_cells": 2,
}  # fmt: skip
_PARTICULAR = VIEWS | STATEMENTS | _LIKE.keys() | LOOPS | {"outer"}
NOWHERE: Block = (0, STATEMENT, ())
"""The first statements of all."""


def is_loop(block: Block) -> bool:
    """Whether a block is a loop."""
    return block[1] >= FORWARDS


@dataclass(slots=True)
class Plan:
    """The blocks of one function.

    ``integers`` are inputs that the target holds as whole numbers, from which an index is read
    without a conversion. ``escapes`` marks what must have a name because another block reads
    it, ``copied`` views that must be stored because they are read as one object. For a loop
    with carried values, ``left`` are the nodes that read what its turns leave, and ``taken``
    says for each argument whether its body needs it.
    """

    graph: Graph
    integers: frozenset[int] = frozenset()
    needed: bytearray = field(default_factory=bytearray)
    uses: list[int] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    escapes: bytearray = field(default_factory=bytearray)
    copied: set[int] = field(default_factory=set)
    left: dict[int, list[int]] = field(default_factory=dict)
    taken: dict[int, list[bool]] = field(default_factory=dict)

    def make(self, roots: Sequence[int], kept: Sequence[int] = ()) -> None:
        """Place all nodes that the roots need; those to be ``kept`` get a name."""
        count = max(roots) + 1
        self.needed, self.uses = bytearray(count), [0] * count
        for root in roots:
            self.needed[root] = 1
            self.uses[root] += 1
        self.copied.update(root for root in kept if self.graph.prim(root) in VIEWS)
        for node in range(count - 1, -1, -1):
            if self.needed[node]:
                self._note_reads(node)
        self.blocks = [NOWHERE] * count
        self.escapes = bytearray(count)
        for root in kept:
            self.escapes[root] = 1
        for node in self.nodes():
            self.blocks[node] = self._block(node)
        self._sink(roots)
        for node in self.nodes():
            for arg, how in self.reads(node):
                if self._escapes(node, arg, how):
                    self.escapes[arg] = 1

    def nodes(self) -> Iterator[int]:
        """The nodes that are needed, in order."""
        node = self.needed.find(1)
        while node >= 0:
            yield node
            node = self.needed.find(1, node + 1)

    def reads(self, node: int) -> list[tuple[int, How]]:
        """The arguments whose values a node reads, and how."""
        record = self.graph.records[node]
        name, args = record[0], record[2:]
        if len(record) == 2 or name in SIZES:
            return []
        if self.is_filled(node):
            return [(arg, "aligned") for arg in self.graph.args(args[0])]
        if name not in _PARTICULAR:
            return [(arg, "aligned") for arg in args]
        if name in LOOPS:
            return self._scan_reads(node) if name == "scan" else [(args[0], "before")]
        like = _LIKE.get(name, -1)
        found: list[tuple[int, How]] = []
        for place, arg in enumerate(args):
            if place != like:
                how = _how(name, place)
                found.append((self.index_source(arg)[0] if _is_index(name, place) else arg, how))
        return found

    def _scan_reads(self, node: int) -> list[tuple[int, How]]:
        carries = self.graph.attrs(node).carries
        return [
            (arg, "before" if place < carries else "aligned")
            for place, arg in enumerate(self.graph.args(node))
            if self.taken[node][place]
        ]

    def _note_taken(self, node: int) -> None:
        """Which arguments of a loop its body needs; the carried values all."""
        region: Region = self.graph.attrs(node)
        body = region.body
        wanted = [f"next:{k + 1}" for k in range(region.carries)]
        wanted += [f"out:{self.graph.attrs(output)}" for output in self.left.get(node, ())]
        marks = reachable(body.graph, [body.outputs[name] for name in wanted])
        taken = [bool(marks[item.node]) for item in body.inputs]
        self.taken[node] = [True] * region.carries + taken[region.carries :]

    def index_source(self, index: int) -> tuple[int, int]:
        """``(x, k)`` where an index is ``x + k`` with whole data x; else itself and 0."""
        shift = is_integer_shift(self.graph, index)
        if shift is not None and shift[0] in self.integers:
            return shift
        return index, 0

    def is_filled(self, node: int) -> bool:
        """Whether a node is a matrix of given numbers, stored entry by entry."""
        graph = self.graph
        if graph.prim(node) != "reshape" or node not in self.copied:
            return False
        rows = graph.types[node].shape[0].substitute(graph.bindings)
        return rows.is_known and graph.prim(graph.args(node)[0]) == "stack"

    def is_view(self, node: int) -> bool:
        """Whether a node is read through what it looks at."""
        return self.graph.prim(node) in VIEWS and node not in self.copied

    def _note_reads(self, node: int) -> None:
        name = self.graph.prim(node)
        if name == "scan":
            self._note_taken(node)
        elif name == "output":
            self.left.setdefault(self.graph.args(node)[0], []).append(node)
        for arg, how in self.reads(node):
            self.needed[arg] = 1
            self.uses[arg] += 1
            if how == "whole" and name in ("matmul", "matvec") and self.graph.prim(arg) == "t":
                arg, how = self.graph.args(arg)[0], "whole"
            if (how == "whole" or name == "as_vector") and self.graph.prim(arg) in VIEWS:
                self.copied.add(arg)

    def _level(self, node: int, kind: int = FORWARDS) -> int:
        """The first level at which all arguments can be read, by a loop of some kind."""
        level = 0
        for arg, how in self.reads(node):
            block = self.blocks[arg]
            later = is_loop(block) and (how != "aligned" or block[1] != kind)
            level = max(level, block[0] + later)
        return level

    def _scan_block(self, node: int) -> Block:
        region: Region = self.graph.attrs(node)
        kind = BACKWARDS if region.backwards else FORWARDS
        return (self._level(node, kind), kind, self.shape(self.graph.args(node)[region.carries]))

    def _block(self, node: int) -> Block:
        graph = self.graph
        name = graph.prim(node)
        if len(graph.records[node]) == 2:
            return NOWHERE
        if name == "scan":
            return self._scan_block(node)
        if name in LOOPS:
            turns = self.blocks[graph.args(node)[0]]
            return turns if name == "output" else (turns[0] + 1, STATEMENT, ())
        level = self._level(node)
        if name in REDUCTIONS or name in PARTIAL:
            return (level + 1, STATEMENT, ())
        if name in ASSEMBLED:
            return (level + self.fills_by_loop(node), STATEMENT, ())
        shape = self.shape(node)
        if not shape or name in STATEMENTS or self.is_view(node) or self.is_filled(node):
            return (level, STATEMENT, ())
        return (level, FORWARDS, shape)

    def _sink(self, roots: Sequence[int]) -> None:
        """Move what only one later loop reads into that loop, so that nothing need be stored."""
        homes: list[Block | None] = [None] * len(self.blocks)
        for root in roots:
            homes[root] = NOWHERE
        for node in range(len(self.blocks) - 1, -1, -1):
            if not self.needed[node]:
                continue
            own, home = self.blocks[node], homes[node]
            if home is not None and is_loop(own) and home[0] > own[0] and home[1:] == own[1:]:
                self.blocks[node] = home if self._may_sink(node) else own
            for arg, how in self.reads(node):
                where = self.home(node, arg) if how == "aligned" else NOWHERE
                known = homes[arg]
                homes[arg] = where if known is None or known == where else NOWHERE

    def _may_sink(self, node: int) -> bool:
        """Whether no more than one argument would have to be stored in a node's place."""
        stored = [
            arg
            for arg, _ in self.reads(node)
            if self.uses[arg] > 1 and is_loop(self.blocks[arg]) and not self.is_view(arg)
        ]
        tied = node in self.copied or self.graph.prim(node) in LOOPS
        return not tied and len(stored) < 2

    def fills_by_loop(self, node: int) -> bool:
        """Whether an assembled node takes elements from loops."""
        graph = self.graph
        if graph.prim(node) == "bind_cols":
            return True
        return any(graph.types[arg].shape for arg, how in self.reads(node) if how == "aligned")

    def shape(self, node: int) -> Shape:
        """The shape of a node, its symbols replaced by what they are bound to."""
        graph = self.graph
        return tuple(size.substitute(graph.bindings) for size in graph.types[node].shape)

    def home(self, node: int, arg: int) -> Block:
        """The block in which a node reads an argument element by element."""
        name, block = self.graph.prim(node), self.blocks[node]
        if name in REDUCTIONS or name in PARTIAL:
            return (block[0] - 1, FORWARDS, self.shape(arg))
        if name in ASSEMBLED:
            level = block[0] - self.fills_by_loop(node)
            shape = self.shape(node)[:1] if name == "bind_cols" else self.shape(arg)
            return (level, FORWARDS, shape) if shape else (level, STATEMENT, ())
        return block

    def _escapes(self, node: int, arg: int, how: How) -> bool:
        """Whether an argument must have a name, because its text may not stand where it is read."""
        if len(self.graph.records[arg]) == 2 or self.is_view(arg):
            return False
        own = self.blocks[arg]
        if how != "aligned":
            return how != "before"
        where = self.home(node, arg)
        return own != where and (is_loop(own) or is_loop(where))


def _is_index(name: str, place: int) -> bool:
    return place == 1 and name in INDEXED


def _how(name: str, place: int) -> How:
    if name in STATEMENTS:
        return "whole"
    if name in VIEWS or name == "outer" or _is_index(name, place):
        return "anywhere"
    return "aligned"
