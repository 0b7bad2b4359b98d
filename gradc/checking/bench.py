"""A claimed gradient on the bench: what each node is worth, and what a change to one gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradc.checking import floats
from gradc.checking.comparison import Comparison
from gradc.checking.slopes import Slopes, is_linear, wrong_root
from gradc.checking.unshare import unshare
from gradc.ir import Function, reachable

Array = Any
Expression = Any
"""What takes a node's place: a node, a :class:`Known`, a number, or ``(prim, attrs, *args)``."""

MOST_NODES = 1000
"""A larger graph is not searched: each node would cost its way to the outputs many times."""
# Beyond the bound of a right program: what doubles lose where a formula is written otherwise.
_SLACK = 1e-11
_LEAVES = frozenset({"const", "input"})
_SUM = re.compile(r"\bsum\s*\(")


@dataclass(frozen=True, slots=True)
class Known:
    """A value of the true gradient's graph, or an input that the claimed one does not read."""

    place: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place in a graph: a node with all its uses, or the one use ``(user, argument)``."""

    node: int
    user: int = -1
    argument: int = -1


def flat(parts: Sequence[Array]) -> Any:
    """Numbers one after the other, matrices by column."""
    return np.concatenate([np.asarray(p, dtype=float).ravel(order="F") for p in parts])


class Bench:
    """The values of a claimed gradient at every sample, and of it with one place changed.

    ``spent`` counts evaluated nodes. ``known`` are values from elsewhere, one list a sample.
    """

    def __init__(self, comparison: Comparison, function: Function) -> None:
        apart = unshare(function, MOST_NODES)
        claimed, self.original, self.spans = apart.function, apart.original, apart.spans
        self.graph = claimed.graph
        self.outputs = list(claimed.outputs.values())
        self.names = claimed.names
        self.samples = comparison.samples
        self.used = reachable(self.graph, self.outputs)
        self.nodes = [i for i in range(len(self.graph)) if self.used[i]]
        names = [item.name for item in claimed.inputs]
        self.inputs = [floats.bound(names, sample.point) for sample in self.samples]
        everything = range(len(self.graph))
        self.values = [floats.evaluate(self.graph, everything, inputs) for inputs in self.inputs]
        self.attributes = [floats.sized(self.graph, inputs) for inputs in self.inputs]
        self.known: list[list[Array]] = [[] for _ in self.samples]
        self.spent = 0
        self.users: dict[int, list[tuple[int, int]]] = {}
        for node in self.nodes:
            for position, arg in enumerate(self.graph.args(node)):
                self.users.setdefault(arg, []).append((node, position))
        self.borrowed = self._borrowed()
        self.counts = self._counts()
        self.negated = _negated(function)
        flat_world = all(np.ndim(v) < 2 for values in self.values for v in values if v is not None)
        self.ways = [floats.way(record[0]) if flat_world else None for record in self.graph.records]
        self._slopes: Slopes | None = None
        self._summed: dict[tuple[int, int], bool] = {}
        self._linear: dict[int, bool] = {}
        self._after: dict[int, list[int]] = {}
        self.wrong = np.any([sample.wrong for sample in self.samples], axis=0)
        order = sorted(range(len(self.samples)), key=lambda s: -int(np.sum(self.samples[s].wrong)))
        self.order = order

    def is_own(self, node: int) -> bool:
        """Whether the place of a node is its own text, and not that of a larger step."""
        mine = self.spans[node]
        users = [user for user, _ in self.users.get(node, []) if user not in self.borrowed]
        return mine is None or all(self.spans[user] != mine for user in users)

    def _borrowed(self) -> set[int]:
        """Nodes that are written nowhere by themselves: a change of one cannot be written there.

        Such are a sign or a sum that was drawn into a vector, which stands at its argument here,
        and the single elements of an operation on a whole vector.
        """
        graph, spans, found = self.graph, self.spans, set()
        for node in self.nodes:
            args = graph.args(node)
            is_drawn_in = graph.prim(node) in ("neg", "sum") and spans[node] == spans[args[0]]
            if is_drawn_in and spans[node] is not None and graph.prim(args[0]) not in _LEAVES:
                found.add(node)
        for output in self.outputs:
            if graph.prim(output) == "stack" and len(graph.args(output)) > 1:
                pending = [arg for arg in graph.args(output) if arg not in self.names]
                while pending:
                    node = pending.pop()
                    if spans[node] is not None and spans[node] == spans[output]:
                        found.add(node)
                        pending += graph.args(node)
        return found

    def doubled(self, node: int) -> bool:
        """Whether the text negates this very node in vain, as in ``-(-x)``."""
        return self.original[node] in self.negated

    def _counts(self) -> list[tuple[Expression, str]]:
        """Numbers of observations, as the length of one vector for each length."""
        found: dict[int, tuple[Expression, str]] = {}
        graph = self.graph
        for node, record in enumerate(graph.records):
            array = self.inputs[0].get(record[1]) if record[0] == "input" else None
            if array is not None and np.ndim(array) == 1:
                said = f"the length of `{record[1]}`"
                found.setdefault(len(array), (("length", None, node), said))
            elif array is not None and np.ndim(array) == 2:
                said = f"the number of rows of `{record[1]}`"
                found.setdefault(len(array), (("nrow", None, node), said))
        return list(found.values())

    def agrees(self) -> bool:
        """Whether the claimed graph gives what the user's code gave."""
        for values, sample in zip(self.values, self.samples, strict=True):
            parts = [values[node] for node in self.outputs]
            if any(part is None for part in parts):
                return False
            numbers = flat(parts)
            if numbers.shape != sample.got.shape or not np.allclose(
                numbers, sample.got, rtol=1e-6, atol=1e-9, equal_nan=True
            ):
                return False
        return True

    def is_right(self) -> bool:
        """Whether the claimed graph is right as it is, so that no change of it can tell."""
        for values, sample in zip(self.values, self.samples, strict=True):
            numbers = flat([values[node] for node in self.outputs])
            room = 2 * sample.allowed + _SLACK * np.abs(sample.expected)
            if not np.all(np.abs(numbers - sample.expected) <= room):
                return False
        return True

    def after(self, node: int) -> list[int]:
        """The nodes that depend on this one, in order."""
        found = self._after.get(node)
        if found is None:
            marks = {node}
            found = []
            self.spent += len(self.nodes) // 8
            for other in self.nodes:
                if other > node and any(arg in marks for arg in self.graph.args(other)):
                    marks.add(other)
                    found.append(other)
            self._after[node] = found
        return found

    def slopes(self) -> Slopes:
        """Cotangents of the first wrong element at the worst sample."""
        if self._slopes is None:
            sample = self.order[0]
            values, wanted = self.values[sample], self.samples[sample]
            parts = [values[node] for node in self.outputs]
            sizes = [np.asarray(part).size for part in parts]
            off = np.flatnonzero(wanted.wrong & np.isfinite(wanted.got))
            element = int(off[0]) if len(off) else 0
            graph = self.graph.copy()
            root = wrong_root(graph, self.outputs, element, sizes)
            missing = wanted.expected[element] - flat(parts)[element]
            self._slopes = Slopes(graph, -1 if root is None else root, self.inputs[sample], missing)
        return self._slopes

    def is_linear(self, start: int) -> bool:
        """Whether all that follows a node is linear in it."""
        linear = self._linear.get(start)
        if linear is None:
            linear = self._linear[start] = is_linear(self.graph, start, self.after(start))
        return linear

    def vain(self, site: Site, expression: Expression) -> bool:
        """Whether an edit is seen to mend nothing by its first-order effect, where that is exact.

        Raises: NoValue as :meth:`changed`.
        """
        start = site.node if site.user < 0 else site.user
        if not self.is_linear(start):
            return False
        sample = self.order[0]
        old = self.values[sample][start]
        new = self.start(site, expression, sample)[1]
        self.spent += 3
        return self.slopes().rejects(start, old, new)

    def shape(self, expression: Expression) -> tuple[int, ...]:
        """The shape that an expression has at the first sample; that of a number where none."""
        try:
            return np.shape(self.evaluated(expression, 0))
        except floats.NoValue:
            return ()

    def evaluated(self, expression: Expression, sample: int) -> Array:
        """The value of an expression; NoValue where it has none."""
        if isinstance(expression, tuple):
            prim, attrs, *args = expression
            self.spent += 1
            return floats.value(prim, attrs, [self.evaluated(arg, sample) for arg in args])
        if isinstance(expression, Known):
            return self.known[sample][expression.place]
        if isinstance(expression, float):
            return np.float64(expression)
        found = self.values[sample][expression]
        if found is None:
            raise floats.NoValue(str(expression))
        return found

    def changed(self, site: Site, expression: Expression, sample: int) -> dict[int, Array]:
        """The nodes that have another value with the expression at the site."""
        start, new = self.start(site, expression, sample)
        changed = {start: new}
        values, attributes = self.values[sample], self.attributes[sample]
        after, ways, records = self.after(start), self.ways, self.graph.records
        self.spent += len(after)
        try:
            for node in after:
                record = records[node]
                numbers = [changed[arg] if arg in changed else values[arg] for arg in record[2:]]
                if record[0] == "stack":
                    numbers = self._as_elements(start, record[2:], numbers)
                way = ways[node]
                if way is None:
                    attrs = attributes.get(node, record[1])
                    changed[node] = floats.value(record[0], attrs, numbers)
                else:
                    changed[node] = way(*numbers)
        except floats.MISFITS as error:
            raise floats.NoValue(str(error)) from error
        return changed

    def start(self, site: Site, expression: Expression, sample: int) -> tuple[int, Array]:
        """The first node that has another value with the expression at the site, and its value."""
        new = self.evaluated(expression, sample)
        if site.user >= 0:
            args = [self.values[sample][arg] for arg in self.graph.args(site.user)]
            args[site.argument] = new
            prim = self.graph.prim(site.user)
            attrs = self.attributes[sample].get(site.user, self.graph.attrs(site.user))
            return site.user, floats.value(prim, attrs, args)
        return site.node, new

    def _as_elements(self, start: int, nodes: Sequence[int], numbers: list[Array]) -> list[Array]:
        """Numbers for single elements: a sum that was written around one number is no node."""
        types = self.graph.types
        return [
            np.sum(number)
            if np.ndim(number) > 0 and not types[node].shape and self._is_summed(start, node)
            else number
            for node, number in zip(nodes, numbers, strict=True)
        ]

    def _is_summed(self, start: int, end: int) -> bool:
        """Whether the text of a step from one node to another one has a sum."""
        known = self._summed.get((start, end))
        if known is None:
            steps = [n for n in (*self.after(start), start) if n <= end]
            texts = [span.text for n in steps if (span := self.spans[n]) is not None]
            known = self._summed[start, end] = any(_SUM.search(text) for text in texts)
        return known

    def outcome(self, site: Site, expression: Expression, sample: int) -> Any:
        """All outputs with the expression at the site, one after the other."""
        changed = self.changed(site, expression, sample)
        values = self.values[sample]
        parts = [changed[n] if n in changed else values[n] for n in self.outputs]
        start = site.node if site.user < 0 else site.user
        return flat(self._as_elements(start, self.outputs, parts))

    def repaired(self, site: Site, expression: Expression) -> bool | None:
        """Whether every sample comes right; None where only the wrong elements do."""
        clean = True
        with np.errstate(all="ignore"):
            try:
                if self.vain(site, expression):
                    return False
            except floats.NoValue:
                return False
            for number in self.order:
                sample = self.samples[number]
                try:
                    numbers = self.outcome(site, expression, number)
                except floats.NoValue:
                    return False
                if numbers.shape != sample.expected.shape:
                    return False
                room = 2 * sample.allowed + _SLACK * np.abs(sample.expected)
                right = np.abs(numbers - sample.expected) <= room
                if not np.all(right[self.wrong]):
                    return False
                clean = clean and bool(np.all(right))
        return True if clean else None


def _negated(function: Function) -> set[int]:
    """Nodes in use whose negative was written and has vanished."""
    graph = function.graph
    used = reachable(graph, function.outputs.values())
    found = set()
    for node, record in enumerate(graph.records):
        if used[node]:
            continue
        if record[0] == "neg" and used[record[2]]:
            found.add(record[2])
        elif record[0] == "const" and graph.types[node].dtype != "bool" and node > 2:
            other = graph.find(("const", ((-record[1][1]).hex(), -record[1][1])))
            if other is not None and used[other] and record[1][1] < 0:
                found.add(other)
    return found
