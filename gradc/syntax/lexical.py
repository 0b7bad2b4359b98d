"""What is wrong with a piece of text that is no token of R."""

from __future__ import annotations

import unicodedata
from typing import Final

from gradc.errors import GradcError, Span, fail
from gradc.syntax.literals import BadLiteral, read_name, read_number, read_string

_LOOKALIKES: Final = {
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u00d7": "*", "\u00b7": "*", "\u22c5": "*",
    "\u00f7": "/", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=", "\u2190": "<-", "\u2192": "->",
    "\u00ac": "!", "\u2227": "&", "\u2228": "|", "\u2026": "...",
    "\uff08": "(", "\uff09": ")", "\uff0c": ",", "\uff1b": ";", "\uff1d": "=", "\uff0b": "+",
}  # fmt: skip
_SUPERSCRIPTS: Final = dict(
    zip("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789", strict=True)
)
_QUOTES: Final = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb\u00b4"


def lexical_error(span: Span) -> GradcError:
    """The error for a token that the lexer could make nothing of."""
    text = span.text
    source, start = span.source, span.start
    try:
        if text[0] == "`":
            if len(text) > 1 and text[-1] == "`":
                read_name(text)
            return fail("G100", "this backtick is never closed", Span(start, start + 1, source))
        if text[0] in "\"'" or text[:2] in ('r"', "r'", 'R"', "R'"):
            return _bad_string(span)
        if text[0].isdecimal() or text[0] == ".":
            read_number(text)
        elif text[0].isalpha():
            read_name(text)
    except BadLiteral as bad:
        place = Span(start + bad.start, start + bad.end, source)
        return fail(bad.code, bad.message, place, _replacement(place.text))
    if text[0] == "%":
        message = "this % begins an operator such as %in% and is never closed"
        return fail("G100", message, Span(start, start + 1, source), "for a remainder write %%")
    return _bad_character(Span(start, start + 1, source))


def _bad_string(span: Span) -> GradcError:
    text = span.text
    raw = text[0] in "rR"
    quote = text[1] if raw else text[0]
    if len(text) > 1 and text[-1] == quote:
        read_string(text)
    if raw:
        dashes = len(text) - 2 - len(text[2:].lstrip("-"))
        closing = {"(": ")", "[": "]", "{": "}"}[text[2 + dashes]]
        ending = closing + "-" * dashes + quote
        return fail(
            "G100",
            "this raw string is never closed",
            Span(span.start, span.start + dashes + 3, span.source),
            f"it ends with {ending}",
        )
    return fail(
        "G100", "this string is never closed", Span(span.start, span.start + 1, span.source)
    )


def _bad_character(span: Span) -> GradcError:
    character = span.text
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").lower()
    if character in _QUOTES:
        return fail("G100", f"{character} is no quotation mark in R", span, "write \" or '")
    if not character.isprintable():
        described = f" ({name})" if name else ""
        message = f"the character {code}{described} has no meaning in R"
        sort = unicodedata.category(character)
        hint = {"Zs": "write an ordinary blank", "Cf": "remove it"}.get(sort)
        return fail("G100", message, span, hint)
    message = f"the character '{character}' has no meaning in R"
    return fail("G100", message, span, _replacement(character))


def _replacement(text: str) -> str | None:
    if text in _LOOKALIKES:
        return f"write {_LOOKALIKES[text]}"
    if text in _SUPERSCRIPTS:
        return f"for a power write ^{_SUPERSCRIPTS[text]}"
    return None
