"""R's symbolic derivative as text, held against R's own ``deparse(D(...))``."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gradc.errors import Source
from gradc.syntax.r import parse_r
from gradc.text.deparse import deparse
from gradc.text.r_derivative import NoDerivative, derive
from gradc.text.r_derivative_rules import RULES

pytestmark = pytest.mark.needs("r")

SCRIPT = """
options(keep.source = FALSE)
cases <- jsonlite::fromJSON("cases.json")
text <- function(e) I(deparse(e, 500L))
one <- function(case) tryCatch({
  # R's D writes parentheses into the expression that it is given, so each one gets its own.
  e <- function() parse(text = case, keep.source = FALSE)[[1]]
  dx <- D(e(), "x")
  list(text(dx), text(D(dx, "y")), text(D(D(e(), "y"), "y")))
}, error = function(e) conditionMessage(e))
answers <- suppressWarnings(lapply(cases, one))
writeLines(jsonlite::toJSON(answers, digits = NA, auto_unbox = TRUE, na = "null"), "answers.json")
"""

WRITTEN = r"""
exp(-(log(-log(x)) + log(-log(y)))^a)
exp(-((-log(x))^a + (-log(y))^a)^(1/a))
(x^(-t) + y^(-t) - 1)^(-1/t)
-1/t * log(1 + (exp(-t * x) - 1) * (exp(-t * y) - 1)/(exp(-t) - 1))
x * y/(1 - t * (1 - x) * (1 - y))
x
y
a
2
TRUE
x + TRUE * y
x^TRUE
x^FALSE
x^2L
x^NA
x^NA_real_
x^Inf
x^NaN
x^-1
x^(-1)
x^(2)
0^x
1^x
x^0.5
x^1
x^2.5 * y
x/0 + y
0/x
x/1
-x
- - -x * y
x - -y
-x - -y
-x + y
`+`(x)
`+`(x, `+`(y, x))
`-`(x, `-`(y, x))
`*`(`+`(x, y), `*`(x, y))
`/`(`-`(x, y), `/`(x, y))
`^`(`^`(x, y), `*`(x, y))
`^`(`*`(x, y), `-`(y))
`^`(`-`(x), 3)
exp(x = x * y)
pnorm(q = x * y)
psigamma(x * y)
psigamma(x * y, 3L)
psigamma(x * y, 2)
psigamma(x * y, n)
psigamma(x * y, -n)
psigamma(x * y, deriv = n + 1)
psigamma(x, f(2)(n)[1])
lgamma(-x)
factorial(-x)
lfactorial(-x * y)
log1p(-x)
cospi(x) + sinpi(y) + tanpi(x)
cospi(x * y)
sqrt(x)
sqrt(-x * y)
(((x)))
1e5 * x^1e-10
x^(1/3) + x^0.1
""".strip().split("\n")

WRONG = r"""
abs(x)
log(x, 2)
f(x)
x %% 2
if (x > 0) x else y
""".strip().split("\n")

LEAVES = ("x", "y", "x", "y", "a", "1", "2", "0", "0.5", "3L", "pi", "-1", "(x + 1)", "1.5")
UNARY = [name for name in RULES if RULES[name].counts[0] == 1 and name not in ("+", "-", "(")]

Grow = Callable[[], str]


def prefix(rng: random.Random, grow: Grow) -> str:
    return f"`{rng.choice('+-*/^')}`({grow()}, {grow()})"


def infix(rng: random.Random, grow: Grow) -> str:
    return f"({grow()} {rng.choice('+-*/^')} {grow()})"


def bare(rng: random.Random, grow: Grow) -> str:
    return f"{grow()} {rng.choice('+-*/^')} {grow()}"


def sign(rng: random.Random, grow: Grow) -> str:
    return f"`{rng.choice('-+---')}`({grow()})"


def function(rng: random.Random, grow: Grow) -> str:
    return f"{rng.choice(UNARY)}({grow()})"


def polygamma(rng: random.Random, grow: Grow) -> str:
    return f"psigamma({grow()}, {rng.choice(['2', '1L', 'n', '-n', 'n + 1', '0'])})"


SHAPES = (prefix, prefix, prefix, infix, infix, bare, sign, sign, function, function, polygamma)


def program(rng: random.Random, size: int) -> str:
    left, depth = size, 0

    def grow() -> str:
        nonlocal left, depth
        left -= 1
        if left <= 0 or depth > 8 or rng.random() < 0.2:
            return rng.choice(LEAVES)
        depth += 1
        text = rng.choice(SHAPES)(rng, grow)
        depth -= 1
        return text

    return rng.choice(SHAPES)(rng, grow)


def cases() -> list[str]:
    rng = random.Random(20240423)  # noqa: S311
    every = [f"{name}(x * y)" for name in UNARY]
    sizes = [rng.choice((2, 4, 6, 10)) for _ in range(900)]
    return [*WRITTEN, *WRONG, *every, *(program(rng, size) for size in sizes)]


def ours(text: str) -> list[list[str]] | None:
    """The derivatives that R is asked for, None where there are none."""
    tree = parse_r(Source("case", text))
    root = tree.roots[0]
    try:
        first = derive(tree, root, "x")
        second = derive(*first, "y")
        twice = derive(*derive(tree, root, "y"), "y")
    except NoDerivative:
        return None
    return [deparse(*found, 500) for found in (first, second, twice)]


def test_it_derives_as_r_derives(tmp_path: Path) -> None:
    texts = cases()
    (tmp_path / "cases.json").write_text(json.dumps(texts), encoding="utf-8")
    (tmp_path / "script.R").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "script.R"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads((tmp_path / "answers.json").read_text(encoding="utf-8"))
    wrong = []
    for text, theirs in zip(texts, answers, strict=True):
        mine = ours(text)
        # R says in one sentence that it has none.
        if mine != (None if isinstance(theirs, str) else theirs):
            wrong.append((text, mine, theirs))
    assert not wrong, f"{len(wrong)} differ, the shortest: {min(wrong, key=lambda w: len(w[0]))}"
