"""Plain text tables that fit 100 columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.isolate import Failure

WIDTH = 100
_CONSOLE = Console(width=WIDTH, highlight=False, soft_wrap=False)


class Report:
    """One table with its notes; remedies of missing peers are printed below it once."""

    def __init__(self, title: str, columns: Sequence[str], left: int = 1) -> None:
        self._title = title
        self._table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for position, column in enumerate(columns):
            justify = "left" if position < left else "right"
            self._table.add_column(column, justify=justify, no_wrap=True)
        self._failures: dict[str, str | None] = {}
        self._notes: list[str] = []

    def row(self, *cells: str) -> None:
        self._table.add_row(*(Text(cell) for cell in cells))

    def rule(self) -> None:
        """A line between groups of rows."""
        self._table.add_section()

    def note(self, text: str) -> None:
        self._notes.append(text)

    def failure(self, who: str, failure: Failure) -> str:
        """The cell for a number that is not there; what stands behind it goes below the table."""
        if failure.reason.startswith(">"):
            return failure.reason
        self._failures.setdefault(f"{who}: {failure.reason}", failure.remedy)
        return "missing" if failure.remedy else "failed"

    def show(self) -> None:
        _CONSOLE.print()
        _CONSOLE.print(Text(self._title, style="bold"))
        _CONSOLE.print(self._table)
        for note in self._notes:
            _CONSOLE.print(Text(note))
        for reason, remedy in self._failures.items():
            _CONSOLE.print(Text(reason + (f"; to mend it: {remedy}" if remedy else "")))


def seconds(value: float) -> str:
    """A time with three figures and its unit."""
    if math.isnan(value):
        return "–"
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale * 0.9995 or unit == "µs":
            return f"{figures(value / scale)} {unit}"
    raise AssertionError


def figures(value: float) -> str:
    """A number with three significant figures and no exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def grown(now: float, before: float | None) -> str:
    """Milliseconds, and how many times those of the line above."""
    text = figures(now * 1e3)
    return text if before is None else f"{text} ({now / before:.1f})"


def times(peer: float, own: float) -> str:
    """How many times faster gradc is: above 1 where the peer takes longer."""
    return f"{figures(peer / own)} ×"
