"""Attributes of R that carry derivatives: ``attr(f, "gradient") <- g`` beside a value.

The value of a model is the number itself. What is attached to it is kept apart, since it is what
somebody claims that the derivative is.
"""

from __future__ import annotations

from gradc.frontend.actions import Native
from gradc.frontend.context import Context
from gradc.frontend.values import Dots, Refusal, Value

DERIVATIVES = ("gradient", "hessian")


def attach(context: Context, x: Value, which: Value, value: Value) -> Value:
    """What ``x`` is after ``attr(x, "gradient") <- value``: the same number."""
    name = context.flat(which, "the name of an attribute", 1)
    if name not in DERIVATIVES:
        raise Refusal("G104", f"the attribute '{name}' cannot be set", None, 1)
    context.attached[name] = x, value
    return x


def structure(context: Context, x: Value, dots: Dots) -> Value:
    """``structure(value, gradient = g)``."""
    for name, value in dots.items:
        if name not in DERIVATIVES:
            raise Refusal("G104", f"structure() gives '{name}' here, and may give derivatives only")
        context.attached[name] = x, value
    return x


def attached(context: Context, x: Value, name: str) -> Value | None:
    """The derivative that was last attached, where it was to this very value."""
    owner, value = context.attached.get(name, (None, None))
    same = isinstance(x, int) and isinstance(owner, int) and int(x) == int(owner)
    return value if same or (owner is not None and x is owner) else None


NATIVES: tuple[tuple[str, str, Native], ...] = (
    ("attr<-", "x which value", attach),
    ("structure", ".Data ...", structure),
)
