"""Moves of numbers that cancel or combine: exact for every double, and shorter to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from gradc.ir import Graph, Size
from gradc.ir.types import known
from gradc.prims.schema import ShapeError

_NONE = known(0)
_FARTHEST = 1e9


class Maker(Protocol):
    """What a fold needs of a builder."""

    graph: Graph

    def apply(self, name: str, args: Sequence[int], attrs: Any = None) -> int: ...

    def index(self, x: int, position: int) -> int: ...

    def size(self, node: int) -> Size: ...

    def broadcast(self, x: int, like: int) -> int: ...


def _slice(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
    front, back = ends = _settled(b, attrs)
    if front == _NONE and back == _NONE:
        return args[0]
    if ends != attrs:
        return b.apply("slice", args, ends)
    record = b.graph.records[args[0]]
    if record[0] == "slice":
        inner = record[1]
        ends = (inner[0].plus(front), inner[1].plus(back))
        return b.apply("slice", [record[2]], ends)
    if record[0] == "pad" and record[1] == attrs:
        return record[2]  # type: ignore[no-any-return]
    if record[0] == "broadcast" and not b.graph.types[record[2]].shape:
        return b.broadcast(record[2], b.apply("slice", [record[3]], attrs))
    if record[0] == "concat" and front.is_known:
        return _slice_of_parts(b, record[2:], front.constant, back)
    return None


def _slice_of_parts(b: Maker, parts: Sequence[int], front: int, back: Size) -> int | None:
    """Numbers at the beginning of ``c(a, b, x)`` that are cut off again."""
    kept = list(parts)
    while front and len(kept) > 1 and not b.graph.types[kept[0]].shape:
        kept.pop(0)
        front -= 1
    if len(kept) == len(parts):
        return None
    if len(kept) > 1:
        return b.apply("slice", [b.apply("concat", kept)], (known(front), back))
    if not b.graph.types[kept[0]].shape:
        return None
    return b.apply("slice", kept, (known(front), back))


def _pad(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
    ends = _settled(b, attrs)
    if ends == (_NONE, _NONE):
        return args[0]
    return None if ends == attrs else b.apply("pad", args, ends)


def _settled(b: Maker, attrs: Any) -> tuple[Size, Size]:
    """Two sizes with what is known of them by now."""
    bindings = b.graph.bindings
    return attrs[0].substitute(bindings), attrs[1].substitute(bindings)


def _undone_by(name: str) -> Callable[[Maker, Sequence[int], Any], int | None]:
    def fold(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
        record = b.graph.records[args[0]]
        return record[2] if record[0] == name else None

    return fold


def _t(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
    record = b.graph.records[args[0]]
    if record[0] == "t":
        return record[2]  # type: ignore[no-any-return]
    if record[0] == "outer":
        return b.apply("outer", [record[3], record[2]])
    return None


def _reshape(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
    record = b.graph.records[args[0]]
    if record[0] != "as_vector":
        return None
    shape = tuple(size.substitute(b.graph.bindings) for size in b.graph.types[record[2]].shape)
    return record[2] if shape == attrs else None


def _gather(b: Maker, args: Sequence[int], attrs: Any) -> int | None:
    """Places that are known, or that run on one by one, need no index."""
    x, i = args
    graph = b.graph
    if graph.is_const(i):
        place = graph.value(i)
        if not place.is_integer():
            raise ShapeError(f"an index must be a whole number, not {place:g}")
        return b.index(x, int(place))
    record = graph.records[i]
    if record[0] == "rev" and graph.records[record[2]][0] == "seq_along":
        return b.apply("rev", [b.apply("gather", [x, record[2]])])
    if record[0] != "seq_along" or graph.types[x].rank != 1:
        return None
    front = known(record[1])
    back = b.size(x).plus(front, -1).plus(b.size(i), -1)
    if not back.is_known:  # whether all places are there is seen with the data
        return None
    if record[1] < 0 or back.constant < 0:
        first, last = record[1] + 1, b.size(i).plus(front)
        raise ShapeError(f"elements {first} to {last} of a vector of {b.size(x)}")
    return b.apply("slice", [x], (front, back))


def counted_on(b: Maker, x: int, y: int, sign: int) -> int | None:
    """A count along a vector plus or minus a whole number: the count from another start."""
    graph = b.graph
    record = graph.records[x]
    if not graph.is_const(y):
        return None
    if record[0] == "rev":
        inner = counted_on(b, record[2], y, sign)
        return None if inner is None else b.apply("rev", [inner])
    if record[0] != "seq_along":
        return None
    step = graph.value(y)
    if not step.is_integer() or abs(step) > _FARTHEST:
        return None
    return b.apply("seq_along", [record[2]], record[1] + sign * int(step))


FOLDS: Mapping[str, Callable[[Maker, Sequence[int], Any], int | None]] = {
    "slice": _slice,
    "pad": _pad,
    "rev": _undone_by("rev"),
    "t": _t,
    "as_vector": _undone_by("reshape"),
    "reshape": _reshape,
    "gather": _gather,
}
"""By primitive: the node that an application is equal to, None where there is no shorter one."""
