"""Loops with carried values: variables before a loop, which every turn of it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from gradc.emit.access import Place, Places
from gradc.emit.branches import guard_branches
from gradc.emit.lines import Line
from gradc.emit.names import Locals
from gradc.emit.printer import Printer
from gradc.emit.schedule import Schedule, Statement, schedule
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
    places: Places = (Place(s.dialect.rows, known(-start)),)
    body = _body(region, [s.graph.attrs(output) for output in left])
    texts = dict(zip((item.name for item in body.inputs), _texts(s, node, places), strict=True))
    early, late = _left(s, body, names, left)
    plan = _printed(s, body, texts, early)
    steps = [one for one in plan.statements if isinstance(one, Statement)]
    lines = [Line("local", one.name, one.text) for one in steps]
    where = s.accessor.texts(places)
    for output, result in early.items():
        lines.append(Line("set", f"{s.vectors[output]}({where})", plan.text(result)))
    lines += _updates(s, body, names, plan)
    for output, name in late.items():
        lines.append(Line("set", f"{s.vectors[output]}({where})", name))
    backwards = "backwards" if region.backwards else ""
    s.line(block, Line("loop", s.dialect.rows, backwards, turns, start, tuple(lines)))


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


def _left(
    s: BlockScheduler, body: Function, names: Sequence[str], left: Sequence[int]
) -> tuple[dict[int, int], dict[int, str]]:
    """What a turn leaves, by the node that reads it: results, or carried values once changed."""
    early: dict[int, int] = {}
    late: dict[int, str] = {}
    after = {body.outputs[f"next:{k + 1}"]: name for k, name in enumerate(names)}
    carried = {item.node for item in body.inputs[: len(names)]}
    for output in left:
        result = body.outputs[f"out:{s.graph.attrs(output)}"]
        if result in after and result not in carried:
            late[output] = after[result]
        else:
            early[output] = result
    return early, late


def _printed(
    s: BlockScheduler, body: Function, texts: Mapping[str, str], early: Mapping[int, int]
) -> Schedule:
    """The statements and the results of one turn."""
    printer = Printer(body.graph, s.printer.syntax, s.printer.spelling, texts)
    after = [node for name, node in body.outputs.items() if name.startswith("next:")]
    roots = [*after, *early.values()]
    marks = reachable(body.graph, roots)
    results = set(after)
    keep = {
        node
        for node in body.names
        if marks[node] and len(body.graph.records[node]) > 2 and node not in results
    }
    return schedule(printer, roots, Locals(s.names, body.names, "t"), s.limits, keep)


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
