"""Points at which densities are measured: around their modes, where large terms cancel, and far.

A density's arguments are drawn together, since independent ones are nearly always in a tail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Generator = np.random.Generator
Column = np.ndarray
Joint = Callable[[Generator, int], list[Column]]


def _scales(generator: Generator, count: int, low: float, high: float) -> Column:
    """Positive numbers of every scale, and some whole ones."""
    column = 10 ** generator.uniform(low, high, count)
    whole = np.maximum(np.round(column), 1.0)
    return np.where(generator.random(count) < 0.2, whole, column)


def _mixed(generator: Generator, one: Column, other: Column, share: float = 0.6) -> Column:
    return np.where(generator.random(len(one)) < share, one, other)


def _counts(generator: Generator, count: int, high: float = 8.0) -> Column:
    large = np.floor(10 ** generator.uniform(0, high, count))
    return _mixed(generator, generator.integers(0, 40, count).astype(float), large, 0.5)


def _around(generator: Generator, mean: Column, deviation: Column) -> Column:
    """Positive numbers within a few deviations of a mean."""
    near = mean + deviation * generator.normal(0, 2, len(mean))
    return np.where(near > 0, near, mean * generator.uniform(0.01, 1, len(mean)))


def _unit(generator: Generator, count: int) -> Column:
    near = 10 ** generator.uniform(-8, 0, count)
    plain = generator.uniform(0, 1, count)
    column = _mixed(generator, plain, near)
    column = np.where(generator.random(count) < 0.2, 1 - near, column)
    return np.clip(column, 1e-12, 1 - 2**-24)


def _located(generator: Generator, count: int) -> list[Column]:
    """x, location, scale; and x, mean, sd."""
    scale = _scales(generator, count, -3, 3)
    location = generator.normal(0, 3, count)
    z = _mixed(generator, generator.normal(0, 3, count), generator.uniform(-300, 300, count), 0.7)
    return [location + scale * z, location, scale]


def _inner(generator: Generator, count: int) -> list[Column]:
    """The same, where the normal density is a normal number."""
    scale = _scales(generator, count, -3, 3)
    location = generator.normal(0, 3, count)
    return [location + scale * generator.uniform(-37, 37, count), location, scale]


def _lognormal(generator: Generator, count: int) -> list[Column]:
    sd = _scales(generator, count, -2, 1)
    mean = generator.normal(0, 3, count)
    x = np.exp(np.clip(mean + sd * generator.normal(0, 3, count), -80, 80))
    return [x, mean, sd]


def _exponential(generator: Generator, count: int) -> list[Column]:
    rate = _scales(generator, count, -6, 6)
    return [_scales(generator, count, -4, 2.5) / rate, rate]


def _weibull(generator: Generator, count: int) -> list[Column]:
    shape, scale = _scales(generator, count, -2, 2), _scales(generator, count, -3, 3)
    x = scale * np.exp(np.clip(generator.normal(0, 2, count) / shape, -60, 60))
    return [x, shape, scale]


def _gamma(generator: Generator, count: int) -> list[Column]:
    shape, scale = _scales(generator, count, -4, 8), _scales(generator, count, -4, 4)
    near = _around(generator, shape, np.sqrt(shape))
    u = _mixed(generator, near, _scales(generator, count, -6, 6), 0.7)
    return [scale * u, shape, scale]


def _beta(generator: Generator, count: int) -> list[Column]:
    a, b = _scales(generator, count, -3, 6), _scales(generator, count, -3, 6)
    mean = a / (a + b)
    near = _around(generator, mean, np.sqrt(mean * (1 - mean) / (a + b + 1)))
    x = _mixed(generator, np.clip(near, 1e-12, 1 - 2**-24), _unit(generator, count), 0.7)
    return [x, a, b]


def _student(generator: Generator, count: int) -> list[Column]:
    far = _scales(generator, count, -6, 8)
    x = _mixed(generator, generator.normal(0, 3, count), far, 0.5)
    return [x * generator.choice((-1.0, 1.0), count), _scales(generator, count, -2, 8)]


def _fisher(generator: Generator, count: int) -> list[Column]:
    m, n = _scales(generator, count, -1, 6), _scales(generator, count, -1, 6)
    near = _around(generator, np.ones(count), np.sqrt(2 / m + 2 / n))
    return [_mixed(generator, near, _scales(generator, count, -4, 4)), m, n]


def _uniform(generator: Generator, count: int) -> list[Column]:
    low = generator.normal(0, 3, count)
    width = _scales(generator, count, -3, 3)
    return [low + width * generator.uniform(0.05, 0.95, count), low, low + width]


def _poisson(generator: Generator, count: int) -> list[Column]:
    x = _counts(generator, count)
    near = _around(generator, x + 0.1, np.sqrt(x + 1))
    return [x, _mixed(generator, near, _scales(generator, count, -6, 8), 0.7)]


def _binomial(generator: Generator, count: int) -> list[Column]:
    n = _counts(generator, count)
    p = _unit(generator, count)
    near = np.round(_around(generator, n * p + 0.01, np.sqrt(n * p * (1 - p) + 0.1)))
    x = _mixed(generator, near, np.floor(n * generator.uniform(0, 1, count)), 0.7)
    return [np.minimum(x, n), n, p]


def _negative_binomial(generator: Generator, count: int) -> list[Column]:
    size, p = _scales(generator, count, -3, 8), _unit(generator, count)
    mean = size * (1 - p) / p
    near = np.round(_around(generator, mean + 0.01, np.sqrt(mean / p)))
    return [np.minimum(_mixed(generator, near, _counts(generator, count)), 1e9), size, p]


def _by_mean(generator: Generator, count: int) -> list[Column]:
    size, mu = _scales(generator, count, -3, 12), _scales(generator, count, -4, 7)
    near = np.round(_around(generator, mu, np.sqrt(mu + mu**2 / size)))
    return [np.minimum(_mixed(generator, near, _counts(generator, count)), 1e9), size, mu]


def _geometric(generator: Generator, count: int) -> list[Column]:
    return [_counts(generator, count), _unit(generator, count)]


def _deviance(generator: Generator, count: int) -> list[Column]:
    x = _scales(generator, count, -6, 8)
    near = x * (1 + generator.normal(0, 0.2, count) * 10 ** generator.uniform(-5, 0, count))
    return [x, _mixed(generator, np.abs(near), _scales(generator, count, -6, 8), 0.7)]


def _stirling(generator: Generator, count: int) -> list[Column]:
    x = _mixed(generator, generator.uniform(0.01, 30, count), _scales(generator, count, -8, 8), 0.5)
    return [x, generator.choice((0.0, 1.0, 2.0, 3.0), count)]


def _wright(generator: Generator, count: int) -> list[Column]:
    """x and a: powers p of a Tweedie density all over, and some near 1 and 2."""
    near = 10 ** generator.uniform(-2, -0.3, count)
    p = _mixed(generator, generator.uniform(1.02, 1.98, count), 1 + near, 0.7)
    p = np.where(generator.random(count) < 0.15, 2 - near, p)
    x = _mixed(generator, generator.uniform(-2, 3, count), generator.uniform(-8, 5, count), 0.9)
    return [10**x, (2 - p) / (p - 1)]


def _wright_order(order: int) -> Joint:
    def drawn(generator: Generator, count: int) -> list[Column]:
        m = generator.integers(0, order + 1, count).astype(float)
        return [*_wright(generator, count), m, order - m]

    return drawn


def _tweedie(generator: Generator, count: int) -> list[Column]:
    """Near the mean and far from it; now and then 0."""
    x, a = _wright(generator, count)
    p, phi = (2 + a) / (1 + a), _scales(generator, count, -2, 2)
    y = np.minimum((x * phi * (2 - p)) ** (1 / (2 - p)), 1e12)
    y = np.maximum(y, 1e-12)
    near = _around(generator, y, np.sqrt(phi * y**p))
    mu = _mixed(generator, near, _scales(generator, count, -4, 6), 0.8)
    return [np.where(generator.random(count) < 0.05, 0.0, y), mu, phi, p]


def _near_zero(generator: Generator, count: int) -> list[Column]:
    small = 10 ** generator.uniform(-8, 1, count) * generator.choice((-1.0, 1.0), count)
    return [np.where(small > -0.99, small, -small)]


def _around_zero(generator: Generator, count: int) -> list[Column]:
    return [10 ** generator.uniform(-8, 2, count) * generator.choice((-1.0, 1.0), count)]


def _trial(generator: Generator, count: int) -> list[Column]:
    """A success or a failure, and a logit: ordinary, or far out."""
    logit = _mixed(
        generator, generator.normal(0, 4, count), generator.uniform(-700, 700, count), 0.7
    )
    return [generator.integers(0, 2, count).astype(float), logit]


JOINT: dict[str, Joint] = {
    "dbernoulli_logit": _trial,
    "dnorm_log": _located,
    "dnorm": _inner,
    "dlnorm_log": _lognormal,
    "dexp_log": _exponential,
    "dcauchy_log": _located,
    "dlogis_log": _located,
    "dweibull_log": _weibull,
    "dgamma_log": _gamma,
    "dbeta_log": _beta,
    "dt_log": _student,
    "df_log": _fisher,
    "dunif_log": _uniform,
    "dpois_log": _poisson,
    "dbinom_log": _binomial,
    "dnbinom_log": _negative_binomial,
    "dnbinom_mu_log": _by_mean,
    "dgeom_log": _geometric,
    "bd0": _deviance,
    "stirlerr": _stirling,
    "log1pmx": _near_zero,
    "expm1mx": _around_zero,
    "wright_log": _wright,
    "wright_slope": _wright_order(1),
    "wright_second": _wright_order(2),
    "wright_third": _wright_order(3),
    "dtweedie_log": _tweedie,
}
