"""What the imports of a Python text call things."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradc.syntax.python_reader import Reader


def imports(reader: Reader, module: ast.Module) -> dict[str, str]:
    """Local names and where they are from, ``np`` from ``numpy``; ``*`` from all stars in order.

    Raises
    ------
        GradcError: a name is imported from two places, so that it means either (G104).
    """
    found: dict[str, str] = {}
    for statement in _statements(module):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        for alias in statement.names:
            name, origin = _meaning(statement, alias)
            if name == "*" and name in found:
                found[name] += f",{origin}"
            elif found.setdefault(name, origin) != origin:
                raise reader.outside(alias, f"{name!r} imported from two places")
    return found


def _meaning(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> tuple[str, str]:
    if isinstance(statement, ast.Import):
        first = alias.name.partition(".")[0]
        return (alias.asname, alias.name) if alias.asname else (first, first)
    module = "." * statement.level + (statement.module or "")
    if alias.name == "*":
        return "*", module
    separator = "." if statement.module else ""
    return alias.asname or alias.name, f"{module}{separator}{alias.name}"


def _statements(module: ast.Module) -> Iterator[ast.stmt]:
    """All statements in the order of the text, those below a heading included."""
    pending = module.body[::-1]
    while pending:
        statement = pending.pop()
        yield statement
        for below in ("orelse", "body"):
            pending += getattr(statement, below, [])[::-1]
