"""A function of the script as a model: its first argument is the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.errors import Diagnostic, fail
from gradc.frontend.calls import call_closure, force
from gradc.frontend.context import vector_of
from gradc.frontend.scope import Environment
from gradc.frontend.symbols import numbers_of
from gradc.frontend.values import (
    NULL,
    Closure,
    Elements,
    Items,
    Outcome,
    Promise,
    Refusal,
    Sink,
    Undecided,
    Value,
)
from gradc.frontend.variables import note_drawn, opened_list
from gradc.syntax.tree import Kind

if TYPE_CHECKING:
    from gradc.frontend.ending import Ending


class Objective:
    """A function of the script as a model: its first argument is the parameters."""

    def __init__(self, ending: Ending, sink: Sink, function: Closure) -> None:
        self.ending = ending
        self.machine = ending.machine
        self.sink = sink
        self.function = function
        tree = function.scope.tree
        formals = tree.params(function.node)
        self.formals = ("par", *formals[1:]) if formals[:1] == ("...",) else formals
        self.defaults = tree.defaults(function.node)

    def value(self) -> Value:
        """What the function gives for parameters and data that are inputs."""
        if not self.formals:
            raise Refusal("G103", "this function takes no argument, so it has no parameters")
        self.machine.symbols.scalars = True
        start = self._start()
        self._open_enclosing()
        supplied: list[tuple[str | None, Value]] = [(None, start)]
        given = dict(self.sink.given)
        for name, value in given.items():
            supplied.append((name, self._argument(name, value)))
        taken = {self._meant(name) for name in given}
        for formal, default in zip(self.formals[1:], self.defaults[1:], strict=True):
            if formal == "..." or formal in taken:
                continue
            known = self._default(default)
            if default < 0 or known is not None:
                supplied.append((formal, self._input(formal, known)))
        self.machine.in_sink = True
        scope, node = self.function.scope, self.function.node
        steps = call_closure(self.machine, self.function, supplied, "the function", scope, node)
        value = self.machine.run(steps, node, scope)
        self._check_length()
        return value

    def _open_enclosing(self) -> None:
        """Variables of the functions that this one was made in are data, as those of the script.

        An argument of such a function that was not looked at yet is looked at now.
        """
        environment: Environment | None = self.function.scope.environment
        machine = self.machine
        while environment is not None and environment is not machine.globals:
            machine.enclosing.add(environment)
            for value in list(environment.variables.values()):
                if isinstance(value, Promise) and value.value is None:
                    machine.run(force(machine, value), value.node, value.scope)
            environment = environment.parent
        machine.enclosing.discard(machine.root)

    def _meant(self, name: str) -> str:
        """The argument that a name passed on means: itself, or one that it is short for."""
        if name in self.formals:
            return name
        return next((formal for formal in self.formals[1:] if formal.startswith(name)), name)

    def _start(self) -> Value:
        """The first argument: one input, or several by their own names."""
        formal, context = self.formals[0], self.machine.context
        names = self._names()
        start = self.sink.start
        if names is not None:
            self.ending.parameters(names)
            defaults: list[Value | None] = [None] * len(names)
            if isinstance(start, (Elements, Items)) and len(names) == context.length_of(start):
                parts = start.items if isinstance(start, Elements) else start.values
                defaults = list(parts)
            nodes = [
                self._param(name, None if value is None else numbers_of(context, value))
                for name, value in zip(names, defaults, strict=True)
            ]
            if isinstance(start, Items):
                return Items(tuple(nodes), names)
            return Elements(nodes, names)
        self.ending.parameters((formal,))
        count = 1 if start is NULL else None if start is None else context.length_of(start)
        if start is NULL:
            return self._param(formal, None, 1)
        if start is None or isinstance(start, Outcome):
            return self._counted(formal)
        return self._param(formal, numbers_of(context, start), count)

    def _param(
        self, name: str, number: float | tuple[float, ...] | None, count: int | None = None
    ) -> int:
        graph = self.machine.graph
        return self.machine.symbols.make(name, graph, number, count=count, place="parameter")

    def _names(self) -> tuple[str, ...] | None:
        """The names of single parameters, from where the search starts or from ``--wrt``."""
        if self.sink.names is not None:
            return self.sink.names
        wrt, start = self.machine.symbols.wrt, self.sink.start
        if wrt is None or any(name in self.formals for name in wrt):
            return None
        count = None if start is None else self.machine.context.length_of(start)
        return tuple(wrt) if count in (None, len(wrt)) else None

    def _counted(self, formal: str) -> int:
        """A parameter whose length is what the function uses of it."""
        symbols = self.machine.symbols
        if formal in symbols.at or formal in symbols.counts:
            if formal in symbols.counts:
                self._note(formal)
            return self._param(formal, None, symbols.counts.get(formal))
        return self._param(formal, None, -1)

    def _check_length(self) -> None:
        """Where the length of the parameter was open, it is the largest index used."""
        formal = self.formals[0]
        symbols, graph = self.machine.symbols, self.machine.graph
        found = symbols.inputs.get(formal)
        if found is None or formal not in symbols.open_counts:
            return
        unknown = fail(
            "G104",
            f"how many elements '{formal}' has is not known",
            self.sink.span,
            f'--at with a JSON file such as {{"{formal}": [1, 2]}} tells it',
        )
        used = [r[1] for r in graph.records if r[0] == "index" and r[2] == found.node]
        if any(r[0] == "length" and r[2] == found.node for r in graph.records):
            raise unknown
        raise Undecided(unknown, set(), set(), {formal: max(used, default=0)})

    def _note(self, formal: str) -> None:
        """Say what a function without a call was taken for."""
        count = self.machine.symbols.counts.get(formal, 0)
        size = f"{count} elements, the largest index" if count else "one number, as it has no index"
        message = f"the model is the function that is defined last; its parameter is '{formal}'"
        self.ending.notes.append(
            Diagnostic("G107", f"{message} ({size})", self.sink.span, severity="note")
        )

    def _default(self, default: int) -> float | None:
        """The number that an argument has by default, where it is written as one."""
        tree = self.function.scope.tree
        if default < 0:
            return None
        sign = 1.0
        while tree.head(default) == "-" and len(tree.args(default)) == 1:
            sign, default = -sign, tree.args(default)[0]
        return sign * tree.value(default) if tree.kinds[default] == Kind.NUM else None

    def _argument(self, name: str, value: Value) -> Value:
        """A value passed on by name: numbers are an input that has them by default."""
        context = self.machine.context
        if isinstance(value, Outcome):
            note_drawn(self.machine, name, value)
            return self._input(name, None)
        if isinstance(value, Items):
            return opened_list(self.machine, value, name)
        number = numbers_of(context, value)
        return value if number is None else self._input(name, number)

    def _input(self, name: str, number: float | tuple[float, ...] | None) -> Value:
        symbols = self.machine.symbols
        place = "argument"
        if symbols.actual(name, place) in symbols.fixed and number is not None:
            items = number if isinstance(number, tuple) else (number,)
            return vector_of([self.machine.builder.const(item) for item in items])
        return symbols.make(name, self.machine.graph, number, is_column=True, place=place)
