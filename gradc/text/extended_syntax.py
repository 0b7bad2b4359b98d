"""Patterns of R's default dialect, read and translated for `regex`.

R matches these with TRE. It finds the leftmost and there the longest match, and among equal ones
it compares *tags*: places where a group begins or ends. What the matcher must know of the tags is
collected here. Behind a lazy repetition an earlier boundary wins, behind a greedy one a later.
"""

from __future__ import annotations

from typing import Final

from gradc.text.brackets import (
    CONTROLS,
    ESCAPED_CLASSES,
    UNCERTAIN_CLASSES,
    BadPattern,
    class_items,
    escape,
    hexadecimal,
    read_bracket,
)
from gradc.text.pattern_parts import (
    LONGEST_NESTING,
    WORD,
    Extended,
    Frame,
    Item,
    Lazy,
    Mark,
    Part,
    Place,
    Quantifier,
    bounds_text,
    read_bounds,
    times,
)

_MOST: Final = 255
_DEEPEST: Final = 2
_SIGNS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}
# R looks no further back than where the search began; there, and at the end, \b always holds.
_ASSERTIONS: Final[dict[str, tuple[Part, ...]]] = {
    "b": ("(?:", Place.SEARCH, rf"|\Z|(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))"),
    "B": ("(?!", Place.SEARCH, rf")(?!\Z)(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))"),
    "<": ("(?:", Place.SEARCH, rf"|(?<!{WORD}))(?={WORD})"),
    ">": ("(?!", Place.SEARCH, rf")(?<={WORD})(?!{WORD})"),
}


def read_extended(pattern: str, *, ignore_case: bool) -> Extended:
    """Translate a pattern, or say why it is none."""
    if pattern.startswith("(?i)"):
        pattern, ignore_case = pattern[4:], True
    if ignore_case and not pattern.isascii():
        raise BadPattern("ignore.case is supported for ASCII patterns only")
    reader = _Reader(pattern, ignore_case)
    while reader.place < len(pattern):
        reader.step()
    return reader.finish()


