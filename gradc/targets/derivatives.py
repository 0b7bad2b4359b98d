"""Where each derivative of a function belongs in a gradient vector and a Hessian matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradc.diff import elements
from gradc.ir import Function, Input


@dataclass(frozen=True, slots=True)
class Entry:
    """One output: ``count`` elements from ``place`` on, in ``column`` of a Hessian.

    Places are counted from 0 over the elements of all parameters. ``mirrored`` entries stand
    on both sides of the diagonal.
    """

    node: int
    place: int
    count: int
    column: int = -1
    mirrored: bool = False


def offsets(function: Function) -> dict[str, int]:
    """The place of each parameter's first element."""
    found: dict[str, int] = {}
    total = 0
    for item in function.params:
        found[item.name] = total
        total += item.type.count or 1
    return found


def gradient_elements(function: Function) -> list[Entry]:
    """The outputs of a gradient in order: one a parameter, or one an element of a vector."""
    entries: list[Entry] = []
    for name, place, count in _rows(function):
        entries.append(Entry(function.outputs[f"gradient:{name}"], place, count))
    return entries


def _rows(function: Function) -> list[tuple[str, int, int]]:
    """Names of gradient outputs with their places and lengths."""
    rows: list[tuple[str, int, int]] = []
    starts = offsets(function)
    for item in function.params:
        place = starts[item.name]
        if f"gradient:{item.name}" in function.outputs:
            rows.append((item.name, place, item.type.count or 1))
        else:
            for name, position in elements(item):
                rows.append((name, place + (position or 1) - 1, 1))
    return rows


def hessian_entries(function: Function) -> list[Entry]:
    """The outputs of a Hessian, those above the diagonal standing for those below."""
    entries: list[Entry] = []
    starts = offsets(function)
    for row, place, count in _rows(function):
        for item in function.params:
            for column, position in elements(item):
                number = starts[item.name] + (position or 1) - 1
                if number < place:
                    continue
                inside = place <= number < place + count
                node = function.outputs[f"hessian:{row}:{column}"]
                entries.append(Entry(node, place, count, number, not inside))
    return entries


def cover(function: Function, nodes: Sequence[int], *, recycled: bool) -> list[bool]:
    """For each node whether it surely has as many rows as the value.

    A node without some vector that the value has may be shorter when that vector is the only
    long one; where all vectors are ``recycled`` first, any one of them will do.
    """
    graph = function.graph
    bit = {item.node: 1 << index for index, item in enumerate(_vectors(function))}
    top = max([function.value, *nodes])
    masks = [0] * (top + 1)
    records = graph.records
    for node in range(top + 1):
        record = records[node]
        if record[0] == "input":
            masks[node] = bit.get(node, 0)
        elif graph.types[node].shape:
            mask = 0
            for arg in record[2:]:
                mask |= masks[arg]
            masks[node] = mask
    wanted = masks[function.value]
    if recycled:
        return [bool(masks[node]) for node in nodes]
    return [bool(masks[node]) and masks[node] & wanted == wanted for node in nodes]


def _vectors(function: Function) -> list[Input]:
    return [item for item in function.data if item.type.rank == 1]
