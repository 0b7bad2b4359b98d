"""What a text means, against real R: one R process evaluates all snippets."""

from __future__ import annotations

import json
import math
import sys

import flint
import pytest
from rscript import printed_by_r

from gradc.errors import Source
from gradc.frontend import build
from gradc.frontend.constants import Constants
from gradc.prims import TABLE
from gradc.verify.evaluate import bind, evaluate

POINT = {"x": 1.7, "y": -0.6, "k3": 3.0, "v": [1.5, -2.0, 3.25]}

# ruff: noqa: E501
SNIPPETS = r"""
f <- function(a, b = 2*a) a + b; f(x)
f <- function(a, b = 2*a) { a <- a + 1; a + b }; f(x)
f <- function(alpha, beta) alpha - 2*beta; f(bet = x, y)
f <- function(alpha, beta) alpha - 2*beta; f(be = 1, al = x)
f <- function(x, ...) g(...) + x; g <- function(a, b) a/b; f(1, b = x, y)
f <- function(...) sum(...); f(x, y, 3)
f <- function(...) { args <- list(...); length(args) + args[[2]] }; f(x, y, 3)
f <- function(n) if (n <= 1) 1 else n*f(n - 1); f(5) + x
f <- function(u) { if (u > 0) return(1); u }; f(x) + f(y)
f <- function(u) { if (u > 0) { return(u^2) } else { return(-u) } }; f(x) + f(y)
f <- function(u) { if (u > 5) return(1); if (u > 1) { u <- u*3; return(u) }; u/7 }; f(x) + 10*f(y)
f <- function(u) { s <- 0; for (i in 1:4) { if (u < i) return(s); s <- s + i*u }; -1 }; f(x)
f <- function(u, w) { if (u > 0) { if (w > 0) return(1); u <- u + 1 } else u <- u - 1; u*w }; f(x, y) + f(y, x)
g <- 0; f <- function(u) { if (u > 0) return(1); g <<- 5; 2 }; a <- f(x); b <- f(y); a + 10*b + 100*g
g <- 1; f <- function(u) { if (u > 0) { g <<- 7; return(1) }; g <<- g + 5; 2 }; a <- f(x); a + 100*g
g <- 1; f <- function(u) { if (u > 0) { g <<- 7; return(1) }; g <<- g + 5; 2 }; a <- f(y); a + 100*g
count <- 0; h <- function() { count <<- count + 1; count }; h() + h()*10 + h()*100
make <- function(k) function(u) u*k; twice <- make(2); twice(x) + make(3)(y)
a <- 1; f <- function() { a <- 2; g <- function() a; g() }; f() + a
a <- 1; f <- function() { a <<- a + x; a }; f() + a
p <- x; p <- p^2; p <- p + 1; p
if (x > 0) a <- 1 else a <- 2; a + x
a <- 5; if (y > 0) a <- x; a
a <- 5; if (x > 0) { a <- x; b <- 2 } else { b <- 3 }; a*b
if (x > y) { if (y > 0) 1 else 2 } else 3
z <- if (x > 1 || y > 0) 3 else 4; z
ifelse(x > 1 & y > 0, 1, 2)
ifelse(v > 0, v, 0)
ifelse(c(1, 2, 3) > 1, x, y)
ifelse(TRUE, x, stop("no"))
s <- 0; for (i in 1:3) for (j in 1:3) { if (j == i) next; if (i + j == 5) break; s <- s + i*10 + j }; s
i <- 0; while (TRUE) { i <- i + 1; if (i %% 2 == 0) next; if (i > 7) break }; i
i <- 0; repeat { i <- i + 1; if (i >= 5) break }; i*x
s <- 0; for (w in v) s <- s + w^2; s
s <- 0; for (k in seq(1, 2, by = 0.25)) s <- s + k; s
s <- 0; for (k in seq_along(v)) s <- s + k*v[k]; s
s <- 0; for (k in c(3, 1, 2)) s <- 10*s + k; s
n <- length(v); n*x
v[2] + v[-1][1]
v[-2]
v[c(3, 1)]
v[c(TRUE, FALSE, TRUE)]
v[2:3]*2
w <- c(1, 2, 3); w[2] <- x; w
w <- c(1, 2, 3); w[5 - 1] <- 9; w
w <- 1:5; w[c(1, 3)] <- 0; w
w <- c(4, 5, 6); w[-1] <- c(x, y); w
w <- c(4, -5, 6); w[w < 0] <- 0; w
w <- v; w[w < 0] <- 0; w
any(v > 3) + all(v > -2)
f <- function(a, type = "sq") if (type == "sq") a^2 else a; f(x) + f(x, "id")
c("a", "b") == "b"
u <- numeric(3); for (i in 1:3) u[i] <- i^2*x; u
w <- v; z <- w; w[1] <- 100; c(z[1], w[1])
c(x, y)[2]
c(a = 1, b = 2)["b"]
l <- list(a = x, b = y); l$a*l[["b"]]
l <- list(a = x); l$b <- 3; l$a*l$b
l <- list(1, x, c(2, 3)); l[[3]][2]*l[[2]]
rev(c(1, 2, x))
rep(c(x, y), 2)
rep(c(x, y), each = 2)
rep(c(1, 2), times = c(2, 1))
rep(1:3, length.out = 5)
seq(0, 1, length.out = 5)
seq(5)
seq(2, 8, 2)
seq(10, 1, by = -3)
seq_len(3)*x
seq(3, 1)
3:1
1.5:4
cumsum(c(1, x, y))
cumprod(c(1, 2, x))
diff(c(x, y, 3))
sum(1:10)
sum(c(x, y), 3)
prod(c(x, y), 2)
mean(c(1, 2, x))
mean(v)
max(x, y, 1)
min(v)
min(v, x)
range(c(3, 1, 2))
pmin(v, 0)
pmax(v, x, 2)
crossprod(v)[1]
v %*% c(1, 2, 3)
sum(v*c(1, 2, 3))
var(c(1, 2, 4, x))
sd(v)
sapply(1:3, function(i) i*x)
sapply(v, abs)
sapply(c(1, 4, 9), sqrt)
sapply(1:3, function(i, p) i^p, p = 2)
vapply(1:3, function(i) i*x, numeric(1))
sum(unlist(lapply(1:3, function(i) i*x)))
Reduce(`+`, 1:4, accumulate = TRUE)
Reduce(function(a, b) a*x + b, c(1, 2, 3))
Reduce(function(a, b) a - b, 1:4, right = TRUE)
Reduce(`+`, list(x, y, 1), 10)
do.call(sum, list(x, y, 2))
do.call("atan2", list(x = x, y = y))
mapply(function(a, b) a*b, 1:3, 4:6)
unlist(Map(function(a, b) a - b, c(5, 6), c(x, y)))
Filter(function(i) i %% 2 == 1, 1:5)
(function(t, k = 2) t^k)(x)
(\(t) t + 1)(x)
x |> log(base = 2)
local({ q <- x; q + 1 })
q <- 3; local({ q <- 4 }); q
exp <- function(t) t + 1; exp(x)
c <- 2; c(c, 3)*x
T <- 0; T + x
f <- function(c) c(c, 1); f(x)
`my f` <- function(a) a*2; `my f`(x)
`%+%` <- function(a, b) a*10 + b; x %+% y
sq <- function(g, t) g(g(t)); sq(sqrt, 16)
sq <- function(g, t) g(t) + 1; sq(function(u) u*u, x)
f <- function(x, y) { if (missing(y)) x else x*y }; f(x) + f(x, 3)
f <- function(type) switch(type, a = 1, b = , c = 3, 4); f("a") + 10*f("b") + 100*f("c") + 1000*f("z")
switch(2, x, y, 3)
log(x, base = 3)
log(8, 2) + log(1000, 10)
log10(100*x) + log2(x) + log1p(x) + expm1(y) + logb(x, 3)
round(x) + round(2.5) + round(-0.5) + trunc(-x) + floor(y) + ceiling(y) + sign(y)
5 %/% 2 + -5 %/% 2 + 5 %% -3 + 5.5 %% 2
-2^2 + (-2)^2 + 2^-1 + -1^0.5
choose(5, 2) + choose(x, 3) + choose(5, 0) + choose(4, -1) + choose(7.5, 40)
lchoose(5, 2) + lchoose(x + 10, 3) + lchoose(50, 25)
factorial(4) + factorial(x) + lfactorial(x)
gamma(x) + beta(x, 2) + lbeta(x, k3) + digamma(x) + trigamma(x) + psigamma(x, 2) + psigamma(x)
besselI(x, 1) + besselI(x, 1, TRUE) + besselK(x, 0.5, expon.scaled = TRUE) + besselJ(x, 0) + besselY(x, 1)
plogis(x) + plogis(x, 1, 2) + plogis(x, lower.tail = FALSE) + plogis(x, log.p = TRUE) + plogis(x, 1, 2, FALSE, TRUE)
qlogis(0.3) + qlogis(0.3, 1, 2) + qlogis(0.3, lower.tail = FALSE) + qlogis(-1, log.p = TRUE) + qlogis(-x, 0, 2, FALSE, TRUE)
atan2(y, x) + sinpi(x) + cospi(x) + tanpi(0.2) + asinh(x) + acosh(x) + atanh(y)
!(x > 0) + TRUE
xor(x > 0, y > 0) + any(x > 0, y > 0) + all(x > 0, y > 0)
as.numeric(x > 0) + as.integer(3.9) + is.null(NULL)
identity(x) + I(y) + invisible(2)
(x > 0)*x^2 + (y > 0)*3
x == 1.7
1:3 == c(1, 5, 3)
{ 1; x }
a = b <- x; a*b
x -> a; a^2
NULL; x
1e3L + 0x10
"abc" == "abc"
is.na(NA) + is.na(3)
stats::plogis(x) + base::exp(y)
""".strip().splitlines()


