"""Run an emitted fit script in its toolchain: one request, one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.compile_tmb import Limits, compile_template, toolkit
from gradc.run.evaluate import key_of
from gradc.run.pool import POOL, Worker
from gradc.run.program import ToolchainError, toolchain_of
from gradc.run.wire import Message, Tensor, tensor


@dataclass(frozen=True, slots=True)
class FitProgram:
    """The files of a fit with all that is needed to run it.

    ``main`` is the script; ``data`` are the names of data as the script takes them, and
    ``params`` the emitted names of parameters with their shapes, in model order. ``random`` are
    those parameters that TMB integrates out.
    """

    target: str
    name: str
    files: Mapping[str, str]
    main: str
    data: tuple[str, ...]
    params: Mapping[str, tuple[int, ...]]
    random: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FitRequest:
    """What to fit: data by the script's names, and flat vectors in model order.

    ``lower`` and ``upper`` have infinities where there is no bound. ``options`` are the engine's
    own, such as Keras's ``optimizer`` and ``epochs``.
    """

    engine: str
    data: Mapping[str, Any]
    start: Sequence[float]
    lower: Sequence[float]
    upper: Sequence[float]
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FitAnswer:
    """What a fit script returned; see the table of fields in ``docs/fitting.md``.

    Shapes: ``par`` and ``se`` as the request's ``start``, what is random with its conditional
    modes; ``path`` is a list of such rows, empty where the search was not followed.
    ``gradient`` is the toolchain's own gradient at the end where the objective is a marginal
    one, with 0 for what is random; None else. ``reported`` are the script's own results by name,
    each with its standard errors.
    """

    par: list[float]
    se: list[float] | None
    se_kind: str
    objective: float
    functions: int | None
    gradients: int | None
    seconds: float
    message: str
    claimed: bool
    path: list[list[float]]
    gradient: list[float] | None = None
    reported: Mapping[str, tuple[list[float], list[float]]] = field(default_factory=dict)


def run_fit(
    program: FitProgram, request: FitRequest, *, timeout: float = 300.0, memory: int | None = None
) -> FitAnswer | ToolchainError:
    """Fit in the target's toolchain; the reason where there is no answer."""
    limits = Limits(timeout, DEFAULT_MEMORY if memory is None else memory)
    worker = POOL.worker(toolchain_of(program.target))
    with worker.lock:
        try:
            header = load_header(worker, program, limits)
            key = key_of(header)
            granted: dict[str, Any] = {"timeout": limits.timeout, "memory": limits.memory}
            worker.load(key, header, **granted)
            reply = worker.ask(ask_header(key, request), tensors(program, request), **granted)
            return answer(reply, len(request.start))
        except ToolchainError as error:
            return error


def load_header(worker: Worker, program: FitProgram, limits: Limits) -> dict[str, Any]:
    """How the worker reads the script.

    Raises: ToolchainError where the toolchain is missing or does not compile.
    """
    compiled: dict[str, Any] = {}
    if program.target == "tmb":
        kit = toolkit(worker.found()["toolkit"])
        template = program.files[f"{program.name}.cpp"]
        path = compile_template(template, program.name, kit, limits)
        compiled = {"path": str(path), "dll": path.stem}
    return compiled | {
        "fit": True,
        "files": dict(program.files),
        "main": program.main,
        "name": program.name,
        "data": list(program.data),
        "params": [[name, list(shape)] for name, shape in program.params.items()],
        "random": list(program.random),
        "kinds": [],
        "dtype": "float64",
        "target": program.target,
    }


def ask_header(key: str, request: FitRequest) -> dict[str, Any]:
    """The request as the worker reads it."""
    return {
        "do": "fit",
        "key": key,
        "engine": request.engine,
        "options": dict(request.options),
    }


def tensors(program: FitProgram, request: FitRequest) -> dict[str, Tensor]:
    """``start``, ``lower`` and ``upper``, then the data as ``data.0`` and so on."""
    found = {"start": tensor(list(request.start))}
    found["lower"] = tensor(list(request.lower))
    found["upper"] = tensor(list(request.upper))
    for number, name in enumerate(program.data):
        found[f"data.{number}"] = tensor(request.data[name])
    return found


def answer(reply: Message, count: int) -> FitAnswer:
    """The fields of a reply, their shapes checked.

    Raises: ToolchainError (G407) where they are not those of the contract.
    """
    said, parts = reply.header, reply.tensors
    try:
        for name in ("par", "se", "gradient"):
            if name in parts and parts[name].shape != (count,):
                raise ValueError(f"{name!r} has the shape {parts[name].shape}, not ({count},)")
        path = parts.get("path")
        rows = path.nested() if path is not None and path.data else []
        return FitAnswer(
            par=parts["par"].nested(),
            se=parts["se"].nested() if "se" in parts else None,
            se_kind=str(said["se_kind"]),
            objective=parts["objective"].data[0],
            functions=_count(said["fn"]),
            gradients=_count(said["gr"]),
            seconds=float(said["seconds"]),
            message=str(said["message"]),
            claimed=bool(said["claimed"]),
            path=rows,
            gradient=parts["gradient"].nested() if "gradient" in parts else None,
            reported=_reported(said.get("reported", ()), parts),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ToolchainError("G407", f"the fit's answer is incomplete: {error}") from error


def _reported(
    names: Sequence[str], parts: Mapping[str, Tensor]
) -> dict[str, tuple[list[float], list[float]]]:
    """Values and errors by name, which stands once for each element."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    if names:
        values, errors = parts["reported_value"].data, parts["reported_se"].data
        for name, value, error in zip(names, values, errors, strict=True):
            both = found.setdefault(name, ([], []))
            both[0].append(value)
            both[1].append(error)
    return found


def _count(value: Any) -> int | None:
    """A count of calls; R's optimisers give NA for one that they do not count."""
    return int(value) if isinstance(value, (int, float)) and value == value else None
