"""Expressions: the fewest parentheses, no ``--x``, and the same tree when read again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradc.emit.header import model_lines
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits, schedule
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function
from gradc.targets import TARGETS


def read(text: str) -> Function:
    return build(Source("text", text), syntax="r", wrt=None, at=None, name="model").function


def printed(text: str, target: str) -> str:
    """The expression of a formula in a target, on one line."""
    function = read(text)
    names = {item.name: item.name for item in function.inputs}
    row = TARGETS[target]
    printer = Printer(function.graph, row.syntax, row.spelling, names)
    plan = schedule(printer, [function.value], lambda node: f"t{node}", Limits(9999, 99, 99))
    assert not plan.statements
    return plan.text(function.value)


FORMS = [
    ("a + b - c", "a + b - c", "a + b - c"),
    ("a - (b - c)", "a - (b - c)", "a - (b - c)"),
    ("a + (b + c)", "a + (b + c)", "a + (b + c)"),
    ("a*(b + c)/d", "a * (b + c) / d", "a * (b + c) / d"),
    ("a/(b*c)", "a / (b * c)", "a / (b * c)"),
    ("-a^2", "-a^2", "-a**2"),
    ("(-a)^2", "(-a)^2", "(-a)**2"),
    ("2^-a", "2^-a", "2.0**-a"),
    ("a^b^c", "a^b^c", "a**b**c"),
    ("(a^b)^c", "(a^b)^c", "(a**b)**c"),
    ("a - (-b)", "a + b", "a + b"),
    ("a + -3*b", "a - 3 * b", "a - 3.0 * b"),
    ("-(a*b)", "-a * b", "-a * b"),
    ("-(a + b)", "-(a + b)", "-(a + b)"),
    ("a*-2", "a * -2", "a * -2.0"),
    ("(-2)^a", "(-2)^a", "(-2.0)**a"),
    ("exp(-(a))", "exp(-a)", "np.exp(-a)"),
    ("-(a %% b)", "-(a %% b)", "-np.mod(a, b)"),
    ("(-a) %% b", "(-a) %% b", "np.mod(-a, b)"),
    ("a*(b %% c)", "a * b %% c", "a * np.mod(b, c)"),
    (
        "ifelse(a > 0 & b < 1, a, -b)",
        "select(a > 0 & b < 1, a, -b)",
        "np.where((a > 0.0) & (b < 1.0), a, -b)",
    ),
    ("ifelse(!(a > b), 1, 0)", "select(!(a > b), 1, 0)", "np.where(~(a > b), dtype(1.0), 0.0)"),
    ("a*1/3", "a / 3", "a / 3.0"),
    ("1/3 + a", "1 / 3 + a", "1.0 / 3.0 + a"),
    ("1/0 + a", "1 / 0 + a", "dtype(1.0) / 0.0 + a"),
    ("(-8)^(1/3) + a", "(-8)^(1 / 3) + a", "dtype(-8.0)**(1.0 / 3.0) + a"),
    ("log(2)*a", "log(2) * a", "np.log(dtype(2.0)) * a"),
    ("a*Inf", "a * Inf", "a * np.inf"),
    ("a^3 + b^2", "a^3 + b^2", "a**3 + b**2"),
]


@pytest.mark.parametrize(("text", "r", "numpy"), FORMS)
def test_r_and_numpy(text: str, r: str, numpy: str) -> None:
    assert printed(text, "r") == r
    assert printed(text, "numpy") == numpy


@pytest.mark.parametrize(
    ("text", "tmb", "tf"),
    [
        ("a^2 + b^3", "pow(a, 2) + pow(b, 3)", "tf.square(a) + b**3"),
        ("a^0.5", "pow(a, Type(0.5))", "a**0.5"),
        ("2^a", "pow(Type(2.0), a)", "2.0**a"),
        ("pi^2*a", "pow(Type(3.141592653589793), 2) * a", "3.141592653589793**2 * a"),
        ("exp(2)*a", "exp(Type(2.0)) * a", "tf.exp(tf.constant(2.0, dtype)) * a"),
        (
            "ifelse(a > 0, a, 1)",
            "CppAD::CondExpGt(a, Type(0.0), a, Type(1.0))",
            "tf.where(a > 0.0, a, 1.0)",
        ),
        (
            "ifelse(a == b, 1, 2)",
            "CppAD::CondExpEq(a, b, Type(1.0), Type(2.0))",
            "tf.where(tf.equal(a, b), tf.constant(1.0, dtype), 2.0)",
        ),
        ("log1p(a)", "extra::log1p(a)", "tf.math.log1p(a)"),
        ("1/3 + a", "1.0 / 3.0 + a", "1.0 / 3.0 + a"),
    ],
)
def test_tmb_and_tf(text: str, tmb: str, tf: str) -> None:
    assert printed(text, "tmb") == tmb
    assert printed(text, "tf") == tf


_LEAF = st.sampled_from(["a", "b", "2", "0.5"])
_TREE = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "^", "%%", "%/%"]), inner).map(
            lambda t: f"({t[0]}){t[1]}({t[2]})"
        ),
        inner.map(lambda x: f"-({x})"),
        inner.map(lambda x: f"exp({x})"),
        st.tuples(inner, inner).map(lambda t: f"ifelse(({t[0]}) > ({t[1]}), {t[0]}, {t[1]})"),
    ),
    max_leaves=12,
)


@settings(max_examples=200)
@given(_TREE)
def test_a_printed_model_is_read_as_what_it_computes(text: str) -> None:
    """The header shows the model in gradc's own language: reading it again prints it again."""
    function = read(text)
    names = {item.name: item.name for item in function.inputs}
    lines = model_lines(function, names, 10**6)
    again = read("\n".join(lines))
    assert model_lines(again, names, 10**6) == lines
    assert "--" not in "".join(lines)
