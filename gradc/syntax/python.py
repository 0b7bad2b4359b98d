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
    ``f(*xs, **d)``                           a call of ``f`` whose arguments are calls of ``*args``
                                              and ``**args``
    ``np.exp``, ``a.b.c``                     one NAME with its dots; of anything but names a
                                              call of ``$``, as ``f(x).T`` is ``$(f(x), T)``
    ``x[i, j]``, ``x[a:b]``                   a call of ``[``; a slice is a call of ``:`` with three
                                              arguments, those left out MISSING
    ``a if c else b``                         a call of ``if``: ``c``, ``a``, ``b``
    ``[a, b]``, ``(a, b)``, ``{a, b}``        calls of ``[]``, ``()`` and ``{,}``
    ``[*xs, b]``                              a call of ``[]`` with a call of ``*args`` in it; the
                                              same for tuples and sets
    ``{k: v, **d}``                           a call of ``{:}``: ``k``, ``v``, a call of ``**args``
    ``[e for x in xs if c for y in ys]``      a call of ``comprehension``: ``e``, and each clause as
                                              a call of ``in``: ``x``, ``xs``, ``c``; the same for
                                              generators, and for sets a ``set_comprehension``
    ``{k: v for x in xs}``                    a call of ``dict_comprehension``: ``k, v``, clauses
    ``f"a{x}b"``                              a call of ``f""``: STR ``a``, ``x``, STR ``b``
    ``f"{x!r:>{w}}"``                         a value that is converted or formatted is a call of
                                              ``f:``: ``x``, STR ``r`` (empty for none), and the
                                              format, a STR or, with values in it, a call of ``f""``
    ``x := e``                                a call of ``<-``
    ``lambda x: e``                           a FUNCTION
    ``True``, ``False``, ``None``             the constants ``TRUE``, ``FALSE``, ``NULL``
    ``2``, ``2.0``                            a NUM, where the first one is an integer

Statements
    ``x = e``, ``x: t = e``                   calls of ``<-``
    ``x = y = e``                             a call of ``<-`` with three arguments: ``x``, ``y``,
                                              ``e``
    ``x[i] = e``                              a call of ``<-`` with a call of ``[``
    ``x, (y, *z) = e``, ``[x, y] = e``        a call of ``<-`` with a call of ``()``; ``*z`` is a
                                              call of ``*args``
    ``x += e``                                ``x <- x + e``, where both heads are at the ``+=``
    ``def f(x, k=2, *, a): …``                ``f <- function(x, k = 2, a) { … }``
    ``def f(*xs, **d): …``                    parameters that are called ``*xs`` and ``**d``
    ``return e``                              a call of ``return``, without arguments for a bare one
    ``if c: … else: …``, ``while c: …``       calls of ``if`` and ``while`` with blocks ``{``
    ``for i in e: …``, ``for i, j in e: …``   a call of ``for``: a NAME or a call of ``()``, ``e``,
                                              a block
    ``break``, ``continue``, ``pass``         calls of ``break``, ``next``, ``{`` without arguments
    ``global x, y``, ``nonlocal x, y``        a call of ``global`` with a STR for each name
    ``assert e, m``, ``raise e``              calls of ``assert`` and ``raise``
    ``del x, y[i]``                           a call of ``del`` with what is deleted
    ``import …``                              nothing; ``tree.imports`` says what the names mean
    ``x: t`` and docstrings                   nothing
"""

from __future__ import annotations

import ast
import warnings

from gradc.errors import GradcError, Source, Span, fail
from gradc.syntax.python_formatted import FORMATTED
from gradc.syntax.python_imports import imports
from gradc.syntax.python_lines import Lines
from gradc.syntax.python_nodes import EXPRESSIONS
from gradc.syntax.python_reader import Reader, kept
from gradc.syntax.python_statements import STATEMENTS, without_docstring
from gradc.syntax.tree import Tree


def parse_python(source: Source, module: ast.Module | None = None) -> Tree:
    """The statements of a Python text as a tree with R's heads.

    ``module`` is what is left of the text where only a part of it is the model.

    Raises
    ------
        GradcError: the text is not Python (G100), uses what a model cannot contain (G104), or
            is nested more deeply than Python itself can read (G105).
    """
    module = module or module_of(source)
    visits = {**EXPRESSIONS, **FORMATTED, **STATEMENTS}
    reader = Reader(source, Lines(source.text).offset, visits)
    reader.tree.imports = imports(reader, module)
    reader.tree.roots = reader.convert(kept(without_docstring(module.body)))
    return reader.tree


def module_of(source: Source) -> ast.Module:
    """A Python text as Python reads it; GradcError as :func:`parse_python`."""
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
    lines = Lines(source.text)
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
