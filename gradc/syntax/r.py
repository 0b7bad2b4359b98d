"""R text to a tree."""

from __future__ import annotations

from typing import Any, NoReturn

from gradc.errors import Source, fail
from gradc.syntax import lalr
from gradc.syntax.diagnose import diagnose
from gradc.syntax.grammar import END, Table, table
from gradc.syntax.layout import join_lines
from gradc.syntax.lexer import tokenize
from gradc.syntax.reductions import Reducer
from gradc.syntax.tree import Kind, Tree


def tokens_of(tree: Tree, automaton: Table) -> bytes:
    """Make the tokens leaves of the tree; their terminals, with the end of the text behind them."""
    terminals = join_lines(tree, tokenize(tree, automaton), automaton)
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
    automaton = table()
    tree = Tree(source)
    terminals = tokens_of(tree, automaton)

    def reject(parts: list[Any], token: int) -> NoReturn:
        raise diagnose(tree, automaton, terminals, parts, token)

    reducer = Reducer(tree)
    lalr.run(tree, automaton, terminals, reducer, reject)
    placeholder = automaton.codes["PLACEHOLDER"]
    if placeholder in terminals:
        for token, terminal in enumerate(terminals):
            if terminal == placeholder and token not in reducer.holes:
                raise fail("G100", "_ stands only for a named argument of |>", tree.span(token))
    return tree
