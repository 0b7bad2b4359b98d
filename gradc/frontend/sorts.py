"""Of which sort a value is: what R's ``typeof`` says, as far as it is known at compile time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.frontend import language
from gradc.frontend.actions import Action
from gradc.frontend.context import Context
from gradc.frontend.scope import CALL, CONST, FUNCTION, MISSING, NAME, NUM, STR
from gradc.frontend.values import (
    NA,
    NULL,
    Atom,
    Bound,
    Closure,
    Elements,
    Evaluated,
    Quoted,
    Refusal,
    Sink,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text

ATOMIC = ("logical", "integer", "double", "character")
"""The sorts of vectors; R brings mixed elements to the last of theirs."""

_FUNCTIONS = (Closure, Action, Bound)
_WORDS: Mapping[str, str] = {
    "TRUE": "logical",
    "FALSE": "logical",
    "NA": "logical",
    "NULL": "NULL",
    "Inf": "double",
    "NaN": "double",
    "NA_real_": "double",
    "NA_integer_": "integer",
    "NA_character_": "character",
}
_OF_NODES: Mapping[int, str] = {
    STR: "character",
    NAME: "symbol",
    MISSING: "symbol",
    CALL: "language",
    FUNCTION: "language",
}


def type_of(context: Context, value: Value) -> str | None:
    """What ``typeof`` says of a value; None of a vector that does not tell."""
    if isinstance(value, Elements):
        return _type_of_elements(context, value.items)
    if isinstance(value, Quoted):
        return _type_of_code(value)
    if isinstance(value, _FUNCTIONS):
        return "closure" if isinstance(value, Closure) else "function"
    if isinstance(value, Evaluated):
        return type_of(context, value.value)
    if isinstance(value, Sink) and value.callee == "D":
        return type_of(context, language.expression_of(context, value) or value.target)
    if isinstance(value, (int, Text)) or value is NA:
        return _type_of_elements(context, (value,))
    if value is NULL:
        return "NULL"
    found = _OF_OBJECTS.get(type(value).__name__)
    if found is None:
        raise Refusal("G104", f"the sort of {describe(value)} is not known here", None, 0)
    return found


_OF_OBJECTS: Mapping[str, str] = {
    "Items": "list",
    "Expressions": "expression",
    "Formula": "language",
}


def _type_of_elements(context: Context, atoms: Sequence[Atom]) -> str | None:
    """The sort that R brings all elements to: the one that can say most."""
    context.spend(len(atoms) // 10)
    found: set[str] = set()
    for atom in atoms:
        if isinstance(atom, Text):
            return "character"
        if atom is NA:
            continue
        if context.is_logical(atom):
            found.add("logical")
        else:
            found.add("integer" if isinstance(atom, Whole) else "double")
    return next((sort for sort in reversed(ATOMIC) if sort in found), None)


def _type_of_code(code: Quoted) -> str:
    kind, tree = code.scope.kinds[code.node], code.scope.tree
    if kind == NUM:
        return "integer" if tree.is_int(code.node) else "double"
    if kind == CONST:
        return _WORDS.get(tree.name(code.node), "logical")
    return _OF_NODES[kind]


def known_type(context: Context, value: Value) -> str:
    """The sort of a value that tells it."""
    found = type_of(context, value)
    if found is None:
        what = "NA" if context.length_of(value) else "a vector without elements"
        raise Refusal("G104", f"the sort of {what} is not known here", None, 0)
    return found
