"""The part of a loop over data in which a turn needs the turn before: a ``scan``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gradc.frontend.turn import Carry, NotVectorizable, Turn
from gradc.ir import BOOL, REAL, Function, Graph, Input, Region
from gradc.prims import TABLE, Builder


@dataclass(slots=True)
class Recurrence:
    """The body of a scan while it is built.

    ``moving`` are the carried values, ``of`` gives all turns of a node outside of the body.
    ``inside`` are the body's nodes by those of one turn, ``seqs`` and ``fixed`` its inputs by what
    they are outside: the elements of a vector, one a turn, and what stays the same.
    """

    builder: Builder
    turn: Turn
    moving: Sequence[Carry]
    of: Callable[[int], int]
    body: Graph = field(default_factory=Graph)
    names: dict[str, int] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)
    fixed: dict[int, int] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        return self.builder.graph

    def scan(
        self, core: Sequence[int], recurring: Sequence[int], results: Sequence[int], like: int
    ) -> tuple[int, dict[int, int]]:
        """The loop of the nodes in ``core``, and what it leaves of each node that others need.

        ``recurring`` are all nodes that depend on carried values, ``results`` what is needed
        after the loop; ``like`` is a vector with one element a turn.
        """
        b = self.builder
        carried = self._carried()
        self._fill(core)
        if not self.seqs:
            self.seqs[like] = self._input("row")
        left = self._left(recurring, results)
        called = {n: name for n, name in self.turn.names.items() if n in {*core, *self._variables}}
        region = Region(self._function(carried, left, called), len(carried), len(self.seqs))
        starts = [carry.start for carry in self.moving]
        loop = b.apply("scan", [*starts, *self.seqs, *self.fixed], region)
        kept = [*self._variables, *left]
        outputs = {n: b.apply("output", [loop], k) for k, n in enumerate(kept, start=1)}
        return loop, outputs

    @property
    def _variables(self) -> list[int]:
        return [carry.variable for carry in self.moving]

    def _carried(self) -> list[int]:
        """The inputs of the body for carried values, which are numbers."""
        if any(self.graph.types[carry.variable].shape for carry in self.moving):
            raise NotVectorizable
        nodes = [self._input(carry.name.rstrip("@")) for carry in self.moving]
        self.inside = {c.variable: node for c, node in zip(self.moving, nodes, strict=True)}
        return nodes

    def _fill(self, core: Iterable[int]) -> None:
        """Copy the nodes of one turn into the body."""
        graph, inside = self.graph, self.inside
        for node in core:
            if node in inside:
                continue
            record = graph.records[node]
            if graph.types[node].shape or record[0] not in TABLE:
                raise NotVectorizable
            args = [inside[arg] if arg in inside else self._outside(arg) for arg in record[2:]]
            inside[node] = self.body.add(record[0], args, record[1], graph.types[node])
        for carry in self.moving:
            if carry.after not in inside:
                inside[carry.after] = self._outside(carry.after)

    def _function(
        self, carried: Sequence[int], left: Sequence[int], called: Mapping[int, str]
    ) -> Function:
        """The body as a function: the next carried values, and what each turn leaves."""
        body, inside = self.body, self.inside
        outputs = {f"next:{k}": inside[c.after] for k, c in enumerate(self.moving, start=1)}
        outputs |= {f"out:{k}": node for k, node in enumerate(carried, start=1)}
        for k, node in enumerate(left, start=len(carried) + 1):
            number = inside[node]
            if body.types[number].dtype == "bool":
                number = body.add("as_real", (number,), None, REAL)
            outputs[f"out:{k}"] = number
        order = [*carried, *self.seqs.values(), *self.fixed.values()]
        text = {node: name for name, node in self.names.items()}
        inputs = tuple(Input(text[node], node, "data", REAL) for node in order)
        named = {inside[n]: name for n, name in called.items()}
        return Function("turn", inputs, outputs, body, names=named)

    def _left(self, recurring: Sequence[int], results: Sequence[int]) -> list[int]:
        """Nodes of the body that something outside of it reads."""
        inside, records = self.inside, self.graph.records
        asked = {arg for node in recurring if node not in inside for arg in records[node][2:]}
        asked.update(results)
        variables = set(self._variables)
        return [n for n in recurring if n in inside and n not in variables and n in asked]

    def _outside(self, node: int) -> int:
        """What the body reads of a node outside: a number, an element of a vector, an input."""
        outer, body = self.of(node), self.body
        record, type_ = self.graph.records[outer], self.graph.types[outer]
        if record[0] == "const":
            return body.const(record[1][1], type_)
        if type_.rank > 1:
            raise NotVectorizable
        if type_.dtype == "bool":  # a sequence has numbers
            number = self._read(self.builder.real(outer), type_.rank)
            return body.add("ne", (number, body.const(0.0)), None, BOOL)
        if type_.rank and self.graph.types[node].rank:
            raise NotVectorizable
        return self._read(outer, type_.rank)

    def _read(self, outer: int, rank: int) -> int:
        """The body's input for an element of a sequence, or for what stays the same."""
        record = self.graph.records[outer]
        known = self.seqs if rank else self.fixed
        if outer not in known:
            stem = record[1] if record[0] == "input" else ("row" if rank else "v")
            known[outer] = self._input(stem)
        return known[outer]

    def _input(self, stem: str) -> int:
        name, count = stem, 1
        while name in self.names:
            count += 1
            name = f"{stem}{count}"
        self.names[name] = self.body.input(name, REAL)
        return self.names[name]
