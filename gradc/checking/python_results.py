"""What functions of the user give, as flat vectors of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradc.checking.comparison import Vector
from gradc.checking.python_case import Case
from gradc.run.module_python import Part, Raised
from gradc.run.wire import to_column_major


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed gradient as it came: its parts, some of which may be None."""

    parts: tuple[Part, ...]
    keys: tuple[str, ...] = ()

    @property
    def sizes(self) -> list[int]:
        return [0 if p.tensor is None else len(p.tensor.data) for p in self.parts]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a matrix; empty for anything else."""
        if len(self.parts) != 1 or self.parts[0].tensor is None:
            return ()
        found = self.parts[0].tensor.shape
        return found if len(found) == 2 and min(found) > 1 else ()

    def flat(self, case: Case, weights: Mapping[str, Any] | None = None) -> Vector | None:
        """All numbers in the order of the parameters; NaN where the tape has None."""
        found: list[Vector] = []
        for number, part in enumerate(self._ordered(case)):
            if part.tensor is None:
                name = case.wrt[min(number, len(case.wrt) - 1)]
                size = case.call.argument(name).size if part.is_none else 0
                found.append(np.full(size, np.nan))
            elif weights:
                (row,) = weights.values()
                matrix = np.array(part.tensor.data).reshape(part.tensor.shape)
                if matrix.shape[:1] != (len(row),):
                    return matrix.ravel()
                found.append(np.array(row) @ matrix.reshape(len(row), -1))
            else:
                found.append(np.array(to_column_major(part.tensor)))
        return np.concatenate(found) if found else None

    def _ordered(self, case: Case) -> list[Part]:
        if self.keys and set(case.wrt) <= set(self.keys):
            return [self.parts[self.keys.index(name)] for name in case.wrt]
        return list(self.parts)


def value_of(case: Case, moved: Mapping[str, Any]) -> Vector | Raised:
    """The value of the function at a point."""
    pair = case.pair
    found = case.session.call(pair.fn, case.call.given(case.file, pair.fn, moved))
    if isinstance(found, Raised):
        return found
    if case.tapes_itself:
        return np.zeros(0)
    parts = found.parts[:1] if pair.how == "value-and-gradient" else found.parts
    if any(part.tensor is None for part in parts):
        return Raised(f"it gives {parts[0].kind}, which is no number", None)
    return np.concatenate([np.array(p.tensor.data) for p in parts if p.tensor is not None])


def gradient_of(case: Case, moved: Mapping[str, Any]) -> Claimed | Raised:
    """The claimed gradient at a point."""
    pair = case.pair
    given = case.call.given(case.file, pair.gr, moved)
    if pair.how == "tape" and not case.tapes_itself:
        if not case.wrt:
            return Claimed(())
        found = case.session.call(pair.fn, given, wrt=case.wrt, tape=True)
    else:
        found = case.session.call(pair.gr, given)
    if isinstance(found, Raised):
        return found
    parts = found.parts[1:] if pair.how == "value-and-gradient" else found.parts
    return Claimed(parts, found.keys)


def moved_to(case: Case, moved: Mapping[str, Any]) -> Vector | None:
    """The claimed gradient with other arguments."""
    found = gradient_of(case, moved)
    return None if isinstance(found, Raised) else found.flat(case)


def rows_of(value: Vector) -> int:
    """How many observations a function has a value for; 0 for a single value."""
    return len(value) if len(value) > 1 else 0
