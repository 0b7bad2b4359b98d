"""Lengths of declared inputs: each has its own, until the text says that two are the same."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from gradc.errors import Diagnostic
from gradc.frontend import counts
from gradc.frontend.unknown import closest
from gradc.ir import Graph, Shape, Size, Type, known, make_type, reachable, symbol
from gradc.prims import unify

if TYPE_CHECKING:
    from gradc.frontend.declarations import Declared
    from gradc.frontend.machine import Machine
    from gradc.frontend.symbols import Symbols

_STEMS = {1: ("n",), 2: ("rows", "cols")}
_AXES = {0: ("%s",), 1: ("length(%s)",), 2: ("nrow(%s)", "ncol(%s)")}


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a number, a list, a list of rows, or an array."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return shape
    if isinstance(value, (list, tuple, range)):
        inner = value[0] if len(value) else None
        return (len(value), len(inner)) if isinstance(inner, (list, tuple)) else (len(value),)
    return ()


def declared_shape(symbols: Symbols, declared: Declared, is_param: bool, graph: Graph) -> Shape:
    """The sizes of a declared input; those that nothing tells have a symbol each.

    Raises: ShapeError where a count contradicts a size that is known.
    """
    if not declared.rank:
        return ()
    name = declared.name
    shape: tuple[int, ...] | None = None
    if is_param:
        given = shape_of(symbols.at[name]) if name in symbols.at else None
        shape = declared.shape or (given if given and len(given) == declared.rank else None)
    elif name in symbols.lengths:
        shape = declared.shape
    sizes: list[Size] = []
    for axis in range(declared.rank):
        counted = counts.size_of(symbols, (name, axis))
        if counted is not None and shape is not None:
            unify(graph, counted, known(shape[axis]))
        if shape is not None:
            sizes.append(known(shape[axis]))
        else:
            sizes.append(counted or _symbol(symbols, name, axis, declared.rank))
    return tuple(sizes)


def _symbol(symbols: Symbols, name: str, axis: int, rank: int) -> Size:
    """A size by a name that no other size has."""
    stem = f"{_STEMS[rank][axis]}_{re.sub(r'[^A-Za-z0-9_]', '_', name)}"
    found, number = stem, 2
    while found in symbols.sizes:
        found, number = f"{stem}_{number}", number + 1
    symbols.sizes[found] = name, axis, rank
    return symbol(found)


def size_words(size: Size, symbols: Symbols) -> str | None:
    """A size as one would write it in R; None where it is that of undeclared data."""
    words: list[str] = []
    counted = {place[0]: name for (name, axis), place in symbols.tied.items() if axis < 0}
    for name, factor in size.terms:
        if name not in symbols.sizes and name not in counted:
            return None
        owner, axis, rank = symbols.sizes.get(name) or (counted[name], 0, 0)
        text = _AXES[rank][axis] % owner
        sign = ("-" if factor < 0 else "") if not words else (" - " if factor < 0 else " + ")
        words.append(sign + (text if abs(factor) == 1 else f"{abs(factor)}*{text}"))
    if size.constant or not words:
        sign = ("" if not words else " + ") if size.constant >= 0 else (" - " if words else "-")
        words.append(f"{sign}{abs(size.constant)}")
    return "".join(words)


def resolve(symbols: Symbols, graph: Graph) -> None:
    """Write into all types what the text says about sizes; one initial number fills a vector."""
    seen: dict[Type, Type] = {}
    for node, type_ in enumerate(graph.types):
        if type_ not in seen:
            shape = tuple(size.substitute(graph.bindings) for size in type_.shape)
            seen[type_] = make_type(type_.dtype, shape)
        graph.types[node] = seen[type_]
    for name, item in symbols.inputs.items():
        type_ = seen.get(item.type, item.type)
        default = item.default
        if type_.rank and isinstance(default, float):  # one number for all elements
            default = None if type_.count is None else (default,) * type_.count
        counted = counts.size_of(symbols, (name, counts.ITSELF))
        if counted is not None:
            counted = counted.substitute(graph.bindings)
        symbols.inputs[name] = dataclasses.replace(
            item, type=type_, default=default, counts=counted
        )


def declared_notes(machine: Machine, value: int) -> list[Diagnostic]:
    """What looks like a slip: names that nothing declares, parameters that nothing uses."""
    symbols = machine.symbols
    notes: list[Diagnostic] = []
    for name, item in symbols.inputs.items():
        if name not in symbols.declared:
            message = f"'{name}' is not declared, and is taken as data"
            place = machine.place_of(item.node)
            suggestion = closest(name, list(symbols.declared))
            notes.append(Diagnostic("G106", message, place, suggestion, severity="warning"))
    marks = reachable(machine.graph, [value])
    for name, declared in symbols.declared.items():
        if declared.is_param and not marks[symbols.inputs[name].node]:
            message = f"the value does not depend on '{name}'"
            notes.append(Diagnostic("G106", message, declared.place, severity="warning"))
    return notes
