"""Code as a value: quoted expressions, calls and their parts, text to code and back.

A new expression is a tree of its own that shares whatever it was made from (a HOLE leads
there), so that quoting code into code in a loop costs what is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.errors import Source
from gradc.frontend.context import Context, vector_of
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Closure,
    Elements,
    Expressions,
    Formula,
    Items,
    Quoted,
    Refusal,
    Sink,
    Value,
    Whole,
    describe,
)
from gradc.syntax.paste import parse_text, standing_for
from gradc.syntax.rope import Text, paste
from gradc.syntax.tree import Kind, Tree

_LEAVES = frozenset((Kind.NUM, Kind.STR, Kind.NAME, Kind.CONST, Kind.MISSING))


def quoted(context: Context, tree: Tree, node: int, scope: Scope) -> Quoted:
    """An expression of any tree, evaluated later where this scope is."""
    tree, node = tree.resolve(node)
    return Quoted(node, scope.of(context.code_of(tree)))


def part(context: Context, tree: Tree, node: int, scope: Scope) -> Value:
    """A part of an expression as a value: numbers and texts stand for themselves."""
    tree, node = tree.resolve(node)
    kind = tree.kinds[node]
    if kind == Kind.NUM:
        value = context.builder.const(tree.value(node))
        return Whole(value) if tree.is_int(node) else value
    if kind == Kind.STR:
        return context.code_of(tree).text(node)
    if kind == Kind.CONST:
        word = tree.name(node)
        if word in ("Inf", "NaN"):
            return context.builder.const(float(word))
        return NA if word.startswith("NA") else _WORDS[word]
    return Quoted(node, scope.of(context.code_of(tree)))


_WORDS: Mapping[str, Value] = {"TRUE": True, "FALSE": False, "NULL": NULL}


def expression_of(context: Context, value: Value) -> Quoted | None:
    """The quoted expression that a value is, None where it is none."""
    if isinstance(value, Quoted):
        return value
    if isinstance(value, Formula):
        return value.call
    if isinstance(value, Expressions) and len(value.quoted) == 1:
        return value.quoted[0]
    if isinstance(value, Sink) and value.callee == "D":
        return derived(context, value)
    return None


def derived(context: Context, sink: Sink) -> Quoted:
    """What R's own ``D`` gives, as an expression."""
    from gradc.text.r_derivative import NoDerivative, derive

    inner = expression_of(context, sink.target) if not isinstance(sink.target, Closure) else None
    if inner is None or not sink.names:
        raise Refusal("G202", "'D' takes a quoted expression", None, 0)
    try:
        tree, node = derive(inner.scope.tree, inner.node, sink.names[0])
    except NoDerivative as problem:
        raise Refusal("G104", f"R's own D() cannot be followed here: {problem}") from None
    return quoted(context, tree, node, inner.scope)


# ------------------------------------------------------------------------- parts of calls


def parts_of(context: Context, expression: Quoted) -> list[Value]:
    """A call as the list that R takes it for: the function, then the arguments."""
    tree, node, scope = expression.scope.tree, expression.node, expression.scope
    if tree.kinds[node] == Kind.FUNCTION:
        raise Refusal("G104", "the parts of a quoted function are not available")
    if tree.kinds[node] != Kind.CALL:
        return [expression]
    return [part(context, tree, child, scope) for child in tree.children(node)]


def length_of(context: Context, expression: Quoted) -> int:
    """How many parts an expression has."""
    tree = expression.scope.tree
    if tree.kinds[expression.node] != Kind.CALL:
        return 1
    return 1 + len(tree.args(expression.node))


def element(context: Context, x: Value, index: Value) -> Value:
    """``x[[i]]`` of an expression, a formula, or what ``parse`` gave."""
    place = context.whole(index, "an index", 1) - 1
    parts = _parts(context, x)
    if not 0 <= place < len(parts):
        raise Refusal(
            "G201", f"index {place + 1} is outside: there are {len(parts)} parts", None, 1
        )
    return parts[place]


def _parts(context: Context, x: Value) -> Sequence[Value]:
    if isinstance(x, Expressions):
        return [part(context, q.scope.tree, q.node, q.scope) for q in x.quoted]
    expression = expression_of(context, x)
    if expression is None:
        raise Refusal("G202", f"{describe(x)} has no parts", None, 0)
    return parts_of(context, expression)


# ------------------------------------------------------------------------- text to code


def parse(context: Context, text: Value, keep: Value, file: Value = ABSENT) -> Value:
    """``parse(text = …)``: one quoted expression for each in the text."""
    if file is not ABSENT and text is ABSENT:
        raise Refusal("G104", "'parse' reads no files here: give it text =")
    lines = context.atoms(text, 0)
    pieces: list[Text] = []
    for k, line in enumerate(lines):
        if k:
            pieces.append(context.made("\n"))
        pieces.append(line if isinstance(line, Text) else context.made(context.as_characters(line)))
    return Expressions(tuple(code_of_text(context, paste(pieces, context.here()))))


