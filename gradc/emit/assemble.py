"""Vectors and matrices that are declared and then filled, or made of their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gradc.emit.access import NOTHING, Place, Places, first
from gradc.emit.lines import Line
from gradc.emit.plan import PARTIAL, Block
from gradc.emit.syntax import ATOM, CHOICE, PRODUCT, Piece, infix, left_associative
from gradc.ir import known

if TYPE_CHECKING:
    from gradc.emit.blocks import BlockScheduler

Way = Callable[["BlockScheduler", int], None]

GENERATED = frozenset({"outer", "half_lower"})
"""Primitives whose element is an expression of its place."""

_UNFILLED = frozenset({"concat", "stack", "bind_cols", "concat_cols"})


def _declare(s: BlockScheduler, node: int) -> tuple[str, Block]:
    """A name for an assembled node, declared before it is filled; and where scalars fill it."""
    name = s.given[node] if node in s.given else s.namer(node)
    level = s.plan.blocks[node][0]
    if s.graph.prim(node) in PARTIAL or s.plan.fills_by_loop(node):
        level -= 1
    before: Block = (level, 0, ())
    s.line(before, Line("declare", name, "", s.plan.shape(node)))
    if s.graph.prim(node) not in _UNFILLED:
        s.line(before, Line("zero", name, ""))
    return name, before


def _fill(s: BlockScheduler, block: Block, name: str, places: Places, text: str) -> None:
    s.line(block, Line("set", f"{name}({s.accessor.texts(places)})", text))


def _assembled(place: Callable[[BlockScheduler, int, Places], Places]) -> Way:
    """Zeros, but for the first argument's elements, each at a place of its own."""

    def way(s: BlockScheduler, node: int) -> None:
        arg = s.graph.args(node)[0]
        name, _ = _declare(s, node)
        block = s.plan.home(node, arg)
        places = place(s, node, s.places(block) if s.graph.types[arg].shape else ())
        _fill(s, block, name, places, s.read(arg, block).text)
        s.vectors[node] = name

    return way


def _added(s: BlockScheduler, node: int) -> None:
    """Elements or rows added at the places that an index tells."""
    graph = s.graph
    arg, index, like = graph.args(node)
    name, _ = _declare(s, node)
    block = s.plan.home(node, arg)
    own = s.places(block) if graph.types[arg].shape else ()
    size = s.plan.shape(like)[0]
    places = (s.accessor.index_place(index, own[:1], size), *own[1:])
    target = f"{name}({s.accessor.texts(places)})"
    s.line(block, Line("add", target, s.read(arg, block).text))
    s.vectors[node] = name


def _partial(s: BlockScheduler, node: int) -> None:
    """Sums over the columns or the rows of a matrix."""
    arg = s.graph.args(node)[0]
    name, _ = _declare(s, node)
    block = s.plan.home(node, arg)
    place = s.places(block)[s.graph.prim(node) == "col_sums"]
    target = f"{name}({s.accessor.texts((place,))})"
    s.line(block, Line("add", target, s.read(arg, block).text))
    s.vectors[node] = name


def _stack(s: BlockScheduler, node: int) -> None:
    name, block = _declare(s, node)
    for number, arg in enumerate(s.graph.args(node), start=1):
        _fill(s, block, name, (first(number),), s.read(arg, block).text)
    s.vectors[node] = name


def filled(s: BlockScheduler, node: int) -> None:
    """A matrix of given numbers, column by column."""
    graph = s.graph
    name, block = s.namer(node), s.plan.blocks[node]
    shape = s.plan.shape(node)
    s.line(block, Line("declare", name, "", shape))
    for number, arg in enumerate(graph.args(graph.args(node)[0])):
        column, row = divmod(number, shape[0].constant)
        _fill(s, block, name, (first(row + 1), first(column + 1)), s.read(arg, block).text)
    s.vectors[node] = name


