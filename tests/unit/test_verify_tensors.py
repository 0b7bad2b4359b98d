"""Balls of vectors and matrices enclose what is exact; doubles stay inside their bounds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from doubles import doubles
from flint import arb, ctx
from tensors import built, covariance, exact_determinant, exact_solution, fractions, matrix

from gradc.errors import GradcError
from gradc.ir import Function, known
from gradc.prims import Builder
from gradc.verify import bounds, true_values

DRAW = random.Random(7)  # noqa: S311
N, K = 5, 3
SIZES = (known(1), known(2))
X = matrix(DRAW, N, K)
A = matrix(DRAW, K, K)
B = matrix(DRAW, K, 2)
V = [DRAW.gauss(0, 1) for _ in range(N)]
U = [DRAW.gauss(0, 1) for _ in range(K)]
PLACED = [3.0, 1.0, 3.0, 5.0]
W = [DRAW.gauss(0, 1) for _ in range(len(PLACED))]
COLUMNS = [2.0, 1.0, 3.0, 3.0, 2.0]
ROWS = matrix(DRAW, len(PLACED), K)
VALUES: dict[str, Any] = {
    "X": X, "A": A, "B": B, "v": V, "u": U, "i": PLACED, "w": W, "R": ROWS, "s": 0.3, "c": COLUMNS
}  # fmt: skip
EXACT = {name: fractions(value) for name, value in VALUES.items()}
PLACES = np.array(PLACED, dtype=int) - 1
CELLS = np.arange(N), np.array(COLUMNS, dtype=int) - 1


def added(count: int, parts: Any) -> Any:
    shape = (count, *parts.shape[1:])
    found = np.full(shape, Fraction(0), dtype=object)
    for place, part in zip(PLACES, parts, strict=True):
        found[place] = found[place] + part
    return found


def put(like: Any, where: Any, what: Any) -> Any:
    found = np.full(like.shape, Fraction(0), dtype=object)
    found[where] = what
    return found


E = EXACT
HALVES = put(E["A"], np.diag_indices(K), np.diag(E["A"]) / 2)
CASES: dict[str, tuple[str, Sequence[str], Any, Any]] = {
    "slice": ("slice", "v", SIZES, E["v"][1:-2]),
    "pad": ("pad", "v", SIZES, np.concatenate([[Fraction(0)], E["v"], [Fraction(0)] * 2])),
    "gather": ("gather", "vi", None, E["v"][PLACES]),
    "scatter_add": ("scatter_add", "wiv", None, added(N, E["w"])),
    "cumsum": ("cumsum", "v", None, np.cumsum(E["v"])),
    "rev": ("rev", "v", None, E["v"][::-1]),
    "concat": ("concat", "vsu", None, np.concatenate([E["v"], [E["s"][()]], E["u"]])),
    "seq_along": ("seq_along", "v", 2, np.arange(3, 3 + N)),
    "reshape": ("reshape", "w", (known(2), known(2)), E["w"].reshape((2, 2), order="F")),
    "as_vector": ("as_vector", "X", None, E["X"].ravel(order="F")),
    "t": ("t", "X", None, E["X"].T),
    "matmul": ("matmul", "XB", None, E["X"] @ E["B"]),
    "matvec": ("matvec", "Xu", None, E["X"] @ E["u"]),
    "outer": ("outer", "vu", None, np.multiply.outer(E["v"], E["u"])),
    "row_sums": ("row_sums", "X", None, E["X"].sum(axis=1)),
    "col_sums": ("col_sums", "X", None, E["X"].sum(axis=0)),
    "spread_rows": ("spread_rows", "vX", None, np.broadcast_to(E["v"][:, None], (N, K))),
    "spread_cols": ("spread_cols", "uX", None, np.broadcast_to(E["u"], (N, K))),
    "nrow": ("nrow", "X", None, np.array(N)),
    "ncol": ("ncol", "X", None, np.array(K)),
    "length": ("length", "X", None, np.array(N * K)),
    "sum": ("sum", "X", None, np.array(E["X"].sum())),
    "prod": ("prod", "A", None, np.array(E["A"].prod())),
    "get_col": ("get_col", "X", 2, E["X"][:, 1]),
    "get_row": ("get_row", "X", 4, E["X"][3]),
    "put_col": ("put_col", "vX", 2, put(E["X"], np.s_[:, 1], E["v"])),
    "put_row": ("put_row", "uX", 4, put(E["X"], 3, E["u"])),
    "entry": ("entry", "X", (4, 2), np.array(E["X"][3, 1])),
    "put_entry": ("put_entry", "sX", (4, 2), put(E["X"], (3, 1), E["s"][()])),
    "gather_rows": ("gather_rows", "Xi", None, E["X"][PLACES]),
    "scatter_rows": ("scatter_rows", "RiX", None, added(N, E["R"])),
    "gather_cells": ("gather_cells", "Xc", None, E["X"][CELLS]),
    "scatter_cells": ("scatter_cells", "vcX", None, put(E["X"], CELLS, E["v"])),
    "bind_cols": (
        "bind_cols", "vsv", None, np.stack([E["v"], np.full(N, E["s"][()]), E["v"]], axis=1)
    ),
    "concat_cols": (
        "concat_cols", "XvX", None, np.column_stack([E["X"], E["v"], E["X"]])
    ),
    "diag_matrix": ("diag_matrix", "u", None, put(E["A"], np.diag_indices(K), E["u"])),
    "diag_part": ("diag_part", "A", None, np.diag(E["A"])),
    "half_lower": (
        "half_lower", "A", None, np.tril(E["A"]) - HALVES
    ),
    "solve": ("solve", "AB", None, exact_solution(E["A"], E["B"])),
    "solvevec": ("solvevec", "Au", None, exact_solution(E["A"], E["u"])),
    "inverse": ("inverse", "A", None, exact_solution(E["A"], fractions(np.eye(K)))),
    "det": ("det", "A", None, np.array(exact_determinant(E["A"]))),
    "mul": ("mul", "XX", None, E["X"] * E["X"]),
    "add": ("add", "sX", None, E["s"] + E["X"]),
}  # fmt: skip


def function_of(prim: str, names: Sequence[str], attrs: Any) -> Function:
    shapes = {name: np.shape(VALUES[name]) for name in dict.fromkeys(names)}
    return built(lambda b, nodes: b.apply(prim, [nodes[name] for name in names], attrs), shapes, ())


def encloses(ball: Any, exact: Any) -> bool:
    exact = Fraction(exact)
    with ctx.workprec(2000):
        return bool(ball.contains(arb(exact.numerator) / arb(exact.denominator)))


@pytest.mark.parametrize("case", CASES)
def test_balls_enclose_what_fractions_say(case: str) -> None:
    prim, names, attrs, exact = CASES[case]
    found = true_values(function_of(prim, names, attrs), VALUES)
    assert found.finite
    cells = found.cells["value"]
    wanted = np.asarray(exact, dtype=object).ravel(order="F")
    assert len(cells) == len(wanted)
    for cell, number in zip(cells, wanted, strict=True):
        assert encloses(cell, number)
        assert cell.rad() <= abs(cell) * 2**-150 + arb(2) ** -180


@pytest.mark.parametrize(
    ("target", "dtype"),
    [
        ("numpy", "float64"),
        ("r", "float64"),
        ("tmb", "float64"),
        ("tf", "float64"),
        ("numpy", "float32"),
        ("tf", "float32"),
    ],
)
@pytest.mark.parametrize("case", CASES)
def test_doubles_stay_inside_their_bounds(case: str, target: str, dtype: str) -> None:
    prim, names, attrs, _ = CASES[case]
    function = function_of(prim, names, attrs)
    found = bounds(function, target, VALUES, dtype)
    got = np.ravel(doubles(function, VALUES, dtype)["value"], order="F")
    for number, cell, bound in zip(
        got, found.exact.cells["value"], found.cells["value"], strict=True
    ):
        assert abs(arb(float(number)) - cell) <= bound.radius + cell.rad()
        assert bound.radius <= (abs(cell) + 1) * 2000 * (
            2.0**-52 if dtype == "float64" else 2.0**-23
        )


def hilbert(count: int) -> list[list[float]]:
    return [[1.0 / (i + j + 1) for j in range(count)] for i in range(count)]


LINEAR: Mapping[str, Callable[[Builder, Mapping[str, int]], int]] = {
    "solvevec": lambda b, n: b.apply("solvevec", [n["A"], n["u"]]),
    "inverse": lambda b, n: b.apply("inverse", [n["A"]]),
    "logdet": lambda b, n: b.apply("logdet", [n["A"]]),
    "det": lambda b, n: b.apply("det", [n["A"]]),
    "chol": lambda b, n: b.apply("chol", [n["A"]]),
    "whitened": lambda b, n: b.sum(
        b.pow(
            b.apply("solvevec", [b.apply("t", [b.apply("chol", [n["A"]])]), n["u"]]), b.const(2.0)
        )
    ),
    "normal equations": lambda b, n: b.apply(
        "solvevec",
        [
            b.apply("matmul", [b.apply("t", [n["A"]]), n["A"]]),
            b.apply("matvec", [b.apply("t", [n["A"]]), n["u"]]),
        ],
    ),
}


@pytest.mark.parametrize("case", LINEAR)
def test_ill_conditioned_systems_stay_inside_their_bounds(case: str) -> None:
    draw = random.Random(3)  # noqa: S311
    widest = 0.0
    for count in (1, 2, 3, 4, 6, 8):
        for a in (covariance(draw, count), hilbert(count)):
            point = {"A": a, "u": [draw.gauss(0, 1) for _ in range(count)]}
            shapes = {"A": (count, count), "u": (count,)}
            function = built(LINEAR[case], shapes, ())
            found = bounds(function, "numpy", point)
            assert found.exact.finite
            try:
                got = np.ravel(doubles(function, point)["value"], order="F")
            except np.linalg.LinAlgError:  # not positive definite in doubles: the bound says so
                assert not all(bound.radius.is_finite() for bound in found.cells["value"])
                continue
            size = max(abs(cell) for cell in found.exact.cells["value"])
            for number, cell, bound in zip(
                got, found.exact.cells["value"], found.cells["value"], strict=True
            ):
                assert abs(arb(float(number)) - cell) <= bound.radius
                if a[0][0] != 1.0:
                    widest = max(widest, float(bound.radius / size))
    assert widest < 1e-9  # well conditioned: a bound that would find a wrong digit


def test_log_sum_exp_is_stable_and_exact() -> None:
    function = built(lambda b, n: b.apply("log_sum_exp", [n["v"]]), {"v": (3,)}, ())
    for values in ([1000.0, 999.0, -1000.0], [-1e4, -1e4 - 1, -1e5], [0.1, 0.2, -0.3]):
        found = bounds(function, "numpy", {"v": values})
        got = float(doubles(function, {"v": values})["value"])
        with ctx.workprec(4000):
            exact = sum((arb(x).exp() for x in values), arb(0)).log()
            assert found.exact.cells["value"][0].overlaps(exact)
            assert abs(arb(got) - exact) <= found.cells["value"][0].radius
        assert found.cells["value"][0].radius < 1e-10


def test_singular_matrices_have_no_inverse() -> None:
    for prim in ("inverse", "chol"):
        function = built(lambda b, n, p=prim: b.apply(p, [n["A"]]), {"A": (2, 2)}, ())
        found = true_values(function, {"A": [[1.0, 2.0], [2.0, 4.0]]})
        assert "undefined" in found.states["value"]
        assert "undecided" not in found.states["value"]
    function = built(lambda b, n: b.apply("chol", [n["A"]]), {"A": (2, 2)}, ())
    assert "undefined" in true_values(function, {"A": [[1.0, 3.0], [3.0, 4.0]]}).states["value"]
    logdet = built(lambda b, n: b.apply("logdet", [n["A"]]), {"A": (2, 2)}, ())
    assert true_values(logdet, {"A": [[1.0, 2.0], [2.0, 4.0]]}).states["value"] == ("infinite",)


def test_a_nan_is_followed_through_moves() -> None:
    def make(b: Builder, n: Mapping[str, int]) -> int:
        logs = b.apply("log", [n["X"]])
        return b.apply("row_sums", [b.apply("gather_rows", [b.apply("t", [logs]), n["i"]])])

    function = built(make, {"X": (2, 3), "i": (2,)}, ())
    point = {"X": [[1.0, 2.0, 3.0], [1.0, -1.0, 2.0]], "i": [2.0, 3.0]}
    assert true_values(function, point).states["value"] == ("undefined", "finite")


@pytest.mark.parametrize("place", [0.0, 4.0, 1.5, -1.0])
def test_places_must_be_there(place: float) -> None:
    function = built(lambda b, n: b.apply("gather", [n["v"], n["i"]]), {"v": (3,), "i": (1,)}, ())
    with pytest.raises(GradcError, match="a place is"):
        true_values(function, {"v": [1.0, 2.0, 3.0], "i": [place]})


def test_symbolic_sizes_are_told_by_the_data() -> None:
    def make(b: Builder, n: Mapping[str, int]) -> int:
        return b.apply("slice", [n["y"]], (known(1), known(0)))

    function = built(make, {"y": ("n",), "X": ("n", "k"), "beta": ("k",)}, ())
    point = {"y": [1.0, 2.0, 3.0], "X": matrix(DRAW, 3, 2), "beta": [0.5, 1.0]}
    assert [float(cell) for cell in true_values(function, point).cells["value"]] == [2.0, 3.0]
    assert len(true_values(function, {**point, "y": 4.0}).cells["value"]) == 2
    with pytest.raises(GradcError, match="'y' has 4 values and 'X' has 3 rows"):
        true_values(function, {**point, "y": [1.0] * 4})
    with pytest.raises(GradcError, match="is no matrix"):
        true_values(function, {**point, "X": [1.0, 2.0]})
