"""The tree that both readers make: arrays indexed by node, no object for each node.

A node is an integer. Children have smaller numbers than their parents, so a consumer is
a loop over numbers and depth costs nothing. As in R, everything that is not a leaf or a
function is a call whose function is a name: ``a + b`` calls ``+``, ``(a)`` calls ``(``,
``{ a; b }`` calls ``{``, ``x[i]`` calls ``[``.

Arrays
    ``kinds[i]``   the :class:`Kind`
    ``data[i]``    NAME, CONST: index into ``symbols``; NUM: index into ``numbers``;
                   STR: index into ``strings``; CALL, FUNCTION: offset into ``links``;
                   HOLE: index into ``holes``
    ``links``      for a call ``fn, count, argument …``;
                   for a function ``body, count, default or -1 …``
    ``starts[i]``, ``ends[i]``   the piece ``text[start:end]`` of the source
Argument names are kept for the few calls that have some, parameter names for each
function. A TOKEN is a mark of the text that is no part of the tree (a comma, a closing
bracket, the ``x`` of ``f(x = 1)``); every other node is reached from one root. ``imports`` says
where a Python text has its names from: ``exp`` from ``math.exp``, ``*`` from ``sympy,numpy``.

A HOLE stands for a node of another tree: an expression that several others share, as a text
pasted into several places, or an expression put into a quoted one. Holes lead from newer to
older trees, so they form no circle.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Sequence
from enum import IntEnum
from typing import Literal

from gradc.errors import Source, Span

Language = Literal["r", "python"]


class Kind(IntEnum):
    """What a node is."""

    TOKEN = 0
    NUM = 1
    STR = 2
    NAME = 3
    CONST = 4
    MISSING = 5
    CALL = 6
    FUNCTION = 7
    HOLE = 8


NO_DEFAULT = -1
"""Stands for the default of a parameter that has none."""

_NAME, _NUM, _STR, _CONST = int(Kind.NAME), int(Kind.NUM), int(Kind.STR), int(Kind.CONST)
_CALL, _FUNCTION, _MISSING = int(Kind.CALL), int(Kind.FUNCTION), int(Kind.MISSING)
_HOLE = int(Kind.HOLE)


class Tree:
    """The nodes of one source text; ``roots`` are its top-level expressions in order."""

    __slots__ = (
        "argument_names",
        "data",
        "ends",
        "holes",
        "imports",
        "integers",
        "kinds",
        "language",
        "links",
        "numbers",
        "parameter_names",
        "roots",
        "source",
        "starts",
        "strings",
        "symbol_index",
        "symbols",
    )

    def __init__(self, source: Source, language: Language = "r") -> None:
        self.source = source
        self.language: Language = language
        self.roots: list[int] = []
        self.kinds = bytearray()
        self.data = array("i")
        self.starts = array("i")
        self.ends = array("i")
        self.links = array("i")
        self.symbols: list[str] = []
        self.symbol_index: dict[str, int] = {}
        self.numbers = array("d")
        self.integers = bytearray()
        self.strings: list[str] = []
        self.holes: list[tuple[Tree, int]] = []
        self.imports: dict[str, str] = {}
        self.argument_names: dict[int, tuple[str | None, ...]] = {}
        self.parameter_names: dict[int, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def __repr__(self) -> str:
        return f"Tree({self.source.name!r}, {len(self)} nodes, {len(self.roots)} expressions)"

    def kind(self, node: int) -> Kind:
        return Kind(self.kinds[node])

    def name(self, node: int) -> str:
        """The name of a NAME, or the word of a CONST: ``TRUE``, ``NULL``, ``NA_real_``."""
        self._expect(node, _NAME, _CONST)
        return self.symbols[self.data[node]]

    def value(self, node: int) -> float:
        """The number that a NUM stands for."""
        self._expect(node, _NUM)
        return self.numbers[self.data[node]]

    def is_int(self, node: int) -> bool:
        """Whether a NUM was written as an integer, ``1L``."""
        self._expect(node, _NUM)
        return bool(self.integers[self.data[node]])

    def string(self, node: int) -> str:
        """The text that a STR stands for, escapes resolved."""
        self._expect(node, _STR)
        return self.strings[self.data[node]]

    def fn(self, node: int) -> int:
        """What a CALL calls: the node of a name, or any other expression."""
        self._expect(node, _CALL)
        return self.links[self.data[node]]

    def args(self, node: int) -> Sequence[int]:
        """The arguments of a CALL."""
        self._expect(node, _CALL)
        offset = self.data[node]
        return self.links[offset + 2 : offset + 2 + self.links[offset + 1]]

    def argnames(self, node: int) -> tuple[str | None, ...] | None:
        """The names of the arguments of a CALL, or None where none has a name."""
        return self.argument_names.get(node)

    def head(self, node: int) -> str | None:
        """The name that a node calls, or None where it is no call of a name."""
        if self.kinds[node] != _CALL:
            return None
        function = self.links[self.data[node]]
        if self.kinds[function] != _NAME:
            return None
        return self.symbols[self.data[function]]

    def body(self, node: int) -> int:
        """The body of a FUNCTION."""
        self._expect(node, _FUNCTION)
        return self.links[self.data[node]]

    def params(self, node: int) -> tuple[str, ...]:
        """The names of the parameters of a FUNCTION."""
        self._expect(node, _FUNCTION)
        return self.parameter_names[node]

    def defaults(self, node: int) -> Sequence[int]:
        """The defaults of the parameters of a FUNCTION, :data:`NO_DEFAULT` for none."""
        self._expect(node, _FUNCTION)
        offset = self.data[node]
        return self.links[offset + 2 : offset + 2 + self.links[offset + 1]]

    def children(self, node: int) -> Sequence[int]:
        """The nodes directly below a node, in the order of the text where that exists."""
        kind = self.kinds[node]
        if kind == _CALL:
            offset = self.data[node]
            return array("i", [self.links[offset]]) + array("i", self.args(node))
        if kind == _FUNCTION:
            return [d for d in self.defaults(node) if d != NO_DEFAULT] + [self.body(node)]
        return ()

    def hole(self, node: int) -> tuple[Tree, int]:
        """The tree and the node that a HOLE stands for."""
        self._expect(node, _HOLE)
        return self.holes[self.data[node]]

    def resolve(self, node: int) -> tuple[Tree, int]:
        """The node itself with its tree, or what it stands for where it is a HOLE."""
        tree = self
        while tree.kinds[node] == _HOLE:
            tree, node = tree.holes[tree.data[node]]
        return tree, node

    def span(self, node: int) -> Span:
        """The piece of the source that a node was read from."""
        return Span(self.starts[node], self.ends[node], self.source)

    def sexpr(self, node: int) -> str:
        """The node as an S-expression, the notation of the parser's test cases."""
        return sexpr(self, node)

    def symbol(self, name: str) -> int:
        """The index of a name in ``symbols``, made when it is new."""
        index = self.symbol_index.get(name)
        if index is None:
            index = self.symbol_index[name] = len(self.symbols)
            self.symbols.append(name)
        return index

    def add_number(self, value: float, start: int, end: int, is_int: bool = False) -> int:
        self.numbers.append(value)
        self.integers.append(is_int)
        return self._add(_NUM, len(self.numbers) - 1, start, end)

    def add_string(self, value: str, start: int, end: int) -> int:
        self.strings.append(value)
        return self._add(_STR, len(self.strings) - 1, start, end)

    def add_name(self, name: str, start: int, end: int) -> int:
        return self._add(_NAME, self.symbol(name), start, end)

    def add_constant(self, word: str, start: int, end: int) -> int:
        return self._add(_CONST, self.symbol(word), start, end)

    def add_missing(self, place: int) -> int:
        """An empty argument, as the second one of ``f(x, )``."""
        return self._add(_MISSING, 0, place, place)

    def add_hole(self, tree: Tree, node: int, start: int, end: int) -> int:
        """A leaf that stands for a node of another tree."""
        self.holes.append((tree, node))
        return self._add(_HOLE, len(self.holes) - 1, start, end)

    def add_call(
        self,
        function: int,
        arguments: Sequence[int],
        start: int,
        end: int,
        names: Sequence[str | None] | None = None,
    ) -> int:
        offset = self._link(function, arguments)
        node = self._add(_CALL, offset, start, end)
        if names is not None and any(name is not None for name in names):
            self.argument_names[node] = tuple(names)
        return node

    def add_function(
        self, names: Sequence[str], defaults: Sequence[int], body: int, start: int, end: int
    ) -> int:
        node = self._add(_FUNCTION, self._link(body, defaults), start, end)
        self.parameter_names[node] = tuple(names)
        return node

    def set_arguments(
        self, node: int, arguments: Sequence[int], names: Sequence[str | None] | None
    ) -> None:
        """Give a CALL other arguments, all of them older than it: for ``x |> f(y)``."""
        self.data[node] = self._link(self.fn(node), arguments)
        self.argument_names.pop(node, None)
        if names is not None and any(name is not None for name in names):
            self.argument_names[node] = tuple(names)

    def _link(self, first: int, others: Sequence[int]) -> int:
        offset = len(self.links)
        self.links.append(first)
        self.links.append(len(others))
        self.links.extend(others)
        return offset

    def _add(self, kind: int, datum: int, start: int, end: int) -> int:
        self.kinds.append(kind)
        self.data.append(datum)
        self.starts.append(start)
        self.ends.append(end)
        return len(self.kinds) - 1

    def _expect(self, node: int, *kinds: int) -> None:
        if self.kinds[node] not in kinds:
            wanted = " or ".join(Kind(kind).name for kind in kinds)
            raise TypeError(f"node {node} is {Kind(self.kinds[node]).name}, not {wanted}")


