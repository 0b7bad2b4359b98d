"""Functions with patterns, and sets of texts: ``gsub``, ``grepl``, ``strsplit``, ``%in%``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gradc.frontend import language
from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.positions import unknown_choice
from gradc.frontend.texts import as_texts, each_text, text_atoms
from gradc.frontend.values import (
    ABSENT,
    NA,
    Atom,
    Dots,
    Elements,
    Items,
    Refusal,
    Value,
)
from gradc.frontend.vectors import as_text, combine
from gradc.syntax.rope import Text


def _options(context: Context, ignore_case: Value, perl: Value, fixed: Value) -> dict[str, bool]:
    def is_set(value: Value, what: str) -> bool:
        return value is not ABSENT and context.flag(value, what)

    return {
        "ignore_case": is_set(ignore_case, "'ignore.case'"),
        "perl": is_set(perl, "'perl'"),
        "fixed": is_set(fixed, "'fixed'"),
    }


def _guarded(name: str, work: Callable[[], Any]) -> Any:
    from gradc.text.patterns import BadPattern

    try:
        return work()
    except BadPattern as problem:
        raise Refusal("G103", f"{name}: {problem}", None, 0) from None


def _only(context: Context, value: Value, argument: int) -> str:
    """The first text of an argument that is one."""
    texts = as_texts(context, value, argument)
    if not texts:
        raise Refusal("G103", "a text is needed here, and there is none", None, argument)
    return context.written_out(texts[0])


def _substitution(name: str, first_only: bool) -> Native:
    def call(
        context: Context,
        pattern: Value,
        replacement: Value,
        x: Value,
        ignore_case: Value,
        perl: Value,
        fixed: Value,
    ) -> Value:
        from gradc.text.patterns import substitute

        options = _options(context, ignore_case, perl, fixed)
        wanted = _only(context, pattern, 0)
        written = _only(context, replacement, 1)

        def work(flat: str) -> str:
            made: str = _guarded(
                name,
                partial(substitute, wanted, written, flat, first_only=first_only, **options),
            )
            return made

        return each_text(context, x, work, 2)

    return call


def contains(
    context: Context, pattern: Value, x: Value, ignore_case: Value, perl: Value, fixed: Value
) -> Value:
    """``grepl(pattern, x)``."""
    return vector_of(_hits(context, pattern, x, _options(context, ignore_case, perl, fixed)))


def _hits(context: Context, pattern: Value, x: Value, options: dict[str, bool]) -> list[bool]:
    from gradc.text.patterns import matches

    wanted = _only(context, pattern, 0)
    texts = [context.written_out(text) for text in as_texts(context, x, 1)]
    return [_guarded("grepl", partial(matches, wanted, t, **options)) for t in texts]


def search(
    context: Context,
    pattern: Value,
    x: Value,
    ignore_case: Value,
    perl: Value,
    value: Value,
    fixed: Value,
) -> Value:
    """``grep(pattern, x)``: the places, or with ``value`` the texts."""
    hits = _hits(context, pattern, x, _options(context, ignore_case, perl, fixed))
    if value is not ABSENT and context.flag(value, "'value'"):
        texts = as_texts(context, x, 1)
        kept: list[Atom] = [text for text, hit in zip(texts, hits, strict=True) if hit]
    else:
        kept = [context.integer(k + 1) for k, hit in enumerate(hits) if hit]
    return vector_of(kept) if kept else Elements(())


def split(context: Context, x: Value, separator: Value, fixed: Value, perl: Value) -> Value:
    """``strsplit(x, split)``: a list, one vector a text."""
    from gradc.text.patterns import split as pieces_of

    given = as_texts(context, separator, 1)
    wanted = context.written_out(given[0]) if given else ""
    options = _options(context, ABSENT, perl, fixed)
    del options["ignore_case"]
    rows: list[Value] = []
    for text in text_atoms(context, x):
        if not isinstance(text, Text):
            rows.append(NA)
            continue
        flat = context.written_out(text)
        pieces = _guarded("strsplit", partial(pieces_of, flat, wanted, **options))
        context.spend(len(pieces))
        rows.append(language.texts(context, pieces) if pieces else Elements(()))
    return Items(tuple(rows), x.names if isinstance(x, Elements) else None)


# ------------------------------------------------------------------------- sets


def _key(context: Context, atom: Atom) -> str | None:
    return None if atom is NA else context.as_characters(atom)


def _atoms(context: Context, x: Value, argument: int) -> Sequence[Atom]:
    if isinstance(x, Items):
        x = combine(context, Dots(tuple((None, value) for value in x.values)))
    return context.atoms(x, argument)


def is_in(context: Context, x: Value, table: Value) -> Value:
    """``x %in% table``."""
    known = {_key(context, atom) for atom in _atoms(context, table, 1)}
    found: list[Atom] = [_key(context, atom) in known for atom in _atoms(context, x, 0)]
    return vector_of(found) if found else Elements(())


def match_(context: Context, x: Value, table: Value) -> Value:
    """``match(x, table)``: the first place of each."""
    places: dict[str | None, int] = {}
    for k, atom in enumerate(_atoms(context, table, 1)):
        places.setdefault(_key(context, atom), k)
    found: list[Atom] = []
    for atom in _atoms(context, x, 0):
        place = places.get(_key(context, atom))
        found.append(NA if place is None else context.integer(place + 1))
    return vector_of(found)


def which(context: Context, x: Value) -> Value:
    """``which(x)``: the places of what is known to hold."""
    found: list[Atom] = []
    names: list[str] = []
    labels = x.names if isinstance(x, Elements) else None
    for k, atom in enumerate(context.atoms(x, 0)):
        truth = None if atom is NA else context.truth(atom)
        if truth is None and isinstance(atom, int):
            raise unknown_choice(context, [atom])
        if truth:
            found.append(context.integer(k + 1))
            names += labels[k : k + 1] if labels else ()
    return vector_of(found, tuple(names) or None) if found else Elements(())


def _kept(name: str, keep: Callable[[bool, bool], bool]) -> Native:
    """``union``, ``setdiff`` …: distinct elements by where they occur."""

    def call(context: Context, x: Value, y: Value) -> Value:
        first, second = _atoms(context, x, 0), _atoms(context, y, 1)
        one = {_key(context, atom) for atom in first}
        other = {_key(context, atom) for atom in second}
        found: dict[str | None, Atom] = {}
        for atom in (*first, *second):
            key = _key(context, atom)
            if keep(key in one, key in other):
                found.setdefault(key, atom)
        is_text = any(isinstance(atom, Text) for atom in (*first, *second))
        kept = [as_text(context, a) if is_text else a for a in found.values()]
        return vector_of(kept) if kept else Elements(())

    call.__name__ = name
    return call


def unique(context: Context, x: Value) -> Value:
    """``unique(x)``."""
    found: dict[str | None, Atom] = {}
    for atom in _atoms(context, x, 0):
        found.setdefault(_key(context, atom), atom)
    return vector_of(list(found.values())) if found else Elements(())


def sort(context: Context, x: Value, decreasing: Value) -> Value:
    """``sort(x)`` of known numbers; the order of texts depends on the machine's language."""
    atoms = list(context.atoms(x, 0))
    if any(isinstance(atom, Text) for atom in atoms):
        raise Refusal("G104", "the order of texts depends on the machine that R runs on", None, 0)
    backwards = decreasing is not ABSENT and context.flag(decreasing, "'decreasing'")
    numbers = [context.known(atom, "a sorted number", 0) for atom in atoms]
    order = [k for k, number in enumerate(numbers) if number == number]  # as R, without NaN
    order.sort(key=numbers.__getitem__, reverse=backwards)
    names = x.names if isinstance(x, Elements) else None
    return vector_of([atoms[k] for k in order], names and tuple(names[k] for k in order))


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("gsub", "pattern replacement x ignore.case? perl? fixed?", _substitution("gsub", False)),
    ("sub", "pattern replacement x ignore.case? perl? fixed?", _substitution("sub", True)),
    ("grepl", "pattern x ignore.case? perl? fixed?", contains),
    ("grep", "pattern x ignore.case? perl? value? fixed?", search),
    ("strsplit", "x split fixed? perl?", split),
    ("%in%", "x table", is_in),
    ("is.element", "el table", is_in),
    ("match", "x table", match_),
    ("which", "x", which),
    ("union", "x y", _kept("union", lambda a, b: a or b)),
    ("intersect", "x y", _kept("intersect", lambda a, b: a and b)),
    ("setdiff", "x y", _kept("setdiff", lambda a, b: a and not b)),
    ("unique", "x", unique),
    ("sort", "x decreasing?", sort),
)
