"""Run a program at points: one answer a point, numbers or the reason why not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.run.answers import numbers
from gradc.run.child import DEFAULT_MEMORY
from gradc.run.compile_tmb import Limits, compile_template, toolkit
from gradc.run.pool import POOL, Worker
from gradc.run.program import Answer, Numbers, Point, Program, ToolchainError
from gradc.run.wire import Tensor, tensor

WITNESS_NAMES = ("tf-tape", "tf-custom")
# A toolchain that hangs or dies point after point is not waited for any longer.
_PATIENCE = 3
_LOST = ("G404", "G405", "G406")


@dataclass(frozen=True, slots=True)
class Call:
    """How a program is loaded and asked."""

    program: Program
    key: str
    header: Mapping[str, Any]
    limits: Limits
    witnesses: tuple[str, ...] = ()


def run(
    program: Program,
    points: Sequence[Point],
    *,
    timeout: float = 120.0,
    memory: int | None = None,
    witnesses: Sequence[str] = (),
) -> list[Answer]:
    """Run a program in its toolchain; one answer a point, in order.

    ``timeout`` seconds and ``memory`` bytes (4 GiB by default) are granted to each point,
    and once to reading or compiling the program. A point that fails leaves the others
    alone, but after three lost processes in a row the rest is given up. ``witnesses``
    may name ``tf-tape`` (TensorFlow's own derivative of the plain function) and
    ``tf-custom`` (the tape through the attached gradient), for target tf.

    Raises: ValueError for a point without a value for some argument, or one that is no
    number, vector or matrix.
    """
    limits = Limits(timeout, DEFAULT_MEMORY if memory is None else memory)
    arguments = [point_tensors(program, point) for point in points]
    refused = unsupported(program, witnesses)
    if refused is not None:
        return [refused] * len(points)
    worker = POOL.worker(program.toolchain)
    with worker.lock:
        try:
            call = prepare(worker, program, limits, tuple(witnesses))
        except ToolchainError as error:
            return [error] * len(points)
        return ask_points(worker, call, arguments)


def point_tensors(program: Program, point: Point) -> list[Tensor]:
    """The values of a point in calling order.

    Raises: ValueError, see :func:`run`.
    """
    result = []
    for argument in program.arguments:
        if argument.name not in point:
            raise ValueError(f"the point has no value for {argument.name!r}")
        try:
            result.append(tensor(point[argument.name]))
        except (TypeError, ValueError) as error:
            raise ValueError(f"the value of {argument.name!r}: {error}") from error
    return result


def unsupported(program: Program, witnesses: Sequence[str]) -> ToolchainError | None:
    """Why a program cannot be run as asked, before anything is started."""
    for name in witnesses:
        if name not in WITNESS_NAMES:
            raise ValueError(f"unknown witness {name!r}")
        if program.target != "tf":
            return ToolchainError("G408", f"witness {name} runs beside target tf only")
    if program.dtype != "float64" and program.target in ("r", "tmb", "sympy"):
        return ToolchainError("G408", f"target {program.target} computes in doubles only")
    return None


def prepare(
    worker: Worker, program: Program, limits: Limits, witnesses: tuple[str, ...] = ()
) -> Call:
    """Start the toolchain, compile where it compiles.

    Raises: ToolchainError where there is nothing to ask.
    """
    header: dict[str, Any] = {"kinds": [a.kind for a in program.arguments]}
    if program.target == "tmb":
        kit = toolkit(worker.found()["toolkit"])
        path = compile_template(program.text, program.name, kit, limits)
        header |= tmb_header(program, str(path), path.stem, None)
    else:
        header |= {"files": dict(program.files), "main": program.main_file}
        header |= {"name": program.name, "dtype": program.dtype, "target": program.target}
        header |= {"names": [a.emitted for a in program.arguments]}
    return Call(program, key_of(header), header, limits, witnesses)


def tmb_header(program: Program, path: str, dll: str, case: int | None) -> dict[str, Any]:
    """How a compiled template is loaded; ``case`` says which one of a batch."""
    return {
        "kinds": [a.kind for a in program.arguments],
        "names": [a.emitted for a in program.arguments],
        "path": path,
        "dll": dll,
        "case": case,
    }


def key_of(header: Mapping[str, Any]) -> str:
    """A name for a program that two programs never share."""
    return hashlib.sha256(json.dumps(header, sort_keys=True).encode()).hexdigest()[:32]


def ask_points(worker: Worker, call: Call, arguments: Sequence[list[Tensor]]) -> list[Answer]:
    """One answer a point; a lost process is replaced for the next one."""
    answers: list[Answer] = []
    lost: list[ToolchainError] = []
    for values in arguments:
        # What takes symbols too long at one point does so at the next.
        slow = call.program.target == "sympy" and any(error.code == "G405" for error in lost)
        if len(lost) >= _PATIENCE or slow:
            answers.append(lost[-1])
            continue
        try:
            answers.append(_ask(worker, call, values))
            lost = []
        except ToolchainError as error:
            answers.append(error)
            lost = [*lost, error] if error.code in _LOST else []
    return answers


def _ask(worker: Worker, call: Call, values: list[Tensor]) -> Numbers:
    limits: dict[str, Any] = {"timeout": call.limits.timeout, "memory": call.limits.memory}
    worker.load(call.key, call.header, **limits)
    header = {
        "do": "evaluate",
        "per_observation": call.program.per_observation,
        "key": call.key,
        "hessian": call.program.hessian,
        "reports": list(call.program.reports.values()),
        "witnesses": list(call.witnesses),
    }
    named = {str(index): value for index, value in enumerate(values)}
    reply = worker.ask(header, named, **limits)
    try:
        return numbers(call.program, values, reply)
    except ValueError as error:
        raise ToolchainError("G407", str(error)) from error
