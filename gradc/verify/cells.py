"""Cells: the values of a node in ball arithmetic, one for each of its numbers.

A cell is a ``flint.arb`` ball, or for a condition ``True``, ``False`` or ``None`` (the balls do
not tell). A list of one cell recycles against any other. A matrix is a :class:`Grid`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flint import arb

from gradc.errors import fail

Ball = Any
Cell = Any
Cells = list[Cell]


class Grid(list[Cell]):
    """The cells of a matrix, column by column."""

    __slots__ = ("nrow",)

    def __init__(self, cells: Iterable[Cell], nrow: int) -> None:
        super().__init__(cells)
        self.nrow = nrow

    @property
    def ncol(self) -> int:
        """Number of columns."""
        return len(self) // self.nrow if self.nrow else 0


def shaped(cells: Cells, like: Cells) -> Cells:
    """The cells, a matrix of as many rows where ``like`` is one."""
    if isinstance(like, Grid) and not isinstance(cells, Grid):
        return Grid(cells, like.nrow)
    return cells


def grid(cells: Cells) -> Grid:
    """The cells of a matrix as such; GradcError (G502) where they are a vector."""
    if not isinstance(cells, Grid):
        raise fail("G502", f"a vector of {len(cells)} elements stands where a matrix is needed")
    return cells


def common_length(args: Sequence[Cells]) -> int:
    """How many cells an elementwise result has."""
    rows = 1
    for arg in args:
        if len(arg) != 1:
            if rows not in (1, len(arg)):
                raise fail("G502", f"vectors of {rows} and {len(arg)} rows do not combine")
            rows = len(arg)
    return rows


def common_nrow(args: Sequence[Cells]) -> int | None:
    """How many rows the matrix has that an elementwise operation gives, None for a vector."""
    nrow: int | None = None
    for arg in args:
        if isinstance(arg, Grid):
            if nrow not in (None, arg.nrow):
                raise fail("G502", f"matrices of {nrow} and {arg.nrow} rows do not combine")
            nrow = arg.nrow
    return nrow


def is_infinite(cell: Cell) -> bool:
    """Whether a cell is an infinity itself, which is exact and which nothing rounds."""
    return isinstance(cell, arb) and bool(cell == arb.pos_inf() or cell == arb.neg_inf())


def recycle(cells: Cells, rows: int) -> Cells:
    """The cells, one repeated for every row."""
    return cells * rows if len(cells) == 1 and rows != 1 else cells


def size(cell: Ball) -> Ball:
    """The largest absolute value in a ball, as an exact number."""
    return arb(abs(cell).upper())
