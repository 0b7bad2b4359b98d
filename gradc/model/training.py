"""A model as a target trains it, and the function that such a training step computes.

The emitted layer gives an output a row, the loss is made of it, and a tape takes the derivative of
the loss through the layer's own vector-Jacobian product. ``step`` writes the same down as
one function, operation by operation, so that the rounding of that very computation is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gradc.diff import elements
from gradc.emit.model import Part, Training
from gradc.ir import Function, Graph, compact, reachable
from gradc.model.stacked import stacked
from gradc.passes import Split, Squares, find_stack, rows_of, split_rows
from gradc.prims import Builder

Make = Callable[[Function], Part]


def training_of(value: Function, part: Make) -> Training:
    """How a value is trained; ``part`` gives a function with its vector-Jacobian product."""
    split = split_rows(value)
    whole = split or Split(value, None, _fresh("rows", value))
    rest = None if whole.rest is None else part(whole.rest)
    bounded = any(p.lower is not None or p.upper is not None for p in value.params)
    is_network = whole.squares is not None and not bounded
    return Training(
        part(whole.output),
        rest,
        whole.rows,
        rows_of(value),
        whole.squares,
        split is not None,
        find_stack(whole.output) if is_network else None,
    )


def _fresh(name: str, function: Function) -> str:
    taken = {item.name for item in function.inputs}
    while name in taken:
        name += "_"
    return name


def step(value: Function, training: Training, cotangent: str) -> Function:
    """Value and gradient of all rows in one batch, as the emitted loss and a tape compute them.

    ``cotangent`` is the name of the cotangent in the parts. Outputs: of a per-observation value
    each ``gradient:NAME`` is that of the sum over rows.
    """
    graph = Graph()
    graph.bindings.update(value.graph.bindings)
    builder = Builder(graph)
    nodes = {item.name: graph.input(item.name, item.type) for item in value.inputs}
    given = {**nodes, training.rows: _count(builder, value, training, nodes)}
    output = training.output
    layers = None
    if training.stack is not None:
        layers = stacked(builder, training.stack, value, nodes)
    out = layers.output if layers else _inlined(graph, output.vjp, given, ["value"])["value"]
    if training.squares is None:
        terms = out
        upstream = builder.broadcast(builder.const(1.0), out)
    else:
        response = nodes[training.squares.response]
        terms, upstream = _squared(builder, training.squares, response, out, given[training.rows])
    if layers is not None:
        found = layers.gradients(upstream)
    else:
        found = _gradients(graph, output.vjp, {**given, cotangent: upstream})
    total = terms
    if not value.per_observation and graph.types[terms].shape:
        total = builder.apply("sum", [terms])
    if training.rest is not None:
        one = builder.const(1.0)
        rest = training.rest.vjp
        total = builder.add(total, _inlined(graph, rest, given, ["value"])["value"])
        for name, node in _gradients(graph, rest, {**given, cotangent: one}).items():
            found[name] = builder.add(found[name], node)
    outputs = {"value": total, **_named(builder, value, found)}
    inputs = tuple(replace(item, node=nodes[item.name]) for item in value.inputs)
    return compact(
        replace(value, inputs=inputs, outputs=outputs, graph=graph, least_squares=None, names={})
    )


def _count(builder: Builder, value: Function, training: Training, nodes: Mapping[str, int]) -> int:
    """The number of rows of all data."""
    if not training.by_row:
        return builder.const(1.0)
    first = value.input(training.by_row[0])
    return builder.apply("nrow" if first.type.rank == 2 else "length", [nodes[first.name]])


def _squared(
    builder: Builder, squares: Squares, response: int, mean: int, rows: int
) -> tuple[int, int]:
    """What each row contributes, and the cotangent of its mean as a tape finds it."""
    distance = builder.sub(response, mean)
    terms = builder.apply("pow", [distance, builder.const(2.0)])
    seed = builder.const(1.0)
    for prim, number in squares.scale:
        by = rows if number is None else builder.const(number)
        terms = builder.apply(prim, [terms, by])
    for prim, number in reversed(squares.scale):
        by = rows if number is None else builder.const(number)
        seed = builder.apply(prim, [seed, by])
    double = builder.mul(distance, builder.const(2.0))
    return terms, builder.neg(builder.mul(seed, double))


def _gradients(graph: Graph, vjp: Function, given: Mapping[str, int]) -> dict[str, int]:
    """The cotangent of each parameter."""
    names = [f"cotangent:{item.name}" for item in vjp.params]
    found = _inlined(graph, vjp, given, names)
    return {item.name: found[f"cotangent:{item.name}"] for item in vjp.params}


def _named(builder: Builder, value: Function, found: Mapping[str, int]) -> dict[str, int]:
    """Gradients under the names that the value's derivatives have."""
    if not value.per_observation:
        return {f"gradient:{item.name}": found[item.name] for item in value.params}
    outputs: dict[str, int] = {}
    for item in value.params:
        for name, position in elements(item):
            node = found[item.name]
            if position is not None and item.type.rank == 2:
                rows = item.type.known_shape[0]
                place = ((position - 1) % rows + 1, (position - 1) // rows + 1)
                node = builder.apply("entry", [node], place)
            elif position is not None:
                node = builder.apply("index", [node], position)
            outputs[f"gradient:{name}"] = node
    return outputs


def _inlined(
    graph: Graph, function: Function, given: Mapping[str, int], outputs: list[str]
) -> dict[str, int]:
    """Outputs of a function over another graph, node by node, its inputs replaced."""
    old = function.graph
    graph.bindings.update(old.bindings)
    wanted = {name: function.outputs[name] for name in outputs}
    marks = reachable(old, list(wanted.values()))
    new = [-1] * len(marks)
    node = marks.find(1)
    while node >= 0:
        record = old.records[node]
        if record[0] == "input":
            new[node] = given[record[1]]
        elif len(record) == 2:
            new[node] = graph.intern(record, old.types[node])
        else:
            args = [new[arg] for arg in record[2:]]
            new[node] = graph.add(record[0], args, record[1], old.types[node])
        node = marks.find(1, node + 1)
    return {name: new[root] for name, root in wanted.items()}
