"""Mark the densities that a target's own function computes rightly.

A toolchain's own density may be wrong on the edge of its domain, and outside of its support.
Where the parameters are proved to be inside, and what is observed are data, which can be looked
at before anything is computed, the node is marked ``OWN``: its value is the same, and the target
calls its own function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gradc.diff.template import Apply, Make, Template, compile_template, read, variables
from gradc.ir import Function, Graph, Record, reachable, rebuild
from gradc.passes.inside import Domain, is_inside
from gradc.passes.match import matches
from gradc.passes.rebuild import STRUCTURAL
from gradc.prims import TABLE, Builder

OWN = "own"
"""The attribute of a primitive that the target computes by its own function."""

Support = Literal["real", "count", "positive", "unit"]
"""What may be observed: any number, whole ones from 0 on, numbers above 0, between 0 and 1."""

# What is impossible makes the whole impossible, as far as these carry it.
_CARRIES = frozenset(
    {"add", "sub", "mul", "div", "neg", "sum", "as_real", "exp", "log", "log_sum_exp", "broadcast"}
)


@dataclass(frozen=True, slots=True)
class Form:
    """A ``pattern`` that is, where its variables are ``inside``, what ``becomes`` says."""

    pattern: str
    becomes: str
    inside: Mapping[str, Domain]


@dataclass(frozen=True, slots=True)
class Own:
    """A target's own function: its ``text``, and where it is right.

    ``data`` says what each observed argument must be; of two that are counts the first is not
    above the second. ``forms`` are what it computes.
    """

    text: str
    data: Mapping[str, Support]
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A form ready to run."""

    own: Own
    inside: Mapping[str, Domain]
    pattern: Template
    names: tuple[str, ...]
    make: Make


@cache
def _compiled(text: str, becomes: str) -> tuple[Template, tuple[str, ...], Make]:
    pattern = read(text)
    names = tuple(variables(pattern))
    slots = {name: index for index, name in enumerate(names)}
    return pattern, names, compile_template(read(becomes), slots)


def _rules(own: Mapping[str, Own]) -> dict[str, list[_Rule]]:
    """The forms by the primitive at the root of their patterns."""
    found: dict[str, list[_Rule]] = {}
    for one in own.values():
        for form in one.forms:
            rule = _Rule(one, form.inside, *_compiled(form.pattern, form.becomes))
            if isinstance(rule.pattern, Apply):
                found.setdefault(rule.pattern.prim, []).append(rule)
    return found


def mark_own(function: Function, own: Mapping[str, Own]) -> Function:
    """The function with those densities marked that a target's own functions compute rightly."""
    old = function.graph
    rules = _rules(own)
    if not any(record[0] in rules for record in old.records):
        return function
    always = _always(old, function.value)
    data = {item.name for item in function.data if item.kind == "data"}
    graph = Graph()
    builder = Builder(graph)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        if record[0] in STRUCTURAL:
            return graph.add(record[0], args, record[1], old.types[node])
        plain = builder.apply(record[0], args, record[1])
        for rule in rules.get(record[0], ()):
            for bound in matches(graph, rule.pattern, plain, {}):
                if not all(is_inside(graph, bound[v], domain) for v, domain in rule.inside.items()):
                    continue
                made = rule.make(builder, [bound[name] for name in rule.names])
                if _can_be_seen(graph, made, rule.own, data, always=bool(always[node])):
                    name, own_args = graph.prim(made), graph.args(made)
                    return graph.add(name, own_args, OWN, graph.types[made])
        return plain

    return rebuild(function, graph, make)


def _always(graph: Graph, root: int) -> bytearray:
    """Nodes that the value always needs: no branch, no choice of rows lies in between."""
    always = bytearray(len(graph.records))
    always[root] = 1
    for node in range(root, -1, -1):
        record = graph.records[node]
        if always[node] and record[0] in _CARRIES:
            for arg in record[2:]:
                always[arg] = 1
    return always


def _can_be_seen(graph: Graph, node: int, own: Own, data: set[str], *, always: bool) -> bool:
    """Whether all that is observed are data that can be looked at, or numbers that are right."""
    places = dict(zip(TABLE[graph.prim(node)].params, graph.args(node), strict=True))
    seen = [(places[param], support) for param, support in own.data.items() if support != "real"]
    if not seen:
        return True
    numbers = [arg for arg, _ in seen if graph.is_const(arg)]
    if len(numbers) == 2 and graph.value(numbers[0]) > graph.value(numbers[1]):
        return False
    return always and all(
        _is_number(graph, arg, support)
        if graph.is_const(arg)
        else graph.prim(arg) == "input" and graph.attrs(arg) in data and graph.types[arg].rank < 2
        for arg, support in seen
    )


def _is_number(graph: Graph, node: int, support: Support) -> bool:
    if support == "count":
        value = graph.value(node)
        return value.is_integer() and value >= 0
    return is_inside(graph, node, "unit" if support == "unit" else "positive")


def own_calls(function: Function) -> list[tuple[str, tuple[int, ...]]]:
    """The marked primitives that the outputs need, with their arguments."""
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    return [
        (graph.prim(node), graph.args(node))
        for node in range(len(marks))
        if marks[node] and graph.attrs(node) == OWN
    ]
