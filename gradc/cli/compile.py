"""``gradc compile``: write the code of every target and prove that it agrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradc.cli.files import remove_stale, write_files
from gradc.cli.options import model_options, parse_targets, read_model, split_names
from gradc.cli.output import (
    diagnostics_json,
    document,
    progress,
    write_diagnostics,
    write_json,
    write_rich,
    write_text,
)
from gradc.cli.show import show_model, show_text
from gradc.errors import Diagnostic, GradcError
from gradc.model import Model, Point
from gradc.targets import TARGETS
from gradc.targets.r_package import package_name
from gradc.targets.target import LACKS

if TYPE_CHECKING:
    from gradc.verify import Report


@click.command("compile")
@model_options
@click.option(
    "--target", metavar="LIST", default="all", show_default=True, help="Such as r,tmb,tf."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("gradc-out"),
    show_default=True,
    help="Folder for the files.",
)
@click.option(
    "--package",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write an R package into this folder instead, of the targets r and tmb.",
)
@click.option("--hessian", is_flag=True, help="Emit second derivatives too.")
@click.option("--with-fit", is_flag=True, help="Emit scripts that fit the model to data too.")
@click.option("--no-verify", is_flag=True, help="Write the files and run nothing.")
@click.option(
    "--require", metavar="LIST", help="Targets that must be verified, else exit status 3."
)
@click.option("--force", is_flag=True, help="Overwrite files that gradc did not write.")
@click.option("--strict", is_flag=True, help="Take an inconclusive comparison for a disagreement.")
@click.option("--points", default=20, show_default=True, help="How many points to sample.")
@click.option("--seed", default=0, show_default=True, help="Seed of the sampled points.")
@click.option("--dump-ir", metavar="after:STAGE", help="Print a stage of the compiler and stop.")
@click.option("--show-text", "shown", flag_value="text", help="Print the text a script made.")
@click.option("--show-model", "shown", flag_value="model", help="Print the model as a file of R.")
def compile_command(
    target: str,
    output: Path,
    package: Path | None,
    hessian: bool,
    with_fit: bool,
    no_verify: bool,
    require: str | None,
    force: bool,
    strict: bool,
    points: int,
    seed: int,
    dump_ir: str | None,
    shown: str | None,
    format_: str,
    **reading: Any,
) -> int:
    """Write code with gradients, and verify it."""
    targets = parse_targets(target) if package is None else _package_targets(target, with_fit)
    required = [] if require is None else parse_targets(require)
    model, given = read_model(**reading)
    if dump_ir is not None:
        write_text(_dump(model, dump_ir))
        return 0
    if shown is not None:
        {"text": show_text, "model": show_model}[shown](model, format_)
        return 0
    for point in given:
        model.known_part(point)  # what is wrong with the data is said before a file is written
    if package is None:
        files, model = emitted_files(model, targets, split_names(target), hessian, with_fit)
        paths = write_files(output, files, force=force)
    else:
        files = model.r_package(targets, hessian=hessian, seed=seed, at=_given(given) or ())
        paths = write_files(package, files, force=force)
        remove_stale(package, files)
        model = _with_package_name(model)
    if format_ == "text":
        write_diagnostics(model.notes)
        write_text("".join(f"wrote {path}\n" for path in paths))
    if no_verify:
        if format_ == "json":
            _write_json(model, paths, None)
        return 0
    from gradc.verify import render_report

    with progress("verifying"):
        report = model.verify(targets, points=points, seed=seed, at=_given(given), hessian=hessian)
    if format_ == "json":
        _write_json(model, paths, report)
    else:
        write_rich("", render_report(report))
        write_diagnostics(report.diagnostics)
    return _status(report, required, strict)


def emitted_files(
    model: Model, targets: Sequence[str], asked: Sequence[str], hessian: bool, with_fit: bool
) -> tuple[dict[str, str], Model]:
    """The files of all targets; one that lacks a function is left out where it was not named.

    Raises: GradcError where a target that was ``asked`` for by name, or every one, lacks some.
    """
    files: dict[str, str] = {}
    lacking: list[Diagnostic] = []
    for name in targets:
        fits = with_fit and TARGETS[name].fit is not None
        try:
            files.update(model.emit(name, hessian=hessian, with_fit=fits))
        except GradcError as error:
            first = error.diagnostics[0]
            if first.code != LACKS or name in asked:
                raise
            message = f"no code for target '{name}': {first.message}"
            lacking.append(replace(first, message=message, severity="note"))
            if len(lacking) == len(targets):
                raise
    return files, replace(model, notes=(*model.notes, *lacking))


def _package_targets(text: str, with_fit: bool) -> list[str]:
    """The targets of an R package, which has the R code in any case."""
    if with_fit:
        raise click.UsageError("--with-fit writes scripts, which --package has no place for")
    named = parse_targets(text)
    if text.strip() != "all" and not {"r", "tmb"}.issuperset(named):
        raise click.UsageError("--package takes the targets r and tmb")
    return ["r", "tmb"] if "tmb" in named else ["r"]


def _with_package_name(model: Model) -> Model:
    """With a note where the package cannot be called as the model is."""
    package = package_name(model.name)
    if package == model.name:
        return model
    message = f"'{model.name}' is no name of an R package; the package is called '{package}'"
    note = Diagnostic("G108", message, severity="note", suggestion="--name chooses")
    return replace(model, notes=(*model.notes, note))


def _given(points: Sequence[Point]) -> list[Point] | None:
    return [point for point in points if point] or None


def _dump(model: Model, wanted: str) -> str:
    from gradc.ir import dump
    from gradc.model.stages import STAGES

    stage = wanted.removeprefix("after:")
    try:
        return dump(model.stages.named(stage))
    except KeyError:
        raise click.UsageError(
            f"there is no stage '{stage}'; stages are {', '.join(STAGES)}"
        ) from None


def _write_json(model: Model, paths: Sequence[Path], report: Report | None) -> None:
    diagnostics = diagnostics_json(model.notes)
    content: dict[str, Any] = {
        "name": model.name,
        "wrt": list(model.wrt),
        "files": [str(path) for path in paths],
    }
    if report is not None:
        verified = report.to_json()
        content["verify"] = {**verified, "diagnostics": verified.get("diagnostics", [])}
    write_json(document(**content, diagnostics=diagnostics))


def _status(report: Report, required: Sequence[str], strict: bool) -> int:
    status = report.exit_code(required, strict)
    # Emitting needs no toolchain: compile only reports what it could not verify.
    return 0 if status == 3 and not required else status
