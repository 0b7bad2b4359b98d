"""R text to a tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from gradc.errors import Source, fail
from gradc.syntax import lalr
from gradc.syntax.diagnose import diagnose
from gradc.syntax.grammar import END, ERROR, Table, table
from gradc.syntax.layout import join_lines
from gradc.syntax.lexer import tokenize
from gradc.syntax.reductions import Reducer
from gradc.syntax.tree import Kind, Tree


def tokens_of(tree: Tree, automaton: Table) -> bytes:
    """Make the tokens leaves of the tree; their terminals, with the end of the text behind them."""
    return number_holes(tree, tokenize(tree, automaton), automaton)


def number_holes(tree: Tree, terminals: bytes, automaton: Table) -> bytes:
    """The terminals that the parser sees: line ends as R has them, the end of the text.

    The holes of a tree are numbered in the order of the text; a text without holes has no token
    that stands for one.
    """
    codes = automaton.hole_codes
    if not tree.holes and not codes.isdisjoint(terminals):
        for token, terminal in enumerate(terminals):
            if terminal in codes:
                tree.kinds[token] = Kind.TOKEN
        error = automaton.codes[ERROR]
        terminals = bytes(error if code in codes else code for code in terminals)
    terminals = join_lines(tree, terminals, automaton)
    if tree.holes:
        places = [token for token, code in enumerate(terminals) if code in codes]
        for number, token in enumerate(places):
            tree.data[token] = number
    end = len(tree.source.text)
    tree.kinds.append(Kind.TOKEN)
    tree.data.append(0)
    tree.starts.append(end)
    tree.ends.append(end)
    return terminals + bytes((automaton.codes[END],))


def parse_r(source: Source) -> Tree:
    """The expressions of an R text, as R itself reads them.

    Depth and length are bounded by memory only.

    Raises
    ------
        GradcError: the text is not R (G100), uses complex numbers (G104) or is too long (G105).
    """
    tree = Tree(source)
    read(tree, tokens_of(tree, table()))
    return tree


def read(
    tree: Tree, terminals: bytes, before: Callable[[list[Any], int], None] | None = None
) -> None:
    """Find the expressions of a tree whose tokens are there.

    ``before`` is asked first about a token that does not fit, and may raise.
    """
    automaton = table()

    def reject(parts: list[Any], token: int) -> NoReturn:
        if before is not None:
            before(parts, token)
        raise diagnose(tree, automaton, terminals, parts, token)

    reducer = Reducer(tree)
    lalr.run(tree, automaton, terminals, reducer, reject)
    placeholder = automaton.codes["PLACEHOLDER"]
    if placeholder in terminals:
        for token, terminal in enumerate(terminals):
            if terminal == placeholder and token not in reducer.holes:
                raise fail("G100", "_ stands only for a named argument of |>", tree.span(token))
