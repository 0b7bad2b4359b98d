"""Printed models are R: its parser takes each of them, and their functions compute the model."""

from __future__ import annotations

import json
import math
import random
import subprocess
from pathlib import Path
from typing import Any

import corpora
import doubles
import pytest
from programs import random_text

from gradc.model import Model
from gradc.model import compile as compile_model

pytestmark = pytest.mark.needs("r")

# Prints one line a file: the value at its point, or what is wrong.
DRIVER = r"""
arguments <- commandArgs(TRUE)
cases <- jsonlite::fromJSON(arguments[1], simplifyDataFrame = FALSE)
for (case in cases) {
  file <- tempfile()
  writeLines(enc2utf8(case$text), file, useBytes = TRUE)
  answer <- tryCatch({
    code <- parse(file, keep.source = FALSE, encoding = "UTF-8")
    space <- new.env(parent = globalenv())
    for (name in names(case$point)) assign(name, as.numeric(case$point[[name]]), space)
    last <- code[[length(code)]]
    for (k in seq_len(length(code) - 1)) eval(code[[k]], space)
    value <- if (is.null(case$point)) NULL
    else if (identical(last[[1]], quote(optim))) {
      model <- get("model", space)
      par <- if (is.null(case$vector)) unlist(case$point[case$wrt]) else case$point[[case$vector]]
      data <- names(formals(model))[-1]
      do.call(model, c(list(par), case$point[data]))
    } else if (identical(last[[1]], quote(quote))) eval(last[[2]], space)
    else if (identical(last[[1]], quote(`~`))) {
      sum((eval(last[[2]], space) - eval(last[[3]], space))^2)
    } else eval(last, space)
    paste(format(as.numeric(value), digits = 17), collapse = " ")
  }, error = function(problem) paste("error:", conditionMessage(problem)))
  cat(answer, "\n", sep = "")
}
"""

LACKING = ("R does not have", "written differently")


def run(cases: list[dict[str, Any]], folder: Path) -> list[str]:
    """What R says of each case: numbers, or an error."""
    (folder / "driver.R").write_text(DRIVER, encoding="utf-8")
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(folder / "driver.R"), str(folder / "cases.json")],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return done.stdout.splitlines()


def case(model: Model, point: dict[str, Any] | None) -> dict[str, Any]:
    vectors = [p.name for p in model.function_.params if p.type.shape]
    return {
        "text": model.r_model(),
        "point": point,
        "wrt": list(model.wrt),
        "vector": vectors[0] if len(model.wrt) == 1 and vectors else None,
    }


def is_computed(model: Model) -> bool:
    """Whether NumPy has all primitives of a model."""
    prims = {record[0] for record in model.function_.graph.records}
    return all(map(doubles.supports, prims - {"input", "const", "index"}))


def wrong(model: Model, point: dict[str, Any], answer: str) -> str | None:
    """What differs from the model's value in NumPy; NaN and infinities count as well."""
    if answer.startswith("error:"):
        return answer
    expected = doubles.doubles(model.function_, point)["value"]
    numbers = [float(word) for word in answer.replace("NA", "nan").split()]
    wanted = [float(v) for v in getattr(expected, "ravel", lambda: [expected])()]
    if len(numbers) == 1:
        numbers *= len(wanted)
    if len(wanted) == 1:
        wanted *= len(numbers)
    for number, want in zip(numbers, wanted, strict=True):
        same = number == want or (math.isnan(number) and math.isnan(want))
        if not same and not math.isclose(number, want, rel_tol=1e-6, abs_tol=1e-9):
            return f"{numbers} is not {wanted}"
    return None


def test_models_of_the_case_files_run_in_r(tmp_path: Path) -> None:
    rows = [p.values[0] for p in corpora.supported(*corpora.FORMULAS)]
    # Where a formula loses all digits, R and NumPy differ in what is left.
    rows = [row for row in rows if not row["id"].startswith("nasty")]
    rows = [row for row in rows if is_computed(corpora.model(row))]
    models = [corpora.model(row) for row in rows]
    points = [corpora.point(row) for row in rows]
    cases = [case(model, point) for model, point in zip(models, points, strict=True)]
    answers = run(cases, tmp_path)
    found = {}
    for row, model, point, given, answer in zip(rows, models, points, cases, answers, strict=True):
        if not any(words in given["text"] for words in LACKING):
            problem = wrong(model, point, answer)
            if problem is not None:
                found[row["id"]] = problem
        else:
            assert not answer.startswith("error") or "could not find function" in answer
    assert found == {}
    assert sum(not answer.startswith("error") for answer in answers) > 390


def test_random_models_run_in_r(tmp_path: Path) -> None:
    draw = random.Random(3)  # noqa: S311
    point = {"a": 0.7, "b": -1.3, "x": 0.4, "y": 2.1, "y2": 0.25}
    texts = [f"{random_text(draw, draw.randrange(2, 6))} + a*b" for _ in range(150)]
    texts += [f"y2 ~ {text}" for text in texts[:40]]
    models = [compile_model(text, wrt=["a", "b"]) for text in texts]
    cases = [case(model, point) for model in models]
    for model, given, answer in zip(models, cases, run(cases, tmp_path), strict=True):
        if not any(words in given["text"] for words in LACKING):
            assert wrong(model, point, answer) is None, given["text"]
        else:
            assert "could not find function" in answer


HOSTILE = (
    ('`my var`*`if`*`a, b`*`b\\\\c` + β*T + `q"q`', {"wrt": ["my var", "T", "a, b"]}),
    ("`a\nb`*`\x07`*`system('false')` + `\u2028x`*`#y`", {"wrt": ["a\nb", "#y"]}),
    ("model*par*optim*c*x", {"wrt": ["model", "par"]}),
    ("exp(" * 3000 + "a" + ")" * 3000, {}),
    ("+".join(f"a{k}*x" for k in range(3000)), {}),
    ("c(" + ",".join(f"a*{k}" for k in range(5000)) + ")*x", {"wrt": ["a"]}),
    ("a^-b^c^-2 - -a + (-a)^2 - 0x1p-1074*a - 1.7976931348623157e308*b + a*NaN - Inf*b", {}),
    ("sum(if (a > 0) (if (b > 0) x else y) else -x)", {"wrt": ["a", "b"]}),
    ("nls(log(y) ~ b[1]*x + y, data = list(x = c(1, 2)), start = list(b = 1:2))", {}),
    ("x^0*b", {"wrt": ["b"]}),
    ("f <- function(p, x) p[1]*x\noptim(setNames(3, ''), f, x = c(1, 2, 3))", {}),
)


def test_every_form_is_parsed_by_r(tmp_path: Path) -> None:
    cases = [case(compile_model(text, **options), None) for text, options in HOSTILE]
    assert run(cases, tmp_path) == [""] * len(HOSTILE)
