"""Where digits are lost: which step of a computation costs an output how many, and why.

A bound says how far an output may be off. Here the same first-order sensitivities that bounds
are made of tell where that comes from. Two things are kept apart: the *condition of the
problem*, what rounding the inputs alone does to the output even in exact arithmetic, and the
*formula*, which may lose digits that another way to write the same number keeps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from flint import ctx

from gradc.errors import Span, in_script
from gradc.ir import Function, reachable
from gradc.verify.bounds import Bound, Bounds, bounds
from gradc.verify.cells import Ball
from gradc.verify.evaluate import Evaluation, Point, bind, concrete
from gradc.verify.first_order import local_errors
from gradc.verify.partial import SUMMING
from gradc.verify.rounding import Arithmetic, arithmetic, clamped
from gradc.verify.slopes import Seed, Slopes
from gradc.verify.spell import shortened, speller
from gradc.verify.stable_forms import Better, Output, Trial, bound_in_ulps, digits
from gradc.verify.steps import Costly, Trace, arriving, refined, trace

StepKind = Literal["cancellation", "amplification", "accumulation", "function", "range"]
"""Errors grow where nearly equal numbers are subtracted, or in another function; many roundings
of one sum add up; a library's function is only known to be as near as so many ulps; a result is
too small to be a normal number."""
Cause = Literal[
    "kept", "zero", "inputs", "formula", "both", "range", "roundings", "proof", "unknown"
]
_ADDING = frozenset({"add", "sub", *SUMMING})
GROWING = ("cancellation", "amplification")
# More outputs than these at once are not read.
MOST_OUTPUTS = 8
MOST_STEPS = 5
_NOTABLE = 0.5
_SHARE = 0.05
_SLACK = 2
# Forms are tried for the costliest steps alone.
_TRIED = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step at which digits are lost on the way to an output.

    ``condition`` is by how much the relative error of its arguments grows there,
    ``digits_lost`` how many decimal digits of its result that costs, ``share`` the part of the
    output's error that passes through it. ``rule`` names the primitive whose derivative made
    the step, empty where the user wrote it. ``stable_form`` would save ``saves`` digits of the
    output's bound; with ``of_value`` it is a form of the value, whose derivative is taken then.
    """

    node: int
    row: int
    kind: StepKind
    expression: str
    span: Span | None
    rule: str
    condition: float
    digits_lost: float
    share: float
    stable_form: str = ""
    saves: float = 0.0
    of_value: bool = False


@dataclass(frozen=True, slots=True)
class Loss:
    """What becomes of the digits of one output at one point.

    ``bound_ulp`` is the bound in units of the last digit, ``digits_lost`` its decimal logarithm
    and ``digits_kept`` what is left of the digits that the arithmetic has. ``condition`` is
    that of the problem; ``inherent`` the digits that it costs. ``range_failure`` names a
    primitive whose result is too large or too small for the target, so that this output is lost.
    """

    output: str
    row: int
    value: float
    bound_ulp: float
    digits_kept: float
    digits_lost: float
    first_order: float
    condition: float
    method: str
    steps: tuple[Step, ...] = ()
    range_failure: str = ""

    @property
    def inherent(self) -> float:
        """Digits that rounding the inputs costs, whatever the formula."""
        return min(digits(self.condition), self.digits_lost + self.digits_kept)

    @property
    def cause(self) -> Cause:
        """Why digits are lost, as far as it is known; see ``docs/precision.md``."""
        if self.digits_lost < 1:
            return "kept"
        if self.value == 0:
            return "zero"
        if self.range_failure:
            return "range"
        if self.first_order < self.digits_lost - 1 and self.digits_kept > 0:
            return "proof"
        of_formula = self.digits_lost - self.inherent
        if self.inherent >= 1 and of_formula < 1:
            return "inputs"
        kind = self.steps[0].kind if self.steps else ""
        if kind in GROWING:
            return "both" if self.inherent >= 1 else "formula"
        if kind == "range":
            return "range"
        return "roundings" if kind else "unknown"


