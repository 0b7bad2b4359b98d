"""Where results, notes and diagnostics go, as text or as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import gradc
from gradc.errors import Diagnostic, render


def document(**content: Any) -> dict[str, Any]:
    """A JSON document with the version of gradc and of the schema first."""
    return {"gradc": gradc.__version__, "schema": 1, **content}


def write_json(content: Mapping[str, Any]) -> None:
    """A document to standard output; NaN and infinities are strings already."""
    sys.stdout.write(json.dumps(content, allow_nan=False, ensure_ascii=False) + "\n")


def write_text(text: str) -> None:
    """Results to standard output."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def write_rich(*renderables: Any) -> None:
    """Tables to standard output, plain where it is no terminal."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False, width=_width(), soft_wrap=False)
    for renderable in renderables:
        console.print(renderable)


def _width() -> int | None:
    """A file or a pipe has no width of its own; 100 columns keep rows whole."""
    return None if sys.stdout.isatty() or "COLUMNS" in os.environ else 100


def write_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    """Diagnostics to standard error, a blank line between two."""
    text = "\n\n".join(render(diagnostic) for diagnostic in diagnostics)
    if text:
        sys.stderr.write(text + "\n")


def diagnostics_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """The list ``"diagnostics"`` of a document."""
    return [diagnostic.to_json() for diagnostic in diagnostics]


@contextmanager
def progress(message: str) -> Iterator[None]:
    """A line on standard error while something runs, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield


@contextmanager
def stages(count: int) -> Iterator[Callable[[str], None]]:
    """A line with what runs now and for how long, on a terminal only; takes each name in turn."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        begun: list[Any] = []

        def note(name: str) -> None:
            if begun:
                bar.remove_task(begun[-1])
            of = f" ({len(begun) + 1} of {count})" if count > 1 else ""
            begun.append(bar.add_task(f"fitting with {name}{of}", total=None))

        yield note
