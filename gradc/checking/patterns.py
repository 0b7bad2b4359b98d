"""What the numbers alone say: how got and expected go together at all points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gradc.checking.comparison import Comparison, Sample
from gradc.checking.findings import CauseName

_CLOSE = 1e-9
_NEAR = 1e-5
_LOGS = ((math.log(10), "log(10)"), (math.log(2), "log(2)"), (math.log2(10), "log2(10)"))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A relation between got and expected that holds at every point.

    ``whole`` says that it explains every wrong element.
    """

    name: CauseName
    message: str
    evidence: str
    elements: tuple[int, ...]
    ratio: float | None = None
    suggestion: str | None = None
    whole: bool = True


def patterns(comparison: Comparison) -> list[Pattern]:
    """The relations that hold, the simplest first; empty where got has another length."""
    samples = comparison.samples
    size = len(samples[0].expected) if samples else 0
    if not samples or any(len(s.got) != size or len(s.expected) != size for s in samples):
        return [*_unequal(samples)] if samples else []
    got = np.array([sample.got for sample in samples])
    expected = np.array([sample.expected for sample in samples])
    wrong = np.flatnonzero(np.any([sample.wrong for sample in samples], axis=0))
    if not len(wrong):
        return []
    labels = comparison.labels
    found = [*_transposed(comparison, got, expected)]
    found += _ratios(got, expected, wrong, samples)
    found += _permuted(got, expected, wrong, labels)
    found += _always_zero(got, expected, wrong)
    found += _rounded(got, expected, wrong)
    return found


def close(one: Any, other: Any, tolerance: float = _CLOSE) -> bool:
    """Whether two arrays of finite numbers are equal but for rounding."""
    if not (np.all(np.isfinite(one)) and np.all(np.isfinite(other))):
        return False
    scale = np.maximum(np.abs(one), np.abs(other))
    return bool(np.all(np.abs(np.asarray(one) - other) <= tolerance * scale))


