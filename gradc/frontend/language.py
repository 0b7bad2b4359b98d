"""Code as a value: quoted expressions, calls and their parts, text to code and back.

A new expression is a tree of its own that shares whatever it was made from (a HOLE leads
there), so that quoting code into code in a loop costs what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from gradc.errors import Source, Span
from gradc.frontend.context import Context, vector_of
from gradc.frontend.scope import Environment, Scope
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Closure,
    Dots,
    Elements,
    Expressions,
    Formula,
    Items,
    Promise,
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
    if kind == Kind.CONST and tree.name(node) in _WORDS:
        return _WORDS[tree.name(node)]
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


def take(context: Context, x: Value, index: Value) -> Value:
    """``x[i]``: of what ``parse`` gave some expressions, of a call a shorter call."""
    from gradc.frontend.positions import inside, positions

    parts = _parts(context, x)
    places = inside(positions(context, index, len(parts), None), len(parts))
    if isinstance(x, Expressions):
        return Expressions(tuple(x.quoted[k] for k in places))
    expression = expression_of(context, x)
    if expression is None or not places:
        raise Refusal("G202", "a call has to call something", None, 1)
    return make_call(context, parts[places[0]], [(None, parts[k]) for k in places[1:]])


def replace_expression(context: Context, x: Expressions, index: Value, value: Value) -> Value:
    """What ``x`` is after ``x[[i]] <- value``."""
    place = context.whole(index, "an index", 1) - 1
    if not 0 <= place <= len(x.quoted):
        raise Refusal("G201", f"index {place + 1} is outside", None, 1)
    inserted = expression_of(context, as_expression(context, value))
    if inserted is None:
        raise Refusal("G202", f"{describe(value)} is no expression")
    changed = list(x.quoted)
    changed[place : place + 1] = [inserted]
    return Expressions(tuple(changed))


def replace_part(context: Context, x: Value, index: Value, value: Value) -> Value:
    """What a call is after ``x[[i]] <- value`` or ``x$name <- value``."""
    expression = expression_of(context, x)
    if expression is None:
        raise Refusal("G202", f"{describe(x)} has no parts", None, 0)
    parts = parts_of(context, expression)
    tree = expression.scope.tree
    names: list[str | None] = [None, *(tree.argnames(expression.node) or ())]
    names += [None] * (len(parts) - len(names))
    if isinstance(index, Text):
        name = context.written_out(index)
        place = names.index(name) if name in names else len(parts)
        names += [name] * (place == len(parts))
    else:
        place = context.whole(index, "an index", 1) - 1
        names += [None] * (place == len(parts))
    if not 0 <= place <= len(parts):
        raise Refusal(
            "G201", f"index {place + 1} is outside: there are {len(parts)} parts", None, 1
        )
    parts[place : place + 1] = [value]
    call = make_call(context, parts[0], list(zip(names[1:], parts[1:], strict=True)))
    return (formula_of(context, call) or call) if isinstance(x, Formula) else call


def with_body(context: Context, function: Value, body: Value) -> Value:
    """What a function is after ``body(f) <- expression``."""
    if not isinstance(function, Closure):
        raise Refusal("G202", f"{describe(function)} has no body", None, 0)
    old, made = function.scope.tree, Assembly(context)
    defaults = [-1 if d < 0 else made.share(old, d) for d in old.defaults(function.node)]
    names = old.params(function.node)
    node = made.tree.add_function(
        names, defaults, made.insert(body), made.span.start, made.span.end
    )
    made.tree.roots = [node]
    return Closure(node, function.scope.of(context.code_of(made.tree)))


# ------------------------------------------------------------------------- making code


class Assembly:
    """A new tree under construction, at the place of one call of the script."""

    def __init__(self, context: Context) -> None:
        self.context = context
        here = context.here()
        if here is None:
            raise TypeError("no call is being evaluated")
        self.span: Span = here
        self.tree = Tree(here.source)

    def name(self, name: str) -> int:
        return self.tree.add_name(name, self.span.start, self.span.end)

    def insert(self, value: Value) -> int:
        """A value as a node: code is shared, a number or a text is written down."""
        tree, start, end = self.tree, self.span.start, self.span.end
        expression = expression_of(self.context, value)
        if expression is not None:
            return self.share(expression.scope.tree, expression.node)
        if isinstance(value, bool):
            return tree.add_constant("TRUE" if value else "FALSE", start, end)
        if isinstance(value, int):
            number = self.context.number(value)
            if number is None:
                return self.name(name_of_value(self.context, value))
            return tree.add_number(number, start, end, isinstance(value, Whole))
        if isinstance(value, Text):
            return tree.add_string(self.context.written_out(value), start, end)
        if value is NULL:
            return tree.add_constant("NULL", start, end)
        if isinstance(value, Elements):
            ends = self._run(value)
            if ends is not None:
                numbers = [tree.add_number(n, start, end) for n in ends]
                return tree.add_call(self.name(":"), numbers, start, end)
            parts = [self.insert(item) for item in value.items]
            return tree.add_call(self.name("c"), parts, start, end, _labels(value.names))
        if isinstance(value, Items):
            parts = [self.insert(item) for item in value.values]
            return tree.add_call(self.name("list"), parts, start, end, _labels(value.names))
        if value is NA:
            return tree.add_constant("NA", start, end)
        if value is ABSENT:
            return tree.add_missing(start)
        if isinstance(value, Closure):
            return self.share(value.scope.tree, value.node)
        raise Refusal("G202", f"{describe(value)} cannot be put into an expression")

    def _run(self, value: Elements) -> tuple[float, float] | None:
        """The ends of a run of R integers, which R writes as ``1:3``."""
        if value.names is not None or len(value) < 2:
            return None
        if not all(isinstance(item, Whole) for item in value.items):
            return None
        numbers = [self.context.number(item) or 0.0 for item in value.items]
        steps = {after - before for before, after in pairwise(numbers)}
        return (numbers[0], numbers[-1]) if steps in ({1.0}, {-1.0}) else None

    def share(self, other: Tree, node: int) -> int:
        """A node of another tree; names and constants are copied."""
        other, node = other.resolve(node)
        kind = other.kinds[node]
        start, end = self.span.start, self.span.end
        if kind not in _LEAVES:
            return self.tree.add_hole(other, node, start, end)
        if kind == Kind.NUM:
            return self.tree.add_number(other.value(node), start, end, other.is_int(node))
        if kind == Kind.STR:
            return self.tree.add_string(other.string(node), start, end)
        if kind == Kind.NAME:
            return self.tree.add_name(other.name(node), start, end)
        if kind == Kind.CONST:
            return self.tree.add_constant(other.name(node), start, end)
        return self.tree.add_missing(start)

    def quoted(self, node: int) -> Quoted:
        at = self.context.at
        if at is None:
            raise TypeError("no call is being evaluated")
        self.tree.roots = [node]
        return Quoted(node, at[0].of(self.context.code_of(self.tree)))


def _labels(names: Sequence[str] | None) -> list[str | None] | None:
    return None if names is None else [name or None for name in names]


def make_call(
    context: Context, function: Value, arguments: Sequence[tuple[str | None, Value]]
) -> Quoted:
    """A call of a function, quoted."""
    made = Assembly(context)
    target = (
        made.name(context.written_out(function))
        if isinstance(function, Text)
        else (made.insert(function))
    )
    nodes = [made.insert(value) for _, value in arguments]
    names = [name for name, _ in arguments]
    call = made.tree.add_call(target, nodes, made.span.start, made.span.end, names)
    return made.quoted(call)


Replace = Callable[[Tree, int], "Value | None"]


def rewritten(context: Context, tree: Tree, root: int, replace: Replace) -> Quoted:
    """The expression with some parts replaced; what stays as it was is shared.

    ``replace`` gives the value to put in the place of a node, None to keep the node.
    """
    made = Assembly(context)
    done: dict[tuple[int, int], int] = {}
    pending = [(tree, root, False)]
    while pending:
        owner, node, is_ready = pending.pop()
        owner, node = owner.resolve(node)
        key = id(owner), node
        if key in done:
            continue
        if is_ready:
            done[key] = _rebuilt(made, owner, node, done)
            continue
        value = replace(owner, node)
        if value is not None:
            done[key] = made.insert(value)
        elif owner.kinds[node] in (Kind.CALL, Kind.FUNCTION):
            pending.append((owner, node, True))
            pending += [(owner, child, False) for child in owner.children(node)]
        else:
            done[key] = made.share(owner, node)
    top, node = tree.resolve(root)
    return made.quoted(done[id(top), node])


def _rebuilt(made: Assembly, owner: Tree, node: int, done: Mapping[tuple[int, int], int]) -> int:
    """A call over its new parts."""

    def new(child: int) -> int:
        tree, inner = owner.resolve(child)
        return done[id(tree), inner]

    start, end = made.span.start, made.span.end
    if owner.kinds[node] == Kind.FUNCTION:
        defaults = [-1 if d < 0 else new(d) for d in owner.defaults(node)]
        return made.tree.add_function(
            owner.params(node), defaults, new(owner.body(node)), start, end
        )
    arguments = [new(child) for child in owner.args(node)]
    return made.tree.add_call(new(owner.fn(node)), arguments, start, end, owner.argnames(node))


def substituted(context: Context, expression: Quoted, values: Mapping[str, Value]) -> Quoted:
    """The expression with names replaced by values."""
    dots = values.get("...")

    def replace(tree: Tree, node: int) -> Value | None:
        if tree.kinds[node] == Kind.CALL and isinstance(dots, Dots):
            return _with_dots(context, tree, node, dots, expression.scope)
        if tree.kinds[node] != Kind.NAME:
            return None
        return _as_written(values.get(tree.name(node)))

    return rewritten(context, expression.scope.tree, expression.node, replace)


def _as_written(value: Value | None) -> Value | None:
    """An argument as the expression that the call was given."""
    return Quoted(value.node, value.scope) if isinstance(value, Promise) else value


def _with_dots(context: Context, tree: Tree, node: int, dots: Dots, scope: Scope) -> Value | None:
    """A call whose ``...`` is written out; None where it has none."""
    arguments = list(tree.args(node))
    if not any(tree.kinds[a] == Kind.NAME and tree.name(a) == "..." for a in arguments):
        return None
    made: list[tuple[str | None, Value]] = []
    names = tree.argnames(node) or (None,) * len(arguments)
    for name, argument in zip(names, arguments, strict=True):
        if tree.kinds[argument] == Kind.NAME and tree.name(argument) == "...":
            made += [(label, _as_written(v) or NULL) for label, v in dots.items]
        else:
            made.append((name, part(context, tree, argument, scope)))
    return make_call(context, part(context, tree, tree.fn(node), scope), made)


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


def as_expression(context: Context, value: Value) -> Value:
    """A value as something quoted: text stays text, a number becomes a constant."""
    if expression_of(context, value) is not None or isinstance(value, Expressions):
        return value
    made = Assembly(context)
    return made.quoted(made.insert(value))


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
