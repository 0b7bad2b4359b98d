"""``gradc fit``: estimates, standard errors and a verdict, by one engine or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradc.cli.options import model_options, read_model, split_names
from gradc.cli.output import (
    diagnostics_json,
    document,
    stages,
    write_diagnostics,
    write_json,
    write_rich,
)
from gradc.cli.place import read_place
from gradc.errors import Diagnostic, fail
from gradc.model import to_json
from gradc.model.fitting import measured

if TYPE_CHECKING:
    from gradc.fitting import Fit, Problem

NONE_CONVERGED, MISTAKE, MISSING = 1, 2, 3


@click.command("fit")
@model_options
@click.option("--data", metavar="FILE", multiple=True, help="A .csv or .json file. Several merge.")
@click.option(
    "--engine",
    metavar="LIST",
    default="scipy",
    show_default=True,
    help="scipy, optimr, nlminb, nls, tmb, keras or all.",
)
@click.option("--start", metavar="PLACE", multiple=True, help="Starting values, as --at has them.")
@click.option("--response", metavar="NAME", help="Data that a model of predictions is fitted to.")
@click.option("--timeout", default=300.0, show_default=True, help="Seconds for one engine.")
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Picture of fit and search."
)
def fit_command(
    data: Sequence[str],
    engine: str,
    start: Sequence[str],
    response: str | None,
    timeout: float,
    plot: Path | None,
    format_: str,
    **reading: Any,
) -> int:
    """Fit a model to data, by optimisers side by side."""
    from gradc.fitting import best, fits
    from gradc.fitting.engines import chosen
    from gradc.fitting.table import remarks, render_fits

    wanted = split_names(engine)
    chosen(wanted)
    if plot is not None:
        from gradc.fitting.plot import check_plot

        lack = check_plot(plot)
        if lack is not None:
            return _missing(lack, format_)
    task = _read(data, start, response, reading)
    with stages(len(chosen(wanted))) as note:
        found = fits(task, wanted, timeout=timeout, note=note)
    if format_ == "json":
        write_json(_document(task, data, found))
    else:
        write_diagnostics(task.model.notes)
        random = [item.name for item in task.model.inputs if item.kind == "random"]
        write_rich(render_fits(found, random))
        write_diagnostics(Diagnostic("G604", line, severity="note") for line in remarks(found))
    if plot is not None:
        from gradc.fitting.plot import write_plot

        write_plot(plot, task, found)
    return _status([fit.status for fit in found if fit.engine in wanted], best(found))


def _read(
    data: Sequence[str], start: Sequence[str], response: str | None, reading: Mapping[str, Any]
) -> Problem:
    """The model compiled for the data, and the problem."""
    from gradc.fitting import problem

    at = [*reading["at"], *data]
    places = {text: _one(read_place(text), f"'{text}'") for text in (*reading["at"], *start)}
    starts: dict[str, Any] = {}
    for text in start:
        starts |= places[text]
    # The length of an undeclared vector is that of its starting value.
    lists = {name: value for name, value in starts.items() if isinstance(value, list)}
    model, points = read_model(**{**reading, "at": at, "sizes": lists})
    taken = set(lists) - set(points[0])
    if any(item.name in taken and item.kind == "data" for item in model.inputs):
        wrt = [item.name for item in model.inputs if item.name in {*taken, *model.wrt}]
        model, _ = read_model(**{**reading, "at": at, "wrt": ",".join(wrt), "sizes": lists})
    if response is not None:
        model = measured(model, response)
    given = _one(points, "the data")
    for text in reading["at"]:
        starts = {k: v for k, v in places[text].items() if k in model.wrt} | starts
    # What is said of data without a value is for verification; here it is an error.
    kept = tuple(note for note in model.notes if note.code != "G205")
    source = f"'{data[0]}'" if len(data) == 1 else "the data"
    return problem(replace(model, notes=kept), given, starts, source)


def _status(named: Sequence[str], winner: Fit | None) -> int:
    """Engines asked for by name must have run, and some engine must have arrived."""
    if "missing" in named:
        return MISSING
    if "unsupported" in named:
        return MISTAKE
    return NONE_CONVERGED if winner is None or "failed" in named else 0


def _missing(lack: Diagnostic, format_: str) -> int:
    """Say what a wish needs that is not here."""
    if format_ == "json":
        write_json(document(diagnostics=diagnostics_json([lack])))
    else:
        write_diagnostics([lack])
    return MISSING


def _one(points: Sequence[Mapping[str, Any]], what: str) -> dict[str, Any]:
    if len(points) != 1:
        raise fail("G012", f"{what} holds {len(points)} points, and a fit has one")
    return dict(points[0])


def _document(task: Problem, data: Sequence[str], found: Sequence[Fit]) -> dict[str, Any]:
    from gradc.fitting import best

    winner = best(found)
    return document(
        name=task.model.name,
        wrt=list(task.model.wrt),
        data=data[0] if len(data) == 1 else list(data),
        start=to_json(task.point(task.start)),
        fits=[fit.to_json() for fit in found],
        best=None if winner is None else winner.engine,
        diagnostics=diagnostics_json(task.model.notes),
    )
