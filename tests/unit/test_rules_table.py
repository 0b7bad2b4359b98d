"""The rules of the table, each against something that does not know it.

Derivatives are held against SymPy and against difference quotients in ball arithmetic,
expansions and stable forms against the balls of what they replace.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy
from flint import arb, ctx

from gradc.diff import hessian, value_and_gradient
from gradc.diff.template import build, read, variables
from gradc.errors import GradcError
from gradc.ir import REAL, Function, Graph, Input
from gradc.passes import legalize
from gradc.passes.stabilize import _RULES
from gradc.prims import TABLE, Builder, Prim, Stabilizes, Undefined
from gradc.targets import TARGETS
from gradc.verify import bounds, confirm, true_values
from gradc.verify.rounding import arithmetic, errors

DIFFERENTIABLE = [
    prim
    for prim in TABLE
    if prim.elementwise and prim.probe and prim.ball is not None
    if not all(isinstance(rule, Undefined) for rule in prim.d.values())
]
SERIES = {"exp_moment", "cos_moment", "stirlerr", "bd0", "log1pmx", "expm1mx"}
EXPANDED = [prim for prim in TABLE if prim.expand is not None and prim.probe]


def grid(prim: Prim) -> Iterator[dict[str, float]]:
    """Every combination of a primitive's probe values."""
    for values in itertools.product(*(prim.probe[name] for name in prim.params)):
        yield dict(zip(prim.params, values, strict=True))


def orders(prim: Prim) -> list[str]:
    """Parameters without a derivative; they are constants here."""
    return [name for name, rule in prim.d.items() if isinstance(rule, Undefined)]


def function_of(prim: Prim, fixed: dict[str, float]) -> Function:
    """``value = prim(x, …)``, with some parameters held at numbers."""
    graph = Graph()
    builder = Builder(graph)
    inputs: list[Input] = []
    nodes: list[int] = []
    for name in prim.params:
        if name in fixed:
            nodes.append(builder.const(fixed[name]))
            continue
        node = graph.input(name, REAL)
        inputs.append(Input(name, node, "param", REAL))
        nodes.append(node)
    value = builder.apply(prim.name, nodes)
    return Function(
        prim.name, tuple(inputs), {"value": value}, graph, tuple(i.name for i in inputs)
    )


@pytest.mark.parametrize("prim", DIFFERENTIABLE, ids=lambda prim: prim.name)
def test_first_and_second_derivatives_are_those_of_the_balls(prim: Prim) -> None:
    said = 0
    for point in grid(prim):
        fixed = {name: point[name] for name in orders(prim)}
        function = function_of(prim, fixed)
        gradient = value_and_gradient(function)
        try:
            second = hessian(gradient)
        except GradcError:  # prod_others and the like: undefined is an error, not a number
            second = gradient
        truth = true_values(second, point)
        found = confirm(gradient, truth, point)
        assert not found.corrected, (point, found)
        if truth.finite:
            assert {f for row in found.findings.values() for f in row} == {"confirmed"}, point
            said += 1
    assert said, f"no probe point of {prim.name} tells anything"


def _polygamma(x: Any, n: Any) -> Any:
    return sympy.polygamma(n, x)


SYMPY: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "abs": sympy.Abs,
    "sqrt": sympy.sqrt,
    "exp": sympy.exp,
    "expm1": lambda x: sympy.exp(x) - 1,
    "log": sympy.log,
    "log2": lambda x: sympy.log(x, 2),
    "log10": lambda x: sympy.log(x, 10),
    "log1p": lambda x: sympy.log(1 + x),
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "atan2": lambda y, x: sympy.atan2(y, x),
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "sech": lambda x: 1 / sympy.cosh(x),
    "asinh": sympy.asinh,
    "acosh": sympy.acosh,
    "atanh": sympy.atanh,
    "sinpi": lambda x: sympy.sin(sympy.pi * x),
    "cospi": lambda x: sympy.cos(sympy.pi * x),
    "tanpi": lambda x: sympy.tan(sympy.pi * x),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "logit": lambda p: sympy.log(p / (1 - p)),
    "log1mexp": lambda x: sympy.log(1 - sympy.exp(-x)),
    "logspace_add": lambda x, y: sympy.log(sympy.exp(x) + sympy.exp(y)),
    "logspace_sub": lambda x, y: sympy.log(sympy.exp(x) - sympy.exp(y)),
    "xlogx": lambda x: x * sympy.log(x),
    "xlog1px": lambda x: (1 + x) * sympy.log(1 + x),
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "gamma": sympy.gamma,
    "lgamma": lambda x: sympy.log(sympy.Abs(sympy.gamma(x))),
    "digamma": sympy.digamma,
    "trigamma": sympy.trigamma,
    "psigamma": _polygamma,
    "beta": lambda a, b: sympy.gamma(a) * sympy.gamma(b) / sympy.gamma(a + b),
    "lbeta": lambda a, b: sympy.loggamma(a) + sympy.loggamma(b) - sympy.loggamma(a + b),
    "besselI": lambda x, nu: sympy.besseli(nu, x),
    "besselJ": lambda x, nu: sympy.besselj(nu, x),
    "besselK": lambda x, nu: sympy.besselk(nu, x),
    "besselY": lambda x, nu: sympy.bessely(nu, x),
    "besselI_scaled": lambda x, nu: sympy.exp(-x) * sympy.besseli(nu, x),
    "besselK_scaled": lambda x, nu: sympy.exp(x) * sympy.besselk(nu, x),
}


