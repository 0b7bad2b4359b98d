"""Structural check of a function, run after every pass in the tests."""

from __future__ import annotations

from collections.abc import Callable

from gradc.ir.function import Function
from gradc.ir.text import _record_text


class InvalidFunction(AssertionError):
    """A pass produced a function that breaks the rules of the IR."""


def validate(
    function: Function, stage: str, arity: Callable[[str], tuple[int, int | None]]
) -> Function:
    """The function itself, or InvalidFunction naming the stage and the node.

    ``arity`` gives the least and the largest number of arguments of a primitive.
    """
    graph = function.graph

    def complain(node: int, what: str) -> InvalidFunction:
        return InvalidFunction(
            f"after {stage}: %{node} = {_record_text(graph.records[node])}: {what}"
        )

    for node, record in enumerate(graph.records):
        if record[0] in ("const", "input"):
            if len(record) != 2:
                raise complain(node, "takes no arguments")
            continue
        least, most = arity(record[0])
        count = len(record) - 2
        if count < least or (most is not None and count > most):
            raise complain(node, f"has {count} arguments")
        for arg in record[2:]:
            if not 0 <= arg < node:
                raise complain(node, f"argument %{arg} does not come before it")
    if len(graph.types) != len(graph.records):
        raise InvalidFunction(f"after {stage}: {len(graph.types)} types, {len(graph)} nodes")
    for item in function.inputs:
        if graph.records[item.node] != ("input", item.name):
            raise complain(item.node, f"is not the input {item.name!r}")
    for name, node in function.outputs.items():
        if not 0 <= node < len(graph):
            raise InvalidFunction(f"after {stage}: output {name!r} is no node")
    return function
