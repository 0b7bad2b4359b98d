"""Functions that only the texts of the prelude call."""

from __future__ import annotations

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.values import Atom, Elements, Refusal, Value


def known(context: Context, x: Value) -> Value:
    """Whether ``x`` is one number whose value is known at compile time."""
    if isinstance(x, bool):
        return True
    return isinstance(x, int) and context.constants.value(x) is not None


def refuse(context: Context, message: Value) -> Value:
    """End with a diagnostic at the call of the prelude's function."""
    raise Refusal("G103", context.flat(message, "a message"))


def rounded(context: Context, x: Value, digits: Value) -> Value:
    """Known numbers rounded to decimal places as R rounds them."""
    from gradc.text.rounding import r_round

    places = context.whole(digits, "'digits'", 1)
    done: list[Atom] = []
    for atom in context.atoms(x, 0):
        number = context.number(atom)
        if number is None:
            message = "round() to decimal places works on known numbers: it rounds in decimal"
            raise Refusal("G103", message)
        done.append(context.builder.const(r_round(number, places)))
    return vector_of(done, x.names if isinstance(x, Elements) else None)


PRELUDE_NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("rounded", "x digits", rounded),
    ("known", "x", known),
    ("refuse", "message", refuse),
)
