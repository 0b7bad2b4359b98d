"""The inputs of a model: free symbols, in order of their first use."""

from __future__ import annotations

import dataclasses
import math
import string
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradc.frontend.complaints import LENGTH
from gradc.frontend.context import Context
from gradc.frontend.counts import Tied
from gradc.frontend.sizes import declared_shape, shape_of
from gradc.frontend.values import NULL, Elements, Listing, NeedsKnown, Refusal, Value
from gradc.ir import REAL, Graph, Input, Kind, Type, known, make_type, symbol, vector
from gradc.syntax.rope import computed

if TYPE_CHECKING:
    from gradc.frontend.declarations import Declared

Default = float | tuple[float, ...]

ROWS = "n"
"""The common length of all data that nothing else is said about; it may be 1."""

_CONSTANTS: Mapping[str, float | bool] = {"pi": math.pi, "T": True, "F": False}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_TEXTS: Mapping[str, Sequence[str]] = {
    "letters": string.ascii_lowercase,
    "LETTERS": string.ascii_uppercase,
    "month.name": _MONTHS,
    "month.abb": [month[:3] for month in _MONTHS],
}


class Symbols:
    """What is known of names before the text is read, and the inputs found while reading.

    Names in ``wrt`` are parameters. Without ``wrt`` they are those names that have no value,
    neither in ``at`` nor in the script. Only the shapes of the values in ``at`` are looked at.
    ``fixed`` are names of the script that are numbers and no inputs, ``lengths`` those of data
    that are as long as in the script. With ``scalars``, in a function that gives one number, data
    that are one number in the script are scalars; elsewhere all data may have many rows.
    ``tied`` are axes whose size a declared count says; what ``ruled`` counts is still to be seen.
    """

    def __init__(
        self,
        wrt: Sequence[str] | None,
        at: Mapping[str, Any] | None,
        fixed: frozenset[str] = frozenset(),
        lengths: frozenset[str] = frozenset(),
        counts: Mapping[str, int] | None = None,
        tied: Tied | None = None,
    ) -> None:
        self.at: Mapping[str, Any] = at or {}
        self.fixed = fixed
        self.lengths = lengths
        self.counts: Mapping[str, int] = counts or {}
        self.open_counts: set[str] = set()
        self.tied: Tied = tied or {}
        self.ruled: set[str] = set()
        self.inputs: dict[str, Input] = {}
        self.columns: set[str] = set()
        self.only_vectors = False
        self.scalars = False
        self.renamed: dict[str, str] = {}
        self.declared: dict[str, Declared] = {}
        self.sizes: dict[str, tuple[str, int, int]] = {}
        self._names: dict[tuple[Hashable, str], str] = {}
        self._taken: set[str] = set()
        self._of_lists: set[str] = set()
        self.set_wrt(wrt)

    def set_wrt(self, wrt: Sequence[str] | None) -> None:
        """Say which inputs are parameters, before there are any."""
        self.wrt = wrt
        self._params = None if wrt is None else frozenset(wrt)

    def is_declared(self, name: str) -> bool:
        """Whether the name was given from outside."""
        return name in self.at or (self._params is not None and name in self._params)

    def constant(self, name: str, is_python: bool) -> float | bool | Elements | None:
        """A variable of R's base package, unless its name is taken as an input."""
        if self.is_declared(name):
            return None
        if is_python:
            return math.pi if name == "pi" else None
        if name in _TEXTS:
            return Elements([computed(text, None) for text in _TEXTS[name]])
        return _CONSTANTS.get(name)

    def is_param(self, name: str, default: Default | None = None) -> bool:
        """Whether the derivative is taken with respect to a name."""
        if self._params is not None:
            return name in self._params
        return name not in self.at and default is None

    def actual(self, name: str, place: Hashable = None, owner: str | None = None) -> str:
        """The name that an input of some place goes by.

        In a formula a name is one thing. In a function a parameter, a variable of the script, a
        column of a data frame may all be called ``x``: the first one that is met keeps the name.
        """
        if place is None:
            return name
        known = self._names.get((place, name))
        if known is not None:
            return known
        found, count = name, 2
        if found in self._taken and owner is not None:
            found = f"{owner}_{name}"
        while found in self._taken:
            found, count = f"{name}_{count}", count + 1
        self._taken.add(found)
        self._names[place, name] = found
        if found != name:
            self.renamed[found] = name
        return found

    def make(
        self,
        name: str,
        graph: Graph,
        default: Default | None = None,
        *,
        is_column: bool = False,
        count: int | None = None,
        place: Hashable = None,
        owner: str | None = None,
    ) -> int:
        """The node of an input; ``place`` and ``owner`` are as in :meth:`actual`.

        ``is_column`` marks one that is dropped where the model does not use it. ``count`` is the
        length of a parameter without a default; -1 where it is still open.
        """
        name = self.actual(name, place, owner)
        self._taken.add(name)
        found = self.inputs.get(name)
        if found is not None:
            self._check_same(found, default, owner if place is None else name)
        if place is None and owner is not None:
            self._of_lists.add(name)
        if found is None or (default is not None and found.default is None):
            param = self.is_param(name, default)
            type_ = self._type(name, default, param, count)
            node = graph.input(name, type_) if found is None else found.node
            kind = "param" if param else "data"
            found = Input(name, node, kind, graph.types[node], default)  # type: ignore[arg-type]
            self.inputs[name] = found
            if is_column:
                self.columns.add(name)
        return found.node

    def _check_same(self, found: Input, default: Default | None, owner: str | None) -> None:
        """Two numbers by one name are no input: one that has changed, or two columns."""
        if found.default is None:
            return
        if default is None:
            if owner is not None or found.name not in self._of_lists:
                return
        elif default == found.default or repr(default) == repr(found.default):
            return
        refusal = Refusal("G104", f"'{found.name}' means different numbers in different places")
        raise NeedsKnown(refusal, {found.name}, set())

    def declare(self, declared: Declared, graph: Graph) -> int:
        """The node of an input that the text declares."""
        name = declared.name
        is_param = declared.is_param if self._params is None else name in self._params
        kind: Kind = "data" if not is_param else "random" if declared.is_random else "param"
        shape = declared_shape(self, declared, is_param, graph)
        node = graph.input(name, make_type("real", shape))
        default: Default | None = declared.start
        if declared.start is not None and declared.shape is None:
            default = declared.start[0]
        self.declared[name] = declared
        self._taken.add(name)
        self.inputs[name] = Input(
            name, node, kind, graph.types[node], default, declared.lower, declared.upper,
            declared.nature, True, declared.base,
        )  # fmt: skip
        return node

    def place(self, name: str, default: Default) -> None:
        """Give an input its value at the default point."""
        found = self.inputs[name]
        if not (isinstance(default, tuple) and found.type.rank == 0):
            self.inputs[name] = dataclasses.replace(found, default=default)

    def _type(self, name: str, default: Default | None, param: bool, wanted: int | None) -> Type:
        if wanted is not None and name not in self.at and param:
            if wanted < 0:
                self.open_counts.add(name)
                return vector(symbol(f"{LENGTH}{name}"))
            return vector(known(wanted)) if wanted > 1 or isinstance(default, tuple) else REAL
        shape = shape_of(self.at.get(name, default))
        rank, count = len(shape), shape[0] if shape else 1
        if rank > 1:
            if self.only_vectors:
                raise Refusal(
                    "G104",
                    f"'{name}' is a matrix, and functions of Python take numbers and vectors here",
                    "written in R's notation the model may have it: DATA_MATRIX(X), X %*% beta",
                )
            return self._matrix(name, param, shape)
        is_scalar = self.scalars and rank == 0 and (default is not None or name in self.at)
        if not param and name not in self.lengths and not is_scalar:
            return vector(symbol(ROWS))
        return vector(known(count)) if rank else REAL

    def _matrix(self, name: str, param: bool, shape: Sequence[int]) -> Type:
        """A matrix: a parameter has its size, data any number of rows and columns."""
        rows, columns = shape
        if param:
            return make_type("real", (known(rows), known(columns)))
        return make_type("real", (symbol(f"rows of {name}"), symbol(f"columns of {name}")))

    def vectors_below(self, graph: Graph) -> Callable[[int], list[str] | None]:
        """A function that tells the vectors of data below a node, if the script gives all."""

        def names(node: int) -> list[str] | None:
            inputs = {item.node: item for item in self.inputs.values()}
            below = [inputs[n] for n in _inputs_below(graph, node) if n in inputs]
            vectors = [item for item in below if item.type.rank and item.kind != "param"]
            if any(item.default is None for item in vectors):
                return None
            return [item.name for item in vectors] or None

        return names

    def defaults_below(self, graph: Graph) -> Callable[[int], list[str] | None]:
        """A function that tells the data a node depends on, if the script gives all of them."""

        def names(node: int) -> list[str] | None:
            inputs = {item.node: item for item in self.inputs.values()}
            below = [inputs[n] for n in _inputs_below(graph, node) if n in inputs]
            for item in below:
                is_free = item.kind != "param" or self._params is None
                if item.default is None or not is_free:
                    return None
            return [item.name for item in below] or None

        return names


def _inputs_below(graph: Graph, node: int) -> list[int]:
    """The inputs that a node depends on."""
    found: list[int] = []
    seen = {node}
    pending = [node]
    while pending:
        top = pending.pop()
        if graph.prim(top) == "input":
            found.append(top)
        fresh = [arg for arg in graph.args(top) if arg not in seen]
        seen.update(fresh)
        pending += fresh
    return found


def numbers_of(context: Context, value: Value) -> Default | None:
    """A value as numbers, where all of it is known: one number, or a vector of them."""
    if isinstance(value, Listing):
        flat = all(isinstance(item, int) and not isinstance(item, bool) for item in value.items)
        value = Elements(context.atoms(value)) if flat and value.items else NULL
    if isinstance(value, Elements):
        if value.dim is not None:
            return None
        numbers = [
            context.number(item) if isinstance(item, int) and not isinstance(item, bool) else None
            for item in value.items
        ]
        if len(numbers) == 1 and value.names is not None:
            return numbers[0]
        known_ = [number for number in numbers if number is not None]
        return tuple(known_) if known_ and len(known_) == len(numbers) else None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return context.number(value) if is_number else None
