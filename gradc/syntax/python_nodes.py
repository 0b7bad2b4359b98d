"""Each sort of node of Python's :mod:`ast` as a node of the tree.

The mapping is written down in :mod:`gradc.syntax.python`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from gradc.syntax.python_reader import Block, Join, Missing, Reader, Task, Visits
from gradc.syntax.tree import NO_DEFAULT

_BINARY: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_UNARY: Final[dict[type[ast.unaryop], str]] = {
    ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "!",
}  # fmt: skip
_COMPARE: Final[dict[type[ast.cmpop], str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is-not", ast.In: "in", ast.NotIn: "not-in",
}  # fmt: skip


def without_docstring(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements that do something: neither a docstring nor an import."""
    first = statements[0] if statements else None
    is_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
        and len(statements) > 1
    )
    kept = statements[1:] if is_docstring else statements
    return [s for s in kept if not isinstance(s, ast.Import | ast.ImportFrom)]


# Leaves.


def _name(reader: Reader, node: ast.Name) -> None:
    reader.done.append(reader.tree.add_name(node.id, *reader.span(node)))


def _constant(reader: Reader, node: ast.Constant) -> None:
    tree, value, (start, end) = reader.tree, node.value, reader.span(node)
    words = {True: "TRUE", False: "FALSE", None: "NULL"}
    if value is None or isinstance(value, bool):
        made = tree.add_constant(words[value], start, end)
    elif isinstance(value, str):
        if not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise reader.outside(node, "half of a surrogate pair")
        made = tree.add_string(value, start, end)
    elif isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            raise reader.outside(node, "an integer larger than any double") from None
        made = tree.add_number(number, start, end, isinstance(value, int))
    else:
        sorts = {complex: "a complex number", bytes: "a string of bytes"}
        raise reader.outside(node, sorts.get(type(value), "'...'"))
    reader.done.append(made)


def _missing(reader: Reader, node: Missing) -> None:
    reader.done.append(reader.tree.add_missing(reader.span(node.owner)[0]))


# Expressions.


def _binary(reader: Reader, node: ast.BinOp) -> None:
    reader.call(_BINARY[type(node.op)], [node.left, node.right], reader.span(node))


def _unary(reader: Reader, node: ast.UnaryOp) -> None:
    reader.call(_UNARY[type(node.op)], [node.operand], reader.span(node))


def _boolean(reader: Reader, node: ast.BoolOp) -> None:
    tree = reader.tree
    head = "&&" if isinstance(node.op, ast.And) else "||"
    start, _ = reader.span(node)

    def make(parts: list[int]) -> int:
        made = parts[0]
        for part in parts[1:]:
            function = tree.add_name(head, *reader.between(head, made, part))
            made = tree.add_call(function, (made, part), start, tree.ends[part])
        return made

    reader.later(node.values, make)


def _compare(reader: Reader, node: ast.Compare) -> None:
    head = " ".join(_COMPARE[type(operator)] for operator in node.ops)
    reader.call(head, [node.left, *node.comparators], reader.span(node))


def _call(reader: Reader, node: ast.Call) -> None:
    values: list[Task] = [node.func, *node.args]
    names: list[str | None] = [None] * len(node.args)
    for keyword in node.keywords:
        if keyword.arg is None:
            raise reader.outside(keyword, "'**'")
        values.append(keyword.value)
        names.append(keyword.arg)
    start, end = reader.span(node)
    reader.later(values, lambda parts: reader.tree.add_call(parts[0], parts[1:], start, end, names))


def _attribute(reader: Reader, node: ast.Attribute) -> None:
    words: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        words.append(inner.attr)
        inner = inner.value
    start, end = reader.span(node)
    if isinstance(inner, ast.Name):
        name = ".".join([inner.id, *reversed(words)])
        reader.done.append(reader.tree.add_name(name, start, end))
        return

    def make(parts: list[int]) -> int:
        function = reader.tree.add_name("$", reader.tree.ends[parts[0]], end - len(node.attr))
        field = reader.tree.add_name(node.attr, end - len(node.attr), end)
        return reader.tree.add_call(function, (parts[0], field), start, end)

    reader.later([node.value], make)


def _subscript(reader: Reader, node: ast.Subscript) -> None:
    index = node.slice
    indices = index.elts if isinstance(index, ast.Tuple) and index.elts else [index]
    reader.call("[", [node.value, *indices], reader.span(node))


def _slice(reader: Reader, node: ast.Slice) -> None:
    parts = [part or Missing(node) for part in (node.lower, node.upper, node.step)]
    reader.call(":", parts, reader.span(node))


