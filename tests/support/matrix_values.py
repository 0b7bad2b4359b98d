"""What programs over matrices give, in R and by gradc's own evaluation."""

from __future__ import annotations

import json

import pytest
from matrices import DATA, DECLARED, PARAMS
from rscript import printed_by_r

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.verify.evaluate import bind, concrete, evaluate

POINT = {**DATA, **PARAMS}
SHOW = """
show <- function(text) {
  value <- tryCatch(suppressWarnings(eval(parse(text = text), new.env())), error = identity)
  if (inherits(value, "error")) cat("error", gsub("\\n", " ", conditionMessage(value)), "\\n")
  else cat(paste(dim(value), collapse = " "), "|", sprintf("%.17g", as.vector(value)), "\\n")
}
"""


def _written(value):
    if isinstance(value, list) and isinstance(value[0], list):
        cells = ", ".join(repr(cell) for row in value for cell in row)
        return f"matrix(c({cells}), {len(value)}, byrow = TRUE)"
    return f"c({', '.join(map(repr, value if isinstance(value, list) else [value]))})"


def in_r(texts, point=POINT):
    """What R says of each text: dimensions and numbers, or an error."""
    code = [f"{name} <- {_written(value)}" for name, value in point.items()]
    code += [SHOW, *(f"show({json.dumps(text)})" for text in texts)]
    printed = printed_by_r(code)
    return printed.splitlines()


def value_of(text, declared=DECLARED, point=POINT):
    """Rows where the value is a matrix, and the numbers; None where the program is refused."""
    try:
        function = build(Source("t.R", declared + text), at=point).function
        inputs = bind(function, point)
        written = concrete(function, inputs)
        cells = evaluate(written.graph, [written.value], inputs, 200)[written.value]
    except GradcError:
        return None
    return getattr(cells, "nrow", None), [float(cell.mid()) for cell in cells]


def agrees(answer, rows, numbers):
    """Whether R's answer is this value; a matrix of one row or column may be a vector."""
    sizes, _, listed = answer.partition("|")
    wanted, dim = [float(number) for number in listed.split()], [int(k) for k in sizes.split()]
    if dim and (dim[0] != rows if rows is not None else min(dim) != 1):
        return False
    return numbers == pytest.approx(wanted, rel=1e-9, abs=1e-9)
