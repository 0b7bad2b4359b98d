"""A loop over data: one turn is evaluated, with a counter that no one knows.

A variable that has a value before the loop begins a turn as a carried value; a vector whose
elements the loop sets begins it as :class:`Filled`. What becomes of all turns together is
found by :mod:`gradc.frontend.vectorize`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradc.errors import GradcError
from gradc.frontend.loop_sizes import shift_of
from gradc.frontend.scope import CALL, NAME, Environment
from gradc.frontend.values import (
    Elements,
    Filled,
    Outcome,
    Promise,
    Refusal,
    Unresolved,
    Value,
    Whole,
)
from gradc.frontend.vectorize import LOOP_VARIABLE, Carry, NotVectorizable, Turn, Vectorized
from gradc.ir import REAL, Graph
from gradc.ir.types import known
from gradc.prims import ShapeError

if TYPE_CHECKING:
    from gradc.frontend.actions import Steps
    from gradc.frontend.branches import Changes
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_LONGEST_LAG = 16
_MANY = 16
_SHORT = 16
"""From how many turns on a loop over known places is tried as work on vectors."""


@dataclass(slots=True)
class Loop:
    """One loop while its turn is evaluated; ``reads`` are placeholders by name and index."""

    number: int
    reads: dict[int, tuple[str, int]] = field(default_factory=dict)


def over_data(m: Machine, name: str, values: int, body: int, scope: Scope) -> GradcError | None:
    """Do all turns of a loop at once; None when done, else why that cannot be."""
    loop = Loop(len(m.graph.records))
    counter = m.graph.intern((LOOP_VARIABLE, (loop.number, name)), REAL)
    before = _before(m, loop, name, body, scope)
    environment = scope.environment

    def turn() -> None:
        for variable, (value, _) in before.items():
            m.branches.write(environment, variable, value)
        m.branches.write(environment, name, counter)
        m.evaluate(body, scope)

    def finish(changes: Changes) -> None:
        after = _settled(environment, changes, before, name)
        _finish(m, loop, counter, values, before, after, scope)

    return _tried(m, loop, turn, finish, body, scope)


def over_elements(
    m: Machine, values: int, one: Callable[[int], Steps], node: int, scope: Scope
) -> int | GradcError:
    """A function of each element as one vector, or why that cannot be."""
    loop = Loop(len(m.graph.records))
    counter = m.graph.intern((LOOP_VARIABLE, (loop.number, "i")), REAL)
    results: list[int] = []

    def turn() -> None:
        value = m.run(one(counter), node, scope)
        results.append(m.builder.real(m.context.node(value)))

    def finish(changes: Changes) -> None:
        if changes or m.graph.types[results[0]].rank:
            raise NotVectorizable
        done = Vectorized(m.graph, m.builder, Turn(counter, counter, values, [], {}, results))
        results.append(done.rows(results[0]))

    return _tried(m, loop, turn, finish, node, scope) or results[1]


def _tried(
    m: Machine,
    loop: Loop,
    turn: Callable[[], object],
    finish: Callable[[Changes], None],
    node: int,
    scope: Scope,
) -> GradcError | None:
    """Evaluate one turn and do the rest; where that fails, everything is as it was before."""
    branches = m.branches
    kept = branches.mark(), len(m.sinks), len(m.derivatives), m.loops
    start = branches.begin()
    m.context.open_loops.append(loop)
    error: GradcError | None = None
    try:
        turn()
        finish(branches.end(start, m.builder.truth(True)))
        return None
    except NotVectorizable:
        pass
    except (Refusal, ShapeError) as problem:
        error = m.placed(problem, node, scope)
    except GradcError as problem:
        error = problem
    finally:
        m.context.open_loops.pop()
    branches.restore(kept[0])
    del m.sinks[kept[1] :], m.derivatives[kept[2] :]
    m.loops = kept[3]
    return error or m.placed(
        Refusal(
            "G104",
            "the turns of this loop cannot be done on whole vectors",
            "give the data with --at, and the loop is written out",
        ),
        node,
        scope,
    )


def _is_short(m: Machine, value: Elements) -> bool:
    """Whether a vector of numbers is carried number by number."""
    return 0 < len(value) <= _SHORT and all(
        isinstance(item, int) and not m.context.is_logical(item) for item in value.items
    )


def _carried_elements(
    m: Machine, name: str, new: Elements, old: Value, value: Value
) -> list[Carry]:
    """A short vector that a loop carries: each of its numbers by itself."""
    after = m.context.atoms(value)
    if not isinstance(old, Elements) or len(after) != len(new):
        raise NotVectorizable
    carries: list[Carry] = []
    for k, (variable, start, node) in enumerate(zip(new.items, old.items, after, strict=True), 1):
        if not (isinstance(variable, int) and isinstance(start, int) and isinstance(node, int)):
            raise NotVectorizable
        carries.append(Carry(f"{name}{k}@", int(variable), int(start), m.builder.real(int(node))))
    return carries


def known_range(m: Machine, value: Value) -> int | None:
    """``a:b`` of many known places as places in a vector of the model; None for anything else."""
    if not isinstance(value, Elements) or len(value) < _MANY or value.dim is not None:
        return None
    first, last = (
        m.context.constants.value(n) if isinstance(n, Whole) else None
        for n in (value.at(0), value.at(len(value) - 1))
    )
    if first is None or last is None or last - first + 1 != len(value) or first < 1:
        return None
    for item in m.symbols.inputs.values():
        length = item.type.length
        if length is not None and length >= last:
            ends = known(int(first) - 1), known(length - int(last))
            part = m.builder.apply("slice", [item.node], ends)
            return m.builder.apply("seq_along", [part], int(first) - 1)
    return None


def _before(
    m: Machine, loop: Loop, counter: str, body: int, scope: Scope
) -> dict[str, tuple[Value, Value]]:
    """What variables begin a turn with, and what they were before the loop."""
    found: dict[str, tuple[Value, Value]] = {}
    for name, in_part in _assigned(scope, body):
        old = scope.environment.find(name)
        if old is None and m.symbols.is_declared(name):
            old = m.symbols.make(name, m.graph)
        if old is None or name == counter or (name in found and not in_part):
            continue
        if isinstance(old, Promise):
            old = old.value
        new: Value
        if isinstance(old, int) and not isinstance(old, bool) and m.graph.types[old].rank == 0:
            new = m.graph.intern((LOOP_VARIABLE, (loop.number, name)), REAL)
        elif isinstance(old, Elements) and not in_part and _is_short(m, old):
            marks = [(LOOP_VARIABLE, (loop.number, name, k)) for k in range(len(old))]
            new = Elements([m.graph.intern(mark, REAL) for mark in marks], old.names, old.dim)
        elif in_part and isinstance(old, (int, Elements)) and m.context.length_of(old) != 1:
            new = Filled(loop.number, name, old)
        else:
            new = Unresolved("G104", f"'{name}' is no number that a loop carries", None)
        found[name] = new, (int(old) if isinstance(old, int) else old)  # type: ignore[assignment]
    return found


def _assigned(scope: Scope, body: int) -> Iterator[tuple[str, bool]]:
    """Variables that a loop gives values, and whether it is to a part of them."""
    tree = scope.tree
    pending = [body]
    while pending:
        node = pending.pop()
        if tree.kinds[node] != CALL:
            continue
        if tree.head(node) in ("<-", "=", "<<-"):
            target, in_part = tree.args(node)[0], False
            while tree.kinds[target] == CALL and tree.args(target):
                target, in_part = tree.args(target)[0], True
            if tree.kinds[target] == NAME:
                yield tree.name(target), in_part
        pending += tree.children(node)


def _settled(
    environment: Environment,
    changes: Changes,
    before: dict[str, tuple[Value, Value]],
    counter: str,
) -> dict[str, Value]:
    """What a turn leaves in each variable; only those of the loop's own function may change."""
    after: dict[str, Value] = {}
    for (owner, name), value in changes.items():
        if owner is not environment:
            raise NotVectorizable
        if name == counter:
            continue
        begun = before[name][0] if name in before else None
        if isinstance(begun, Elements) and isinstance(value, (int, Elements)):
            after[name] = value
            continue
        if not isinstance(value, (int, Filled)) or isinstance(value, bool):
            if name in before or isinstance(value, Outcome):
                raise NotVectorizable
            message = f"'{name}' is another one in each turn of a loop over data"
            value = Unresolved("G104", message, None)
        after[name] = value
    return after