def code_of_text(context: Context, text: Text) -> list[Quoted]:
    """The expressions of a text, read once for each distinct piece."""
    tree = context.trees.get(id(text))
    if tree is None:
        tree = context.trees[id(text)] = parse_text(text)
        if context.is_python:
            _python_power(tree)
    scope = context.at[0] if context.at is not None else None
    code = context.code_of(tree)
    outer = Scope(code, Environment(None)) if scope is None else scope.of(code)
    context.texts.append((tree, text))
    return [quoted(context, tree, root, outer) for root in tree.roots]


def _python_power(tree: Tree) -> None:
    """In a formula of SymPy ``^`` is the power, as in R, and not exclusive or."""
    pending, seen = [tree], set()
    while pending:
        part_ = pending.pop()
        if id(part_) in seen:
            continue
        seen.add(id(part_))
        index = part_.symbol_index.pop("^", None)
        if index is not None:
            part_.symbols[index] = "**"
            part_.symbol_index["**"] = index
        pending += [other for other, _ in part_.holes]


def one_expression(context: Context, text: Value) -> Quoted:
    """The only expression of a text."""
    parsed = parse(context, text, ABSENT)
    if not isinstance(parsed, Expressions) or len(parsed.quoted) != 1:
        raise Refusal("G202", "this text is not one expression", None, 0)
    return parsed.quoted[0]


def formula_of(context: Context, expression: Quoted) -> Formula | None:
    """The formula that a quoted call of ``~`` is."""
    tree, node, scope = expression.scope.tree, expression.node, expression.scope
    while tree.head(node) == "(":
        tree, node = tree.resolve(tree.args(node)[0])
    if tree.head(node) != "~":
        return None
    sides = [quoted(context, tree, side, scope) for side in tree.args(node)]
    if not 1 <= len(sides) <= 2:
        raise Refusal("G103", f"a formula has one side or two, and this one has {len(sides)}")
    whole = quoted(context, tree, node, scope)
    return Formula(whole, sides[0] if len(sides) == 2 else None, sides[-1])


def as_formula(context: Context, x: Value, env: Value = ABSENT) -> Value:
    """``as.formula(x)`` of a text or of a quoted formula."""
    if isinstance(x, Formula):
        return x
    is_text = isinstance(x, (Text, Elements))
    expression = one_expression(context, x) if is_text else expression_of(context, x)
    made = None if expression is None else formula_of(context, expression)
    if made is None:
        raise Refusal("G202", "this is no formula: it has no ~", None, 0)
    return made


def name_of_value(context: Context, value: int) -> str:
    """A variable that stands for a value of the graph, with a name that no script writes."""
    name = f"value {int(value)}"
    context.values[name] = int(value)
    return name


def text_of_value(context: Context, value: int) -> Text:
    """A piece of text that stands for a value of the graph, and is read as that value.

    How a library would print the value is not known, so it stands in the text only where any
    spelling would mean the same: in parentheses, as an argument, at the left end of a sum.
    """
    here = context.here()
    tree = Tree(Source("<value>", "…") if here is None else here.source)
    name = name_of_value(context, value)
    start, end = (0, 1) if here is None else (here.start, here.end)
    tree.roots = [tree.add_name(name, start, end)]
    prim = context.graph.prim(value)
    loose = prim in ("add", "sub", "mul", "div", "neg", "pow", "const")
    return standing_for(tree, here, is_loose=loose)


def names_in(expression: Quoted) -> list[str]:
    """The variables of an expression in the order of the text, each once."""
    found: dict[str, None] = {}
    seen: set[tuple[int, int]] = set()
    pending = [(expression.scope.tree, expression.node)]
    while pending:
        tree, node = pending.pop()
        tree, node = tree.resolve(node)
        if (id(tree), node) in seen:
            continue
        seen.add((id(tree), node))
        kind = tree.kinds[node]
        if kind == Kind.NAME:
            found.setdefault(tree.name(node))
        elif kind == Kind.CALL:
            function = tree.fn(node)
            is_named = tree.kinds[function] == Kind.NAME
            parts = list(tree.args(node)) if is_named else list(tree.children(node))
            pending += [(tree, child) for child in reversed(parts)]
        elif kind == Kind.FUNCTION:
            pending += [(tree, child) for child in reversed(tree.children(node))]
    return list(found)


def formals_of(context: Context, function: Closure) -> Value:
    """``formals(f)``: a list of the defaults, named by the arguments."""
    tree = function.scope.tree
    values: list[Value] = []
    for default in tree.defaults(function.node):
        if default < 0:
            values.append(context.made(""))
        else:
            values.append(part(context, tree, default, function.scope))
    return Items(tuple(values), tuple(tree.params(function.node))) if values else NULL


def texts(context: Context, lines: Sequence[str]) -> Value:
    """A vector of texts that a function computed."""
    return vector_of([context.made(line) for line in lines])
