"""Places in a text as Python counts them: lines, and columns in octets of UTF-8."""

from __future__ import annotations

import re
from array import array
from typing import Final

_LINE_END: Final = re.compile("\r\n?|\n")


class Lines:
    """Turns lines and columns of :mod:`ast`, in octets of UTF-8, into offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        ends = [(match.start(), match.end()) for match in _LINE_END.finditer(self.text)]
        self.starts = [0, *(end for _, end in ends)]
        self.ends = [*(start for start, _ in ends), len(self.text)]
        self.columns: dict[int, array[int] | None] = {}

    def offset(self, row: int, column: int = 0) -> int:
        """The offset of an octet of a line, rows from 1."""
        index = min(row, len(self.starts)) - 1
        if column and index not in self.columns:
            line = self.text[self.starts[index] : self.ends[index]]
            self.columns[index] = None if line.isascii() else _octet_columns(line)
        table = self.columns.get(index)
        if table is not None:
            column = table[min(column, len(table) - 1)]
        return self.starts[index] + column


def _octet_columns(line: str) -> array[int]:
    """For each octet of a line the column, in code points, that it belongs to."""
    columns = array("i")
    for column, character in enumerate(line):
        columns.extend([column] * len(character.encode("utf-8", "surrogatepass")))
    columns.append(len(line))
    return columns
