"""Expressions of an emitted or a user's program, with their places, whatever the language."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from gradc.errors import GradcError, Source
from gradc.syntax import Kind, Tree, parse_r

What = Literal["number", "name", "unary", "binary", "compare", "call", "index", "other"]


@dataclass(frozen=True, slots=True)
class Expr:
    """A piece ``text[start:end]``: what it is, its operator or name, and its parts."""

    what: What
    name: str
    parts: tuple[Expr, ...]
    start: int
    end: int

    def walk(self) -> Iterator[Expr]:
        """All numeric expressions from here down, no indices and no shapes among them."""
        pending = [self]
        while pending:
            one = pending.pop()
            yield one
            pending += reversed(one.parts[:1] if one.what == "index" else one.parts)


@dataclass(frozen=True, slots=True)
class Step:
    """A statement: what it gives a value to, and the expression; an output names its place."""

    name: str
    expr: Expr
    start: int
    end: int
    is_output: bool = False


_BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Mod: "%",
    ast.FloorDiv: "//",
}
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class PythonText:
    """A text of Python with the places of its syntax tree as offsets of characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.tree = ast.parse(text)

    def place(self, line: int, column: int) -> int:
        """The offset of a place that counts bytes."""
        before = self.lines[line - 1].encode()[:column].decode()
        return self.starts[line - 1] + len(before)

    def span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self.place(node.lineno, node.col_offset),
            self.place(node.end_lineno, node.end_col_offset),
        )

    def function(self, name: str) -> ast.FunctionDef:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        raise LookupError(name)

    def expr(self, node: ast.expr) -> Expr:
        start, end = self.span(node)
        if isinstance(node, ast.BinOp):
            parts = (self.expr(node.left), self.expr(node.right))
            return Expr("binary", _BINARY.get(type(node.op), "?"), parts, start, end)
        if isinstance(node, ast.UnaryOp):
            name = "-" if isinstance(node.op, ast.USub) else "!"
            return Expr("unary", name, (self.expr(node.operand),), start, end)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            parts = (self.expr(node.left), self.expr(node.comparators[0]))
            return Expr("compare", _COMPARE.get(type(node.ops[0]), "?"), parts, start, end)
        if isinstance(node, ast.Call):
            name = self.text[slice(*self.span(node.func))]
            return Expr("call", name, tuple(map(self.expr, node.args)), start, end)
        if isinstance(node, ast.Subscript):
            index = node.slice
            items = index.elts if isinstance(index, ast.Tuple) else [index]
            parts = (self.expr(node.value), *map(self.expr, items))
            return Expr("index", "", parts, start, end)
        if isinstance(node, (ast.Name, ast.Attribute)):
            return Expr("name", self.text[start:end], (), start, end)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return Expr("number", self.text[start:end], (), start, end)
        if isinstance(node, (ast.Tuple, ast.List)):
            return Expr("other", "", tuple(map(self.expr, node.elts)), start, end)
        return Expr("other", "", (), start, end)

    def steps(self, function: str) -> list[Step]:
        """The assignments of a function and the items that it returns."""
        found: list[Step] = []
        pending: list[ast.stmt] = list(reversed(self.function(function).body))
        while pending:
            node = pending.pop()
            if isinstance(node, (ast.With, ast.For, ast.FunctionDef, ast.If, ast.While)):
                pending += reversed(node.body)
            elif isinstance(node, ast.AugAssign):
                target = self.text[slice(*self.span(node.target))]
                found.append(Step(target, self.expr(node.value), *self.span(node)))
            elif isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Tuple):
                name = self.text[slice(*self.span(node.targets[0]))]
                if name != "dtype":
                    found.append(Step(name, self.expr(node.value), *self.span(node)))
            elif isinstance(node, ast.Return) and node.value is not None:
                found += self._returned(node.value)
        return found

    def _returned(self, node: ast.expr) -> list[Step]:
        if isinstance(node, ast.Tuple):
            return [step for item in node.elts for step in self._returned(item)]
        expr = self.expr(node)
        return [Step("return", expr, expr.start, expr.end, is_output=True)]


def r_expr(tree: Tree, node: int, offset: int = 0) -> Expr:
    """An expression of R; ``offset`` is where its text begins in the file."""
    while tree.head(node) == "(":
        node = tree.args(node)[0]
    start, end = tree.starts[node] + offset, tree.ends[node] + offset
    kind = tree.kind(node)
    if kind == Kind.NUM:
        return Expr("number", tree.source.text[start - offset : end - offset], (), start, end)
    if kind == Kind.NAME:
        return Expr("name", tree.name(node), (), start, end)
    if kind != Kind.CALL:
        return Expr("other", "", (), start, end)
    head = tree.head(node)
    args = [a for a in tree.args(node) if tree.kind(a) not in (Kind.MISSING, Kind.FUNCTION)]
    parts = tuple(r_expr(tree, a, offset) for a in args)
    if head in ("[", "[["):
        return Expr("index", head, parts, start, end)
    if head in ("-", "!", "+") and len(parts) == 1:
        return Expr("unary", head, parts, start, end)
    if head in ("+", "-", "*", "/", "^", "%*%", "&", "|", "%%", "%/%") and len(parts) == 2:
        name = "@" if head == "%*%" else head
        return Expr("binary", name, parts, start, end)
    if head in ("<", "<=", ">", ">=", "==", "!=") and len(parts) == 2:
        return Expr("compare", head, parts, start, end)
    function = tree.fn(node)
    called = tree.source.text[tree.starts[function] : tree.ends[function]]
    return Expr("call", called, parts, start, end)


