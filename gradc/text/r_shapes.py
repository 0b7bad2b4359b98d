"""How R writes each form of call: operators, subsets, control flow, calls."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from gradc.syntax.tree import Kind, Tree
from gradc.text.r_operators import Form, Operator
from gradc.text.r_parentheses import head_of, needs_parentheses
from gradc.text.r_quoting import is_syntactic, name_text

if TYPE_CHECKING:
    from gradc.text.deparse import Writer

Steps = Generator[tuple[Tree, int], None, None]
"""What writes a call: it gives the nodes that are to be written in its midst."""


class Call(NamedTuple):
    """A call of a name, and where it stands."""

    head: str
    operator: Operator
    tree: Tree
    node: int
    further_out: int
    is_argument: bool

    @property
    def arguments(self) -> Sequence[int]:
        return self.tree.args(self.node)


def _part(w: Writer, tree: Tree, arguments: Sequence[int], index: int) -> Steps:
    """An argument; R finds NULL where there is none."""
    if index < len(arguments):
        yield tree, arguments[index]
    else:
        w.out.write("NULL")


def _infix(w: Writer, call: Call) -> Steps:
    """An operator between two operands."""
    head, operator, tree, _, further_out, is_argument = call
    arguments = call.arguments
    spaced = operator.form in (Form.SPACED, Form.ASSIGN)
    enclosed = is_argument and head == "="
    broken = False
    if enclosed:
        w.out.write("(")
    for index, inherited in ((0, operator.binds), (1, further_out)):
        if index:
            w.out.write(f" {head} " if spaced else head)
            if operator.form is Form.SPACED:
                broken = w.out.break_if_wide(broken)
        if index >= len(arguments):
            w.out.write("NULL")
            continue
        operand = arguments[index]
        parentheses = needs_parentheses(operator, tree, operand, index == 0, further_out)
        if parentheses:
            w.out.write("(")
        w.left = 0 if parentheses else inherited
        yield tree, operand
        if parentheses:
            w.out.write(")")
    w.out.indent -= broken
    if enclosed:
        w.out.write(")")


def _prefix(w: Writer, call: Call) -> Steps:
    w.out.write(call.head)
    if not call.arguments:
        w.out.write("NULL")
        return
    operand = call.arguments[0]
    parentheses = needs_parentheses(call.operator, call.tree, operand, False, call.further_out)
    if parentheses:
        w.out.write("(")
    w.left = 0 if parentheses else call.further_out
    yield call.tree, operand
    if parentheses:
        w.out.write(")")


def _dollar(w: Writer, call: Call) -> Steps:
    """``x$name``; a string that could be a name is written as one."""
    owner, label = call.tree.resolve(call.arguments[1])
    text = owner.string(label) if owner.kinds[label] == Kind.STR else None
    if text is None or not is_syntactic(text):
        yield from _infix(w, call)
        return
    yield from _first(w, call, call.operator.binds)
    w.out.write(call.head + text)


def _first(w: Writer, call: Call, inherited: int) -> Steps:
    """What stands on the left of ``[`` or ``$``."""
    if not call.arguments:
        w.out.write("NULL")
        return
    first = call.arguments[0]
    parentheses = needs_parentheses(call.operator, call.tree, first, True, call.further_out)
    if parentheses:
        w.out.write("(")
    w.left = 0 if parentheses else inherited
    yield call.tree, first
    if parentheses:
        w.out.write(")")


def _subset(w: Writer, call: Call) -> Steps:
    yield from _first(w, call, 0)
    names = call.tree.argnames(call.node)
    w.out.write(call.head)
    yield from w.arguments(call.tree, call.arguments[1:], names and names[1:])
    w.out.write("]" * len(call.head))


def _plain(w: Writer, call: Call) -> Steps:
    """``f(x, y = 1)``."""
    primitive = call.operator.form not in (Form.PLAIN, Form.REPLACEMENT)
    w.out.write(name_text(call.head) + "(")
    w.primitives += primitive
    yield from w.arguments(call.tree, call.arguments, call.tree.argnames(call.node))
    w.primitives -= primitive
    w.out.write(")")


def _if(w: Writer, call: Call) -> Steps:
    """``if``, whose branches have lines of their own inside braces."""
    out, tree, arguments = w.out, call.tree, call.arguments
    out.write("if (")
    yield from _part(w, tree, arguments, 0)
    out.write(") ")
    in_block = w.braces > 0 and not w.primitives
    indented = in_block and not (len(arguments) > 1 and _is_block(tree, arguments[1]))
    if indented:
        out.end_line()
        out.indent += 1
    yield from _part(w, tree, arguments, 1)
    if len(arguments) > 2:
        if in_block:
            out.end_line()
        else:
            out.write(" ")
        out.indent -= indented
        out.write("else ")
        yield tree, arguments[2]
    else:
        out.indent -= indented


def _is_block(tree: Tree, node: int) -> bool:
    tree, node = tree.resolve(node)
    return head_of(tree, node) == "{"


def _for(w: Writer, call: Call) -> Steps:
    for index, before in enumerate(("for (", " in ", ") ")):
        w.out.write(before)
        yield from _part(w, call.tree, call.arguments, index)


def _while(w: Writer, call: Call) -> Steps:
    for index, before in enumerate(("while (", ") ")):
        w.out.write(before)
        yield from _part(w, call.tree, call.arguments, index)


def _repeat(w: Writer, call: Call) -> Steps:
    w.out.write("repeat ")
    yield from _part(w, call.tree, call.arguments, 0)


def _parenthesis(w: Writer, call: Call) -> Steps:
    w.out.write("(")
    yield from _part(w, call.tree, call.arguments, 0)
    w.out.write(")")


def _braces(w: Writer, call: Call) -> Steps:
    out = w.out
    out.write("{")
    w.braces += 1
    out.indent += 1
    out.end_line()
    for line in call.arguments:
        yield call.tree, line
        out.end_line()
    out.indent -= 1
    out.write("}")
    w.braces -= 1


def _word(w: Writer, call: Call) -> Steps:
    w.out.write(call.head)
    yield from ()


SHAPES: Final[dict[Form, Callable[[Writer, Call], Steps]]] = {
    Form.SPACED: _infix,
    Form.TIGHT: _infix,
    Form.ASSIGN: _infix,
    Form.UNARY: _prefix,
    Form.DOLLAR: _dollar,
    Form.SUBSET: _subset,
    Form.IF: _if,
    Form.FOR: _for,
    Form.WHILE: _while,
    Form.REPEAT: _repeat,
    Form.WORD: _word,
    Form.BRACES: _braces,
    Form.PAREN: _parenthesis,
    Form.PLAIN: _plain,
    Form.CALL: _plain,
    Form.RETURN: _plain,
    Form.FOREIGN: _plain,
    Form.REPLACEMENT: _plain,
}
