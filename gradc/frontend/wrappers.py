"""Functions about functions: ``Negate``, ``Vectorize``, ``combn``, ``Recall``, ``tryCatch``.

What a script makes of a function, as ``Negate(f)``, is an :class:`Action` that calls it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

from gradc.frontend import language
from gradc.frontend.actions import Action, Callback, Form, Steps, Unwinding
from gradc.frontend.arguments import match
from gradc.frontend.branches import escape
from gradc.frontend.calls import call, force, form_arguments, promise
from gradc.frontend.context import TURN_COST, vector_of
from gradc.frontend.functional import mapply
from gradc.frontend.passing import silent
from gradc.frontend.predicates import labelled_arguments
from gradc.frontend.scope import FUNCTION, Scope
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Closure,
    Dots,
    Elements,
    Expressions,
    Items,
    Promise,
    Refusal,
    Shape,
    Special,
    Value,
)
from gradc.frontend.vectors import as_text, bounded
from gradc.syntax.rope import Text
from gradc.syntax.tree import Tree

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_At = tuple[str, Scope, int]
_Hit = Generator[tuple[int, Scope], Value, int]


# ------------------------------------------------------------------------- functions made


def _made(name: str, callback: Callback, *kept: Value) -> Action:
    """A function made of others, which are then kept longer than the call that made them."""
    for value in kept:
        escape(value, None)
    return Action(name, ("...",), callback=callback)


def negate(m: Machine, at: _At, function: Value) -> Steps:
    """``Negate(f)``: a function that says the opposite."""
    yield from ()

    def opposite(m: Machine, at: _At, dots: Dots) -> Steps:
        value = yield from call(m, function, dots.items, *at)
        operator = m.library.find("!", at[1].code)
        if operator is None:
            raise TypeError("there is no operator '!'")
        return m.context.elementwise(operator.direct[1], [value])

    return _made("Negate", opposite, function)


def match_function(m: Machine, at: _At, function: Value, descend: Value) -> Steps:
    """``match.fun(f)``: the function of that name."""
    yield from ()
    return function


def vectorize(
    m: Machine, at: _At, function: Value, names: Value, simplify: Value, use_names: Value
) -> Steps:
    """``Vectorize(f)``: a function that goes through all elements of its arguments."""
    yield from ()
    if not isinstance(function, Closure):
        raise Refusal("G104", "Vectorize() takes a function of the script", None, 0)
    formals = function.scope.tree.params(function.node)
    if "..." in formals:
        raise Refusal("G104", "Vectorize() of a function with '...' is not available", None, 0)
    chosen = formals
    if names not in (ABSENT, NULL):
        chosen = tuple(m.context.flat(a, "an argument", 1) for a in m.context.atoms(names, 1))
    if not chosen or not set(chosen) <= set(formals):
        raise Refusal("G103", "Vectorize() takes the names of arguments of the function", None, 1)

    def over(m: Machine, at: _At, dots: Dots) -> Steps:
        given, _ = match("this function", formals, dots.items)
        pairs = [(n, v) for n, v in zip(formals, given, strict=True) if v is not None]
        columns = tuple(pair for pair in pairs if pair[0] in chosen)
        if not columns:
            raise Refusal("G103", "there is no vector to go through")
        fixed = tuple(pair for pair in pairs if pair[0] not in chosen)
        one = _with_arguments(function, fixed) if fixed else function
        return (yield from mapply(m, at, one, Dots(columns), ABSENT, simplify, use_names))

    return _made("Vectorize", over, function)


def _with_arguments(function: Value, fixed: Sequence[tuple[str | None, Value]]) -> Action:
    def callback(m: Machine, at: _At, dots: Dots) -> Steps:
        return (yield from call(m, function, (*dots.items, *fixed), *at))

    return Action("this function", ("...",), callback=callback)


# ------------------------------------------------------------------------- searching


def _parts(m: Machine, x: Value) -> Sequence[Value]:
    if isinstance(x, Items):
        return x.values
    if isinstance(x, Expressions):
        return [language.part(m.context, q.scope.tree, q.node, q.scope) for q in x.quoted]
    return m.context.atoms(x, 1)


def _place(m: Machine, at: _At, function: Value, parts: Sequence[Value], right: Value) -> _Hit:
    """The place of the first element for which a function holds; -1 where there is none."""
    backwards = right is not ABSENT and m.context.flag(right, "'right'", 2)
    places = range(len(parts))
    for place in reversed(places) if backwards else places:
        m.context.spend(TURN_COST)
        verdict = yield from call(m, function, ((None, parts[place]),), *at)
        truth = m.context.truth(verdict)
        if truth is None:
            raise Refusal("G104", "which element is found must be known when the model is compiled")
        if truth:
            return place
    return -1


def find(m: Machine, at: _At, function: Value, x: Value, right: Value, other: Value) -> Steps:
    """``Find(f, x)``: the first element for which ``f`` holds."""
    parts = _parts(m, x)
    place = yield from _place(m, at, function, parts, right)
    if place < 0:
        return NULL if other is ABSENT else other
    return parts[place]


def position(m: Machine, at: _At, function: Value, x: Value, right: Value, other: Value) -> Steps:
    """``Position(f, x)``: the place of the first element for which ``f`` holds."""
    place = yield from _place(m, at, function, _parts(m, x), right)
    if place < 0:
        return NA if other is ABSENT else other
    return m.context.integer(place + 1)


# ------------------------------------------------------------------------- combinations


def combine_elements(
    m: Machine, at: _At, x: Value, count: Value, function: Value, simplify: Value, dots: Dots
) -> Steps:
    """``combn(x, m, FUN)``: all choices of ``m`` elements, a column each."""
    size = m.context.whole(count, "how many are chosen", 1)
    names, parts = _choices(m, x)
    if not 0 < size <= len(parts):
        raise Refusal("G103", f"combn() cannot choose {size} of {len(parts)} elements", None, 1)
    # Of 20 and more on either side there are too many to be counted quickly.
    few = min(size, len(parts) - size, 20)
    m.context.spend(bounded(comb(len(parts), few) * size))
    chosen: list[Value] = []
    for places in combinations(range(len(parts)), size):
        labels = tuple(names[k] for k in places) if names else None
        chosen.append(_some(x, [parts[k] for k in places], labels))
    if function not in (ABSENT, NULL):
        for k, value in enumerate(chosen):
            m.context.spend(TURN_COST)
            chosen[k] = yield from call(m, function, ((None, value), *dots.items), *at)
    if simplify is not ABSENT and not m.context.flag(simplify, "'simplify'", 3):
        return Items(tuple(chosen))
    return _as_columns(m, chosen, function in (ABSENT, NULL))


def _choices(m: Machine, x: Value) -> tuple[tuple[str, ...] | None, Sequence[Value]]:
    """What is chosen from: one whole number stands for all up to it."""
    if isinstance(x, Items):
        return x.names, x.values
    atoms = m.context.atoms(x, 0)
    is_number = len(atoms) == 1 and isinstance(atoms[0], int) and not m.context.is_logical(atoms[0])
    if is_number:
        number = m.context.known(atoms[0], "what combn() chooses from", 0)
        if number > 0 and number.is_integer():
            return None, [m.context.integer(k) for k in range(1, bounded(number, 0) + 1)]
    return x.names if isinstance(x, Elements) else None, atoms


def _some(x: Value, parts: list[Value], names: tuple[str, ...] | None) -> Value:
    if isinstance(x, Items):
        return Items(tuple(parts), names)
    return vector_of([a for a in parts if isinstance(a, (int, Text, Special))], names)


def _as_columns(m: Machine, results: Sequence[Value], is_matrix: bool) -> Value:
    """Results of one length as a matrix, a column each; of single ones as a vector."""
    if not all(isinstance(v, (int, Text, Elements)) or v is NA for v in results):
        raise Refusal("G104", "combn() makes a matrix of vectors only; give it simplify = FALSE")
    rows = [m.context.atoms(value) for value in results]
    lengths = {len(row) for row in rows}
    if len(lengths) != 1 or lengths == {0}:
        raise Refusal("G201", "the function of combn() gives vectors of different lengths", None, 2)
    if any(isinstance(value, Elements) and value.dim is not None for value in results):
        raise Refusal("G104", "arrays of other than two dimensions are not available", None, 2)
    cells = [atom for row in rows for atom in row]
    if any(isinstance(atom, Text) for atom in cells):
        cells = [as_text(m.context, atom) for atom in cells]
    if len(rows[0]) == 1 and not is_matrix:
        return vector_of(cells)
    return Elements(cells, None, Shape(len(rows[0]), len(rows)))


# ------------------------------------------------------------------------- variables


def get_many(m: Machine, at: _At, x: Value, *options: Value) -> Steps:
    """``mget(c("x", "y"))``: the variables of these names as a list."""
    envir, mode, other, inherits = options
    if not envir is mode is other is ABSENT:
        raise Refusal("G104", "mget() takes names, and 'inherits', only")
    outwards = inherits is not ABSENT and m.context.flag(inherits, "'inherits'")
    names: list[str] = []
    values: list[Value] = []
    for atom in m.context.atoms(x, 0):
        name = m.context.flat(atom, "the name of a variable", 0)
        environment = at[1].environment
        value = environment.find(name) if outwards else environment.variables.get(name)
        if isinstance(value, Promise):
            value = yield from force(m, value)
        if value is None:
            raise Refusal("G101", f"there is no variable '{name}' here", None, 0)
        names.append(name)
        values.append(value)
    return Items(tuple(values), tuple(names))


# ------------------------------------------------------------------------- the function itself


def _own_function(scope: Scope, node: int, name: str) -> Closure:
    """The function of the script that a call stands in."""
    activation = scope.activation
    if activation is None or activation.environment is not scope.environment:
        raise Refusal("G104", f"'{name}' stands outside of a function")
    tree = scope.tree
    start, end = tree.starts[node], tree.ends[node]
    # Parents come after their children, so the first function around is the innermost one.
    for outer in range(node + 1, len(tree)):
        if tree.kinds[outer] != FUNCTION or tree.starts[outer] > start or tree.ends[outer] < end:
            continue
        parent = activation.environment.parent
        is_called = activation.environment.variables.keys() >= set(tree.params(outer))
        if parent is not None and is_called and _contains(tree, outer, node):
            return Closure(outer, scope.within(parent))
    raise Refusal("G104", f"which function '{name}' stands in is not known here")


def _contains(tree: Tree, outer: int, node: int) -> bool:
    pending = [outer]
    while pending:
        inner = pending.pop()
        if inner == node:
            return True
        # What has a smaller number than the node cannot contain it.
        pending += [child for child in tree.children(inner) if child >= node]
    return False


def recall(m: Machine, node: int, scope: Scope) -> Steps:
    """``Recall(…)``: the function that the call stands in, called again."""
    closure = _own_function(scope, node, "Recall")
    arguments, names = labelled_arguments(scope, node, "Recall")
    supplied = [
        (name, promise(m, argument, scope)) for argument, name in zip(arguments, names, strict=True)
    ]
    return (yield from call(m, closure, supplied, "Recall", scope, node))


def count_arguments(m: Machine, node: int, scope: Scope) -> Steps:
    """``nargs()``: how many arguments the function was given."""
    form_arguments(scope, node, 0, 0)
    yield from ()
    closure, activation = _own_function(scope, node, "nargs"), scope.activation
    if activation is None:
        raise TypeError("a function runs without an activation")
    formals = closure.scope.tree.params(closure.node)
    given = [name not in activation.missing for name in formals if name != "..."]
    # An argument that was left empty in front of others counts, and is missing all the same.
    if given != sorted(given, reverse=True):
        raise Refusal("G104", "'nargs' is available where no argument before others is missing")
    dots = activation.environment.variables.get("...")
    count = sum(given) + (len(dots.items) if isinstance(dots, Dots) else 0)
    return m.context.integer(count)


# ------------------------------------------------------------------------- errors and warnings

_HANDLED = {
    "warning": ("warning",),
    "message": ("message",),
    "condition": ("warning", "message"),
    "simpleWarning": ("warning",),
    "simpleMessage": ("message",),
}
"""What a handler of ``tryCatch`` would stop at, by its name."""


def _guarding(name: str) -> Form:
    """``tryCatch(e, …)``, ``try(e)``: the value of ``e``; an error in it stays an error."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        arguments, names = labelled_arguments(scope, node, name)
        # The first argument without a name is the last one here, so that it is the one kept.
        by_name = dict(zip(reversed(names), reversed(arguments), strict=True))
        first = by_name.get("expr", by_name.get(None))
        if first is None:
            raise Refusal("G103", f"the argument 'expr' of '{name}' is missing")
        caught = {word for handler in by_name for word in _HANDLED.get(handler or "", ())}
        ending = by_name.get("finally")
        try:
            value = yield from _watched(m, first, scope, caught)
        except Unwinding:
            if ending is not None:
                yield ending, scope
            raise
        if ending is not None:
            yield ending, scope
        return value

    return form


