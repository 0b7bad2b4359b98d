"""The page that shows the results."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.mutation.alarms import Alarms
from benchmarks.mutation.judge import Outcome
from benchmarks.mutation.table import alarm_lines, row, rows, table

_HEAD = """\
# How good is `gradc verify` at finding faults?

`make mutation` plants faults in programs that gradc emitted, runs them in their real toolchains
and asks verify, with its usual 20 points, what it says. This page is written by that command.

A mutant *changes a value* where some output differs from the original program's by more than
1e-10 of itself, at one of verify's points or at 200 others; no bound of gradc's has a part in
that. The others are *equal* and count for nothing, as do those that do not run at all.
*Killed*: verify says `disagree`. *Place first*: of the killed ones, verify names the changed
statement before any other. Templates of TMB are judged by their answers alone.
"""


def page(outcomes: Sequence[Outcome], alarms: Alarms, left_out: Sequence[str]) -> str:
    """The page as Markdown."""
    kinds = [*rows(outcomes, lambda o: o.kind), row("all", outcomes)]
    survived = [one for one in outcomes if one.fate == "survived"]
    parts = [_HEAD, "## By kind of fault\n", *table(kinds), "\n## By target\n"]
    parts += [*table(rows(outcomes, lambda o: o.target)), *left_out, "\n## False alarms\n"]
    parts += [*alarm_lines(alarms)]
    parts += [f"- {said}" for said in alarms.false]
    if survived:
        parts += ["\n## Survivors\n"]
        parts += [
            f"- {one.case}, {one.target}, {one.kind}: `{_short(one.before)}` became"
            f" `{_short(one.after)}`"
            for one in survived
        ]
    return "\n".join(parts) + "\n"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
