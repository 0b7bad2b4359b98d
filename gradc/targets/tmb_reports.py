"""``REPORT`` and ``ADREPORT`` at the end of a template."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gradc.emit.blocks import BlockScheduler
from gradc.emit.names import Names
from gradc.emit.reports import roles
from gradc.ir import Function

_TYPES = ("Type", "vector<Type>", "matrix<Type>")


def report_lines(
    function: Function,
    scheduler: BlockScheduler,
    names: Names,
    typed: Callable[[int], str],
    labels: dict[str, str],
) -> Iterator[str]:
    """The statements; ``labels`` takes the variable that each reported name is.

    ``typed`` prints a scalar. R sees a result under the name of its variable, so one that has
    none yet, or shares it, gets one.
    """
    graph = function.graph
    for name, with_error in roles(function).items():
        node = function.reports[name]
        rank = graph.types[node].rank
        text = scheduler.vectors[node] if rank else typed(node)
        if not _is_variable(text) or text in labels.values():
            label = names.resembling(name)
            yield f"{_TYPES[rank]} {label} = {text};"
            text = label
        labels[name] = text
        yield f"REPORT({text});"
        if with_error:
            yield f"ADREPORT({text});"


def _is_variable(text: str) -> bool:
    return text.replace("_", "a").isalnum() and not text[0].isdigit()


def kept(function: Function) -> list[int]:
    """Reported vectors and matrices, which have to be stored."""
    found: Mapping[str, int] = function.reports
    return [node for node in found.values() if function.graph.types[node].rank]
