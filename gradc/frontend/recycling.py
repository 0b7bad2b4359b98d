"""Functions of single numbers on vectors, element by element, with R's recycling and no other."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend.columns import has_column, with_column
from gradc.frontend.context import Context, OneNode, vector_of
from gradc.frontend.flat import has_flat, with_flat
from gradc.frontend.lifting import lifted
from gradc.frontend.values import NA, Atom, Elements, Evaluated, Outcome, Value, Whole
from gradc.prims import ShapeError
from gradc.syntax.rope import Text


def elementwise(context: Context, one: OneNode, values: Sequence[Value]) -> Value:
    """A function of single numbers applied to vectors, element by element."""
    if has_flat(values):
        return with_flat(context, values, one)  # type: ignore[arg-type]
    if has_column(values):
        return with_column(context.graph, values, lambda given: elementwise(context, one, given))
    if all(isinstance(value, int) for value in values):
        if one in context.on_wholes and all(isinstance(v, (Whole, bool)) for v in values):
            return _of_wholes(context, one, values)  # type: ignore[arg-type]
        return one(*(context.node(value) for value in values))
    if any(v.__class__ is int and context.graph.types[v].rank == 2 for v in values):
        return lifted(context, one, values)  # type: ignore[return-value]
    if context.is_python:
        if one in context.on_objects:
            found = context.on_objects[one](values)
            if found is not None:
                return found
        values = context.arrays(values)
    if any(isinstance(value, (Evaluated, Outcome)) for value in values):
        values = [v.value if isinstance(v, Evaluated) else v for v in values]
        outcome = next((v for v in values if isinstance(v, Outcome)), None)
        return elementwise(context, one, values) if outcome is None else outcome
    if one in context.on_texts and any(_is_text(value) for value in values):
        return _compare_texts(context, one, values)
    lengths = [_operand_length(context, value, k) for k, value in enumerate(values)]
    if None in lengths:
        return one(*(context.node(value, k) for k, value in enumerate(values)))
    return _one_by_one(context, one, values, [length or 0 for length in lengths])


def _compare_texts(context: Context, one: OneNode, values: Sequence[Value]) -> Value:
    """``==`` and ``!=`` of texts, which are known."""
    left, right = (context.atoms(value, k) for k, value in enumerate(values))
    count = max(len(left), len(right))
    if not left or not right:
        return Elements(())
    verdicts: list[Atom] = []
    for k in range(count):
        a, b = left[k % len(left)], right[k % len(right)]
        if NA in (a, b):
            verdicts.append(NA)
            continue
        if (
            isinstance(a, Text)
            and isinstance(b, Text)
            and context.characters(a) != context.characters(b)
        ):
            verdicts.append(context.on_texts[one]("", " "))  # as any two that differ
            continue
        verdicts.append(context.on_texts[one](context.as_characters(a), context.as_characters(b)))
    shaped = [v for v in values if isinstance(v, Elements) and len(v) == count]
    dim = next((v.dim for v in shaped if v.dim), None)
    return vector_of(verdicts, next((v.names for v in shaped if v.names), None), dim)


def _operand_length(context: Context, value: Value, argument: int) -> int | None:
    if isinstance(value, (Elements, int)) or value is NA:
        return context.length_of(value)
    raise context.not_a_number(value, argument)


def _one_by_one(
    context: Context, one: OneNode, values: Sequence[Value], lengths: list[int]
) -> Value:
    if 0 in lengths:
        return Elements(())
    count = max(lengths)
    for length in lengths:
        if length not in (1, count):
            raise ShapeError(_differ(count, length))
    dims = [v.dim for v in values if isinstance(v, Elements) and v.dim is not None]
    sizes = {dim.size for dim in dims}
    if len(sizes) > 1:
        raise ShapeError(f"matrices of {' and '.join(map(str, sorted(sizes)))} do not fit")
    context.spend(count)
    columns = [
        context.atoms(value, k) * (count if length == 1 else 1)
        for k, (value, length) in enumerate(zip(values, lengths, strict=True))
    ]
    shaped = (v for v in values if isinstance(v, Elements) and len(v) == count)
    names = next((v.names for v in shaped if v.names), None)
    dim = dims[0] if dims else None
    wholes = one in context.on_wholes
    rows = [_single(context, one, row, wholes) for row in zip(*columns, strict=True)]
    if count == 1 and isinstance(rows[0], int) and context.number(rows[0]) is None:
        names = None  # What only the inputs tell is a single number to a model.
    return vector_of(rows, names, dim)


def _single(context: Context, one: OneNode, row: Sequence[Atom], wholes: bool = False) -> Atom:
    if NA in row:
        others = [item for item in row if item is not NA]
        for item in others:
            if context.number(item) is None:
                raise context.not_a_number(NA, list(row).index(NA))
        return NA
    if wholes and all(isinstance(item, (Whole, bool)) for item in row):
        return _of_wholes(context, one, row)  # type: ignore[arg-type, return-value]
    return one(*(context.node(item, k) for k, item in enumerate(row)))


def _of_wholes(context: Context, one: OneNode, values: Sequence[int]) -> Value:
    """A function of integers; those of Python have any number of digits."""
    exact = context.exact.get(one)
    if exact is None:
        return context.whole_number(one(*(context.node(value) for value in values)))
    numbers = [v if isinstance(v, bool) else context.constants.value(v) for v in values]
    if None not in numbers:
        found = exact(*(n if isinstance(n, bool) else int(n or 0) for n in numbers))
        if found is not None:
            return found if isinstance(found, bool) else context.integer(found)
    return one(*(context.node(value) for value in values))


def _is_text(value: Value) -> bool:
    if isinstance(value, Elements):
        return any(isinstance(item, Text) for item in value.items)
    return isinstance(value, Text)


def _differ(first: int, second: int) -> str:
    return f"lengths {first} and {second} differ"
