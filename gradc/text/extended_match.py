"""R's default matches, found with `regex` and checked against what R's own matcher would choose.

Without lazy repetitions R takes the leftmost and there the longest match. With one it takes, in
general, neither the longest nor Perl's match: every end that it meets may stop the search. Here
Perl's match is the candidate, and further questions to `regex` find out whether any other match
could have won in R. If so, :class:`BadPattern` says so: no answer is better than another one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from gradc.text.brackets import BadPattern
from gradc.text.extended_syntax import read_extended
from gradc.text.pattern_parts import Extended, Place, Quantifier
from gradc.text.strings import is_sure

SECONDS: Final = 5.0
_LAZY_ADVICE: Final = (
    "what a lazy repetition such as '.*?' matches in R depends here on details of R's own matcher; "
    "perl = TRUE makes it clear"
)
_OVERLAP_ADVICE: Final = (
    "a second match overlaps with the first one and ends later, and which one R takes is not "
    "reproduced here; perl = TRUE makes it clear"
)
_GROUP_ADVICE: Final = (
    "several texts could belong to a group of this pattern, and which one R takes is not "
    "reproduced here; perl = TRUE makes it clear"
)
# The mark of the end of the pattern, beside those that its translation numbers.
_END: Final = -1

Span = tuple[int, int]


class Clock:
    """The time that one text may take, over all questions about it."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self._end = time.monotonic() + SECONDS

    def ask(self, method: Any, text: str, start: int, limit: int | None = None) -> Any:
        """The match that a method of a compiled pattern finds from ``start`` to ``limit``."""
        left = self._end - time.monotonic()
        try:
            if left > 0:
                return method(text, start, limit, timeout=left)
        except TimeoutError:
            pass
        raise BadPattern(
            f"the pattern takes more than {SECONDS:g} seconds: it can be matched in too many ways"
        )


@lru_cache(maxsize=256)
def compiled(source: str) -> Any:
    """A pattern that `regex` has compiled."""
    import regex

    try:
        return regex.compile(source)
    except regex.error as error:
        raise BadPattern(f"the pattern is not supported here: {error.msg}") from None


@lru_cache(maxsize=256)
def extended_matcher(pattern: str, ignore_case: bool, from_each: bool) -> Matcher:
    """The matcher of a pattern; ``from_each`` lets ``^`` match wherever a search begins."""
    return Matcher(read_extended(pattern, ignore_case=ignore_case), from_each=from_each)


