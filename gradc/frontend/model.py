"""From a text to a function of the IR: the whole frontend in one call."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradc.errors import Diagnostic, GradcError, Source, Span, explained, fail
from gradc.frontend import counts
from gradc.frontend.columns import plain
from gradc.frontend.ending import Ending
from gradc.frontend.machine import Machine
from gradc.frontend.reading import Parameters, Reading
from gradc.frontend.scope import NAME, Scope
from gradc.frontend.sizes import declared_notes, resolve
from gradc.frontend.symbols import Symbols
from gradc.frontend.turn import LOOP_VARIABLE
from gradc.frontend.unknown import closest
from gradc.frontend.values import NULL, Undecided, Value
from gradc.ir import Function, Graph, compact, reachable
from gradc.prims.extents import INDEXED, vary_with
from gradc.syntax import parse_python, parse_r
from gradc.syntax.rope import Text
from gradc.syntax.tree import Tree

READINGS_LIMIT = 50
"""How often a script is read again because numbers turn out to be needed."""

ORIGINS_LIMIT = 100_000
"""For how many nodes a place in the text is kept; a graph of a million has no reader."""


@dataclass(frozen=True, slots=True)
class Built:
    """A function, and what there is to say about how the text was understood.

    ``text`` is the text that the script put together and that the model was read from.
    """

    function: Function
    notes: list[Diagnostic]
    text: Text | None = None


def build(
    source: Source,
    *,
    syntax: str = "r",
    wrt: Sequence[str] | None = None,
    at: Mapping[str, Any] | None = None,
    name: str = "model",
    module: ast.Module | None = None,
) -> Built:
    """The function that a text means.

    ``module`` is the part of a Python text that is read; without it the whole text is.

    ``syntax`` is ``"r"`` or ``"python"``. ``wrt`` names the parameters; without it the call that
    makes the model does (``deriv``, ``optim``, ``nls`` …), and without that every free symbol
    that has no value is one, and a note says so. A parameter is a vector of known length where
    ``at`` or the script gives a list for it. All other inputs are data: vectors of one unknown
    length.

    Raises
    ------
        GradcError: the text is wrong or goes beyond the language.
    """
    built = _build(source, syntax == "python", wrt, at, name, module)
    return replace(built, notes=[explained(note) for note in built.notes])


def _build(
    source: Source,
    is_python: bool,
    wrt: Sequence[str] | None,
    at: Mapping[str, Any] | None,
    name: str,
    module: ast.Module | None = None,
) -> Built:
    tree = parse_python(source, module) if is_python else parse_r(source)
    if not tree.roots:
        raise fail("G104", "there is no expression in this text", Span(0, 0, source))
    reading = Reading(wrt)
    for _ in range(READINGS_LIMIT):
        graph, symbols = Graph(), reading.symbols(at)
        problem: GradcError | None = None
        try:
            model = _Model(tree, is_python, reading, symbols, graph, module is not None)
        except Undecided as undecided:
            reading = reading.fixing(undecided)
            continue
        except Parameters as found:
            reading = replace(reading, wrt=found.names)
            continue
        except GradcError as error:
            problem = error
        tied = counts.ties(symbols, graph)
        if tied == reading.tied:
            problem = problem or counts.unsaid(symbols)
            if problem is not None:
                raise problem
            return model.built(name, wrt)
        reading = replace(reading, tied=tied)
    raise fail("G105", f"this script has to be read more than {READINGS_LIMIT} times", None)


class _Model:
    """One reading of a text, with one idea of which inputs there are."""

    def __init__(
        self,
        tree: Tree,
        is_python: bool,
        reading: Reading,
        symbols: Symbols,
        graph: Graph,
        is_part: bool = False,
    ) -> None:
        self.tree = tree
        self.graph = graph
        self.reading = reading
        self.symbols = symbols
        # NumPy's len(), @ and broadcasting are not R's, and R's are what matrices follow here.
        self.symbols.only_vectors = is_python
        # A function of a file is called with numbers that are one number, such as a penalty.
        self.symbols.scalars = is_part
        self.machine = Machine(self.graph, self.symbols, is_python)
        # The functions of a file are its text: what they call their results is worth telling.
        self.machine.names_locals = is_part
        self.notes: list[Diagnostic] = []
        scope = Scope(self.machine.load(tree, is_python), self.machine.globals)
        value: Value = NULL
        for root in tree.roots:
            value = self.machine.evaluate(root, scope)
        ending = Ending(self.machine, tree.span(tree.roots[-1]), scope)
        self.node = ending.node(value)
        self.ending = ending
        self.notes += ending.notes

    def built(self, name: str, wrt: Sequence[str] | None) -> Built:
        """The finished function."""
        symbols, sink = self.symbols, self.ending.sink
        if symbols.wrt is None:
            names = tuple(i.name for i in symbols.inputs.values() if i.kind == "param")
            if names:
                self._note_params(names)
        else:
            names = tuple(symbols.wrt)
            self._check(names, None if wrt is not None or sink is None else sink.span)
        self._note_origins()
        self._note_reading()
        if symbols.declared:
            self.notes += declared_notes(self.machine, self.node)
            resolve(symbols, self.graph)
        outputs = {"value": self.node}
        for (role, report), (node, _) in self.machine.reports.items():
            outputs[f"{role}:{report}"] = node
        reached, params = reachable(self.graph, outputs.values()), set(names)
        inputs = tuple(
            item
            for item in symbols.inputs.values()
            if item.name in params or item.name not in symbols.columns or reached[item.node]
        )
        function = Function(
            name,
            inputs,
            outputs,
            self.graph,
            names,
            self.ending.least_squares,
            self._names(),
        )
        self._check_indices(function)
        if any(record[0] == LOOP_VARIABLE for record in self.graph.records):
            function = compact(function)  # what a turn of a loop was read with is gone
        return Built(function, self.notes, self.ending.text)

    def _check_indices(self, function: Function) -> None:
        """An index that depends on a parameter has no derivative."""
        reached = reachable(self.graph, function.outputs.values())
        records = self.graph.records
        if any(mark and records[n][0] in _INNER for n, mark in enumerate(reached)):
            raise fail("G104", "a loop of this model cannot be done on whole vectors", None)
        found = [n for n, mark in enumerate(reached) if mark and records[n][0] in INDEXED]
        if not found:
            return
        moving = vary_with(self.graph, [item.node for item in function.params])
        for node in found:
            if moving[self.graph.records[node][3]]:
                message = "an index depends on a parameter here, and has no derivative"
                origin = self.machine.origins[node] if node < len(self.machine.origins) else None
                place = None
                if origin is not None:
                    codes = self.machine.codes
                    place = codes[origin >> 32].tree.span(origin & 0xFFFFFFFF)
                raise fail("G104", message, place, "an index is data, or known")

    def _note_reading(self) -> None:
        """What was passed over, and which numbers of the script are no inputs."""
        ignored = self.machine.context.ignored
        if ignored:
            words = ", ".join(f"'{name}'" for name in ignored)
            message = f"passed over, since it does nothing to the model: {words}"
            place = next(iter(ignored.values()))
            self.notes.append(Diagnostic("G109", message, place, severity="note"))
        self._note_names()
        values = self.reading.values
        if values:
            message = (
                f"a fixed number of the model, since its text or its loops need it:"
                f" {_listed(sorted(values))}"
            )
            self.notes.append(Diagnostic("G107", message, severity="note"))

    def _note_names(self) -> None:
        """Inputs that go by another name, and those that the script leaves open."""
        for found, name in self.symbols.renamed.items():
            if found in self.symbols.inputs:
                message = f"'{name}' is two things here; the second is called '{found}'"
                self.notes.append(Diagnostic("G108", message, severity="note"))
        if self.machine.stops is not None:
            message = "where the script stops with an error, the model is NaN"
            self.notes.append(Diagnostic("G107", message, self.machine.stops, severity="note"))
        for name, outcome in self.machine.left_open.items():
            if name in self.symbols.inputs:
                message = f"'{name}' has no value: it is {outcome.reason}"
                self.notes.append(
                    Diagnostic("G107", message, outcome.span, "--at gives it", severity="note")
                )

    def _note_params(self, wrt: Sequence[str]) -> None:
        shown = ", ".join(wrt[:8]) + (", …" if len(wrt) > 8 else "")
        message = f"derivatives are taken with respect to all inputs without a value: {shown}"
        self.notes.append(Diagnostic("G106", message, severity="note", suggestion="--wrt chooses"))

    def _check(self, wrt: Sequence[str], place: Span | None) -> None:
        """Each name of ``wrt`` is an input, once."""
        seen: set[str] = set()
        for name in wrt:
            if name in seen:
                raise fail("G101", f"'{name}' is named twice among the parameters", place)
            seen.add(name)
            if name not in self.symbols.inputs:
                self._explain_absence(name, place)

    def _explain_absence(self, name: str, place: Span | None) -> None:
        tree = self.tree
        assigned = self.machine.globals.variables.get(name)
        from_script = self.ending.sink is not None and place is not None
        if assigned is not None and not from_script:
            raise fail(
                "G101",
                f"'{name}' is given a value in the text, so it is no parameter",
                self._assignment(name) or place,
                "without this assignment it is one",
            )
        occurs = self._occurs(name)
        inside = any(name in names for names in tree.parameter_names.values())
        if (occurs and not inside) or (from_script and assigned is not None):
            self.symbols.make(name, self.graph)
            message = f"the value does not depend on '{name}'"
            self.notes.append(Diagnostic("G106", message, place, severity="warning"))
            return
        candidates = list(self.symbols.inputs)
        raise fail(
            "G101",
            f"there is no input '{name}' in the model",
            place,
            closest(name, candidates)
            or (f"its inputs are {_listed(candidates)}" if candidates else None),
        )

    def _occurs(self, name: str) -> bool:
        """Whether the name stands for a variable anywhere in the text."""
        tree = self.tree
        index = tree.symbol_index.get(name)
        if index is None:
            return False
        called = {tree.fn(node) for node in range(len(tree)) if tree.head(node) == name}
        return any(
            tree.kinds[node] == NAME and tree.data[node] == index and node not in called
            for node in range(len(tree))
        )

    def _assignment(self, name: str) -> Span | None:
        """Where the text first assigns a name."""
        tree = self.tree
        for node in range(len(tree)):
            if tree.head(node) in ("<-", "=", "<<-"):
                target = tree.args(node)[0]
                if tree.kinds[target] == NAME and tree.name(target) == name:
                    return tree.span(target)
        return None

    def _names(self) -> dict[int, str]:
        """The user's names of intermediate results."""
        names = dict(self.machine.names)
        for name, value in self.machine.globals.variables.items():
            value = plain(value)
            if value.__class__ is int:
                names.setdefault(value, name)
        records = self.graph.records
        return {n: name for n, name in names.items() if records[n][0] not in ("const", "input")}

    def _note_origins(self) -> None:
        codes = [code.tree for code in self.machine.codes]
        for node, packed in enumerate(self.machine.origins[:ORIGINS_LIMIT]):
            self.graph.note_origin(node, codes[packed >> 32].span(packed & 0xFFFFFFFF))


_INNER = frozenset({LOOP_VARIABLE, "ruler"})
"""What no model is made of: a turn of a loop, and the length of what is not known yet."""


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
