"""What a program ends with, and the node of the model that it means.

The last sink of the program, if it has one, is the model: a quoted expression, a formula, a
function handed to an optimiser. Otherwise the model is the value of the last expression, and
a text is what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

from gradc.errors import Diagnostic, GradcError, Span, fail
from gradc.frontend import language
from gradc.frontend.actions import Action
from gradc.frontend.arguments import match
from gradc.frontend.lifting import tensor
from gradc.frontend.machine import Machine
from gradc.frontend.objective import Objective
from gradc.frontend.reading import Parameters
from gradc.frontend.scope import Scope
from gradc.frontend.symbols import ROWS, numbers_of
from gradc.frontend.values import (
    NA,
    NULL,
    Closure,
    Elements,
    Evaluated,
    Expressions,
    Formula,
    Items,
    Listing,
    Mapped,
    NeedsKnown,
    Outcome,
    Quoted,
    Refusal,
    Sink,
    Undecided,
    Value,
    describe,
)
from gradc.ir import LeastSquares
from gradc.prims import ShapeError
from gradc.syntax.rope import Text
from gradc.syntax.tree import Kind

_SHOWN = frozenset(
    ("print", "cat", "invisible", "(", "{", "<-", "=", "if", "round", "float", "str", 'f""', "f:")
)
"""What may stand around the last call of a script without changing what it calls."""

_LAYERS_LIMIT = 100
"""How often code may give code before there is a model."""


class Ending:
    """From the value that a program ends with to the node of its model."""

    def __init__(self, machine: Machine, place: Span, scope: Scope) -> None:
        self.machine = machine
        self.place = place
        self.scope = scope
        self.sink: Sink | None = None
        self.text: Text | None = None
        self.least_squares: LeastSquares | None = None
        self.layers = 0
        self.notes: list[Diagnostic] = []
        machine.context.at = scope, scope.tree.roots[-1]

    def node(self, value: Value) -> int:
        """The graph node of the model's value."""
        try:
            node = self._unless_raised(self._node(self._model_of(value)))
            self._check_lengths()
            self._declared_parameters()
            return node
        except (Refusal, ShapeError) as problem:
            raise self._placed(problem) from None

    def _unless_raised(self, node: int) -> int:
        """The value, NaN for those inputs for which a script of Python raises an error."""
        raised, builder = self.machine.branches.raised, self.machine.builder
        if not raised:
            return node
        types = self.machine.graph.types
        if any(types[test].shape and not types[node].shape for test, _ in raised):
            raise Refusal("G104", "whether the script stops with an error depends on data")
        message = "the script raises an error for some inputs: the model is NaN there"
        self.notes.append(Diagnostic("G107", message, raised[0][1], severity="note"))
        test = reduce(builder.either, (test for test, _ in raised))
        return builder.select(test, builder.const(float("nan")), node)

    def _placed(self, problem: Refusal | ShapeError) -> GradcError:
        if isinstance(problem, ShapeError):
            return fail("G201", f"vectors do not fit: {problem}", self.place)
        error = fail(problem.code, problem.message, problem.place or self.place, problem.suggestion)
        if isinstance(problem, NeedsKnown):
            return Undecided(error, problem.values, problem.lengths)
        return error

    def _check_lengths(self) -> None:
        """Vectors of the script that differ in length: each keeps its own."""
        symbols = self.machine.symbols
        lengths = {
            item.name: len(item.default)
            for item in symbols.inputs.values()
            if isinstance(item.default, tuple)
            and item.kind != "param"
            and item.name not in symbols.at
            and item.name not in symbols.lengths
        }
        bound = self.machine.graph.bindings.get(ROWS)
        sizes = set(lengths.values()) | ({bound.constant} if bound and bound.is_known else set())
        if lengths and len(sizes) > 1:
            refusal = Refusal("G201", "the vectors of this model differ in length")
            raise NeedsKnown(refusal, set(), set(lengths))

    # Which value is the model.

    def _model_of(self, value: Value) -> Value:
        """The sink behind a value, or the last sink where the value says nothing."""
        sink = self._sink_of(value)
        if sink is not None:
            self._note_others(self.machine.sinks, sink, "the one that the script ends with")
            return self._with_others(sink)
        if isinstance(value, Outcome):
            raise Refusal("G104", f"the program ends with {value.reason}, and runs nothing")
        sinks = self.machine.sinks or self.machine.derivatives
        parts = value.items if isinstance(value, Elements) else (value,)
        is_text = all(isinstance(part, Text) for part in parts)
        is_message = is_text and any(sink.moment for sink in sinks)
        if not self._says_nothing(value) and not is_message:
            return value
        if not sinks:
            return self._called() or value
        self._note_others(sinks, sinks[-1], "the last of them")
        return self._with_others(sinks[-1])

    def _note_others(self, sinks: Sequence[Sink], sink: Sink, which: str) -> None:
        """Say so where the script makes other models, too."""
        if len({_key(other) for other in sinks}) > 1:
            message = f"the script makes {len(sinks)} models; this is {which}"
            self.notes.append(Diagnostic("G107", message, sink.span, severity="note"))

    def _called(self) -> Sink | None:
        """The function of the script that its last line calls with numbers, as a model there."""
        tree, node = self.scope.tree, self.scope.tree.roots[-1]
        while tree.head(node) in _SHOWN:
            inner = [part for part in tree.args(node) if tree.kinds[part] == Kind.CALL]
            if not inner:
                return None
            node = inner[0] if tree.head(node) == "f:" else inner[-1]
        name = tree.head(node)
        function = self.machine.globals.variables.get(name) if name else None
        if not isinstance(function, Closure) or not tree.args(node):
            return None
        formals = function.scope.tree.params(function.node)
        wrt = self.machine.symbols.wrt
        if not formals or (wrt is not None and not set(wrt) & set(formals)):
            return None
        arguments = list(tree.args(node))
        names = tree.argnames(node) or (None,) * len(arguments)
        values = [self.machine.evaluate(argument, self.scope) for argument in arguments]
        is_r = not self.scope.code.is_python
        matched, _ = match(name or "", formals, list(zip(names, values, strict=True)), is_r)
        start, *others = matched
        if start is None or not self.machine.is_known_number(start):
            return None
        pairs = zip(formals[1:], others, strict=True)
        given = tuple((formal, value) for formal, value in pairs if value is not None)
        return Sink("call", function, self.scope.span(node), None, start, given)

    def _with_others(self, sink: Sink) -> Sink:
        """A derivative by one name, with the names that the same model is derived by elsewhere."""
        if sink.callee not in ("D", "diff") or sink.names is None:
            return sink
        key = _key(sink)
        alike = [s for s in (*self.machine.derivatives, *self.machine.sinks) if _key(s) == key]
        names = dict.fromkeys(name for s in (*alike, sink) for name in s.names or ())
        given = {name: v for s in (*alike, sink) for name, v in s.given}
        return replace(sink, names=tuple(names), given=tuple(given.items()))

    def _sink_of(self, value: Value) -> Sink | None:
        if isinstance(value, (Outcome, Evaluated)):
            return value.sink
        if isinstance(value, Sink):
            return value
        if isinstance(value, Items):
            return self._joined([self._sink_of(item) for item in value.values])
        if isinstance(value, Listing):
            return self._joined([self._sink_of(item) for item in value.items])
        return None

    def _joined(self, sinks: Sequence[Sink | None]) -> Sink | None:
        """Derivatives of one expression by several names, as one model."""
        first = sinks[0] if sinks else None
        names: list[str] = []
        for sink in sinks:
            if sink is None or first is None or _key(sink) != _key(first):
                return None
            if sink.names != first.names and not sink.names:
                return None
            names += sink.names or ()
        if first is None or first.names is None:
            return first
        return replace(first, names=tuple(dict.fromkeys(names)))

    def _says_nothing(self, value: Value) -> bool:
        if value is NULL or value is NA:
            return True
        if isinstance(value, (bool, Closure, Action, Outcome, Sink, Evaluated)):
            return True
        if isinstance(value, Items):
            return all(self._says_nothing(item) for item in value.values)
        if isinstance(value, (Listing, Mapped)):
            return True
        return numbers_of(self.machine.context, value) is not None

    # What it means.

    def _node(self, value: Value) -> int:
        if isinstance(value, Sink):
            return self._of_sink(value)
        if isinstance(value, Elements) and len(value) == 1 and isinstance(value.at(0), Text):
            value = value.at(0)
        if isinstance(value, Text):
            quoted = language.code_of_text(self.machine.context, value)
            return self._of_quoted(quoted[-1] if quoted else NULL)
        if isinstance(value, Expressions):
            value = value.quoted[-1] if value.quoted else NULL
        if isinstance(value, (Quoted, Formula)):
            return self._of_quoted(value)
        if isinstance(value, Closure):
            span = value.scope.span(value.node)
            return self._of_sink(Sink("function", value, span))
        return self._number(value)

    def _number(self, value: Value) -> int:
        """The node of a value that has to be a number, or numbers."""
        context = self.machine.context
        if value is NA:
            message = "the value of the model is NA"
            self.notes.append(Diagnostic("G202", message, self.place, severity="warning"))
            return context.builder.const(float("nan"))
        if value is NULL:
            shows = bool(context.ignored)
            suggestion = "end with the expression itself, or with a function" if shows else None
            if self.machine.symbols.declared:
                suggestion = "end with the objective"
            raise Refusal("G202", "the last expression of the text has no value", suggestion)
        if isinstance(value, Elements) and any(isinstance(i, Text) for i in value.items):
            raise Refusal(
                "G202",
                f"the program ends with {describe(value)}: each may be a model",
                "end with one of them, such as [1]",
            )
        if not isinstance(value, (int, Evaluated)):
            atoms = context.atoms(value)
            value = atoms[0] if len(atoms) == 1 else value
        node = context.builder.real(tensor(context, value))
        self.machine.note_result(value)
        return node

    def _of_quoted(self, value: Value) -> int:
        """The model that code means; numbers of the script are inputs in it."""
        self.layers += 1
        if self.layers > _LAYERS_LIMIT:
            raise Refusal("G105", "this code gives code again and again")
        if isinstance(value, Quoted):
            self._note_text(value)
            made = language.formula_of(self.machine.context, value)
            value = value if made is None else made
        if isinstance(value, Formula):
            self._note_text(value.call)
            if value.response is not None:
                return self._squares(value.response, value.mean)
            value = value.mean
        if not isinstance(value, Quoted):
            raise Refusal("G202", "the last expression of the text has no value")
        result = self._evaluated(value)
        sink = self._sink_of(result)
        if sink is not None and sink is not self.sink:
            return self._of_sink(sink)
        return self._node(result) if isinstance(result, (Quoted, Formula)) else self._number(result)

    def _note_text(self, quoted: Quoted) -> None:
        """Remember the text that code was read from."""
        context = self.machine.context
        tree = quoted.scope.tree
        for read, text in reversed(context.texts):
            if read is tree:
                self.text = text
                return

    def _evaluated(self, quoted: Quoted) -> Value:
        scope = Scope(quoted.scope.code, quoted.scope.environment, None, None, opens=True)
        self.place = quoted.span
        self.machine.in_sink = True
        return self.machine.evaluate(quoted.node, scope)

    def _of_sink(self, sink: Sink) -> int:
        self.sink = sink
        self.place = sink.span
        if sink.moment is not None:
            self.machine.branches.clock += 1
            sink.moment.restore(self.machine.branches.clock)
        if isinstance(sink.target, Closure):
            return self._number(Objective(self, sink, sink.target).value())
        if sink.names is not None:
            self.parameters(sink.names)
        for name, value in sink.given:
            if value is NA:
                continue
            self.machine.globals.variables[name] = value
            self._default(name, value)
        if isinstance(sink.target, int):
            return self._number(sink.target)
        return self._of_quoted(sink.target)

    def _default(self, name: str, value: Value) -> None:
        """The value at which the script evaluates an input that is there already."""
        machine = self.machine
        number = numbers_of(machine.context, value)
        found = machine.symbols.inputs.get(name)
        if found is not None and number is not None:
            machine.symbols.place(name, number)

    def parameters(self, names: Sequence[str]) -> None:
        """Take these as the parameters, unless others were asked for."""
        symbols = self.machine.symbols
        if symbols.wrt is not None:
            return
        if symbols.inputs:
            raise Parameters(names)
        symbols.set_wrt(names)

    def _declared_parameters(self) -> None:
        """In a declared model the parameters are those that it declares."""
        symbols = self.machine.symbols
        if not symbols.declared or symbols.wrt is not None:
            return
        names = tuple(name for name, item in symbols.declared.items() if item.is_param)
        if any(name not in symbols.declared for name in symbols.inputs):
            raise Parameters(names)  # what is not declared is data
        symbols.set_wrt(names)

    def _squares(self, response: Quoted, mean: Quoted) -> int:
        """``y ~ f``: the sum of squared residuals, mean and response kept apart."""
        context, builder = self.machine.context, self.machine.builder
        left = self._evaluated(response)
        right = self._evaluated(mean)
        residual = context.elementwise(builder.sub, [left, right])
        two = builder.const(2.0)
        squares = context.elementwise(lambda node: builder.pow(node, two), [residual])
        self.least_squares = LeastSquares(context.node(right), context.node(left))
        message = "y ~ f is read as least squares: the value is the residual sum of squares"
        self.notes.append(Diagnostic("G107", message, severity="note"))
        if context.length_of(squares) == 1 or isinstance(squares, int):
            return builder.sum(context.node(squares))
        nodes = [context.node(atom) for atom in context.atoms(squares)]
        total = nodes[0]
        for node in nodes[1:]:
            total = builder.add(total, node)
        return total


def _key(sink: Sink) -> tuple[int, ...]:
    """What tells the models of two sinks apart: the code that is differentiated.

    A function that is made anew for each of several fits is another one each time.
    """
    target = sink.target
    if isinstance(target, int):
        return 0, target
    quoted = target.call if isinstance(target, Formula) else target
    code = id(quoted.scope.tree), quoted.node
    is_fit = isinstance(target, Closure) or sink.callee == "nls"
    return (*code, id(quoted.scope.environment)) if is_fit else code
