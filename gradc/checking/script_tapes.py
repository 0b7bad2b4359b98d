"""Tapes of a script's own training loop that gave None while the script ran."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from gradc.checking.codes import CODES
from gradc.checking.cuts import cuts_in, names_used
from gradc.checking.findings import Finding
from gradc.checking.python_file import PythonFile, last_name


def tape_findings(file: PythonFile, tapes: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """One finding for each line whose tape gave None, and what cut it, as the text tells."""
    found: dict[int, Finding] = {}
    for entry in tapes:
        lost = [n for n, none in zip(entry["sources"], entry["none"], strict=True) if none]
        if lost and entry["line"] not in found:
            found[entry["line"]] = _finding(file, entry["line"], [n for n in lost if n])
    return list(found.values())


def _finding(file: PythonFile, line: int, lost: Sequence[str]) -> Finding:
    names = ", ".join(lost) or "some of its variables"
    told = f"the tape gives None for {names} in line {line}"
    scope = _scope(file, line)
    call = next((n for n in ast.walk(scope) if _is_gradient(n) and n.lineno == line), None)  # type: ignore[attr-defined]
    if call is not None:
        found = _cut(file, scope, call, lost, told)
        if found is not None:
            return found
    return Finding(CODES["detached"], told, "detached", "error", file.line_span(line))


def _is_gradient(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last_name(node.func) in ("gradient", "jacobian")


def _scope(file: PythonFile, line: int) -> ast.AST:
    """The function that a line is in, or the whole file."""
    inside = [
        node
        for node in ast.walk(file.module)
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(inside, key=lambda node: node.lineno) if inside else file.module


def _cut(
    file: PythonFile, scope: ast.AST, call: Any, lost: Sequence[str], told: str
) -> Finding | None:
    """What makes the finding, where a statement on the way to the target cuts the tape."""
    known, target = set(lost), names_used(call.args[0])
    statements = sorted(
        (n for n in ast.walk(scope) if isinstance(n, ast.Assign | ast.AugAssign)),
        key=lambda node: node.lineno,
    )
    wanted = _wanted(statements, target)
    tape = _opened(scope, call)
    for statement in statements:
        used = names_used(statement.value) & known
        made = _made(statement)
        if not used or not made & wanted or statement.lineno > call.lineno:
            continue
        cut = next((c for c in cuts_in(statement.value) if names_used(c.node) & known), None)
        number = statement.lineno
        if cut is not None:
            place = file.span(cut.node)
            message, mend = f"after line {number}: {cut.why}", cut.mend
        elif tape is not None and number < tape.lineno and made & names_used(tape):
            shown = ", ".join(sorted(made))
            message = f"of '{shown}', which is computed before the tape is opened"
            place, mend = file.span(statement), "compute it below 'with tf.GradientTape()'"
        else:
            known |= made
            continue
        return Finding(
            CODES["detached"],
            f"the tape records nothing {message}",
            "detached",
            "error",
            place,
            evidence=(told,),
            suggestion=mend,
        )
    return None


def _opened(scope: ast.AST, call: Any) -> ast.With | None:
    """The block of the tape that is asked."""
    owner = last_name(call.func.value)
    blocks = [
        node
        for node in ast.walk(scope)
        if isinstance(node, ast.With)
        and any(last_name(i.optional_vars or node) == owner for i in node.items)
        and node.lineno < call.lineno
    ]
    return blocks[-1] if blocks else None


def _wanted(statements: Sequence[Any], target: set[str]) -> set[str]:
    """The names that lead to the target."""
    wanted = set(target)
    while True:
        before = len(wanted)
        for statement in statements:
            if _made(statement) & wanted:
                wanted |= names_used(statement.value)
        if len(wanted) == before:
            return wanted


def _made(statement: Any) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
