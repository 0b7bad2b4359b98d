"""Arrays of NumPy: how they are made, their attributes, and their methods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Native, Steps
from gradc.frontend.calls import call
from gradc.frontend.complaints import LENGTH
from gradc.frontend.context import Context, vector_of
from gradc.frontend.python.builtins import says_float
from gradc.frontend.python.objects import At, array_of, walked
from gradc.frontend.python.patterns import method as method_of_pattern
from gradc.frontend.reductions import inner_product
from gradc.frontend.sequences import python_range, sequence
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Bound,
    Closure,
    Elements,
    Known,
    Listing,
    Outcome,
    Refusal,
    Value,
    Whole,
    describe,
)
from gradc.frontend.vectors import bounded

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

Supplied = Sequence[tuple[str | None, Value]]

# ------------------------------------------------------------------------- making


def _count(context: Context, shape: Value) -> int:
    """How long an array of a shape is."""
    if isinstance(shape, (Listing, Elements)):
        parts = walked(context, shape, 0)
        if len(parts) != 1:
            raise Refusal("G201", "arrays of several dimensions are not available", None, 0)
        shape = parts[0]
    return bounded(context.whole(shape, "the length of an array", 0), 0)


def _filled(context: Context, count: int, value: Atom) -> Value:
    context.spend(count)
    return vector_of([value] * count)


def _made_of(number: float | None) -> tuple[Native, Native]:
    """``np.zeros(n)`` and ``np.zeros_like(x)``, or ones; what ``np.empty`` has is not known."""

    def atom(context: Context) -> Atom:
        return NA if number is None else context.builder.const(number)

    def of_shape(context: Context, shape: Value, dtype: Value) -> Value:
        _check_type(dtype)
        return _filled(context, _count(context, shape), atom(context))

    def alike(context: Context, a: Value, dtype: Value) -> Value:
        _check_type(dtype)
        if dtype is ABSENT and isinstance(array_of(context, a), Elements):
            items = context.atoms(array_of(context, a))
            if all(isinstance(item, Whole) for item in items):
                raise Refusal("G104", "an array of integers is not available here")
        return _filled(context, _length(context, a), atom(context))

    return of_shape, alike


def _length(context: Context, x: Value) -> int:
    x = array_of(context, x)
    count = context.length_of(x)
    if count is None:
        raise context.unknown_length(context.node(x), 0)
    return count


def _one(context: Context, value: Value, argument: int) -> int:
    """The node of a single number."""
    if context.length_of(value) != 1:
        raise Refusal("G201", "one number is needed here", None, argument)
    return context.node(value, argument)


def _check_type(dtype: Value) -> None:
    if dtype not in (ABSENT, NULL) and not says_float(dtype):
        raise Refusal("G104", "only arrays of floats are made here", "dtype=float")


def full(context: Context, shape: Value, fill_value: Value, dtype: Value) -> Value:
    """``np.full(n, value)``."""
    _check_type(dtype)
    if isinstance(fill_value, Whole) and dtype is ABSENT:
        return vector_of([fill_value] * _count(context, shape))
    return _filled(context, _count(context, shape), _one(context, fill_value, 1))


def full_like(context: Context, a: Value, fill_value: Value, dtype: Value) -> Value:
    """``np.full_like(x, value)``."""
    _check_type(dtype)
    return _filled(context, _length(context, a), _one(context, fill_value, 1))


def linspace(context: Context, start: Value, stop: Value, num: Value, endpoint: Value) -> Value:
    """``np.linspace(a, b, n)``."""
    count = 50 if num is ABSENT else context.whole(num, "the length of an array", 2)
    b = context.builder
    if endpoint is not ABSENT and not context.flag(endpoint, "'endpoint'"):
        first = _one(context, start, 0)
        step = b.div(b.sub(_one(context, stop, 1), first), b.const(float(count)))
        places = walked(context, python_range(context, b.const(float(count)), ABSENT, ABSENT))
        return vector_of([b.add(first, b.mul(context.node(k), step)) for k in places])
    length = b.const(float(bounded(count, 2)))
    first, last = _one(context, start, 0), _one(context, stop, 1)
    return sequence(context, first, last, ABSENT, length, ABSENT)


def arange(context: Context, start: Value, stop: Value, step: Value, dtype: Value) -> Value:
    """``np.arange(n)``: integers where all that is given is integers."""
    made = python_range(context, start, stop, step)
    if all(value is ABSENT or isinstance(value, Whole) for value in (start, stop, step)):
        return made
    atoms = context.atoms(made)
    return vector_of([int(atom) if isinstance(atom, Whole) else atom for atom in atoms])


def dot(context: Context, a: Value, b: Value) -> Value:
    """``a @ b`` of vectors, whose lengths must be known to be those of vectors."""
    for k, value in enumerate((a, b)):
        shape = context.graph.types[value].shape if value.__class__ is int else ()
        if shape and str(shape[0]).startswith(LENGTH):
            raise context.unknown_length(context.node(value), k)
    return inner_product(context, a, b)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    *(
        (f"{name}{tail}", formals, native)
        for name, number in (("zeros", 0.0), ("ones", 1.0), ("empty", None))
        for tail, formals, native in zip(
            ("", "_like"), ("shape dtype?", "a dtype?"), _made_of(number), strict=True
        )
    ),
    ("full", "shape fill_value dtype?", full),
    ("full_like", "a fill_value dtype?", full_like),
    *((name, "a b", dot) for name in ("%*%", "dot", "inner", "vdot")),
    ("linspace", "start stop num? endpoint?", linspace),
    ("arange", "start stop? step? dtype?", arange),
)


# ------------------------------------------------------------------------- attributes


def attribute(m: Machine, owner: Value, name: str) -> Value:
    """``owner.name`` where it is not called."""
    if isinstance(owner, Outcome):
        return owner
    is_array = isinstance(owner, Elements) or (
        isinstance(owner, int) and not isinstance(owner, bool)
    )
    known = _OF_ARRAYS.get(name)
    if is_array and known is not None:
        return known(m, owner)
    if isinstance(owner, Closure):
        if name in ("__name__", "__doc__"):
            raise Refusal("G104", f"the attribute '{name}' is not available")
        raise Refusal("G102", f"{describe(owner)} has no attribute '{name}' here")
    return Bound(owner, name)


def _size(m: Machine, owner: Value) -> Value:
    count = m.context.length_of(owner)
    if count is None:
        return m.builder.length(m.context.node(owner))
    return m.context.integer(count)


def _rank(m: Machine, owner: Value) -> int:
    return 1 if isinstance(owner, Elements) else len(m.graph.types[m.context.node(owner)].shape)


def _dimensions(m: Machine, owner: Value) -> Value:
    return m.context.integer(_rank(m, owner))


def _shape(m: Machine, owner: Value) -> Value:
    return Listing([_size(m, owner)] if _rank(m, owner) else [], is_tuple=True)


def _symbols(m: Machine, owner: Value) -> Value:
    """The inputs that an expression depends on, in the order in which they were made.

    SymPy gives a set, whose order nobody can rely on.
    """
    inputs = {item.node: item.name for item in m.symbols.inputs.values()}
    found: list[Value] = []
    seen = {m.context.node(owner)}
    pending = list(seen)
    while pending:
        top = pending.pop()
        if top in inputs:
            found.append(top)
        fresh = [arg for arg in m.graph.args(top) if arg not in seen]
        seen.update(fresh)
        pending += fresh
    places = {node: k for k, node in enumerate(inputs)}
    return Listing(sorted(found, key=lambda node: places[m.context.node(node)]))


def _name(m: Machine, owner: Value) -> Value:
    node = m.context.node(owner)
    if m.graph.prim(node) != "input":
        raise Refusal("G102", "only a symbol has a name")
    return m.context.made(str(m.graph.attrs(node)))


_OF_ARRAYS: dict[str, Callable[[Machine, Value], Value]] = {
    "shape": _shape,
    "size": _size,
    "ndim": _dimensions,
    "T": lambda m, owner: owner,
    "real": lambda m, owner: owner,
    "free_symbols": _symbols,
    "name": _name,
}


# ------------------------------------------------------------------------- methods

_REDUCING = ("sum", "mean", "min", "max", "prod", "cumsum", "dot", "var", "std", "round", "clip")
_SAME = ("copy", "flatten", "ravel", "squeeze")


def _as_float(context: Context, owner: Value) -> Value:
    atoms = context.atoms(owner) if isinstance(owner, Elements) else None
    if atoms is None:
        return context.builder.real(context.node(owner))
    return vector_of([context.builder.real(context.node(atom)) for atom in atoms])


def array_method(m: Machine, at: At, bound: Bound, supplied: Supplied) -> Steps | None:
    """``x.sum()``: the function of the same name, called on the array."""
    owner, name = bound.owner, bound.name
    if isinstance(owner, Known):
        action = method_of_pattern(m, owner, name)
        if action is None:
            raise Refusal("G102", f"{owner.what} has no method '{name}' here")
        return call(m, action, supplied, *at)
    is_array = isinstance(owner, Elements) or (
        isinstance(owner, int) and not isinstance(owner, bool)
    )
    if not is_array:
        return None
    if name in _SAME and not supplied:
        return _giving(Elements(owner.items) if isinstance(owner, Elements) else owner)
    if name == "tolist" and not supplied:
        return _giving(Listing(list(walked(m.context, owner))) if _rank(m, owner) else owner)
    if name == "astype" and len(supplied) == 1 and says_float(supplied[0][1]):
        return _giving(_as_float(m.context, owner))
    if name not in _REDUCING:
        return None
    target = m.library.find(f"numpy.{name}", at[1].code)
    return None if target is None else call(m, target, [(None, owner), *supplied], *at)


def _giving(value: Value) -> Steps:
    yield from ()
    return value
