"""Functions that make text out of text and of known numbers, with R's semantics.

Pasting keeps its parts and copies nothing; functions that look at characters write them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradc.frontend import assembly, language
from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.lists import unlist
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Closure,
    Dots,
    Elements,
    Expressions,
    Items,
    Quoted,
    Refusal,
    Special,
    Value,
    Whole,
    describe,
)
from gradc.frontend.vectors import as_text
from gradc.syntax.rope import Text, paste
from gradc.syntax.tree import Kind

CODE_LIMIT = 2_000_000
"""The longest text that code is written out as."""

RAtom = float | int | bool | str | None


def as_texts(context: Context, x: Value, argument: int | None = None) -> list[Text]:
    """Each element of a vector, or part of a call, as ``as.character`` has it."""
    if isinstance(x, Items):
        return [_list_element(context, value) for value in x.values]
    if isinstance(x, Expressions):
        return [text for q in x.quoted for text in _joined(context, q)]
    expression = language.expression_of(context, x)
    if expression is not None:
        return _of_call(context, expression)
    found: list[Text] = []
    for atom in context.atoms(x, argument):
        text = as_text(context, atom)
        found.append(text if isinstance(text, Text) else context.made("NA"))
    return found


def _list_element(context: Context, value: Value) -> Text:
    if isinstance(value, Elements) and len(value) != 1:
        return paste(as_texts(context, deparse(context, value)), context.here())
    if value is NULL:
        return context.made("NULL")
    texts = as_texts(context, value)
    return texts[0] if len(texts) == 1 else paste(texts, context.here())


def _joined(context: Context, expression: Quoted) -> list[Text]:
    lines = as_texts(context, deparse(context, expression, context.builder.const(500.0)))
    return [paste(lines, context.here())]


def _of_call(context: Context, expression: Quoted) -> list[Text]:
    from gradc.text.deparse import as_character_call

    tree, node = expression.scope.tree, expression.node
    kind = tree.kinds[node]
    if kind == Kind.NAME:
        return [context.made(tree.name(node))]
    if kind in (Kind.CALL, Kind.FUNCTION):
        lines = written_code(context, as_character_call, tree, node)
        return [context.made(line) for line in lines]
    if kind == Kind.MISSING:
        return [context.made("")]
    return as_texts(context, language.part(context, tree, node, expression.scope))


def as_character(context: Context, x: Value, dots: Dots) -> Value:
    """``as.character(x)``."""
    if isinstance(x, Text):
        return x
    if isinstance(x, Elements):
        return vector_of([as_text(context, item) for item in x.items])
    texts = as_texts(context, x, 0)
    return vector_of(texts) if texts else Elements(())


# ------------------------------------------------------------------------- numbers as text


def r_atom(context: Context, atom: Atom, argument: int | None = None) -> RAtom:
    """An element as the formatting functions take it: R's integers are Python's."""
    if isinstance(atom, Text):
        return context.written_out(atom)
    if isinstance(atom, bool):
        return atom
    if not isinstance(atom, int):
        return None
    number = context.number(atom, argument)
    if number is None:
        context.as_characters(atom, argument)  # raises: a number that is not known
        return None
    if context.is_logical(atom):
        return bool(number)
    return int(number) if isinstance(atom, Whole) else number


# ------------------------------------------------------------------------- code as text


def written_code(context: Context, write: Callable[..., list[str]], *of: Any) -> list[str]:
    """Code as text, counted as work done: code that is shared may have no end as a text."""
    from gradc.text.deparse import TooLong

    try:
        lines = write(*of, longest=CODE_LIMIT)
    except TooLong:
        raise Refusal(
            "G105",
            f"this code has more than {CODE_LIMIT:,} characters as a text",
            "evaluate the code itself: what it shares is worked out once",
            0,
        ) from None
    except ValueError as problem:
        raise Refusal("G104", str(problem), None, 0) from None
    context.spend(sum(map(len, lines)) // 10)
    return lines


def option(context: Context, value: Value, what: str, default: int) -> int:
    """A whole number that may be left out."""
    return default if value in (ABSENT, NULL) else context.whole(value, f"'{what}'")


def deparse(context: Context, x: Value, cutoff: Value = ABSENT, *options: Value) -> Value:
    """``deparse(x)``: the lines that R prints for an expression, a function or a value."""
    from gradc.text.deparse import deparse as lines_of
    from gradc.text.deparse import deparse_function

    width = option(context, cutoff, "width.cutoff", 60)
    if isinstance(x, Closure):
        lines = written_code(context, deparse_function, x.scope.tree, x.node, width)
        return language.texts(context, lines)
    if isinstance(x, Text):
        from gradc.text.numbers import deparse_string

        return context.made(deparse_string(context.written_out(x)))
    if isinstance(x, Expressions):
        call = assembly.make_call(
            context, context.made("expression"), [(None, q) for q in x.quoted]
        )
        return deparse(context, call, cutoff)
    expression = language.expression_of(context, x)
    if expression is None:
        made = assembly.as_expression(context, x)
        expression = language.expression_of(context, made)
    if expression is None:
        raise Refusal("G104", f"deparse() of {describe(x)} is not available", None, 0)
    lines = written_code(context, lines_of, expression.scope.tree, expression.node, width)
    return language.texts(context, lines)


# ------------------------------------------------------------------------- characters


def like(x: Value, atoms: Sequence[Atom]) -> Value:
    """A vector with the names and the dimensions of another one, where these fit."""
    if not isinstance(x, Elements) or len(x) != len(atoms):
        return vector_of(atoms) if atoms else Elements(())
    return vector_of(atoms, x.names, x.dim)


def flattened(context: Context, x: Value) -> Value:
    """A list of single values as a vector; anything else unchanged."""
    return unlist(context, x, ABSENT, False) if isinstance(x, Items) else x


def text_atoms(context: Context, x: Value, argument: int = 0) -> list[Text | Special]:
    """The elements of a vector as texts; what is missing stays missing."""
    if isinstance(x, (Elements, int, bool, Text, Special)) and x is not NULL:
        atoms = [as_text(context, atom) for atom in context.atoms(x, argument)]
        return [atom for atom in atoms if isinstance(atom, (Text, Special))]
    return list(as_texts(context, x, argument))


def each_text(
    context: Context, x: Value, function: Callable[[str], str], argument: int = 0
) -> Value:
    """A function of single texts applied to a vector of them."""
    changed: list[Atom] = []
    for atom in text_atoms(context, x, argument):
        if not isinstance(atom, Text):
            changed.append(NA)
            continue
        flat = context.written_out(atom)
        done = function(flat)
        changed.append(atom if done == flat else context.made(done))
    return like(x, changed)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("as.character", "x ...", as_character),
    ("deparse", "expr width.cutoff? backtick? control? nlines?", deparse),
)
