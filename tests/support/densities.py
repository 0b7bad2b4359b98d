"""Calls of densities with points in the middle, in the tails and at the edges of their domains."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

Point = dict[str, float]


def _grid(names: str, *columns: Sequence[float]) -> list[Point]:
    return [
        {name: float(x) for name, x in zip(names.split(), row, strict=True)}
        for row in itertools.product(*columns)
    ]


_X = (-1e8, -37.0, -1.5, 0.25, 2.0, 300.0)
_POSITIVE = (-1.0, 1e-12, 0.3, 1.0, 7.0, 1e4)
_SHAPES = (1e-3, 0.4, 1.0, 2.5, 60.0, 1e8)
_PROBS = (1e-12, 0.3, 0.8, 1 - 1e-9)

# A call with every argument, what is differentiated, and where it is tried.
GRIDS: dict[str, tuple[str, list[Point]]] = {
    "dnorm(x, m, s": ("x m s", _grid("x m s", _X, (0, -3), (0.01, 2, 1e4))),
    "dlnorm(x, m, s": ("x m s", _grid("x m s", _POSITIVE, (0, -3), (0.1, 2, 50))),
    "dexp(x, r": ("x r", _grid("x r", (*_POSITIVE, 0.0), (1e-6, 0.7, 40, 1e8))),
    "dgamma(x, a, r": (
        "x a r",
        [
            *_grid("x a r", _POSITIVE, _SHAPES, (0.01, 1, 30)),
            *_grid("x a r", (1e8, 1e8 + 1e4), (1e8, 1e8 + 1), (1,)),
        ],
    ),
    "dbeta(x, a, b": (
        "x a b",
        [
            *_grid("x a b", (-1, 1e-12, 0.3, 0.75, 1 - 1e-9, 2), _SHAPES, (0.4, 1, 3, 1e8)),
            *_grid("x a b", (0.5, 0.50001), (1e8, 1e9), (1e8, 1e9 + 1)),
        ],
    ),
    "dt(x, n": ("x n", _grid("x n", (*_X, 0.0, 1e150), (0.01, 1, 4.5, 80, 1e6, 1e10))),
    "dcauchy(x, m, s": ("x m s", _grid("x m s", _X, (0, -3), (1e-3, 2, 1e6))),
    "dlogis(x, m, s": ("x m s", _grid("x m s", (*_X, 700.0), (0, 0.25), (0.3, 2, 1e3))),
    "dweibull(x, a, s": (
        "x a s",
        _grid("x a s", _POSITIVE, (0.02, 0.4, 1, 2.5, 60), (1e-3, 1, 30)),
    ),
    "dchisq(x, n": ("x n", _grid("x n", _POSITIVE, (0.01, 1, 2, 7.5, 1e4))),
    "df(x, a, b": (
        "x a b",
        _grid("x a b", (-1, 1e-9, 0.3, 1.0, 1.0001, 50, 1e9), (0.1, 2, 9, 1e7), (0.1, 3, 1e7)),
    ),
    "dunif(x, a, b": ("x a b", _grid("x a b", (-5, 0.25, 7), (-1, 0), (0.5, 2))),
    "dpois(k, m": (
        "m",
        [
            *_grid("k m", (-1, 0, 1, 2.5, 8, 200, 1e6), (1e-12, 0.7, 9, 210, 1e6, 1e9)),
            {"k": 0.0, "m": 0.0},
            {"k": 1e12, "m": 1e12 + 1e6},
        ],
    ),
    "dbinom(k, n, p": (
        "p",
        [
            *_grid("k n p", (-1, 0, 1, 2.5, 7, 8), (8,), (*_PROBS,)),
            *_grid("k n p", (0, 10, 3e5, 1e6), (1e6,), _PROBS),
            *_grid("k n p", (0,), (0, 5), (0.0,)),
            *_grid("k n p", (5,), (5,), (1.0,)),
        ],
    ),
    "dnbinom(k, n, p": (
        "n p",
        [
            *_grid("k n p", (-1, 0, 1, 2.5, 30, 1e6), (1e-3, 0.7, 5, 1e6), _PROBS),
            {"k": 0.0, "n": 3.0, "p": 1.0},
        ],
    ),
    "dnbinom(k, n, mu = m": (
        "n m",
        [
            *_grid("k n m", (-1, 0, 1, 2.5, 30, 1e6), (1e-3, 0.7, 5, 1e6, 1e14), (1e-9, 2, 35)),
            {"k": 0.0, "n": 3.0, "m": 0.0},
            {"k": 1e6, "n": 1e14, "m": 1e6 + 500},
        ],
    ),
    "dgeom(k, p": ("p", [*_grid("k p", (-1, 0, 1, 2.5, 300), _PROBS), {"k": 0.0, "p": 1.0}]),
    "dtweedie(y, m, f, p": (
        "m f p",
        [
            *_grid("y m f p", (-1, 0, 1e-6, 7), (0.01, 300), (0.1, 5), (1.05, 1.5)),
            *_grid("y m f p", (0.3,), (0.5,), (2,), (1.05, 1.95)),
            *_grid("y m f p", (1e4,), (9e3,), (5,), (1.5, 1.9)),
            {"y": 1e6, "m": 1.001e6, "f": 0.5, "p": 1.6},
        ],
    ),
    "dnbinom2(k, m, v": ("m v", _grid("k m v", (0, 4, 90), (3, 80), (81, 200, 1e6))),
}
MULTINOMIAL = [
    ("dmultinom(c(1, 0, 4), prob = c(a, b, 2), log = TRUE)", {"a": 0.5, "b": 0.25}),
    ("dmultinom(c(1, 0, 4), 5, c(a, b, 1 - a - b))", {"a": 0.5, "b": 0.25}),
    ("dmultinom(c(0, 0, 4), prob = c(a, b, 2), log = TRUE)", {"a": 0.0, "b": 0.25}),
]


def logarithms() -> Iterator[tuple[str, list[str], list[Point]]]:
    """The logarithm of each density, what to differentiate by, and the points."""
    for call, (wrt, points) in GRIDS.items():
        yield f"{call}, log = TRUE)", wrt.split(), points


def plain(size: int = 12) -> Iterator[tuple[str, list[str], list[Point]]]:
    """The densities themselves, at some of the points."""
    for call, (wrt, points) in GRIDS.items():
        step = max(1, len(points) // size)
        yield f"{call})", wrt.split(), points[::step]
