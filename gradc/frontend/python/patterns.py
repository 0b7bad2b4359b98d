"""The module ``re``: patterns, matches, and what is found and replaced."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from gradc.frontend.actions import Action, Steps
from gradc.frontend.calls import call
from gradc.frontend.context import Context
from gradc.frontend.python.modules import FLAGS
from gradc.frontend.python.objects import At
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Known,
    Listing,
    Refusal,
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_SECONDS = 5.0

_PATTERN, _MATCH = "a compiled pattern", "a match of a pattern"


def _working(work: Callable[[Any], Any]) -> Any:
    """The ``regex`` package put to work, which is given up where a pattern runs away."""
    import regex

    try:
        return work(regex)
    except regex.error as problem:
        raise Refusal("G103", f"this is no pattern: {problem}", None, 0) from None
    except TimeoutError:
        raise Refusal("G105", "this pattern takes too long", None, 0) from None
    except (IndexError, KeyError):
        raise Refusal("G103", "this names a group that is not there") from None
    except (ValueError, OverflowError, RecursionError) as problem:
        raise Refusal("G103", f"this pattern does not work: {problem}", None, 0) from None


def _compiled(context: Context, pattern: Value, flags: Value) -> Any:
    """A pattern made ready, or as it was."""
    if isinstance(pattern, Known) and pattern.what == _PATTERN:
        return pattern.held
    text = context.flat(pattern, "a pattern", 0)
    number = 0 if flags is ABSENT else context.whole(flags, "'flags'")
    if number & ~sum({*FLAGS.values()}):
        raise Refusal("G104", "these flags of a pattern are not available")
    _check(text, number)
    return _working(lambda regex: regex.compile(text, number))


_OTHERWISE = re.compile(r"(?<!\\)\{[^\d,}]|\[\[:")
"""What the package ``regex`` reads otherwise than ``re``: inexact matches, named classes."""


@cache
def _check(text: str, flags: int) -> None:
    """Refuse what Python's own ``re`` does not take, or takes for something else."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(text, flags)
    except (re.error, Warning, OverflowError, RecursionError) as problem:
        raise Refusal("G103", f"this is no pattern: {problem}", None, 0) from None
    if _OTHERWISE.search(text):
        raise Refusal("G104", "a brace in a pattern needs a backslash here", None, 0)


def compile_(m: Machine, at: At, pattern: Value, flags: Value) -> Steps:
    """``re.compile(p)``."""
    yield from ()
    return Known(_PATTERN, _compiled(m.context, pattern, flags))


def _found(how: str) -> Callable[..., Steps]:
    """``re.match``, ``re.search``, ``re.fullmatch``: a match or None."""

    def run(m: Machine, at: At, pattern: Value, string: Value, flags: Value) -> Steps:
        yield from ()
        flat = m.context.flat(string, "a text", 1)
        compiled = _compiled(m.context, pattern, flags)
        found = _working(lambda regex: getattr(compiled, how)(flat, timeout=_SECONDS))
        return NULL if found is None else Known(_MATCH, found)

    return run


def find_iter(m: Machine, at: At, pattern: Value, string: Value, flags: Value) -> Steps:
    """``re.finditer(p, text)``."""
    yield from ()
    flat = m.context.flat(string, "a text", 1)
    compiled = _compiled(m.context, pattern, flags)
    found = _working(lambda regex: list(compiled.finditer(flat, timeout=_SECONDS)))
    m.context.spend(len(found))
    return Listing([Known(_MATCH, match) for match in found])


def find_all(m: Machine, at: At, pattern: Value, string: Value, flags: Value) -> Steps:
    """``re.findall(p, text)``."""
    yield from ()
    flat = m.context.flat(string, "a text", 1)
    compiled = _compiled(m.context, pattern, flags)
    found = _working(lambda regex: compiled.findall(flat, timeout=_SECONDS))
    return Listing([_value(m.context, item) for item in found])


