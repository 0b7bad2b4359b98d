"""Where to look when no single change mends the gradient: kinks, and the first strange step."""

from __future__ import annotations

import re

import numpy as np

from gradc.checking import floats
from gradc.checking.bench import flat
from gradc.checking.comparison import Cause, Comparison
from gradc.checking.repair import fingerprint
from gradc.checking.written import places_of
from gradc.errors import GradcError, Source, Span
from gradc.ir import Function, Region, dependents, reachable
from gradc.verify.oracle import true_values

_PLAIN = frozenset({"const", "input", "length", "nrow", "ncol"})


def at_kinks(comparison: Comparison) -> list[Cause]:
    """A cause where every wrong point is a kink of the function, and only some points are."""
    bad = [sample for sample in comparison.samples if np.any(sample.wrong)]
    if len(bad) == len(comparison.samples) > 1:
        return []
    places: list[Span] = []
    for sample in bad:
        try:
            kinks = true_values(comparison.value, sample.point).kinks
        except GradcError:
            return []
        if not kinks:
            return []
        places += [kink.span for kink in kinks if kink.span is not None]
    evidence = f"{len(bad)} of {len(comparison.samples)} points are wrong, each one at a kink"
    message = "the function has a kink at these points, where its derivative is a convention"
    primal = places[0] if places else None
    return [Cause("kink", message, (evidence,), primal=primal)]


def suspect(comparison: Comparison) -> list[Cause]:
    """The first step on the way to a wrong output that the true gradient does not have."""
    claimed = comparison.claimed
    if claimed is None:
        return []
    known = _fingerprints(comparison, comparison.gradient) | _fingerprints(
        comparison, comparison.value
    )
    values = _values(comparison, claimed)
    graph = claimed.graph
    used = reachable(graph, claimed.outputs.values())
    inputs = [n for n, record in enumerate(graph.records) if record[0] == "input"]
    moving = dependents(graph, inputs)
    plain = bytearray(len(graph))
    for node in range(len(graph)):
        numbers = [v[node] for v in values]
        leaf = graph.prim(node) in _PLAIN or not moving[node]
        missing = any(x is None for x in numbers)
        plain[node] = leaf or (not missing and _either_sign(numbers, known))
        if used[node] and not plain[node] and all(plain[arg] for arg in graph.args(node)):
            span = places_of(graph)[node]
            turns = turn_place(comparison) if span is None else None
            if turns is not None:
                return [_of_turns(turns, node)]
            said = "" if span is None else f"`{' '.join(span.text.split())[:60]}`: "
            message = f"{said}the true gradient and the function have no such value"
            evidence = "what it is made of occurs in them, and no single change mends it"
            return [Cause("unknown", message, (evidence,), span=span, node=node)]
    return []


def _of_turns(place: Span, node: int) -> Cause:
    message = f"the turns of `{' '.join(place.text.split())[:60]}` give another number"
    evidence = "what a loop carries from turn to turn is compared as a whole"
    return Cause("unknown", message, (evidence,), span=place, node=node)


def turn_place(comparison: Comparison) -> Span | None:
    """The statement of a loop that gives the first wrong element, turn by turn.

    The element is then one that the loop carries: the text says ``g[1] <- …`` once.
    """
    claimed = comparison.claimed
    if claimed is None or len(claimed.outputs) != 1:
        return None
    graph, (output,) = claimed.graph, claimed.outputs.values()
    wrong = np.flatnonzero(np.any([sample.wrong for sample in comparison.samples], axis=0))
    parts = graph.args(output) if graph.prim(output) == "stack" else (output,)
    if not len(wrong) or wrong[0] >= len(parts):
        return None
    node = parts[int(wrong[0])]
    source = next((span.source for n in range(len(graph)) if (span := graph.place(n))), None)
    if graph.prim(node) != "final" or source is None:
        return None
    region: Region = graph.attrs(graph.args(node)[0])
    name = region.body.inputs[graph.attrs(node) - 1].name
    return _assignment(source, name)


_CARRIED = re.compile(r"(.*?)(\d*)$")


def _assignment(source: Source, name: str) -> Span | None:
    """The one statement that assigns a variable inside a loop, or an element of it."""
    word, number = _CARRIED.match(name).groups()  # type: ignore[union-attr]
    left = rf"{re.escape(name)}|{re.escape(word)}\[\s*{number}\s*\]" if number else re.escape(name)
    pattern = re.compile(rf"^[ \t]*((?:{left})[ \t]*(?:<-|[-+*/]?=(?!=))[^\n]*\S)", re.MULTILINE)
    found = [m for m in pattern.finditer(source.text) if _reads(m.group(1), word)]
    if len(found) != 1:
        return None
    return Span(found[0].start(1), found[0].end(1), source)


def _reads(statement: str, word: str) -> bool:
    """Whether a statement takes up what the variable was before."""
    return len(re.findall(rf"(?<![\w.]){re.escape(word)}(?![\w.])", statement)) > 1 or bool(
        re.search(r"[-+*/]=", statement)
    )


def _values(comparison: Comparison, function: Function) -> list[list[floats.Array | None]]:
    names = [item.name for item in function.inputs]
    roots = list(function.outputs.values())
    return [
        floats.evaluate(function.graph, roots, floats.bound(names, sample.point))
        for sample in comparison.samples[:2]
    ]


def _fingerprints(comparison: Comparison, function: Function) -> set[object]:
    values = _values(comparison, function)
    found: set[object] = set()
    for node in range(len(function.graph)):
        numbers = [v[node] for v in values]
        if all(x is not None for x in numbers):
            found.add(fingerprint(numbers))
            found.add(fingerprint([flat([x]).sum() for x in numbers]))
    return found


def _either_sign(numbers: list[floats.Array], known: set[object]) -> bool:
    if fingerprint(numbers) in known:
        return True
    return fingerprint([-np.asarray(x, dtype=float) for x in numbers]) in known
