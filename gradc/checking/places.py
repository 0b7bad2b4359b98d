"""Where in the user's text a site of the claimed gradient is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradc.checking.bench import Bench, Site
from gradc.checking.unshare import within
from gradc.errors import Span

_NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)L?(?![\w.])")


_OPENING = re.compile(r"\bc\(\s*(?:[\w.]+\s*=\s*)?-?\s*$")
_CLOSING = re.compile(r"\s*\)")
_MINUS = re.compile(r"-\s*\(*\s*$")
_BEFORE = 200
"""So many characters before the first known step a variable may get its value."""
_FIRST_POWER = re.compile(r"\)*\s*(?:\^|\*\*)\s*1(?![\w.])")


def place_of(bench: Bench, site: Site, *, negated: bool = False) -> Span | None:
    """The place of a site: that of its use where it is one.

    What vanishes in the graph belongs to it: a power of 1, and a second minus where ``negated``.
    """
    span = _bare(bench, site)
    if span is None:
        return None
    text, start, end = span.source.text, span.start, span.end
    power = _FIRST_POWER.match(text, end)
    if power is not None:
        end = power.end()
    minus = _MINUS.search(text, 0, start) if negated else None
    if minus is not None:
        start = minus.start()
    while (
        text.count(")", start, end) > text.count("(", start, end) and text[start - 1 : start] == "("
    ):
        start -= 1
    while text.count("(", start, end) > text.count(")", start, end) and text[end : end + 1] == ")":
        end += 1
    return Span(start, end, span.source)


def _bare(bench: Bench, site: Site) -> Span | None:
    span = bench.spans[site.node]
    if span is None and bench.graph.prim(site.node) in ("stack", "concat"):
        span = _put_together(bench, site.node)
    if site.user < 0 and bench.graph.is_const(site.node) and bench.users.get(site.node):
        site = Site(site.node, *bench.users[site.node][0])
    if site.user < 0 and bench.graph.prim(site.node) == "input":
        return _alias(bench, site.node) or span
    if site.user < 0:
        return span
    user = bench.spans[site.user]
    if user is None:
        return span
    word = _word(bench, site, user)
    if word is not None:
        return word
    return span if span is not None and span != user and within(span, user) else user


def _alias(bench: Bench, node: int) -> Span | None:
    """Where a variable is given an input as it is, if one is, among the gradient's statements."""
    known = [span for n in bench.nodes if (span := bench.spans[n]) is not None]
    if not known:
        return None
    source = known[0].source
    start = source.text.rfind("\n", 0, min(span.start for span in known)) + 1
    end = max(span.end for span in known)
    name = re.escape(str(bench.graph.attrs(node)))
    pattern = re.compile(rf"^[ \t]*[\w.]+[ \t]*(?:<-|=)[ \t]*\(*({name})\)*[ \t]*$", re.MULTILINE)
    found = list(pattern.finditer(source.text, max(0, start - _BEFORE), end))
    return Span(found[-1].start(1), found[-1].end(1), source) if found else None


def _put_together(bench: Bench, node: int) -> Span | None:
    """The place of a vector that is written as ``c(…)``, from its elements."""
    spans = [span for arg in bench.graph.args(node) if (span := bench.spans[arg]) is not None]
    if not spans or any(span.source is not spans[0].source for span in spans):
        return None
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    text = spans[0].source.text
    opening, closing = _OPENING.search(text, 0, start), _CLOSING.match(text, end)
    if opening is None or closing is None:
        return None
    return Span(opening.start(), closing.end(), spans[0].source)


def _word(bench: Bench, site: Site, user: Span) -> Span | None:
    """The word or the number that stands for a node in the text of its user."""
    args: Sequence[int] = bench.graph.args(site.user)
    others = [
        span
        for position, arg in enumerate(args)
        for span in [bench.spans[arg]]
        if position != site.argument and span is not None and within(span, user) and span != user
    ]
    found = [s for s in _spellings(bench, site.node, user) if not any(within(s, o) for o in others)]
    if not found:
        return None
    last = site.argument == len(args) - 1 and len(args) > 1
    return found[-1] if last else found[0]


def _spellings(bench: Bench, node: int, user: Span) -> list[Span]:
    text, start, graph = user.text, user.start, bench.graph
    if graph.is_const(node):
        value = graph.value(node)
        hits = [m for m in _NUMBER.finditer(text) if float(m.group(1)) == abs(value)]
        return [Span(start + m.start(1), start + m.end(1), user.source) for m in hits]
    name = graph.attrs(node) if graph.prim(node) == "input" else bench.names.get(node)
    if name is None:
        return []
    pattern = rf"(?<![\w.]){re.escape(str(name))}(?![\w.(])"
    return [
        Span(start + m.start(), start + m.end(), user.source) for m in re.finditer(pattern, text)
    ]


def elements_place(bench: Bench, elements: tuple[int, ...]) -> Span | None:
    """Where one element of the gradient is written, or what puts several together."""
    output = bench.outputs[0]
    parts = bench.graph.args(output)
    put_together = bench.graph.prim(output) in ("stack", "concat")
    if len(elements) == 1 and put_together and len(parts) == len(bench.wrong):
        return bench.spans[parts[elements[0]]] or bench.spans[output]
    return bench.spans[output]
