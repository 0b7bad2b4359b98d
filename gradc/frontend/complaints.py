"""What is said of values that arithmetic cannot take, and of lengths that are not known."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.frontend.values import (
    ABSENT,
    NA,
    Evaluated,
    Flat,
    NeedsKnown,
    Outcome,
    Refusal,
    Stretch,
    Unresolved,
    Value,
    describe,
)
from gradc.ir import Size
from gradc.syntax.rope import Text

LENGTH = "length of "
"""How the size of a parameter is called whose length is open."""


def not_a_number(value: Value, argument: int | None = None) -> Refusal:
    """The complaint about a value that arithmetic cannot take."""
    while isinstance(value, Evaluated):
        value = value.value
    if isinstance(value, Unresolved):
        return Refusal(value.code, value.message, value.suggestion, argument, value.span)
    if value is ABSENT:
        return Refusal("G103", "an argument is empty here", None, argument)
    if isinstance(value, Outcome):
        return Refusal("G104", f"{value.reason} is needed here", None, argument)
    if isinstance(value, Flat):
        return of_unknown_length(argument)
    if isinstance(value, Stretch):
        message = "a range that ends with the counter of a loop is for a loop to go through"
        return Refusal("G104", message, "cumsum(x)[i] is the sum of x[1:i]", argument)
    if value is NA:
        message = "NA enters the arithmetic: everything computed from it is missing too"
    elif isinstance(value, Text):
        is_short = value.length < 40
        message = f"text is no number: {value.flat()!r}" if is_short else "text is no number"
    else:
        message = f"{describe(value)} is no number"
    return Refusal("G202", message, None, argument)


def of_unknown_length(argument: int | None) -> Refusal:
    """The complaint about the numbers of a matrix where a vector is needed."""
    return Refusal(
        "G104",
        "how many numbers this matrix has is known only when the data arrive",
        "use the matrix itself, without c() or as.vector()",
        argument,
    )


def unknown_length(
    names: Sequence[str] | None, size: Size | None, argument: int | None = None
) -> Refusal:
    """The complaint about data whose length is asked for before they are there.

    ``names`` are the data, where the script gives all of them; ``size`` is the length.
    """
    refusal = Refusal(
        "G104",
        "the length of this vector is known only when the data arrive",
        "use a function of the whole vector, such as sum()",
        argument,
    )
    if names:
        return NeedsKnown(refusal, set(), set(names))
    text = "" if size is None else str(size)
    if not text.startswith(LENGTH):
        return refusal
    name = text.removeprefix(LENGTH)
    return Refusal(
        "G104",
        f"how many elements '{name}' has is not known",
        f'--at with a JSON file such as {{"{name}": [1, 2]}} tells it',
        argument,
    )
