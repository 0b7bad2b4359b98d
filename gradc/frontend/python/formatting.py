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
    r"%(?:\((?P<name>[^)]*)\))?"
    r"(?P<how>[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?)[hlL]?(?P<sort>[diouxXeEfFgGrsac%])"
)
_FIELD = re.compile(r"([^.\[]*)(.*)", re.DOTALL)
_STEP = re.compile(r"\[[^\]]*\]|[^\[]+")
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
        if context.is_logical(value) and number is not None:
            return context.made(str(bool(number)))
        if number is None:
            is_symbol = context.graph.prim(value) == "input"
            name = str(context.graph.attrs(value)) if is_symbol else ""
            if context.values.get(name) == value:
                return context.made(name)
            return language.text_of_value(context, value)
        return context.made(str(int(number)) if isinstance(value, Whole) else repr(number))
    if isinstance(value, (bool, Special)):
        return context.made(str(known(context, value)))
    if isinstance(value, (Listing, Mapped)):
        return _list_text(context, value)
    raise Refusal("G104", f"the text of {describe(value)} is not available")


class _End:
    """Where the text of a list ends, on the list of what is left to show."""

    def __init__(self, owner: Value) -> None:
        self.owner = owner


def _list_text(context: Context, value: Value) -> Text:
    """A list, a tuple, a set or a dict as Python shows it, with all that it holds."""
    parts: list[Text] = []
    inside: set[int] = set()
    pending: list[Value | str | _End] = [value]
    while pending:
        top = pending.pop()
        if isinstance(top, str):
            parts.append(context.made(top))
        elif isinstance(top, _End):
            inside.discard(id(top.owner))
        elif isinstance(top, (Listing, Mapped)):
            if id(top) in inside:
                raise Refusal("G104", "a list that contains itself has no text here")
            inside.add(id(top))
            context.spend(1)
            pending += [_End(top), *reversed(_list_pieces(top))]
        else:
            parts.append(repr_of(context, top))
    return paste(parts, context.here())


def _list_pieces(value: Listing | Mapped) -> list[Value | str]:
    """The brackets, commas and elements of a list."""
    if isinstance(value, Mapped):
        pairs: list[Value | str] = ["{"]
        for k, (key, item) in enumerate(value.entries.values()):
            pairs += [", ", key, ": ", item] if k else [key, ": ", item]
        return [*pairs, "}"]
    if value.is_set and len(value.items) != 1:
        if value.items:
            raise Refusal("G104", "a set has no order to be shown in", "sorted() gives it one")
        return ["set()"]
    opening, closing = "()" if value.is_tuple else "{}" if value.is_set else "[]"
    pieces: list[Value | str] = [opening]
    for k, item in enumerate(value.items):
        pieces += [", ", item] if k else [item]
    return [*pieces, ",)" if value.is_tuple and len(value.items) == 1 else closing]


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
    _check_widths(spec)
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
    fields = _Fields(context, supplied)
    parts: list[Text] = []
    for literal, field, spec, conversion in _fields(context.written_out(template)):
        parts.append(context.made(literal))
        if field is None:
            continue
        chosen = fields.value(field)
        flat = spec or ""
        if "{" in flat:
            flat = context.written_out(fields.spec(flat))
        parts.append(formatted(context, chosen, flat, conversion or ""))
    return paste(parts, context.here())


def _fields(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(_FORMATTER.parse(template))
    except ValueError as problem:
        raise Refusal("G103", f"this is no format: {problem}", None, 0) from None


class _Fields:
    """The values that a format names, counted where it gives no name."""

    def __init__(self, context: Context, supplied: Sequence[tuple[str | None, Value]]) -> None:
        self.context = context
        self.places = [value for name, value in supplied if name is None]
        self.named = {name: value for name, value in supplied if name is not None}
        self.following = 0
        self.counts: bool | None = None

    def value(self, field: str) -> Value:
        """The value of ``{}``, ``{0}``, ``{name}``, ``{name[key]}``."""
        first, rest = _FIELD.fullmatch(field).groups()  # type: ignore[union-attr]
        if not first or first.isdecimal():
            if self.counts is bool(first):
                raise Refusal("G103", "a format counts its values, or numbers them, and not both")
            self.counts = not first
        key = first or str(self.following)
        self.following += not first
        if key.isdecimal():
            place = int(key) if len(key) < 10 else len(self.places)
            chosen = self.places[place] if place < len(self.places) else None
        else:
            chosen = self.named.get(key)
        if chosen is None:
            raise Refusal("G103", f"the format names '{key}', and there is no such value")
        return self._part(chosen, rest)

    def _part(self, value: Value, path: str) -> Value:
        """What ``[key]`` behind a name takes out of its value."""
        from gradc.frontend.index import python_take

        for step in _STEP.findall(path):
            if not step.startswith("["):
                raise Refusal("G104", f"'{step}' in a format is not available")
            word = step[1:-1]
            if word.isdecimal() and len(word) < 10:
                index: Value = self.context.integer(int(word))
            else:
                index = self.context.made(word)
            value = python_take(self.context, value, Dots(((None, index),)))
        return value

    def spec(self, template: str) -> Text:
        """A format that has values in it."""
        parts: list[Text] = []
        for literal, field, spec, conversion in _fields(template):
            parts.append(self.context.made(literal))
            if field is not None:
                if spec and "{" in spec:
                    raise Refusal("G103", "formats are nested too deep")
                chosen = self.value(field)
                parts.append(formatted(self.context, chosen, spec or "", conversion or ""))
        return paste(parts, self.context.here())


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
        stars = match["how"].count("*")
        wanted = stars + (match["name"] is None)
        if taken + wanted > len(values):
            raise Refusal("G103", "there are not enough values for this format")
        widths = [context.whole(v, "a width") for v in values[taken : taken + stars]]
        taken += wanted
        chosen = values[taken - 1] if match["name"] is None else _by_name(value, match["name"])
        parts.append(_directive(context, chosen, _starless(match["how"], widths), match["sort"]))
    if "%" in flat[place:]:
        raise Refusal("G103", "a '%' in this format begins nothing; '%%' stands for one")
    leftover = taken < len(values) and not isinstance(value, (Mapped, Listing))
    if leftover or (is_tuple and taken < len(values)):
        raise Refusal("G103", "there are more values than the format takes")
    parts.append(context.made(flat[place:]))
    return paste(parts, context.here())


def _by_name(value: Value, name: str) -> Value:
    entry = value.entries.get(name) if isinstance(value, Mapped) else None
    if entry is None:
        raise Refusal("G103", f"there is no value named '{name}' for this format")
    return entry[1]


def _starless(how: str, widths: Sequence[int]) -> str:
    """A directive with the widths that stars stand for."""
    for width in widths:
        how = how.replace("*", str(width), 1)
    _check_widths(how)
    return how


_NUMBER = re.compile(r"\d+")
_DIGITS = 5
"""Of how many digits a width can be."""


def _check_widths(spec: str) -> None:
    if any(len(number) > _DIGITS for number in _NUMBER.findall(spec)):
        raise Refusal("G105", "this format is too wide")


def _directive(context: Context, value: Value, how: str, sort: str) -> Text:
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
