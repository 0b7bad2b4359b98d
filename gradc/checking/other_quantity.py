"""Whether a claimed gradient is right in another quantity, such as ∂L/∂z instead of ∂L/∂w."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradc.checking.claim import Measured
from gradc.checking.comparison import Cause, Vector
from gradc.checking.objective import summed
from gradc.checking.python_case import Case
from gradc.checking.python_model import Shift
from gradc.diff import value_and_gradient
from gradc.errors import GradcError
from gradc.ir import Function
from gradc.passes import legalize, simplify
from gradc.targets import TARGETS
from gradc.verify import bounds, true_values

_NAME = "moved_by"
_ALIKE = 1e-3


@dataclass(frozen=True, slots=True)
class Quantity:
    """A variable of the function whose derivative the claimed gradient is.

    ``off`` is how far off it is as that, at most, ``allowed`` the bound there.
    """

    name: str
    place: ast.Assign
    off: float
    allowed: float
    size: float


def other_quantity(case: Case, measured: Sequence[Measured]) -> Quantity | None:
    """The variable of the function that the claimed gradient is the derivative in."""
    answered = [one for one in measured if one.answer.gradient is not None]
    if not answered:
        return None
    size = len(_got(answered[0]))
    if any(len(_got(one)) != size for one in answered) or _is_multiple(answered):
        return None
    for place in _assignments(case):
        found = _compared(case, place, size, answered)
        if found is not None:
            return found
    return None


def _got(one: Measured) -> Vector:
    return np.asarray(one.answer.gradient, dtype=np.float64)


def _is_multiple(answered: Sequence[Measured]) -> bool:
    """Whether a whole number explains it, as 2 or 1/n: then it is that, and no other quantity."""
    ratios: list[float] = []
    for one in answered:
        got = _got(one)
        if got.shape != one.expected.shape or not np.all(one.expected):
            return False
        ratios += (got / one.expected).tolist()
    ratio = float(np.median(np.abs(ratios)))
    if ratio == 0.0 or float(np.ptp(ratios)) > _ALIKE * ratio:
        return False
    # Data that stay the same, as x does in w*x, are a constant factor too, but no whole number.
    larger = max(ratio, 1 / ratio)
    return abs(larger - round(larger)) <= _ALIKE * larger


def _assignments(case: Case) -> list[ast.Assign]:
    """The variables of the function, in the order of its text."""
    function = case.file.functions[case.pair.fn]
    return [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and not isinstance(node.value, ast.Constant)
    ]


def _compared(
    case: Case, place: ast.Assign, size: int, answered: Sequence[Measured]
) -> Quantity | None:
    if size == 1 and _has_rows(case, place):
        return None
    zero: Any = 0.0 if size == 1 else [0.0] * size
    shift = Shift(place.lineno, place.col_offset, _NAME, zero)
    try:
        function = case.read(case.pair.fn, part=case.part, shift=shift).built.function
        gradient = _gradient(function)
        legal = legalize(gradient, case.target, TARGETS[case.target].supports)
        off, allowed, largest = 0.0, 0.0, 0.0
        for one in answered:
            expected, radius = _true(gradient, legal, {**one.point, _NAME: zero}, case)
            got = _got(one)
            room = radius + 4 * np.spacing(np.abs(expected))
            if got.shape != expected.shape or not (np.abs(got - expected) <= room).all():
                return None
            k = int(np.argmax(np.abs(got - expected)))
            if abs(float(got[k] - expected[k])) >= off:
                off, allowed = abs(float(got[k] - expected[k])), float(radius[k])
            largest = max(largest, float(np.abs(expected).max()))
    except GradcError:
        return None
    name = place.targets[0].id  # type: ignore[attr-defined]
    return Quantity(name, place, off, allowed, largest) if largest else None


def _gradient(function: Function) -> Function:
    derived = simplify(value_and_gradient(summed(function).copy()))
    kept = {n: node for n, node in derived.outputs.items() if n == f"gradient:{_NAME}"}
    return derived.with_outputs(kept)


def _true(gradient: Function, legal: Function, point: Any, case: Case) -> tuple[Vector, Vector]:
    dtype, name = case.call.dtype, f"gradient:{_NAME}"
    truth = true_values(gradient, point, dtype=dtype)
    radii = bounds(legal, case.target, point, dtype).cells[name]
    return (
        np.array([float(cell.mid()) for cell in truth.cells[name]]),
        np.array([float(bound.radius.upper()) for bound in radii]),
    )


def _has_rows(case: Case, place: ast.Assign) -> bool:
    """Whether the variable is a vector, which a single number cannot be the derivative in."""
    if case.model is None:
        return True
    known = case.values()
    if not case.model.columns and all(np.size(known[name]) == 1 for name in case.model.inputs):
        return False  # data are vectors of any length in a model, and have one row here
    graph = case.model.built.function.graph
    wanted = case.file.span(place.value)
    for node in range(len(graph)):
        span = graph.place(node)
        here = span is not None and (span.start, span.end) == (wanted.start, wanted.end)
        if here and graph.prim(node) not in ("const", "input") and graph.types[node].shape:
            return True
    return False


def quantity_cause(case: Case, found: Quantity) -> Cause:
    """The finding in words, with what is missing to the gradient that was meant."""
    fn, line = case.pair.fn, found.place.lineno
    meant = ", ".join(f"∂{fn}/∂{name}" for name in case.wrt)
    slope = None
    if len(case.wrt) == 1:
        slope = slope_text(found.place.value, case.wrt[0])
    wrt = case.wrt[0]
    step = f"multiply it by ∂{found.name}/∂{wrt}" + ("" if slope is None else f" = {slope}")
    argument = case.call.argument(wrt)
    if argument.size == 1 and _has_rows(case, found.place):
        step += f" and sum: {found.name} has a value for each observation"
    return Cause(
        "other-quantity",
        f"it is ∂{fn}/∂{found.name}, with '{found.name}' of line {line}, and not {meant}",
        (f"it is right as ∂{fn}/∂{found.name} at every point that was tried",),
        step,
        primal=case.file.span(found.place),
        proved=True,
    )


def slope_text(node: ast.expr, name: str) -> str | None:
    """The derivative of a sum of products in one variable, as its user would write it.

    >>> slope_text(ast.parse("w * x + b", mode="eval").body, "w")
    'x'
    """
    if isinstance(node, ast.Name):
        return "1" if node.id == name else None
    if not isinstance(node, ast.BinOp):
        return None
    inside = [
        any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(side))
        for side in (node.left, node.right)
    ]
    if all(inside) or not any(inside):
        return None
    side, other = (node.left, node.right) if inside[0] else (node.right, node.left)
    inner = slope_text(side, name)
    if inner is None:
        return None
    if isinstance(node.op, ast.Add) or (isinstance(node.op, ast.Sub) and inside[0]):
        return inner
    if isinstance(node.op, ast.Mult):
        factor = ast.unparse(other)
        return factor if inner == "1" else f"{inner} * {factor}"
    return None
