"""From a graph to statements: what is used once is inlined, what is used more often assigned.

The pass is one loop over node ids, so depth costs nothing. An expression stays below the
limits of length, nesting and height; what would pass them is cut by an assignment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gradc.emit.loops import Element, Loop, Step, build_loop
from gradc.emit.printer import Printer, renamed, widest
from gradc.emit.syntax import ATOM, Piece
from gradc.ir import Graph, Region, reachable


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one expression may grow: characters, nested brackets, nested operators."""

    characters: int = 240
    brackets: int = 10
    height: int = 40


@dataclass(frozen=True, slots=True)
class Statement:
    """An assignment of a node's value to a name."""

    node: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Statements in order, and the expression of each wanted node.

    ``left`` are the names of what loops leave, by its node.
    """

    statements: tuple[Statement | Loop, ...]
    pieces: Mapping[int, Piece]
    left: Mapping[int, str] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """The names that the statements give to nodes."""
        assigned = [(s.name, s.node) for s in self.statements if isinstance(s, Statement)]
        return (*assigned, *((name, node) for node, name in self.left.items()))

    def text(self, node: int) -> str:
        """The expression of a wanted node."""
        return self.pieces[node].text


# A vector of many elements is long, but no harder to read or to parse for that.
_FEW = 3


class Namer(Protocol):
    """Names for what must be assigned: for a node, or for a variable of a loop."""

    def __call__(self, node: int) -> str: ...

    def fresh(self, stem: str) -> str: ...


@dataclass(slots=True)
class _Scheduler:
    printer: Printer
    namer: Namer
    limits: Limits
    pieces: dict[int, Piece] = field(default_factory=dict)
    statements: list[Statement | Loop] = field(default_factory=list)
    element: Element | None = None
    reads: dict[tuple[int, str, int], str] = field(default_factory=dict)

    def assign(self, node: int) -> None:
        """Give a node a name, unless its text is as short as one."""
        piece = self.pieces[node]
        if self.is_name(node) or self.is_cheap(node):
            return
        name = self.namer(node)
        # A name does not show that it stands for a bare number, so it gets the type here.
        text = self.printer.typed(piece).text
        self.statements.append(Statement(node, name, text))
        self.pieces[node] = renamed(piece, name)

    def is_name(self, node: int) -> bool:
        """Whether a node's text is a name or a number."""
        piece = self.pieces[node]
        return piece.level == ATOM and not piece.brackets

    def is_cheap(self, node: int) -> bool:
        """Whether a node costs no more than reading a name."""
        graph = self.printer.graph
        name = graph.prim(node)
        if name in ("input", "const", "exact_pi"):
            return True
        return name == "index" and graph.prim(graph.args(node)[0]) == "input"

    def loop(self, node: int, args: Sequence[int], wanted: Sequence[int]) -> Piece:
        """Write a loop; what it leaves has names from now on."""
        region: Region = self.printer.graph.attrs(node)
        for arg in args[region.carries :]:
            self.assign(arg)
        pieces = [self.pieces[arg] for arg in args]
        made, reads = build_loop(
            self.printer, node, pieces, wanted, self.namer.fresh, self.element, self.inside
        )
        self.statements.append(made)
        self.reads |= {(node, *read): name for read, name in reads.items()}
        return Piece("")

    def inside(
        self,
        printer: Printer,
        roots: Sequence[int],
        keep: frozenset[int],
        users: Mapping[int, str],
    ) -> tuple[tuple[Step, ...], dict[int, Piece]]:
        """The statements of a loop's body, which has no loops itself."""
        namer = _Inside(self.namer, users)
        plan = schedule(printer, roots, namer, self.limits, keep)
        steps = [Step(s.name, s.text) for s in plan.statements if isinstance(s, Statement)]
        return tuple(steps), dict(plan.pieces)

    def operation(self, node: int, args: Sequence[int]) -> Piece:
        """The text of a node, its arguments assigned where it would grow too large."""
        limits = self.limits
        for arg in self.printer.repeated(node):
            self.assign(arg)
        while True:
            pieces = [self.pieces[arg] for arg in args]
            piece = self.printer.operation(node, pieces)
            small = (
                (len(piece.text) <= limits.characters or len(args) > _FEW)
                and piece.brackets <= limits.brackets
                and piece.height <= limits.height
            )
            if small:
                return piece
            before = len(self.statements)
            self.assign(args[_culprit(pieces, piece, limits)])
            if len(self.statements) == before:
                for arg in args:
                    self.assign(arg)
                return self.printer.operation(node, [self.pieces[arg] for arg in args])


@dataclass(frozen=True, slots=True)
class _Inside:
    """Names inside of a loop's body, whose nodes are of another graph."""

    outside: Namer
    users: Mapping[int, str]

    def __call__(self, node: int) -> str:
        return self.outside.fresh(self.users.get(node, "v"))

    def fresh(self, stem: str) -> str:
        return self.outside.fresh(stem)


def _culprit(pieces: Sequence[Piece], piece: Piece, limits: Limits) -> int:
    """The argument that makes an expression too large."""
    if len(piece.text) > limits.characters and len(pieces) <= _FEW:
        return widest(pieces)
    return max(range(len(pieces)), key=lambda i: (pieces[i].brackets, pieces[i].height))


def schedule(
    printer: Printer,
    roots: Sequence[int],
    namer: Namer,
    limits: Limits,
    keep: Collection[int] = (),
    element: Element | None = None,
) -> Schedule:
    """Statements that compute the roots; nodes in ``keep`` are always assigned.

    ``element`` prints an element of a sequence in a loop; without it elements get names.
    """
    graph = printer.graph
    marks = reachable(graph, roots)
    uses = count_uses(graph, marks, roots)
    run = _Scheduler(printer, namer, limits, element=element)
    wanted = _wanted(graph, marks)
    left: dict[int, str] = {}
    pieces = run.pieces
    records = graph.records
    for node in range(len(marks)):
        if not marks[node]:
            continue
        record = records[node]
        if record[0] in ("input", "const"):
            pieces[node] = printer.leaf(node)
            continue
        args = record[2:]
        if record[0] == "scan":
            pieces[node] = run.loop(node, args, wanted.get(node, []))
            continue
        if record[0] in ("final", "output"):
            left[node] = run.reads[args[0], record[0], record[1]]
            pieces[node] = Piece(left[node])
            continue
        free = record[0] == "neg" and run.is_name(args[0])
        pieces[node] = run.operation(node, args)
        if node in keep or (uses[node] > 1 and not free):
            run.assign(node)
        for arg in args:
            uses[arg] -= 1
            if not uses[arg]:
                pieces.pop(arg, None)
    return Schedule(tuple(run.statements), {root: pieces[root] for root in roots}, left)


def _wanted(graph: Graph, marks: bytearray) -> dict[int, list[int]]:
    """The outputs of each loop that anybody reads."""
    found: dict[int, list[int]] = {}
    for node in range(len(marks)):
        if marks[node] and graph.records[node][0] == "output":
            found.setdefault(graph.records[node][2], []).append(graph.records[node][1])
    return {loop: sorted(numbers) for loop, numbers in found.items()}


def count_uses(graph: Graph, marks: bytearray, roots: Sequence[int]) -> list[int]:
    """How often each reachable node is an argument or a root."""
    uses = [0] * len(marks)
    records = graph.records
    for node in range(len(marks)):
        if marks[node]:
            for arg in records[node][2:]:
                uses[arg] += 1
    for root in roots:
        uses[root] += 1
    return uses
