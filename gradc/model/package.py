"""A model as an R package, with tests against the true values that the oracle finds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import arb

from gradc.errors import fail
from gradc.model.verification import subject_of
from gradc.targets import TARGETS
from gradc.targets.r_package import package_files, package_name
from gradc.targets.r_package_tests import CheckPoint, Truth
from gradc.verify import Case, Subject, plan
from gradc.verify.cases import refusal
from gradc.verify.compare import Expected, summed
from gradc.verify.rounding import arithmetic

if TYPE_CHECKING:
    from gradc.model.model import Model

_TARGETS = ("r", "tmb")
_MOST_NUMBERS = 200


def r_package(
    model: Model,
    targets: Sequence[str],
    hessian: bool,
    points: int,
    seed: int,
    at: Sequence[Mapping[str, Any]],
) -> dict[str, str]:
    """The files of the package; see :meth:`Model.r_package`."""
    unknown = [target for target in targets if target not in _TARGETS]
    if unknown:
        raise fail(
            "G006", f"an R package has no target '{unknown[0]}'", suggestion=", ".join(_TARGETS)
        )
    if not model.wrt:
        message = "an R package is of a model with parameters, and this one has none"
        raise fail("G303", message, suggestion="--wrt chooses")
    emit_model, emitted = model.emission("r", hessian=hessian)
    template = None
    if "tmb" in targets:
        given, _ = model.emission("tmb")
        given = replace(given, package=package_name(model.name))
        template = given, TARGETS["tmb"].emit(given)
    chosen = ["r", "tmb"] if template else ["r"]
    checks = check_points(model, chosen, points, seed, at)
    means: list[CheckPoint] = []
    if model.stages.mean_alone is not None:
        alone = replace(model, function_=model.stages.mean_alone)
        means = check_points(alone, ["r"], points, seed, at)
    return package_files(emit_model, emitted, template, checks, means)


def check_points(
    model: Model,
    targets: Sequence[str],
    count: int,
    seed: int,
    at: Sequence[Mapping[str, Any]],
) -> list[CheckPoint]:
    """Points with true values and the proved bound of each target's own code there.

    The model's own point comes first where it is small; the others are sampled. A point with
    a value that is not finite, or at a kink, is left out.
    """
    subject = subject_of(model, targets, [], "float64", hessian=False)
    known = [model.known_part(point) for point in at]
    given = [model.complete(point) for point in known if model.is_complete(point)]
    if not given and model.is_complete({}):
        given = [model.complete({})]
    small = [point for point in given if _size(point) <= _MOST_NUMBERS]
    prepared = plan(replace(subject, reports=None), small, count, seed)
    return [_checked(case, subject) for case in prepared.cases if refusal(case, subject) is None]


def _size(point: Mapping[str, Any]) -> int:
    total = 0
    for value in point.values():
        rows = value if isinstance(value, Sequence) else [value]
        total += sum(len(row) if isinstance(row, Sequence) else 1 for row in rows)
    return total


def _checked(case: Case, subject: Subject) -> CheckPoint:
    truths = {target: _truth(case, subject, target) for target in subject.emitted}
    return CheckPoint(case.point, truths)


def _truth(case: Case, subject: Subject, target: str) -> Truth:
    """What a target should say: a row for each observation, of TMB's sum one number."""
    value: list[Expected] = []
    gradient: list[Expected] = []
    arithmetic_ = arithmetic(target, "float64")
    per_observation = subject.original.per_observation
    rows = len(case.truth.cells["value"])
    for output in case.truth.cells:
        expected = case.expected(target, output)
        if per_observation:
            expected = expected * rows if len(expected) == 1 else expected
            if TARGETS[target].tapes:
                expected = [summed(expected, arithmetic_)]
        (value if output == "value" else gradient).extend(expected)
    return Truth(*_numbers(value), *_numbers(gradient))


def _numbers(expected: Sequence[Expected]) -> tuple[list[float], list[float]]:
    """The doubles nearest to the truth, and bounds around them, rounded up."""
    nearest = [float(one.value.mid()) for one in expected]
    bounds: list[float] = []
    for double, one in zip(nearest, expected, strict=True):
        reach = abs(one.value - arb(double)).upper() + one.bound.radius
        bounds.append(math.nextafter(float(reach.upper()) * (1 + 2**-50), math.inf))
    return nearest, bounds
