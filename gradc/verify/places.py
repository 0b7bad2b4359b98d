"""Where an emitted program computes each of its intermediate results and each output.

A name that a loop gives a value stands for the whole loop, from where its first value is given.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gradc.errors import GradcError, Source, Span
from gradc.syntax import Kind, Tree, parse_r
from gradc.syntax.python_lines import Lines

_Extent = tuple[int, int]


@dataclass(slots=True)
class Places:
    """The statement of each name, and the expressions that come back: value, then gradients.

    ``value`` is where the value is computed, ``returned`` where it is handed back. Where one
    expression gives all gradients, ``gradients`` has it alone, and ``elements`` what that is put
    together of.
    """

    source: Source
    steps: dict[str, Span] = field(default_factory=dict)
    value: Span | None = None
    returned: Span | None = None
    gradients: list[Span] = field(default_factory=list)
    elements: list[Span] = field(default_factory=list)

    def of_gradient(self, number: int, widths: Sequence[int]) -> Span | None:
        """Where one of the gradients is written, of which each has so many expressions."""
        begin = sum(widths[:number])
        for spans in (self.gradients, self.elements):
            if len(spans) == len(widths):
                return spans[number]
            if len(spans) == sum(widths):
                first, last = spans[begin], spans[begin + widths[number] - 1]
                return self.span((first.start, last.end))
        return self.gradients[0] if self.gradients else None

    def keep(self, name: str, extent: _Extent) -> None:
        """Note a statement; a name with several stands for all that lies between them."""
        before = self.steps.get(name)
        start = extent[0] if before is None else before.start
        self.steps[name] = self.span((start, extent[1]))

    def span(self, extent: _Extent) -> Span:
        return Span(*extent, self.source)


def places_of(target: str, file: str, text: str, entry: str, result: str) -> Places | None:
    """The places in a program's text; None where it cannot be read as one that gradc printed."""
    places = Places(Source(file, text))
    try:
        if target == "r":
            _read_r(places, entry, result)
        else:
            _read_python(places, entry, result)
    except (GradcError, SyntaxError, LookupError, RecursionError, MemoryError):
        return None
    return places


# ---------------------------------------------------------------- Python


def _read_python(places: Places, entry: str, result: str) -> None:
    text = places.source.text
    lines = Lines(text)
    functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    (function,) = (n for n in functions if n.name == entry)

    def extent(node: ast.AST, last: ast.AST | None = None) -> _Extent:
        last = last or node
        assert isinstance(node, ast.stmt | ast.expr)  # noqa: S101 - both have a place
        assert isinstance(last, ast.stmt | ast.expr)  # noqa: S101
        end_line, end_column = last.end_lineno or 1, last.end_col_offset or 0
        return (
            lines.offset(node.lineno, node.col_offset),
            lines.offset(end_line, end_column),
        )

    statements = list(_python_statements(function.body))
    for before, node in pairwise([None, *statements]):
        if isinstance(node, ast.Assign):
            # The function of one turn stands before the call that takes all turns.
            first = before if isinstance(before, ast.FunctionDef) else node
            for name in _python_names(node.targets):
                places.keep(name, extent(first, node))
        elif isinstance(node, ast.For):
            for name in {n for inner in node.body for n in _assigned(inner)}:
                places.keep(name, extent(node))
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            value, gradients = node.value.elts
            places.returned = places.span(extent(value))
            places.value = places.steps.get(result, places.returned)
            items = gradients.elts if isinstance(gradients, ast.Tuple) else [gradients]
            places.gradients = [places.span(extent(item)) for item in items]


def _python_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a function, those in the quiet among them."""
    for node in body:
        if isinstance(node, ast.With):
            yield from _python_statements(node.body)
        else:
            yield node


def _assigned(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        yield from _python_names(node.targets)


def _python_names(targets: Sequence[ast.expr]) -> Iterator[str]:
    """The names that an assignment gives values, or elements of theirs."""
    for target in targets:
        if isinstance(target, ast.Tuple):
            yield from _python_names(target.elts)
        elif isinstance(target, ast.Subscript):
            yield from _python_names([target.value])
        elif isinstance(target, ast.Name):
            yield target.id


# ---------------------------------------------------------------- R


def _read_r(places: Places, entry: str, result: str) -> None:
    tree = parse_r(places.source)
    for node in _r_statements(tree, _r_function(tree, entry)):
        head, extent = tree.head(node), (tree.starts[node], tree.ends[node])
        if head == "for":
            for inner in _r_statements(tree, tree.args(node)[-1]):
                name = _r_name(tree, inner)
                if name:
                    places.keep(name, extent)
        if head != "<-":
            continue
        left, right = tree.args(node)
        if tree.head(left) == "attr" and tree.string(tree.args(left)[1]) == "gradient":
            columns = _columns(tree, right)
            places.gradients = places.gradients or [places.span(e) for e in columns]
            places.elements = [places.span(e) for e in _elements(tree, right)]
        elif tree.head(left) == "[" and tree.kind(tree.args(left)[1]) == Kind.MISSING:
            places.gradients.append(places.span(extent))  # a column of a large gradient
        else:
            name = places.source.text[tree.starts[left] : tree.ends[left]]
            places.keep(name, extent)
    places.value = places.steps.get(result)


def _r_name(tree: Tree, node: int) -> str:
    """The name that a statement gives a value, or an element of its value."""
    if tree.head(node) != "<-":
        return ""
    left = tree.args(node)[0]
    while tree.kind(left) == Kind.CALL:
        left = tree.args(left)[0]
    return tree.name(left) if tree.kind(left) == Kind.NAME else ""


def _columns(tree: Tree, node: int) -> list[_Extent]:
    items = tree.args(node) if tree.head(node) == "cbind" else [node]
    return [(tree.starts[item], tree.ends[item]) for item in items]


def _elements(tree: Tree, node: int) -> list[_Extent]:
    """What ``matrix(c(…))`` is made of."""
    if tree.head(node) == "matrix" and tree.head(tree.args(node)[0]) == "c":
        return [(tree.starts[item], tree.ends[item]) for item in tree.args(tree.args(node)[0])]
    return []


def _r_function(tree: Tree, entry: str) -> int:
    """The body of the function of a name, or the block that makes it."""
    for root in tree.roots:
        if tree.head(root) != "<-":
            continue
        left, right = tree.args(root)
        if tree.kind(left) == Kind.NAME and tree.name(left) == entry:
            return tree.body(right) if tree.kind(right) == Kind.FUNCTION else right
    raise LookupError(entry)


def _r_statements(tree: Tree, body: int) -> Iterator[int]:
    """The statements of a block, in order; those kept as quoted code are the steps' own."""
    pending = [body]
    while pending:
        node = pending.pop()
        if tree.kind(node) == Kind.FUNCTION:
            pending.append(tree.body(node))
        elif tree.head(node) in ("{", "local", "list", "quote"):
            pending += reversed(tree.args(node))
        elif tree.head(node) == "<-" and tree.head(tree.args(node)[1]) in ("list", "local"):
            pending.append(tree.args(node)[1])
        else:
            yield node
