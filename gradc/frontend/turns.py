"""A loop over data: one turn is evaluated, with a counter that no one knows.

A variable that has a value before the loop begins a turn as a carried value; a vector whose
elements the loop sets begins it as :class:`Filled`. What becomes of all turns together is
found by :mod:`gradc.frontend.vectorize`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from gradc.errors import GradcError
from gradc.frontend.ranges import last_of
from gradc.frontend.scope import CALL, NAME, Environment
from gradc.frontend.turn import LOOP_VARIABLE, NotVectorizable, Turn
from gradc.frontend.turn_results import Ends, Loop, finish
from gradc.frontend.values import (
    Atom,
    Elements,
    Filled,
    Outcome,
    Promise,
    Refusal,
    Stretch,
    Undecided,
    Unresolved,
    Value,
    Whole,
)
from gradc.frontend.vectorize import Vectorized
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


def over_data(
    m: Machine, name: str, values: int | Stretch, body: int, scope: Scope
) -> GradcError | None:
    """Do all turns of a loop at once; None when done, else why that cannot be."""
    why = _all_turns(m, name, values, body, scope, wholes=False)
    if why is None or isinstance(why, Undecided) or not _fills(m, body, scope):
        return why
    # What a loop inside fills element by element is a whole vector to the one outside.
    return None if _all_turns(m, name, values, body, scope, wholes=True) is None else why


def _fills(m: Machine, body: int, scope: Scope) -> bool:
    """Whether a vector is set element by element, in a loop inside of this one if it is long."""
    for name, in_part in _assigned(scope, body):
        old = scope.environment.find(name) if in_part else None
        if isinstance(old, Elements) and _is_short(m, old):
            return True
        if old.__class__ is int and m.graph.types[old].rank == 1:
            return _has_loop(scope, body)
    return False


def _has_loop(scope: Scope, body: int) -> bool:
    tree, pending = scope.tree, [body]
    while pending:
        node = pending.pop()
        if tree.kinds[node] == CALL:
            if tree.head(node) == "for":
                return True
            pending += tree.children(node)
    return False


def _all_turns(
    m: Machine, name: str, values: int | Stretch, body: int, scope: Scope, wholes: bool
) -> GradcError | None:
    """Try to do all turns at once; with ``wholes`` vectors are carried whole."""
    part = values if isinstance(values, Stretch) else None
    loop = _begun(m, name, values.values if isinstance(values, Stretch) else values, part)
    counter = loop.counter
    before = _before(m, loop, name, body, scope, wholes)
    environment = scope.environment

    def turn() -> None:
        for variable, (value, _) in before.items():
            m.branches.write(environment, variable, value)
        m.branches.write(environment, name, counter)
        m.evaluate(body, scope)

    def complete(changes: Changes) -> None:
        _forget_unread(m, loop, before, changes)
        after = _settled(environment, changes, before, counter)
        if name not in after:
            m.bind(environment, name, _last_value(m, loop, name))
        finish(m, Ends(loop, before, after), scope)

    return _tried(m, loop, turn, complete, body, scope)


def _begun(m: Machine, name: str, values: int, part: Stretch | None = None) -> Loop:
    """A loop with its counter."""
    number = len(m.graph.records)
    counter = m.graph.intern((LOOP_VARIABLE, (number, name)), REAL)
    return Loop(number, counter, values, part)


def _last_value(m: Machine, loop: Loop, name: str) -> Value:
    """What the counter is after the last turn."""
    if loop.part is None or loop.part.high is None:
        return last_of(m.builder, loop.values)
    if loop.part.least > 0:
        return loop.part.high
    return Unresolved("G104", f"whether the loop sets '{name}' depends on the loop around", None)


def over_elements(
    m: Machine, values: int, one: Callable[[int], Steps], node: int, scope: Scope
) -> int | GradcError:
    """A function of each element as one vector, or why that cannot be."""
    loop = _begun(m, "i", values)
    counter = loop.counter
    results: list[int] = []

    def turn() -> None:
        value = m.run(one(counter), node, scope)
        results.append(m.builder.real(m.context.node(value)))

    def complete(changes: Changes) -> None:
        if changes or m.graph.types[results[0]].rank:
            raise NotVectorizable
        done = Vectorized(m.graph, m.builder, Turn(counter, counter, values, [], {}, results))
        results.append(done.rows(results[0]))

    return _tried(m, loop, turn, complete, node, scope) or results[1]


def _tried(
    m: Machine,
    loop: Loop,
    turn: Callable[[], object],
    complete: Callable[[Changes], None],
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
        complete(branches.end(start, m.builder.truth(True)))
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
            "a turn may carry numbers, add to a vector, and set x[i]; no more than that",
        ),
        node,
        scope,
    )


def _is_short(m: Machine, value: Elements) -> bool:
    """Whether a vector of numbers is carried number by number."""
    return 0 < len(value) <= _SHORT and all(
        isinstance(item, int) and not m.context.is_logical(item) for item in value.items
    )


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
    m: Machine, loop: Loop, counter: str, body: int, scope: Scope, wholes: bool
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
        elif isinstance(old, Elements) and (wholes or not in_part) and _is_short(m, old):
            marks = [(LOOP_VARIABLE, (loop.number, name, k)) for k in range(len(old))]
            new = Elements([m.graph.intern(mark, REAL) for mark in marks], old.names, old.dim)
        elif old.__class__ is int and m.graph.types[old].rank == 1 and (wholes or not in_part):
            new = m.graph.intern((LOOP_VARIABLE, (loop.number, name)), m.graph.types[old])
        elif in_part and isinstance(old, (int, Elements, Filled)) and m.context.length_of(old) != 1:
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


def _forget_unread(
    m: Machine, loop: Loop, before: dict[str, tuple[Value, Value]], changes: Changes
) -> None:
    """A variable that a turn gives a value before it reads any is none that the loop carries."""
    used = {arg for record in m.graph.records[loop.number :] for arg in record[2:]}
    used.update(index for _, index in loop.reads.values())
    left = {name: value for (_, name), value in changes.items()}
    for value in left.values():
        if isinstance(value, Filled):
            used.update(node for node in (value.index, value.value) if node is not None)
        elif isinstance(value, (int, Elements)):
            used.update(_parts(value))
    for name, (begun, old) in before.items():
        if name not in left or not isinstance(begun, (int, Elements)):
            continue
        after = left[name]
        if isinstance(begun, Elements) and isinstance(after, Elements) and len(begun) == len(after):
            continue  # number by number it is there after the loop
        if used.isdisjoint(_parts(begun)):
            message = f"'{name}' is another one in each turn of a loop over data"
            before[name] = Unresolved("G104", message, None), old


def _parts(value: int | Elements) -> Sequence[Atom]:
    """The nodes of a value."""
    return value.items if isinstance(value, Elements) else (int(value),)


def _settled(
    environment: Environment,
    changes: Changes,
    before: dict[str, tuple[Value, Value]],
    counter: int,
) -> dict[str, Value]:
    """What a turn leaves in each variable; only those of the loop's own function may change."""
    after: dict[str, Value] = {}
    for (owner, name), value in changes.items():
        if owner is not environment:
            raise NotVectorizable
        if value.__class__ is int and value == counter:
            continue
        begun = before[name][0] if name in before else None
        if isinstance(begun, Elements) and isinstance(value, (int, Elements)):
            after[name] = value
            continue
        if not isinstance(value, (int, Filled)) or isinstance(value, bool):
            is_new = name not in before or isinstance(begun, Unresolved)
            if not is_new or isinstance(value, Outcome):
                raise NotVectorizable
            message = f"'{name}' is another one in each turn of a loop over data"
            value = Unresolved("G104", message, None)
        after[name] = value
    return after


def read(graph: Graph, loop: Loop, item: Filled, index: int) -> int:
    """An element of a vector that the loop sets, at an index that runs with the counter."""
    if item.index == index and item.value is not None:
        return item.value
    placeholder = graph.intern((LOOP_VARIABLE, (loop.number, item.name, index)), REAL)
    loop.reads[placeholder] = item.name, index
    return placeholder
