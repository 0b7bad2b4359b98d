"""Formulas as R's ``D`` puts them together: zeros, ones and minus signs go, and nothing else.

What R does by calling itself is done in loops here; a text may have any number of minus signs.
"""

from __future__ import annotations

import math
from typing import Final

from gradc.errors import Source
from gradc.syntax.tree import Kind, Tree
from gradc.text.r_parentheses import head_of

Place = tuple[Tree, int]
"""A node with its tree."""

_NUM, _CONST, _HOLE = int(Kind.NUM), int(Kind.CONST), int(Kind.HOLE)
_WORD_VALUES: Final = {"TRUE": 1.0, "FALSE": 0.0, "Inf": math.inf}


def real_value(place: Place) -> float:
    """The number that a constant is, NaN for everything else."""
    tree, node = place
    if tree.kinds[node] == _NUM:
        return tree.value(node)
    return _WORD_VALUES.get(tree.name(node), math.nan) if tree.kinds[node] == _CONST else math.nan


class Formula:
    """A tree under construction; its nodes get the span that :meth:`stand_at` named last."""

    def __init__(self, source: Source) -> None:
        self.tree = Tree(source)
        self._start = self._end = 0
        self._holes: dict[tuple[int, int], int] = {}

    def stand_at(self, span: tuple[int, int]) -> None:
        self._start, self._end = span

    def old(self, place: Place) -> int:
        """A part of an older tree, or of this one."""
        tree, node = place
        if tree is self.tree:
            return node
        key = (id(tree), node)
        hole = self._holes.get(key)
        if hole is None:
            hole = self._holes[key] = self.tree.add_hole(tree, node, self._start, self._end)
        return hole

    def number(self, value: float) -> int:
        if math.isinf(value) or math.isnan(value):
            return self.word("Inf" if value > 0 else "NaN")
        return self.tree.add_number(value, self._start, self._end)

    def integer(self, value: int) -> int:
        return self.tree.add_number(value, self._start, self._end, is_int=True)

    def word(self, word: str) -> int:
        return self.tree.add_constant(word, self._start, self._end)

    def name(self, name: str) -> int:
        return self.tree.add_name(name, self._start, self._end)

    def call(self, head: str, *arguments: int) -> int:
        return self.tree.add_call(self.name(head), arguments, self._start, self._end)

    def plus(self, a: int, b: int) -> int:
        return self._sum("+", a, b)

    def minus(self, a: int, b: int) -> int:
        return self._sum("-", a, b)

    def negative(self, a: int) -> int:
        if self._is(a, 0.0):
            return self.number(0.0)
        inner = self._negated(a)
        return self.call("-", a) if inner is None else inner

    def times(self, a: int, b: int) -> int:
        return self._product("*", a, b)

    def over(self, a: int, b: int) -> int:
        return self._product("/", a, b)

    def power(self, a: int, b: int) -> int:
        if self._is(b, 0.0):
            return self.number(1.0)
        if self._is(a, 0.0):
            return self.number(0.0)
        if self._is(a, 1.0):
            return self.number(1.0)
        return a if self._is(b, 1.0) else self.call("^", a, b)

    def _is(self, node: int, value: float) -> bool:
        return real_value(self.tree.resolve(node)) == value

    def _negated(self, node: int) -> int | None:
        """What a minus sign stands before, None where a node has none."""
        tree, part = self.tree.resolve(node)
        if head_of(tree, part) != "-":
            return None
        arguments = tree.args(part)
        return self.old(tree.resolve(arguments[0])) if len(arguments) == 1 else None

    def _sum(self, head: str, a: int, b: int) -> int:
        signs = 0
        while True:
            if self._is(b, 0.0):
                # R looks at the first term of a sum first; 0 + 0 is the second.
                result = b if head == "+" and self._is(a, 0.0) else a
                break
            if self._is(a, 0.0):
                result = b if head == "+" else self.negative(b)
                break
            inner = self._negated(a)
            if inner is not None:
                # -a + b is b - a, and -a - b is -(a + b).
                signs += head == "-"
                head, a, b = ("-", b, inner) if head == "+" else ("+", inner, b)
                continue
            inner = self._negated(b)
            if inner is None:
                result = self.call(head, a, b)
                break
            head, b = ("-" if head == "+" else "+"), inner
        return self._signed(result, signs)

    def _product(self, head: str, a: int, b: int) -> int:
        signs = 0
        while True:
            result = self._trivial_product(head, a, b)
            if result is not None:
                break
            inner = self._negated(a)
            if inner is not None:
                a = inner
            else:
                inner = self._negated(b)
                if inner is None:
                    result = self.call(head, a, b)
                    break
                b = inner
            signs += 1
        return self._signed(result, signs)

    def _trivial_product(self, head: str, a: int, b: int) -> int | None:
        if self._is(a, 0.0):
            return self.number(0.0)
        if self._is(b, 0.0):
            return self.number(0.0) if head == "*" else self.word("NA_real_")
        if head == "*" and self._is(a, 1.0):
            return b
        return a if self._is(b, 1.0) else None

    def _signed(self, node: int, signs: int) -> int:
        for _ in range(signs):
            node = self.negative(node)
        return node
