"""A walk over Python's :mod:`ast` that keeps its own list of what is left to do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gradc.errors import GradcError, Source, Span, fail
from gradc.syntax.tree import Tree

_WORDS: Final = {
    "if": ("if", "elif"), "for": ("for",), "while": ("while",), "return": ("return",),
    "break": ("break",), "next": ("continue",), "!": ("not",), "global": ("global", "nonlocal"),
    "assert": ("assert",), "raise": ("raise",), "del": ("del",),
}  # fmt: skip
_OUTSIDE: Final[dict[type[ast.AST], str]] = {
    ast.Await: "'await'", ast.Yield: "'yield'", ast.YieldFrom: "'yield'", ast.Starred: "'*'",
    ast.ClassDef: "a class", ast.AsyncFunctionDef: "'async def'", ast.AsyncFor: "'async for'",
    ast.AsyncWith: "'async with'", ast.With: "'with'", ast.Try: "'try'", ast.TryStar: "'try'",
    ast.Match: "'match'",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Join:
    """What to make of the last ``count`` nodes, once they are there."""

    count: int
    make: Callable[[list[int]], int]


Task = ast.AST | Join


Visits = Mapping[type[ast.AST], Callable[["Reader", Any], None]]


class Reader:
    """Converts with a list of tasks of its own, so that depth costs nothing."""

    def __init__(self, source: Source, offset: Callable[[int, int], int], visits: Visits) -> None:
        self.tree = Tree(source, "python")
        self.offset = offset
        self.places: dict[ast.AST, tuple[int, int]] = {}
        self.visits = visits
        self.pending: list[Task] = []
        self.done: list[int] = []

    def convert(self, statements: Sequence[ast.stmt]) -> list[int]:
        self.pending = list(reversed(statements))
        while self.pending:
            task = self.pending.pop()
            if isinstance(task, Join):
                first = len(self.done) - task.count
                parts = self.done[first:]
                del self.done[first:]
                self.done.append(task.make(parts))
                continue
            visit = self.visits.get(type(task))
            if visit is None:
                raise self.outside(task)
            visit(self, task)
        return self.done

    def outside(self, node: ast.AST, what: str | None = None) -> GradcError:
        words = what or _OUTSIDE.get(type(node)) or f"this ({type(node).__name__})"
        return fail(
            "G104", f"{words} cannot be part of a model", Span(*self.span(node), self.tree.source)
        )

    def span(self, node: Any) -> tuple[int, int]:
        """Where a node is written: as :mod:`ast` says, unless that was found out otherwise."""
        return self.places.get(node) or (
            self.offset(node.lineno, node.col_offset),
            self.offset(node.end_lineno, node.end_col_offset),
        )

    def later(self, children: Sequence[Task], make: Callable[[list[int]], int]) -> None:
        """Convert some nodes, then make one of them."""
        self.pending.append(Join(len(children), make))
        self.pending.extend(reversed(children))

    def call(
        self,
        head: str,
        children: Sequence[Task],
        span: tuple[int, int],
        place: tuple[int, int] | None = None,
    ) -> None:
        """A call of a name that the text does not spell out, or spells at its start."""
        start, end = span

        def make(parts: list[int]) -> int:
            function = self.tree.add_name(head, *(place or self.operator_place(head, parts, start)))
            return self.tree.add_call(function, parts, start, end)

        self.later(children, make)

    def operator_place(self, head: str, parts: list[int], start: int) -> tuple[int, int]:
        """Where a head is written: at the start, as `return`, or between its operands."""
        tree, text = self.tree, self.tree.source.text
        if head == "{":
            return start, start
        for word in _WORDS.get(head, ()):
            if text.startswith(word, start):
                return start, start + len(word)
        if head == "if":
            return self.between(head, parts[1], parts[0])  # yes if test else no
        if len(parts) < 2 or tree.ends[parts[0]] > tree.starts[parts[1]]:
            end = start + len(head)
            return start, end if text.startswith(head, start) else start
        return self.between(head, parts[0], parts[1])

    def between(self, head: str, left: int, right: int) -> tuple[int, int]:
        """Where an operator is written between two nodes."""
        text = self.tree.source.text
        low, high = self.tree.ends[left], self.tree.starts[right]
        found = text.find(head, low, high)
        if found >= 0:
            return found, found + len(head)
        gap = text[low:high]
        return low + len(gap) - len(gap.lstrip()), low + len(gap.rstrip())

    def text_at(self, value: str, place: tuple[int, int]) -> ast.Constant:
        """A string that Python's :mod:`ast` has no node for."""
        node = ast.Constant(value)
        self.places[node] = place
        return node


def kept(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements that do something: neither an import nor the mere type of a name."""
    return [
        statement
        for statement in statements
        if not isinstance(statement, ast.Import | ast.ImportFrom)
        and not (
            isinstance(statement, ast.AnnAssign)
            and statement.value is None
            and isinstance(statement.target, ast.Name)
        )
    ]


class Block(ast.AST):
    """The statements below a heading."""

    def __init__(self, statements: Sequence[ast.stmt]) -> None:
        super().__init__()
        self.statements = statements


class Missing(ast.AST):
    """The part that a slice leaves out."""

    def __init__(self, owner: ast.AST) -> None:
        super().__init__()
        self.owner = owner


class Made(ast.AST):
    """A call that Python's :mod:`ast` has no node for, such as a clause of a comprehension."""

    def __init__(
        self,
        head: str,
        children: Sequence[ast.AST],
        span: tuple[int, int],
        place: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.head = head
        self.children = children
        self.span = span
        self.place = place
