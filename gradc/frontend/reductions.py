"""Functions of whole vectors: ``sum``, ``mean``, ``prod``, ``min``, ``max`` and their like.

Over single elements they are written out; over data they are one node.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    Atom,
    Dots,
    Elements,
    Evaluated,
    Refusal,
    Value,
    Whole,
)
from gradc.prims import ShapeError

_Two = Callable[[int, int], int]


def _over(context: Context, dots: Dots, whole: Callable[[int], int], two: _Two) -> int | None:
    """All arguments reduced to one node; None where they have no elements."""
    result: int | None = None
    for k, (_, value) in enumerate(dots.items):
        if isinstance(value, Evaluated):
            value = value.value
        if isinstance(value, Elements):
            context.spend(len(value.items))
            nodes = [context.node(item, k) for item in value.items]
            part = reduce(two, nodes) if nodes else None
        elif context.length_of(value) == 0:
            part = None
        else:
            part = whole(context.node(value, k))
        if part is not None:
            result = part if result is None else two(result, part)
    return result


def total(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``sum(…)``."""
    b = context.builder
    dots = _present(context, dots, na_rm)
    result = _over(context, dots, b.sum, b.add)
    return _as_given(context, dots, b.const(0.0) if result is None else b.real(result))


def _as_given(context: Context, dots: Dots, result: Value) -> Value:
    """The result as an R integer where all that it comes from is integers."""
    for _, value in dots.items:
        items = value.items if isinstance(value, Elements) else (value,)
        if not all(isinstance(item, (Whole, bool)) for item in items):
            return result
    return context.whole_number(result)