def _r_values():
    """R's own answers, as lists of numbers."""
    code = [f"{n} <- {_r_literal(v)}" for n, v in POINT.items()]
    code.append("keep <- ls()")
    for text in SNIPPETS:
        quoted = json.dumps(text)
        code.append(
            "cat(sprintf('%.17g', as.numeric(eval(parse(text = "
            f"{quoted}), new.env()))), '\\n'); rm(list = setdiff(ls(), c(keep, 'keep')))"
        )
    printed = printed_by_r(code)
    return [[float(word) for word in line.split()] for line in printed.splitlines()]


def _r_literal(value):
    return f"c({', '.join(map(repr, value))})" if isinstance(value, list) else repr(value)


def _ours(text):
    # Read once, all names of the point are inputs.
    built = build(Source("t.R", f"{'; '.join(POINT)}\n{text}"), wrt=list(POINT), at=POINT)
    graph, value = built.function.graph, built.function.value
    known = Constants(graph).value(value)
    if known is not None:
        return [known]
    if any(r[0] in TABLE and not TABLE[r[0]].elementwise for r in graph.records):
        inputs = bind(built.function, POINT)
        return [float(cell) for cell in evaluate(graph, [value], inputs, 200)[value]]
    values = []
    for record in graph.records:
        values.append(_node(record, [values[arg] for arg in record[2:]]))
    result = values[value]
    return [float(item) for item in (result if isinstance(result, list) else [result])]


