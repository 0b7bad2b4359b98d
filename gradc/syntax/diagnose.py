"""Why a token cannot stand where it stands, in plain words.

The parser knows that the token fits nowhere; what the writer meant is guessed from the
token, the one before it and the brackets that are open. Each function looks for one sort of
mistake and gives the error, or None where it is another one; the first that answers counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from gradc.errors import GradcError, Span, fail
from gradc.syntax.grammar import END, ERROR, Table
from gradc.syntax.lexical import lexical_error
from gradc.syntax.tree import Tree

_OPENERS: Final = {"LPAR": "RPAR", "LBRACKET": "RBRACKET", "LBB": "RBRACKET", "LBRACE": "RBRACE"}
_CLOSERS: Final = ("RPAR", "RBRACKET", "RBRACE")
_SEPARATORS: Final = ("COMMA", "SEMICOLON", "NEWLINE")
_ENDS_VALUE: Final = (
    "NUMBER", "STRING", "NAME", "CONSTANT", "NULL", "PLACEHOLDER", "NEXT", "BREAK", *_CLOSERS,
)  # fmt: skip
_BEGINS_VALUE: Final = (
    "NUMBER", "STRING", "NAME", "CONSTANT", "NULL", "PLACEHOLDER", "NEXT", "BREAK", "LBRACE",
    "IF", "FOR", "WHILE", "REPEAT", "FUNCTION", "LAMBDA", "NOT",
)  # fmt: skip
_BINARY: Final = (
    "ASSIGN", "RIGHT_ASSIGN", "OR", "AND", "COMPARE", "TIMES", "SPECIAL", "PIPE", "COLON", "POWER",
    "DOLLAR", "NAMESPACE", "EQUAL", "SIGN", "TILDE", "HELP",
)  # fmt: skip
_PREFIX: Final = ("SIGN", "TILDE", "HELP", "NOT", "REPEAT", "ELSE")
_HEADS: Final = ("IF", "WHILE", "FOR", "FUNCTION", "LAMBDA")
_FOREIGN_WORDS: Final = {
    "and": "write &",
    "or": "write |",
    "not": "write !",
    "mod": "write %%",
    "div": "write %/%",
    "elif": "write else if",
    "lambda": "write function(x) …",
    "def": "write name <- function(x) …",
}
_COMMON_FUNCTIONS: Final = frozenset(
    ("return", "print", "exp", "log", "sqrt", "sin", "cos", "tan", "abs")
)
# A number and what touches it: 1e, 1_000, 1..2, 0x, 0b1, 0x1.8
_MISSPELT_NUMBER: Final = re.compile(
    r"[0-9.]+[eE]|[\w.]+[_.][\w.]*|0[xXbBoO]\w*|0x[0-9a-fA-F]+[pP.]\w*"
)
_LONGEST_QUOTE: Final = 30


class Place:
    """The token that does not fit, and what is around it."""

    def __init__(
        self, tree: Tree, table: Table, terminals: bytes, parts: list[Any], token: int
    ) -> None:
        self.tree = tree
        self.names = {code: name for name, code in table.codes.items()}
        self.terminals = terminals
        self.parts = parts
        self.token = token
        self.found = self.terminal(token)
        self.before = self.terminal(token - 1)
        self.open: list[int] = []
        self.closed = -1  # the opening bracket of a bracket that stands just before
        self._match_brackets()

    def terminal(self, token: int) -> str:
        """The name of a token's terminal; nothing before the first and after the last."""
        return self.names[self.terminals[token]] if 0 <= token < len(self.terminals) else ""

    def span(self, token: int, last: int | None = None) -> Span:
        end = self.tree.ends[token if last is None else last]
        return Span(self.tree.starts[token], end, self.tree.source)

    def text(self, token: int) -> str:
        return self.span(token).text if 0 <= token < len(self.terminals) - 1 else ""

    def quote(self, token: int) -> str:
        return shorten(self.text(token))

    def head(self, opener: int) -> str:
        """`IF`, `FOR` … where a parenthesis belongs to one."""
        before = self.terminal(opener - 1)
        return before if before in _HEADS else ""

    def left(self) -> str:
        """What stands before the token: a name, a number, a call."""
        first = self.token - 1
        if self.closed >= 0:
            first = self.closed
            before = self.terminal(first - 1)
            if before in ("NAME", "STRING") and self.terminal(first) != "LBRACE":
                first -= 1
        return shorten(self.span(first, self.token - 1).text)

    def body_of(self) -> str:
        """The word whose head was closed just before: `if`, `for`, `while`, `function`."""
        return self.text(self.closed - 1) if self.closed >= 0 and self.head(self.closed) else ""

    def _match_brackets(self) -> None:
        for token in range(self.token):
            name = self.names[self.terminals[token]]
            if name in _OPENERS:
                self.open.append(token)
                if name == "LBB":
                    self.open.append(token)
            elif name in _CLOSERS and self.open:
                opener = self.open.pop()
                if token == self.token - 1:
                    self.closed = opener