_BRACKETS = {"(": "paren", "{": "block", "[": "index", "[[": "index2"}
_PLAIN = re.compile(r"[^\s`\"'()\[\]{}]+")
_PYTHON_WORDS = {"TRUE": "True", "FALSE": "False", "NULL": "None"}
_COMPARISONS = {"<", "<=", ">", ">=", "==", "!=", "is", "in", "not-in", "is-not"}
_SYNTAX = {
    "+", "-", "*", "/", "**", "%", "//", "@", "^", "~", "&", "|", "<<", ">>", "&&", "||", "!",
    "<-", "{", "[", "[]", "()", "$", ":", "if", "for", "while", "return", "break", "next",
    "{:}", 'f""', "f:", "comprehension", "dict_comprehension", "in", "*args", "**args", "global",
    "assert", "raise",
}  # fmt: skip


def sexpr(tree: Tree, root: int) -> str:
    """The expression below a node as an S-expression on one line.

    Numbers are printed by ``repr``, integers with R's suffix ``L``; the names ``(``, ``{``,
    ``[`` and ``[[`` become ``paren``, ``block``, ``index`` and ``index2``. In a tree made from
    Python a call of a function is marked ``call`` and a comparison ``cmp``.
    """
    pieces: list[str] = []
    pending: list[tuple[Tree, int | str]] = [(tree, root)]
    while pending:
        tree, item = pending.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        tree, item = tree.resolve(item)
        if tree.kinds[item] == _CALL:
            pending += [(tree, piece) for piece in reversed(_call_pieces(tree, item))]
        elif tree.kinds[item] == _FUNCTION:
            pending += [(tree, piece) for piece in reversed(_function_pieces(tree, item))]
        else:
            pieces.append(_leaf(tree, item))
    return "".join(pieces)


