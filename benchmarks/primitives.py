"""Primitives evaluated on whole vectors of points, by emitted programs in their real toolchains."""

from __future__ import annotations

import math
import platform

import numpy as np

from gradc.emit import EmitModel
from gradc.ir import REAL, Function, Graph, Input, symbol, vector
from gradc.prims import Builder, Prim
from gradc.run import Argument, Program, ToolchainError, run, toolchains
from gradc.targets import TARGETS

KEYS = ("r", "tmb", "numpy", "numpy/float32", "tf", "tf/float32")
BY_ORDER = {"stirlerr": 1, "wright_slope": 2, "wright_second": 2, "wright_third": 2}
"""Primitives whose last arguments, so many, are numbers wherever they are called."""
_ROWS = vector(symbol("n"))


def target_of(key: str) -> str:
    return key.partition("/")[0]


def dtype_of(key: str) -> str:
    return key.partition("/")[2] or "float64"


def has(prim: Prim, key: str) -> bool:
    """Whether a target computes a primitive as one, without expanding it."""
    target = target_of(key)
    return target in TARGETS and TARGETS[target].supports(prim.name)


def function_of(prim: Prim, orders: tuple[float, ...] = ()) -> Function:
    """One primitive of as many data vectors, with a parameter that it does not depend on.

    The last arguments are the numbers ``orders``.
    """
    graph = Graph()
    unused = graph.input("unused", REAL)
    inputs = [Input("unused", unused, "param", REAL)]
    for name in prim.params[: len(prim.params) - len(orders)]:
        node = graph.input(f"{name}_", _ROWS)
        inputs.append(Input(f"{name}_", node, "data", _ROWS))
    builder = Builder(graph)
    last = [builder.const(order) for order in orders]
    value = builder.apply(prim.name, [*(item.node for item in inputs[1:]), *last])
    outputs = {"value": value}
    return Function(f"measured_{prim.name}", tuple(inputs), outputs, graph, ("unused",))


def objective_of(prim: Prim) -> Function:
    """One primitive of scalar parameters; an order is data."""
    graph = Graph()
    inputs = []
    for name in prim.params:
        kind = "param" if prim.varies_with(name) else "data"
        inputs.append(Input(f"{name}_", graph.input(f"{name}_", REAL), kind, REAL))
    value = Builder(graph).apply(prim.name, [item.node for item in inputs])
    wrt = tuple(item.name for item in inputs if item.kind == "param")
    return Function(f"taped_{prim.name}", tuple(inputs), {"value": value}, graph, wrt)


def evaluate_taped(prim: Prim, columns: list[np.ndarray]) -> np.ndarray | ToolchainError:
    """What TMB's tape makes of a primitive, for which its library may use another function.

    What a template reports is computed in doubles, its objective on a tape of atomics.
    """
    function = objective_of(prim)
    zero = Builder(function.graph).const(0.0)
    gradient = function.with_outputs(
        {**function.outputs, **{f"gradient:{name}": zero for name in function.wrt}}
    )
    model = EmitModel(function.name, function, function, function, gradient, None, "upstream")
    emitted = TARGETS["tmb"].emit(model)
    arguments = tuple(
        Argument(item.name, emitted.names[item.name], item.kind)
        for item in (*function.params, *function.data)
    )
    program = Program("tmb", function.name, emitted.files, arguments, per_observation=False)
    names = [item.name for item in function.inputs]
    points = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    answers = run(program, points, timeout=600)
    if isinstance(answers[0], ToolchainError):
        return answers[0]
    return np.array([math.nan if isinstance(a, ToolchainError) else a.value for a in answers])


def program_of(prim: Prim, key: str, orders: tuple[float, ...] = ()) -> Program:
    """The emitted program of :func:`function_of`."""
    target = target_of(key)
    function = function_of(prim, orders)
    zero = Builder(function.graph).const(0.0)
    gradient = function.with_outputs({**function.outputs, "gradient:unused": zero})
    vjp = None
    if TARGETS[target].wants_vjp:
        upstream = function.graph.input("upstream", _ROWS)
        extra = Input("upstream", upstream, "data", _ROWS)
        cotangents = {f"cotangent:{item.name}": zero for item in function.inputs}
        outputs = {**function.outputs, **cotangents}
        inputs = (*function.inputs, extra)
        vjp = Function(function.name, inputs, outputs, function.graph, function.wrt)
    model = EmitModel(function.name, function, function, function, gradient, vjp, "upstream")
    emitted = TARGETS[target].emit(model)
    arguments = tuple(
        Argument(item.name, emitted.names[item.name], item.kind) for item in function.inputs
    )
    files, dtype = emitted.files, dtype_of(key)
    return Program(target, function.name, files, arguments, False, dtype, per_observation=True)


def evaluate(prim: Prim, key: str, columns: list[np.ndarray]) -> np.ndarray | ToolchainError:
    """What a target makes of a primitive, one number a row, or why it does not answer."""
    count = BY_ORDER.get(prim.name, 0)
    if not count:
        return _evaluate(prim, key, columns, ())
    answers = np.full(len(columns[0]), math.nan)
    given = np.stack(columns[-count:], axis=-1)
    for orders in np.unique(given, axis=0):
        rows = (given == orders).all(axis=-1)
        chosen = [column[rows] for column in columns[:-count]]
        found = _evaluate(prim, key, chosen, tuple(map(float, orders)))
        if isinstance(found, ToolchainError):
            return found
        answers[rows] = found
    return answers


def _evaluate(
    prim: Prim, key: str, columns: list[np.ndarray], orders: tuple[float, ...]
) -> np.ndarray | ToolchainError:
    names = [f"{name}_" for name in prim.params]
    point = {"unused": 0.0} | {n: c.tolist() for n, c in zip(names, columns, strict=False)}
    (answer,) = run(program_of(prim, key, orders), [point], timeout=600)
    if isinstance(answer, ToolchainError):
        return answer
    return np.asarray(answer.value, dtype=np.float64)


def versions() -> str:
    """What was measured, in words."""
    import scipy

    found = {status.name: status.version for status in toolchains()}
    libc = " ".join(platform.libc_ver())
    return (
        f"R {found['r']}, TMB {found['tmb']}, NumPy {found['numpy']}, SciPy {scipy.__version__},"
        f"\nTensorFlow {found['tf']}, {libc}, {platform.machine()}"
    )
