"""Emitted code as a Python callable."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from gradc.errors import fail
from gradc.run import Program, ToolchainError, run

Numeric = Callable[..., tuple[Any, dict[str, Any]]]


def numpy_function(program: Program) -> Numeric:
    """The emitted NumPy module's value and gradient as a function of the user's names."""
    module = ModuleType(program.main_file.removesuffix(".py"))
    # Only what gradc has emitted is executed: no text of the user's is in it.
    code = compile(program.text, program.main_file, "exec")
    exec(code, module.__dict__)  # noqa: S102
    value_and_grad = module.__dict__["value_and_grad"]
    order = [argument.name for argument in program.arguments]
    params = [argument.name for argument in program.parameters]

    def function(**values: Any) -> tuple[Any, dict[str, Any]]:
        check_names(order, values)
        value, gradients = value_and_grad(*[values[name] for name in order])
        return value, dict(zip(params, gradients, strict=True))

    return _described(function, program)


def run_function(program: Program, complete: Callable[[Mapping[str, Any]], Any]) -> Numeric:
    """A function that runs the emitted code in its own toolchain at every call."""
    order = [argument.name for argument in program.arguments]

    def function(**values: Any) -> tuple[Any, dict[str, Any]]:
        check_names(order, values)
        (answer,) = run(program, [complete(values)])
        if isinstance(answer, ToolchainError):
            raise fail(answer.code, answer.message, suggestion=answer.remedy) from answer
        return answer.value, answer.gradient

    return _described(function, program)


def check_names(order: list[str], values: Mapping[str, Any]) -> None:
    """TypeError, as from any Python function, for an argument too many or too few."""
    missing = [name for name in order if name not in values]
    unknown = [name for name in values if name not in order]
    if missing or unknown:
        parts = [f"missing {', '.join(missing)}"] if missing else []
        parts += [f"unexpected {', '.join(unknown)}"] if unknown else []
        raise TypeError("; ".join(parts))


def _described(function: Callable[..., Any], program: Program) -> Numeric:
    names = ", ".join(argument.name for argument in program.arguments)
    function.__name__ = function.__qualname__ = program.name
    function.__doc__ = f"Value and gradient of {program.name}({names}), run by {program.target}."
    if all(argument.name.isidentifier() for argument in program.arguments):
        function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(argument.name, inspect.Parameter.KEYWORD_ONLY)
                for argument in program.arguments
            ]
        )
    return function
