"""``python -m benchmarks [--table NAME] [--only WORKLOAD] [--quick]``."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence

import click

from benchmarks.tables import evaluation, graph, models, neuron, nist, pasted, prep, work
from benchmarks.workloads import WORKLOADS

Show = Callable[[list[str], bool], None]

TABLES: dict[str, tuple[frozenset[str], tuple[Show, ...]]] = {
    "operations": (frozenset(), (work.show_work,)),
    "evaluation": (
        frozenset({"w1", "w2", "w6"}),
        (evaluation.show_r, evaluation.show_numpy, evaluation.show_tf),
    ),
    "prep": (frozenset({"w1", "w2", "w3", "w6"}), (prep.show_prep, prep.show_stages)),
    "graph": (frozenset({"w3", "w6"}), (graph.show_graph, graph.show_growth)),
    "models": (frozenset(), (models.show_models,)),
    "pasted": (frozenset(), (pasted.show_pasted,)),
    "neuron": (frozenset(), (neuron.show_neuron,)),
    "nist": (frozenset(), (nist.show_nist,)),
}
"""The workloads that a table has, and what prints it; no workloads: the table has its own."""


@click.command(help="Ratio tables; all numbers of one table come from one run.")
@click.option("--table", "tables", multiple=True, type=click.Choice(list(TABLES)), help="A table.")
@click.option("--only", multiple=True, type=click.Choice(list(WORKLOADS)), help="A workload.")
@click.option("--quick", is_flag=True, help="Smaller sizes and fewer runs.")
def main(tables: Sequence[str], only: Sequence[str], quick: bool) -> None:
    """Print the chosen tables, all of them by default."""
    start = time.perf_counter()
    click.echo(
        f"gradc benchmarks: Python {platform.python_version()}, {platform.machine()},"
        f" {os.cpu_count()} cores; compare numbers within one table only"
    )
    for name in tables or TABLES:
        has, shows = TABLES[name]
        keys = [key for key in WORKLOADS if key in has and (not only or key in only)]
        if has and not keys:
            click.echo(f"\n{name}: has no {', '.join(only)}")
            continue
        for show in shows:
            show(keys, quick)
    click.echo(f"\nfinished in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
