"""What R returned, as arrays of the shapes that were promised; anything else is refused.

R has no scalars, and knows several ways to lay out the derivative of a function: an array of the
exact shape, a matrix with a row a value and a column a parameter (as :func:`deriv` makes), one
long vector, or a list with one of these an argument. All of them are read. Axes of length one are
of no importance, and columns stand in R's order, first index fastest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from gradc.errors import GradcError, fail

Doubles = NDArray[np.float64]
Shape = tuple[int, ...]
Differentiated = Mapping[str, tuple[str, Shape]]
"""By the user's name: what R calls the argument, and the shape that R sees."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One result as R gave it, or several from a list.

    Shapes: the first axis of each array counts calls of the function; the others are R's.
    """

    parts: tuple[Doubles, ...]
    labels: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Results:
    """A call's results.

    Shapes: ``gradients[k]`` has the shape of the value, then that of the argument; ``hessian``
    has calls, entries of the value, and the entries of all arguments twice.
    """

    value: Doubles | None
    gradients: tuple[Doubles, ...]
    hessian: Doubles | None = None


def value_array(reply: Reply, expected: Sequence[int | None], label: str) -> Doubles:
    """The value in the shape that was promised, ``None`` for any length.

    Raises: GradcError (G802).
    """
    if reply.listed:
        raise fail("G802", f"{label} returned a list, not a number")
    (found,) = reply.parts
    got = found.shape[1:]
    readings = [got, _squeezed(got)]
    if prod(got) == 1:
        readings.append((1,) * len(expected))
    for shape in readings:
        if len(shape) == len(expected) and all(
            want in (None, extent) for want, extent in zip(expected, shape, strict=True)
        ):
            return found.reshape(found.shape[0], *shape)
    shown = _shown(expected)
    suggestion = None if len(expected) else f"say shape={_shown(_squeezed(got))} if that is right"
    message = f"{label} returned {_counted(got)}, and a value of shape {shown} was expected"
    raise fail("G802", message, suggestion=suggestion)


def gradient_arrays(
    reply: Reply, value: Sequence[int | None], wrt: Differentiated, label: str
) -> tuple[Doubles, ...]:
    """The derivative by each argument: calls, the value's shape, the argument's.

    Raises: GradcError (G803) naming the argument, the shape it got and the one expected.
    """
    if reply.listed:
        parts = _by_name(reply, wrt, label)
    elif len(wrt) == 1:
        parts = dict.fromkeys(wrt, reply.parts[0])
    else:
        parts = _columns(reply, wrt, label)
    return tuple(
        _gradient(parts[name], value, shape, name, label) for name, (_, shape) in wrt.items()
    )


def _by_name(reply: Reply, wrt: Differentiated, label: str) -> dict[str, Doubles]:
    """The elements of a list, by their names where they have some."""
    if any(reply.labels):
        found = dict(zip(reply.labels, reply.parts, strict=True))
        wanted = {r_name: name for name, (r_name, _) in wrt.items()}
        if set(found) == set(wanted) and len(found) == len(reply.parts):
            return {wanted[r_name]: part for r_name, part in found.items()}
    elif len(reply.parts) == len(wrt):
        return dict(zip(wrt, reply.parts, strict=True))
    got = ", ".join(reply.labels) if any(reply.labels) else f"{len(reply.parts)} elements"
    raise fail(
        "G803",
        f"the gradient of {label} is a list of {got or 'nothing'}, and one of {', '.join(wrt)}"
        " was expected",
        suggestion="wrt= names what is differentiated",
    )


def _columns(reply: Reply, wrt: Differentiated, label: str) -> dict[str, Doubles]:
    """The columns of one matrix, or the entries of one vector, shared out to the arguments."""
    (part,) = reply.parts
    sizes = {name: prod(shape) for name, (_, shape) in wrt.items()}
    total = sum(sizes.values())
    if part.shape[-1] != total:
        shown = f"{' + '.join(str(size) for size in sizes.values())} for {', '.join(wrt)}"
        raise fail(
            "G803",
            f"the gradient of {label} has {part.shape[-1]} columns, and {shown} were expected",
            suggestion="wrt= names what is differentiated",
        )
    found: dict[str, Doubles] = {}
    start = 0
    for name, size in sizes.items():
        found[name] = part[..., start : start + size]
        start += size
    return found if not reply.labels else _by_label(reply.labels, found, wrt, label)


def _by_label(
    labels: Sequence[str], found: Mapping[str, Doubles], wrt: Differentiated, label: str
) -> dict[str, Doubles]:
    """Columns with names belong to the arguments of these names, in whatever order they stand."""
    whole = np.concatenate(list(found.values()), axis=-1)
    r_names = {r_name for r_name, _ in wrt.values()}
    result: dict[str, Doubles] = {}
    for name, (r_name, _) in wrt.items():
        # p2 is an argument where there is one of this name, and else the second entry of p.
        own = [
            k
            for k, one in enumerate(labels)
            if one == r_name or (one not in r_names and _part_of(one, r_name))
        ]
        if len(own) != found[name].shape[-1]:
            raise fail(
                "G803",
                f"the columns of the gradient of {label} are named {', '.join(labels)}, of which"
                f" {len(own)} belong to '{name}', which has {found[name].shape[-1]}",
                suggestion="name them as the arguments, p[1], p[2] for a vector, or not at all",
            )
        result[name] = whole[..., own]
    return result


def _part_of(label: str, name: str) -> bool:
    """Whether ``p[2]``, ``p.2``, ``p2`` or ``W[1,2]`` is an entry of ``p`` or ``W``."""
    rest = label.removeprefix(name)
    inside = rest.strip("[]._").replace(",", "").replace(" ", "")
    return rest != label and inside.isdigit()


def _gradient(
    found: Doubles, value: Sequence[int | None], argument: Shape, name: str, label: str
) -> Doubles:
    """One argument's derivative in its full shape."""
    calls, got = found.shape[0], found.shape[1:]
    first = _known(value, got, argument)
    if first is not None:
        full = (*first, *argument)
        if _squeezed(got) == _squeezed(full):
            return found.reshape(calls, *full)
        if _squeezed(got) == _squeezed((prod(first), prod(argument))):
            return _column_major(found, (calls, *full))
    raise _misshapen(got, (*value, *argument), name, label)


