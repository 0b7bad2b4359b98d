"""Questions about values: of which sort they are, of which class, whether a condition holds.

The answers are known when the model is compiled: an input of a model is a number, whatever its
value is. Only of a vector without elements, and of NA alone, the sort is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from gradc.frontend import language, passing
from gradc.frontend.actions import Form, Native, Steps
from gradc.frontend.attached import attached
from gradc.frontend.context import Context, vector_of
from gradc.frontend.sameness import all_names, identical
from gradc.frontend.scope import NAME, Scope
from gradc.frontend.sorts import ATOMIC, known_type, type_of
from gradc.frontend.spelling import Places
from gradc.frontend.texts import CODE_LIMIT
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Dots,
    Elements,
    Formula,
    Items,
    Outcome,
    Refusal,
    Value,
)

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_NUMBERS = ("integer", "double")


# ------------------------------------------------------------------------- sorts


def typeof(context: Context, x: Value) -> Value:
    """``typeof(x)``; of R's own functions it would say how R is built."""
    found = known_type(context, x)
    if found == "function":
        raise Refusal("G104", "how a function of R is built is not known", None, 0)
    return context.made(found)


def storage_mode(context: Context, x: Value) -> Value:
    """``storage.mode(x)``."""
    found = known_type(context, x)
    return context.made("function" if found == "closure" else found)


def mode(context: Context, x: Value) -> Value:
    """``mode(x)``."""
    found = known_type(context, x)
    if found == "language":
        code = language.expression_of(context, x)
        is_group = code is not None and code.scope.tree.head(code.node) == "("
        return context.made("(" if is_group else "call")
    return context.made(_MODES.get(found, found))


_MODES: Mapping[str, str] = {
    "integer": "numeric",
    "double": "numeric",
    "symbol": "name",
    "closure": "function",
}


# ------------------------------------------------------------------------- classes


def classes_of(context: Context, x: Value) -> list[str]:
    """What ``class`` says of a value."""
    if isinstance(x, Items) and x.is_frame:
        return ["data.frame"]
    if isinstance(x, Elements) and x.dim is not None:
        return ["matrix", "array"]
    if isinstance(x, Formula):
        return ["formula"]
    found = known_type(context, x)
    if found == "language":
        code = language.expression_of(context, x)
        head = None if code is None else code.scope.tree.head(code.node)
        return [head if head in _CLASSES_OF_CALLS else "call"]
    return [_CLASSES.get(found, found)]


_CLASSES: Mapping[str, str] = {"double": "numeric", "symbol": "name", "closure": "function"}
_CLASSES_OF_CALLS = frozenset(("if", "for", "while", "<-", "=", "(", "{"))


def class_(context: Context, x: Value) -> Value:
    """``class(x)``."""
    return language.texts(context, classes_of(context, x))


def inherits(context: Context, x: Value, what: Value, which: Value) -> Value:
    """``inherits(x, what)``."""
    if which is not ABSENT and context.flag(which, "'which'"):
        raise Refusal("G104", "'which' of inherits() is not available", None, 2)
    wanted = [context.flat(atom, "a class", 1) for atom in context.atoms(what, 1)]
    return not set(wanted).isdisjoint(classes_of(context, x))


# ------------------------------------------------------------------------- questions


def _is(*sorts: str) -> Native:
    """A question for one of several sorts."""

    def call(context: Context, x: Value) -> Value:
        return known_type(context, x) in sorts

    return call


def is_vector(context: Context, x: Value, mode: Value) -> Value:
    """``is.vector(x, mode)``: with no attributes but names."""
    wanted = "any" if mode is ABSENT else context.flat(mode, "the mode of a vector", 1)
    if wanted not in _VECTOR_MODES:
        raise Refusal("G104", f"is.vector() for the mode '{wanted}' is not available", None, 1)
    if isinstance(x, Places) or (isinstance(x, Elements) and x.dim is not None):
        return False
    if isinstance(x, Items) and x.is_frame:
        return False
    # A vector of any mode is one, also where its sort is not known.
    found = type_of(context, x) or (ATOMIC[0] if wanted == "any" else known_type(context, x))
    return found in _VECTOR_MODES[wanted]


_VECTOR_MODES: Mapping[str, Collection[str]] = {
    "any": (*ATOMIC, "list", "expression"),
    "list": ("list",),
    "expression": ("expression",),
    "numeric": _NUMBERS,
    "character": ("character",),
    "logical": ("logical",),
    "integer": ("integer",),
    "double": ("double",),
}


def is_atomic(context: Context, x: Value) -> Value:
    """``is.atomic(x)``; of NULL it holds too."""
    return type_of(context, x) in (None, "NULL", *ATOMIC)


def is_matrix(context: Context, x: Value) -> Value:
    """``is.matrix(x)``."""
    if isinstance(x, int) and not isinstance(x, bool):
        return context.graph.types[x].rank == 2
    return isinstance(x, Elements) and x.dim is not None


def is_frame(context: Context, x: Value) -> Value:
    """``is.data.frame(x)``."""
    return isinstance(x, Items) and x.is_frame


