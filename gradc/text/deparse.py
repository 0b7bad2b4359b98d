"""Code back to text, line by line as R 4.2.2 writes it: ``deparse`` and ``as.character``.

R walks a call by recursion and keeps a little state besides: how tightly the operator binds on
whose left it is, whether it is inside braces, inside a call of a primitive. Here each call is a
generator that gives the nodes it wants to have written in its midst, so that the depth of an
expression costs memory and no stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gradc.syntax.tree import NO_DEFAULT, Kind, Tree
from gradc.text.linebreaks import LONGEST, Lines, TooLong
from gradc.text.numbers import deparse_number
from gradc.text.r_parentheses import as_used, head_of, needs_parentheses_as_function
from gradc.text.r_quoting import name_text, quoted
from gradc.text.r_shapes import SHAPES, Call, Steps

__all__ = ["TooLong", "as_character_call", "deparse", "deparse_function"]

_DEFAULT_CUTOFF: Final = 60
_NARROWEST, _WIDEST = 20, 500

_NAME, _NUM, _STR, _CONST = int(Kind.NAME), int(Kind.NUM), int(Kind.STR), int(Kind.CONST)
_CALL, _FUNCTION, _MISSING = int(Kind.CALL), int(Kind.FUNCTION), int(Kind.MISSING)


def deparse(
    tree: Tree, node: int, width_cutoff: int = _DEFAULT_CUTOFF, longest: int = LONGEST
) -> list[str]:
    """The lines of R's ``deparse(e, width.cutoff)`` of an expression.

    As in R, a name alone is written without backticks, and a cutoff outside 20 to 500 counts as 60.

    Raises
    ------
        TooLong: the text has more than ``longest`` characters.
    """
    tree, node = tree.resolve(node)
    if tree.kinds[node] == _NAME:
        return [tree.name(node)]
    writer = Writer(_cutoff(width_cutoff), longest)
    writer.write(tree, node)
    return writer.close()


def deparse_function(
    tree: Tree, node: int, width_cutoff: int = _DEFAULT_CUTOFF, longest: int = LONGEST
) -> list[str]:
    """The lines of R's ``deparse(f)`` of the closure that a FUNCTION makes, its source not kept."""
    tree, node = tree.resolve(node)
    writer = Writer(_cutoff(width_cutoff), longest)
    writer.run(writer.closure(tree, node))
    return writer.close()


def as_character_call(tree: Tree, node: int, longest: int = LONGEST) -> list[str]:
    """R's ``as.character(e)`` of a call: a text for what it calls and one for each argument.

    Raises
    ------
        TooLong: a text has more than ``longest`` characters.
        ValueError: an argument is ``NA_character_``, which stays missing and has no text.
    """
    tree, node = tree.resolve(node)
    if tree.kinds[node] == _FUNCTION:
        writer = Writer(_WIDEST, longest, plain=True)
        writer.run(writer.formals(tree, node))
        parameters = "\n".join(writer.close())
        return ["function", parameters, _element(tree, tree.body(node), longest), "NULL"]
    head = head_of(tree, node)
    called = _element(tree, tree.fn(node), longest) if head is None else head
    return [called, *(_element(tree, argument, longest) for argument in tree.args(node))]


def _element(tree: Tree, node: int, longest: int) -> str:
    tree, node = tree.resolve(node)
    kind = tree.kinds[node]
    if kind == _STR:
        return tree.string(node)
    if kind == _CONST and tree.name(node) == "NA_character_":
        raise ValueError("NA_character_ has no text")
    writer = Writer(_WIDEST, longest, plain=True)
    writer.write(tree, node)
    return "\n".join(writer.close())


def _cutoff(width: int) -> int:
    return width if _NARROWEST <= width <= _WIDEST else _DEFAULT_CUTOFF


