"""Partial sums: what bounds them decides how far a sum may be off in whatever order.

Each step of a sum rounds a partial sum, which is at most the sum of the sizes of all its terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import arb

from gradc.verify.cells import Ball, Cells, Grid, size
from gradc.verify.linear import to_grid, to_matrix
from gradc.verify.moves import SUMS

Masses = list[tuple[Ball, int]]
"""For each cell of a result the sizes of its terms together, and how many roundings there are."""

PRODUCTS = frozenset({"matmul", "matvec"})
"""Sums of products: each product is rounded too."""
SUMMING = frozenset({*SUMS, "cumsum", *PRODUCTS})


def masses(name: str, attrs: Any, args: Sequence[Cells]) -> Masses:
    """The masses of a primitive that adds up."""
    if name in PRODUCTS:
        return _of_products(args)
    if name == "cumsum":
        return _of_running_sums(args[0])
    places, count, _ = SUMS[name](attrs, args)
    totals, terms = [arb(0)] * count, [0] * count
    for k, cell in zip(places, args[0], strict=True):
        totals[k] = totals[k] + size(cell)
        terms[k] += 1
    return [(total, max(0, n - 1)) for total, n in zip(totals, terms, strict=True)]


def _of_running_sums(cells: Cells) -> Masses:
    total = arb(0)
    found: Masses = []
    for k, cell in enumerate(cells):
        total = total + size(cell)
        found.append((total, k))
    return found


def _of_products(args: Sequence[Cells]) -> Masses:
    """Every product is rounded, and so is each sum but the first: n roundings of every term."""
    left, right = (_sizes(arg) for arg in args)
    inner = len(args[0]) // args[0].nrow if isinstance(args[0], Grid) and args[0].nrow else 0
    return [(size(cell), inner) for cell in to_grid(to_matrix(left) * to_matrix(right))]


def _sizes(cells: Cells) -> Cells:
    sizes = [size(cell) for cell in cells]
    return Grid(sizes, cells.nrow) if isinstance(cells, Grid) else sizes