def split(
    m: Machine, at: At, pattern: Value, string: Value, maxsplit: Value, flags: Value
) -> Steps:
    """``re.split(p, text)``."""
    yield from ()
    flat = m.context.flat(string, "a text", 1)
    most = 0 if maxsplit is ABSENT else m.context.whole(maxsplit, "'maxsplit'")
    compiled = _compiled(m.context, pattern, flags)
    found = _working(lambda regex: compiled.split(flat, most, timeout=_SECONDS))
    return Listing([_value(m.context, item) for item in found])


def sub(
    m: Machine, at: At, pattern: Value, repl: Value, string: Value, count: Value, flags: Value
) -> Steps:
    """``re.sub(p, text or function, text)``."""
    context = m.context
    flat = context.flat(string, "a text", 2)
    most = 0 if count is ABSENT else context.whole(count, "'count'")
    compiled = _compiled(context, pattern, flags)
    if isinstance(repl, Text):
        written = context.written_out(repl)
        changed = _working(lambda regex: compiled.sub(written, flat, count=most, timeout=_SECONDS))
        return context.made(changed)
    pieces: list[str] = []
    place = 0
    for k, match in enumerate(_working(lambda regex: list(compiled.finditer(flat)))):
        if most and k >= most:
            break
        context.spend(1)
        new = yield from call(m, repl, [(None, Known(_MATCH, match))], *at)
        if not isinstance(new, Text):
            raise Refusal("G202", f"the function gives {describe(new)}, and no text")
        pieces += [flat[place : match.start()], context.written_out(new)]
        place = match.end()
    m.context.at = at[1], at[2]
    return context.made("".join(pieces) + flat[place:])


def escape(m: Machine, at: At, pattern: Value) -> Steps:
    """``re.escape(text)``."""
    yield from ()
    return m.context.made(re.escape(m.context.flat(pattern, "a text", 0)))


# ------------------------------------------------------------------------- methods


def _value(context: Context, found: Any) -> Value:
    """What a match gives: a text, None, a number, or a tuple of these."""
    if found is None:
        return NULL
    if isinstance(found, str):
        return context.made(found)
    if isinstance(found, tuple):
        return Listing([_value(context, part) for part in found], is_tuple=True)
    return Whole(context.builder.const(float(found)))


_OF_MATCHES = ("group", "groups", "start", "end", "span")


def method(m: Machine, owner: Known, name: str) -> Action | None:
    """``pattern.sub(…)``, ``match.group(…)``."""
    if owner.what == _PATTERN:
        known = CALLBACKS.get(name)
        if known is None or name in ("compile", "escape"):
            return None
        formals, callback = known
        rest = tuple(formals.split()[1:-1])

        def of_pattern(m: Machine, at: At, *values: Value) -> Steps:
            return callback(m, at, owner, *values, ABSENT)

        return Action(name, rest, callback=of_pattern)
    if name not in _OF_MATCHES:
        return None

    def of_match(m: Machine, at: At, *given: Value) -> Steps:
        yield from ()
        keys = [_key(m.context, value) for value in given if value is not ABSENT]
        return _value(m.context, _working(lambda regex: getattr(owner.held, name)(*keys)))

    count = {"group": 3, "groups": 0}.get(name, 1)
    return Action(name, tuple(f"group{k}?" for k in range(count)), callback=of_match)


def _key(context: Context, value: Value) -> str | int:
    if isinstance(value, Text):
        return context.written_out(value)
    return context.whole(value, "the number of a group")


def taken(context: Context, owner: Known, index: Value) -> Value:
    """``match[1]``."""
    if owner.what != _MATCH:
        raise Refusal("G202", f"{owner.what} has no elements", None, 0)
    match: Any = owner.held
    return _value(context, _working(lambda regex: match[_key(context, index)]))


CALLBACKS: Mapping[str, tuple[str, Callable[..., Steps]]] = {
    "compile": ("pattern flags?", compile_),
    "match": ("pattern string flags?", _found("match")),
    "search": ("pattern string flags?", _found("search")),
    "fullmatch": ("pattern string flags?", _found("fullmatch")),
    "findall": ("pattern string flags?", find_all),
    "finditer": ("pattern string flags?", find_iter),
    "split": ("pattern string maxsplit? flags?", split),
    "sub": ("pattern repl string count? flags?", sub),
    "escape": ("pattern", escape),
}
