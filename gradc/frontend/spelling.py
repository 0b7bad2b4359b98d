"""More functions of texts: characters as numbers, parts of texts set and found by patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.texts import each_text, like, text_atoms
from gradc.frontend.values import (
    ABSENT,
    NA,
    Atom,
    Elements,
    Items,
    Refusal,
    Special,
    Value,
    describe,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.text.patterns import BadPattern

_LARGEST = 2**31 - 1
_LAST_CHARACTER = 0x10FFFF


class Places(Elements):
    """What ``regexpr`` gives: where matches begin; how long they are is an attribute."""

    __slots__ = ("lengths",)

    def __init__(self, starts: Sequence[Atom], lengths: Sequence[Atom]) -> None:
        super().__init__(starts)
        self.lengths = tuple(lengths)

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Places) and self.lengths == other.lengths
        return same and super().__eq__(other) is True

    __hash__ = None


def _vector(atoms: Sequence[Atom]) -> Value:
    return vector_of(atoms) if atoms else Elements(())


# ------------------------------------------------------------------------- characters


def change_case(context: Context, x: Value, upper: Value) -> Value:
    """``casefold(x, upper)``."""
    from gradc.text import strings

    is_upper = upper is not ABSENT and context.flag(upper, "'upper'", 1)
    try:
        return each_text(context, x, strings.toupper if is_upper else strings.tolower)
    except ValueError as problem:
        raise Refusal("G104", str(problem), None, 0) from None


def distinct(context: Context, names: Value, separator: Value) -> Value:
    """``make.unique(names, sep)``."""
    from gradc.text import strings

    texts = text_atoms(context, names)
    given = names.items if isinstance(names, Elements) else (names,)
    if not all(isinstance(item, Text) for item in given):
        raise Refusal("G202", "make.unique() takes texts", None, 0)
    between = "." if separator is ABSENT else context.flat(separator, "'sep'", 1)
    flat = [context.written_out(text) for text in texts if isinstance(text, Text)]
    return _vector([context.made(name) for name in strings.make_unique(flat, between)])


_DIGITS: dict[int, str] = {0: r"0[xX][0-9a-fA-F]+|[0-9]+", 16: r"(?:0[xX])?[0-9a-fA-F]+"}


def read_integers(context: Context, x: Value, base: Value) -> Value:
    """``strtoi(x, base)``, as C reads an integer; without a base the text tells which it is."""
    radix = 0 if base is ABSENT else context.whole(_first(context, base, 1), "'base'", 1)
    if radix == 1 or not 0 <= radix <= 36:
        raise Refusal("G103", f"the base of strtoi() cannot be {radix}", None, 1)
    digits = re.compile(rf"[ \t\n\v\f\r]*([-+]?)({_DIGITS.get(radix, '[0-9a-zA-Z]+')})")
    read: list[Atom] = []
    for atom in text_atoms(context, x):
        flat = context.written_out(atom) if isinstance(atom, Text) else ""
        number = _integer(digits.fullmatch(flat), radix)
        read.append(NA if number is None else context.integer(number))
    return _vector(read)


def _integer(match: re.Match[str] | None, radix: int) -> int | None:
    """A number that was read; None where its digits do not fit, or R has no integer for it."""
    if match is None:
        return None
    sign, digits = match.groups()
    is_hexadecimal = radix in (0, 16) and digits[:2] in ("0x", "0X")
    if radix == 0:
        radix = 16 if is_hexadecimal else 8 if digits[0] == "0" else 10
    digits = digits[2:] if is_hexadecimal else digits
    if any(int(digit, 36) >= radix for digit in digits):
        return None
    number = int(digits, radix)
    return None if number > _LARGEST else -number if sign == "-" else number


def _first(context: Context, value: Value, argument: int) -> Atom:
    atoms = context.atoms(value, argument)
    if not atoms:
        raise Refusal("G103", "an argument has no elements", None, argument)
    return atoms[0]


def codes(context: Context, x: Value) -> Value:
    """``utf8ToInt(x)``: the code points of one text."""
    if x is NA:
        return NA
    return _vector([context.integer(ord(c)) for c in context.flat(x, "what is taken apart", 0)])


def from_codes(context: Context, x: Value, multiple: Value, pairs: Value) -> Value:
    """``intToUtf8(x, multiple)``: a text of code points."""
    if pairs is not ABSENT:
        raise Refusal("G104", "surrogate pairs are not available", None, 2)
    characters = [_character(context, atom) for atom in context.atoms(x, 0)]
    if multiple is not ABSENT and context.flag(multiple, "'multiple'", 1):
        return _vector([NA if c is None else context.made(c) for c in characters])
    known = [c for c in characters if c is not None]
    return NA if len(known) < len(characters) else context.made("".join(known))


def _character(context: Context, atom: Atom) -> str | None:
    if atom is NA:
        return None
    code = context.whole(atom, "the code of a character", 0)
    if code < 0:
        raise Refusal("G103", f"there is no character {code}", None, 0)
    if 0xD800 <= code <= 0xDFFF or code > _LAST_CHARACTER:
        return None
    return chr(code) if code else ""


# ------------------------------------------------------------------------- parts


def set_part(context: Context, x: Value, start: Value, stop: Value, value: Value) -> Value:
    """What ``x`` is after ``substr(x, start, stop) <- value``: no text gets longer or shorter."""
    _check_order(context, "substr", ("start", "stop"))
    return _set_part(context, x, start, stop, value)


def set_rest(context: Context, x: Value, first: Value, last: Value, value: Value) -> Value:
    """What ``x`` is after ``substring(x, first, last) <- value``."""
    _check_order(context, "substring", ("first", "last"))
    if value is ABSENT:
        last, value = context.builder.const(1e6), last
    return _set_part(context, x, first, last, value)


def _set_part(context: Context, x: Value, start: Value, stop: Value, value: Value) -> Value:
    atoms, given = context.atoms(x, 0), context.atoms(value)
    if not all(isinstance(atom, Text) or atom is NA for atom in (*atoms, *given)):
        raise Refusal("G202", "a part of a text can be set to a text only")
    starts, stops = context.atoms(start, 1), context.atoms(stop, 2)
    if not atoms:
        return x
    if not (starts and stops and given):
        raise Refusal("G103", "a part of a text is set to nothing")
    context.spend(len(atoms))
    changed: list[Atom] = []
    for k, atom in enumerate(atoms):
        new = given[k % len(given)]
        low = context.whole(starts[k % len(starts)], "where a part starts", 1)
        high = context.whole(stops[k % len(stops)], "where a part ends", 2)
        if not isinstance(atom, Text) or not isinstance(new, Text):
            changed.append(NA)
            continue
        old = context.written_out(atom)
        whole_text = _with_part(old, low, high, context.written_out(new))
        changed.append(atom if whole_text == old else context.made(whole_text))
    return like(x, changed)


def _with_part(old: str, low: int, high: int, new: str) -> str:
    low, high = max(low, 1) - 1, min(high, len(old))
    count = min(high - low, len(new))
    return old if count <= 0 else old[:low] + new[:count] + old[low + count :]


def _check_order(context: Context, name: str, formals: Sequence[str]) -> None:
    """Refuse ``substr(x, stop = 2, start = 1) <- …``: these arguments come by their places."""
    if context.at is None:
        return
    scope, node = context.at
    names = scope.tree.argnames(node)
    if scope.tree.head(node) != name or names is None:
        return
    for given, formal in zip(names[1:], formals, strict=False):
        if given not in (None, formal):
            raise Refusal("G104", f"the arguments of {name}() are not in their order here")


# ------------------------------------------------------------------------- matches


def _options(context: Context, ignore_case: Value, perl: Value, fixed: Value) -> dict[str, bool]:
    values = {"ignore_case": ignore_case, "perl": perl, "fixed": fixed}
    return {
        name: value is not ABSENT and context.flag(value, f"'{name.replace('_', '.')}'")
        for name, value in values.items()
    }


_Spans = Sequence[tuple[int, int]]


def _matching(name: str, finder: Callable[..., _Spans]) -> Callable[..., list[Places]]:
    """The matches in each text as ``finder`` finds them in one."""

    def call(context: Context, pattern: Value, x: Value, *options: Value) -> list[Places]:
        from gradc.text.patterns import BadPattern

        wanted = context.flat(pattern, "a pattern", 0)
        chosen = _options(context, *options[:3])
        if options[3] is not ABSENT:
            raise Refusal("G104", "places counted in bytes are not available")
        found: list[Places] = []
        for atom in text_atoms(context, x, 1):
            if not isinstance(atom, Text):
                found.append(Places([NA], [NA]))
                continue
            try:
                spans = finder(wanted, context.written_out(atom), **chosen)
            except BadPattern as problem:
                raise _unreadable(name, problem) from None
            context.spend(len(spans))
            pairs = [(context.integer(start), context.integer(count)) for start, count in spans]
            found.append(Places([pair[0] for pair in pairs], [pair[1] for pair in pairs]))
        return found

    return call


def _unreadable(name: str, problem: BadPattern) -> Refusal:
    return Refusal("G103", f"{name}: {problem}", None, 0)


def _find(pattern: str, text: str, **options: bool) -> _Spans:
    from gradc.text.patterns import find

    return [find(pattern, text, **options)]


def _find_all(pattern: str, text: str, **options: bool) -> _Spans:
    from gradc.text.patterns import find_all

    return find_all(pattern, text, **options)


_first_matches = _matching("regexpr", _find)
_all_matches = _matching("gregexpr", _find_all)


def first_match(context: Context, *arguments: Value) -> Value:
    """``regexpr(pattern, text)``."""
    found = _first_matches(context, *arguments)
    return Places([p.at(0) for p in found], [p.lengths[0] for p in found])


def all_matches(context: Context, *arguments: Value) -> Value:
    """``gregexpr(pattern, text)``: a list."""
    return Items(tuple(_all_matches(context, *arguments)))


def matched(context: Context, x: Value, m: Value, invert: Value) -> Value:
    """``regmatches(x, m)``: the texts that were matched; of ``gregexpr`` a list of them."""
    if invert is not ABSENT and context.flag(invert, "'invert'", 2):
        raise Refusal("G104", "what was not matched is not available", None, 2)
    texts = text_atoms(context, x)
    names = x.names if isinstance(x, Elements) else None
    rows = m.values if isinstance(m, Items) else (m,)
    if not all(isinstance(row, Places) for row in rows):
        raise Refusal(
            "G202", f"regmatches() takes what regexpr() gives, not {describe(m)}", None, 1
        )
    if len(texts) != (context.length_of(m) or 0):
        raise Refusal("G201", "regmatches() takes one place for each text", None, 1)
    if isinstance(m, Items):
        return Items(
            tuple(_pieces_of(context, t, r) for t, r in zip(texts, rows, strict=True)), names
        )
    kept: list[Atom] = []
    labels: list[str] = []
    for k, (text, start, count) in enumerate(_triples(texts, m)):
        piece = _piece(context, text, start, count)
        if piece is not None:
            kept.append(piece)
            labels += names[k : k + 1] if names else ()
    return vector_of(kept, tuple(labels) or None) if kept else Elements(())


def _triples(texts: Sequence[Text | Special], m: Value) -> list[tuple[Text | Special, Atom, Atom]]:
    if not isinstance(m, Places):
        return []
    return list(zip(texts, m.items, m.lengths, strict=True))


def _pieces_of(context: Context, text: Text | Special, row: Value) -> Value:
    count = len(row) if isinstance(row, Places) else 0
    pieces = [_piece(context, *triple) for triple in _triples([text] * count, row)]
    return _vector([piece for piece in pieces if piece is not None])


def _piece(context: Context, text: Text | Special, start: Atom, count: Atom) -> Text | None:
    if not isinstance(text, Text) or start is NA or count is NA:
        return None
    first, size = context.whole(start, "a place"), context.whole(count, "a length")
    if first < 1:
        return None
    return context.made(context.written_out(text)[first - 1 : first - 1 + size])


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("casefold", "x upper?", change_case),
    ("make.unique", "names sep?", distinct),
    ("strtoi", "x base?", read_integers),
    ("utf8ToInt", "x", codes),
    ("intToUtf8", "x multiple? allow_surrogate_pairs?", from_codes),
    ("substr<-", "x start stop value", set_part),
    ("substring<-", "text first last? value?", set_rest),
    ("regexpr", "pattern text ignore.case? perl? fixed? useBytes?", first_match),
    ("gregexpr", "pattern text ignore.case? perl? fixed? useBytes?", all_matches),
    ("regmatches", "x m invert?", matched),
)
