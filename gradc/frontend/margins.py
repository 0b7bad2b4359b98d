"""Functions of the rows or of the columns of a matrix of data: ``apply``, ``sweep``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.calls import call
from gradc.frontend.lifting import is_open, rank_of, tensor
from gradc.frontend.turns import over_elements
from gradc.frontend.values import ABSENT, Dots, Refusal, Value

if TYPE_CHECKING:
    from gradc.frontend.actions import Steps
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_At = tuple[str, "Scope", int]


def side_of(m: Machine, margin: Value, name: str) -> int:
    """1 for rows, 2 for columns."""
    side = m.context.whole(margin, "'MARGIN'", 1)
    if side not in (1, 2):
        raise Refusal("G104", f"{name}() goes over rows (1) or columns (2)", None, 1)
    return side


def of_lines(m: Machine, at: _At, matrix: int, side: int, function: Value, dots: Dots) -> int:
    """A function of each row (1) or column (2) of a matrix of data, as one vector.

    Raises: GradcError where the function cannot take all of them at once.
    """
    b = m.builder
    turned = matrix if side == 1 else b.apply("t", [matrix])
    lines = b.apply("seq_along", [b.apply("get_col", [turned], 1)], 0)

    def one(counter: int) -> Steps:
        line = b.apply("as_vector", [b.apply("gather_rows", [turned, b.stack([counter])])])
        return call(m, function, ((None, line), *dots.items), *at)

    rows = over_elements(m, lines, one, at[2], at[1])
    if isinstance(rows, int):
        return rows
    raise rows


def sweep(
    m: Machine, at: _At, x: Value, margin: Value, stats: Value, function: Value, dots: Dots
) -> Steps:
    """``sweep(x, MARGIN, STATS, FUN)``: a matrix and one number for each row or column."""
    b = m.builder
    side = side_of(m, margin, "sweep")
    if not is_open(m.context, x) or rank_of(m.context, m.context.node(x)) != 2:
        raise Refusal("G104", "sweep() takes a matrix of data", None, 0)
    matrix, swept = m.context.node(x), b.real(tensor(m.context, stats, 2))
    if rank_of(m.context, swept) == 2:
        raise Refusal("G104", "sweep() takes one number for each row or column", None, 2)
    if rank_of(m.context, swept):
        swept = b.apply("spread_rows" if side == 1 else "spread_cols", [swept, matrix])
    if function is ABSENT:
        return b.sub(matrix, swept)
    return (yield from call(m, function, ((None, matrix), (None, swept), *dots.items), *at))
