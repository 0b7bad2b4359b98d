"""The table, part five: primitives that take vectors apart and put them together.

As in :mod:`gradc.prims.tensor` each gives its ``jvp`` and its ``transpose``. A cotangent may be
a scalar that recycles; whoever needs all of its rows broadcasts it first. Places count from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradc.ir import REAL, Graph, Size, Type, known, make_type, vector
from gradc.prims.schema import Prim, ShapeError, tensor


def vector_size(graph: Graph, node: int, what: str) -> Size:
    """The length of a vector; ShapeError where the node is none."""
    type_ = graph.types[node]
    if type_.rank != 1:
        raise ShapeError(f"{what} must be a vector")
    return type_.shape[0].substitute(graph.bindings)


def _slice_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    size = vector_size(graph, args[0], "what is cut")
    rest = size.plus(attrs[0], -1).plus(attrs[1], -1)
    if rest.is_known and rest.constant < 0:
        raise ShapeError(f"a vector of {size} elements has no elements beyond its end")
    return vector(rest)


def _pad_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return vector(vector_size(graph, args[0], "what is padded").plus(attrs[0]).plus(attrs[1]))


def _gather_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    vector_size(graph, args[0], "what is indexed")
    if graph.types[args[1]].rank > 1:
        raise ShapeError("an index must be a number or a vector")
    return make_type("real", graph.types[args[1]].shape)


def _scatter_add_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return vector(vector_size(graph, args[2], "what is indexed"))


def _same_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return vector(vector_size(graph, args[0], "the argument"))


def _concat_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    total = known(0)
    for arg in args:
        shape = graph.types[arg].shape
        total = total.plus(vector_size(graph, arg, "a part") if shape else known(1))
    return vector(total)


def _scalar_shape(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    return REAL


# ---------------------------------------------------------------- tangents and cotangents


def _slice_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.apply("slice", [b.broadcast(dots[0], args[0])], attrs)


def _slice_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.apply("pad", [b.broadcast(bar, node)], attrs)


def _pad_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.apply("pad", [b.broadcast(dots[0], args[0])], attrs)


def _pad_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.apply("slice", [b.broadcast(bar, node)], attrs)


def _gather_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    if dots[0] is None:
        return None
    return b.apply("gather", [b.broadcast(dots[0], args[0]), args[1]])


def _gather_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    if k == 1:
        return None
    return b.apply("scatter_add", [b.broadcast(bar, node), args[1], args[0]])


def _scatter_add_jvp(
    b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]
) -> Any:
    if dots[0] is None:
        return None
    return b.apply("scatter_add", [b.broadcast(dots[0], args[0]), args[1], args[2]])


def _scatter_add_transpose(
    b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int
) -> Any:
    return b.apply("gather", [b.broadcast(bar, node), args[1]]) if k == 0 else None


def _cumsum_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.apply("cumsum", [b.broadcast(dots[0], args[0])])


def _cumsum_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    backwards = b.apply("rev", [b.broadcast(bar, node)])
    return b.apply("rev", [b.apply("cumsum", [backwards])])


def _rev_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    return b.apply("rev", [b.broadcast(dots[0], args[0])])


def _rev_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    return b.apply("rev", [b.broadcast(bar, node)])


def _concat_jvp(b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]) -> Any:
    if all(dot is None for dot in dots):
        return None
    zero = b.const(0.0)
    parts = [
        b.broadcast(zero if dot is None else dot, arg) for dot, arg in zip(dots, args, strict=True)
    ]
    return b.apply("concat", parts)


def _concat_transpose(b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int) -> Any:
    graph = b.graph
    if not graph.types[bar].shape:
        return bar if not graph.types[args[k]].shape else b.broadcast(bar, args[k])
    sizes = [b.size(arg) for arg in args]
    front, back = known(0), known(0)
    for size in sizes[:k]:
        front = front.plus(size)
    for size in sizes[k + 1 :]:
        back = back.plus(size)
    if not graph.types[args[k]].shape and front.is_known:
        return b.index(bar, front.constant + 1)
    part = b.apply("slice", [bar], (front, back))
    return part if graph.types[args[k]].shape else b.sum(part)


def _nothing(*arguments: Any) -> None:
    """The derivative of what does not depend on values."""


def _log_sum_exp_jvp(
    b: Any, node: int, args: Sequence[int], attrs: Any, dots: Sequence[Any]
) -> Any:
    share = b.apply("exp", [b.sub(args[0], node)])
    return b.sum(b.broadcast(b.mul(dots[0], share), args[0]))


def _log_sum_exp_transpose(
    b: Any, node: int, args: Sequence[int], attrs: Any, bar: int, k: int
) -> Any:
    return b.mul(bar, b.apply("exp", [b.sub(args[0], node)]))


PRIMS: tuple[Prim, ...] = (
    tensor(
        "slice",
        "x",
        "x without some elements at either end; attrs are how many",
        _slice_shape,
        _slice_jvp,
        _slice_transpose,
        {},
    ),
    tensor(
        "pad",
        "x",
        "x with zeros added at either end; attrs are how many",
        _pad_shape,
        _pad_jvp,
        _pad_transpose,
        {},
    ),
    tensor(
        "gather",
        "x i",
        "the elements of x at the places i",
        _gather_shape,
        _gather_jvp,
        _gather_transpose,
        {
            "r": "{x}[{i}]",
            "numpy": "{x}[_places({i}, len({x}))]",
            "tf": "tf.gather({x}, _places({i}))",
        },
    ),
    tensor(
        "scatter_add",
        "v i like",
        "zeros as many as like has, each v added at its place i",
        _scatter_add_shape,
        _scatter_add_jvp,
        _scatter_add_transpose,
        {
            "r": "scatter_add({v}, {i}, length({like}))",
            "numpy": "_scatter_add({v}, _places({i}, len({like})), len({like}))",
            "tf": "_scatter_add({v}, _places({i}), tf.size({like}))",
        },
    ),
    tensor(
        "cumsum",
        "x",
        "running sums",
        _same_shape,
        _cumsum_jvp,
        _cumsum_transpose,
        {"r": "cumsum", "numpy": "np.cumsum", "tf": "tf.cumsum"},
    ),
    tensor(
        "rev",
        "x",
        "the elements in reverse",
        _same_shape,
        _rev_jvp,
        _rev_transpose,
        {"r": "rev", "numpy": "{x}[::-1]", "tf": "tf.reverse({x}, [0])"},
    ),
    tensor(
        "concat",
        "x",
        "numbers and vectors put together",
        _concat_shape,
        _concat_jvp,
        _concat_transpose,
        {"r": "c({*})"},
        variadic=True,
    ),
    tensor(
        "seq_along",
        "like",
        "k + 1, k + 2, ..., as many as like has; attrs is k",
        _same_shape,
        _nothing,
        _nothing,
        {},
    ),
    tensor(
        "log_sum_exp",
        "x",
        "log(sum(exp(x))), which neither overflows nor underflows",
        _scalar_shape,
        _log_sum_exp_jvp,
        _log_sum_exp_transpose,
        {"r": "log_sum_exp", "numpy": "special.logsumexp", "tf": "tf.reduce_logsumexp"},
    ),
)
