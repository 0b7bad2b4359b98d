"""What is made of each rule of the grammar: nodes of the tree, straight into its arrays.

A method is named as the rule's alias in ``grammar/r.lark`` (`binary` is in the parser's
loop itself, :mod:`gradc.syntax.lalr`, for speed). It is given the parts of the
rule and the token that comes next; what it returns stands for the rule. Parts are node
numbers; of arguments, lists of nodes and of :class:`Named`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from gradc.errors import fail
from gradc.syntax.tree import NO_DEFAULT, Kind, Tree

Reduction = Callable[[Sequence[Any], int], Any]

# R does not let these be the function on the right of |>.
_NOT_IN_PIPES: Final = {
    "if", "while", "repeat", "for", "break", "next", "return", "function", "(", "{", "[", "[[",
    "$", "@", "::", ":::", "+", "-", "*", "/", "^", "%%", "%/%", "%*%", ":", "?", "|>", "~",
    "==", "!=", "<", ">", "<=", ">=", "&", "|", "&&", "||", "!", "<-", "<<-", "=",
}  # fmt: skip


class Named(NamedTuple):
    """An argument ``name = node``, or a parameter with its default."""

    token: int
    name: str
    node: int


class Reducer:
    """The actions of the grammar on one tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.holes: set[int] = set()

    def actions(self) -> dict[str, Reduction]:
        """Each action by the name that the grammar gives it."""
        return {
            name: getattr(self, name)
            for name in vars(Reducer)
            if not name.startswith("_") and name != "actions"
        }

    # Lines: lists that grow at their end.

    def program(self, parts: Sequence[Any], following: int) -> list[int]:
        lines: list[int] = parts[0]
        return lines

    def program_line(self, parts: Sequence[Any], following: int) -> list[int]:
        return self.line(parts, following)

    def program_hole(self, parts: Sequence[Any], following: int) -> list[int]:
        return [parts[0]]

    def no_lines(self, parts: Sequence[Any], following: int) -> list[int]:
        return []

    def same(self, parts: Sequence[Any], following: int) -> list[int]:
        lines: list[int] = parts[0]
        return lines

    def line(self, parts: Sequence[Any], following: int) -> list[int]:
        lines: list[int] = parts[0]
        lines.append(parts[1])
        return lines

    def first_line(self, parts: Sequence[Any], following: int) -> list[int]:
        return [parts[0]]

    def next_line(self, parts: Sequence[Any], following: int) -> list[int]:
        lines: list[int] = parts[0]
        lines.append(parts[2])
        return lines

    # Operators and brackets.

    def reversed(self, parts: Sequence[Any], following: int) -> int:
        """``value -> name``, which is ``name <- value``."""
        value, operator, name = parts
        return self._call(operator, (name, value), value, name)

    def prefix(self, parts: Sequence[Any], following: int) -> int:
        operator, operand = parts
        return self._call(operator, (operand,), operator, operand)

    def nullary(self, parts: Sequence[Any], following: int) -> int:
        return self._call(parts[0], (), parts[0], parts[0])

    def parenthesis(self, parts: Sequence[Any], following: int) -> int:
        opening, inner, closing = parts
        self.tree.kinds[opening] = Kind.NAME
        return self._call(opening, (inner,), opening, closing)

    def braces(self, parts: Sequence[Any], following: int) -> int:
        opening, lines, closing = parts
        return self._call(opening, lines, opening, closing)

    # Control flow and functions.

    def condition(self, parts: Sequence[Any], following: int) -> int:
        """``if (test) yes`` and ``if (test) yes else no``."""
        arguments = (parts[2], parts[4], *parts[6:])
        return self._call(parts[0], arguments, parts[0], parts[-1])

    def for_loop(self, parts: Sequence[Any], following: int) -> int:
        arguments = (parts[2], parts[4], parts[6])
        return self._call(parts[0], arguments, parts[0], parts[6])

    def while_loop(self, parts: Sequence[Any], following: int) -> int:
        return self._call(parts[0], (parts[2], parts[4]), parts[0], parts[4])

    def function(self, parts: Sequence[Any], following: int) -> int:
        tree = self.tree
        keyword, _, parameters, _, body = parts
        names: list[str] = []
        defaults: list[int] = []
        seen: set[str] = set()
        for parameter in parameters:
            token, name, default = (
                parameter
                if isinstance(parameter, Named)
                else (parameter, tree.name(parameter), NO_DEFAULT)
            )
            if name in seen:
                raise fail("G100", f"the parameter '{name}' is written twice", tree.span(token))
            seen.add(name)
            tree.kinds[token] = Kind.TOKEN
            names.append(name)
            defaults.append(default)
        return tree.add_function(names, defaults, body, tree.starts[keyword], tree.ends[body])

    # Calls and their arguments.

    def call(self, parts: Sequence[Any], following: int) -> int:
        tree = self.tree
        function, _, arguments, closing = parts
        if tree.kinds[function] == Kind.STR:
            # "f"(x) calls f.
            tree.data[function] = tree.symbol(tree.string(function))
            tree.kinds[function] = Kind.NAME
        if len(arguments) == 1 and not isinstance(arguments[0], Named):
            (only,) = arguments
            if tree.kinds[only] == Kind.MISSING:
                tree.kinds[only] = Kind.TOKEN
                arguments = ()
        return self._apply(function, (), arguments, function, closing)

    def index(self, parts: Sequence[Any], following: int) -> int:
        return self._apply(parts[1], (parts[0],), parts[2], parts[0], parts[-1])

    def index2(self, parts: Sequence[Any], following: int) -> int:
        return self.index(parts, following)

    def none(self, parts: Sequence[Any], following: int) -> list[int | Named]:
        return []

    def first(self, parts: Sequence[Any], following: int) -> list[int | Named]:
        return [parts[0]]

    def next(self, parts: Sequence[Any], following: int) -> list[int | Named]:
        arguments: list[int | Named] = parts[0]
        arguments.append(parts[2])
        return arguments

    def empty(self, parts: Sequence[Any], following: int) -> int:
        return self.tree.add_missing(self.tree.starts[following])

    def named(self, parts: Sequence[Any], following: int) -> Named:
        tree = self.tree
        token, equal = parts[0], parts[1]
        name = tree.string(token) if tree.kinds[token] == Kind.STR else tree.name(token)
        tree.kinds[token] = tree.kinds[equal] = Kind.TOKEN
        node = parts[2] if len(parts) > 2 else tree.add_missing(tree.ends[equal])
        return Named(token, name, node)

    def pipe(self, parts: Sequence[Any], following: int) -> int:
        """``x |> f(y)``, which is ``f(x, y)``; or ``x |> f(name = _)``."""
        tree = self.tree
        value, _, call = parts
        if tree.kinds[call] != Kind.CALL:
            raise fail(
                "G100",
                "the right side of |> must be a call",
                tree.span(call),
                "write a pair of parentheses after the function's name"
                if tree.kinds[call] == Kind.NAME
                else None,
            )
        head = tree.head(call)
        if head in _NOT_IN_PIPES:
            raise fail(
                "G100", f"R does not allow '{head}' on the right side of |>", tree.span(call)
            )
        arguments = list(tree.args(call))
        names = list(tree.argnames(call) or [None] * len(arguments))
        holes = [k for k, node in enumerate(arguments) if tree.kinds[node] == Kind.TOKEN]
        if not holes:
            arguments.insert(0, value)
            names.insert(0, None)
        for place in holes:
            hole = tree.span(arguments[place])
            if names[place] is None:
                raise fail("G100", "the _ of a pipe must be a named argument", hole)
            if len(holes) > 1:
                raise fail("G100", "a pipe can have one _ only", tree.span(arguments[holes[1]]))
            self.holes.add(arguments[place])
            arguments[place] = value
        tree.set_arguments(call, arguments, names)
        tree.starts[call] = tree.starts[value]
        return int(call)

    def _apply(
        self,
        function: int,
        before: tuple[int, ...],
        arguments: Sequence[int | Named],
        first: int,
        last: int,
    ) -> int:
        tree = self.tree
        start, end = tree.starts[first], tree.ends[last]
        if not any(isinstance(argument, Named) for argument in arguments):
            return tree.add_call(function, (*before, *arguments), start, end)  # type: ignore[arg-type]
        names: list[str | None] = [None] * len(before)
        nodes = list(before)
        for argument in arguments:
            if isinstance(argument, Named):
                names.append(argument.name)
                nodes.append(argument.node)
            else:
                names.append(None)
                nodes.append(argument)
        return tree.add_call(function, nodes, start, end, names)

    def _call(self, function: int, arguments: Sequence[int], first: int, last: int) -> int:
        tree = self.tree
        return tree.add_call(function, arguments, tree.starts[first], tree.ends[last])
