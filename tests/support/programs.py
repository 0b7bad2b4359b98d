"""Random model texts from a seed, some of them ill-conditioned on purpose."""

from __future__ import annotations

import random

NAMES = ("a", "b", "x", "y")
_LITERALS = ("1", "2", "0.5", "3", "0.1", "1e-3", "7", "1e4", "0.3333")
_UNARY = (
    "exp({})",
    "exp(-({}))",
    "log(abs({}) + 0.1)",
    "log(1 + ({})^2)",
    "log1p(abs({}))",
    "sqrt(1 + ({})^2)",
    "sin({})",
    "cos({})",
    "tanh({})",
    "atan({})",
    "asinh({})",
    "1/(1 + exp(-({})))",
    "log(1 + exp({}))",
    "({})^2",
    "({})^3",
    "abs({})^1.5",
    "lgamma(1 + abs({}))",
    "digamma(0.5 + abs({}))",
    "expm1({})",
    "-({})",
    "erf({})",
    "cosh({})",
    "1 - cos({})",
    "gamma(1 + abs({}))",
    "besselI(0.1 + abs({}), 1)",
    "floor({})",
    "abs({})",
)
_BINARY = (
    "({}) + ({})",
    "({}) - ({})",
    "({})*({})",
    "({})/({})",
    "({})/(1 + ({})^2)",
    "pmax({}, {})",
    "atan2({}, {})",
    "abs({})^({})",
    "ifelse({} > 0.3, {}, 1)",
    "sqrt(({})^2 + ({})^2)",
)


def random_text(draw: random.Random, depth: int) -> str:
    """A text over a, b, x, y, nested at most ``depth`` deep."""
    if depth == 0 or draw.random() < 0.15:
        return draw.choice(NAMES) if draw.random() < 0.8 else draw.choice(_LITERALS)
    if draw.random() < 0.45:
        return draw.choice(_UNARY).format(random_text(draw, depth - 1))
    first, second = random_text(draw, depth - 1), random_text(draw, depth - 1)
    return draw.choice(_BINARY).format(first, second)
