"""Python text to the tree that R text gives, read with Python's own :mod:`ast`.

Nothing is executed. ``tree.language`` is ``"python"``, which says what the operators mean:
``^`` is XOR here and ``**`` the power.

Expressions
    ``a + b`` and the other binary operators  a call of ``+ - * / // % ** @ & | ^ << >>``
    ``-a``, ``+a``, ``~a``, ``not a``         a call of ``-``, ``+``, ``~``, ``!``
    ``a and b and c``, ``a or b``             calls of ``&&``, ``||``, two arguments each
    ``a < b``                                 a call of ``<``; ``a < b <= c`` is one call of
                                              ``< <=`` with three arguments (also ``not-in``)
    ``f(x, k=2)``                             a call of ``f``, the arguments' names as in R
    ``np.exp``, ``a.b.c``                     one NAME with its dots; of anything but names a
                                              call of ``$``, as ``f(x).T`` is ``$(f(x), T)``
    ``x[i, j]``, ``x[a:b]``                   a call of ``[``; a slice is a call of ``:`` with three
                                              arguments, those left out MISSING
    ``a if c else b``                         a call of ``if``: ``c``, ``a``, ``b``
    ``[a, b]``, ``(a, b)``                    calls of ``[]`` and ``()``
    ``lambda x: e``                           a FUNCTION
    ``True``, ``False``, ``None``             the constants ``TRUE``, ``FALSE``, ``NULL``
    ``2``, ``2.0``                            a NUM, where the first one is an integer

Statements
    ``x = e``, ``x = y = e``, ``x: t = e``    calls of ``<-``, nested to the right
    ``x += e``                                ``x <- x + e``
    ``def f(x, k=2): …``                      ``f <- function(x, k = 2) { … }``
    ``return e``                              a call of ``return``, without arguments for a bare one
    ``if c: … else: …``, ``while c: …``       calls of ``if`` and ``while`` with blocks ``{``
    ``for i in e: …``                         a call of ``for``: the NAME, ``e``, a block
    ``break``, ``continue``, ``pass``         calls of ``break``, ``next``, ``{`` without arguments
    ``import …`` and docstrings               nothing
"""

from __future__ import annotations

import ast
import re
import warnings
from array import array
from typing import Final

from gradc.errors import GradcError, Source, Span, fail
from gradc.syntax.python_nodes import VISITS, without_docstring
from gradc.syntax.python_reader import Reader
from gradc.syntax.tree import Tree

_LINE_END: Final = re.compile("\r\n?|\n")


def parse_python(source: Source) -> Tree:
    """The statements of a Python text as a tree with R's heads.

    Raises
    ------
        GradcError: the text is not Python (G100), uses what a model cannot contain (G104), or
            is nested more deeply than Python itself can read (G105).
    """
    module = _parse(source)
    reader = Reader(source, _Lines(source).offset, VISITS)
    statements = without_docstring(module.body)
    reader.tree.roots = reader.convert(statements)
    return reader.tree


def _parse(source: Source) -> ast.Module:
    deep = "Python cannot read expressions that are nested this deeply"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.text)
    except SyntaxError as error:
        raise _syntax_error(source, error) from None
    except (RecursionError, MemoryError):
        start = Span(0, 0, source)
        raise fail("G105", deep, start, "write it in R's syntax, which has no such limit") from None
    except ValueError:
        place = max(source.text.find("\0"), 0)
        raise fail(
            "G100",
            "the text contains a character that Python does not accept",
            Span(place, place + 1, source),
        ) from None


def _syntax_error(source: Source, error: SyntaxError) -> GradcError:
    lines = _Lines(source)
    message = error.msg or "invalid syntax"
    row = error.lineno or 1
    start = lines.offset(row) + max((error.offset or 1) - 1, 0)
    end = start + 1
    if error.end_lineno and error.end_offset and error.end_offset > 0:
        end = lines.offset(error.end_lineno) + error.end_offset - 1
    start = min(start, len(source.text))
    span = Span(start, min(max(end, start), len(source.text)), source)
    if (
        "too many nested" in message
        or "Exceeds the limit" in message
        or "too many levels" in message
    ):
        return fail("G105", f"Python's own limit: {message}", span)
    return fail("G100", f"Python cannot read this: {message}", span)


class _Lines:
    """Turns lines and columns of :mod:`ast`, in octets of UTF-8, into offsets."""

    def __init__(self, source: Source) -> None:
        self.text = source.text
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
