"""``gradc targets`` and ``gradc doctor``: what can be emitted, and what this machine can run."""

from __future__ import annotations

import platform
from typing import Any

import click

import gradc
from gradc.cli.output import document, progress, write_json, write_rich
from gradc.run import ToolchainStatus, toolchains
from gradc.targets import TARGETS


def _format_option(command: Any) -> Any:
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to print results.",
    )(command)


def versions() -> str:
    """One line for gradc and one for each toolchain found."""
    lines = [f"gradc {gradc.__version__}", f"Python {platform.python_version()}"]
    lines += [f"{tool.name} {tool.version}" for tool in toolchains() if tool.available]
    return "\n".join(lines)


def _status_json(tool: ToolchainStatus) -> dict[str, Any]:
    return {
        "name": tool.name,
        "available": tool.available,
        "version": tool.version,
        "detail": tool.detail,
        "remedy": tool.remedy,
    }


@click.command("targets")
@_format_option
def targets_command(format_: str) -> int:
    """List targets, what each needs, and what is here."""
    with progress("looking for toolchains"):
        found = {tool.name: tool for tool in toolchains()}
    from gradc.fitting import ENGINES

    engines = {
        name: [engine.name for engine in ENGINES.values() if engine.target == name]
        for name, target in TARGETS.items()
        if target.fit is not None
    }
    rows = []
    for target in TARGETS.values():
        missing = [need for need in target.needs if not found[need].available]
        rows.append((target, missing))
    if format_ == "json":
        content = [
            {
                "name": target.name,
                "description": target.doc,
                "files": list(target.file_names("NAME")),
                "needs": list(target.needs),
                "missing": missing,
                "ready": not missing,
                "engines": engines.get(target.name, []),
            }
            for target, missing in rows
        ]
        write_json(document(targets=content, diagnostics=[]))
        return 0
    from rich.table import Table

    table = Table(box=None, title_justify="left")
    for heading in ("target", "files", "runs with", "fits by", "here"):
        table.add_column(heading)
    for target, missing in rows:
        here = f"no: {', '.join(missing)} missing" if missing else "yes"
        files = "\n".join(target.file_names("NAME"))
        fits = ", ".join(engines.get(target.name, []))
        table.add_row(target.name, files, ", ".join(target.needs), fits, here)
    write_rich(table)
    return 0


@click.command("doctor")
@_format_option
def doctor_command(format_: str) -> int:
    """Start every toolchain, and say how to mend it."""
    with progress("starting toolchains"):
        found = toolchains()
    if format_ == "json":
        write_json(document(tools=[_status_json(tool) for tool in found], diagnostics=[]))
        return 0
    from rich.table import Table

    table = Table(box=None)
    for heading in ("tool", "version", "state"):
        table.add_column(heading, overflow="fold")
    for tool in found:
        table.add_row(tool.name, tool.version or "", "works" if tool.available else tool.detail)
    write_rich(table)
    remedies = dict.fromkeys(tool.remedy for tool in found if not tool.available and tool.remedy)
    if remedies:
        write_rich("", "To mend this:", *(f"  {remedy}" for remedy in remedies))
    return 0
