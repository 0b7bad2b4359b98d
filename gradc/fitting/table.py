"""The table of fits: a column for each engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from gradc.fitting.search import Fit

_MOST_ROWS = 60
_MOST_RANDOM = 5


def render_fits(found: Sequence[Fit], random: Sequence[str] = ()) -> Any:
    """Estimates with standard errors, and how each search went, as a Rich table.

    The elements of parameters that are ``random`` come last, and only the first of them.
    """
    from rich.table import Table

    table = Table(box=None)
    table.add_column("")
    for fit in found:
        table.add_column(fit.engine, justify="right", overflow="fold")
    for label, cells in _rows(found, random):
        table.add_row(label, *cells)
    return table


def _rows(found: Sequence[Fit], random: Sequence[str]) -> list[tuple[str, list[str]]]:
    labels = next((fit.labels for fit in found if fit.labels), ())
    is_random = [label.partition("[")[0] in random for label in labels]
    rows: list[tuple[str, list[str]]] = []
    for wanted, most in ((False, _MOST_ROWS), (True, _MOST_RANDOM)):
        chosen = [k for k, flag in enumerate(is_random) if flag == wanted]
        rows += [(labels[k], [_estimate(fit, k) for fit in found]) for k in chosen[:most]]
        if len(chosen) > most:
            rows.append((f"… {len(chosen) - most} more", ["" for _ in found]))
        rows += [] if wanted else _reported(found)
    if labels:
        for label, cell in _FACTS:
            rows.append((label, [cell(fit) if fit.error is None else "" for fit in found]))
    rows.append(("verdict", [fit.verdict for fit in found]))
    return rows


def _estimate(fit: Fit, number: int) -> str:
    if not fit.par:
        return ""
    return _with_error(fit.par[number], None if fit.se is None else fit.se[number])


def _with_error(value: float, error: float | None) -> str:
    text = f"{value:.7g}"
    if error is not None:
        text += " (—)" if math.isnan(error) else f" ({error:.3g})"
    return text


def _reported(found: Sequence[Fit]) -> list[tuple[str, list[str]]]:
    """Results that the model reports with errors; of vectors the document has the elements."""
    names = dict.fromkeys(name for fit in found for name in fit.reported)
    rows = []
    for name in names:
        cells = []
        for fit in found:
            result = fit.reported.get(name)
            single = result is not None and isinstance(result["estimate"], float)
            cells.append(
                _with_error(result["estimate"], result["standard_error"])
                if result is not None and single
                else ""
                if result is None
                else f"{len(result['estimate'])} values"
            )
        rows.append((name, cells))
    return rows


def _evaluations(fit: Fit) -> str:
    counts = (fit.evaluations.get("function"), fit.evaluations.get("gradient"))
    return " + ".join("?" if count is None else str(count) for count in counts)


def _gradient(fit: Fit) -> str:
    if fit.gradient_norm is None:
        return ""
    return f"{fit.gradient_norm:.1e}" + (" marginal" if fit.marginal else "")


_FACTS: tuple[tuple[str, Callable[[Fit], str]], ...] = (
    ("objective", lambda fit: "" if fit.objective is None else f"{fit.objective:.9g}"),
    ("gradient", _gradient),
    ("evaluations", _evaluations),
    ("seconds", lambda fit: "" if fit.seconds is None else f"{fit.seconds:.3f}"),
    ("errors from", lambda fit: fit.se_kind or ""),
)


def remarks(found: Sequence[Fit]) -> list[str]:
    """Advice and the reasons for what did not run, each once with the engines that it is about."""
    said: dict[str, list[str]] = {}
    for fit in found:
        if fit.error is not None:
            remedy = f"; {fit.error.remedy}" if fit.error.remedy else ""
            said.setdefault(fit.error.message + remedy, []).append(fit.engine)
        for line in fit.advice:
            said.setdefault(line, []).append(fit.engine)
    return [f"{', '.join(engines)}: {line}" for line, engines in said.items()]
