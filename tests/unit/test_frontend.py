"""The frontend's contract: inputs, parameters, names, places, limits, and Python."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.frontend import context as context_module
from gradc.frontend.values import Elements
from gradc.ir import dump
from gradc.prims import check


def function(text, **options):
    return check(build(Source("t.txt", text), **options).function, "frontend")


def error(text, **options):
    with pytest.raises(GradcError) as caught:
        build(Source("t.txt", text), **options)
    [diagnostic] = caught.value.diagnostics
    return diagnostic


def formula(f, node=None):
    """A small graph as nested calls, for reading."""
    prim, attrs, *args = f.graph.records[f.value if node is None else node]
    if prim == "const":
        return format(attrs[1], "g")
    if prim == "input":
        return attrs
    inside = [formula(f, arg) for arg in args]
    return f"{prim}({', '.join(inside + ([] if attrs is None else [str(attrs)]))})"


# Inputs and parameters.


def test_inputs_come_in_order_of_first_use():
    f = function("(y - 1/(1 + exp(-(a + b*x))))^2", wrt=["b", "a"])
    assert [(i.name, i.kind, str(i.type)) for i in f.inputs] == [
        ("y", "data", "real[n]"),
        ("a", "param", "real[]"),
        ("b", "param", "real[]"),
        ("x", "data", "real[n]"),
    ]
    assert f.wrt == ("b", "a")
    assert f.per_observation


def test_without_wrt_names_without_a_value_are_parameters():
    built = build(Source("t.txt", "(y - a*x)^2"), at={"x": [1, 2], "y": 3})
    assert built.function.wrt == ("a",)
    [note] = built.notes
    assert (note.code, note.severity) == ("G106", "note")
    assert "a" in note.message
    assert build(Source("t.txt", "a*b")).function.wrt == ("a", "b")
    assert build(Source("t.txt", "2 + 3")).notes == []


@pytest.mark.parametrize("value", [[1, 2, 3], (1, 2, 3), np.array([1.0, 2.0, 3.0])])
def test_a_list_makes_a_parameter_a_vector(value):
    f = function("sum(b*x)", wrt=["b"], at={"b": value})
    assert [str(i.type) for i in f.inputs] == ["real[3]", "real[n]"]
    assert str(function("b", wrt=["b"], at={"b": np.float64(2)}).inputs[0].type) == "real[]"


def test_values_of_data_do_not_change_the_graph():
    text = "sum((y - a*x)^2)"
    one = function(text, wrt=["a"], at={"x": 1, "y": 2})
    many = function(text, wrt=["a"], at={"x": [1, 2], "y": [2, 3]})
    assert dump(one) == dump(many)


def test_constants_of_r_unless_they_are_inputs():
    assert formula(function("x*T + F*pi")) == "add(x, 0)"
    assert formula(function("T*x", wrt=["T"])) == "mul(T, x)"
    assert formula(function("pi*x", at={"pi": 3})) == "mul(pi, x)"
    assert formula(function("T <- 5; T*x")) == "mul(5, x)"


def test_a_parameter_without_effect_is_kept_and_noted():
    built = build(Source("t.txt", "if (TRUE) a else b"), wrt=["a", "b"])
    assert [i.name for i in built.function.inputs] == ["a", "b"]
    assert [n.severity for n in built.notes] == ["warning"]
    # A name of a function's parameter is no input.
    assert error("f <- function(u) u^2; f(x)", wrt=["u"]).code == "G101"


def test_names_with_odd_letters():
    assert [i.name for i in function("`my var` + x.1 + été").inputs] == ["my var", "x.1", "été"]


# Statements.


def test_shadowing():
    assert formula(function("p <- x\np <- exp(p)\np + 1")) == "add(exp(x), 1)"
    assert formula(function("x <- x + 1; x*x", wrt=["x"])) == "mul(add(x, 1), add(x, 1))"


def test_a_number_assigned_is_a_constant():
    f = function("k <- 3\nk*x^k")
    assert formula(f) == "mul(3, pow(x, 3))"
    assert [i.name for i in f.inputs] == ["x"]


def test_arithmetic_on_constants_is_not_rounded():
    assert formula(function("1/3 + 2 - 1")) == "sub(add(div(1, 3), 2), 1)"
    assert formula(function("2*3 - 1/4")) == "5.75"


def test_symbolic_conditions_choose():
    assert formula(function("if (x > 0) x else -x")) == "select(gt(x, 0), x, neg(x))"
    text = "a <- 1; b <- 2\nif (x > 0) { a <- x } else if (x > -1) { b <- x }\na*b"
    assert formula(function(text)) == (
        "mul(select(gt(x, 0), x, 1), select(gt(x, 0), 2, select(gt(x, -1), x, 2)))"
    )


def test_early_return():
    text = "f <- function(u) { if (u > 0) return(1); if (u < -1) return(2); u }; f(x)"
    assert formula(function(text)) == "select(gt(x, 0), 1, select(lt(x, -1), 2, x))"


def test_unused_value_of_one_sided_if_is_no_error():
    assert formula(function("if (x > 0) k <- 2\nx")) == "x"
    assert formula(function("k <- if (x > 0) 2\nx")) == "x"


def test_declared_input_assigned_on_one_side():
    assert formula(function("if (a > 0) x <- 1\nx", wrt=["a", "x"])) == "select(gt(a, 0), 1, x)"


def test_known_conditions_leave_no_trace():
    f = function("s <- 0; for (i in 1:3) if (i/3 > 0.5) s <- s + x*i; s")
    assert formula(f) == "add(add(0, mul(x, 2)), mul(x, 3))"


def test_unknown_lengths_stay_symbolic():
    assert formula(function("sum(x)/length(x)", wrt=[])) == "div(sum(x), length(x))"
    assert formula(function("mean(x)", wrt=[])) == "div(sum(x), length(x))"
    assert formula(function("max(x, 0)", wrt=[])) == "max2(max(x), 0)"
    assert formula(function("y[3] - y[1]", wrt=[])) == "sub(index(y, 3), index(y, 1))"


def test_vectors_of_elements_are_written_out():
    assert formula(function("sum(c(a, b, 2)*c(1, 2, b))")) == "add(add(a, mul(b, 2)), mul(2, b))"
    assert formula(function("c(a, b)*2")) == "stack(mul(a, 2), mul(b, 2))"
    assert formula(function("w <- x*c(1, 2, a); w", wrt=["a"])) == "mul(x, stack(1, 2, a))"


# Models that are not just a value.


def test_least_squares_keeps_mean_and_response():
    f = function("y ~ a*exp(-b*x)", wrt=["a", "b"])
    assert formula(f) == "sum(pow(sub(y, mul(a, exp(mul(neg(b), x)))), 2))"
    assert f.least_squares is not None
    assert formula(f, f.least_squares.mean) == "mul(a, exp(mul(neg(b), x)))"
    assert formula(f, f.least_squares.response) == "y"


def test_formula_without_response_is_its_right_side():
    assert formula(function("~ x^2 + 1")) == "add(pow(x, 2), 1)"


@pytest.mark.parametrize(
    "text",
    [
        'deriv(~ a + b*x, c("b", "a"))',
        'deriv3(~ a + b*x, c("b", "a"), hessian = TRUE)',
        'deriv(quote(a + b*x), c("b", "a"))',
        'd <- deriv(expression(a + b*x), namevec = c("b", "a"))\nd',
    ],
)
def test_deriv_names_the_parameters(text):
    f = function(text)
    assert f.wrt == ("b", "a")
    assert [(i.name, i.kind) for i in f.inputs] == [("a", "param"), ("b", "param"), ("x", "data")]
    assert function(text, wrt=["x"]).wrt == ("x",)


def test_numbers_of_the_program_are_the_default_point_of_quoted_text():
    f = function('x <- c(1, 2); k <- 3; D(quote(k*a*x), "a")')
    assert {i.name: i.default for i in f.inputs} == {"k": 3.0, "a": None, "x": (1.0, 2.0)}
    assert f.wrt == ("a",)


# What is remembered of the text.


def test_names_of_intermediate_results():
    f = function("eta <- a + b*x\np <- 1/(1 + exp(-eta))\nq <- p\nk <- 3\nz <- a\n-sum(log(q))")
    assert {formula(f, node)[:7]: name for node, name in f.names.items()} == {
        "add(a, ": "eta",
        "div(1, ": "p",
    }


def test_names_leave_out_loops_and_locals():
    text = """
    f <- function(u) { inside <- u^2; inside + 1 }
    s <- 0
    for (i in 1:3) { term <- x*i; s <- s + term }
    f(s)
    """
    f = function(text)
    assert sorted(f.names.values()) == ["s", "term"]
    assert formula(f, next(n for n, name in f.names.items() if name == "term")) == "mul(x, 3)"


def test_origins_point_into_the_text():
    text = "f <- function(u) u^2\nplogis(f(x), 1) + 3"
    f = function(text)
    shown = {f.graph.prim(n): [s.text for s in f.graph.origins(n)] for n in range(len(f.graph))}
    assert shown["pow"] == ["u^2"]
    assert shown["sigmoid"] == ["plogis(f(x), 1)"]
    assert shown["sub"] == ["plogis(f(x), 1)"]
    assert shown["input"] == ["x"]
    assert shown["add"] == ["plogis(f(x), 1) + 3"]


# Size.

DEEP = {
    "parentheses": "(" * 100_000 + "x" + ")" * 100_000,
    "calls": "sin(" * 100_000 + "x" + ")" * 100_000,
    "minuses": "-" * 99_999 + "x",
    "braces": "{" * 50_000 + "x" + "}" * 50_000,
    "sum": " + ".join(f"a{i % 50}*x{i % 977}" for i in range(100_000)),
    "branches": "if (x > 1) 2 else " * 20_000 + "3",
    "own functions": "f <- function(u) u + 1\n" + "f(" * 10_000 + "x" + ")" * 10_000,
    "indices": "w <- c(1, 2); " + "w[" * 20_000 + "1" + "]" * 20_000,
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_costs_no_recursion(name):
    f = function(DEEP[name])
    assert len(f.graph) > 3


def test_filling_a_vector_is_linear():
    text = "N <- numeric(20000); N[1] <- a\nfor (t in 2:20000) N[t] <- N[t - 1] + r\nN[20000]"
    assert len(function(text).graph) < 60_000


def test_loops_have_a_limit(monkeypatch):
    monkeypatch.setattr(context_module, "STEPS_LIMIT", 20_000)
    for text in ("i <- 0; while (TRUE) i <- i + 1; x", "repeat {}", "for (i in 1:1e5) x"):
        assert error(text).code == "G105"
    fib = "f <- function(n) if (n < 2) 1 else f(n - 1) + f(n - 2); f(40)*x"
    assert error(fib).code == "G105"
    assert error("w <- 1:10; while (TRUE) w <- c(w, w)").code == "G105"


def test_elements_are_persistent():
    versions = [(Elements([1, 2, 3]), [1, 2, 3])]
    for step in range(200):
        vector, model = versions[(step * 7) % len(versions)]
        place = (step * 5) % (len(model) + 1)
        versions.append((vector.replaced(place, step), [*model[:place], step, *model[place + 1 :]]))
    for vector, model in versions:
        assert list(vector.items) == model


# Python.

PYTHON = {
    "x**2 + x % 3 - x//2": "sub(add(pow(x, 2), mod(x, 3)), idiv(x, 2))",
    "5^3": "6",
    "~5": "-6",
    "6 & 3 | 8": "10",
    "1 << 4": "16",
    "1 < x < 2": "as_real(and(lt(1, x), lt(x, 2)))",
    "True + 1": "2",
    "np.exp(x) + numpy.sin(x) + math.log(x)": "add(add(exp(x), sin(x)), log(x))",
    "np.log(x)/np.log(2)": "div(log(x), log(2))",
    "np.where(x > 0, x, y)": "select(gt(x, 0), x, y)",
    "np.maximum(x, 0)": "max2(x, 0)",
    "x if x > 0 else -x": "select(gt(x, 0), x, neg(x))",
    "pow(x, 2) + abs(x) + max(x, y)": "add(add(pow(x, 2), abs(x)), max2(x, y))",
    "np.sum([a, b, 2])": "add(add(a, b), 2)",
    "w = [a, b, 3]\nw[0]*w[-1]": "mul(a, 3)",
    "w = [a, b, 3]\nw[1:][0]": "b",
    "w = [1, 2]\nw[1] = x\nsum(w)": "add(1, x)",
    "s = 0\nfor i in range(3):\n    s += i*x\ns": "add(add(add(0, mul(0, x)), x), mul(2, x))",
    "def f(u, k=2):\n    return u**k\nf(x) + f(x, k=3)": "add(pow(x, 2), pow(x, 3))",
    "(lambda t: t*2)(x)": "mul(x, 2)",
    "not x > 0": "as_real(not(gt(x, 0)))",
    "x > 0 and y > 0": "as_real(and(gt(x, 0), gt(y, 0)))",
    "special.expit(x) + gammaln(x)": "add(sigmoid(x), lgamma(x))",
    "polygamma(1, x) + iv(0, x)": "add(trigamma(x), besselI(x, 0))",
    "a @ b": "mul(a, b)",
    "np.var([a, b])": (
        "div(add(pow(sub(a, div(add(a, b), 2)), 2), pow(sub(b, div(add(a, b), 2)), 2)), 2)"
    ),
}


@pytest.mark.parametrize("text", PYTHON)
def test_python(text):
    assert formula(function(text, syntax="python")) == PYTHON[text]


def test_python_constants():
    built = function("np.pi + math.e", syntax="python")
    values = [built.graph.value(n) for n in range(len(built.graph)) if built.graph.is_const(n)]
    assert {math.pi, math.e} <= set(values)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x^2", "G104"),
        ("np.exp", "G202"),
        ("x.T", "G104"),
        ("np.sum(x, axis=0)", "G103"),
        ("np.quux(x)", "G102"),
        ("x is y", "G104"),
        ("print(x)", "G202"),
        ("w = [1, 2]\nw[2]", "G201"),
        ("sd(x)", "G102"),
    ],
)
def test_python_refuses(text, code):
    assert error(text, syntax="python").code == code
