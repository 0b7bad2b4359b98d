"""Reverse mode: cotangents of all nodes for one output, in one sweep over descending ids.

Source: Griewank and Walther (2008), Evaluating Derivatives, chapters 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from gradc.diff.rules import UndefinedPartial, guarded_partials, not_a_number, partials
from gradc.diff.scan import Read, scan_cotangents
from gradc.errors import fail
from gradc.ir import Graph, dependents
from gradc.prims import TABLE, Builder

# The cotangent of a long vector of which a few elements are read is not written out.
_SHORT = 16
_FEW = 4
# How far into a product scalar factors are looked for.
_DEEP = 6


@dataclass(slots=True)
class _Sweep:
    """State of one reverse sweep.

    ``size`` is how many nodes there were before it; ``bars`` are cotangents by node,
    ``elements`` those of single elements of a vector. With ``rowwise`` a scalar stands for one
    value a row: its cotangent stays a vector. With ``lenient`` a partial that does not exist
    is NaN.
    """

    builder: Builder
    active: bytearray
    rowwise: bool
    lenient: bool
    size: int
    bars: dict[int, int] = field(default_factory=dict)
    elements: dict[int, dict[int, int]] = field(default_factory=dict)
    loops: dict[int, dict[Read, int]] = field(default_factory=dict)

    def accumulate(self, node: int, arg: int, bar: int) -> None:
        """Add what ``node`` sends to its argument, summing over rows that a scalar recycled to."""
        b = self.builder
        types = b.graph.types
        if types[node].shape and not types[arg].shape and not self.rowwise:
            bar = self._total(node, bar)
        old = self.bars.get(arg)
        self.bars[arg] = bar if old is None else b.add(old, bar)

    def _total(self, node: int, bar: int) -> int:
        """A cotangent summed over the rows of a node.

        One that is 0 outside one branch of a scalar choice stays so, see ``rules._guarded``.
        """
        b = self.builder
        record = b.graph.records[bar]
        if record[0] == "select" and not b.graph.types[record[2]].shape:
            zero = b.const(0.0)
            if record[4] == zero:
                return b.select(record[2], self._total(node, record[3]), zero)
            if record[3] == zero:
                return b.select(record[2], zero, self._total(node, record[4]))
        return _sum(b, bar, self.size) if b.graph.types[bar].shape else b.mul(bar, b.length(node))

    def accumulate_element(self, vector: int, position: int, bar: int) -> None:
        parts = self.elements.setdefault(vector, {})
        old = parts.get(position)
        parts[position] = bar if old is None else self.builder.add(old, bar)

    def gather(self, node: int) -> int | None:
        """The whole cotangent of a node: its own and its elements' put together."""
        bar = self.bars.get(node)
        parts = self.elements.pop(node, None)
        if parts is None:
            return bar
        b = self.builder
        length = b.graph.types[node].length
        if length is not None and (length <= _SHORT or len(parts) > _FEW):
            zero = b.const(0.0)
            spread = b.stack([parts.get(position, zero) for position in range(1, length + 1)])
            bar = spread if bar is None else b.add(bar, spread)
        else:
            for position in sorted(parts):
                one = b.scatter(parts[position], node, position)
                bar = one if bar is None else b.add(bar, one)
        if bar is not None:
            self.bars[node] = bar
        return bar

    def push(self, node: int, bar: int) -> None:
        """Send a node's cotangent to its active arguments."""
        b = self.builder
        records = b.graph.records
        record = records[node]
        name = record[0]
        args = record[2:]
        active = self.active
        rules = partials(name) if records[bar][0] != "select" else guarded_partials(name)
        if rules is None:
            self._push_tensor(node, name, record[1], args, bar)
            return
        if self.lenient:
            rules = tuple(not_a_number if isinstance(s, UndefinedPartial) else s for s in rules)
        env = (*args, node)
        if b.graph.types[node].shape and not self.rowwise:
            for arg, scale in zip(args, rules, strict=False):
                if active[arg]:
                    part = scale(b, env, bar)
                    if part is not None:
                        self.accumulate(node, arg, part)
            return
        bars = self.bars
        for arg, scale in zip(args, rules, strict=False):
            if active[arg]:
                part = scale(b, env, bar)
                if part is not None:
                    old = bars.get(arg)
                    bars[arg] = part if old is None else b.add(old, part)

    def _push_tensor(
        self, node: int, name: str, attrs: Any, args: tuple[int, ...], bar: int
    ) -> None:
        if name == "index":
            if self.active[args[0]]:
                self.accumulate_element(args[0], attrs, bar)
            return
        if name in ("final", "output"):
            self._read(args[0], (name, attrs), bar)
            return
        if name == "scan":
            self._push_loop(node, args)
            return
        prim = TABLE[name]
        if prim.transpose is None:
            raise fail("G301", f"'{name}' has no derivative here", self.builder.graph.place(node))
        # A scalar in a stack is one element of the vector: nothing was recycled, so its
        # cotangent is no sum over rows.
        recycles = prim.elementwise or name == "broadcast"
        for position, arg in enumerate(args):
            if self.active[arg]:
                part = prim.transpose(self.builder, node, args, attrs, bar, position)
                if part is not None:
                    self.accumulate(node if recycles else arg, arg, part)

    def _read(self, loop: int, read: Read, bar: int) -> None:
        """Keep the cotangent of what was read of a loop until the loop's own turn."""
        reads = self.loops.setdefault(loop, {})
        old = reads.get(read)
        reads[read] = bar if old is None else self.builder.add(old, bar)
        self.bars[loop] = self.builder.const(1.0)  # it is visited

    def _push_loop(self, loop: int, args: tuple[int, ...]) -> None:
        b = self.builder
        found = scan_cotangents(b, loop, self.loops.pop(loop), self.active, reverse)
        for place, bar in found.items():
            self.accumulate(args[place], args[place], bar)


