"""What the files of target sympy share: imports, symbols with their assumptions, evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gradc.emit.header import header
from gradc.emit.layout import WIDTH, wrap
from gradc.emit.numbers import python_number
from gradc.emit.reports import report_labels
from gradc.ir import Function, Input, reachable
from gradc.targets.python import Module, call, docstring, short, statement
from gradc.targets.sympy_arrays import FUNCTIONS as TENSOR_FUNCTIONS
from gradc.targets.sympy_spellings import FUNCTIONS

FUNCTION_NAMES = (
    "Abs", "Add", "And", "Derivative", "Dummy", "Eq", "Float", "Heaviside", "IndexedBase",
    "Integer", "Matrix", "Max", "Min", "Ne", "Not", "Or", "Piecewise", "Rational", "Subs", "Sum",
    "Symbol", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "besseli", "besselj",
    "besselk", "bessely", "beta", "betainc", "ceiling", "cos", "cosh", "digamma", "erf", "erfc",
    "erfinv", "exp", "floor", "gamma", "lambdify", "log", "loggamma", "lowergamma", "polygamma",
    "sech", "sign", "sin", "sinh", "sqrt", "symbols", "sympify", "tan", "tanh",
)  # fmt: skip
"""What is imported of SymPy where it is called."""

_LONGEST = 60
CONSTANT_NAMES = ("nan", "oo", "pi")
# Words of SymPy that a reader who imports all of it would find taken away.
_OTHERS = ("E", "I", "N", "O", "Q", "S", "diff", "evalf", "test", "zeta")
TAKEN = (
    *FUNCTION_NAMES,
    *CONSTANT_NAMES,
    *_OTHERS,
    *FUNCTIONS,
    *TENSOR_FUNCTIONS,
    "cache",
    "mp",
    "np",
    "range",
    "sum",
    "len",
    "max",
    "any",
    "expression",
    "gradient",
    "hessian",
    "reports",
    "parameters",
    "value_and_grad",
    "hess",
    "report",
    "symbols_of",
    # Locals of functions that name the user's variables too.
    "arguments",
    "columns",
    "cse",
    "found",
    "kind",
    "row",
    "shapes",
    "wanted",
)
"""Names that a user's variable may not have in such a file; its symbol keeps the name."""

_STRINGS = re.compile(r'"""(?s:.*?)"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*')


def write_file(module: Module, notes: Sequence[str], parts: Iterable[Sequence[str]]) -> str:
    """The text of a file: header, imports of what is used, functions that are called, parts."""
    blocks = [list(part) for part in parts if part]
    body = "\n".join(line for block in blocks for line in block)
    own: list[list[str]] = []
    for name, text in (*FUNCTIONS.items(), *TENSOR_FUNCTIONS.items()):
        if _used(name, _STRINGS.sub("", body)):
            own.append(text.rstrip().split("\n"))
            body += text
    title = f"SymPy expressions of the model {module.model.name}."
    lines = [*short(header(title, module.model.source, module.names, module.users, notes)), ""]
    lines.append("from functools import cache")
    lines.append("")
    if "np." in body:
        lines.append("import numpy as np")
    lines.append("from mpmath import mp")
    code = _STRINGS.sub("", body)
    used = [name for name in FUNCTION_NAMES if _used(name, code)]
    used += [name for name in CONSTANT_NAMES if re.search(rf"(?<![\w.]){name}\b", code)]
    used.sort(key=str.lower)
    lines += _import(used)
    before = False
    for block in [*own, *blocks]:
        is_function = block[0].startswith(("def ", "@"))
        lines += ["", "", *block] if is_function or before else ["", *block]
        before = is_function
    return "\n".join(lines) + "\n"


def bracketed(start: str, items: Sequence[str], end: str, indent: int = 4) -> list[str]:
    """Items between brackets, on lines of their own where they are many."""
    pad, text = " " * indent, ", ".join(items)
    line = f"{pad}{start}{text}{end}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{pad}{start}", *wrap(text.rstrip(",") + ",", indent + 4, 0), f"{pad}{end}"]


