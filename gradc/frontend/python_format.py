"""Values as Python writes them into text: ``str``, ``repr``, f-strings, ``format``, ``%``."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

from gradc.frontend import language
from gradc.frontend.actions import Native
from gradc.frontend.context import Context
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Dots,
    Elements,
    Listing,
    Mapped,
    Outcome,
    Refusal,
    Special,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text, paste

_DIRECTIVE = re.compile(
    r"%(?:\((?P<name>[^)]*)\))?(?P<how>[-+ #0]*(?:\d+|\*)?(?:\.\d+)?)(?P<sort>[diouxXeEfFgGrsa%])"
)
_FORMATTER = string.Formatter()


def known(context: Context, value: Value) -> int | float | bool | str | None:
    """A value as Python's own object, for formatting; a number must be known."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Text):
        return context.written_out(value)
    if value is NULL:
        return None
    if isinstance(value, int):
        number = context.known(value, "a number that is formatted")
        return int(number) if isinstance(value, Whole) else number
    raise Refusal("G104", f"{describe(value)} cannot be formatted")


def text_of(context: Context, value: Value) -> Text:
    """``str(value)``; of an expression a piece of text that stands for it."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Outcome):
        raise Refusal("G104", f"{value.reason} has no text before it runs")
    if isinstance(value, Elements) and len(value) == 1:
        value = value.at(0)
    if isinstance(value, int) and not isinstance(value, bool):
        number = context.number(value)
        if number is None:
            return language.text_of_value(context, value)
        return context.made(str(int(number)) if isinstance(value, Whole) else repr(number))
    if isinstance(value, (bool, Special)):
        return context.made(str(known(context, value)))
    if isinstance(value, Listing) and not value.is_set:
        return _list_text(context, value)
    raise Refusal("G104", f"the text of {describe(value)} is not available")


def _list_text(context: Context, value: Listing) -> Text:
    """A list or a tuple as Python shows it; lists inside are shown first."""
    opening, closing = "()" if value.is_tuple else "[]"
    parts = [context.made(opening)]
    for k, item in enumerate(value.items):
        if isinstance(item, (Listing, Mapped)):
            raise Refusal("G104", "the text of a list of lists is not available")
        if k:
            parts.append(context.made(", "))
        parts.append(repr_of(context, item))
    ending = "," if value.is_tuple and len(value.items) == 1 else ""
    return paste([*parts, context.made(ending + closing)], context.here())


def repr_of(context: Context, value: Value) -> Text:
    """``repr(value)``."""
    if isinstance(value, Text):
        return context.made(repr(context.written_out(value)))
    return text_of(context, value)


def formatted(context: Context, value: Value, spec: str, conversion: str = "") -> Text:
    """``format(value, spec)``."""
    if conversion in ("r", "a"):
        value = repr_of(context, value)
    elif conversion == "s":
        value = text_of(context, value)
    if not spec:
        return text_of(context, value)
    try:
        return context.made(format(known(context, value), spec))
    except (ValueError, TypeError) as problem:
        raise Refusal("G103", f"this format does not fit: {problem}") from None


def f_string(context: Context, dots: Dots) -> Value:
    """``f"…"``: its pieces one after the other."""
    return paste([text_of(context, value) for _, value in dots.items], context.here())


def f_value(context: Context, value: Value, conversion: Value, spec: Value) -> Value:
    """A value inside of an f-string."""
    return formatted(
        context, value, context.flat(spec, "a format"), context.flat(conversion, "a conversion")
    )


def format_method(
    context: Context, template: Text, supplied: Sequence[tuple[str | None, Value]]
) -> Text | Outcome:
    """``template.format(…)``."""
    outcome = next((value for _, value in supplied if isinstance(value, Outcome)), None)
    if outcome is not None:
        return outcome
    places = [value for name, value in supplied if name is None]
    named = {name: value for name, value in supplied if name is not None}
    parts: list[Text] = []
    following = 0
    try:
        pieces = list(_FORMATTER.parse(context.written_out(template)))
    except ValueError as problem:
        raise Refusal("G103", f"this is no format: {problem}", None, 0) from None
    for literal, field, spec, conversion in pieces:
        parts.append(context.made(literal))
        if field is None:
            continue
        key = field or str(following)
        following += not field
        chosen = places[int(key)] if key.isdecimal() and int(key) < len(places) else named.get(key)
        if chosen is None:
            raise Refusal("G103", f"the format names '{key}', and there is no such value")
        if spec and "{" in spec:
            raise Refusal("G104", "a format inside of a format is not available")
        parts.append(formatted(context, chosen, spec or "", conversion or ""))
    return paste(parts, context.here())


def percent(context: Context, template: Text, value: Value) -> Text | Outcome:
    """``template % value``."""
    is_tuple = isinstance(value, Listing) and value.is_tuple
    values = list(value.items) if isinstance(value, Listing) and is_tuple else [value]
    outcome = next((item for item in values if isinstance(item, Outcome)), None)
    if outcome is not None:
        return outcome
    flat = context.written_out(template)
    parts: list[Text] = []
    place = taken = 0
    for match in _DIRECTIVE.finditer(flat):
        parts.append(context.made(flat[place : match.start()]))
        place = match.end()
        if match["sort"] == "%":
            parts.append(context.made("%"))
            continue
        if match["name"] is not None:
            chosen = _by_name(value, match["name"])
        elif taken < len(values):
            chosen = values[taken]
            taken += 1
        else:
            raise Refusal("G103", "there are not enough values for this format")
        parts.append(_directive(context, chosen, match["how"], match["sort"]))
    if "%" in flat[place:]:
        raise Refusal("G103", "a '%' in this format begins nothing; '%%' stands for one")
    if is_tuple and taken < len(values):
        raise Refusal("G103", "there are more values than the format takes")
    parts.append(context.made(flat[place:]))
    return paste(parts, context.here())


def _by_name(value: Value, name: str) -> Value:
    entry = value.entries.get(name) if isinstance(value, Mapped) else None
    if entry is None:
        raise Refusal("G103", f"there is no value named '{name}' for this format")
    return entry[1]


def _directive(context: Context, value: Value, how: str, sort: str) -> Text:
    if "*" in how:
        raise Refusal("G104", "a width given by '*' is not available")
    if sort == "s" and not how:
        return text_of(context, value)
    if sort in "sra":
        shown = text_of(context, value) if sort == "s" else repr_of(context, value)
        return context.made(f"%{how}s" % context.written_out(shown))
    try:
        return context.made(f"%{how}{sort}" % known(context, value))
    except (TypeError, ValueError, OverflowError) as problem:
        raise Refusal("G103", f"this format does not fit: {problem}") from None


def _str(context: Context, value: Value) -> Value:
    return context.made("") if value is ABSENT else text_of(context, value)


def _format(context: Context, value: Value, spec: Value) -> Value:
    return formatted(context, value, "" if spec is ABSENT else context.flat(spec, "a format", 1))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ('f""', "...", f_string),
    ("f:", "value conversion spec", f_value),
    ("str", "object?", _str),
    ("repr", "object", repr_of),
    ("format", "value format_spec?", _format),
)
