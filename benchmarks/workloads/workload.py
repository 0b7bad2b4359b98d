"""What a workload is: one family of models in the notation of every peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradc.ir import Function

Point = dict[str, float | list[float]]


@dataclass(frozen=True, slots=True)
class Workload:
    """One family of models, each member chosen by its size.

    ``text`` is what gradc reads; ``deriv`` is R code whose value is the same formula as a call,
    which R's ``deriv`` takes. ``formula(size, library, inputs)`` writes the model with the
    operators of Python and the library's functions, step by step as a user of SymPy or CasADi
    does. ``function`` builds the IR itself, for sizes that nobody writes as text. ``point``
    takes the size and a number of rows.
    """

    key: str
    title: str
    counted: str
    sizes: tuple[int, ...]
    text: Callable[[int], str]
    deriv: Callable[[int], str]
    parameters: Callable[[int], list[str]]
    data: Callable[[int], list[str]]
    formula: Callable[[int, Any, Mapping[str, Any]], Any]
    point: Callable[[int, int], Point]
    function: Callable[[int], Function] | None = None


def no_data(size: int) -> list[str]:
    """The data of a model that has none."""
    return []