def _node(record, args):
    prim, attrs = record[:2]
    if prim == "const":
        return flint.arb(attrs[1])
    if prim == "input":
        value = POINT[attrs]
        return [flint.arb(v) for v in value] if isinstance(value, list) else flint.arb(value)
    if prim == "index":
        return args[0][attrs - 1]
    if prim == "stack":
        return list(args)
    if prim in ("sum", "prod", "min", "max"):
        start = args[0][0]
        two = {"sum": "add", "prod": "mul", "min": "min2", "max": "max2"}[prim]
        for item in args[0][1:]:
            start = TABLE[two].ball(start, item)
        return start
    rows = [arg if isinstance(arg, list) else [arg] for arg in args]
    count = max((len(row) for row in rows), default=1)
    rows = [row * count if len(row) == 1 else row for row in rows]
    done = [_one(prim, row) for row in zip(*rows, strict=True)] if rows else [_one(prim, [])]
    return done if any(isinstance(arg, list) for arg in args) else done[0]


def _one(prim, row):
    if prim == "select":
        assert row[0] is not None, "the balls are too wide to tell"
        return row[1] if row[0] else row[2]
    return TABLE[prim].ball(*row)


@pytest.mark.needs("r")
def test_snippets_mean_what_r_says():
    flint.ctx.prec = 200
    try:
        wrong = []
        expected = _r_values()
        assert len(expected) == len(SNIPPETS)
        for text, theirs in zip(SNIPPETS, expected, strict=True):
            ours = _ours(text)
            same = len(ours) == len(theirs) and all(
                math.isclose(a, b, rel_tol=1e-13) or a == b
                for a, b in zip(ours, theirs, strict=True)
            )
            if not same:
                wrong.append(f"{text}\n  gradc {ours}\n  R     {theirs}")
        assert not wrong, "\n".join(wrong)
    finally:
        flint.ctx.prec = 53


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
