"""Split a function into what each row of the data contributes, and the rest.

Training draws some rows at a time. The sum over those rows, scaled up, is an unbiased estimate of
the sum over all of them, but what is no sum over rows (a penalty, a prior) must not be
scaled. A value ``sum(v)/n + penalty`` becomes the per-observation value ``v/n`` and the scalar
``penalty``, with n the number of all rows: an input of its own, since a batch has fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gradc.ir import REAL, Function, Graph, Input, Record, Size, rebuild
from gradc.passes.rebuild import simplify
from gradc.prims import TABLE, Builder

Scale = tuple[tuple[Literal["mul", "div"], float | None], ...]
"""Steps from a squared residual to its row's contribution; None stands for the number of rows."""

# What takes rows to rows in its first argument, whatever the others are: they have no rows.
_BY_ROW = frozenset({"matmul", "matvec", "row_sums", "get_col", "outer"})
_BY_INDEX = frozenset({"gather", "gather_rows"})
_SPREAD = frozenset({"spread_rows", "spread_cols"})


@dataclass(frozen=True, slots=True)
class Squares:
    """A response whose squared distance from the output, scaled, is what a row contributes."""

    response: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Split:
    """A function as a sum over rows.

    ``output`` is per observation: the contribution of each row, or with ``squares`` the mean
    of the response. ``rest`` is a scalar without rows, None where nothing is left. ``rows`` is
    the name of the input that is the number of all rows, which either may have.
    """

    output: Function
    rest: Function | None
    rows: str
    squares: Squares | None = None


def split_rows(function: Function) -> Split | None:
    """The function as a sum over rows of its data, None where it is none."""
    size = _row_size(function)
    if size is None:
        return None
    counted, rows = _with_count(function, size)
    states = _states(counted, size)
    if function.per_observation:
        if states[counted.value] != "rows" or counted.graph.types[counted.value].rank != 1:
            return None
        terms, rest = [_Term(counted.value, 1, None)], None
    else:
        found = _terms(counted, states)
        if found is None or not found[0]:
            return None
        terms, rest = found
    graph = counted.graph
    squares = _squares(counted, states, terms)
    if squares is not None:
        mean, response, scale = squares
        output = _only(counted, mean, [rows], without=response)
        return Split(output, _rest(counted, rest, rows), rows, Squares(response, scale))
    builder = Builder(graph, derived=True)
    total: int | None = None
    for term in terms:
        value = term.applied(builder)
        if graph.types[value].rank == 2:
            value = builder.apply("row_sums", [value])
        total = value if total is None else builder.add(total, value)
    if total is None or graph.types[total].rank != 1:
        return None
    return Split(_only(counted, total, [rows]), _rest(counted, rest, rows), rows)


# ------------------------------------------------------------ sizes


def _row_size(function: Function) -> Size | None:
    """The one symbolic size of the first axis of data, None where there is none or several."""
    bindings = function.graph.bindings
    used = _used(function.graph, function.value)
    data = [item for item in function.data if item.type.shape and item.node in used]
    sizes = {item.type.shape[0].substitute(bindings) for item in data}
    unknown = {size for size in sizes if not size.is_known}
    if len(unknown) != 1:
        return None
    (size,) = unknown
    return size if size.constant == 0 and [c for _, c in size.terms] == [1] else None


def _has_rows(function: Function, item: Input, size: Size) -> bool:
    shape = item.type.shape
    return bool(shape) and shape[0].substitute(function.graph.bindings) == size


def _with_count(function: Function, size: Size) -> tuple[Function, str]:
    """The function with an input for the number of rows in place of counting them."""
    taken = {item.name for item in function.inputs}
    rows = "rows"
    while rows in taken:
        rows += "_"
    old, graph = function.graph, Graph()
    count = graph.input(rows, REAL)
    builder = Builder(graph)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        if record[0] in ("length", "nrow"):
            first, *others = [s.substitute(old.bindings) for s in old.types[record[2]].shape]
            if first == size and record[0] == "nrow":
                return count
            if first == size and all(other.is_known for other in others):
                return builder.mul(count, builder.const(others[0].constant)) if others else count
        return graph.add(record[0], args, record[1], old.types[node])

    counted = rebuild(function, graph, make)
    inputs = (*counted.inputs, Input(rows, count, "data", REAL, nature="count"))
    return replace(counted, inputs=inputs), rows


