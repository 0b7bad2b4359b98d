"""Derivatives of a loop with carried values: each is a loop again.

Source: Griewank and Walther (2008), Evaluating Derivatives, chapters 3 and 4. The reverse loop
runs the other way and reads the carried values that the forward loop left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gradc.ir import REAL, Function, Graph, Input, Region
from gradc.prims import Builder

Read = tuple[str, int]
"""``("final", k)`` or ``("output", k)``: what a node reads of a loop."""
Reverse = Callable[[Graph, int, list[int]], dict[int, int]]
Forward = Callable[[Graph, Mapping[int, int], Sequence[int]], dict[int, "int | None"]]


@dataclass(slots=True)
class _Inputs:
    """Scalar inputs of a body under fresh names, in order."""

    graph: Graph
    found: list[Input]

    def add(self, stem: str) -> int:
        taken = {item.name for item in self.found}
        name, count = stem, 1
        while name in taken or self.graph.find(("input", name)) is not None:
            name, count = f"{stem}_{count}", count + 1
        node = self.graph.input(name, REAL)
        self.found.append(Input(name, node, "data", REAL))
        return node


def _parts(region: Region) -> tuple[list[Input], list[Input], list[Input]]:
    """Carried values, elements of sequences, and what stays the same."""
    inputs = list(region.body.inputs)
    middle = region.carries + region.seqs
    return inputs[: region.carries], inputs[region.carries : middle], inputs[middle:]


def scan_cotangents(
    b: Builder,
    node: int,
    bars: Mapping[Read, int],
    active: bytearray,
    reverse: Reverse,
) -> dict[int, int]:
    """The cotangent of each active argument of a loop, by its place among the arguments.

    ``bars`` are the cotangents of what other nodes read of the loop.
    """
    record = b.graph.records[node]
    region: Region = record[1]
    args: tuple[int, ...] = record[2:]
    body = region.body.copy()
    carries, seqs, fixed = _parts(region)
    inputs = _Inputs(body.graph, [])
    one = Builder(body.graph, derived=True)
    total = one.const(0.0)
    for k in range(region.carries):
        total = one.add(total, one.mul(inputs.add(f"bar{k + 1}"), body.outputs[f"next:{k + 1}"]))
    carried = [item.node for item in inputs.found]
    inputs.found += [*carries, *seqs]
    sent = [bar for (kind, _), bar in bars.items() if kind == "output"]
    for kind, k in bars:
        if kind == "output":
            total = one.add(total, one.mul(inputs.add(f"sent{k}"), body.outputs[f"out:{k}"]))
    inputs.found += fixed
    found = reverse(body.graph, total, [item.node for item in (*carries, *seqs, *fixed)])
    zero = one.const(0.0)
    outputs = {f"next:{k}": found.get(item.node, zero) for k, item in enumerate(carries, start=1)}
    outputs |= {f"out:{k}": bar for k, bar in enumerate(carried, start=1)}
    places: list[int] = []
    for place, item in enumerate((*seqs, *fixed), start=region.carries):
        if active[args[place]] and item.node in found:
            places.append(place)
            outputs[f"out:{len(carried) + len(places)}"] = found[item.node]
    derived = Region(
        replace(body, inputs=tuple(inputs.found), outputs=outputs),
        region.carries,
        region.carries + region.seqs + len(sent),
        not region.backwards,
    )
    return _collect(b, node, derived, bars, sent, places, active)


def _collect(
    b: Builder,
    node: int,
    derived: Region,
    bars: Mapping[Read, int],
    sent: Sequence[int],
    places: Sequence[int],
    active: bytearray,
) -> dict[int, int]:
    """The reverse loop over the sequences of the forward one, and what it leaves."""
    record = b.graph.records[node]
    region: Region = record[1]
    args = record[2:]
    middle = region.carries + region.seqs
    zero = b.const(0.0)
    starts = [bars.get(("final", k), zero) for k in range(1, region.carries + 1)]
    trajectories = [b.apply("output", [node], k) for k in range(1, region.carries + 1)]
    seqs = args[region.carries : middle]
    spread = [b.broadcast(bar, seqs[0]) for bar in sent]
    loop = b.apply("scan", [*starts, *trajectories, *seqs, *spread, *args[middle:]], derived)
    result: dict[int, int] = {}
    for k in range(region.carries):
        if active[args[k]]:
            result[k] = b.apply("final", [loop], k + 1)
    for k, place in enumerate(places, start=region.carries + 1):
        rows = b.apply("output", [loop], k)
        result[place] = rows if place < middle else b.sum(rows)
    return result


@dataclass(frozen=True, slots=True)
class Tangents:
    """A loop that carries values and their tangents, and where the tangents of reads are."""

    loop: int
    carries: int
    extra: int

    def read(self, b: Builder, kind: str, k: int) -> int:
        """The tangent of what a node reads of the loop."""
        if kind == "final" or k <= self.carries:
            return b.apply(kind, [self.loop], self.carries + k)
        return b.apply("output", [self.loop], self.carries + self.extra + k)


def scan_tangents(b: Builder, node: int, dots: Mapping[int, int], forward: Forward) -> Tangents:
    """The loop of values and tangents, for the tangents of a loop's arguments."""
    record = b.graph.records[node]
    region: Region = record[1]
    args: tuple[int, ...] = record[2:]
    body = region.body.copy()
    carries, seqs, fixed = _parts(region)
    middle = region.carries + region.seqs
    inputs = _Inputs(body.graph, [])
    dot_of: dict[int, int] = {}
    moving: list[list[int]] = [[], [], []]
    for kind, items in enumerate((carries, seqs, fixed)):
        inputs.found += items
        first = (0, region.carries, middle)[kind]
        for place, item in enumerate(items, start=first):
            if kind == 0 or args[place] in dots:
                dot_of[item.node] = inputs.add(f"{item.name}_dot")
                moving[kind].append(place)
    names = list(body.outputs)
    one = Builder(body.graph, derived=True)
    zero = one.const(0.0)
    tangents = forward(body.graph, dot_of, [body.outputs[name] for name in names])
    found = {name: tangents[body.outputs[name]] for name in names}
    extra = region.outs - region.carries
    outputs = _with_tangents(
        region, body, dot_of, {n: zero if d is None else d for n, d in found.items()}
    )
    derived = Region(
        replace(body, inputs=tuple(inputs.found), outputs=outputs),
        2 * region.carries,
        region.seqs + len(moving[1]),
        region.backwards,
    )
    like = args[region.carries]
    nothing = b.const(0.0)
    arguments = [
        *args[: region.carries],
        *(dots.get(args[place], nothing) for place in moving[0]),
        *args[region.carries : middle],
        *(b.broadcast(dots[args[place]], like) for place in moving[1]),
        *args[middle:],
        *(dots[args[place]] for place in moving[2]),
    ]
    return Tangents(b.apply("scan", arguments, derived), region.carries, extra)


def _with_tangents(
    region: Region, body: Function, dot_of: Mapping[int, int], dots: Mapping[str, int]
) -> dict[str, int]:
    """Outputs of the loop of values and tangents: carried ones, then all others."""
    m = region.carries
    outputs: dict[str, int] = {}
    for k in range(1, m + 1):
        outputs[f"next:{k}"] = body.outputs[f"next:{k}"]
        outputs[f"next:{m + k}"] = dots[f"next:{k}"]
    for k, item in enumerate(body.inputs[:m], start=1):
        outputs[f"out:{k}"] = item.node
        outputs[f"out:{m + k}"] = dot_of[item.node]
    extra = region.outs - m
    for k in range(m + 1, region.outs + 1):
        outputs[f"out:{m + k}"] = body.outputs[f"out:{k}"]
        outputs[f"out:{m + extra + k}"] = dots[f"out:{k}"]
    return outputs
