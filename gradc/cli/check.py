"""``gradc check``: the gradient doctor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradc.cli.options import split_names
from gradc.cli.output import document, write_diagnostics, write_json, write_rich, write_text
from gradc.cli.place import read_place
from gradc.errors import GradcError
from gradc.model import merge

if TYPE_CHECKING:
    from gradc.checking import Findings

_MISSING = 3
_NO_ANSWER = ("G401", "G402", "G404", "G405", "G406")


@click.command("check")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--fn", metavar="NAME", help="The function; by default all pairs are checked.")
@click.option("--gr", metavar="NAME", help="Its claimed gradient.")
@click.option("--wrt", metavar="A,B", help="Arguments to differentiate by; the first by default.")
@click.option(
    "--at",
    metavar="PLACE",
    multiple=True,
    help="Values of arguments: a=1,b=2.5, or a .json or .csv file.",
)
@click.option("--strict", is_flag=True, help="Take an inconclusive comparison for a wrong one.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print results.",
)
def check_command(
    file: Path,
    fn: str | None,
    gr: str | None,
    wrt: str | None,
    at: Sequence[str],
    strict: bool,
    format_: str,
) -> int:
    """Is the gradient that somebody wrote right? Runs the code in FILE, and says where it is not.

    Exit status: 0 right, 1 wrong, 2 the file cannot be read, 3 R or Python's package is missing.
    """
    from gradc.checking import check

    (point,) = merge([read_place(text, "error") for text in at]) or [{}]
    names = None if wrt is None else split_names(wrt)
    try:
        found = check(file, fn, gr, names, point, say=_say)
    except GradcError as error:
        if error.diagnostics[0].code not in _NO_ANSWER:
            raise
        if format_ == "json":
            write_json(document(diagnostics=[d.to_json() for d in error.diagnostics]))
        else:
            write_diagnostics(error.diagnostics)
        return _MISSING
    if format_ == "json":
        write_json(document(**found.to_json()))
    else:
        _show(found)
    return found.exit_code(strict=strict)


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def _show(found: Findings) -> None:
    from gradc.checking.render import render_finding, summary

    write_diagnostics(found.diagnostics)
    for finding in found.findings:
        write_text(render_finding(finding) + "\n\n")
    write_rich(summary(found))
