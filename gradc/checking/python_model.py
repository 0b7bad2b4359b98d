"""One function of a Python file as a model: the part of the file that it needs, and no more.

Numbers behind global names are known from the running module: arrays become inputs with those
values, whatever code made them; single numbers become constants.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradc.checking.columns import ByColumns, column_name, matrices_in
from gradc.checking.python_file import PythonFile, dotted, last_name, parameters
from gradc.errors import GradcError, fail
from gradc.frontend import Built, build
from gradc.run.module_python import Module

_SAME = {"numpy", "item", "stop_gradient", "identity", "convert_to_tensor", "ensure_shape",
         "value", "read_value"}  # fmt: skip
"""Functions and methods that leave numbers as they are, whatever they do to a tape."""

_TYPED = {"cast", "constant", "Variable", "float32", "float64", "to_float", "asarray"}
_FOREIGN = {"numpy_function", "py_function"}


WEIGHTS = "weights_of_rows"


@dataclass(frozen=True, slots=True)
class Shift:
    """An input that is added to what an assignment gives, 0 everywhere, to differentiate by."""

    line: int
    column: int
    name: str
    zero: Any


@dataclass(frozen=True, slots=True)
class PythonModel:
    """A function as gradc reads it; ``inputs`` gives the name in the model for each argument.

    ``weights`` are those of the rows where a sum of them stands for a function that has many,
    ``columns`` those of matrices.
    """

    built: Built
    inputs: Mapping[str, str]
    data: tuple[str, ...]
    weights: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)


def read_function(
    file: PythonFile,
    name: str,
    module: Module,
    wrt: Sequence[str],
    at: Mapping[str, Any],
    *,
    part: int | None = None,
    weighted: int = 0,
    shift: Shift | None = None,
    meant_by: Mapping[str, str] | None = None,
    custom: bool = False,
) -> PythonModel:
    """A function of the file as a model of its arguments.

    ``wrt`` are arguments or global names; ``at`` gives lengths of vectors. With ``part`` the
    function gives several values, of which this is one.
    Raises: GradcError where the function goes beyond the language.
    """
    matrices = ByColumns(file, matrices_in(at, wrt))
    slicer = _Slice(file, module, frozenset(wrt), matrices, name if custom else "")
    slicer.add(name)
    if shift is not None:
        slicer.shift(shift)
    function = file.functions[name]
    if meant_by is None:
        known = (formal for formal in parameters(function) if formal in at or formal in wrt)
        meant_by = {formal: formal for formal in known}
    meant_by = {f: n for f, n in meant_by.items() if f not in matrices.used}
    taken = slicer.names()
    inputs = {formal: _free(name, taken) for formal, name in meant_by.items()}
    body = [*slicer.statements(), _call(function, name, inputs, part, weighted)]
    reduced = ast.Module(body=body, type_ignores=[])
    renamed = {name: inputs[formal] for formal, name in meant_by.items()}
    every = [*wrt, *meant_by.values(), *slicer.data]
    meant = {n: renamed.get(n, n) for n in every}
    lengths = {meant[n]: at[n] for n in every if n in at}
    columns = {
        column_name(matrix, k): np.asarray(at[matrix])[:, k].tolist()
        for matrix in sorted(matrices.used)
        for k in range(matrices.matrices[matrix])
    }
    lengths |= columns
    weights: dict[str, Any] = {}
    if weighted:
        weights[WEIGHTS] = [round(0.5 + ((7 * k) % 11) / 10, 2) for k in range(weighted)]
        lengths |= weights
    sought = [meant[n] for n in wrt]
    if shift is not None:
        lengths[shift.name], sought = shift.zero, [*sought, shift.name]
    built = build(
        file.source,
        syntax="python",
        wrt=sought,
        at=lengths,
        name=name.strip("_") or "f",
        module=reduced,
    )
    return PythonModel(built, meant, tuple(slicer.data), weights, columns)


def _free(name: str, taken: frozenset[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _call(
    function: ast.FunctionDef,
    name: str,
    inputs: Mapping[str, str],
    part: int | None,
    weighted: int = 0,
) -> ast.stmt:
    """The last statement of the model: the call whose value it is."""
    keywords = [ast.keyword(formal, ast.Name(meant)) for formal, meant in inputs.items()]
    value: ast.expr = ast.Call(ast.Name(name), [], keywords)
    if part is not None:
        value = ast.Subscript(value, ast.Constant(part))
    if weighted:
        value = ast.Call(ast.Name("sum"), [ast.BinOp(value, ast.Mult(), ast.Name(WEIGHTS))], [])
    made = ast.Expr(value)
    for node in ast.walk(made):
        ast.copy_location(node, function)
        if isinstance(node, ast.expr | ast.stmt | ast.keyword):
            node.end_lineno, node.end_col_offset = function.lineno, function.col_offset
    return made


class _Slice:
    """The statements that a function needs."""

    def __init__(
        self,
        file: PythonFile,
        module: Module,
        wrt: frozenset[str],
        matrices: ByColumns,
        custom: str = "",
    ) -> None:
        self.matrices = matrices
        self.file = file
        self.module = module
        self.wrt = wrt
        self.custom = custom
        self.kept: dict[str, ast.stmt] = {}
        self.data: list[str] = []

    def add(self, name: str) -> None:
        """A function, and whatever it names."""
        pending = [name]
        while pending:
            name = pending.pop()
            if name in self.kept:
                continue
            function = self.file.functions[name]
            made = Plain(self.file, name == self.custom).visit(copy.deepcopy(function))
            made = self.matrices.visit(made)
            self.kept[name] = ast.fix_missing_locations(made)
            local = {a.arg for a in ast.walk(made) if isinstance(a, ast.arg)}
            for node in ast.walk(made):
                if isinstance(node, ast.Name) and node.id not in local:
                    if node.id in self.file.functions:
                        pending.append(node.id)
                    else:
                        self._number(node.id)

    def _number(self, name: str) -> None:
        if name in self.kept or name in self.data or name not in self.module.numbers:
            return
        kind, tensor = self.module.numbers[name]
        if kind == "number" and name not in self.wrt:
            assignment = ast.parse(f"{name} = {_literal(tensor.data[0])}").body[0]
            self.kept[name] = assignment
        elif name not in self.wrt and name not in self.matrices.used:
            self.data.append(name)

    def shift(self, shift: Shift) -> None:
        """Add the input of a shift to an assignment."""
        for statement in self.kept.values():
            for node in ast.walk(statement):
                is_place = isinstance(node, ast.Assign) and (
                    (node.lineno, node.col_offset) == (shift.line, shift.column)
                )
                if is_place:
                    added = ast.copy_location(ast.Name(shift.name), node.value)  # type: ignore[attr-defined]
                    made = ast.BinOp(node.value, ast.Add(), added)  # type: ignore[attr-defined]
                    node.value = ast.copy_location(made, node.value)  # type: ignore[attr-defined]

    def names(self) -> frozenset[str]:
        """Names that are taken by what is kept."""
        return frozenset((*self.kept, *self.data, *self.wrt & set(self.module.numbers)))

    def statements(self) -> list[ast.stmt]:
        """Imports, constants and functions."""
        imports = [
            node
            for node in ast.walk(self.file.module)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        numbers = [s for s in self.kept.values() if isinstance(s, ast.Assign)]
        functions = [s for s in self.kept.values() if not isinstance(s, ast.Assign)]
        return [*imports, *numbers, *functions]


def _literal(number: float) -> str:
    return repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


class Plain(ast.NodeTransformer):
    """The mathematics of a function: without decorators, tapes and changes of type."""

    def __init__(self, file: PythonFile, custom: bool = False) -> None:
        self.file = file
        self.custom = custom
        self.tapes: set[str] = set()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        is_custom = any(last_name(d) == "custom_gradient" for d in node.decorator_list)
        node.decorator_list = []
        node.returns = None
        for item in (*node.args.args, *node.args.kwonlyargs):
            item.annotation = None
        if is_custom:
            _without_gradient(node, self.custom)
        node.body = self._block(node.body)
        return node

    def _block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in statements:
            made = self.visit(statement)
            found += made if isinstance(made, list) else [made] if made is not None else []
        return found or [ast.Pass()]

    def visit_With(self, node: ast.With) -> Any:
        tapes = [i for i in node.items if last_name(getattr(i.context_expr, "func", i)) in _TAPES]
        if len(tapes) != len(node.items):
            return node
        self.tapes |= {i.optional_vars.id for i in tapes if isinstance(i.optional_vars, ast.Name)}
        return self._block(node.body)

    def visit_Expr(self, node: ast.Expr) -> Any:
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            if isinstance(owner, ast.Name) and owner.id in self.tapes:
                return None
            if dotted(call.func) in ("tf.print", "tf.debugging.check_numerics"):
                return None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        name = last_name(node.func)
        if isinstance(node.func, ast.Attribute) and name in ("gradient", "jacobian"):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id in self.tapes and node.args:
                return node.args[0]
        if isinstance(node.func, ast.Attribute):
            if name in _SAME and not node.args and not node.keywords:
                return node.func.value
            if name in _SAME and node.args and dotted(node.func).startswith("tf."):
                return node.args[0]
            if name in _FOREIGN and len(node.args) > 1:
                return _spread(node)
        if dotted(node.func).startswith("tf.") and name in _PRODUCTS and len(node.args) > 1:
            return _product(node, name)
        if dotted(node.func) == "tf.stack" and len(node.args) == 1 and not node.keywords:
            return node.args[0]
        return self._untyped(node, name)

    def _untyped(self, node: ast.Call, name: str) -> Any:
        """Without the number of bits: it is the bound that knows of them."""
        is_module = isinstance(node.func, ast.Attribute) and dotted(node.func.value) in _MODULES
        if not is_module or name not in _TYPED or not node.args:
            return node
        others = [*node.args[1:], *(k.value for k in node.keywords if k.arg != "name")]
        if others and not all("float" in ast.unparse(other) for other in others):
            return node
        inner = node.args[0]
        if isinstance(inner, ast.List | ast.Tuple):
            node.args, node.keywords = [inner], []
            return node
        return inner


_TAPES = ("GradientTape",)
_MODULES = ("tf", "np", "numpy", "tensorflow", "jnp", "tf.math")


_PRODUCTS = ("tensordot", "matvec", "matmul")


def _product(node: ast.Call, name: str) -> ast.expr:
    """``tf.tensordot(a, b, 1)`` as ``a @ b``."""
    axes = [*node.args[2:], *(k.value for k in node.keywords if k.arg == "axes")]
    others = [k for k in node.keywords if k.arg != "axes"]
    is_one = not axes or (isinstance(axes[0], ast.Constant) and axes[0].value == 1)
    if others or not is_one or (name == "tensordot" and not axes):
        return node
    return ast.copy_location(ast.BinOp(node.args[0], ast.MatMult(), node.args[1]), node)


def _spread(node: ast.Call) -> ast.expr:
    """``tf.numpy_function(f, [a, b], …)`` as ``f(a, b)``."""
    inner = node.args[1]
    if not isinstance(inner, ast.List | ast.Tuple):
        return node
    return ast.copy_location(ast.Call(node.args[0], inner.elts, []), node)


def _without_gradient(node: ast.FunctionDef, custom: bool) -> None:
    """Of ``return value, grad`` only the value, or only the gradient for a cotangent of 1."""
    last = node.body[-1]
    if not (isinstance(last, ast.Return) and isinstance(last.value, ast.Tuple)):
        raise fail("G104", "a custom gradient that does not end with 'return value, gradient'")
    value, gradient = last.value.elts[0], last.value.elts[1]
    if custom:
        last.value = ast.copy_location(ast.Call(gradient, [ast.Constant(1.0)], []), gradient)
        return
    last.value = value
    node.body = [
        s
        for s in node.body
        if not (
            isinstance(s, ast.FunctionDef)
            and isinstance(gradient, ast.Name)
            and s.name == gradient.id
        )
    ]


__all__ = ["GradcError", "Plain", "PythonModel", "read_function"]
