"""What verification found, for programs (``to_json``) and for people (``render_report``)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from gradc.errors import Diagnostic
from gradc.verify.points import Skipped

if TYPE_CHECKING:
    from gradc.verify.digits import Precision

Verdict = Literal["agree", "disagree", "inconclusive", "unverified"]
SourceStatus = Literal["agree", "disagree", "inconclusive", "missing", "failed", "unsupported"]
SourceKind = Literal["emitted", "witness", "oracle"]

_STYLES = {
    "agree": "green",
    "disagree": "bold red",
    "inconclusive": "yellow",
    "missing": "dim",
    "failed": "red",
    "unsupported": "dim",
    "unverified": "yellow",
}


@dataclass(frozen=True, slots=True)
class Worst:
    """The number that lies farthest out, as a part of its bound."""

    point: int
    output: str
    row: int
    got: float
    expected: float
    bound: float
    error_ulp: float
    bound_ulp: float
    method: str

    def to_json(self) -> dict[str, Any]:
        return {
            "point": self.point,
            "output": self.output,
            "row": self.row,
            "got": number(self.got),
            "expected": number(self.expected),
            "bound": number(self.bound),
            "error_ulp": number(self.error_ulp),
            "bound_ulp": number(self.bound_ulp),
            "bound_method": self.method,
        }


@dataclass(frozen=True, slots=True)
class Culprit:
    """The first statement of an emitted program that is wrong by itself.

    ``text`` is the statement of ``file``, ``model_text`` what of the model it computes; its
    result was ``got`` where the values that it was given make ``expected``.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    point: int
    row: int
    got: float
    expected: float
    bound: float
    model_file: str | None
    model_line: int | None
    model_column: int | None
    model_text: str

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "end_column": self.end_column,
            "text": self.text,
            "point": self.point,
            "row": self.row,
            "got": number(self.got),
            "expected": number(self.expected),
            "bound": number(self.bound),
            "model_file": self.model_file,
            "model_line": self.model_line,
            "model_column": self.model_column,
            "model_text": self.model_text,
        }

    @property
    def sentence(self) -> str:
        """What is said of it below the table."""
        text = _cut(self.text, _LONGEST_STATEMENT)
        said = (
            f"line {self.line} of {self.file}, `{text}`, is the first"
            f" step that is wrong: got {self.got!r}, expected {self.expected!r}"
        )
        if self.model_line is None:
            return said
        place = f"{self.model_file}:{self.model_line}:{self.model_column}"
        return f"{said}; it computes `{_cut(self.model_text, _LONGEST_STATEMENT)}` from {place}"


_LONGEST_STATEMENT = 100


