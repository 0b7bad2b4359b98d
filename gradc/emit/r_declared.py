"""A declared model as gradc reads it: declarations, statements, reports, the objective."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradc.emit.reports import roles
from gradc.ir import Function, Input

Text = Callable[[float], str]

_DATA = ("DATA_SCALAR", "DATA_VECTOR", "DATA_MATRIX")
_PARAMETERS = ("PARAMETER", "PARAMETER_VECTOR", "PARAMETER_MATRIX")


def is_declared(function: Function) -> bool:
    """Whether declarations say all that there is to say of the inputs."""
    return bool(function.inputs) and all(item.declared for item in function.inputs)


def declaration_lines(
    function: Function, name: Callable[[str], str], number: Text
) -> Iterator[str]:
    """One declaration an input, in their order."""
    for item in function.inputs:
        words = [name(item.name)]
        value = _value(item, number)
        if value is not None:
            words.append(value)
        if item.lower is not None:
            words.append(f"lower = {number(item.lower)}")
        if item.upper is not None:
            words.append(f"upper = {number(item.upper)}")
        if item.kind == "random":
            words.append("random = TRUE")
        if item.nature == "positive":
            words.append("positive = TRUE")
        if item.base != 1:
            words.append(f"base = {item.base}")
        yield f"{_word(function, item)}({', '.join(words)})"


def _word(function: Function, item: Input) -> str:
    if item.name in function.wrt:
        return _PARAMETERS[item.type.rank]
    if item.nature == "index":
        return "DATA_IVECTOR"
    return "DATA_INTEGER" if item.nature == "count" else _DATA[item.type.rank]


def _value(item: Input, number: Text) -> str | None:
    """An initial value; one number in a vector has a length, too."""
    default = item.default
    count = item.type.count
    if default is None and (count is None or _is_data(item)):
        return None
    if default is None:  # how many there are, and no more
        shape = ", ".join(map(str, item.type.known_shape))
        return f"rep(NA, {count})" if item.type.rank == 1 else f"matrix(NA, {shape})"
    if not isinstance(default, tuple):
        return number(default)
    texts = list(map(number, default))
    same = len(set(texts)) == 1
    listed = f"rep({texts[0]}, {len(texts)})" if same else f"c({', '.join(texts)})"
    if item.type.rank < 2:
        return listed
    if not all(size.is_known for size in item.type.shape):
        return listed
    rows, columns = item.type.known_shape
    return f"matrix({texts[0] if same else listed}, {rows}, {columns})"


def _is_data(item: Input) -> bool:
    return item.kind == "data"


def report_lines(
    function: Function, name: Callable[[str], str], text: Callable[[int], str]
) -> Iterator[str]:
    """``REPORT`` and ``ADREPORT`` of results that are there, or are given their name."""
    for report, node in function.reports.items():
        label = name(report)
        if text(node) != label:
            yield f"{label} <- {text(node)}"
    for report, with_error in roles(function).items():
        if f"report:{report}" in function.outputs:
            yield f"REPORT({name(report)})"
        if with_error:
            yield f"ADREPORT({name(report)})"