def _sum(b: Builder, vector: int, first: int) -> int:
    """The sum of a vector, whose scalar factors are multiplied once and not in every row.

    Values of the model, which are the nodes before ``first``, are used as they are.
    """
    outside: list[tuple[str, int]] = []
    total = b.sum(_without_scalars(b, vector, first, outside, _DEEP))
    for name, factor in reversed(outside):
        total = b.apply(name, [total] if name == "neg" else [total, factor])
    return total


def _without_scalars(
    b: Builder, node: int, first: int, outside: list[tuple[str, int]], depth: int
) -> int:
    """A product without its scalar factors, which go to ``outside`` with what they do there."""
    graph = b.graph
    record = graph.records[node]
    name = record[0]
    if not depth or node < first or name not in ("neg", "mul", "div"):
        return node
    if name == "neg":
        outside.append((name, node))
        return _without_scalars(b, record[2], first, outside, depth - 1)
    x, y = record[2:]
    if not graph.types[x].shape:
        if name == "div":
            return node
        x, y = y, x
    if not graph.types[y].shape:
        outside.append((name, y))
        return _without_scalars(b, x, first, outside, depth - 1)
    left = _without_scalars(b, x, first, outside, depth - 1)
    right = y if name == "div" else _without_scalars(b, y, first, outside, depth - 1)
    return b.apply(name, [left, right])


def reverse(
    graph: Graph,
    output: int,
    wrt: Iterable[int],
    seed: int | None = None,
    *,
    rowwise: bool = False,
    lenient: bool = False,
) -> dict[int, int]:
    """The cotangent of each node in ``wrt`` that the output depends on, for a seed of the output.

    Shapes: the seed recycles to the output; a cotangent has its node's shape or recycles to
    it, and with ``rowwise`` that of the output (the output must be elementwise in ``wrt``).
    Raises: GradcError (G301) where a partial on the way is undefined; with ``lenient`` that
    is NaN.
    """
    wanted = list(wrt)
    sweep = _run(graph, output, wanted, seed, rowwise, lenient)
    return {node: sweep.bars[node] for node in wanted if node in sweep.bars}


def _run(
    graph: Graph,
    output: int,
    wrt: list[int],
    seed: int | None,
    rowwise: bool,
    lenient: bool,
) -> _Sweep:
    builder = Builder(graph, derived=True)
    active = dependents(graph, wrt, output + 1)
    sweep = _Sweep(builder, active, rowwise, lenient, len(graph.records))
    if output < len(active) and active[output]:
        sweep.bars[output] = builder.const(1.0) if seed is None else seed
    records = graph.records
    bars, elements = sweep.bars, sweep.elements
    for node in range(output, -1, -1):
        if not active[node]:
            continue
        bar = sweep.gather(node) if elements else bars.get(node)
        if bar is None or records[node][0] == "input":
            continue
        graph.note_derivation(node)
        sweep.push(node, bar)
    graph.note_derivation(-1)
    return sweep
