"""Which statement of an emitted program is wrong, where its answer is.

The program is run once more and shows what each of its names stands for. A statement is judged
by itself: what it should give for the values that it was really given, and how far off its own
rounding may be. So an error above is not blamed on what is computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb

from gradc.errors import GradcError, Span, in_script
from gradc.ir import Function
from gradc.run import TRACED, Numbers, Program, ToolchainError, trace
from gradc.verify.bounds import Bound
from gradc.verify.cases import Case, Emitted
from gradc.verify.cells import Cells, Grid, shaped
from gradc.verify.compare import Expected, judge, pairs
from gradc.verify.evaluate import Evaluation, bind, concrete, evaluate
from gradc.verify.places import Places, places_of
from gradc.verify.report import Culprit
from gradc.verify.rounding import Arithmetic, arithmetic
from gradc.verify.sums import Rounding

_EXACT_BITS = 400
_WIDENED_BITS = 160
_STEP = "step:"
_RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A number that its own statement does not give."""

    name: str
    node: int
    row: int
    got: float
    expected: float
    bound: float


def locate(
    item: Emitted, case: Case, answer: Numbers, number: int, dtype: str = "float64"
) -> Culprit | None:
    """The first statement of a program that is wrong at a point, None where none can be named.

    ``number`` is that of the point.
    """
    program, traced = item.program, item.program.trace
    if traced is None or program.target not in TRACED:
        return None
    text, result = program.text, traced.result
    places = places_of(program.target, program.main_file, text, traced.entry, result)
    if places is None:
        return None
    try:
        names = [name for name, _ in traced.steps]
        got = trace(program, case.point, list(dict.fromkeys([*names, result])))
        function = _with_steps(item)
        found = list(_wrong(function, program.target, case.point, got, answer, result, dtype))
    except (GradcError, ToolchainError):
        return None
    found += _lost(got.get(result), answer)
    wrong = [(span, one) for one in found if (span := _place(places, item, one.name)) is not None]
    if not wrong:
        return None
    span, first = min(wrong, key=lambda pair: _order(pair[0], pair[1]))
    return _culprit(program, span, first, number, _origin(item, first))


def _order(span: Span, one: _Wrong) -> tuple[int, bool]:
    return span.start, not one.name.startswith(_STEP)


def _with_steps(item: Emitted) -> Function:
    """The function that was printed with every intermediate result as an output of its own."""
    traced = item.program.trace
    assert traced is not None  # noqa: S101 - its caller looked
    steps = {f"{_STEP}{name}": node for name, node in traced.steps}
    return item.rounded(traced.function.with_outputs({**traced.function.outputs, **steps}))


def _wrong(
    function: Function,
    target: str,
    point: Mapping[str, Any],
    got: Mapping[str, Any],
    answer: Numbers,
    result: str,
    dtype: str,
) -> Iterator[_Wrong]:
    """Everything that is not what its own statement should give."""
    model = arithmetic(target, dtype)
    inputs = bind(function, point, dtype)
    function = concrete(function, inputs)
    pinned = _Pinned(function, got)
    exact, exact_steps = pinned.evaluate(inputs, None, _EXACT_BITS)
    rounding = Rounding(model, function.graph)
    wide, wide_steps = pinned.evaluate(inputs, rounding, _WIDENED_BITS)
    for output, node in function.outputs.items():
        step = output.removeprefix(_STEP)
        if output.startswith(_STEP):
            if step not in got:
                continue
            expected = _expected(exact_steps[node], wide_steps[node])
            numbers: Sequence[float] = _flat(got[step])
        else:
            # An output with a name of its own was judged under that, and should be just that.
            expected = _expected(exact[node], wide[node])
            if output == "value" and result in got:
                answer = replace(answer, value=got[result])
            try:
                numbers, expected = _paired(answer, output, expected, model)
            except (LookupError, ValueError):
                continue
        yield from _outside(output, node, numbers, expected, model)


def _paired(
    answer: Numbers, output: str, expected: list[Expected | None], model: Arithmetic
) -> tuple[list[float], list[Expected | None]]:
    """An output's numbers beside what they should be; nothing where that is a condition."""
    known = [one for one in expected if one is not None]
    both = list(pairs(answer, output, known, model)) if len(known) == len(expected) else []
    return [number for number, _ in both], [one for _, one in both]


def _outside(
    name: str,
    node: int,
    numbers: Sequence[float],
    expected: Sequence[Expected | None],
    model: Arithmetic,
) -> Iterator[_Wrong]:
    """The first number of a statement that is wrong."""
    rows = max(len(numbers), len(expected))
    if len(numbers) not in (1, rows) or len(expected) not in (1, rows):
        yield _Wrong(name, node, 0, float(len(numbers)), float(len(expected)), 0.0)
        return
    for row in range(rows):
        wanted = expected[row % len(expected)]
        if wanted is None:
            continue
        judged = judge(float(numbers[row % len(numbers)]), wanted, model)
        if judged.status == "disagree":
            yield _Wrong(name, node, row, judged.got, judged.expected, judged.bound)
            return


