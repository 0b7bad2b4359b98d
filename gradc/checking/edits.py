"""Changes to one place of a claimed gradient that have a meaning: what people get wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradc.checking.bench import Bench, Expression, Site

_FAMILIES = (
    ("add", "sub", "mul", "div"),
    ("mul", "pow"),
    ("lt", "le", "gt", "ge"),
    ("eq", "ne"),
    ("and", "or"),
    ("min2", "max2"),
    ("sin", "cos", "tan"),
    ("sinh", "cosh", "tanh"),
    ("asin", "acos", "atan"),
    ("exp", "expm1", "log", "log1p"),
    ("log", "log10", "log2", "log1p", "sqrt"),
    ("exp", "sigmoid", "softplus", "tanh"),
    ("sqrt", "abs"),
    ("abs", "sign"),
    ("lgamma", "digamma", "trigamma", "gamma"),
    ("pnorm", "erf", "erfc", "sigmoid"),
    ("floor", "ceiling", "round", "trunc"),
    ("sum", "prod", "max", "min"),
    ("row_sums", "col_sums"),
)
SIBLINGS: dict[str, list[str]] = {}
for _family in _FAMILIES:
    for _name in _family:
        SIBLINGS.setdefault(_name, []).extend(
            n for n in _family if n != _name and n not in SIBLINGS.get(_name, [])
        )
_WRAPPERS = ("exp", "log", "sqrt", "abs", "sigmoid", "sin", "cos", "tanh", "sign", "log1p", "t")
_SWAPPED = frozenset({"sub", "div", "pow", "lt", "le", "gt", "ge", "atan2", "matmul", "matvec"})
CONSTANTS: tuple[tuple[float, str], ...] = (
    (2.0, "2"),
    (0.5, "1/2"),
    (3.0, "3"),
    (4.0, "4"),
    (10.0, "10"),
    (math.log(10), "log(10)"),
    (math.log(2), "log(2)"),
    (math.pi, "pi"),
    (math.sqrt(2 * math.pi), "sqrt(2*pi)"),
)


UNNAMED = 1.6
"""The cost of an operand that has no name; a name costs less."""
PART_OF = "part of the derivative of "


@dataclass(frozen=True, slots=True)
class Edit:
    """An expression in the place of a site.

    ``kind`` is what kind of slip it undoes, ``cost`` how unlikely such a slip is, ``text`` what
    it does, in words that go with "here".
    """

    site: Site
    expression: Expression
    kind: str
    cost: float
    text: str
    operand: Any = None


def sites(bench: Bench) -> list[Site]:
    """The places that a wrong output depends on, those near the outputs last.

    A number or an input is a place at each of its uses; what is used more than once is a place
    as a whole and at each use.
    """
    found: list[Site] = []
    graph = bench.graph
    for node in bench.nodes:
        uses = bench.users.get(node, [])
        leaf = graph.prim(node) in ("const", "input")
        users = {bench.spans[user] for user, _ in uses}
        at_once = graph.is_const(node) and len(uses) > 1 and len(users) == 1
        # A variable may hold nothing but an input.
        at_once |= graph.prim(node) == "input" and len(uses) > 1
        if at_once or not (leaf or node in bench.borrowed):
            found.append(Site(node))
        if leaf or len(uses) > 1 or node in bench.names:
            found += [Site(node, user, position) for user, position in uses]
    return found


def operator_edits(bench: Bench, site: Site) -> Iterator[Edit]:
    """Another operator or constant, other arguments, one argument alone."""
    record = bench.graph.records[site.node]
    prim, attrs, *args = record
    node = site.node
    if prim == "const":
        yield from _constants(bench, site)
        return
    if prim != "input" and site.user < 0:
        for other in SIBLINGS.get(prim, ()):
            cost = 0.6 if {prim, other} == {"add", "sub"} else 1.0
            yield Edit(site, (other, attrs, *args), "operator", cost, f"`{other}` for `{prim}`")
            if other in _SWAPPED:
                swapped = (other, attrs, *args[::-1])
                yield Edit(site, swapped, "operator", 1.6, f"`{other}` for `{prim}`, turned round")
        if prim in _SWAPPED and args[0] != args[1]:
            yield Edit(site, (prim, attrs, *args[::-1]), "swap", 1.0, "the arguments exchanged")
        if prim == "select":
            swapped = (prim, attrs, args[0], args[2], args[1])
            yield Edit(site, swapped, "branch", 1.0, "the branches exchanged")
        if prim == "pow":
            yield from _powers(bench, site)
        for arg in dict.fromkeys(args):
            if prim == "neg":
                yield Edit(site, arg, "sign", 0.6, "without the minus sign")
            elif bench.graph.prim(arg) != "const" or prim == "select":
                cost = 0.6 if _is_double(bench, prim, args) else 1.4
                if prim == "div" and bench.graph.is_const(args[1]):
                    cost = 0.8
                yield Edit(site, arg, "extra", cost, "one argument alone", arg)
        yield from _places(site, prim, attrs, args)
        yield from _sums(bench, site, prim, args)
    yield from _wrapped(bench, site, node)


def _is_double(bench: Bench, prim: str, args: list[int]) -> bool:
    """Whether the second argument of a sum or a product is in the first one already."""
    if prim not in ("add", "sub", "mul"):
        return False
    first, second = (bench.original[arg] for arg in args)
    inner = args[0]
    parts = [bench.original[arg] for arg in bench.graph.args(inner)]
    return bench.graph.prim(inner) == prim and second in parts and first != second


def _powers(bench: Bench, site: Site) -> Iterator[Edit]:
    base, exponent = bench.graph.args(site.node)
    for step in (1.0, -1.0):
        moved = ("pow", None, base, ("add", None, exponent, step))
        yield Edit(site, moved, "power", 0.9, f"the exponent {step:+.0f}")


def _constants(bench: Bench, site: Site) -> Iterator[Edit]:
    value = bench.graph.value(site.node)
    near = [(-value, 1.0), (value + 1, 1.0), (value - 1, 1.0), (2 * value, 1.0), (value / 2, 1.0)]
    near += [(value * 10, 1.3), (value / 10, 1.3), (1.0, 1.2), (0.0, 1.2), (2.0, 1.2)]
    near += [(0.5, 1.2), (3.0, 1.5), (math.pi, 1.5), (-1.0, 1.4), (value + 2, 1.5)]
    near += [(value - 2, 1.5), (3 * value, 1.5), (value / 3, 1.5), (4 * value, 1.5)]
    near += [(value / 4, 1.5), (-value / 2, 1.7), (-2 * value, 1.7)]
    near += [(1 / value, 1.3)] if value else []
    # A number that is nearly one of few digits was meant to be that.
    near += [(float(f"{value:.3g}"), 1.2)]
    for count, text in bench.counts:
        if value in (0.0, 1.0):
            yield Edit(site, count, "mean", 1.6, f"{text} for {value:.12g}", count)
    seen = {value}
    for number, cost in near:
        if number not in seen:
            seen.add(number)
            kind = "sign" if number == -value else "constant"
            if kind == "sign" and bench.doubled(site.node):
                cost = 0.6
            yield Edit(site, float(number), kind, cost, f"{number:.12g} for {value:.12g}", number)


def _places(site: Site, prim: str, attrs: Any, args: list[int]) -> Iterator[Edit]:
    if prim in ("index", "get_col", "get_row") and isinstance(attrs, int):
        for step in (1, -1, 2, -2):
            if attrs + step >= 1:
                text = f"element {attrs + step} for {attrs}"
                yield Edit(site, (prim, attrs + step, *args), "index", 0.8, text)
    if prim == "entry":
        row, column = attrs
        moves = [(column, row), (row + 1, column), (row, column + 1)]
        moves += [(row - 1, column), (row, column - 1)]
        for entry in moves:
            text = f"entry {entry[0]}, {entry[1]}"
            if min(entry) >= 1:
                yield Edit(site, (prim, entry, *args), "index", 0.9, text)
    if prim in ("gather", "gather_rows"):
        for shift in (1.0, -1.0):
            moved = (prim, attrs, args[0], ("add", None, args[1], shift))
            yield Edit(site, moved, "index", 0.9, f"the index {shift:+.0f}")


def _sums(bench: Bench, site: Site, prim: str, args: list[int]) -> Iterator[Edit]:
    if prim == "sum":
        mean = ("div", None, site.node, ("length", None, args[0]))
        yield Edit(site, mean, "mean", 1.0, "`mean` for `sum`")
    if prim == "div" and bench.graph.prim(args[1]) == "length":
        yield Edit(site, args[0], "mean", 0.9, "`sum` for `mean`")


def _wrapped(bench: Bench, site: Site, node: int) -> Iterator[Edit]:
    cost = 0.6 if bench.doubled(node) else 1.5
    yield Edit(site, ("neg", None, node), "sign", cost, "a minus sign")
    shape = bench.shape(node)
    for wrapper in _WRAPPERS:
        if (wrapper == "t") == (len(shape) == 2 and shape[0] == shape[1]):
            yield Edit(site, (wrapper, None, node), "function", 1.6, f"`{wrapper}` around it")
    yield Edit(site, ("sub", None, 1.0, node), "complement", 1.6, "1 minus it")
    yield Edit(site, ("div", None, 1.0, node), "power", 1.6, "1 over it")
    yield Edit(site, ("mul", None, node, node), "power", 1.1, "its square")
    yield Edit(site, ("add", None, node, 1.0), "constant", 1.9, "1 more")
    yield Edit(site, ("sub", None, node, 1.0), "constant", 1.9, "1 less")
    if len(shape) == 1:
        yield Edit(site, ("rev", None, node), "order", 2.0, "in reverse order")
        yield Edit(site, ("sum", None, node), "sum", 1.6, "`sum` around it")


def constant_edits(bench: Bench, site: Site) -> Iterator[Edit]:
    """The place times or over a number that people forget, or over a number of observations."""
    for operand, text in [*CONSTANTS, *bench.counts]:
        cost = 1.8 if text in ("2", "1/2") else 2.2
        many = (operand, text) in bench.counts
        kind = "mean" if many else "factor"
        times = Edit(
            site, ("mul", None, site.node, operand), kind, cost, f"multiplied by {text}", operand
        )
        yield times
        if text != "1/2":
            over = ("div", None, site.node, operand)
            yield Edit(site, over, kind, cost + 0.1, f"divided by {text}", operand)


def operand_edits(
    bench: Bench, places: list[Site], operands: list[tuple[Expression, str, float]]
) -> Iterator[Edit]:
    """Another value in the place, or one more factor or term."""
    for operand, text, cost in operands:
        for site in places:
            if operand != site.node:
                yield from _combined(bench, site, operand, text, cost)


def _combined(
    bench: Bench, site: Site, operand: Expression, text: str, cost: float
) -> Iterator[Edit]:
    here, there = bench.shape(site.node), bench.shape(operand)
    unlike = 0.0 if there == here else 0.3
    said = f"`{text}` in its place"
    # A name is taken for another one; a whole formula hardly for one of the true gradient.
    is_number = bench.graph.is_const(site.node)
    if cost >= UNNAMED and not is_number and (site.user < 0 or text.startswith(PART_OF)):
        unlike += 1.1
    yield Edit(site, operand, "argument", 0.2 + cost + unlike, said, operand)
    if there == here or there == () or here == ():
        for prim, how, more in _COMBINED:
            combined = (prim, None, site.node, operand)
            kind = "term" if prim in ("add", "sub") else "factor"
            yield Edit(site, combined, kind, 1.0 + cost + more, how.format(f"`{text}`"), operand)


_COMBINED = (
    ("mul", "multiplied by {}", 0.0),
    ("div", "divided by {}", 0.1),
    ("add", "with {} added", 0.2),
    ("sub", "with {} subtracted", 0.2),
)
