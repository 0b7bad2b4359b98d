"""R's table of derivatives, and what R says or does where it has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from gradc.syntax.tree import Kind
from gradc.text.r_simplify import Formula, Place, real_value

_NAME, _NUM, _STR, _CONST = int(Kind.NAME), int(Kind.NUM), int(Kind.STR), int(Kind.CONST)
_MISSING = int(Kind.MISSING)
_LARGEST_INTEGER: Final = 2**31 - 1
NUMBER_WORDS: Final = {"TRUE", "FALSE", "NA", "NA_integer_", "NA_real_", "Inf", "NaN"}
_ABSENT: Final = {"NA", "NA_integer_", "NA_real_"}


class NoDerivative(ValueError):
    """R has no derivative of a part of an expression, or one that is wrong."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.tree, self.node = place


class Given(NamedTuple):
    """A call and what is known of it: its arguments, and the derivatives of the first ones."""

    place: Place
    arguments: Sequence[Place]
    derivatives: Sequence[int]
    name: str


class Rule(NamedTuple):
    """A row: how many arguments, how many are derived, their names, the derivative."""

    counts: tuple[int, ...]
    derived: int
    formals: tuple[str, ...] | None
    apply: Callable[[Formula, Given], int]


Unary = Callable[[Formula, int, int, int], int]
"""A derivative from the call, its argument u, and du."""


def _unary(formal: str, derivative: Unary) -> Rule:
    def apply(f: Formula, given: Given) -> int:
        call, argument = f.old(given.place), f.old(given.arguments[0])
        return derivative(f, call, argument, given.derivatives[0])

    return Rule((1,), 1, (formal,), apply)


def _plus(f: Formula, given: Given) -> int:
    first, *second = given.derivatives
    return f.plus(first, *second) if second else first


def _minus(f: Formula, given: Given) -> int:
    first, *second = given.derivatives
    return f.minus(first, *second) if second else f.negative(first)


def _times(f: Formula, given: Given) -> int:
    u, v = map(f.old, given.arguments)
    du, dv = given.derivatives
    return f.plus(f.times(du, v), f.times(u, dv))


def _over(f: Formula, given: Given) -> int:
    u, v = map(f.old, given.arguments)
    du, dv = given.derivatives
    return f.minus(f.over(du, v), f.over(f.times(u, dv), f.power(v, f.number(2.0))))


def _power(f: Formula, given: Given) -> int:
    u, v = map(f.old, given.arguments)
    du, dv = given.derivatives
    tree, exponent = given.arguments[1]
    kind = tree.kinds[exponent]
    if kind in (_NUM, _CONST):
        less = (
            f.word("NA_real_")
            if kind == _CONST and tree.name(exponent) in _ABSENT
            else f.number(real_value((tree, exponent)) - 1.0)
        )
        return f.times(v, f.times(du, f.power(u, less)))
    return f.plus(
        f.times(f.power(u, f.minus(v, f.number(1.0))), f.times(v, du)),
        f.times(f.power(u, v), f.times(f.call("log", u), dv)),
    )


def _psigamma(f: Formula, given: Given) -> int:
    """``psigamma(u, n)``, whose order n R takes for a constant."""
    u = f.old(given.arguments[0])
    return f.times(given.derivatives[0], f.call("psigamma", u, _next_order(f, given)))


def _next_order(f: Formula, given: Given) -> int:
    if len(given.arguments) == 1:
        return f.integer(1)
    order = tree, node = given.arguments[1]
    if tree.kinds[node] == _NUM:
        value = tree.value(node)
        if not value.is_integer() or not 0 <= value < _LARGEST_INTEGER:
            raise NoDerivative("the order of 'psigamma' is a whole number in R", order)
        return f.integer(int(value) + 1)
    if tree.kinds[node] in (_CONST, _STR):
        raise NoDerivative("the order of 'psigamma' is a whole number in R", order)
    if _occurs(given.name, order):
        raise NoDerivative(
            f"R derives 'psigamma' by its first argument only, and its order has '{given.name}'",
            order,
        )
    return f.plus(f.old(order), f.integer(1))


def _occurs(name: str, place: Place) -> bool:
    pending, seen = [place], set()
    while pending:
        tree, node = pending.pop()
        if (id(tree), node) in seen:
            continue
        seen.add((id(tree), node))
        if tree.kinds[node] == _NAME and tree.name(node) == name:
            return True
        pending += [tree.resolve(child) for child in tree.children(node)]
    return False


def _square(f: Formula, u: int) -> int:
    return f.power(u, f.number(2.0))


