"""Measure how accurate every primitive is on every target, and write ``gradc/prims/accuracy.py``.

Run by hand, with R, TMB and TensorFlow there::

    python -m benchmarks.accuracy            prints what was measured
    python -m benchmarks.accuracy --write    and writes the table
    python -m benchmarks.accuracy --write exp log    these only, the others stay
    python -m benchmarks.accuracy --write --missing    what the table lacks, the others stay

Each primitive is emitted alone and run in the real toolchain, over its probe grid and some
thousand random points of its domain, and held against ball arithmetic. The worst error is
put down to three causes, in this order: so many ulps of the result, so many ulps of each
argument (a library that rounds pi*x inside is off by as much as the function turns), and an
absolute part where nothing else explains it. Numbers are rounded up to powers of two with a
quarter to spare, since the worst of a sample is not the worst there is.

Points whose true value is outside the target's range of normal numbers, and answers that are
not finite, are no rounding errors; the latter are counted and printed.
"""

from __future__ import annotations

import argparse
import datetime
import functools
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb, ctx

from benchmarks import cumulative, densities
from benchmarks.cumulative import Column, Draw, chosen, mixed, unit
from benchmarks.primitives import KEYS, dtype_of, evaluate, evaluate_taped, has, target_of, versions
from gradc.prims import TABLE, Prim, cumulative_beta, inverse, quantile, student
from gradc.prims import cumulative as incomplete_gamma
from gradc.prims.accuracy import ACCURACY
from gradc.run import ToolchainError

COUNT = 4000
# A sum of hundreds of terms is a true value that takes its time.
FEWER = {
    "dtweedie_log": 150,
    "wright_log": 150,
    "wright_slope": 150,
    "wright_second": 150,
    "wright_third": 100,
}
FOLDER = Path(__file__).parent.parent / "gradc" / "prims"
# What rounding.py knows by itself: exact operations, IEEE 754's own, and sums counted by steps.
UNMEASURED = frozenset(
    {"add", "sub", "mul", "div", "neg", "sqrt", "abs", "sign", "floor", "ceiling", "round"}
    | {"trunc", "min2", "max2", "select", "mod", "idiv", "lt", "le", "gt", "ge", "eq", "ne"}
    | {"and", "or", "not", "as_real", "exact_pi"}
)
PLAIN_ULPS = 8.0


def bell(generator: np.random.Generator, count: int) -> Column:
    """Points of every scale, half of them where the normal distribution is a normal number."""
    inner = generator.uniform(-38, 38, count)
    return np.where(generator.random(count) < 0.5, inner, mixed(-8, 6)(generator, count))


ELEMENTARY = mixed(-8, 3, far=0.1)
GAMMA = mixed(-8, 8)
POSITIVE = mixed(-6, 6, sign=False)
ARGUMENT = mixed(-4, 2.5, sign=False)
ORDER = chosen(0.0, 1.0, 2.0, 3.0, 0.5, 2.5, 7.0)
WHOLE = chosen(*map(float, range(15)))
DOMAINS: dict[str, tuple[Draw, ...]] = {
    "asin": (unit,),
    "acos": (unit,),
    "atanh": (unit,),
    "logit": (unit,),
    "acosh": (lambda g, n: 1 + mixed(-8, 6, sign=False)(g, n),),
    "erf": (mixed(-8, 2),),
    "erfc": (mixed(-8, 1.4),),
    "pnorm": (bell,),
    "log_pnorm": (bell,),
    "inverse_mills": (bell,),
    "qnorm": (lambda g, n: np.abs(unit(g, n)),),
    "qnorm_log": (lambda g, n: -np.abs(mixed(-12, 8)(g, n)),),
    "gamma": (GAMMA,),
    "lgamma": (mixed(-8, 8),),
    "digamma": (lambda g, n: np.maximum(mixed(-6, 6)(g, n), -50.0),),
    "trigamma": (lambda g, n: np.maximum(mixed(-6, 6)(g, n), -100.0),),
    "psigamma": (POSITIVE, chosen(0.0, 1.0, 2.0, 3.0, 4.0)),
    "beta": (mixed(-3, 2, sign=False), mixed(-3, 2, sign=False)),
    "lbeta": (mixed(-3, 3, sign=False), mixed(-3, 3, sign=False)),
    "choose": (mixed(-2, 3, sign=False), WHOLE),
    "lchoose": (mixed(-2, 3, sign=False), WHOLE),
    "pow": (mixed(-6, 6), mixed(-3, 2)),
}
for _kind in ("besselI", "besselJ", "besselK", "besselY", "besselI_scaled", "besselK_scaled"):
    DOMAINS[_kind] = (ARGUMENT, ORDER)


