"""The function ``hess`` of the TensorFlow target: the symbolic second derivatives.

A tape over ``value`` differentiates twice as well, but by TensorFlow's own rules, which lose
digits where the symbolic form does not (``p*(1 - p)`` for the derivative of a sigmoid).
"""

from __future__ import annotations

from collections.abc import Callable

from gradc.emit.schedule import Schedule
from gradc.emit.sharing import share_signs
from gradc.ir import Function
from gradc.targets.derivatives import hessian_entries, offsets
from gradc.targets.python import (
    Module,
    assignment,
    assignments,
    call,
    docstring,
    tuple_lines,
    unpack,
)
from gradc.targets.tf_loops import loop_writer

Output = Callable[[Schedule, int], str]


def hessian_lines(module: Module, derived: Function, output: Output) -> list[str]:
    """``hess(theta, data…)``: one matrix; a per-observation value is summed over rows.

    ``output`` prints an output of a schedule as a tensor.
    """
    function = share_signs(derived)
    names = module.names.copy()
    theta, matrix_row = names.fresh("theta"), names.fresh("row")
    entries = hessian_entries(function)
    parts = [_parts(function, entry.node) for entry in entries]
    plan = module.plan(function, [function.value, *(node for own in parts for node in own)], names)
    lines = call("def hess", [theta, *module.data], ":")
    summed = " of the value summed over rows" if function.per_observation else ""
    lines += docstring(f"The matrix of second derivatives{summed}.")
    if not function.params:
        return [*lines, "    return tf.zeros([0, 0], tf.float64)"]
    lines.append(f"    ({theta},) = _tensors({theta})")
    pieces = [*_cut(module, theta), *module.data]
    lines += unpack(module.arguments, "_arguments", pieces)
    body = assignments(plan.statements, loop_writer(names.fresh))
    total = sum(item.type.count or 1 for item in function.params)
    cells = [["tf.zeros([], dtype)"] * total for _ in range(total)]
    if function.per_observation:
        value, count = names.fresh("result"), names.fresh("rows")
        body += assignment(value, output(plan, function.value))
        body += assignment(count, f"tf.cast(tf.size({value}), dtype)")
    for entry, own in zip(entries, parts, strict=True):
        for offset in range(entry.count):
            node = own[offset if len(own) > 1 else 0]
            cell = output(plan, node)
            has_shape = function.graph.types[node].shape
            if function.per_observation:
                cell = f"tf.reduce_sum({cell})" if has_shape else f"{count} * ({cell})"
            elif has_shape:
                cell = f"({cell}){_element(function, node, offset)}"
            cells[entry.place + offset][entry.column] = cell
            if entry.mirrored:
                cells[entry.column][entry.place + offset] = cell
    rows = [f"{matrix_row}{number}" for number in range(1, total + 1)]
    for name, row in zip(rows, cells, strict=True):
        body += _stacked(f"{name} = ", row)
    body += _stacked("return ", rows)
    dtype = [f"    dtype = {theta}.dtype"] if any("dtype" in line for line in body) else []
    return lines + dtype + body


def _element(function: Function, node: int, offset: int) -> str:
    """The place of an element that is counted column by column from 0."""
    type_ = function.graph.types[node]
    if type_.rank < 2:
        return f"[{offset}]"
    rows = type_.shape[0].substitute(function.graph.bindings).constant
    return f"[{offset % rows}, {offset // rows}]"


def _parts(function: Function, node: int) -> tuple[int, ...]:
    """The elements of a vector that was put together from scalars; else the node itself."""
    graph = function.graph
    return graph.args(node) if graph.prim(node) == "stack" else (node,)


def _stacked(start: str, items: list[str]) -> list[str]:
    """``start tf.stack([…])``, an item a line where they are long."""
    lines = tuple_lines(f"{start}tf.stack(", items)
    if len(lines) == 1:
        return [f"    {start}tf.stack([{', '.join(items)}])"]
    return [f"    {start}tf.stack([", *lines[1:-1], "    ])"]


def _cut(module: Module, theta: str) -> list[str]:
    """The parameters as pieces of one vector."""
    places = offsets(module.model.value)
    pieces: list[str] = []
    for item in module.model.value.params:
        place, length = places[item.name], item.type.count
        cut = f"{theta}[{place}]" if length is None else f"{theta}[{place}:{place + length}]"
        if item.type.rank == 2:
            rows, columns = item.type.known_shape
            cut = f"tf.transpose(tf.reshape({cut}, [{columns}, {rows}]))"
        pieces.append(cut)
    return pieces
