"""The grammar, the table that ships, and the loop that runs it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from importlib import resources

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.errors import GradcError, Source
from gradc.syntax import grammar
from gradc.syntax.lexer import patterns
from gradc.syntax.r import parse_r, tokens_of
from gradc.syntax.reductions import Reducer
from gradc.syntax.tree import Tree


def test_shipped_table_is_that_of_the_grammar():
    shipped = resources.files("gradc.syntax").joinpath(grammar.TABLE_FILE)
    document = json.loads(shipped.read_text(encoding="utf-8"))
    made = grammar.document_of(grammar.grammar_text())
    assert document == made, "run: python -m gradc.syntax"


def test_dangling_else_is_the_only_conflict(caplog):
    lark.logger.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG, logger="lark"):
        lark.logger.addHandler(caplog.handler)
        lark.Lark(
            grammar.grammar_text(), parser="lalr", lexer=NoTokens, start="program", debug=True
        )
        lark.logger.removeHandler(caplog.handler)
    conflicts = [line for line in caplog.text.splitlines() if "conflict" in line.lower()]
    assert conflicts
    assert all("terminal ELSE" in line for line in conflicts)


class NoTokens(lark.lexer.Lexer):
    def __init__(self, lexer_conf):
        pass

    def lex(self, lexer_state, parser_state):
        yield from ()


def test_reading_does_not_import_lark():
    code = (
        "import sys; from gradc.errors import Source; from gradc.syntax.r import parse_r; "
        "parse_r(Source('x', 'a + b')); sys.exit('lark' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_another_grammar_than_that_of_the_table_is_read_by_lark(monkeypatch):
    text = grammar.grammar_text() + "\n// changed\n"
    monkeypatch.setattr(grammar, "grammar_text", lambda: text)
    made = grammar.table.__wrapped__()
    assert made.rows == grammar.table().rows


PIECES = st.sampled_from(
    [
        *("a", "b", "1", "'r'", '"s"', 'r"(a)"', "NULL", "TRUE", "_", "x=", "break", "next"),
        *("f(", "(", ")", "[", "[[", "]", "{", "}", ",", ";", " ", "\n", "#c\n"),
        *("+", "-", "*", "/", "^", "**", "%in%", "%%", ":", "<", "==", "!=", "&", "||", "!"),
        *("<-", "->", "|>", "=", "~", "?", "$", "@", "::"),
        *("if(", " else ", "for(i in ", "while(", "repeat ", "function(", "\\("),
    ]
)


class Replay(lark.Transformer):
    """Makes the tree from what Lark's own loop calls."""

    def __init__(self, tree):
        super().__init__(visit_tokens=True)
        self.tree = tree
        self.actions = Reducer(tree).actions()

    def __default_token__(self, token):
        return token.start_pos

    def __default__(self, data, children, meta):
        if data == "binary":
            left, operator, right = children
            start, end = self.tree.starts[left], self.tree.ends[right]
            return self.tree.add_call(operator, (left, right), start, end)
        return self.actions[str(data)](children, 0)


@given(st.lists(PIECES, max_size=14).map("".join))
def test_the_loop_reads_what_larks_own_loop_reads(text):
    source = Source("text", text)
    try:
        expected = parse_r(source)
    except GradcError:
        expected = None
    tree = Tree(source)
    tokens_of(tree, grammar.table())
    try:
        parsed = lark_parser().parse(text)
    except lark.UnexpectedInput:
        parsed = None
    if expected is None:
        # What the reductions reject (a pipe into a name, a parameter twice) Lark cannot know.
        return
    assert parsed is not None
    roots = Replay(tree).transform(parsed)
    assert [tree.sexpr(root) for root in roots] == [expected.sexpr(r) for r in expected.roots]


def lark_parser():
    if not hasattr(lark_parser, "made"):
        lark_parser.made = grammar.compile_grammar(grammar.grammar_text())
    return lark_parser.made


@pytest.mark.parametrize("text", ["a +", "f(x", "if x", "a b", "a < b < c", "}", "x[[1]", ")"])
def test_lark_rejects_what_is_rejected(text):
    with pytest.raises(lark.UnexpectedInput):
        lark_parser().parse(text)
    with pytest.raises(GradcError):
        parse_r(Source("text", text))


@given(st.one_of(st.text(), st.lists(PIECES, max_size=20).map("".join)))
def test_pieces_make_up_the_text(text):
    pieces = [match[0] for match in patterns(grammar.table()).cut.finditer(text)]
    assert "".join(pieces) == text
