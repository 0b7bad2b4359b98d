"""Blocks of lines in the words of C++."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradc.emit.layout import wrap
from gradc.emit.lines import Code, Line
from gradc.emit.plan import BACKWARDS, Block, is_loop
from gradc.ir import Size, known
from gradc.ir.types import Shape

SizeText = Callable[[Size], str]

_START = {"sum": "0", "prod": "1", "min": "R_PosInf", "max": "R_NegInf"}
_KINDS = ("Type", "vector<Type>", "matrix<Type>")


def body_lines(
    code: Code, starts: dict[Block, int], places: tuple[str, str], size_text: SizeText
) -> list[str]:
    """The lines of all blocks, in order; ``places`` are the variables for row and column."""
    lines: list[str] = []
    for block, own in code.ordered():
        if is_loop(block):
            lines += _loop(block, own, starts.get(block, 0), places, size_text)
        else:
            for line in own:
                lines += wrap(_text(line, size_text), 2)
    return lines


def _text(line: Line, size_text: SizeText) -> str:
    name, text = line.name, line.text
    if line.kind == "declare":
        sizes = ", ".join(map(size_text, line.shape))
        return f"{_KINDS[len(line.shape)]} {name}({sizes});"
    if line.kind == "zero":
        return f"{name}.setZero();"
    if line.kind == "set":
        return f"{name} = {text};"
    if line.kind in ("add", "sum"):
        return f"{name} += {text};"
    if line.kind == "prod":
        return f"{name} *= {text};"
    if line.kind in ("min", "max"):
        test = "Lt" if line.kind == "min" else "Gt"
        return f"{name} = CppAD::CondExp{test}(Type({text}), {name}, Type({text}), {name});"
    return f"{_KINDS[len(line.shape)]} {name} = {text};"


def _head(
    variable: str, start: int, size: Size, size_text: SizeText, *, backwards: bool = False
) -> str:
    if backwards:
        last = size_text(size.plus(known(start - 1)))
        return f"for (int {variable} = {last}; {variable} >= {start}; {variable}--) {{"
    end = size_text(size.plus(known(start)))
    return f"for (int {variable} = {start}; {variable} < {end}; {variable}++) {{"


def _loop(
    block: Block,
    lines: Sequence[Line],
    start: int,
    places: tuple[str, str],
    size_text: SizeText,
) -> list[str]:
    """A loop over elements, or one inside of another over the entries of a matrix."""
    result: list[str] = []
    for line in lines:
        if line.kind in _START:
            result += wrap(f"Type {line.name} = {_START[line.kind]};", 2)
    shape: Shape = block[2]
    indent = 2
    if len(shape) == 2:
        result.append(f"  {_head(places[1], 0, shape[1], size_text)}")
        indent = 4
    backwards = block[1] == BACKWARDS
    head = _head(places[0], start, shape[0], size_text, backwards=backwards)
    result.append(" " * indent + head)
    for line in lines:
        result += wrap(_text(line, size_text), indent + 2)
    while indent >= 2:
        result.append(" " * indent + "}")
        indent -= 2
    return result
