"""The child's side: read a request, have the toolchain answer it, write the reply.

Nothing here trusts the emitted program: whatever it raises becomes a reply, and whatever
it prints goes to standard output, which is not where replies go.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from gradc.run.program import ToolchainError
from gradc.run.wire import LENGTHS, Message, Tensor, decode, encode, frame_length

_CHUNK = 1 << 20
_LONGEST_MESSAGE = 600
# Deep recursion in R must meet R's own limit of nested calls before it meets the end of
# the stack; Linux keeps 128 MiB of address space free below it.
_STACK = 100 << 20


class Host(Protocol):
    """A toolchain inside its own process."""

    def start(self) -> dict[str, Any]:
        """Bring it up, and say which versions were found."""

    def load(self, key: str, header: Mapping[str, Any]) -> Any:
        """Read a program; what is returned is handed to ``evaluate``."""

    def evaluate(
        self, program: Any, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Call a program at one point."""

    def forget(self, program: Any) -> None:
        """Let go of a program."""


@runtime_checkable
class FittingHost(Protocol):
    """A toolchain whose optimisers fit."""

    def fit(
        self, program: Any, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Call the fit of a script that was loaded with ``"fit"`` in its header."""


@runtime_checkable
class SessionHost(Protocol):
    """A toolchain that runs a user's own script, step by step."""

    def session(
        self, header: Mapping[str, Any], tensors: Mapping[str, Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """One step of the session."""


@runtime_checkable
class TracingHost(Protocol):
    """A toolchain that shows the intermediate results of a program."""

    def trace(
        self, program: Any, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> dict[str, Tensor]:
        """Call a program at one point; ``step.k`` is the k-th of the ``steps`` asked for."""


class ProgramError(Exception):
    """The emitted program failed in the toolchain's own words."""


def serve(host: Host, requests: int, replies: int) -> None:
    """Answer requests until the other end hangs up."""
    for descriptor in (requests, replies):
        os.set_inheritable(descriptor, False)
    parent = os.getppid(), Path.cwd()
    threading.Thread(target=_end_with_parent, args=parent, daemon=True).start()
    _raise_stack_limit()
    try:
        found = host.start()
    except ToolchainError as error:
        _write(replies, encode(_as_error(error), {}))
        return
    ground = _data_size()
    _write(replies, encode(found, {}))
    programs: dict[str, Any] = {}
    while (request := _read(requests)) is not None:
        _limit_data(ground, request.header["memory"])
        header, tensors = _answer(host, programs, request)
        _limit_data(ground, None)
        _write(replies, encode(header, tensors))
    os._exit(0)


def _answer(
    host: Host, programs: dict[str, Any], request: Message
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    header = request.header
    key = header["key"]
    try:
        if header["do"] == "load":
            programs[key] = host.load(key, header)
        elif header["do"] == "forget":
            host.forget(programs.pop(key))
        elif header["do"] == "fit":
            if not isinstance(host, FittingHost):
                raise ToolchainError("G408", "this toolchain does not fit")
            return host.fit(programs[key], header, request.tensors)
        elif header["do"] == "session":
            if not isinstance(host, SessionHost):
                raise ToolchainError("G408", "this toolchain runs no scripts")
            return host.session(header, request.tensors)
        elif header["do"] == "trace":
            if not isinstance(host, TracingHost):
                raise ToolchainError("G408", "this toolchain shows no intermediate results")
            return {}, host.trace(programs[key], header, list(request.tensors.values()))
        else:
            return host.evaluate(programs[key], header, list(request.tensors.values()))
    except ToolchainError as error:
        return _as_error(error), {}
    except MemoryError as error:
        return _as_error(_memory_error(header, error)), {}
    except ProgramError as error:
        return _as_error(ToolchainError("G407", short(str(error)))), {}
    except BaseException as error:  # noqa: BLE001 - a program may raise SystemExit too
        return _as_error(ToolchainError("G407", short(f"{type(error).__name__}: {error}"))), {}
    return {}, {}


def _memory_error(header: Mapping[str, Any], error: MemoryError) -> ToolchainError:
    # CPython's parser says MemoryError when a text is nested too deeply.
    if header["do"] == "load":
        return ToolchainError("G407", "the program is too deeply nested or too large to be read")
    return ToolchainError("G406", short(f"the program ran out of memory ({error})"))


def write_files(key: str, header: Mapping[str, Any]) -> Path:
    """Write a program's files into a folder of their own; returns the file to call."""
    folder = Path.cwd() / f"program-{key}"
    folder.mkdir(exist_ok=True)
    for name, text in header["files"].items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder / str(header["main"])


def short(text: str) -> str:
    """A message on one line, printable, of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_MESSAGE else line[: _LONGEST_MESSAGE - 1] + "…"


def _as_error(error: ToolchainError) -> dict[str, Any]:
    return {
        "error": {"code": error.code, "message": error.message, "remedy": error.remedy},
    }


def _read(descriptor: int) -> Message | None:
    data = bytearray()
    wanted = LENGTHS.size
    while len(data) < wanted:
        chunk = os.read(descriptor, min(_CHUNK, wanted - len(data)))
        if not chunk:
            return None
        data += chunk
        if len(data) == LENGTHS.size:
            wanted = frame_length(data)
    return decode(data)


def _write(descriptor: int, frame: bytes) -> None:
    left = memoryview(frame)
    with contextlib.suppress(BrokenPipeError):  # nobody is left to read it
        while left:
            left = left[os.write(descriptor, left[:_CHUNK]) :]


def _end_with_parent(parent: int, folder: Path) -> None:
    """End this process, busy or not, when the one that started it is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _raise_stack_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    wanted = _STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (wanted, hard))


def _data_size() -> int:
    """Private writable memory mapped so far, 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmData:")]
    return int(sizes[0]) * 1024 if sizes else 0


def _limit_data(ground: int, memory: int | None) -> None:
    """Refuse one huge allocation at once; the parent watches for slow growth.

    The limit is on data, not on address space, of which TensorFlow reserves a lot.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if memory is None or not ground:
        soft = hard
    else:
        soft = ground + memory
        if hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
