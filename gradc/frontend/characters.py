"""Functions that look at the characters of texts: ``nchar``, ``substr``, ``toupper``."""

from __future__ import annotations

from collections.abc import Callable

from gradc.frontend import language
from gradc.frontend.actions import Native
from gradc.frontend.context import Context, vector_of
from gradc.frontend.texts import as_texts, each_text, like, text_atoms
from gradc.frontend.values import (
    ABSENT,
    NA,
    Atom,
    Elements,
    Refusal,
    Value,
    Whole,
)
from gradc.syntax.rope import Text, paste


def _mapped(function: Callable[[str], str]) -> Native:
    def call(context: Context, x: Value) -> Value:
        try:
            return each_text(context, x, function)
        except ValueError as problem:
            raise Refusal("G104", str(problem), None, 0) from None

    return call


def _upper(text: str) -> str:
    from gradc.text import strings

    return strings.toupper(text)


def _lower(text: str) -> str:
    from gradc.text import strings

    return strings.tolower(text)


def nchar(context: Context, x: Value, sort: Value) -> Value:
    """``nchar(x)``; the length of a rope is known without writing it out."""
    counts: list[Atom] = []
    for atom in text_atoms(context, x):
        is_text = isinstance(atom, Text)
        counts.append(_count(context, context.characters(atom)) if is_text else NA)  # type: ignore[arg-type]
    return like(x, counts)


def _count(context: Context, number: int) -> Whole:
    return Whole(context.builder.const(float(number)))


def substring(context: Context, x: Value, first: Value, last: Value) -> Value:
    """``substr(x, start, stop)`` and ``substring(text, first, last)``."""
    from gradc.text import strings

    texts = text_atoms(context, x)
    starts = context.atoms(first, 1)
    stops = context.atoms(context.builder.const(1e6) if last is ABSENT else last, 2)
    if not texts:
        return Elements(())
    if not starts or not stops:
        raise Refusal("G103", "where a piece starts and ends must be given", None, 1)
    count = max(len(texts), len(starts), len(stops))
    rows: list[Atom] = []
    for k in range(count):
        low = context.whole(starts[k % len(starts)], "where a piece starts", 1)
        high = context.whole(stops[k % len(stops)], "where a piece ends", 2)
        atom = texts[k % len(texts)]
        if isinstance(atom, Text):
            piece = strings.substring(context.written_out(atom), low, high)
            rows.append(context.made(piece))
        else:
            rows.append(NA)
    context.spend(count)
    return like(x, rows)


def trim(context: Context, x: Value, which: Value, whitespace: Value) -> Value:
    """``trimws(x, which)``."""
    from gradc.text import strings

    side = "both" if which is ABSENT else context.flat(which, "'which'", 1)
    blanks = "[ \t\r\n]" if whitespace is ABSENT else context.flat(whitespace, "'whitespace'", 2)
    from gradc.text.patterns import BadPattern

    try:
        return each_text(context, x, lambda text: strings.trim(text, side, blanks))
    except BadPattern as problem:
        raise Refusal("G103", f"trimws: {problem}", None, 2) from None
    except ValueError as problem:
        raise Refusal("G103", f"trimws: {problem}", None, 1) from None


def translate(context: Context, old: Value, new: Value, x: Value) -> Value:
    """``chartr(old, new, x)``."""
    from gradc.text import strings
    from gradc.text.patterns import BadPattern

    before, after = context.flat(old, "'old'", 0), context.flat(new, "'new'", 1)
    try:
        return each_text(context, x, lambda text: strings.translate(before, after, text), 2)
    except (BadPattern, ValueError) as problem:
        raise Refusal("G103", f"chartr: {problem}") from None


def _edge(name: str) -> Native:
    def call(context: Context, x: Value, edge: Value) -> Value:
        texts, edges = as_texts(context, x, 0), as_texts(context, edge, 1)
        count = max(len(texts), len(edges)) if texts and edges else 0
        verdicts: list[Atom] = []
        for k in range(count):
            text = context.written_out(texts[k % len(texts)])
            verdicts.append(getattr(text, name)(context.written_out(edges[k % len(edges)])))
        return vector_of(verdicts) if verdicts else Elements(())

    return call


def _quotes(mark: str) -> Native:
    def call(context: Context, x: Value, q: Value) -> Value:
        if q is not False:
            raise Refusal(
                "G104",
                "these quotes are typographic ones, which no parser reads",
                "write FALSE as the second argument",
            )
        origin, quote = context.here(), context.made(mark)
        return vector_of([paste([quote, text, quote], origin) for text in as_texts(context, x, 0)])

    return call


def shell_quote(context: Context, x: Value) -> Value:
    """``shQuote(x)``: in single quotes."""
    origin, quote = context.here(), context.made("'")
    texts = as_texts(context, x, 0)
    if any("'" in context.written_out(text) for text in texts):
        raise Refusal("G104", "shQuote() of a text that has quotes in it is not available", None, 0)
    return vector_of([paste([quote, text, quote], origin) for text in texts])


def plain(context: Context, x: Value, *options: Value) -> Value:
    """``noquote(x)``: the text itself."""
    return x


def make_names(context: Context, x: Value, unique: Value) -> Value:
    """``make.names(x)``."""
    from gradc.text import strings

    try:
        lines = [strings.make_names(context.written_out(t)) for t in as_texts(context, x, 0)]
    except ValueError as problem:
        raise Refusal("G104", str(problem), None, 0) from None
    if unique is not ABSENT and context.flag(unique, "'unique'"):
        lines = strings.make_unique(lines)
    return language.texts(context, lines)


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("nchar", "x type?", nchar),
    ("substr", "x start stop", substring),
    ("substring", "text first last?", substring),
    ("trimws", "x which? whitespace?", trim),
    ("toupper", "x", _mapped(_upper)),
    ("tolower", "x", _mapped(_lower)),
    ("chartr", "old new x", translate),
    ("startsWith", "x prefix", _edge("startswith")),
    ("endsWith", "x suffix", _edge("endswith")),
    ("noquote", "obj right?", plain),
    ("sQuote", "x q?", _quotes("'")),
    ("dQuote", "x q?", _quotes('"')),
    ("shQuote", "string", shell_quote),
    ("make.names", "names unique?", make_names),
)
