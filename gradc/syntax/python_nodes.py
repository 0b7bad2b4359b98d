"""Each sort of expression of Python's :mod:`ast` as a node of the tree.

The mapping is written down in :mod:`gradc.syntax.python`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from gradc.syntax.python_reader import Made, Missing, Reader, Task, Visits
from gradc.syntax.tree import NO_DEFAULT

BINARY: Final[dict[type[ast.operator], str]] = {
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


_RESERVED: Final = frozenset(("comprehension", "dict_comprehension", "set_comprehension"))
"""Heads of the tree that a text could use as the name of a function."""


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
        if isinstance(value, int) and int(number) != value:
            raise reader.outside(node, "an integer that no double is equal to")
        made = tree.add_number(number, start, end, isinstance(value, int))
    else:
        sorts = {complex: "a complex number", bytes: "a string of bytes"}
        raise reader.outside(node, sorts.get(type(value), "'...'"))
    reader.done.append(made)


def _missing(reader: Reader, node: Missing) -> None:
    reader.done.append(reader.tree.add_missing(reader.span(node.owner)[0]))


def _made(reader: Reader, node: Made) -> None:
    reader.call(node.head, node.children, node.span, node.place)


# Expressions.


def _binary(reader: Reader, node: ast.BinOp) -> None:
    reader.call(BINARY[type(node.op)], [node.left, node.right], reader.span(node))


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
    if isinstance(node.func, ast.Name) and node.func.id in _RESERVED:
        raise reader.outside(node.func, f"a function called {node.func.id!r}")
    values: list[Task] = [node.func]
    values += _starred(reader, node.args)
    values += [
        _spread(reader, "**args", keyword, keyword.value) if keyword.arg is None else keyword.value
        for keyword in node.keywords
    ]
    names = [None] * len(node.args) + [keyword.arg for keyword in node.keywords]
    start, end = reader.span(node)
    reader.later(values, lambda parts: reader.tree.add_call(parts[0], parts[1:], start, end, names))


def _starred(reader: Reader, parts: Sequence[ast.expr]) -> list[Task]:
    """Expressions, those with a star as calls of ``*args``."""
    return [
        _spread(reader, "*args", part, part.value) if isinstance(part, ast.Starred) else part
        for part in parts
    ]


def _spread(reader: Reader, head: str, owner: ast.AST, value: ast.expr) -> Made:
    start, end = reader.span(owner)
    return Made(head, [value], (start, end), (start, start + head.count("*")))


def _spread_dict(reader: Reader, value: ast.expr) -> Made:
    """``**d`` in a dict, for which Python's :mod:`ast` has no node."""
    start, end = reader.span(value)
    mark = max(reader.tree.source.text.rfind("**", 0, start), 0)
    return Made("**args", [value], (mark, end), (mark, mark + 2))


def _attribute(reader: Reader, node: ast.Attribute) -> None:
    if not isinstance(node.ctx, ast.Load):
        raise reader.outside(node, "an assignment to an attribute")
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
        before = reader.tree.ends[parts[0]]
        # Python spells out some characters, so the name may be longer than what is written.
        place = max(min(before, end), end - len(node.attr))
        function = reader.tree.add_name("$", min(before, place), place)
        field = reader.tree.add_name(node.attr, place, end)
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
    head = "[]" if isinstance(node.ctx, ast.Load) else "()"
    reader.call(head, _starred(reader, node.elts), reader.span(node))


def _tuple(reader: Reader, node: ast.Tuple) -> None:
    reader.call("()", _starred(reader, node.elts), reader.span(node))


def _set(reader: Reader, node: ast.Set) -> None:
    reader.call("{,}", _starred(reader, node.elts), reader.span(node))


def _dictionary(reader: Reader, node: ast.Dict) -> None:
    parts: list[Task] = []
    for key, value in zip(node.keys, node.values, strict=True):
        parts += [_spread_dict(reader, value)] if key is None else [key, value]
    start, end = reader.span(node)
    reader.call("{:}", parts, (start, end), (start, start))


def _comprehension(
    reader: Reader, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> None:
    start, end = reader.span(node)
    is_dict = isinstance(node, ast.DictComp)
    parts: list[Task] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    parts += [_clause(reader, clause) for clause in node.generators]
    head = "dict_comprehension" if is_dict else "comprehension"
    if isinstance(node, ast.SetComp):
        head = "set_comprehension"
    reader.call(head, parts, (start, end), (start, start))


def _clause(reader: Reader, clause: ast.comprehension) -> Made:
    if clause.is_async:
        raise reader.outside(clause.target, "'async for'")
    loop_target(reader, clause.target)
    parts = [clause.target, clause.iter, *clause.ifs]
    return Made("in", parts, (reader.span(parts[0])[0], reader.span(parts[-1])[1]))


_TARGETS: Final = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)


def loop_target(reader: Reader, target: ast.expr) -> None:
    """Refuse what a loop cannot give values to: anything but names and tuples of these."""
    for part in ast.walk(target):
        if not isinstance(part, _TARGETS):
            raise reader.outside(part, "a loop over anything but names")


def _named(reader: Reader, node: ast.NamedExpr) -> None:
    reader.call("<-", [node.target, node.value], reader.span(node))


def _lambda(reader: Reader, node: ast.Lambda) -> None:
    function(reader, node.args, node.body, reader.span(node))


def function(reader: Reader, arguments: ast.arguments, body: Task, span: tuple[int, int]) -> None:
    """A FUNCTION; parameters that are given by name only are like any others."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults))
    defaults += arguments.defaults
    names = [argument.arg for argument in plain]
    if arguments.vararg is not None:
        names.append(f"*{arguments.vararg.arg}")
        defaults.append(None)
    names += [argument.arg for argument in arguments.kwonlyargs]
    defaults += arguments.kw_defaults
    if arguments.kwarg is not None:
        names.append(f"**{arguments.kwarg.arg}")
        defaults.append(None)

    def make(parts: list[int]) -> int:
        made = iter(parts)
        nodes = [NO_DEFAULT if default is None else next(made) for default in defaults]
        return reader.tree.add_function(names, nodes, parts[-1], *span)

    given = [default for default in defaults if default is not None]
    reader.later([*given, body], make)


EXPRESSIONS: Final[Visits] = {
    ast.Name: _name, ast.Constant: _constant, Missing: _missing, Made: _made,
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.BoolOp: _boolean, ast.Compare: _compare,
    ast.Call: _call, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Slice: _slice,
    ast.IfExp: _either, ast.List: _list, ast.Tuple: _tuple, ast.Set: _set,
    ast.Dict: _dictionary, ast.ListComp: _comprehension, ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension, ast.DictComp: _comprehension, ast.NamedExpr: _named,
    ast.Lambda: _lambda,
}  # fmt: skip
