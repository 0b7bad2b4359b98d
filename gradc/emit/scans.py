"""Loops with carried values: variables before a loop, which every turn of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc.emit.access import Place, Places
from gradc.emit.branches import guard_branches
from gradc.emit.lines import Line
from gradc.emit.printer import Printer
from gradc.emit.schedule import Schedule, schedule
from gradc.emit.sharing import share_signs
from gradc.emit.syntax import Piece
from gradc.ir import Function, Region, known, reachable

if TYPE_CHECKING:
    from gradc.emit.blocks import BlockScheduler


def _scan(s: BlockScheduler, node: int) -> None:
    """A loop among statements."""
    region: Region = s.graph.attrs(node)
    args = s.graph.args(node)
    block = s.plan.blocks[node]
    for arg in (*args[: region.carries], *args[region.carries + region.seqs :]):
        s.assign(arg)
    left = s.left.get(node, [])
    turns = s.plan.shape(args[region.carries])
    for output in left:
        s.vectors[output] = s.namer(output)
        s.line(block, Line("declare", s.vectors[output], "", turns))
    names = [s.names.resembling(item.name) for item in region.body.inputs[: region.carries]]
    for name, arg in zip(names, args, strict=False):
        s.line(block, Line("local", name, s.read(arg, block).text))
    s.carried[node] = names
    start = max((s.front(arg) for arg in args[region.carries :][: region.seqs]), default=0)
    places: Places = (Place(s.dialect.row, known(-start)),)
    body = _body(region, [s.graph.attrs(output) for output in left])
    texts = dict(zip((item.name for item in body.inputs), _texts(s, node, places), strict=True))
    plan = _printed(s, body, texts)
    lines = [Line("local", one.name, one.text) for one in plan.statements]
    for output in left:
        target = f"{s.vectors[output]}({s.accessor.texts(places)})"
        text = plan.text(body.outputs[f"out:{s.graph.attrs(output)}"])
        lines.append(Line("set", target, text))
    lines += _updates(s, body, names, plan)
    backwards = "backwards" if region.backwards else ""
    s.line(block, Line("loop", s.dialect.row, backwards, turns, start, tuple(lines)))


def _body(region: Region, outs: Sequence[int]) -> Function:
    """What a turn computes: the next carried values, and what it leaves for somebody."""
    body = region.body
    wanted = [f"next:{k + 1}" for k in range(region.carries)] + [f"out:{k}" for k in outs]
    outputs = {name: body.outputs[name] for name in wanted}
    return share_signs(guard_branches(replace(body, outputs=outputs)))


def _texts(s: BlockScheduler, node: int, places: Places) -> list[str]:
    """The texts of a body's inputs."""
    region: Region = s.graph.attrs(node)
    args, block = s.graph.args(node), s.plan.blocks[node]
    texts = list(s.carried[node])
    for place, arg in enumerate(args[region.carries :]):
        piece = s.element(arg, places) if place < region.seqs else s.read(arg, block)
        texts.append(s.printer.typed(piece).text)
    return texts


def _printed(s: BlockScheduler, body: Function, texts: Mapping[str, str]) -> Schedule:
    """The statements and the results of one turn."""
    printer = Printer(body.graph, s.printer.syntax, s.printer.spelling, texts)

    def named(node: int) -> str:
        user = body.names.get(node)
        return s.names.numbered("t") if user is None else s.names.resembling(user)

    roots = list(dict.fromkeys(body.outputs.values()))
    marks = reachable(body.graph, roots)
    keep = {node for node in body.names if marks[node] and len(body.graph.records[node]) > 2}
    return schedule(printer, roots, named, s.limits, keep)


def _updates(s: BlockScheduler, body: Function, names: Sequence[str], plan: Schedule) -> list[Line]:
    """Every carried value becomes its next one, as if all at once."""
    kept: list[Line] = []
    changes: list[Line] = []
    changed: list[int] = []
    for k, name in enumerate(names):
        after = body.outputs[f"next:{k + 1}"]
        text = plan.text(after)
        if text == name:
            continue
        marks = reachable(body.graph, [after])
        if any(marks[item] for item in changed):
            before, text = text, s.names.fresh(f"next_{name}")
            kept.append(Line("local", text, before))
        changes.append(Line("set", name, text))
        changed.append(body.inputs[k].node)
    return [*kept, *changes]


def _final(s: BlockScheduler, node: int) -> None:
    """A carried value after the last turn."""
    s.pieces[node] = Piece(s.carried[s.graph.args(node)[0]][s.graph.attrs(node) - 1])


def _output(s: BlockScheduler, node: int) -> None:
    """What the turns leave, which the loop has stored."""


WAYS = {"scan": _scan, "final": _final, "output": _output}
