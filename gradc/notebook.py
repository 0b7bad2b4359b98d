"""``%%gradc``: a cell of a notebook is a model, compiled into a function of this session."""

from __future__ import annotations

import argparse
import io
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from gradc.errors import Diagnostic, GradcError, render

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradc.model import Model
    from gradc.model.callable import Numeric
    from gradc.verify import Report

_LANGUAGES = {".R": "r", ".cpp": "cpp", ".py": "python"}
_WIDTH = 100


def load_ipython_extension(shell: Any) -> None:
    """Register the magic; IPython calls this at ``%load_ext gradc``."""

    def magic(line: str, cell: str) -> Compiled | None:
        return run_cell(shell, line, cell)

    magic.__doc__ = _parser().format_help()
    shell.register_magic_function(magic, "cell", "gradc")


@dataclass(frozen=True, slots=True, repr=False)
class Compiled:
    """What a cell became: the model, its function, the emitted files, the verification."""

    model: Model
    function: Numeric
    files: Mapping[str, str]
    report: Report | None
    notes: Sequence[Diagnostic] = field(default=())

    def __repr__(self) -> str:
        return _plain(self._parts())

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        return _html(self._parts())

    def _parts(self) -> list[RenderableType]:
        from rich.syntax import Syntax
        from rich.text import Text

        from gradc.verify import render_report

        parts: list[RenderableType] = [Text(render(note)) for note in self.notes]
        for name, text in self.files.items():
            language = _LANGUAGES.get(name[name.rfind(".") :], "text")
            code = Syntax(text, language, background_color="default", word_wrap=False)
            parts += [Text(name, style="bold"), code]
        if self.report is not None:
            parts.append(render_report(self.report))
            parts += [Text(render(note)) for note in self.report.diagnostics]
        return [*parts, Text(repr(self.function), style="dim")]


@dataclass(frozen=True, slots=True, repr=False)
class Failure:
    """Why a cell is no model: diagnostics with their places, and no traceback."""

    diagnostics: Sequence[Diagnostic]

    def __repr__(self) -> str:
        return "\n\n".join(render(diagnostic) for diagnostic in self.diagnostics)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))

    def _repr_html_(self) -> str:
        from rich.text import Text

        return _html([Text(repr(self), style="red")])


def run_cell(shell: Any, line: str, cell: str) -> Compiled | None:
    """Compile a cell, put its function into the session, and return what is to be shown.

    Raises: IPython's UsageError for a line that says something else.
    """
    usage_error = import_module("IPython.core.error").UsageError
    display = import_module("IPython.display").display
    try:
        options = _parser().parse_args(shlex.split(line))
    except (_UsageError, ValueError) as error:
        raise usage_error(f"%%gradc: {error}") from None
    if options.help:
        display({"text/plain": _parser().format_help()}, raw=True)
        return None
    try:
        return _compiled(shell, options, cell)
    except GradcError as error:
        # The cell ran and gives nothing: a variable of an earlier run would be a trap.
        shell.user_ns.pop(options.name, None)
        display(Failure(error.diagnostics))
        return None


def _compiled(shell: Any, options: argparse.Namespace, cell: str) -> Compiled:
    from gradc.cli.compile import emitted_files
    from gradc.cli.options import parse_targets, split_names
    from gradc.cli.place import read_place
    from gradc.model import compile as compile_model
    from gradc.model import merge
    from gradc.model.values import usable

    (point,) = merge([read_place(text, "error") for text in options.at])[:1]
    model = compile_model(
        cell,
        wrt=split_names(options.wrt) if options.wrt else None,
        syntax=options.syntax,
        at=point or None,
        name=options.name,
        source_name="<cell>",
    )
    model = _with_defaults(model, usable(point))
    targets = parse_targets(options.target)
    named = split_names(options.target)
    files, model = emitted_files(model, targets, named, options.hessian, with_fit=False)
    function = model.function("numpy")
    shell.user_ns[options.name] = function
    report = None
    if not options.no_verify:
        report = model.verify(
            targets,
            points=options.points,
            at=point or None,
            hessian=options.hessian,
        )
    return Compiled(model, function, {} if options.no_code else files, report, model.notes)


def _with_defaults(model: Model, point: Mapping[str, Any]) -> Model:
    """The model whose inputs have the values given on the magic's line."""
    function = model.function_
    inputs = tuple(
        replace(item, default=_flat(point[item.name])) if item.name in point else item
        for item in function.inputs
    )
    return replace(model, function_=replace(function, inputs=inputs))


def _flat(value: Any) -> float | tuple[float, ...]:
    """A value as an input's default: a matrix column by column."""
    if not isinstance(value, list):
        return float(value)
    if value and isinstance(value[0], list):
        return tuple(entry for column in zip(*value, strict=True) for entry in column)
    return tuple(value)


class _UsageError(Exception):
    """What is wrong with the magic's line."""


class _Parser(argparse.ArgumentParser):
    """A parser that raises where argparse would end the process."""

    def error(self, message: str) -> NoReturn:
        raise _UsageError(f"{message}\n{self.format_usage().strip()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="%%gradc",
        description="Compile the cell into a NumPy function NAME, show its code, and verify it.",
        add_help=False,
    )
    add = parser.add_argument
    add("name", nargs="?", default="model", help="the function's name (model)")
    add("--wrt", metavar="A,B", help="what to differentiate by")
    add("--target", metavar="LIST", default="numpy", help="whose code to show: r,numpy or all")
    add("--at", metavar="PLACE", action="append", default=[], help="values: a=1,b=2, or a file")
    add("--syntax", choices=["r", "python"], help="the language of the cell (r)")
    add("--hessian", action="store_true", help="second derivatives too")
    add("--points", type=int, default=20, help="how many points to verify at")
    add("--no-verify", action="store_true", help="run nothing")
    add("--no-code", action="store_true", help="do not show the code")
    add("-h", "--help", action="store_true", help="show this and stop")
    return parser


def _plain(parts: Sequence[RenderableType]) -> str:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, width=_WIDTH, highlight=False)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _html(parts: Sequence[RenderableType]) -> str:
    from rich.console import Console

    console = Console(file=io.StringIO(), record=True, width=_WIDTH, highlight=False)
    for part in parts:
        console.print(part)
    style = "white-space:pre;overflow-x:auto;line-height:normal;font-family:monospace"
    code = console.export_html(inline_styles=True, code_format="{code}")
    return f'<pre style="{style}">{code}</pre>'
