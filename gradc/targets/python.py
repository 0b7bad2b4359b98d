"""What the targets written in Python share: operators, lines, checks, gradients by parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gradc.emit import EmitModel
from gradc.emit.inputs import Rows, row_groups
from gradc.emit.layout import WIDTH, wrap
from gradc.emit.loops import Element, Loop
from gradc.emit.names import Locals, Names, rules
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits, Schedule, Statement, schedule
from gradc.emit.syntax import (
    BIT_AND,
    BIT_OR,
    COMPARISON,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Infix,
    Piece,
    left_associative,
    not_associative,
)
from gradc.ir import Function, Graph, Input
from gradc.targets.derivatives import Entry, gradient_elements
from gradc.targets.target import Target

OPERATORS: Mapping[str, Infix] = {
    "add": left_associative(" + ", SUM),
    "sub": left_associative(" - ", SUM),
    "mul": left_associative(" * ", PRODUCT),
    "div": left_associative(" / ", PRODUCT),
    "pow": Infix("**", POWER, POWER + 1, SIGN),
    "lt": not_associative(" < ", COMPARISON),
    "le": not_associative(" <= ", COMPARISON),
    "gt": not_associative(" > ", COMPARISON),
    "ge": not_associative(" >= ", COMPARISON),
    "and": left_associative(" & ", BIT_AND),
    "or": left_associative(" | ", BIT_OR),
}
_LIMITS = Limits(characters=240, brackets=10, height=40)
_MOST_KEPT = 60


@dataclass(frozen=True, slots=True)
class Module:
    """The file being written: its names, and the emitted names of inputs in calling order."""

    model: EmitModel
    target: Target
    names: Names
    users: Mapping[str, str]

    @property
    def inputs(self) -> list[Input]:
        """Inputs in calling order: parameters, then data."""
        return [*self.model.value.params, *self.model.value.data]

    @property
    def arguments(self) -> list[str]:
        """Emitted names of the inputs in calling order."""
        return [self.users[item.name] for item in self.inputs]

    @property
    def data(self) -> list[str]:
        return [self.users[item.name] for item in self.model.value.data]

    @property
    def groups(self) -> list[Rows]:
        return row_groups(self.model.value)

    def plan(
        self,
        function: Function,
        roots: Sequence[int],
        names: Names,
        element: Element | None = None,
    ) -> Schedule:
        """The schedule of a function under names of its own."""
        printer = Printer(
            function.graph, self.target.syntax, self.target.spelling, dict(self.users)
        )
        keep = set(function.names) if len(function.names) <= _MOST_KEPT else set()
        locals_ = Locals(names, function.names, "t")
        return schedule(printer, roots, locals_, _LIMITS, keep, element)


def open_module(model: EmitModel, target: Target, taken: Sequence[str]) -> Module:
    """A module with the user's inputs named; ``taken`` are the names it defines itself."""
    names = Names(rules("python"), [*taken, "dtype"])
    inputs = [*model.value.params, *model.value.data]
    claimed = names.claim(item.name for item in inputs)
    return Module(model, target, names, {item.name: claimed[item.name] for item in inputs})


def assignment(name: str, text: str, indent: int = 4) -> list[str]:
    """``name = text``, in parentheses over several lines where it is long."""
    return statement(f"{name} = ", text, indent)


def statement(start: str, text: str, indent: int = 4, end: str = "") -> list[str]:
    """A statement that is an expression between ``start`` and ``end``."""
    pad = " " * indent
    line = f"{pad}{start}{text}{end}"
    if len(line) <= WIDTH:
        return [line]
    return [f"{pad}{start}(", *wrap(text, indent + 4, 0, leading=True), f"{pad}){end}"]


WriteLoop = Callable[[Loop, int], list[str]]
"""``write(loop, indent)``: the lines of a loop in one of the targets."""


