"""Loops over declared data: values after a loop, rows of matrices, ranges that may be empty."""

from __future__ import annotations

import pytest
from matrices import DECLARED
from matrix_values import POINT, agrees, in_r, value_of

from gradc.errors import GradcError
from gradc.model import compile as compile_model
from gradc.run import ToolchainError, run

ALL = ("r", "tmb", "numpy", "tf")

LOOPS = [
    """eta <- numeric(nrow(X)); for (i in 1:nrow(X)) eta[i] <- sum(X[i, ]*b)
eta""",
    """s <- 0
for (i in 1:nrow(X)) { eta <- sum(X[i, ]*b); s <- s + (y[i]-eta)^2 }
s""",
    """s <- 0
for (i in 1:nrow(X)) { eta <- sum(X[i, ]*b); s <- s + (y[i]-eta)^2 }
s + eta + i""",
    """s <- 0
for (i in 1:nrow(X)) for (j in 1:ncol(X)) s <- s + X[i, j]*b[j]*i
s""",
    """s <- 0
for (i in 1:nrow(X)) for (j in 1:ncol(X)) s <- s*0.5 + X[i, j]*b[j]*i
s""",
    """s <- 0
for (i in seq_along(y)) { if (y[i] > 0) s <- s + a*y[i] else s <- s - exp(a*y[i]) }
s""",
    """z <- numeric(length(y)); z[1] <- a; z[2] <- 0.5
for (t in 3:length(y)) z[t] <- a*z[t-1] - 0.3*z[t-2] + y[t]
sum(z) + z[length(y)]""",
    """z <- rep(0, length(y)); z[1] <- a; z[2] <- 0.5
for (t in 3:length(y)) { z[t] <- a*z[t-1] - 0.3*z[t-2] + y[t]; last <- z[t] }
last*10 + t""",
    """s <- 0
for (i in rev(seq_along(y))) s <- s*0.7 + y[i]*a
s + i""",
    """s <- 0; i <- 1
while (i <= length(y)) { s <- s + y[i]*a; i <- i + 1 }
s + i""",
    """s <- 0
for (i in seq(2, length(y))) s <- s*a + y[i]*y[i-1]
s""",
    """s <- 0; n <- nrow(X)
for (i in seq_len(n)) s <- s*a + y[i]
s""",
    """f <- function(p) { s <- 0
for (i in 1:nrow(X)) { mu <- sum(X[i, ]*p); s <- s + (y[i]-mu)^2 }
s }
f(b)""",
    """s <- 0
for (i in 1:(length(y)-1)) s <- s + a*y[i]*y[i+1]
s + i""",
    """s <- 0
for (i in 2:length(y)-1) s <- s + a*y[i]
s + i""",
    """s <- 0
for (v in y) s <- s*a + v
s + v""",
    """m <- matrix(0, 2, 2)
for (i in 1:length(y)) m <- m + y[i]*matrix(c(1, a, a, 2), 2, 2)
sum(m)""",
    """s <- 0
for (i in 1:nrow(X)) s <- s + (X[i, ] %*% b)*y[i]
s""",
    """s <- 0
for (i in 1:nrow(X)) s <- s + t(X[i, ]) %*% S %*% X[i, ]
s""",
    """s <- 0
for (i in 1:nrow(X)) { r <- X[i, ] - b; s <- s + sum(r * (S %*% r)) }
s""",
    """s <- 0; prev <- 0
for (i in 1:length(y)) { s <- s + (y[i] - a*prev)^2; prev <- y[i] }
s + prev""",
    """z <- y
for (i in 2:length(y)) z[i] <- z[i-1]*a + z[i]
z""",
    """z <- y
for (i in 1:(length(y)-1)) z[i+1] <- z[i]*a + y[i]
z""",
    """z <- y
for (i in 1:length(y)) z[i] <- z[i]*a
z""",
    """z <- numeric(length(y))
for (i in seq_along(y)) z[length(y) - i + 1] <- y[i]*a
z""",
    """z <- numeric(length(y))
for (i in (length(y)-1):1) z[i] <- z[i+1]*a + y[i]
z""",
    """s <- 0
for (i in seq_along(y)) { if (i == 1) s <- s + a else s <- s + y[i]*y[i-1] }
s""",
    """s <- 0
for (i in seq_along(y)) { if (i > 1) s <- s + a*y[i-1] else s <- s + 5 }
s""",
    """s <- 0
for (i in seq_along(y)) { if (y[i] < -1) next; s <- s + a*y[i] }
s""",
    """s <- 0
for (i in seq_along(y)) { s <- s + a*y[i]; if (s < 0) break }
s""",
    """s <- 0
for (i in seq(1, length(y), by = 2)) s <- s + a*y[i]
s""",
    """s <- 0
for (i in seq_along(y)) s <- s + b[g[i]]*y[i]
s""",
    """z <- numeric(3)
for (i in seq_along(y)) z[g[i]] <- z[g[i]] + y[i]*a
z""",
    """s <- 0
for (i in 1:nrow(X)) s <- s + max(X[i, ])*a
s""",
    """s <- 0
for (i in 1:nrow(X)) s <- s + X[i, 2]*a + X[i, 1]
s""",
    """s <- 0
for (i in 2:nrow(X)) s <- s + sum((X[i, ] - X[i-1, ])*b)
s""",
    """s <- 0
for (j in 1:ncol(X)) s <- s + sum(X[, j])*b[j]
s""",
    """mu <- rep(0, length(y))
for (j in 1:ncol(X)) mu <- mu + X[, j]*b[j]
mu""",
    """M <- X
for (i in 1:nrow(X)) M[i, ] <- X[i, ]*a
M""",
    """s <- 0
for (i in seq_along(y)) for (j in seq_along(y)) if (i != j) s <- s + a*y[i]*y[j]
s""",
    """s <- 0
for (i in seq_along(y)) for (j in 1:i) s <- s + a*y[i]*y[j]
s""",
    """s <- 1
for (i in seq_along(y)) s <- s*(1 + a*y[i])
s""",
    """s <- 0
for (i in 1:length(y)) { i <- i*2; s <- s + i*a }
s + i""",
    """s <- 0
for (i in 1:length(y)) { k <- 0; for (j in 1:3) k <- k + b[j]*X[i,j]; s <- s + k^2 }
s + k""",
    """sum(sapply(1:nrow(X), function(i) sum(X[i, ]*b)*y[i]))""",
    """sum(sapply(2:length(y), function(i) y[i]*y[i-1]*a))""",
    """s <- 0; n <- length(y)
for (i in 2:n) { s <- s + a*(y[i]-y[i-1]); m <- y[n]*a }
s + m""",
    """s <- 0; i <- 0
repeat { i <- i + 1; if (i > length(y)) break; s <- s + a*y[i] }
s""",
    """s <- 0
for (i in length(y):2) s <- s*0.5 + a*(y[i]-y[i-1])
s + i""",
    """x <- c(a, rep(0, length(y)-1))
for (i in 2:length(y)) x[i] <- 0.5*x[i-1] + y[i]
x""",
    """x <- y*0
x[1] <- a
for (i in 2:length(y)) { x[i] <- 0.5*x[i-1] + y[i]; x[i] <- x[i]*2 }
x""",
    """x <- y*0
for (i in 2:length(y)) { x[i-1] <- y[i]*a }
x""",
    """x <- y*0
for (i in 2:(length(y)-1)) { x[i] <- y[i]*a }
x""",
    """x <- 0; w <- 1
for (i in seq_along(y)) { x <- x + w*y[i]; w <- w*a }
x + w""",
    """u <- 0; v <- 1
for (i in seq_along(y)) { old <- u; u <- v + y[i]; v <- old*a }
u + v""",
    """s <- 0
for (i in seq_along(y)) { r <- range(y[i], a); s <- s + r[2] - r[1]}
s""",
]


