"""What names stand for where they are no plain variables: opened inputs, names of modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.frontend.actions import Action
from gradc.frontend.python.modules import CONSTANTS, FLAGS
from gradc.frontend.python.names import PLAIN, constant
from gradc.frontend.python.objects import walked
from gradc.frontend.scope import (
    Scope,
)
from gradc.frontend.symbols import numbers_of
from gradc.frontend.values import (
    Items,
    Mapped,
    Outcome,
    Promise,
    Refusal,
    Value,
    describe,
)
from gradc.syntax.rope import computed

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


def opened(m: Machine, name: str, value: Value, scope: Scope) -> Value:
    """The input that a global variable is in quoted text, where it is a known number."""
    owner = scope.environment.owner(name)
    if owner is not m.globals and owner not in m.enclosing:
        return value
    if isinstance(value, Promise):
        value = value.value if value.value is not None else value
    place = ("variable", id(owner)) if m.symbols.scalars else None
    if m.symbols.actual(name, place) in m.symbols.fixed:
        return value
    if isinstance(value, Outcome):
        note_drawn(m, name, value)
        return m.symbols.make(name, m.graph, place=place)
    if isinstance(value, Items):
        return opened_list(m, value, name)
    number = numbers_of(m.context, value)
    if number is None:
        return value
    if owner is m.globals:
        m.opened[name] = value
    return m.symbols.make(name, m.graph, number, place=place)


def note_drawn(m: Machine, name: str, value: Outcome) -> None:
    """An input that the script leaves to chance, or to the result of a run."""
    m.left_open.setdefault(name, value)


def opened_list(m: Machine, items: Items, owner: str | None = None) -> Value:
    """A list of numbers, or a data frame: each named column is an input of its own."""
    if items.names is None:
        return items
    columns: list[Value] = []
    place = ("column", m.identity(items)) if m.symbols.scalars else None
    for name, value in zip(items.names, items.values, strict=True):
        if name and isinstance(value, Outcome):
            note_drawn(m, name, value)
            columns.append(m.symbols.make(name, m.graph, is_column=True, place=place, owner=owner))
            continue
        number = numbers_of(m.context, value) if name else None
        if number is None or m.symbols.actual(name, place, owner) in m.symbols.fixed:
            columns.append(value)
        else:
            made = m.symbols.make(name, m.graph, number, is_column=True, place=place, owner=owner)
            columns.append(made)
    return Items(tuple(columns), items.names, items.is_frame)


def found(m: Machine, name: str, scope: Scope) -> Value | None:
    """What a variable stands for here, the owner of an attribute; None where there is none."""
    value = scope.environment.find(name)
    return opened(m, name, value, scope) if scope.opens and value is not None else value


def of_module(m: Machine, name: str, scope: Scope) -> Value | None:
    """A name of Python that is no variable: a constant of a module, an attribute."""
    origin = scope.code.origin(name)
    number = constant(origin)
    if number is not None:
        return m.builder.const(number)
    if origin in CONSTANTS:
        return computed(CONSTANTS[origin], None)
    if origin in ("sympy.I", "sympy.zoo"):
        raise Refusal("G104", f"'{name}' is imaginary in SymPy, and there are no complex numbers")
    if origin.startswith("sympy.abc."):
        symbol = origin.rpartition(".")[2]
        m.root.variables[symbol] = m.symbols.make(symbol, m.graph, is_column=True)
        return m.root.variables[symbol]
    first, dot, rest = name.partition(".")
    value = found(m, first, scope) if dot else None
    if value is not None:
        return attribute_of(m, value, rest)
    if origin == "complex":
        return Action("complex")
    if origin.startswith("re.") and origin[3:] in FLAGS:
        return m.context.integer(FLAGS[origin[3:]])
    imported = not dot and (name in scope.tree.imports or "::" in origin)
    if dot or imported or origin in PLAIN:
        action = m.library.find(name, scope.code)
        if action is not None or "::" in origin:
            return action
    if imported:
        raise Refusal("G104", f"'{origin}' reaches outside of the model")
    return None


def attribute_of(m: Machine, value: Value, path: str) -> Value:
    """The attribute of a variable: ``x.shape``, ``result.x``."""
    from gradc.frontend.python.arrays import attribute

    for name in path.split("."):
        value = attribute(m, value, name)
    return value


def spread(m: Machine, value: Value, by_name: bool) -> list[tuple[str | None, Value]]:
    """The arguments that ``*values`` and ``**values`` of a call of Python stand for."""
    if by_name:
        if not isinstance(value, Mapped):
            raise Refusal("G202", f"'**' takes a dict, and not {describe(value)}")
        return [
            (m.context.flat(key, "the name of an argument"), item)
            for key, item in value.entries.values()
        ]
    return [(None, item) for item in walked(m.context, value)]