@dataclass(frozen=True)
class Points:
    """Arguments by parameter, the true value of each row, and how each row depends on them."""

    prim: Prim
    columns: list[Column]
    truths: list[Any]

    @functools.cached_property
    def turns(self) -> np.ndarray:
        """Σ |x·∂f/∂x| / |f|, what one ulp of each argument does to the result in ulps."""
        rows = zip(*self.columns, strict=True)
        pairs = zip(rows, self.truths, strict=True)
        return np.array([turn(self.prim, tuple(map(float, row)), truth) for row, truth in pairs])


def points_of(prim: Prim, dtype: str, seed: int) -> Points:
    """The rows of a primitive's grid and sample that have a true value to compare with."""
    generator = np.random.default_rng(seed)
    draws = DOMAINS.get(prim.name, (ELEMENTARY,) * len(prim.params))
    grid = list(itertools.product(*(prim.probe.get(p, (1.0,)) for p in prim.params)))
    count = min(COUNT, FEWER.get(prim.name, COUNT))
    columns = [draw(generator, count) for draw in draws]
    joint = densities.JOINT | cumulative.JOINT
    if prim.name in joint:
        columns = list(joint[prim.name](generator, count))
    rows = [*grid, *zip(*columns, strict=True)]
    kept: list[tuple[float, ...]] = []
    truths = []
    for row in rows:
        with np.errstate(all="ignore"):
            point = tuple(float(np.asarray(x, dtype=dtype)) for x in row)
        # A subnormal argument, or one that float32 rounds to zero, is none of this.
        if not all(
            is_normal(arb(x), dtype) and (x or not y) for x, y in zip(point, row, strict=True)
        ):
            continue
        if not inside(prim, point):
            continue
        truth = true_value(prim, point)
        if truth is None or not is_normal(truth, dtype):
            continue
        kept.append(point)
        truths.append(truth)
    columns = [np.array(column) for column in zip(*kept, strict=True)]
    return Points(prim, columns, truths)


def inside(prim: Prim, point: tuple[float, ...]) -> bool:
    """Whether a point is in the domain, where ball arithmetic knows more than the table asks."""
    if prim.name in ("choose", "lchoose"):
        return point[0] > point[1] - 1
    return True


def true_value(prim: Prim, point: Iterable[float]) -> Any:
    """The value to 70 bits and more, None where there is none."""
    if prim.ball is None:
        return None
    arguments = [arb(x) for x in point]
    for bits in (200, 400, 800, 1600):
        with ctx.workprec(bits):
            value = prim.ball(*arguments)
        if value.is_finite() and (value.is_exact() or value.rel_accuracy_bits() >= 70):
            return value
        if value.is_nan() and bits >= 400:
            break
    return None


def is_normal(truth: Any, dtype: str) -> bool:
    """Whether a value is 0 or in the range of normal numbers, with a little room."""
    if not truth.is_finite():
        return False
    info = np.finfo(dtype)
    low, high = arb(float(info.tiny)) * 2, arb(float(info.max)) / 2
    return bool(truth.is_zero() or low < abs(truth) < high)


def turn(prim: Prim, point: tuple[float, ...], truth: Any) -> float:
    """What relative changes of the arguments do to the result, relatively; orders do not change.

    Where the balls do not tell, it is 0, and explains nothing.
    """
    if truth.is_zero():
        return math.inf
    total = arb(0)
    with ctx.workprec(400):
        for k, (name, x) in enumerate(zip(prim.params, point, strict=True)):
            if not prim.varies_with(name):
                continue
            step = arb(x) * arb(2) ** -120
            ends = [
                prim.ball(*map(arb, point[:k]), arb(x) + s, *map(arb, point[k + 1 :]))
                for s in (step, -step)
            ]
            total += abs((ends[0] - ends[1]) / (2 * arb(2) ** -120))
        ratio = float(total / abs(truth))
    return ratio if math.isfinite(ratio) else 0.0


