"""What numDeriv says, judged by its own error: Richardson's tableau and the rounding of values.

numDeriv extrapolates central differences at steps h, h/2, h/4, h/8. Here it is asked with four,
three and two of them. How far the last two results lie apart estimates what the extrapolation
still leaves out; what rounding adds is known: the proved bound of the value, and that of the
argument itself, divided by each step and weighted as the extrapolation weights it. A value that
is larger a step away than here is rounded by as much more.

Inside that the number agrees. It disagrees where the truth is outside of everything that the
tableau went through, too, and the oracle confirms the truth: numDeriv alone never decides
on gradc. Between the two, and where its error is as large as the derivative, it
cannot tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from gradc.run import Answer, Numbers, ToolchainError
from gradc.verify.cases import Case
from gradc.verify.compare import Expected, Judgement, Status, pairs, ulp_of
from gradc.verify.report import OutputReport, SourceReport
from gradc.verify.rounding import arithmetic
from gradc.verify.sources import Tally, overall, silent

COARSE, COARSER = "three steps", "two steps"
"""Names under which the program reports the gradient from fewer steps."""
LARGEST = "largest value"
"""… and how large the value is at its first step."""
MOST_POINTS = 3
"""At how many points numDeriv is asked: 18 values a parameter each time."""

_NAME = "numderiv"
# numDeriv's defaults: h = d*|x|, or eps where x is about zero.
_D, _EPS, _ZERO = 1e-4, 1e-4, math.sqrt(2.0**-52 / 7e-7)
_STEPS = 4


def _weights() -> list[float]:
    """By how much the difference at each step counts in the extrapolated result, in size."""
    rows = [[float(i == k) for i in range(_STEPS)] for k in range(_STEPS)]
    for m in range(1, _STEPS):
        factor = 4.0**m
        rows = [
            [(factor * b - a) / (factor - 1) for a, b in zip(one, two, strict=True)]
            for one, two in pairwise(rows)
        ]
    return [abs(weight) for weight in rows[0]]


_AMPLIFIED = sum(weight * 2.0**k for k, weight in enumerate(_weights()))


def numderiv_source(host: str, cases: Sequence[Case], answers: Sequence[Answer]) -> SourceReport:
    """The witness's report on its answers at the first points."""
    missing = [answer for answer in answers if isinstance(answer, ToolchainError)]
    if missing and len(missing) == len(answers):
        return silent(_NAME, "witness", missing[0])
    tallies: dict[str, Tally] = {}
    for index, (case, answer) in enumerate(zip(cases, answers, strict=False)):
        if isinstance(answer, ToolchainError) or case.truth.kinks:
            continue
        for output in case.truth.cells:
            if not output.startswith("gradient:"):
                continue
            tally = tallies.setdefault(output, Tally())
            for row, one in enumerate(_judged(host, case, answer, output)):
                # Where nothing proves what is right, as at a kink, differences prove nothing.
                if one.status == "disagree" and not case.confirmation.confirms(output, row):
                    one = replace(one, status="inconclusive", share=0.0)
                tally.judgements.append((index, row, one))
    outputs = tuple(tally.report(output) for output, tally in tallies.items())
    return _report(outputs)


def _report(outputs: tuple[OutputReport, ...]) -> SourceReport:
    status, detail = overall(outputs), ""
    if status == "disagree":
        detail = "outside of its own error estimate; the oracle's quotients side with gradc"
    elif status == "inconclusive":
        detail = "at no smooth point" if not outputs else "its own error is too large to tell"
    excused = status == "disagree"
    return SourceReport(_NAME, "witness", status, outputs, detail, excused=excused)


def _judged(host: str, case: Case, answer: Numbers, output: str) -> Iterator[Judgement]:
    """One judgement a row."""
    model = arithmetic(host)
    wanted = case.expected(host, output)
    places = _coordinates(case.point, output.removeprefix("gradient:"))
    radii = [float(bound.radius) for bound in case.bounds[host].cells["value"]]
    labels = (COARSE, COARSER, LARGEST)
    said = [answer.gradient, *(_by_parameter(answer, label) for label in labels)]
    values = np.abs(np.ravel(np.asarray(answer.value, dtype=np.float64))).tolist()
    columns = [list(pairs(replace(answer, gradient=g), output, wanted, model)) for g in said]
    for row, column in enumerate(zip(*columns, strict=True)):
        x = places[min(row, len(places) - 1)]
        *got, largest = (number for number, _ in column)
        value = values[min(row, len(values) - 1)]
        radius = radii[min(row, len(radii) - 1)]
        if largest > value:  # of another size, it is rounded by as much more
            radius = radius and (radius * (largest / value) if value else math.inf)
        step = abs(x) * _D + (_EPS if abs(x) < _ZERO else 0.0)
        slope = max(abs(got[0]), abs(largest - value) / step)
        radius += slope * (abs(x) + step) * 2.0**-53
        yield _judgement(got, column[0][1], radius * _AMPLIFIED / step)


def _judgement(said: Sequence[float], expected: Expected, rounding: float) -> Judgement:
    """The verdict on one number: from four, three and two steps, with its rounding."""
    fine, coarse, coarser = said
    if expected.state != "finite":
        return Judgement("inconclusive", 0.0, 0.0, 0.0, fine, math.nan, 0.0, "Richardson")
    own = abs(fine - coarse) + rounding
    spread = max(own, abs(coarse - coarser) + rounding)
    true = float(expected.value.mid())
    error = abs(fine - true)
    ulp = float(ulp_of(expected.value, arithmetic("oracle")))
    status: Status = "inconclusive"
    if math.isfinite(spread):
        if error > spread:
            status = "disagree"
        elif error <= own < abs(true) or error == 0.0:
            status = "agree"
    # What cannot tell is not the worst of those that can.
    share = 0.0 if status == "inconclusive" or not own else error / own
    return Judgement(status, error / ulp, own / ulp, share, fine, true, own, "Richardson")


def _coordinates(point: Mapping[str, Any], name: str) -> list[float]:
    """Where the parameter stands that is differenced, an element a row where it is a vector."""
    base, _, index = name.rpartition("[")
    if name not in point and base in point:
        places = tuple(int(place) - 1 for place in index.rstrip("]").split(","))
        return [float(np.asarray(point[base])[places])]
    return [float(x) for x in np.ravel(np.asarray(point[name], dtype=np.float64), order="F")]


def _by_parameter(answer: Numbers, label: str) -> dict[str, Any]:
    """A reported matrix, with a column for each element of a parameter, cut into parameters."""
    lead = np.ndim(answer.value)
    whole = np.asarray(answer.reports[label], dtype=np.float64)
    found, place = {}, 0
    for name, gradient in answer.gradient.items():
        shape = np.shape(gradient)[lead:]
        count = math.prod(shape)
        block = whole[:, place : place + count].reshape(-1, *shape[::-1])
        block = np.swapaxes(block, -1, -2) if len(shape) == 2 else block
        found[name] = (block if lead else block[0]).tolist()
        place += count
    return found
