"""The evaluator: a loop with its own stack, so that depth of the text costs no recursion.

``todo`` holds what is left to do: a node to evaluate, ``~node`` for a call whose arguments
lie on ``values``, or a :class:`Frame`, a suspended generator that waits for one value.
Arithmetic goes through the first two and allocates nothing but graph nodes; control flow and
calls of the user's functions are generators (:data:`~gradc.frontend.actions.Steps`).
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from functools import partial

from gradc.errors import GradcError, Span, fail
from gradc.frontend.actions import DYNAMIC, Action, Steps, Unwinding
from gradc.frontend.branches import Branches, escape
from gradc.frontend.calls import call_node, force
from gradc.frontend.context import TURN_COST, Context
from gradc.frontend.counts import along
from gradc.frontend.library import Library
from gradc.frontend.lifting import lifted
from gradc.frontend.python.methods import call_method
from gradc.frontend.scope import (
    CALL,
    CONST,
    FUNCTION,
    HOLE,
    MISSING,
    NAME,
    NUM,
    STR,
    Code,
    Environment,
    Scope,
)
from gradc.frontend.sinks import call_derivative
from gradc.frontend.sizes import size_words
from gradc.frontend.symbols import Symbols, numbers_of
from gradc.frontend.values import (
    ABSENT,
    NA,
    NULL,
    Closure,
    Column,
    Dots,
    Elements,
    Items,
    NeedsKnown,
    Outcome,
    Promise,
    Refusal,
    Sink,
    Special,
    Undecided,
    Value,
    Whole,
)
from gradc.frontend.variables import of_module, opened
from gradc.ir import Graph
from gradc.prims import ShapeError
from gradc.syntax.rope import Text, TooLong
from gradc.syntax.tree import Tree

_NOTED = frozenset({int, Column, Elements})
"""Values whose nodes come from the place that gave the value."""

_CONTROL = frozenset({"{", "if", "for", "while", "repeat", "<-", "=", "<<-"})
"""What gives the value of a part of it, which may have been made anywhere."""

_WORDS: dict[str, bool | Special | float] = {
    "TRUE": True,
    "FALSE": False,
    "True": True,
    "False": False,
    "NULL": NULL,
    "None": NULL,
    "Inf": float("inf"),
    "NaN": float("nan"),
}


class Frame:
    """A suspended computation: its node and scope, and how high ``values`` was."""

    __slots__ = ("height", "node", "scope", "steps")

    def __init__(self, steps: Steps, node: int, scope: Scope, height: int) -> None:
        self.steps = steps
        self.node = node
        self.scope = scope
        self.height = height


class Machine:
    """Evaluates trees into one graph."""

    def __init__(self, graph: Graph, symbols: Symbols, is_python: bool) -> None:
        self.graph = graph
        self.context = Context(
            graph,
            is_python,
            symbols.defaults_below(graph),
            symbols.vectors_below(graph),
            self.code_of,
        )
        self.builder = self.context.builder
        self.context.count_along = partial(along, symbols, self.builder)
        self.library = Library(self.context)
        self.symbols = symbols
        self.branches = Branches(self.context, self._declared)
        self.codes: list[Code] = []
        self.code_by_tree: dict[int, Code] = {}
        self.shared: dict[tuple[int, int, bool], tuple[Environment, int, Value]] = {}
        self.opened: dict[str, Value] = {}
        self.attached: dict[str, Value] = {}
        self.sinks: list[Sink] = []
        self.derivatives: list[Sink] = []
        self.in_sink = False
        self.enclosing: set[Environment] = set()
        self.stops: Span | None = None
        self.left_open: dict[str, Outcome] = {}
        self._identities: dict[int, tuple[int, Items]] = {}
        self.call_derivative = call_derivative
        self.call_method = call_method
        self.shadowed: set[str] = set()
        self.callers: dict[str, list[Code]] = {}
        self.root = Environment(None)
        self.context.values = self.root.variables
        self.globals = Environment(self.root)
        self.base = Environment(None)
        self.loops = 0
        self.evaluations = 0
        self.names: dict[int, str] = {}
        # A function that is read by itself has its own variables, which name what they hold.
        self.names_locals = False
        self.origins = array("q")
        # The vector of elements that was made last, and where: its node is made when it is used.
        self.put_together: tuple[Value, int] = (NULL, 0)
        self.reports: dict[tuple[str, str], tuple[int, Span]] = {}

    def place_of(self, node: int) -> Span | None:
        """Where in the text a node was made."""
        if node >= len(self.origins):
            return None
        packed = self.origins[node]
        return self.codes[packed >> 32].tree.span(packed & 0xFFFFFFFF)

    def load(self, tree: Tree, is_python: bool, is_prelude: bool = False) -> Code:
        """Make a tree ready to be evaluated."""
        code = Code(tree, len(self.codes), is_python, is_prelude)
        self.codes.append(code)
        self.code_by_tree[id(tree)] = code
        return code

    def code_of(self, tree: Tree) -> Code:
        """The tree made ready, once."""
        found = self.code_by_tree.get(id(tree))
        return self.load(tree, self.context.is_python) if found is None else found

    def evaluate(self, node: int, scope: Scope) -> Value:
        """The value of a node."""
        return self._drive([node], [], node, scope)

    def run(self, steps: Steps, node: int, scope: Scope) -> Value:
        """The value of a computation that stands at a node."""
        todo: list[int | Frame] = []
        values: list[Value] = []
        frame = Frame(steps, node, scope, 0)
        scope = self._resume(frame, None, todo, values)
        return self._drive(todo, values, frame, scope)

    def _drive(
        self, todo: list[int | Frame], values: list[Value], item: int | Frame, scope: Scope
    ) -> Value:
        """Do what is left to do; the value that remains."""
        try:
            while todo:
                item = todo.pop()
                if isinstance(item, Frame):
                    scope = self._resume(item, values.pop(), todo, values)
                elif item < 0:
                    self._apply(~item, scope, values)
                else:
                    kind = scope.kinds[item]
                    if kind == CALL:
                        steps = self._enter(item, scope, todo)
                    elif kind == NAME:
                        value = self._variable(item, scope)
                        if value.__class__ is not Promise:
                            values.append(value)
                            continue
                        steps = force(self, value)
                    elif kind == HOLE:
                        steps = self._hole(item, scope)
                    elif kind == FUNCTION and scope.code.is_python:
                        steps = self._define(item, scope)
                    else:
                        values.append(self.leaf(item, scope))
                        continue
                    if steps is not None:
                        frame = Frame(steps, item, scope, len(values))
                        scope = self._resume(frame, None, todo, values)
        except (Refusal, ShapeError, TooLong) as problem:
            raise self.placed(problem, item, scope) from None
        return values[0]

    def _resume(
        self, frame: Frame, value: Value | None, todo: list[int | Frame], values: list[Value]
    ) -> Scope:
        """Run a computation until it asks for the next value; the scope to go on in."""
        try:
            node, scope = next(frame.steps) if value is None else frame.steps.send(value)
        except StopIteration as stop:
            self._finish(frame, stop.value, values)
            return frame.scope
        except Unwinding as signal:
            return self._unwind(signal, frame, todo, values)
        except (Refusal, ShapeError, TooLong) as problem:
            raise self.placed(problem, frame, frame.scope) from None
        todo.append(frame)
        todo.append(node)
        return scope

    def _finish(self, frame: Frame, value: Value, values: list[Value]) -> None:
        if value.__class__ in _NOTED:
            self.note(value, frame.node, frame.scope)
        values.append(value)

    def _unwind(
        self, signal: Unwinding, origin: Frame, todo: list[int | Frame], values: list[Value]
    ) -> Scope:
        """Give a ``break``, ``next`` or ``return`` to the nearest computation that takes it."""
        while todo:
            frame = todo.pop()
            if not isinstance(frame, Frame):
                continue
            del values[frame.height :]
            try:
                node, scope = frame.steps.throw(signal)
            except StopIteration as stop:
                self._finish(frame, stop.value, values)
                return frame.scope
            except Unwinding as other:
                signal = other
                continue
            except (Refusal, ShapeError, TooLong) as problem:
                raise self.placed(problem, frame, frame.scope) from None
            todo.append(frame)
            todo.append(node)
            return scope
        word = {"Broken": "break", "Continued": "next"}.get(type(signal).__name__, "return")
        where = "a function" if word == "return" else "a loop"
        raise fail("G104", f"'{word}' outside of {where}", origin.scope.span(origin.node))

    def _enter(self, node: int, scope: Scope, todo: list[int | Frame]) -> Steps | None:
        """Begin a call: put its arguments on ``todo``, or give the computation it is."""
        links = scope.links
        offset = scope.data[node]
        function = links[offset]
        if scope.kinds[function] != NAME:
            return call_node(self, node, scope)
        action = scope.actions[scope.data[function]]
        if action is None:
            action = self._look_up(function, scope)
        count = links[offset + 1]
        if action.form is not None:
            return action.form(self, node, scope)
        if action is self.library.parenthesis and count == 1:
            todo.append(links[offset + 2])
            return None
        if (count not in action.direct and action.native is None) or (
            scope.code.dots >= 0 or node in scope.code.tree.argument_names or scope.code.has_stars
        ):
            return call_node(self, node, scope)
        todo.append(~node)
        if count == 2:
            todo.append(links[offset + 3])
            todo.append(links[offset + 2])
        elif count == 1:
            todo.append(links[offset + 2])
        else:
            todo.extend(reversed(links[offset + 2 : offset + 2 + count]))
        return None

    def _define(self, node: int, scope: Scope) -> Steps:
        """A function of Python: the values of its defaults are found now."""
        defaults: list[Value | None] = []
        for default in scope.tree.defaults(node):
            value: Value | None = None
            if default >= 0:
                value = yield default, scope
            defaults.append(value)
        closure = self.leaf(node, scope)
        if isinstance(closure, Closure) and any(value is not None for value in defaults):
            return Closure(node, scope, tuple(defaults))
        return closure

    def _hole(self, node: int, scope: Scope) -> Steps:
        """An expression that several places share: evaluated once while nothing changes."""
        tree, root = scope.tree.hole(node)
        key = id(tree), root, scope.opens
        known = self.shared.get(key)
        if known is not None and known[0] is scope.environment and not self._changed(known):
            return known[2]
        start = self.branches.clock
        # Pieces that change variables are evaluated again, twice as often each level further in.
        self.context.spend(TURN_COST if known is None else 3 * TURN_COST)
        value = yield root, scope.of(self.code_of(tree))
        self.shared[key] = scope.environment, start, value
        return value

    def _changed(self, known: tuple[Environment, int, Value]) -> bool:
        """Whether a variable was assigned since a shared expression began to be evaluated."""
        if self.branches.kept_at > known[1]:
            return True
        environment: Environment | None = known[0]
        while environment is not None:
            if environment.stamp > known[1]:
                return True
            environment = environment.parent
        return False

    def _look_up(self, function: int, scope: Scope) -> Action:
        """What a name calls, remembered for the whole tree."""
        name = scope.symbols[scope.data[function]]
        code = scope.code
        action: Action | None = DYNAMIC
        if code.is_prelude or name not in self.shadowed:
            action = self.library.find(name, code)
        if action is None:
            return DYNAMIC
        scope.actions[scope.data[function]] = action
        if not code.is_prelude:
            self.callers.setdefault(name, []).append(code)
        return action

    def shadow(self, name: str) -> None:
        """From now on this name may call something of the user's."""
        if name in self.shadowed:
            return
        self.shadowed.add(name)
        for code in self.callers.pop(name, ()):
            code.actions[code.tree.symbol_index[name]] = DYNAMIC

    def _apply(self, node: int, scope: Scope, values: list[Value]) -> None:
        """Replace the arguments of a call on ``values`` by its value."""
        offset = scope.data[node]
        symbol = scope.data[scope.links[offset]]
        count = scope.links[offset + 1]
        action = scope.actions[symbol]
        if action is DYNAMIC or action is None:  # an argument has just taken the name over
            action = self.library.find(scope.symbols[symbol], scope.code) or DYNAMIC
        one = action.direct.get(count)
        first = len(values) - count
        try:
            if one is None:
                self.context.at = scope, node
                result = self.library.call_native(action, values[first:])
            elif count == 2 and values[-1].__class__ is int is values[-2].__class__:
                result = one(values[-2], values[-1])
            elif count == 1 and values[-1].__class__ is int:
                result = one(values[-1])
            else:
                result = self.context.elementwise(one, values[first:])
        except ShapeError as error:
            found = None if one is None else lifted(self.context, one, values[first:])
            if found is None:
                raise self.shapes(error, node, scope, values[first:]) from None
            result = found
        except Refusal as refusal:
            raise self.placed(refusal, node, scope) from None
        if count == 1:
            values[-1] = result
        else:
            values[first:] = (result,)
        if result.__class__ in _NOTED:
            self.note(result, node, scope)

    def note(self, value: Value, node: int, scope: Scope) -> None:
        """Nodes made since the last note come from this place of the user's text."""
        if scope.code.is_prelude:
            return
        new = len(self.graph.records) - len(self.origins)
        place = scope.code.number << 32 | node
        if value.__class__ is Elements:
            if scope.kinds[node] != CALL or scope.tree.head(node) in _CONTROL:
                return
            if value is not self.put_together[0]:
                self.put_together = value, place
        if new == 1:
            self.origins.append(place)
        elif new > 1:
            self.origins.extend(array("q", (place,)) * new)

    def note_result(self, value: Value) -> None:
        """Nodes made since the last note put a vector together, where it was made last."""
        new = len(self.graph.records) - len(self.origins)
        if new > 0 and value is self.put_together[0]:
            self.origins.extend(array("q", (self.put_together[1],)) * new)

    def _variable(self, node: int, scope: Scope) -> Value:
        """What a name stands for; a name that stands for nothing is an input of the model."""
        name = scope.symbols[scope.data[node]]
        value = scope.environment.find(name)
        if scope.opens and value is not None:
            value = opened(self, name, value, scope)
        if value.__class__ is int:
            return value
        if value is None:
            return self._free(name, node, scope)
        if isinstance(value, Promise):
            return self._argument(value)
        if value is ABSENT:
            raise Refusal("G103", f"the argument '{name}' is missing, and has no default")
        if value.__class__ is Dots:
            raise Refusal("G104", "'...' can only be passed on to a function")
        return value

    def _argument(self, promise: Promise) -> Value:
        """An argument's value where it is at hand: a variable's number needs no frame."""
        if promise.value is not None:
            return promise.value
        scope = promise.scope
        if scope.kinds[promise.node] == NAME and not promise.early and not scope.opens:
            value = scope.environment.find(scope.symbols[scope.data[promise.node]])
            if value.__class__ is int:
                return self.branches.looked(promise, value)
        return promise

    def _declared(self, name: str) -> Value | None:
        """The input of a name that was given from outside, assigned or not."""
        return self.symbols.make(name, self.graph) if self.symbols.is_declared(name) else None

    def _free(self, name: str, node: int, scope: Scope) -> Value:
        if scope.code.is_python:
            value = of_module(self, name, scope)
            if value is not None:
                return value
        if name == ".Machine" and not scope.code.is_python:
            return self._limits()
        constant = self.symbols.constant(name, scope.code.is_python)
        if constant is not None:
            return self.builder.const(constant) if isinstance(constant, float) else constant
        if name.startswith("..") or name == ".GlobalEnv":
            raise Refusal("G104", f"'{name}' is no variable of a model")
        if scope.code.is_python and "." in name:
            raise Refusal("G104", f"'{name}' is no number that gradc knows")
        value = self.symbols.make(name, self.graph)
        self.root.variables[name] = value
        self.note(value, node, scope)
        return value

    def is_done(self, scope: Scope) -> bool:
        """Whether the model is made already, and this is what comes after it."""
        return bool(self.sinks) and not self.in_sink and not scope.code.is_prelude

    def outcome_for(self, target: Action, values: Sequence[Value]) -> Outcome | None:
        """What ``sapply`` and its like give of the result of a run: that result."""
        if target.callback not in self.library.over_values:
            return None
        return next((value for value in values if isinstance(value, Outcome)), None)

    def _limits(self) -> Items:
        """R's ``.Machine``: the limits of its numbers."""
        limits = {
            "double.eps": sys.float_info.epsilon,
            "double.xmax": sys.float_info.max,
            "double.xmin": sys.float_info.min,
            "integer.max": 2.0**31 - 1,
        }
        return Items(tuple(map(self.builder.const, limits.values())), tuple(limits))

    def identity(self, items: Items) -> int:
        """A number for a list, the same for the same list."""
        # The list is kept, so that no other one is ever at its address.
        return self._identities.setdefault(id(items), (len(self._identities), items))[0]

    def is_known_number(self, value: Value) -> bool:
        """Whether all of a value is known numbers."""
        return numbers_of(self.context, value) is not None

    def leaf(self, node: int, scope: Scope) -> Value:
        kind = scope.kinds[node]
        tree = scope.code.tree
        if kind == NUM:
            value = self.graph.const(tree.numbers[scope.data[node]])
            return Whole(value) if tree.integers[scope.data[node]] else value
        if kind == STR:
            return scope.code.text(node)
        if kind == MISSING:
            return ABSENT
        if kind == FUNCTION:
            if not scope.code.is_prelude:
                for name in tree.params(node):
                    self.shadow(name)
            return Closure(node, scope)
        if kind != CONST:
            raise TypeError(f"node {node} of {tree!r} is no expression")
        word = scope.symbols[scope.data[node]]
        if word.startswith("NA_") or word == "NA":
            return NA
        constant = _WORDS[word]
        return self.graph.const(constant) if isinstance(constant, float) else constant

    def bind(self, environment: Environment, name: str, value: Value) -> None:
        """Give a variable its value."""
        if not isinstance(value, (int, Text, Elements)):
            self.shadow(name)
            escape(value, environment)
        if environment is self.globals and name in self.opened and value is not self.opened[name]:
            refusal = Refusal("G104", f"'{name}' is an input of the model, and is changed here")
            raise NeedsKnown(refusal, {name}, set())
        self.branches.write(environment, name, value)

    def placed(
        self, problem: Refusal | ShapeError | TooLong, item: int | Frame, scope: Scope
    ) -> GradcError:
        """A refusal with the place where it happened."""
        if isinstance(item, Frame):
            scope, node = item.scope, item.node
        else:
            node = item if item >= 0 else ~item
        if isinstance(problem, ShapeError):
            return fail("G201", f"vectors do not fit: {problem}", scope.span(node))
        if isinstance(problem, TooLong):
            return fail("G105", "this text grows without end", scope.span(node))
        if scope.kinds[node] == CALL and problem.argument is not None:
            arguments = scope.args(node)
            if problem.argument < len(arguments):
                node = arguments[problem.argument]
        place = problem.place or scope.span(node)
        error = fail(problem.code, problem.message, place, problem.suggestion)
        if isinstance(problem, NeedsKnown):
            return Undecided(error, problem.values, problem.lengths)
        return error

    def shapes(self, error: ShapeError, node: int, scope: Scope, values: list[Value]) -> GradcError:
        """The diagnostic for vectors that do not fit, with the places of both."""
        arguments = scope.args(node) if scope.kinds[node] == CALL else []
        if len(values) != 2 or len(arguments) != 2 or scope.place is not None:
            return fail("G201", f"vectors do not fit: {error}", scope.span(node))
        words = [self._shape_words(value) for value in values]
        return fail(
            "G201",
            f"{words[0]} does not combine with {words[1]}",
            scope.span(arguments[1]),
            f"this is {words[1]}",
            [(f"this is {words[0]}", scope.span(arguments[0]))],
        )

    def _shape_words(self, value: Value) -> str:
        count = self.context.length_of(value)
        if count is not None:
            return f"a vector of length {count}"
        shape = self.graph.types[value].shape if isinstance(value, int) else ()
        words = [size_words(size.substitute(self.graph.bindings), self.symbols) for size in shape]
        if not words or None in words:
            return "data of unknown length"
        if len(words) == 2:
            return f"a matrix of {words[0]} by {words[1]}"
        return f"a vector of length {words[0]}"