@dataclass(frozen=True)
class Measured:
    """The worst errors of one primitive on one target, and the three numbers made of them."""

    relative: float
    absolute: float
    argument: float
    worst: float
    failures: int
    rows: int


def measure(points: Points, got: np.ndarray, dtype: str) -> Measured:
    """Fit the three parts to the errors of a target's answers."""
    unit_ = 2.0**-52 if dtype == "float64" else 2.0**-23
    finite = np.isfinite(got)
    sizes, errors = [], []
    for truth, answer, good in zip(points.truths, got, finite, strict=True):
        with ctx.workprec(200):
            sizes.append(float(abs(truth)))
            errors.append(float(abs(arb(float(answer)) - truth)) / unit_ if good else math.nan)
    size, error = np.array(sizes)[finite], np.array(errors)[finite]
    usable = size > 0
    size, error = size[usable], error[usable]
    relative = error / size
    worst = float(relative.max())
    failures = int((~finite).sum())
    parts = (padded(worst), 0.0, 0.0)
    if worst > PLAIN_ULPS:
        turns = points.turns[finite][usable]
        # The narrowest explanation: the one whose bounds are smallest, in the geometric mean.
        candidates = [parts, *explanations(size, relative, turns)]
        parts = min(
            candidates, key=lambda c: float(np.log(c[0] + c[1] / size + c[2] * turns).mean())
        )
    return Measured(*parts, worst, failures, len(got))


