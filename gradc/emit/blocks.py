"""From a graph to scalar statements and loops, for languages without vectors.

The work falls into the blocks of :mod:`gradc.emit.plan`. Within a block what is used once is
inlined; what another block needs is kept in a variable, or if a loop makes it in a vector or a
matrix.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gradc.emit import assemble, scans
from gradc.emit.access import NOTHING, VIEWS, Accessor, Place, Places
from gradc.emit.lines import Code, Line
from gradc.emit.names import Names
from gradc.emit.plan import (
    ASSEMBLED,
    LOOPS,
    NOWHERE,
    PARTIAL,
    REDUCTIONS,
    SIZES,
    STATEMENTS,
    Block,
    Plan,
    is_loop,
)
from gradc.emit.printer import Printer, widest
from gradc.emit.schedule import Limits
from gradc.emit.syntax import ATOM, PRODUCT, SUM, Piece
from gradc.ir import Graph, Size, known

NATIVE = (
    REDUCTIONS
    | PARTIAL
    | SIZES
    | ASSEMBLED
    | LOOPS
    | assemble.GENERATED
    | VIEWS
    | {"broadcast", "cumsum"}
)
"""Primitives that become statements here or text of their own, and need no spelling."""

_WAYS = {**assemble.WAYS, **scans.WAYS}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the target writes what the scheduler puts together.

    ``size`` prints a length as a whole number. ``real`` turns a whole number into one of the
    target's own type, ``reals`` all those of a vector, ``place`` a computed index into a place
    that was checked. ``transpose`` gives the transpose of a name.
    """

    size: Callable[[Size], str]
    real: Callable[[str], str]
    place: Callable[[int, str, str], str]
    transpose: Callable[[str], str]
    column: Callable[[str], str]
    flat: Callable[[str], str]
    reals: Callable[[str], str]
    rows: str = "i"
    columns: str = "j"