class Writer:
    """The state of R's printer; ``plain`` writes ``1L`` and ``NA_real_`` as ``1`` and ``NA``."""

    def __init__(self, cutoff: int, longest: int, plain: bool = False) -> None:
        self.out = Lines(cutoff, longest)
        self.plain = plain
        self.braces = 0
        self.primitives = 0
        # How tightly an operator binds on whose left the next node stands, 0 for none.
        self.left = 0
        # Whether the next node is an argument, where `a = b` needs parentheses.
        self.is_argument = False

    def close(self) -> list[str]:
        self.out.end_line()
        return self.out.finished

    def write(self, tree: Tree, node: int) -> None:
        steps = self._enter(tree, node)
        if steps is not None:
            self.run(steps)

    def run(self, steps: Steps) -> None:
        stack = [(steps, 0)]
        while stack:
            steps, left = stack[-1]
            wanted = next(steps, None)
            if wanted is None:
                self.left = left
                stack.pop()
                continue
            left = self.left
            inner = self._enter(*wanted)
            if inner is not None:
                self.left = 0
                stack.append((inner, left))

    def closure(self, tree: Tree, node: int) -> Steps:
        """A FUNCTION as the value that it makes: its body begins a line of its own."""
        self.out.write("function (")
        yield from self._parameters(tree, node)
        self.out.write(") ")
        self.out.end_line()
        yield tree, tree.body(node)

    def formals(self, tree: Tree, node: int) -> Steps:
        """The parameters of a FUNCTION as the list that R holds them in."""
        defaults = tree.defaults(node)
        if not defaults:
            self.out.write("NULL")
            return
        opening, closing = ("pairlist(", ")")
        if NO_DEFAULT in defaults:
            opening, closing = ("as.pairlist(alist(", "))")
        self.out.write(opening)
        self.primitives += 1
        for index, (name, default) in enumerate(zip(tree.params(node), defaults, strict=True)):
            self.out.write(f"{', ' if index else ''}{name_text(name)} = ")
            if default != NO_DEFAULT:
                yield tree, default
        self.primitives -= 1
        self.out.write(closing)

    def _enter(self, tree: Tree, node: int) -> Steps | None:
        """Write a leaf; for anything else, the steps that write it."""
        tree, node = tree.resolve(node)
        is_argument, self.is_argument = self.is_argument, False
        kind = tree.kinds[node]
        if kind == _CALL:
            return self._call(tree, node, self.left, is_argument)
        if kind == _FUNCTION:
            return self._function(tree, node)
        self.out.write(self._leaf(tree, node))
        return None

    def _leaf(self, tree: Tree, node: int) -> str:
        kind = tree.kinds[node]
        if kind == _NAME:
            return name_text(tree.name(node))
        if kind == _NUM:
            if tree.is_int(node):
                return f"{tree.value(node):.0f}{'' if self.plain else 'L'}"
            return deparse_number(tree.value(node))
        if kind == _STR:
            return quoted(tree.string(node), '"')
        if kind == _CONST:
            word = tree.name(node)
            return "NA" if self.plain and word.startswith("NA_") else word
        if kind == _MISSING:
            return ""
        raise TypeError(f"node {node} is no expression")

    def _call(self, tree: Tree, node: int, further_out: int, is_argument: bool) -> Steps:
        head = head_of(tree, node)
        if head is None:
            return self._call_of_expression(tree, node)
        operator = as_used(head, tree, node)
        return SHAPES[operator.form](
            self, Call(head, operator, tree, node, further_out, is_argument)
        )

    def _function(self, tree: Tree, node: int) -> Steps:
        self.out.write("function(")
        yield from self._parameters(tree, node)
        self.out.write(") ")
        yield tree, tree.body(node)

    def _call_of_expression(self, tree: Tree, node: int) -> Steps:
        function = tree.fn(node)
        parentheses = needs_parentheses_as_function(tree, function)
        if parentheses:
            self.out.write("(")
        yield tree, function
        if parentheses:
            self.out.write(")")
        self.out.write("(")
        yield from self.arguments(tree, tree.args(node), tree.argnames(node))
        self.out.write(")")

    def arguments(
        self, tree: Tree, arguments: Sequence[int], names: Sequence[str | None] | None
    ) -> Steps:
        broken = False
        for index, argument in enumerate(arguments):
            if index:
                self.out.write(", ")
                broken = self.out.break_if_wide(broken)
            name = names[index] if names is not None else None
            if name is not None:
                self.out.write(f"{name_text(name)} = ")
            self.is_argument = True
            yield tree, argument
        self.out.indent -= broken

    def _parameters(self, tree: Tree, node: int) -> Steps:
        broken = False
        for index, (name, default) in enumerate(
            zip(tree.params(node), tree.defaults(node), strict=True)
        ):
            if index:
                self.out.write(", ")
                broken = self.out.break_if_wide(broken)
            self.out.write(name_text(name))
            if default != NO_DEFAULT:
                self.out.write(" = ")
                self.is_argument = True
                yield tree, default
        self.out.indent -= broken
