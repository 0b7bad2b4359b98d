"""What the turns of a loop over data leave, once one of them was evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradc.frontend.fixed_places import FixedPlace, fixed_places, read_outside, refilled
from gradc.frontend.loop_sizes import shift_of
from gradc.frontend.scattered import added, scattered
from gradc.frontend.turn import LOOP_VARIABLE, Carry, NotVectorizable, Turn
from gradc.frontend.values import Elements, Filled, Stretch, Unresolved, Value
from gradc.frontend.vectorize import Vectorized
from gradc.ir import REAL, known
from gradc.prims import unify

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine
    from gradc.frontend.scope import Scope

_LONGEST_LAG = 16


@dataclass(slots=True)
class Loop:
    """One loop while its turn is evaluated: its counter, and all values that the counter has.

    ``reads`` are placeholders by name and index. ``part`` is the stretch that it goes through.
    """

    number: int
    counter: int
    values: int
    part: Stretch | None = None
    reads: dict[int, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ends:
    """What variables begin a turn with and were before the loop, and what a turn leaves."""

    loop: Loop
    before: dict[str, tuple[Value, Value]]
    after: dict[str, Value]

    @property
    def counter(self) -> int:
        return self.loop.counter

    @property
    def values(self) -> int:
        return self.loop.values

    @property
    def filling(self) -> dict[str, Filled]:
        """Vectors of which the turn sets an element."""
        found = self.after.items()
        return {n: v for n, v in found if isinstance(v, Filled) and v.index is not None}

    @property
    def own(self) -> dict[str, int]:
        """Numbers of the turn itself, which no other turn sees."""
        return {
            n: int(v)
            for n, v in self.after.items()
            if isinstance(v, int) and (n not in self.before or self._is_new(n))
        }

    def _is_new(self, name: str) -> bool:
        """Whether a turn may not read what a variable was before the loop."""
        return isinstance(self.before[name][0], Unresolved)


def finish(m: Machine, ends: Ends, scope: Scope) -> None:
    """Give all variables what the last turn leaves."""
    after, filling = ends.after, ends.filling
    if any(name in m.symbols.inputs and name not in ends.before for name in after):
        raise NotVectorizable  # read before it was given a value
    places, sums = fixed_places(m, ends), scattered(m, ends)
    carries = [*_carries(m, ends), *(p.carry for p in places.values()), *sums.values()]
    reads, outside = _reads(m, ends, places, carries)
    running = {n: v for n, v in filling.items() if n not in places and n not in sums}
    if ends.loop.part is not None and (running or sums):
        raise NotVectorizable
    set_values = {v.value: n for n, v in running.items() if v.value is not None}
    names = {int(v): n for n, v in after.items() if isinstance(v, int)} | set_values
    indices = [index for name in sums if (index := filling[name].index) is not None]
    results = [*ends.own.values(), *set_values, *indices]
    turn = Turn(
        ends.counter, ends.counter, ends.values, carries, reads, results, names, outside,
        ends.loop.part,
    )  # fmt: skip
    done = Vectorized(m.graph, m.builder, turn)
    for node, name in names.items():
        if node in done.vectors:
            m.names.setdefault(done.vectors[node], name)
    _bind(m, ends, done, carries, scope)
    for name, item in running.items():
        m.bind(scope.environment, name, _refilled(m, ends, item, done))
    for name, carry in sums.items():
        m.bind(scope.environment, name, added(m, done, filling[name], carry))
    for name, place in places.items():
        m.bind(scope.environment, name, refilled(m, place, done.final(place.carry)))


def _reads(
    m: Machine, ends: Ends, places: Mapping[str, FixedPlace], carries: list[Carry]
) -> tuple[dict[int, tuple[int, int]], dict[int, int]]:
    """Which vector and index a placeholder reads, or which node it is in all turns.

    What was set in a turn before becomes one more of the ``carries``.
    """
    carried = {carry.variable for carry in carries}
    filling = ends.filling
    reads: dict[int, tuple[int, int]] = {}
    outside: dict[int, int] = {}
    for placeholder, (name, index) in ends.loop.reads.items():
        if placeholder in carried:
            continue
        if name in places or isinstance(ends.before[name][1], Filled):
            own = places.get(name)
            if own is None and name in filling:
                raise NotVectorizable
            outside[placeholder] = read_outside(m, ends, name, index, own)
            continue
        lag = _lag(m, filling.get(name), index, ends.counter)
        if lag:
            carries += _lagged(m, ends, filling[name], placeholder, lag)
        else:
            reads[placeholder] = m.context.node(ends.before[name][1]), index
    return reads, outside


def _bind(m: Machine, ends: Ends, done: Vectorized, carries: list[Carry], scope: Scope) -> None:
    own, environment = ends.own, scope.environment
    for name, value in ends.after.items():
        if name in own or isinstance(value, Unresolved):
            m.bind(environment, name, _last(done, name, value))
    finals = {carry.variable: carry for carry in carries}
    for name, (new, _) in ends.before.items():
        if isinstance(new, int) and new in finals:
            m.bind(environment, name, done.final(finals[int(new)]))
        elif isinstance(new, Elements) and new.items and new.at(0) in finals:
            items = [done.final(finals[item]) for item in new.items]  # type: ignore[index]
            after = ends.after[name]
            dim = after.dim if isinstance(after, Elements) else new.dim
            m.bind(environment, name, Elements(items, new.names, dim))


def _carries(m: Machine, ends: Ends) -> list[Carry]:
    """The variables that a turn takes over from the turn before, number by number."""
    carries: list[Carry] = []
    for name, (new, old) in ends.before.items():
        if name not in ends.after:
            continue
        value = ends.after[name]
        if isinstance(new, Elements):
            carries += _carried_elements(m, name, new, old, value)
        elif isinstance(new, int):
            if not isinstance(value, int) or not isinstance(old, int):
                raise NotVectorizable
            carries.append(Carry(name, new, int(old), m.builder.real(int(value))))
    return carries


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


def _first_place(m: Machine, ends: Ends, item: Filled) -> int:
    """The place, from 0, that the first turn of a loop sets."""
    shift = None if item.index is None else shift_of(m.builder, item.index, ends.counter)
    record = m.graph.records[ends.values]
    if shift is None or record[0] != "seq_along":
        raise NotVectorizable
    place: int = record[1] + shift
    return place


def _lagged(m: Machine, ends: Ends, item: Filled, placeholder: int, lag: int) -> list[Carry]:
    """Carried values for the elements that the last turns set, up to one that is read."""
    first = _first_place(m, ends, item)
    if item.value is None or first - lag < 0:
        raise NotVectorizable
    chain: list[Carry] = []
    newest = m.builder.real(item.value)
    for k in range(1, lag + 1):
        name = item.name if k == 1 else f"{item.name}_{k}"
        variable = placeholder
        if k < lag:
            variable = m.graph.intern(
                (LOOP_VARIABLE, (ends.loop.number, name, k, placeholder)), REAL
            )
        start = m.builder.index(m.context.node(item.before), first - k + 1)
        chain.append(Carry(f"{name}@", variable, start, newest))
        newest = variable
    return chain


def _refilled(m: Machine, ends: Ends, item: Filled, done: Vectorized) -> Value:
    """A vector once the loop has set its elements."""
    b = m.builder
    before = m.context.node(item.before)
    first = _first_place(m, ends, item)
    if item.value is None:
        raise NotVectorizable
    rows = done.rows(item.value)
    rest = b.size(before).plus(b.size(rows), -1)
    if not rest.is_known and first >= 0:  # the loop goes over all of it, see fit_sizes
        unify(m.graph, b.size(before), b.size(rows).plus(known(first)))
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
