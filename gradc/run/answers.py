"""From a toolchain's reply to numbers by parameter, with every shape checked."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from math import prod
from typing import Any

from gradc.run.program import Argument, Numbers, Program, ToolchainError, Witness
from gradc.run.wire import Message, Tensor

Shapes = Mapping[str, tuple[int, ...]]


def numbers(program: Program, values: list[Tensor], reply: Message) -> Numbers:
    """The numbers in a toolchain's reply.

    Raises: ValueError where they do not have the shapes of the program's contract.
    """
    made = _from_tmb if program.target == "tmb" else _from_function
    found = made(program, values, reply)
    if not program.reports:
        return found
    return replace(found, reports=_reports(program, reply))


def _reports(program: Program, reply: Message) -> dict[str, Any]:
    """Results by the user's names, each in the shape that the toolchain gave it."""
    result = {}
    for number, name in enumerate(program.reports):
        part = reply.tensors.get(f"report.{number}")
        if part is None:
            raise ValueError(f"there is no report of {name!r}")
        result[name] = part.nested()
    return result


def _from_function(program: Program, values: list[Tensor], reply: Message) -> Numbers:
    """Numbers from R's attributes, or from the tuple of NumPy and TensorFlow."""
    parts = reply.tensors
    value = parts["value"]
    shapes = {
        a.name: v.shape for a, v in zip(program.arguments, values, strict=True) if a.kind == "param"
    }
    if program.target == "r":
        value = _row_shape(program, value)
        check_columns(program, shapes, reply.header["columns"])
        packed = _without_row(parts["gradient"], value, 1)
        gradient = {n: t.nested() for n, t in split(packed, shapes, len(value.shape)).items()}
    else:
        of_rows = value if program.target != "keras" else Tensor((), array("d", [0.0]))
        gradient = _by_parameter("gradient", shapes, of_rows, parts)
    hessian = None
    of_sum = False
    if program.target == "keras":
        return Numbers(value.nested(), gradient, gradient_of_sum=bool(value.shape))
    if program.hessian:
        packed = _without_row(parts["hessian"], value, 2)
        of_sum = bool(value.shape) and len(packed.shape) == 2
        hessian = split_twice(packed, shapes, 0 if of_sum else len(value.shape))
    witness = {
        name: _witness(name, said, shapes, parts)
        for name, said in reply.header.get("witnesses", {}).items()
    }
    return Numbers(value.nested(), gradient, hessian, False, of_sum, witness)


def _by_parameter(
    name: str, shapes: Shapes, value: Tensor, parts: Mapping[str, Tensor]
) -> dict[str, Any]:
    found = {key for key in parts if key.startswith(f"{name}.")}
    if found != {f"{name}.{index}" for index in range(len(shapes))}:
        raise ValueError(f"{len(found)} gradients came back for {len(shapes)} parameters")
    result = {}
    for index, (parameter, shape) in enumerate(shapes.items()):
        part = parts[f"{name}.{index}"]
        if part.shape != value.shape + shape:
            raise ValueError(
                f"the gradient for {parameter!r} has the shape {part.shape}, "
                f"not {value.shape + shape}"
            )
        result[parameter] = part.nested()
    return result


def _witness(
    name: str,
    said: Mapping[str, Any],
    shapes: Shapes,
    parts: Mapping[str, Tensor],
) -> Witness:
    if "error" in said:
        return Witness(None, {}, ToolchainError("G407", said["error"]))
    known = set(said["gradients"])
    gradient = {
        parameter: parts[f"{name}.gradient.{index}"].nested() if index in known else None
        for index, parameter in enumerate(shapes)
    }
    return Witness(parts[f"{name}.value"].nested(), gradient)


def _from_tmb(program: Program, values: list[Tensor], reply: Message) -> Numbers:
    """Numbers from a MakeADFun object, whose parameters stand in the template's order."""
    parts = reply.tensors
    given = dict(zip(program.arguments, values, strict=True))
    by_emitted = {a.emitted: a for a in program.parameters}
    order: list[Argument] = [by_emitted[emitted] for emitted in reply.header["order"]]
    shapes = {a.name: given[a].shape for a in order}
    objective = _row_shape(program, parts["value"], scalar=True)
    value = objective
    if "reported" in parts:
        value = _row_shape(program, parts["reported"])
    of_sum = bool(value.shape)
    pieces = split(parts["gradient"], shapes, 0)
    gradient = {
        a.name: (pieces[a.name] if a.name in pieces else Tensor((0,), array("d"))).nested()
        for a in program.parameters
    }
    hessian = None
    if program.hessian:
        blocks = split_twice(parts["hessian"], shapes, 0)
        names = [a.name for a in program.parameters if a.name in blocks]
        hessian = {p: {q: blocks[p][q] for q in names} for p in names}
    return Numbers(value.nested(), gradient, hessian, of_sum, of_sum and hessian is not None)


