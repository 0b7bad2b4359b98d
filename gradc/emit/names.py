"""The one place where names are mangled.

A user's name is any text: dots, Greek letters, reserved words, or an attempt at breaking out
of the generated code. What is emitted is an ASCII identifier of the target, no two the same.
A name that is an identifier already and not reserved stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

_R = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*\Z")
_C = re.compile(r"(?:[A-Za-z]|_[a-z0-9])(?:_?[A-Za-z0-9])*_?\Z")
_PYTHON = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_]*\Z")
_WRONG = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Rules:
    """Which texts are identifiers of a target, and which of those are taken."""

    identifier: re.Pattern[str]
    reserved: frozenset[str]


@cache
def reserved(language: str) -> frozenset[str]:
    """The words that a language takes away, from the list beside this file."""
    text = resources.files(__package__).joinpath("reserved", f"{language}.txt").read_text("ascii")
    return frozenset(word for line in text.splitlines() if line[:1] != "#" for word in line.split())


@cache
def rules(language: Literal["r", "python", "tmb"]) -> Rules:
    """What a name is in a language; in C++ a macro of any header takes a name away."""
    pattern = {"r": _R, "python": _PYTHON, "tmb": _C}[language]
    return Rules(pattern, reserved(language))


class Names:
    """Emitted names of one file: the user's, and fresh ones that clash with none of them."""

    def __init__(self, rules: Rules, taken: Iterable[str] = ()) -> None:
        self._rules = rules
        self._taken = set(taken)
        self._emitted: dict[str, str] = {}
        self._counters: dict[str, int] = {}

    def claim(self, users: Iterable[str]) -> Mapping[str, str]:
        """Emitted names for user's names; those that are identifiers come first and stay."""
        wanted = [user for user in dict.fromkeys(users) if user not in self._emitted]
        for user in wanted:
            if self._free(user):
                self._emitted[user] = user
                self._taken.add(user)
        for user in wanted:
            if user not in self._emitted:
                self._emitted[user] = self.fresh(identifier(user))
        return self._emitted

    def __getitem__(self, user: str) -> str:
        return self._emitted[user]

    def __contains__(self, user: str) -> bool:
        return user in self._emitted

    @property
    def mangled(self) -> list[tuple[str, str]]:
        """User's names that could not stay, with what became of them."""
        return [(user, name) for user, name in self._emitted.items() if user != name]

    def copy(self) -> Names:
        """The same names, to which a function may add its own locals."""
        other = Names(self._rules, self._taken)
        other._emitted = dict(self._emitted)
        return other

    def resembling(self, user: str) -> str:
        """A fresh name for something that the user called so."""
        return self.fresh(user if self._rules.identifier.match(user) else identifier(user))

    def fresh(self, stem: str) -> str:
        """The stem itself where it is free, else the stem with an underscore or a number."""
        for name in (stem, f"{stem.rstrip('_')}_"):
            if self._free(name):
                self._taken.add(name)
                return name
        return self.numbered(f"{stem.rstrip('_')}_", 2)

    def numbered(self, stem: str, first: int = 1) -> str:
        """The stem with the next number that gives a free name."""
        number = self._counters.get(stem, first)
        while not self._free(f"{stem}{number}"):
            number += 1
        self._counters[stem] = number + 1
        name = f"{stem}{number}"
        self._taken.add(name)
        return name

    def _free(self, name: str) -> bool:
        rules = self._rules
        return (
            name not in self._taken
            and name not in rules.reserved
            and len(name) <= _LONGEST
            and rules.identifier.match(name) is not None
        )


class Locals:
    """Names of one function's intermediate results: the user's, else numbered."""

    def __init__(self, names: Names, users: Mapping[int, str], stem: str) -> None:
        self._names = names
        self._users = users
        self._stem = stem

    def __call__(self, node: int) -> str:
        user = self._users.get(node)
        return self._names.numbered(self._stem) if user is None else self._names.resembling(user)

    def fresh(self, stem: str) -> str:
        """A free name that resembles a stem."""
        return self._names.resembling(stem)


def identifier(text: str) -> str:
    """An identifier of every target that resembles a text: ``β₁`` becomes ``beta1``."""
    spelled = "".join(_spell(character) for character in text)
    name = _WRONG.sub("_", spelled)
    name = re.sub(r"__+", "_", name).strip("_")[:40].rstrip("_")
    if not name or name[0].isdigit():
        name = f"v_{name}".rstrip("_")
    return name


def _spell(character: str) -> str:
    """ASCII for one character: letters without accents, Greek letters by name."""
    if character.isascii():
        return character
    plain = unicodedata.normalize("NFKD", character)
    letters = "".join(c for c in plain if c.isascii() and c.isalnum())
    if letters:
        return letters
    words = unicodedata.name(plain[0], "").split()
    if "GREEK" in words and "LETTER" in words:
        name = words[words.index("LETTER") + 1]
        return name.capitalize() if "CAPITAL" in words else name.lower()
    return f"_u{ord(character):x}_" if character.isalnum() else "_"


def model_name(text: str) -> str:
    """A name for the model that every target accepts as a function, a module and a file."""
    name = identifier(text)
    return f"{name}_model" if name in reserved("r") | reserved("called") else name