def explanations(
    size: np.ndarray, relative: np.ndarray, turns: np.ndarray
) -> Iterator[tuple[float, float, float]]:
    """Triples of relative, absolute and argument ulps that cover every error."""
    for inner in (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        # An argument that turns the result without bound explains every error.
        rest = relative - inner / 1.25 * turns if inner else relative
        yield padded(float(rest.max())), 0.0, inner
        for own in (1.0, 2.0, 4.0, 8.0, 16.0, 64.0):
            left = float(((rest - own / 1.25) * size).max())
            if left > 0:
                yield own, 2.0 ** math.ceil(math.log2(left * 1.25)), inner


def padded(value: float) -> float:
    """A quarter more, rounded up to a power of two, at least 1."""
    return 2.0 ** max(0, math.ceil(math.log2(max(value * 1.25, 1.0))))


def measure_all(names: list[str], missing: bool) -> dict[str, dict[str, Measured]]:
    """Every primitive on every target that has it, or only what the table lacks."""
    found: dict[str, dict[str, Measured]] = {}
    for name in names or [prim.name for prim in TABLE]:
        prim = TABLE[name]
        known = ACCURACY.get(name, {}) if missing else {}
        keys = [key for key in KEYS if is_measured(prim, key) and key not in known]
        if name in UNMEASURED or not prim.elementwise or prim.ball is None or not keys:
            continue
        points = {dtype: points_of(prim, dtype, len(name)) for dtype in map(dtype_of, keys)}
        for key in keys:
            at = points[dtype_of(key)]
            got = evaluate(prim, key, at.columns)
            if isinstance(got, ToolchainError):
                print(f"{name:16} {key:14} {got}", flush=True)
                continue
            one = measure(at, got, dtype_of(key))
            if key == "tmb":
                one = worse(one, measured_on_tape(prim, at))
            found.setdefault(name, {})[key] = one
            print(line(name, key, one), flush=True)
    return found


def is_measured(prim: Prim, key: str) -> bool:
    """Whether a target has a primitive, and as accurate as some ulps of its result."""
    return has(prim, key) and target_of(key) not in prim.rounds_as


def measured_on_tape(prim: Prim, points: Points) -> Measured | None:
    """The same on TMB's tape, at every fourth point."""
    fewer = Points(prim, [column[::4] for column in points.columns], points.truths[::4])
    got = evaluate_taped(prim, fewer.columns)
    if isinstance(got, ToolchainError):
        print(f"{prim.name:16} on the tape  {got}", flush=True)
        return None
    return measure(fewer, got, "float64")


def worse(one: Measured, other: Measured | None) -> Measured:
    """Numbers that cover both."""
    if other is None:
        return one
    return Measured(
        max(one.relative, other.relative),
        max(one.absolute, other.absolute),
        max(one.argument, other.argument),
        max(one.worst, other.worst),
        one.failures + other.failures,
        one.rows + other.rows,
    )


def line(name: str, key: str, one: Measured) -> str:
    """One measurement as it is printed."""
    text = (
        f"{name:16} {key:14} worst {one.worst:9.3g} ulp of {one.rows}; relative"
        f" {one.relative:g}, absolute {one.absolute:g}, argument {one.argument:g}"
    )
    return text + (f"; not finite at {one.failures}" if one.failures else "")


HEADER = '''"""How accurate {what} on each target: measured, never guessed.

Written by ``python -m benchmarks.accuracy --write``, which says how: every primitive
emitted and run in its real toolchain at {count} random points of the primitive's domain (``FEWER``
there names those whose balls are too slow for so many) and on its probe grid, against ball
arithmetic.

For each primitive and target (``tf/float32``: in single precision) three numbers: the error
is at most ``relative`` ulps of the result, plus what ``argument`` ulps of each argument
change in it, plus ``absolute`` ulps of 1. Operations that IEEE 754 rounds correctly, exact ones
and sums are not here (see ``gradc.verify.rounding``).

Measured on {date} with {versions}.
"""

from __future__ import annotations

from collections.abc import Mapping

{imports}{table}: Mapping[str, Mapping[str, tuple[float, float, float]]] = {{
'''
FILES = (
    ("accuracy.py", "each primitive is", "ACCURACY"),
    ("accuracy_cumulative.py", "distribution functions and quantiles are", "CUMULATIVE"),
    ("accuracy_densities.py", "densities are", "DENSITIES"),
)
MERGED = (
    "from gradc.prims.accuracy_cumulative import CUMULATIVE\n"
    "from gradc.prims.accuracy_densities import DENSITIES\n\n"
)
_CUMULATIVE = {
    prim.name
    for part in (incomplete_gamma, cumulative_beta, student, inverse, quantile)
    for prim in part.PRIMS
}


def table_of(name: str) -> str:
    """The table that a primitive's accuracy stands in."""
    return (
        "DENSITIES"
        if name in densities.JOINT
        else "CUMULATIVE"
        if name in _CUMULATIVE
        else "ACCURACY"
    )


def table_text(
    what: str, table: str, found: dict[str, dict[str, Measured]], measured_with: str
) -> str:
    """A Python file that holds a table; what was not measured now stays as it was."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    imports = MERGED if table == "ACCURACY" else ""
    head = HEADER.format(
        what=what, count=COUNT, date=today, versions=measured_with, imports=imports, table=table
    )
    lines = [head, "    **CUMULATIVE,\n    **DENSITIES,\n" if imports else ""]
    for prim in TABLE:
        if table_of(prim.name) != table:
            continue
        keys = [key for key in KEYS if has(prim, key)]
        known = {key: parts for key, parts in ACCURACY.get(prim.name, {}).items() if key in keys}
        now = found.get(prim.name, {})
        known |= {key: (one.relative, one.absolute, one.argument) for key, one in now.items()}
        if known:
            entries = [f'        "{key}": {known[key]},\n' for key in KEYS if key in known]
            lines += [f'    "{prim.name}": {{\n', *entries, "    },\n"]
    lines.append("}\n")
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the table")
    parser.add_argument("--missing", action="store_true", help="only what the table lacks")
    parser.add_argument("primitive", nargs="*", help="only these")
    options = parser.parse_args()
    found = measure_all(options.primitive, options.missing)
    if options.write:
        for file, what, table in FILES:
            text = table_text(what, table, found, versions())
            (FOLDER / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
