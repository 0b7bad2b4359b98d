"""One function that a TMB template brings along."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extra:
    """One function: ``value`` and ``partials`` in C++ over ``tx`` (arguments), ``ty`` (result).

    ``before`` is plain code that the value needs. A function made of TMB's own operations
    has a ``body`` instead, or where it takes no scalars it is written as a ``whole``. ``needs``
    are others that ``before`` calls.
    """

    params: tuple[str, ...]
    value: str = ""
    partials: tuple[str, ...] = ()
    before: str = ""
    whole: str = ""
    body: str = ""
    comment: str = ""
    needs: tuple[str, ...] = ()