def _from_circle(f: Formula, u: int, du: int) -> int:
    """du / sqrt(1 - u^2), of ``asin`` and ``acos``."""
    return f.over(du, f.call("sqrt", f.minus(f.number(1.0), _square(f, u))))


def _successor(f: Formula, u: int) -> int:
    return f.call("digamma", f.plus(u, f.integer(1)))


def _logarithm(base: float) -> Unary:
    return lambda f, e, u, du: f.over(du, f.times(u, f.call("log", f.number(base))))


_UNARY: Final[dict[str, Unary]] = {
    "(": lambda f, e, u, du: du,
    "exp": lambda f, e, u, du: f.times(e, du),
    "log": lambda f, e, u, du: f.over(du, u),
    "sin": lambda f, e, u, du: f.times(f.call("cos", u), du),
    "cos": lambda f, e, u, du: f.times(f.call("sin", u), f.negative(du)),
    "tan": lambda f, e, u, du: f.over(du, _square(f, f.call("cos", u))),
    "sinh": lambda f, e, u, du: f.times(f.call("cosh", u), du),
    "cosh": lambda f, e, u, du: f.times(f.call("sinh", u), du),
    "tanh": lambda f, e, u, du: f.over(du, _square(f, f.call("cosh", u))),
    "sqrt": lambda f, e, u, du: f.times(
        f.number(0.5), f.times(du, f.power(u, f.number(-0.5)))
    ),
    "pnorm": lambda f, e, u, du: f.times(f.call("dnorm", u), du),
    "dnorm": lambda f, e, u, du: f.times(
        f.negative(u), f.times(f.call("dnorm", u), du)
    ),
    "asin": lambda f, e, u, du: _from_circle(f, u, du),
    "acos": lambda f, e, u, du: f.negative(_from_circle(f, u, du)),
    "atan": lambda f, e, u, du: f.over(du, f.plus(f.number(1.0), _square(f, u))),
    "lgamma": lambda f, e, u, du: f.times(du, f.call("digamma", u)),
    "gamma": lambda f, e, u, du: f.times(du, f.times(e, f.call("digamma", u))),
    "digamma": lambda f, e, u, du: f.times(du, f.call("trigamma", u)),
    "trigamma": lambda f, e, u, du: f.times(du, f.call("psigamma", u, f.integer(2))),
    "expm1": lambda f, e, u, du: f.times(f.call("exp", u), du),
    "log1p": lambda f, e, u, du: f.over(du, f.plus(f.number(1.0), u)),
    "log2": _logarithm(2.0),
    "log10": _logarithm(10.0),
    "cospi": lambda f, e, u, du: f.times(
        f.call("sinpi", u), f.times(f.negative(f.name("pi")), du)
    ),
    "sinpi": lambda f, e, u, du: f.times(f.call("cospi", u), f.times(f.name("pi"), du)),
    "tanpi": lambda f, e, u, du: f.over(
        f.times(f.name("pi"), du), _square(f, f.call("cospi", u))
    ),
    "lfactorial": lambda f, e, u, du: f.times(du, _successor(f, u)),
    "factorial": lambda f, e, u, du: f.times(du, f.times(e, _successor(f, u))),
}  # fmt: skip

RULES: Final[dict[str, Rule]] = {
    "+": Rule((1, 2), 2, None, _plus),
    "-": Rule((1, 2), 2, None, _minus),
    "*": Rule((2,), 2, None, _times),
    "/": Rule((2,), 2, None, _over),
    "^": Rule((2,), 2, None, _power),
    "psigamma": Rule((1, 2), 1, ("x", "deriv"), _psigamma),
    **{
        head: _unary("q" if head == "pnorm" else "x", derivative)
        for head, derivative in _UNARY.items()
    },
}
"""Each function of R's table."""


def arguments_of(head: str, place: Place, rule: Rule) -> list[Place]:
    """The arguments of a call, where R's derivative minds all of them.

    R looks at the first argument alone, whatever the others say, and does not look at names.
    """
    tree, node = place
    arguments = [tree.resolve(argument) for argument in tree.args(node)]
    if len(arguments) not in rule.counts:
        counts = " or ".join(("one", "two")[count - 1] for count in rule.counts)
        plural = "" if rule.counts == (1,) else "s"
        raise NoDerivative(f"R derives '{head}' with {counts} argument{plural} only", place)
    for owner, argument in arguments:
        if owner.kinds[argument] == _MISSING:
            raise NoDerivative(f"an argument of '{head}' is empty", place)
    if rule.formals is not None:
        names = tree.argnames(node) or ()
        for name, formal in zip(names, rule.formals, strict=False):
            if name not in (None, formal):
                raise NoDerivative(f"R derives '{head}' as if '{name} =' were not there", place)
    return arguments