def _unequal(samples: tuple[Sample, ...]) -> Iterator[Pattern]:
    got, expected = samples[0].got, samples[0].expected
    evidence = f"{len(got)} numbers came back where the parameters have {len(expected)} elements"
    every = tuple(range(len(expected)))
    count = len(expected)
    rows = [len(s.got) // count for s in samples] if count else [0]
    if all(r > 1 and r * count == len(s.got) for r, s in zip(rows, samples, strict=True)):
        for by_row in (False, True):
            sums = [
                s.got.reshape((r, count), order="C" if by_row else "F").sum(0)
                for r, s in zip(rows, samples, strict=True)
            ]
            if all(close(total, s.expected) for total, s in zip(sums, samples, strict=True)):
                message = "the rows of the gradient are not summed"
                yield Pattern("sum-or-mean", message, evidence, every, None, "sum over the rows")
                return
    yield Pattern("shape", "the gradient has another length than the parameters", evidence, every)


def _ratio(got: Any, expected: Any) -> float | None:
    """The ratio of two columns where it is the same everywhere."""
    with np.errstate(all="ignore"):
        known = np.isfinite(got) & np.isfinite(expected) & (expected != 0)
        if not np.any(known) or not np.all(np.isfinite(got)):
            return None
        ratios = got[known] / expected[known]
    best = float(np.median(ratios))
    if best == 0 or not np.all(np.abs(ratios - best) <= 1e-8 * abs(best)):
        return None
    return best if np.all(got[~known] == expected[~known]) or np.all(known) else None


def _ratios(got: Any, expected: Any, wrong: Any, samples: tuple[Sample, ...]) -> Iterator[Pattern]:
    counts = [_lengths(sample.point) for sample in samples]
    groups: dict[str, list[int]] = {}
    values: dict[str, float] = {}
    for element in wrong:
        many = _as_count(got[:, element], expected[:, element], counts)
        ratio = _ratio(got[:, element], expected[:, element])
        if ratio is None and many is None:
            continue
        key = many or f"{ratio:.7e}"
        groups.setdefault(key, []).append(int(element))
        values[key] = float("nan") if ratio is None else ratio
    for key, elements in groups.items():
        whole = len(elements) == len(wrong)
        ratio = values[key] if values[key] == values[key] else None
        yield _of_ratio(key, ratio, tuple(elements), whole, len(samples))


def _lengths(point: Mapping[str, Any]) -> set[int]:
    return {np.shape(value)[0] for value in point.values() if np.ndim(value) > 0}


def _as_count(got: Any, expected: Any, counts: list[set[int]]) -> str | None:
    """``n`` or ``1/n`` where the ratio is a number of observations at every point, not 1 or 2."""
    with np.errstate(all="ignore"):
        ratios = got / expected
        inverse = expected / got
    for said, numbers in (("n", ratios), ("1/n", inverse)):
        if all(
            np.isfinite(r) and any(abs(r - n) <= 1e-8 * n for n in known if n > 2)
            for r, known in zip(numbers, counts, strict=True)
        ):
            return said
    return None


def _of_ratio(
    key: str, ratio: float | None, elements: tuple[int, ...], whole: bool, points: int
) -> Pattern:
    place = "every wrong element" if len(elements) > 1 else "the wrong element"
    if not whole:
        place = f"{len(elements)} of the wrong elements"
    number = "" if ratio is None else f"{ratio:.10g}"
    evidence = f"got/expected is {number or key} for {place} at all {points} points"
    if key in ("n", "1/n"):
        message = "a sum stands for a mean" if key == "n" else "a mean stands for a sum"
        said = evidence if key in evidence else f"{evidence}, which is {key}"
        mend = "divide by the number of observations" if key == "n" else "multiply by it"
        if key == "1/n":
            mend = "multiply by the number of observations"
        return Pattern("sum-or-mean", message, said, elements, ratio, mend, whole)
    name, message, mend = _named(float(key) if ratio is None else ratio)
    return Pattern(name, message, evidence, elements, ratio, mend, whole)


def _named(ratio: float) -> tuple[CauseName, str, str]:
    if abs(ratio + 1) < 1e-8:
        return "sign", "the sign is wrong", "change the sign"
    if abs(ratio - 2) < 1e-8:
        return "dropped-half", "twice the derivative: a factor 1/2 is missing", "multiply by 1/2"
    if abs(ratio - 0.5) < 1e-8:
        return "dropped-half", "half the derivative: a factor 2 is missing", "multiply by 2"
    for number, text in _LOGS:
        for sign, minus in ((1.0, ""), (-1.0, "-")):
            if abs(ratio - sign * number) < 1e-8:
                said = f"the derivative times {minus}{text}: a logarithm has the wrong base"
                return "log-base", said, f"divide by {minus}{text}"
            if abs(ratio * number - sign) < 1e-8:
                said = f"the derivative over {minus}{text}: a logarithm has the wrong base"
                return "log-base", said, f"multiply by {minus}{text}"
    factor = _nice(ratio)
    return (
        "constant-factor",
        f"{factor} times the derivative",
        f"divide by {factor}" if abs(ratio) > 1 else f"multiply by {_nice(1 / ratio)}",
    )


def _nice(ratio: float) -> str:
    fraction = Fraction(ratio).limit_denominator(400)
    if fraction and abs(float(fraction) - ratio) < 1e-9 * abs(ratio):
        return str(fraction)
    return f"{ratio:.10g}"


def _permuted(got: Any, expected: Any, wrong: Any, labels: tuple[str, ...]) -> Iterator[Pattern]:
    """Elements that have the value of another element."""
    places = {_key(expected[:, j]): j for j in range(expected.shape[1])}
    moved = {int(i): places.get(_key(got[:, i])) for i in wrong}
    known = {i: j for i, j in moved.items() if j is not None and j != i}
    if not known or len(got) < 2:
        return
    first = next(iter(known))
    bijective = sorted(known) == sorted(known.values())
    evidence = f"{labels[first]} has the value of {labels[known[first]]} at all {len(got)} points"
    name: CauseName = "permuted" if bijective else "other-quantity"
    message = (
        "the elements stand in another order than the parameters"
        if bijective
        else f"this is the derivative for {labels[known[first]].partition(':')[2]}"
    )
    yield Pattern(name, message, evidence, tuple(known), None, None, len(known) == len(wrong))


def _key(column: Any) -> tuple[str, ...]:
    return tuple(f"{x:.8e}" for x in column)


def _transposed(comparison: Comparison, got: Any, expected: Any) -> Iterator[Pattern]:
    """A matrix parameter whose derivative came back by row."""
    start = 0
    for item in comparison.gradient.params:
        label = f"gradient:{item.name}"
        count = sum(1 for one in comparison.labels if one.partition("[")[0] == label)
        shape = np.shape(comparison.samples[0].point.get(item.name, 0.0))
        if len(shape) == 2 and shape[0] * shape[1] == count and min(shape) > 1:
            block = slice(start, start + count)
            turned = [row[block].reshape(shape, order="C").ravel(order="F") for row in got]
            is_turned = close(np.array(turned), expected[:, block], 1e-8)
            if is_turned and not close(got[:, block], expected[:, block]):
                evidence = f"read by row, it is right at all {len(got)} points"
                message = f"the derivative for the matrix `{item.name}` is transposed"
                places = tuple(range(start, start + count))
                yield Pattern("transposed", message, evidence, places, None, "use `t()`")
        start += count


def _always_zero(got: Any, expected: Any, wrong: Any) -> Iterator[Pattern]:
    zero = tuple(int(i) for i in wrong if np.all(got[:, i] == 0) and np.any(expected[:, i] != 0))
    if zero:
        said = f"it is 0 at all {len(got)} points, where the derivative is not"
        whole = len(zero) == len(wrong)
        yield Pattern("detached", "the parameter has no effect here", said, zero, 0.0, None, whole)


def _rounded(got: Any, expected: Any, wrong: Any) -> Iterator[Pattern]:
    scale = np.max(np.abs(expected), axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        worst = float(np.max(np.abs(got - expected)[:, wrong] / np.where(scale > 0, scale, 1.0)))
    if worst < _NEAR:
        digits = int(-math.log10(max(worst, 1e-16)))
        evidence = f"the largest difference is {worst:.2g} of the largest element"
        message = f"right to about {digits} digits: cancellation, or numerical derivatives"
        yield Pattern("rounding", message, evidence, tuple(int(i) for i in wrong))
