"""What a scheduler of blocks leaves: lines in blocks, not yet in the words of a language."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradc.emit.plan import Block
from gradc.ir.types import Shape


@dataclass(frozen=True, slots=True)
class Line:
    """One statement.

    ``local`` a new variable, ``let`` a new vector or matrix, ``declare`` one without values,
    ``zero`` fills it with 0, ``set`` and ``add`` change what ``name`` says, ``sum``, ``prod``,
    ``min`` and ``max`` accumulate over the loop around them.
    """

    kind: str
    name: str
    text: str
    shape: Shape = ()


@dataclass(slots=True)
class Code:
    """The lines of each block, and those at the end of each turn of a loop."""

    blocks: dict[Block, list[Line]] = field(default_factory=dict)
    ends: dict[Block, list[Line]] = field(default_factory=dict)

    def ordered(self) -> list[tuple[Block, list[Line]]]:
        """Blocks in the order of execution; loops of one level in order of first appearance."""
        keys = list(self.blocks)
        order = sorted(range(len(keys)), key=lambda i: (keys[i][0], keys[i][1], i))
        return [(keys[i], self.blocks[keys[i]] + self.ends.get(keys[i], [])) for i in order]
