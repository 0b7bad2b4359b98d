"""Whether two functions are one model: the same inputs, and the same graph below the value."""

from __future__ import annotations

from gradc.ir import Function, Type


def difference(first: Function, second: Function) -> str | None:
    """The first thing in which two functions differ, in words; None where they are the same.

    The order of data and the names of intermediate results say nothing about the model.
    """
    return (
        _inputs_differ(first, second)
        or _graphs_differ(first, second, first.value, second.value)
        or _squares_differ(first, second)
    )


def _inputs_differ(first: Function, second: Function) -> str | None:
    if first.wrt != second.wrt:
        return f"wrt {first.wrt} and {second.wrt}"
    one, other = ({item.name: item for item in f.inputs} for f in (first, second))
    if one.keys() != other.keys():
        return f"inputs {sorted(one)} and {sorted(other)}"
    for name, a in one.items():
        b = other[name]
        # NaN is a default like any other, and 0.0 is not -0.0.
        facts = [(f.kind, repr(f.default), f.lower, f.upper, f.nature) for f in (a, b)]
        if facts[0] != facts[1]:
            return f"input '{name}': {facts[0]} and {facts[1]}"
        if a.type is not b.type:
            return f"input '{name}': {a.type} and {b.type}"
    return None


def _graphs_differ(first: Function, second: Function, root: int, other_root: int) -> str | None:
    """Walk both graphs at once, each pair of nodes one time."""
    partner: dict[int, int] = {}
    back: dict[int, int] = {}
    pending = [(root, other_root)]
    while pending:
        a, b = pending.pop()
        if a in partner or b in back:
            if partner.get(a) != b or back.get(b) != a:
                return f"nodes %{a} and %{b} stand for others elsewhere"
            continue
        partner[a], back[b] = b, a
        one, other = first.graph.records[a], second.graph.records[b]
        if (one[:2], len(one)) != (other[:2], len(other)) and not _both_nan(one, other):
            return f"%{a} = {one[:2]} and %{b} = {other[:2]}"
        types = _type(first, a), _type(second, b)
        if types[0] != types[1]:
            return f"%{a} : {types[0]} and %{b} : {types[1]}"
        pending += zip(one[2:], other[2:], strict=True)
    return None


def _both_nan(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] == "const" and one[1][0] == other[1][0] == "nan"


def _type(function: Function, node: int) -> tuple[str, list[str]]:
    type_: Type = function.graph.types[node]
    bindings = function.graph.bindings
    return type_.dtype, [str(size.substitute(bindings)) for size in type_.shape]


def _squares_differ(first: Function, second: Function) -> str | None:
    one, other = first.least_squares, second.least_squares
    if one is None or other is None:
        return None if one is other else "one of them is least squares"
    return _graphs_differ(first, second, one.mean, other.mean) or _graphs_differ(
        first, second, one.response, other.response
    )