def product(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``prod(…)``."""
    b = context.builder
    dots = _present(context, dots, na_rm)
    result = _over(context, dots, lambda x: b.apply("prod", [x]), b.mul)
    return b.const(1.0) if result is None else b.real(result)


def _extreme(context: Context, dots: Dots, name: str) -> int:
    b = context.builder
    result = _over(context, dots, lambda x: b.apply(name, [x]), _of_two(context, name))
    if result is None:
        raise Refusal("G201", f"'{name}' of no elements has no value")
    return b.real(result)


def _of_two(context: Context, name: str) -> _Two:
    """The smaller or the larger of two; what is known to be NaN stays NaN, as in R."""

    def two(x: int, y: int) -> int:
        for node in (x, y):
            number = context.number(node)
            if number is not None and number != number:
                if context.is_python:  # max() and numpy.max() differ
                    raise Refusal("G104", "the smallest or largest of NaN is not available")
                return node
        return context.builder.apply(name + "2", (x, y))

    return two


def _present(context: Context, dots: Dots, na_rm: Value) -> Dots:
    """The arguments without what is known to be missing, where ``na.rm`` asks for that."""
    if na_rm is ABSENT or not context.flag(na_rm, "'na.rm'"):
        return dots
    return Dots(tuple((name, _without_missing(context, value)) for name, value in dots.items))


def _without_missing(context: Context, value: Value) -> Value:
    if isinstance(value, Evaluated):
        value = value.value
    if not isinstance(value, Elements) and context.length_of(value) != 1:
        return value
    kept: list[Atom] = []
    for atom in context.atoms(value):
        number = None if atom is NA else context.number(atom)
        if atom is not NA and (number is None or number == number):
            kept.append(atom)
    return Elements(kept)


def smallest(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``min(…)``."""
    dots = _present(context, dots, na_rm)
    return _as_given(context, dots, _extreme(context, dots, "min"))


def largest(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``max(…)``."""
    dots = _present(context, dots, na_rm)
    return _as_given(context, dots, _extreme(context, dots, "max"))


def extent(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``range(…)``: smallest and largest."""
    dots = _present(context, dots, na_rm)
    ends = [_extreme(context, dots, "min"), _extreme(context, dots, "max")]
    return vector_of([_as_given(context, dots, end) for end in ends])  # type: ignore[misc]


def mean(context: Context, x: Value, na_rm: Value) -> Value:
    """``mean(x)``."""
    b = context.builder
    x = _present(context, Dots(((None, x),)), na_rm).items[0][1]
    count = context.length_of(x)
    if count == 0:
        raise Refusal("G201", "the mean of no elements has no value", None, 0)
    sum_ = context.node(total(context, Dots(((None, x),)), ABSENT))
    size = b.length(context.node(x)) if count is None else b.const(float(count))
    return b.div(sum_, size)


def _parallel(name: str) -> Native:
    def call(context: Context, dots: Dots, na_rm: Value) -> Value:
        values = [value for _, value in dots.items]
        if not values:
            raise Refusal("G103", f"'p{name}' needs at least one argument")

        if na_rm is not ABSENT and context.flag(na_rm, "'na.rm'"):
            raise Refusal("G104", f"'na.rm' of 'p{name}' is not available")
        two = _of_two(context, name)
        result = context.elementwise(context.builder.real, values[:1])
        for value in values[1:]:
            result = context.elementwise(two, [result, value])
        return result

    return call


def _running(name: str, step: Callable[[Context], _Two]) -> Native:
    def call(context: Context, x: Value) -> Value:
        two = step(context)
        items: list[Atom] = []
        for atom in context.atoms(x, 0):
            node = context.node(atom, 0)
            items.append(two(items[-1], node) if items else node)  # type: ignore[arg-type]
        context.spend(len(items))
        names = x.names if isinstance(x, Elements) else None
        if name == "cumsum":
            given = Dots(((None, x),))
            items = [_as_given(context, given, item) for item in items]  # type: ignore[misc]
        return vector_of(items, names)

    call.__name__ = name
    return call


def inner_product(context: Context, x: Value, y: Value) -> Value:
    """``x %*% y`` of two vectors of one length: the sum of products."""
    _single_row(x, 0, rows=True)
    _single_row(y, 1, rows=False)
    return _sum_of_products(context, x, y)


def _single_row(value: Value, argument: int, *, rows: bool) -> None:
    """Refuse what is more than one row (or column), so that no product is a matrix."""
    if not isinstance(value, Elements) or value.dim is None:
        return
    if (value.dim.rows if rows else value.dim.columns) != 1:
        raise Refusal("G104", "a product of matrices is not available", None, argument)


def _sum_of_products(context: Context, x: Value, y: Value) -> Value:
    lengths = context.length_of(x), context.length_of(y)
    if None not in lengths and lengths[0] != lengths[1]:
        raise ShapeError(f"lengths {lengths[0]} and {lengths[1]} differ")
    products = context.elementwise(context.builder.mul, [x, y])
    return total(context, Dots(((None, products),)), ABSENT)


def crossprod(context: Context, x: Value, y: Value) -> Value:
    """``crossprod(x, y)`` of vectors."""
    y = x if y is ABSENT else y
    _single_row(x, 0, rows=False)
    _single_row(y, 1, rows=False)
    return _sum_of_products(context, x, y)


def differences(context: Context, x: Value) -> Value:
    """``diff(x)``."""
    nodes = [context.node(atom, 0) for atom in context.atoms(x, 0)]
    b = context.builder
    pairs = zip(nodes[1:], nodes[:-1], strict=True)
    return vector_of([b.sub(later, earlier) for later, earlier in pairs])


def _every(context: Context, dots: Dots, two: Callable[[int, int], int], empty: bool) -> Value:
    """``all`` and ``any``."""
    b = context.builder
    result = b.truth(empty)
    for k, (_, value) in enumerate(dots.items):
        for atom in context.atoms(value, k):
            result = two(result, context.node(atom, k))
    return context.graph.value(result) != 0 if context.graph.is_const(result) else result


def every(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``all(…)``."""
    return _every(context, dots, context.builder.both, True)


def some(context: Context, dots: Dots, na_rm: Value) -> Value:
    """``any(…)``."""
    return _every(context, dots, context.builder.either, False)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("sum", "... na.rm?", total),
    ("prod", "... na.rm?", product),
    ("min", "... na.rm?", smallest),
    ("max", "... na.rm?", largest),
    ("range", "... na.rm?", extent),
    ("mean", "x na.rm?", mean),
    ("pmin", "... na.rm?", _parallel("min")),
    ("pmax", "... na.rm?", _parallel("max")),
    ("cumsum", "x", _running("cumsum", lambda context: context.builder.add)),
    ("cumprod", "x", _running("cumprod", lambda context: context.builder.mul)),
    ("%*%", "x y", inner_product),
    ("crossprod", "x y?", crossprod),
    ("diff", "x", differences),
    ("all", "... na.rm?", every),
    ("any", "... na.rm?", some),
)
