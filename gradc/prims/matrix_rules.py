"""Tangents and cotangents of matrix primitives.

Source: Giles (2008), Collected matrix derivative results for forward and reverse mode
algorithmic differentiation; for ``chol`` Murray (2016), Differentiation of the Cholesky
decomposition. A cotangent may be a scalar that recycles.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradc.ir.types import known

_Args = Sequence[int]
Rules = tuple[Any, Any]
"""``jvp`` and ``transpose``."""


def linear(name: str, back: Any) -> Rules:
    """``jvp`` and ``transpose`` of what is linear in its first argument, the rest being fixed."""

    def jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
        if dots[0] is None:
            return None
        return b.apply(name, [b.broadcast(dots[0], args[0]), *args[1:]], attrs)

    def transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
        return back(b, args, attrs, b.broadcast(bar, node)) if k == 0 else None

    return jvp, transpose


def _product_rules(name: str, left: Any, right: Any) -> Rules:
    """``jvp`` and ``transpose`` of a product; ``left(b, bar, y)`` is what its factors get."""

    def jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
        total = None
        for k, dot in enumerate(dots):
            if dot is not None:
                factors = [*args]
                factors[k] = b.broadcast(dot, args[k])
                part = b.apply(name, factors)
                total = part if total is None else b.add(total, part)
        return total

    def transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
        bar = b.broadcast(bar, node)
        return left(b, bar, args[1]) if k == 0 else right(b, bar, args[0])

    return jvp, transpose


def transposed(b: Any, node: int) -> int:
    return b.apply("t", [node])  # type: ignore[no-any-return]


MATMUL = _product_rules(
    "matmul",
    lambda b, bar, y: b.apply("matmul", [bar, transposed(b, y)]),
    lambda b, bar, x: b.apply("matmul", [transposed(b, x), bar]),
)
MATVEC = _product_rules(
    "matvec",
    lambda b, bar, v: b.apply("outer", [bar, v]),
    lambda b, bar, a: b.apply("matvec", [transposed(b, a), bar]),
)
OUTER = _product_rules(
    "outer",
    lambda b, bar, v: b.apply("matvec", [bar, v]),
    lambda b, bar, u: b.apply("matvec", [transposed(b, bar), u]),
)


def _solve_rules(name: str, product: str, outer: Any) -> Rules:
    """Of ``X = solve(A, B)``: ``X_dot = solve(A, B_dot - A_dot X)``."""

    def jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
        if all(dot is None for dot in dots):
            return None
        right = None if dots[1] is None else b.broadcast(dots[1], args[1])
        if dots[0] is not None:
            part = b.apply(product, [b.broadcast(dots[0], args[0]), node])
            right = b.neg(part) if right is None else b.sub(right, part)
        return b.apply(name, [args[0], right])

    def transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
        right = b.apply(name, [transposed(b, args[0]), b.broadcast(bar, node)])
        return right if k == 1 else b.neg(outer(b, right, node))

    return jvp, transpose


SOLVE = _solve_rules("solve", "matmul", lambda b, u, x: b.apply("matmul", [u, transposed(b, x)]))
SOLVEVEC = _solve_rules("solvevec", "matvec", lambda b, u, x: b.apply("outer", [u, x]))


def inverse_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    part = b.apply("matmul", [b.broadcast(dots[0], args[0]), node])
    return b.neg(b.apply("matmul", [node, part]))


def inverse_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    across = transposed(b, node)
    part = b.apply("matmul", [b.broadcast(bar, node), across])
    return b.neg(b.apply("matmul", [across, part]))


def logdet_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    inverse = b.apply("inverse", [args[0]])
    return b.sum(b.mul(transposed(b, inverse), b.broadcast(dots[0], args[0])))


def logdet_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    return b.mul(bar, transposed(b, b.apply("inverse", [args[0]])))


def det_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    return b.mul(node, logdet_jvp(b, node, args, attrs, dots))


def det_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    return logdet_transpose(b, node, args, attrs, b.mul(bar, node), k)


def chol_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    """With L = t(out): L_dot = L half_lower(L^-1 A_dot L^-T), and the result is its transpose.

    Only the upper triangle of A is read, so that of A_dot counts for both.
    """
    lower = transposed(b, node)
    below = b.apply("half_lower", [transposed(b, b.broadcast(dots[0], args[0]))])
    inner = b.apply("solve", [lower, b.add(below, transposed(b, below))])
    inner = b.apply("solve", [lower, transposed(b, inner)])
    return transposed(b, b.apply("matmul", [lower, b.apply("half_lower", [transposed(b, inner)])]))


def chol_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    """With L = t(out): S = L^-T half_lower(L' L_bar) L^-1; the upper triangle gets S + S'.

    The lower one is never read, and of the diagonal S + S' counts half.
    """
    bar = b.broadcast(bar, node)
    # out' is L, so L' L_bar is out t(bar).
    inner = b.apply("half_lower", [b.apply("matmul", [node, transposed(b, bar)])])
    part = b.apply("solve", [node, transposed(b, b.apply("solve", [node, transposed(b, inner)]))])
    return transposed(b, b.apply("half_lower", [b.add(part, transposed(b, part))]))


def half_lower_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    return b.apply("half_lower", [b.broadcast(bar, node)])


def bind_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    if all(dot is None for dot in dots):
        return None
    zero = b.const(0.0)
    parts = [
        b.broadcast(zero if dot is None else dot, arg) for dot, arg in zip(dots, args, strict=True)
    ]
    return b.apply("bind_cols", parts)


def bind_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    column = b.apply("get_col", [b.broadcast(bar, node)], k + 1)
    return column if b.graph.types[args[k]].shape else b.sum(column)


def concat_cols_jvp(b: Any, node: int, args: _Args, attrs: Any, dots: Sequence[Any]) -> Any:
    if all(dot is None for dot in dots):
        return None
    zero = b.const(0.0)
    parts = [
        b.broadcast(zero if dot is None else dot, arg) for dot, arg in zip(dots, args, strict=True)
    ]
    return b.apply("concat_cols", parts)


def concat_cols_transpose(b: Any, node: int, args: _Args, attrs: Any, bar: int, k: int) -> Any:
    """The columns of the cotangent that stand where those of an argument stand."""
    types, bar = b.graph.types, b.broadcast(bar, node)
    before = known(0)
    for arg in args[:k]:
        before = before.plus(types[arg].shape[1] if types[arg].rank == 2 else known(1))
    before = before.substitute(b.graph.bindings)
    is_matrix = types[args[k]].rank == 2
    if not is_matrix and before.is_known:
        return b.apply("get_col", [bar], before.constant + 1)
    places = b.const(1.0)
    if is_matrix:
        places = b.apply("seq_along", [b.apply("get_row", [args[k]], 1)], 0)
    if before.is_known:
        places = b.add(places, b.const(float(before.constant)))
    else:
        for arg in args[:k]:
            places = b.add(places, b.extent(arg, 1) if types[arg].rank == 2 else b.const(1.0))
    if is_matrix:
        return transposed(b, b.apply("gather_rows", [transposed(b, bar), places]))
    return b.apply("as_vector", [b.apply("gather_rows", [transposed(b, bar), b.stack([places])])])


def nothing(*arguments: Any) -> None:
    """The derivative of what does not depend on values."""
