"""A claimed gradient with one node for each place in its text.

A graph has equal expressions once. Where one of two was meant to be another, a change must reach
that one alone, so what the text writes twice is two nodes here; what it gives a name is one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from gradc.checking.written import places_of
from gradc.errors import Span
from gradc.ir import Function, Graph, reachable

_LEAVES = frozenset({"const", "input"})
_WORDS = re.compile(r"[\w.]+|[^\w\s.]")


@dataclass(frozen=True, slots=True)
class Unshared:
    """The function, for each node the one it was made of, and its place in the text."""

    function: Function
    original: list[int]
    spans: list[Span | None]


def unshare(function: Function, most: int) -> Unshared:
    """The function with its nodes apart, unless that takes more than ``most`` nodes."""
    graph = function.graph
    names = set(function.names)
    apart = _Copy(graph, names, most)
    outputs = {name: apart.copied(node) for name, node in function.outputs.items()}
    if len(apart.original) > most:
        apart = _Copy(graph, set(range(len(graph))), most)
        outputs = {name: apart.copied(node) for name, node in function.outputs.items()}
    used = reachable(graph, function.outputs.values())
    spare = [node for node in function.names if not used[node]]
    spare += [item.node for item in function.inputs if not used[item.node]]
    for node in spare:
        if len(apart.original) <= most:
            apart.copied(node)
    titles = {new: function.names[old] for old, new in apart.shared.items() if old in names}
    inputs = tuple(
        replace(item, node=apart.shared[item.node])
        for item in function.inputs
        if item.node in apart.shared
    )
    new = replace(
        function,
        graph=apart.graph,
        outputs=outputs,
        names=titles,
        inputs=inputs,
        least_squares=None,
    )
    return Unshared(new, apart.original, _spans(graph, new, apart.original))


class _Copy:
    """A graph that grows by copies of another one's nodes."""

    def __init__(self, graph: Graph, shared: set[int], most: int) -> None:
        self.source = graph
        self.graph = Graph()
        self.graph.bindings = graph.bindings.copy()
        self.names = shared
        self.most = most
        self.shared: dict[int, int] = {}
        self.original: list[int] = []

    def copied(self, root: int) -> int:
        """A copy of a node with all below it; no recursion, so depth costs nothing."""
        records = self.source.records
        done: list[int] = []
        todo: list[tuple[int, bool]] = [(root, False)]
        while todo:
            node, ready = todo.pop()
            known = self.shared.get(node)
            if known is not None:
                done.append(known)
                continue
            record = records[node]
            count = len(record) - 2
            if not ready:
                todo.append((node, True))
                todo += [(arg, False) for arg in reversed(record[2:])]
                continue
            args = done[len(done) - count :] if count else []
            if count:
                del done[len(done) - count :]
            new = self.graph.append((*record[:2], *args), self.source.types[node])
            self.original.append(node)
            if record[0] in _LEAVES or node in self.names or len(self.original) > self.most:
                self.shared[node] = new
            done.append(new)
        return done[0]


def _spans(graph: Graph, function: Function, original: list[int]) -> list[Span | None]:
    """The place of each copy: inside that of what uses it, where it has no name of its own."""
    copies = function.graph
    places = places_of(graph)
    spans = [places[node] for node in original]
    several = {node for node, count in Counter(original).items() if count > 1}
    ambiguous = [node in several for node in original]
    settled = [False] * len(spans)
    for output in function.outputs.values():
        if copies.prim(output) in ("stack", "concat"):
            _in_a_row(graph, copies.args(output), original, function, spans, settled)
    for user in range(len(spans) - 1, -1, -1):
        region = spans[user]
        if region is not None:
            _below(copies, user, region, function.names, spans, settled, ambiguous)
    return spans


def _below(
    copies: Graph,
    user: int,
    region: Span,
    names: dict[int, str],
    spans: list[Span | None],
    settled: list[bool],
    ambiguous: list[bool],
) -> None:
    """Places of the arguments of one user, in its own place and in the order of the text.

    What a variable holds was written where the variable got its value.
    """
    end = region.start
    for arg in copies.args(user):
        span = spans[arg]
        if settled[arg] or arg in names:
            continue
        settled[arg] = True
        if span is None or not within(span, region) or span.start < end:
            again = _written(span, region, end) or _written(span, region, region.start)
            # Only one of several copies stands where the node was first written.
            elsewhere = copies.prim(arg) in _LEAVES or ambiguous[arg]
            kept = span is not None and (within(span, region) or not elsewhere)
            spans[arg] = again or (span if kept else region)
            span = again
        if span is not None and span != region:
            end = max(end, span.end)
    _rest(copies, user, region, names, spans)


_BESIDE = re.compile(r"\s*(?:\*\*|%[^%]*%|[-+*/^@])\s*")


def _rest(
    copies: Graph, user: int, region: Span, names: dict[int, str], spans: list[Span | None]
) -> None:
    """Of two arguments, the one that was not found is what the other one leaves."""
    args = copies.args(user)
    if len(args) != 2 or args[0] == args[1]:
        return
    for arg, other in (args, args[::-1]):
        beside = _input_at_edge(copies, other, region) or spans[other]
        if spans[arg] != region or arg in names or copies.prim(arg) in _LEAVES:
            continue
        if beside is None or beside == region or not within(beside, region):
            continue
        text = region.source.text
        if beside.end == region.end and arg == args[0]:
            last = list(_BESIDE.finditer(text, region.start, beside.start))
            if last and last[-1].end() == beside.start:
                spans[arg] = Span(region.start, last[-1].start(), region.source)
        elif beside.start == region.start and arg == args[1]:
            first = _BESIDE.match(text, beside.end, region.end)
            if first is not None:
                spans[arg] = Span(first.end(), region.end, region.source)


def _input_at_edge(copies: Graph, node: int, region: Span) -> Span | None:
    """An input that begins or ends a place."""
    if copies.prim(node) != "input":
        return None
    name = re.escape(str(copies.attrs(node)))
    found = re.search(rf"^{name}(?![\w.(])|(?<![\w.]){name}$", region.text)
    if found is None:
        return None
    return Span(region.start + found.start(), region.start + found.end(), region.source)


def _in_a_row(
    graph: Graph,
    parts: tuple[int, ...],
    original: list[int],
    function: Function,
    spans: list[Span | None],
    settled: list[bool],
) -> None:
    """Places of the elements of a vector, each behind the one before."""
    end = 0
    for part in parts:
        span = spans[part]
        if span is None or part in function.names or settled[part]:
            continue
        if span.start < end:
            whole = Span(end, len(span.source.text), span.source)
            span = _written(span, whole, end) or span
        spans[part], settled[part] = span, True
        end = max(end, span.end)


def _written(span: Span | None, region: Span, start: int) -> Span | None:
    """Where the text of a place stands once more inside a region."""
    if span is None or span.source is not region.source:
        return None
    pattern = r"\s*".join(re.escape(word) for word in _WORDS.findall(span.text))
    found = re.compile(pattern).search(region.source.text, start, region.end) if pattern else None
    return None if found is None else Span(found.start(), found.end(), span.source)


def within(inner: Span, outer: Span) -> bool:
    """Whether a place lies inside another one."""
    return inner.source is outer.source and outer.start <= inner.start and inner.end <= outer.end
