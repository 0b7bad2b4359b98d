"""What one entry of the table says, and how an entry is declared.

An elementwise primitive is declared in gradc's own language: its derivative, its expansion
and the forms it stabilises are rule texts over its parameter names; in a derivative ``out``
is the primitive's own result. Everything else in gradc reads these entries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradc.ir import BOOL, REAL, Dtype, Graph, Size, Type, make_type


@dataclass(frozen=True, slots=True)
class Undefined:
    """A partial derivative that does not exist or has no known form; reaching it is an error."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A spelling that a target cannot have, even by expansion."""

    reason: str


@dataclass(frozen=True, slots=True)
class Stabilizes:
    """A form to replace: ``pattern`` becomes ``becomes``, equal as real functions.

    ``varies`` names variables of the pattern that must not match a constant, ``constant``
    those that must, both separated by blanks.
    """

    pattern: str
    becomes: str
    varies: str = ""
    constant: str = ""


Rule = str | Undefined
Spelling = str | Unsupported
ShapeRule = Callable[[Graph, Sequence[int], Any], Type]
Linear = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Prim:
    """One primitive of the table."""

    name: str
    params: tuple[str, ...]
    doc: str
    source: str
    shape: ShapeRule
    d: Mapping[str, Rule]
    domain: str
    probe: Mapping[str, tuple[float, ...]]
    ball: Callable[..., Any] | None
    spell: Mapping[str, Spelling]
    expand: str | None
    stabilizes: tuple[Stabilizes, ...]
    elementwise: bool
    variadic: bool
    kinks: bool
    jvp: Linear | None = None
    transpose: Linear | None = None
    rounds_as: Mapping[str, str] = field(default_factory=dict)

    @property
    def arity(self) -> tuple[int, int | None]:
        """Least and largest number of arguments."""
        return (1, None) if self.variadic else (len(self.params), len(self.params))

    def varies_with(self, param: str) -> bool:
        """Whether a parameter is one that varies smoothly: neither an order nor a count."""
        return not isinstance(self.d.get(param), Undefined)


class ShapeError(Exception):
    """Types that do not fit; the caller adds the place."""


def broadcast(graph: Graph, first: Type, second: Type, dtype: Dtype) -> Type:
    """The type of an elementwise result: scalars recycle, two vectors have one length.

    A symbolic size that meets another size is bound to it, for the whole graph.
    """
    if not first.shape:
        return make_type(dtype, second.shape)
    if not second.shape:
        return make_type(dtype, first.shape)
    if first.rank != second.rank:
        raise ShapeError(f"a {_shape_words(first)} does not combine with a {_shape_words(second)}")
    return make_type(dtype, tuple(map(lambda a, b: unify(graph, a, b), first.shape, second.shape)))


def unify(graph: Graph, first: Size, second: Size) -> Size:
    """The one size that both are; ShapeError where they cannot be equal."""
    a, b = first.substitute(graph.bindings), second.substitute(graph.bindings)
    if a == b:
        return a
    for one, other in ((a, b), (b, a)):
        if len(one.terms) == 1 and one.terms[0][1] == 1:
            name = one.terms[0][0]
            value = other.plus(Size(one.constant), -1)
            if name not in dict(value.terms) and (value.terms or value.constant >= 0):
                graph.bindings[name] = value
                return other
    raise ShapeError(f"lengths {a} and {b} differ")


def _shape_words(type_: Type) -> str:
    return ("scalar", "vector", "matrix")[type_.rank]


def elementwise(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    """A real result with the arguments' common shape."""
    return _common(graph, args, "real", REAL)


def comparison(graph: Graph, args: Sequence[int], attrs: Any) -> Type:
    """A bool result with the arguments' common shape."""
    return _common(graph, args, "bool", BOOL)


def _common(graph: Graph, args: Sequence[int], dtype: Dtype, result: Type) -> Type:
    types = graph.types
    for arg in args:
        type_ = types[arg]
        if type_.shape:
            result = broadcast(graph, result, type_, dtype)
    return result


def prim(
    name: str,
    params: str,
    *,
    doc: str,
    source: str = "definition",
    shape: ShapeRule = elementwise,
    d: Mapping[str, Rule] | None = None,
    domain: str = "",
    probe: Mapping[str, Sequence[float]] | None = None,
    ball: Callable[..., Any] | None = None,
    spell: Mapping[str, Spelling] | None = None,
    expand: str | None = None,
    stabilizes: Sequence[Stabilizes] = (),
    kinks: bool = False,
    rounds_as: Mapping[str, str] | None = None,
) -> Prim:
    """An elementwise primitive; ``params`` are its parameter names, separated by blanks.

    ``rounds_as`` names, by target, formulas that lose as many digits as the target's own
    function does where no fixed number of ulps holds; for a target with functions that it calls
    only where they are right, of those.
    """
    names = tuple(params.split())
    return Prim(
        name,
        names,
        doc,
        source,
        shape,
        d or {},
        domain,
        {key: tuple(values) for key, values in (probe or {}).items()},
        ball,
        spell or {},
        expand,
        tuple(stabilizes),
        elementwise=True,
        variadic=False,
        kinks=kinks,
        rounds_as=rounds_as or {},
    )


def tensor(
    name: str,
    params: str,
    doc: str,
    shape: Any,
    jvp: Any,
    transpose: Any,
    spell: dict[str, Any],
    *,
    elementwise: bool = False,
    variadic: bool = False,
    kinks: bool = False,
    ball: Any = None,
    d: dict[str, Any] | None = None,
    expand: str | None = None,
) -> Prim:
    """A primitive with its own ``jvp`` and ``transpose``; ``params`` are separated by blanks."""
    return Prim(
        name,
        tuple(params.split()),
        doc,
        "R-lang",
        shape,
        d or {},
        "",
        {},
        ball,
        spell,
        expand,
        (),
        elementwise,
        variadic,
        kinks,
        jvp,
        transpose,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """All primitives by name."""

    prims: Mapping[str, Prim] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Prim:
        return self.prims[name]

    def __contains__(self, name: str) -> bool:
        return name in self.prims

    def __iter__(self) -> Any:
        return iter(self.prims.values())

    def arity(self, name: str) -> tuple[int, int | None]:
        """Least and largest number of arguments; KeyError for an unknown primitive."""
        return self.prims[name].arity
