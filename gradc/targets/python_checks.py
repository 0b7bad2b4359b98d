"""Checks of declared inputs in NumPy and TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradc.emit.checks import (
    RangeTest,
    count_tests,
    declared,
    fewest_rows,
    has_low,
    range_tests,
    rank_message,
    reach_tests,
    size_tests,
)
from gradc.emit.inputs import Rows
from gradc.ir import Function, Input
from gradc.targets.python import call


def numpy_checks(function: Function, users: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Tests that must not hold, and what is said where one does."""

    def axis(item: Input, number: int) -> str:
        return f"{users[item.name]}.shape[{number}]" if item.type.rank else users[item.name]

    for item in declared(function):
        name = users[item.name]
        if item.type.rank:
            yield f"np.ndim({name}) != {item.type.rank}", rank_message(item, name)
        yield f"np.any(np.isnan({name}))", f"{name} has missing values"
    for test in size_tests(function, axis, users):
        yield f"{test.found} != {test.wanted}", test.message
    for found, wanted, message in count_tests(function, axis, users):
        yield f"{found} != {wanted}", message
    for reach in reach_tests(function, axis):
        yield f"{reach.found} < {reach.needed}", reach.message
    for ranged in range_tests(function, axis, users):
        name = users[ranged.item.name]
        tests = [f"({name} != np.round({name}))"]
        tests += [f"({name} < {ranged.low})"] if has_low(ranged) else []
        tests += [] if ranged.high is None else [f"({name} > {ranged.high})"]
        yield f"np.any({' | '.join(tests)})", ranged.message


def tf_checks(function: Function, users: Mapping[str, str]) -> Iterator[str]:
    """Lines that raise where a test fails, at once or inside of a ``tf.function``."""

    def axis(item: Input, number: int) -> str:
        name = users[item.name]
        return f"tf.shape({name})[{number}]" if item.type.rank else f"tf.cast({name}, tf.int32)"

    for item in declared(function):
        name = users[item.name]
        if item.type.rank:
            yield f"    {name}.shape.assert_has_rank({item.type.rank})"
        missing = f"tf.reduce_any(tf.math.is_nan({name}))"
        yield from _equal(missing, "False", f"{name} has missing values")
    for test in size_tests(function, axis, users):
        yield from _equal(test.found, test.wanted, test.message)
    for found, wanted, message in count_tests(function, axis, users):
        yield from _equal(found, wanted, message)
    for reach in reach_tests(function, axis):
        yield from _equal(f"{reach.found} >= {reach.needed}", "True", reach.message)
    for ranged in range_tests(function, axis, users):
        yield from _equal(_in_range(ranged, users[ranged.item.name]), "True", ranged.message)


def tf_fewest(function: Function, users: Mapping[str, str], group: Rows) -> list[str]:
    """Lines that raise where data that are no declared ones have too few rows."""
    fewest = None if group.count is not None else fewest_rows(function, group.inputs[0])
    if fewest is None:
        return []
    name = users[group.inputs[0].name]
    return _equal(f"tf.size({name}) >= {fewest}", "True", f"{name} has {fewest} elements or more")


def _equal(found: str, wanted: str, message: str) -> list[str]:
    said = message.replace("tf.shape(", "shape(")
    return call("tf.debugging.assert_equal", [found, wanted, f'"{said}"'], "", 4)


def _in_range(test: RangeTest, name: str) -> str:
    tests = [f"({name} == tf.round({name}))"]
    tests += [f"({name} >= {test.low})"] if has_low(test) else []
    if test.high is not None:
        tests.append(f"({name} <= tf.cast({test.high}, {name}.dtype))")
    return f"tf.reduce_all({' & '.join(tests)})"
