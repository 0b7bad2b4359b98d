"""Sources, spans and diagnostics: how gradc says what is wrong, and where.

A diagnostic has a stable code (``G102``), one sentence, the place in the user's own
text and at most one suggestion. It is rendered for people by :func:`render` and for
programs by :meth:`Diagnostic.to_json`. Positions are counted in code points.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


class Source:
    """A text with a name, able to turn an offset into a line and a column."""

    __slots__ = ("_line_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._line_starts: list[int] | None = None

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    @property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin, found on first use."""
        if self._line_starts is None:
            starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.text.find("\n", position + 1)
            self._line_starts = starts
        return self._line_starts

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect.bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def written(self, span: Span) -> Span | None:
        """The place of another text that wrote this one; None where this one was written."""
        return None

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return (self.text[start:] if end < 0 else self.text[start:end]).rstrip("\r")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece ``text[start:end]`` of a source."""

    start: int
    end: int
    source: Source

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to_json(self) -> dict[str, Any]:
        line, column = self.source.place(self.start)
        end_line, end_column = self.source.place(max(self.start, self.end))
        return {
            "file": self.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }


_NOWHERE = {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding, with its place and its suggestion."""

    code: str
    message: str
    span: Span | None = None
    suggestion: str | None = None
    severity: Severity = "error"
    labels: Sequence[tuple[str, Span]] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """The diagnostic as other programs read it."""
        document: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
        }
        document.update(self.span.to_json() if self.span else _NOWHERE)
        document["suggestion"] = self.suggestion
        if self.labels:
            document["labels"] = [
                {"message": message, **span.to_json()} for message, span in self.labels
            ]
        return document


def in_script(span: Span) -> Span:
    """The place in the script behind a place in a text that was put together, however often."""
    while True:
        written = span.source.written(span)
        if written is None:
            return span
        span = written


def explained(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic in a text that was put together, with the line of the script in front."""
    labels = [(message, in_script(span)) for message, span in diagnostic.labels]
    span = diagnostic.span
    written = None if span is None else in_script(span)
    if span is None or written is None or written.source is span.source:
        return replace(diagnostic, labels=tuple(labels)) if labels else diagnostic
    shown = ("in the text that was put together", span)
    return replace(diagnostic, span=written, labels=(shown, *labels))


class GradcError(Exception):
    """Raised for wrong input; ``.diagnostics`` says what is wrong and where."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics: list[Diagnostic] = [explained(d) for d in diagnostics]
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in diagnostics))


def fail(
    code: str,
    message: str,
    span: Span | None = None,
    suggestion: str | None = None,
    labels: Sequence[tuple[str, Span]] = (),
) -> GradcError:
    """The exception for one error; the caller raises it."""
    return GradcError(Diagnostic(code, message, span, suggestion, "error", labels))


_WIDEST_LINE = 100


def _width(text: str) -> int:
    """Columns that a terminal gives to a text."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _printable(text: str) -> str:
    """User text without anything that a terminal would act on."""
    return "".join(
        c if c.isprintable() else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _snippet(span: Span, note: str) -> list[str]:
    """The line of a span with carets below it; a long line is shown in part."""
    line, column = span.source.place(span.start)
    text = _printable(span.source.line(line))
    end_line, end_column = span.source.place(max(span.start, span.end))
    last = end_column if end_line == line else len(text) + 1
    first = column - 1
    count = max(1, min(last, len(text) + 1) - column)
    if len(text) > _WIDEST_LINE:
        left = max(0, first - _WIDEST_LINE // 3)
        right = left + _WIDEST_LINE
        clipped = ("…" if left else "") + text[left:right] + ("…" if right < len(text) else "")
        first = first - left + (1 if left else 0)
        count = max(1, min(count, len(clipped) - first))
        text = clipped
    margin = " " * len(str(line))
    pad = " " * _width(text[:first])
    carets = "^" * max(1, _width(text[first : first + count]))
    return [
        f"{margin} --> {_printable(span.source.name)}:{line}:{column}",
        f"{margin} |",
        f"{line} | {text}",
        f"{margin} | {pad}{carets}{' ' + note if note else ''}".rstrip(),
    ]


def render(diagnostic: Diagnostic) -> str:
    """A diagnostic as people read it, several lines without a final newline."""
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {_printable(diagnostic.message)}"]
    suggestion = _printable(diagnostic.suggestion or "")
    if diagnostic.span is None:
        if suggestion:
            lines.append(f"  = help: {suggestion}")
    else:
        lines += _snippet(diagnostic.span, suggestion)
    for message, span in diagnostic.labels:
        lines += _snippet(span, _printable(message))
    return "\n".join(lines)
