"""A loop with carried values in R."""

from __future__ import annotations

from collections.abc import Callable

from gradc.emit.layout import wrap
from gradc.emit.loops import Loop


def element(sequence: str, counter: str) -> str:
    """The element of a sequence at the counter."""
    return f"{sequence}[[{counter}]]"


def loop_lines(loop: Loop, fresh: Callable[[str], str], indent: int, room: int = 80) -> list[str]:
    """The statements of a loop; ``fresh`` names what is kept while values are exchanged."""
    lines: list[str] = []

    def add(text: str, deeper: int = 0) -> None:
        lines.extend(wrap(text, indent + deeper, 2, room))

    for step in loop.starts:
        add(f"{step.name} <- {step.text}")
    for step in loop.stores:
        add(f"{step.name} <- numeric(length({loop.like}))")
    turns = f"seq_along({loop.like})"
    add(f"for ({loop.counter} in {f'rev({turns})' if loop.backwards else turns}) {{")
    for step in loop.body:
        add(f"{step.name} <- {step.text}", 2)
    for step in loop.stores:
        add(f"{step.name}[[{loop.counter}]] <- {step.text}", 2)
    for step in loop.ordered_updates(fresh):
        add(f"{step.name} <- {step.text}", 2)
    add("}")
    return lines