def _known(value: Sequence[int | None], got: Shape, argument: Shape) -> Shape | None:
    """The value's shape; one unknown length is what the gradient's size leaves for it."""
    unknown = list(value).count(None)
    known = prod(extent for extent in value if extent is not None) * prod(argument)
    if unknown > 1 or (unknown and (not known or prod(got) % known)):
        return None
    missing = prod(got) // known if unknown else 0
    return tuple(missing if extent is None else extent for extent in value)


def _column_major(found: Doubles, shape: Shape) -> Doubles:
    """Entries of each call, in R's order, as an array."""
    calls = shape[0]
    flat = found.reshape(calls, -1, order="F")
    backwards = flat.reshape(calls, *reversed(shape[1:]))
    return backwards.transpose(0, *range(len(shape) - 1, 0, -1))


def hessian_array(reply: Reply, wrt: Differentiated, label: str) -> Doubles:
    """Second derivatives, every argument's entries in row-major order.

    Shapes: calls, entries of the value, and the entries of all arguments twice.
    Raises: GradcError (G803).
    """
    sizes = [prod(shape) for _, shape in wrt.values()]
    total = sum(sizes)
    part = reply.parts[0]
    calls = part.shape[0]
    entries = part.size // (calls * total * total) if calls and total else 0
    shapes = (
        [(entries, total, total), (total, total)] if entries == 1 else [(entries, total, total)]
    )
    if reply.listed or part.shape[1:] not in shapes:
        expected = (f"entries of the value x {total} x {total}",)
        raise fail(
            "G803",
            f"the hessian of {label} is {_counted(part.shape[1:])}, and {expected[0]} was expected",
        )
    order: list[int] = []
    for shape, size in zip((shape for _, shape in wrt.values()), sizes, strict=True):
        places = np.arange(size).reshape(shape, order="F").reshape(-1)
        order += [len(order) + int(place) for place in places]
    whole = part.reshape(calls, entries, total, total)
    return np.ascontiguousarray(whole[:, :, order][:, :, :, order])


def _misshapen(got: Shape, expected: Sequence[int | None], name: str, label: str) -> GradcError:
    return fail(
        "G803",
        f"the gradient of {label} by '{name}' is {_counted(got)},"
        f" and the shape {_shown(expected)} was expected: the value's, then that of '{name}'",
    )


def _squeezed(shape: Sequence[int]) -> Shape:
    return tuple(extent for extent in shape if extent != 1)


def _shown(shape: Sequence[int | None]) -> str:
    return str(tuple(shape))


def _counted(shape: Shape) -> str:
    """A shape of R's in words."""
    if len(shape) == 1:
        return "1 number" if shape[0] == 1 else f"{shape[0]} numbers"
    kind = "a matrix" if len(shape) == 2 else "an array"
    return f"{kind} of {' x '.join(str(extent) for extent in shape)}"
