"""Primitives that move numbers, and those that only add up what they move.

Where each cell comes from, or goes to, is written here once: evaluation, error bounds, the
reverse sweep and the search for the origin of a NaN all read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb

from gradc.errors import fail
from gradc.verify.cells import Cell, Cells, Grid, common_length, grid

Places = list[int]
"""For each cell of a result the cell it is, counted from 0 over the moved arguments; -1 for 0."""

_ALL_MOVE = frozenset({"stack", "concat", "bind_cols", "concat_cols"})


def place(cell: Cell, count: int) -> int:
    """A place in a vector, from 1, as an offset from 0.

    Raises: GradcError (G502) where it is no whole number from 1 to ``count``.
    """
    whole = cell.unique_fmpz()
    if whole is None or not 1 <= int(whole) <= count:
        said = "no whole number" if whole is None else str(whole)
        raise fail("G502", f"a place is {said}, and not one of 1 to {count}")
    return int(whole) - 1


def _offset(number: int, count: int) -> int:
    if not 1 <= number <= count:
        raise fail("G502", f"index {number} is outside 1 to {count}")
    return number - 1


_Source = tuple[Places, "int | None"]


def _slice(attrs: Any, args: Sequence[Cells]) -> _Source:
    front, back = attrs
    stop = len(args[0]) - back
    if front < 0 or back < 0 or stop < front:
        raise fail("G502", f"{front} and {back} elements are cut off a vector of {len(args[0])}")
    return list(range(front, stop)), None


def _pad(attrs: Any, args: Sequence[Cells]) -> _Source:
    front, back = attrs
    return [-1] * front + list(range(len(args[0]))) + [-1] * back, None


def _gather(attrs: Any, args: Sequence[Cells]) -> _Source:
    return [place(cell, len(args[0])) for cell in args[1]], None


def _together(attrs: Any, args: Sequence[Cells]) -> _Source:
    return list(range(sum(map(len, args)))), None


def _bind_cols(attrs: Any, args: Sequence[Cells]) -> _Source:
    rows, start = common_length(args), 0
    places: Places = []
    for arg in args:
        places += [start] * rows if len(arg) == 1 else range(start, start + rows)
        start += len(arg)
    return places, rows


def _concat_cols(attrs: Any, args: Sequence[Cells]) -> _Source:
    rows = {arg.nrow if isinstance(arg, Grid) else len(arg) for arg in args}
    if len(rows) != 1:
        raise fail("G502", f"columns of {sorted(rows)} numbers do not stand side by side")
    return _together(attrs, args)[0], rows.pop()


def _reshape(attrs: Any, args: Sequence[Cells]) -> _Source:
    nrow, ncol = attrs
    if nrow * ncol != len(args[0]):
        raise fail("G502", f"{len(args[0])} numbers do not fill a matrix of {nrow} x {ncol}")
    return list(range(nrow * ncol)), nrow


def _transpose(attrs: Any, args: Sequence[Cells]) -> _Source:
    m = grid(args[0])
    return [i + j * m.nrow for i in range(m.nrow) for j in range(m.ncol)], m.ncol


def _spread_rows(attrs: Any, args: Sequence[Cells]) -> _Source:
    like = grid(args[1])
    if len(args[0]) != like.nrow:
        raise fail("G502", f"{len(args[0])} numbers stand for {like.nrow} rows")
    return list(range(like.nrow)) * like.ncol, like.nrow


def _spread_cols(attrs: Any, args: Sequence[Cells]) -> _Source:
    like = grid(args[1])
    if len(args[0]) != like.ncol:
        raise fail("G502", f"{len(args[0])} numbers stand for {like.ncol} columns")
    return [j for j in range(like.ncol) for _ in range(like.nrow)], like.nrow


def _column(m: Grid, number: int) -> range:
    start = _offset(number, m.ncol) * m.nrow
    return range(start, start + m.nrow)


def _row(m: Grid, number: int) -> range:
    return range(_offset(number, m.nrow), len(m), m.nrow)


def _entry(m: Grid, attrs: Any) -> range:
    offset = _offset(attrs[0], m.nrow) + _offset(attrs[1], m.ncol) * m.nrow
    return range(offset, offset + 1)


def _get(part: Callable[[Grid, Any], range]) -> Callable[[Any, Sequence[Cells]], _Source]:
    return lambda attrs, args: (list(part(grid(args[0]), attrs)), None)


def _put(part: Callable[[Grid, Any], range]) -> Callable[[Any, Sequence[Cells]], _Source]:
    def source(attrs: Any, args: Sequence[Cells]) -> _Source:
        like = grid(args[1])
        places = [-1] * len(like)
        for k, offset in enumerate(part(like, attrs)):
            places[offset] = k if len(args[0]) > 1 else 0
        return places, like.nrow

    return source


def _gather_rows(attrs: Any, args: Sequence[Cells]) -> _Source:
    m = grid(args[0])
    rows = [place(cell, m.nrow) for cell in args[1]]
    return [row + j * m.nrow for j in range(m.ncol) for row in rows], len(rows)


def _cells_of(m: Grid, index: Cells) -> Places:
    """The place of one cell in each row."""
    if len(index) != m.nrow:
        raise fail("G502", f"{len(index)} places do not stand for {m.nrow} rows")
    return [i + place(cell, m.ncol) * m.nrow for i, cell in enumerate(index)]


def _gather_cells(attrs: Any, args: Sequence[Cells]) -> _Source:
    return _cells_of(grid(args[0]), args[1]), None


def _scatter_cells(attrs: Any, args: Sequence[Cells]) -> _Source:
    like = grid(args[2])
    places = [-1] * len(like)
    for k, offset in enumerate(_cells_of(like, args[1])):
        places[offset] = k
    return places, like.nrow


def _diag_matrix(attrs: Any, args: Sequence[Cells]) -> _Source:
    count = len(args[0])
    return [i if i == j else -1 for j in range(count) for i in range(count)], count


def _broadcast(attrs: Any, args: Sequence[Cells]) -> _Source:
    x, like = args
    nrow = like.nrow if isinstance(like, Grid) else None
    if len(x) != 1 and len(x) != len(like):
        raise fail("G502", f"vectors of {len(x)} and {len(like)} rows do not combine")
    return [0] * len(like) if len(x) == 1 else list(range(len(x))), nrow


def _scatter(attrs: Any, args: Sequence[Cells]) -> _Source:
    places = [-1] * len(args[1])
    places[_offset(attrs, len(places))] = 0
    return places, None


MOVES: Mapping[str, Callable[[Any, Sequence[Cells]], _Source]] = {
    "slice": _slice,
    "pad": _pad,
    "gather": _gather,
    "rev": lambda attrs, args: (list(range(len(args[0]) - 1, -1, -1)), None),
    "concat": _together,
    "stack": _together,
    "bind_cols": _bind_cols,
    "concat_cols": _concat_cols,
    "reshape": _reshape,
    "as_vector": _together,
    "t": _transpose,
    "spread_rows": _spread_rows,
    "spread_cols": _spread_cols,
    "get_col": _get(_column),
    "get_row": _get(_row),
    "entry": _get(_entry),
    "put_col": _put(_column),
    "put_row": _put(_row),
    "put_entry": _put(_entry),
    "gather_rows": _gather_rows,
    "gather_cells": _gather_cells,
    "scatter_cells": _scatter_cells,
    "diag_matrix": _diag_matrix,
    "diag_part": lambda attrs, args: (list(range(0, len(args[0]), grid(args[0]).nrow + 1)), None),
    "broadcast": _broadcast,
    "index": lambda attrs, args: ([_offset(attrs, len(args[0]))], None),
    "scatter": _scatter,
}


def moved_args(name: str, args: Sequence[Any]) -> Sequence[Any]:
    """The arguments that are moved; the others say where to, or how large the result is."""
    return args if name in _ALL_MOVE else args[:1]


def move(name: str, attrs: Any, args: Sequence[Cells]) -> Cells:
    """The cells of a primitive that moves numbers."""
    places, nrow = MOVES[name](attrs, args)
    moved = moved_args(name, args)
    cells = moved[0] if len(moved) == 1 else [cell for arg in moved for cell in arg]
    zero = arb(0)
    found = [cells[k] if k >= 0 else zero for k in places]
    return found if nrow is None else Grid(found, nrow)


def _scatter_add(attrs: Any, args: Sequence[Cells]) -> tuple[Places, int, int | None]:
    _, i, like = args
    return [place(cell, len(like)) for cell in i], len(like), None


def _scatter_rows(attrs: Any, args: Sequence[Cells]) -> tuple[Places, int, int | None]:
    v, like = grid(args[0]), grid(args[2])
    rows = [place(cell, like.nrow) for cell in args[1]]
    places = [row + j * like.nrow for j in range(v.ncol) for row in rows]
    return places, len(like), like.nrow


def _row_sums(attrs: Any, args: Sequence[Cells]) -> tuple[Places, int, int | None]:
    m = grid(args[0])
    return list(range(m.nrow)) * m.ncol, m.nrow, None


def _col_sums(attrs: Any, args: Sequence[Cells]) -> tuple[Places, int, int | None]:
    m = grid(args[0])
    return [j for j in range(m.ncol) for _ in range(m.nrow)], m.ncol, None


SUMS: Mapping[str, Callable[[Any, Sequence[Cells]], tuple[Places, int, int | None]]] = {
    "sum": lambda attrs, args: ([0] * len(args[0]), 1, None),
    "row_sums": _row_sums,
    "col_sums": _col_sums,
    "scatter_add": _scatter_add,
    "scatter_rows": _scatter_rows,
}
"""Where each cell of the first argument is added: places, how many there are, rows of a matrix."""


def add_up(name: str, attrs: Any, args: Sequence[Cells]) -> Cells:
    """The cells of a primitive that adds up what it moves."""
    places, count, nrow = SUMS[name](attrs, args)
    if len(places) != len(args[0]):
        raise fail("G502", f"{len(args[0])} numbers are added at {len(places)} places")
    totals: Cells = [arb(0)] * count
    for k, cell in zip(places, args[0], strict=True):
        totals[k] = totals[k] + cell
    return totals if nrow is None else Grid(totals, nrow)
