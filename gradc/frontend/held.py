"""Functions that a running session holds, read as models.

A script that has run holds its functions and its data: closures know where in the text they are
written, and which variables they see. So nothing of the script but these functions is read.
What they see as numbers are inputs, and have those numbers by default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gradc.errors import GradcError, Source, Span, fail
from gradc.frontend.attached import attached
from gradc.frontend.calls import call_closure
from gradc.frontend.context import vector_of
from gradc.frontend.given import (
    Argument,
    Beyond,
    Given,
    Held,
    Holdings,
    Naming,
    Numbers,
    Parts,
    Texts,
    Truths,
    labelled,
    nested,
    params_of,
)
from gradc.frontend.lifting import tensor
from gradc.frontend.machine import Machine
from gradc.frontend.model import ORIGINS_LIMIT, READINGS_LIMIT, Built
from gradc.frontend.reading import Reading
from gradc.frontend.scope import FUNCTION, Environment, Scope
from gradc.frontend.symbols import Symbols
from gradc.frontend.values import (
    NULL,
    Closure,
    Elements,
    Items,
    Outcome,
    Refusal,
    Shape,
    Undecided,
    Value,
)
from gradc.ir import Function, Graph, known, reachable
from gradc.prims import ShapeError
from gradc.syntax import parse_r
from gradc.syntax.rope import computed
from gradc.syntax.tree import Tree

_NAMED_LIMIT = 100
"""A longer vector of data is not taken apart for the names of its elements."""


class _Symbols(Symbols):
    """Inputs that are given by the session, whatever the functions call their own variables."""

    def is_declared(self, name: str) -> bool:
        return False


def read_held(
    holdings: Holdings,
    number: int,
    arguments: Sequence[Argument],
    naming: Naming,
    name: str = "model",
    attribute: str = "",
    *,
    closed: bool = False,
) -> Built:
    """The function of this number as a model of its parameters.

    With ``attribute`` the model is what the function attaches to its value by that name. Sizes
    are left open as in any model; with ``closed`` they are those of the session, and vectors of
    truths are no inputs.
    Raises: GradcError where the function goes beyond the language.
    """
    reading: Reading | None = None
    for _ in range(READINGS_LIMIT):
        attempt = _Attempt(holdings, naming, closed)
        attempt.start(arguments, reading)
        try:
            return attempt.built(number, arguments, name, attribute)
        except Undecided as undecided:
            reading = attempt.reading.fixing(undecided)
    raise fail("G105", f"this function has to be read more than {READINGS_LIMIT} times", None)


class _Attempt:
    """One reading of a function, with one idea of which numbers are inputs."""

    def __init__(self, holdings: Holdings, naming: Naming, closed: bool) -> None:
        self.holdings = holdings
        self.naming = naming
        self.closed = closed
        self.trees: dict[str, Tree] = {}
        self.closures: dict[int, Closure] = {}

    def start(self, arguments: Sequence[Argument], reading: Reading | None) -> None:
        """Name every input, and make ready an empty graph."""
        for argument in arguments:
            if argument.is_param:
                self._name_params(argument.label or argument.name, argument.value)
        for argument in arguments:
            if not argument.is_param:
                self._name_data(argument.label or argument.name, argument.value)
        for variables in self.holdings.variables.values():
            for name, value in variables.items():
                self._name_data(name, value)
        values = self.naming.values
        if reading is None:
            reading = Reading(tuple(self.naming.params), lengths=self._odd_lengths())
        self.reading = reading
        at = {name: nested(value) for name, value in values.items()}
        self.symbols = _Symbols(
            reading.wrt, at, reading.values, reading.lengths, reading.counts, reading.tied
        )
        self.symbols.scalars = True
        self.graph = Graph()
        self.machine = Machine(self.graph, self.symbols, False)
        self.machine.names_locals = True

    def _name_params(self, name: str, value: Given) -> None:
        for label, part in params_of(name, value):
            self.naming.name(label, part, is_param=True)

    def _name_data(self, name: str, value: Given) -> None:
        if isinstance(value, Truths):
            value = value.numbers
        if isinstance(value, Numbers):
            self.naming.name(name, self._opened(value))
        elif isinstance(value, Parts):
            for label, part in labelled(name, value):
                self._name_data(label, part)

    def _odd_lengths(self) -> frozenset[str]:
        """Vectors that are as long as they are: all but those of the commonest length."""
        vectors = {
            name: value.shape[0]
            for name, value in self.naming.values.items()
            if len(value.shape) == 1 and name not in self.naming.params
        }
        if self.closed:
            return frozenset(vectors)
        counts = Counter(vectors.values())
        rows = max(counts, key=lambda n: (counts[n], n), default=0)
        return frozenset(name for name, length in vectors.items() if length != rows)

    # ---- values

    def value(self, name: str, given: Given) -> Value:
        """A value of the session; numbers are inputs."""
        if isinstance(given, Numbers):
            given = self._opened(given)
            return self._number(self.naming.name(name, given), given)
        if isinstance(given, Truths):
            if not self.closed:
                return self.value(name, given.numbers)
            return Elements(given.values, given.names)
        if isinstance(given, Texts):
            texts = [computed(text, None) for text in given.values]
            return vector_of(texts, given.names)
        if isinstance(given, Parts):
            parts = [self.value(label, part) for label, part in labelled(name, given)]
            return Items(tuple(parts), given.names, given.is_frame)
        if isinstance(given, Held):
            return self.closure(given.number)
        if isinstance(given, Beyond):
            raise Refusal("G104", f"'{name}' is {given.what} here, which no model has")
        return NULL if given is None else given

    def _opened(self, given: Numbers) -> Numbers:
        """While sizes are open a matrix of one column is a vector, as what ``%*%`` gives."""
        if self.closed or len(given.shape) != 2 or given.shape[1] != 1:
            return given
        return Numbers(given.values, given.shape[:1] if given.shape[0] > 1 else ())

    def _number(self, name: str, given: Numbers) -> Value:
        if name in self.symbols.fixed:
            cells = [self.machine.builder.const(number) for number in given.values]
            if len(given.shape) == 2:
                return Elements(cells, None, Shape(given.shape[0], given.shape[1]))
            return vector_of(cells, given.names)
        default = given.values if given.shape else given.values[0]
        node = self.symbols.make(name, self.graph, default, is_column=True)
        if self.closed:
            for size, extent in zip(self.graph.types[node].shape, given.shape, strict=False):
                for symbol, _ in size.terms:
                    self.graph.bindings.setdefault(symbol, known(extent))
        if given.names is not None and given.shape and given.shape[0] <= _NAMED_LIMIT:
            count = given.shape[0]
            self.symbols.lengths |= {name}
            index = self.machine.builder.index
            return Elements([index(node, place + 1) for place in range(count)], given.names)
        return node

    def param(self, name: str, given: Given) -> Value:
        """The parameters: an input each where they have names, a vector or a matrix else."""
        if isinstance(given, Parts):
            parts = [self.param(label, part) for label, part in labelled(name, given)]
            return Items(tuple(parts), given.names, given.is_frame)
        made = [
            self.symbols.make(label, self.graph, part.values if part.shape else part.values[0])
            for label, part in params_of(name, given)
        ]
        if isinstance(given, Numbers) and given.names is not None:
            return Elements(made, given.names)
        if not made:
            raise Refusal("G202", f"'{name}' is no number, so it is no parameter")
        return made[0]

    def closure(self, number: int) -> Closure:
        """A function of the session as a function of the reading."""
        known_ = self.closures.get(number)
        if known_ is not None:
            return known_
        found = self.holdings.functions.get(number)
        if found is None:
            raise Refusal("G104", "a function called here is not written in this file")
        tree = self._tree(found.span.source)
        node = _written(tree, found.span)
        environment = Environment(self.machine.globals)
        closure = Closure(node, Scope(self.machine.code_of(tree), environment))
        self.closures[number] = closure
        for frame in reversed(found.frames):
            for name, given in self.holdings.variables.get(frame, {}).items():
                if name in tree.symbol_index:
                    self._bind(environment, name, given)
        return closure

    def _bind(self, environment: Environment, name: str, given: Given) -> None:
        place = Span(0, 0, Source("", ""))
        if isinstance(given, Beyond):
            environment.variables[name] = Outcome(None, f"{given.what} in the session", place)
            return
        if isinstance(given, Held):
            if given.number not in self.holdings.functions:
                self.machine.shadow(name)
                return
            self.machine.shadow(name)
        environment.variables[name] = self.value(name, given)

    def _tree(self, source: Source) -> Tree:
        if source.name not in self.trees:
            tree = parse_r(source)
            self.trees[source.name] = tree
            self.machine.load(tree, False)
        return self.trees[source.name]

    # ---- the model

    def built(self, number: int, arguments: Sequence[Argument], name: str, attribute: str) -> Built:
        """What the function gives for these arguments."""
        place = self.holdings.functions[number].span
        try:
            supplied: list[tuple[str | None, Value]] = []
            for argument in arguments:
                make = self.param if argument.is_param else self.value
                label = argument.label or argument.name
                supplied.append((argument.name or None, make(label, argument.value)))
            closure = self.closure(number)
            scope, node = closure.scope, closure.node
            self.machine.in_sink = True
            self.machine.context.at = scope, node
            steps = call_closure(self.machine, closure, supplied, "the function", scope, node)
            value = self.machine.run(steps, node, scope)
            if attribute:
                found = attached(self.machine.context, value, attribute)
                value = NULL if found is None else found
            outputs = self._outputs(value)
        except ShapeError as problem:
            raise fail("G201", f"vectors do not fit: {problem}", place) from None
        except Refusal as problem:
            raise self._placed(problem, place) from None
        return self._function(outputs, name)

    def _placed(self, problem: Refusal, place: Span) -> GradcError:
        error = fail(problem.code, problem.message, problem.place or place, problem.suggestion)
        values = getattr(problem, "values", None)
        return error if values is None else Undecided(error, values, problem.lengths)  # type: ignore[attr-defined]

    def _outputs(self, value: Value) -> dict[str, int]:
        """``value``, or ``value:1`` … for the parts of a list."""
        context = self.machine.context
        if isinstance(value, Items):
            nodes = [context.builder.real(tensor(context, part)) for part in _leaves(value)]
            return {f"value:{k}": node for k, node in enumerate(nodes, 1)}
        if isinstance(value, Outcome):
            raise Refusal("G104", f"its value is {value.reason}, so it is another one each time")
        if value is NULL or isinstance(value, Closure):
            raise Refusal("G202", "this function gives no numbers")
        node = context.builder.real(tensor(context, value))
        self.machine.note_result(value)
        return {"value": node}

    def _function(self, outputs: dict[str, int], name: str) -> Built:
        symbols, graph = self.symbols, self.graph
        codes = [code.tree for code in self.machine.codes]
        for node, packed in enumerate(self.machine.origins[:ORIGINS_LIMIT]):
            graph.note_origin(node, codes[packed >> 32].span(packed & 0xFFFFFFFF))
        for label in self.naming.params:
            if label not in symbols.inputs:
                given = self.naming.values[label]
                symbols.make(label, graph, given.values if given.shape else given.values[0])
        records = graph.records
        names = {
            n: word
            for n, word in self.machine.names.items()
            if records[n][0] not in ("const", "input")
        }
        wrt = tuple(self.naming.params)
        reached = reachable(graph, outputs.values())
        inputs = tuple(
            item for item in symbols.inputs.values() if item.name in wrt or reached[item.node]
        )
        function = Function(name, inputs, outputs, graph, wrt, None, names)
        return Built(function, [])


def _leaves(items: Items) -> list[Value]:
    found: list[Value] = []
    pending: list[Value] = [items]
    while pending:
        value = pending.pop(0)
        if isinstance(value, Items):
            pending = [*value.values, *pending]
        else:
            found.append(value)
    return found


def _written(tree: Tree, span: Span) -> int:
    """The function of a tree that stands at a place."""
    for node in range(len(tree)):
        if tree.kinds[node] == FUNCTION and tree.span(node).start == span.start:
            return node
    raise Refusal("G104", "the text of this function was not found in the file")
