"""Which argument belongs to which parameter: exact names, then partial ones, then places."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

from gradc.frontend.values import Listing, Mapped, Refusal, Value
from gradc.syntax.rope import computed

T = TypeVar("T")
Supplied = Sequence[tuple[str | None, T]]
Extra = tuple[tuple[str | None, T], ...]


DOTS = ("...", "**")
"""Formals that take what is left: in Python the second one takes what has a name as well."""


def match(
    function: str, formals: Sequence[str], supplied: Supplied[T], partial: bool = True
) -> tuple[list[T | None], Extra[T]]:
    """One entry a formal, None where nothing was given, and what goes to ``...``.

    R's rules; without ``partial``, as in Python, names must be whole. A wrong argument is a
    :class:`Refusal` with its number.
    """
    given: list[T | None] = [None] * len(formals)
    filled = [False] * len(formals)
    dots = next((k for k, formal in enumerate(formals) if formal in DOTS), None)
    takes_names = partial or "**" in formals
    names = [name or None for name, _ in supplied]
    used = [False] * len(supplied)
    if any(names):
        for exact in (True, False) if partial else (True,):
            _match_names(function, formals, supplied, exact, dots, given, filled, used)
    rest = [k for k, taken in enumerate(used) if not taken]
    place = 0
    extra: list[tuple[str | None, T]] = []
    for k in rest:
        name, value = supplied[k]
        while place < len(formals) and filled[place] and place != dots:
            place += 1
        if name is None and place < len(formals) and place != dots:
            given[place], filled[place] = value, True
        elif dots is not None and (takes_names or name is None):
            extra.append((name, value))
        else:
            raise _unused(function, formals, name, k, len(supplied))
    return given, tuple(extra)


def _match_names(
    function: str,
    formals: Sequence[str],
    supplied: Supplied[T],
    exact: bool,
    dots: int | None,
    given: list[T | None],
    filled: list[bool],
    used: list[bool],
) -> None:
    for k, (name, value) in enumerate(supplied):
        if not name or used[k]:
            continue
        if exact:
            hits = [i for i, formal in enumerate(formals) if formal == name and i != dots]
            if hits and filled[hits[0]]:
                raise Refusal("G103", f"'{function}' is given '{name}' twice", None, k)
        else:
            # R takes a shortened name only for the parameters before '...'.
            hits = [
                i
                for i, formal in enumerate(formals[:dots])
                if formal.startswith(name) and not filled[i]
            ]
        if len(hits) > 1:
            candidates = " or ".join(f"'{formals[i]}'" for i in hits)
            raise Refusal("G103", f"'{name}' may mean {candidates} of '{function}'", None, k)
        if hits:
            given[hits[0]], filled[hits[0]], used[k] = value, True, True


def _unused(function: str, formals: Sequence[str], name: str | None, k: int, count: int) -> Refusal:
    takes = takes_words(formals)
    if name is not None:
        return Refusal("G103", f"'{function}' has no argument '{name}'", f"it takes {takes}", k)
    return Refusal("G103", f"'{function}' takes {takes}, and not {count}", None, k)


_MARKS = {1: "...", 2: "**"}


def without_stars(formals: Sequence[str]) -> Sequence[str]:
    """The parameters of a function of Python, ``*xs`` and ``**d`` as what takes the rest."""
    if not any(formal.startswith("*") for formal in formals):
        return formals
    return [_MARKS.get(formal.count("*"), formal) for formal in formals]


def starred(name: str, formals: Sequence[str], extra: Extra[Value]) -> dict[str, Value]:
    """The values of ``*xs`` and ``**d`` of a function of Python."""
    stars = [formal for formal in formals if formal.startswith("*")]
    places = [value for argument, value in extra if argument is None]
    if places and all(formal.startswith("**") for formal in stars):
        raise Refusal("G103", f"'{name}' is given too many arguments")
    entries: dict[Hashable, tuple[Value, Value]] = {
        n: (computed(n, None), value) for n, value in extra if n is not None
    }
    return {
        formal: Mapped(dict(entries))
        if formal.startswith("**")
        else Listing(list(places), is_tuple=True)
        for formal in stars
    }


def takes_words(formals: Sequence[str]) -> str:
    """The arguments of a function in words."""
    if not formals:
        return "no arguments"
    plural = "s" if len(formals) > 1 or formals[0] == "..." else ""
    return f"{len(formals)} argument{plural} ({', '.join(formals)})"