def r_steps(text: str, function: str) -> list[Step]:
    """The assignments of a function of R, and the columns of its gradient."""
    tree = parse_r(Source(f"{function}.R", text))
    body = _r_body(tree, function)
    found: list[Step] = []
    pending = [body]
    while pending:
        node = pending.pop()
        head = tree.head(node)
        if head in ("{", "for", "local", "function"):
            args = tree.args(node)
            pending += reversed([args[-1]] if head == "for" else list(args))
        elif head in ("<-", "="):
            left, right = tree.args(node)
            start, end = tree.starts[node], tree.ends[node]
            name = text[tree.starts[left] : tree.ends[left]]
            if tree.head(left) == "attr":
                found += _r_columns(r_expr(tree, right))
            elif tree.head(right) is None or not _is_check(tree, left, right):
                found.append(Step(name, r_expr(tree, right), start, end))
    return found


def written_steps(text: str, function: str) -> list[Step]:
    """The statements of a function of R that somebody wrote, its result among them."""
    tree = parse_r(Source("gradient.R", text))
    found: list[Step] = []
    pending = [_r_body(tree, function)]
    while pending:
        node = pending.pop()
        head, args = tree.head(node), tree.args(node) if tree.head(node) else ()
        start, end = tree.starts[node], tree.ends[node]
        if head == "{":
            pending += reversed(args)
        elif head in ("if", "for", "while"):
            pending += reversed(args[1:] if head != "for" else args[-1:])
        elif head in ("return", "invisible") and len(args) == 1:
            pending.append(args[0])
        elif head in ("<-", "=", "<<-"):
            left, right = args
            if tree.kind(right) != Kind.FUNCTION:
                name = text[tree.starts[left] : tree.ends[left]]
                found.append(Step(name, r_expr(tree, right), start, end))
        else:
            found.append(Step("", r_expr(tree, node), start, end, is_output=True))
    return found


def _is_check(tree: Tree, left: int, right: int) -> bool:
    """Whether an assignment only prepares an argument."""
    if tree.kind(right) == Kind.FUNCTION:
        return True
    return tree.head(right) in ("as.numeric", "rep_len", "numeric", "vector", "max", "length") and (
        tree.head(right) != "max" or tree.head(tree.args(right)[0]) == "length"
    )


def _r_columns(expr: Expr) -> list[Step]:
    if expr.what == "call" and expr.name in ("cbind", "matrix", "c"):
        items = expr.parts if expr.name != "matrix" else expr.parts[:1]
        return [step for part in items for step in _r_columns(part)]
    return [Step("return", expr, expr.start, expr.end, is_output=True)]


def _r_body(tree: Tree, function: str) -> int:
    for root in tree.roots:
        if tree.head(root) != "<-":
            continue
        left, right = tree.args(root)
        if tree.kind(left) == Kind.NAME and tree.name(left) == function:
            if tree.kind(right) == Kind.FUNCTION:
                return tree.body(right)
            return right
    raise LookupError(function)


_CPP_STEP = re.compile(
    r"^(?P<head>\s*(?:(?:Type|vector<Type>|matrix<Type>)\s+)?(?P<name>\w+(?:\([^=;]*?\))?)"
    r"\s*(?:=|\+=|-=)\s*|\s*(?P<return>return)\s+)(?P<value>[^;]+);",
    re.MULTILINE,
)


def cpp_steps(text: str) -> list[Step]:
    """The statements of a template's own function."""
    begin = text.index("objective_function<Type>::operator()")
    found: list[Step] = []
    for match in _CPP_STEP.finditer(text, begin):
        if match["head"].lstrip().startswith(("for", "int ")):
            continue
        value, start = match["value"], match.start("value")
        try:
            tree = parse_r(Source("step", value))
        except GradcError:
            continue  # a type or a cast: nothing that is changed here
        if len(tree.roots) == 1:
            name = match["name"] or "return"
            expr = r_expr(tree, tree.roots[0], start)
            found.append(Step(name, expr, match.start(), match.end()))
    return found


def steps_of(target: str, text: str, name: str) -> list[Step]:
    """The steps of what a target's program computes value and gradient with."""
    if target == "r":
        return r_steps(text, name)
    if target == "tmb":
        return cpp_steps(text)
    return PythonText(text).steps("value_and_grad")


def replaced(text: str, expr: Expr, by: str) -> str:
    """The text with an expression replaced, in parentheses."""
    return f"{text[: expr.start]}({by}){text[expr.end :]}"


def is_true_or_false(expr: Expr, known: Collection[str]) -> bool:
    """Whether an expression is a condition."""
    if expr.what == "compare":
        return True
    if expr.what == "name":
        return expr.name in known
    return expr.name in ("&", "|", "!", "np.isfinite", "np.isnan")


def conditions_of(steps: Sequence[Step]) -> frozenset[str]:
    """The names that stand for true or false."""
    found: set[str] = set()
    for step in steps:
        if is_true_or_false(step.expr, found):
            found.add(step.name)
    return frozenset(found)