def shorten(text: str) -> str:
    """A piece of user text for a message, on one line and not long."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def diagnose(
    tree: Tree, table: Table, terminals: bytes, parts: list[Any], token: int
) -> GradcError:
    """The error for the first token that does not fit."""
    place = Place(tree, table, terminals, parts, token)
    for look in _MISTAKES:
        error = look(place)
        if error is not None:
            return error
    return fail("G100", f"'{place.quote(token)}' cannot stand here", place.span(token))


def _no_token(p: Place) -> GradcError | None:
    if p.found != ERROR:
        return None
    return lexical_error(p.span(p.token))


def _head(p: Place) -> GradcError | None:
    """What must follow `if`, `for`, `while`, `function`, and stand in their heads."""
    if p.before in _HEADS and p.found != "LPAR":
        keyword = p.span(p.token - 1)
        if p.before == "LAMBDA":
            return fail("G100", "'\\' begins a function only before '('", keyword)
        if p.before == "FUNCTION":
            return fail("G100", "'function' needs its parameters in parentheses", keyword)
        if p.before == "FOR":
            return fail("G100", "'for' needs its head in parentheses", keyword, "for (i in 1:n)")
        word = keyword.text
        message = f"'{word}' needs its condition in parentheses"
        return fail("G100", message, keyword, f"{word} (condition)")
    if not p.open or not p.head(p.open[-1]):
        return None
    opener = p.open[-1]
    head = p.head(opener)
    if head in ("FUNCTION", "LAMBDA") and p.token - 1 in (opener, _last_comma(p, opener)):
        if p.found in ("STRING", "NUMBER", "CONSTANT", "NULL"):
            return fail("G100", "a parameter must be a name", p.span(p.token))
        if p.found == "RPAR":
            return fail("G100", "a parameter is missing after this comma", p.span(p.token - 1))
    if head == "FOR" and p.token - opener <= 2 and p.found != END:
        return fail("G100", "'for' is written 'for (name in values)'", p.span(p.token))
    if p.found == "EQUAL" and head in ("IF", "WHILE") and p.before in _ENDS_VALUE:
        return fail("G100", "'=' is no comparison", p.span(p.token), "for equality write ==")
    return None


def _last_comma(p: Place, opener: int) -> int:
    return p.token - 1 if p.before == "COMMA" and p.open[-1] == opener else -1


def _after_dollar(p: Place) -> GradcError | None:
    if p.before not in ("DOLLAR", "NAMESPACE") or p.found == END:
        return None
    return fail("G100", f"a name must follow '{p.text(p.token - 1)}'", p.span(p.token))


def _end(p: Place) -> GradcError | None:
    """The text ends too early."""
    if p.found != END:
        return None
    if p.open:
        opener = p.span(p.open[-1])
        return fail("G100", f"this {opener.text} is never closed", opener)
    last = p.span(p.token - 1)
    if p.body_of():
        return fail("G100", f"the text ends before the body of '{p.body_of()}'", last)
    return fail("G100", f"'{last.text}' has nothing on its right", last)


def _else(p: Place) -> GradcError | None:
    if p.found != "ELSE":
        return None
    if p.before == "NEWLINE" and not p.open and "IF" in map(p.terminal, range(p.token)):
        return fail(
            "G100",
            "'else' cannot begin a line here: R has already ended the 'if'",
            p.span(p.token),
            "put it behind the end of the line before, or put the whole in { }",
        )
    if p.before in _BINARY or p.before in _PREFIX:
        return fail(
            "G100", f"'{p.text(p.token - 1)}' has nothing on its right", p.span(p.token - 1)
        )
    if p.body_of() == "if":
        return fail("G100", "something is missing between 'if (…)' and 'else'", p.span(p.token))
    return fail("G100", "this 'else' belongs to no 'if'", p.span(p.token))


def _closer(p: Place) -> GradcError | None:
    if p.found not in _CLOSERS:
        return None
    closer = p.span(p.token)
    if not p.open:
        return fail("G100", f"this {closer.text} closes nothing", closer)
    opener = p.span(p.open[-1])
    if _OPENERS[p.terminal(p.open[-1])] != p.found:
        message = f"this {closer.text} does not match this {opener.text}"
        return fail("G100", message, closer, labels=[("opened here", opener)])
    if p.before in _BINARY or p.before in _PREFIX:
        before = p.span(p.token - 1)
        return fail("G100", f"'{before.text}' has nothing on its right", before)
    if p.token - 1 == p.open[-1]:
        both = p.span(p.token - 1, p.token)
        return fail("G100", f"nothing stands between {opener.text} and {closer.text}", both)
    return fail("G100", f"something is missing before this {closer.text}", closer)


def _line_end(p: Place) -> GradcError | None:
    if p.found != "NEWLINE":
        return None
    before = p.span(p.token - 1)
    if p.open and p.before in _ENDS_VALUE:
        opener = p.span(p.open[-1])
        return fail(
            "G100",
            "R ends an 'if' at the end of its line, and here a bracket is still open",
            before,
            "put the 'if' in parentheses",
            [("the bracket", opener)],
        )
    return fail(
        "G100", f"the line ends after '{shorten(before.text)}', where more was expected", before
    )


def _separator(p: Place) -> GradcError | None:
    if p.found not in ("COMMA", "SEMICOLON"):
        return None
    mark = p.span(p.token)
    if p.before in _BINARY or p.before in _PREFIX:
        before = p.span(p.token - 1)
        return fail("G100", f"'{before.text}' has nothing on its right", before)
    if p.found == "SEMICOLON":
        if p.open:
            bracket = p.span(p.open[-1])
            return fail("G100", f"';' cannot stand inside {bracket.text}", mark, "write ','")
        return fail("G100", "nothing stands before this ';'", mark)
    if p.open and p.terminal(p.open[-1]) == "LPAR":
        return fail(
            "G100", "a pair of parentheses holds one expression", mark, "for a vector write c(…)"
        )
    return fail("G100", "a ',' can only stand between the arguments of a call", mark)


def _joined(p: Place) -> GradcError | None:
    """Operators of other languages, made of two tokens of R."""
    first, second = p.text(p.token - 1), p.text(p.token)
    both = p.span(p.token - 1, p.token) if p.token else p.span(p.token)
    if second == "=" and first == "=":
        return fail("G100", "'=' cannot follow '='", both, "for equality write == without a blank")
    if second == "=" and p.before in ("SIGN", "TIMES", "POWER", "SPECIAL"):
        variable = p.quote(p.token - 2) or "x"
        hint = f"write {variable} <- {variable} {first} …"
        return fail("G100", f"R has no operator {first}=", both, hint)
    if first == second == "/":
        return fail("G100", "R has no operator //", both, "integer division is %/%")
    if second == "=" and first in "!<>" and first:
        return fail("G100", f"'=' cannot follow '{first}'", both, f"write {first}= without a blank")
    if p.found == "IN" and p.before in _ENDS_VALUE:
        return fail(
            "G100",
            "'in' belongs to 'for (name in values)'",
            p.span(p.token),
            "for membership write %in%",
        )
    return None


def _adjacent(p: Place) -> GradcError | None:
    """Two values with no operator between them."""
    if p.before not in _ENDS_VALUE or p.found not in _BEGINS_VALUE:
        return None
    left, right = p.span(p.token - 1), p.span(p.token)
    both = p.span(p.token - 1, p.token)
    if left.end == right.start:
        if p.before == "PLACEHOLDER":
            return fail("G100", "a name cannot begin with '_'", both, "put it in backticks")
        if p.before == "NUMBER" and _MISSPELT_NUMBER.fullmatch(both.text):
            return fail("G100", f"'{shorten(both.text)}' is no number", both)
    if p.found == "NOT" and p.terminal(p.token + 1) == "EQUAL":
        both = p.span(p.token, p.token + 1)
        return fail("G100", "'=' cannot follow '!'", both, "write != without a blank")
    for span in (right, left):
        if span.text in _FOREIGN_WORDS:
            return fail("G100", f"'{span.text}' is no word of R", span, _FOREIGN_WORDS[span.text])
    message = f"an operator is missing between '{p.left()}' and '{p.quote(p.token)}'"
    hint = None
    if p.before == "NUMBER" and p.found in ("NAME", "NUMBER"):
        hint = f"for a product write {p.left()}*{p.quote(p.token)}"
    elif left.text in _COMMON_FUNCTIONS:
        hint = f"for a call write {left.text}({p.quote(p.token)})"
    return fail("G100", message, both, hint)


def _comparison(p: Place) -> GradcError | None:
    """``a < b < c``."""
    if p.found != "COMPARE" or p.before not in _ENDS_VALUE:
        return None
    starts, ends, text = p.tree.starts, p.tree.ends, p.tree.source.text
    if len(p.parts) < 3 or not all(isinstance(part, int) for part in p.parts[-3:]):
        return fail("G100", "comparisons do not chain in R", p.span(p.token))
    left, _, middle = p.parts[-3:]
    last = p.token + 1 if p.terminal(p.token + 1) in _BEGINS_VALUE else p.token
    whole = Span(starts[left], ends[last], p.tree.source)
    first = shorten(text[starts[left] : ends[middle]])
    second = shorten(text[starts[middle] : ends[last]])
    message = f"'{shorten(whole.text)}': comparisons do not chain in R"
    return fail("G100", message, whole, f"write {first} & {second}")


def _operator(p: Place) -> GradcError | None:
    """An operator with nothing on its left."""
    if p.found in ("LBRACKET", "LBB"):
        message = f"'{p.text(p.token)}' has nothing on its left"
        return fail("G100", message, p.span(p.token), "for a vector write c(…)")
    if p.found not in _BINARY:
        return None
    operator = p.span(p.token)
    if p.found == "EQUAL" and p.before in _ENDS_VALUE:
        if p.open and p.terminal(p.open[-1]) in ("LPAR", "LBRACKET", "LBB"):
            message = "in a call '=' can only follow the name of an argument"
            return fail("G100", message, operator, "for equality write ==")
        return fail("G100", "'=' cannot stand here", operator, "for equality write ==")
    if p.before in _BINARY or p.before in _PREFIX:
        message = f"a value is missing between '{p.text(p.token - 1)}' and '{operator.text}'"
        return fail("G100", message, p.span(p.token - 1, p.token))
    if p.before in _ENDS_VALUE:
        return fail("G100", f"'{operator.text}' cannot stand here", operator)
    hint = "put it at the end of the line before" if p.before == "NEWLINE" else None
    return fail("G100", f"'{operator.text}' has nothing on its left", operator, hint)


_MISTAKES: Final[tuple[Callable[[Place], GradcError | None], ...]] = (
    _no_token, _head, _after_dollar, _end, _else, _closer, _line_end, _separator, _joined,
    _adjacent, _comparison, _operator,
)  # fmt: skip
