"""From a graph to scalar statements and loops over rows, for languages without vectors.

A reduction needs all rows of its argument, so the work falls into blocks: scalars of level 0,
loops of level 0, scalars of level 1, and so on; a loop's reductions are scalars of the next
level. Within a block what is used once is inlined; what another block needs is kept in a
variable, or for rows in a vector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gradc.emit.printer import Printer, widest
from gradc.emit.schedule import Limits, count_uses
from gradc.emit.syntax import ATOM, Piece
from gradc.ir import Graph, Size, reachable

Block = tuple[int, int, Size | None]
"""Level, 0 for scalars and 1 for a loop, and the loop's length."""

REDUCTIONS = frozenset({"sum", "prod", "min", "max"})
"""Primitives that a loop accumulates."""

_STRUCTURAL = frozenset({"index", "stack", "scatter", "length", "broadcast", "prod_others"})
NATIVE = REDUCTIONS | _STRUCTURAL
"""Primitives that become statements here, and need no spelling."""


@dataclass(frozen=True, slots=True)
class Line:
    """One statement: ``kind`` says what to write, see :class:`gradc.targets.tmb`."""

    kind: str
    name: str
    text: str
    size: Size | None = None
    place: int = 0


@dataclass(slots=True)
class Code:
    """The lines of each block, and the text of the root."""

    blocks: dict[Block, list[Line]] = field(default_factory=dict)
    root: Piece | None = None

    def ordered(self) -> list[tuple[Block, list[Line]]]:
        """Blocks in the order of execution; loops of one level in order of first appearance."""
        keys = list(self.blocks)
        order = sorted(range(len(keys)), key=lambda i: (keys[i][0], keys[i][1], i))
        return [(keys[i], self.blocks[keys[i]]) for i in order]


_NOWHERE: Block = (0, 0, None)


def place_blocks(graph: Graph, marks: bytearray) -> list[Block]:
    """The block in which each reachable node is computed."""
    blocks = [_NOWHERE] * len(marks)
    for node in range(len(marks)):
        if marks[node]:
            blocks[node] = _block(graph, node, blocks)
    return blocks


def _level(blocks: Sequence[Block], args: Sequence[int]) -> int:
    return max((blocks[arg][0] for arg in args), default=0)


def _block(graph: Graph, node: int, blocks: Sequence[Block]) -> Block:
    record = graph.records[node]
    name, args = record[0], record[2:]
    type_ = graph.types[node]
    if name == "length":
        return (0, 0, None)
    if name in REDUCTIONS:
        return (_level(blocks, args) + 1, 0, None)
    if name == "index":
        return (_level(blocks, args) + blocks[args[0]][1], 0, None)
    if name == "prod_others":
        return (_level(blocks, args) + blocks[args[0]][1], 0, None)
    if name == "broadcast":
        args = args[:1]
    level = _level(blocks, args)
    if type_.shape and len(record) > 2 and name not in ("stack", "scatter"):
        return (level, 1, type_.shape[0].substitute(graph.bindings))
    return (level, 0, None)


def home(graph: Graph, node: int, blocks: Sequence[Block]) -> Block:
    """The block in which a node's arguments are read: for a reduction the loop of its argument."""
    record = graph.records[node]
    if record[0] in REDUCTIONS:
        arg = record[2]
        if blocks[arg][1]:
            return blocks[arg]
        size = graph.types[arg].shape[0].substitute(graph.bindings)
        return (blocks[arg][0], 1, size)
    return blocks[node]


