"""The rules of the IR that only the table knows: arities, and the type of each node."""

from __future__ import annotations

from gradc.ir import Function, InvalidFunction, Type, validate
from gradc.prims.schema import ShapeError
from gradc.prims.table import TABLE


def check(function: Function, stage: str) -> Function:
    """The function itself, or InvalidFunction where it breaks the rules of the IR."""
    validate(function, stage, TABLE.arity)
    graph = function.graph.copy()  # a shape rule may bind a length
    for node, record in enumerate(graph.records):
        if record[0] not in TABLE:
            continue
        try:
            expected = TABLE[record[0]].shape(graph, record[2:], record[1])
        except ShapeError as error:
            raise InvalidFunction(f"after {stage}: %{node} = {record[0]}: {error}") from error
        found = graph.types[node]
        sizes = [
            [size.substitute(graph.bindings) for size in type_.shape] for type_ in (expected, found)
        ]
        if _kind(expected) != _kind(found) or sizes[0] != sizes[1]:
            raise InvalidFunction(
                f"after {stage}: %{node} = {record[0]} is {found}, its arguments make it {expected}"
            )
    return function


def _kind(type_: Type) -> str:
    return "bool" if type_.dtype == "bool" else "number"
