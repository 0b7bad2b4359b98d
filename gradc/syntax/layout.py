"""Line ends as R reads them: which of them end an expression.

R's rules, which its lexer keeps with a stack of open brackets:
- after an operator, a comma, an opening brace, `if`, `else`, `function` …, and after the
  parenthesis that ends the head of an `if`, a loop or a function, a line end is nothing;
- inside ( ) and [ ] it is nothing;
- elsewhere it ends the expression, except that inside brackets of any sort R looks ahead behind
  an unfinished `if` and joins an `else` on a later line. Outside of brackets it does not,
  because the line may be the last one typed so far.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from gradc.syntax.grammar import Table
from gradc.syntax.lexer import keep_tokens
from gradc.syntax.tree import Tree

_CONTINUES: Final = (
    "SIGN", "TIMES", "POWER", "COMPARE", "AND", "OR", "NOT", "TILDE", "HELP", "COLON", "DOLLAR",
    "SPECIAL", "PIPE", "ASSIGN", "RIGHT_ASSIGN", "EQUAL", "FUNCTION", "WHILE", "REPEAT", "FOR",
    "IF", "IN", "ELSE", "LBRACE",
)  # fmt: skip
_HEADS: Final = ("IF", "WHILE", "FOR", "FUNCTION", "LAMBDA")
_MARKS: Final = (
    "IF", "ELSE", "COMMA", "SEMICOLON", "LPAR", "LBRACKET", "LBB", "LBRACE", "RPAR", "RBRACKET",
    "RBRACE",
)  # fmt: skip
# The contexts on R's stack. An `if` is a context only inside brackets.
_TOP, _BRACE, _ROUND, _IF, _HEAD = range(5)


@cache
def _marks(table: Table) -> re.Pattern[bytes]:
    """Finds the tokens that matter here, and line ends in runs."""
    codes = b"".join(re.escape(bytes([table.codes[name]])) for name in _MARKS)
    line_end = re.escape(bytes([table.codes["NEWLINE"]]))
    return re.compile(b"[" + codes + b"]|" + line_end + b"+", re.DOTALL)


class _Layout:
    """The stack of contexts, and which tokens stay."""

    def __init__(self, terminals: bytes, table: Table) -> None:
        self.terminals = terminals
        self.kept = bytearray(b"\1" * len(terminals))
        self.stack = [_TOP]
        codes = table.codes
        self.newline, self.lambda_ = codes["NEWLINE"], codes["LAMBDA"]
        self.if_, self.else_ = codes["IF"], codes["ELSE"]
        self.ends_if = (codes["COMMA"], codes["SEMICOLON"], codes["ELSE"])
        self.opens = {
            codes["LPAR"]: (_ROUND,),
            codes["LBRACKET"]: (_ROUND,),
            codes["LBB"]: (_ROUND, _ROUND),
            codes["LBRACE"]: (_BRACE,),
        }
        self.closes = (codes["RPAR"], codes["RBRACKET"], codes["RBRACE"])
        self.comma = codes["COMMA"]
        self.continues = frozenset(codes[name] for name in _CONTINUES)
        self.heads = frozenset(codes[name] for name in _HEADS)
        # Tokens that end the head of an `if`, a loop or a function.
        self.head_ends: set[int] = set()

    def previous(self, place: int) -> int:
        """The last token before a place that stays, or -1."""
        place -= 1
        while place >= 0 and not self.kept[place]:
            place -= 1
        return place

    def mark(self, place: int) -> None:
        """A bracket, a comma, a semicolon, `if` or `else`."""
        terminal, stack = self.terminals[place], self.stack
        if terminal == self.if_:
            if stack[-1] != _TOP:
                stack.append(_IF)
        elif terminal in self.ends_if:
            if stack[-1] == _IF:
                stack.pop()
        elif terminal in self.closes:
            while stack[-1] == _IF:
                stack.pop()
            if stack[-1] == _HEAD:
                self.head_ends.add(place)
            if len(stack) > 1:
                stack.pop()
        else:
            before = self.previous(place)
            if before >= 0 and self.terminals[before] in self.heads:
                stack.append(_HEAD)
            else:
                stack.extend(self.opens[terminal])

    def line_ends(self, start: int, end: int) -> None:
        """A run of line ends: drop it whole, or keep one of them."""
        if not self.ignored(start, end):
            start += 1
        self.kept[start:end] = bytes(end - start)

    def ignored(self, start: int, end: int) -> bool:
        before = start - 1
        while before >= 0 and self.terminals[before] == self.lambda_:
            before = self.previous(before)  # R's lexer has no rule for a line end after \\
        if before >= 0 and (self.terminals[before] in self.continues or before in self.head_ends):
            return True
        context = self.stack[-1]
        if context == _IF:
            following = self.terminals[end] if end < len(self.terminals) else 0
            if following in self.closes or following in (self.comma, self.else_):
                return True
            self.stack.pop()
            return False
        return context in (_ROUND, _HEAD)


def join_lines(tree: Tree, terminals: bytes, table: Table) -> bytes:
    """Drop the line ends that R ignores, from the tokens and from the tree."""
    newline = table.codes["NEWLINE"]
    if newline not in terminals:
        return terminals
    layout = _Layout(terminals, table)
    for match in _marks(table).finditer(terminals):
        if terminals[match.start()] == newline:
            layout.line_ends(match.start(), match.end())
        else:
            layout.mark(match.start())
    if 0 not in layout.kept:
        return terminals
    return keep_tokens(tree, terminals, bytes(layout.kept))