LEAST_TAKEN = 37


@pytest.mark.needs("r")
def test_loops_over_declared_data_mean_what_r_says() -> None:
    taken = 0
    for text, answer in zip(LOOPS, in_r(LOOPS), strict=True):
        found = value_of(text)
        if found is None:
            continue
        taken += 1
        assert agrees(answer, *found), f"{text}\n{answer}\n{found}"
    assert taken >= LEAST_TAKEN


DOWNWARDS = """s <- a*sum(X[2:nrow(X), 1])
for (i in 2:length(y)) s <- s*0.5 + y[i]*a
z <- numeric(length(y))
for (t in 3:length(y)) z[t] <- z[t - 1]*a + y[t]
s + sum(z)"""


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_a_range_that_would_count_down_is_an_error(target: str) -> None:
    model = compile_model(DECLARED + DOWNWARDS, at=POINT)
    used = {item.name for item in model.function_.inputs}
    whole = {name: value for name, value in POINT.items() if name in used}
    short = [{**whole, "y": POINT["y"][:k]} for k in (1, 2)] + [{**whole, "X": POINT["X"][:1]}]
    answers = run(model.program(target), [whole, *short])
    assert not isinstance(answers[0], ToolchainError)
    for point, answer in zip(short, answers[1:], strict=True):
        assert isinstance(answer, ToolchainError)
        with pytest.raises(GradcError, match="too short"):
            model.evaluate(point, target)


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("target", ALL)
def test_so_it_is_where_nothing_is_declared(target: str) -> None:
    text = "s <- 0\nfor (i in 2:length(y)) s <- s + (y[i] - a*y[i-1])^2\ns"
    model = compile_model(text, wrt=["a"], at={"a": 0.5, "y": [1.0, 2.0, 3.0]})
    good, bad = run(model.program(target), [{"a": 0.5, "y": [1.0, 2.0]}, {"a": 0.5, "y": [1.0]}])
    assert good.value == pytest.approx(2.25)
    assert isinstance(bad, ToolchainError)


@pytest.mark.needs("r", "tf")
def test_their_gradients_agree() -> None:
    agreed = 0
    for text in LOOPS[1:40:2]:
        if value_of(text) is None:
            continue
        *before, last = text.split("\n")
        model = compile_model("\n".join([DECLARED, *before, f"sum({last})"]), at=POINT)
        report = model.verify(["r", "numpy", "tf"], "none", points=2, at=POINT)
        assert report.verdict in ("agree", "inconclusive"), text
        agreed += report.verdict == "agree"
    assert agreed >= 10


PLACES = """DATA_VECTOR(y)
PARAMETER_MATRIX(B)
PARAMETER_VECTOR(u)
DATA_IVECTOR(g)
B[1, 2]*10 + B[2, 1] + u[g[2]]*3 + sum(u[g])*2 + B[2, 2]*y[length(y)]"""


@pytest.mark.needs("r", "tmb", "tf")
def test_single_places_have_gradients_in_every_target() -> None:
    point = {"B": [[1.0, 2.0], [3.0, 4.0]], "u": [1.0, 2.0, 3.0], "g": [1, 2], "y": [1.0, 2.0]}
    report = compile_model(PLACES, at=point).verify(list(ALL), "none", points=2)
    assert report.verdict == "agree"
