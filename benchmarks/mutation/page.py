"""The page that shows the results."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.mutation.alarms import Alarms
from benchmarks.mutation.judge import Outcome
from benchmarks.mutation.table import alarm_lines, left_out, tables

_HEAD = """\
# How good are `gradc verify` and `gradc check` at finding faults?

`make mutation` plants faults in programs that gradc emitted, runs them in their real toolchains
and asks verify, with its usual 20 points, what it says; and it plants them in gradients that
people wrote by hand, and asks check. This page is written by `python -m benchmarks.mutation
--write`.

A mutant *changes a value* where some output differs from the original program's by more than
1e-10 of itself, at one of verify's points or at 200 others; no bound of gradc's has a part in
that. The others are *equal* and count for nothing, as do those that do not run at all.
*Killed*: verify says `disagree`; check says `wrong`, or that the gradient is close to the true one
and not equal to it. *Place first*: of the killed ones, verify names the changed statement before
any other (of a loop, the loop); check names the changed expression, a part of it, or what it
directly stands in. Templates of TMB are judged by their answers alone.
"""


def page(outcomes: Sequence[Outcome], alarms: Alarms) -> str:
    """The page as Markdown."""
    survived = [one for one in outcomes if one.fate == "survived"]
    parts = [_HEAD, *tables(outcomes), "## False alarms", "", *alarm_lines(alarms)]
    parts += ["", *(f"- {said}" for said in alarms.false)] * bool(alarms.false)
    nothing = left_out(outcomes)
    parts += ["", "## Left out", "", *nothing] * bool(nothing)
    parts += ["", "## Survivors", ""] * bool(survived)
    parts += [
        f"- {one.case}, {one.target}, {one.kind}: `{_short(one.before)}` became"
        f" `{_short(one.after)}`"
        for one in survived
    ]
    return "\n".join(parts) + "\n"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