class Matcher:
    """Searches of one translated pattern."""

    __slots__ = ("_from_each", "_stop", "_tree")

    def __init__(self, tree: Extended, *, from_each: bool) -> None:
        self._tree = tree
        self._from_each = from_each
        # Where a match is complete: what a last ``.*`` takes in cannot make it fail any more.
        self._stop = _END if tree.tail is None else tree.tail

    def accept(self, text: str) -> None:
        """Refuse a text about whose characters the tables of R and of `regex` may differ."""
        if text.isascii():
            return
        if self._tree.ignore_case:
            raise BadPattern("ignore.case is supported for ASCII texts only")
        if self._tree.uncertain:
            raise BadPattern(
                "[:punct:], [:cntrl:], [:graph:] and [:print:] are supported for ASCII texts only"
            )
        if not self._tree.classes:
            return
        strange = next((character for character in text if not is_sure(character)), None)
        if strange is not None:
            raise BadPattern(f"the character {strange!r} is not supported in a text to match")

    def exists(self, text: str, clock: Clock) -> bool:
        return clock.ask(self._compile().search, text, 0) is not None

    def find(self, text: str, start: int, clock: Clock) -> Span | None:
        """The first match from ``start`` on."""
        tree = self._tree
        if not tree.lazies:
            # In a plain pattern the greedy match is the longest one, and every boundary in it
            # lies as far back as it can: so any order of R's tags would choose it.
            source = self._compile() if tree.plain else self._compile(prefix="(?p)")
            found = clock.ask(source.search, text, start)
            if found is not None and found.end() < len(text):
                self._require_no_longer(text, start, found.span(), clock)
        elif tree.refers_back:
            raise BadPattern("\\1 together with a lazy repetition is not supported in a pattern")
        elif tree.odd_lazy:
            raise BadPattern(_LAZY_ADVICE)
        else:
            found = self._find_lazy(text, start, clock)
        return None if found is None else found.span()

    def groups(
        self, text: str, start: int, span: Span, wanted: set[int], clock: Clock
    ) -> list[str]:
        """The texts of the groups of a match that `find` found; empty for one without a part."""
        tree = self._tree
        wanted = {number for number in wanted if number <= len(tree.spans)}
        texts = [""] * 10
        if not wanted:
            return texts
        if wanted & (tree.repeated | tree.doubtful):
            raise BadPattern("\\1 of a group that is repeated or that is empty is not supported")
        first, last = span
        whole = {_END: _at(last - first)}
        inside = first > start
        found = clock.ask(self._compile(whole, named=True, inside=inside).match, text, first)
        if found is None:
            raise BadPattern(_GROUP_ADVICE)
        if not tree.plain or (tree.lazies and tree.lazies[-1].end is None):
            self._require_groups(text, inside, found, wanted, clock)
        for number in wanted:
            texts[number] = found.group(f"g{number}") or ""
        return texts

    def _compile(
        self,
        conditions: Mapping[int, str] | None = None,
        *,
        prefix: str = "",
        named: bool = False,
        all_lazy: bool = False,
        inside: bool = False,
    ) -> Any:
        """The pattern with conditions at its marks, among them the mark of its end.

        Offsets in conditions count from where the search begins. ``inside`` is for a search that
        begins behind the place where R's own began.
        """
        at = conditions or {}
        searched = "(?!)" if inside else r"\G"
        line = searched if self._from_each else r"\A"
        pieces: list[str] = ["(?si)" if self._tree.ignore_case else "(?s)", prefix, "(?:"]
        for part in self._tree.parts:
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, Place):
                pieces.append(line if part is Place.LINE else searched)
            elif isinstance(part, Quantifier):
                pieces.append(part.text + "?" * (part.lazy or all_lazy))
            else:
                pieces += (f"(?P<m{part.number}>)" * named, at.get(part.number, ""))
        pieces += (")", at.get(_END, ""))
        return compiled("".join(pieces))

    def _require_no_longer(self, text: str, start: int, span: Span, clock: Clock) -> None:
        """No match begins later, but before R meets the first end, and ends behind this one.

        R may wrongly prefer it, where two parts of the pattern can end it.
        """
        tree = self._tree
        if tree.fixed or tree.single_end:
            return
        first, last = span
        inside = first > start
        shortest = clock.ask(self._compile(all_lazy=True, inside=inside).match, text, first)
        longest = self._compile(prefix="" if tree.plain else "(?p)", inside=True)
        for place in range(first + 1, shortest.end()):
            found = clock.ask(longest.match, text, place)
            if found is not None and found.end() > last:
                raise BadPattern(_OVERLAP_ADVICE)

    # -- lazy repetitions

    def _find_lazy(self, text: str, start: int, clock: Clock) -> Any:
        tree = self._tree
        stops_at_first = tree.lazies[-1].end is None
        source = self._compile(all_lazy=stops_at_first, named=True)
        found = clock.ask(source.search, text, start)
        if found is None:
            return None
        if stops_at_first:
            self._require_first_end(text, start, found, clock)
        elif tree.plain:
            self._require_lazy_choice(text, start, found, clock)
        else:
            raise BadPattern(_LAZY_ADVICE)
        return found

    def _require_first_end(self, text: str, start: int, found: Any, clock: Clock) -> None:
        """R gives up everything else as soon as it meets the end of any match: none is sooner."""
        first, last = found.span()
        if last == start:
            return
        if self._tree.bounded:
            sooner = self._compile({_END: _before(last - start)})
            _require_none(sooner.search, text, start, _LAZY_ADVICE, clock, last + 1)
        else:
            sooner = self._compile(all_lazy=True, named=True)
            _require_none(sooner.search, text, start, _LAZY_ADVICE, clock, last - 1)
        if self._tree.lazy_start == "other":
            self._require_alone(text, first, last, last, clock)

    def _require_alone(self, text: str, first: int, soonest: int, last: int, clock: Clock) -> None:
        """No match that begins later, but before R meets the first end, ends up to ``last``."""
        other = self._compile(inside=True, all_lazy=True)
        for place in range(first + 1, soonest):
            found = clock.ask(other.match, text, place)
            if found is not None and found.end() <= last:
                raise BadPattern(_LAZY_ADVICE)

    def _require_lazy_choice(self, text: str, start: int, found: Any, clock: Clock) -> None:
        """Perl's match is R's too: no other one ends R's search, and no better one outlives it."""
        first = found.start()
        inside = first > start
        shortest = self._compile(named=True, all_lazy=True, inside=inside)
        soonest = _place(clock.ask(shortest.match, text, first), self._stop)
        # Where all matches begin with ``.*?`` R begins none behind the first one. Where they begin
        # with another lazy repetition it even prefers one that begins later.
        if self._tree.lazy_start != "any":
            only_sooner = self._tree.single_end and not self._tree.lazy_start
            last = soonest - 1 if only_sooner else len(text)
            self._require_alone(text, first, soonest, last, clock)
        # Each end that R meets kills what left a lazy repetition earlier than the match did.
        before = {self._stop: _before(_place(found, self._stop) - first)}
        for lazy in self._tree.lazies:
            if lazy.end is not None:
                here = {lazy.end: _elsewhere(_place(found, lazy.end) - first)}
                other = self._compile(_both(before, here), inside=inside)
                _require_none(other.match, text, first, _LAZY_ADVICE, clock)
        if self._stop == _END:
            beyond = self._compile({_END: _beyond(found.end() - first)}, inside=inside)
            _require_none(beyond.match, text, first, _LAZY_ADVICE, clock)
        self._require_dominance(text, inside, found, soonest - first, clock)

    def _require_dominance(
        self, text: str, inside: bool, found: Any, soonest: int, clock: Clock
    ) -> None:
        """No other match of this span is better at any mark, in whatever order R compares them.

        A match that is still in its first lazy repetition when R meets the first end does not
        outlive it, so it need not be looked at.
        """
        first = found.start()
        always = {_END: _at(found.end() - first)}
        lazy = self._tree.lazies[0]
        if lazy.end is not None and _place(found, lazy.left) == first:
            moved = self._compile({lazy.left: _beyond(0)}, inside=inside)
            if clock.ask(moved.match, text, first) is None:
                always = _both(always, {lazy.end: _before(soonest + 1)})
        for mark, direction in enumerate(self._tree.directions):
            if direction:
                place = _place(found, mark) - first
                better = {mark: _beyond(place) if direction > 0 else _before(place)}
                other = self._compile(_both(always, better), inside=inside)
                _require_none(other.match, text, first, _LAZY_ADVICE, clock)

    def _require_groups(
        self, text: str, inside: bool, found: Any, wanted: set[int], clock: Clock
    ) -> None:
        """No other match of this span gives another text to a group that is asked for."""
        first = found.start()
        whole = {_END: _at(found.end() - first)}
        for number in wanted:
            others: list[dict[int, str]] = [{_END: f"(?(g{number})|(?!))"}]
            if found.group(f"g{number}") is not None:
                others = [
                    {mark: _elsewhere(_place(found, mark) - first)}
                    for mark in self._tree.spans[number - 1]
                ]
                others.append({_END: f"(?(g{number})(?!))"})
            for other in others:
                source = self._compile(_both(whole, other), inside=inside)
                _require_none(source.match, text, first, _GROUP_ADVICE, clock)


def _require_none(
    method: Any, text: str, start: int, advice: str, clock: Clock, limit: int | None = None
) -> None:
    if clock.ask(method, text, start, limit) is not None:
        raise BadPattern(advice)


def _place(found: Any, mark: int) -> int:
    return int(found.end() if mark == _END else found.end(f"m{mark}"))


def _both(left: Mapping[int, str], right: Mapping[int, str]) -> dict[int, str]:
    """Two sets of conditions at once."""
    return {mark: left.get(mark, "") + right.get(mark, "") for mark in (*left, *right)}


def _back(least: int, most: int | None) -> str:
    """What lies so many characters behind the beginning of a search."""
    if most == 0:
        return r"\G"
    return rf"\G[\s\S]{{{least},{'' if most is None else most}}}"


def _at(offset: int) -> str:
    return f"(?<={_back(offset, offset)})"


def _elsewhere(offset: int) -> str:
    return f"(?<!{_back(offset, offset)})"


def _before(offset: int) -> str:
    return f"(?<={_back(0, offset - 1)})" if offset > 0 else "(?!)"


def _beyond(offset: int) -> str:
    return f"(?<={_back(offset + 1, None)})"
