"""Derivative rules ready to run: how a tangent or cotangent passes through a primitive.

An elementwise partial ``d`` is a rule text. Its product with a tangent is the same node
whether the sweep goes forward or backward, so one function per argument serves both. The
factor is multiplied into the rule's own shape: ``1/y`` divides by y, ``-e`` negates, and a
choice keeps its branches apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from gradc.diff.template import Apply, Make, Number, Template, compile_template, read
from gradc.errors import fail
from gradc.prims import TABLE, Builder, Undefined

Scale = Callable[[Builder, Sequence[int], int], "int | None"]
"""``scale(builder, (*args, out), factor)``: factor times a partial; None where it is 0."""


def _scale(template: Template, slots: Mapping[str, int]) -> Scale:
    if isinstance(template, Number):
        return _scale_number(template.value)
    if isinstance(template, Apply):
        if template.prim == "neg":
            inner = _scale(template.args[0], slots)
            return lambda b, env, t: _negated(b, inner(b, env, t))
        if template.prim == "mul":
            left = _scale(template.args[0], slots)
            right = compile_template(template.args[1], slots)
            return lambda b, env, t: _times(b, left(b, env, t), right, env)
        if template.prim == "div":
            return _scale_quotient(template.args, slots)
        if template.prim == "select":
            return _scale_choice(template.args, slots)
    factor = compile_template(template, slots)
    return lambda b, env, t: b.mul(t, factor(b, env))


def _negated(b: Builder, node: int | None) -> int | None:
    return None if node is None else b.neg(node)


def _times(b: Builder, node: int | None, factor: Make, env: Sequence[int]) -> int | None:
    return None if node is None else b.mul(node, factor(b, env))


def _scale_number(value: float) -> Scale:
    if value == 0.0:
        return lambda b, env, t: None
    if value == 1.0:
        return lambda b, env, t: t
    if value == -1.0:
        return lambda b, env, t: b.neg(t)
    return lambda b, env, t: b.mul(t, b.const(value))


def _scale_quotient(args: tuple[Template, ...], slots: Mapping[str, int]) -> Scale:
    """``t*(p/q)`` as ``(t/q)*p``: the partials of a quotient share ``t/q``."""
    numerator = _scale(args[0], slots)
    denominator = compile_template(args[1], slots)
    return lambda b, env, t: numerator(b, env, b.div(t, denominator(b, env)))


def _scale_choice(args: tuple[Template, ...], slots: Mapping[str, int]) -> Scale:
    condition = compile_template(args[0], slots)
    yes, no = _scale(args[1], slots), _scale(args[2], slots)

    def scale(b: Builder, env: Sequence[int], t: int) -> int | None:
        one, other = yes(b, env, t), no(b, env, t)
        if one is None and other is None:
            return None
        zero = b.const(0.0)
        test = condition(b, env)
        return b.select(test, zero if one is None else one, zero if other is None else other)

    return scale


def _guarded(scale: Scale) -> Scale:
    """Keep a factor 0 outside one branch: ``select(c, t, 0)*d`` becomes ``select(c, t*d, 0)``.

    There d may be infinite or NaN where the branch is not taken, and 0*Inf would leak it.
    """

    def through_choice(b: Builder, env: Sequence[int], t: int) -> int | None:
        choices: list[tuple[int, bool]] = []
        zero = b.const(0.0)
        records = b.graph.records
        while records[t][0] == "select":
            _, _, condition, yes, no = records[t]
            if no == zero:
                choices.append((condition, True))
                t = yes
            elif yes == zero:
                choices.append((condition, False))
                t = no
            else:
                break
        result = scale(b, env, t)
        if result is None:
            return None
        for condition, taken in reversed(choices):
            result = b.select(condition, result if taken else zero, zero if taken else result)
        return result

    return through_choice


@dataclass(frozen=True, slots=True)
class UndefinedPartial:
    """The partial that a primitive does not have: an error when it is reached."""

    prim: str
    param: str
    reason: str

    def __call__(self, b: Builder, env: Sequence[int], t: int) -> int | None:
        raise fail(
            "G301",
            f"'{self.prim}' has no derivative in its argument '{self.param}': {self.reason}",
            b.graph.place(env[-1]),
        )


def not_a_number(b: Builder, env: Sequence[int], t: int) -> int | None:
    """NaN for a partial that does not exist, where nobody may ask for it."""
    return b.const(math.nan)


@cache
def guarded_partials(name: str) -> tuple[Scale, ...] | None:
    """As :func:`partials`, for a factor that is itself a choice."""
    scales = partials(name)
    if scales is None:
        return None
    return tuple(s if isinstance(s, UndefinedPartial) else _guarded(s) for s in scales)


@cache
def partials(name: str) -> tuple[Scale, ...] | None:
    """One scale function for each argument of an elementwise primitive.

    None for a loop and for a primitive that has its own ``jvp`` and ``transpose``, an empty
    tuple for one whose result is a condition.
    """
    prim = TABLE[name]
    if prim.jvp is not None or not (prim.elementwise or prim.d):
        return None
    slots = {param: index for index, param in enumerate(prim.params)}
    slots["out"] = len(prim.params)
    scales: list[Scale] = []
    for param in prim.params if prim.d else ():
        rule = prim.d[param]
        if isinstance(rule, Undefined):
            scales.append(UndefinedPartial(prim.name, param, rule.reason))
            continue
        scales.append(_scale(read(rule), slots))
    return tuple(scales)
