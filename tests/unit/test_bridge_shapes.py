"""What R returned, read in every layout that R has for a derivative, and refused in any other."""

from __future__ import annotations

import numpy as np
import pytest

from gradc.bridge.shapes import Reply, gradient_arrays, hessian_array, value_array
from gradc.errors import GradcError

P, W = {"p": ("p", (3,))}, {"W": ("W", (2, 3))}
AB = {"a": ("a", ()), "b": ("b", (2,))}


def reply(*parts: object, labels: tuple[str, ...] = (), listed: bool = False) -> Reply:
    arrays = tuple(np.asarray(part, np.float64)[None] for part in parts)
    return Reply(arrays, labels, listed)


def read(found: Reply, value: tuple[int | None, ...], wrt: object) -> list[np.ndarray]:
    return [one[0] for one in gradient_arrays(found, value, wrt, "f")]


def message(found: Reply, value: tuple[int | None, ...], wrt: object) -> str:
    with pytest.raises(GradcError) as caught:
        gradient_arrays(found, value, wrt, "f")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "G803"
    return diagnostic.message


@pytest.mark.parametrize(
    ("got", "expected", "shape"),
    [
        ([7.0], (), ()),
        ([[7.0]], (), ()),
        ([7.0], (1,), (1,)),
        ([7.0], (None,), (1,)),
        ([1.0, 2], (2,), (2,)),
        ([[1.0], [2]], (None,), (2,)),
        ([[1.0, 2]], (1, None), (1, 2)),
    ],
)
def test_a_value_has_the_promised_shape(got: object, expected: object, shape: object) -> None:
    assert value_array(reply(got), expected, "f").shape == (1, *shape)


@pytest.mark.parametrize(
    ("got", "expected"), [([1.0, 2], ()), ([1.0, 2], (3,)), ([[1.0, 2]] * 2, (4,)), ([], ())]
)
def test_another_shape_of_the_value_is_refused(got: object, expected: object) -> None:
    with pytest.raises(GradcError, match=r"G802: f returned .*was expected"):
        value_array(reply(got), expected, "f")


def test_a_matrix_argument_is_column_major_in_a_flat_gradient() -> None:
    truth = np.arange(6.0).reshape(2, 3)
    flat = truth.reshape(-1, order="F")
    for layout in (truth, flat, flat[None], flat[:, None]):
        np.testing.assert_array_equal(read(reply(layout), (), W), [truth])


def test_the_gradient_of_a_vector_has_a_row_a_value() -> None:
    truth = np.arange(24.0).reshape(4, 2, 3)
    as_matrix = np.stack([row.reshape(-1, order="F") for row in truth])
    for value in ((4,), (None,)):
        np.testing.assert_array_equal(read(reply(truth), value, W), [truth])
        np.testing.assert_array_equal(read(reply(as_matrix), value, W), [truth])


def test_one_matrix_for_several_arguments() -> None:
    columns = np.array([[1.0, 2, 3], [4, 5, 6]])
    a, b = read(reply(columns), (2,), AB)
    np.testing.assert_array_equal(a, [1, 4])
    np.testing.assert_array_equal(b, [[2, 3], [5, 6]])
    a, b = read(reply([1.0, 2, 3]), (), AB)
    assert a == 1
    np.testing.assert_array_equal(b, [2, 3])


def test_names_of_columns_count_and_not_their_places() -> None:
    swapped = reply([2.0, 3, 1], labels=("b[1]", "b[2]", "a"))
    a, b = read(swapped, (), AB)
    assert a == 1
    np.testing.assert_array_equal(b, [2, 3])
    two = {"p": ("p", ()), "p2": ("p2", ())}
    assert read(reply([2.0, 1], labels=("p2", "p")), (), two) == [1, 2]
    assert "of which 0 belong to 'a'" in message(reply([1.0, 2, 3], labels=tuple("xyz")), (), AB)


def test_lists_by_name_and_by_place() -> None:
    for found in (
        reply(1.0, [2.0, 3], listed=True),
        reply([2.0, 3], 1.0, labels=("b", "a"), listed=True),
    ):
        a, b = read(found, (), AB)
        assert a == 1
        np.testing.assert_array_equal(b, [2, 3])
    wrong = reply([2.0, 3], 1.0, labels=("b", "c"), listed=True)
    assert message(wrong, (), AB).endswith("is a list of b, c, and one of a, b was expected")


def test_a_misshapen_gradient_names_the_argument_and_both_shapes() -> None:
    said = message(reply([1.0, 2]), (), P)
    assert said.startswith("the gradient of f by 'p' is 2 numbers, and the shape (3,) was expected")
    assert "a matrix of 3 x 2" in message(reply(np.ones((3, 2))), (2,), P)
    assert "(2, 3)" in message(reply(np.ones((3, 2))), (2,), P)
    # A vector for a vector of values could be a diagonal or a mistake: it is not guessed.
    assert "(3, 3)" in message(reply([1.0, 2, 3]), (3,), P)
    assert "has 4 columns, and 1 + 2 for a, b" in message(reply([1.0, 2, 3, 4]), (), AB)


def test_not_a_number_stays_what_it_is() -> None:
    found = read(reply([np.nan, np.inf, -0.0]), (), P)[0]
    assert np.isnan(found[0])
    assert found[1] == np.inf
    assert np.signbit(found[2])


def test_second_derivatives_are_turned_to_rows_first() -> None:
    wrt = {"a": ("a", ()), "W": ("W", (2, 2))}
    names = ["a", "11", "21", "12", "22"]  # R's order
    table = np.array([[float(f"{i}{j}") for j in range(5)] for i in range(5)])
    found = hessian_array(reply(table[None]), wrt, "f")[0, 0]
    order = [names.index(name) for name in ("a", "11", "12", "21", "22")]
    np.testing.assert_array_equal(found, table[np.ix_(order, order)])
    with pytest.raises(GradcError, match="entries of the value x 5 x 5 was expected"):
        hessian_array(reply(np.ones((4, 4))), wrt, "f")
