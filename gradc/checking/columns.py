"""Data matrices of Python code by their columns: each is a vector of its own.

Functions of Python are read with numbers and vectors. ``X[:, 1]``, ``X @ beta`` and ``X.T @ r``
are all that regressions do with their matrix, and columns say the same.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradc.checking.findings import Findings
from gradc.checking.python_file import PythonFile, last_name, parameters
from gradc.errors import GradcError, fail

_MOST = 60


def matrices_in(values: Mapping[str, Any], wrt: Sequence[str]) -> dict[str, int]:
    """The data that are matrices, and how many columns each has."""
    found: dict[str, int] = {}
    for name, value in values.items():
        shape = np.shape(value)
        if name not in wrt and len(shape) == 2 and 0 < shape[1] <= _MOST:
            found[name] = shape[1]
    return found


def column_name(matrix: str, number: int) -> str:
    """What a column is called in the model."""
    return f"{matrix}_column_{number}"


def by_columns(found: Findings) -> Findings:
    """The findings with columns as their user writes them: ``X[:, 0]``."""

    def shown(text: str | None) -> str | None:
        return None if text is None else re.sub(r"(\w+?)_column_(\d+)", r"\1[:, \2]", text)

    changed = [
        replace(
            finding,
            message=shown(finding.message) or "",
            suggestion=shown(finding.suggestion),
            evidence=tuple(shown(line) or "" for line in finding.evidence),
        )
        for finding in found.findings
    ]
    return replace(found, findings=tuple(changed))


class ByColumns(ast.NodeTransformer):
    """Writes what is done with matrices as sums over columns."""

    def __init__(self, file: PythonFile, matrices: Mapping[str, int]) -> None:
        self.file = file
        self.matrices = matrices
        self.used: set[str] = set()
        self.numpy = _alias(file)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        names = [a.arg for a in node.args.args]
        if node.args.defaults and self.matrices.keys() & set(names[-len(node.args.defaults) :]):
            return node
        self.used |= self.matrices.keys() & set(names)
        node.args.args = [a for a in node.args.args if a.arg not in self.matrices]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        name = last_name(node.func)
        if isinstance(node.func, ast.Attribute) and name == "dot":
            sides = [node.func.value, *node.args] if len(node.args) == 1 else node.args
            made = self._product(node, sides)
            if made is not None:
                return made
        if name == "len" and self._matrix(node.args[0] if node.args else node):
            return self._size(node, self._matrix(node.args[0]), 0)
        if isinstance(node.func, ast.Name) and node.func.id in self.file.functions:
            self._without_matrices(node, parameters(self.file.functions[node.func.id]))
        return self.generic_visit(node)

    def _without_matrices(self, node: ast.Call, formals: Sequence[str]) -> None:
        """A call of a function whose matrices are no arguments any more."""
        given = dict(zip(formals, node.args, strict=False))
        given |= {k.arg: k.value for k in node.keywords if k.arg}
        for name in self.matrices.keys() & given.keys():
            if self._matrix(given[name]) != name:
                raise self._beyond(node, name)
        node.args = [a for f, a in zip(formals, node.args, strict=False) if f not in self.matrices]
        node.keywords = [k for k in node.keywords if k.arg not in self.matrices]

    def _beyond(self, node: ast.AST, name: str) -> GradcError:
        return fail("G104", f"the matrix '{name}' is another one here", self.file.span(node))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.MatMult):
            made = self._product(node, [node.left, node.right])
            if made is not None:
                return made
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        matrix, index = self._matrix(node.value), node.slice
        if matrix and isinstance(index, ast.Tuple) and len(index.elts) == 2:
            rows, column = index.elts
            whole = isinstance(rows, ast.Slice) and not (rows.lower or rows.upper or rows.step)
            if whole and isinstance(column, ast.Constant) and isinstance(column.value, int):
                return self._column(node, matrix, column.value % self.matrices[matrix])
        shape = node.value
        if isinstance(shape, ast.Attribute) and shape.attr == "shape":
            owner = self._matrix(shape.value)
            if owner and isinstance(index, ast.Constant) and index.value in (0, 1):
                return self._size(node, owner, int(str(index.value)))
        return self.generic_visit(node)

    def _matrix(self, node: ast.AST) -> str:
        """The matrix that a name stands for; empty for anything else."""
        is_one = isinstance(node, ast.Name) and node.id in self.matrices
        if not is_one:
            return ""
        self.used.add(node.id)  # type: ignore[attr-defined]
        return node.id  # type: ignore[attr-defined, no-any-return]

    def _column(self, place: ast.expr, matrix: str, number: int) -> ast.expr:
        return ast.copy_location(ast.Name(column_name(matrix, number), ast.Load()), place)

    def _size(self, place: ast.expr, matrix: str, axis: int) -> ast.expr:
        if axis == 1:
            return ast.copy_location(ast.Constant(self.matrices[matrix]), place)
        call = ast.Call(ast.Name("len", ast.Load()), [self._column(place, matrix, 0)], [])
        return _placed(call, place)

    def _product(self, node: ast.expr, sides: Sequence[ast.expr]) -> ast.expr | None:
        """``X @ v`` and ``X.T @ r``; None for any other product."""
        if len(sides) != 2:
            return None
        left, right = sides
        matrix = self._matrix(left)
        if matrix:
            return self._rows(node, matrix, self.visit(right))
        if isinstance(left, ast.Attribute) and left.attr == "T":
            matrix = self._matrix(left.value)
            return self._sums(node, matrix, self.visit(right)) if matrix else None
        return None

    def _rows(self, node: ast.expr, matrix: str, vector: ast.expr) -> ast.expr:
        """``X @ v``: the columns times the elements of a vector, added up."""

        def term(k: int) -> ast.expr:
            element = ast.Subscript(copy.deepcopy(vector), ast.Constant(k), ast.Load())
            return ast.BinOp(self._column(node, matrix, k), ast.Mult(), element)

        return _placed(self._added(matrix, term), node)

    def _added(self, matrix: str, term: Callable[[int], ast.expr]) -> ast.expr:
        total = term(0)
        for k in range(1, self.matrices[matrix]):
            total = ast.BinOp(total, ast.Add(), term(k))
        return total

    def _sums(self, node: ast.expr, matrix: str, vector: ast.expr) -> ast.expr:
        """``X.T @ r``: the sum of each column times a vector."""
        sums: list[ast.expr] = []
        for k in range(self.matrices[matrix]):
            product = ast.BinOp(self._column(node, matrix, k), ast.Mult(), copy.deepcopy(vector))
            sums.append(ast.Call(self._of_numpy("sum"), [product], []))
        made = ast.Call(self._of_numpy("array"), [ast.List(sums, ast.Load())], [])
        return _placed(made, node)

    def _of_numpy(self, name: str) -> ast.expr:
        return ast.Attribute(ast.Name(self.numpy, ast.Load()), name, ast.Load())


def _placed(made: ast.expr, place: ast.expr) -> ast.expr:
    """A new expression, all of it at the place of an old one."""
    for part in ast.walk(made):
        if isinstance(part, ast.expr) and not hasattr(part, "lineno"):
            ast.copy_location(part, place)
    return made


def _alias(file: PythonFile) -> str:
    """What the file calls NumPy."""
    for node in ast.walk(file.module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "numpy":
                    return alias.asname or "numpy"
    return "np"
