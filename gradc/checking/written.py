"""Where each node was written, those too that have no place of their own.

A loop is read once for its text and then computed over all its turns at once; the nodes of the
second form take the places of the first, which has the same operations on the same inputs.
"""

from __future__ import annotations

import re

from gradc.errors import Span
from gradc.ir import Graph

_BEFORE = re.compile(
    r"-?\s*(?:np\.|numpy\.)?(?:c|array|stack|concatenate|list)?\s*[(\[]+\s*(?:[\w.]+\s*=\s*)?$"
)
_AFTER = re.compile(r"\s*[)\]]+")


def places_of(graph: Graph) -> list[Span | None]:
    """A place for each node that has one, or that stands for one that does."""
    forms: dict[tuple[object, ...], int] = {}
    form_of: list[int] = []
    spans: list[Span | None] = []
    known: dict[int, Span] = {}
    for node, record in enumerate(graph.records):
        args = tuple(form_of[arg] for arg in record[2:])
        turn = record[0] == "gather" and graph.prim(record[3]) == "loopvar"
        if turn or record[0] == "broadcast":
            form = args[0]
        else:
            form = forms.setdefault((record[0], record[1], *args), node)
        form_of.append(form)
        span = graph.place(node)
        if span is None:
            span = known.get(form)
        elif record[0] != "gather":
            known.setdefault(form, span)
        if span is None and record[0] in ("sum", "broadcast", "neg") and len(args):
            span = spans[record[2]]
        if span is None and record[0] in ("stack", "concat"):
            span = _around([spans[arg] for arg in record[2:]])
        spans.append(span)
    return spans


def _around(parts: list[Span | None]) -> Span | None:
    """The call that puts parts together, from its name to its closing bracket."""
    known = [span for span in parts if span is not None]
    if not known or any(span.source is not known[0].source for span in known):
        return None
    source = known[0].source
    if len(parts) > 1 and len(set(known)) == 1:
        return known[0]  # an operation on all elements at once
    start, end = min(s.start for s in known), max(s.end for s in known)
    before = _BEFORE.search(source.text, max(0, start - 40), start)
    after = _AFTER.match(source.text, end)
    if before is None or after is None or before.group().strip() in ("(", "["):
        return Span(start, end, source)
    return Span(before.start(), end + 1, source)
