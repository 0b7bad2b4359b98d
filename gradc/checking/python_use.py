"""What uses a gradient: a call of an optimiser, or the part of the file that runs."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from gradc.checking.python_file import PythonFile, last_name
from gradc.checking.python_pairs import Pair

_TAPED = "any tape"


def used_by(file: PythonFile, pairs: Sequence[Pair]) -> list[str]:
    """For each pair what uses its gradient; empty where something else is used and it is not."""
    reached = _reached(file)
    uses = [
        _call_text(pair) if pair.used else "the script" if pair.gr in reached else ""
        for pair in pairs
    ]
    if any(pair.how != "tape" and use for pair, use in zip(pairs, uses, strict=True)):
        # A function of tensors is differentiated wherever it is used.
        uses = [use or _TAPED * (pair.how == "tape") for pair, use in zip(pairs, uses, strict=True)]
    if not any(uses):
        return ["nothing in this file, which only defines it"] * len(uses)
    return uses


def _call_text(pair: Pair) -> str:
    return "" if pair.used is None else f"{pair.used.text.partition('(')[0]}()"


def _reached(file: PythonFile) -> set[str]:
    """The functions that the part of the file outside of functions calls or hands over."""
    found: set[str] = set()
    pending = [
        node.id
        for statement in file.module.body
        if not isinstance(statement, ast.FunctionDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    ]
    while pending:
        name = pending.pop()
        if name in found or name not in file.functions:
            continue
        found.add(name)
        pending += [last_name(n) for n in ast.walk(file.functions[name]) if isinstance(n, ast.Name)]
    return found
