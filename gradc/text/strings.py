"""R's functions on texts that need no patterns of their own: ``chartr``, ``make.names`` and more.

A character about which the tables of R and of Python may differ is a :class:`ValueError`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_WHITESPACE: Final = "[ \t\r\n]"
_ENDS: Final = {"both": (True, True), "left": (True, False), "right": (False, True)}
_RESERVED: Final = frozenset(
    (
        *("if", "else", "repeat", "while", "function", "for", "in", "next", "break"),
        *("TRUE", "FALSE", "NULL", "Inf", "NaN"),
        *("NA", "NA_integer_", "NA_real_", "NA_character_", "NA_complex_"),
    )
)
# Letters up to here have the same class and case in the tables of R and of Python.
_LAST_LETTER: Final = 0x24F
_SURE_CATEGORIES: Final = frozenset({"So", "Sc", "Sm", "Sk", "Po", "Pd", "Pi", "Pf", "Ps", "Pe"})
_ODD_LOWER: Final = {"İ": "i"}


def is_sure(character: str) -> bool:
    """Whether R and Python agree on whether a character is a letter, a digit or a space."""
    code = ord(character)
    category = unicodedata.category(character)
    letter = category in ("Lu", "Ll") and code <= _LAST_LETTER
    return code < 0x80 or letter or category in _SURE_CATEGORIES


def toupper(text: str) -> str:
    """``toupper``: each character by itself, so that 'ß' stays what it is."""
    if text.isascii():
        return text.upper()
    return "".join(_one(character, character.upper()) for character in text)


def tolower(text: str) -> str:
    """``tolower``: each character by itself."""
    if text.isascii():
        return text.lower()
    return "".join(
        _one(character, _ODD_LOWER.get(character, character.lower())) for character in text
    )


def _one(character: str, changed: str) -> str:
    if changed != character and not is_sure(character):
        raise ValueError(f"the case of the character {character!r} is not supported")
    return changed if len(changed) == 1 else character


def trim(text: str, which: str = "both", whitespace: str = _WHITESPACE) -> str:
    """``trimws``: a text without what matches ``whitespace`` at its ends."""
    from gradc.text.patterns import substitute

    if which not in _ENDS:
        raise ValueError(f"'which' is one of {', '.join(_ENDS)}, not '{which}'")
    left, right = _ENDS[which]
    if whitespace == _WHITESPACE:
        text = text.lstrip(" \t\r\n") if left else text
        return text.rstrip(" \t\r\n") if right else text
    if left:
        text = substitute(f"^{whitespace}+", "", text, perl=True, first_only=True)
    if right:
        text = substitute(f"{whitespace}+$", "", text, perl=True, first_only=True)
    return text


def translate(old: str, new: str, text: str) -> str:
    """``chartr``: each character of ``old`` becomes the one at its place in ``new``."""
    before, after = _characters(old), _characters(new)
    if len(before) > len(after):
        raise ValueError("'old' is longer than 'new'")
    return text.translate({ord(one): other for one, other in zip(before, after, strict=False)})


def _characters(specification: str) -> list[str]:
    """The characters of a specification such as ``a-cx``; ``-`` at an end is itself."""
    found: list[str] = []
    place = 0
    while place < len(specification):
        first = specification[place]
        if specification[place + 1 : place + 2] != "-" or place + 2 >= len(specification):
            found.append(first)
            place += 1
            continue
        last = specification[place + 2]
        if first > last:
            raise ValueError(f"the range '{first}-{last}' is in the wrong order")
        found += map(chr, range(ord(first), ord(last) + 1))
        place += 3
    return found


def substring(text: str, first: int, last: int = 1_000_000) -> str:
    """``substring``: the characters from ``first`` to ``last``, counted from 1."""
    return text[max(first, 1) - 1 : max(last, 0)]


def starts_with(text: str, prefix: str) -> bool:
    """``startsWith``."""
    return text.startswith(prefix)


def ends_with(text: str, suffix: str) -> bool:
    """``endsWith``."""
    return text.endswith(suffix)


def str_repeat(text: str, times: int) -> str:
    """``strrep``."""
    if times < 0:
        raise ValueError(f"a text cannot be repeated {times} times")
    return text * times


def dquote(text: str) -> str:
    """``dQuote(text, q = FALSE)``."""
    return f'"{text}"'


def squote(text: str) -> str:
    """``sQuote(text, q = FALSE)``."""
    return f"'{text}'"


def make_names(text: str) -> str:
    """``make.names`` of one text: a name that needs no backticks."""
    strange = next((character for character in text if not is_sure(character)), None)
    if strange is not None:
        raise ValueError(f"the character {strange!r} in a name is not supported")
    first, second = text[:1], text[1:2]
    starts = first.isalpha() or (first == "." and not ("0" <= second <= "9"))
    kept = text if starts else "X" + text
    name = "".join(
        character if character.isalnum() or character in "._" else "." for character in kept
    )
    return name + "." if name in _RESERVED else name


def make_unique(names: Sequence[str], separator: str = ".") -> list[str]:
    """``make.unique``: a name that was there before gets the next number that is free."""
    taken = set(names)
    seen: set[str] = set()
    next_number: dict[str, int] = {}
    unique: list[str] = []
    for name in names:
        if name not in seen:
            seen.add(name)
            unique.append(name)
            continue
        number = next_number.get(name, 1)
        while f"{name}{separator}{number}" in taken:
            number += 1
        next_number[name] = number + 1
        changed = f"{name}{separator}{number}"
        taken.add(changed)
        unique.append(changed)
    return unique
