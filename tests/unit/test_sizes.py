"""Symbolic sizes told by the extents of data; what does not fit is said with both places."""

from __future__ import annotations

from typing import Any

import pytest
from tensors import built

from gradc.errors import GradcError
from gradc.ir import Extent, Function, Size, SizeError, counts_of, known, symbol, value_of
from gradc.model.values import complete

N, K = symbol("n"), symbol("k")


def size(constant: int, **terms: int) -> Size:
    return Size(constant, tuple(sorted(terms.items())))


def test_one_extent_tells_one_symbol() -> None:
    both = [Extent("a", 0, size(-1, n=2), 9), Extent("b", 0, size(1, k=1, n=1), 8)]
    assert counts_of(both, {}) == {"n": 5, "k": 2}
    assert counts_of(both[::-1], {}) == {"n": 5, "k": 2}
    assert value_of(size(3, n=2, k=-1), {"n": 5, "k": 2}) == 11
    assert value_of(size(3, m=1), {"n": 5}) is None
    assert counts_of([Extent("a", 0, N, 4)], {"n": size(1, m=1)}) == {"m": 3}


def test_a_single_number_tells_only_where_nothing_else_does() -> None:
    weak = Extent("x", 0, N, 1, firm=False)
    assert counts_of([weak, Extent("y", 0, N, 7)], {}) == {"n": 7}
    assert counts_of([weak, Extent("y", 0, N, 1, firm=False)], {}) == {"n": 1}


@pytest.mark.parametrize(
    ("extents", "message"),
    [
        (
            [Extent("y", 0, N, 3), Extent("X", 0, N, 4)],
            "'y' has 3 rows and 'X' has 4 rows, where 3",
        ),
        ([Extent("y", 0, size(0, n=2), 3)], "'y' has 3 rows, which does not fit"),
        ([Extent("y", 0, size(5, n=1), 3)], "does not fit the other sizes"),
        ([Extent("y", 0, known(2), 3)], "'y' has 3 rows, not 2"),
        (
            [Extent("y", 0, N, 3, unit="values"), Extent("x", 0, N, 4, unit="values")],
            "'y' has 3 values and 'x' has 4",
        ),
    ],
)
def test_contradictions_name_both_places(extents: list[Extent], message: str) -> None:
    with pytest.raises(SizeError) as caught:
        counts_of(extents, {})
    assert message in str(caught.value)


def regression() -> Function:
    shapes: dict[str, tuple[int | str, ...]] = {
        "y": ("n",), "X": ("n", "k"), "beta": ("k",), "s": ()
    }  # fmt: skip
    return built(
        lambda b, n: b.sum(b.sub(n["y"], b.apply("matvec", [n["X"], n["beta"]]))),
        shapes,
        ("beta",),
    )


GOOD: dict[str, Any] = {
    "y": [1.0, 2.0, 3.0], "X": [[1.0, 2.0]] * 3, "beta": [0.1, 0.2], "s": 1.0
}  # fmt: skip


def test_points_that_fit_are_completed() -> None:
    function = regression()
    assert complete(function, GOOD) == GOOD
    assert complete(function, {**GOOD, "y": 4.0})["y"] == 4.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": [1.0, 2.0]}, "'X' has 3 rows"),
        ({"beta": [1.0]}, "'beta' has 1 values, where 2 are needed"),
        ({"X": [1.0, 2.0]}, "'X' is a matrix, a list of rows"),
        ({"y": [[1.0], [2.0]]}, "'y' is not a matrix"),
        ({"s": [1.0, 2.0]}, "'s' is a scalar parameter but 2 values are given"),
    ],
)
def test_points_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(GradcError) as caught:
        complete(regression(), {**GOOD, **change})
    assert message in str(caught.value)
