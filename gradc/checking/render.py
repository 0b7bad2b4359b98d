"""Findings as people read them: diagnostics with what was measured, and a table of the pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.checking.findings import Finding, Findings
from gradc.errors import render

if TYPE_CHECKING:
    from rich.console import Group


def render_finding(finding: Finding) -> str:
    """A finding, several lines without a final newline."""
    lines = [render(finding.diagnostic())]
    if finding.got is not None and finding.expected is not None:
        ratio = "" if finding.ratio is None else f", ratio {finding.ratio:.6g}"
        lines.append(
            f"  = {finding.output}: got {finding.got:.10g}, expected {finding.expected:.10g}{ratio}"
        )
    lines += [f"  = {line}" for line in finding.evidence]
    return "\n".join(lines)


_STYLES = {"right": "green", "wrong": "red", "inconclusive": "yellow"}


def summary(found: Findings) -> Group:
    """The table of pairs, and the verdict below it."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("function", "claimed gradient", "used by", "verdict"):
        table.add_column(heading)
    for (fn, gr, verdict), used_by in zip(found.pairs, found.uses, strict=True):
        table.add_row(Text(fn), Text(gr), Text(used_by), Text(verdict, style=_STYLES[verdict]))
    line = Text(found.verdict, style=f"bold {_STYLES[found.verdict]}")
    line.append(f", at {found.points} points", style="default not bold")
    return Group(table, Text(""), line)
