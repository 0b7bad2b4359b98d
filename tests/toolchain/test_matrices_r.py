"""Programs over matrices mean what they mean in R; where R sees an error, there is one."""

from __future__ import annotations

import math

import pytest
from matrices import DECLARED, programs
from matrix_values import POINT, agrees, in_r, value_of

from gradc.errors import GradcError
from gradc.model import compile as compile_model


@pytest.mark.needs("r")
@pytest.mark.parametrize(("seed", "misfit", "least"), [(20261126, 0.0, 250), (7, 0.1, 150)])
def test_matrices_mean_what_r_says(seed: int, misfit: float, least: int) -> None:
    texts = [text for text in programs(seed, 400, misfit) if "solve(cross" not in text]
    taken = 0
    for text, answer in zip(texts, in_r(texts), strict=True):
        found = value_of(text)
        if found is None:
            continue
        taken += 1
        if "singular" in answer:  # of a matrix that is singular up to rounding, R says nothing
            continue
        assert not answer.startswith("error"), f"{text}\n{answer}\n{found}"
        assert agrees(answer, *found), f"{text}\n{answer}\n{found}"
    assert taken >= least


ERRORS = [
    "X * (X %*% b)",
    "(X %*% b) %*% t(S)",
    "(X %*% b) %*% (X %*% b)",
    "X + S",
    "t(y) %*% y * X",
    "X[, 1, drop = FALSE] * X",
    "X %*% y",
    "S * crossprod(2)",
    "t(t(b)) * S",
    "rowSums(y)",
    "solve(X)",
    "X[, 4]",
]

RECYCLED = ["X * b", "cbind(y, b)", "y + b", "sweep(X, 2, y)"]

SAME = [
    "y - X %*% b",
    "t(X %*% b) %*% y",
    "(X %*% b)[3]",
    "(X %*% b)[3, 1]",
    "nrow(X %*% b)",
    "dim(X %*% b)",
    "dim(X)[2]",
    "cbind(1, X %*% b)",
    "(X %*% b) %*% y",
    "diag(X %*% b)",
    "rowSums(X %*% b)",
    "colMeans(X %*% b)",
    "X * c(X %*% b)",
    "t(y) %*% y * y",
    "X[, -1] %*% b[-1]",
    "X[-1, ]",
    "sum(X[, -1])",
    "ifelse(a > 0, y, 0)",
    "ifelse(TRUE, X, 0)",
    "sweep(X, 2, b)",
    "apply(X, 1, function(r) sum(r^2))",
    "diag(b) %*% S",
    "diag(a, 3) + S",
]


@pytest.mark.needs("r")
def test_what_does_not_conform_is_refused() -> None:
    for text, answer in zip(ERRORS, in_r(ERRORS), strict=True):
        assert answer.startswith("error"), text
        assert value_of(text) is None, text
    for text in RECYCLED:
        assert value_of(text) is None, text


@pytest.mark.needs("r")
def test_a_matrix_of_one_column_is_what_it_is_in_r() -> None:
    for text, answer in zip(SAME, in_r(SAME), strict=True):
        found = value_of(text)
        assert found is not None, text
        assert agrees(answer, *found), f"{text}\n{answer}\n{found}"


@pytest.mark.needs("r", "tf")
def test_gradients_agree_in_r_numpy_and_tensorflow() -> None:
    agreed = 0
    for text in programs(11, 60):
        if agreed == 20:
            break
        found = value_of(text)
        if found is None or not all(math.isfinite(x) for x in found[1]) or "a" not in text:
            continue
        *before, last = text.split("\n")
        whole = "\n".join([DECLARED, *before, f"sum(sin({last}))"])
        try:
            model = compile_model(whole, at=POINT)
        except GradcError:
            continue
        report = model.verify(["r", "numpy", "tf"], "none", points=2, at=POINT)
        assert report.verdict in ("agree", "inconclusive"), f"{text}\n{report}"
        agreed += report.verdict == "agree"
    assert agreed >= 15


@pytest.mark.needs("r", "tmb", "tf")
def test_ten_at_once_agree_in_every_target() -> None:
    parts: list[str] = []
    for text in programs(99, 200):
        found = value_of(text) if "\n" not in text and 25 < len(text) <= 200 else None
        if found is not None and all(math.isfinite(x) and abs(x) < 50 for x in found[1]):
            parts.append(f"r{len(parts)} <- sum(sin({text}))")
    parts = parts[:10]
    total = " + ".join(f"r{k}" for k in range(len(parts)))
    model = compile_model("\n".join([DECLARED, *parts, total]), at=POINT)
    report = model.verify(["r", "numpy", "tf", "tmb"], "none", points=1, at=POINT)
    assert report.verdict == "agree"