@dataclass(slots=True)
class BlockScheduler:
    """Builds the code of one function for one root.

    ``row`` turns a vector's name into its element in a loop, ``element`` into the one at a
    place; ``size`` prints a length as a number of the target.
    """

    printer: Printer
    namer: Callable[[int], str]
    limits: Limits
    row: Callable[[str], str]
    element: Callable[[str, int], str]
    size: Callable[[Size], Piece]
    users: frozenset[int] = frozenset()
    pieces: dict[int, Piece] = field(default_factory=dict)
    vectors: dict[int, str] = field(default_factory=dict)
    code: Code = field(default_factory=Code)
    blocks: list[Block] = field(default_factory=list)
    escapes: bytearray = field(default_factory=bytearray)

    def run(self, root: int) -> Code:
        """The code that computes the root; its text is the root's own, or its row's."""
        graph = self.printer.graph
        marks = reachable(graph, [root])
        self.blocks = place_blocks(graph, marks)
        self.escapes = self._escaping(graph, marks)
        uses = count_uses(graph, marks, [root])
        for node in range(len(marks)):
            if not marks[node]:
                continue
            self._visit(graph, node)
            often = uses[node] > 1 or node in self.users
            if self.escapes[node] or (often and not self._is_free(graph, node)):
                self.assign(node)
        self.code.root = self.pieces[root]
        return self.code

    def _escaping(self, graph: Graph, marks: bytearray) -> bytearray:
        """Nodes that some other block than their own reads."""
        escapes = bytearray(len(marks))
        for node in range(len(marks)):
            if not marks[node]:
                continue
            where = home(graph, node, self.blocks)
            record = graph.records[node]
            args = record[2:3] if record[0] in ("broadcast", "length", "index") else record[2:]
            for arg in args if record[0] != "length" else ():
                if len(graph.records[arg]) > 2 and self._apart(arg, where):
                    escapes[arg] = 1
        return escapes

    def _apart(self, arg: int, where: Block) -> bool:
        """Whether a text of one block may not stand in the other: a scalar's may among scalars."""
        own = self.blocks[arg]
        return own != where and not (own[1] == 0 and where[1] == 0)

    def _is_free(self, graph: Graph, node: int) -> bool:
        """Whether repeating a node's text costs no more than reading a name."""
        record = graph.records[node]
        return record[0] == "neg" and self._is_name(record[2])

    def _is_name(self, node: int) -> bool:
        piece = self.pieces[node]
        return piece.literal or (piece.level == ATOM and piece.brackets == 0)

    def _visit(self, graph: Graph, node: int) -> None:
        record = graph.records[node]
        name, args = record[0], record[2:]
        if name == "input" and graph.types[node].shape:
            self.vectors[node] = self.printer.input_text[record[1]]
            self.pieces[node] = Piece(self.row(self.vectors[node]))
        elif len(record) == 2 and name in ("input", "const"):
            self.pieces[node] = self.printer.leaf(node)
        elif name in REDUCTIONS:
            self._reduce(graph, node, name, args[0])
        elif name in _STRUCTURAL:
            self._structural(graph, node, name, args)
        else:
            self.pieces[node] = self._operation(node, args)

    def _reduce(self, graph: Graph, node: int, name: str, arg: int) -> None:
        result = self.namer(node)
        block = home(graph, node, self.blocks)
        self._line(block, Line(name, result, self.pieces[arg].text))
        self.pieces[node] = Piece(result)

    def _structural(self, graph: Graph, node: int, name: str, args: Sequence[int]) -> None:
        if name == "length":
            size = graph.types[args[0]].shape[0].substitute(graph.bindings)
            self.pieces[node] = self.size(size)
        elif name == "broadcast":
            self.pieces[node] = self.pieces[args[0]]
        elif name == "index":
            vector = self.vectors[args[0]]
            self.pieces[node] = Piece(self.element(vector, graph.attrs(node)))
        else:
            self._materialize(graph, node, name, args)

    def _materialize(self, graph: Graph, node: int, name: str, args: Sequence[int]) -> None:
        """A vector made of scalars, outside loops."""
        block = self.blocks[node]
        vector = self.namer(node)
        size = graph.types[node].shape[0].substitute(graph.bindings)
        if name == "prod_others":
            self._line(block, Line("others", vector, self.vectors[args[0]]))
        else:
            self._line(block, Line("vector", vector, "", size))
        if name == "stack":
            for place, arg in enumerate(args, start=1):
                self._line(block, Line("element", vector, self.pieces[arg].text, None, place))
        elif name == "scatter":
            self._line(block, Line("zero", vector, ""))
            text = self.pieces[args[0]].text
            self._line(block, Line("element", vector, text, None, graph.attrs(node)))
        self.vectors[node] = vector
        self.pieces[node] = Piece(self.row(vector))

    def _line(self, block: Block, line: Line) -> None:
        self.code.blocks.setdefault(block, []).append(line)

    def assign(self, node: int) -> None:
        """Keep a node in a variable, or where another block reads its rows, in a vector."""
        piece = self.pieces[node]
        block = self.blocks[node]
        if node in self.vectors or (self._is_name(node) and not (self.escapes[node] and block[1])):
            return
        if piece.text.endswith(")") and self.printer.graph.prim(node) == "index":
            return
        name = self.namer(node)
        if block[1] and self.escapes[node]:
            self._line((block[0], 0, None), Line("vector", name, "", block[2]))
            self._line(block, Line("row", name, piece.text))
            self.vectors[node] = name
            self.pieces[node] = Piece(self.row(name))
        else:
            self._line(block, Line("local", name, piece.text))
            self.pieces[node] = Piece(name)

    def _operation(self, node: int, args: Sequence[int]) -> Piece:
        limits = self.limits
        for arg in self.printer.repeated(node):
            self.assign(arg)
        while True:
            pieces = [self.pieces[arg] for arg in args]
            piece = self.printer.operation(node, pieces)
            if (
                len(piece.text) <= limits.characters
                and piece.brackets <= limits.brackets
                and piece.height <= limits.height
            ):
                return piece
            before = [self.pieces[arg].text for arg in args]
            self.assign(args[widest(pieces)])
            if before == [self.pieces[arg].text for arg in args]:
                for arg in args:
                    self.assign(arg)
                return self.printer.operation(node, [self.pieces[arg] for arg in args])
