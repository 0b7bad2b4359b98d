"""From a text to a function of the IR: the whole frontend in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradc.errors import Diagnostic, GradcError, Source, Span, fail
from gradc.frontend.machine import Machine
from gradc.frontend.quoting import quoted_scope
from gradc.frontend.scope import NAME, Scope
from gradc.frontend.symbols import Symbols
from gradc.frontend.unknown import closest
from gradc.frontend.values import (
    NA,
    NULL,
    Closure,
    Derivative,
    Formula,
    Quoted,
    Refusal,
    Value,
    describe,
)
from gradc.ir import Function, Graph, LeastSquares
from gradc.prims import ShapeError
from gradc.syntax import parse_python, parse_r
from gradc.syntax.tree import Tree

ORIGINS_LIMIT = 100_000
"""For how many nodes a place in the text is kept; a graph of a million has no reader."""


@dataclass(frozen=True, slots=True)
class Built:
    """A function, and what there is to say about how the text was understood."""

    function: Function
    notes: list[Diagnostic]


def build(
    source: Source,
    *,
    syntax: str = "r",
    wrt: Sequence[str] | None = None,
    at: Mapping[str, Any] | None = None,
    name: str = "model",
) -> Built:
    """The function that a text means.

    ``syntax`` is ``"r"`` or ``"python"``. ``wrt`` names the parameters; without it a ``deriv``
    call in the text does, and without that every free symbol that has no value in ``at``
    is one, and a note says so. A parameter is a vector of known length where ``at`` gives a
    list for it. All other inputs are data: vectors of one unknown length.

    Raises
    ------
        GradcError: the text is wrong or goes beyond the language.
    """
    tree = parse_python(source) if syntax == "python" else parse_r(source)
    if not tree.roots:
        raise fail("G104", "there is no expression in this text", Span(0, 0, source))
    is_python = syntax == "python"
    model = _Model(tree, is_python, wrt, at)
    derivative = model.derivative
    if wrt is None and derivative is not None:
        # The parameters are known only now, and they decide which inputs are data.
        model = _Model(tree, is_python, derivative.names, at)
    return model.built(name, given=wrt is not None, derivative=derivative)


class _Model:
    """One reading of a text, with one idea of which inputs are parameters."""

    def __init__(
        self,
        tree: Tree,
        is_python: bool,
        wrt: Sequence[str] | None,
        at: Mapping[str, Any] | None,
    ) -> None:
        self.tree = tree
        self.graph = Graph()
        self.symbols = Symbols(wrt, at)
        self.machine = Machine(self.graph, self.symbols, is_python)
        self.derivative: Derivative | None = None
        self.least_squares: LeastSquares | None = None
        self.notes: list[Diagnostic] = []
        scope = Scope(self.machine.load(tree, is_python), self.machine.globals)
        value: Value = NULL
        for root in tree.roots:
            value = self.machine.evaluate(root, scope)
        self.place = tree.span(tree.roots[-1])
        try:
            self.value = self._node(value)
        except (Refusal, ShapeError) as problem:
            raise self._placed(problem) from None

    def _placed(self, problem: Refusal | ShapeError) -> GradcError:
        if isinstance(problem, ShapeError):
            return fail("G201", f"vectors do not fit: {problem}", self.place)
        place = problem.place or self.place
        return fail(problem.code, problem.message, place, problem.suggestion)

    def _node(self, value: Value) -> int:
        """The graph node of the last expression's value."""
        machine = self.machine
        if isinstance(value, Derivative):
            self.derivative = value
            self.place = value.span
            value = value.expression
        if isinstance(value, Formula):
            if value.response is not None:
                return self._squares(value.response, value.mean)
            value = value.mean
        if isinstance(value, Quoted):
            value = machine.evaluate(value.node, quoted_scope(machine, value))
        if value is NA:
            message = "the value of the model is NA"
            self.notes.append(Diagnostic("G202", message, self.place, severity="warning"))
            return self.graph.const(float("nan"))
        if value is NULL:
            raise Refusal("G202", "the last expression of the text has no value")
        if isinstance(value, Closure):
            raise Refusal(
                "G104",
                "the text defines a function and does not call it",
                "add a call of it as the last line",
            )
        if isinstance(value, str) or not isinstance(value, int):
            _ = machine.context.atoms(value)
        if isinstance(value, str):
            raise Refusal("G202", f"the value of the model is {describe(value)}, not a number")
        return machine.builder.real(machine.context.node(value))

    def _squares(self, response: Quoted, mean: Quoted) -> int:
        """``y ~ f``: the sum of squared residuals, mean and response kept apart."""
        machine = self.machine
        context, builder = machine.context, machine.builder
        left = machine.evaluate(response.node, quoted_scope(machine, response))
        right = machine.evaluate(mean.node, quoted_scope(machine, mean))
        residual = context.elementwise(builder.sub, [left, right])
        two = builder.const(2.0)
        squares = context.elementwise(lambda node: builder.pow(node, two), [residual])
        self.least_squares = LeastSquares(context.node(right), context.node(left))
        self.notes.append(
            Diagnostic(
                "G107",
                "y ~ f is read as least squares: the value is the residual sum of squares",
                severity="note",
            )
        )
        if context.length_of(squares) == 1 or isinstance(squares, int):
            return builder.sum(context.node(squares))
        nodes = [context.node(atom) for atom in context.atoms(squares)]
        total = nodes[0]
        for node in nodes[1:]:
            total = builder.add(total, node)
        return total

    def built(self, name: str, given: bool, derivative: Derivative | None) -> Built:
        """The finished function."""
        symbols = self.symbols
        if symbols.wrt is None:
            wrt = tuple(item for item in symbols.inputs if symbols.is_param(item))
            if wrt:
                self._note_params(wrt)
        else:
            wrt = tuple(symbols.wrt)
            place = None if given or derivative is None else derivative.span
            self._check(wrt, place)
        self._note_origins()
        function = Function(
            name,
            tuple(symbols.inputs.values()),
            {"value": self.value},
            self.graph,
            wrt,
            self.least_squares,
            self._names(),
        )
        return Built(function, self.notes)

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
        if assigned is not None:
            raise fail(
                "G101",
                f"'{name}' is given a value in the text, so it is no parameter",
                self._assignment(name) or place,
                "without this assignment it is one",
            )
        occurs = self._occurs(name)
        inside = any(name in names for names in tree.parameter_names.values())
        if occurs and not inside:
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
            if value.__class__ is int:
                names.setdefault(value, name)
        records = self.graph.records
        return {n: name for n, name in names.items() if records[n][0] not in ("const", "input")}

    def _note_origins(self) -> None:
        codes = [code.tree for code in self.machine.codes]
        for node, packed in enumerate(self.machine.origins[:ORIGINS_LIMIT]):
            self.graph.note_origin(node, codes[packed >> 32].span(packed & 0xFFFFFFFF))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
