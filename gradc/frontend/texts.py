"""Functions that make text out of text and of known numbers, with R's semantics.

Pasting keeps its parts and copies nothing; functions that look at characters write them out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradc.frontend import language
from gradc.frontend.actions import Native
from gradc.frontend.context import TURN_COST, Context, vector_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Atom,
    Closure,
    Dots,
    Elements,
    Expressions,
    Items,
    Quoted,
    Refusal,
    Special,
    Value,
    Whole,
    describe,
)
from gradc.frontend.vectors import as_text, bounded, unlist
from gradc.syntax.rope import Text, paste
from gradc.syntax.tree import Kind

RAtom = float | int | bool | str | None


def as_texts(context: Context, x: Value, argument: int | None = None) -> list[Text]:
    """Each element of a vector, or part of a call, as ``as.character`` has it."""
    if isinstance(x, Items):
        return [_list_element(context, value) for value in x.values]
    if isinstance(x, Expressions):
        return [text for q in x.quoted for text in _joined(context, q)]
    expression = language.expression_of(context, x)
    if expression is not None:
        return _of_call(context, expression)
    found: list[Text] = []
    for atom in context.atoms(x, argument):
        text = as_text(context, atom)
        found.append(text if isinstance(text, Text) else context.made("NA"))
    return found


def _list_element(context: Context, value: Value) -> Text:
    if isinstance(value, Elements) and len(value) != 1:
        return paste(as_texts(context, deparse(context, value)), context.here())
    texts = as_texts(context, value)
    return texts[0] if len(texts) == 1 else paste(texts, context.here())


def _joined(context: Context, expression: Quoted) -> list[Text]:
    lines = as_texts(context, deparse(context, expression, context.builder.const(500.0)))
    return [paste(lines, context.here())]


def _of_call(context: Context, expression: Quoted) -> list[Text]:
    from gradc.text.deparse import as_character_call

    tree, node = expression.scope.tree, expression.node
    kind = tree.kinds[node]
    if kind == Kind.NAME:
        return [context.made(tree.name(node))]
    if kind in (Kind.CALL, Kind.FUNCTION):
        return [context.made(text) for text in as_character_call(tree, node)]
    if kind == Kind.MISSING:
        return [context.made("")]
    return as_texts(context, language.part(context, tree, node, expression.scope))


def as_character(context: Context, x: Value, dots: Dots) -> Value:
    """``as.character(x)``."""
    if isinstance(x, Text):
        return x
    if isinstance(x, Elements):
        return vector_of([as_text(context, item) for item in x.items])
    texts = as_texts(context, x, 0)
    return vector_of(texts) if texts else Elements(())


# ------------------------------------------------------------------------- pasting


def _paste(
    context: Context, dots: Dots, between: Text | None, collapse: Value, recycle: Value
) -> Value:
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


# ------------------------------------------------------------------------- numbers as text


def r_atom(context: Context, atom: Atom, argument: int | None = None) -> RAtom:
    """An element as the formatting functions take it: R's integers are Python's."""
    if isinstance(atom, Text):
        return context.written_out(atom)
    if isinstance(atom, bool):
        return atom
    if not isinstance(atom, int):
        return None
    number = context.number(atom, argument)
    if number is None:
        context.as_characters(atom, argument)  # raises: a number that is not known
        return None
    if context.is_logical(atom):
        return bool(number)
    return int(number) if isinstance(atom, Whole) else number


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
        parts.append(context.made(apply_directive(piece, value, stars)))
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


def _option(context: Context, value: Value, what: str, default: int) -> int:
    return default if value in (ABSENT, NULL) else context.whole(value, f"'{what}'")


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
            digits=_option(context, digits, "digits", 7),
            nsmall=_option(context, nsmall, "nsmall", 0),
            width=_option(context, width, "width", 0),
            justify="left" if justify is ABSENT else context.flat(justify, "'justify'"),  # type: ignore[arg-type]
            big_mark="" if big_mark is ABSENT else context.flat(big_mark, "'big.mark'"),
            scientific=choice,
            trim=trim is not ABSENT and context.flag(trim, "'trim'"),
        )
    except BadFormat as problem:
        raise Refusal("G103", f"format: {problem}", None, 0) from None
    return like(x, [context.made(line) for line in lines])


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
            width=None if width is ABSENT else context.whole(width, "'width'"),
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
        places = _option(context, digits, "digits", 6)
        rounded: list[Atom] = []
        for atom in context.atoms(x, 0):
            number = context.known(atom, "a number that is rounded to digits", 0)
            rounded.append(context.builder.const(function(number, places)))
        return vector_of(rounded)

    return call


# ------------------------------------------------------------------------- code as text


def deparse(context: Context, x: Value, cutoff: Value = ABSENT, *options: Value) -> Value:
    """``deparse(x)``: the lines that R prints for an expression, a function or a value."""
    from gradc.text.deparse import deparse as lines_of
    from gradc.text.deparse import deparse_function

    width = _option(context, cutoff, "width.cutoff", 60)
    if isinstance(x, Closure):
        return language.texts(context, deparse_function(x.scope.tree, x.node, width))
    if isinstance(x, Text):
        from gradc.text.numbers import deparse_string

        return context.made(deparse_string(context.written_out(x)))
    if isinstance(x, Expressions):
        call = language.make_call(
            context, context.made("expression"), [(None, q) for q in x.quoted]
        )
        return deparse(context, call, cutoff)
    expression = language.expression_of(context, x)
    if expression is None:
        made = language.as_expression(context, x)
        expression = language.expression_of(context, made)
    if expression is None:
        raise Refusal("G104", f"deparse() of {describe(x)} is not available", None, 0)
    lines = lines_of(expression.scope.tree, expression.node, width)
    return language.texts(context, lines)


# ------------------------------------------------------------------------- characters


def like(x: Value, atoms: Sequence[Atom]) -> Value:
    """A vector with the names and the dimensions of another one, where these fit."""
    if not isinstance(x, Elements) or len(x) != len(atoms):
        return vector_of(atoms) if atoms else Elements(())
    return vector_of(atoms, x.names, x.dim)


def flattened(context: Context, x: Value) -> Value:
    """A list of single values as a vector; anything else unchanged."""
    return unlist(context, x, ABSENT, False) if isinstance(x, Items) else x


def text_atoms(context: Context, x: Value, argument: int = 0) -> list[Text | Special]:
    """The elements of a vector as texts; what is missing stays missing."""
    if isinstance(x, (Elements, int, bool, Text, Special)) and x is not NULL:
        atoms = [as_text(context, atom) for atom in context.atoms(x, argument)]
        return [atom for atom in atoms if isinstance(atom, (Text, Special))]
    return list(as_texts(context, x, argument))


def each_text(
    context: Context, x: Value, function: Callable[[str], str], argument: int = 0
) -> Value:
    """A function of single texts applied to a vector of them."""
    changed: list[Atom] = []
    for atom in text_atoms(context, x, argument):
        if not isinstance(atom, Text):
            changed.append(NA)
            continue
        flat = context.written_out(atom)
        done = function(flat)
        changed.append(atom if done == flat else context.made(done))
    return like(x, changed)


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
    ("as.character", "x ...", as_character),
    ("deparse", "expr width.cutoff? backtick? control? nlines?", deparse),
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
