"""An R function and its gradient in a process of R's own: arrays in, arrays out, shapes checked."""

from __future__ import annotations

import re
import weakref
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradc.bridge.shapes import Doubles, Reply, Results, gradient_arrays, hessian_array, value_array
from gradc.errors import fail
from gradc.run.child import DEFAULT_MEMORY
from gradc.run.evaluate import key_of
from gradc.run.pool import POOL
from gradc.run.program import ToolchainError
from gradc.run.wire import Message, Tensor

_R_NAME = re.compile(r"(?:[^\W\d_]|\.(?!\d))[\w.]*")


@dataclass(frozen=True, slots=True)
class Code:
    """What R is told: an expression or a name each, and the files that define names.

    ``sources`` are files of the user's, ``files`` texts that gradc emitted, the first of them
    to be read. ``ordered`` functions take 0, 1 or 2 as their last argument, as emitted ones do.
    """

    value: str
    gradient: str | None = None
    sources: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    ordered: bool = False

    @property
    def label(self) -> str:
        """The function's name, where it has one."""
        return self.value if _R_NAME.fullmatch(self.value.strip()) else "the R function"

    def header(self) -> dict[str, Any]:
        """As the child is told."""
        return {
            "folder": str(Path.cwd()),
            "sources": list(self.sources),
            "files": self.files,
            "main": next(iter(self.files), None),
            "value": self.value,
            "gradient": self.gradient,
            "ordered": self.ordered,
        }


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the arguments by R's names, which of them have rows, and what is wanted.

    ``names`` are what the user calls them. Where ``rows`` is set, R calls the function once a
    row, within one round trip; otherwise it is given all rows at once.
    """

    names: tuple[str, ...]
    r_names: tuple[str, ...]
    arguments: tuple[NDArray[np.float64], ...]
    batched: tuple[bool, ...]
    rows: int | None


class RProcess:
    """The functions in a child process; one call at a time, whatever the thread.

    A process that crashed or was ended by a limit is started anew at the next call.
    """

    def __init__(self, code: Code, timeout: float, memory: int | None) -> None:
        self.code = code
        self.closed = False
        self._header = code.header()
        self._key = key_of(self._header)
        self._limits: dict[str, Any] = {"timeout": timeout, "memory": memory or DEFAULT_MEMORY}
        self._worker = POOL.private("bridge")
        self._finalizer = weakref.finalize(self, self._worker.end)

    def close(self) -> None:
        """End the process; a later call raises (G805)."""
        self.closed = True
        with self._worker.lock:
            self._worker.end()

    def parameters(self) -> dict[str, dict[str, Any]]:
        """The arguments of the functions: their names and which have no default."""
        return dict(self._ask("names", (), {}).header)

    def call(self, what: str, call: Call) -> dict[str, Reply]:
        """Call R for ``value``, ``gradient``, ``both`` or ``hessian``.

        Raises: GradcError with R's own message (G407), for a crash (G404) or a limit.
        """
        tensors = {str(index): _tensor(value) for index, value in enumerate(call.arguments)}
        said = {"names": call.r_names, "batched": call.batched, "rows": call.rows}
        reply = self._ask(what, said, tensors)
        return {
            name: _reply(name, part, reply, call.rows or 1) for name, part in reply.header.items()
        }

    def _ask(self, what: str, said: Any, tensors: dict[str, Tensor]) -> Message:
        if self.closed:
            raise fail("G805", f"the bridge to {self.code.label} is closed")
        header = {**dict(said), "do": "evaluate", "key": self._key, "what": what}
        try:
            with self._worker.lock:
                self._worker.load(self._key, self._header, **self._limits)
                return self._worker.ask(header, tensors, **self._limits)
        except ToolchainError as error:
            message = error.message
            if error.code == "G407":
                message = f"{self.code.label} failed in {message}"
            raise fail(error.code, message, suggestion=error.remedy) from None


def _tensor(value: NDArray[np.float64]) -> Tensor:
    return Tensor(value.shape, array("d", np.ascontiguousarray(value, np.float64).tobytes()))


def _reply(name: str, part: dict[str, Any], reply: Message, rows: int) -> Reply:
    """R's results with rows in front: R lays out what is in a row with the first index fastest."""
    arrays: list[Doubles] = []
    for index, shape in enumerate(part["shapes"]):
        flat = np.frombuffer(reply.tensors[f"{name}.{index}"].data, np.float64)
        backwards = flat.reshape(rows, *reversed(shape))
        arrays.append(backwards.transpose(0, *range(len(shape), 0, -1)))
    return Reply(tuple(arrays), tuple(part["labels"]), part["listed"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A call whose shapes are known.

    ``wrt`` are positions of what is differentiated, ``shape`` is that of the value of one call of
    the R function, ``None`` for a length that only R knows.
    """

    process: RProcess
    call: Call
    wrt: tuple[int, ...]
    shape: tuple[int | None, ...]

    def run(self, what: str) -> Results:
        """Value, gradients and second derivatives, whichever were asked for.

        Raises: GradcError as :meth:`RProcess.call`, (G802) for a value and (G803) for a
        derivative of another shape.
        """
        replies = self.process.call(what, self.call)
        label = self.process.code.label
        value = None
        gradients: tuple[Doubles, ...] = ()
        hessian = None
        shape = self.shape
        if "value" in replies:
            value = value_array(replies["value"], shape, label)
            shape = value.shape[1:]
        if "gradient" in replies:
            gradients = gradient_arrays(replies["gradient"], shape, self._differentiated(), label)
        if "hessian" in replies:
            hessian = hessian_array(replies["hessian"], self._differentiated(), label)
        if self.call.rows is None:  # one call, and no axis to count it
            value = None if value is None else value[0]
            gradients = tuple(one[0] for one in gradients)
        return Results(value, gradients, hessian)

    def _differentiated(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """What is differentiated: the user's name, R's name, and the shape of a row's part."""
        call = self.call
        found = {}
        for place in self.wrt:
            shape = call.arguments[place].shape
            own = shape[1:] if call.batched[place] else shape
            found[call.names[place]] = (call.r_names[place], own)
        return found
