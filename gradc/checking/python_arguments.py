"""What a pair of a Python file is called with: values from its own calls, or made up."""

from __future__ import annotations

import ast
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradc.checking.python_file import (
    PythonFile,
    Spelt,
    dotted,
    last_name,
    parameters,
    spelt_value,
)
from gradc.checking.python_pairs import Pair, call_arguments, defaults
from gradc.run.module_python import Given, Module

_ROWS = 5


@dataclass(frozen=True, slots=True)
class Argument:
    """One input of a call: its value, the form that the user's code takes, where it goes."""

    name: str
    value: Any
    form: str
    by: str = "position"
    made_up: bool = False

    def given(self, value: Any) -> Given:
        """For a call with this value."""
        return Given(self.name, value, self.form, self.by)

    @property
    def size(self) -> int:
        return int(np.size(self.value))


@dataclass(frozen=True, slots=True)
class Call:
    """The inputs of a pair: the arguments of its functions, and global names."""

    arguments: tuple[Argument, ...]
    dtype: str
    uses_tensors: bool

    @property
    def order(self) -> list[str]:
        """The names of the arguments that go by position."""
        return [a.name for a in self.arguments if a.by == "position"]

    @property
    def certain(self) -> bool:
        """Whether no value had to be made up."""
        return not any(argument.made_up for argument in self.arguments)

    def argument(self, name: str) -> Argument:
        return next(argument for argument in self.arguments if argument.name == name)

    def given(self, file: PythonFile, function: str, moved: Mapping[str, Any]) -> list[Given]:
        """What a function of the pair is called with, some values replaced."""
        known = {a.name for a in self.arguments}
        meant = aligned(file.functions[function], list(known), self.order)
        wanted = [self.argument(meant[n]) for n in meant if meant[n] in known]
        wanted += [a for a in self.arguments if a.by == "global"]
        return [a.given(moved.get(a.name, a.value)) for a in wanted]


def aligned(
    function: ast.FunctionDef, known: Sequence[str], order: Sequence[str]
) -> dict[str, str]:
    """Which argument of the pair each of a function's own is: of the same name, else in order."""
    names = parameters(function)
    needed = names[: len(names) - len(function.args.defaults)]
    left = [name for name in order if name not in names]
    found: dict[str, str] = {}
    for name in names:
        if name in known:
            found[name] = name
        elif name in needed and left:
            found[name] = left.pop(0)
        elif name not in needed:
            break  # what follows would go by position in its place
    return found


def arguments_of(
    file: PythonFile, pair: Pair, module: Module, wrt: Sequence[str], at: Mapping[str, Any]
) -> Call:
    """The inputs of a pair, from ``at``, from the file's own calls, from names that are alike."""
    tensors = pair.how == "tape" or _uses_tensors(file, pair)
    spelt = {**file.spelt(), **_numbers(module)}
    called: dict[str, ast.expr] = {}
    for name in (pair.gr, pair.fn):
        called |= call_arguments(file, name)
    called |= pair.arguments
    function = file.functions[pair.fn]
    dtype = _dtype(file, spelt) if tensors else "float64"
    found: list[Argument] = []
    for name in parameters(function):
        known = _known(name, at, called, defaults(function), spelt)
        if known is None and name in defaults(function):
            continue
        if known is None:
            held = {**{n: s.value for n, s in spelt.items()}, **{a.name: a.value for a in found}}
            held |= {n: s.value for n, e in called.items() if (s := _resolved(e, spelt))}
            value, made_up = _made_up(file, pair, name, wrt, found, held), True
        else:
            value, made_up = known.value, False
        form = _form(known, tensors, dtype, is_param=name in wrt, value=value)
        found.append(Argument(name, value, form, made_up=made_up))
    for name in wrt:
        if all(a.name != name for a in found) and name in spelt:
            value = at.get(name, spelt[name].value)
            found.append(Argument(name, value, spelt[name].form, "global"))
    return Call(tuple(found), dtype, tensors)


def _numbers(module: Module) -> dict[str, Spelt]:
    return {name: Spelt(t.nested(), kind) for name, (kind, t) in module.numbers.items()}


def _known(
    name: str,
    at: Mapping[str, Any],
    called: Mapping[str, ast.expr],
    default: Mapping[str, ast.expr],
    spelt: Mapping[str, Spelt],
) -> Spelt | None:
    if name in at:
        form = next((s.form for s in (_resolved(called.get(name), spelt),) if s), "")
        return Spelt(at[name], form or (spelt[name].form if name in spelt else ""))
    for node in (called.get(name), default.get(name)):
        found = _resolved(node, spelt)
        if found is not None:
            return found
    return spelt.get(name)


def _resolved(node: ast.expr | None, spelt: Mapping[str, Spelt]) -> Spelt | None:
    if node is None:
        return None
    if isinstance(node, ast.Name):
        return spelt.get(node.id)
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
        inner, callee = spelt.get(node.args[0].id), last_name(node.func)
        if inner is not None and callee in ("constant", "Variable", "array", "asarray"):
            kind = {"constant": "tensor", "Variable": "variable"}.get(callee, "numpy")
            return Spelt(inner.value, f"{kind}.{inner.form.partition('.')[2] or 'float64'}")
    return spelt_value(node)


