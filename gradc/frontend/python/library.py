"""The functions of Python scripts, found by where their names come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from gradc.frontend import (
    assign,
    choosing,
    control,
    index,
    reductions,
    sequences,
    sinks,
    vectors,
)
from gradc.frontend.actions import Action, Form, Native
from gradc.frontend.context import OneNode
from gradc.frontend.elementwise import ELEMENTWISE
from gradc.frontend.prelude import PRELUDE, PYTHON_PRELUDE
from gradc.frontend.prelude.cumulative import DISTRIBUTIONS
from gradc.frontend.python import (
    arrays,
    builtins,
    comprehensions,
    formatting,
    functions,
    iterating,
    modules,
    objects,
    operators,
    patterns,
    sympy_names,
)
from gradc.frontend.python.names import FUNCTIONS, MODULES
from gradc.frontend.python.objects import array_of
from gradc.frontend.python.operators import chained, operator_table
from gradc.frontend.python.stats import STATS
from gradc.frontend.values import Dots, Value

if TYPE_CHECKING:
    from gradc.frontend.library import Library

_STATISTICS = "scipy.stats."
_PRELUDE = {**PRELUDE, **PYTHON_PRELUDE}
del _PRELUDE["sd"]

# What the reader of Python writes as R does: assignment, control flow, fields.
_HEADS = ("<-", "{", "$", "if", "for", "while", "return", "break", "next", "ifelse")
_FORMS: Mapping[str, Form] = {
    **{
        name: form
        for name, form in (*control.FORMS, *choosing.FORMS, *assign.FORMS)
        if name in _HEADS
    },
    **dict(comprehensions.FORMS),
    **dict(operators.FORMS),
    **dict(functions.FORMS),
}
_OF_NUMBERS = ("sum",)
"""Builtins whose name means another function in the modules of numbers."""

_SHARED = ("c", "rep", "length", "numeric", "identity", "as.numeric", "cumsum", "cumprod")
_NATIVES: Mapping[str, tuple[str, Native]] = {
    name: (formals, native)
    for name, formals, native in (
        *(e for e in (*vectors.NATIVES, *sequences.NATIVES) if e[0] in _SHARED),
        *reductions.NATIVES,
        *sequences.PYTHON_NATIVES,
        *index.PYTHON_NATIVES,
        *(e for e in builtins.NATIVES if e[0] not in _OF_NUMBERS),
        *formatting.NATIVES,
        *arrays.NATIVES,
    )
}
_CALLBACKS = (
    *iterating.CALLBACKS,
    *functions.CALLBACKS,
    *sinks.PYTHON_CALLBACKS,
)


ON_OBJECTS = frozenset(
    native
    for _, _, native in (
        *builtins.NATIVES,
        *formatting.NATIVES,
        *arrays.NATIVES,
        *index.PYTHON_NATIVES,
        *sequences.PYTHON_NATIVES,
        *(entry for table in modules.NATIVES.values() for entry in table),
    )
)
"""Functions that take lists as lists; all others take them as arrays."""


KEEPS_OUTCOMES = (
    ON_OBJECTS
    - {native for _, _, native in (*formatting.NATIVES, *arrays.NATIVES)}
    - {
        builtins.to_int,
        builtins.to_float,
        builtins.round_,
    }
)
"""Functions that take what only running tells as the value that it is."""


class PythonLibrary:
    """Functions of Python, NumPy, ``math``, SciPy, TensorFlow and SymPy for one graph."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.operators = operator_table(library.context)
        for (name, count), on_objects in objects.OPERATORS.items():
            call = partial(on_objects, library.context)
            library.context.on_objects[self.operators[name][count]] = call

    def find(self, origin: str, name: str) -> Action | None:
        """The function of a dotted origin; ``name`` is how the script calls it."""
        stars, colon, bare = origin.partition("::")
        if colon:
            places = [*stars.split(","), ""]
            found = (self._of_module(module, bare, name) for module in places)
            return next((action for action in found if action is not None), None)
        module, _, last = origin.rpartition(".") if origin[:1].isalpha() else ("", "", origin)
        return self._of_module(module, last, name)

    def arrays(self, values: Sequence[Value]) -> list[Value]:
        """Arguments of a numeric function, lists among them as arrays."""
        context = self.library.context
        return [
            Dots(tuple((name, array_of(context, item)) for name, item in value.items))
            if isinstance(value, Dots)
            else array_of(context, value)
            for value in values
        ]

    def names(self) -> Iterator[str]:
        """Names to compare a misspelt one with."""
        yield from (name for name in ELEMENTWISE if not name.startswith("logspace"))
        known = (name for name in _PRELUDE if name not in DISTRIBUTIONS)
        yield from (name for name in known if name.isidentifier() and name[:2] != "SS")
        yield from (name for name in (*_NATIVES, *FUNCTIONS) if name.isidentifier())

    def _of_module(self, module: str, last: str, name: str) -> Action | None:
        special = self._special(module, last, name)
        if special is not None:
            return special
        if module.startswith(_STATISTICS):
            text = STATS.get(f"{module.removeprefix(_STATISTICS)}.{last}")
            return None if text is None else Action(name, prelude=text)
        if module == "sympy" or module.startswith("sympy."):
            for known, formals, _, callback in sympy_names.CALLBACKS:
                if known == last:
                    return Action(name, tuple(formals.split()), callback=callback)
            last = sympy_names.NAMES.get(last, last)
        elif module in modules.NATIVES and module not in MODULES:
            return _native(modules.NATIVES[module], last, name)
        elif module not in MODULES:
            return self._callback(last, name) if module == "scipy.optimize" else None
        return self._plain(FUNCTIONS.get(last, last), name, is_builtin=not module)

    def _special(self, module: str, last: str, name: str) -> Action | None:
        """What a module has that is no function of numbers."""
        if last in modules.SILENT.get(module, ()):
            return modules.silent(last, name)
        if module == "re" and last in patterns.CALLBACKS:
            formals, callback = patterns.CALLBACKS[last]
            return Action(name, tuple(formals.split()), callback=callback)
        if module == "operator" and last in functions.OPERATORS:
            operator = functions.OPERATORS[last]
            return self.library.operator(operator, self.operators)
        native = _native(modules.NATIVES.get(f"{module}!", ()), last, name)
        if native is not None or not module:
            return native
        return self._callback(f"{module}.{last}", name) or functions.method_of_class(
            module, last, name
        )

    def _plain(self, target: str, name: str, *, is_builtin: bool) -> Action | None:
        if is_builtin:
            action = self._callback(target, name) or _form(target, name)
            if action is not None:
                return action
        native = _BUILTINS.get(target) if is_builtin else None
        native = native or _NATIVES.get(target)
        if native is not None and (is_builtin or target not in _BUILTIN_ONLY):
            return Action(name, tuple(native[0].split()), native=native[1])
        if " " in target:
            return _chain(target, self.operators)
        return (
            self.library.operator(target, self.operators)
            or self.library.elementwise(target, name, _PRELUDE)
            or _form(target, name)
        )

    def _callback(self, target: str, name: str) -> Action | None:
        for known, formals, callee, callback in _CALLBACKS:
            if known == target:
                return Action(name, tuple(formals.split()), callback=callback, callee=callee)
        return None


_BUILTIN_ONLY = frozenset(("str", "repr", "len", "list", "dict", "tuple", "enumerate", "zip"))
_BUILTINS: Mapping[str, tuple[str, Native]] = {
    name: (formals, native) for name, formals, native in builtins.NATIVES if name in _OF_NUMBERS
}


def _form(target: str, name: str) -> Action | None:
    form = _FORMS.get(target)
    return None if form is None else Action(name, form=form)


def _native(table: Sequence[tuple[str, str, Native]], last: str, name: str) -> Action | None:
    for known, formals, native in table:
        if known == last:
            return Action(name, tuple(formals.split()), native=native)
    return None


def _chain(name: str, table: Mapping[str, Mapping[int, OneNode]]) -> Action | None:
    """``a < b <= c`` of Python."""
    words = name.split()
    if not all(word in table for word in words):
        return None
    return Action(name, form=chained(tuple(table[word][2] for word in words), table["&"][2]))
