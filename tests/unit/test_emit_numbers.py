"""Doubles as literals: each reader gets the very same double."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradc.emit.numbers import _read_by_r, cpp_number, python_number, r_number, r_start

POSITIVE = st.floats(min_value=0.0, allow_nan=False, allow_infinity=False)


@given(POSITIVE)
@example(5e-324)
@example(1.7976931348623157e308)
@example(0.1 + 0.2)
def test_python_and_cpp_read_it_back(value: float) -> None:
    assert float(python_number(value)) == value
    assert float(cpp_number(value)) == value
    assert any(c in cpp_number(value) for c in ".e")


@given(POSITIVE)
@example(5e-324)
@example(1e-300)
@example(1e22)
@example(0.1 + 0.2)
def test_r_reads_it_back(value: float) -> None:
    text = r_number(value)
    if text.startswith("0x"):
        assert float.fromhex(text) == value
        return
    assert float(text) == value
    for bits in (53, 64, 113):
        assert _read_by_r(text, bits) == value


@given(st.floats(min_value=1e-200, max_value=1e200))
def test_starting_values_are_read_back_by_a_long_double(value: float) -> None:
    text = r_start(value)
    read = [_read_by_r(text, bits) for bits in (64, 113)]
    assert set(read) == {value} or float.fromhex(text) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (2.5, "2.5"),
        (0.1, "0.1"),
        (1e-10, "1e-10"),
        (1e22, "1e+22"),
        (100000.0, "100000"),
        (0.6931471805599453, "0.6931471805599453"),
        (5e-324, "0x0.0000000000001p-1022"),
    ],
)
def test_r_literals_stay_readable(value: float, text: str) -> None:
    assert r_number(value) == text


def test_emulation_knows_what_r_misreads() -> None:
    """R 4.2.2 on x86 reads these shortest decimals as the next double."""
    misread = [
        value
        for value in map(_double, range(4_600_000_000_000_000_000, 4_600_000_000_000_400_000, 7))
        if _read_by_r(repr(value), 64) != value
    ]
    assert misread
    for value in misread:
        assert r_number(value) != repr(value)
        assert _read_by_r(r_start(value), 64) == value


def test_most_literals_of_r_are_decimals() -> None:
    logarithms = [math.log(count) for count in range(2, 2000)]
    assert sum(r_number(value).startswith("0x") for value in logarithms) < 0.1 * len(logarithms)
    assert not [value for value in logarithms if r_start(value).startswith("0x")]


def _double(bits: int) -> float:
    value: float = struct.unpack("<d", struct.pack("<Q", bits))[0]
    assert math.isfinite(value)
    return value
