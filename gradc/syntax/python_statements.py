"""Each sort of statement of Python's :mod:`ast` as a node of the tree.

The mapping is written down in :mod:`gradc.syntax.python`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Final

from gradc.syntax.python_nodes import BINARY, function, loop_target
from gradc.syntax.python_reader import Block, Join, Reader, Task, Visits, kept

_HARMLESS: Final = frozenset(("abs", "float", "int", "len", "max", "min", "range", "round", "str"))
"""Functions that give the same value when they are called twice."""
_WORD: Final = re.compile(r"[^\s,\\]+")


def without_docstring(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of a text or of a function, less the docstring."""
    first = statements[0] if statements else None
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
        and len(statements) > 1
    )
    return list(statements[1:] if is_docstring else statements)


def _expression(reader: Reader, node: ast.Expr) -> None:
    reader.pending.append(node.value)


def _assign(reader: Reader, node: ast.Assign) -> None:
    tree = reader.tree
    start, end = reader.span(node)

    def make(parts: list[int]) -> int:
        function = tree.add_name("<-", *reader.between("=", parts[0], parts[1]))
        return tree.add_call(function, parts, start, end)

    reader.later([*node.targets, node.value], make)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    if node.value is None:
        raise reader.outside(node, "a declaration without a value")
    reader.call("<-", [node.target, node.value], reader.span(node))


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    is_index = isinstance(node.target, ast.Subscript)
    if is_index and not all(map(_harmless, ast.walk(node.target))):
        # The target is there twice, as what is read and as what is written.
        raise reader.outside(node.target, "a call in what an assignment changes")
    tree, head = reader.tree, BINARY[type(node.op)]
    start, end = reader.span(node)

    def make(parts: list[int]) -> int:
        target, old, value = parts
        mark = reader.between(f"{head}=", target, value)
        made = tree.add_call(tree.add_name(head, *mark), (old, value), start, end)
        return tree.add_call(tree.add_name("<-", *mark), (target, made), start, end)

    reader.later([node.target, node.target, node.value], make)


def _harmless(node: ast.AST) -> bool:
    """Whether a part of an expression may be evaluated twice."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _HARMLESS
    return not isinstance(node, ast.NamedExpr)


def _define(reader: Reader, node: ast.FunctionDef) -> None:
    if node.decorator_list:
        raise reader.outside(node.decorator_list[0], "a decorator")
    tree = reader.tree
    start, end = reader.span(node)
    # Python spells out some characters, so the name may not be found as it is.
    found = tree.source.text.find(node.name, start + len("def"), end)
    place, after = (found, found + len(node.name)) if found >= 0 else (start, start)

    def make(parts: list[int]) -> int:
        name = tree.add_name(node.name, place, after)
        return tree.add_call(tree.add_name("<-", place, place), (name, parts[0]), start, end)

    reader.pending.append(Join(1, make))
    function(reader, node.args, Block(without_docstring(node.body)), (start, end))


def _statements(reader: Reader, node: Block) -> None:
    statements = node.statements
    span = (reader.span(statements[0])[0], reader.span(statements[-1])[1]) if statements else (0, 0)
    reader.call("{", kept(statements), span)


def _return(reader: Reader, node: ast.Return) -> None:
    reader.call("return", [node.value] if node.value else [], reader.span(node))


def _if(reader: Reader, node: ast.If) -> None:
    branches: list[Task] = [Block(node.body)]
    if node.orelse:
        branches.append(Block(node.orelse))
    reader.call("if", [node.test, *branches], reader.span(node))


def _for(reader: Reader, node: ast.For) -> None:
    if node.orelse:
        raise reader.outside(node.orelse[0], "an 'else' of a loop")
    loop_target(reader, node.target)
    reader.call("for", [node.target, node.iter, Block(node.body)], reader.span(node))


def _while(reader: Reader, node: ast.While) -> None:
    if node.orelse:
        raise reader.outside(node.orelse[0], "an 'else' of a loop")
    reader.call("while", [node.test, Block(node.body)], reader.span(node))


def _jump(reader: Reader, node: ast.Break | ast.Continue | ast.Pass) -> None:
    heads: dict[type[ast.stmt], str] = {ast.Break: "break", ast.Continue: "next", ast.Pass: "{"}
    reader.call(heads[type(node)], [], reader.span(node))


def _global(reader: Reader, node: ast.Global | ast.Nonlocal) -> None:
    start, end = reader.span(node)
    text = reader.tree.source.text
    words = list(_WORD.finditer(text, start, end))[1:]
    places = [word.span() for word in words]
    names = [reader.text_at(name, at) for name, at in zip(node.names, places, strict=True)]
    reader.call("global", names, (start, end))


def _assert(reader: Reader, node: ast.Assert) -> None:
    reader.call("assert", [node.test, *([node.msg] if node.msg else [])], reader.span(node))


def _delete(reader: Reader, node: ast.Delete) -> None:
    reader.call("del", node.targets, reader.span(node))


def _raise(reader: Reader, node: ast.Raise) -> None:
    if node.cause:
        raise reader.outside(node.cause, "a cause of an error")
    reader.call("raise", [node.exc] if node.exc else [], reader.span(node))


STATEMENTS: Final[Visits] = {
    ast.Expr: _expression, ast.Assign: _assign, ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented, ast.FunctionDef: _define, Block: _statements,
    ast.Return: _return, ast.If: _if, ast.For: _for, ast.While: _while, ast.Break: _jump,
    ast.Continue: _jump, ast.Pass: _jump, ast.Global: _global, ast.Nonlocal: _global,
    ast.Assert: _assert, ast.Raise: _raise, ast.Delete: _delete,
}  # fmt: skip