# ------------------------------------------------------------ what depends on rows

State = Literal["none", "rows", "mixed"]


def _states(function: Function, size: Size) -> list[State]:
    """For each node whether it has no rows, is made row by row, or mixes rows."""
    graph = function.graph
    by_node = {item.node: item for item in function.inputs}
    states: list[State] = []
    for node, record in enumerate(graph.records):
        item = by_node.get(node)
        if item is not None:
            is_data = item.kind == "data" and _has_rows(function, item, size)
            states.append("rows" if is_data else "none")
            continue
        found = [states[arg] for arg in record[2:]] if len(record) > 2 else []
        if all(state == "none" for state in found):
            states.append("none")
        elif "mixed" in found:
            states.append("mixed")
        else:
            states.append(_state(graph, record, node, found))
    return states


def _state(graph: Graph, record: Record, node: int, found: Sequence[State]) -> State:
    """The state of a node of which some argument has rows and none mixes them."""
    name, type_ = record[0], graph.types[node]
    if name == "broadcast":
        return "rows" if found[0] == "rows" or not graph.types[record[2]].shape else "mixed"
    if name in _SPREAD:
        wanted = ["rows" if name == "spread_rows" else "none", "rows"]
        return "rows" if list(found) == wanted else "mixed"
    if name in _BY_ROW:
        return "rows" if found[0] == "rows" and "rows" not in found[1:2] else "mixed"
    if name in _BY_INDEX:
        return "rows" if list(found) == ["none", "rows"] else "mixed"
    if name == "bind_cols":
        return "rows" if all(state == "rows" for state in found) else "mixed"
    if name not in TABLE or not TABLE[name].elementwise:
        return "mixed"
    for state, arg in zip(found, record[2:], strict=True):
        shape = graph.types[arg].shape
        if shape and (state != "rows" or shape != type_.shape):
            return "mixed"
    return "rows"


# ------------------------------------------------------------ sums


