"""What the two readers of patterns share: the translated parts, and how long their matches are.

A translation is a flat list of parts, so that a matcher can ask `regex` the same pattern again
under a further condition at some mark, or with every repetition lazy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from gradc.text.brackets import BadPattern

WORD: Final = r"[a-zA-Z0-9_\p{L}]"
ASCII_WORD: Final = "[a-zA-Z0-9_]"
LONGEST_NESTING: Final = 200


class Place(Enum):
    """Places that depend on where and how a search begins."""

    LINE = "where ^ matches"
    SEARCH = "where the search began"


class Quantifier(NamedTuple):
    """A repetition, without its ``?``."""

    text: str
    lazy: bool


class Mark(NamedTuple):
    """A boundary between parts of a pattern: its number among all marks."""

    number: int


Part = str | Place | Quantifier | Mark


@dataclass(slots=True)
class Item:
    """What a repetition may follow: where it is, and how long its matches can be."""

    at: int
    low: int
    high: int | None
    kind: str  # "atom", "any", "group", "nothing" or "assertion"
    groups: int = 0
    asserts: bool = False
    depth: int = 0  # repetitions around and with the innermost counted one, such as {2}
    repeated: bool = False
    single_end: bool = False

    @property
    def fixed(self) -> bool:
        return self.low == self.high


@dataclass(slots=True)
class Frame:
    """A group that is open, or the whole pattern."""

    kind: str  # "root", "group", "bare", "ahead" or "behind"
    number: int
    at: int
    groups_before: int
    low: int = 0
    high: int | None = 0
    branches: list[tuple[int, int | None]] = field(default_factory=list)
    last: Item | None = None
    single_end: bool = False  # all matches of the branch end in the same part of it
    depth: int = 0  # the greatest one of its items
    asserts: bool = False  # holds ^, $ or \\b
    certain: set[int] = field(default_factory=set)  # groups that each match so far has

    def commit(self) -> None:
        """Count the last item in; nothing can repeat it any more."""
        if self.last is not None:
            self.low += self.last.low
            if self.last.kind not in ("assertion", "nothing"):
                self.single_end = self.last.single_end
            self.depth = max(self.depth, self.last.depth)
            self.high = _plus(self.high, self.last.high)
            self.last = None

    def close_branch(self) -> None:
        self.commit()
        self.single_end &= not self.branches
        self.branches.append((self.low, self.high))
        self.low, self.high = 0, 0

    def lengths(self) -> tuple[int, int | None]:
        """The least and the greatest length over all branches."""
        highs = [high for _, high in self.branches if high is not None]
        unbounded = len(highs) < len(self.branches)
        return min(low for low, _ in self.branches), None if unbounded else max(highs)


@dataclass(slots=True)
class Lazy:
    """A lazy repetition: the marks of its beginning and of the first tag behind it."""

    left: int
    at: int  # among the parts
    end: int | None = None


@dataclass(slots=True)
class Extended:
    """A translated pattern, and what decides between its matches."""

    ignore_case: bool
    parts: list[Part] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)  # marks of each group's ends
    directions: list[int] = field(default_factory=list)  # of each mark: 1 if a later one wins
    lazies: list[Lazy] = field(default_factory=list)
    plain: bool = True  # a sequence of single characters and repetitions of single characters
    tail: int | None = None  # the mark in front of a last ``.*``
    refers_back: bool = False
    doubtful: set[int] = field(default_factory=set)  # groups of which R may tell anything
    repeated: set[int] = field(default_factory=set)
    classes: bool = False  # asks which characters are letters, digits or spaces
    uncertain: bool = False  # holds a class that is sure for ASCII text only
    odd_lazy: bool = False  # a lazy repetition is in one of several branches, or repeats a group
    lazy_start: str = ""  # what a lazy repetition repeats with which each match begins
    fixed: bool = False  # all matches are equally long
    single_end: bool = False  # all matches end in the same part of the pattern
    bounded: bool = False  # holds an assertion other than ^


def _plus(left: int | None, right: int | None) -> int | None:
    return None if left is None or right is None else left + right


def times(item: Item, least: int, most: int | None) -> tuple[int, int | None]:
    """How long so many repetitions of an item are."""
    high = 0 if item.high == 0 else None if item.high is None or most is None else item.high * most
    return item.low * least, high


def read_bounds(pattern: str, place: int) -> tuple[int, int | None, int] | None:
    """Least and most of ``{2}``, ``{2,}`` or ``{2,5}`` and what follows; None for other texts."""
    end = pattern.find("}", place)
    least, comma, most = pattern[place + 1 : max(end, 0)].partition(",")
    if not _digits(least) or (most and not _digits(most)):
        return None
    upper = int(least) if not comma else int(most) if most else None
    if upper is not None and upper < int(least):
        raise BadPattern(f"the numbers in '{pattern[place : end + 1]}' are in the wrong order")
    return int(least), upper, end + 1


def _digits(text: str) -> bool:
    return 0 < len(text) <= 5 and text.isascii() and text.isdecimal()


def bounds_text(least: int, most: int | None) -> str:
    """A repetition as `regex` writes it."""
    short = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most))
    return short or "{" + f"{least},{'' if most is None else most}" + "}"