def _concat(s: BlockScheduler, node: int) -> None:
    """Scalars and vectors one after the other."""
    graph = s.graph
    name, before = _declare(s, node)
    behind = NOTHING
    for arg in graph.args(node):
        if graph.types[arg].shape:
            block = s.plan.home(node, arg)
            places: Places = (s.places(block)[0].shifted(behind),)
            behind = behind.plus(s.plan.shape(arg)[0])
        else:
            block, places = before, (Place("", behind),)
            behind = behind.plus(known(1))
        _fill(s, block, name, places, s.read(arg, block).text)
    s.vectors[node] = name


def _bind_cols(s: BlockScheduler, node: int) -> None:
    name, _ = _declare(s, node)
    for number, arg in enumerate(s.graph.args(node), start=1):
        block = s.plan.home(node, arg)
        places = (s.places(block)[0], first(number))
        _fill(s, block, name, places, s.read(arg, block).text)
    s.vectors[node] = name


def _concat_cols(s: BlockScheduler, node: int) -> None:
    """Matrices and columns side by side."""
    name, _ = _declare(s, node)
    behind = NOTHING
    for arg in s.graph.args(node):
        block = s.plan.home(node, arg)
        row, *column = s.places(block)
        _fill(
            s,
            block,
            name,
            (row, *(c.shifted(behind) for c in column or [Place()])),
            s.read(arg, block).text,
        )
        behind = behind.plus(s.plan.shape(arg)[1] if column else known(1))
    s.vectors[node] = name


def _outer(s: BlockScheduler, node: int) -> None:
    u, v = s.graph.args(node)
    row, column = s.places(s.plan.blocks[node])
    product = left_associative(" * ", PRODUCT)
    s.pieces[node] = infix(product, s.element(u, (row,)), s.element(v, (column,)))


def _half_lower(s: BlockScheduler, node: int) -> None:
    arg = s.graph.args(node)[0]
    block = s.plan.blocks[node]
    element = s.read(arg, block)
    i, j = (place.text(s.dialect.size) for place in s.places(block))
    full, half = element.at(CHOICE).text, element.at(PRODUCT).text
    zero, two = s.dialect.real("0"), s.dialect.real("2")
    text = f"({i} < {j} ? {zero} : {i} > {j} ? {s.dialect.real(full)} : {half} / {two})"
    s.pieces[node] = Piece(text, ATOM, element.brackets + 2, element.height + 2)


def _shifted(s: BlockScheduler, node: int, places: Places) -> Places:
    return (places[0].shifted(s.graph.attrs(node)[0]),)


def _in_column(s: BlockScheduler, node: int, places: Places) -> Places:
    return places[0], first(s.graph.attrs(node))


def _in_row(s: BlockScheduler, node: int, places: Places) -> Places:
    return first(s.graph.attrs(node)), places[0]


def _at_entry(s: BlockScheduler, node: int, places: Places) -> Places:
    row, column = s.graph.attrs(node)
    return first(row), first(column)


def _in_cell(s: BlockScheduler, node: int, places: Places) -> Places:
    _, index, like = s.graph.args(node)
    return places[0], s.accessor.index_place(index, places, s.plan.shape(like)[1])


def _at_element(s: BlockScheduler, node: int, places: Places) -> Places:
    return (first(s.graph.attrs(node)),)


def _on_diagonal(s: BlockScheduler, node: int, places: Places) -> Places:
    return places[0], places[0]


WAYS: Mapping[str, Way] = {
    "stack": _stack,
    "concat": _concat,
    "bind_cols": _bind_cols,
    "concat_cols": _concat_cols,
    "scatter": _assembled(_at_element),
    "pad": _assembled(_shifted),
    "put_col": _assembled(_in_column),
    "put_row": _assembled(_in_row),
    "put_entry": _assembled(_at_entry),
    "diag_matrix": _assembled(_on_diagonal),
    "scatter_cells": _assembled(_in_cell),
    "scatter_add": _added,
    "scatter_rows": _added,
    "row_sums": _partial,
    "col_sums": _partial,
    "outer": _outer,
    "half_lower": _half_lower,
}
