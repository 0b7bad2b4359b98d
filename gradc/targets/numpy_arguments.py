"""The function of a NumPy program that checks its arguments."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit.checks import fewest_rows
from gradc.emit.inputs import Rows, fixed_vectors
from gradc.ir import Function
from gradc.targets.python import (
    Module,
    call,
    docstring,
    enumerate_names,
    statement,
    tuple_lines,
    unpack,
)
from gradc.targets.python_checks import numpy_checks

MANY = 4
"""From how many names on a check is a loop."""


def argument_lines(module: Module) -> list[str]:
    """The function that checks arguments."""
    names = module.arguments
    locals_ = module.names.copy()
    values, kinds = locals_.fresh("values"), locals_.fresh("kinds")
    lines = call("def _arguments", names, ":")
    lines += docstring("The arguments in one floating dtype, checked; data recycled to one shape.")
    lines += tuple_lines(f"{values} = ", names)
    lines.append(f'    {kinds} = {{v.dtype for v in {values} if hasattr(v, "dtype")}}')
    lines.append(f"    dtype = np.float32 if {kinds} == {{np.dtype(np.float32)}} else np.float64")
    if names:
        lines += unpack(names, "", [f"np.asarray(v, dtype)[()] for v in {values}"])
    lines += _checks(module)
    return [*lines, *_returned(names)]


def _returned(names: Sequence[str]) -> list[str]:
    if len(names) == 1:
        return [f"    return ({names[0]},)"]
    return statement("return ", ", ".join(names) or "()")


def _checks(module: Module) -> list[str]:
    function, users = module.model.value, module.users
    lines: list[str] = []
    scalars = [users[item.name] for item in module.inputs if not item.type.shape]
    if scalars:
        test = " or ".join(f"np.ndim({name})" for name in scalars)
        if len(scalars) > MANY:
            test = f"any(np.ndim(v) for v in ({', '.join(scalars)}))"
        what = "is a scalar" if len(scalars) == 1 else "are scalars"
        lines += _refuse(test, f"{enumerate_names(scalars)} {what}")
    for item, length in fixed_vectors(function):
        name = users[item.name]
        lines += _refuse(f"np.shape({name}) != ({length},)", f"{name} has {length} elements")
    for test, message in numpy_checks(function, users):
        lines += _refuse(test, message)
    indexed = _is_indexed(function)
    for group in module.groups:
        lines += _recycle([users[item.name] for item in group.inputs], group, indexed)
        fewest = None if group.count is not None else fewest_rows(function, group.inputs[0])
        if fewest is not None:
            vectors = [users[item.name] for item in group.inputs]
            message = f"{enumerate_names(vectors)} must have {fewest} elements or more"
            lines += _refuse(f"np.size({vectors[0]}) < {fewest}", message)
    return lines


def _refuse(test: str, message: str) -> list[str]:
    return [*statement("if ", test, end=":"), f'        raise ValueError("{message}")']


def _recycle(vectors: list[str], group: Rows, indexed: bool) -> list[str]:
    lines: list[str] = []
    test = " or ".join(f"np.ndim({name}) > 1" for name in vectors)
    if len(vectors) > MANY:
        test = f"any(np.ndim(v) > 1 for v in ({', '.join(vectors)}))"
    what = "is" if len(vectors) == 1 else "are"
    kind = "a number or a vector" if len(vectors) == 1 else "numbers or vectors"
    lines += _refuse(test, f"{enumerate_names(vectors)} {what} {kind}")
    if group.count is not None:
        size = f"({group.count},)"
        return [*lines, *(f"    {name} = np.broadcast_to({name}, {size})" for name in vectors)]
    if len(vectors) > 1:
        first = vectors[0]
        differ = " or ".join(f"np.shape({name}) != np.shape({first})" for name in vectors[1:])
        if len(vectors) > MANY:
            differ = f"len({{np.shape(v) for v in ({', '.join(vectors)})}}) > 1"
        lines += statement("if ", differ, end=":")
        lines += unpack(vectors, "np.broadcast_arrays", vectors, 8)
    if indexed:
        lines += [f"    {name} = np.atleast_1d({name})" for name in vectors]
    return lines


def _is_indexed(function: Function) -> bool:
    """Whether some vector of data is taken apart, so that a number will not do."""
    graph = function.graph
    return any(
        record[0] in ("index", "scatter") and graph.types[record[2]].length is None
        for record in graph.records
    )
