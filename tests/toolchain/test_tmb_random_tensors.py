"""Random programs of vectors, matrices and loops: TMB against NumPy with complex steps."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gradc.ir import REAL, Function, Graph, Input, Region, known
from gradc.prims import Builder
from gradc.run import run_tmb_batch
from tests.support.hand_made import Case, compare, function, program
from tests.support.interpret import interpret

pytestmark = pytest.mark.needs("tmb")

INPUTS = {
    "z": "data:n,3", "y": "data:n", "w": "data:n-1", "group": "index:n", "a": "param",
    "beta": "param:3", "m": "param:3,3", "u": "param:4",
}  # fmt: skip
POINT: Mapping[str, Any] = {
    "z": [[1.0, 0.5, -1.0], [0.25, -0.25, 2.0], [1.0, 1.5, 0.125], [-0.5, 2.0, -0.5], [1, 0, 0.75]],
    "y": [0.3, -1.25, 2.0, 0.75, 1.5],
    "w": [0.5, -0.5, 1.25, 0.1],
    "group": [1.0, 4.0, 2.0, 4.0, 3.0],
    "a": 0.5,
    "beta": [0.2, -0.4, 0.7],
    "m": [[2.0, 0.3, -0.1], [0.5, 1.5, 0.2], [0.1, -0.4, 1.0]],
    "u": [0.4, -0.3, 1.2, 0.9],
}
Shape = str
"""``""`` a scalar, ``n`` a vector of data, ``3`` of parameters, ``n,3`` a matrix."""


@dataclass
class Grower:
    """Grows a graph at random; all values stay of moderate size."""

    rng: random.Random
    b: Builder
    pool: dict[Shape, list[int]] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=dict)

    def add(self, shape: Shape, node: int) -> None:
        self.pool.setdefault(shape, []).append(node)
        if self.rng.random() < 0.2 and self.b.graph.prim(node) not in ("input", "const"):
            self.users.setdefault(node, f"x{len(self.users)}")

    def some(self, shape: Shape) -> int:
        """One of the values of a shape, the later ones more often."""
        values = self.pool[shape]
        return values[max(self.rng.randrange(len(values)), self.rng.randrange(len(values)))]

    def has(self, *shapes: Shape) -> bool:
        return all(self.pool.get(shape) for shape in shapes)

    def apply(self, name: str, *args: int, attrs: Any = None) -> int:
        return self.b.apply(name, args, attrs)

    def tame(self, node: int) -> int:
        return self.apply("sin", node)

    def spd(self) -> int:
        """A matrix that is far from singular."""
        m = self.tame(self.some("3,3"))
        square = self.apply("matmul", self.apply("t", m), m)
        ones = self.apply("broadcast", self.b.const(2.0), self.some("3"))
        return self.apply("add", square, self.apply("diag_matrix", ones))


def _elementwise(g: Grower) -> None:
    shape = g.rng.choice(list(g.pool))
    name = g.rng.choice(["add", "sub", "mul", "sin", "neg", "select", "scale"])
    x, y = g.some(shape), g.some(shape)
    if name in ("sin", "neg"):
        g.add(shape, g.apply(name, x))
    elif name == "select":
        g.add(shape, g.apply("select", g.apply("lt", x, g.some("")), y, x))
    elif name == "scale":
        g.add(shape, g.apply("mul", g.tame(g.some("")), x))
    else:
        g.add(shape, g.tame(g.apply(name, x, y)))


def _vector(g: Grower) -> None:
    shape = g.rng.choice([s for s in ("n", "3", "n-1", "4") if g.has(s)])
    name = g.rng.choice(["rev", "cumsum", "seq_along", "broadcast"])
    x = g.some(shape)
    if name == "cumsum":
        x = g.tame(x)
    if name == "broadcast":
        g.add(shape, g.apply(name, g.some(""), x))
    elif name == "seq_along":
        g.add(shape, g.tame(g.apply(name, x, attrs=1)))
    else:
        g.add(shape, g.apply(name, x))


def _lag(g: Grower) -> None:
    one, none = known(1), known(0)
    if g.rng.random() < 0.7:
        g.add("n-1", g.apply("slice", g.some("n"), attrs=g.rng.choice([(one, none), (none, one)])))
    else:
        g.add("n", g.apply("pad", g.some("n-1"), attrs=g.rng.choice([(one, none), (none, one)])))


def _together(g: Grower) -> None:
    if g.rng.random() < 0.5:
        g.add("n", g.apply("concat", g.some(""), g.some("n-1")))
    else:
        g.add("4", g.apply("concat", g.some("3"), g.some("")))


def _indexed(g: Grower) -> None:
    group = g.pool["group"][0]
    name = g.rng.choice(["gather", "scatter_add", "gather_rows", "scatter_rows"])
    if name == "gather":
        g.add("n", g.apply(name, g.some("4"), group))
    elif name == "scatter_add":
        g.add("4", g.tame(g.apply(name, g.some("n"), group, g.some("4"))))
    elif name == "gather_rows" and g.has("4,3"):
        g.add("n,3", g.apply(name, g.some("4,3"), group))
    elif name == "scatter_rows" and g.has("4,3"):
        g.add("4,3", g.tame(g.apply(name, g.some("n,3"), group, g.some("4,3"))))


def _matrix(g: Grower) -> None:
    shape = g.rng.choice([s for s in ("n,3", "3,n", "3,3", "4,3") if g.has(s)])
    rows, columns = shape.split(",")
    x = g.some(shape)
    name = g.rng.choice(
        ["t", "row_sums", "col_sums", "spread_rows", "spread_cols", "get_col", "get_row", "outer",
         "matvec", "matmul", "put"]
    )  # fmt: skip
    if name == "t":
        g.add(f"{columns},{rows}", g.apply(name, x))
    elif name == "row_sums":
        g.add(rows, g.tame(g.apply(name, x)))
    elif name == "col_sums":
        g.add(columns, g.tame(g.apply(name, x)))
    elif name == "spread_rows":
        g.add(shape, g.apply(name, g.some(rows), x))
    elif name == "spread_cols":
        g.add(shape, g.apply(name, g.some(columns), x))
    elif name == "get_col":
        g.add(rows, g.apply(name, x, attrs=2))
    elif name == "get_row":
        g.add(columns, g.apply(name, x, attrs=3))
    elif name == "outer":
        g.add(shape, g.apply(name, g.some(rows), g.some(columns)))
    elif name == "matvec":
        g.add(rows, g.tame(g.apply(name, x, g.some(columns))))
    elif name == "matmul" and g.has(f"{columns},3"):
        g.add(f"{rows},3", g.tame(g.apply(name, x, g.some(f"{columns},3"))))
    elif name == "put":
        g.add(shape, g.apply("put_col", g.some(rows), x, attrs=1))


def _square(g: Grower) -> None:
    a = g.spd()
    name = g.rng.choice(["solve", "solvevec", "inverse", "chol", "logdet", "det", "diag_part"])
    if name == "solve":
        g.add("3,3", g.apply(name, a, g.some("3,3")))
    elif name == "solvevec":
        g.add("3", g.apply(name, a, g.some("3")))
    elif name in ("inverse", "chol"):
        g.add("3,3", g.apply(name, a))
    elif name == "diag_part":
        g.add("3", g.apply(name, g.some("3,3")))
    else:
        g.add("", g.tame(g.apply(name, a)))


def _columns(g: Grower) -> None:
    shape = g.rng.choice(["n", "3", "4"])
    parts = [g.some(shape), g.some(""), g.some(shape)]
    g.add(f"{shape},3", g.apply("bind_cols", *parts))


def _flat(g: Grower) -> None:
    if g.rng.random() < 0.5:
        long = g.apply("as_vector", g.some("3,3"))
        g.add("3", g.apply("slice", long, attrs=(known(2), known(4))))
    else:
        long = g.apply("concat", g.some("3"), g.some("3"), g.some("3"))
        g.add("3,3", g.apply("reshape", long, attrs=(known(3), known(3))))


def _scalar(g: Grower) -> None:
    shape = g.rng.choice([s for s in g.pool if s and s != "group"])
    x = g.some(shape)
    name = g.rng.choice(["sum", "log_sum_exp", "length", "pick"])
    if name == "pick":
        where: Any = 2 if "," not in shape else (3, 2)
        g.add("", g.apply("entry" if "," in shape else "index", x, attrs=where))
    elif name == "length":
        g.add("", g.apply("div", g.b.const(1.0), g.b.length(x)))
    else:
        g.add("", g.tame(g.apply(name, x)))


def _region(rng: random.Random) -> Region:
    graph = Graph()
    b = Builder(graph)
    nodes = {name: graph.input(name, REAL) for name in ("p", "q", "s", "x", "c")}
    p, q, s, x, c = nodes.values()
    first = b.apply("sin", [b.add(b.mul(p, x), b.mul(q, c))])
    second = rng.choice([p, first, b.add(b.mul(q, c), s), b.apply("sin", [b.sub(first, q)])])
    third = rng.choice([s, q, p, b.apply("sin", [b.mul(s, first)])])
    extra = rng.choice([first, first, second, b.mul(first, second), s, third])
    outputs = {"next:1": first, "next:2": second, "next:3": third}
    outputs |= {"out:1": p, "out:2": q, "out:3": s, "out:4": extra}
    inputs = tuple(Input(name, node, "data", REAL) for name, node in nodes.items())
    return Region(Function("turn", inputs, outputs, graph), 3, 1, rng.random() < 0.3)


def _loop(g: Grower) -> None:
    shape = g.rng.choice([s for s in ("n", "3", "n-1") if g.has(s)])
    args = [g.some(""), g.some(""), g.some(""), g.some(shape), g.tame(g.some(""))]
    scan = g.apply("scan", *args, attrs=_region(g.rng))
    for k in range(1, 4):
        if g.rng.random() < 0.5:
            g.add("", g.tame(g.apply("final", scan, attrs=k)))
    for k in range(1, 5):
        if g.rng.random() < 0.5:
            g.add(shape, g.tame(g.apply("output", scan, attrs=k)))
    longer = {"n-1": "n", "3": "4"}.get(shape)
    if longer and g.rng.random() < 0.7:
        # Often a carried value and its next ones: x[i] <- f(x[i - 1]).
        turns = g.apply("output", scan, attrs=g.rng.choice([4, 4, 2]))
        g.add(longer, g.apply("concat", args[g.rng.choice([0, 0, 1])], turns))


STEPS: list[Callable[[Grower], None]] = [
    _elementwise, _elementwise, _elementwise, _vector, _lag, _together, _indexed, _matrix, _matrix,
    _square, _columns, _flat, _scalar, _scalar, _loop,
]  # fmt: skip


def grown(seed: int) -> Case:
    """A program that grew from a seed."""

    def build(b: Builder, users: dict[int, str], **inputs: int) -> int:
        rng = random.Random(seed)  # noqa: S311
        g = Grower(rng, b, users=users)
        shapes = {"z": "n,3", "y": "n", "w": "n-1", "a": "", "beta": "3", "m": "3,3", "u": "4"}
        for name, shape in shapes.items():
            g.add(shape, inputs[name])
        g.pool["group"] = [inputs["group"]]
        g.add("", b.const(0.5))
        for _ in range(rng.randrange(4, 25)):
            step = rng.choice(STEPS)
            group = g.pool.pop("group")
            g.pool.update({"group": group} if step is _indexed else {})
            step(g)
            g.pool["group"] = group
        del g.pool["group"]
        total = b.const(0.0)
        for shape, values in g.pool.items():
            for node in rng.sample(values, min(2, len(values))):
                total = b.add(total, b.sum(node) if shape else node)
        if rng.random() < 0.3:
            return b.add(g.some("n"), total)
        return total

    def truth(**point: Any) -> Any:
        return interpret(made, point)["value"]

    case = Case(f"grown{seed}", INPUTS, build, truth, POINT)
    made = function(case)
    return case


def test_random_programs_agree_with_numpy() -> None:
    cases = [grown(seed) for seed in range(120)]
    answers = run_tmb_batch([program(case) for case in cases], [[case.point] for case in cases])
    for case, (answer,) in zip(cases, answers, strict=True):
        compare(case, answer)
    assert (
        len({np.size(case.truth(**{k: np.array(v) for k, v in POINT.items()})) for case in cases})
        == 2
    )
