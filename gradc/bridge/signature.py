"""How an R function is called from Python: its arguments, and what each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradc.bridge.functions import RProcess
from gradc.errors import GradcError, fail


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller says of a function: see :func:`gradc.bridge.tensorflow`."""

    wrt: str | Sequence[str] | None = None
    constant: str | Sequence[str] = ()
    shape: Sequence[int | None] = ()
    batch: bool | str | Sequence[str] = False
    vectorized: bool = False
    hessian: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """Arguments by the user's names, in order.

    ``wrt`` have derivatives, and by ``constant`` none is wanted. ``batch`` are those with a row
    an observation in front. ``fused`` functions give value and gradient in one call. ``defaults``
    are values that Python fills in, and ``optional`` is what R has a value for.
    """

    label: str
    names: tuple[str, ...]
    wrt: tuple[str, ...]
    constant: frozenset[str]
    shape: tuple[int | None, ...]
    batch: frozenset[str]
    vectorized: bool
    fused: bool
    hessian: bool
    optional: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    r_names: Mapping[str, str] = field(default_factory=dict)

    def r_name(self, name: str) -> str:
        """What R calls an argument."""
        return self.r_names.get(name, name)

    def arranged(self, values: Sequence[Any], named: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments in order; those that R has a value for may be missing.

        Raises: TypeError, as from any Python function, for one too many or too few.
        """
        if len(values) > len(self.names):
            wanted = len(self.names)
            raise TypeError(f"{self.label} takes {wanted} arguments, and {len(values)} are given")
        given = dict(zip(self.names, values, strict=False))
        by_r_name = {self.r_name(name): name for name in self.names}
        for word, value in named.items():
            name = word if word in self.names else by_r_name.get(word)
            if name is None:
                listed = ", ".join(self.names)
                raise TypeError(f"{self.label} has no argument '{word}': it takes {listed}")
            if name in given:
                raise TypeError(f"{self.label} got two values for '{word}'")
            given[name] = value
        given = {**self.defaults, **given}
        missing = [n for n in self.names if n not in given and n not in self.optional]
        if missing:
            raise TypeError(f"{self.label} misses arguments: missing {', '.join(missing)}")
        return {name: given[name] for name in self.names if name in given}


def signature_of(process: RProcess, options: Options) -> Signature:
    """The signature of a user's functions, from R's own view of their arguments.

    Raises: GradcError (G801) where ``options`` or the two functions do not fit each other.
    """
    found = process.parameters()
    label = process.code.label
    declared = found["value"]["names"]
    names = tuple(name for name in declared if name != "...")
    if not names:
        raise _misfit(f"{label} has no arguments with a name")
    needed = [name for name, need in zip(declared, found["value"]["needed"], strict=True) if need]
    gradient = found.get("gradient")
    if gradient is not None:
        _check_gradient(names, gradient, label)
    wrt = (names[0],) if options.wrt is None else some_of("wrt", options.wrt, names, label)
    if not wrt:
        raise _misfit("wrt= names no argument")
    return Signature(
        label=label,
        names=names,
        wrt=tuple(name for name in names if name in wrt),
        constant=constants(options, names, wrt, label),
        shape=_checked_shape(options),
        batch=frozenset(batch_of(options.batch, names, label)),
        vectorized=_vectorized(options),
        fused=gradient is None,
        hessian=options.hessian,
        optional=frozenset(names) - set(needed) - set(wrt),
    )


def _check_gradient(names: Sequence[str], gradient: Mapping[str, Any], label: str) -> None:
    """Both functions are given the same arguments, by name."""
    own = [name for name in gradient["names"] if name != "..."]
    unknown = [name for name in names if name not in own]
    if unknown and "..." not in gradient["names"]:
        raise _misfit(f"r_gradient does not take '{unknown[0]}', which {label} takes")
    needed = dict(zip(gradient["names"], gradient["needed"], strict=True))
    more = [name for name in own if name not in names and needed[name]]
    if more:
        raise _misfit(f"r_gradient takes '{more[0]}', which {label} does not take")


def constants(
    options: Options, names: Sequence[str], wrt: Sequence[str], label: str
) -> frozenset[str]:
    """The arguments that ``constant=`` names.

    Raises: GradcError (G801) for one that is no argument, or has derivatives.
    """
    chosen = some_of("constant", options.constant, names, label)
    for name in chosen:
        if name in wrt:
            raise _misfit(f"'{name}' is in constant=, and derivatives are by it")
    return frozenset(chosen)


def some_of(option: str, value: str | Sequence[str], names: Sequence[str], label: str) -> list[str]:
    """The arguments that an option names.

    Raises: GradcError (G801) for one that is none.
    """
    chosen = [value] if isinstance(value, str) else list(value)
    for name in chosen:
        if name not in names:
            raise _misfit(f"{option}= names '{name}', and {label} takes {', '.join(names)}")
    return chosen


def batch_of(value: bool | str | Sequence[str], names: Sequence[str], label: str) -> list[str]:
    """The arguments with rows."""
    if isinstance(value, bool):
        return list(names) if value else []
    return some_of("batch", value, names, label)


def _vectorized(options: Options) -> bool:
    if options.vectorized and not options.batch:
        raise _misfit("vectorized= is about batches, and batch= names none")
    return options.vectorized


def _checked_shape(options: Options) -> tuple[int | None, ...]:
    shape = tuple(options.shape)
    if any(extent is not None and extent < 0 for extent in shape):
        raise _misfit(f"shape={shape} is not a shape")
    if options.hessian and len(shape) + bool(options.vectorized) > 1:
        raise _misfit("hessian= is for a value that is a number or a vector")
    return shape


def _misfit(message: str) -> GradcError:
    return fail("G801", message)