def _finish(
    m: Machine,
    loop: Loop,
    counter: int,
    values: int,
    before: dict[str, tuple[Value, Value]],
    after: dict[str, Value],
    scope: Scope,
) -> None:
    """Give all variables what the last turn leaves."""
    filling = {n: v for n, v in after.items() if isinstance(v, Filled) and v.index is not None}
    carries: list[Carry] = []
    for name, (new, old) in before.items():
        if isinstance(new, int) and name in after:
            value = after[name]
            if not isinstance(value, int) or not isinstance(old, int):
                raise NotVectorizable
            carries.append(Carry(name, new, int(old), m.builder.real(int(value))))
        elif isinstance(new, Elements) and name in after:
            carries += _carried_elements(m, name, new, old, after.pop(name))
    reads: dict[int, tuple[int, int]] = {}
    for placeholder, (name, index) in loop.reads.items():
        old = before[name][1]
        lag = _lag(m, filling.get(name), index, counter)
        if lag:
            carries += _lagged(m, loop, counter, values, filling[name], placeholder, lag, carries)
        else:
            reads[placeholder] = m.context.node(old), index
    if any(name in m.symbols.inputs and name not in before for name in after):
        raise NotVectorizable  # read before it was given a value
    plain = {n: int(v) for n, v in after.items() if isinstance(v, int) and n not in before}
    results = [*plain.values(), *(v.value for v in filling.values() if v.value is not None)]
    names = {int(v): n for n, v in after.items() if isinstance(v, int)}
    names |= {v.value: n for n, v in filling.items() if v.value is not None}
    turn = Turn(counter, counter, values, carries, reads, results, names)
    done = Vectorized(m.graph, m.builder, turn)
    for node, name in names.items():
        if node in done.vectors:
            m.names.setdefault(done.vectors[node], name)
    for name, value in after.items():
        if name in plain or isinstance(value, Unresolved):
            m.bind(scope.environment, name, _last(done, name, value))
    for carry in carries:
        if carry.name in after:
            m.bind(scope.environment, carry.name, done.final(carry))
    finals = {carry.variable: carry for carry in carries}
    for name, (new, _) in before.items():
        if isinstance(new, Elements) and new.items and new.at(0) in finals:
            items = [done.final(finals[item]) for item in new.items]  # type: ignore[index]
            m.bind(scope.environment, name, Elements(items, new.names, new.dim))
    for name, item in filling.items():
        m.bind(scope.environment, name, _refilled(m, item, counter, values, done))


