"""Gradients, Hessians and vector-Jacobian products of whole functions.

A scalar objective takes one reverse sweep. A per-observation model made of elementwise
operations takes one too, as a scalar graph with one value a row; one that mixes rows takes a
forward sweep for each parameter. Second derivatives are forward over reverse.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gradc.diff.forward import forward
from gradc.diff.reverse import reverse
from gradc.errors import fail
from gradc.ir import Function, Input, dependents
from gradc.prims import TABLE, Builder


def value_and_gradient(function: Function) -> Function:
    """The function with outputs ``gradient:NAME`` added, sharing its graph.

    Shapes: for a scalar objective the parameter's own shape; for a per-observation value of n
    rows a vector of n (or a scalar that recycles), and for a vector parameter ``b`` one
    output ``gradient:b[i]`` an element.
    Raises: GradcError (G301) where a derivative does not exist.
    """
    if not function.per_observation:
        gradients = _scalar_gradient(function)
    elif _is_rowwise(function):
        gradients = _rowwise_gradient(function)
    else:
        gradients = _forward_gradient(function)
    return function.with_outputs({**function.outputs, **gradients})


def _scalar_gradient(function: Function) -> dict[str, int]:
    graph = function.graph
    builder = Builder(graph, derived=True)
    bars = reverse(graph, function.value, [item.node for item in function.params])
    zero = builder.const(0.0)
    return {
        f"gradient:{item.name}": builder.broadcast(bars.get(item.node, zero), item.node)
        for item in function.params
    }


def _is_rowwise(function: Function) -> bool:
    """Whether every step from a parameter to the value works on each row by itself."""
    graph = function.graph
    active = dependents(graph, [item.node for item in function.params], function.value + 1)
    vectors = {item.node for item in function.params if item.type.shape}
    for node in range(function.value + 1):
        if not active[node]:
            continue
        name, args = graph.prim(node), graph.args(node)
        # An element of a parameter is a parameter; one of rows is one row for all others.
        if name == "input" or (name == "index" and args[0] in vectors):
            continue
        if not TABLE[name].elementwise or any(arg in vectors for arg in args):
            return False
    return True


def elements(item: Input) -> Iterator[tuple[str, int | None]]:
    """Names of a parameter's elements and their numbers; a scalar is its own element."""
    if not item.type.shape:
        yield item.name, None
        return
    count = item.type.count
    if count is None:
        raise fail(
            "G302",
            f"the length of the vector parameter '{item.name}' is not known;"
            " give its value so that its elements can be told apart",
        )
    for position in range(1, count + 1):
        yield item.name + item.type.element(position), position


def _rowwise_gradient(function: Function) -> dict[str, int]:
    graph = function.graph
    leaves: dict[str, int] = {}
    for item in function.params:
        for name, position in elements(item):
            if position is None:
                leaves[name] = item.node
            else:
                found = graph.find(("index", position, item.node))
                leaves[name] = -1 if found is None else found
    known = [node for node in leaves.values() if node >= 0]
    bars = reverse(graph, function.value, known, rowwise=True)
    zero = graph.const(0.0)
    return {f"gradient:{name}": bars.get(node, zero) for name, node in leaves.items()}


def _seed(builder: Builder, item: Input, position: int | None) -> int:
    one = builder.const(1.0)
    if position is None:
        return one
    zero = builder.const(0.0)
    places = range(1, (item.type.count or 0) + 1)
    elements = builder.stack([one if i == position else zero for i in places])
    if item.type.rank < 2:
        return elements
    return builder.apply("reshape", [elements], item.type.shape)


def _forward_gradient(function: Function) -> dict[str, int]:
    graph = function.graph
    builder = Builder(graph, derived=True)
    gradients: dict[str, int] = {}
    for item in function.params:
        for name, position in elements(item):
            dot = forward(graph, {item.node: _seed(builder, item, position)}, [function.value])
            tangent = dot[function.value]
            gradients[f"gradient:{name}"] = builder.const(0.0) if tangent is None else tangent
    return gradients


def hessian(gradient: Function) -> Function:
    """A value-and-gradient function with the second derivatives added.

    ``hessian:a:b`` is the derivative of the output ``gradient:a`` in the scalar ``b``;
    ``hessian:a:b[j]`` in an element of a vector. Shapes: that of ``gradient:a``.
    """
    graph = gradient.graph
    builder = Builder(graph, derived=True)
    rows = {name: node for name, node in gradient.outputs.items() if name.startswith("gradient:")}
    blocks: dict[str, dict[str, int]] = {name: {} for name in rows}
    zero = builder.const(0.0)
    for item in gradient.params:
        for name, position in elements(item):
            dots = forward(graph, {item.node: _seed(builder, item, position)}, list(rows.values()))
            for row, node in rows.items():
                tangent = dots[node]
                blocks[row][name] = zero if tangent is None else tangent
    outputs = dict(gradient.outputs)
    for row, columns in blocks.items():
        for name, node in columns.items():
            outputs[f"hessian:{row.removeprefix('gradient:')}:{name}"] = node
    return gradient.with_outputs(outputs)


def vector_jacobian(function: Function, cotangent: str) -> Function:
    """Cotangents of every input, parameters and data, for a cotangent of the value.

    The result has one more input, named ``cotangent``, with the value's type, and outputs
    ``value`` and ``cotangent:NAME``. Shapes: those of the inputs.
    """
    graph = function.graph
    builder = Builder(graph, derived=True)
    type_ = graph.types[function.value]
    seed = graph.input(cotangent, type_)
    # A count or an order has no cotangent; as data nobody needs it.
    inputs = [item.node for item in function.inputs]
    bars = reverse(graph, function.value, inputs, seed, lenient=True)
    zero = builder.const(0.0)
    outputs = {"value": function.value}
    for item in function.inputs:
        outputs[f"cotangent:{item.name}"] = builder.broadcast(bars.get(item.node, zero), item.node)
    extra = Input(cotangent, seed, "data", type_)
    return replace(function, inputs=(*function.inputs, extra), outputs=outputs)
