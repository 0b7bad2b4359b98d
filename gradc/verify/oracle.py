"""The oracle: true values of a function at a point, to well below a double's last digit.

The function is evaluated in ball arithmetic, at rising precision, until every output is known.
A derivative is checked against its definition: central difference quotients of the function
as the user wrote it, at high precision, which know none of gradc's rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from flint import arb, ctx

from gradc.errors import Span
from gradc.ir import Function, Graph, dependents, reachable
from gradc.prims import TABLE
from gradc.verify.cells import Ball, Cells, common_length, recycle
from gradc.verify.evaluate import Bound, Evaluation, Point, bind, concrete, evaluate
from gradc.verify.undefined import ENOUGH_BITS, is_undefined

State = Literal["finite", "infinite", "undefined", "undecided"]
FIRST_BITS = 200
MOST_BITS = 3200
# Nothing beside the smallest subnormal, 2^-1074.
_NOTHING = -1200


@dataclass(frozen=True, slots=True)
class Kink:
    """A place where the derivative is a convention: a switch exactly at its switching point."""

    node: int
    prim: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Truth:
    """True values of outputs, one ball a row, and what is known about each."""

    cells: Mapping[str, Cells]
    states: Mapping[str, tuple[State, ...]]
    bits: int
    kinks: tuple[Kink, ...] = field(default=())

    @property
    def decided(self) -> bool:
        """Whether every output is known: a number, an infinity, or not defined."""
        return all(state != "undecided" for states in self.states.values() for state in states)

    @property
    def finite(self) -> bool:
        """Whether every output is a number."""
        return all(state == "finite" for states in self.states.values() for state in states)


def true_values(
    function: Function,
    point: Point,
    *,
    dtype: str = "float64",
    bits: int = FIRST_BITS,
    most: int = MOST_BITS,
) -> Truth:
    """The outputs of a function at the very doubles of a point (rounded to ``dtype`` first).

    Precision doubles until every output is known or ``most`` bits are reached; an output that
    is still unknown then is ``undecided``.
    """
    inputs = bind(function, point, dtype)
    function = concrete(function, inputs)
    truth, found = evaluated(function, inputs, bits, most)
    return replace(truth, kinks=kinks(function, found))


def evaluated(
    function: Function, inputs: Bound, bits: int = FIRST_BITS, most: int = MOST_BITS
) -> tuple[Truth, Evaluation]:
    """As :func:`true_values` for bound inputs, kinks left out, with the cells of all nodes."""
    roots = list(function.outputs.values())
    while True:
        found = evaluate(function.graph, roots, inputs, bits)
        states = {name: _states(found, node) for name, node in function.outputs.items()}
        open_ = any(state == "undecided" for row in states.values() for state in row)
        if not open_ or bits >= most:
            break
        bits = min(2 * bits, most)
    cells = {name: found[node] for name, node in function.outputs.items()}
    return Truth(cells, states, bits), found


def known(ball: Ball) -> bool:
    """Whether a finite ball is far narrower than a double can resolve."""
    return bool(
        ball.is_exact()
        or ball.rel_accuracy_bits() >= ENOUGH_BITS
        or ball.rad() < arb(2) ** _NOTHING
    )


def _states(found: Evaluation, node: int) -> tuple[State, ...]:
    return tuple(_state(found, node, row) for row in range(len(found[node])))


def _state(found: Evaluation, node: int, row: int) -> State:
    ball = found[node][row]
    if ball.is_finite():
        return "finite" if known(ball) else "undecided"
    if ball == arb.pos_inf() or ball == arb.neg_inf():
        return "infinite"
    return "undefined" if ball.is_nan() and is_undefined(found, node, row) else "undecided"


_COMPARED = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "min2", "max2"})
# Locally constant: what is made of their results alone switches only where they do.
_STEPS = frozenset({"floor", "ceiling", "round", "trunc", "sign", "idiv", "length", "nrow", "ncol"})


def kinks(function: Function, found: Evaluation) -> tuple[Kink, ...]:
    """Switches below the value that depend on a parameter and stand at their switching point."""
    graph = function.graph
    value = function.outputs.get("value")
    if value is None or value not in found.cells:
        return ()
    marks = reachable(graph, [value])
    params = [item.node for item in function.params]
    active = dependents(graph, params, value + 1)
    moving = _moving(graph, params, value + 1)
    at_switch: list[Kink] = []
    with ctx.workprec(found.bits):
        for node in range(value + 1):
            if not (marks[node] and active[node]):
                continue
            name = graph.prim(node)
            switching = name in TABLE and (name in _COMPARED or TABLE[name].kinks)
            args = graph.args(node)
            # pmax(x, x) is x: what is compared with itself does not switch.
            if name in _COMPARED and args[0] == args[1]:
                continue
            if name != "select" and not any(moving[arg] for arg in args):
                continue
            if switching and _switches(name, [found[arg] for arg in args]):
                at_switch.append(Kink(node, name, graph.place(node)))
    return tuple(at_switch)


def _moving(graph: Graph, params: Sequence[int], end: int) -> bytearray:
    """A mark per node: 1 where it may vary smoothly with a parameter, 0 where only by jumps."""
    marks = bytearray(end)
    for node in params:
        if node < end:
            marks[node] = 1
    for node in range(end):
        if graph.types[node].dtype != "bool" and graph.prim(node) not in _STEPS:
            marks[node] |= any(marks[arg] for arg in graph.args(node))
    return marks


def _switches(name: str, args: Sequence[Cells]) -> bool:
    """Whether some row of a piecewise primitive lies exactly where its pieces meet."""
    if name == "select":
        return any(condition is None for condition in args[0])
    if name in ("min", "max"):
        return _tied(name, args[0])
    rows = common_length(args)
    columns = [recycle(arg, rows) for arg in args]
    return any(_meets(name, row) for row in zip(*columns, strict=True))


def _meets(name: str, row: Sequence[Ball]) -> bool:
    if any(cell.is_nan() for cell in row):
        return False
    if name in _COMPARED:
        return bool(row[0].overlaps(row[1]))
    if name == "hypot":
        return bool(row[0].contains(0) and row[1].contains(0))
    if name == "direction":
        return bool(row[1].contains(0))
    if name in ("abs", "sign"):
        return bool(row[0].contains(0))
    if name in ("mod", "idiv"):
        return bool((row[0] / row[1]).contains_integer())
    if name == "round":
        return bool((row[0] - arb(0.5)).contains_integer())
    return bool(row[0].contains_integer())


def _tied(name: str, cells: Cells) -> bool:
    best = cells[0]
    for cell in cells[1:]:
        best = getattr(best, name)(cell)
    return sum(bool(cell.overlaps(best)) for cell in cells) > 1
