"""Control flow: ``if``, loops, ``return``."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from gradc.frontend.actions import (
    Broken,
    Callback,
    Continued,
    Form,
    Raised,
    Returned,
    Steps,
)
from gradc.frontend.assign import set_target
from gradc.frontend.branches import Changes
from gradc.frontend.calls import force, form_arguments
from gradc.frontend.columns import plain
from gradc.frontend.context import TURN_COST
from gradc.frontend.python.objects import truth as truth_of
from gradc.frontend.python.objects import walked
from gradc.frontend.scope import CALL, NAME, Environment
from gradc.frontend.turns import known_range, over_data
from gradc.frontend.values import (
    NULL,
    Dots,
    Expressions,
    Items,
    Listing,
    NeedsKnown,
    Outcome,
    Promise,
    Refusal,
    Stretch,
    Unresolved,
    Value,
)
from gradc.ir import reachable
from gradc.syntax.rope import Text

if TYPE_CHECKING:
    from gradc.errors import Span
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Activation, Scope

Test: TypeAlias = "Generator[tuple[int, Scope], Value, tuple[Value, bool | None]]"
Branch: TypeAlias = "tuple[Value | None, Returned | Raised | None, Changes]"


def condition(
    m: Machine, node: int, scope: Scope
) -> Generator[tuple[int, Scope], Value, tuple[Value, bool | None]]:
    """The value of a condition, and which way it goes where that is known."""
    value = yield node, scope
    if scope.code.is_python:
        value = truth_of(m.context, value)
    if isinstance(value, Outcome) and m.is_done(scope):
        m.context.at = scope, node
        m.context.ignore(value.reason)
        return value, None
    try:
        return value, m.context.truth(value)
    except Refusal as refusal:
        refusal.place = refusal.place or scope.span(node)
        raise


def if_(m: Machine, node: int, scope: Scope) -> Steps:
    """``if (test) yes else no``."""
    test, yes, *rest = form_arguments(scope, node, 2, 3)
    value, truth = yield from condition(m, test, scope)
    if isinstance(value, Outcome):
        for side in (yes, *rest):
            for name in assigned_in(scope, side):
                m.bind(scope.environment, name, value)
        return value
    if truth is not None:
        if not truth and not rest:
            return NULL
        return (yield yes if truth else rest[0], scope)
    holds = m.builder.condition(m.context.node(value))
    first, second = yield from both_sides(m, holds, yes, rest[0] if rest else None, scope)
    return _join(m, holds, first, second, bool(rest), node, scope)


def assigned_in(scope: Scope, node: int) -> list[str]:
    """The variables that the code below a node gives values."""
    tree = scope.tree
    found: list[str] = []
    pending = [node]
    while pending:
        inner = pending.pop()
        if tree.head(inner) in ("<-", "=") and tree.kinds[tree.args(inner)[0]] == NAME:
            found.append(tree.name(tree.args(inner)[0]))
        if tree.kinds[inner] == CALL:
            pending += tree.children(inner)
    return found


def both_sides(
    m: Machine, holds: int, yes: int, no: int | None, scope: Scope
) -> Generator[tuple[int, Scope], Value, tuple[Branch, Branch]]:
    """Both sides of a choice that only the inputs can make."""
    first = yield from _branch(m, holds, yes, scope)
    second: Branch = (None, None, {})
    if no is not None:
        second = yield from _branch(m, ~holds, no, scope)
    for environment, name in m.branches.unsettled(first[2], second[2]):
        promise = environment.find(name)
        if isinstance(promise, Promise):
            yield from force(m, promise)
    return first, second


_INSTEAD_OF_BREAK = "go <- ifelse(condition, 0, go), and add up ifelse(go == 1, term, 0)"


def _branch(
    m: Machine, holds: int, node: int, scope: Scope
) -> Generator[tuple[int, Scope], Value, Branch]:
    """One side of an ``if``: its value or what it returns, and what it assigns.

    ``~condition`` stands for the opposite of a condition, which is often not needed.
    """
    start = m.branches.begin()
    activation = scope.activation
    if activation is not None:
        activation.path.append(holds)
    value: Value | None = None
    returned: Returned | Raised | None = None
    try:
        value = yield node, scope
    except Returned as signal:
        if signal.activation is not activation:
            raise Refusal(
                "G104", "this 'return' ends another function than the one it is in"
            ) from None
        returned = signal
    except Raised as signal:
        returned = signal
    except (Broken, Continued) as signal:
        is_break = isinstance(signal, Broken)
        raise Refusal(
            "G104",
            f"'{'break' if is_break else 'next'}' depends on a condition that only the inputs tell",
            _INSTEAD_OF_BREAK if is_break else "add up ifelse(condition, 0, term) instead",
        ) from None
    finally:
        if activation is not None:
            activation.path.pop()
    return value, returned, m.branches.end(start, holds)


def _join(
    m: Machine, holds: int, yes: Branch, no: Branch, both: bool, node: int, scope: Scope
) -> Value:
    """The value of an ``if`` once both sides were looked at."""
    branches = m.branches
    place = scope.span(node)
    yes_signal, no_signal = yes[1], no[1]
    for signal, other in ((yes_signal, no), (no_signal, yes)):
        if isinstance(signal, Raised):  # what is on the other side is all there is
            branches.keep(other[2])
            if other[1] is not None:
                raise other[1]
            return NULL if other[0] is None else other[0]
    if isinstance(yes_signal, Returned) and isinstance(no_signal, Returned):
        branches.merge(holds, yes[2], no[2], place)
        value = branches.choose(holds, yes_signal.value, no_signal.value, place)
        raise Returned(yes_signal.activation, value)
    if isinstance(yes_signal, Returned):
        _settle(m, holds, yes_signal.activation, yes[2], no[2], place)
        branches.leave(yes_signal.activation, holds, yes_signal.value)
        return NULL if no[0] is None else no[0]
    if isinstance(no_signal, Returned):
        _settle(m, m.builder.negate(holds), no_signal.activation, no[2], yes[2], place)
        branches.leave(no_signal.activation, ~holds, no_signal.value)
        return NULL if yes[0] is None else yes[0]
    branches.merge(holds, yes[2], no[2], place)
    if not both:
        return Unresolved("G104", "this 'if' has no 'else', and its value is used", place)
    return branches.choose(holds, yes[0], no[0], place)


def _settle(
    m: Machine, leaves: int, activation: Activation, gone: Changes, stays: Changes, place: Span
) -> None:
    """Assignments where one side leaves the call.

    Variables of the call are as the other side left them; all others depend on the condition.
    """
    own = activation.environment
    kept = {key: v for key, v in stays.items() if key[0] is own and not own.escaped}
    m.branches.keep(kept)
    left = {key: v for key, v in gone.items() if key[0] is not own or own.escaped}
    others = {key: v for key, v in stays.items() if key not in kept}
    m.branches.merge(leaves, left, others, place)


def for_(m: Machine, node: int, scope: Scope) -> Steps:
    """``for (i in values) body`` over what is known."""
    variable, sequence, body = form_arguments(scope, node, 3, 3)
    value = yield sequence, scope
    if isinstance(value, Outcome) and m.is_done(scope):
        return value
    name = scope.name_of(variable)
    if name is None and not scope.code.is_python:
        raise Refusal("G104", "a loop needs a name to run through", None, 0)
    if name is not None and _at_once(m, name, value, body, scope):
        return NULL
    items = _run_through(m, value, scope)
    m.loops += 1
    try:
        for item in _growing(value, items):
            m.context.spend(TURN_COST)
            if name is not None:
                m.bind(scope.environment, name, item)
            else:
                yield from set_target(m, variable, item, scope)
            try:
                yield body, scope
            except Continued:
                continue
            except Broken:
                break
    finally:
        m.loops -= 1
    return NULL


def _at_once(m: Machine, name: str, value: Value, body: int, scope: Scope) -> bool:
    """Do all turns of a loop over data at once; False where they are to be written out.

    Raises: GradcError where only the data tell how many turns there are, and they cannot be
    done at once.
    """
    value = plain(value)
    if isinstance(value, Stretch):
        why = over_data(m, name, value, body, scope)
        if why is not None:
            raise why
        return True
    if value.__class__ is int and m.graph.types[value].rank == 1:
        why = over_data(m, name, value, body, scope)
        if why is None:
            return True
        if m.context.length_of(value) is not None:
            return False
        try:
            m.context.atoms(value, 1)
        except NeedsKnown:
            raise
        except Refusal:
            raise why from None
        return False
    places = known_range(m, value)
    return places is not None and over_data(m, name, places, body, scope) is None


def _growing(value: Value, items: Sequence[Value]) -> Iterable[Value]:
    """The elements; those of a list of Python as they are when the loop gets there."""
    if not isinstance(value, Listing) or value.is_tuple:
        yield from items
        return
    place = 0
    while place < len(value.items):
        yield value.items[place]
        place += 1


def _run_through(m: Machine, value: Value, scope: Scope) -> Sequence[Value]:
    if scope.code.is_python:
        return walked(m.context, value, 1)
    if isinstance(value, Items):
        return value.values
    if isinstance(value, Expressions):
        return value.quoted
    return m.context.atoms(value, 1)


def while_(m: Machine, node: int, scope: Scope) -> Steps:
    """``while (test) body`` on a known condition."""
    test, body = form_arguments(scope, node, 2, 2)
    return (yield from _loop(m, test, body, scope))


def repeat_(m: Machine, node: int, scope: Scope) -> Steps:
    """``repeat body``."""
    (body,) = form_arguments(scope, node, 1, 1)
    return (yield from _loop(m, None, body, scope))


def _loop(m: Machine, test: int | None, body: int, scope: Scope) -> Steps:
    m.loops += 1
    try:
        while True:
            m.context.spend(TURN_COST)
            if test is not None:
                value, truth = yield from condition(m, test, scope)
                if isinstance(value, Outcome):
                    return value
                if truth is None and isinstance(value, int):
                    names = m.context.defaults(int(value))
                    if names:
                        refusal = Refusal("G104", "how often this loop runs depends on the inputs")
                        raise NeedsKnown(refusal, set(names), set(names))
                if truth is None:
                    message = "how often this loop runs depends on the inputs"
                    raise Refusal("G104", message, _instead_of_while(m, value), 0)
                if not truth:
                    return NULL
            try:
                yield body, scope
            except Continued:
                continue
            except Broken:
                return NULL
    finally:
        m.loops -= 1


def _instead_of_while(m: Machine, value: Value) -> str:
    """What to write in place of a loop that a condition ends."""
    names = {"length", "nrow", "ncol"}
    node = m.context.node(value)
    marks = reachable(m.graph, [node])
    if any(mark and m.graph.prim(n) in names for n, mark in enumerate(marks)):
        return "for (i in 1:length(y)) goes along data of any length"
    return "a known number of turns: for (k in 1:20) x <- ifelse(condition, better, x)"


def break_(m: Machine, node: int, scope: Scope) -> Steps:
    """``break``."""
    yield from ()
    raise Broken


def next_(m: Machine, node: int, scope: Scope) -> Steps:
    """``next``."""
    yield from ()
    raise Continued


def return_(m: Machine, node: int, scope: Scope) -> Steps:
    """``return(value)``."""
    arguments = form_arguments(scope, node, 0, 1)
    if scope.activation is None:
        raise Refusal("G104", "'return' outside of a function")
    value: Value = NULL
    if arguments:
        value = yield arguments[0], scope
    raise Returned(scope.activation, value)


def local(m: Machine, node: int, scope: Scope) -> Steps:
    """``local({ … })``: variables of its own."""
    (body,) = form_arguments(scope, node, 1, 1)
    return (yield body, scope.within(Environment(scope.environment, m.branches.clock)))


def missing(m: Machine, node: int, scope: Scope) -> Steps:
    """``missing(x)``: whether an argument was not given."""
    (argument,) = form_arguments(scope, node, 1, 1)
    yield from ()
    if scope.activation is None or scope.kinds[argument] != NAME:
        raise Refusal("G104", "'missing' asks about an argument of the function it is in")
    return scope.name_of(argument) in scope.activation.missing


def stop(m: Machine, at: tuple[str, Scope, int], dots: Dots) -> Steps:
    """``stop(…)``: the script's own complaint; where only the inputs lead there, NaN."""
    yield from ()
    activation = at[1].activation
    if m.branches.is_open and activation is not None:
        m.stops = at[1].span(at[2])
        raise Returned(activation, m.builder.const(float("nan")))
    words = "".join(
        m.context.written_out(value) for _, value in dots.items if isinstance(value, Text)
    )
    raise Refusal("G104", f"the model stops here: {words}" if words else "the model stops here")


CALLBACKS: tuple[tuple[str, str, str | None, Callback], ...] = (("stop", "...", None, stop),)

FORMS: tuple[tuple[str, Form], ...] = (
    ("if", if_),
    ("for", for_),
    ("while", while_),
    ("repeat", repeat_),
    ("break", break_),
    ("next", next_),
    ("return", return_),
    ("local", local),
    ("missing", missing),
)
