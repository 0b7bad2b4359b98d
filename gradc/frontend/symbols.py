"""The inputs of a model: free symbols, in order of their first use."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from typing import Any

from gradc.frontend.values import Elements, Refusal, Value
from gradc.ir import REAL, Graph, Input, Type, known, symbol, vector
from gradc.prims import Builder

Default = float | tuple[float, ...]

ROWS = "n"
"""The common length of all data that nothing else is said about; it may be 1."""

_CONSTANTS: Mapping[str, float | bool | Elements] = {
    "pi": math.pi,
    "T": True,
    "F": False,
    "letters": Elements(tuple(string.ascii_lowercase)),
    "LETTERS": Elements(tuple(string.ascii_uppercase)),
}


class Symbols:
    """What is known of names before the text is read, and the inputs found while reading.

    Names in ``wrt`` are parameters. Without ``wrt`` they are those names that have no value
    in ``at``. Only the shapes of the values in ``at`` are looked at.
    """

    def __init__(self, wrt: Sequence[str] | None, at: Mapping[str, Any] | None) -> None:
        self.wrt = wrt
        self._params = None if wrt is None else frozenset(wrt)
        self.at: Mapping[str, Any] = at or {}
        self.inputs: dict[str, Input] = {}

    def is_declared(self, name: str) -> bool:
        """Whether the name was given from outside."""
        return name in self.at or (self._params is not None and name in self._params)

    def constant(self, name: str, builder: Builder) -> Value | None:
        """A variable of R's base package, unless its name is taken as an input."""
        value = None if self.is_declared(name) else _CONSTANTS.get(name)
        return builder.const(value) if isinstance(value, float) else value

    def is_param(self, name: str) -> bool:
        """Whether the derivative is taken with respect to a name."""
        return name not in self.at if self._params is None else name in self._params

    def make(self, name: str, graph: Graph, default: Default | None = None) -> int:
        """The node of an input."""
        found = self.inputs.get(name)
        if found is None or (default is not None and found.default is None):
            type_ = self._type(name, default)
            kind = "param" if self.is_param(name) else "data"
            node = graph.input(name, type_) if found is None else found.node
            found = Input(name, node, kind, graph.types[node], default)  # type: ignore[arg-type]
            self.inputs[name] = found
        return found.node

    def _type(self, name: str, default: Default | None) -> Type:
        rank, count = _shape(self.at.get(name, default))
        if rank > 1:
            raise Refusal("G201", f"'{name}' is a matrix, and matrices are not available yet")
        if not self.is_param(name):
            return vector(symbol(ROWS))
        return vector(known(count)) if rank else REAL


def _shape(value: Any) -> tuple[int, int]:
    """Rank and first length of a number, a nested list, or an array."""
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return len(shape), int(shape[0]) if shape else 1
    if isinstance(value, (list, tuple, range)):
        inner = bool(value) and isinstance(value[0], (list, tuple))
        return 2 if inner else 1, len(value)
    return 0, 1
