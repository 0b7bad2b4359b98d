"""Derivatives of matrix models are confirmed by quotients, planted mistakes are found."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from doubles import doubles
from flint import arb
from tensors import built, covariance, matrix

from gradc.diff import hessian, value_and_gradient
from gradc.ir import REAL, Function, Graph, Input, Record, Region, rebuild
from gradc.passes import unroll
from gradc.prims import Builder
from gradc.verify import bounds, confirm, sweep, true_values
from gradc.verify.cases import Subject, examine
from gradc.verify.evaluate import bind, evaluate
from gradc.verify.first_order import first_order_bounds
from gradc.verify.rounding import arithmetic
from gradc.verify.wide import to_ball

Nodes = Mapping[str, int]
Make = Callable[[Builder, Nodes], int]


def squares(b: Builder, node: int) -> int:
    return b.sum(b.mul(node, node))


def regression(b: Builder, n: Nodes) -> int:
    return squares(b, b.sub(n["y"], b.apply("matvec", [n["X"], n["beta"]])))


def generalized(b: Builder, n: Nodes) -> int:
    """A quadratic form with a covariance, and its log determinant."""
    scaled = b.mul(b.apply("exp", [n["s"]]), n["A"])
    form = b.sum(b.mul(n["beta"], b.apply("solvevec", [scaled, n["beta"]])))
    return b.add(form, b.apply("logdet", [scaled]))


def grouped(b: Builder, n: Nodes) -> int:
    return squares(b, b.sub(n["y"], b.apply("gather", [n["u"], n["i"]])))


def bilinear(b: Builder, n: Nodes) -> int:
    inner = b.apply("matmul", [n["X"], n["B"]])
    return b.apply("log_sum_exp", [b.apply("row_sums", [b.apply("sin", [inner])])])


def smooth(b: Builder, n: Nodes) -> int:
    """Everything that moves or adds up, of one vector."""
    v = n["v"]
    parts = [
        b.apply("cumsum", [v]),
        b.apply("rev", [b.apply("exp", [v])]),
        b.apply("as_vector", [b.apply("outer", [v, b.apply("cos", [v])])]),
    ]
    m = b.apply("bind_cols", [v, b.apply("sin", [v])])
    parts.append(b.apply("col_sums", [b.mul(m, b.apply("spread_rows", [v, m]))]))
    parts.append(b.apply("get_row", [b.apply("gather_rows", [m, n["j"]])], 2))
    return b.apply("log_sum_exp", [b.apply("concat", parts)])


def whitened(b: Builder, n: Nodes) -> int:
    scaled = b.add(n["A"], b.apply("diag_matrix", [b.apply("exp", [n["beta"]])]))
    lower = b.apply("t", [b.apply("chol", [scaled])])
    return squares(b, b.apply("solvevec", [lower, n["z"]]))


def inverted(b: Builder, n: Nodes) -> int:
    scaled = b.add(n["A"], b.apply("outer", [n["beta"], n["beta"]]))
    return b.add(b.sum(b.apply("sin", [b.apply("inverse", [scaled])])), b.apply("det", [scaled]))


def factored(b: Builder, n: Nodes) -> int:
    """A function of the matrix itself, whose lower triangle is never read."""
    return b.sum(b.apply("sin", [b.apply("chol", [n["A"]])]))


def solved(b: Builder, n: Nodes) -> int:
    x = b.apply("solve", [n["A"], n["B"]])
    part = b.apply("half_lower", [b.apply("matmul", [x, b.apply("t", [x])])])
    return b.add(b.sum(b.mul(part, part)), b.apply("det", [n["A"]]))


DRAW = random.Random(5)  # noqa: S311


def point() -> dict[str, Any]:
    return {
        "X": matrix(DRAW, 6, 2),
        "y": [DRAW.gauss(0, 1) for _ in range(6)],
        "beta": [DRAW.gauss(0, 1) for _ in range(2)],
        "A": covariance(DRAW, 2),
        "s": DRAW.gauss(0, 1),
        "u": [DRAW.gauss(0, 1) for _ in range(4)],
        "i": [1.0, 3.0, 3.0, 4.0, 1.0, 1.0],
        "B": matrix(DRAW, 2, 3),
        "v": [DRAW.gauss(0, 1) for _ in range(3)],
        "j": [1.0, 3.0, 2.0, 3.0],
        "z": [DRAW.gauss(0, 1) for _ in range(2)],
    }


SHAPES: dict[str, tuple[int | str, ...]] = {
    "X": ("n", "k"), "y": ("n",), "beta": (2,), "A": (2, 2), "s": (), "u": (4,), "i": ("n",),
    "B": (2, 3), "v": (3,), "j": ("m",), "z": (2,),
}  # fmt: skip
MODELS: dict[str, tuple[Make, str, tuple[str, ...]]] = {
    "regression": (regression, "y X beta", ("beta",)),
    "generalized": (generalized, "A beta s", ("beta", "s")),
    "grouped": (grouped, "y u i", ("u",)),
    "bilinear": (bilinear, "X B", ("B",)),
    "smooth": (smooth, "v j", ("v",)),
    "whitened": (whitened, "A beta z", ("beta", "z")),
    "inverted": (inverted, "A beta", ("beta",)),
    "factored": (factored, "A", ("A",)),
    "solved": (solved, "A B", ("A", "B")),
}


def model(name: str) -> Function:
    make, inputs, wrt = MODELS[name]
    return built(make, {key: SHAPES[key] for key in inputs.split()}, wrt)


@pytest.mark.parametrize("name", MODELS)
def test_right_derivatives_are_confirmed(name: str) -> None:
    function = model(name)
    derived = value_and_gradient(function.copy())
    for _ in range(2):
        at = point()
        found = confirm(function, true_values(derived, at), at)
        assert found.findings
        assert {f for row in found.findings.values() for f in row} == {"confirmed"}


@pytest.mark.parametrize("name", MODELS)
def test_computed_derivatives_stay_inside_their_bounds(name: str) -> None:
    function = value_and_gradient(model(name))
    for _ in range(3):
        at = point()
        found = bounds(function, "numpy", at)
        got = doubles(function, at)
        for output, cells in found.exact.cells.items():
            numbers = np.ravel(got[output], order="F")
            for number, cell, bound in zip(numbers, cells, found.cells[output], strict=True):
                assert abs(arb(float(number)) - cell) <= bound.radius + cell.rad()
                assert bound.radius < (abs(cell) + 1) * 1e-9


@pytest.mark.parametrize("target", ["numpy", "tmb"])
@pytest.mark.parametrize("name", MODELS)
def test_first_order_bounds_are_those_of_balls(name: str, target: str) -> None:
    """The sweep's transposes are right: its bound is about as wide as the ball's own."""
    function = value_and_gradient(model(name))
    at = point()
    inputs = bind(function, at)
    found = bounds(function, target, at)
    seeds = [
        (node, row)
        for output, node in function.outputs.items()
        for row in range(len(found.cells[output]))
    ]
    radii = first_order_bounds(function, arithmetic(target), inputs, seeds)
    balls = [bound.radius for row in found.cells.values() for bound in row]
    got = doubles(function, at)
    numbers = [x for output in function.outputs for x in np.ravel(got[output], order="F")]
    cells = [cell for row in found.exact.cells.values() for cell in row]
    for radius, ball, number, cell in zip(radii, balls, numbers, cells, strict=True):
        assert abs(arb(float(number)) - cell) <= to_ball(radius)
        assert to_ball(radius) <= ball * 4 + abs(cell) * 1e-15
        assert to_ball(radius) * 200 >= ball


def spoiled(function: Function, output: str) -> Function:
    """The function with one derivative off by a little."""
    graph = function.graph
    b = Builder(graph)
    wrong = b.mul(function.outputs[output], b.const(1 + 1e-9))
    return function.with_outputs({**function.outputs, output: wrong})


@pytest.mark.parametrize("name", MODELS)
def test_planted_mistakes_are_found(name: str) -> None:
    function = model(name)
    right = value_and_gradient(function.copy())
    for output in list(right.outputs):
        if output == "value":
            continue
        wrong = spoiled(right.copy(), output)
        at = point()
        case = examine(Subject(function, wrong, {}), at)
        assert case.confirmation.contradicted
        assert {name for name, _ in case.confirmation.corrected} == {output}
        exact = true_values(right, at).cells[output]
        for cell, own in zip(case.truth.cells[output], exact, strict=True):
            assert abs(cell - own) <= abs(own) * 1e-14


@pytest.mark.parametrize(
    ("name", "victim"),
    [
        ("regression", "t"),
        ("generalized", "t"),
        ("grouped", "scatter_add"),
        ("bilinear", "spread_rows"),
        ("whitened", "half_lower"),
        ("inverted", "matmul"),
        ("smooth", "rev"),
    ],
)
def test_a_wrong_rule_is_found(name: str, victim: str) -> None:
    """A derivative in which every result of one primitive is twice what it should be."""
    function = model(name)
    right = value_and_gradient(function.copy())
    count = len(function.graph)
    graph = Graph()
    b = Builder(graph)
    hit: list[int] = []

    def make(node: int, record: Record, args: Any) -> int:
        made = graph.add(record[0], args, record[1], right.graph.types[node])
        if record[0] == victim and node >= count:
            hit.append(node)
            return b.mul(b.const(2.0), made)
        return made

    wrong = rebuild(right, graph, make)
    if not hit:
        pytest.skip(f"no derivative of this model has a '{victim}'")
    case = examine(Subject(function, wrong, {}), point())
    assert case.confirmation.contradicted


def recursion(b: Builder, n: Nodes) -> int:
    """An exponential filter: s = a*s + (1 - a)*y, squared errors of the old s kept."""
    graph = Graph()
    inputs = [Input(name, graph.input(name, REAL), "data", REAL) for name in ("s", "y", "a")]
    s, y, a = (item.node for item in inputs)
    one = Builder(graph)
    off = one.sub(y, s)
    new = one.add(s, one.mul(a, off))
    outputs = {"next:1": new, "out:1": s, "out:2": one.mul(off, one.apply("atan", [off]))}
    region = Region(Function("turn", tuple(inputs), outputs, graph), 1, 1)
    scan = b.apply("scan", [n["s0"], n["y"], n["a"]], region)
    return b.add(b.sum(b.apply("output", [scan], 2)), b.apply("final", [scan], 1))


def by_hand(y: list[float], s: float, a: float) -> float:
    total = 0.0
    for x in y:
        off = x - s
        total += off * np.arctan(off)
        s += a * off
    return total + s


LOOP = built(recursion, {"s0": (), "y": ("n",), "a": ()}, ("s0", "a"))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_loops_are_written_out(count: int) -> None:
    flat = unroll(LOOP, {"n": count})
    assert all(record[0] not in ("scan", "final", "output") for record in flat.graph.records)
    y = [DRAW.gauss(0, 1) for _ in range(count)]
    at = {"s0": 0.3, "y": y, "a": 0.4}
    assert float(true_values(LOOP, at).cells["value"][0]) == pytest.approx(by_hand(y, 0.3, 0.4))
    derived = value_and_gradient(LOOP.copy())
    found = confirm(LOOP, true_values(derived, at), at)
    assert {f for row in found.findings.values() for f in row} == {"confirmed"}
    wrong = spoiled(derived.copy(), "gradient:a")
    assert examine(Subject(LOOP, wrong, {}), at).confirmation.contradicted


def test_loops_of_second_derivatives_are_written_out() -> None:
    at = {"s0": 0.3, "y": [1.0, -0.5, 0.25], "a": 0.4}
    derived = value_and_gradient(LOOP.copy())
    second = hessian(derived.copy())
    found = confirm(derived, true_values(second, at), at)
    assert {f for row in found.findings.values() for f in row} == {"confirmed"}


def test_bounds_of_loops_hold() -> None:
    derived = value_and_gradient(LOOP.copy())
    at = {"s0": 0.3, "y": [DRAW.gauss(0, 1) for _ in range(50)], "a": 0.4}
    found = bounds(derived, "numpy", at)
    got = doubles(unroll(derived, {"n": 50}), at)
    for output, cells in found.exact.cells.items():
        error = abs(arb(float(got[output])) - cells[0])
        assert error <= found.cells[output][0].radius < abs(cells[0]) * 1e-7


def test_a_loop_without_turns_leaves_its_start() -> None:
    flat = unroll(LOOP, {"n": 0})
    found = evaluate(flat.graph, [flat.value], {"s0": [arb(2)], "y": [], "a": [arb(1)]}, 100)
    assert float(found[flat.value][0]) == 2.0


@pytest.mark.parametrize("name", MODELS)
def test_second_derivatives_are_confirmed(name: str) -> None:
    derived = value_and_gradient(model(name))
    at = point()
    found = confirm(derived, true_values(hessian(derived.copy()), at), at)
    assert {f for row in found.findings.values() for f in row} == {"confirmed"}


def test_rows_swept_together_are_as_rows_swept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(b: Builder, n: Nodes) -> int:
        eta = b.add(n["a"], b.mul(b.apply("exp", [n["b"]]), n["x"]))
        p = b.apply("sigmoid", [eta])
        return b.select(b.apply("gt", [n["y"], p]), b.apply("log", [p]), b.mul(eta, n["y"]))

    function = built(make, {"x": ("n",), "y": ("n",), "a": (), "b": ()}, ("a", "b"))
    derived = value_and_gradient(function)
    at = {
        "x": [DRAW.gauss(0, 1) for _ in range(40)],
        "y": [DRAW.random() for _ in range(40)],
        "a": 0.1,
        "b": 0.2,
    }
    inputs = bind(derived, at)
    together = [(node, row) for node in derived.outputs.values() for row in range(40)]
    model_ = arithmetic("numpy")
    whole = first_order_bounds(derived, model_, inputs, together)
    monkeypatch.setattr(sweep, "rowwise_nodes", lambda found, live: {})
    apart = first_order_bounds(derived, model_, inputs, together)
    assert np.allclose(np.array(whole, float), np.array(apart, float), rtol=1e-12)
