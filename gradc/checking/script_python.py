"""Claims of a Python file: the file is imported, its pairs are found, called and read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradc.checking.claim import Answer, Claim
from gradc.checking.codes import STOPPED
from gradc.checking.comparison import Comparison, Sample, Vector
from gradc.checking.findings import Finding
from gradc.checking.measure import labels_of, measure, placed
from gradc.checking.objective import summed
from gradc.checking.python_arguments import Call, arguments_of, choose_wrt, with_forms
from gradc.checking.python_case import Case
from gradc.checking.python_file import PythonFile
from gradc.checking.python_pairs import Pair, find_pairs
from gradc.checking.python_results import Claimed, gradient_of, moved_to, rows_of, value_of
from gradc.checking.python_use import used_by
from gradc.checking.script_r import Wanted
from gradc.checking.script_tapes import tape_findings
from gradc.diff import value_and_gradient
from gradc.errors import Diagnostic, GradcError, fail
from gradc.ir import Function
from gradc.model.stages import Stages
from gradc.passes import simplify
from gradc.run.module_python import Module, ModuleSession, Raised


def pairs_or_refusal(file: PythonFile, wanted: Wanted) -> list[Pair] | GradcError:
    """The pairs of a file; for a training script that has none, what there is to say then.

    Raises: GradcError (G720) for a file that cannot have any.
    """
    try:
        return find_pairs(file, wanted.fn, wanted.gr)
    except GradcError as error:
        if not file.tensorflow or wanted.fn or wanted.gr:
            raise
        return error


def claims_of_python(
    file: PythonFile, wanted: Wanted, session: ModuleSession
) -> tuple[list[Claim], list[Finding]]:
    """Every pair, called and read; and what the script's own tapes lost while it ran.

    Raises: GradcError (G720) for a file without pairs, (G721) where the file itself stops.
    """
    pairs = pairs_or_refusal(file, wanted)
    module = session.module()
    lost = tape_findings(file, module.tapes)
    if isinstance(pairs, GradcError):
        if lost:
            return [], lost
        raise _stopped(file, module) if isinstance(module, Raised) else pairs
    if isinstance(module, Raised):
        if lost:
            return [], lost
        raise _stopped(file, module)
    uses = used_by(file, pairs)
    claims = [
        _claim(file, module, session, pair, wanted, use)
        for pair, use in zip(pairs, uses, strict=True)
    ]
    return claims, lost


def _stopped(file: PythonFile, raised: Raised) -> GradcError:
    span = None if raised.line is None else file.line_span(raised.line)
    return fail(STOPPED, f"your code stops here: {raised.message}", span)


def _claim(
    file: PythonFile, module: Module, session: ModuleSession, pair: Pair, wanted: Wanted, use: str
) -> Claim:
    claim = Claim(pair.fn, pair.shown, use, file.name_span(file.functions[pair.gr]))
    if pair.how == "tape" and not pair.custom:
        claim = replace(claim, kind="tape")
    wrt = wanted.wrt or pair.wrt
    call = arguments_of(file, pair, module, wrt, wanted.at)
    case = Case(file, module, session, pair, wrt, call)
    value = value_of(case, {})
    if isinstance(value, Raised):
        return _stops(file, claim, pair.fn, value, call)
    claimed = gradient_of(case, {})
    if not wrt:
        parts = claimed.sizes if isinstance(claimed, Claimed) else []
        keys = claimed.keys if isinstance(claimed, Claimed) else ()
        case.wrt = choose_wrt(file, pair, call, parts, keys)
        if case.wrt != wrt:
            case.call = arguments_of(file, pair, module, case.wrt, wanted.at)
            if isinstance(value_of(case, {}), Raised):
                case.call = call  # with single numbers it does not raise an error
    if not case.wrt:
        return replace(claim, problem="it takes no argument to differentiate by (--wrt names it)")
    case.call = with_forms(case.call, case.wrt)
    case.rows = rows_of(value)
    if isinstance(claimed, Raised):
        return _stops(file, claim, pair.gr, claimed, call)
    return _read(case, claim, claimed)


def _stops(file: PythonFile, claim: Claim, name: str, raised: Raised, call: Call) -> Claim:
    """That a function raises an error, at the line where it does."""
    span = claim.place if raised.line is None else file.line_span(raised.line)
    made_up = [a.name for a in call.arguments if a.made_up]
    help_ = f"--at gives {', '.join(made_up)}" if made_up else None
    message = f"'{name}' stops when it is called: {raised.message}"
    finding = Finding(STOPPED, message, "unknown", "warning", span, suggestion=help_)
    return replace(claim, settled="inconclusive", notes=(finding,), certain=call.certain)


def _read(case: Case, claim: Claim, claimed: Claimed) -> Claim:
    """The claim with the function's true gradient beside what the user's code gives."""
    from gradc.checking.python_causes import explained

    pair, many = case.pair, case.pair.how == "jacobian"
    claim = replace(claim, certain=case.call.certain, shape=claimed.shape)
    try:
        case.model = case.read(pair.fn, part=case.part, weighted=case.rows if many else 0)
        value = summed(case.model.built.function)
        gradient = simplify(value_and_gradient(value.copy()))
    except GradcError as error:
        claim = replace(claim, refused=tuple(error.diagnostics))
        return explained(case, claim, None)
    own, unread = _own(case, value, len(labels_of(gradient)))
    measured = _measured(case, gradient, own)
    back = {meant: name for name, meant in case.model.inputs.items()}
    labels = tuple(shown_label(label, back) for label in labels_of(gradient))
    samples = [
        Sample(one.point, one.answer.gradient, one.expected, one.allowed)
        for one in measured
        if one.answer.gradient is not None and one.answer.gradient.shape == one.expected.shape
    ]
    formula = own if pair.how != "tape" or pair.custom else None
    comparison = Comparison(value, gradient, formula, tuple(samples), labels)
    claim = replace(
        claim, comparison=comparison, measured=tuple(measured), unread=unread, labels=labels
    )
    return explained(case, claim, gradient)


def _own(case: Case, value: Function, count: int) -> tuple[Function | None, tuple[Diagnostic, ...]]:
    """The formula of the claimed gradient, whose bound it is judged by; why there is none."""
    pair = case.pair
    if pair.custom:
        return _own_custom(case, count)
    if pair.how == "tape":
        taped = Stages(value, stable=False).taped(case.target, "gradient")
        named = {n: node for n, node in taped.outputs.items() if n.startswith("gradient:")}
        return taped.with_outputs(named), ()
    if pair.how == "jacobian":
        return None, ()
    part = 1 if pair.how == "value-and-gradient" else None
    try:
        found = case.read(pair.gr, part=part, meant_by=case.meant_by()).built.function
    except GradcError as error:
        return None, tuple(error.diagnostics)
    kind = found.graph.types[found.value]
    is_whole = not kind.shape if count == 1 else kind.rank == 1
    return (found if is_whole else None), ()


def _own_custom(case: Case, count: int) -> tuple[Function | None, tuple[Diagnostic, ...]]:
    """The formula of a custom gradient, for a cotangent of 1."""
    try:
        found = case.read(case.pair.fn, custom=True).built.function
    except GradcError as error:
        return None, tuple(error.diagnostics)
    return (found if count == 1 or found.graph.types[found.value].rank == 1 else None), ()


def _measured(case: Case, gradient: Function, own: Function | None) -> list[Any]:
    model = case.model
    if model is None:
        return []
    back = {meant: name for name, meant in model.inputs.items()}
    known = case.values()
    data = {meant: known[name] for name, meant in model.inputs.items() if name not in case.wrt}
    data |= {**model.weights, **model.columns}
    wanted = {item.name for item in gradient.inputs}
    data = {name: value for name, value in data.items() if name in wanted}
    start: list[float] = []
    for name in case.wrt:
        start += np.asarray(known[name], dtype=np.float64).ravel(order="F").tolist()

    def run(flats: Sequence[Vector]) -> list[Answer]:
        points = [placed(gradient, flat) for flat in flats]
        return [answer_at(case, {back[n]: v for n, v in point.items()}) for point in points]

    return measure(gradient, own, np.array(start), data, run, case.target, dtype=case.call.dtype)


def answer_at(case: Case, moved: Mapping[str, Any]) -> Answer:
    """What the user's code gives at a point."""
    value, claimed = value_of(case, moved), gradient_of(case, moved)
    numbers = None if isinstance(value, Raised) or case.tapes_itself else value
    failure = value.message if isinstance(value, Raised) else ""
    if isinstance(claimed, Raised):
        return Answer(numbers, None, failure, claimed.message)
    composed = None
    if case.pair.how == "gradient" and len(case.wrt) == 1 and numbers is not None:
        single = numbers.size == 1 == case.call.argument(case.wrt[0]).size
        if single:
            composed = moved_to(case, {**moved, case.wrt[0]: float(numbers[0])})
    weights = None if case.model is None else case.model.weights
    if weights and numbers is not None:
        (row,) = weights.values()
        numbers = numbers * np.array(row)
    return Answer(numbers, claimed.flat(case, weights), failure, "", composed)


def shown_label(label: str, names: Mapping[str, str]) -> str:
    """``gradient:b[1]`` of a model as ``gradient:b[0]``, which Python calls it."""
    name, bracket, places = label.removeprefix("gradient:").partition("[")
    moved = ",".join(str(int(place) - 1) for place in places.rstrip("]").split(",") if place)
    return f"gradient:{names.get(name, name)}" + (f"[{moved}]" if bracket else "")
