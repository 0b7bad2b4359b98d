"""Checks of arguments in R: what an argument is, how long, whole numbers in range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradc.emit.checks import (
    count_tests,
    declared,
    fewest_rows,
    has_low,
    range_tests,
    rank_message,
    reach_tests,
    size_tests,
)
from gradc.emit.inputs import Rows, fixed_vectors, mixes_rows, row_groups
from gradc.emit.names import Names
from gradc.ir import Function, Input

Lines = Iterator[tuple[str, int]]
"""Statements with their indents."""

_MOST_WRITTEN = 6


def r_checks(function: Function, names: Names, users: Mapping[str, str]) -> Lines:
    """Lengths and storage modes of the arguments; data recycled where rows mix."""
    mixed = mixes_rows(function, function.outputs.values())
    groups = row_groups(function)
    for line in declared_checks(function, users):
        yield line, 2
    for group in groups:
        for item in group.inputs:
            if item.declared:
                continue
            name = users[item.name]
            yield from ((line, 2) for line in _numbers(name))
    for group in groups:
        yield from _rows(names, users, group, mixed)
        yield from _fewest(function, users, group)
    for item, length in fixed_vectors(function):
        name = users[item.name]
        yield f'if (length({name}) != {length}L) stop("{name} must have length {length}")', 2
    scalars = [users[item.name] for item in function.params if not item.type.shape]
    if mixed and scalars:
        tests = " || ".join(f"length({name}) != 1L" for name in scalars[:1])
        if len(scalars) > 1:
            tests = f"any(lengths(list({', '.join(scalars)})) != 1L)"
        yield f'if ({tests}) stop("{_enumerate(scalars)} must have length 1")', 2


def _numbers(name: str) -> Iterator[str]:
    """A column that is not there is NULL, and as.numeric() of a factor its levels' numbers."""
    test = f"!is.numeric({name}) && !is.logical({name})"
    yield _stop(test, f"{name} must be numeric")
    yield f"{name} <- as.numeric({name})"


def _rows(names: Names, users: Mapping[str, str], group: Rows, mixed: bool) -> Lines:
    vectors = [users[item.name] for item in group.inputs]
    if len(vectors) == 1 and group.count is None:
        return
    if group.count is None:
        rows = ""
        if len(vectors) > 2 or mixed:
            rows = names.fresh("n")
            lengths = ", ".join(f"length({name})" for name in vectors)
            yield f"{rows} <- max({lengths})", 2
        wanted = "one length, or length 1"
    else:
        rows = f"{group.count}L"
        wanted = f"length {group.count}, or length 1"
    yield f"if ({_unequal(vectors, rows)}) {{", 2
    yield f'stop("{_enumerate(vectors)} must have {wanted}")', 4
    yield "}", 2
    if mixed:
        for name in vectors:
            yield f"{name} <- rep_len({name}, {rows})", 2


def _fewest(function: Function, users: Mapping[str, str], group: Rows) -> Lines:
    """A model that reads the row before needs more than one."""
    fewest = None if group.count is not None else fewest_rows(function, group.inputs[0])
    if fewest is not None:
        vectors = [users[item.name] for item in group.inputs]
        lengths = ", ".join(f"length({name})" for name in vectors)
        length = f"max({lengths})" if len(vectors) > 1 else lengths
        yield (
            _stop(
                f"{length} < {fewest}", f"{_enumerate(vectors)} must have {fewest} elements or more"
            ),
            2,
        )


def _unequal(vectors: Sequence[str], rows: str) -> str:
    """Whether some vector has neither the common length nor length 1; calls no closure."""
    if not rows:
        x, y = vectors
        return f"length({x}) != length({y}) && length({x}) != 1L && length({y}) != 1L"
    if len(vectors) > _MOST_WRITTEN:
        return f"!all(lengths(list({', '.join(vectors)})) %in% c(1L, {rows}))"
    tests = [f"(length({name}) != {rows} && length({name}) != 1L)" for name in vectors]
    return tests[0][1:-1] if len(tests) == 1 else " || ".join(tests)


def _enumerate(names: Sequence[str]) -> str:
    if len(names) > 6:
        return f"{names[0]}, {names[1]}, ..., {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def declared_checks(function: Function, users: Mapping[str, str]) -> Iterator[str]:
    """What declared inputs must be, and as plain numbers."""

    def axis(item: Input, number: int) -> str:
        name = users[item.name]
        of_axis = {1: ("length",), 2: ("nrow", "ncol")}
        return f"{of_axis[item.type.rank][number]}({name})" if item.type.rank else name

    for item in declared(function):
        yield from _one(item, users[item.name])
    for test in size_tests(function, axis, users):
        yield _stop(f"{test.found} != {test.wanted}", test.message)
    for found, wanted, message in count_tests(function, axis, users):
        yield _stop(f"{found} != {wanted}", message)
    for reach in reach_tests(function, axis):
        yield _stop(f"{reach.found} < {reach.needed}", reach.message)
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
        if item.nature == "index" and item.base == 1:  # the levels of a factor are places
            yield _stop(f"is.null({name})", f"{name} is NULL")
            yield f"{name} <- as.numeric({name})"
        else:
            yield from _numbers(name)
        if not item.type.rank:
            yield _stop(f"length({name}) != 1L", rank_message(item, name))
    yield _stop(f"anyNA({name})", f"{name} has missing values")


def _stop(test: str, message: str) -> str:
    return f'if ({test}) stop("{message}")'
