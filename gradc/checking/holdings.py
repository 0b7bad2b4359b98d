"""What a session of R says that it holds, as the frontend reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradc.errors import Source, Span
from gradc.frontend.given import (
    Argument,
    Beyond,
    Given,
    Held,
    HeldFunction,
    Holdings,
    Numbers,
    Parts,
    Texts,
    Truths,
)
from gradc.run.wire import Tensor, to_column_major


class Sources:
    """The texts that a script's functions are written in, read once."""

    def __init__(self, first: Source) -> None:
        self._read: dict[str, Source | None] = {str(Path(first.name).resolve()): first}

    def source(self, name: str) -> Source | None:
        """The text of a file; None where it cannot be read."""
        key = str(Path(name).resolve()) if name else ""
        if key not in self._read:
            try:
                self._read[key] = Source(name, Path(key).read_text(encoding="utf-8-sig"))
            except (OSError, UnicodeDecodeError):
                self._read[key] = None
        return self._read[key]

    def span(self, place: Mapping[str, Any] | None) -> Span | None:
        """The place that R tells by lines and bytes, both from 1, the last byte included."""
        if not place:
            return None
        source = self.source(place["file"][0])
        if source is None:
            return None
        first, start, last, end = (int(number) for number in place["at"])
        if max(first, last) > len(source.line_starts):
            return None
        return Span(_offset(source, first, start - 1), _offset(source, last, end), source)


def _offset(source: Source, line: int, bytes_before: int) -> int:
    """The offset of a place that has so many bytes of its line before it."""
    text = source.line(line).encode("utf-8")[:bytes_before].decode("utf-8", "ignore")
    return source.line_starts[line - 1] + len(text)


def given(value: Mapping[str, Any]) -> Given:
    """A described value of R."""
    kind = value["kind"][0]
    if kind == "number":
        return _numbers(value)
    if kind == "text":
        return Texts(tuple(value["value"]), _names(value))
    if kind == "flags":
        return Truths(tuple(map(bool, value["value"])), _names(value))
    if kind == "flag":
        return bool(value["value"][0])
    if kind == "list":
        parts = tuple(given(item) for item in value["items"])
        return Parts(parts, _names(value), bool(value["frame"][0]))
    if kind == "function":
        return Held(int(value["id"][0]))
    if kind == "null":
        return None
    return Beyond(f"of class '{value['class'][0]}'")


def _as_parameter(value: Given) -> Given:
    """A matrix of one column, which a step of a descent leaves, as the vector that it is."""
    if isinstance(value, Numbers) and len(value.shape) == 2 and value.shape[1] == 1:
        return Numbers(value.values, value.shape[:1] if value.shape[0] > 1 else ())
    return value


def _names(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    return tuple(value["names"]) or None


def _numbers(value: Mapping[str, Any]) -> Numbers:
    found = value["value"]
    names = _names(value)
    if names is not None and (len(set(names)) < len(names) or not all(names)):
        names = None
    if not isinstance(found, Tensor):
        return Numbers(tuple(found), () if len(found) == 1 else (len(found),), names)
    cells = tuple(to_column_major(found).tolist())
    return Numbers(cells, () if found.shape == (1,) else found.shape, names)


def holdings(found: Mapping[str, Any], sources: Sources) -> Holdings:
    """The functions and variables that a step of the session described."""
    functions: dict[int, HeldFunction] = {}
    for item in found["functions"]:
        number, text = int(item["id"][0]), item["text"][0]
        span = sources.span(item["place"])
        if span is None and text:
            # What another function made is written nowhere: R says how it would be.
            source = Source(f"<function {number}>", text)
            span = Span(0, len(text), source)
        if span is not None:
            functions[number] = HeldFunction(number, span, tuple(map(int, item["frames"])))
    variables: dict[int, dict[str, Given]] = {}
    for item in found["variables"]:
        frame = variables.setdefault(int(item["frame"][0]), {})
        frame[item["name"][0]] = given(item["value"])
    return Holdings(functions, variables)


def arguments(
    start: Mapping[str, Any], rest: Mapping[str, Any], formals: Sequence[str]
) -> list[Argument]:
    """What a function is called with: its parameters, then the others."""
    made = [
        Argument(name, _as_parameter(given(value)), True)
        for name, value in zip(start["names"], start["values"], strict=True)
    ]
    made += [
        Argument(name, given(value), label=name or "data")
        for name, value in zip(rest["names"], rest["values"], strict=True)
    ]
    return made
