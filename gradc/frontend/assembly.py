"""New code out of parts of old: calls, functions, expressions with some parts replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from gradc.errors import Span
from gradc.frontend.context import TURN_COST, Context
from gradc.frontend.language import (
    _LEAVES,
    _parts,
    expression_of,
    formula_of,
    name_of_value,
    part,
    parts_of,
)
from gradc.frontend.scope import Scope
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
    Value,
    Whole,
    describe,
)
from gradc.syntax.rope import Text
from gradc.syntax.tree import Kind, Tree


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


class Assembly:
    """A new tree under construction, at the place of one call of the script."""

    def __init__(self, context: Context) -> None:
        self.context = context
        context.spend(TURN_COST)
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
    context.spend(len(arguments))
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
    context.spend(len(done))
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


def as_expression(context: Context, value: Value) -> Value:
    """A value as something quoted: text stays text, a number becomes a constant."""
    if expression_of(context, value) is not None or isinstance(value, Expressions):
        return value
    made = Assembly(context)
    return made.quoted(made.insert(value))
