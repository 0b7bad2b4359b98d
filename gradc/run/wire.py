"""Frames between gradc and a child: a JSON header, then the raw bytes of doubles.

Doubles cross as their eight bytes, so denormals, infinities, -0.0 and NaN payloads
arrive as they left. Tensors are row-major.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

LENGTHS = struct.Struct("<QQ")
_LONGEST = 1 << 40


@dataclass(frozen=True, slots=True)
class Tensor:
    """Doubles with a shape, row-major."""

    shape: tuple[int, ...]
    data: array[float]

    def __post_init__(self) -> None:
        if prod(self.shape) != len(self.data):
            raise ValueError(f"{len(self.data)} doubles do not fill the shape {self.shape}")

    def nested(self) -> Any:
        """The number, or nested lists of rows."""
        items: list[Any] = self.data.tolist()
        if not self.shape:
            return items[0]
        for axis in range(len(self.shape) - 1, 0, -1):
            extent = self.shape[axis]
            items = [items[i * extent : (i + 1) * extent] for i in range(prod(self.shape[:axis]))]
        return items


@dataclass(frozen=True, slots=True)
class Message:
    """A header and named tensors."""

    header: dict[str, Any]
    tensors: dict[str, Tensor]


def tensor(value: Any) -> Tensor:
    """A number, a list, a list of rows or an array as a tensor.

    Raises: ValueError where rows differ in length or there are more than two axes.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not _is_sequence(value):
        return Tensor((), array("d", [float(value)]))
    rows = [row.tolist() if hasattr(row, "tolist") else row for row in value]
    if not any(_is_sequence(row) for row in rows):
        return Tensor((len(rows),), array("d", map(float, rows)))
    widths = {len(row) if _is_sequence(row) else -1 for row in rows}
    if len(widths) != 1:
        raise ValueError("the rows of a matrix differ in length")
    (width,) = widths
    flat = array("d")
    for row in rows:
        if any(_is_sequence(entry) for entry in row):
            raise ValueError("a value has at most two axes")
        flat.extend(map(float, row))
    return Tensor((len(rows), width), flat)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def to_column_major(value: Tensor) -> array[float]:
    """The entries in the order of R, first index fastest."""
    if len(value.shape) < 2:
        return value.data
    rows = value.shape[0]
    rest = prod(value.shape[1:])
    result = array("d", bytes(8 * len(value.data)))
    for place, offset in enumerate(_row_major_offsets(value.shape[1:])):
        result[place * rows : (place + 1) * rows] = value.data[offset::rest]
    return result


def from_column_major(data: array[float], shape: tuple[int, ...]) -> Tensor:
    """A tensor from entries in the order of R."""
    if len(shape) < 2:
        return Tensor(shape, data)
    rows = shape[0]
    rest = prod(shape[1:])
    result = array("d", bytes(8 * len(data)))
    for place, offset in enumerate(_row_major_offsets(shape[1:])):
        result[offset::rest] = data[place * rows : (place + 1) * rows]
    return Tensor(shape, result)


def _row_major_offsets(shape: tuple[int, ...]) -> Iterable[int]:
    """Row-major offsets of all indices, visited first index fastest."""
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    # product() turns its last factor fastest, so the axes are given backwards.
    for index in product(*(range(extent) for extent in reversed(shape))):
        yield sum(i * stride for i, stride in zip(reversed(index), strides, strict=True))


def encode(header: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> bytes:
    """One frame, ready to be written."""
    shapes = [[name, list(value.shape)] for name, value in tensors.items()]
    head = json.dumps({"header": header, "tensors": shapes}).encode("ascii")
    body = b"".join(value.data.tobytes() for value in tensors.values())
    return LENGTHS.pack(len(head), len(body)) + head + body


def frame_length(start: bytes | bytearray) -> int:
    """Length of the whole frame, from its first bytes.

    Raises: ValueError where they cannot be the start of a frame.
    """
    head, body = LENGTHS.unpack_from(start)
    if head > _LONGEST or body > _LONGEST:
        raise ValueError("not a frame")
    return int(LENGTHS.size + head + body)


def decode(frame: bytes | bytearray) -> Message:
    """The message in a whole frame."""
    head, _ = LENGTHS.unpack_from(frame)
    document = json.loads(bytes(frame[LENGTHS.size : LENGTHS.size + head]))
    offset = LENGTHS.size + head
    tensors = {}
    for name, shape in document["tensors"]:
        data = array("d")
        end = offset + 8 * prod(shape)
        data.frombytes(bytes(frame[offset:end]))
        tensors[name] = Tensor(tuple(shape), data)
        offset = end
    return Message(document["header"], tensors)
