"""Assignments under conditions that only the inputs can tell.

Both branches of such an ``if`` are evaluated, one after the other, from the same state.
What a branch assigned is taken back and kept as its changes; the changes of both are then
merged into one choice a variable. A ``return`` under such a condition is kept in its
:class:`~gradc.frontend.scope.Activation` until the call ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

from gradc.errors import Span
from gradc.frontend.context import Context
from gradc.frontend.scope import Activation, Environment
from gradc.frontend.values import (
    NA,
    Closure,
    Elements,
    Filled,
    Items,
    Promise,
    Unresolved,
    Value,
    describe,
)
from gradc.prims import ShapeError
from gradc.syntax.rope import Text

Changes = dict[tuple[Environment, str], Value]
Early = tuple[tuple[tuple[int, ...], Value], ...]


class Branches:
    """All writing of variables goes through here."""

    __slots__ = (
        "_forced",
        "_outside",
        "_since",
        "_trail",
        "activations",
        "clock",
        "context",
        "kept_at",
        "pending",
        "raised",
    )

    def __init__(self, context: Context, outside: Callable[[str], Value | None]) -> None:
        self.context = context
        self._outside = outside
        self.activations: list[Activation] = []
        self.pending = 0
        self.raised: list[tuple[int, Span]] = []
        self.clock = 1
        self.kept_at = 0  # when a variable that a function keeps was last assigned
        self._since: list[int] = []
        self._trail: list[tuple[Environment, str, Value | None]] = []
        self._forced: list[tuple[Promise, Early]] = []

    def mark(self) -> tuple[int, int, int, int, int]:
        """The state of all branches, for :meth:`restore`."""
        return (
            len(self._since),
            len(self._trail),
            len(self._forced),
            self.pending,
            len(self.activations),
        )

    def restore(self, mark: tuple[int, int, int, int, int]) -> None:
        """Take everything back that was assigned since a mark, whatever was being done."""
        for environment, name, before in reversed(self._trail[mark[1] :]):
            if before is None:
                environment.variables.pop(name, None)
            else:
                environment.variables[name] = before
            environment.stamp = self.clock = self.clock + 1
        for promise, early in reversed(self._forced[mark[2] :]):
            promise.value, promise.early = None, early
        del self._since[mark[0] :], self._trail[mark[1] :], self._forced[mark[2] :]
        del self.activations[mark[4] :]
        self.pending = mark[3]

    def write(self, environment: Environment, name: str, value: Value) -> None:
        """Give a variable its value."""
        if self.pending:
            value = self._guarded(environment, name, value)
        if self._since and environment.born < self._since[-1]:
            self._trail.append((environment, name, environment.variables.get(name)))
        self.clock += 1
        environment.stamp = self.clock
        if environment.escaped:
            self.kept_at = self.clock
        environment.variables[name] = value

    def forced(self, promise: Promise, value: Value) -> Value:
        """The value of an argument just looked at, earlier looks under conditions included."""
        for path, early in reversed(promise.early):
            value = self.choose(self._all(path), early, value, None, None)
        return self.looked(promise, value)

    def looked(self, promise: Promise, value: Value) -> Value:
        """Keep the value of an argument."""
        if self._since:
            self._forced.append((promise, promise.early))
        else:
            promise.early = ()
        promise.value = value
        promise.clock = self.clock
        return value

    def recall(self, promise: Promise) -> Value | None:
        """What an argument was when looked at under conditions, if nothing it reads changed."""
        if not promise.early:
            return None
        environment: Environment | None = promise.scope.environment
        while environment is not None:
            if environment.stamp > promise.clock:
                return None
            environment = environment.parent
        return promise.early[0][1]

    @property
    def is_open(self) -> bool:
        """Whether a branch is being looked at that may not be taken."""
        return bool(self._since) or self.pending > 0

    def begin(self) -> tuple[int, int]:
        """Start a branch; hand the result to :meth:`end`."""
        self.clock += 1
        self._since.append(self.clock)
        return len(self._trail), len(self._forced)

    def end(self, start: tuple[int, int], test: int) -> Changes:
        """End a branch: take its assignments back and say what they were."""
        self._since.pop()
        changes: Changes = {}
        for environment, name, _ in self._trail[start[0] :]:
            changes[environment, name] = environment.variables[name]
        for environment, name, before in reversed(self._trail[start[0] :]):
            if before is None:
                del environment.variables[name]
            else:
                environment.variables[name] = before
        del self._trail[start[0] :]
        if changes:
            self.clock += 1
            for environment, _ in changes:
                environment.stamp = self.clock
        self._reopen(start[1], test)
        return changes

    def _reopen(self, start: int, test: int) -> None:
        """Arguments looked at in a branch are open again: the other one may not do so."""
        first: dict[int, tuple[Promise, Early]] = {}
        for promise, before in self._forced[start:]:
            first.setdefault(id(promise), (promise, before))
        for promise, before in first.values():
            if promise.value is not None:
                early: Early = (((test,), promise.value),)
            else:
                added = promise.early[: len(promise.early) - len(before)]
                early = tuple(((test, *path), value) for path, value in added)
            promise.early = (*early, *before)
            promise.value = None
        self._forced[start:] = first.values() if self._since else ()

    def merge(self, test: int, yes: Changes, no: Changes, place: Span) -> None:
        """Assign what one of two branches assigned, whichever the condition chooses."""
        for environment, name in {**yes, **no}:
            key = environment, name
            before = environment.find(name)
            if before is None and not (key in yes and key in no):
                before = self._outside(name)
            value = self.choose(test, yes.get(key, before), no.get(key, before), place, name)
            self.write(environment, name, value)

    def unsettled(self, yes: Changes, no: Changes) -> list[tuple[Environment, str]]:
        """Arguments not looked at yet that one of two branches, but not the other, replaced."""
        one_sided = [key for key in {**yes, **no} if not (key in yes and key in no)]
        found = [(key, key[0].find(key[1])) for key in one_sided]
        return [key for key, v in found if isinstance(v, Promise) and v.value is None]

    def keep(self, changes: Changes) -> None:
        """Assign what a branch assigned."""
        for (environment, name), value in changes.items():
            self.write(environment, name, value)

    def choose(
        self,
        test: int,
        yes: Value | None,
        no: Value | None,
        place: Span | None,
        name: str | None = None,
    ) -> Value:
        """``yes`` or ``no`` by a condition; where there is no such value, why."""
        if yes is None or no is None:
            return Unresolved(
                "G104",
                f"'{name}' has a value on one side of an 'if' only",
                place,
                "only the inputs tell which side is taken",
            )
        yes, no = self._numbered(_settled(yes), no), self._numbered(_settled(no), yes)
        same = (
            isinstance(yes, (int, Text, Elements)) and yes.__class__ is no.__class__ and yes == no
        )
        if yes is no or same:
            return yes
        for value in (yes, no):
            if isinstance(value, Unresolved):
                return value
        try:
            chosen = self._choose(test, yes, no)
        except ShapeError as error:
            return Unresolved("G201", f"the two sides of this 'if' do not fit: {error}", place)
        if chosen is not None:
            return chosen
        what = "this 'if'" if name is None else f"'{name}'"
        return Unresolved(
            "G104",
            f"{what} is either {describe(yes)} or {describe(no)}",
            place,
            "both sides must be numbers of one shape, as only the inputs tell which is taken",
        )

    def _numbered(self, value: Value, other: Value) -> Value:
        """NA beside a number is a number that is missing: NaN."""
        is_number = isinstance(other, (int, Promise)) and not isinstance(other, bool)
        return self.context.builder.const(float("nan")) if value is NA and is_number else value

    def _choose(self, test: int, yes: Value, no: Value) -> Value | None:
        """The choice between numbers, or between lists of numbers of one length."""
        if isinstance(yes, Filled) and isinstance(no, Filled):
            return self._choose_filled(test, yes, no)
        if not (isinstance(yes, Items) and isinstance(no, Items)):
            return self._choose_numbers(test, yes, no)
        if len(yes.values) != len(no.values) or yes.names != no.names:
            return None
        chosen: list[Value] = []
        for a, b in zip(yes.values, no.values, strict=True):
            value = a if a is b else self._choose_numbers(test, a, b)
            if value is None:
                return None
            chosen.append(value)
        return Items(tuple(chosen), yes.names)

    def _choose_filled(self, test: int, yes: Filled, no: Filled) -> Value | None:
        """A vector of which one side of a condition, or each, has set the same element."""
        index = no.index if yes.index is None else yes.index
        if yes.name != no.name or index is None or no.index not in (None, index):
            return None
        one, other = (self.context.element_of(item, index) for item in (yes, no))
        return replace(yes, index=index, value=self.context.builder.select(test, one, other))

    def _choose_numbers(self, test: int, yes: Value, no: Value) -> Value | None:
        context = self.context
        for value in (yes, no):
            items = value.items if isinstance(value, Elements) else (value,)
            if not items or not all(isinstance(item, int) for item in items):
                return None
        one, other = context.length_of(yes), context.length_of(no)
        if one is not None and other is not None and one != other:
            return None
        return context.elementwise(lambda a, b: context.builder.select(test, a, b), [yes, no])

    def leave(self, activation: Activation, test: int, value: Value) -> None:
        """Keep the value that a call returns where a condition holds."""
        test = self._all((*activation.path, test))
        if not activation.returned:
            self.pending += 1
        escape(value, None)
        activation.returned.append((test, value))

    def _all(self, path: Sequence[int]) -> int:
        """The node of several conditions, each of them or its opposite ``~condition``."""
        builder = self.context.builder
        nodes = [test if test >= 0 else builder.negate(~test) for test in path]
        return reduce(builder.both, nodes)

    def raises(self, test: int | None, place: Span) -> bool:
        """Note that the script ends with an error here, where ``test`` holds as well.

        False where the conditions under which this place is reached are not known.
        """
        depth = sum(len(activation.path) for activation in self.activations)
        if depth != len(self._since):
            return False
        path = [t for activation in self.activations for t in activation.path]
        path += [~t for activation in self.activations for t, _ in activation.returned]
        path += [] if test is None else [test]
        if path:
            self.raised.append((self._all(path), place))
        return bool(path)

    def gone(self, activation: Activation) -> Value | None:
        """The value of a call that ends with an error unless it returned before; None if not."""
        if not activation.returned:
            return None
        _, value = activation.returned.pop()
        self.pending -= not activation.returned
        return value

    def close(self, activation: Activation, value: Value, place: Span) -> Value:
        """The value of a call that ended, its conditional returns included."""
        if activation.returned:
            self.pending -= 1
        for test, early in reversed(activation.returned):
            value = self.choose(test, early, value, place, None)
        return value

    def _guarded(self, environment: Environment, name: str, value: Value) -> Value:
        """A value assigned after a conditional ``return``: outside the call it may not count."""
        for activation in reversed(self.activations):
            own = activation.environment is environment
            if not own or environment.escaped:
                for test, _ in activation.returned:
                    value = self.choose(test, environment.find(name), value, None, name)
            if own:
                break
        return value


def _settled(value: Value) -> Value:
    """The value of an argument that was looked at."""
    return value.value if isinstance(value, Promise) and value.value is not None else value


def escape(value: Value, environment: Environment | None) -> None:
    """Note that a value is kept in an environment; None stands for what a call returns."""
    for item in value.values if isinstance(value, Items) else (value,):
        if isinstance(item, Closure) and item.scope.environment is not environment:
            item.scope.environment.escape()
