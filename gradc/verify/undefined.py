"""Where a NaN comes from, and whether it must be one."""

from __future__ import annotations

from typing import Any

from flint import arb, ctx

from gradc.verify.cells import Cells, grid
from gradc.verify.evaluate import Evaluation
from gradc.verify.factored import FACTORED
from gradc.verify.linear import LINEAR, exactly_singular
from gradc.verify.moves import MOVES, SUMS, moved_args

# A relative 2^-80 leaves a double's 53 bits far behind.
ENOUGH_BITS = 80
_WHOLE = frozenset({"prod", "prod_others", "min", "max"})


def is_undefined(found: Evaluation, node: int, row: int) -> bool:
    """Whether a NaN comes from arguments that are known well enough to say that it must be.

    Follows NaN upwards to the first primitive that made one of numbers.
    """
    records = found.graph.records
    while True:
        name, args = records[node][0], records[node][2:]
        if name in ("input", "const"):
            return True
        places = _contributors(found, node, row)
        culprit = next((place for place in places if _is_nan(found[place[0]][place[1]])), None)
        if culprit is not None:
            node, row = culprit
        elif name in FACTORED:
            with ctx.workprec(found.bits):
                return _has_no_result(name, found[args[0]], found[node])
        else:
            return all(_is_sharp(found[arg][k]) for arg, k in places)


def _contributors(found: Evaluation, node: int, row: int) -> list[tuple[int, int]]:
    """The cells that a cell is made of, each a node and a row of it."""
    record = found.graph.records[node]
    name, args = record[0], record[2:]
    if name in MOVES:
        place = MOVES[name](found.attrs(node), [found[arg] for arg in args])[0][row]
        for arg in moved_args(name, args):
            if place < len(found[arg]):
                return [(arg, place)] if place >= 0 else []
            place -= len(found[arg])
    if name in SUMS:
        places = SUMS[name](found.attrs(node), [found[arg] for arg in args])[0]
        return [(args[0], k) for k, place in enumerate(places) if place == row]
    if name == "cumsum":
        return [(args[0], k) for k in range(row + 1)]
    if name in _WHOLE or name in LINEAR:
        return [(arg, k) for arg in args for k in range(len(found[arg]))]
    rows = [(arg, min(row, len(found[arg]) - 1)) for arg in args]
    if name == "select":
        condition = found[args[0]][rows[0][1]]
        if condition is not None:  # the branch not taken tells nothing
            del rows[2 if condition else 1]
    return rows


def _has_no_result(name: str, matrix: Cells, cells: Cells) -> bool:
    """Whether a matrix surely has no inverse, or no Cholesky factor."""
    if name == "chol":
        count = grid(matrix).nrow
        lost = next((i for i in range(count) if cells[i + i * count].is_nan()), 0)
        pivot = matrix[lost + lost * count]
        for k in range(lost):
            pivot = pivot - cells[k + lost * count] ** 2
        if pivot < 0:
            return True
    return exactly_singular(matrix)


def _is_nan(cell: Any) -> bool:
    return isinstance(cell, arb) and bool(cell.is_nan())


def _is_sharp(cell: Any) -> bool:
    """Whether a cell leaves no doubt on which side of 0 and of a pole it lies."""
    if not isinstance(cell, arb):
        return cell is not None
    if cell.is_exact():
        return True
    return bool(cell.is_finite()) and cell.rel_accuracy_bits() >= ENOUGH_BITS
