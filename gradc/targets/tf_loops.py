"""A loop with carried values in TensorFlow: ``tf.scan`` over the sequences.

The state of a turn has the carried values and what the turn leaves; ``tf.scan`` stacks the
states of all turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradc.emit.loops import Loop
from gradc.targets.python import assignment, tuple_lines, unpack


def loop_writer(fresh: Callable[[str], str]) -> Callable[[Loop, int], list[str]]:
    """A writer of loops; ``fresh`` names the function that is one turn."""

    def write(loop: Loop, indent: int) -> list[str]:
        return _lines(loop, indent, fresh)

    return write


def _lines(loop: Loop, indent: int, fresh: Callable[[str], str]) -> list[str]:
    pad = " " * indent
    turn, state, sequence = fresh("turn"), fresh("state"), fresh("row")
    carried = [step.name for step in loop.starts]
    ignored = ["_"] * len(loop.stores)
    lines = ["", f"{pad}def {turn}({state}, {sequence}):"]
    lines += _unpacked([*carried, *ignored], state, indent + 4)
    lines += _unpacked([step.name for step in loop.elements], sequence, indent + 4)
    for step in loop.body:
        lines += assignment(step.name, step.text, indent + 4)
    left = [_typed(step.text) for step in (*loop.updates, *loop.stores)]
    lines += [*tuple_lines("return ", left, indent + 4), ""]
    starts = [_typed(step.text) for step in loop.starts]
    starts += ["tf.zeros([], dtype)"] * len(loop.stores)
    rows = ", ".join(step.text for step in loop.elements)
    arguments = [turn, f"({rows},)", f"({', '.join(starts)},)"]
    if loop.backwards:
        arguments.append("reverse=True")
    results = [*carried, *(step.name for step in loop.stores)]
    lines += unpack(results, "tf.scan", arguments, indent)
    last = 0 if loop.backwards else -1
    for name in carried:
        lines.append(f"{pad}{name} = {name}[{last}]")
    return lines


def _unpacked(names: Sequence[str], value: str, indent: int) -> list[str]:
    left = ", ".join(names) + ("," if len(names) == 1 else "")
    return assignment(left, value, indent)


def _typed(text: str) -> str:
    """The text as a tensor of the arguments' dtype, which a bare number is not."""
    return f"tf.convert_to_tensor({text}, dtype)" if _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
