"""The tests of an emitted R package: true values with proved bounds, and differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context, Decimal

from gradc.emit import MARK, EmitModel, Emitted
from gradc.emit.layout import wrap
from gradc.emit.numbers import r_number
from gradc.ir import Input

Value = float | Sequence[float] | Sequence[Sequence[float]]
# Differences take eight values of the objective for each element of a parameter.
_MOST_DIFFERENCES = 100


@dataclass(frozen=True, slots=True)
class Truth:
    """What one target should say at a point, and how far off each number may be.

    ``gradient`` goes column by column, a column for each element of a parameter.
    """

    value: Sequence[float]
    value_bound: Sequence[float]
    gradient: Sequence[float]
    gradient_bound: Sequence[float]


@dataclass(frozen=True, slots=True)
class CheckPoint:
    """A point, by the user's names, with what is true there for each target."""

    at: Mapping[str, Value]
    truths: Mapping[str, Truth]


_WITHIN = """\
within <- function(found, true, bound) {
  expect_length(found, length(true))
  expect_true(all(abs(as.vector(found) - true) <= bound))
}
"""

_EXACT = """\
test_that("{function}() gives the true value and gradient", {{
  for (point in {points}) {{
    found <- do.call({function}, point$at)
    within(found, point$r$value, point$r$value_bound)
    within(attr(found, "gradient"), point$r$gradient, point$r$gradient_bound)
  }}
}})
"""

_DIFFERENCES = """\
# Of how far differences can be off, two sizes of step tell.
test_that("numDeriv agrees with the gradient", {{
  skip_if_not_installed("numDeriv")
  for (point in {points}) {{
    model <- do.call({name}_model, point$at[{data}])
    par <- unlist(lapply(point$at[{params}], as.vector))
    differences <- function(d) {{
      suppressWarnings(numDeriv::grad(model$fn, par, method.args = list(d = d)))
    }}
    gradient <- model$gr(par)
    wide <- differences(1e-3)
    narrow <- differences(1e-4)
    doubt <- 10 * abs(wide - narrow) + 1e-5 * (1 + abs(gradient) + abs(model$fn(par)))
    apart <- abs(gradient - narrow) > doubt
    # A step may leave the domain of the model.
    expect_false(any(apart & is.finite(doubt)))
  }}
}})
"""

_TMB = """\
test_that("TMB gives the true value and gradient", {{
  for (point in {points}) {{
    at <- point$at{renamed}
    obj <- {name}_tmb(at[{data}], at[{params}], random = NULL)
    within(obj$fn(obj$par), point$tmb$value, point$tmb$value_bound)
    within(obj$gr(obj$par), point$tmb$gradient, point$tmb$gradient_bound)
  }}
}})
"""

_NONE = """\
test_that("there is a point at which the gradient is finite", {
  skip("gradc found no point at which to test")
})
"""


def test_file(
    model: EmitModel,
    emitted: Emitted,
    template: tuple[EmitModel, Emitted] | None,
    points: Sequence[CheckPoint],
    mean_points: Sequence[CheckPoint],
) -> str:
    """The text of tests/testthat/test-NAME.R."""
    name, function = model.name, model.value
    lines = [
        f"# {MARK}: {name} against true values, found in ball arithmetic.",
        "# The bounds are proved: so far can rounding take this very code at this point, with R's",
        "# functions as accurate as they were measured to be.",
        "",
    ]
    if not points:
        return "\n".join(lines) + "\n" + _NONE
    data, params = _names(function.data, emitted), _names(function.params, emitted)
    inputs = (*function.params, *function.data)
    lines += [*_WITHIN.split("\n"), *_points("points", points, inputs, emitted), ""]
    lines += _EXACT.format(function=name, points="points").split("\n")
    if sum(item.type.count or 1 for item in function.params) <= _MOST_DIFFERENCES:
        text = _DIFFERENCES.format(name=name, points="points", data=data, params=params)
        lines += text.split("\n")
    if template is not None and not any(item.kind == "random" for item in function.data):
        lines += _template_lines(model, emitted, template[1])
    if mean_points and model.mean is not None:
        given = (*model.mean.params, *model.mean.data)
        lines += [*_points("mean_points", mean_points, given, emitted), ""]
        lines += _EXACT.format(function=f"{name}_mean", points="mean_points").split("\n")
    return "\n".join(lines)


def _template_lines(model: EmitModel, emitted: Emitted, template: Emitted) -> list[str]:
    function = model.value
    inputs = (*function.params, *function.data)
    renamed = ""
    if any(template.names[i.name] != emitted.names[i.name] for i in inputs):
        renamed = f"\n    names(at) <- {_names(inputs, template)}"
    data, params = _names(function.data, template), _names(function.params, template)
    text = _TMB.format(name=model.name, points="points", data=data, params=params, renamed=renamed)
    return text.split("\n")


def _names(inputs: Sequence[Input], emitted: Emitted) -> str:
    names = ", ".join(f'"{emitted.names[item.name]}"' for item in inputs)
    return f"c({names})"


def _points(
    name: str, points: Sequence[CheckPoint], inputs: Sequence[Input], emitted: Emitted
) -> list[str]:
    """The points as a list of R, exact to the last digit."""
    lines = [f"{name} <- list("]
    for place, point in enumerate(points, start=1):
        end = "," if place < len(points) else ""
        lines += ["  list(", "    at = list("]
        values = [f"{emitted.names[i.name]} = {r_value(point.at[i.name])}" for i in inputs]
        lines += _listed(values, 6)
        for target, truth in point.truths.items():
            lines += ["    ),", f"    {target} = list(", *_listed(list(_parts(truth)), 6)]
        lines += ["    )", f"  ){end}"]
    return [*lines, ")"]


def _parts(truth: Truth) -> Iterator[str]:
    yield f"value = {r_value(truth.value)}"
    yield f"value_bound = {_bounds(truth.value_bound)}"
    yield f"gradient = {r_value(truth.gradient)}"
    yield f"gradient_bound = {_bounds(truth.gradient_bound)}"


def _bounds(bounds: Sequence[float]) -> str:
    """Bounds to three digits, rounded up, which is a little wider and much shorter."""
    texts = []
    for bound in bounds:
        up = Decimal(bound).normalize(Context(prec=3, rounding=ROUND_CEILING))
        texts.append(f"{up:e}" if bound else "0")
    return f"c({', '.join(texts)})"


def _listed(items: list[str], indent: int) -> list[str]:
    lines: list[str] = []
    for place, item in enumerate(items, start=1):
        lines += wrap(item + ("," if place < len(items) else ""), indent)
    return lines


def r_value(value: Value) -> str:
    """A number, a vector or a matrix as R reads it, the very same doubles."""
    if isinstance(value, (int, float)):
        return r_number(float(value))
    if value and isinstance(value[0], Sequence):
        rows = [list(row) for row in value if isinstance(row, Sequence)]
        cells = [row[column] for column in range(len(rows[0])) for row in rows]
        return f"matrix({r_value(cells)}, {len(rows)}L)"
    numbers = ", ".join(r_number(float(one)) for one in value if not isinstance(one, Sequence))
    return f"c({numbers})"
