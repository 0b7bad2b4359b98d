"""Calls of distribution functions and quantiles with points in the middle and far out."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

Point = dict[str, float]
Case = tuple[str, list[Point]]

FLAGS = tuple(itertools.product((True, False), (False, True)))


def flagged(call: str, lower: bool, log: bool) -> str:
    """The call with R's two flags, written where they are not the default."""
    options = ", lower.tail = FALSE" * (not lower) + ", log.p = TRUE" * log
    return call.removesuffix(")") + options + ")"


def points(names: str, *rows: Sequence[float]) -> list[Point]:
    return [dict(zip(names.split(), map(float, row), strict=True)) for row in rows]


CLOSED: Mapping[str, list[Point]] = {
    "pnorm(q, m, s)": points(
        "q m s", (-30, 1, 2), (-1, 0.5, 1.5), (0.3, 0, 1), (40, 2, 1.25), (-200, 3, 0.5)
    ),
    "plnorm(q, m, s)": points(
        "q m s", (1e-9, 0.5, 1.5), (0.7, 0.3, 0.5), (2, -1, 2), (1e12, 1, 0.9), (-1, 0, 1)
    ),
    "pexp(q, r)": points("q r", (1e-12, 0.5), (0.7, 1.5), (30, 2), (300, 2), (1500, 3), (-1, 2)),
    "pweibull(q, k, s)": points(
        "q k s",
        (1e-6, 2.5, 1.5),
        (0.7, 0.5, 2),
        (3, 1.5, 0.8),
        (40, 2, 1.1),
        (80, 2, 1.5),
        (-1, 2, 1),
    ),
    "pcauchy(q, m, s)": points(
        "q m s", (-1e9, 1, 2), (-2, 0.5, 1), (0.3, 0.2, 3), (5, 1, 0.25), (1e7, 1, 2)
    ),
    "plogis(q, m, s)": points("q m s", (-700, 1, 2), (-2, 0.5, 1), (5, 1, 0.25), (900, 1, 1.5)),
    "punif(q, a, b)": points("q a b", (0.7, 0.5, 3), (2.9, -1, 3), (4, 1, 3), (-4, 1, 3)),
    "pgeom(3, r)": points("r", (0.2,), (1e-9,), (0.999,)),
    "pgeom(400, r)": points("r", (0.2,), (1e-9,), (0.95,)),
}
INCOMPLETE: Mapping[str, list[Point]] = {
    "pgamma(q, a, rate = r)": points(
        "q a r",
        (1e-9, 0.5, 2),
        (0.7, 2.5, 1.5),
        (5, 1.5, 2),
        (90, 3, 1.25),
        (20, 90, 1),
        (-1, 2, 1),
    ),
    "pgamma(q, a, scale = s)": points("q a s", (0.7, 0.01, 1.5), (300, 200, 2), (700, 200, 1.5)),
    "pchisq(q, n)": points("q n", (1e-6, 3), (2.5, 1.5), (60, 12), (400, 5)),
    "ppois(3, l)": points("l", (0.001,), (2.5,), (30,), (500,)),
    "ppois(90, l)": points("l", (1,), (80,), (130,)),
    "pbeta(q, a, b)": points("q a b", (-1, 2, 3), (1.5, 2, 3))
    + points(
        "q a b", (1e-9, 0.5, 2), (0.3, 2.5, 1.5), (0.95, 0.4, 30), (0.999, 9, 0.7), (0.05, 40, 90)
    ),
    "pt(q, n)": points("q n", (-60, 3.5), (-2, 0.7), (-0.1, 9), (0, 4), (1.5, 25), (1e4, 2.25)),
    "pf(q, m, n)": points("q m n", (1e-4, 3, 5), (0.9, 2.5, 12), (6, 8, 3), (400, 1.5, 30)),
    "pbinom(3, 10, r)": points("r", (1e-4,), (0.25,), (0.9,), (0.9999,)),
    "pbinom(80, 200, r)": points("r", (0.1,), (0.38,), (0.7,)),
    "pnbinom(3, n, r)": points("n r", (0.5, 0.01), (4, 0.55), (30, 0.9), (2.5, 0.999)),
    "pnbinom(3, n, mu = m)": points("n m", (0.5, 0.01), (4, 3.5), (30, 60), (2.5, 900)),
}
PROBABILITIES = (1e-12, 0.05, 0.4, 0.75, 1 - 1e-6)
LOGS = (-1e3, -30.0, -0.8, -0.1, -1e-9)
QUANTILES: Mapping[str, Point] = {
    "qnorm(p, m, s)": {"m": 0.5, "s": 1.5},
    "qlnorm(p, m, s)": {"m": 0.5, "s": 0.25},
    "qexp(p, r)": {"r": 1.5},
    "qweibull(p, k, s)": {"k": 2.5, "s": 1.5},
    "qcauchy(p, m, s)": {"m": 0.25, "s": 3.0},
    "qlogis(p, m, s)": {"m": 0.25, "s": 3.0},
    "qunif(p, a, b)": {"a": 0.25, "b": 3.0},
    "qgeom(p, r)": {"r": 0.3},
}
SHAPED: Mapping[str, Point] = {
    "qgamma(p, a, rate = r)": {"a": 2.5, "r": 1.5},
    "qgamma(p, a, scale = s)": {"a": 0.4, "s": 2.0},
    "qchisq(p, n)": {"n": 3.5},
    "qbeta(p, a, b)": {"a": 2.5, "b": 6.0},
    "qt(p, n)": {"n": 4.5},
    "qf(p, m, n)": {"m": 3.5, "n": 12.0},
    "qpois(p, l)": {"l": 4.25},
    "qbinom(p, 30, r)": {"r": 0.3},
    "qnbinom(p, s, r)": {"s": 4.5, "r": 0.3},
    "qnbinom(p, s, mu = m)": {"s": 4.5, "m": 12.5},
}


def closed_cases() -> Iterator[Case]:
    calls = (*CLOSED.items(), *INCOMPLETE.items())
    for (call, rows), flags in itertools.product(calls, FLAGS):
        yield flagged(call, *flags), rows


def quantile_cases(quantiles: Mapping[str, Point] = QUANTILES) -> Iterator[Case]:
    for (call, others), (lower, log) in itertools.product(quantiles.items(), FLAGS):
        where = LOGS if log else PROBABILITIES
        if log and call.startswith(("qcauchy", "qt", "qf", "qbeta", "qgamma(p, a, scale")):
            where = (-60.0, *LOGS[1:])  # further out 1/p overflows
        yield flagged(call, lower, log), [{"p": p, **others} for p in where]
