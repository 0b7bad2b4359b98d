"""All functions of the language, found by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from gradc.errors import GradcError, Source, Span
from gradc.frontend import (
    algebra,
    assign,
    attached,
    binding,
    characters,
    choosing,
    control,
    declarations,
    functional,
    index,
    lists,
    matching,
    matrices,
    ordering,
    passing,
    pasting,
    predicates,
    quoting,
    reductions,
    sequences,
    sinks,
    spelling,
    texts,
    vectors,
    wrappers,
)
from gradc.frontend.actions import Action
from gradc.frontend.arguments import DOTS, match, takes_words
from gradc.frontend.columns import ON_COLUMNS, plain
from gradc.frontend.context import Context, OneNode
from gradc.frontend.elementwise import ELEMENTWISE, SHORT, operators
from gradc.frontend.flat import ON_FLAT, unflattened
from gradc.frontend.prelude import PRELUDE
from gradc.frontend.prelude.cumulative import PRIVATE
from gradc.frontend.prelude.natives import PRELUDE_NATIVES
from gradc.frontend.python.library import KEEPS_OUTCOMES, ON_OBJECTS, PythonLibrary
from gradc.frontend.scope import Code, Scope
from gradc.frontend.unknown import unknown_function
from gradc.frontend.values import (
    ABSENT,
    Closure,
    Dots,
    Refusal,
    Unresolved,
    Value,
)
from gradc.prims import TABLE
from gradc.syntax import parse_r
from gradc.syntax.tree import Tree

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine

_FORMS = (
    *control.FORMS,
    *choosing.FORMS,
    *assign.FORMS,
    *quoting.FORMS,
    *passing.FORMS,
    *predicates.FORMS,
    *wrappers.FORMS,
    *declarations.FORMS,
)
_CALLBACKS = (
    *control.CALLBACKS,
    *functional.CALLBACKS,
    *quoting.CALLBACKS,
    *sinks.CALLBACKS,
    *wrappers.CALLBACKS,
)
_NATIVES = (
    *algebra.NATIVES,
    *attached.NATIVES,
    *binding.NATIVES,
    *vectors.NATIVES,
    *sequences.NATIVES,
    *lists.NATIVES,
    *reductions.NATIVES,
    *index.NATIVES,
    *texts.NATIVES,
    *pasting.NATIVES,
    *characters.NATIVES,
    *matching.NATIVES,
    *matrices.NATIVES,
    *predicates.NATIVES,
    *quoting.NATIVES,
    *ordering.NATIVES,
    *spelling.NATIVES,
    *passing.NATIVES,
)


class Library:
    """The functions of R or of Python, and those of the prelude, for one graph."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._operators = operators(context)
        self._python = PythonLibrary(self) if context.is_python else None
        self.parenthesis = Action("(", ("x",), native=vectors.same)
        self._found: dict[tuple[str, bool], Action | None] = {
            ("(", False): self.parenthesis,
            ("(", True): self.parenthesis,
        }
        self._closures: dict[str, Closure] = {}
        self.over_values = {entry[3] for entry in functional.CALLBACKS}

    def find(self, name: str, code: Code) -> Action | None:
        """The function of a name; the prelude sees the primitives of the table first."""
        is_prelude = code.is_prelude
        origin = code.origin(name) if self.context.is_python and not is_prelude else name
        key = origin, is_prelude
        if key not in self._found:
            if is_prelude:
                action = self._primitive(name) or self._prelude_native(name) or self._r(name)
            elif self._python is not None:
                action = self._python.find(origin, name)
            else:
                action = self._r(name)
            self._found[key] = action
        return self._found[key]

    def closure(self, machine: Machine, action: Action) -> Closure:
        """The function that a text of the prelude defines."""
        found = self._closures.get(action.name)
        if found is None:
            tree = _parsed(action.prelude or "")
            code = machine.load(tree, is_python=False, is_prelude=True)
            found = Closure(tree.roots[0], Scope(code, machine.base))
            self._closures[action.name] = found
        return found

    def call_native(self, action: Action, arguments: Sequence[Value]) -> Value:
        """A function of values called with arguments that have no names."""
        formals = action.formals
        if any(formal in DOTS for formal in formals):
            return self.run(action, _spread(action, arguments))
        if len(arguments) > len(formals):
            match(action.name, formals, [(None, value) for value in arguments])
        return self.run(action, [*arguments, *[ABSENT] * (len(formals) - len(arguments))])

    def run(self, action: Action, values: Sequence[Value]) -> Value:
        """A function of values called with one value a formal."""
        if action.native is None:
            raise TypeError(f"{action.name!r} is no function of values")
        complete = self.complete(action, values)
        if self._python is not None and action.native not in ON_OBJECTS:
            complete = self._python.arrays(complete)
        keeps = action.native in KEEPS_OUTCOMES if self._python else action.name in passing.KEEPING
        if not keeps:
            outcome = passing.outcome_among(complete)
            if outcome is not None:
                return outcome
        try:
            return action.native(self.context, *complete)
        except Refusal:
            # A list that holds the result of a run: what is computed from it is that result.
            outcome = passing.outcome_within(complete)
            if outcome is None:
                raise
            return outcome

    def complete(self, action: Action, values: Sequence[Value]) -> Sequence[Value]:
        """The values themselves, once nothing is missing among them."""
        if action.name not in ON_COLUMNS:
            values = [plain(value) for value in values]
        if action.name in ON_FLAT:
            values = [unflattened(value) for value in values]
        for formal, value in zip(action.formals, values, strict=True):
            if value is ABSENT and not formal.endswith("?"):
                raise Refusal("G103", f"the argument '{formal}' of '{action.name}' is missing")
            if isinstance(value, Unresolved):
                raise self.context.not_a_number(value)
            if isinstance(value, Dots):
                for _, item in value.items:
                    empty = item is ABSENT and action.name not in ("[", "[[")
                    if isinstance(item, Unresolved) or empty:
                        raise self.context.not_a_number(item)
        return values

    def unknown(self, name: str, place: Span, users: Sequence[str], code: Code) -> GradcError:
        """The diagnostic for a function that is not there."""
        return unknown_function(name, place, self._names(), users, code.is_python)

    def _names(self) -> Iterator[str]:
        if self._python is not None:
            yield from self._python.names()
            return
        yield from ELEMENTWISE
        yield from PRELUDE
        for table in (_NATIVES, _FORMS, _CALLBACKS):
            yield from (entry[0] for entry in table)

    def _primitive(self, name: str) -> Action | None:
        if name not in TABLE or not TABLE[name].elementwise or name == "select":
            return None
        return self._of_primitive(name, name, TABLE[name].params)

    def _of_primitive(self, name: str, prim: str, formals: Sequence[str]) -> Action:
        apply = self.context.builder.apply
        one: OneNode = (
            (lambda x: apply(prim, (x,)))
            if len(formals) == 1
            else lambda *nodes: apply(prim, nodes)
        )
        if prim == "abs":
            self.context.on_wholes.add(one)
        return Action(name, tuple(formals), {len(formals): one})

    def _prelude_native(self, name: str) -> Action | None:
        text = PRIVATE.get(name)
        if text is not None:
            return Action(name, (), prelude=text)
        return of_natives(name, PRELUDE_NATIVES)

    def _r(self, name: str) -> Action | None:
        return self.operator(name, self._operators) or self.common(name, name, PRELUDE)

    def operator(self, name: str, table: Mapping[str, Mapping[int, OneNode]]) -> Action | None:
        direct = table.get(name)
        return None if direct is None else Action(name, ("e1", "e2")[: max(direct)], direct)

    def elementwise(self, name: str, shown: str, prelude: Mapping[str, str]) -> Action | None:
        """A function of single numbers: a primitive, or a text of the prelude."""
        entry = ELEMENTWISE.get(name)
        if entry is not None:
            return self._of_primitive(shown, entry[1], entry[0].split())
        text = prelude.get(name)
        if text is None:
            return None
        short = SHORT.get(name)
        direct = {} if short is None else self._of_primitive(shown, short, ("x",)).direct
        return Action(shown, (), direct, prelude=text)

    def common(self, name: str, shown: str, prelude: Mapping[str, str]) -> Action | None:
        action = self.elementwise(name, shown, prelude)
        if action is not None:
            return action
        for form_name, form in _FORMS:
            if form_name == name:
                return Action(shown, form=form)
        for callback_name, formals, callee, callback in _CALLBACKS:
            if callback_name == name:
                return Action(shown, tuple(formals.split()), callback=callback, callee=callee)
        return of_natives(name, _NATIVES, shown)


def of_natives(
    name: str, natives: Sequence[tuple[str, str, object]], shown: str | None = None
) -> Action | None:
    for native_name, formals, native in natives:
        if native_name == name:
            return Action(shown or name, tuple(formals.split()), native=native)  # type: ignore[arg-type]
    return None


def _spread(action: Action, arguments: Sequence[Value]) -> list[Value]:
    """Arguments without names for a function with ``...``."""
    formals = action.formals
    first = next(k for k, formal in enumerate(formals) if formal in DOTS)
    values: list[Value] = [*arguments[:first], *[ABSENT] * (first - len(arguments))]
    values.append(Dots(tuple((None, value) for value in arguments[first:])))
    return [*values, *[ABSENT] * (len(formals) - first - 1)]


@cache
def _parsed(text: str) -> Tree:
    return parse_r(Source("<prelude>", text))


__all__ = ["Library", "takes_words"]
