"""``python -m benchmarks.mutation [--quick] [--write]``: how good verify is at finding faults."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import get_args

import click

from benchmarks.mutation.alarms import CORPORA, Alarms
from benchmarks.mutation.gradients import files
from benchmarks.mutation.judge import Outcome
from benchmarks.mutation.models import ROOT, chosen_rows
from benchmarks.mutation.page import page
from benchmarks.mutation.table import alarm_lines, left_out, tables
from benchmarks.mutation.work import Part, Task, done

PAGE = ROOT / "docs" / "mutation.md"
_TF_EVERY = 5
_RANDOM_TASKS = 19


def tasks(parts: Sequence[Part], targets: Sequence[str], each: int, seed: int) -> list[Task]:
    """All the work; what takes long comes first."""
    found: list[Task] = []
    if "templates" in parts:
        found.append(Task("templates", 0, ("tmb",), 1, seed))
    slow = tuple(targets)
    quick = tuple(target for target in targets if target != "tf")
    if "mutants" in parts:
        for number, _ in enumerate(chosen_rows()):
            chosen_targets = slow if number % _TF_EVERY == 0 else quick
            found.append(Task("mutants", number, chosen_targets, each, seed))
    if "shipped" in parts:
        found += [Task("shipped", number, slow) for number in range(len(CORPORA))]
    if "gradients" in parts:
        found += [Task("gradients", number, (), 1, seed) for number in range(len(files()))]
    if "random" in parts:
        found += [Task("random", number, slow, 1, seed) for number in range(_RANDOM_TASKS)]
    return found


@click.command(help="Plant faults in emitted programs and count those that verify finds.")
@click.option("--part", "parts", multiple=True, type=click.Choice(get_args(Part)))
@click.option("--target", default="numpy,r,tf", show_default=True, help="Programs to change.")
@click.option("--each", default=2, show_default=True, help="Mutants of a kind in a program.")
@click.option("--seed", default=0, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--write", is_flag=True, help=f"Write {PAGE.relative_to(ROOT)} too.")
@click.option("--verbose", is_flag=True, help="Show survivors and what was placed wrongly.")
def main(
    parts: tuple[Part, ...],
    target: str,
    each: int,
    seed: int,
    processes: int,
    write: bool,
    verbose: bool,
) -> None:
    """Print the tables."""
    begin = time.perf_counter()
    wanted: tuple[Part, ...] = parts or get_args(Part)
    outcomes: list[Outcome] = []
    alarms = Alarms()
    for one in done(tasks(wanted, target.split(","), each, seed), processes):
        outcomes += one.outcomes
        if one.alarms is not None:
            alarms.add(one.alarms)
    if verbose:
        for outcome in outcomes:
            if outcome.fate in ("survived", "seen") or (
                outcome.fate == "killed" and not outcome.placed and outcome.target != "tmb"
            ):
                click.echo(_described(outcome))
        for said in alarms.false:
            click.echo(f"FALSE ALARM {said}")
    lines = [*tables(outcomes), *left_out(outcomes)]
    lines += alarm_lines(alarms) if alarms.programs else []
    click.echo("\n".join(lines))
    click.echo(f"finished in {time.perf_counter() - begin:.0f} s")
    if write:
        PAGE.write_text(page(outcomes, alarms), encoding="utf-8")


def _described(one: Outcome) -> str:
    before, after, said = (" ".join(t.split())[:160] for t in (one.before, one.after, one.said))
    word = "PLACE" if one.fate == "killed" else one.fate.upper()
    return f"{word} {one.case} {one.target} {one.kind}: {before}  ->  {after}   [{said}]"


if __name__ == "__main__":
    main()
