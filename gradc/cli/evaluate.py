"""``gradc eval``: value, gradient and Hessian at points, in a target's own toolchain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from gradc.cli.options import model_options, parse_targets, read_model
from gradc.cli.output import (
    diagnostics_json,
    document,
    progress,
    write_diagnostics,
    write_json,
    write_rich,
)
from gradc.cli.place import missing_in_files
from gradc.errors import Diagnostic, GradcError
from gradc.model import Evaluation, Model, Point, to_json
from gradc.run import ToolchainError

MISSING = 3


@click.command("eval")
@model_options
@click.option("--target", metavar="LIST", default="numpy", show_default=True, help="Such as r,tf.")
@click.option("--hessian", is_flag=True, help="Second derivatives too.")
@click.option(
    "--dtype", type=click.Choice(["float64", "float32"]), default="float64", show_default=True
)
def eval_command(target: str, hessian: bool, dtype: str, format_: str, **reading: Any) -> int:
    """Evaluate a model and its gradient at points."""
    targets = parse_targets(target)
    model, points = read_model(**reading)
    try:
        points = [model.complete(point) for point in points]
    except GradcError as error:
        if format_ == "text":
            # They may say why there is no value.
            write_diagnostics(note for note in model.notes if note.code != "G205")
        wanted = [item.name for item in model.inputs if item.default is None]
        missing = missing_in_files(reading["at"], points, wanted)
        if missing and error.diagnostics[0].code == "G205":
            raise GradcError(*missing) from None
        raise
    results: dict[str, list[Evaluation | ToolchainError]] = {}
    for name in targets:
        with progress(f"running {name}"):
            results[name] = model.evaluate_many(points, name, hessian=hessian, dtype=dtype)
    failures = [
        (name, result)
        for name, row in results.items()
        for result in row
        if isinstance(result, ToolchainError)
    ]
    if format_ == "json":
        write_json(_document(model, points, results))
    else:
        write_diagnostics([*model.notes, *(_diagnostic(name, e) for name, e in failures)])
        _write_table(model, points, results)
    return MISSING if failures else 0


def _diagnostic(target: str, error: ToolchainError) -> Diagnostic:
    return Diagnostic(error.code, f"target '{target}': {error.message}", suggestion=error.remedy)


def _document(
    model: Model,
    points: Sequence[Point],
    results: dict[str, list[Evaluation | ToolchainError]],
) -> dict[str, Any]:
    rows = [
        {
            "at": to_json(point),
            "results": {name: _result_json(row[number]) for name, row in results.items()},
        }
        for number, point in enumerate(points)
    ]
    return document(
        inputs={
            item.name: {"kind": item.kind, "shape": _shape(points[0], item.name)}
            for item in model.inputs
        },
        wrt=list(model.wrt),
        points=rows,
        diagnostics=diagnostics_json(model.notes),
    )


def _shape(point: Point, name: str) -> list[int]:
    value = point[name]
    if not isinstance(value, list):
        return []
    return [len(value), len(value[0])] if isinstance(value[0], list) else [len(value)]


def _result_json(result: Evaluation | ToolchainError) -> dict[str, Any]:
    if isinstance(result, ToolchainError):
        return {"error": {"code": result.code, "message": result.message}}
    content: dict[str, Any] = {
        "value": to_json(result.value),
        "gradient": to_json(result.gradient),
    }
    if result.gradient_of_sum:
        content["gradient_of_sum"] = True
    if result.reports:
        content["reports"] = to_json(result.reports)
    if result.hessian is not None:
        content["hessian"] = to_json(result.hessian)
    return content


def _write_table(
    model: Model,
    points: Sequence[Point],
    results: dict[str, list[Evaluation | ToolchainError]],
) -> None:
    from rich.table import Table

    for number, point in enumerate(points):
        if point:
            write_rich("at " + ", ".join(f"{k} = {_short(value)}" for k, value in point.items()))
        table = Table(box=None)
        table.add_column("")
        for name in results:
            table.add_column(name, justify="right")
        for label, pick in _rows(model, results, number):
            cells = [_cell(pick, row[number]) for row in results.values()]
            table.add_row(label, *cells)
        write_rich(table, "")


def _rows(
    model: Model, results: dict[str, list[Evaluation | ToolchainError]], number: int
) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("value", lambda e: e.value)]
    rows += [(f"d/d{name}", lambda e, name=name: e.gradient[name]) for name in model.wrt]
    found = [row[number] for row in results.values()]
    reported = next((e.reports for e in found if isinstance(e, Evaluation)), {})
    rows += [(f"report {name}", lambda e, name=name: e.reports[name]) for name in reported]
    if any(isinstance(result, Evaluation) and result.hessian for result in found):
        rows += [
            (f"d²/d{one}d{other}", lambda e, one=one, other=other: e.hessian[one][other])
            for one in model.wrt
            for other in model.wrt
        ]
    return rows


def _cell(pick: Any, result: Evaluation | ToolchainError) -> str:
    return "—" if isinstance(result, ToolchainError) else _short(pick(result))


_SHOWN = 6


def _short(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        shown = ", ".join(_short(item) for item in value[:_SHOWN])
        return f"[{shown}, … {len(value)} in all]" if len(value) > _SHOWN else f"[{shown}]"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
