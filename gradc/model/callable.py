"""Emitted code as a Python callable."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from gradc.emit.header import model_lines
from gradc.errors import fail
from gradc.ir import Function, Input
from gradc.model.values import Point, known_part
from gradc.run import Program, ToolchainError, run

_ROOM = 92
Result = tuple[Any, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Described:
    """What a callable says of itself; ``defaults`` are the model's own values of inputs."""

    doc: str
    defaults: Mapping[str, Any]


class Numeric:
    """Value and gradient as a function of the model's inputs, by position or by name.

    What it takes and returns is in its docstring and its signature. It pickles: what travels is
    the emitted text.
    """

    def __init__(self, program: Program, described: Described) -> None:
        self.program = program
        self.described = described
        self.__name__ = self.__qualname__ = program.name
        self.__doc__ = described.doc
        self.__signature__ = _signature(program, described.defaults)
        self._order = tuple(argument.name for argument in program.arguments)
        self._params = tuple(argument.name for argument in program.parameters)
        self._emitted = {a.emitted: a.name for a in program.arguments if a.emitted != a.name}

    def __repr__(self) -> str:
        return f"<{self.__name__}{self.__signature__}: emitted for {self.program.target}>"

    def arranged(self, values: Sequence[Any], named: Mapping[str, Any]) -> list[Any]:
        """The arguments in calling order, defaults filled in.

        Raises: TypeError, as from any Python function, for one too many or too few.
        """
        order, name = self._order, self.__name__
        if len(values) > len(order):
            raise TypeError(f"{name}() takes {len(order)} arguments, and {len(values)} are given")
        given = dict(zip(order, values, strict=False))
        for word, value in named.items():
            known = word if word in order else self._emitted.get(word)
            if known is None:
                raise TypeError(f"{name}() got an unexpected argument: unexpected {word}")
            if known in given:
                raise TypeError(f"{name}() got two values for {word}")
            given[known] = value
        given = {**self.described.defaults, **given}
        missing = [word for word in order if word not in given]
        if missing:
            raise TypeError(f"{name}() misses arguments: missing {', '.join(missing)}")
        return [given[word] for word in order]

    def __call__(self, *values: Any, **named: Any) -> Result:
        raise NotImplementedError


class NumpyFunction(Numeric):
    """The emitted NumPy module's ``value_and_grad``, in this very process."""

    def __init__(self, program: Program, described: Described) -> None:
        super().__init__(program, described)
        module = ModuleType(program.main_file.removesuffix(".py"))
        # Only what gradc has emitted is executed: no text of the user's is in it.
        code = compile(program.text, program.main_file, "exec")
        exec(code, module.__dict__)  # noqa: S102
        self._value_and_grad: Callable[..., Any] = module.__dict__["value_and_grad"]

    def __call__(self, *values: Any, **named: Any) -> Result:
        if named or len(values) != len(self._order):
            try:  # all by name is nearly as quick as all by position
                if values or len(named) != len(self._order):
                    raise KeyError
                values = tuple([named[word] for word in self._order])
            except KeyError:
                values = tuple(self.arranged(values, named))
        value, gradients = self._value_and_grad(*values)
        return value, dict(zip(self._params, gradients, strict=True))

    def __reduce__(self) -> tuple[Any, ...]:
        return NumpyFunction, (self.program, self.described)


class ToolchainFunction(Numeric):
    """The emitted code in its own toolchain, started once and asked at every call."""

    def __init__(
        self,
        program: Program,
        described: Described,
        complete: Callable[[Mapping[str, Any]], Point],
    ) -> None:
        super().__init__(program, described)
        self._complete = complete

    def __call__(self, *values: Any, **named: Any) -> Result:
        point = dict(zip(self._order, self.arranged(values, named), strict=True))
        (answer,) = run(self.program, [self._complete(point)])
        if isinstance(answer, ToolchainError):
            raise fail(answer.code, answer.message, suggestion=answer.remedy) from answer
        return answer.value, answer.gradient


def described(function: Function, program: Program) -> Described:
    """Docstring and defaults of a model's callable."""
    lines = [f"Value and gradient of the model {program.name}, by code for {program.target}.", ""]
    lines += _listed("Parameters", function.params)
    lines += _listed("Data", function.data)
    rows = ", one entry a row of the data" if function.per_observation else ""
    lines += ["Returns", f"    (value, gradient): the value{rows}, and a dictionary with the"]
    lines += ["    derivative in each parameter: the value's shape, then that of the parameter."]
    names = {item.name: item.name for item in function.inputs}
    lines += ["", "The model, in R's notation:", ""]
    lines += [f"    {line}" for line in model_lines(function.without_reports(), names, _ROOM)]
    return Described("\n".join(lines) + "\n", dict(known_part(function, {})))


def _listed(title: str, inputs: Sequence[Input]) -> list[str]:
    if not inputs:
        return []
    lines = [title]
    for item in inputs:
        default = "" if item.default is None else f"; {_shown(item.default)} unless given"
        lines.append(f"    {item.name}: {_shape(item)}{_limits(item)}{default}")
    return [*lines, ""]


def _shape(item: Input) -> str:
    sizes = [str(size) for size in item.type.shape]
    if not sizes:
        return "a number"
    if len(sizes) == 2:
        return f"a {sizes[0]} x {sizes[1]} matrix"
    recycled = item.kind == "data" and not item.declared
    return f"a vector of {sizes[0]}" + (", or a number" if recycled else "")


def _limits(item: Input) -> str:
    low, high = item.lower, item.upper
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    return f" from {low:g} on" if low is not None else f" up to {high:g}"


def _shown(value: float | tuple[float, ...]) -> str:
    if not isinstance(value, tuple):
        return f"{value:g}"
    shown = ", ".join(f"{one:g}" for one in value[:4])
    return f"[{shown}{', ...' if len(value) > 4 else ''}]"


def _signature(program: Program, defaults: Mapping[str, Any]) -> inspect.Signature:
    """The signature under the user's names, under emitted ones where those are no identifiers.

    Python allows no parameter without a default behind one that has some.
    """
    parameters: list[inspect.Parameter] = []
    filled = True
    for argument in reversed(program.arguments):
        filled = filled and argument.name in defaults
        is_name = argument.name.isidentifier() and not keyword.iskeyword(argument.name)
        parameters.append(
            inspect.Parameter(
                argument.name if is_name else argument.emitted,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=defaults[argument.name] if filled else inspect.Parameter.empty,
            )
        )
    return inspect.Signature(parameters[::-1])
