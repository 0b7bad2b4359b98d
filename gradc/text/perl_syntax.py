"""Patterns of ``perl = TRUE`` (PCRE), read and translated for `regex`, which is close to it.

Both backtrack in the same order, so nothing needs to be known of a pattern but where the two
notations differ. What is not known to mean the same in both is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gradc.text.brackets import (
    ASCII_CLASSES,
    ESCAPED_CLASSES,
    SPACES,
    BadPattern,
    escape,
    perl_character,
    read_bracket,
)
from gradc.text.pattern_parts import (
    ASCII_WORD,
    LONGEST_NESTING,
    Frame,
    Item,
    bounds_text,
    read_bounds,
    times,
)

_MOST: Final = 65535
_SIGNS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_SETS: Final = {
    **{letter: ASCII_CLASSES[name] for letter, name in ESCAPED_CLASSES.items() if letter != "w"},
    "w": "a-zA-Z0-9_",
    **SPACES,
}
_EDGE: Final = rf"(?<={ASCII_WORD})(?!{ASCII_WORD})|(?<!{ASCII_WORD})(?={ASCII_WORD})"
_INSIDE: Final = rf"(?<={ASCII_WORD})(?={ASCII_WORD})|(?<!{ASCII_WORD})(?!{ASCII_WORD})"
_ASSERTIONS: Final = {
    "b": f"(?:{_EDGE})",
    "B": f"(?:{_INSIDE})",
    "A": r"\A",
    "Z": r"(?=\n?\Z)",
    "z": r"\Z",
}
_FLAGS: Final = re.compile(r"\(\?([ims]+)\)")
_OPENINGS: Final = re.compile(r"\(\?(?:(?P<sort>:|=|!|>|<=|<!)|P?<(?P<name>[A-Za-z_]\w*)>)")
_SORTS: Final = {"=": "ahead", "!": "ahead", "<=": "behind", "<!": "behind"}


@dataclass(frozen=True, slots=True)
class Perl:
    """A translated pattern."""

    text: str
    looks_behind: bool
    ignore_case: bool
    groups: int


def read_perl(pattern: str, *, ignore_case: bool) -> Perl:
    """Translate a pattern, or say why it is none."""
    reader = _Reader(pattern, ignore_case)
    if reader.ignore_case and not pattern.isascii():
        raise BadPattern("ignore.case is supported for ASCII patterns only")
    while reader.place < len(pattern):
        reader.step()
    return reader.finish()


class _Reader:
    __slots__ = ("flags", "frames", "groups", "ignore_case", "looks_behind", "names", "parts",
                 "pattern", "place", "repeated")  # fmt: skip

    def __init__(self, pattern: str, ignore_case: bool) -> None:
        self.pattern = pattern
        self.place = 0
        self.flags = "i" if ignore_case else ""
        while (found := _FLAGS.match(pattern, self.place)) is not None:
            self.flags += found[1]
            self.place = found.end()
        self.ignore_case = "i" in self.flags
        self.parts: list[str] = []
        self.frames = [Frame("root", 0, 0, 0)]
        self.groups = 0
        self.looks_behind = False
        self.names: set[str] = set()
        self.repeated: set[int] = set()

    def step(self) -> None:
        here = self.pattern[self.place]
        if here == "{" and read_bounds(self.pattern, self.place) is None:
            here = ""  # an ordinary character, as in "{x}"
        handler = _HANDLERS.get(here)
        if handler is None:
            self.add(escape(self.pattern[self.place]), 1, 1)
            self.place += 1
        else:
            handler(self)

    def finish(self) -> Perl:
        if len(self.frames) > 1:
            raise BadPattern("a '(' has no ')' that closes it")
        flags = f"(?{''.join(sorted(set(self.flags)))})" if self.flags else ""
        return Perl(flags + "".join(self.parts), self.looks_behind, self.ignore_case, self.groups)

    def add(self, text: str, low: int, high: int | None, kind: str = "atom") -> None:
        frame = self.frames[-1]
        frame.commit()
        frame.last = Item(len(self.parts), low, high, kind)
        self.parts.append(text)

    def any(self) -> None:
        self.add(".", 1, 1)
        self.place += 1

    def caret(self) -> None:
        self.looks_behind = True
        self.add("^", 0, 0, "assertion")
        self.place += 1

    def dollar(self) -> None:
        self.add("$" if "m" in self.flags else r"(?=\n?\Z)", 0, 0, "assertion")
        self.place += 1

    def bracket(self) -> None:
        found = read_bracket(self.pattern, self.place + 1, perl=True, ignore_case=self.ignore_case)
        self.add(found.text, 1, 1)
        self.place = found.end

    def backslash(self) -> None:
        letter = self.pattern[self.place + 1 : self.place + 2]
        if letter in _ASSERTIONS:
            self.looks_behind |= letter in "bBA"
            self.add(_ASSERTIONS[letter], 0, 0, "assertion")
        elif letter and letter in "123456789":
            self._refer_back(letter)
        elif letter.lower() in _SETS:
            self.add(f"[{'^' if letter.isupper() else ''}{_SETS[letter.lower()]}]", 1, 1)
        else:
            character, self.place = perl_character(self.pattern, self.place)
            self.add(escape(character), 1, 1)
            return
        self.place += 2

    def _refer_back(self, letter: str) -> None:
        if self.pattern[self.place + 2 : self.place + 3].isdecimal():
            raise BadPattern("behind a backslash one digit is supported, not two")
        number = int(letter)
        if number > self.groups or any(frame.number == number for frame in self.frames):
            raise BadPattern(f"'\\{letter}' refers to no group that is closed before it")
        if number in self.repeated:
            raise BadPattern(f"'\\{letter}' refers to a group that is repeated")
        self.add(f"(?:\\{letter})", 0, None)

    def repeat(self) -> None:
        sign = self.pattern[self.place]
        if sign == "{":
            found = read_bounds(self.pattern, self.place)
            least, most, after = found if found is not None else (1, 1, self.place + 1)
        else:
            (least, most), after = _SIGNS[sign], self.place + 1
        item = self.frames[-1].last
        if item is None:
            raise BadPattern(f"'{sign}' stands behind nothing that it could repeat")
        if max(least, most or 0) > _MOST:
            raise BadPattern(f"a repetition has at most {_MOST} times")
        if item.repeated or item.kind == "assertion" or most == 0:
            raise BadPattern("a repetition of a repetition or of ^, $, \\b is not supported here")
        if item.low == 0 and item.high != 0 and most != 1 and item.kind == "group":
            raise BadPattern("a repetition of a group that may be empty is not supported here")
        suffix = self.pattern[after : after + 1]
        suffix = suffix if suffix and suffix in "?+" else ""
        self.parts.append(bounds_text(least, most) + suffix)
        self.place = after + len(suffix)
        item.low, item.high = times(item, least, most)
        item.repeated = True
        # The groups of the last item are the last ones that were counted.
        self.repeated.update(range(self.groups - item.groups + 1, self.groups + 1))

    def open(self) -> None:
        if len(self.frames) > LONGEST_NESTING:
            raise BadPattern("the groups of the pattern are nested too deeply")
        found = _OPENINGS.match(self.pattern, self.place)
        sort = "" if found is None else found["sort"] or ""
        if found is None and self.pattern[self.place + 1 : self.place + 2] in ("?", "*"):
            group = self.pattern[self.place : self.place + 3]
            raise BadPattern(f"a group that begins with '{group}' is not supported here")
        if found is not None and found["name"]:
            if found["name"] in self.names:
                raise BadPattern(f"two groups have the name '{found['name']}'")
            self.names.add(found["name"])
        kind = _SORTS.get(sort, "bare" if sort else "group")
        self.looks_behind |= kind == "behind"
        before = self.groups
        self.groups += kind == "group"
        self.frames[-1].commit()
        frame = Frame(kind, self.groups if kind == "group" else 0, len(self.parts), before)
        self.frames.append(frame)
        self.parts.append(f"(?{sort}" if sort else "(")
        self.place = self.place + 1 if found is None else found.end()

    def close(self) -> None:
        if len(self.frames) == 1:
            raise BadPattern("a ')' has no '(' in front of it")
        frame = self.frames.pop()
        frame.close_branch()
        low, high = frame.lengths()
        if frame.kind == "behind" and any(least != most for least, most in frame.branches):
            raise BadPattern("what is looked for behind must have a fixed length")
        looks = frame.kind in ("ahead", "behind")
        self.parts.append(")")
        if looks:
            low, high = 0, 0
        kind = "assertion" if looks else "group"
        groups = self.groups - frame.groups_before
        self.frames[-1].last = Item(frame.at, low, high, kind, groups)
        self.place += 1

    def bar(self) -> None:
        self.frames[-1].close_branch()
        self.parts.append("|")
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
