"""Vectors of scripts of one line against real R: their sorts, their names, their ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import ask_r

import gradc
from gradc.errors import GradcError
from scripts import last_texts

pytestmark = pytest.mark.needs("r")

NAMES = r"""
co <- c(a=0,b=3,d=0); keep <- co[co != 0]; paste(names(keep), collapse="+")
x <- c(a=1,b=2,d=3); names(x[2])
x <- c(a=1,b=2,d=3); y <- c(x["a"], x["b"]); paste(names(y), y)
x <- c(a=1,b=2); names(x[-1])
x <- c(a=1,b=2); is.null(names(x[["b"]]))
x <- c(a=1,2); names(x[2])
x <- c(a="p",b="q"); paste(x["zz"], names(x["zz"]))
names(rep(c(a=1,b=2), c(2,1)))
names(rep(c(a=1,b=2), 2))
x <- c(a=1,b=2); y <- x["a"] + x["b"]; paste(names(y), y)
x <- c(a=1,b=2); paste(c(names(x["a"] * 1:3), x["a"] * 1:3))
is.null(names(1:3 + c(k=1)))
names(c(k=1) + 1)
names(c(a=1,b=2) + c(k=1))
x <- c(a=1,b=2); y <- unlist(list(x["a"], z=x["b"])); paste(names(y), y)
x <- c(a=1,b=2); y <- sapply(1:2, function(i) x[i]); paste(names(y), y)
x <- c(a=1,b=2); y <- sapply(names(x), function(i) x[i]); paste(names(y), y)
x <- c(a=1,b=2); y <- sapply(names(x), function(i) x[[i]]); paste(names(y), y)
x <- c(a=1,b=2); y <- vapply(names(x), function(i) x[i], 0); paste(names(y), y)
x <- c(a=1,b=2); y <- mapply(function(i, j) x[i], 1:2, 1:2); paste(names(y), y)
x <- c(a="u",b="v"); paste0(x["a"], "z")
x <- c(a="u",b="v"); names(toupper(x["a"]))
x <- c(a="u",b="v"); sub("u", "w", x["a"])
x <- c(a="u",b="v"); sprintf("%s-%s", x["a"], x["b"])
x <- c(a=1.5,b=2); sprintf("%.2f", x["a"])
x <- c(a=1.5,b=2); deparse(x["a"])
x <- c(a=1.5,b=2); if (x["a"] > 1) "y" else "n"
x <- c(a=1.5,b=2); identical(x["a"], 1.5)
x <- c(a="lin",b="q"); switch(x["a"], lin = "line", "other")
x <- list(); x[[c(n="q")[1]]] <- 3; paste(names(x), x$q)
x <- c(a=1,b=2); x["a"] <- 7; paste(names(x), x)
x <- c(a=1,b=2); x[3] <- 7; paste(names(x), x)
x <- c(a=2,b=1); y <- x["a"]; y[2] <- 5; paste(names(y), y)
x <- c(a=1,b=2); paste(1:x["b"])
x <- c(a=1,b=2); rep("u", x["b"])
x <- c(a="u",b="v"); u <- 7; paste(get(x["a"]))
x <- c(a="u",b="v"); y <- list(u=3); paste(y[[x["a"]]])
names(ifelse(c(a=TRUE,b=TRUE), c(7,8), 5))
names(ifelse(c(a=TRUE), c("u","v"), 5))
x <- 1:2; y <- c(3,4); colnames(cbind(x, y))
x <- 1:2; y <- c(3,4); rownames(rbind(x, 5:6, k=y))
x <- 1:2; m <- matrix(1:4,2); colnames(cbind(m, x))
x <- 1:2; is.null(colnames(cbind(x + 1, 3:4)))
x <- 1:2; is.null(colnames(do.call(cbind, list(x, x))))
x <- 1:2; f <- function(a, b) cbind(a, b); colnames(f(x, 3))
x <- 1:2; names(apply(cbind(x, y = 3:4), 2, sum))
x <- c(a="u",b="v"); rownames(outer(x["a"], 1:2, paste0))
"""

SORTS = r"""
x <- sort(c(a=3,b=1,c=2)); paste(names(x), x)
deparse(sort(c(2, NaN, 1), decreasing = TRUE))
as.character(list(a = "x", b = NULL))
x <- append(c(a="p",b="q"), c(z="r"), 1); paste(names(x), x)
x <- list(abc = 1); c(x$a, length(x[["a"]]))
x <- list(abc = 1); x[["a"]] <- 2; x$ab <- 3; paste(names(x), x)
paste(length(D(quote(x^2 + 1), "x")))
x <- c(TRUE,FALSE); x[1] <- 2; paste(x)
x <- numeric(2); x[1] <- 100000L; paste(x)
x <- numeric(3); for (i in 1:3) x[i] <- i; deparse(x)
x <- character(2); x[1] <- 5; paste0(x, collapse="|")
paste(c(TRUE,1L))
x <- 1:3; x[2] <- TRUE; deparse(x)
x <- 1:3; x[2] <- 2.5; deparse(x)
x <- 1:3; x[2] <- "a"; deparse(x)
x <- c(1,NA); x[1] <- TRUE; deparse(x)
x <- c(NA,"a"); x[1] <- 2; deparse(x)
x <- c(NA,2); x[2] <- TRUE; deparse(x)
x <- NULL; x[1] <- TRUE; x[2] <- 5L; deparse(x)
x <- c(TRUE,FALSE); x[x] <- 3; deparse(x)
x <- c(a=TRUE); x["b"] <- 1L; paste(names(x), x)
x <- c(1.5,2); x[[1]] <- "k"; deparse(x)
x <- numeric(2); x[1:2] <- c(TRUE, FALSE); deparse(x)
x <- 5; x[2] <- "a"; deparse(x)
x <- c(1,2); y <- x; y[1] <- "a"; paste(c(deparse(x), deparse(y)))
append(c("a"), 1)
deparse(append(c(1.5,2), 3L, after=1))
paste(c(TRUE, NA, 3))
x <- TRUE; x <- c(x, 3L); deparse(x)
unlist(list("a", 2L, TRUE))
paste(unlist(list(TRUE, 2L, 3)))
deparse(c(rbind(c(1,2), 3:4)))
deparse(c(cbind(c(TRUE,FALSE), 1:2)))
is.null(dim(c(matrix(1:4,2))))
m <- matrix(0,2,2); m[1,1] <- 100000L; deparse(c(m))
m <- matrix("",2,2); m[1,] <- 1:2; deparse(c(m))
"""

KNOWN = r"""
y <- eval(D(quote(x^2),"x"), list(x=c(1,2,3))); paste(length(y))
y <- eval(D(quote(x^2),"x"), list(x=c(1,2,3))); paste(mean(y))
y <- eval(D(quote(x^2),"x"), list(x=c(1,2,3))); paste(y[2], y[-1])
paste(max(-1, NaN))
paste(max(NaN, -1))
paste(min(c(1, NaN), 2))
paste(pmax(c(-1, NaN), 0))
paste(max(c(1,NaN,3), na.rm=TRUE))
paste(sum(c(1,NA,3), na.rm=TRUE), prod(c(3,NaN,2), na.rm=TRUE))
paste(mean(c(1,NA,3), na.rm=TRUE))
paste(range(c(3,NaN,1), na.rm=TRUE))
paste(ifelse(TRUE, c(7,8), 5))
"""


@pytest.mark.parametrize("table", [NAMES, SORTS, KNOWN], ids=["names", "sorts", "known"])
def test_vectors_are_as_in_r(table: str, tmp_path: Path) -> None:
    scripts = table.strip().split("\n")
    wrong = []
    for text, answer in zip(scripts, ask_r(scripts, tmp_path), strict=True):
        found = last_texts(text)
        if found != answer.get("texts"):
            wrong.append(f"{text}\n  R:     {answer}\n  gradc: {found}")
    assert not wrong, "\n".join(wrong)


CHOICES = [
    "sum(ifelse(p > 1, c(7,8), 5))",
    "sum(ifelse(p > 1, 3, c(p, 5)))",
    "sum(ifelse(c(p, 3) > 2, c(p,5), 5))",
    "sum(ifelse(TRUE, c(p,8), 5))",
    'k <- c(u=p, v=3); x <- c(1,2,3); sum(k["u"] * exp(k["v"] * x))',
    'k <- c(u=p, v=3); if (k["u"] > 1) k[1] else k[2]',
    'k <- c(u=p, v=3); sum(k["u"]) + mean(k["v"]) + length(k[1])',
]


@pytest.mark.parametrize("p", [0.0, 2.0])
def test_inputs_choose_as_in_r(p: float, tmp_path: Path) -> None:
    asked = [f"p <- {p}; sprintf('%.12g', {{ {text} }})" for text in CHOICES]
    for text, answer in zip(CHOICES, ask_r(asked, tmp_path), strict=True):
        value = gradc.compile(text, syntax="r", at={}).evaluate({"p": p}).value
        assert float(value) == pytest.approx(float(answer["texts"][0]), rel=1e-10), text


def test_recycle0_is_refused() -> None:
    with pytest.raises(GradcError, match="recycle0"):
        last_texts('paste("a", character(0), recycle0 = TRUE)')
