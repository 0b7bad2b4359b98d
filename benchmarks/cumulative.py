"""Random points for distribution functions and quantiles, and what they are drawn by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Column = np.ndarray
Draw = Callable[[np.random.Generator, int], Column]


def mixed(low: float, high: float, *, sign: bool = True, far: float = 0.0) -> Draw:
    """Points of every scale between 10^low and 10^high, and ordinary ones; ``far`` part extreme."""

    def draw(generator: np.random.Generator, count: int) -> Column:
        extreme = int(count * far)
        half = (count - extreme) // 2
        scales = 10 ** generator.uniform(low, high, half)
        ordinary = np.abs(generator.normal(0, 3, count - half - extreme))
        extremes = 10 ** generator.uniform(-290, 290, extreme)
        column = np.concatenate([scales, ordinary, extremes])
        if sign:
            column *= generator.choice((-1.0, 1.0), count)
        return generator.permutation(column)

    return draw


def chosen(*values: float) -> Draw:
    return lambda generator, count: generator.choice(values, count)


def unit(generator: np.random.Generator, count: int) -> Column:
    """Points in (-1, 1), many of them near its ends and near 0."""
    near = 10 ** generator.uniform(-12, 0, count)
    plain = generator.uniform(0, 1, count)
    column = np.where(generator.random(count) < 0.5, plain, near)
    column = np.where(generator.random(count) < 0.3, 1 - near, column)
    return np.clip(column, 1e-300, 1 - 2**-53) * generator.choice((-1.0, 1.0), count)


def shapes(generator: np.random.Generator, count: int) -> Column:
    """Shape parameters: most of them ordinary, some far out."""
    near, far = 10 ** generator.uniform(-1, 2, count), 10 ** generator.uniform(-3, 4, count)
    return np.where(generator.random(count) < 0.5, near, far)


def gamma_points(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
    """Arguments in the middle and in the tails of a gamma distribution, and its shapes."""
    a = shapes(generator, count)
    middle = np.abs(a + np.sqrt(a) * generator.normal(0, 4, count))
    tails = a * 10 ** generator.normal(0, 1, count)
    return np.where(generator.random(count) < 0.5, middle, tails), a


def moment_points(above: bool) -> Callable[[np.random.Generator, int], tuple[Column, ...]]:
    """Points where a moment is used, on one side of the split."""

    def draw(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
        x, a = gamma_points(generator, count)
        x = np.maximum(x, a + 1.0078125) if above else np.minimum(x, a + 1.0078125)
        return x, a, WHOLE_FEW(generator, count)

    return draw


def beta_points(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
    """Arguments in the middle and in the tails of a beta distribution, and its shapes."""
    a, b = shapes(generator, count), shapes(generator, count)
    mean, size = a / (a + b), a + b + 1
    middle = mean + np.sqrt(mean * (1 - mean) / size) * generator.normal(0, 4, count)
    x = np.where(generator.random(count) < 0.5, middle, np.abs(unit(generator, count)))
    return np.clip(x, 1e-12, 1 - 2**-40), a, b


def beta_moment_points(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
    """Points where a moment is used, below the split."""
    x, a, b = beta_points(generator, count)
    n, m = WHOLE_FEW(generator, count), WHOLE_FEW(generator, count)
    return np.minimum(x, (a + 1) / (a + b + 2)), a, b, n, m


def student_points(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
    return mixed(-6, 4)(generator, count), shapes(generator, count)


def quantile_points(shapes_: int, *, log: bool) -> Callable[..., tuple[Column, ...]]:
    """Probabilities in the middle and in the tails, and shapes."""

    def draw(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
        p = -np.abs(mixed(-6, 3.5)(generator, count)) if log else np.abs(unit(generator, count))
        return p, *(shapes(generator, count) for _ in range(shapes_))

    return draw


def count_points(sizes: int, *, log: bool) -> Callable[..., tuple[Column, ...]]:
    """Probabilities, then a mean, or a number of trials and the probability of success."""

    def draw(generator: np.random.Generator, count: int) -> tuple[Column, ...]:
        p = quantile_points(0, log=log)(generator, count)[0]
        if not sizes:
            return p, 10 ** generator.uniform(-2, 3, count)
        return p, generator.integers(1, 200, count) * 1.0, generator.uniform(0.02, 0.98, count)

    return draw


WHOLE_FEW = chosen(0.0, 1.0, 2.0)
JOINT: dict[str, Callable[[np.random.Generator, int], tuple[Column, ...]]] = {
    **dict.fromkeys(("pgamma", "pgamma_upper", "log_pgamma", "log_pgamma_upper"), gamma_points),
    **dict.fromkeys(("pbeta", "pbeta_upper", "log_pbeta", "log_pbeta_upper"), beta_points),
    "beta_below": beta_moment_points,
    **dict.fromkeys(("pt", "log_pt"), student_points),
    **{
        f"q{family}{name}": quantile_points(count, log="log" in name)
        for family, count in (("gamma", 1), ("beta", 2), ("t", 1))
        for name in ("", "_upper", "_log", "_upper_log")
    },
    **{
        f"q{family}{name}": count_points(sizes, log="log" in name)
        for family, sizes in (("pois", 0), ("binom", 1), ("nbinom", 1))
        for name in ("", "_upper", "_log", "_upper_log")
    },
    "gamma_below": moment_points(above=False),
    "gamma_above": moment_points(above=True),
}