def explain_loss(
    function: Function,
    point: Point,
    target: str,
    dtype: str = "float64",
    outputs: Sequence[str] | None = None,
    *,
    known: Bounds | None = None,
    least: float = 0.0,
    forms: bool = True,
) -> tuple[Loss, ...]:
    """How many digits each output keeps at a point and where the others go, the worst first.

    ``function`` is what ``target`` computes, in primitives that it has. Of each output the row
    with the widest bound is explained, of all of them those that lose more than ``least``
    digits, at most eight. ``known`` are the bounds of this function at this point. ``forms``
    looks for stable forms, which takes two bounds or three for each costly step.
    Raises: as :func:`gradc.verify.bounds.bounds`.
    """
    model = arithmetic(target, dtype)
    inputs = bind(function, point, dtype)
    function = concrete(function, inputs)
    if outputs is not None:
        function = function.with_outputs({name: function.outputs[name] for name in outputs})
    known = known or bounds(function, target, point, dtype)
    worst = losses(function, target, dtype, known)
    chosen = sorted(worst, key=lambda one: -one.digits_lost)[:MOST_OUTPUTS]
    chosen = [one for one in chosen if one.digits_lost >= least]
    if not chosen:
        return ()
    seeds = [(function.outputs[one.output], one.row) for one in chosen]
    function = function.with_outputs({one.output: function.outputs[one.output] for one in chosen})
    found, local = local_errors(function, model, inputs)
    slopes = Slopes(found)
    traced = trace(slopes, seeds, local)
    candidates = [
        traced.costliest(column, abs(loss.value)) if loss.digits_lost >= _NOTABLE else []
        for column, loss in enumerate(chosen)
    ]
    errors = arriving(slopes, [one for some in candidates for one in some], local)
    context = _Context(function, model, found, errors)
    told = [
        _explained(context, loss, traced, column, candidates[column])
        for column, loss in enumerate(chosen)
    ]
    if forms:
        trial = Trial(function, point, target, dtype)
        told = with_forms(trial, told)
    return tuple(told)


def losses(function: Function, target: str, dtype: str, known: Bounds) -> list[Loss]:
    """How many digits each output keeps by its bounds, not explained yet."""
    model = arithmetic(target, dtype)
    return [_worst(model, known, name) for name in function.outputs if known.cells[name]]


def with_forms(trial: Trial, told: Sequence[Loss]) -> list[Loss]:
    """The losses with a stable form for each of their costliest steps that has one.

    A derivative whose own steps have none may be saved by a form of the value.
    """
    found: list[Loss] = []
    of_value: list[Better] = []
    for loss in sorted(told, key=lambda one: one.output != "value"):
        output = Output(loss.output, loss.row, loss.value, loss.digits_lost)
        steps = list(loss.steps)
        for k, step in enumerate(steps[:_TRIED]):
            if step.kind not in (*GROWING, "range"):
                continue
            best = trial.best_form(step.node, output)
            is_own = best is not None
            if best is None and loss.output.startswith("gradient:"):
                derived = [trial.derived_from(one, output) for one in of_value]
                best = max(filter(None, derived), key=lambda one: one.saves, default=None)
            elif best is not None and loss.output == "value":
                of_value.append(best)
            if best is not None:
                steps[k] = replace(
                    step, stable_form=best.text, saves=best.saves, of_value=not is_own
                )
        found.append(replace(loss, steps=tuple(steps)))
    return sorted(found, key=lambda one: -one.digits_lost)


def _worst(model: Arithmetic, known: Bounds, name: str) -> Loss:
    """The row of an output that keeps the fewest digits, not explained yet."""
    best: Loss | None = None
    for row, (bound, cell) in enumerate(
        zip(known.cells[name], known.exact.cells[name], strict=True)
    ):
        loss = _loss(model, name, row, bound, cell)
        # Where another row is not 0, a 0 says nothing: no digit of it is certain.
        if best is None or (loss.value != 0, loss.digits_lost) > (
            best.value != 0,
            best.digits_lost,
        ):
            best = loss
    assert best is not None  # noqa: S101 - there is a row
    return best


