"""What a node is called in a report: the user's own text, or a formula made of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradc.errors import in_script
from gradc.ir import Function, Graph

_OPERATORS = {
    "add": ("+", 1),
    "sub": ("-", 1),
    "mul": ("*", 2),
    "div": ("/", 2),
    "pow": ("^", 4),
    "lt": ("<", 0),
    "le": ("<=", 0),
    "gt": (">", 0),
    "ge": (">=", 0),
    "eq": ("==", 0),
    "ne": ("!=", 0),
    "and": ("&", 0),
    "or": ("|", 0),
}
_SIGN, _ATOM = 3, 5
_SPELLED = {"select": "ifelse", "exact_pi": "pi"}
# Deeper formulas are not read anyway.
_DEEPEST = 7
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Speller:
    """Writes the nodes of one function; ``names`` are the user's names of intermediate nodes.

    Nodes from ``fresh`` on are written from the graph: a rule made them, and not the user.
    """

    graph: Graph
    names: Mapping[int, str] = field(default_factory=dict)
    fresh: int | None = None

    def expression(self, node: int) -> str:
        """The text of a node: the user's own where there is one."""
        graph = self.graph
        spans = graph.origins(node)
        if spans and graph.prim(node) != "const":
            text = shortened(in_script(spans[0]).text)
            return text if graph.is_whole(node) else f"a step inside {text}"
        return self.formula(node)

    def formula(self, node: int, longest: int = LONGEST) -> str:
        """The node written from the graph, the user's own texts below it."""
        return shortened(self._piece(node, 0)[0], longest)

    def _piece(self, node: int, depth: int) -> tuple[str, int]:
        """A text and how firmly it holds together; no deeper than ``_DEEPEST``."""
        graph = self.graph
        name, attrs, *args = graph.records[node]
        if name == "const":
            value = graph.value(node)
            return (f"{value:.6g}", _ATOM if value >= 0 else _SIGN)
        if name == "input":
            return attrs, _ATOM
        if depth and node in self.names:
            return self.names[node], _ATOM
        is_own = depth and (self.fresh is None or node < self.fresh) and graph.is_whole(node)
        spans = graph.origins(node) if is_own else []
        text = shortened(in_script(spans[0]).text) if spans else ""
        if text.isidentifier() or (text and depth >= _DEEPEST):
            return text, _ATOM if text.isidentifier() else 0
        if depth >= _DEEPEST:
            return "…", _ATOM
        if name == "neg":
            return f"-{self._inside(args[0], _SIGN, depth)}", _SIGN
        if name in _OPERATORS:
            sign, firmness = _OPERATORS[name]
            left = self._inside(args[0], firmness + (name == "pow"), depth)
            right = self._inside(args[1], firmness + (name in ("sub", "div")), depth)
            gap = " " if firmness <= 1 else ""
            return f"{left}{gap}{sign}{gap}{right}", firmness
        word = _SPELLED.get(name, str(name))
        inner = ", ".join(self._piece(arg, depth + 1)[0] for arg in args)
        return f"{word}({inner})" if args else word, _ATOM

    def _inside(self, node: int, least: int, depth: int) -> str:
        text, firmness = self._piece(node, depth + 1)
        return text if firmness >= least else f"({text})"


def speller(function: Function) -> Speller:
    """The speller of a function's nodes."""
    return Speller(function.graph, function.names)


def shortened(text: str, longest: int = LONGEST) -> str:
    """One line, cut where it is too long to be read."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
