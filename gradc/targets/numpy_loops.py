"""A loop with carried values in NumPy: a loop of Python over scalars."""

from __future__ import annotations

from gradc.emit.loops import Loop
from gradc.targets.python import assignment, statement


def element(sequence: str, counter: str) -> str:
    """The element of a sequence at the counter."""
    return f"{sequence}[{counter}]"


def loop_lines(loop: Loop, indent: int) -> list[str]:
    """The statements of a loop."""
    pad, deeper = " " * indent, indent + 4
    lines: list[str] = []
    for step in loop.starts:
        lines += assignment(step.name, step.text, indent)
    for step in loop.stores:
        lines.append(f"{pad}{step.name} = np.empty_like({loop.like})")
    turns = f"range(len({loop.like}))"
    turns = f"reversed({turns})" if loop.backwards else turns
    lines.append(f"{pad}for {loop.counter} in {turns}:")
    for step in loop.body:
        lines += assignment(step.name, step.text, deeper)
    for step in loop.stores:
        lines += statement(f"{step.name}[{loop.counter}] = ", step.text, deeper)
    moved = [step for step in loop.updates if step.text != step.name]
    if moved:
        names = ", ".join(step.name for step in moved)
        lines += statement(f"{names} = ", ", ".join(step.text for step in moved), deeper)
    return lines