def _row_shape(program: Program, value: Tensor, *, scalar: bool = False) -> Tensor:
    """R's vector as a number or as rows; one number is a scalar unless declared rows."""
    length = len(value.data)
    rows = program.per_observation
    if scalar or rows is False or (rows is None and length == 1):
        if length != 1:
            raise ValueError(f"the value has {length} entries, not one")
        return Tensor((), value.data)
    return Tensor((length,), value.data)


def _without_row(packed: Tensor, value: Tensor, axes: int) -> Tensor:
    """Drop the leading axis of length one that R gives a scalar."""
    if not value.shape and len(packed.shape) == axes + 1 and packed.shape[0] == 1:
        return Tensor(packed.shape[1:], packed.data)
    if len(packed.shape) > axes and packed.shape[:-axes] != value.shape:
        raise ValueError(f"a derivative of shape {packed.shape} for a value of {value.shape}")
    return packed


def check_columns(program: Program, shapes: Shapes, columns: Sequence[str]) -> None:
    """Check that R's gradient has the parameters' columns in their order.

    Raises: ValueError where it has others.
    """

    def labels(argument: Argument, name: str) -> list[str]:
        shape = shapes[argument.name]
        if not shape:
            return [name]
        if len(shape) == 1:
            return [f"{name}[{i + 1}]" for i in range(shape[0])]
        return [f"{name}[{i + 1},{j + 1}]" for j in range(shape[1]) for i in range(shape[0])]

    expected = [label for a in program.parameters for label in labels(a, a.name)]
    emitted = [label for a in program.parameters for label in labels(a, a.emitted)]
    found = [column.replace(" ", "") for column in columns]
    if found not in (expected, emitted):
        raise ValueError(f"the gradient's columns are {', '.join(columns) or 'unnamed'}")


def split(packed: Tensor, shapes: Shapes, lead: int) -> dict[str, Tensor]:
    """Cut the last axis, parameters flattened by column, into one tensor a parameter.

    Raises: ValueError where the axis is not as long as the parameters.
    """
    places = _places(shapes)
    total = sum(map(len, places.values()))
    front = packed.shape[:lead]
    if packed.shape != (*front, total):
        raise ValueError(f"a gradient of shape {packed.shape} for {total} parameters")
    data = packed.data
    starts = range(0, len(data), total or 1)
    return {
        name: Tensor(
            front + shapes[name],
            array("d", (data[start + i] for start in starts for i in places[name])),
        )
        for name in shapes
    }


def split_twice(packed: Tensor, shapes: Shapes, lead: int) -> dict[str, dict[str, Any]]:
    """Cut the last two axes into blocks, one for each pair of parameters.

    Raises: ValueError where the axes are not as long as the parameters.
    """
    places = _places(shapes)
    total = sum(map(len, places.values()))
    front = packed.shape[:lead]
    if packed.shape != (*front, total, total):
        raise ValueError(f"a Hessian of shape {packed.shape} for {total} parameters")
    data = packed.data
    starts = range(0, len(data), total * total or 1)

    def block(p: str, q: str) -> Any:
        entries = (
            data[start + i * total + j] for start in starts for i in places[p] for j in places[q]
        )
        return Tensor(front + shapes[p] + shapes[q], array("d", entries)).nested()

    return {p: {q: block(p, q) for q in shapes} for p in shapes}


def _places(shapes: Shapes) -> dict[str, list[int]]:
    """Where each parameter's entries, taken row by row, stand in the flat vector."""
    result = {}
    offset = 0
    for name, shape in shapes.items():
        rows = shape[0] if shape else 1
        columns = prod(shape[1:])
        by_row = ([offset + j * rows + i for j in range(columns)] for i in range(rows))
        result[name] = list(chain.from_iterable(by_row))
        offset += prod(shape)
    return result
