"""Functions made by hand, node by node, and their derivatives by complex steps.

An input is ``kind:shape``: ``"param:3"``, ``"data:n,k"``, ``"index:n"``; a shape names sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradc.emit import EmitModel
from gradc.ir import Function, Graph, Input, Size, known, make_type, symbol
from gradc.prims import Builder
from gradc.run import Argument, Numbers, Program
from gradc.targets import TARGETS

STEP = 1e-30


@dataclass(frozen=True)
class Case:
    """What is built, where it is evaluated, and the same in NumPy, which takes complex numbers."""

    name: str
    inputs: Mapping[str, str]
    build: Callable[..., int]
    truth: Callable[..., Any]
    point: Mapping[str, Any]


def size(text: str) -> Size:
    """``3``, ``n``, ``n-1``."""
    name, _, less = text.partition("-")
    if name.isdigit():
        return known(int(name))
    return symbol(name).plus(known(int(less or 0)), -1)


def function(case: Case, names: Mapping[str, Callable[..., int]] | None = None) -> Function:
    """The function of a case."""
    graph = Graph()
    inputs: list[Input] = []
    nodes: dict[str, int] = {}
    for name, text in case.inputs.items():
        kind, _, shape = text.partition(":")
        type_ = make_type("real", tuple(map(size, shape.split(","))) if shape else ())
        nodes[name] = graph.input(name, type_)
        nature = "index" if kind == "index" else "real"
        kind = "data" if kind == "index" else kind
        inputs.append(Input(name, nodes[name], kind, type_, nature=nature))  # type: ignore[arg-type]
    users: dict[int, str] = {}
    value = case.build(Builder(graph), users, **nodes)
    wrt = tuple(item.name for item in inputs if item.kind == "param")
    return Function(f"case_{case.name}", tuple(inputs), {"value": value}, graph, wrt, names=users)


def program(case: Case) -> Program:
    """The TMB program of a case."""
    made = function(case)
    emitted = TARGETS["tmb"].emit(EmitModel(made.name, made, made, made, made, None, ""))
    arguments = tuple(
        Argument(item.name, emitted.names[item.name], item.kind)
        for item in (*made.params, *made.data)
    )
    rows = made.graph.types[made.value].rank > 0
    return Program("tmb", made.name, emitted.files, arguments, per_observation=rows)


def truth(case: Case) -> Any:
    """The value of a case."""
    return case.truth(**{name: np.array(value) for name, value in case.point.items()})


def gradient(case: Case) -> dict[str, Any]:
    """The gradient of the sum of a case by complex steps."""
    point = {name: np.array(value) for name, value in case.point.items()}
    found: dict[str, Any] = {}
    for name, text in case.inputs.items():
        if not text.startswith("param"):
            continue
        slope = np.zeros(point[name].shape)
        for place in np.ndindex(point[name].shape):
            moved = point[name].astype(complex)
            moved[place] += STEP * 1j
            slope[place] = np.sum(case.truth(**{**point, name: moved})).imag / STEP
        found[name] = slope
    return found


def curvature(case: Case, step: float = 1e-5) -> dict[str, dict[str, Any]]:
    """The Hessian, by differences of the gradient: good to about nine digits."""
    found: dict[str, dict[str, Any]] = {}
    for name, text in case.inputs.items():
        if not text.startswith("param"):
            continue
        base = np.array(case.point[name], float)
        rows: dict[str, list[Any]] = {}
        for place in np.ndindex(base.shape):
            sides = []
            for sign in (1, -1):
                moved = base.copy()
                moved[place] += sign * step
                sides.append(gradient(replace(case, point={**case.point, name: moved})))
            for other in sides[0]:
                rows.setdefault(other, []).append((sides[0][other] - sides[1][other]) / (2 * step))
        found[name] = {
            other: np.array(values).reshape(base.shape + values[0].shape)
            for other, values in rows.items()
        }
    return found


def compare(case: Case, answer: Any) -> None:
    """Fail where an answer is not what the case says."""
    assert isinstance(answer, Numbers), (case.name, answer)
    close = {"rtol": 1e-12, "atol": 1e-13}
    np.testing.assert_allclose(answer.value, truth(case), err_msg=case.name, **close)
    for name, slope in gradient(case).items():
        np.testing.assert_allclose(
            answer.gradient[name], slope, err_msg=f"{case.name}: {name}", **close
        )
