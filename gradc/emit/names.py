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

_R = re.compile(r"(?:[A-Za-z]|\.(?![0-9]))[A-Za-z0-9._]*\Z")
_C = re.compile(r"(?:[A-Za-z]|_(?![A-Z_]))(?:_?[A-Za-z0-9])*_?\Z")
_PYTHON = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WRONG = re.compile(r"[^A-Za-z0-9_]+")
_LONGEST = 60

R_RESERVED = frozenset(
    """
    if else repeat while function for next break in TRUE FALSE NULL Inf NaN NA NA_integer_
    NA_real_ NA_complex_ NA_character_ ... T F pi
    """.split()
)

PYTHON_RESERVED = frozenset(
    """
    False None True and as assert async await break class continue def del elif else except
    finally for from global if import in is lambda nonlocal not or pass raise return try while
    with yield match case type _ abs all any bin bool bytes callable chr compile complex dict
    dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash
    help hex id input int isinstance issubclass iter len list locals map max memoryview min
    next object oct open ord pow print property range repr reversed round set setattr slice
    sorted staticmethod str sum super tuple vars zip self cls np special tf
    """.split()
)

CPP_KEYWORDS = frozenset(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t
    char32_t class co_await co_return co_yield compl concept const const_cast consteval
    constexpr constinit continue decltype default delete do double dynamic_cast else enum
    explicit export extern false float for friend goto if inline int long mutable namespace new
    noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires return short signed sizeof static static_assert static_cast
    struct switch template this thread_local throw true try typedef typeid typename union
    unsigned using virtual void volatile wchar_t while xor xor_eq
    """.split()
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Which texts are identifiers of a target, and which of those are taken."""

    identifier: re.Pattern[str]
    reserved: frozenset[str]


R_NAMES = Rules(_R, R_RESERVED)
PYTHON_NAMES = Rules(_PYTHON, PYTHON_RESERVED)


def cpp_names(reserved: Iterable[str]) -> Rules:
    """C++'s rules, where a macro of any header takes a name away."""
    return Rules(_C, CPP_KEYWORDS | frozenset(reserved))


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


def identifier(text: str) -> str:
    """An identifier of every target that resembles a text: ``β₁`` is ``beta1``, ``my var`` ``my_var``."""
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


# Names that would hide a function which the emitted R code itself calls.
_R_CALLED = frozenset(
    """
    array as.list as.numeric attr c cbind colSums do.call dim dimnames eval for function if is.na
    lapply length lengths list local matrix max min numeric paste0 pmax pmin prod quote rep_len
    return seq_len stop structure sum switch unname vector which sqrt exp expm1 log log1p log2
    log10 sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh sinpi cospi tanpi
    abs sign floor ceiling round trunc gamma lgamma digamma trigamma psigamma beta lbeta choose
    lchoose besselI besselJ besselK besselY plogis qlogis pnorm pgamma Mod complex replace
    cumprod rev any all base stats value data file source library
    """.split()
)
_EVERYWHERE = R_RESERVED | PYTHON_RESERVED | CPP_KEYWORDS | _R_CALLED


def model_name(text: str) -> str:
    """A name for the model that every target accepts as a function, a module and a file."""
    name = identifier(text)
    return f"{name}_model" if name in _EVERYWHERE else name
