"""``gradc verify``: run every target and witness, and judge them by the proved bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from gradc.cli.options import model_options, parse_targets, read_model, split_names
from gradc.cli.output import document, progress, write_diagnostics, write_json, write_rich
from gradc.errors import Diagnostic
from gradc.model import Model

if TYPE_CHECKING:
    from gradc.verify import Report

MISSING = 3


@click.command("verify")
@model_options
@click.option(
    "--target", metavar="LIST", default="all", show_default=True, help="Such as r,tmb,tf."
)
@click.option(
    "--witness",
    metavar="LIST",
    default="all",
    show_default=True,
    help="Derivatives by others to compare: r-deriv, tmb-ad, tf-tape, sympy-diff,"
    " complex-step, numderiv, taylor; all or none.",
)
@click.option("--points", default=20, show_default=True, help="How many points to sample.")
@click.option("--seed", default=0, show_default=True, help="Seed of the sampled points.")
@click.option(
    "--dtype", type=click.Choice(["float64", "float32"]), default="float64", show_default=True
)
@click.option(
    "--digits", is_flag=True, help="Show where digits are lost; in float32 they are in any case."
)
@click.option("--hessian", is_flag=True, help="Compare second derivatives too.")
@click.option("--require", metavar="LIST", help="Targets that must answer, else exit status 3.")
@click.option("--strict", is_flag=True, help="Take an inconclusive comparison for a disagreement.")
def verify_command(
    target: str,
    witness: str,
    points: int,
    seed: int,
    dtype: str,
    digits: bool,
    hessian: bool,
    require: str | None,
    strict: bool,
    format_: str,
    **reading: Any,
) -> int:
    """Run the code and compare it with the exact answer."""
    targets = parse_targets(target)
    # A target asked for by name has to answer; "all" asks for what there is.
    named = [name for name in split_names(target) if name != "all"]
    required = [*named, *([] if require is None else parse_targets(require))]
    model, given = read_model(**reading)
    from gradc.verify import render_report

    with progress("verifying"):
        report = model.verify(
            targets,
            witnesses=witness if witness in ("all", "none") else split_names(witness),
            points=points,
            seed=seed,
            dtype=dtype,
            at=[point for point in given if point] or None,
            hessian=hessian,
            digits=digits or dtype == "float32",
        )
    if format_ == "json":
        write_json(document(**_with_notes(report.to_json(), model)))
    else:
        write_diagnostics([*model.notes, *report.diagnostics])
        write_rich(render_report(report, every_output=True))
        if report.precision is not None and (digits or report.precision):
            write_rich(report.precision)
    status = report.exit_code(required, strict)
    if status == MISSING and format_ == "text":
        write_diagnostics(_unanswered(report, required))
    return status


def _unanswered(report: Report, required: Sequence[str]) -> list[Diagnostic]:
    """One diagnostic for each source that was asked for by name and gave no numbers."""
    return [
        Diagnostic(
            source.code or "G401",
            f"target '{source.name}' was asked for and gave no numbers: {source.detail}",
            suggestion=source.remedy,
        )
        for source in report.sources
        if source.name in required and source.status in ("missing", "failed", "unsupported")
    ]


def _with_notes(found: dict[str, Any], model: Model) -> dict[str, Any]:
    """The verify document, the notes on reading before those on points."""
    notes = [note.to_json() for note in model.notes]
    return {**found, "diagnostics": [*notes, *found["diagnostics"]]}