@dataclass(slots=True)
class BlockScheduler:
    """Builds the code of one function.

    ``namer`` names a node, ``names`` are all names that are taken. ``users`` are nodes that the
    user has named, which are kept under a name, ``shaped`` the user's names of vectors and
    matrices. ``carried`` are the variables of each loop with carried values, ``turns`` the text
    of what its turns leave, ``runs`` vectors that may hold a carried value. ``given`` are names
    of nodes that are not there yet.
    """

    printer: Printer
    namer: Callable[[int], str]
    names: Names
    limits: Limits
    dialect: Dialect
    integers: frozenset[int] = frozenset()
    users: frozenset[int] = frozenset()
    shaped: frozenset[str] = frozenset()
    pieces: dict[int, Piece] = field(default_factory=dict)
    vectors: dict[int, str] = field(default_factory=dict)
    code: Code = field(default_factory=Code)
    plan: Plan = field(init=False)
    accessor: Accessor = field(init=False)
    starts: dict[Block, int] = field(default_factory=dict)
    carried: dict[int, list[str]] = field(default_factory=dict)
    turns: dict[int, Piece] = field(default_factory=dict)
    runs: dict[int, list[int]] = field(default_factory=dict)
    given: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = Plan(self.graph, self.integers)
        self.accessor = Accessor(self.graph, self.dialect.size, self._index_place)

    @property
    def graph(self) -> Graph:
        """The graph that is printed."""
        return self.printer.graph

    def run(self, roots: Sequence[int], kept: Sequence[int] = ()) -> Code:
        """The code that computes the roots, some of them to be ``kept`` under a name."""
        plan, graph = self.plan, self.graph
        plan.make(roots, kept)
        for node in plan.nodes():
            if graph.prim(node) == "input" and graph.types[node].shape:
                self.vectors[node] = self.printer.input_text[graph.attrs(node)]
        self._find_starts()
        starts = scans.prepare(self)
        for node in plan.nodes():
            self._visit(node)
            often = plan.uses[node] > 1 or node in self.users
            if plan.escapes[node] or (often and not self._is_free(node) and node not in starts):
                self.assign(node)
        return self.code

    def _find_starts(self) -> None:
        """Loops over slices start where no place before the first one is needed: y(i - 1)."""
        plan = self.plan
        for node in plan.nodes():
            for arg, how in plan.reads(node):
                if how != "aligned" or not plan.is_view(arg) or len(plan.shape(arg)) != 1:
                    continue
                block, front = plan.home(node, arg), self._front(arg)
                if is_loop(block) and front > self.starts.get(block, 0):
                    self.starts[block] = front

    def _front(self, view: int) -> int:
        """How many elements before its own first one a slice leaves out, where that is known."""
        front = NOTHING
        while self.plan.is_view(view) and self.graph.prim(view) == "slice":
            front = front.plus(self.graph.attrs(view)[0])
            view = self.graph.args(view)[0]
        return front.constant if front.is_known else 0

    # ------------------------------------------------------------ reading

    def places(self, block: Block) -> Places:
        """The element that a turn of a loop works on."""
        dialect = self.dialect
        if len(block[2]) == 2:
            return Place(dialect.rows), Place(dialect.columns)
        return (Place(dialect.rows, known(-self.starts.get(block, 0))),)

    def read(self, node: int, block: Block) -> Piece:
        """The text of a scalar, or of the element that a turn of a loop works on."""
        if not self.graph.types[node].shape:
            if self.plan.is_view(node):
                return self.element(node, ())
            if node in self.integers and node in self.pieces:
                return Piece(self.dialect.real(self.pieces[node].text))
            return self.pieces[node]
        if node in self.vectors or self.plan.is_view(node):
            return self.element(node, self.places(block))
        return self.pieces[node]

    def result(self, root: int) -> Piece:
        """The text of a scalar root."""
        return self.read(root, NOWHERE)

    def element(self, node: int, places: Places) -> Piece:
        """An element of what is stored, or of a view of it, or what a view counts."""
        base, found = self.accessor.base(node, places, self.vectors.__contains__)
        if base not in self.vectors:
            number = found[0].shifted(known(1 + self.graph.attrs(base)))
            return Piece(self.dialect.real(number.text(self.dialect.size)))
        text = f"{self.vectors[base]}({self.accessor.texts(found)})"
        return Piece(self.dialect.real(text) if base in self.integers else text)

    def _wholes(self, node: int) -> list[Piece]:
        """The arguments of a node as whole objects; products take a transposed one in place."""
        graph, dialect = self.graph, self.dialect
        name, args = graph.prim(node), graph.args(node)
        texts: list[str] = []
        for arg in args:
            if arg in self.vectors:
                text = self.vectors[arg]
                texts.append(dialect.reals(text) if arg in self.integers else text)
            else:
                texts.append(dialect.transpose(self.vectors[graph.args(arg)[0]]))
        if name == "matvec" and args[0] not in self.vectors:
            texts[1] = dialect.column(texts[1])
        if name == "log_sum_exp" and len(graph.types[args[0]].shape) == 2:
            texts[0] = dialect.flat(texts[0])
        return [Piece(text) for text in texts]

    def _index_place(self, index: int, places: Places, size: Size) -> Place:
        """The place, from 0, that an index node tells."""
        source, shift = self.plan.index_source(index)
        if self.graph.types[source].shape or self.plan.is_view(source):
            base, found = self.accessor.base(source, places, self.vectors.__contains__)
            if base not in self.vectors:
                return found[0].shifted(known(self.graph.attrs(base)))
            text = f"{self.vectors[base]}({self.accessor.texts(found)})"
        else:
            base, text = source, self.pieces[source].text
        if base in self.integers:
            return Place(text, known(shift - 1))
        return Place(self.dialect.place(index, text, self.dialect.size(size)))

    # ------------------------------------------------------------ visiting

    def _visit(self, node: int) -> None:
        graph = self.graph
        record = graph.records[node]
        name = record[0]
        if len(record) == 2 and name in ("input", "const"):
            if not graph.types[node].shape:
                self.pieces[node] = self.printer.leaf(node)
        elif name in REDUCTIONS or name == "cumsum":
            self._accumulate(node, "sum" if name == "cumsum" else name)
        elif name in SIZES:
            self.pieces[node] = self._size(node)
        elif name == "broadcast":
            self.pieces[node] = self.read(record[2], self.plan.blocks[node])
        elif self.plan.is_filled(node):
            assemble.filled(self, node)
        elif node in self.plan.copied:
            # It is not stored yet, so what it looks at is found.
            self.pieces[node] = self.element(node, self.places(self.plan.blocks[node]))
        elif self.plan.is_view(node):
            return
        elif name in _WAYS:
            _WAYS[name](self, node)
        elif name in STATEMENTS:
            self._statement(node)
        else:
            self.pieces[node] = self._operation(node, record[2:])

    def _accumulate(self, node: int, kind: str) -> None:
        """A variable that a loop accumulates; a running sum is what it holds in each turn."""
        arg = self.graph.args(node)[0]
        block = self.plan.home(node, arg)
        stored = is_loop(self.plan.blocks[node]) and self.plan.escapes[node]
        name = self.names.fresh("total") if stored else self.namer(node)
        self.line(block, Line(kind, name, self.read(arg, block).text))
        self.pieces[node] = Piece(name)

    def _size(self, node: int) -> Piece:
        shape = self.plan.shape(self.graph.args(node)[0])
        if self.graph.prim(node) == "length":
            sizes = list(shape)
        else:
            sizes = [shape[self.graph.prim(node) == "ncol"]]
        factors = [
            Piece(self.dialect.size(size), SUM if " " in str(size) else ATOM) for size in sizes
        ]
        text = factors[0].text
        if len(factors) == 2:
            text = " * ".join(factor.at(PRODUCT).text for factor in factors)
        return Piece(self.dialect.real(text))

    def _statement(self, node: int) -> None:
        """An expression over whole vectors and matrices; a scalar one is inlined."""
        graph = self.graph
        piece = self.printer.operation(node, self._wholes(node))
        if not graph.types[node].shape:
            self.pieces[node] = piece
            return
        name = self.namer(node)
        self.line(self.plan.blocks[node], Line("let", name, piece.text, self.plan.shape(node)))
        self.vectors[node] = name

    def line(self, block: Block, line: Line) -> None:
        """Add a line to a block."""
        self.code.blocks.setdefault(block, []).append(line)

    def end(self, block: Block, line: Line) -> None:
        """Add a line to the end of each turn of a loop."""
        self.code.blocks.setdefault(block, [])
        self.code.ends.setdefault(block, []).append(line)

    # ------------------------------------------------------------ naming

    def _is_free(self, node: int) -> bool:
        """Whether repeating a node's text costs no more than reading a name."""
        record = self.graph.records[node]
        if node in self.vectors or self.plan.is_view(node) or node not in self.pieces:
            return True
        return record[0] == "neg" and self._is_name(record[2])

    def _is_name(self, node: int) -> bool:
        piece = self.pieces.get(node)
        return piece is None or piece.literal or (piece.level == ATOM and piece.brackets == 0)

    def assign(self, node: int) -> None:
        """Keep a node in a variable, or in a vector where others read what a loop makes."""
        if node not in self.pieces or node in self.vectors or self.plan.is_view(node):
            return
        piece, block = self.pieces[node], self.plan.blocks[node]
        kept = is_loop(block) and bool(self.plan.escapes[node])
        if self._is_name(node) and not kept:
            return
        name = self.namer(node)
        if kept:
            self.line((block[0], 0, ()), Line("declare", name, "", block[2]))
            places = self.accessor.texts(self.places(block))
            self.line(block, Line("set", f"{name}({places})", piece.text))
            self.vectors[node] = name
        else:
            self.line(block, Line("local", name, piece.text))
            self.pieces[node] = Piece(name)

    def _operation(self, node: int, args: Sequence[int]) -> Piece:
        limits, block = self.limits, self.plan.blocks[node]
        for arg in self.printer.repeated(node):
            self.assign(arg)
        while True:
            pieces = [self.read(arg, block) for arg in args]
            piece = self.printer.operation(node, pieces)
            if (
                len(piece.text) <= limits.characters
                and piece.brackets <= limits.brackets
                and piece.height <= limits.height
            ):
                return piece
            before = [one.text for one in pieces]
            self.assign(args[widest(pieces)])
            if before == [self.read(arg, block).text for arg in args]:
                for arg in args:
                    self.assign(arg)
                return self.printer.operation(node, [self.read(arg, block) for arg in args])
