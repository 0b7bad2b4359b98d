"""The intermediate results of a program at a point, from its real toolchain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.compile_tmb import Limits
from gradc.run.evaluate import point_tensors, prepare
from gradc.run.pool import POOL
from gradc.run.program import Point, Program

TRACED = frozenset({"numpy", "r", "tf"})
"""Targets whose programs show their intermediate results."""
_ELEMENT = re.compile(r"(.+?)\[\[?(\d+)\]\]?")


def trace(
    program: Program, point: Point, names: Sequence[str], *, timeout: float = 120.0
) -> dict[str, Any]:
    """What the program gave to each of these names, as numbers or nested lists of rows.

    A name may be an element of a vector or list, ``t[3]``. What the program never came to is
    left out; conditions are 0 and 1.
    Raises: ToolchainError as :func:`gradc.run.run`.
    """
    limits = Limits(timeout, DEFAULT_MEMORY)
    arguments = point_tensors(program, point)
    worker = POOL.worker(program.toolchain)
    with worker.lock:
        call = prepare(worker, program, limits)
        worker.load(call.key, call.header, timeout=timeout, memory=limits.memory)
        header = {"do": "trace", "key": call.key, "steps": [_step(name) for name in names]}
        tensors = {str(number): value for number, value in enumerate(arguments)}
        reply = worker.ask(header, tensors, timeout=timeout, memory=limits.memory)
    found = {}
    for number, name in enumerate(names):
        step = reply.tensors.get(f"step.{number}")
        if step is not None:
            found[name] = step.nested()
    return found


def _step(name: str) -> tuple[str, int | None]:
    """The variable, and which of its elements is meant."""
    element = _ELEMENT.fullmatch(name)
    return (name, None) if element is None else (element[1], int(element[2]))