@pytest.mark.parametrize("name", SYMPY)
def test_derivative_is_sympys(name: str) -> None:
    prim = TABLE[name]
    for point in itertools.islice(grid(prim), 6):
        fixed = {order: point[order] for order in orders(prim)}
        truth = true_values(value_and_gradient(function_of(prim, fixed)), point)
        symbols = {p: sympy.Symbol(p, real=True) for p in prim.params if p not in fixed}
        arguments = [
            symbols[p] if p in symbols else sympy.Integer(int(fixed[p])) for p in prim.params
        ]
        formula = SYMPY[name](*arguments)
        exact = {symbols[p]: sympy.Rational(point[p]) for p in symbols}
        for p, symbol in symbols.items():
            derivative = formula.diff(symbol).subs(exact).doit().evalf(40)
            (got,) = truth.cells[f"gradient:{p}"]
            with ctx.workprec(200):
                expected = arb(str(sympy.re(derivative)))
                distance = abs(got - expected)
            assert distance <= abs(expected) * arb(10) ** -30, (point, p)


@pytest.mark.parametrize("prim", EXPANDED, ids=lambda prim: prim.name)
def test_expansion_is_the_same_function(prim: Prim) -> None:
    for point in grid(prim):
        function = function_of(prim, {name: point[name] for name in orders(prim)})
        expanded = legalize(function, "nowhere", lambda name: name != prim.name)
        before = true_values(function, point)
        after = true_values(expanded, point)
        (one,), (other,) = before.cells["value"], after.cells["value"]
        if before.finite:
            # A truncated series may differ, by less than half an ulp.
            allowed = abs(one) * arb(2) ** (-54 if prim.name in SERIES else -75)
            with ctx.workprec(200):
                distance = abs(one - other)
            assert distance <= allowed + arb(2) ** -300, (point, one, other)


RULES = [*_RULES, *(rule for prim in TABLE for rule in prim.stabilizes)]
VALUES = (0.3, -0.4, 1.7, 2.5, 0.0625, -3.0)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.pattern)
def test_stable_form_is_the_same_function(rule: Stabilizes) -> None:
    names = variables(read(rule.pattern))
    graph = Graph()
    builder = Builder(graph)
    nodes = {name: graph.input(name, REAL) for name in names}
    outputs = {
        "pattern": build(rule.pattern, builder, nodes),
        "becomes": build(rule.becomes, builder, nodes),
    }
    inputs = tuple(Input(name, node, "param", REAL) for name, node in nodes.items())
    function = Function("rule", inputs, outputs, graph)
    compared = 0
    for values in itertools.product(VALUES, repeat=len(names)):
        point = dict(zip(names, values, strict=True))
        if "dbinom" in rule.pattern:  # a count of one trial
            point["x"] = float(point["x"] > 0)
        if "n" in point or "nu" in point:
            point |= {order: 2.0 for order in ("n", "nu") if order in point}
        truth = true_values(function, point)
        (before,), (after,) = truth.cells["pattern"], truth.cells["becomes"]
        if truth.states["pattern"] == ("finite",):
            with ctx.workprec(truth.bits):
                distance = abs(before - after)
            assert distance <= abs(before) * arb(2) ** -70 + arb(2) ** -300, point
            compared += 1
    assert compared


@pytest.mark.parametrize("key", ["r", "tmb", "numpy", "numpy/float32", "tf", "tf/float32"])
def test_every_primitive_of_a_target_was_measured(key: str) -> None:
    """``python -m benchmarks.accuracy --missing --write`` measures what is new."""
    target, _, dtype = key.partition("/")
    model = arithmetic(target, dtype or "float64")
    for prim in TABLE:
        if target in prim.rounds_as:
            continue
        if prim.elementwise and prim.ball is not None and TARGETS[target].supports(prim.name):
            cells = [arb(1)]
            assert errors(model, prim.name, None, [cells] * len(prim.params), cells)


def test_bounds_know_no_primitive_that_was_not_measured() -> None:
    function = function_of(TABLE["besselI"], {"nu": 1.0})
    with pytest.raises(GradcError, match="has not been measured"):
        bounds(function, "tf", {"x": 1.0})
