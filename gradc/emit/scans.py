"""Loops with carried values: variables before a loop, which every turn of it changes at its end.

Whatever else goes over the same elements goes into the same loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc.emit.branches import guard_branches
from gradc.emit.lines import Line
from gradc.emit.names import Locals, identifier
from gradc.emit.plan import STATEMENT, Block
from gradc.emit.printer import Printer
from gradc.emit.schedule import Schedule, Statement, schedule
from gradc.emit.sharing import share_signs
from gradc.emit.syntax import Piece
from gradc.ir import Function, Region, reachable

if TYPE_CHECKING:
    from gradc.emit.blocks import BlockScheduler


def prepare(s: BlockScheduler) -> frozenset[int]:
    """What loops start with and nobody else reads: the carried variable is its name.

    Vectors that begin with such a start and go on with what the turns leave are noted.
    """
    graph = s.graph
    found: set[int] = set()
    for node in s.plan.nodes():
        name, args = graph.prim(node), graph.args(node)
        if name == "scan":
            starts = args[: graph.attrs(node).carries]
            found.update(start for start in starts if s.plan.uses[start] == 1)
        elif name == "concat" and len(args) > 1 and graph.prim(args[1]) == "output":
            s.runs.setdefault(graph.args(args[1])[0], []).append(node)
    return frozenset(found)


def _runs(s: BlockScheduler, node: int) -> dict[int, int]:
    """Carried values that are elements of a vector, ``x[i] <- f(x[i - 1])``: their vectors.

    Such a vector is the start of the value, and then its next one of each turn.
    """
    graph, region = s.graph, s.graph.attrs(node)
    starts, outputs = graph.args(node)[: region.carries], region.body.outputs
    found: dict[int, int] = {}
    for vector in () if region.backwards else s.runs.get(node, ()):
        start, output = graph.args(vector)[:2]
        left = outputs[f"out:{graph.attrs(output)}"]
        if s.plan.home(vector, output) != s.plan.blocks[node]:
            continue
        for k, own in enumerate(starts):
            if own == start and left == outputs[f"next:{k + 1}"] and k not in found:
                found[k] = vector
                break
    return found


def _scan(s: BlockScheduler, node: int) -> None:
    """Variables before the loop, statements in it, their changes at the end of each turn."""
    region: Region = s.graph.attrs(node)
    block = s.plan.blocks[node]
    before: Block = (block[0], STATEMENT, ())
    runs = _runs(s, node)
    s.carried[node] = names = []
    for k, item in enumerate(region.body.inputs[: region.carries]):
        if k in runs:
            s.given[runs[k]] = s.namer(runs[k])
            names.append(f"{s.given[runs[k]]}({s.accessor.texts(s.places(block))})")
        else:
            names.append(_name(s, item.name))
            start = s.read(s.graph.args(node)[k], before)
            s.line(before, Line("local", names[k], start.text))
    left = s.plan.left.get(node, [])
    body = _body(region, [s.graph.attrs(output) for output in left])
    results = [body.outputs[f"out:{s.graph.attrs(output)}"] for output in left]
    after = [body.outputs[f"next:{k + 1}"] for k in range(region.carries) if k not in runs]
    plan = _printed(s, body, _texts(s, node, block), [*after, *results])
    for one in plan.statements:
        if isinstance(one, Statement):
            s.line(block, Line("local", one.name, one.text))
    for output, result in zip(left, results, strict=True):
        s.turns[output] = plan.pieces[result]
    _update(s, node, body, plan, runs)
    for k, vector in runs.items():
        names[k] = f"{s.given[vector]}({s.dialect.size(block[2][0])})"


def _name(s: BlockScheduler, user: str) -> str:
    """A name for a carried value; a vector that the user called so keeps its name."""
    stem = identifier(user)
    return s.names.fresh(f"{stem}_{s.dialect.rows}" if stem in s.shaped else stem)


def _body(region: Region, outs: Sequence[int]) -> Function:
    """What a turn computes: the next carried values, and what it leaves for somebody."""
    body = region.body
    wanted = [f"next:{k + 1}" for k in range(region.carries)] + [f"out:{k}" for k in outs]
    outputs = {name: body.outputs[name] for name in dict.fromkeys(wanted)}
    return share_signs(guard_branches(replace(body, outputs=outputs)))


def _texts(s: BlockScheduler, node: int, block: Block) -> dict[str, str]:
    """The texts of a body's inputs; none for what it does not need."""
    region: Region = s.graph.attrs(node)
    args, taken = s.graph.args(node), s.plan.taken[node]
    texts = {item.name: "" for item in region.body.inputs}
    for place, item in enumerate(region.body.inputs):
        if place < region.carries:
            texts[item.name] = s.carried[node][place]
        elif taken[place]:
            s.assign(args[place])
            texts[item.name] = s.printer.typed(s.read(args[place], block)).text
    return texts


def _printed(
    s: BlockScheduler, body: Function, texts: Mapping[str, str], roots: Sequence[int]
) -> Schedule:
    """The statements and the results of one turn."""
    printer = Printer(body.graph, s.printer.syntax, s.printer.spelling, texts)
    after = {node for name, node in body.outputs.items() if name.startswith("next:")}
    marks = reachable(body.graph, roots)
    keep = {
        node
        for node in body.names
        if marks[node] and len(body.graph.records[node]) > 2 and node not in after
    }
    return schedule(printer, roots, Locals(s.names, body.names, "t"), s.limits, keep)


def _update(
    s: BlockScheduler, node: int, body: Function, plan: Schedule, runs: Mapping[int, int]
) -> None:
    """Every carried value becomes its next one, as if all at once."""
    block, names = s.plan.blocks[node], s.carried[node]
    others = bool(s.code.ends.get(block))
    constant = {one.name for one in plan.statements if isinstance(one, Statement)}
    changed: list[int] = []
    for k, name in enumerate(names):
        if k in runs:
            continue
        after = body.outputs[f"next:{k + 1}"]
        text = plan.text(after)
        if text == name:
            continue
        marks = reachable(body.graph, [after])
        late = others or any(marks[item] for item in changed)
        if late and text not in constant:
            kept = s.names.fresh(f"next_{name}")
            s.line(block, Line("local", kept, text))
            text = kept
        s.end(block, Line("set", name, text))
        changed.append(body.inputs[k].node)


def _final(s: BlockScheduler, node: int) -> None:
    """A carried value after the last turn."""
    s.pieces[node] = Piece(s.carried[s.graph.args(node)[0]][s.graph.attrs(node) - 1])


def _output(s: BlockScheduler, node: int) -> None:
    """What a turn leaves."""
    s.pieces[node] = s.turns[node]


WAYS = {"scan": _scan, "final": _final, "output": _output}
