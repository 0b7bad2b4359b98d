"""The interned graph: a structure of arrays, a node is an integer.

Ids grow as nodes are added and a node's arguments exist before it, so ids are a topological
order and every pass is a loop. Interning makes common subexpressions one node. The intern
table is owned by the graph.

A node's record is the tuple ``(prim, attrs, *args)``, which is its intern key as well, so a
million nodes cost about 200 MB.
"""

from __future__ import annotations

import bisect
import math
from array import array
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

from gradc.errors import Span
from gradc.ir.types import REAL, Size, Type

Record = tuple[Any, ...]
NAN = math.nan


@dataclass(frozen=True, slots=True)
class Derived:
    """Where a derived node comes from: the primal node and the rule's primitive."""

    primal: int
    rule: str


class Graph:
    """Nodes, their types, and where they come from.

    ``records[i]`` is ``(prim, attrs, *args)``; ``types[i]`` the type. A constant is
    ``("const", (hex, value))``, an input ``("input", name)``. ``attrs`` is any hashable
    value, a :class:`~gradc.ir.function.Function` for a region.
    """

    __slots__ = (
        "_ancestor",
        "_ancestor_ids",
        "_derived_from",
        "_derived_starts",
        "_spans",
        "_table",
        "bindings",
        "records",
        "types",
    )

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.types: list[Type] = []
        self.bindings: dict[str, Size] = {}
        self._table: dict[Record, int] = {}
        self._spans: dict[int, list[Span]] = {}
        self._derived_starts = array("q")
        self._derived_from = array("q")
        self._ancestor: Graph | None = None
        self._ancestor_ids = array("q")

    def __len__(self) -> int:
        return len(self.records)

    def copy(self) -> Graph:
        """The same nodes in a graph of its own."""
        other = Graph()
        other.records = self.records.copy()
        other.types = self.types.copy()
        other.bindings = self.bindings.copy()
        other._table = self._table.copy()
        other._spans = {node: spans.copy() for node, spans in self._spans.items()}
        other._derived_starts = self._derived_starts[:]
        other._derived_from = self._derived_from[:]
        other._ancestor = self._ancestor
        other._ancestor_ids = self._ancestor_ids[:]
        return other

    def add(self, prim: str, args: Iterable[int], attrs: Hashable, type_: Type) -> int:
        """The node with this record, made if there is none; the type is the caller's promise."""
        return self.intern((prim, attrs, *args), type_)

    def intern(self, record: Record, type_: Type) -> int:
        """As :meth:`add`, for a record already built."""
        node = self._table.get(record)
        return self.append(record, type_) if node is None else node

    def append(self, record: Record, type_: Type) -> int:
        """A new node; its record must not be in the graph yet."""
        node = len(self.records)
        self._table[record] = node
        self.records.append(record)
        self.types.append(type_)
        return node

    def find(self, record: Record) -> int | None:
        """The node with this record, if there is one."""
        return self._table.get(record)

    def const(self, value: float, type_: Type = REAL) -> int:
        """A number; 0.0 and -0.0 are two nodes, NaN is one."""
        value = float(value)
        if value != value:
            value = NAN
        if type_.dtype == "bool":
            return self.intern(("const", (value.hex(), value, "bool")), type_)
        return self.intern(("const", (value.hex(), value)), type_)

    def input(self, name: str, type_: Type) -> int:
        """The input of this name."""
        return self.intern(("input", name), type_)

    def prim(self, node: int) -> str:
        return self.records[node][0]  # type: ignore[no-any-return]

    def attrs(self, node: int) -> Any:
        return self.records[node][1]

    def args(self, node: int) -> tuple[int, ...]:
        return self.records[node][2:]

    def is_const(self, node: int) -> bool:
        return self.records[node][0] == "const"  # type: ignore[no-any-return]

    def value(self, node: int) -> float:
        """The number of a ``const`` node."""
        return self.records[node][1][1]  # type: ignore[no-any-return]

    def note_origin(self, node: int, span: Span) -> None:
        """Record one use of a node in the user's text; a node may come from many places."""
        spans = self._spans.get(node)
        if spans is None:
            self._spans[node] = [span]
        elif spans[-1] != span:
            spans.append(span)

    def origins(self, node: int) -> list[Span]:
        """Places in the user's text that gave this very node."""
        spans = self._spans.get(node)
        if spans is None and self._ancestor is not None and node < len(self._ancestor_ids):
            return self._ancestor.origins(self._ancestor_ids[node])
        return spans or []

    @property
    def has_places(self) -> bool:
        """Whether any node is known to come from the user's text."""
        return bool(self._spans) or self._ancestor is not None

    def descend_from(self, ancestor: Graph) -> None:
        """Take places in the user's text from another graph, see :meth:`note_ancestor`."""
        self._ancestor = ancestor

    def note_ancestor(self, node: int) -> None:
        """All nodes added since the last note stand for this node of the ancestor."""
        ids = self._ancestor_ids
        ids.extend([node] * (len(self.records) - len(ids)))

    def note_derivation(self, primal: int) -> None:
        """All nodes added from now on, until the next note, derive from this primal node."""
        start = len(self.records)
        if self._derived_starts and self._derived_starts[-1] == start:
            self._derived_from[-1] = primal
        else:
            self._derived_starts.append(start)
            self._derived_from.append(primal)

    def derivation(self, node: int) -> Derived | None:
        """Which primal node and rule gave this node, if a derivative did."""
        position = bisect.bisect_right(self._derived_starts, node) - 1
        primal = self._derived_from[position] if position >= 0 else -1
        return None if primal < 0 else Derived(primal, self.records[primal][0])

    def place(self, node: int) -> Span | None:
        """The best place to show for a node: its own, else that of the nearest primal node."""
        graph: Graph = self
        while True:
            spans = graph._spans.get(node)
            if spans:
                return spans[0]
            if graph._ancestor is not None and node < len(graph._ancestor_ids):
                node, graph = graph._ancestor_ids[node], graph._ancestor
                continue
            derived = graph.derivation(node)
            if derived is None or derived.primal >= node:
                return None
            node = derived.primal

    def is_whole(self, node: int) -> bool:
        """Whether a node is all that its place stands for, and no step of an expansion of it."""
        graph: Graph = self
        while not graph._spans.get(node) and graph._ancestor is not None:
            ids = graph._ancestor_ids
            if node >= len(ids) or (node + 1 < len(ids) and ids[node + 1] == ids[node]):
                return False
            node, graph = ids[node], graph._ancestor
        return True

    def provenance(self, node: int) -> tuple[Span | None, str | None]:
        """As :meth:`place`, with the rule's primitive where a derivative made the node."""
        graph: Graph = self
        while not graph._spans.get(node):
            if graph._ancestor is not None and node < len(graph._ancestor_ids):
                node, graph = graph._ancestor_ids[node], graph._ancestor
                continue
            derived = graph.derivation(node)
            if derived is None or derived.primal >= node:
                return None, None
            return graph.place(derived.primal), derived.rule
        return graph._spans[node][0], None


def reachable(graph: Graph, roots: Iterable[int]) -> bytearray:
    """A mark per node: 1 where some root depends on it."""
    marks = bytearray(len(graph.records))
    top = -1
    for root in roots:
        marks[root] = 1
        top = max(top, root)
    records = graph.records
    for node in range(top, -1, -1):
        if marks[node]:
            for arg in records[node][2:]:
                marks[arg] = 1
    return marks


def dependents(graph: Graph, sources: Iterable[int], end: int | None = None) -> bytearray:
    """A mark per node below ``end``: 1 where the node depends on some source."""
    records = graph.records
    stop = len(records) if end is None else end
    marks = bytearray(stop)
    for source in sources:
        if source < stop:
            marks[source] = 1
    for node in range(stop):
        if not marks[node]:
            for arg in records[node][2:]:
                if marks[arg]:
                    marks[node] = 1
                    break
    return marks
