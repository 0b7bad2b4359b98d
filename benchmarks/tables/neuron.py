"""One neuron of two parameters, fitted by every engine from one start; for docs/fitting.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradc
from gradc.fitting import ENGINES, Fit, fits, problem

EXAMPLE = Path("examples/neuron_optimr.R")
PAGE = Path("docs/fitting.md")
BEGIN, END = "<!-- neuron: written by benchmarks -->", "<!-- end of neuron -->"


def show_neuron(keys: list[str], quick: bool) -> None:
    """Print the table and put it into its page."""
    task = problem(gradc.compile(EXAMPLE), {})
    engines = ["scipy"] if quick else list(ENGINES)
    lines = _table(fits(task, engines))
    print("\n".join(lines))
    if quick:
        return
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text("\n".join([before + BEGIN, *lines, END]) + after, encoding="utf-8")
    print(f"wrote {PAGE}")


def _table(found: Sequence[Fit]) -> list[str]:
    labels = next(fit.labels for fit in found if fit.labels)
    head = ["engine", *labels, "objective", "gradient", "fn + gr", "seconds", "verdict"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 2) + "---|"]
    for fit in found:
        if fit.error is not None:
            cells = [fit.engine, *[""] * (len(head) - 2), f"{fit.status}: {fit.error.message}"]
        else:
            cells = [fit.engine, *_numbers(fit), fit.verdict]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _numbers(fit: Fit) -> list[str]:
    estimates = [f"{value:.10f}" for value in fit.par]
    calls = " + ".join(
        "?" if fit.evaluations[name] is None else str(fit.evaluations[name])
        for name in ("function", "gradient")
    )
    return [
        *estimates,
        f"{fit.objective:.12f}",
        f"{fit.gradient_norm:.0e}",
        calls,
        f"{fit.seconds:.3f}",
    ]