def _loss(model: Arithmetic, name: str, row: int, bound: Bound, cell: Ball) -> Loss:
    ulps = bound_in_ulps(model, bound, cell)
    every = model.digits * math.log10(2)
    lost = min(digits(ulps), every)
    value = float(cell.mid()) if cell.is_finite() else math.nan
    return Loss(
        name,
        row,
        value,
        ulps,
        every - lost,
        lost,
        lost,
        math.nan,
        bound.method,
        (),
        bound.range_failure,
    )


@dataclass(frozen=True, slots=True)
class _Context:
    function: Function
    model: Arithmetic
    found: Evaluation
    errors: Mapping[Seed, float]


def _explained(
    context: _Context, loss: Loss, traced: Trace, column: int, candidates: Sequence[Costly]
) -> Loss:
    """A loss with its condition and its steps."""
    unit = float(context.model.unit)
    size = abs(loss.value)
    total = float(traced.total[column])
    relative = total * _SLACK / size / unit if size > 0 else math.inf
    first = min(digits(relative), loss.digits_lost + loss.digits_kept)
    moved = float(traced.inputs[column])
    condition = moved / size if size > 0 else (math.inf if moved else 0.0)
    steps: list[Step] = []
    if loss.range_failure:
        steps += _out_of_range(context, loss)
    elif loss.digits_lost >= _NOTABLE and total > 0:
        steps += [
            _step(context, costly, "amplification")
            for costly in refined(context.found, candidates, context.errors, unit, total)
            if costly.digits_lost >= _NOTABLE and costly.share >= _SHARE
        ]
        steps += [
            _step(context, costly, "function")
            for costly in traced.introduced_most(column, total, unit)
            if costly.digits_lost >= 1
        ]
    kept = sorted(steps, key=lambda s: -(s.digits_lost * s.share))
    few = tuple(_apart(kept))[:MOST_STEPS]
    return replace(loss, first_order=first, condition=condition, steps=few)


def _out_of_range(context: _Context, loss: Loss) -> list[Step]:
    """The first step below an output whose result the target has no number for."""
    function, found, model = context.function, context.found, context.model
    marks = reachable(function.graph, [function.outputs[loss.output]])
    with ctx.workprec(found.bits):
        for node, cells in found.cells.items():
            if function.graph.prim(node) != loss.range_failure or not marks[node]:
                continue
            kept = clamped(model, cells)
            changed = [row for row, cell in enumerate(cells) if kept[row] is not cell]
            if changed:
                costly = Costly(node, changed[0], math.inf, loss.digits_lost, 1.0)
                return [replace(_step(context, costly, "range"), kind="range")]
    return []


def _apart(steps: Sequence[Step]) -> list[Step]:
    """One step for each node and each text: copies of a loop's turns are one place."""
    seen: set[object] = set()
    kept: list[Step] = []
    for step in steps:
        place = None if step.span is None else (step.span.source.name, step.span.start)
        key = (place, step.expression)
        if key not in seen:
            seen.add(key)
            kept.append(step)
    return kept


def _step(context: _Context, costly: Costly, kind: StepKind) -> Step:
    graph = context.function.graph
    span, rule = graph.provenance(costly.node)
    if graph.prim(costly.node) in _ADDING:
        kind = "accumulation" if kind == "function" else "cancellation"
    cell = context.found[costly.node][costly.row]
    if kind in ("function", "accumulation") and abs(cell) < context.model.normal:
        kind = "range"
    if span is not None:
        span = in_script(span)
    return Step(
        costly.node,
        costly.row,
        kind,
        shortened(speller(context.function).expression(costly.node)),
        span,
        rule or "",
        costly.condition,
        costly.digits_lost,
        costly.share,
    )
