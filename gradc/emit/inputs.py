"""What emitted code must check of its arguments, and which vectors it recycles together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gradc.ir import Function, Input, Size, reachable
from gradc.prims import TABLE


@dataclass(frozen=True, slots=True)
class Rows:
    """Data vectors of one common length, each of which may also have length 1.

    ``count`` is the length where it is known when the model is compiled.
    """

    inputs: tuple[Input, ...]
    count: int | None


def row_groups(function: Function) -> list[Rows]:
    """Vectors of data by their common length, in the order of first appearance.

    Declared vectors alone are not recycled: see :mod:`gradc.emit.checks`.
    """
    bindings = function.graph.bindings
    groups: dict[Size, list[Input]] = {}
    for item in function.data:
        if item.type.rank == 1:
            size = item.type.shape[0].substitute(bindings)
            groups.setdefault(size, []).append(item)
    return [
        Rows(tuple(items), size.constant if size.is_known else None)
        for size, items in groups.items()
        if not all(item.declared for item in items)
    ]


def fixed_vectors(function: Function) -> Iterator[tuple[Input, int]]:
    """Vector parameters with their lengths."""
    for item in function.params:
        if item.type.length is not None:
            yield item, item.type.length


def mixes_rows(function: Function, roots: Iterable[int]) -> bool:
    """Whether some node that the roots need takes more than one row at a time."""
    graph = function.graph
    marks = reachable(graph, roots)
    for node in range(len(marks)):
        if marks[node]:
            name = graph.prim(node)
            if name not in ("input", "const", "index") and not TABLE[name].elementwise:
                return True
            if name == "index" and graph.types[graph.args(node)[0]].length is None:
                return True
    return False


def element_labels(function: Function, names: dict[str, str]) -> list[str]:
    """One label for each element of the parameters: ``a``, ``beta[1]``, ``beta[2]``."""
    labels: list[str] = []
    for item in function.params:
        name = names[item.name]
        if item.type.count is None:
            labels.append(name)
        else:
            labels += [name + item.type.element(i) for i in range(1, item.type.count + 1)]
    return labels
