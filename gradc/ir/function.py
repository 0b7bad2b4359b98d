"""A function: named inputs, named outputs, and the graph between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from gradc.ir.graph import Graph
from gradc.ir.types import Size, Type

Kind = Literal["param", "data", "random"]
Nature = Literal["real", "positive", "count", "index"]

REPORTS = ("report", "adreport")
"""Roles of outputs that the user names."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input: what it is, and what is known of its values.

    ``default`` is its value at the model's own evaluation point, of a matrix column by column;
    ``nature`` says what data are, so that sampled points make sense. An input that was
    ``declared`` has the shape that its type says, and is never recycled. ``base`` is the number
    of the first place where index data count from it. Data that say how many there are of others
    have that size as ``counts``.
    """

    name: str
    node: int
    kind: Kind
    type: Type
    default: float | tuple[float, ...] | None = None
    lower: float | None = None
    upper: float | None = None
    nature: Nature = "real"
    declared: bool = False
    base: int = 1
    counts: Size | None = None


@dataclass(frozen=True, slots=True)
class LeastSquares:
    """Mean and response of an objective ``sum((response - mean)^2)``, kept apart."""

    mean: int
    response: int


@dataclass(frozen=True, slots=True)
class Function:
    """Inputs and outputs over a graph; outputs are named by role.

    ``value`` is the model's value; ``gradient:a`` the derivative with respect to ``a``;
    ``hessian:a:b`` a block of second derivatives; ``report:p`` and ``adreport:p`` are results
    that the user asked for by name, the latter with standard errors where a target has them.
    ``names`` are the user's names of intermediate nodes, first use first. The value is a
    scalar objective where its type has rank 0, and per observation otherwise.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: dict[str, int]
    graph: Graph
    wrt: tuple[str, ...] = ()
    least_squares: LeastSquares | None = None
    names: dict[int, str] = field(default_factory=dict)

    def input(self, name: str) -> Input:
        """The input of this name; KeyError where there is none."""
        for item in self.inputs:
            if item.name == name:
                return item
        raise KeyError(name)

    @property
    def value(self) -> int:
        """The node of the model's value."""
        return self.outputs["value"]

    @property
    def params(self) -> tuple[Input, ...]:
        """The inputs to differentiate by, in the order of ``wrt``."""
        by_name = {item.name: item for item in self.inputs}
        return tuple(by_name[name] for name in self.wrt)

    @property
    def data(self) -> tuple[Input, ...]:
        """The other inputs, in their own order."""
        params = set(self.wrt)
        return tuple(item for item in self.inputs if item.name not in params)

    @property
    def reports(self) -> dict[str, int]:
        """The user's reported results by name, in the order in which they were asked for."""
        found: dict[str, int] = {}
        for output, node in self.outputs.items():
            role, _, name = output.partition(":")
            if role in REPORTS:
                found.setdefault(name, node)
        return found

    def without_reports(self) -> Function:
        """The same function, its value and derivatives alone."""
        kept = {n: node for n, node in self.outputs.items() if n.partition(":")[0] not in REPORTS}
        return self if len(kept) == len(self.outputs) else self.with_outputs(kept)

    @property
    def per_observation(self) -> bool:
        """Whether the value is a vector, one element a row."""
        return self.graph.types[self.value].rank > 0

    def with_outputs(self, outputs: dict[str, int]) -> Function:
        """The same function with other outputs."""
        return replace(self, outputs=outputs)

    def copy(self) -> Function:
        """The same function over a graph of its own, to which more may be added."""
        return replace(self, graph=self.graph.copy())


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """The body of a loop with carried values, an attribute of a ``scan`` node.

    ``body`` takes the carried values, then one element of each sequence, then what stays the
    same; all are scalars. Its outputs ``next:1`` … are the carried values of the next turn,
    ``out:1`` … what each turn leaves: first the carried values at its start, then anything
    else. ``backwards`` goes from the last element to the first one. Two regions are equal where
    they are one object.
    """

    body: Function
    carries: int
    seqs: int
    backwards: bool = False

    @property
    def outs(self) -> int:
        """How many sequences the turns leave."""
        return len(self.body.outputs) - self.carries