def _is_only(wanted: bool) -> Native:
    """``isTRUE`` and ``isFALSE``: one element, and it is known to be this one."""

    def call(context: Context, x: Value) -> Value:
        if type_of(context, x) != "logical":
            return False
        count = context.length_of(x)
        if count is None:
            raise context.unknown_length(context.node(x), 0)
        if count != 1:
            return False
        number = context.known(x, "whether a condition holds", 0)
        return number == float(wanted)

    return call


def attribute(context: Context, x: Value, which: Value, exact: Value) -> Value:
    """``attr(x, which)`` of names, dimensions, and of how long matches are."""
    name = context.flat(which, "the name of an attribute", 1)
    if name == "match.length" and isinstance(x, Places):
        return vector_of(x.lengths) if x.lengths else Elements(())
    derivative = attached(context, x, name)
    if derivative is not None:
        return derivative
    if isinstance(x, (Elements, Items)) and name == "names":
        return NULL if x.names is None else language.texts(context, x.names)
    return passing.reading("attr")(context, Dots(((None, x),)))


# ------------------------------------------------------------------------- forms


def stop_if_not(m: Machine, node: int, scope: Scope) -> Steps:
    """``stopifnot(…)``: what is known to be wrong ends the model, as R would end.

    Conditions on inputs hold for the data that a model is for, and are passed over.
    """
    arguments, names = labelled_arguments(scope, node, "stopifnot")
    for k, (argument, name) in enumerate(zip(arguments, names, strict=True)):
        if name in ("exprs", "exprObject", "local"):
            raise Refusal("G104", f"'{name}' of stopifnot() is not available", None, k)
        value = yield argument, scope
        m.context.at = scope, node
        holds = _all_hold(m.context, value)
        if holds is None:
            m.context.ignore("stopifnot")
        elif not holds:
            words = name or _complaint(m.context, scope, argument, value)
            raise Refusal("G104", f"the model stops here: {words}", None, k)
    return NULL


def _all_hold(context: Context, value: Value) -> bool | None:
    """Whether all conditions are met; None where only the inputs can tell."""
    if isinstance(value, Outcome):
        return None
    count = context.length_of(value)
    if count == 0 and isinstance(value, Elements):
        raise Refusal("G104", "the sort of a vector without elements is not known here")
    if type_of(context, value) != "logical":
        return False
    if count is None:
        return None
    verdicts = [_verdict(context, atom) for atom in context.atoms(value)]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _verdict(context: Context, atom: Atom) -> bool | None:
    number = 0.0 if atom is NA else context.number(atom)
    return None if number is None else number == 1.0


def _complaint(context: Context, scope: Scope, argument: int, value: Value) -> str:
    """R's words for a condition that is not met."""
    from gradc.text.deparse import TooLong, deparse

    try:
        lines = deparse(scope.tree, argument, 60, longest=CODE_LIMIT)
    except TooLong:
        lines = ["this condition"]
    code = lines[0] if len(lines) == 1 else f"{lines[0]} ...."
    return f"{code} {'is not TRUE' if context.length_of(value) == 1 else 'are not all TRUE'}"


def labelled_arguments(
    scope: Scope, node: int, name: str
) -> tuple[list[int], Sequence[str | None]]:
    """The arguments of a form with their names; none of them may be ``...``."""
    arguments = scope.args(node)
    for k, argument in enumerate(arguments):
        if scope.kinds[argument] == NAME and scope.name_of(argument) == "...":
            raise Refusal("G104", f"'...' cannot be passed on to {name}()", None, k)
    names = scope.tree.argnames(node) or (None,) * len(arguments)
    return arguments, names


def _refusing(message: str) -> Form:
    """A function of R about the call itself, which code that is written out has no more."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        yield from ()
        raise Refusal("G104", message)

    return form


FORMS: tuple[tuple[str, Form], ...] = (
    ("stopifnot", stop_if_not),
    *(
        (name, _refusing(f"'{name}' reads how the function was called, which is not available"))
        for name in ("match.call", "sys.call", "sys.function")
    ),
)

NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("typeof", "x", typeof),
    ("mode", "x", mode),
    ("storage.mode", "x", storage_mode),
    ("class", "x", class_),
    ("inherits", "x what which?", inherits),
    ("attr", "x which exact?", attribute),
    ("is.function", "x", _is("closure", "function")),
    ("is.character", "x", _is("character")),
    ("is.numeric", "x", _is(*_NUMBERS)),
    ("is.double", "x", _is("double")),
    ("is.integer", "x", _is("integer")),
    ("is.logical", "x", _is("logical")),
    ("is.language", "x", _is("symbol", "language", "expression")),
    ("is.vector", "x mode?", is_vector),
    ("is.atomic", "x", is_atomic),
    ("is.matrix", "x", is_matrix),
    ("is.data.frame", "x", is_frame),
    ("isTRUE", "x", _is_only(True)),
    ("isFALSE", "x", _is_only(False)),
    ("identical", "x y ...", identical),
    ("all.names", "expr functions? max.names? unique?", all_names),
)
