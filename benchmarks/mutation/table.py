"""The table: a row a kind, and the totals of each target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.mutation.alarms import Alarms
from benchmarks.mutation.judge import Outcome


@dataclass(frozen=True, slots=True)
class Row:
    """Counts of mutants; the rates are of those that change a value and run."""

    name: str
    mutants: int
    idle: int
    equal: int
    changing: int
    killed: int
    placed: int
    placeable: int

    def cells(self) -> list[str]:
        return [
            self.name,
            str(self.mutants),
            str(self.idle),
            str(self.equal),
            str(self.changing),
            _percent(self.killed, self.changing),
            _percent(self.placed, self.placeable),
        ]


HEADINGS = ("", "mutants", "do not run", "equal", "changing", "killed", "place first")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def row(name: str, outcomes: Sequence[Outcome]) -> Row:
    """The counts of some mutants."""
    fates = [one.fate for one in outcomes]
    killed = [one for one in outcomes if one.fate == "killed"]
    # A template has no statements that verify can look at.
    placeable = [one for one in killed if one.target != "tmb"]
    return Row(
        name,
        len(outcomes),
        fates.count("does not run"),
        fates.count("equal") + fates.count("seen"),
        len(killed) + fates.count("survived"),
        len(killed),
        sum(one.placed is True for one in placeable),
        len(placeable),
    )


def rows(outcomes: Sequence[Outcome], by: Callable[[Outcome], str]) -> Iterator[Row]:
    """The counts by kind, or by target, in the order in which they come."""
    for name in dict.fromkeys(by(one) for one in outcomes):
        yield row(name, [one for one in outcomes if by(one) == name])


def table(found: Iterable[Row]) -> list[str]:
    """Rows as a table of Markdown, columns of one width."""
    cells = [list(HEADINGS), *(one.cells() for one in found)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(HEADINGS))]
    lines = [_line(line, widths) for line in cells]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return [lines[0], "| " + " | ".join(rule) + " |", *lines[1:]]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return "| " + " | ".join([first, *rest]) + " |"


def left_out(outcomes: Sequence[Outcome]) -> list[str]:
    """Programs and gradients into which nothing was planted, and why."""
    return [
        f"- {one.case}, {one.target}: {one.kind.strip('()')}{f', {one.said}' if one.said else ''}"
        for one in outcomes
        if one.kind.startswith("(")
    ]


def planted(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of planted faults."""
    return [one for one in outcomes if not one.kind.startswith("(")]


def tables(outcomes: Sequence[Outcome]) -> list[str]:
    """Emitted programs by kind and by target, then gradients by kind."""
    found = planted(outcomes)
    written = [one for one in found if one.target == "gradients"]
    emitted = [one for one in found if one.target != "gradients"]
    lines: list[str] = []
    if emitted:
        every = row("all", emitted)
        lines += ["## Emitted programs, by kind of fault", ""]
        lines += [*table([*rows(emitted, _kind), every]), ""]
        lines += ["## Emitted programs, by target", "", *table(rows(emitted, _target)), ""]
    if written:
        every = row("all", written)
        files = len({one.case for one in written})
        lines += [f"## Gradients that people wrote, {files} of them", ""]
        lines += [*table([*rows(written, _kind), every]), ""]
    return lines


def _kind(one: Outcome) -> str:
    return one.kind


def _target(one: Outcome) -> str:
    return one.target


def alarm_lines(found: Alarms) -> list[str]:
    """What came of the programs that are right."""
    return [
        f"{found.programs} right programs at {found.points} points, {found.kinks} of them kinks:"
        f" {len(found.false)} false alarms (95 % upper bound {100 * found.upper:.2f} %),"
        f" {found.inconclusive} inconclusive, {found.overflows} told that they overflow,"
        f" {len(found.known)} wrong by a fault of their toolchain.",
        *(f"- {said}" for said in found.known),
    ]