class _Reader:
    __slots__ = ("adds", "direction", "frames", "fresh", "open_lazy", "out",
                 "pattern", "pending", "place")  # fmt: skip

    def __init__(self, pattern: str, ignore_case: bool) -> None:
        self.pattern = pattern
        self.place = 0
        self.out = Extended(ignore_case)
        self.frames = [Frame("root", 0, 0, 0)]
        self.pending: list[int] = []  # marks that no tag has yet
        self.fresh: list[int] = []  # marks that the last item's tag has
        self.direction = -1
        self.adds = 0
        self.open_lazy: Lazy | None = None

    def step(self) -> None:
        handler = _HANDLERS.get(self.pattern[self.place])
        if handler is None:
            self.literal(self.pattern[self.place])
            self.place += 1
        else:
            handler(self)

    def finish(self) -> Extended:
        if len(self.frames) > 1:
            raise BadPattern("a '(' has no ')' that closes it")
        root = self.frames[0]
        root.close_branch()
        self._judge_branches(root)
        low, high = root.lengths()
        self.out.fixed = low == high
        self.out.single_end = root.single_end
        if self.out.refers_back and (self.out.ignore_case or self.out.bounded):
            raise BadPattern(
                "neither ignore.case nor $ and \\b are supported together with \\1 in a pattern"
            )
        return self.out

    # -- items

    def literal(self, character: str) -> None:
        either = self.out.ignore_case and character.isalpha()
        self.add(escape(character), 1, 1, "atom", 1 + either)

    def add(self, text: str, low: int, high: int | None, kind: str, literals: int = 1) -> None:
        """Add something that takes characters, or refers back."""
        self._begin(kind, low, high, 0)
        self.adds += 1
        item = self.frames[-1].last
        if item is not None:
            item.single_end = low > 0
        self.out.parts.append(text)
        self._tag()
        if literals > 1:
            self.direction = 1

    def _begin(self, kind: str, low: int, high: int | None, groups: int) -> None:
        frame = self.frames[-1]
        frame.commit()
        frame.last = Item(len(self.out.parts), low, high, kind, groups)
        self.out.parts.append("")  # room for a mark
        self.out.tail = None

    def _mark(self) -> int:
        self.out.directions.append(self.direction)
        return len(self.out.directions) - 1

    def _tag(self) -> None:
        """All boundaries since the last item share a tag in front of this one."""
        self.fresh, self.pending = self.pending, []
        for mark in self.fresh:
            self.out.directions[mark] = self.direction
        if self.fresh:
            self._end_lazy(self.fresh[0])

    def _end_lazy(self, mark: int) -> None:
        if self.open_lazy is not None:
            self.open_lazy.end = mark
            self.open_lazy = None

    def any(self) -> None:
        self.add(".", 1, 1, "any")
        self.place += 1

    def bracket(self) -> None:
        found = read_bracket(
            self.pattern, self.place + 1, perl=False, ignore_case=self.out.ignore_case
        )
        self.out.classes |= bool(found.classes)
        self.out.uncertain |= not UNCERTAIN_CLASSES.isdisjoint(found.classes)
        self.add(found.text, 1, 1, "atom", found.literals)
        self.place = found.end

    def nothing(self) -> None:
        """``*`` with nothing in front of it repeats what is empty, and is empty."""
        frame = self.frames[-1]
        frame.commit()
        frame.last = Item(len(self.out.parts), 0, 0, "nothing")

    def backslash(self) -> None:
        letter = self.pattern[self.place + 1 : self.place + 2]
        if not letter:
            raise BadPattern("the pattern ends in a backslash")
        self.place += 2
        if letter.lower() in ESCAPED_CLASSES:
            held = class_items(ESCAPED_CLASSES[letter.lower()], perl=False, ignore_case=False)
            word = letter in "wW"
            self.out.classes = True
            text = f"[{'^' if letter.isupper() else ''}{held}{'_' if word else ''}]"
            self.add(text, 1, 1, "atom", 1 + word)
        elif letter in _ASSERTIONS:
            self.assertion(_ASSERTIONS[letter])
            self.out.bounded = self.out.classes = True
        elif letter.isdecimal():
            self._refer_back(letter)
        elif letter == "x":
            character, self.place = hexadecimal(self.pattern, self.place)
            self._escaped(character)
        elif letter == "Q":
            raise BadPattern("'\\Q' is not supported here; use fixed = TRUE")
        elif letter in CONTROLS:
            self.add(escape(CONTROLS[letter]), 1, 1, "atom")
        else:
            self._escaped(letter)

    def _escaped(self, character: str) -> None:
        if self.out.ignore_case and character.isalpha():
            raise BadPattern("a letter behind a backslash is not supported with ignore.case")
        self.add(escape(character), 1, 1, "atom")

    def _refer_back(self, letter: str) -> None:
        number = int(letter)
        if not any(number in frame.certain for frame in self.frames):
            raise BadPattern(
                f"'\\{letter}' refers to no group of a fixed length that stands a fixed length "
                "before it; R itself misses matches of others"
            )
        self.out.refers_back = True
        self.out.plain = False
        self.add(f"(?P=g{letter})", 0, None, "atom")

    def assertion(self, parts: tuple[Part, ...]) -> None:
        frame = self.frames[-1]
        frame.commit()
        self.out.parts += parts
        self.out.tail = None
        frame.asserts = True
        frame.last = Item(len(self.out.parts), 0, 0, "assertion")

    def caret(self) -> None:
        self.assertion((Place.LINE,))
        self.place += 1

    def dollar(self) -> None:
        self.assertion((r"\Z",))
        self.out.bounded = True
        self.place += 1

    # -- repetitions

    def repeat(self) -> None:
        sign = self.pattern[self.place]
        if self.frames[-1].last is None:
            self.nothing()
        if sign == "{":
            bounds = read_bounds(self.pattern, self.place)
            if bounds is None:
                raise BadPattern("behind '{' a number of repetitions such as {2}, {2,} is needed")
            least, most, after = bounds
        else:
            (least, most), after = _SIGNS[sign], self.place + 1
        if max(least, most or 0) > _MOST:
            raise BadPattern(f"R repeats at most {_MOST} times")
        following = self.pattern[after : after + 1]
        if following and following in "*+":
            raise BadPattern(f"'{sign}{following}' is no repetition that R accepts")
        lazy = following == "?"
        self.place = after + lazy
        self._apply(least, most, lazy)

    def _apply(self, least: int, most: int | None, lazy: bool) -> None:
        item = self.frames[-1].last
        if item is None or item.kind == "nothing":
            return
        if item.repeated or item.kind == "assertion":
            raise BadPattern("a repetition of a repetition or of ^, $, \\b is not supported here")
        if most == 0:
            raise BadPattern("a repetition of zero times is not supported here")
        if item.asserts and item.low == 0:
            raise BadPattern(
                "a repetition of ^, $ or \\b, alone in a branch, is not supported here"
            )
        counted = max(least, most or 0) > 1
        item.depth += 1 if item.depth or counted else 0
        if item.depth > _DEEPEST:
            raise BadPattern("R mistakes a repetition such as {2} inside two other repetitions")
        out = self.out
        out.parts.append(Quantifier(bounds_text(least, most), lazy))
        out.tail = None
        if item.groups and most != 1:
            last = len(out.spans)
            out.repeated.update(range(last - item.groups + 1, last + 1))
        if least != most:
            self._forget_groups()
        if item.kind == "group" and (least, most) != (1, 1):
            out.plain = False
        if lazy:
            self._begin_lazy(item, least, most)
        elif item.kind == "any" and (least, most) == (0, None):
            self._reserve_tail(item)
        self.direction = -1 if lazy else 1
        item.low, item.high = times(item, least, most)
        item.repeated = True
        item.single_end &= (least, most) in ((1, None), (1, 1))

    def _forget_groups(self) -> None:
        """R misses matches where the distance of a group and what refers to it varies."""
        for frame in self.frames:
            frame.certain.clear()

    def _begin_lazy(self, item: Item, least: int, most: int | None) -> None:
        self.out.odd_lazy |= item.kind == "group"
        mark = self._mark()
        self.out.parts[item.at] = Mark(mark)
        if not self.fresh:
            self._end_lazy(mark)
        for shared in (mark, *self.fresh):
            self.out.directions[shared] = 1
        if self.adds == 1:
            unbounded = item.kind == "any" and most is None
            self.out.lazy_start = "any" if unbounded and least < 2 else "other"
        self.open_lazy = Lazy(mark, item.at)
        self.out.lazies.append(self.open_lazy)

    def _reserve_tail(self, item: Item) -> None:
        mark = self._mark()
        self.out.directions[mark] = 0
        self.out.parts[item.at] = Mark(mark)
        self.out.tail = mark

    # -- groups

    def open(self) -> None:
        bare = self.pattern.startswith("(?:", self.place)
        if not bare and self.pattern.startswith("(?", self.place):
            raise BadPattern("'(?' is followed by ':' here; other groups need perl = TRUE")
        if len(self.frames) > LONGEST_NESTING:
            raise BadPattern("the groups of the pattern are nested too deeply")
        out = self.out
        number = 0
        before = len(out.spans)
        self._begin("group", 0, 0, 0)
        at = len(out.parts) - 1
        if not bare:
            mark = self._mark()
            out.spans.append((mark, -1))
            number = len(out.spans)
            out.parts += [f"(?P<g{number}>", Mark(mark), "(?:"]
            self.pending.append(mark)
        else:
            out.parts.append("(?:")
        self.frames.append(Frame("bare" if bare else "group", number, at, before))
        self.place += 3 if bare else 1

    def close(self) -> None:
        if len(self.frames) == 1:
            self.literal(")")
            self.place += 1
            return
        frame = self.frames.pop()
        frame.close_branch()
        self._judge_branches(frame)
        out = self.out
        low, high = frame.lengths()
        if frame.number:
            mark = self._mark()
            start = out.spans[frame.number - 1][0]
            out.spans[frame.number - 1] = (start, mark)
            if start in self.pending:
                out.doubtful.add(frame.number)
            out.parts += [")", Mark(mark)]
            self.pending.append(mark)
        out.parts.append(")")
        groups = len(out.spans) - frame.groups_before
        outer = self.frames[-1]
        outer.last = Item(frame.at, low, high, "group", groups, frame.asserts, frame.depth)
        outer.asserts |= frame.asserts
        outer.last.single_end = frame.single_end and low > 0
        if low != high:
            self._forget_groups()
        elif len(frame.branches) == 1:
            outer.certain |= frame.certain
        if frame.number and low == high and low > 0:
            outer.certain.add(frame.number)
        self.fresh = []
        self.place += 1

    def _judge_branches(self, frame: Frame) -> None:
        """Branches keep a pattern plain where they are equally long and name nothing."""
        if len(frame.branches) == 1:
            return
        if frame.asserts and sum(low == 0 for low, _ in frame.branches) > 1:
            raise BadPattern("^, $ or \\b beside another branch that may be empty is not supported")
        self.out.odd_lazy |= any(lazy.at >= frame.at for lazy in self.out.lazies)
        low, high = frame.lengths()
        inside = len(self.out.spans) - frame.groups_before
        if frame.kind != "bare" or low != high or inside or low == 0:
            self.out.plain = False
        self.direction = 1

    def bar(self) -> None:
        frame = self.frames[-1]
        frame.close_branch()
        frame.certain.clear()
        self.out.parts.append("|")
        self.out.tail = None
        self.place += 1


_HANDLERS: Final = {
    "(": _Reader.open,
    ")": _Reader.close,
    "|": _Reader.bar,
    "[": _Reader.bracket,
    "\\": _Reader.backslash,
    ".": _Reader.any,
    "^": _Reader.caret,
    "$": _Reader.dollar,
    "*": _Reader.repeat,
    "+": _Reader.repeat,
    "?": _Reader.repeat,
    "{": _Reader.repeat,
}
