"""How large symbolic sizes are, told by the extents of actual inputs.

A size is affine in symbols, so an extent with one unknown symbol tells that symbol. Nothing here
is recursive: extents are looked through until none tells anything new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gradc.ir.types import Size


@dataclass(frozen=True, slots=True)
class Extent:
    """One axis of one input: its size as the function has it, and how long it is.

    ``firm`` is False for a single number that may recycle, and so says little; ``unit`` is what
    is counted, for messages, and empty where the input is the count itself.
    """

    name: str
    axis: int
    size: Size
    count: int
    firm: bool = True
    unit: str = "rows"

    def __str__(self) -> str:
        if not self.unit:
            return f"'{self.name}' is {self.count}"
        return f"'{self.name}' has {self.count} {self.unit}"


class SizeError(Exception):
    """An extent that does not fit what others have told.

    ``told_by`` is the extent that told the symbol, if there is one; ``expected`` how long the
    axis should be, None where no whole number fits.
    """

    def __init__(self, extent: Extent, expected: int | None, told_by: Extent | None) -> None:
        super().__init__(extent, expected, told_by)
        self.extent = extent
        self.expected = expected
        self.told_by = told_by

    @property
    def is_of_vectors(self) -> bool:
        """Whether two vectors contradict each other that should have one length."""
        one, other = self.told_by, self.extent
        return one is not None and one.size == other.size and one.unit == other.unit == "values"

    def __str__(self) -> str:
        one, other = self.told_by, self.extent
        if self.expected is None:
            return f"{other}, which does not fit the other sizes"
        if one is None:
            return f"{other}, not {self.expected}"
        if self.is_of_vectors:
            return f"{one} and '{other.name}' has {other.count}"
        return f"{one} and {other}, where {self.expected} are needed"


UNITS = ("rows", "columns")
"""What the extents of a matrix count."""


def counts_of(extents: Sequence[Extent], bindings: Mapping[str, Size]) -> dict[str, int]:
    """The value of every symbol that the extents tell.

    Raises: SizeError where an extent contradicts.
    """
    counts: dict[str, int] = {}
    teller: dict[str, Extent] = {}
    sizes = [(extent, extent.size.substitute(bindings)) for extent in extents]
    learning = True
    while learning:
        learning = _learn([pair for pair in sizes if pair[0].firm], counts, teller)
        if not learning:
            # One weak extent at a time: what it tells may settle firm ones.
            weak = (pair for pair in sizes if not pair[0].firm)
            learning = any(_learn([pair], counts, teller) for pair in weak)
    for extent, size in sizes:
        value = value_of(size, counts)
        if value is not None and extent.firm and value != extent.count:
            symbols = [symbol for symbol, _ in size.terms]
            raise SizeError(extent, value, teller[symbols[0]] if symbols else None)
    return counts


def _learn(
    sizes: Iterable[tuple[Extent, Size]], counts: dict[str, int], teller: dict[str, Extent]
) -> bool:
    """Take from each extent the one symbol that is not known yet; whether there was any."""
    learnt = False
    for extent, size in sizes:
        unknown = [(symbol, factor) for symbol, factor in size.terms if symbol not in counts]
        if len(unknown) != 1:
            continue
        symbol, factor = unknown[0]
        rest = extent.count - size.constant
        rest -= sum(f * counts[s] for s, f in size.terms if s in counts)
        if rest % factor or rest // factor < 0:
            raise SizeError(extent, None, None)
        counts[symbol] = rest // factor
        teller[symbol] = extent
        learnt = True
    return learnt


def value_of(size: Size, counts: Mapping[str, int]) -> int | None:
    """A size as a number; None where one of its symbols is not known."""
    total = size.constant
    for symbol, factor in size.terms:
        if symbol not in counts:
            return None
        total += factor * counts[symbol]
    return total
