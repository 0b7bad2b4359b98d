"""Loops with carried values written out, turn by turn, for sizes that are known.

A ``scan`` becomes its body as often as its sequences are long: an element of a sequence is an
``index``, what the turns leave is a ``stack``. A body may hold loops of its own: they are written
out in the next round, so nothing here is recursive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.errors import fail
from gradc.ir import (
    Function,
    Graph,
    Record,
    Region,
    Size,
    Type,
    make_type,
    reachable,
    rebuild,
    value_of,
)


def unroll(function: Function, counts: Mapping[str, int]) -> Function:
    """The function without loops, for these values of the symbols of its sizes.

    Raises: GradcError (G502) for a loop whose number of turns they do not tell.
    """
    while _has_loop(function):
        function = _one_level(function, counts)
    return function


def _has_loop(function: Function) -> bool:
    records = function.graph.records
    marks = reachable(function.graph, function.outputs.values())
    return any(mark and records[node][0] == "scan" for node, mark in enumerate(marks))


@dataclass(frozen=True, slots=True)
class _Left:
    """What a loop leaves: the carried values after it, and each turn's numbers in order."""

    finals: Sequence[int]
    outputs: Sequence[Sequence[int]]


def _one_level(function: Function, counts: Mapping[str, int]) -> Function:
    old, graph = function.graph, Graph()
    left: dict[int, _Left] = {}
    zero = graph.const(0.0)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        name, attrs = record[0], record[1]
        if name == "scan":
            count = _turns(old, record, counts)
            left[node] = _write_out(graph, attrs, args, count, counts)
            return zero
        if name == "final":
            final: int = left[record[2]].finals[attrs - 1]
            return final
        if name == "output":
            turns = left[record[2]].outputs[attrs - 1]
            return graph.add("stack", turns, None, old.types[node])
        return graph.intern((name, attrs, *args), old.types[node])

    return rebuild(function, graph, make)


def _turns(graph: Graph, record: Record, counts: Mapping[str, int]) -> int:
    region: Region = record[1]
    sequence = record[2 + region.carries]
    size = graph.types[sequence].shape[0].substitute(graph.bindings)
    count = value_of(size, counts)
    if count is None:
        raise fail("G502", f"nothing tells how many turns a loop over {size} elements takes")
    return count


def _write_out(
    graph: Graph, region: Region, args: Sequence[int], count: int, counts: Mapping[str, int]
) -> _Left:
    body, middle = region.body, region.carries + region.seqs
    items = [item.node for item in body.inputs]
    carried, sequences = list(args[: region.carries]), args[region.carries : middle]
    fixed = dict(zip(items[middle:], args[middle:], strict=True))
    plan = _plan(body, counts)
    nexts = [body.outputs[f"next:{k}"] for k in range(1, region.carries + 1)]
    outs = [body.outputs[f"out:{k}"] for k in range(1, region.outs + 1)]
    found: list[list[int]] = [[0] * count for _ in outs]
    places = range(count - 1, -1, -1) if region.backwards else range(count)
    for place in places:
        new = dict(fixed)
        new |= zip(items[: region.carries], carried, strict=True)
        for item, sequence in zip(items[region.carries : middle], sequences, strict=True):
            new[item] = _element(graph, sequence, place)
        for node, record, type_ in plan:
            if node not in new:
                args_here = (new[arg] for arg in record[2:])
                new[node] = graph.intern((record[0], record[1], *args_here), type_)
        carried = [new[node] for node in nexts]
        for row, node in zip(found, outs, strict=True):
            row[place] = new[node]
    return _Left(carried, found)


def _element(graph: Graph, sequence: int, place: int) -> int:
    record = graph.records[sequence]
    if record[0] == "stack":
        return record[2 + place]  # type: ignore[no-any-return]
    return graph.add("index", (sequence,), place + 1, make_type("real"))


def _plan(body: Function, counts: Mapping[str, int]) -> list[tuple[int, Record, Type]]:
    """The nodes that a turn needs, in order, with sizes as numbers: symbols are the body's own."""
    graph = body.graph
    marks = reachable(graph, body.outputs.values())
    for item in body.inputs:
        if item.node < len(marks):
            marks[item.node] = 0
    return [
        (
            node,
            (record[0], _known(record[1], graph, counts), *record[2:]),
            _type(graph, node, counts),
        )
        for node, record in enumerate(graph.records)
        if node < len(marks) and marks[node]
    ]


def _known(attrs: Any, graph: Graph, counts: Mapping[str, int]) -> Any:
    if isinstance(attrs, tuple) and any(isinstance(part, Size) for part in attrs):
        return tuple(_known(part, graph, counts) for part in attrs)
    if not isinstance(attrs, Size):
        return attrs
    size = attrs.substitute(graph.bindings)
    number = value_of(size, counts)
    return size if number is None else Size(number)


def _type(graph: Graph, node: int, counts: Mapping[str, int]) -> Type:
    type_ = graph.types[node]
    if not type_.shape:
        return type_
    return make_type(type_.dtype, tuple(_known(size, graph, counts) for size in type_.shape))
