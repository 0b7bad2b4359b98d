"""A model's verification: which functions stand behind each emitted program and witness."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gradc.errors import GradcError, fail
from gradc.ir import Function
from gradc.model.hearing import hear
from gradc.passes import as_rounded
from gradc.targets import TARGETS
from gradc.targets.target import LACKS
from gradc.verify import (
    WITNESSES,
    Emitted,
    Precision,
    Report,
    Subject,
    computes_in,
    precision_at,
    verify,
)

if TYPE_CHECKING:
    from gradc.model.model import Model
    from gradc.model.stages import Stages


def verify_model(
    model: Model,
    targets: str | Sequence[str],
    witnesses: str | Sequence[str],
    points: int,
    seed: int,
    dtype: str,
    at: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
    hessian: bool,
    digits: bool = False,
) -> Report:
    """Run targets and witnesses and judge them; see :meth:`Model.verify`.

    Raises: GradcError for an unknown target (G006) or witness (G007), and for a given point
    that does not fit the model.
    """
    wanted = _chosen(targets, TARGETS, "G006", "target")
    heard = _chosen(witnesses, WITNESSES, "G007", "witness")
    named = [] if "all" in ([witnesses] if isinstance(witnesses, str) else witnesses) else heard
    subject = subject_of(model, wanted, heard, dtype, hessian=hessian, named=named)
    given = [at] if isinstance(at, Mapping) else list(at or ())
    if not given and model.inputs and model.is_complete({}):
        given = [{}]  # the point at which the script itself evaluates
    complete = [model.complete(point) for point in given if model.is_complete(point)]
    partial = next((point for point in given if not model.is_complete(point)), None)
    base = None if partial is None else model.known_part(partial)
    return verify(subject, complete, count=points, seed=seed, base=base, digits=digits)


def subject_of(
    model: Model,
    targets: Sequence[str],
    witnesses: Sequence[str],
    dtype: str,
    *,
    hessian: bool,
    named: Collection[str] = (),
) -> Subject:
    """What is compared: emitted programs with their own functions, witnesses with the plain one.

    A witness whose toolchain no target uses is left out, unless it is ``named``.
    """
    stages = model.stages
    named_results = bool(model.function_.reports)
    emitted: dict[str, Emitted] = {}
    unsupported: dict[str, str] = {}
    for target in targets:
        if not computes_in(target, dtype):
            unsupported[target] = f"target {target} computes in doubles only"
            continue
        try:
            emitted[target] = _emitted(model, target, dtype, hessian=hessian)
        except GradcError as error:
            if error.diagnostics[0].code != LACKS:
                raise
            unsupported[target] = error.diagnostics[0].message
    heard = hear(model, witnesses, named, emitted, dtype)
    hosts = {name: _emitted(model, name, dtype, hessian=False) for name in heard.hosts}
    plain = stages.plain_hessian if hessian else stages.plain_gradient
    reports = _reports(stages.plain_report) if named_results else None
    return Subject(
        stages.plain,
        plain,
        emitted,
        heard.functions,
        dtype,
        unsupported,
        reports,
        heard.hearing,
        hosts,
    )


def _emitted(model: Model, target: str, dtype: str, *, hessian: bool) -> Emitted:
    """What a target is given; GradcError (G303) where it cannot have the model."""
    stages = model.stages
    program = model.program(target, hessian=hessian, dtype=dtype)
    named = bool(model.function_.reports)
    reports = _reports(stages.legal(target, "report")) if named else None
    reports = reports and _as_rounded(reports, target)
    judged = _computed(stages, target, "hessian" if hessian else "gradient")
    of_sum = TARGETS[target].trains and model.function_.per_observation
    return Emitted(judged, program, reports, of_sum, partial(_as_rounded, target=target))


def precision(
    model: Model, at: Mapping[str, Any] | Sequence[Mapping[str, Any]], dtype: str, target: str
) -> Precision:
    """Where digits are lost at some points; see :meth:`Model.precision`."""
    (wanted,) = _chosen(target, TARGETS, "G006", "target")
    points = [model.complete(point) for point in ([at] if isinstance(at, Mapping) else at)]
    written = model.stages.legal(wanted, "plain_gradient")
    emitted = _computed(model.stages, wanted, "gradient")
    return precision_at(_as_rounded(written, wanted), emitted, wanted, dtype, points)


def _computed(stages: Stages, target: str, derived: str) -> Function:
    """What the emitted code and its toolchain compute, as far as it is rounded."""
    found = TARGETS[target]
    if found.exact:
        return stages.hessian if derived == "hessian" else stages.gradient
    if found.trains:
        return _as_rounded(stages.stepped(target), target)
    own = stages.taped if found.tapes else stages.legal
    return _as_rounded(own(target, derived), target)


def _as_rounded(function: Function, target: str) -> Function:
    found = TARGETS[target]
    speaks = found.speaks or target
    return as_rounded(function, speaks, found.supports, marked=bool(found.own))


def _reports(function: Function) -> Function:
    """The named results alone, each once."""
    return function.with_outputs({f"report:{n}": node for n, node in function.reports.items()})


def _chosen(
    asked: str | Sequence[str], known: Mapping[str, Any], code: str, what: str
) -> list[str]:
    """The names asked for; ``all`` and ``none`` stand for every one and no one."""
    names = [asked] if isinstance(asked, str) else list(asked)
    chosen: list[str] = []
    for name in names:
        if name == "all":
            chosen += [other for other in known if other not in chosen]
        elif name == "none":
            continue
        elif name not in known:
            raise fail(code, f"there is no {what} '{name}'", suggestion=", ".join(known))
        elif name not in chosen:
            chosen.append(name)
    return chosen
