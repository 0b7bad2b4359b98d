"""Text as a shared tree of pieces, so that pasting costs what is new and not what is there.

A script that pastes a layer's text several times into the next one makes text whose length
grows exponentially with depth. A :class:`Text` keeps its parts, each of which may be part of
many others; its length is a number, and the flat text is made only where somebody asks for it.

Each piece knows which place of the script wrote it. A :class:`Pasted` source, the text that
was parsed, leads from its own offsets back to those places.
"""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterable, Sequence
from typing import Final

from gradc.errors import Source, Span

LONGEST_FLAT: Final = 50_000_000
"""The longest text that is ever written out."""

BOUND: Final = 2**20_000
"""No text is longer than this, however it is shared: a script that goes on doubling never ends."""

_LONGEST_NAMED: Final = 200


class TooLong(Exception):
    """A text is too long to be written out; ``text`` is the one."""

    def __init__(self, text: Text) -> None:
        super().__init__("a text is too long to be written out")
        self.text = text


class Text:
    """A text that never changes: one piece, or several parts one after the other.

    ``is_value`` marks one that stands for a value and has no spelling.

    ``origin`` is the place in the script that wrote it, ``is_literal`` says that the characters
    of the piece stand there one by one. ``first`` and ``last`` are its end characters, empty
    for the empty text.
    """

    __slots__ = (
        "_flat",
        "first",
        "is_literal",
        "is_value",
        "last",
        "length",
        "origin",
        "parse",
        "parts",
    )

    def __init__(
        self,
        parts: Sequence[Text],
        flat: str | None,
        origin: Span | None,
        is_literal: bool = False,
    ) -> None:
        self.parts = tuple(parts)
        self._flat = flat
        self.origin = origin
        self.is_literal = is_literal
        self.is_value = False
        self.parse: object = None  # for gradc.syntax.paste: what this text is on its own
        if flat is None:
            self.length: int = sum(part.length for part in self.parts)
            self.first: str = self.parts[0].first
            self.last: str = self.parts[-1].last
        else:
            self.length = len(flat)
            self.first, self.last = flat[:1], flat[-1:]

    def __repr__(self) -> str:
        shown = repr(self.flat()) if self.length <= _LONGEST_NAMED else f"{self.length} characters"
        return f"Text({shown})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        if self is other:
            return True
        return (
            self.length == other.length <= LONGEST_FLAT
            and self.first == other.first
            and self.flat() == other.flat()
        )

    __hash__ = None  # type: ignore[assignment]

    def flat(self, longest: int = LONGEST_FLAT) -> str:
        """The characters, one after the other; TooLong where there are more than ``longest``.

        A value inside is shown as one mark; :func:`has_values` tells.
        """
        if self._flat is not None:
            return self._flat
        if self.length > longest:
            raise TooLong(self)
        flat = "".join(leaf.flat() for leaf in leaves(self))
        if len(flat) <= _LONGEST_NAMED:
            self._flat = flat
        return flat


def literal(text: str, origin: Span | None) -> Text:
    """A text that is written in the script; ``origin`` is the place of the whole literal."""
    if origin is not None:
        inner = Span(origin.start + 1, origin.end - 1, origin.source)
        if inner.text == text:
            return Text((), text, inner, is_literal=True)
    return Text((), text, origin)


def computed(text: str, origin: Span | None) -> Text:
    """A text that a function of the script computed; ``origin`` is the place of the call."""
    return Text((), text, origin)


def paste(parts: Iterable[Text], origin: Span | None) -> Text:
    """Texts one after the other."""
    kept = [part for part in parts if part.length]
    if len(kept) == 1:
        return kept[0]
    made = Text(kept, None, origin) if kept else Text((), "", origin)
    if made.length > BOUND:
        raise TooLong(made)
    return made


def leaves(text: Text) -> Iterable[Text]:
    """The pieces of a text in order, a shared one as often as it is pasted."""
    pending = [text]
    while pending:
        part = pending.pop()
        if part.parts:
            pending.extend(reversed(part.parts))
        else:
            yield part


def has_values(text: Text) -> bool:
    """Whether some piece of a text stands for a value and has no spelling."""
    pending, seen = [text], set()
    while pending:
        part = pending.pop()
        if part.is_value:
            return True
        if id(part) not in seen:
            seen.add(id(part))
            pending.extend(part.parts)
    return False


class Pasted(Source):
    """A text put together by a script, as it was parsed.

    ``starts`` are the offsets at which its pieces begin; ``holes`` are the numbers of those that
    stand for a long text which is shared, and are shown by one mark.
    """

    __slots__ = ("holes", "pieces", "starts")

    def __init__(self, name: str, text: str, starts: Sequence[int], pieces: list[Text]) -> None:
        super().__init__(name, text)
        self.starts = array("q", starts)
        self.pieces = pieces
        self.holes: frozenset[int] = frozenset()

    def written(self, span: Span) -> Span | None:
        """The place in the script that wrote the beginning of a span, where that is known."""
        index = bisect.bisect_right(self.starts, span.start) - 1
        if index < 0:
            return None
        piece = self.pieces[index]
        if piece.origin is None or not piece.is_literal:
            return piece.origin
        start = piece.origin.start + span.start - self.starts[index]
        end = min(piece.origin.end, start + max(span.end - span.start, 1))
        return Span(min(start, end), end, piece.origin.source)