@dataclass(frozen=True, slots=True)
class OutputReport:
    """One output of one source over all points."""

    output: str
    status: SourceStatus
    max_error_ulp: float
    worst: Worst | None

    def to_json(self) -> dict[str, Any]:
        return {
            "output": self.output,
            "status": self.status,
            "max_error_ulp": number(self.max_error_ulp),
            "worst": self.worst and self.worst.to_json(),
        }


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source: an emitted target, a witness, or the oracle itself.

    ``excused`` says of a witness that disagrees that the oracle's quotients side with gradc,
    ``culprit`` of an emitted program which of its statements is wrong. ``order`` is
    that of the Taylor remainder, 2 where the gradient is right.
    """

    name: str
    kind: SourceKind
    status: SourceStatus
    outputs: tuple[OutputReport, ...] = ()
    detail: str = ""
    code: str = ""
    remedy: str | None = None
    excused: bool = False
    culprit: Culprit | None = None
    order: float | None = None

    @property
    def max_error_ulp(self) -> float | None:
        """The largest error of any output, None where there are no numbers."""
        return max((output.max_error_ulp for output in self.outputs), default=None)

    @property
    def worst(self) -> Worst | None:
        """The worst number of the worst output, by its distance as a part of the bound."""
        order = {"disagree": 2, "failed": 2, "inconclusive": 1}
        found = [output for output in self.outputs if output.worst is not None]
        best = max(found, key=lambda o: (order.get(o.status, 0), _share(o.worst)), default=None)
        return None if best is None else best.worst

    def to_json(self) -> dict[str, Any]:
        error = self.max_error_ulp
        document: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "status": self.status,
            "max_error_ulp": None if error is None else number(error),
            "worst": self.worst and self.worst.to_json(),
            "outputs": [output.to_json() for output in self.outputs],
        }
        if self.culprit is not None:
            document["culprit"] = self.culprit.to_json()
        if self.order is not None:
            document["order"] = number(self.order)
        if self.detail:
            document["detail"] = self.detail
        if self.code:
            document["error"] = {"code": self.code, "message": self.detail}
        if self.remedy:
            document["remedy"] = self.remedy
        return document


def _share(worst: Worst | None) -> float:
    if worst is None or math.isnan(worst.error_ulp):
        return 0.0
    return worst.error_ulp / worst.bound_ulp if worst.bound_ulp else worst.error_ulp


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a model, source by source.

    ``points`` are the points in the order that a source's ``worst`` counts them from 0.
    """

    verdict: Verdict
    sources: tuple[SourceReport, ...]
    points: tuple[Mapping[str, Any], ...]
    given: int
    skipped: tuple[Skipped, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    precision: Precision | None = None

    def exit_code(self, required: Collection[str] = (), strict: bool = False) -> int:
        """0 fine, 1 a disagreement, 3 a required source that gave no numbers."""
        if self.verdict == "disagree" or (strict and self.verdict == "inconclusive"):
            return 1
        silent = ("missing", "failed", "unsupported")
        if self.verdict == "unverified":
            return 3
        if any(source.name in required and source.status in silent for source in self.sources):
            return 3
        return 0

    def to_json(self) -> dict[str, Any]:
        """The verify document, without the keys that every document has."""
        digits = {} if self.precision is None else self.precision.to_json()
        return {
            "verdict": self.verdict,
            "sources": [source.to_json() for source in self.sources],
            "points": len(self.points),
            "at": [values(point) for point in self.points],
            "skipped_points": [
                {"at": values(point.at), "reason": point.reason} for point in self.skipped
            ],
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
            **{key: digits[key] for key in ("precision", "absorbed") if key in digits},
        }


def number(value: float) -> float | str:
    """A double as JSON: NaN and the infinities are strings."""
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def values(point: Mapping[str, Any]) -> dict[str, Any]:
    """A point as JSON."""
    return {name: _nested(value) for name, value in point.items()}


def _nested(value: Any) -> Any:
    return [_nested(v) for v in value] if isinstance(value, list) else number(value)


_WIDTH = 80
_LONGEST_NAME = 22
_GAP = 2


def render_report(report: Report, *, every_output: bool = False) -> RenderableType:
    """The table of agreement: a line a source, and a line for each output that does not agree.

    ``every_output`` shows the others too.
    """
    rows = [row for source in report.sources for row in _source_rows(report, source, every_output)]
    widths = [max(len(cell) for cell in column) for column in zip(_HEADINGS, *rows, strict=True)]
    room = max(_WIDTH - sum(widths[:-1]) - _GAP * (len(widths) - 1), len(_HEADINGS[-1]))
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for heading in _HEADINGS:
        right = heading in ("error", "bound")
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for source, output, status, error, bound, place in rows:
        label = Text(status, style=_STYLES[status])
        # Text, not str: rich reads ":a:" as an emoji and "[x]" as a style.
        plain = [Text(cell) for cell in (source, output, error, bound, _cut(place, room))]
        table.add_row(*plain[:2], label, *plain[2:])
    lines: list[RenderableType] = [table]
    notes = [f"{source.name}: {source.detail}" for source in report.sources if source.detail]
    notes += [f"{s.name}: {s.remedy}" for s in report.sources if s.remedy]
    lines += [Text(f"{s.name}: {s.culprit.sentence}") for s in report.sources if s.culprit]
    lines += [Text(note, style="dim") for note in notes]
    lines.append(_summary(report))
    return Group(*lines)


_HEADINGS = ("source", "output", "status", "error", "bound", "worst at")
_Row = tuple[str, str, str, str, str, str]


def _source_rows(report: Report, source: SourceReport, every_output: bool) -> Iterator[_Row]:
    if not source.outputs:
        about = "" if source.order is None else f"order {source.order:.2f}"
        yield source.name, about, source.status, "", "", ""
        return
    # Of a witness that agrees one line is enough.
    every_output = every_output and source.kind != "witness"
    shown = [output for output in source.outputs if every_output or output.status != "agree"]
    if not shown:
        name = f"all {len(source.outputs)}" if len(source.outputs) > 1 else source.outputs[0].output
        yield (
            source.name,
            name,
            source.status,
            *_numbers(report, source.max_error_ulp, source.worst),
        )
    first = source.name
    for output in shown:
        numbers = _numbers(report, output.max_error_ulp, output.worst)
        yield first, _cut(output.output, _LONGEST_NAME), output.status, *numbers
        first = ""


def _numbers(report: Report, error: float | None, worst: Worst | None) -> tuple[str, str, str]:
    if worst is None:
        return "" if error is None else ulps(error), "", ""
    # The error beside the bound is that of the same number.
    place = ", ".join(f"{n}={_short(value)}" for n, value in report.points[worst.point].items())
    return ulps(worst.error_ulp), ulps(worst.bound_ulp), place


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _short(value: Any) -> str:
    if isinstance(value, list):
        first = ", ".join(map(_short, value[:1]))
        return f"[{first}…]" if len(value) > 1 else f"[{first}]"
    return f"{value:.3g}"


def ulps(value: float) -> str:
    """An error in ulps, short."""
    if math.isnan(value) or math.isinf(value):
        return "nan" if math.isnan(value) else "inf"
    return f"{value:.1f}" if value < 1000 else f"{value:.0e}".replace("e+0", "e").replace("e+", "e")


def _summary(report: Report) -> Text:
    count = len(report.points)
    text = Text()
    text.append(report.verdict, style=_STYLES[report.verdict])
    text.append(f" at {count} point{'' if count == 1 else 's'}")
    if report.given:
        text.append(f", {report.given} given")
    if report.skipped:
        text.append(f"; {len(report.skipped)} drawn and not used")
    text.append("; errors and bounds in ulp")
    return text
