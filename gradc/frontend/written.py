"""Texts written out, and elements as text: what functions that look at characters work on."""

from __future__ import annotations

from gradc.frontend.context import Context
from gradc.frontend.values import Atom, NeedsKnown, Refusal, Whole
from gradc.syntax.rope import Text, TooLong, has_values

FLAT_LIMIT = 5_000_000
"""The longest text that a function which looks at characters works on."""


def written_out(context: Context, text: Text) -> str:
    """The characters of a text, counted as work done."""
    if context.values and has_values(text):
        raise Refusal(
            "G104",
            "a number that only the inputs tell has no spelling to work on",
            "quote the expression that computes it",
        )
    try:
        flat = text.flat(FLAT_LIMIT)
    except TooLong as problem:
        raise Refusal(
            "G105",
            f"this works on the whole text, and it has {problem.text.length:,} characters",
            "paste the parts after changing them, and not before",
        ) from None
    context.spend(len(flat) // 100)
    return flat


def as_characters(context: Context, atom: Atom, argument: int | None = None) -> str:
    """An element as ``as.character`` writes it; a number must be known."""
    from gradc.text.numbers import as_character

    if isinstance(atom, Text):
        return context.written_out(atom)
    if isinstance(atom, bool):
        return as_character(atom)
    if not isinstance(atom, int):
        return "NA"
    number = context.number(atom, argument)
    if number is None:
        refusal = Refusal(
            "G104",
            "a number that depends on the inputs cannot be written into text",
            "quote the expression, and the text says how it is computed",
            argument,
        )
        names = context.defaults(atom)
        raise NeedsKnown(refusal, set(names), set()) if names else refusal
    if context.is_logical(atom):
        return as_character(bool(number))
    return as_character(int(number) if isinstance(atom, Whole) else number)
