"""One number against its truth: NaN equals only NaN, a bound too wide tells nothing."""

from __future__ import annotations

import math

import pytest
from flint import arb

from gradc.run import Numbers
from gradc.verify.bounds import Bound
from gradc.verify.compare import Expected, judge, pairs, ulp_of
from gradc.verify.oracle import State
from gradc.verify.rounding import arithmetic

DOUBLE = arithmetic("numpy")
INF, NAN = math.inf, math.nan


def expected(value: float, radius: float, state: State = "finite") -> Expected:
    return Expected(arb(value), state, Bound(arb(radius), "ball"))


@pytest.mark.parametrize(
    ("got", "wanted", "status"),
    [
        (1.0, expected(1.0, 1e-16), "agree"),
        (1.0 + 3e-16, expected(1.0, 1e-15), "agree"),
        (1.0 + 3e-15, expected(1.0, 1e-15), "disagree"),
        (1.5, expected(1.0, 2.0), "inconclusive"),
        (4.0, expected(1.0, 2.0), "disagree"),
        (1.0, expected(1.0, INF), "agree"),
        (1.1, expected(1.0, INF), "inconclusive"),
        (NAN, expected(1.0, INF), "disagree"),
        (INF, expected(1.0, 1.0), "disagree"),
        (NAN, expected(NAN, 0.0, "undefined"), "agree"),
        (0.0, expected(NAN, 0.0, "undefined"), "disagree"),
        (INF, expected(INF, 0.0, "infinite"), "agree"),
        (-INF, expected(INF, 0.0, "infinite"), "inconclusive"),
        (1e308, expected(INF, 0.0, "infinite"), "disagree"),
        (3.0, expected(0.0, 0.0, "undecided"), "inconclusive"),
        (0.0, expected(0.0, 5e-324), "agree"),
        (1e-20, expected(0.0, 1e-16), "inconclusive"),
        (1e-10, expected(0.0, 1e-16), "disagree"),
        (INF, expected(1.7976931348623157e308, 1e300), "inconclusive"),
    ],
)
def test_judgement(got: float, wanted: Expected, status: str) -> None:
    assert judge(got, wanted, DOUBLE).status == status


def test_what_no_double_holds_is_infinite_or_zero() -> None:
    huge = Expected(arb(10) ** 400, "finite", Bound(arb(10) ** 385, "ball"))
    assert judge(INF, huge, DOUBLE).status == "agree"
    assert judge(-INF, huge, DOUBLE).status == "disagree"
    assert judge(NAN, huge, DOUBLE).status == "disagree"
    small = Expected(arb(10) ** -400, "finite", Bound(arb(10) ** -320, "ball"))
    assert judge(0.0, small, DOUBLE).status == "agree"
    flushed = Expected(arb(10) ** -310, "finite", Bound(arb(10) ** -307, "ball"))
    assert judge(0.0, flushed, arithmetic("tf")).status == "agree"


@pytest.mark.parametrize("value", [1.0, 1.5, -2.0, 1e300, 3e-310, 0.0, 7e-320])
def test_ulp_is_the_distance_of_doubles(value: float) -> None:
    assert float(ulp_of(arb(value), DOUBLE)) == math.ulp(value)


def test_errors_are_counted_in_ulp() -> None:
    one = judge(1.0 + 4 * math.ulp(1.0), expected(1.0, 1e-15), DOUBLE)
    assert one.error_ulp == 4.0
    assert one.bound_ulp == pytest.approx(4.5, rel=0.01)
    assert one.share == pytest.approx(0.888, rel=0.01)


def rows(*values: float) -> list[Expected]:
    return [expected(value, 1e-15) for value in values]


def test_parts_of_an_answer() -> None:
    numbers = Numbers(
        [1.0, 2.0],
        {"a": [3.0, 4.0], "beta": [[5.0, 6.0], [7.0, 8.0]]},
        {"a": {"a": [9.0, 10.0], "beta": [[1.0, 2.0], [3.0, 4.0]]}},
    )

    def got(name: str) -> list[float]:
        return [one for one, _ in pairs(numbers, name, rows(0.0, 0.0), DOUBLE)]

    assert got("value") == [1.0, 2.0]
    assert got("gradient:a") == [3.0, 4.0]
    assert got("gradient:beta[2]") == [6.0, 8.0]
    assert got("hessian:a:a") == [9.0, 10.0]
    assert got("hessian:a:beta[1]") == [1.0, 3.0]
    with pytest.raises(LookupError):
        got("gradient:c")


def test_parts_of_a_scalar_objective() -> None:
    numbers = Numbers(
        1.0,
        {"a": 3.0, "beta": [5.0, 6.0]},
        {
            "a": {"a": 1.0, "beta": [2.0, 3.0]},
            "beta": {"a": [2.0, 3.0], "beta": [[4.0, 5.0], [6.0, 7.0]]},
        },
    )

    def got(name: str, count: int) -> list[float]:
        return [one for one, _ in pairs(numbers, name, rows(*[0.0] * count), DOUBLE)]

    assert got("gradient:beta", 2) == [5.0, 6.0]
    assert got("hessian:a:beta[2]", 1) == [3.0]
    assert got("hessian:beta:beta[1]", 2) == [4.0, 6.0]
    with pytest.raises(ValueError, match="2 numbers for 'gradient:beta', which has 3"):
        got("gradient:beta", 3)


def test_the_gradient_of_a_sum_is_compared_with_a_sum() -> None:
    numbers = Numbers([1.0, 2.0, 3.0], {"a": 60.0}, gradient_of_sum=True)
    ((got, wanted),) = pairs(numbers, "gradient:a", rows(10.0, 20.0, 30.0), DOUBLE)
    assert (got, float(wanted.value)) == (60.0, 60.0)
    assert 3e-15 < float(wanted.bound.radius) < 1e-13
    ((_, recycled),) = pairs(numbers, "gradient:a", rows(20.0), DOUBLE)
    assert float(recycled.value) == 60.0
