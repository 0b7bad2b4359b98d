"""Pasting and formats: ``paste``, ``sprintf``, ``format``, ``formatC``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradc.frontend import language
from gradc.frontend.actions import Native
from gradc.frontend.context import TURN_COST, Context, vector_of
from gradc.frontend.texts import as_texts, deparse, flattened, like, option, r_atom
from gradc.frontend.values import (
    ABSENT,
    NULL,
    Atom,
    Dots,
    Elements,
    Refusal,
    Value,
)
from gradc.frontend.vectors import as_text, bounded
from gradc.frontend.written import FLAT_LIMIT
from gradc.syntax.rope import Text, paste


def _paste(
    context: Context, dots: Dots, between: Text | None, collapse: Value, recycle: Value
) -> Value:
    if recycle is not ABSENT and context.flag(recycle, "'recycle0'"):
        raise Refusal("G104", "'recycle0 = TRUE' is not available")
    columns = [as_texts(context, value, k) for k, (_, value) in enumerate(dots.items)]
    count = bounded(max((len(column) for column in columns), default=0))
    origin = context.here()
    empty = [context.made("")]
    columns = [column or empty for column in columns]
    rows: list[Text] = []
    for k in range(count):
        parts: list[Text] = []
        for column in columns:
            if parts and between is not None:
                parts.append(between)
            parts.append(column[k % len(column)])
        rows.append(paste(parts, origin))
    context.spend(TURN_COST + count * max(len(columns), 1))
    if collapse in (ABSENT, NULL):
        return vector_of(rows) if rows else Elements(())
    return _collapsed(context, rows, context.text(collapse, "'collapse'"))


def _collapsed(context: Context, rows: Sequence[Text], glue: Text) -> Text:
    parts: list[Text] = []
    for row in rows:
        if parts:
            parts.append(glue)
        parts.append(row)
    return paste(parts, context.here())


def paste_(context: Context, dots: Dots, sep: Value, collapse: Value, recycle: Value) -> Value:
    """``paste(…, sep = " ", collapse)``."""
    between = context.made(" ") if sep is ABSENT else context.text(sep, "'sep'")
    return _paste(context, dots, between if between.length else None, collapse, recycle)


def paste0(context: Context, dots: Dots, collapse: Value, recycle: Value) -> Value:
    """``paste0(…, collapse)``."""
    return _paste(context, dots, None, collapse, recycle)


def to_string(context: Context, x: Value, collapse: Value) -> Value:
    """``toString(x)``; as in R, another ``collapse`` is not heard."""
    return _collapsed(context, as_texts(context, x, 0), context.made(", "))


def repeat_text(context: Context, x: Value, times: Value) -> Value:
    """``strrep(x, times)``."""
    texts, counts = as_texts(context, x, 0), context.atoms(times, 1)
    rows: list[Atom] = []
    for k in range(max(len(texts), len(counts)) if texts and counts else 0):
        count = context.whole(counts[k % len(counts)], "'times'", 1)
        context.spend(count)
        rows.append(paste([texts[k % len(texts)]] * bounded(count), context.here()))
    return like(x, rows)


def sprintf(context: Context, fmt: Value, dots: Dots) -> Value:
    """``sprintf(fmt, …)``, vectorised over all arguments."""
    from gradc.text.sprintf import BadFormat, check_arguments, parse_format

    formats = as_texts(context, fmt, 0)
    columns: list[Sequence[Atom]] = [
        context.atoms(flattened(context, value), k + 1) for k, (_, value) in enumerate(dots.items)
    ]
    if not formats or any(not column for column in columns):
        return Elements(())
    count = max([len(formats), *map(len, columns)])
    context.spend(count * (len(columns) + 1))
    rows: list[Text] = []
    try:
        parsed = [parse_format(context.written_out(text)) for text in formats]
        for pieces in parsed:
            check_arguments(pieces, len(columns))
        for k in range(count):
            row = [column[k % len(column)] for column in columns]
            which = k % len(formats)
            rows.append(_formatted(context, formats[which], parsed[which], row))
    except BadFormat as problem:
        raise Refusal("G103", f"sprintf: {problem}", None, 0) from None
    return vector_of(rows)


def _formatted(context: Context, source: Text, pieces: Sequence[Any], row: Sequence[Atom]) -> Text:
    """One format with one row of arguments; a text behind ``%s`` is pasted, not copied."""
    from gradc.text.sprintf import apply_directive

    parts: list[Text] = []
    place = 0
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(_literal_part(context, source, piece, place))
            place += len(piece)
            continue
        place += len(piece.text)
        atom = row[piece.argument]
        if piece.is_plain_text:
            text = as_text(context, atom)
            parts.append(text if isinstance(text, Text) else context.made("NA"))
            continue
        stars = [r_atom(context, row[star], star + 1) for star in piece.stars]
        value = r_atom(context, atom, piece.argument + 1)
        field = apply_directive(piece, value, stars)
        context.spend(len(field) // 10)
        parts.append(context.made(field))
    return paste(parts, context.here())


def _literal_part(context: Context, source: Text, piece: str, place: int) -> Text:
    """A piece of a format with its own place in the script, where that can be told."""
    origin = source.origin
    if source.is_literal and origin is not None:
        start = origin.start + place
        if origin.source.text[start : start + len(piece)] == piece:
            from gradc.errors import Span

            span = Span(start, start + len(piece), origin.source)
            return Text((), piece, span, is_literal=True)
    return context.made(piece)


def format_(
    context: Context,
    x: Value,
    trim: Value,
    digits: Value,
    nsmall: Value,
    justify: Value,
    width: Value,
    na_encode: Value,
    scientific: Value,
    big_mark: Value,
) -> Value:
    """``format(x, …)``: one format for all elements."""
    from gradc.text.cformat import BadFormat
    from gradc.text.formats import format_numbers

    expression = language.expression_of(context, x)
    if expression is not None:
        return deparse(context, x)
    atoms = [r_atom(context, atom, 0) for atom in context.atoms(x, 0)]
    choice = None if scientific is ABSENT else _scientific(context, scientific)
    try:
        lines = format_numbers(
            atoms,
            digits=option(context, digits, "digits", 7),
            nsmall=option(context, nsmall, "nsmall", 0),
            width=0 if width in (ABSENT, NULL) else _width(context, width, len(atoms)),
            justify="left" if justify is ABSENT else context.flat(justify, "'justify'"),  # type: ignore[arg-type]
            big_mark="" if big_mark is ABSENT else context.flat(big_mark, "'big.mark'"),
            scientific=choice,
            trim=trim is not ABSENT and context.flag(trim, "'trim'"),
        )
    except BadFormat as problem:
        raise Refusal("G103", f"format: {problem}", None, 0) from None
    return like(x, [context.made(line) for line in lines])


def _width(context: Context, value: Value, count: int) -> int:
    """How wide so many fields are, counted as work done."""
    width = context.whole(value, "'width'")
    if abs(width) > FLAT_LIMIT:
        raise Refusal("G105", f"a text of {abs(width):,} characters is too wide")
    context.spend(count * abs(width) // 10)
    return width


def _scientific(context: Context, value: Value) -> bool | int:
    return value if isinstance(value, bool) else context.whole(value, "'scientific'")


def format_c(
    context: Context,
    x: Value,
    width: Value,
    digits: Value,
    form: Value,
    flag: Value,
    mode: Value,
    big_mark: Value,
) -> Value:
    """``formatC(x, …)``."""
    from gradc.text.cformat import BadFormat
    from gradc.text.formats import format_c as formatted

    def text(value: Value, what: str) -> Any:
        return None if value in (ABSENT, NULL) else context.flat(value, what)

    atoms = [r_atom(context, atom, 0) for atom in context.atoms(x, 0)]
    try:
        lines = formatted(
            atoms,
            width=None if width is ABSENT else _width(context, width, len(atoms)),
            digits=None if digits in (ABSENT, NULL) else context.whole(digits, "'digits'"),
            format=text(form, "'format'"),
            flag=text(flag, "'flag'") or "",
            mode=text(mode, "'mode'"),
            big_mark=text(big_mark, "'big.mark'") or "",
        )
    except BadFormat as problem:
        raise Refusal("G103", f"formatC: {problem}", None, 0) from None
    return like(x, [context.made(line) for line in lines])


def _rounding(name: str) -> Native:
    def call(context: Context, x: Value, digits: Value) -> Value:
        from gradc.text import rounding

        function: Callable[[float, int], float] = getattr(rounding, f"r_{name}")
        places = option(context, digits, "digits", 6)
        rounded: list[Atom] = []
        for atom in context.atoms(x, 0):
            number = context.known(atom, "a number that is rounded to digits", 0)
            rounded.append(context.builder.const(function(number, places)))
        return vector_of(rounded)

    return call


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("paste", "... sep? collapse? recycle0?", paste_),
    ("paste0", "... collapse? recycle0?", paste0),
    ("strrep", "x times", repeat_text),
    ("toString", "x collapse?", to_string),
    ("sprintf", "fmt ...", sprintf),
    ("gettextf", "fmt ...", sprintf),
    (
        "format",
        "x trim? digits? nsmall? justify? width? na.encode? scientific? big.mark?",
        format_,
    ),
    ("formatC", "x width? digits? format? flag? mode? big.mark?", format_c),
    ("signif", "x digits?", _rounding("signif")),
)
