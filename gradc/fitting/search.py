"""Fit a model to data with one engine or several."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradc.errors import GradcError
from gradc.fitting.advice import advice, at_start
from gradc.fitting.engines import ENGINES, Engine, chosen
from gradc.fitting.judge import Judge, Judgement
from gradc.fitting.problem import Problem, problem
from gradc.model import Model, to_json
from gradc.model.fitting import measured
from gradc.run import FitAnswer, FitProgram, FitRequest, ToolchainError, run_fit
from gradc.targets.fit import shapes

CONVERGED, NOT, FAILED = "converged", "not converged", "failed"
MISSING, UNSUPPORTED = "missing", "unsupported"
_SAME = 1e-6
_NOT_HERE = ("G401", "G402")


@dataclass(frozen=True, slots=True)
class Fit:
    """What one engine found.

    ``status`` is one of "converged", "not converged", "failed", "missing" (the toolchain) and
    "unsupported" (this engine does not fit this model); for the last three ``error`` has a code
    and a message and there are no numbers. ``estimates`` and ``standard_errors`` have each
    parameter in its own shape; an error that does not exist is NaN. ``par`` is all of them in
    one vector, named by ``labels``. ``gradient_norm`` is ``max |g_i| max(|par_i|, 1) /
    max(|f|, 1)`` over parameters that no bound holds back, by gradc's own code; with
    ``marginal`` it is TMB's, of the marginal likelihood. Where the fit is ``singular`` the data
    do not tell the parameters apart, however small the gradient is. ``reported`` are results of
    ``ADREPORT`` with their standard errors, from engines that have them.
    """

    engine: str
    status: str
    estimates: dict[str, Any] = field(default_factory=dict)
    standard_errors: dict[str, Any] | None = None
    se_kind: str | None = None
    objective: float | None = None
    gradient_norm: float | None = None
    evaluations: dict[str, int | None] = field(default_factory=dict)
    seconds: float | None = None
    claimed: bool | None = None
    message: str = ""
    advice: tuple[str, ...] = ()
    path: tuple[tuple[float, ...], ...] = field(default=(), repr=False)
    error: ToolchainError | None = None
    labels: tuple[str, ...] = ()
    par: tuple[float, ...] = ()
    se: tuple[float, ...] | None = None
    marginal: bool = False
    singular: bool = False
    reported: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def converged(self) -> bool:
        """Whether the gradient vanishes at the estimates."""
        return self.status == CONVERGED

    @property
    def verdict(self) -> str:
        """The judgement in words."""
        if self.error is not None:
            return self.status
        if not self.converged and self.claimed and self.singular:
            return "claims convergence, but the derivatives are singular"
        if not self.converged and self.claimed:
            return f"claims convergence, but the gradient is {self.gradient_norm:.1e}"
        return self.status

    def to_json(self) -> dict[str, Any]:
        """The fit as in the list ``"fits"`` of ``gradc fit --format json``."""
        content: dict[str, Any] = {
            "engine": self.engine,
            "status": self.status,
            "estimates": self.estimates,
            "standard_errors": self.standard_errors,
            "se_kind": self.se_kind,
            "objective": self.objective,
            "gradient_norm": self.gradient_norm,
            "evaluations": self.evaluations,
            "seconds": self.seconds,
            "claimed": self.claimed,
            "message": self.message,
            "advice": list(self.advice),
        }
        if self.reported:
            content["reported"] = self.reported
        if self.error is not None:
            content["error"] = {"code": self.error.code, "message": self.error.message}
        return to_json(content)  # type: ignore[no-any-return]


def fit(
    model: Model,
    data: Mapping[str, Any],
    engine: str = "scipy",
    start: Mapping[str, Any] | None = None,
    *,
    response: str | None = None,
    timeout: float = 300.0,
    options: Mapping[str, Any] | None = None,
) -> Fit:
    """Fit a model to data: run the emitted fit script of an engine in its own toolchain.

    ``start`` may leave out parameters that have a starting value in the model. ``response``
    names the data that a model of predictions, one a row, is fitted to by least squares.
    ``options`` are those of the engine's script.

    Raises: GradcError for an unknown engine (G006), data or start that do not fit the model
    (G014, G202, G205, G601, G602).
    """
    if response is not None:
        model = measured(model, response)
    (found,) = fits(problem(model, data, start), [engine], timeout=timeout, options=options)
    return found


def fits(
    task: Problem,
    engines: Sequence[str],
    *,
    timeout: float = 300.0,
    options: Mapping[str, Any] | None = None,
    note: Callable[[str], None] = lambda name: None,
) -> list[Fit]:
    """Fit with each engine in turn; ``note`` is told the name of one that begins."""
    judge = Judge(task)
    wrong = at_start(judge)
    found = []
    for engine in chosen(engines):
        note(engine.name)
        found.append(_fit(engine, task, judge, wrong, timeout, options or {}))
    return compared(found)


def compared(found: Sequence[Fit]) -> list[Fit]:
    """The same fits, those told apart that stopped where another engine went lower."""
    winner = best(found)
    if winner is None or winner.objective is None:
        return list(found)
    most = winner.objective + _SAME * max(abs(winner.objective), 1.0)
    said = (
        f"this is another optimum than that of {winner.engine}, whose objective is less; start"
        " at its estimates, or at several places"
    )
    return [
        replace(fit, advice=(*fit.advice, said))
        if fit.converged and fit.objective is not None and fit.objective > most
        else fit
        for fit in found
    ]


def best(found: Sequence[Fit]) -> Fit | None:
    """The converged fit with the least objective; None where there is none."""
    good = [fit for fit in found if fit.converged and fit.objective is not None]
    return min(good, key=lambda fit: fit.objective or 0.0, default=None)


def _fit(
    engine: Engine,
    task: Problem,
    judge: Judge,
    wrong: str | None,
    timeout: float,
    options: Mapping[str, Any],
) -> Fit:
    reason = engine.why_not(task.model)
    if reason is not None:
        return Fit(engine.name, UNSUPPORTED, error=ToolchainError("G408", reason))
    if wrong is not None:
        error = ToolchainError("G603", wrong)
        return Fit(engine.name, FAILED, error=error, advice=("start elsewhere with --start",))
    try:
        program, request = ask(engine, task, options)
    except GradcError as error:
        diagnostic = error.diagnostics[0]
        said = ToolchainError(diagnostic.code, diagnostic.message)
        return Fit(engine.name, UNSUPPORTED, error=said)
    answer = run_fit(program, request, timeout=timeout)
    if isinstance(answer, ToolchainError):
        status = MISSING if answer.code in _NOT_HERE else FAILED
        return Fit(engine.name, status, error=answer)
    return _judged(engine, task, judge, answer)


def ask(engine: Engine, task: Problem, options: Mapping[str, Any]) -> tuple[FitProgram, FitRequest]:
    """The emitted script of an engine and what it is asked.

    Raises: GradcError (G301, G303) where the target does not have the model.
    """
    model = task.model
    function = model.function_
    files = model.emit(engine.target, with_fit=True)
    names = {item.name: item.name for item in model.inputs}
    users = model.emitted(engine.target).names
    if engine.emitted_names:
        names |= users
    program = FitProgram(
        target=engine.target,
        name=model.name,
        files=files,
        main=engine.script.format(model.name),
        data=tuple(names[item.name] for item in function.data),
        params={users[name]: shape for name, shape in shapes(function).items()},
        random=tuple(users[item.name] for item in function.params if item.kind == "random"),
    )
    data = {names[name]: value for name, value in task.data.items()}
    return program, FitRequest(engine.name, data, task.start, task.lower, task.upper, options)


def _judged(engine: Engine, task: Problem, judge: Judge, answer: FitAnswer) -> Fit:
    marginal = None if answer.gradient is None else (answer.objective, answer.gradient)
    found: Judgement = judge(answer.par, marginal)
    return Fit(
        engine=engine.name,
        status=CONVERGED if found.converged else NOT,
        estimates=task.point(answer.par),
        standard_errors=None if answer.se is None else task.point(answer.se),
        se_kind=answer.se_kind if answer.se is not None else None,
        objective=answer.objective,
        gradient_norm=found.norm,
        evaluations={"function": answer.functions, "gradient": answer.gradients},
        seconds=answer.seconds,
        claimed=answer.claimed,
        message=answer.message,
        advice=advice(task, answer, found),
        path=tuple(map(tuple, answer.path)),
        labels=task.labels,
        par=tuple(answer.par),
        se=None if answer.se is None else tuple(answer.se),
        marginal=marginal is not None,
        singular=found.singular,
        reported=_reported(engine, task, answer),
    )


def _reported(engine: Engine, task: Problem, answer: FitAnswer) -> dict[str, dict[str, Any]]:
    """Reported results by the user's names: a number, or a list by columns."""
    if not answer.reported:
        return {}
    labels = task.model.emitted(engine.target).reports
    found = {}
    for name, label in labels.items():
        if label in answer.reported:
            values, errors = answer.reported[label]
            single = len(values) == 1
            found[name] = {
                "estimate": values[0] if single else values,
                "standard_error": errors[0] if single else errors,
            }
    return found


__all__ = ["ENGINES", "Fit", "best", "fit", "fits"]
