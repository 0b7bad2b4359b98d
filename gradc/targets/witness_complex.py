"""A model for complex steps: ``imag(f(x + ih))/h`` is the derivative, with nothing cancelled.

The step ``h`` is a power of two about 2^-100 of x: what it leaves out is 2^-200 of the result,
and to divide by it rounds nothing. Where the step is lost by underflow nothing is said. All this
is right only for functions that are analytic, computed by code that is right in each part of a
complex number; they are written down here, and a model with any other is not tried. A power is
written as products or by ``exp`` and ``log``: NumPy's own of complex numbers loses digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from gradc.diff.template import Make, compile_template, read
from gradc.emit import EmitModel
from gradc.ir import Function, Graph, Record, dependents, rebuild
from gradc.passes import legalize
from gradc.passes.rebuild import STRUCTURAL
from gradc.prims import TABLE, Builder
from gradc.targets import quantiles, saddle
from gradc.targets.moments import python_parts
from gradc.targets.numpy import TARGET
from gradc.targets.numpy_arguments import argument_lines
from gradc.targets.numpy_loops import element
from gradc.targets.numpy_tensors import FUNCTIONS
from gradc.targets.python import (
    assignments,
    call,
    called_in,
    docstring,
    open_module,
    statement,
    tuple_lines,
)

ANALYTIC = frozenset(
    {
        "add", "sub", "mul", "div", "neg", "exp", "expm1", "log", "log1p", "log2", "log10",
        "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh",
        "acosh", "atanh", "exact_pi", "sum", "index", "stack", "slice", "pad", "rev", "concat",
        "broadcast", "gather", "matvec", "matmul", "outer", "row_sums", "col_sums",
    }
)  # fmt: skip
"""What is analytic, and complex in NumPy or SciPy to the last digits of each part."""

BRANCHES = frozenset(
    {"lt", "le", "gt", "ge", "select", "and", "or", "not", "length", "nrow", "ncol"}
)
"""Conditions and lengths: NumPy compares real parts first, and a branch is analytic by itself."""

_FORMS = {
    "sigmoid": "ifelse(x < 0, exp(x)/(1 + exp(x)), 1/(1 + exp(-x)))",
    "softplus": "ifelse(x > 0, x + log1p(exp(-x)), log1p(exp(x)))",
    "bd0": "x*log(x/m) + m - x",
}
"""Formulas of analytic functions that SciPy has for real numbers only."""

_SPELL = {"log1p": "special.log1p", "expm1": "special.expm1"}  # NumPy's log1p loses a small x
_MOST_FACTORS = 64
_DEFINED = ("value_and_grad", "_plain", "_derivative", "_arguments", *FUNCTIONS)

_DERIVATIVE = '''\
def _derivative(values, place, shape):
    """The derivative in every element of one parameter, after the rows of the value."""
    start = np.asarray(values[place])
    found = np.zeros(shape + start.shape)
    before, after = values[:place], values[place + 1 :]
    moved = start.astype(complex)
    if np.any(np.abs(np.imag(_plain(*before, moved[()], *after))) > 0.0):
        raise NotImplementedError("a power of a negative number has no complex step")
    for at in np.ndindex(start.shape):
        step = 2.0 ** (np.frexp(start[at])[1] - 100)
        moved = start.astype(complex)
        moved[at] += 1j * step
        try:
            with np.errstate(under="raise"):
                found[(..., *at)] = np.imag(_plain(*before, moved[()], *after)) / step
        except FloatingPointError as error:
            raise NotImplementedError("a complex step underflows here") from error
    return found
'''


class NoComplexStep(Exception):
    """Why complex steps cannot differentiate a model."""


def complex_form(plain: Function) -> Function:
    """The plain value in functions that are right for complex numbers.

    Raises: NoComplexStep for a function of a parameter that is not.
    """
    function = _rewritten(legalize(plain, "numpy", _is_kept))
    wrong = _not_analytic(function)
    if wrong:
        # What the user wrote, where that is the one function that may be meant.
        written = [prim for prim in _not_analytic(plain) if prim != "pow"]
        raise NoComplexStep(_reason(written[0] if len(written) == 1 else wrong[0]))
    return function


def _not_analytic(function: Function) -> list[str]:
    graph = function.graph
    active = dependents(graph, [item.node for item in function.params])
    found = (graph.prim(node) for node in range(len(graph.records)) if active[node])
    return list(dict.fromkeys(p for p in found if p not in ANALYTIC | BRANCHES | {"input"}))


def _reason(prim: str) -> str:
    if prim in ("min2", "max2", "min", "max", "eq", "ne") or (prim in TABLE and TABLE[prim].kinks):
        return f"'{prim}' is not analytic"
    if prim in ("scan", "final", "output"):
        return "a loop is not written for complex numbers"
    return f"'{prim}' of a complex number is not known to be right in NumPy or SciPy"


def _is_kept(prim: str) -> bool:
    known = prim in ANALYTIC | BRANCHES or prim in _FORMS or TABLE[prim].expand is None
    return known and TARGET.supports(prim)


@cache
def _form(prim: str) -> Make:
    slots = {param: index for index, param in enumerate(TABLE[prim].params)}
    return compile_template(read(_FORMS[prim]), slots)


def _rewritten(function: Function) -> Function:
    """What depends on a parameter by its form; powers as products, or by ``exp`` and ``log``."""
    old, graph = function.graph, Graph()
    active = dependents(old, [item.node for item in function.params])
    builder = Builder(graph)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        if record[0] == "pow" and active[node]:
            whole = _whole(graph, args[1])
            if whole is not None:
                return _product(builder, args[0], whole)
            logarithm = builder.apply("log", [args[0]])
            return builder.apply("exp", [builder.apply("mul", [args[1], logarithm])])
        if record[0] in _FORMS and active[node]:
            return _form(record[0])(builder, list(args))
        if record[0] in STRUCTURAL or record[0] not in TABLE:
            return graph.add(record[0], args, record[1], old.types[node])
        return builder.apply(record[0], args, record[1])

    return rebuild(function, graph, make)


def _whole(graph: Graph, node: int) -> int | None:
    if not graph.is_const(node):
        return None
    value = graph.value(node)
    return int(value) if value.is_integer() and abs(value) <= _MOST_FACTORS else None


def _product(builder: Builder, base: int, exponent: int) -> int:
    """A whole power by squaring."""
    result, power, left = builder.const(1.0), base, abs(exponent)
    while left:
        if left & 1:
            first = result == builder.const(1.0)
            result = power if first else builder.apply("mul", [result, power])
        left >>= 1
        if left:
            power = builder.apply("mul", [power, power])
    return builder.apply("div", [builder.const(1.0), result]) if exponent < 0 else result


def complex_text(function: Function, name: str) -> tuple[str, dict[str, str]]:
    """The module for a value in its complex form, and what each input is called in it.

    Raises: NoComplexStep where its code would take complex numbers for real ones.
    """
    model = EmitModel(name, function, function, function, function, None, "")
    target = replace(TARGET, spell={**TARGET.spell, **_SPELL})
    module = open_module(model, target, _DEFINED)
    names = module.names.copy()
    values, result = names.fresh("values"), names.fresh("result")
    plan = module.plan(function, [function.value], names, element)
    lines = call("def _plain", module.arguments, ":")
    lines += docstring("The value of the formula as it was written.")
    body = assignments(plan.statements, _no_loop)
    body += statement("return ", plan.text(function.value))
    text = "\n".join(body)
    if "dtype" in text.replace("dtype(", ""):
        raise NoComplexStep("its code makes arrays of real numbers")
    # A bare number among others may well be real.
    named = ["    dtype = np.float64"] if "dtype(" in text else []
    plain = [*lines, *named, *body]
    count = len(function.params)
    top = call("def value_and_grad", module.arguments, ":")
    top += docstring("The value and a tuple of its derivatives by complex steps.")
    top += statement(f"{values} = ", f"_arguments({', '.join(module.arguments)})")
    top.append(f"    {result} = _plain(*{values})")
    made = [f"_derivative({values}, {place}, np.shape({result}))" for place in range(count)]
    top += tuple_lines(f"return {result}, ", made)
    for own in FUNCTIONS:
        if called_in(own, text):
            raise NoComplexStep(f"{own}() in its code is not written for complex numbers")
    # What depends on no parameter may call these.
    parts = [argument_lines(module), *saddle.used(saddle.NUMPY, text), *python_parts("numpy", text)]
    parts += quantiles.used(quantiles.NUMPY, text)
    parts += [plain, _DERIVATIVE.rstrip().split("\n"), top]
    return _module(name, parts), dict(module.users)


def _module(name: str, parts: Sequence[Sequence[str]]) -> str:
    head = [f'"""Complex steps for the model {name}."""', ""]
    whole = "\n".join(line for part in parts for line in part)
    head += ["import math", ""] if "math." in whole else []
    head.append("import numpy as np")
    head += ["from scipy import special"] if "special." in whole else []
    for part in parts:
        head += ["", "", *part]
    return "\n".join(head) + "\n"


def _no_loop(loop: object, indent: int) -> list[str]:
    raise NoComplexStep("a loop is not written for complex numbers")