def tuple_of(items: Sequence[str]) -> list[str]:
    """The items of a tuple: a single one has a comma of its own."""
    return [f"{items[0]},"] if len(items) == 1 else list(items)


STEPS = frozenset({"log_pnorm", "sign", "floor", "ceiling", "round", "mod", "abs", "min", "max"})
"""Primitives with jumps, in their values or in those of a derivative."""


def has_steps(function: Function) -> bool:
    """Whether something in a function jumps."""
    return any(record[0] in STEPS for record in function.graph.records)


def _import(names: Sequence[str]) -> list[str]:
    line = f"from sympy import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return ["from sympy import (", *wrap(", ".join(names) + ",", 4, 0), ")"]


def _used(name: str, body: str) -> bool:
    """Whether a function is called or handed over."""
    return re.search(rf"(?<![\w.]){name}\b(?! *=)", body) is not None


def assumptions(item: Input, *, strict: bool) -> str:
    """What SymPy may take for granted; ``strict`` makes a lower bound of 0 a positive number."""
    if item.nature in ("count", "index") or item.type.dtype == "int":
        natural = item.nature in ("count", "index")
        return "integer=True, nonnegative=True" if natural else "integer=True"
    if item.nature == "positive" or (item.lower is not None and item.lower > 0):
        return "positive=True"
    if item.lower == 0:
        return "positive=True" if strict else "nonnegative=True"
    return "real=True"


_TESTS = {
    "positive=True": ("not v > 0", "positive"),
    "nonnegative=True": ("not v >= 0", "not negative"),
    "integer=True": ("v != int(v)", "whole"),
    "integer=True, nonnegative=True": ("v < 0 or v != int(v)", "a count"),
}


def check_lines(module: Module, *, strict: bool, scalars: bool) -> list[str]:
    """Refuse what contradicts an assumption, under which the formula may have been simplified."""
    lines: list[str] = []
    for item in module.inputs:
        test = _TESTS.get(assumptions(item, strict=strict))
        if test is None:
            continue
        name = module.users[item.name]
        elements = f"({name},)" if scalars and not item.type.shape else f"_elements({name})"
        lines += statement("if ", f"any({test[0]} for v in {elements})", end=":")
        lines.append(f'        raise ValueError("{name} is {test[1]} by assumption")')
    return lines


def compares(function: Function) -> bool:
    """Whether a sign is asked for, so that 0 is not to be taken for a positive number."""
    marks = reachable(function.graph, list(function.outputs.values()))
    asking = {"lt", "le", "gt", "ge", "eq", "ne", "sign", "select"}
    return any(marks[node] and function.graph.prim(node) in asking for node in range(len(marks)))


def label(text: str, emitted: str) -> str:
    """The literal of a symbol's name: the user's own where it is letters and digits."""
    harmless = len(text) <= _LONGEST and all(c.isalnum() or c in "._" for c in text)
    return f'"{ascii(text)[1:-1]}"' if harmless else f'"{emitted}"'


def is_plain(text: str) -> bool:
    """Whether a name may stand in a list of names for ``symbols``."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", text) is not None


def default_point(function: Function) -> list[str] | None:
    """The arguments of the model's own evaluation point; None where some input has no value."""
    texts: list[str] = []
    for item in [*function.params, *function.data]:
        value = item.default
        if value is None or item.type.rank > 1:
            return None
        if isinstance(value, tuple):
            texts.append(f"[{', '.join(map(_argument, value))}]")
        else:
            texts.append(_argument(value))
    return texts if texts and sum(map(len, texts)) < 500 else None


