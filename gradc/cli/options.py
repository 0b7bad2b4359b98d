"""Options that several commands share, and what they mean."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from gradc.cli.place import missing_in_files, nearly_named, read_place
from gradc.errors import Diagnostic, fail
from gradc.model import Model, Point, merge
from gradc.model import compile as compile_model
from gradc.targets import TARGETS

_Command = TypeVar("_Command", bound=Callable[..., Any])


def model_options(command: _Command) -> _Command:
    """INPUT and the options that say how to read it."""
    decorators = (
        click.argument("input_", metavar="INPUT", required=False),
        click.option("-e", "--expr", metavar="EXPR", help="An expression in place of a file."),
        click.option("--wrt", metavar="A,B", help="What to differentiate by."),
        click.option(
            "--at",
            metavar="PLACE",
            multiple=True,
            help="Values: a=1,b=2.5, or a .json or .csv file. Several merge.",
        ),
        click.option(
            "--na",
            type=click.Choice(["error", "drop"]),
            default="error",
            show_default=True,
            help="Rows of a CSV with missing cells.",
        ),
        click.option("--name", metavar="NAME", help="Name of the model in emitted code."),
        click.option(
            "--syntax",
            type=click.Choice(["r", "python"]),
            help="By default python for a .py file and R for anything else.",
        ),
        click.option(
            "--no-stabilize",
            is_flag=True,
            help="Keep the formula's own form, however many digits it loses.",
        ),
        click.option(
            "--format",
            "format_",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="How to print results.",
        ),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def read_model(
    input_: str | None,
    expr: str | None,
    wrt: str | None,
    at: Sequence[str],
    na: str,
    name: str | None,
    syntax: str | None,
    no_stabilize: bool,
    sizes: Point | None = None,
) -> tuple[Model, list[Point]]:
    """The model and its points; GradcError where the input is wrong.

    ``sizes`` are values whose lengths parameters have, but which are no part of the points.
    """
    points = merge([read_place(text, "drop" if na == "drop" else "error") for text in at])
    if (input_ is None) == (expr is None):
        raise click.UsageError(
            "give INPUT (a file, or - for standard input) or -e EXPR, one of them"
        )
    source: str | Path
    if expr is not None:
        source = expr
    elif input_ == "-":
        source = _standard_input()
    else:
        source = Path(input_ or "")
    model = compile_model(
        source,
        wrt=None if wrt is None else split_names(wrt),
        syntax=syntax,
        at={**points[0], **(sizes or {})},
        name=name,
        stabilize=not no_stabilize,
        source_name="<expression>" if expr is not None else "<stdin>",
    )
    data = [item.name for item in model.function_.data if item.declared and item.default is None]
    for missing in missing_in_files(at, points, data):
        message = f"{missing.message}, and takes random values where it is verified"
        note = Diagnostic("G205", message, severity="note", suggestion=missing.suggestion)
        model = replace(model, notes=(*model.notes, note))
    names = [item.name for item in model.inputs]
    kept = [item.name for item in model.inputs if item.default is not None]
    model = replace(model, notes=(*model.notes, *nearly_named(points, names, kept)))
    if not model.wrt:
        model = model.with_note("every input has a value, so nothing is differentiated")
    return model, points


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail("G011", "standard input is not UTF-8 text") from None


def split_names(text: str) -> list[str]:
    """The names of a list separated by commas; a comma inside brackets is part of a name."""
    return [part.strip() for part in text.split(",") if part.strip()]


def parse_targets(text: str) -> list[str]:
    """Targets by name; ``all`` is every one of them."""
    names: list[str] = []
    for name in split_names(text):
        if name == "all":
            names += [target for target in TARGETS if target not in names]
        elif name not in TARGETS:
            raise click.UsageError(
                f"there is no target '{name}'; targets are {', '.join(TARGETS)} and all"
            )
        elif name not in names:
            names.append(name)
    if not names:
        raise click.UsageError("--target names no target")
    return names
