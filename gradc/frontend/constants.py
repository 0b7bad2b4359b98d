"""The double value of what a graph computes from constants alone.

The graph keeps ``1/3`` as an operation, because folding would round without saying so. Loops,
conditions and indices need its value all the same; this is where they get it.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from gradc.ir import Graph
from gradc.prims import TABLE

_NAN = math.nan


def _total(function: Callable[..., float]) -> Callable[..., float]:
    """The function, with NaN outside its domain and infinity on overflow, as IEEE has it."""

    def call(*args: float) -> float:
        try:
            return float(function(*args))
        except OverflowError:
            return math.inf
        except (ValueError, ZeroDivisionError):
            return _NAN

    return call


def _divide(x: float, y: float) -> float:
    if y:
        return x / y
    return _NAN if x == 0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _power(x: float, y: float) -> float:
    if x == 0 and y < 0:
        odd = y.is_integer() and y % 2 == 1
        return math.copysign(math.inf, x) if odd else math.inf
    try:
        return math.pow(x, y)
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
    except ValueError:
        return _NAN


def _log(x: float) -> float:
    return -math.inf if x == 0 else math.log(x)


def _modulo(x: float, y: float) -> float:
    return _NAN if y == 0 or math.isinf(x) else x % y


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: float(function(x)) if math.isfinite(x) else x


def _sign(x: float) -> float:
    return x if x != x else float((x > 0) - (x < 0))


def _comparison(compare: Callable[[float, float], bool]) -> Callable[[float, float], float]:
    """A comparison; with NaN it has no truth value, as in R."""
    return lambda x, y: _NAN if x != x or y != y else float(compare(x, y))


_DOUBLES: dict[str, Callable[..., float]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": _divide,
    "neg": lambda x: -x,
    "pow": _power,
    "mod": _modulo,
    "idiv": lambda x, y: _whole(math.floor)(_divide(x, y)),
    "abs": abs,
    "sign": _sign,
    "floor": _whole(math.floor),
    "ceiling": _whole(math.ceil),
    "round": _whole(round),
    "trunc": _whole(math.trunc),
    "min2": lambda x, y: _NAN if x != x or y != y else min(x, y),
    "max2": lambda x, y: _NAN if x != x or y != y else max(x, y),
    "lt": _comparison(operator.lt),
    "le": _comparison(operator.le),
    "gt": _comparison(operator.gt),
    "ge": _comparison(operator.ge),
    "eq": _comparison(operator.eq),
    "ne": _comparison(operator.ne),
    "and": lambda x, y: bool(x) and bool(y),
    "or": lambda x, y: bool(x) or bool(y),
    "not": lambda x: not x,
    "as_real": float,
    "exact_pi": lambda: math.pi,
    "select": lambda condition, yes, no: yes if condition else no,
    "log": _log,
    "exp": math.exp,
    "expm1": math.expm1,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "lgamma": math.lgamma,
    "gamma": math.gamma,
}

_PRECISION = 120


class Constants:
    """The values of one graph's constant nodes, each computed once."""

    __slots__ = ("_constant", "_values", "graph")

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._constant = bytearray()
        self._values: dict[int, float] = {}

    def is_constant(self, node: int) -> bool:
        """Whether no input takes part in a node."""
        marks = self._constant
        if node >= len(marks):
            start = len(marks)
            for record, type_ in zip(
                self.graph.records[start:], self.graph.types[start:], strict=True
            ):
                # A vector built of constants has no one value, so it counts as unknown.
                known = record[0] not in ("input", "loopvar") and not type_.shape
                if known and record[0] != "const":
                    known = all(marks[arg] for arg in record[2:])
                marks.append(known)
        return bool(marks[node])

    def value(self, node: int) -> float | None:
        """The value of a scalar constant node; None where it depends on inputs."""
        record = self.graph.records[node]
        if record[0] == "const":
            return record[1][1]  # type: ignore[no-any-return]
        if not self.is_constant(node):
            return None
        values = self._values
        pending = [node]
        while pending:
            top = pending[-1]
            if top in values:
                pending.pop()
                continue
            record = self.graph.records[top]
            absent = [arg for arg in record[2:] if arg not in values]
            if absent:
                pending += absent
                continue
            values[top] = _compute(record, [values[arg] for arg in record[2:]])
            pending.pop()
        return values[node]


def _compute(record: tuple[Any, ...], args: list[float]) -> float:
    if record[0] == "const":
        return record[1][1]  # type: ignore[no-any-return]
    function = _DOUBLES.get(record[0])
    return _by_ball(record[0], args) if function is None else _total(function)(*args)


def _by_ball(prim: str, args: list[float]) -> float:
    """The middle of a ball, for functions that the standard library does not have."""
    import flint

    ball = TABLE[prim].ball
    if ball is None:
        return _NAN
    before = flint.ctx.prec
    flint.ctx.prec = _PRECISION
    try:
        return float(ball(*(flint.arb(arg) for arg in args)))
    finally:
        flint.ctx.prec = before
