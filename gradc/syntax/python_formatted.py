"""The parts of an f-string as nodes of the tree.

The mapping is written down in :mod:`gradc.syntax.python`.
"""

from __future__ import annotations

import ast
from typing import Final

from gradc.syntax.python_places import place_parts
from gradc.syntax.python_reader import Made, Reader, Visits

_TEXT: Final = 'f""'


def _formatted_text(reader: Reader, node: ast.JoinedStr) -> None:
    place_parts(reader, node)
    start, end = reader.span(node)
    reader.call(_TEXT, _parts(node), (start, end), (start, start))


def _parts(node: ast.JoinedStr) -> list[ast.expr]:
    # Python 3.12 puts an empty text after a value that ends a format.
    return [v for v in node.values if not (isinstance(v, ast.Constant) and v.value == "")]


def _formatted_value(reader: Reader, node: ast.FormattedValue) -> None:
    if node.conversion < 0 and node.format_spec is None:
        reader.pending.append(node.value)
        return
    start, end = reader.span(node)
    after = reader.span(node.value)[1]
    conversion = chr(node.conversion) if node.conversion > 0 else ""
    parts = [
        node.value,
        reader.text_at(conversion, (after, after)),
        _format(reader, node.format_spec, after),
    ]
    reader.call("f:", parts, (start, end), (start, start))


def _format(reader: Reader, node: ast.expr | None, place: int) -> ast.AST:
    """The format of a value: a string, or an f-string where it contains values as well."""
    if not isinstance(node, ast.JoinedStr):
        return reader.text_at("", (place, place))
    start, end = reader.span(node)
    words = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
    if len(words) == len(node.values):
        return reader.text_at("".join(words), (start, end))
    return Made(_TEXT, _parts(node), (start, end), (start, start))


FORMATTED: Final[Visits] = {
    ast.JoinedStr: _formatted_text, ast.FormattedValue: _formatted_value,
}  # fmt: skip