def _form(known: Spelt | None, tensors: bool, dtype: str, *, is_param: bool, value: Any) -> str:
    """How a value is handed over."""
    form = "" if known is None else known.form
    if tensors:
        if form.startswith(("tensor", "variable")):
            return form
        if is_param:
            return f"variable.{dtype}"
        return form if form in ("number", "list") or form.startswith("numpy") else f"tensor.{dtype}"
    if form in ("", "number") and np.ndim(value) == 0:
        return "number"
    return form if form.startswith("numpy.float") else "numpy.float64"


def _dtype(file: PythonFile, spelt: Mapping[str, Spelt]) -> str:
    kinds = [s.form for s in spelt.values() if s.form.startswith(("tensor.", "variable."))]
    if any(kind.endswith("float64") for kind in kinds):
        return "float64"
    return "float32" if any(k.endswith("float32") for k in kinds) else _named(file)


def _named(file: PythonFile) -> str:
    return "float64" if "float64" in file.source.text else "float32"


def _uses_tensors(file: PythonFile, pair: Pair) -> bool:
    """Whether the function or its gradient computes with TensorFlow, or a function they call."""
    pending, seen = [pair.fn, pair.gr], set[str]()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in ast.walk(file.functions[name]):
            if isinstance(node, ast.Attribute) and dotted(node).partition(".")[0] in (
                "tf", "tensorflow", "keras", "K",
            ):  # fmt: skip
                return True
            if isinstance(node, ast.Name) and node.id in file.functions:
                pending.append(node.id)
    return False


def _made_up(
    file: PythonFile,
    pair: Pair,
    name: str,
    wrt: Sequence[str],
    before: Sequence[Argument],
    held: Mapping[str, Any],
) -> Any:
    """A value for an argument that nothing tells of: single numbers, or rows of data."""
    seed = sum(map(ord, name))
    draw = random.Random(seed)  # noqa: S311 - points are to be the same again
    count = _count(file.functions[pair.fn], name) or _columns(file, name, held)
    if count:
        return [round(draw.uniform(0.3, 1.7), 3) for _ in range(count)]
    rows = next((a.size for a in before if a.name not in wrt and np.ndim(a.value) == 1), 0)
    if wrt and name not in wrt and (rows or _reduces(file, pair)):
        return [round(draw.uniform(0.3, 1.7), 3) for _ in range(rows or _ROWS)]
    return round(draw.uniform(0.3, 1.7), 3)


def _count(function: ast.FunctionDef, name: str) -> int:
    """How many elements a function uses of an argument: its largest index, or what it unpacks."""
    largest = 0
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and last_name(node.value) == name:
            index = node.slice
            if isinstance(index, ast.Constant) and isinstance(index.value, int):
                largest = max(largest, index.value + 1)
        if isinstance(node, ast.Assign) and last_name(node.value) == name:
            target = node.targets[0]
            if isinstance(target, ast.Tuple):
                largest = max(largest, len(target.elts))
    return largest


def _columns(file: PythonFile, name: str, held: Mapping[str, Any]) -> int:
    """The columns of the matrix that an argument is multiplied with; 0 where there is none."""
    for node in ast.walk(file.module):
        sides: list[ast.expr] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            sides = [node.left, node.right]
        elif isinstance(node, ast.Call) and last_name(node.func) in ("dot", "matvec"):
            owner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            sides = node.args if len(node.args) > 1 else [*owner, *node.args]
        if len(sides) == 2 and last_name(sides[1]) == name:
            matrix: Any = held.get(last_name(sides[0]), 0.0)
            shape = np.shape(matrix)
            if len(shape) == 2:
                return int(shape[1])
    return 0


def _reduces(file: PythonFile, pair: Pair) -> bool:
    text = ast.unparse(file.functions[pair.fn])
    return any(word in text for word in ("sum(", "mean(", "dot(", " @ ", "matvec("))


def choose_wrt(
    file: PythonFile, pair: Pair, call: Call, parts: Sequence[int], keys: Sequence[str]
) -> tuple[str, ...]:
    """The parameters, by what the gradient gives: one number for each of several arguments."""
    names = parameters(file.functions[pair.fn])
    if pair.wrt:
        return pair.wrt
    if keys and set(keys) <= set(names):
        return tuple(keys)
    sizes = {a.name: a.size for a in call.arguments}
    known = [name for name in names if name in sizes]
    if len(parts) > 1 and len(parts) <= len(known):
        return tuple(known[: len(parts)])
    total = sum(parts)
    first = known[:1]
    if first and sizes[first[0]] == 1 and 1 < total <= len(known):
        scalars = known[:total]
        if all(sizes[name] == 1 for name in scalars):
            return tuple(scalars)
    return tuple(first)


def with_forms(call: Call, wrt: Sequence[str]) -> Call:
    """The same call, its parameters as variables where the code computes with tensors."""
    if not call.uses_tensors:
        return call
    changed = [
        replace(a, form=f"variable.{call.dtype}")
        if a.name in wrt and a.made_up and a.form.startswith("tensor")
        else a
        for a in call.arguments
    ]
    return replace(call, arguments=tuple(changed))
