"""Forward mode: tangents of all nodes for one direction of the inputs.

Source: Griewank and Walther (2008), Evaluating Derivatives, chapter 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.diff.rules import guarded_partials, partials
from gradc.diff.scan import Tangents, scan_tangents
from gradc.errors import fail
from gradc.ir import Graph, dependents
from gradc.prims import TABLE, Builder


def forward(
    graph: Graph, seeds: Mapping[int, int], outputs: Sequence[int]
) -> dict[int, int | None]:
    """The tangent of each output for the given tangents of some nodes; None stands for 0.

    Shapes: a tangent has its node's shape, or is a scalar that recycles to it.
    Raises: GradcError (G301) where a partial on the way is undefined.
    """
    builder = Builder(graph, derived=True)
    top = max(outputs, default=-1)
    records = graph.records
    active = dependents(graph, seeds, top + 1)
    dots: dict[int, int] = dict(seeds)
    loops: dict[int, Tangents] = {}
    for node in range(top + 1):
        if not active[node] or node in seeds:
            continue
        record = records[node]
        graph.note_derivation(node)
        if record[0] == "scan":
            loops[node] = scan_tangents(builder, node, dots, forward)
            continue
        if record[0] in ("final", "output"):
            dots[node] = loops[record[2]].read(builder, record[0], record[1])
            continue
        dot = _tangent(builder, node, record[0], record[2:], record[1], dots)
        if dot is not None:
            dots[node] = dot
    graph.note_derivation(-1)
    return {output: dots.get(output) for output in outputs}


def _tangent(
    b: Builder,
    node: int,
    name: str,
    args: tuple[int, ...],
    attrs: object,
    dots: Mapping[int, int],
) -> int | None:
    rules = partials(name)
    if rules is None:
        jvp = TABLE[name].jvp
        if jvp is None:
            raise fail("G301", f"'{name}' has no derivative here", b.graph.place(node))
        tangents = [dots.get(arg) for arg in args]
        if all(tangent is None for tangent in tangents):
            return None
        return jvp(b, node, args, attrs, tangents)  # type: ignore[no-any-return]
    env = (*args, node)
    total: int | None = None
    for position, scale in enumerate(rules):
        tangent = dots.get(args[position])
        if tangent is not None:
            if b.graph.records[tangent][0] == "select":
                scale = guarded_partials(name)[position]  # type: ignore[index]
            part = scale(b, env, tangent)
            if part is not None:
                total = part if total is None else b.add(total, part)
    return total
