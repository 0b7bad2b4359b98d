"""``DATA_INTEGER(n)`` in ``1:n``, loops inside of loops, and cells by row and column of data."""

from __future__ import annotations

import pytest
from counted_loops import COUNTED, LOOPS, POINT
from matrix_values import agrees, in_r, value_of

from gradc.errors import GradcError
from gradc.ir import dump, operations, parse
from gradc.model import compile as compile_model
from gradc.run import ToolchainError, run

ALL = ["r", "tmb", "numpy", "tf"]
LEAST_TAKEN = 92


@pytest.mark.needs("r")
def test_they_mean_what_r_says() -> None:
    taken = 0
    for text, answer in zip(LOOPS, in_r(LOOPS, POINT), strict=True):
        found = value_of(text, COUNTED, POINT)
        if found is not None:
            taken += 1
            assert agrees(answer, *found), f"{text}\n{answer}\n{found}"
    assert taken >= LEAST_TAKEN


@pytest.mark.needs("r", "tf")
def test_their_gradients_agree() -> None:
    agreed = 0
    for text in LOOPS[::3]:
        if value_of(text, COUNTED, POINT) is None:
            continue
        *before, last = text.split("\n")
        model = compile_model("\n".join([COUNTED, *before, f"sum({last})"]), at=POINT)
        report = model.verify(["r", "numpy", "tf"], "none", points=2, at=POINT)
        assert report.verdict in ("agree", "inconclusive"), text
        agreed += report.verdict == "agree"
    assert agreed >= 24


MULTINOMIAL = """DATA_MATRIX(X)
DATA_IVECTOR(y)
DATA_IVECTOR(again)
PARAMETER_MATRIX(B, matrix(c(0.1, -0.2, 0.3, 0.4, 0.5, -0.6), 2, 3))
eta <- X %*% B
nll <- sum(log(rowSums(exp(eta))) - eta[cbind(seq_along(y), y)])
for (i in seq_along(y)) nll <- nll + 0.1*log(1 + exp(eta[i, y[i]]))
nll - sum(eta[cbind(again, 2)]^2)"""

REGRESSION = """DATA_INTEGER(n)
DATA_INTEGER(p)
DATA_MATRIX(X)
DATA_VECTOR(y)
PARAMETER_VECTOR(b)
PARAMETER(log_sigma, 0.1)
mu <- numeric(n)
for (i in 1:n) for (j in 1:p) mu[i] <- mu[i] + X[i, j]*b[j]
pull <- rep(0, n)
for (j in 2:p) for (i in 1:n) pull[i] <- pull[i] + sin(X[i, j]*b[j-1])
nll <- 0
for (i in 2:n) nll <- nll - dnorm(y[i], mu[i] + 0.5*y[i-1], exp(log_sigma), TRUE)
for (j in 1:p) nll <- nll + b[j]^2
(nll + sum(pull^2))/n"""


TRIANGLES = """DATA_VECTOR(y)
DATA_MATRIX(X)
PARAMETER(a, 0.3)
PARAMETER_VECTOR(b, c(0.1, -0.2, 0.4))
Z <- cbind(1, X)
s <- sum((y - Z %*% b)^2) + sum(dnorm(c(X), a, 1, TRUE))
z <- numeric(length(y))
for (i in 2:length(y)) for (j in 1:(i-1)) z[i] <- z[i] + a*exp(-abs(y[i] - y[j]))
for (i in seq_along(y)) {
  k <- 0
  for (j in 1:i) k <- k + y[j]*a
  s <- s + k^2
}
for (i in 1:(length(y) - 1)) for (j in (i+1):length(y)) s <- s + sin(a*y[i]*y[j])
s + sum(z^2) + sum(tanh(rbind(X*a, X[2, ])))"""

MODELS = {"multinomial": MULTINOMIAL, "regression": REGRESSION, "triangles": TRIANGLES}


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("text", MODELS.values(), ids=list(MODELS))
def test_every_target_agrees_with_the_true_value(text: str) -> None:
    report = compile_model(text, at={"b": [0.3, -0.2, 0.5]}).verify(ALL, points=4)
    assert report.verdict == "agree"
    assert operations(compile_model(text, at={"b": [0.3] * 300}).stages.gradient) < 120


GIVEN = {"b": [0.3, -0.2], "log_sigma": 0.1, "n": 3, "p": 2, "y": [0.5, 1.0, -0.3]}
GIVEN["X"] = [[1.0, 0.2], [1.0, -0.5], [1.0, 0.7]]


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_count_that_is_not_the_length_is_an_error(target: str) -> None:
    model = compile_model(REGRESSION, at=GIVEN)
    points = [GIVEN, {**GIVEN, "n": 2}, {**GIVEN, "n": 4}, {**GIVEN, "p": 3}]
    good, *bad = run(model.program(target), points)
    assert good.value == pytest.approx(float(model.evaluate(GIVEN).value))
    for point, answer in zip(points[1:], bad, strict=True):
        assert isinstance(answer, ToolchainError)
        name = "p" if point["p"] == 3 else "n"
        assert name in str(answer)
        with pytest.raises(GradcError, match=f"'{name}' must be"):
            model.evaluate(point, target)


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_column_that_is_not_there_is_an_error(target: str) -> None:
    model = compile_model(MULTINOMIAL)
    point = {"X": [[1.0, 0.2], [1.0, -0.5]], "B": [[0.1, 0.3, 0.5], [-0.2, 0.4, -0.6]]}
    good, low, high = run(
        model.program(target),
        [{**point, "y": y, "again": [1, 2, 1]} for y in ([3, 1], [0, 1], [3, 4])],
    )
    assert not isinstance(good, ToolchainError)
    assert isinstance(low, ToolchainError)
    assert isinstance(high, ToolchainError)


SINGLE = """DATA_MATRIX(X)
DATA_INTEGER(i)
DATA_INTEGER(j)
PARAMETER(a, 0.5)
sum(X[i, ]*a) + X[i + 1, j]^2*a"""


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_row_or_a_column_that_is_not_there_is_an_error(target: str) -> None:
    model = compile_model(SINGLE)
    point = {"X": [[1.0, 0.2], [1.0, -0.5]], "a": 0.5}
    places = [(1, 2), (2, 1), (0, 1), (1, 3), (1, 0)]
    good, *bad = run(model.program(target), [{**point, "i": i, "j": j} for i, j in places])
    assert good.value == pytest.approx(0.5 * 1.2 + 0.25 * 0.5)
    assert all(isinstance(answer, ToolchainError) for answer in bad)


def test_what_counts_survives_the_text_of_a_function() -> None:
    function = compile_model(REGRESSION, at=GIVEN).function_
    again = parse(dump(function))
    assert [str(item.counts) for item in again.data][:2] == ["count_n", "2"]
    assert dump(again) == dump(function)
