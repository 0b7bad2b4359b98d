"""Vectors, matrices and loops in real TMB, one primitive at a time and several together."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from gradc.ir import REAL, Function, Graph, Input, Region, known
from gradc.prims import Builder
from gradc.run import Numbers, ToolchainError, run_tmb_batch
from tests.support.hand_made import Case, compare, curvature, program

pytestmark = pytest.mark.needs("tmb")

Users = dict[int, str]
Y = [0.3, -1.25, 2.0, 0.75, 1.5]
X = [[1.0, 0.5, -1.0], [1.0, -0.25, 2.0], [1.0, 1.5, 0.125], [1.0, 2.0, -0.5], [1.0, 0.0, 0.75]]
GROUP = [1.0, 3.0, 2.0, 3.0, 1.0]
B = [0.2, -0.4, 0.7]
S = [[2.0, 0.3, -0.1], [0.5, 1.5, 0.2], [0.1, -0.4, 1.0]]
P = [[2.0, 0.3, -0.1], [0.3, 1.5, 0.2], [-0.1, 0.2, 1.0]]


def _chol(a: Any) -> Any:
    """R's chol(), from the upper triangle; NumPy's takes no complex steps."""
    n = len(a)
    r = np.zeros((n, n), a.dtype)
    for j in range(n):
        r[j, j] = np.sqrt(a[j, j] - np.sum(r[:j, j] ** 2))
        for i in range(j + 1, n):
            r[j, i] = (a[j, i] - np.sum(r[:j, j] * r[:j, i])) / r[j, j]
    return r


def weighted(b: Builder, m: int) -> int:
    """The sum of all entries of a matrix, each with a weight of its own."""
    rows = b.apply("seq_along", [b.apply("get_col", [m], 1)], 0)
    columns = b.apply("seq_along", [b.apply("get_row", [m], 1)], 1)
    weight = b.apply("outer", [b.apply("sqrt", [rows]), columns])
    return b.sum(b.mul(m, weight))


def weigh(m: Any) -> Any:
    rows, columns = np.arange(1, m.shape[0] + 1), np.arange(2, m.shape[1] + 2)
    return np.sum(m * np.outer(np.sqrt(rows), columns))


def mean(b: Builder, v: int) -> int:
    """The sum of a vector, its elements weighted by their places."""
    return b.sum(b.mul(v, b.apply("seq_along", [v], 0)))


def ranked(v: Any) -> Any:
    return np.sum(v * np.arange(1, len(v) + 1))


def logistic(b: Builder, users: Users, z: int, y: int, beta: int) -> int:
    eta = b.apply("matvec", [z, beta])
    users[eta] = "eta"
    return b.neg(b.sum(b.sub(b.mul(y, eta), b.apply("softplus", [eta]))))


def intercepts(b: Builder, users: Users, **v: int) -> int:
    eta = b.add(b.add(v["a"], b.mul(v["slope"], v["x"])), b.apply("gather", [v["u"], v["group"]]))
    users[eta] = "eta"
    return b.sum(b.apply("pow", [b.sub(v["y"], eta), b.const(2.0)]))


def autoregressive(b: Builder, users: Users, y: int, phi: int, s: int) -> int:
    later = b.apply("slice", [y], (known(1), known(0)))
    before = b.apply("slice", [y], (known(0), known(1)))
    z = b.div(b.sub(later, b.mul(phi, before)), b.apply("exp", [s]))
    users[z] = "z"
    return b.sum(b.mul(z, z))


def ricker_region(backwards: bool = False) -> Region:
    graph = Graph()
    b = Builder(graph)
    nodes = {name: graph.input(name, REAL) for name in ("N", "c", "r", "k")}
    growth = b.mul(nodes["r"], b.sub(b.const(1.0), b.div(nodes["N"], nodes["k"])))
    after = b.sub(b.mul(nodes["N"], b.apply("exp", [growth])), nodes["c"])
    inputs = tuple(Input(name, node, "data", REAL) for name, node in nodes.items())
    outputs = {"next:1": after, "out:1": nodes["N"], "out:2": after}
    return Region(Function("turn", inputs, outputs, graph), 1, 1, backwards)


def ricker(b: Builder, users: Users, **v: int) -> int:
    scan = b.apply("scan", [v["n0"], v["catch"], v["r"], b.apply("exp", [v["k"]])], ricker_region())
    n = b.apply("output", [scan], 1)
    users[n] = "N_all"
    r = b.sub(v["y"], b.apply("log", [n]))
    return b.add(b.sum(b.mul(r, r)), b.apply("final", [scan], 1))


def ricker_truth(y: Any, catch: Any, n0: Any, r: Any, k: Any) -> Any:
    n, total = n0, 0
    for t in range(len(y)):
        total = total + (y[t] - np.log(n)) ** 2
        n = n * np.exp(r * (1 - n / np.exp(k))) - catch[t]
    return total + n


def backwards(b: Builder, users: Users, **v: int) -> int:
    region = ricker_region(backwards=True)
    scan = b.apply("scan", [v["n0"], v["catch"], v["r"], v["k"]], region)
    return b.add(mean(b, b.apply("output", [scan], 2)), b.apply("final", [scan], 1))


def backwards_truth(catch: Any, n0: Any, r: Any, k: Any) -> Any:
    n, out = n0, [0.0] * len(catch)
    for t in reversed(range(len(catch))):
        n = n * np.exp(r * (1 - n / k)) - catch[t]
        out[t] = n
    return ranked(np.array(out)) + n


def fibonacci_region() -> Region:
    """Two carried values that change places."""
    graph = Graph()
    b = Builder(graph)
    nodes = {name: graph.input(name, REAL) for name in ("p", "q", "x")}
    inputs = tuple(Input(name, node, "data", REAL) for name, node in nodes.items())
    after = b.add(b.mul(nodes["p"], nodes["x"]), nodes["q"])
    outputs = {"next:1": nodes["q"], "next:2": after, "out:1": nodes["p"], "out:2": nodes["q"]}
    return Region(Function("turn", inputs, outputs, graph), 2, 1)


def fibonacci(b: Builder, users: Users, x: int, a: int, c: int) -> int:
    tail = b.apply("slice", [x], (known(2), known(0)))
    scan = b.apply("scan", [a, c, tail], fibonacci_region())
    return b.div(b.apply("final", [scan], 2), b.apply("final", [scan], 1))


def fibonacci_truth(x: Any, a: Any, c: Any) -> Any:
    for t in x[2:]:
        a, c = c, a * t + c
    return c / a


def square(name: str, build: Any, truth: Any, m: Any = S) -> Case:
    """A function of one square matrix and a vector."""
    inputs = {"m": "param:3,3", "v": "param:3"}
    return Case(name, inputs, build, truth, {"m": m, "v": B})


def unary(name: str, build: Any, truth: Any) -> Case:
    """A function of a vector of data and a parameter that scales it."""
    return Case(
        name,
        {"y": "data:n", "a": "param"},
        lambda b, users, y, a: build(b, b.apply("exp", [b.mul(a, y)])),
        lambda y, a: truth(np.exp(a * y)),
        {"y": Y, "a": 0.5},
    )


def matrices(name: str, build: Any, truth: Any) -> Case:
    """A function of a matrix of data and a parameter that scales it."""
    return Case(
        name,
        {"z": "data:n,k", "a": "param"},
        lambda b, users, z, a: build(b, b.apply("exp", [b.mul(a, z)])),
        lambda z, a: truth(np.exp(a * z)),
        {"z": X, "a": 0.5},
    )


def guarded_region() -> Region:
    """A branch that is not taken would be infinite."""
    graph = Graph()
    b = Builder(graph)
    nodes = {name: graph.input(name, REAL) for name in ("p", "x")}
    inputs = tuple(Input(name, node, "data", REAL) for name, node in nodes.items())
    positive = b.apply("lt", [b.const(0.0), nodes["p"]])
    root = b.apply("select", [positive, b.apply("sqrt", [nodes["p"]]), b.const(0.5)])
    outputs = {"next:1": b.sub(nodes["x"], root), "out:1": nodes["p"]}
    return Region(Function("turn", inputs, outputs, graph), 1, 1)


def guarded(b: Builder, users: Users, x: int, a: int) -> int:
    scan = b.apply("scan", [a, b.mul(a, x)], guarded_region())
    return b.add(mean(b, b.apply("output", [scan], 1)), b.apply("final", [scan], 1))


def guarded_truth(x: Any, a: Any) -> Any:
    p, out = a, []
    for element in a * x:
        out.append(p)
        p = element - (np.sqrt(p) if p.real > 0 else 0.5)
    return ranked(np.array(out)) + p


ENDS = (known(1), known(2))

CASES = [
    Case(
        "logistic",
        {"z": "data:n,k", "y": "data:n", "beta": "param:3"},
        logistic,
        lambda z, y, beta: -np.sum(y * (z @ beta) - np.log(1 + np.exp(z @ beta))),
        {"z": X, "y": [0.0, 1, 1, 0, 1], "beta": B},
    ),
    Case(
        "intercepts",
        {
            "y": "data:n",
            "x": "data:n",
            "group": "index:n",
            "a": "param",
            "slope": "param",
            "u": "param:3",
        },
        intercepts,
        lambda y, x, group, a, slope, u: np.sum(
            (y - (a + slope * x + u[group.astype(int) - 1])) ** 2
        ),
        {"y": Y, "x": Y[::-1], "group": GROUP, "a": 0.1, "slope": 0.3, "u": B},
    ),
    Case(
        "autoregressive",
        {"y": "data:n", "phi": "param", "s": "param"},
        autoregressive,
        lambda y, phi, s: np.sum(((y[1:] - phi * y[:-1]) / np.exp(s)) ** 2),
        {"y": Y, "phi": 0.4, "s": 0.2},
    ),
    Case(
        "ricker",
        {"y": "data:n", "catch": "data:n", "n0": "param", "r": "param", "k": "param"},
        ricker,
        ricker_truth,
        {"y": Y, "catch": [0.1, 0.2, 0.1, 0.0, 0.3], "n0": 1.5, "r": 0.4, "k": 2.0},
    ),
    Case(
        "backwards",
        {"catch": "data:n", "n0": "param", "r": "param", "k": "param"},
        backwards,
        backwards_truth,
        {"catch": [0.1, 0.2, 0.1, 0.0, 0.3], "n0": 1.5, "r": 0.4, "k": 2.0},
    ),
    Case(
        "fibonacci",
        {"x": "data:n", "a": "param", "c": "param"},
        fibonacci,
        fibonacci_truth,
        {"x": Y, "a": 0.5, "c": 0.25},
    ),
    Case(
        "rows",
        {"z": "data:n,k", "beta": "param:3"},
        lambda b, users, z, beta: b.apply("matvec", [z, b.apply("exp", [beta])]),
        lambda z, beta: z @ np.exp(beta),
        {"z": X, "beta": B},
    ),
    Case(
        "lagged_rows",
        {"y": "data:n", "phi": "param"},
        lambda b, users, y, phi: b.sub(
            b.apply("slice", [y], (known(1), known(0))),
            b.mul(phi, b.apply("slice", [y], (known(0), known(1)))),
        ),
        lambda y, phi: y[1:] - phi * y[:-1],
        {"y": Y, "phi": 0.4},
    ),
    Case(
        "running_rows",
        {"y": "data:n", "phi": "param"},
        lambda b, users, y, phi: b.apply("cumsum", [b.mul(phi, y)]),
        lambda y, phi: np.cumsum(phi * y),
        {"y": Y, "phi": 0.4},
    ),
    Case(
        "viewed_rows",
        {"y": "data:n", "u": "param:3", "group": "index:n"},
        lambda b, users, y, u, group: b.apply("gather", [u, group]),
        lambda y, u, group: u[group.astype(int) - 1],
        {"y": Y, "u": B, "group": GROUP},
    ),
    Case(
        "scan_rows",
        {"catch": "data:n", "n0": "param", "r": "param", "k": "param"},
        lambda b, users, catch, n0, r, k: b.apply(
            "output", [b.apply("scan", [n0, catch, r, k], ricker_region())], 2
        ),
        lambda catch, n0, r, k: np.array([n0 := n0 * np.exp(r * (1 - n0 / k)) - c for c in catch]),
        {"catch": [0.1, 0.2, 0.1, 0.0, 0.3], "n0": 1.5, "r": 0.4, "k": 2.0},
    ),
    Case("guarded", {"x": "data:n", "a": "param"}, guarded, guarded_truth, {"x": Y, "a": 0.0}),
    Case(
        "two_lengths",
        {"x": "data:n", "y": "data:p", "u": "param:q", "group": "index:p"},
        lambda b, users, x, y, u, group: b.mul(
            b.sum(x), b.sum(b.mul(y, b.apply("gather", [u, group])))
        ),
        lambda x, y, u, group: np.sum(x) * np.sum(y * u[group.astype(int) - 1]),
        {"x": [1.0, 2.0], "y": Y, "u": B, "group": GROUP},
    ),
    Case(
        "one_shorter",
        {"w": "data:n-1", "a": "param"},
        lambda b, users, w, a: mean(b, b.apply("pad", [b.mul(a, w)], (known(1), known(0)))),
        lambda w, a: ranked(np.concatenate([[0], a * w])),
        {"w": Y, "a": 0.5},
    ),
    Case(
        "one_shorter_of_two",
        {"w": "data:n-1", "x": "data:n-1", "y": "data:n", "a": "param"},
        lambda b, users, w, x, y, a: b.sum(
            b.mul(b.mul(w, x), b.mul(a, b.apply("slice", [y], (known(1), known(0)))))
        ),
        lambda w, x, y, a: np.sum(w * x * a * y[1:]),
        {"w": Y[1:], "x": 2.0, "y": Y, "a": 0.5},
    ),
    unary("cumsum", lambda b, v: mean(b, b.apply("cumsum", [v])), lambda v: ranked(np.cumsum(v))),
    unary("rev", lambda b, v: mean(b, b.apply("rev", [v])), lambda v: ranked(v[::-1])),
    unary(
        "rev_cumsum",
        lambda b, v: mean(b, b.apply("rev", [b.apply("cumsum", [b.apply("rev", [v])])])),
        lambda v: ranked(np.cumsum(v[::-1])[::-1]),
    ),
    unary("slice", lambda b, v: mean(b, b.apply("slice", [v], ENDS)), lambda v: ranked(v[1:-2])),
    unary(
        "pad",
        lambda b, v: mean(b, b.apply("pad", [v], ENDS)),
        lambda v: ranked(np.concatenate([[0], v, [0, 0]])),
    ),
    unary(
        "concat",
        lambda b, v: mean(b, b.apply("concat", [b.sum(v), v, b.const(2.0), b.apply("rev", [v])])),
        lambda v: ranked(np.concatenate([[np.sum(v)], v, [2], v[::-1]])),
    ),
    unary(
        "log_sum_exp",
        lambda b, v: b.apply("log_sum_exp", [v]),
        lambda v: np.log(np.sum(np.exp(v))),
    ),
    unary("index", lambda b, v: b.mul(b.index(v, 2), b.index(v, 5)), lambda v: v[1] * v[4]),
    unary(
        "bind_cols",
        lambda b, v: weighted(b, b.apply("bind_cols", [v, b.const(3.0), b.apply("rev", [v])])),
        lambda v: weigh(np.column_stack([v, np.full(len(v), 3.0), v[::-1]])),
    ),
    unary(
        "diag_matrix",
        lambda b, v: weighted(b, b.apply("diag_matrix", [v])),
        lambda v: weigh(np.diag(v)),
    ),
    matrices("exp_sum", lambda b, m: weighted(b, m), weigh),
    matrices("t", lambda b, m: weighted(b, b.apply("t", [m])), lambda m: weigh(m.T)),
    matrices(
        "matmul",
        lambda b, m: weighted(b, b.apply("matmul", [b.apply("t", [m]), m])),
        lambda m: weigh(m.T @ m),
    ),
    matrices(
        "row_sums", lambda b, m: mean(b, b.apply("row_sums", [m])), lambda m: ranked(m.sum(1))
    ),
    matrices(
        "col_sums", lambda b, m: mean(b, b.apply("col_sums", [m])), lambda m: ranked(m.sum(0))
    ),
    matrices(
        "spread",
        lambda b, m: weighted(
            b,
            b.sub(
                b.apply("spread_rows", [b.apply("row_sums", [m]), m]),
                b.mul(m, b.apply("spread_cols", [b.apply("col_sums", [m]), m])),
            ),
        ),
        lambda m: weigh(m.sum(1)[:, None] - m * m.sum(0)),
    ),
    matrices(
        "column",
        lambda b, m: b.mul(mean(b, b.apply("get_col", [m], 2)), b.apply("entry", [m], (3, 1))),
        lambda m: ranked(m[:, 1]) * m[2, 0],
    ),
    matrices(
        "row",
        lambda b, m: b.add(mean(b, b.apply("get_row", [m], 2)), b.extent(m, 0)),
        lambda m: ranked(m[1]) + len(m),
    ),
    matrices(
        "puts",
        lambda b, m: weighted(
            b,
            b.add(
                b.apply("put_col", [b.apply("get_col", [m], 2), m], 1),
                b.add(
                    b.apply("put_row", [b.apply("get_row", [m], 2), m], 3),
                    b.apply("put_entry", [b.apply("entry", [m], (1, 1)), m], (5, 2)),
                ),
            ),
        ),
        lambda m: weigh(
            np.column_stack([m[:, 1], 0 * m[:, 0], 0 * m[:, 0]])
            + np.eye(5)[:, 2:3] * m[1]
            + m[0, 0] * np.outer(np.eye(5)[4], np.eye(3)[1])
        ),
    ),
    matrices(
        "extremes",
        lambda b, m: b.div(b.apply("max", [m]), b.add(b.apply("min", [m]), b.length(m))),
        lambda m: m.ravel()[np.argmax(m.real)] / (m.ravel()[np.argmin(m.real)] + m.size),
    ),
    Case(
        "gather_rows",
        {"m": "param:3,2", "group": "index:n", "y": "data:n"},
        lambda b, users, m, group, y: weighted(
            b,
            b.mul(
                b.apply("gather_rows", [m, group]),
                b.apply("spread_rows", [y, b.apply("gather_rows", [m, group])]),
            ),
        ),
        lambda m, group, y: weigh(m[group.astype(int) - 1] * y[:, None]),
        {"m": [[1.0, 2.0], [0.5, -1.0], [0.25, 3.0]], "group": GROUP, "y": Y},
    ),
    Case(
        "scatters",
        {"y": "data:n", "group": "index:n", "u": "param:3", "a": "param"},
        lambda b, users, y, group, u, a: mean(
            b, b.mul(u, b.apply("scatter_add", [b.mul(a, y), group, u]))
        ),
        lambda y, group, u, a: ranked(u * np.array([np.sum(a * y[group == g]) for g in (1, 2, 3)])),
        {"y": Y, "group": GROUP, "u": B, "a": 0.5},
    ),
    Case(
        "scatter_rows",
        {"z": "data:n,k", "group": "index:n", "m": "param:3,3"},
        lambda b, users, z, group, m: weighted(b, b.mul(m, b.apply("scatter_rows", [z, group, m]))),
        lambda z, group, m: weigh(m * np.array([z[group == g].sum(0) for g in (1, 2, 3)])),
        {"z": X, "group": GROUP, "m": S},
    ),
    Case(
        "shifted_index",
        {"group": "index:n", "u": "param:3"},
        lambda b, users, group, u: mean(
            b, b.apply("gather", [b.apply("exp", [u]), b.add(group, b.const(1.0))])
        ),
        lambda group, u: ranked(np.exp(u[group.astype(int)])),
        {"group": [0.0, 2.0, 1.0, 2.0], "u": B},
    ),
    Case(
        "computed_index",
        {"x": "data:n", "u": "param:3"},
        lambda b, users, x, u: mean(
            b, b.apply("gather", [u, b.add(b.apply("floor", [x]), b.const(1.0))])
        ),
        lambda x, u: ranked(u[np.floor(x).astype(int)]),
        {"x": [0.5, 2.0, 1.75], "u": B},
    ),
    Case(
        "chosen",
        {"k": "index", "u": "param:3"},
        lambda b, users, k, u: b.mul(b.apply("gather", [u, k]), b.apply("exp", [k])),
        lambda k, u: u[int(k) - 1] * np.exp(k),
        {"k": 2.0, "u": B},
    ),
    Case(
        "reshape",
        {"v": "param:6", "w": "param:2"},
        lambda b, users, v, w: mean(
            b,
            b.apply(
                "as_vector",
                [
                    b.apply(
                        "matmul",
                        [
                            b.apply("reshape", [v], (known(3), known(2))),
                            b.apply("reshape", [w], (known(2), known(1))),
                        ],
                    )
                ],
            ),
        ),
        lambda v, w: ranked(v.reshape(3, 2, order="F") @ w),
        {"v": [1.0, 2.0, 0.5, -1.0, 0.25, 3.0], "w": [0.5, -2.0]},
    ),
    Case(
        "reshape_entries",
        {"v": "param:6"},
        lambda b, users, v: weighted(
            b, b.apply("exp", [b.apply("reshape", [b.apply("rev", [v])], (known(3), known(2)))])
        ),
        lambda v: weigh(np.exp(v[::-1].reshape(3, 2, order="F"))),
        {"v": [1.0, 2.0, 0.5, -1.0, 0.25, 3.0]},
    ),
    square(
        "quadratic",
        lambda b, users, m, v: b.sum(b.mul(v, b.apply("matvec", [m, v]))),
        lambda m, v: v @ m @ v,
    ),
    square(
        "transposed_product",
        lambda b, users, m, v: mean(b, b.apply("matvec", [b.apply("t", [m]), v])),
        lambda m, v: ranked(m.T @ v),
    ),
    square(
        "solvevec",
        lambda b, users, m, v: mean(b, b.apply("solvevec", [m, v])),
        lambda m, v: ranked(np.linalg.solve(m, v)),
    ),
    square(
        "solve",
        lambda b, users, m, v: weighted(
            b, b.apply("solve", [b.apply("t", [m]), b.mul(m, v_(b, m, v))])
        ),
        lambda m, v: weigh(np.linalg.solve(m.T, m * v[:, None])),
    ),
    square(
        "inverse",
        lambda b, users, m, v: weighted(b, b.apply("inverse", [b.apply("exp", [m])])),
        lambda m, v: weigh(np.linalg.inv(np.exp(m))),
    ),
    square(
        "logdet",
        lambda b, users, m, v: b.apply("logdet", [m]),
        lambda m, v: np.log(np.linalg.det(m)),
    ),
    square(
        "det",
        lambda b, users, m, v: b.apply("det", [b.neg(m)]),
        lambda m, v: np.linalg.det(-m),
    ),
    square(
        "chol",
        lambda b, users, m, v: weighted(b, b.apply("chol", [m])),
        lambda m, v: weigh(_chol(m)),
        P,
    ),
    square(
        "diag_part",
        lambda b, users, m, v: mean(b, b.mul(v, b.apply("diag_part", [m]))),
        lambda m, v: ranked(v * np.diag(m)),
    ),
    square(
        "half_lower",
        lambda b, users, m, v: weighted(b, b.apply("half_lower", [m])),
        lambda m, v: weigh(np.tril(m) - np.diag(np.diag(m)) / 2),
    ),
    square(
        "outer",
        lambda b, users, m, v: weighted(b, b.apply("outer", [b.apply("exp", [v]), v])),
        lambda m, v: weigh(np.outer(np.exp(v), v)),
    ),
    square(
        "all_entries",
        lambda b, users, m, v: b.apply("log_sum_exp", [b.mul(m, m)]),
        lambda m, v: np.log(np.sum(np.exp(m * m))),
    ),
]


def v_(b: Builder, m: int, v: int) -> int:
    return b.apply("spread_rows", [v, m])


def test_each_primitive_in_tmb() -> None:
    programs = [program(case) for case in CASES]
    answers = run_tmb_batch(programs, [[case.point] for case in CASES])
    for case, (answer,) in zip(CASES, answers, strict=True):
        compare(case, answer)


CURVED = ("solve", "solvevec", "inverse", "logdet", "det", "chol", "log_sum_exp", "ricker")


def test_second_derivatives_of_linear_algebra_and_loops() -> None:
    cases = [case for case in CASES if case.name in CURVED]
    programs = [dataclasses.replace(program(case), hessian=True) for case in cases]
    answers = run_tmb_batch(programs, [[case.point] for case in cases])
    for case, (answer,) in zip(cases, answers, strict=True):
        assert isinstance(answer, Numbers), (case.name, answer)
        assert answer.hessian is not None
        for name, row in curvature(case).items():
            for other, block in row.items():
                np.testing.assert_allclose(
                    answer.hessian[name][other], block, rtol=1e-7, atol=1e-7, err_msg=case.name
                )


BAD = [
    ("intercepts", {"group": [1.0, 4.0, 2.0, 3.0, 1.0]}, "group has places outside 1 to 3"),
    ("intercepts", {"group": [1.0, 0.0, 2.0, 3.0, 1.0]}, "group has places outside 1 to 3"),
    ("shifted_index", {"group": [0.0, 3.0]}, "group has places outside 0 to 2"),
    ("computed_index", {"x": [0.5, 3.0]}, "an index is outside 1 to 3"),
    ("computed_index", {"x": [0.5, math.nan]}, "an index is outside 1 to 3"),
    ("chosen", {"k": 4.0}, "k is a place outside 1 to 3"),
    ("logistic", {"z": [[1.0, 2.0]] * 5}, "the number of columns of z is not 3"),
    ("logistic", {"y": [1.0, 0.0]}, "data must have one length"),
    ("slice", {"y": [1.0, 0.0]}, "data have fewer than 3 elements"),
    ("column", {"z": [[1.0, 2.0]] * 2}, "the number of rows of z is less than 3"),
]


def test_what_does_not_fit_is_an_error_and_never_a_crash() -> None:
    cases = {case.name: case for case in CASES}
    programs = [program(cases[name]) for name, _, _ in BAD]
    points = [[{**cases[name].point, **wrong}] for name, wrong, _ in BAD]
    for (name, _, message), (answer,) in zip(BAD, run_tmb_batch(programs, points), strict=True):
        assert isinstance(answer, ToolchainError), name
        assert answer.code == "G407", (name, answer)
        assert message in answer.message, name