def _call_pieces(tree: Tree, node: int) -> list[int | str]:
    head = tree.head(node)
    arguments = tree.args(node)
    if tree.language == "python":
        operators = (head or "").split(" ")
        # A clause of a comprehension calls `in` as well, with its conditions as further arguments.
        if _COMPARISONS.issuperset(operators) and len(arguments) == len(operators) + 1:
            items: list[int | str] = ["(cmp ", arguments[0]]
            for operator, argument in zip(operators, arguments[1:], strict=True):
                items += [f" {operator} ", argument]
            return [*items, ")"]
    marked = tree.language == "python" and head not in _SYNTAX
    items = ["(call " if marked else "(", tree.fn(node)]
    names = tree.argnames(node) or (None,) * len(arguments)
    for name, argument in zip(names, arguments, strict=True):
        items += [" " if name is None else f" {_word(name)}=", argument]
    return [*items, ")"]


def _function_pieces(tree: Tree, node: int) -> list[int | str]:
    items: list[int | str] = ["(function ["]
    for index, (name, default) in enumerate(
        zip(tree.params(node), tree.defaults(node), strict=True)
    ):
        items.append((" " if index else "") + _word(name))
        if default != NO_DEFAULT:
            items += ["=", default]
    return [*items, "] ", tree.body(node), ")"]


def _leaf(tree: Tree, node: int) -> str:
    kind = tree.kinds[node]
    if kind == _NUM:
        suffix = "L" if tree.is_int(node) and tree.language == "r" else ""
        return repr(tree.value(node)) + suffix
    if kind == _STR:
        return json.dumps(tree.string(node), ensure_ascii=False)
    if kind == _NAME:
        name = tree.name(node)
        return _BRACKETS.get(name) or _word(name)
    if kind == _CONST:
        word = tree.name(node)
        if tree.language == "python":
            return _PYTHON_WORDS[word]
        return "NA" if word.startswith("NA_") else word
    return "<missing>" if kind == _MISSING else "<token>"


def _word(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f"`{name}`"
