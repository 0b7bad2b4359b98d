"""What is decided about a script's inputs before it is read, and what decides more of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gradc.errors import GradcError
from gradc.frontend.counts import Tied
from gradc.frontend.symbols import Symbols
from gradc.frontend.values import Undecided


@dataclass(frozen=True, slots=True)
class Reading:
    """What is decided about the inputs before a script is read.

    ``wrt`` are the parameters; ``values`` are numbers of the script that are no inputs,
    ``lengths`` data that are as long as in the script; ``counts`` are numbers of parameters,
    ``tied`` axes whose size a declared count says.
    """

    wrt: Sequence[str] | None = None
    values: frozenset[str] = frozenset()
    lengths: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    tied: Tied = field(default_factory=dict)

    def symbols(self, at: Mapping[str, Any] | None) -> Symbols:
        """What is known of names before the text is read."""
        return Symbols(self.wrt, at, self.values, self.lengths, self.counts, self.tied)

    def fixing(self, undecided: Undecided) -> Reading:
        """With more of it fixed; the complaint itself where that is fixed already."""
        if undecided.counts:
            return replace(self, counts={**self.counts, **undecided.counts})
        lengths = self.lengths | undecided.lengths
        if lengths != self.lengths:  # a known length is the smaller step
            return replace(self, lengths=lengths)
        values = self.values | undecided.values
        if values == self.values:
            raise GradcError(*undecided.diagnostics)
        return replace(self, values=values)


class Parameters(Exception):
    """The parameters are known only now, and they decide which inputs are data."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names
