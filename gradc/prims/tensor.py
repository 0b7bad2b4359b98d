"""The table, part four: choice and the primitives that move between scalars and vectors.

Such a primitive is linear in its tangents or nearly so; it gives its ``jvp`` (the tangent of
its result) and its ``transpose`` (the cotangent of one argument) as functions that build
nodes through the builder ``b`` (see ``gradc.diff.build``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradc.ir import REAL, Graph, Type, known, make_type, vector
from gradc.prims import balls
from gradc.prims.schema import Prim, ShapeError, Undefined, broadcast, tensor


def _select_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    result = REAL
    for arg in args:
        result = broadcast(graph, result, graph.types[arg], "real")
    return result


def _reduce_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return REAL


def _index_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    type_ = graph.types[args[0]]
    if type_.rank != 1:
        raise ShapeError("only a vector can be indexed by one number")
    if attrs < 1 or (type_.length is not None and attrs > type_.length):
        raise ShapeError(f"index {attrs} is outside 1 to {type_.length}")
    return REAL


def _stack_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    for arg in args:
        if graph.types[arg].shape:
            raise ShapeError("only scalars can be put together into a vector of known length")
    return vector(known(len(args)))


def _like_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return make_type("real", graph.types[args[1]].shape)


def _select_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    yes, no = dots[1], dots[2]
    if yes is None and no is None:
        return None
    zero = b.const(0.0)
    return b.select(args[0], zero if yes is None else yes, zero if no is None else no)


def _select_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    zero = b.const(0.0)
    return b.select(args[0], bar, zero) if k == 1 else b.select(args[0], zero, bar)


def _sum_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.sum(b.broadcast(dots[0], args[0]))


def _sum_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return bar  # a scalar recycles against the summed vector


def _prod_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.sum(b.broadcast(b.mul(dots[0], b.apply("prod_others", [args[0]])), args[0]))


def _prod_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.mul(bar, b.apply("prod_others", [args[0]]))


def _extreme_share(b: Any, node: int, x: int) -> Any:
    """1 at the places of the extreme value, divided by their number where it is attained twice."""
    mask = b.apply("as_real", [b.apply("eq", [x, node])])
    return b.div(mask, b.sum(mask))


def _extreme_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.sum(b.broadcast(b.mul(dots[0], _extreme_share(b, node, args[0])), args[0]))


def _extreme_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.mul(bar, _extreme_share(b, node, args[0]))


def _index_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.index(b.broadcast(dots[0], args[0]), attrs)


def _index_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.scatter(bar, args[0], attrs)


def _stack_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    if all(dot is None for dot in dots):
        return None
    zero = b.const(0.0)
    return b.stack([zero if dot is None else dot for dot in dots])


def _stack_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.index(bar, k + 1) if b.graph.types[bar].shape else bar


def _like_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return None if dots[0] is None else b.broadcast(dots[0], args[1])


def _broadcast_transpose(
    b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int
) -> Any:
    return None if k == 1 else bar  # the builder undoes the broadcasting of a vector cotangent


def _scatter_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return None if dots[0] is None else b.scatter(dots[0], args[1], attrs)


def _scatter_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    if k == 1:
        return None
    return b.index(bar, attrs) if b.graph.types[bar].shape else bar


_SECOND = Undefined("the second derivative of a product over data is not available")

PRIMS: tuple[Prim, ...] = (
    tensor(
        "select",
        "condition yes no",
        "yes where the condition holds, no elsewhere; the other branch never leaks",
        _select_shape,
        _select_jvp,
        _select_transpose,
        {"r": "select", "numpy": "np.where", "tf": "tf.where"},
        elementwise=True,
        kinks=True,
        ball=balls.choose,
    ),
    tensor(
        "sum",
        "x",
        "sum of a vector",
        _reduce_shape,
        _sum_jvp,
        _sum_transpose,
        {"r": "sum", "numpy": "np.sum", "tf": "tf.reduce_sum"},
    ),
    tensor(
        "prod",
        "x",
        "product of a vector",
        _reduce_shape,
        _prod_jvp,
        _prod_transpose,
        {"r": "prod", "numpy": "np.prod", "tf": "tf.reduce_prod"},
    ),
    tensor(
        "prod_others",
        "x",
        "for each element the product of all others",
        lambda graph, args, attrs: graph.types[args[0]],
        None,
        None,
        {"r": "prod_others", "numpy": "_prod_others", "tf": "_prod_others"},
        d={"x": _SECOND},
    ),
    tensor(
        "min",
        "x",
        "smallest element",
        _reduce_shape,
        _extreme_jvp,
        _extreme_transpose,
        {"r": "min", "numpy": "np.min", "tf": "tf.reduce_min"},
        kinks=True,
    ),
    tensor(
        "max",
        "x",
        "largest element",
        _reduce_shape,
        _extreme_jvp,
        _extreme_transpose,
        {"r": "max", "numpy": "np.max", "tf": "tf.reduce_max"},
        kinks=True,
    ),
    tensor(
        "length",
        "x",
        "number of elements",
        _reduce_shape,
        lambda *arguments: None,
        lambda *arguments: None,
        {"r": "length", "numpy": "np.size", "tf": "tf.cast(tf.size({x}), dtype)"},
    ),
    tensor(
        "index",
        "x",
        "the element with the number in attrs, from 1",
        _index_shape,
        _index_jvp,
        _index_transpose,
        {"r": "{x}[[{k}]]", "numpy": "{x}[{k0}]", "tf": "{x}[{k0}]"},
    ),
    tensor(
        "stack",
        "x",
        "a vector of the given scalars",
        _stack_shape,
        _stack_jvp,
        _stack_transpose,
        {"r": "c({*})", "numpy": "np.array([{*}], dtype)", "tf": "tf.stack([{*}])"},
        variadic=True,
    ),
    tensor(
        "broadcast",
        "x like",
        "x recycled to the shape of like",
        _like_shape,
        _like_jvp,
        _broadcast_transpose,
        {
            "r": "rep_len({x}, length({like}))",
            "numpy": "np.full_like({like}, {x})",
            "tf": "tf.broadcast_to({x}, tf.shape({like}))",
        },
    ),
    tensor(
        "scatter",
        "x like",
        "zeros in the shape of like, but x at the place in attrs",
        _like_shape,
        _scatter_jvp,
        _scatter_transpose,
        {
            "r": "replace(numeric(length({like})), {k}, {x})",
            "numpy": "_scatter({x}, {like}, {k0})",
            "tf": "tf.scatter_nd([[{k0}]], [{x}], tf.shape({like}))",
        },
    ),
)
