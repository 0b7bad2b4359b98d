"""Points: inside bounds and natures, the same for the same seed, refused ones reported."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tensors import built

from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function, known
from gradc.prims import Builder
from gradc.verify.points import Sample, sample


def model(text: str, *wrt: str) -> Function:
    return build(Source("t", text), syntax="r", wrt=wrt, at=None, name="t").function


def declared(function: Function, name: str, **facts: Any) -> Function:
    """The function with more known of one input."""
    inputs = tuple(
        dataclasses.replace(item, **facts) if item.name == name else item
        for item in function.inputs
    )
    return dataclasses.replace(function, inputs=inputs)


def drawn(function: Function, count: int = 40, seed: int = 0, **options: Any) -> Sample:
    options.setdefault("given", [])
    return sample(function, count=count, seed=seed, accept=lambda point: None, **options)


PLAIN = model("sum((y - a*x)^2)", "a")


def test_the_same_seed_gives_the_same_points() -> None:
    assert drawn(PLAIN) == drawn(PLAIN)
    assert drawn(PLAIN) != drawn(PLAIN, seed=1)


def test_vectors_in_common_have_one_length() -> None:
    lengths = {(len(p["x"]), len(p["y"])) for p in drawn(PLAIN).points}
    assert lengths == {(3, 3), (1, 1)}


@pytest.mark.parametrize(
    ("text", "least"), [("a*y[2]", 2), ("a*sum(y) + y[7]", 7), ("a*sum(y - x)*x[5]", 5)]
)
def test_data_have_the_rows_that_a_model_names(text: str, least: int) -> None:
    found = drawn(model(text, "a"))
    assert {len(point["y"]) for point in found.points} == {max(least, 3)}
    given = {"a": 1.0, "y": [1.0] * 150, "x": [2.0] * 150}
    longer = drawn(model(f"{text} + y[120]", "a"), given=[given])
    assert {len(point["y"]) for point in longer.points[1:]} == {120, 150}


def test_given_points_come_first_and_set_lengths() -> None:
    given = {"a": 2.0, "x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 2.0, 3.0, 4.0]}
    found = drawn(PLAIN, given=[given])
    assert found.points[0] == given
    assert found.given == 1
    assert {len(point["x"]) for point in found.points} == {4}
    keeping = [point for point in found.points if point["x"] == given["x"]]
    assert len(found.points) / 3 < len(keeping) < len(found.points)


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (2.0, None), (None, -3.0), (-1e-3, 1e-3), (5.0, 6.0)]
)
def test_bounds_are_respected(low: float | None, high: float | None) -> None:
    function = declared(PLAIN, "a", lower=low, upper=high)
    for point in drawn(function).points:
        assert (-math.inf if low is None else low) < point["a"]
        assert point["a"] < (math.inf if high is None else high)


def test_natures_are_respected() -> None:
    counts = drawn(declared(PLAIN, "x", nature="count")).points
    assert all(float(v).is_integer() and v >= 0 for point in counts for v in point["x"])
    positive = drawn(declared(PLAIN, "x", nature="positive")).points
    assert all(v > 0 for point in positive for v in point["x"])


def test_defaults_draw_points_near() -> None:
    function = declared(PLAIN, "a", default=1000.0)
    near = [point["a"] for point in drawn(function).points if 100 < point["a"] < 3000]
    assert len(near) >= 8


def test_float32_points_are_float32_numbers() -> None:
    for point in drawn(PLAIN, dtype="float32").points:
        assert point["a"] == float(np.float32(point["a"]))


def test_refused_points_are_reported_and_others_drawn() -> None:
    found = sample(PLAIN, [], 10, 0, lambda point: None if point["a"] < 0 else "a is positive")
    assert len(found.points) == 10
    assert all(point["a"] < 0 for point in found.points)
    assert found.skipped
    assert {skipped.reason for skipped in found.skipped} == {"a is positive"}


def test_nothing_is_drawn_for_ever() -> None:
    found = sample(PLAIN, [], 3, 0, lambda point: "never")
    assert found.points == ()
    assert 3 <= len(found.skipped) <= 100


def test_sizes_differ_where_nothing_ties_them() -> None:
    shapes = {"y": ("n",), "X": ("n", "k"), "beta": ("k",), "z": ("m",), "B": ("k", 2)}
    function = built(regression, shapes, ("beta", "B"))
    for point in drawn(function, 8).points:
        assert np.shape(point["X"]) == (3, 2)
        assert np.shape(point["y"]) == (3,)
        assert np.shape(point["beta"]) == (2,)
        assert np.shape(point["z"]) == (4,)
        assert np.shape(point["B"]) == (2, 2)


def regression(b: Builder, n: Mapping[str, int]) -> int:
    return b.sum(b.sub(n["y"], b.apply("matvec", [n["X"], n["beta"]])))


def test_affine_sizes_fit_together() -> None:
    def make(b: Builder, n: Mapping[str, int]) -> int:
        return b.sum(b.mul(b.apply("slice", [n["y"]], (known(1), known(0))), n["d"]))

    function = built(make, {"y": ("n",), "d": ("m",)}, ())
    assert {(len(p["y"]), len(p["d"])) for p in drawn(function).points} == {(4, 3)}
    given = {"y": [1.0] * 6, "d": [2.0] * 5}
    found = drawn(function, given=[given])
    assert {(len(p["y"]), len(p["d"])) for p in found.points} == {(6, 5)}


def test_given_data_keep_all_of_their_rows_and_others_have_fewer() -> None:
    function = built(regression, {"y": ("n",), "X": ("n", "k"), "beta": ("k",)}, ("beta",))
    given = {"y": [1.0] * 150, "X": [[1.0, 2.0, 3.0]] * 150, "beta": [0.0] * 3}
    found = drawn(function, 12, given=[given]).points
    assert {np.shape(p["X"]) for p in found} == {(150, 3), (100, 3)}
    assert all(len(p["y"]) == len(p["X"]) and len(p["beta"]) == 3 for p in found)


@pytest.mark.parametrize("base", [0, 1])
def test_indices_name_what_is_there(base: int) -> None:
    def make(b: Builder, n: Mapping[str, int]) -> int:
        index = n["group"] if base else b.add(n["group"], b.const(1.0))
        return b.sum(b.sub(n["y"], b.apply("gather", [n["u"], index])))

    shapes = {"y": ("n",), "group": ("n",), "u": (4,)}
    function = built(make, shapes, ("u",), {"group": "index"})
    places = {place for point in drawn(function).points for place in point["group"]}
    assert places == {base + k for k in range(4)}


def test_a_matrix_that_is_factored_is_positive_definite() -> None:
    function = built(lambda b, n: b.sum(b.apply("chol", [n["S"]])), {"S": ("p", "p")}, ())
    for point in drawn(function, 10).points:
        assert np.allclose(point["S"], np.transpose(point["S"]))
        assert np.linalg.eigvalsh(point["S"]).min() > 0


def test_what_a_density_counts_is_drawn_as_a_count() -> None:
    text = Source("text", "dbinom(k, n, p, log = TRUE) + x")
    function = build(text, wrt=["p"]).function
    found = sample(function, [], 6, 1, lambda point: None)
    for point in found.points:
        drawn = [point["k"], point["n"]]
        assert all(float(number).is_integer() for value in drawn for number in np.atleast_1d(value))
    assert not all(float(np.atleast_1d(point["x"])[0]).is_integer() for point in found.points)