def _lost(result: Any, answer: Numbers) -> list[_Wrong]:
    """The value that came back, where the program had another one."""
    had, back = _flat(result), _flat(answer.value)
    if result is None or len(had) != len(back):
        return []
    for row, (one, other) in enumerate(zip(had, back, strict=True)):
        if one != other and not (math.isnan(one) and math.isnan(other)):
            return [_Wrong(_RETURNED, -1, row, other, one, 0.0)]
    return []


class _Pinned:
    """Evaluation in which every step goes on with what the program really had."""

    def __init__(self, function: Function, got: Mapping[str, Any]) -> None:
        self.function = function
        self.pins: dict[int, Any] = {}
        for output, node in function.outputs.items():
            name = output.removeprefix(_STEP)
            if output.startswith(_STEP) and name in got:
                self.pins.setdefault(node, got[name])

    def evaluate(
        self, inputs: Mapping[str, Cells], rounding: Rounding | None, bits: int
    ) -> tuple[Evaluation, dict[int, Cells]]:
        """All cells, and those of the steps before the program's own values took their place."""
        before: dict[int, Cells] = {}
        graph = self.function.graph

        def adjust(node: int, name: str, attrs: Any, args: Sequence[Cells], cells: Cells) -> Cells:
            if rounding is not None:
                cells = shaped(rounding.widened(node, name, attrs, args, cells), cells)
            if node not in self.pins:
                return cells
            before[node] = cells
            return _cells(self.pins[node], cells, graph.types[node].dtype == "bool")

        roots = list(self.function.outputs.values())
        return evaluate(graph, roots, inputs, bits, adjust), before


def _flat(value: Any) -> list[float]:
    """Numbers in the order of cells: a matrix column by column."""
    if value is None:
        return []
    return [float(number) for number in np.asarray(value, dtype=np.float64).ravel(order="F")]


def _cells(value: Any, like: Cells, is_condition: bool) -> Cells:
    """What a program had, as exact cells in the shape that they should have."""
    numbers = _flat(value)
    cells: Cells = [bool(x) if is_condition else arb(x) for x in numbers]
    if len(cells) == 1 and len(like) > 1:
        cells = cells * len(like)
    if len(cells) != len(like):
        return like
    return Grid(cells, like.nrow) if isinstance(like, Grid) else cells


def _expected(exact: Cells, wide: Cells) -> list[Expected | None]:
    """What each number of a statement should be; None where that cannot be told."""
    return [_one(cell, widened) for cell, widened in zip(exact, wide, strict=True)]


def _one(cell: Any, widened: Any) -> Expected | None:
    if isinstance(cell, bool) or cell is None:
        if cell is None or widened is not cell:
            return None
        return Expected(arb(int(cell)), "finite", Bound(arb(0), "ball"))
    if not cell.is_finite() or not widened.is_finite():
        return None
    radius = abs(widened - cell).upper()
    return Expected(cell, "finite", Bound(radius, "ball"))


def _place(places: Places, item: Emitted, output: str) -> Span | None:
    """Where a step or an output is written."""
    if output.startswith(_STEP):
        return places.steps.get(output.removeprefix(_STEP))
    kind, _, rest = output.partition(":")
    if kind == _RETURNED:
        return places.returned
    if kind == "value":
        return places.value
    if kind != "gradient":
        return None
    names = [argument.name for argument in item.program.parameters]
    base = rest if rest in names else rest.rpartition("[")[0]
    outputs = _gradients(item)
    if len(outputs) == len(names):
        return places.of_gradient(list(outputs).index(output), list(outputs.values()))
    return places.of_gradient(names.index(base), [1] * len(names)) if base in names else None


def _gradients(item: Emitted) -> dict[str, int]:
    """The gradients, and of how many expressions each may be put together."""
    traced = item.program.trace
    if traced is None:
        return {}
    graph, outputs = traced.function.graph, traced.function.outputs
    return {
        name: len(graph.args(node)) if graph.prim(node) == "stack" else 1
        for name, node in outputs.items()
        if name.startswith("gradient:")
    }


def _origin(item: Emitted, one: _Wrong) -> Span | None:
    """The place in the user's model that a step stems from."""
    traced = item.program.trace
    if traced is None:
        return None
    steps = {f"{_STEP}{name}": node for name, node in traced.steps}
    node = steps.get(one.name, traced.function.outputs.get(one.name))
    span = None if node is None else traced.function.graph.place(node)
    return None if span is None else in_script(span)


def _culprit(program: Program, span: Span, one: _Wrong, point: int, origin: Span | None) -> Culprit:
    where = None if origin is None else origin.source.place(origin.start)
    return Culprit(
        program.main_file,
        *span.source.place(span.start),
        *span.source.place(span.end),
        " ".join(span.text.split()),
        point,
        one.row,
        one.got,
        one.expected,
        one.bound,
        None if origin is None else origin.source.name,
        None if where is None else where[0],
        None if where is None else where[1],
        "" if origin is None else " ".join(origin.text.split()),
    )
