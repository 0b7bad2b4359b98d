"""A user's own script in a toolchain's process of its own, asked step by step.

The process belongs to one script: what the script loads or changes there, nobody else sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.pool import Worker
from gradc.run.ship_r import received
from gradc.run.wire import Tensor, tensor

SECONDS = 180.0


class Session:
    """A script's process; ``with`` ends it."""

    def __init__(self, toolchain: str, seconds: float = SECONDS) -> None:
        self._worker = Worker(toolchain)
        self._seconds = seconds

    def version(self) -> str:
        """The toolchain's version; starts it.

        Raises: ToolchainError where it is missing (G401) or does not start (G402).
        """
        return str(self._worker.found()["version"])

    def ask(self, step: str, *arguments: Any) -> Any:
        """What a step of the session gives; long vectors and matrices as :class:`Tensor`.

        An argument is a text, a number, a list of texts, an array of numbers, or a dict of such.
        Raises: ToolchainError as :meth:`Worker.ask`; G407 has the toolchain's own message.
        """
        tensors: dict[str, Tensor] = {}
        sent = [_sent(value, tensors) for value in arguments]
        header = {"do": "session", "key": "", "step": step, "arguments": sent}
        limits: dict[str, Any] = {"timeout": self._seconds, "memory": DEFAULT_MEMORY}
        reply = self._worker.ask(header, tensors, **limits)
        return received(reply.header["found"], reply.tensors)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._worker.end()


def _sent(value: Any, tensors: dict[str, Tensor]) -> Any:
    if isinstance(value, dict):
        return {name: _sent(part, tensors) for name, part in value.items()}
    if isinstance(value, bool | int | float | str) or _are_texts(value):
        return list(value) if isinstance(value, tuple) else value
    key = f"a{len(tensors)}"
    tensors[key] = tensor(value)
    return {"tensor": key}


def _are_texts(value: Any) -> bool:
    return isinstance(value, Sequence) and all(isinstance(item, str) for item in value)
