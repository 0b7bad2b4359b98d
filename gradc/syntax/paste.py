"""Pasted text to a tree, each distinct piece read once.

The meaning is always that of the flat text. A long piece that is pasted more than once is a
*hole* of the texts around it: it is read on its own, classed by its loosest operator, and
offered to the grammar as one token of that class. The grammar accepts that token only where
the flat text would have given the same tree. Where it does not, or where the piece is no
expression of its own, or would run together with the characters beside it, the hole is opened:
its parts take its place, and the text is read again.

Cost: linear in the number of distinct pieces where they are pasted as units; where the meaning
forbids sharing, linear in the text that has to be written out, up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gradc.errors import GradcError, Source, Span, fail
from gradc.syntax.grammar import Table, table
from gradc.syntax.lexer import tokenize
from gradc.syntax.looseness import ATOM, SUM, looseness
from gradc.syntax.opening import Piece, spine
from gradc.syntax.r import number_holes, read
from gradc.syntax.rope import LONGEST_FLAT, Pasted, Text, leaves
from gradc.syntax.tree import Tree

SHARED_ABOVE: Final = 64
"""Texts up to this length are copied and not shared."""

LONGEST: Final = 200_000_000
"""How long a text can be, pieces that are shared counted as one character."""

LONGEST_COPIED: Final = 500_000
"""How many characters are written out again because they cannot be shared."""

_LONGEST_RETOLD: Final = 200_000
"""Up to this length a wrong text is read again without holes, for a plain message."""

_MARKS: Final = "\ue000\ue001\ue002\ue003\ue004\ue005"
"""The characters of the terminals HOLE_ATOM to HOLE_LOW, by how loose a piece is."""
# Where one of these pairs meets at an edge, two tokens become one.
_GLUED: Final = frozenset(
    ("<<", "<-", "<=", "->", ">>", ">=", "==", "!=", "||", "|>", "&&", "**", "::", ":=", "[[", "%%")
)
# With these the tree depends on more than the class of what stands beside them.
_DELICATE: Final = ("ASSIGN", "RIGHT_ASSIGN", "EQUAL", "PIPE", "PLACEHOLDER", "DOLLAR", "NAMESPACE")


def parse_text(text: Text, *, shared_above: int = SHARED_ABOVE) -> Tree:
    """The expressions of a text as R reads them.

    Raises
    ------
        GradcError: the text is not R (G100), or it cannot be shared and is too long (G105).
    """
    try:
        for part in _shared(text, shared_above):
            if not isinstance(part.parse, Piece) and part is not text:
                part.parse = _try_piece(part, shared_above)
        return _read(text, shared_above)
    except _Unshared as problem:
        raise _too_long(text, problem.text) from None


class _Unshared(Exception):
    """A text would have to be written out again, and it is too long for that."""

    def __init__(self, text: Text) -> None:
        super().__init__()
        self.text = text


def _shared(text: Text, shared_above: int) -> list[Text]:
    """The texts that are pasted more than once, inner ones first; marked as candidates."""
    uses: dict[int, int] = {}
    order: list[Text] = []
    pending: list[tuple[Text, bool]] = [(text, False)]
    while pending:
        part, is_done = pending.pop()
        if is_done:
            order.append(part)
            continue
        count = uses.get(id(part), 0)
        uses[id(part)] = count + 1
        if count or part.length <= shared_above:
            continue
        pending.append((part, True))
        pending.extend((inner, False) for inner in part.parts)
    return [part for part in order if uses[id(part)] > 1 or isinstance(part.parse, Piece)]


def _try_piece(text: Text, shared_above: int) -> Piece | None:
    try:
        tree = _read(text, shared_above)
    except GradcError:
        return Piece(Tree(Source("", "")), None)
    return Piece(tree, looseness(tree))


def standing_for(tree: Tree, origin: Span | None, *, is_loose: bool) -> Text:
    """A text that is read as the only expression of a tree, and that has no characters.

    A loose one may be any sum; it is taken where a sum is taken whole.
    """
    text = Text((), "…", origin)
    text.is_value = True
    text.parse = Piece(tree, SUM if is_loose else ATOM)
    return text


class _Stream:
    """The parts of a text side by side: pieces written out, and holes."""

    def __init__(self, text: Text) -> None:
        self.whole = text
        self.parts: list[Text] = []
        self.is_hole: list[bool] = []
        self.length = self.copied = 0
        self._add(text, is_root=True)

    def _add(self, text: Text, *, is_root: bool = False) -> None:
        pending = [text]
        while pending:
            part = pending.pop()
            hole = isinstance(part.parse, Piece) and part.parse.looseness is not None
            if hole and (part.is_value or not (is_root and part is text)):
                self._append(part, True)
            elif part.parts:
                pending.extend(reversed(part.parts))
            elif part.length:
                self._append(part, False)

    def _append(self, part: Text, is_hole: bool) -> None:
        self.parts.append(part)
        self.is_hole.append(is_hole)
        self.length += 1 if is_hole else part.length
        if self.length > LONGEST:
            raise _Unshared(self.whole)

    def opened(self, places: set[int]) -> _Stream:
        """The stream with the holes at these places replaced by what they are made of."""
        other = _Stream.__new__(_Stream)
        other.whole, other.parts, other.is_hole, other.length = self.whole, [], [], 0
        other.copied = self.copied
        for place, part in enumerate(self.parts):
            if place in places:
                if part.is_value:
                    raise fail(
                        "G104",
                        "the text of an expression is pasted where its spelling matters",
                        part.origin,
                        "put parentheses around it",
                    )
                before = other.length
                for inner in spine(part) or ():
                    other._add(inner)
                if other.length == before:
                    other._add(part, is_root=True)
                other.copied += other.length - before
                if other.copied > LONGEST_COPIED:
                    raise _Unshared(self.whole)
            else:
                other._append(part, self.is_hole[place])
        return other

    def holes(self) -> list[int]:
        return [place for place, is_hole in enumerate(self.is_hole) if is_hole]

    def glued(self) -> set[int]:
        """Holes whose first or last character runs together with the one beside it."""
        found = set()
        for place in self.holes():
            part = self.parts[place]
            before = self.parts[place - 1].last if place else ""
            after = self.parts[place + 1].first if place + 1 < len(self.parts) else ""
            if _run_together(before, part.first) or _run_together(part.last, after):
                found.add(place)
        return found


def _run_together(left: str, right: str) -> bool:
    if not left or not right:
        return False
    if left + right in _GLUED:
        return True
    is_word = left.isalnum() or left in "._"
    return is_word and (right.isalnum() or right in "._'\"`")


def _read(text: Text, shared_above: int) -> Tree:
    """The tree of a text, holes opened until the grammar takes what is left of them."""
    stream = _Stream(text)
    if any(mark in leaf for mark in _MARKS for leaf in _written(stream)):
        return _read_flat(text)
    while True:
        glued = stream.glued()
        if glued:
            stream = stream.opened(glued)
            continue
        attempt = _Attempt(stream)
        if attempt.to_open:
            stream = stream.opened(attempt.to_open)
            continue
        if attempt.error is not None:
            has_values = any(part.is_value for part in stream.parts)
            if stream.holes() and text.length <= _LONGEST_RETOLD and not has_values:
                return _read_flat(text)
            raise attempt.error
        return attempt.tree


def _written(stream: _Stream) -> Iterator[str]:
    for part, is_hole in zip(stream.parts, stream.is_hole, strict=True):
        if not is_hole:
            yield part.flat()


class _Attempt:
    """One reading of a stream: a tree, or the holes to open, or what is wrong."""

    def __init__(self, stream: _Stream) -> None:
        self.stream = stream
        self.table: Table = table()
        self.error: GradcError | None = None
        self.to_open: set[int] = set()
        self.source, marked = _source(stream)
        self.tree = Tree(Source(self.source.name, marked))
        self.places = stream.holes()
        try:
            self._run()
        except _Rejected as rejected:
            self.to_open = self._alike(rejected)
        except GradcError as error:
            self.error = error

    def _run(self) -> None:
        tree, stream = self.tree, self.stream
        terminals = tokenize(tree, self.table)
        tree.source = self.source
        if not self.places:
            read(tree, number_holes(tree, terminals, self.table))
            return
        swallowed = self._swallowed(terminals)
        if swallowed:
            self.to_open = swallowed
            return
        for place in self.places:
            piece = stream.parts[place].parse
            assert isinstance(piece, Piece)  # noqa: S101 - a hole is one by its piece
            tree.holes.append((piece.tree, piece.node))
        terminals = number_holes(tree, terminals, self.table)
        self.terminals = terminals
        self._check_neighbours()
        read(tree, terminals, self._reject)

    def _swallowed(self, terminals: bytes) -> set[int]:
        """Holes inside of a string, a comment or an operator: no tokens of their own."""
        codes = self.table.hole_codes
        starts = {self.tree.starts[k] for k, code in enumerate(terminals) if code in codes}
        return {p for p in self.places if self.source.starts[p] not in starts}

    def _check_neighbours(self) -> None:
        codes = self.table.codes
        delicate = {codes[name] for name in _DELICATE}
        terminals = self.terminals
        wrong = [
            token
            for token, code in enumerate(terminals)
            if code in self.table.hole_codes
            and (terminals[token + 1] in delicate or (token and terminals[token - 1] in delicate))
            and not self._is_plain(token)
        ]
        if wrong:
            raise _Rejected(wrong, before=True, after=True)

    def _is_plain(self, token: int) -> bool:
        """Whether what stands beside a hole only takes its value: ``name <- HOLE``."""
        codes, terminals = self.table.codes, self.terminals
        before = terminals[token - 1] if token else 0
        after = terminals[token + 1]
        ends = (codes["NEWLINE"], codes["SEMICOLON"], codes["RPAR"], codes["COMMA"], codes["$END"])
        takes = (codes["ASSIGN"], codes["EQUAL"])
        return before in takes and after in ends

    def _reject(self, parts: list[object], token: int) -> None:
        """The token does not fit: because of the hole that it is, or the one before it."""
        codes = self.table.hole_codes
        if self.terminals[token] in codes:
            raise _Rejected([token], before=True)
        if token and self.terminals[token - 1] in codes:
            raise _Rejected([token - 1], after=True)

    def _alike(self, rejected: _Rejected) -> set[int]:
        """The places of these holes, and of all that do not fit for the same reason."""
        terminals, codes = self.terminals, self.table.hole_codes

        def reason(token: int) -> tuple[int, ...]:
            before = terminals[token - 1] if token else 0
            around = (before, terminals[token], terminals[token + 1])
            return around[not rejected.before : 2 + rejected.after]

        wrong = {reason(token) for token in rejected.tokens}
        holes = [token for token, code in enumerate(terminals) if code in codes]
        pairs = zip(self.places, holes, strict=True)
        return {place for place, token in pairs if reason(token) in wrong}


class _Rejected(Exception):
    """Holes that the grammar does not take, for what stands before or after them."""

    def __init__(self, tokens: list[int], *, before: bool = False, after: bool = False) -> None:
        super().__init__()
        self.tokens = tokens
        self.before = before
        self.after = after


def _source(stream: _Stream) -> tuple[Pasted, str]:
    """The text as it is shown, and as it is read."""
    shown: list[str] = []
    marked: list[str] = []
    starts: list[int] = []
    position = 0
    for part, is_hole in zip(stream.parts, stream.is_hole, strict=True):
        starts.append(position)
        if is_hole:
            piece = part.parse
            assert isinstance(piece, Piece)  # noqa: S101 - a hole is one by its piece
            shown.append("…")
            marked.append(_MARKS[piece.looseness or 0])
            position += 1
        else:
            shown.append(part.flat())
            marked.append(shown[-1])
            position += part.length
    name = "<pasted text>"
    source = Pasted(name, "".join(shown), starts, stream.parts)
    source.holes = frozenset(stream.holes())
    return source, "".join(marked)


def _read_flat(text: Text) -> Tree:
    """The tree of a text written out whole."""
    if text.length > LONGEST_FLAT:
        raise _Unshared(text)
    parts = list(leaves(text))
    starts = []
    position = 0
    for part in parts:
        starts.append(position)
        position += part.length
    tree = Tree(Pasted("<pasted text>", text.flat(), starts, parts))
    read(tree, number_holes(tree, tokenize(tree, table()), table()))
    return tree


def _too_long(whole: Text, part: Text) -> GradcError:
    """The diagnostic for a text that would have to be written out; it shows where it grows."""
    while part.parts and part.origin is None:
        part = max(part.parts, key=lambda inner: inner.length)
    return fail(
        "G105",
        f"this text grows to {whole.length:,} characters, and its meaning needs them all",
        part.origin,
        "paste the repeated text in parentheses, so that it is one unit wherever it stands",
    )
