"""The NIST StRD problems of nonlinear regression, fitted from both of their starts.

NIST, Statistical Reference Datasets: certified values have eleven digits, start 1 is far from
the solution, start 2 is near.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradc
from gradc.fitting import ENGINES, Fit, fits, problem

CORPUS = Path("tests/corpora/2_nist_strd.jsonl")
PAGE = Path("docs/nist.md")
CHOSEN = ("scipy", "nls", "nlminb", "optimr", "tmb")
CERTIFIED_DIGITS = 11.0
GOOD = 6.0
STARTS = ("start1", "start2")


@dataclass(frozen=True)
class Certified:
    """One problem: its model, its data, and what is certified."""

    name: str
    level: str
    model: gradc.Model
    data: Mapping[str, Any]
    starts: Mapping[str, Mapping[str, float]]
    params: Mapping[str, float]
    errors: Mapping[str, float]


def problems() -> list[Certified]:
    """The problems of the corpus."""
    found = []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "certified" not in row["extra"]:
            continue
        extra, name = row["extra"], row["id"].split("_")[1]
        model = gradc.compile(
            f"import numpy as np\n{row['expr']}",
            wrt=list(row["params"]),
            syntax="python",
            at=row["data"],
            name=name,
        )
        starts = {start: extra[start] for start in STARTS}
        params, errors = extra["certified"]["params"], extra["certified"]["std_err"]
        level = extra["level"].split()[0].lower()
        found.append(Certified(name, level, model, row["data"], starts, params, errors))
    return found


def digits(found: Mapping[str, Any] | None, certified: Mapping[str, float]) -> float | None:
    """Correct digits of the worst entry, as the logarithm of the relative error; None for none."""
    if not found or any(not math.isfinite(found[name]) for name in certified):
        return None
    worst = max(abs(found[name] - value) / abs(value) for name, value in certified.items())
    return max(0.0, min(CERTIFIED_DIGITS, -math.log10(max(worst, 1e-300))))


def solve(case: Certified, start: str, engines: Sequence[str]) -> dict[str, Fit]:
    """The fits of one problem from one start."""
    task = problem(case.model, case.data, case.starts[start])
    return dict(zip(engines, fits(task, engines), strict=True))


def reached(case: Certified, fit: Fit) -> float | None:
    """Digits of the estimates; None where the engine gave none."""
    return None if fit.error is not None else digits(fit.estimates, case.params)


def show_nist(keys: list[str], quick: bool) -> None:
    """Print the table; all engines and both starts also go to ``docs/nist.md``."""
    cases = problems()[:3] if quick else problems()
    engines = ["scipy"] if quick else [e for e in CHOSEN if not _missing(e, cases[0])]
    lines = _page(cases, engines)
    print("\n".join(lines))
    if not quick:
        PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"wrote {PAGE}")


def _missing(engine: str, case: Certified) -> bool:
    return ENGINES[engine].why_not(case.model) is not None


def _page(cases: Sequence[Certified], engines: Sequence[str]) -> list[str]:
    # TMB takes every objective for a negative log-likelihood.
    with_errors = [engine for engine in engines if engine != "tmb"]
    head = ["problem", "level", "start", *engines, *(f"s.e. {name}" for name in with_errors)]
    lines = ["| " + " | ".join(head) + " |", "|---|---|---|" + "--:|" * (len(head) - 3)]
    good = {(engine, start): 0 for engine in (*engines, "best") for start in STARTS}
    for case in cases:
        for number, start in enumerate(STARTS, start=1):
            found = solve(case, start, engines)
            points = {engine: reached(case, fit) for engine, fit in found.items()}
            errors = [digits(found[name].standard_errors, case.errors) for name in with_errors]
            cells = [_cell(points[name], found[name]) for name in engines]
            cells += [_digits(value) for value in errors]
            lines.append("| " + " | ".join([case.name, case.level, str(number), *cells]) + " |")
            for engine in engines:
                good[engine, start] += (points[engine] or 0.0) >= GOOD
            good["best", start] += max((p or 0.0 for p in points.values()), default=0.0) >= GOOD
    return [*_HEAD, *lines, "", *_summary(good, engines, len(cases))]


def _cell(points: float | None, fit: Fit) -> str:
    if fit.error is not None:
        return fit.status
    return _digits(points) + ("" if fit.converged else " *")


def _digits(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _summary(good: Mapping[tuple[str, str], int], engines: Sequence[str], count: int) -> list[str]:
    lines = [f"Problems of {count} with at least {GOOD:.0f} correct digits:", ""]
    lines += ["| engine | start 1 | start 2 |", "|---|--:|--:|"]
    for engine in (*engines, "best"):
        name = "the best of them" if engine == "best" else engine
        lines.append(f"| {name} | {good[engine, 'start1']} | {good[engine, 'start2']} |")
    return lines


_HEAD = [
    "# Fits held against certified values",
    "",
    "The problems of nonlinear regression of the NIST Statistical Reference Datasets that are in",
    "`tests/corpora/2_nist_strd.jsonl`, each fitted by `gradc fit` from both of NIST's starts.",
    "This page is written by `python -m benchmarks --table nist`.",
    "",
    "A number is how many digits of the worst parameter are right: the negative decimal logarithm",
    "of its relative error, at most 11, which is how many are certified. A star marks a fit that",
    "gradc itself reports as not converged. Standard errors are held against NIST's where an",
    "engine reports those of least squares. TMB's are those of a normal likelihood, with the",
    "curvature of the model in them: another quantity, which is left out here.",
    "",
]
