"""What to try where a fit has failed."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gradc.fitting.judge import Judge, Judgement
from gradc.fitting.problem import Problem
from gradc.model.fitting import residuals, terms
from gradc.run import FitAnswer


def advice(problem: Problem, answer: FitAnswer, found: Judgement) -> tuple[str, ...]:
    """Sentences that name what is wrong and what may mend it; none for a good fit."""
    return tuple(_sentences(problem, answer, found))


def _sentences(problem: Problem, answer: FitAnswer, found: Judgement) -> Iterator[str]:
    names = problem.labels
    held = [name for name, bound in zip(names, found.held, strict=True) if bound]
    if held:
        yield (
            f"{_listed(held)} is at a bound, so it has no standard error;"
            " a wider bound or a model without it may suit the data better"
        )
    if found.converged:
        if answer.se is not None and any(
            math.isnan(e) for e, bound in zip(answer.se, found.held, strict=True) if not bound
        ):
            yield (
                "the curvature is not positive in every direction here, so there are no standard"
                " errors: it may be a saddle, or the data do not tell the parameters apart"
            )
        vague = _vague(problem, answer)
        if vague:
            yield (
                f"the standard error of {_listed(vague)} is a thousand times the estimate and more:"
                " the data say next to nothing of it"
            )
        return
    if not math.isfinite(found.value) or not np.all(np.isfinite(found.gradient)):
        yield "the search left the model's domain: bounds or another start keep it inside"
        return
    if found.singular:
        yield (
            "the derivatives are singular here: the data do not tell the parameters apart at this"
            " point; start elsewhere with --start, or fix a parameter"
        )
    if problem.model.function_.per_observation and residuals(problem.model) is None:
        yield (
            "the value has a row for each observation, and what is fitted is its sum; predictions"
            " are fitted to data by --response NAME"
        )
    yield from _of_scale(problem, answer)
    words = answer.message.lower()
    if any(word in words for word in ("limit", "maximum", "exceeded", "max_nfev", "iter")):
        yield "the search ran out of steps: start it again with --start at these estimates"
    elif answer.claimed:
        yield "the engine stopped early: try --engine scipy, which goes on by Newton's steps"
    else:
        yield "start elsewhere with --start, or compare the engines with --engine all"


def _vague(problem: Problem, answer: FitAnswer) -> list[str]:
    errors = answer.se or [0.0] * len(answer.par)
    triples = zip(problem.labels, answer.par, errors, strict=True)
    return [name for name, value, error in triples if error > 1e3 * max(abs(value), 1.0)]


def _of_scale(problem: Problem, answer: FitAnswer) -> Iterator[str]:
    sizes = [abs(value) for value in answer.par if value]
    if sizes and max(sizes) > 1e6 * min(sizes):
        small = problem.labels[answer.par.index(min(answer.par, key=lambda v: abs(v) or math.inf))]
        large = problem.labels[answer.par.index(max(answer.par, key=abs))]
        yield (
            f"the parameters differ in scale by {max(sizes) / min(sizes):.0e} ('{large}' and"
            f" '{small}'): write the model in units in which they are of one size"
        )


def at_start(judge: Judge) -> str | None:
    """What is wrong with the start itself: a value that is not finite, with its row if known."""
    task = judge.problem
    value, gradient = judge.objective(task.start)
    if math.isfinite(value):
        if np.all(np.isfinite(gradient)):
            return None
        bad = [n for n, g in zip(task.labels, gradient, strict=True) if not math.isfinite(g)]
        return f"the derivative by {_listed(bad)} is not finite at the start"
    said = f"the objective is {value} at the start"
    for part in terms(task.model):
        rows = judge.of(part, task.start)
        bad_rows = np.flatnonzero(~np.isfinite(rows))
        if len(bad_rows) and len(rows) > 1:
            more = f", and {len(bad_rows) - 1} more are not finite" if len(bad_rows) > 1 else ""
            return f"{said}: its term of row {bad_rows[0] + 1} is {rows[bad_rows[0]]}{more}"
    return said


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown
