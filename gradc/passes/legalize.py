"""Expand primitives that a target lacks into those that it has."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cache

from gradc.diff.template import Make, compile_template, read
from gradc.errors import fail
from gradc.ir import Function, Graph, Record, rebuild
from gradc.passes.own import OWN
from gradc.passes.rebuild import STRUCTURAL, with_bodies
from gradc.prims import TABLE, Builder


@cache
def _expansion(name: str) -> Make | None:
    expand = TABLE[name].expand
    return None if expand is None else _formula(name, expand)


@cache
def _formula(name: str, text: str) -> Make:
    slots = {param: index for index, param in enumerate(TABLE[name].params)}
    return compile_template(read(text), slots)


class _Legal(Builder):
    """A builder that knows one target and expands what the target lacks.

    What an expansion produces is a rule's product, so it may be reassociated.
    """

    __slots__ = ("_supports",)

    def __init__(self, graph: Graph, supports: Callable[[str], bool]) -> None:
        super().__init__(graph)
        self._supports = supports

    def apply(self, name: str, args: Sequence[int], attrs: Hashable = None) -> int:
        if attrs != OWN and not self._supports(name):
            make = _expansion(name)
            if make is not None:
                outer, self.derived = self.derived, True
                made = make(self, [self.real(arg) for arg in args])
                self.derived = outer
                return made
        return super().apply(name, args, attrs)


def legalize(function: Function, target: str, supports: Callable[[str], bool]) -> Function:
    """The function in primitives that ``supports`` accepts.

    Raises: GradcError (G303) for a primitive that has neither a spelling nor an expansion.
    """
    function = with_bodies(function, lambda body: legalize(body, target, supports))
    graph = Graph()
    builder = _Legal(graph, supports)
    old = function.graph

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        name = record[0]
        if name in STRUCTURAL:
            return graph.add(name, args, record[1], old.types[node])
        if record[1] != OWN and not supports(name) and TABLE[name].expand is None:
            raise fail("G303", f"target '{target}' has no '{TABLE[name].name}'", old.place(node))
        return builder.apply(name, args, record[1])

    return rebuild(function, graph, make)


def as_rounded(
    function: Function, target: str, supports: Callable[[str], bool], *, marked: bool = False
) -> Function:
    """The function whose rounding stands for the target's: see ``Prim.rounds_as``.

    With ``marked`` only of the primitives that are marked as the target's own.
    """
    old = function.graph
    if not any(_rounds_as(record, target, marked=marked) for record in old.records):
        return function
    graph = Graph()
    builder = _Legal(graph, supports)

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        name = record[0]
        if name in STRUCTURAL:
            return graph.add(name, args, record[1], old.types[node])
        text = _rounds_as(record, target, marked=marked)
        if text is None:
            return builder.apply(name, args, record[1])
        return _formula(name, text)(builder, [builder.real(arg) for arg in args])

    return rebuild(function, graph, make)


def _rounds_as(record: Record, target: str, *, marked: bool) -> str | None:
    if record[0] not in TABLE or (marked and record[1] != OWN):
        return None
    return TABLE[record[0]].rounds_as.get(target)