def _either(reader: Reader, node: ast.IfExp) -> None:
    reader.call("if", [node.test, node.body, node.orelse], reader.span(node))


def _list(reader: Reader, node: ast.List) -> None:
    reader.call("[]", node.elts, reader.span(node))


def _tuple(reader: Reader, node: ast.Tuple) -> None:
    reader.call("()", node.elts, reader.span(node))


def _lambda(reader: Reader, node: ast.Lambda) -> None:
    _function(reader, node.args, node.body, reader.span(node))


def _function(reader: Reader, arguments: ast.arguments, body: Task, span: tuple[int, int]) -> None:
    extra = arguments.vararg or arguments.kwarg or next(iter(arguments.kwonlyargs), None)
    if extra is not None:
        raise reader.outside(extra, "a parameter marked by '*'")
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    plain = len(names) - len(arguments.defaults)

    def make(parts: list[int]) -> int:
        defaults = [NO_DEFAULT] * plain + parts[:-1]
        return reader.tree.add_function(names, defaults, parts[-1], *span)

    reader.later([*arguments.defaults, body], make)


# Statements.


def _expression(reader: Reader, node: ast.Expr) -> None:
    reader.pending.append(node.value)


def _assign(reader: Reader, node: ast.Assign) -> None:
    tree = reader.tree
    _, end = reader.span(node)

    def make(parts: list[int]) -> int:
        *targets, made = parts
        for target in reversed(targets):
            function = tree.add_name("<-", *reader.between("=", target, made))
            made = tree.add_call(function, (target, made), tree.starts[target], end)
        return made

    reader.later([*node.targets, node.value], make)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    if node.value is None:
        raise reader.outside(node, "a declaration without a value")
    reader.call("<-", [node.target, node.value], reader.span(node))


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    tree, head = reader.tree, _BINARY[type(node.op)]
    start, end = reader.span(node)

    def make(parts: list[int]) -> int:
        target, old, value = parts
        mark = reader.between(f"{head}=", target, value)
        made = tree.add_call(tree.add_name(head, *mark), (old, value), start, end)
        return tree.add_call(tree.add_name("<-", *mark), (target, made), start, end)

    reader.later([node.target, node.target, node.value], make)


def _define(reader: Reader, node: ast.FunctionDef) -> None:
    if node.decorator_list:
        raise reader.outside(node.decorator_list[0], "a decorator")
    tree = reader.tree
    start, end = reader.span(node)
    place = tree.source.text.find(node.name, start, end)

    def make(parts: list[int]) -> int:
        name = tree.add_name(node.name, place, place + len(node.name))
        return tree.add_call(tree.add_name("<-", place, place), (name, parts[0]), start, end)

    reader.pending.append(Join(1, make))
    _function(reader, node.args, Block(without_docstring(node.body)), (start, end))


def _statements(reader: Reader, node: Block) -> None:
    statements = node.statements
    span = (reader.span(statements[0])[0], reader.span(statements[-1])[1]) if statements else (0, 0)
    reader.block(statements, span)


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
    if not isinstance(node.target, ast.Name):
        raise reader.outside(node.target, "a loop over anything but one name")
    reader.call("for", [node.target, node.iter, Block(node.body)], reader.span(node))


def _while(reader: Reader, node: ast.While) -> None:
    if node.orelse:
        raise reader.outside(node.orelse[0], "an 'else' of a loop")
    reader.call("while", [node.test, Block(node.body)], reader.span(node))


def _jump(reader: Reader, node: ast.Break | ast.Continue | ast.Pass) -> None:
    heads: dict[type[ast.stmt], str] = {ast.Break: "break", ast.Continue: "next", ast.Pass: "{"}
    reader.call(heads[type(node)], [], reader.span(node))


VISITS: Final[Visits] = {
    ast.Name: _name, ast.Constant: _constant, Missing: _missing, ast.BinOp: _binary,
    ast.UnaryOp: _unary, ast.BoolOp: _boolean, ast.Compare: _compare, ast.Call: _call,
    ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Slice: _slice, ast.IfExp: _either,
    ast.List: _list, ast.Tuple: _tuple, ast.Lambda: _lambda, ast.Expr: _expression,
    ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented,
    ast.FunctionDef: _define, Block: _statements, ast.Return: _return, ast.If: _if,
    ast.For: _for, ast.While: _while, ast.Break: _jump, ast.Continue: _jump,
    ast.Pass: _jump,
}  # fmt: skip
