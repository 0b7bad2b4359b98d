"""What a printer must know of a target's expressions: operators, levels, templates, literals."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from gradc.ir import Graph

# Levels of binding, loosest first. A target may place its operators on any of them.
ARGUMENT, CHOICE, OR, AND, NOT, COMPARISON, BIT_OR, BIT_AND, SUM, PRODUCT = range(10)
SPECIAL, SIGN, POWER, ATOM = range(10, 14)


@dataclass(frozen=True, slots=True)
class Piece:
    """Printed text with what decides where it needs parentheses.

    ``brackets`` is the deepest nesting of brackets in it, ``height`` that of operators.
    ``literal`` says that it is a plain number, without a type of its own in the target;
    ``operand`` is what a sign stands before.
    """

    text: str
    level: int = ATOM
    brackets: int = 0
    height: int = 0
    literal: bool = False
    operand: Piece | None = None

    @property
    def is_negated(self) -> bool:
        """Whether the text is a minus sign before what it negates, so that the sign may be dropped.

        A remainder is neither a product nor a sign: ``-a %% b`` is not ``-(a %% b)``.
        """
        return self.level in (PRODUCT, SIGN) and self.text.startswith("-")

    def without_sign(self) -> Piece:
        """The opposite of a negated piece."""
        if self.operand is not None:
            return self.operand
        level = ATOM if self.literal and self.level == SIGN else max(self.level, PRODUCT)
        return Piece(self.text[1:], level, self.brackets, self.height, self.literal)

    def at(self, level: int) -> Piece:
        """The piece itself, or in parentheses where its own level is looser."""
        if self.level >= level:
            return self
        return Piece(f"({self.text})", ATOM, self.brackets + 1, self.height, self.literal)


@dataclass(frozen=True, slots=True)
class Infix:
    """A binary operator: its text with blanks, its level, the levels its operands need."""

    text: str
    level: int
    left: int
    right: int


def left_associative(text: str, level: int) -> Infix:
    """An operator whose right operand must bind more tightly than itself."""
    return Infix(text, level, level, level + 1)


def not_associative(text: str, level: int) -> Infix:
    """An operator that does not chain."""
    return Infix(text, level, level + 1, level + 1)


def infix(operator: Infix, left: Piece, right: Piece, text: str = "") -> Piece:
    """Two operands around an operator, in parentheses where they bind too loosely."""
    left, right = left.at(operator.left), right.at(operator.right)
    return Piece(
        f"{left.text}{text or operator.text}{right.text}",
        operator.level,
        max(left.brackets, right.brackets),
        max(left.height, right.height) + 1,
        left.literal and right.literal,
    )


Special = Callable[[Graph, int, Sequence[Piece]], Piece]


@dataclass(frozen=True, slots=True)
class Syntax:
    """The expressions of one target.

    ``number`` prints a finite double; infinities and NaN are names. ``typed`` turns a literal
    into a value of the target's own type where a bare number would be taken for another: where
    an operation has nothing but literals, and in primitives of ``strict``; where ``first_decides``,
    the first argument of a call is typed, too, since the others follow it. ``pi`` is the name of
    that number where a literal may be written with it.
    ``special`` prints a primitive in its own way, before operators and templates are tried;
    those in ``repeated`` name their first argument more than once. ``own`` are spellings of
    primitives that are marked as the target's own.
    """

    number: Callable[[float], str]
    infinity: str
    nan: str
    truth: tuple[str, str]
    infix: Mapping[str, Infix]
    negation: str
    typed: Callable[[str], str] | None = None
    pi: str = ""
    strict: frozenset[str] = frozenset()
    first_decides: bool = False
    special: Mapping[str, Special] = field(default_factory=dict)
    repeated: frozenset[str] = frozenset()
    own: Mapping[str, str] = field(default_factory=dict)


Slot = tuple[str, int]
"""A parameter's name and the level that its place in a template needs."""

_SLOT = re.compile(r"\{(\*|[A-Za-z]\w*)\}")
_CALL = re.compile(r"[A-Za-z_][\w.:]*\Z")