def _argument(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else python_number(value)


def main_lines(module: Module) -> list[str]:
    """What the file prints when it is run: value and gradient at the model's own point."""
    point = default_point(module.model.value)
    if point is None:
        return []
    return ['if __name__ == "__main__":', *call("print(value_and_grad", point, ")", 4)]


def report_dict(function: Function, texts: Mapping[int, str]) -> list[tuple[str, str]]:
    """Labels of reported results with their texts."""
    labels = report_labels(function)
    return [(labels[name], texts[node]) for name, node in function.reports.items()]


def signature(name: str, arguments: Sequence[str], digits: str) -> list[str]:
    """The first line of a function of the model's arguments."""
    return call(f"def {name}", [*arguments, f"{digits}=20"], ":")


NUMBERS = '''\
def _numbers(function, arguments, digits):
    """What a function gives, computed with ever more digits until so many of them stay."""
    before, working = [], digits + 15
    while True:
        last = working > 10000
        try:
            with mp.workdps(working):
                found = [_real(v) for v in function(*map(_exact, arguments))]
                pairs = list(zip(found, before)) if before else [(v, mp.nan) for v in found]
                if all(_stays(v, u, digits, working) for v, u in pairs):
                    return [Float(v, digits) for v in found]
            before = found
        except ZeroDivisionError:
            # What divides may have lost all of its digits.
            if last:
                raise
        if last:
            raise ArithmeticError(f"{working} digits do not settle the numbers")
        working *= 2


def _exact(value):
    """A number or a list of numbers for mpmath, every digit of it."""
    if hasattr(value, "__len__"):
        return [_exact(v) for v in value]
    return sympify(value)._to_mpmath(mp.prec)


def _real(value):
    """A real number; NaN where a root or a logarithm left the real line."""
    if isinstance(value, int):
        return value
    value = mp.mpmathify(value)
    return value.real if value.imag == 0 else mp.nan


def _stays(value, before, digits, working):
    """Whether more digits change nothing; a zero or an infinity may be for want of digits."""
    if isinstance(value, int):
        return True
    if not mp.isfinite(value):
        return working > 10000
    if not mp.isfinite(before):
        return False
    if max(abs(value), abs(before)) < mp.mpf(10)**-330:
        return working > 1000
    return abs(value - before) <= abs(value)*mp.mpf(10)**-digits
'''

EVALUATED = '''\
def _evaluated(kind, {key}arguments, digits):
    """Numbers of a list of expressions; where a branch that is not taken has a pole, alone."""
    try:
        return _numbers(_function(kind, {key}{shared}), arguments, digits)
    except (ArithmeticError, ValueError):
        return _numbers(_function(kind, {key}False), arguments, digits)
'''

DERIVATIVE = '''\
def _derivative(value, parameter):
    """The derivative; a step is flat on both sides, and at it."""
    steps = {f: Dummy() for f in value.atoms(sign, floor, ceiling, Heaviside)}
    found = value.xreplace(steps).diff(parameter)
    return found.xreplace({dummy: f for f, dummy in steps.items()})
'''

ELEMENTS = '''\
def _elements(value):
    """The numbers of a list, or the one number."""
    return [u for v in value for u in _elements(v)] if hasattr(value, "__len__") else [value]
'''


def lines_of(text: str) -> list[str]:
    """A function's lines."""
    return text.rstrip().split("\n")


def runtime(body: Sequence[str], shared: str, key: str = "") -> list[list[str]]:
    """The functions that evaluate, and those that ``body`` calls beside."""
    text = "\n".join(body)
    parts = [lines_of(ELEMENTS)] if "_elements(" in text else []
    numbers = NUMBERS.split("\n\n\n")
    parts += [lines_of(part) for part in numbers]
    evaluated = EVALUATED.format(key=key, shared=shared)
    return [*parts, lines_of(evaluated)]


def documented(name: str, arguments: Sequence[str], digits: str, text: str) -> list[str]:
    """The head of a function with its docstring."""
    return [*signature(name, arguments, digits), *docstring(text)]