def _last(done: Vectorized, name: str, value: Value) -> Value:
    """What the last turn leaves in a variable of its own."""
    if isinstance(value, Unresolved) or not isinstance(value, int):
        return value
    try:
        return done.last(int(value))
    except NotVectorizable:
        message = f"what the last turn of a loop leaves in '{name}' is not available"
        return Unresolved("G104", message, None)


def _lag(m: Machine, item: Filled | None, index: int, counter: int) -> int:
    """How many turns ago an element was set that is read now; 0 where it was not."""
    if item is None or item.index is None:
        return 0
    written, read = shift_of(m.builder, item.index, counter), shift_of(m.builder, index, counter)
    if written is None or read is None or written - read > _LONGEST_LAG:
        raise NotVectorizable
    return max(0, written - read)


def _first_place(m: Machine, item: Filled, counter: int, values: int) -> int:
    """The place, from 0, that the first turn of a loop sets."""
    shift = None if item.index is None else shift_of(m.builder, item.index, counter)
    record = m.graph.records[values]
    if shift is None or record[0] != "seq_along":
        raise NotVectorizable
    place: int = record[1] + shift
    return place


def _lagged(
    m: Machine,
    loop: Loop,
    counter: int,
    values: int,
    item: Filled,
    placeholder: int,
    lag: int,
    known: list[Carry],
) -> list[Carry]:
    """Carried values for the elements that the last turns set, up to one that is read."""
    first = _first_place(m, item, counter, values)
    if item.value is None or first - lag < 0:
        raise NotVectorizable
    chain: list[Carry] = []
    newest = m.builder.real(item.value)
    for k in range(1, lag + 1):
        name = item.name if k == 1 else f"{item.name}_{k}"
        variable = placeholder
        if k < lag:
            variable = m.graph.intern((LOOP_VARIABLE, (loop.number, name, k, placeholder)), REAL)
        start = m.builder.index(m.context.node(item.before), first - k + 1)
        chain.append(Carry(f"{name}@", variable, start, newest))
        newest = variable
    return chain


def _refilled(m: Machine, item: Filled, counter: int, values: int, done: Vectorized) -> Value:
    """A vector once the loop has set its elements."""
    b = m.builder
    before = m.context.node(item.before)
    first = _first_place(m, item, counter, values)
    if item.value is None:
        raise NotVectorizable
    rows = done.rows(item.value)
    rest = b.size(before).plus(b.size(rows), -1)
    if not rest.is_known or first < 0 or rest.constant < first or first > _LONGEST_LAG:
        raise NotVectorizable
    if not rest.constant:
        return rows
    parts = [b.index(before, place) for place in range(1, first + 1)]
    back = rest.constant - first
    if back:
        last = before
        while m.graph.prim(last) == "concat":
            last = m.graph.args(last)[-1]
        if m.graph.prim(last) != "broadcast" or back > _LONGEST_LAG:
            raise NotVectorizable
        parts += [rows, *[m.graph.args(last)[0]] * back]
        return b.apply("concat", parts)
    return b.apply("concat", [*parts, rows])


def read(graph: Graph, loop: Loop, item: Filled, index: int) -> int:
    """An element of a vector that the loop sets, at an index that runs with the counter."""
    if item.index == index and item.value is not None:
        return item.value
    placeholder = graph.intern((LOOP_VARIABLE, (loop.number, item.name, index)), REAL)
    loop.reads[placeholder] = item.name, index
    return placeholder