def _watched(m: Machine, node: int, scope: Scope, caught: set[str]) -> Steps:
    """A value, refused where getting it gives a warning that a handler would stop at."""
    outside, m.context.ignored = m.context.ignored, {}
    try:
        value = yield node, scope
    finally:
        inside, m.context.ignored = m.context.ignored, outside
        for name, place in inside.items():
            outside.setdefault(name, place)
    for name in sorted(caught & set(inside)):
        raise Refusal(
            "G104", f"a '{name}' that is caught is not available", None, None, inside[name]
        )
    if "warning" in caught and _has_nan(m, value):
        raise Refusal("G104", "R gives a warning here, as NaN is made, and it is caught")
    return value


def _has_nan(m: Machine, value: Value) -> bool:
    atoms = value.items if isinstance(value, Elements) else (value,)
    numbers = [m.context.number(a) for a in atoms if isinstance(a, int)]
    return any(number is not None and number != number for number in numbers)


FORMS: tuple[tuple[str, Form], ...] = (
    ("Recall", recall),
    ("nargs", count_arguments),
    ("on.exit", silent("on.exit")),
    *((name, _guarding(name)) for name in ("tryCatch", "try", "withCallingHandlers")),
)

CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (
    ("Negate", "f", "f", negate),
    ("Vectorize", "FUN vectorize.args? SIMPLIFY? USE.NAMES?", "FUN", vectorize),
    ("match.fun", "FUN descend?", "FUN", match_function),
    ("Find", "f x right? nomatch?", "f", find),
    ("Position", "f x right? nomatch?", "f", position),
    ("combn", "x m FUN? simplify? ...", "FUN", combine_elements),
    ("mget", "x envir? mode? ifnotfound? inherits?", None, get_many),
)
