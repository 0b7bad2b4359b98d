"""Types of nodes: a dtype and a shape whose sizes may be symbolic.

A size is affine in symbols (``3``, ``n``, ``n - 1``, ``2*k + 1``), so that slices of data of
unknown length have a size too. Types are interned: the types of two nodes may be compared
with ``is``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Literal

Dtype = Literal["real", "int", "bool"]


@dataclass(frozen=True, slots=True)
class Size:
    """``constant + Σ coefficient·symbol``, symbols in alphabetical order, no zero coefficient."""

    constant: int = 0
    terms: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        parts: list[str] = []
        for symbol, coefficient in self.terms:
            sign = "-" if coefficient < 0 else "+" if parts else ""
            factor = "" if abs(coefficient) == 1 else f"{abs(coefficient)}*"
            parts.append(f"{sign}{factor}{symbol}")
        if self.constant or not parts:
            sign = "+" if parts and self.constant >= 0 else ""
            parts.append(f"{sign}{self.constant}")
        return "".join(parts)

    @property
    def is_known(self) -> bool:
        """Whether the size is a number."""
        return not self.terms

    def plus(self, other: Size, factor: int = 1) -> Size:
        """``self + factor·other``."""
        terms = dict(self.terms)
        for symbol, coefficient in other.terms:
            terms[symbol] = terms.get(symbol, 0) + factor * coefficient
        kept = tuple(sorted((s, c) for s, c in terms.items() if c))
        return Size(self.constant + factor * other.constant, kept)

    def substitute(self, bindings: Mapping[str, Size]) -> Size:
        """The size with symbols replaced; a binding may name further symbols."""
        size = self
        while True:
            bound = [(s, c) for s, c in size.terms if s in bindings]
            if not bound:
                return size
            for symbol, coefficient in bound:
                size = size.plus(Size(0, ((symbol, coefficient),)), -1)
                size = size.plus(bindings[symbol], coefficient)


def known(count: int) -> Size:
    """A size that is a number."""
    return Size(count)


def symbol(name: str) -> Size:
    """A size that only data can tell."""
    return Size(0, ((name, 1),))


Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Type:
    """A dtype and a shape of rank 0, 1 or 2; compare with ``is``."""

    dtype: Dtype
    shape: Shape

    def __str__(self) -> str:
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"

    @property
    def rank(self) -> int:
        return len(self.shape)

    @property
    def length(self) -> int | None:
        """How many elements a vector has, where that is known."""
        return self.shape[0].constant if self.rank == 1 and self.shape[0].is_known else None

    @property
    def count(self) -> int | None:
        """How many elements a vector or a matrix has, where that is known; None for a scalar."""
        if not self.shape or not all(size.is_known for size in self.shape):
            return None
        return prod(size.constant for size in self.shape)

    @property
    def known_shape(self) -> tuple[int, ...]:
        """The sizes as numbers, where all of them are known."""
        return tuple(size.constant for size in self.shape)

    def element(self, number: int) -> str:
        """What stands behind a name for an element, by columns: ``[2]``, ``[2,1]``."""
        if self.rank < 2:
            return f"[{number}]"
        rows = self.shape[0].constant
        return f"[{(number - 1) % rows + 1},{(number - 1) // rows + 1}]"


@cache
def make_type(dtype: Dtype, shape: Shape = ()) -> Type:
    """The one Type object of this dtype and shape."""
    return Type(dtype, shape)


REAL = make_type("real")
INT = make_type("int")
BOOL = make_type("bool")


def vector(size: Size, dtype: Dtype = "real") -> Type:
    """The type of a vector of ``size`` elements."""
    return make_type(dtype, (size,))
