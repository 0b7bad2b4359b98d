"""One turn of a loop, evaluated with a symbolic counter, as work on whole vectors.

What does not depend on the turn before becomes one operation on vectors: an index that runs
with the counter becomes a slice. What does depend on it, and only that, is the body of a
``scan``. What is merely added up from turn to turn is a sum.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gradc.frontend.batching import Operand, batched, column_sums, row_of_turn, rows_at
from gradc.frontend.loop_sizes import fit_sizes
from gradc.frontend.ranges import last_of
from gradc.frontend.recurrences import Recurrence
from gradc.frontend.turn import LOOP_VARIABLE, Carry, NotVectorizable, Turn
from gradc.frontend.values import Stretch
from gradc.ir import Graph, dependents, reachable
from gradc.prims import TABLE, Builder


@dataclass(slots=True)
class Vectorized:
    """The turns of a loop on whole vectors."""

    graph: Graph
    builder: Builder
    turn: Turn
    exact: Builder = field(init=False)
    sums: dict[int, int] = field(default_factory=dict)
    moving: list[Carry] = field(default_factory=list)
    vectors: dict[int, int] = field(default_factory=dict)
    outputs: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    loop: int = -1

    def __post_init__(self) -> None:
        self.exact = Builder(self.graph, derived=True)
        self._classify()
        self._run()

    # ------------------------------------------------------------- which values are carried

    def _classify(self) -> None:
        """Tell sums from recurrences."""
        turn = self.turn
        open_ = [c for c in turn.carries if c.after != c.variable]
        for carry in turn.carries:
            if carry.after == carry.variable:
                self.vectors[carry.variable] = carry.start
        changed = True
        while changed:
            changed = False
            for carry in open_:
                others = [c.after for c in open_ if c is not carry]
                others += [self.sums[c] for c in self.sums]
                if self._feeds(carry, [*others, *turn.results]):
                    continue
                step = self._step(carry)
                if step is not None:
                    self.sums[carry.variable] = step
                    open_.remove(carry)
                    changed = True
                    break
        self.moving = open_

    def _feeds(self, carry: Carry, roots: list[int]) -> bool:
        """Whether anything but its own next value needs a carried value."""
        return any(
            reachable(self.graph, [root])[carry.variable]
            for root in roots
            if root >= carry.variable
        )

    def _step(self, carry: Carry) -> int | None:
        """What a turn adds to a carried value, None where it does anything else with it."""
        step = self._added(carry.after, carry.variable)
        if step is None or self._feeds(carry, [step]):
            return None
        return step

    def _added(self, node: int, variable: int) -> int | None:
        """``t`` of a node that is ``variable + t``; the spine of additions is walked down."""
        b, graph = self.exact, self.graph
        terms: list[tuple[int, bool]] = []
        negative = False
        while node != variable:
            record = graph.records[node]
            if record[0] == "select":
                yes, no = (self._added(side, variable) for side in record[3:])
                if yes is None or no is None:
                    return None
                terms.append((b.select(record[2], yes, no), negative))
                break
            if record[0] not in ("add", "sub") or graph.types[node].rank > 1:
                return None
            left, right = record[2:]
            if self._needs(left, variable):
                terms.append((right, negative ^ (record[0] == "sub")))
                node = left
            elif record[0] == "add":
                terms.append((left, negative))
                node = right
            else:
                return None
        total = b.const(0.0)
        for term, minus in reversed(terms):
            total = b.sub(total, term) if minus else b.add(total, term)
        return total

    def _needs(self, node: int, variable: int) -> bool:
        return node >= variable and bool(reachable(self.graph, [node])[variable])

    # ----------------------------------------------------------------------------- vectors

    def _run(self) -> None:
        turn, graph = self.turn, self.graph
        if turn.part is not None and self.moving:
            raise NotVectorizable
        roots = [*self.sums.values(), *turn.results, *(c.after for c in self.moving)]
        end = len(graph.records)
        wanted = reachable(graph, roots)
        self.vectors[turn.counter] = turn.values
        self.vectors |= turn.outside
        begun = [turn.counter, *turn.reads, *turn.outside, *(c.variable for c in turn.carries)]
        varies = dependents(graph, begun, end)
        recurs = dependents(graph, [c.variable for c in self.moving], end)
        nodes = [n for n in range(turn.first, min(end, len(wanted))) if wanted[n] and varies[n]]
        fit_sizes(self.builder, turn.counter, turn.values, nodes)
        for node in nodes:
            if not recurs[node]:
                self._vectorize(node)
        if self.moving:
            needed = reachable(graph, [c.after for c in self.moving])
            core = [n for n in nodes if recurs[n] and n < len(needed) and needed[n]]
            recurring = [n for n in nodes if recurs[n]]
            made = Recurrence(self.builder, turn, self.moving, self.of)
            results = [*self.sums.values(), *turn.results]
            self.loop, outputs = made.scan(core, recurring, results, self.like)
            self.outputs |= outputs
            for node in nodes:
                if recurs[node] and node not in self.outputs:
                    self._vectorize(node)

    def _vectorize(self, node: int) -> None:
        """The node of all turns at once."""
        if node in self.vectors:
            return
        if node in self.turn.reads:
            vector, index = self.turn.reads[node]
            alike = self.graph.records[vector]
            if alike[0] == "broadcast" and not self.graph.types[alike[2]].shape:
                self.vectors[node] = alike[2]
            else:
                self.vectors[node] = self.builder.apply("gather", [vector, self.of(index)])
            return
        made = self._all_turns(node)
        if made is None:
            self.failed.add(node)  # which matters where somebody reads it
        else:
            self.vectors[node] = made

    def _all_turns(self, node: int) -> int | None:
        graph, b = self.graph, self.builder
        record = graph.records[node]
        name, args = record[0], record[2:]
        row = row_of_turn(b, node)
        if row is not None and row[0] == self.of(row[0]):
            return rows_at(b, row[0], self.of(row[1]))
        if name == "add" and args[0] in self.turn.reads and self._is_zero(self.of(args[0])):
            return self.of(args[1])  # what is added up from 0, as it is where a number is carried
        if name not in TABLE or graph.types[node].rank > 1 or self.failed.intersection(args):
            return None
        if graph.types[node].rank or any(graph.types[arg].rank for arg in args):
            moved = name == "gather" and not graph.types[node].rank and args[0] == self.of(args[0])
            if not moved:
                operands = [
                    Operand(graph.types[arg].rank, self._differs(arg), self.of(arg)) for arg in args
                ]
                return batched(b, name, record[1], operands, graph.types[node].rank, self.like)
        return b.apply(name, [self.of(arg) for arg in args], record[1])

    def _is_zero(self, node: int) -> bool:
        return self.graph.is_const(node) and self.graph.value(node) == 0.0

    def _differs(self, node: int) -> bool:
        """Whether all turns of a node are a vector or a matrix, with one row a turn."""
        return self.graph.types[self.of(node)].rank > self.graph.types[node].rank

    def of(self, node: int) -> int:
        """All turns of a node: a vector, or the node itself where it is always the same."""
        if node in self.failed:
            raise NotVectorizable
        if node in self.outputs:
            return self.outputs[node]
        return self.vectors.get(node, node)

    def rows(self, node: int) -> int:
        """All turns of a number as a vector."""
        if self.graph.types[node].rank:
            raise NotVectorizable
        return self.builder.broadcast(self.builder.real(self.of(node)), self.like)

    @property
    def like(self) -> int:
        """A vector with one element a turn: the one that is counted along, where one is."""
        record = self.graph.records[self.turn.values]
        return record[2] if record[0] == "seq_along" else self.turn.values

    def last(self, node: int) -> int:
        """A number or a vector as the last turn leaves it."""
        if self.turn.part is not None:
            raise NotVectorizable
        b, all_turns = self.builder, self.of(node)
        if self.graph.types[node].rank:
            if not self._differs(node):
                return all_turns
            if self.graph.types[node].rank > 1:
                raise NotVectorizable
            last = b.stack([b.length(self.like)])
            return b.apply("as_vector", [b.apply("gather_rows", [all_turns, last])])
        rows = self.rows(node)
        return self.builder.apply("gather", [rows, self.builder.length(rows)])

    # ----------------------------------------------------------------------------- results

    def _of_part(self, step: int, rows: int, part: Stretch) -> int:
        """What the turns up to a number, or from a number on, add up to."""
        b = self.builder
        if not self._differs(step):
            if part.high is not None:
                return b.mul(rows, part.high)
            if part.low is None:
                raise TypeError("a stretch has an end that runs")
            last = last_of(b, self.turn.values)
            return b.mul(rows, b.add(b.sub(last, part.low), b.const(1.0)))
        if self.graph.types[rows].rank != 1:
            raise NotVectorizable
        if part.high is not None and part.least > 0 and self._is_settled(rows):
            return b.apply("gather", [b.apply("cumsum", [rows]), part.high])
        name, end = ("le", part.high) if part.high is not None else ("ge", part.low)
        inside = b.apply(name, [self.turn.values, end])  # type: ignore[list-item]
        return b.sum(b.select(inside, rows, b.const(0.0)))

    def _is_settled(self, node: int) -> bool:
        """Whether a node is the same in all turns of all loops around."""
        marks = reachable(self.graph, [node])
        records = self.graph.records
        return not any(mark and records[n][0] == LOOP_VARIABLE for n, mark in enumerate(marks))

    def final(self, carry: Carry) -> int:
        """A carried variable after the last turn."""
        b = self.exact
        if carry.after == carry.variable:
            return carry.start
        step = self.sums.get(carry.variable)
        if step is None:
            place = self.moving.index(carry) + 1
            return self.builder.apply("final", [self.loop], place)
        rows = self.of(step)
        if self.turn.part is not None:
            return b.add(carry.start, self._of_part(step, rows, self.turn.part))
        if not self._differs(step):
            return b.add(carry.start, b.mul(rows, b.length(self.like)))
        if self.graph.types[rows].rank == 2:
            return b.add(carry.start, column_sums(b, rows))
        if self.graph.prim(rows) == "neg":
            return b.sub(carry.start, b.sum(self.graph.args(rows)[0]))
        return b.add(carry.start, b.sum(rows))