@dataclass(frozen=True, slots=True)
class _Step:
    """One scaling of a term, and those outside of it."""

    prim: Literal["mul", "div"]
    by: int
    outer: _Step | None


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a sum: a node, its sign, and what it is scaled by, innermost first."""

    node: int
    sign: int
    step: _Step | None

    def applied(self, builder: Builder) -> int:
        value, step = self.node, self.step
        while step is not None:
            value = builder.apply(step.prim, [value, step.by])
            step = step.outer
        return builder.neg(value) if self.sign < 0 else value


def _terms(function: Function, states: Sequence[State]) -> tuple[list[_Term], list[_Term]] | None:
    """Terms with rows, before they are summed, and terms without."""
    graph = function.graph
    rows: list[_Term] = []
    rest: list[_Term] = []
    left = [_Term(function.value, 1, None)]
    while left:
        term = left.pop()
        name, args = graph.prim(term.node), graph.args(term.node)
        if states[term.node] == "none":
            rest.append(term)
        elif name in ("add", "sub"):
            sign = -term.sign if name == "sub" else term.sign
            left += [replace(term, node=args[1], sign=sign), replace(term, node=args[0])]
        elif name == "neg":
            left.append(replace(term, node=args[0], sign=-term.sign))
        elif name == "div" and states[args[1]] == "none":
            left.append(_Term(args[0], term.sign, _Step("div", args[1], term.step)))
        elif name == "mul" and "none" in (states[args[0]], states[args[1]]):
            by, value = args if states[args[0]] == "none" else (args[1], args[0])
            left.append(_Term(value, term.sign, _Step("mul", by, term.step)))
        elif name == "sum" and states[args[0]] == "rows":
            rows.append(replace(term, node=args[0]))
        else:
            return None
    return rows, rest


def _squares(
    function: Function, states: Sequence[State], terms: Sequence[_Term]
) -> tuple[int, str, Scale] | None:
    """The mean, the response and the scale of one sum of squares."""
    if len(terms) != 1 or terms[0].sign < 0:
        return None
    graph, node = function.graph, terms[0].node
    if graph.prim(node) != "pow" or graph.types[node].rank != 1:
        return None
    base, exponent = graph.args(node)
    if not graph.is_const(exponent) or graph.value(exponent) != 2.0:
        return None
    scale = _scale(function, terms[0])
    parts = _parts(graph, base)
    data = {item.node: item for item in function.data if item.nature != "index"}
    for place, (response, sign) in enumerate(parts):
        item = data.get(response)
        if scale is None or item is None or states[response] != "rows" or not item.type.shape:
            continue
        # (y - mean)^2 and (mean - y)^2 are the same: what is not y is the mean, or minus it.
        mean = _sum(graph, [(n, -s * sign) for n, s in parts[:place] + parts[place + 1 :]])
        used = _used(graph, mean) if mean is not None else set()
        is_mean = response not in used and any(param.node in used for param in function.params)
        if mean is not None and is_mean and graph.types[mean].shape:
            return mean, item.name, scale
    return None


def _scale(function: Function, term: _Term) -> Scale | None:
    """What a term is scaled by, where that is numbers and the number of rows."""
    graph, count = function.graph, function.inputs[-1].node
    found: list[tuple[Literal["mul", "div"], float | None]] = []
    step = term.step
    while step is not None:
        if not graph.is_const(step.by) and step.by != count:
            return None
        found.append((step.prim, None if step.by == count else graph.value(step.by)))
        step = step.outer
    return tuple(found)


def _parts(graph: Graph, root: int) -> list[tuple[int, int]]:
    """The terms of a sum with their signs, from left to right."""
    found: list[tuple[int, int]] = []
    left = [(root, 1)]
    while left:
        node, sign = left.pop()
        name, args = graph.prim(node), graph.args(node)
        if name in ("add", "sub"):
            left += [(args[1], -sign if name == "sub" else sign), (args[0], sign)]
        elif name == "neg":
            left.append((args[0], -sign))
        else:
            found.append((node, sign))
    return found


def _sum(graph: Graph, parts: Sequence[tuple[int, int]]) -> int | None:
    """A sum of terms with signs, None of no terms."""
    builder = Builder(graph, derived=True)
    total: int | None = None
    for node, sign in sorted(parts, key=lambda part: -part[1]):
        if total is None:
            total = node if sign > 0 else builder.neg(node)
        else:
            total = builder.add(total, node) if sign > 0 else builder.sub(total, node)
    return total


def _used(graph: Graph, root: int) -> set[int]:
    """All nodes that a node needs."""
    found, left = {root}, [root]
    while left:
        record = graph.records[left.pop()]
        for arg in record[2:] if len(record) > 2 else ():
            if arg not in found:
                found.add(arg)
                left.append(arg)
    return found


# ------------------------------------------------------------ results


def _rest(function: Function, terms: Sequence[_Term] | None, rows: str) -> Function | None:
    """The sum of the terms without rows, of those data alone that it needs."""
    if not terms:
        return None
    builder = Builder(function.graph, derived=True)
    total = terms[0].applied(builder)
    for term in terms[1:]:
        total = builder.add(total, term.applied(builder))
    used = _used(function.graph, total)
    idle = [item.name for item in function.data if item.node not in used]
    return _only(function, total, [rows, *idle])


def _only(
    function: Function, value: int, unless_used: Sequence[str], without: str | None = None
) -> Function:
    """The function with this value, without inputs that it does not use."""
    used = _used(function.graph, value)
    inputs = tuple(
        item
        for item in function.inputs
        if item.name != without and (item.name not in unless_used or item.node in used)
    )
    kept = {node: name for node, name in function.names.items() if node in used}
    output = replace(
        function, inputs=inputs, outputs={"value": value}, least_squares=None, names=kept
    )
    return simplify(output)


def rows_of(size_function: Function) -> tuple[str, ...]:
    """The data that have one entry a row, where there is one symbolic number of rows."""
    size = _row_size(size_function)
    if size is None:
        return ()
    return tuple(i.name for i in size_function.data if _has_rows(size_function, i, size))
