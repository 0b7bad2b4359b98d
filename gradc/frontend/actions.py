"""What a function of the language is to the machine that calls it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gradc.frontend.context import OneNode
from gradc.frontend.values import Value

if TYPE_CHECKING:
    from gradc.frontend.scope import Activation, Scope

Steps: TypeAlias = "Generator[tuple[int, Scope], Value, Value]"
"""A computation that asks the machine for values of nodes and ends with its own value."""

Native = Callable[..., Value]
"""``native(context, value of each formal …)``; ABSENT for an argument that was not given."""

Callback = Callable[..., Steps]
"""``callback(machine, (name, scope, node), value of each formal …)``, for functions that call
functions."""

Form = Callable[..., Steps]
"""``form(machine, node, scope)``: decides itself which of its arguments to evaluate."""


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """A function of the language.

    It is one of these:

    * ``direct`` by number of arguments: a function of single numbers, applied element by element
    * ``native``: a function of values
    * ``callback``: a function that takes the function ``callee``
    * ``form``: control flow, assignment, quoting
    * ``prelude``: the text of a function in the language itself
    """

    name: str
    formals: tuple[str, ...] = ()
    direct: Mapping[int, OneNode] = field(default_factory=dict)
    native: Native | None = None
    callback: Callback | None = None
    callee: str | None = None
    form: Form | None = None
    prelude: str | None = None


DYNAMIC = Action("")
"""Stands for a name that variables may have taken over."""


class Unwinding(Exception):
    """Leaves what is being evaluated; some frame further out takes it."""


class Broken(Unwinding):
    """``break``."""


class Continued(Unwinding):
    """``next``."""


class Raised(Unwinding):
    """``raise`` of Python where only the inputs tell whether it is reached."""


class Returned(Unwinding):
    """``return(value)`` from one call of a function."""

    def __init__(self, activation: Activation, value: Value) -> None:
        super().__init__()
        self.activation = activation
        self.value = value
