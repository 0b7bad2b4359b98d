"""A loop with carried values as the statements inside it, for any target.

The body is scheduled by itself: its inputs are the carried variables, the elements of the
sequences, and names of what stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gradc.emit.printer import Printer
from gradc.emit.syntax import ATOM, Piece
from gradc.ir import Region

LOOPS = frozenset({"scan", "final", "output"})
"""Primitives that become the statements of a loop."""

Element = Callable[[str, str], str]
"""``element(sequence, counter)``: the text of an element of a sequence."""


@dataclass(frozen=True, slots=True)
class Step:
    """An assignment of a text to a name, or to an element of the vector of that name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: ``starts`` before it, then in each turn ``body``, ``stores``, ``updates``.

    ``like`` names a sequence with one element a turn, ``elements`` are names for elements where
    a target unpacks them. All ``updates`` take place at once.
    """

    node: int
    counter: str
    like: str
    backwards: bool
    starts: tuple[Step, ...]
    elements: tuple[Step, ...]
    body: tuple[Step, ...]
    stores: tuple[Step, ...]
    updates: tuple[Step, ...]

    @property
    def text(self) -> str:
        """All that the loop computes, for who looks for the functions that it calls."""
        steps = (*self.starts, *self.body, *self.stores, *self.updates)
        return "\n".join(step.text for step in steps)

    def ordered_updates(self, fresh: Callable[[str], str]) -> list[Step]:
        """The updates one after another; what is overwritten before it is read is kept first."""
        names = {step.name for step in self.updates}
        saved: dict[str, str] = {}
        steps: list[Step] = []
        for step in self.updates:
            if step.text in names and step.text != step.name and step.text not in saved:
                saved[step.text] = fresh(step.text)
                steps.append(Step(saved[step.text], step.text))
        moved = [step for step in self.updates if step.text != step.name]
        return [*steps, *(Step(step.name, saved.get(step.text, step.text)) for step in moved)]


Plan = Callable[
    [Printer, Sequence[int], frozenset[int], Mapping[int, str]],
    "tuple[tuple[Step, ...], dict[int, Piece]]",
]
"""Schedules the body: its statements, and the pieces of its roots."""


def build_loop(
    printer: Printer,
    node: int,
    pieces: Sequence[Piece],
    wanted: Sequence[int],
    fresh: Callable[[str], str],
    element: Element | None,
    plan: Plan,
) -> tuple[Loop, Mapping[tuple[str, int], str]]:
    """The loop of a ``scan`` node, and the names of what others read of it.

    ``pieces`` are the printed arguments, sequences as names; ``wanted`` the numbers of the
    outputs that anybody reads.
    """
    region: Region = printer.graph.attrs(node)
    body = region.body
    m, middle = region.carries, region.carries + region.seqs
    counter = fresh("i")
    carried = [fresh(item.name) for item in body.inputs[:m]]
    texts = dict(zip((item.name for item in body.inputs[:m]), carried, strict=True))
    elements: list[Step] = []
    for item, piece in zip(body.inputs[m:middle], pieces[m:middle], strict=True):
        if element is None:
            texts[item.name] = fresh(item.name)
            elements.append(Step(texts[item.name], piece.text))
        else:
            texts[item.name] = element(piece.text, counter)
    for item, piece in zip(body.inputs[middle:], pieces[middle:], strict=True):
        texts[item.name] = piece.at(ATOM).text
    nexts = [body.outputs[f"next:{k}"] for k in range(1, m + 1)]
    outs = [body.outputs[f"out:{k}"] for k in wanted]
    inner = replace(printer, graph=body.graph, input_text=texts)
    keep = frozenset(nexts) if m > 1 else frozenset()
    steps, found = plan(inner, [*nexts, *outs], keep, body.names)
    vectors = [fresh(f"{_stem(region, k)}") for k in wanted]
    loop = Loop(
        node,
        counter,
        pieces[m].text,
        region.backwards,
        tuple(Step(n, p.text) for n, p in zip(carried, pieces[:m], strict=True)),
        tuple(elements),
        steps,
        tuple(Step(n, found[out].text) for n, out in zip(vectors, outs, strict=True)),
        tuple(Step(n, found[x].text) for n, x in zip(carried, nexts, strict=True)),
    )
    reads = {("final", k): name for k, name in enumerate(carried, start=1)}
    reads |= {("output", k): name for k, name in zip(wanted, vectors, strict=True)}
    return loop, reads


def _stem(region: Region, k: int) -> str:
    """What the values of an output are called: those of an input by its name, in the plural."""
    node = region.body.outputs[f"out:{k}"]
    record = region.body.graph.records[node]
    if record[0] == "input":
        return f"{record[1]}s"
    return region.body.names.get(node, "turns")
