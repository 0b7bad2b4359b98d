"""The source graph of a model as R expressions that gradc reads back as the very same graph.

What other printers write nicely, ``a - b`` for ``a + (-b)`` or ``-a * b`` for ``-(a * b)``, is
written here as it stands in the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gradc.emit.densities import R_DENSITIES, R_TAILS
from gradc.emit.header import R_OPERATORS
from gradc.emit.loops import LOOPS
from gradc.emit.names import Locals, Names
from gradc.emit.numbers import r_number
from gradc.emit.printer import Printer
from gradc.emit.r_moves import MOVES, REPEATED
from gradc.emit.schedule import Limits, Schedule, schedule
from gradc.emit.syntax import ARGUMENT, CHOICE, POWER, SIGN, Infix, Piece, Special, Syntax, infix
from gradc.errors import fail
from gradc.ir import Function, Graph
from gradc.prims import TABLE

_LIMITS = Limits(characters=400, brackets=16, height=60)

OWN = frozenset({"erf", "erfc", "log1mexp", "logspace_add", "logspace_sub"})
"""Functions of gradc's language that R does not have; each is one primitive."""

_WORDS: Mapping[str, str | None] = {
    **R_TAILS,
    **{name: name for name in OWN},
    **R_DENSITIES,
    "sigmoid": "plogis",
    # These have a spelling in emitted R, which reads back as what it computes them by.
    **dict.fromkeys(
        (
            "hypot",
            "exact_pi",
            "inverse_mills",
            "prod_others",
            "broadcast",
            "scatter",
            "gamma_below",
            "gamma_above",
            "beta_below",
            "wright_log",
            "wright_slope",
            "wright_second",
            "wright_third",
        ),
        None,
    ),
}


def _spelling(prim: str) -> str | None:
    """The R function that gradc reads as this primitive."""
    if prim in _WORDS:
        return _WORDS[prim]
    text = TABLE[prim].spell.get("r")
    return text if isinstance(text, str) else None


_CALLED = (
    "as.list", "as.numeric", "c", "force", "ifelse", "list", "nls", "optim", "quote",
    "rep", "setNames", "with",
)  # fmt: skip
USED = frozenset(_CALLED) | frozenset(
    str(_spelling(prim.name)).partition("(")[0].lstrip("-") for prim in TABLE
)
"""Names that mean a function in what is written here."""


# ------------------------------------------------------------------------------- syntax


def _between(operator: Infix) -> Special:
    return lambda graph, node, pieces: infix(operator, pieces[0], pieces[1])


def _sign(sign: str) -> Special:
    def printed(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
        operand = pieces[0].at(POWER)
        return Piece(f"{sign}{operand.text}", SIGN, operand.brackets, operand.height + 1)

    return printed


def _stack(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """``c(…)``; of a single number that would be the number itself, without names."""
    if len(pieces) == 1:
        return _call("setNames", [pieces[0].text, '""'], pieces)
    return _call("c", [piece.text for piece in pieces], pieces)


def _select(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """``ifelse``, or ``if`` where one condition chooses between vectors: ifelse() shortens them."""
    condition = graph.args(node)[0]
    if graph.types[condition].shape or not graph.types[node].shape:
        return _call("ifelse", [piece.text for piece in pieces], pieces)
    test, yes, no = pieces[0], pieces[1].at(CHOICE), pieces[2]
    text = f"if ({test.text}) {yes.text} else {no.text}"
    brackets = max(test.brackets + 1, yes.brackets, no.brackets)
    return Piece(text, ARGUMENT, brackets, 1 + max(piece.height for piece in pieces))


def _call(name: str, arguments: Sequence[str], pieces: Sequence[Piece]) -> Piece:
    brackets = 1 + max(piece.brackets for piece in pieces)
    height = 1 + max(piece.height for piece in pieces)
    return Piece(f"{name}({', '.join(arguments)})", brackets=brackets, height=height)


_SYNTAX = Syntax(
    number=r_number,
    infinity="Inf",
    nan="NaN",
    truth=("FALSE", "TRUE"),
    infix=R_OPERATORS,
    negation="!",
    special={
        **{name: _between(operator) for name, operator in R_OPERATORS.items()},
        "neg": _sign("-"),
        "not": _sign("!"),
        "stack": _stack,
        "select": _select,
        **{name: special for name, special in MOVES.items() if name != "broadcast"},
    },
    repeated=REPEATED,
)


# ------------------------------------------------------------------------------- graph


def _order(graph: Graph, roots: Sequence[int]) -> list[int]:
    """Nodes after their arguments, in the order in which an expression computes them.

    Where the length of data follows from what they are combined with, the order in which they
    were combined matters, and is kept.
    """
    order: list[int] = []
    done = bytearray(len(graph.records))
    for root in roots:
        pending = [root]
        while pending:
            node = pending.pop()
            if node < 0:
                order.append(~node)
            elif not done[node]:
                done[node] = 1
                pending.append(~node)
                pending += reversed(graph.args(node))
    return sorted(order) if graph.bindings else order


@dataclass(frozen=True, slots=True)
class Shown:
    """A function's graph as it is printed, and where its nodes went."""

    graph: Graph
    places: Mapping[int, int]
    names: Mapping[int, str]

    @property
    def calls(self) -> frozenset[str]:
        """The functions that the graph calls."""
        return frozenset(record[0] for record in self.graph.records)


def shown(function: Function, roots: Sequence[int]) -> Shown:
    """What the roots need, in the calls that R has."""
    old = function.graph
    graph = Graph()
    graph.bindings.update(old.bindings)
    places: dict[int, int] = {}
    for node in _order(old, roots):
        prim, attrs, *args = old.records[node]
        record = (prim, attrs, *(places[arg] for arg in args))
        places[node] = graph.intern(record, old.types[node])
        if prim in TABLE and prim not in _SYNTAX.special and _spelling(prim) is None:
            message = f"no R function is read as '{prim}', which this model has"
            if prim in LOOPS:
                message = "a loop with carried values has no text that is read back yet"
            raise fail("G303", message, old.place(node))
    names = {places[node]: name for node, name in function.names.items() if node in places}
    return Shown(graph, places, names)


def statements(
    model: Shown, roots: Sequence[int], input_text: Mapping[str, str], names: Names
) -> Schedule:
    """Assignments and the expressions of the roots, under names that are still free."""
    printer = Printer(model.graph, _SYNTAX, _spelling, input_text)
    keep = set(model.names)
    if model.graph.bindings:  # what fixes a length must come before what needs it
        types = model.graph.types
        keep |= {n for n, record in enumerate(model.graph.records) if record[0] == "length"}
        keep |= {n for n in range(len(types)) if types[n].shape}
    wanted = [model.places[root] for root in roots]
    plan = schedule(printer, wanted, Locals(names, model.names, "expr"), _LIMITS, keep)
    back = dict(zip(wanted, roots, strict=True))
    return replace(plan, pieces={back[node]: piece for node, piece in plan.pieces.items()})
