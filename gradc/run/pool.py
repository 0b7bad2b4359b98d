"""One worker a toolchain, started when first needed, restarted after a failure."""

from __future__ import annotations

import atexit
import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from gradc.run.child import DEFAULT_MEMORY, Child
from gradc.run.program import ToolchainError
from gradc.run.wire import Message, Tensor, encode

_KEPT_PROGRAMS = 64


class Worker:
    """A toolchain with its child, if one runs; hold :attr:`lock` while using it."""

    def __init__(self, toolchain: str) -> None:
        self.toolchain = toolchain
        self.lock = threading.RLock()
        self._child: Child | None = None
        self._found: dict[str, Any] = {}
        self._loaded: OrderedDict[str, None] = OrderedDict()

    def found(self) -> dict[str, Any]:
        """What the running toolchain said about itself; starts it.

        Raises: ToolchainError where it is missing or does not start.
        """
        self._running()
        return self._found

    def _running(self) -> Child:
        if self._child is not None and self._child.alive():
            return self._child
        self.end()
        try:
            child = Child(self.toolchain)
        except OSError as error:
            raise ToolchainError("G402", f"no process can be started: {error}") from error
        header = child.greeting(DEFAULT_MEMORY).header
        if "error" in header:
            child.end()
            raise ToolchainError(**header["error"])
        self._child, self._found = child, header
        return child

    def ask(
        self,
        header: Mapping[str, Any],
        tensors: Mapping[str, Tensor],
        *,
        timeout: float,
        memory: int,
    ) -> Message:
        """One request and its reply.

        Raises: ToolchainError for every way in which there is no answer.
        """
        child = self._running()
        request = encode({**header, "memory": memory}, tensors)
        try:
            reply = child.exchange(request, timeout=timeout, memory=memory)
        except BaseException:
            self.end()
            raise
        if "error" in reply.header:
            raise ToolchainError(**reply.header["error"])
        return reply

    def load(self, key: str, header: Mapping[str, Any], *, timeout: float, memory: int) -> None:
        """Have the child hold a program under a key.

        Raises: ToolchainError as :meth:`ask`.
        """
        self._running()
        if key in self._loaded:
            self._loaded.move_to_end(key)
            return
        limits: dict[str, Any] = {"timeout": timeout, "memory": memory}
        while len(self._loaded) >= _KEPT_PROGRAMS:
            oldest, _ = self._loaded.popitem(last=False)
            self.ask({"do": "forget", "key": oldest}, {}, **limits)
        self.ask({**header, "do": "load", "key": key}, {}, **limits)
        self._loaded[key] = None

    def end(self) -> None:
        """End the child, if one runs; the next request starts another."""
        child, self._child = self._child, None
        self._loaded.clear()
        if child is not None:
            child.end()

    def forget(self) -> None:
        """Let go of a child that belongs to the parent of a fork."""
        if self._child is not None:
            self._child.forget()
        self._child = None
        self._loaded.clear()
        self.lock = threading.RLock()


class Pool:
    """The workers of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers: dict[str, Worker] = {}
        self._private: weakref.WeakSet[Worker] = weakref.WeakSet()

    def private(self, toolchain: str) -> Worker:
        """A worker that nobody else is given; its owner ends it, or the end of this process."""
        worker = Worker(toolchain)
        with self._lock:
            self._private.add(worker)
        return worker

    def worker(self, toolchain: str) -> Worker:
        """The worker of a toolchain; nothing is started yet."""
        with self._lock:
            return self._workers.setdefault(toolchain, Worker(toolchain))

    def close(self) -> None:
        """End all children; the pool can be used again."""
        with self._lock:
            workers = [*self._workers.values(), *self._private]
            self._workers.clear()
        for worker in workers:
            # A thread that never lets go must not keep the interpreter from ending.
            held = worker.lock.acquire(timeout=2)
            worker.end()
            if held:
                worker.lock.release()

    def forget(self) -> None:
        """Begin anew after a fork, whose locks and children belong to the parent."""
        for worker in (*self._workers.values(), *self._private):
            worker.forget()
        self._lock = threading.Lock()
        self._workers = {}


POOL = Pool()
atexit.register(POOL.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
