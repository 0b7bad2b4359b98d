"""Checks of declared inputs in R: what an argument is, how long, whole numbers in range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradc.emit.checks import declared, has_low, range_tests, rank_message, size_tests
from gradc.ir import Function, Input


def r_checks(function: Function, users: Mapping[str, str]) -> Iterator[str]:
    """Statements that stop with a message, or turn an argument into plain numbers."""

    def axis(item: Input, number: int) -> str:
        name = users[item.name]
        return f"length({name})" if item.type.rank == 1 else ("nrow", "ncol")[number] + f"({name})"

    for item in declared(function):
        yield from _one(item, users[item.name])
    for test in size_tests(function, axis, users):
        yield _stop(f"{test.found} != {test.wanted}", test.message)
    for ranged in range_tests(function, axis, users):
        name = users[ranged.item.name]
        tests = [f"{name} != round({name})"]
        if has_low(ranged):
            tests.append(f"{name} < {ranged.low}")
        if ranged.high is not None:
            tests.append(f"{name} > {ranged.high}")
        yield _stop(f"any({' | '.join(tests)})", ranged.message)


def _one(item: Input, name: str) -> Iterator[str]:
    if item.type.rank == 2:
        yield _stop(f"length(dim({name})) != 2L", rank_message(item, name))
        yield f"{name} <- unname(as.matrix({name}))"
        yield f'storage.mode({name}) <- "double"'
    else:
        if item.nature != "index" or item.base == 0:
            # as.numeric() of a factor would be the numbers of its levels.
            yield _stop(f"is.factor({name})", f"{name} is a factor, not numbers")
        yield f"{name} <- as.numeric({name})"
        if not item.type.rank:
            yield _stop(f"length({name}) != 1L", rank_message(item, name))
    yield _stop(f"anyNA({name})", f"{name} has missing values")


def _stop(test: str, message: str) -> str:
    return f'if ({test}) stop("{message}")'
