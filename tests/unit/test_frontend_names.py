"""One name for two things, and one thing that changes: no number is taken for another."""

from __future__ import annotations

from math import cos, exp, log, sin

import pytest

import gradc
from gradc.errors import GradcError

SUM = -2 + exp(2) - sin(1) + cos(2) + 1 / (1 + exp(-2)) + log(5)
PIECE = "{z <- z + 1; p*q+exp(p)+sin(q)+cos(p*q)+1/(1+exp(-p))+log(1+p*p)+z}"
KEPT = PIECE.replace("z <- z + 1; ", "z <- count(); ")
COUNTER = "counter <- function() {i <- 0; function() {i <<- i + 1; i}}; count <- counter()\n"

VALUES = {
    "lists": ("d1 <- list(x=1); d2 <- list(x=2); eval(quote(d1$x*p + 10*d2$x))", 22.0),
    "variable": ("d1 <- data.frame(x=1); x <- 5; eval(quote(d1$x*p + 10*x))", 52.0),
    "parameter": ("d <- list(p=3); eval(quote(d$p*2)) + p", 8.0),
    "twice": ("d <- list(u=1, u=3); eval(quote(d[[1]]*p + d[[2]]))", 5.0),
    "changed": (
        "v <- list(a=1); a <- eval(quote(v$a*p)); v$a <- 10; a + 10*eval(quote(v$a*p))",
        202,
    ),
    "piece": (
        f's <- "{PIECE}"; eval(parse(text = paste0("{{z <- 1; ", s, "*10 + ", s, "}}")))',
        11 * SUM + 23,
    ),
    "kept": (
        f'{COUNTER}s <- "{KEPT}"; eval(parse(text = paste0(s, "*10 + ", s)))',
        11 * SUM + 12,
    ),
    "attached": ("attach(list(x=2)); detach(); attach(list(x=5)); eval(quote(x*p))", 10.0),
    "ends": ("x <- 2; f <- function(a) (a - x)^2; r <- optim(5, f); x <- 100; 'done'", 9.0),
}


@pytest.mark.parametrize("name", VALUES)
def test_each_name_means_what_it_means_in_r(name: str) -> None:
    text, expected = VALUES[name]
    model = gradc.compile(text, syntax="r")
    free = {item.name for item in model.inputs if item.default is None}
    point = {name: {"p": 2.0, "q": -1.0}[name] for name in free}
    assert model.evaluate(point).value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        'assign("x", 3, envir = .GlobalEnv); x*a',
        'assign("x", 3, inherits = TRUE); x*a',
        'if (exists("x", inherits = FALSE)) a else b',
        "options(digits = 3); a * 2",
        'x <- 1; cat("value", x <- x + 1); x * a',
        "x <- c(1, 2); optim(1, function(p) sum(ifelse(p > 0, x*p, x)))",
    ],
)
def test_what_looks_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(GradcError, match="G104"):
        gradc.compile(text, syntax="r")
