"""Where TensorFlow's tape loses the parameters: the line, what cuts it there, and why.

The user's code runs below a tape of our own while each line's values are kept. A line that is
given a value with a derivative and leaves one without, on the way to the result, is the place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.checking.comparison import Cause
from gradc.checking.cuts import Cut, cuts_in, names_used
from gradc.checking.python_case import Case
from gradc.checking.python_file import PythonFile, last_name
from gradc.errors import Span
from gradc.run.module_python import Raised, Result


@dataclass(frozen=True, slots=True)
class _Line:
    """A statement that ran, with what was known before and what came of it."""

    statement: ast.stmt
    function: str
    before: Mapping[str, str]
    after: Mapping[str, str]

    def connected(self, node: ast.AST) -> set[str]:
        """The names in a part of the statement to which a derivative leads."""
        return {name for name in names_used(node) if self.before.get(name) == "connected"}


def detached(case: Case, missing: Sequence[str]) -> Cause | None:
    """Why the tape gives nothing, or too little; None where its record is whole.

    ``missing`` are the parameters for which it gives None.
    """
    pair = case.pair
    given = case.call.given(case.file, pair.gr, {})
    own_tape = pair.how == "tape" and not case.tapes_itself
    result = case.session.call(pair.gr, given, wrt=case.wrt, tape=own_tape, trace=True)
    evidence = _evidence(missing)
    if isinstance(result, Raised):
        lines, outside = list(_unrun(case)), None
    elif not own_tape and not result.tapes:
        return None
    else:
        lines = list(_lines(case.file, result))
        outside = _outside(case, result, lines) if missing else None
    if outside is not None:
        message, suggestion, span = outside
        return Cause("detached", message, evidence, suggestion, span, proved=True)
    found = _cut_line(case.file, lines)
    if found is None:
        return None
    line, cut = found
    return _cause(case.file, line, cut, evidence, proved=bool(missing))


def _evidence(missing: Sequence[str]) -> tuple[str, ...]:
    if not missing:
        return ()
    return (f"the tape gives None for {', '.join(missing)}",)


def _cause(
    file: PythonFile, line: _Line, cut: Cut | None, evidence: tuple[str, ...], *, proved: bool
) -> Cause:
    node: ast.AST = cut.node if cut is not None else line.statement
    span = file.span(node)
    number = span.source.place(span.start)[0]
    why = cut.why if cut is not None else "what it computes has no derivative for the tape"
    verb = "records nothing after" if proved else "does not see what is computed in"
    return Cause(
        "detached",
        f"the tape {verb} line {number}: {why}",
        evidence,
        cut.mend if cut is not None else None,
        span,
        proved=proved,
    )


def _lines(file: PythonFile, result: Result) -> Iterator[_Line]:
    statements = _by_line(file)
    for entry in result.lines:
        statement = statements.get(entry["line"])
        if statement is not None:
            yield _Line(statement, entry["function"], entry["before"], entry["after"])


def _unrun(case: Case) -> Iterator[_Line]:
    """The statements of the function as they are written, where they do not run below a trace."""
    known = set(case.wrt)
    for node in ast.walk(case.file.functions[case.pair.fn]):
        if isinstance(node, ast.Assign | ast.Return) and node.value is not None:
            if not names_used(node.value) & known:
                continue
            targets = node.targets if isinstance(node, ast.Assign) else []
            made = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            yield _Line(
                node,
                case.pair.fn,
                dict.fromkeys(known, "connected"),
                dict.fromkeys(made or {"return"}, "connected"),
            )
            known |= made


def _by_line(file: PythonFile) -> dict[int, ast.stmt]:
    """The innermost simple statement on each line."""
    found: dict[int, ast.stmt] = {}
    simple = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Expr)
    for node in ast.walk(file.module):
        if isinstance(node, simple):
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                found[line] = node
        elif isinstance(node, ast.Lambda):
            found.setdefault(node.lineno, ast.copy_location(ast.Return(node.body), node))
    return found


def _cut_line(file: PythonFile, lines: Sequence[_Line]) -> tuple[_Line, Cut | None] | None:
    """The first line that loses the parameters, else the first that loses some of them."""
    relevant = {name: _relevant(function) for name, function in _functions(file).items()}
    partly: tuple[_Line, Cut | None] | None = None
    for line in lines:
        wanted = relevant.get(line.function, set())
        results = {n: s for n, s in line.after.items() if n == "return" or n in wanted}
        value = getattr(line.statement, "value", None)
        if value is None:
            continue
        cut = next((c for c in cuts_in(value) if line.connected(c.node)), None)
        is_whole = isinstance(line.statement, ast.Return | ast.Expr)
        if "cut" in results.values() and line.connected(value) and not _is_gradient(value):
            return line, cut
        if cut is not None and partly is None and (results or is_whole):
            partly = line, cut
    return partly


def _is_gradient(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in ("gradient", "jacobian")


def _functions(file: PythonFile) -> dict[str, ast.FunctionDef]:
    inner = {n.name: n for n in ast.walk(file.module) if isinstance(n, ast.FunctionDef)}
    return {**inner, **file.functions}


def _relevant(function: ast.FunctionDef) -> set[str]:
    """The names that lead to what a function returns, or to what its tape differentiates."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            found |= names_used(node.value)
        if isinstance(node, ast.Call) and _is_gradient(node) and node.args:
            found |= names_used(node.args[0])
    while True:
        before = len(found)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                made = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
                if made & found:
                    found |= names_used(node.value)
        if len(found) == before:
            return found


# ------------------------------------------------------------------------- the tape itself

_Told = tuple[str, str, Span]


def _outside(case: Case, result: Result, lines: Sequence[_Line]) -> _Told | None:
    """That the tape was opened too late, or watches nothing; None where neither is so."""
    function = case.file.functions[case.pair.gr]
    entry: Mapping[str, Any] | None = next((t for t in result.tapes if any(t["none"])), None)
    if entry is None or entry["target"] != "connected":
        return None
    tape = next(
        (n for n in ast.walk(function) if isinstance(n, ast.With) and n.lineno < entry["line"]),
        None,
    )
    if tape is None:
        return None
    early = next(
        (
            line
            for line in lines
            if line.function == function.name
            and line.statement.lineno < tape.lineno
            and "connected" in line.after.values()
        ),
        None,
    )
    if early is not None:
        names = [name for name, state in early.after.items() if state == "connected"]
        message = (
            f"'{names[0]}' is computed in line {early.statement.lineno},"
            f" before the tape is opened in line {tape.lineno}"
        )
        return message, "compute it below 'with tf.GradientTape()'", case.file.span(early.statement)
    watched = any(isinstance(n, ast.Attribute) and n.attr == "watch" for n in ast.walk(tape))
    tensors = [n for n in case.wrt if case.call.argument(n).form.startswith("tensor")]
    if watched or not tensors:
        return None
    place = case.file.line_span(tape.lineno)
    shown = ", ".join(tensors)
    message = f"the tape does not watch {shown}: a tensor is watched only when asked for"
    return message, f"tape.watch({tensors[0]}) inside of it, or a tf.Variable", place