def assignments(
    statements: Sequence[Statement | Loop], write_loop: WriteLoop, indent: int = 4
) -> list[str]:
    """Statements of a schedule as lines."""
    lines: list[str] = []
    for s in statements:
        if isinstance(s, Loop):
            lines += write_loop(s, indent)
        else:
            lines += assignment(s.name, s.text, indent)
    return lines


def call(start: str, arguments: Sequence[str], end: str, indent: int = 0) -> list[str]:
    """``start(a, b)end``, the arguments on lines of their own where they are many."""
    pad = " " * indent
    line = f"{pad}{start}({', '.join(arguments)}){end}"
    if len(line) <= WIDTH or not arguments:
        return [line]
    return [f"{pad}{start}(", *wrap(", ".join(arguments) + ",", indent + 4, 0), f"{pad}){end}"]


def unpack(
    names: Sequence[str], start: str, arguments: Sequence[str], indent: int = 4
) -> list[str]:
    """``a, b = start(…)``; long lists of names stand in parentheses."""
    left = ", ".join(names) + ("," if len(names) == 1 else "")
    pad = " " * indent
    one_line = f"{pad}{left} = {start}({', '.join(arguments)})"
    if len(one_line) <= WIDTH:
        return [one_line]
    if len(left) + indent > WIDTH // 2:
        lines = [f"{pad}(", *wrap(left.rstrip(",") + ",", indent + 4, 0)]
        return [*lines, *call(f") = {start}", arguments, "", indent)]
    return call(f"{left} = {start}", arguments, "", indent)


def tuple_lines(start: str, items: Sequence[str], indent: int = 4) -> list[str]:
    """``start(a, b)`` as a tuple, one item a line where they are long."""
    pad = " " * indent
    inside = ", ".join(items) + ("," if len(items) == 1 else "")
    line = f"{pad}{start}({inside})"
    if len(line) <= WIDTH:
        return [line]
    lines = [f"{pad}{start}("]
    for item in items:
        lines += wrap(f"{item},", indent + 4, leading=True)
    return [*lines, f"{pad})"]


def braces(lines: list[str]) -> list[str]:
    """The lines of a tuple, from :func:`tuple_lines`, as those of a dictionary."""
    lines[0] = lines[0].replace("(", "{", 1)
    lines[-1] = lines[-1].removesuffix(")").removesuffix(",") + "}"
    return lines


def docstring(text: str, indent: int = 4) -> list[str]:
    """A docstring of one paragraph."""
    pad = " " * indent
    line = f'{pad}"""{text}"""'
    if len(line) <= WIDTH:
        return [line]
    first, *rest = wrap_words(text, WIDTH - indent - 3)
    return [f'{pad}"""{first}', *(f"{pad}{line}" for line in rest), f'{pad}"""']


def wrap_words(text: str, width: int) -> list[str]:
    """A paragraph as lines."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def enumerate_names(names: Sequence[str]) -> str:
    """``a, b and c``; only some of very many."""
    if len(names) > 6:
        return f"{names[0]}, {names[1]}, ..., {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def by_parameter(function: Function) -> list[tuple[Input, list[Entry]]]:
    """The gradient outputs of each parameter: one, or one for each element of a vector."""
    entries = iter(gradient_elements(function))
    found: list[tuple[Input, list[Entry]]] = []
    for item in function.params:
        count = item.type.count or 1
        own: list[Entry] = []
        while count > 0:
            own.append(next(entries))
            count -= own[-1].count
        found.append((item, own))
    return found


def called_in(name: str, text: str) -> bool:
    """Whether a text calls a function; one whose name ends alike is another one."""
    return re.search(rf"(?<!\w){name}\(", text) is not None


def short(lines: Sequence[str]) -> list[str]:
    """A comment block."""
    return [f"# {line}".rstrip() for line in lines]


def between_numbers(graph: Graph, node: int, yes: Piece, no: Piece) -> bool:
    """Whether a choice is between plain numbers, an infinity among them, which have no dtype."""
    _, first, second = graph.args(node)
    return (yes.literal or graph.is_const(first)) and (no.literal or graph.is_const(second))