@dataclass(frozen=True, slots=True)
class Template:
    """A spelling with places for arguments: texts and slots in turn, and its own level.

    ``repeated`` are the parameters that stand in more than one place.
    """

    texts: tuple[str, ...]
    slots: tuple[Slot, ...]
    level: int
    brackets: int
    repeated: frozenset[str]
    kind: Literal["call", "form"]


@cache
def read_template(spelling: str, params: tuple[str, ...]) -> Template:
    """The template of a spelling; a bare name is a call with all parameters in order."""
    if _CALL.match(spelling):
        arguments = ", ".join(f"{{{param}}}" for param in params) if params else ""
        plain = spelling if not params and not spelling.endswith(")") else None
        if plain is not None:
            return Template((spelling,), (), ATOM, 0, frozenset(), "form")
        return _read(f"{spelling}({arguments})", "call")
    return _read(spelling, "call" if _is_call(spelling) else "form")


def _is_call(text: str) -> bool:
    name, bracket, rest = text.partition("(")
    return bool(bracket and _CALL.match(name)) and _closes_at_end(rest)


def _closes_at_end(rest: str) -> bool:
    depth = 1
    for position, character in enumerate(rest):
        depth += (character in "([") - (character in ")]")
        if not depth:
            return position == len(rest) - 1
    return False


def _read(text: str, kind: Literal["call", "form"]) -> Template:
    texts: list[str] = []
    slots: list[Slot] = []
    end = 0
    for match in _SLOT.finditer(text):
        before = text[end : match.start()]
        texts.append(before)
        slots.append((match[1], _slot_level(text, match.start(), match.end())))
        end = match.end()
    texts.append(text[end:])
    names = [name for name, _ in slots]
    repeated = frozenset(name for name in names if names.count(name) > 1)
    return Template(tuple(texts), tuple(slots), _level(text), _depth(text), repeated, kind)


def _slot_level(text: str, start: int, end: int) -> int:
    """An argument of a call takes anything, every other place an atom."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    opened = before.endswith(("(", "[", ",", "=")) and not before.endswith(("<=", ">=", "=="))
    return ARGUMENT if opened and after.startswith((")", "]", ",")) else ATOM


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    return deepest


def _level(text: str) -> int:
    """The level of the loosest operator outside brackets."""
    outside = _outside(text)
    if re.search(r"[^\s(] [+-] ", outside):
        return SUM
    if "*" in outside.replace("{*}", "") or "/" in outside:
        return PRODUCT
    return SIGN if outside.startswith("-") else ATOM


def _outside(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for character in text:
        depth -= character in ")]"
        if not depth:
            kept.append(character)
        depth += character in "(["
    return "".join(kept)


def render_template(
    template: Template, arguments: Mapping[str, Any], listed: Sequence[Piece]
) -> Piece:
    """The template with its slots filled; ``{*}`` takes all arguments, other values are texts."""
    parts = [template.texts[0]]
    brackets, height = template.brackets, 0
    for (name, level), text in zip(template.slots, template.texts[1:], strict=True):
        if name == "*":
            pieces = list(listed)
            parts.append(", ".join(piece.text for piece in pieces))
        else:
            value = arguments[name]
            if isinstance(value, str):
                parts += [value, text]
                continue
            pieces = [_placed(parts, value, level, text)]
            parts.append(pieces[0].text)
        brackets = max([brackets, *(template.brackets + piece.brackets for piece in pieces)])
        height = max([height, *(piece.height for piece in pieces)])
        parts.append(text)
    return Piece("".join(parts), template.level, brackets, height + 1)


def _placed(parts: list[str], piece: Piece, level: int, after: str) -> Piece:
    """The piece at a slot; a sign in the template before it cancels the piece's own sign."""
    if parts[-1].endswith("(-") and after.startswith(")") and piece.is_negated:
        parts[-1] = parts[-1][:-1]
        return piece.without_sign()
    return piece.at(level)
