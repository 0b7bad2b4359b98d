"""Nodes to text: one primitive at a time, with no more parentheses than the target needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradc.emit.numbers import times_pi
from gradc.emit.syntax import (
    ATOM,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Piece,
    Syntax,
    Template,
    infix,
    read_template,
    render_template,
)
from gradc.errors import fail
from gradc.ir import Graph
from gradc.prims import TABLE

_LARGEST_WHOLE = 1e9


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the nodes of one graph for one target.

    ``spelling`` gives the target's text for a primitive, ``input_text`` that of an input.
    """

    graph: Graph
    syntax: Syntax
    spelling: Callable[[str], str | None]
    input_text: Mapping[str, str]

    def leaf(self, node: int) -> Piece:
        """A constant or an input."""
        graph = self.graph
        if graph.prim(node) == "input":
            return Piece(self.input_text[graph.attrs(node)])
        value = graph.value(node)
        if graph.types[node].dtype == "bool":
            return Piece(self.syntax.truth[bool(value)])
        return self.number(value)

    def number(self, value: float) -> Piece:
        """A number; a negative one binds like a negation."""
        syntax = self.syntax
        if math.isnan(value):
            return Piece(syntax.nan)
        negative = math.copysign(1.0, value) < 0
        finite = math.isfinite(value)
        factor = times_pi(abs(value)) if syntax.pi else None
        if factor is not None:
            text = f"{syntax.number(factor)} * {syntax.pi}"
            return Piece(f"-{text}" if negative else text, PRODUCT, 0, 0, True)
        text = syntax.number(abs(value)) if finite else syntax.infinity
        return Piece(f"-{text}" if negative else text, SIGN if negative else ATOM, 0, 0, finite)

    def whole(self, node: int) -> int | None:
        """The integer that a constant is, where it is one of moderate size."""
        graph = self.graph
        if not graph.is_const(node):
            return None
        value = graph.value(node)
        return int(value) if value.is_integer() and abs(value) <= _LARGEST_WHOLE else None

    def template(self, prim: str) -> Template | None:
        """The spelling of a primitive as a template; None where it has none."""
        text = self.spelling(prim)
        return None if text is None else read_template(text, TABLE[prim].params)

    def repeated(self, node: int) -> list[int]:
        """Arguments whose text stands in several places, so that they should be names."""
        name = self.graph.prim(node)
        if name in self.syntax.repeated:
            return list(self.graph.args(node)[:1])
        if name in self.syntax.special or name in self.syntax.infix:
            return []
        template = self.template(name)
        if template is None or not template.repeated:
            return []
        params = TABLE[name].params
        return [
            arg
            for param, arg in zip(params, self.graph.args(node), strict=False)
            if param in template.repeated
        ]

    def operation(self, node: int, pieces: Sequence[Piece]) -> Piece:
        """A primitive over printed arguments.

        Raises: GradcError (G303) where the target has no such primitive.
        """
        record = self.graph.records[node]
        name: str = record[0]
        syntax = self.syntax
        bare = bool(pieces) and all(piece.literal for piece in pieces)
        if bare and not self._is_plain(name, record):
            pieces = [self.typed(pieces[0]), *pieces[1:]]
        special = syntax.special.get(name)
        if special is not None:
            return special(self.graph, node, pieces)
        if name == "neg":
            return negated(pieces[0])
        if name in syntax.infix:
            return self._infix(name, record, pieces)
        if name == "not":
            return _prefix(syntax.negation, pieces[0])
        template = self.template(name)
        if template is None:
            raise fail("G303", f"the target has no '{name}'", self.graph.place(node))
        return self._call(record, template, pieces)

    def _is_plain(self, name: str, record: tuple[Any, ...]) -> bool:
        """Whether literals may be combined as they are: no error, and a double again."""
        if name in ("neg", "add", "sub", "mul"):
            return True
        if name not in ("div", "pow") or not all(map(self.graph.is_const, record[2:])):
            return False
        x, y = (self.graph.value(arg) for arg in record[2:])
        try:
            result = x / y if name == "div" else x**y
        except (ArithmeticError, ValueError):
            return False
        return isinstance(result, float) and math.isfinite(result)

    def typed(self, piece: Piece) -> Piece:
        """A literal as a value of the target's own type."""
        typed = self.syntax.typed
        if typed is None or not piece.literal:
            return piece
        return Piece(typed(piece.text), ATOM, piece.brackets + 1, piece.height)

    def _number_typed(self, piece: Piece, node: int) -> Piece:
        """A literal typed; where the first argument decides, an infinity and NaN, too."""
        typed = self.syntax.typed
        if typed is not None and self.syntax.first_decides and self.graph.is_const(node):
            return Piece(typed(piece.text), ATOM, piece.brackets + 1, piece.height)
        return self.typed(piece)

    def _infix(self, name: str, record: tuple[Any, ...], pieces: Sequence[Piece]) -> Piece:
        operator = self.syntax.infix[name]
        left, right = pieces
        text = operator.text
        if name == "pow":
            whole = self.whole(record[3])
            if whole is not None:
                right = Piece(str(whole), SIGN if whole < 0 else ATOM)
        elif name in ("add", "sub") and right.is_negated:
            # a + (-b) is a - b, bit for bit.
            right = right.without_sign()
            text = self.syntax.infix["sub" if name == "add" else "add"].text
        return infix(operator, left, right, text)

    def _call(self, record: tuple[Any, ...], template: Template, pieces: Sequence[Piece]) -> Piece:
        name, attrs = record[:2]
        if name in self.syntax.strict:
            pieces = [self._number_typed(*pair) for pair in zip(pieces, record[2:], strict=True)]
        elif self.syntax.first_decides and len(pieces) > 1:
            pieces = [self.typed(pieces[0]), *pieces[1:]]
        values: dict[str, Any] = dict(zip(TABLE[name].params, pieces, strict=False))
        if isinstance(attrs, int):
            values["k"], values["k0"] = str(attrs), str(attrs - 1)
        elif isinstance(attrs, tuple) and all(isinstance(place, int) for place in attrs):
            values["i"], values["j"] = map(str, attrs)
            values["i0"], values["j0"] = (str(place - 1) for place in attrs)
        return render_template(template, values, pieces)


def negated(piece: Piece) -> Piece:
    """The opposite: ``-x``, ``-a * b``, ``-(a + b)``, and never ``--x``."""
    if piece.is_negated:
        return piece.without_sign()
    if piece.level == PRODUCT:
        # (-a)*b is -(a*b), bit for bit.
        return Piece(f"-{piece.text}", PRODUCT, piece.brackets, piece.height, piece.literal)
    return _prefix("-", piece)


def _prefix(sign: str, piece: Piece) -> Piece:
    operand = piece.at(POWER)
    bare = piece if sign == "-" and operand is not piece else None
    return Piece(
        f"{sign}{operand.text}", SIGN, operand.brackets, operand.height + 1, operand.literal, bare
    )


def widest(pieces: Sequence[Piece]) -> int:
    """The place of the longest text."""
    return max(range(len(pieces)), key=lambda index: len(pieces[index].text))


def renamed(piece: Piece, text: str) -> Piece:
    """A name that stands for what a piece computes."""
    return replace(piece, text=text, level=ATOM, brackets=0, height=0, operand=None)


__all__ = ["SUM", "Printer", "negated", "renamed", "widest"]
