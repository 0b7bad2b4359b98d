"""The parser's table: made by Lark from ``grammar/r.lark``, shipped ready to use.

Lark reads the grammar and computes the LALR(1) automaton. That takes a third of a
second, too long for a command line, so the result ships beside this file as JSON, with a
digest of the grammar that it was made from. With another grammar than that the table is
computed on the spot, so a stale file costs time and never correctness.

``python -m gradc.syntax`` writes the file anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gradc.errors import Source

if TYPE_CHECKING:
    from lark import Lark

TABLE_FILE: Final = "r_table.json"
END: Final = "$END"
ERROR: Final = "$ERROR"


@dataclass(frozen=True, slots=True)
class Rule:
    """A production: what it makes, of how many parts, and the name of what is done."""

    result: str
    length: int
    action: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """An LALR(1) automaton over small integers; state 0 is the start.

    ``terminals`` are (name, pattern) in the order in which the lexer tries them; the code of
    a terminal is its index plus 1, and code 0 is a token to be left out. ``rows[state][code]``
    is positive, a state to shift to; negative, ``-k`` for rule ``k``; or 0, an error.
    """

    terminals: tuple[tuple[str, str], ...]
    ignored: frozenset[str]
    rules: tuple[Rule, ...]
    rows: tuple[tuple[int, ...], ...]
    gotos: tuple[dict[str, int], ...]
    codes: dict[str, int]
    hole_codes: frozenset[int]
    jumps: tuple[dict[int, int], ...]
    """For the driver to remember where runs of unit rules lead, by state."""

    def accepts(self, state: int) -> list[str]:
        """The names of the terminals that a state has a use for."""
        row = self.rows[state]
        return [name for name, code in self.codes.items() if row[code]]


def grammar_text() -> str:
    """The text of the grammar, from the wheel or from a checkout."""
    shipped = resources.files("gradc").joinpath("grammar", "r.lark")
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    checkout = Path(__file__).resolve().parents[2] / "grammar" / "r.lark"
    return checkout.read_text(encoding="utf-8")


@cache
def table() -> Table:
    """The table of the grammar; computed only where the shipped one is of another grammar."""
    text = grammar_text()
    shipped = resources.files("gradc.syntax").joinpath(TABLE_FILE)
    if shipped.is_file():
        document = json.loads(shipped.read_text(encoding="utf-8"))
        if document["grammar"] == digest(text):
            return _from_document(document)
    return _from_document(document_of(text))


def digest(text: str) -> str:
    """What tells one grammar from another."""
    return hashlib.sha256(text.encode()).hexdigest()


def compile_grammar(text: str) -> Lark:
    """The grammar as a Lark parser, which reads R too, slowly and into Lark's own trees."""
    from lark import Lark
    from lark.lexer import Lexer, LexerState, Token

    from gradc.syntax.r import tokens_of
    from gradc.syntax.tree import Tree

    class Tokens(Lexer):
        """Hands Lark the tokens that :mod:`gradc.syntax.lexer` makes."""

        __future_interface__ = 1  # `lex` is given Lark's states, with the whole text

        def __init__(self, lexer_conf: Any) -> None:
            pass

        def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
            automaton = table()
            text: Any = lexer_state.text  # a str, or from Lark 1.3 on a slice that is the whole
            tree = Tree(Source("text", getattr(text, "text", text)))
            names = {code: name for name, code in automaton.codes.items()}
            for token, code in enumerate(tokens_of(tree, automaton)[:-1]):
                yield Token(names[code], tree.span(token).text, start_pos=token)

    return Lark(text, parser="lalr", lexer=Tokens, start="program", maybe_placeholders=False)


def document_of(text: str) -> dict[str, Any]:
    """The table of a grammar as JSON: the same bytes whatever the hash seed."""
    from lark.parsers.lalr_analysis import Shift

    lark = compile_grammar(text)
    made = lark.parser.parser._parse_table
    rules: list[list[Any]] = []
    index: dict[Any, int] = {}
    for rule in lark.rules:
        index[rule] = len(rules) + 1
        rules.append([rule.origin.name, len(rule.expansion), rule.alias])
    number = _breadth_first(made.states, made.start_states["program"], Shift)
    states: list[dict[str, int]] = [{} for _ in number]
    for state, actions in made.states.items():
        if state not in number:
            continue
        for symbol in sorted(actions):
            action, argument = actions[symbol]
            states[number[state]][symbol] = (
                number[argument] if action is Shift else -index[argument]
            )
    return {
        "grammar": digest(text),
        "terminals": [[t.name, t.pattern.to_regexp()] for t in lark.terminals],
        "ignored": sorted(lark.ignore_tokens),
        "rules": rules,
        "states": states,
    }


def _breadth_first(states: dict[int, Any], start: int, shift: object) -> dict[int, int]:
    """Numbers for the states that do not depend on the order of Lark's sets."""
    number = {start: 0}
    queue = [start]
    for state in queue:
        for symbol in sorted(states[state]):
            action, target = states[state][symbol]
            if action is shift and target not in number:
                number[target] = len(number)
                queue.append(target)
    return number


def _from_document(document: dict[str, Any]) -> Table:
    terminals = tuple((name, pattern) for name, pattern in document["terminals"])
    codes = {name: code for code, (name, _) in enumerate(terminals, 1)}
    codes[END] = len(codes) + 1
    codes[ERROR] = len(codes) + 1
    rows, gotos = [], []
    for state in document["states"]:
        row, goto = [0] * (len(codes) + 1), {}
        for symbol, target in state.items():
            if symbol in codes:
                row[codes[symbol]] = target
            else:
                goto[symbol] = target
        rows.append(tuple(row))
        gotos.append(goto)
    return Table(
        terminals,
        frozenset(document["ignored"]),
        tuple(Rule(*rule) for rule in document["rules"]),
        tuple(rows),
        tuple(gotos),
        codes,
        frozenset(code for name, code in codes.items() if name.startswith("HOLE_")),
        tuple({} for _ in rows),
    )


def _print_document(document: dict[str, Any]) -> str:
    """JSON with one rule and one state a line, so that a change can be read."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list):
            lines = ",\n  ".join(json.dumps(item) for item in value)
            parts.append(f'"{key}": [\n  {lines}\n]')
        else:
            parts.append(f'"{key}": {json.dumps(value)}')
    return "{" + ",\n".join(parts) + "}\n"


def write_table() -> Path:
    """Write the table of the grammar beside this file."""
    path = Path(__file__).with_name(TABLE_FILE)
    path.write_text(_print_document(document_of(grammar_text())), encoding="utf-8")
    return path
