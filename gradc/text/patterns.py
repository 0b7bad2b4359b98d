"""What R's ``sub``, ``gsub``, ``grepl``, ``regexpr``, ``gregexpr`` and ``strsplit`` compute.

Each function takes one text. The three dialects are R's: ``fixed``, ``perl`` (PCRE), and the
default one. A pattern that is invalid in R, or that R may match otherwise than it is matched
here, is a :class:`BadPattern`, which says why in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from gradc.text.brackets import BadPattern
from gradc.text.extended_match import Clock, Span, compiled, extended_matcher
from gradc.text.perl_syntax import read_perl
from gradc.text.strings import tolower, toupper

__all__ = ["BadPattern", "find", "find_all", "matches", "split", "substitute"]

_NOWHERE: Final = (-1, -1)
_CASES: Final[dict[str, Callable[[str], str] | None]] = {"U": toupper, "L": tolower, "E": None}
_Piece = str | tuple[int, Callable[[str], str] | None]
_read_perl = lru_cache(maxsize=256)(read_perl)


def substitute(
    pattern: str,
    replacement: str,
    text: str,
    *,
    fixed: bool = False,
    perl: bool = False,
    ignore_case: bool = False,
    first_only: bool = False,
) -> str:
    """``gsub(pattern, replacement, text)``, or ``sub`` with ``first_only``."""
    if fixed:
        if not pattern:
            raise BadPattern("with fixed = TRUE the pattern must not be empty")
        return text.replace(pattern, replacement, 1 if first_only else -1)
    search = _search(pattern, text, perl=perl, ignore_case=ignore_case)
    pieces = read_replacement(replacement, perl=perl)
    wanted = {piece[0] for piece in pieces if isinstance(piece, tuple)}
    out: list[str] = []
    start, last_end = 0, -1
    while (span := search.find(start)) is not None:
        out.append(text[start : span[0]])
        # An empty match right behind another match is passed over.
        if span[1] > last_end:
            groups = search.groups(start, span, wanted)
            out += [_filled(piece, groups) for piece in pieces]
            last_end = span[1]
        start = span[1]
        if start >= len(text) or first_only:
            break
        if span[0] == span[1]:
            out.append(text[start])
            start += 1
    out.append(text[start:])
    return "".join(out)


def matches(
    pattern: str,
    text: str,
    *,
    fixed: bool = False,
    perl: bool = False,
    ignore_case: bool = False,
) -> bool:
    """``grepl(pattern, text)``."""
    if fixed:
        return pattern in text
    return _search(pattern, text, perl=perl, ignore_case=ignore_case).exists()


def find(
    pattern: str,
    text: str,
    *,
    fixed: bool = False,
    perl: bool = False,
    ignore_case: bool = False,
) -> tuple[int, int]:
    """``regexpr(pattern, text)``: where the first match begins, from 1 on, and its length.

    Both are -1 where there is none.
    """
    if fixed:
        place = text.find(pattern)
        return _NOWHERE if place < 0 else (place + 1, len(pattern))
    span = _search(pattern, text, perl=perl, ignore_case=ignore_case).find(0)
    return _NOWHERE if span is None else (span[0] + 1, span[1] - span[0])


def find_all(
    pattern: str,
    text: str,
    *,
    fixed: bool = False,
    perl: bool = False,
    ignore_case: bool = False,
) -> list[tuple[int, int]]:
    """``gregexpr(pattern, text)``: beginning and length of each match, one pair of -1 for none."""
    if fixed:
        spans = _fixed_spans(pattern, text)
    else:
        spans = _spans(_search(pattern, text, perl=perl, ignore_case=ignore_case), text, perl)
    return [(start + 1, end - start) for start, end in spans] or [_NOWHERE]


def _fixed_spans(pattern: str, text: str) -> Iterator[Span]:
    step = len(pattern) or 1
    place = text.find(pattern)
    while place >= 0:
        yield place, place + len(pattern)
        # No empty match is found behind the last character, but for an empty text.
        place = text.find(pattern, place + step) if place + step < len(text) else -1


def _spans(search: _Extended | _Perl, text: str, perl: bool) -> Iterator[Span]:
    start = 0
    # Only PCRE finds an empty match in an empty text.
    while start < len(text) or (perl and not text and start == 0):
        span = search.find(start)
        if span is None:
            return
        yield span
        start = max(span[1], span[0] + 1)


def split(text: str, pattern: str, *, fixed: bool = False, perl: bool = False) -> list[str]:
    """``strsplit(text, pattern)[[1]]``.

    R matches against what is left of the text each time, as if it began there; where that match
    is empty and at its beginning, one character is split off.
    """
    if not pattern:
        return list(text)
    if fixed:
        pieces = text.split(pattern)
        return pieces if pieces[-1] else pieces[:-1]
    search = _search(pattern, text, perl=perl, ignore_case=False, from_each=True)
    found: list[str] = []
    start = 0
    while start < len(text) and (span := search.find(start)) is not None:
        if span[1] > start:
            found.append(text[start : span[0]])
            start = span[1]
        else:
            found.append(text[start])
            start += 1
    if start < len(text):
        found.append(text[start:])
    return found


class _Extended:
    """The matches of one pattern of the default dialect in one text."""

    __slots__ = ("_clock", "_matcher", "_text")

    def __init__(self, pattern: str, text: str, ignore_case: bool, from_each: bool) -> None:
        self._matcher = extended_matcher(pattern, ignore_case, from_each)
        self._matcher.accept(text)
        self._text = text
        self._clock = Clock()

    def exists(self) -> bool:
        return self._matcher.exists(self._text, self._clock)

    def find(self, start: int) -> Span | None:
        return self._matcher.find(self._text, start, self._clock)

    def groups(self, start: int, span: Span, wanted: set[int]) -> list[str]:
        return self._matcher.groups(self._text, start, span, wanted, self._clock)


class _Perl:
    """The matches of one pattern with ``perl = TRUE`` in one text."""

    __slots__ = ("_clock", "_compiled", "_cuts", "_found", "_text", "_tree")

    def __init__(self, pattern: str, text: str, ignore_case: bool, from_each: bool) -> None:
        self._tree = _read_perl(pattern, ignore_case=ignore_case)
        if self._tree.ignore_case and not text.isascii():
            raise BadPattern("ignore.case is supported for ASCII texts only")
        # Where R matches the rest as if it were a text, what comes before must not be seen.
        self._cuts = from_each and self._tree.looks_behind
        self._compiled = compiled(self._tree.text)
        self._text = text
        self._clock = Clock()
        self._found: Any = None

    def exists(self) -> bool:
        return self.find(0) is not None

    def find(self, start: int) -> Span | None:
        offset = start if self._cuts else 0
        text = self._text[offset:]
        self._found = found = self._clock.ask(self._compiled.search, text, start - offset)
        return None if found is None else (found.start() + offset, found.end() + offset)

    def groups(self, start: int, span: Span, wanted: set[int]) -> list[str]:
        """The texts of the groups of the match that was found last."""
        has = self._tree.groups
        return [(number <= has and self._found.group(number)) or "" for number in range(10)]


def _search(
    pattern: str, text: str, *, perl: bool, ignore_case: bool, from_each: bool = False
) -> _Extended | _Perl:
    return (_Perl if perl else _Extended)(pattern, text, ignore_case, from_each)


def _filled(piece: _Piece, groups: list[str]) -> str:
    if isinstance(piece, str):
        return piece
    text = groups[piece[0]]
    try:
        return text if piece[1] is None else piece[1](text)
    except ValueError as error:
        raise BadPattern(str(error)) from None


@lru_cache(maxsize=256)
def read_replacement(replacement: str, *, perl: bool) -> tuple[_Piece, ...]:
    r"""A replacement as texts and references; ``\U``, ``\L``, ``\E`` change references only."""
    pieces: list[_Piece] = []
    case: Callable[[str], str] | None = None
    before, *escapes = replacement.split("\\")
    pieces.append(before)
    place = 0
    while place < len(escapes):
        here = escapes[place]
        place += 1
        if not here:
            # Two backslashes: the second one stands for itself.
            if place < len(escapes):
                pieces += ("\\", escapes[place])
                place += 1
            continue
        if here[0] in "123456789":
            pieces.append((int(here[0]), case))
        elif perl and here[0] in _CASES:
            case = _CASES[here[0]]
        else:
            pieces.append(here[0])
        pieces.append(here[1:])
    return tuple(piece for piece in pieces if piece)
