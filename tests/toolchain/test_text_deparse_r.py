"""Code back to text, held against R's own ``deparse`` and ``as.character``, line by line."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gradc.errors import Source
from gradc.syntax.r import parse_r
from gradc.syntax.tree import Kind, Tree
from gradc.text.deparse import as_character_call, deparse, deparse_function
from gradc.text.r_operators import OPERATORS

pytestmark = pytest.mark.needs("r")

CUTOFFS = (60, 20, 500)

SCRIPT = """
options(keep.source = FALSE)
cases <- jsonlite::fromJSON("cases.json")
one <- function(text) {
  e <- parse(text = text, keep.source = FALSE)[[1]]
  out <- lapply(c(60L, 20L, 500L), function(w) I(deparse(e, w)))
  if (is.call(e)) out[[4]] <- I(as.character(e))
  if (is.call(e) && identical(e[[1]], as.name("function"))) out[[5]] <- I(deparse(eval(e)))
  out
}
answers <- lapply(cases, one)
writeLines(jsonlite::toJSON(answers, digits = NA, auto_unbox = TRUE, na = "null"), "answers.json")
"""

WRITTEN = r"""
x
`a b`
"text"
`a b` + `if` + `a\`b` + `a\\b` + ..1 + ... + .a + `.1a` + `_x` + é + `é è` + `x²`
f("\001\177\033\n\t\v\f\a\b\\\"'\r", "\u00ad\u200b\u00e9\U1F600\U10FFFF\u0378\u0085\u2028")
f(`a b` = 1, `if` = 2, "q" = 3, ... = 4, NULL = 5, é = 6)
f(x, y + 1L, 2L, NA_real_, "s", `a b`, `a b` + 1, , -1, 1e5, if (a) b, {u; v})
f(1e5, 100000L, 123456.789, 0.1, 1/3, 1e-300, 1e15, 1e16, 0x10, 1e5L, 123456789012, 0.1 + 0.2)
f(1e-5, 0.0001, 100, 1234567, 3.14159265358979312, 2.5e-7, 1.5e300, 0, 1e22, 123456789.123456789)
f(TRUE, NULL, Inf, NaN, NA, NA_integer_, NA_real_, FALSE)
function(x, y = 2, ...) x + y
function() NULL
function(x) {x; y}
function(`a b` = 3L, y = if (a) b else c) {if (a) b}
function(a_long_parameter = 1, another_long_parameter = 2, the_last_long_parameter = 3) 1
(\(x) x^2)(3)
?x
a := b
a::b
a:::b(x)
x$a
x$"a"
x$"a b"
x$`a b`
x@a$b[1]
`$`(x, 1)
`$`(x, a + b)
`$`(x, "if")
`$`(`-`(x), "y")
x[, 1, drop = FALSE]
x[["a"]][[2, exact = TRUE]]
f(,)
f(a = )
`(`(a, b)
`(`()
`{`()
`-`()
`+`(a, b, c)
`!`(a, b)
`!`()
`if`(a)
`if`(a, b, c, d)
`while`(i)
`for`(i, x)
`repeat`()
`[`()
`[`(x)
`<-`(a)
`<-`(a, b, c)
`break`(1)
`%in%`(a)
`%in%`(a, b, c)
`%in%`(x = a, y = b)
`+`(x = a, y = b)
`::`(a)
`[<-`(x, 1, value = 3)
`names<-`(x, 3)
if ((a = b)) c
f((a = b), `=`(a, b), x = `=`(a, b) + 1)
`if`(`=`(a, b), c)
{x <- if (a) b else c}
{list({if (a) b}); f({if (a) b}); c(if (a) b); x[if (a) b]; f(if (a) b)}
{if (a) b else c; if (a) {b} else {c}; if (a) if (b) c else d; for (i in x) if (a) b}
{while (x) {y}; repeat {break}; function(x) {if (a) b}; next; return(x)}
if (a) {b} else c
if (a) b else {c}
"f"(x)
1(2)
NULL(2)
"a"(2)(3)
a_rather_long_name * another_rather_long_name + yet_another_rather_long_name - the_last_long_name
~ a_rather_long_name * another_rather_long_name + yet_another_rather_long_name - the_last_long_name
f("a string of some length", "another string of some length", g(a_name, b_name, c_name), d_name)
f("éééééééééééééééééééééééééééééé", "éééééééééééééééééééééééééééééé", x, y, zzzzzzzzzzzzzzzzz, w)
x <- y <<- z
x -> y
a ** b
a |> f(b)
{{{{{{a; if (b) c}}}}}}
D(expression(a), "x")
y ~ a / (1 + exp(-b * (x - c))) | d
-2^2 + (-2)^2 - -2
!a && !b || c
""".strip().split("\n")

LEAVES = ("x", "y", "long_name", "a_much_longer_name", "1", "2.5", "3L", '"s"', "TRUE", "`a b`")
INFIX = [name for name, o in OPERATORS.items() if o.form.name in ("SPACED", "TIGHT", "ASSIGN")]


def called(head: str, *arguments: str) -> str:
    return f"`{head}`({', '.join(arguments)})"


Grow = Callable[[], str]


def a_function(rng: random.Random, grow: Grow) -> str:
    return f"function(x, y = {grow()}) {grow()}"


def a_call(rng: random.Random, grow: Grow) -> str:
    head = rng.choice(["f", "exp", "list", "a_long_function_name", "`my f`", "c"])
    names = ["", "", "", "x = ", "`a b` = "]
    return f"{head}({', '.join(rng.choice(names) + grow() for _ in range(rng.randint(0, 5)))})"


SHAPES: Sequence[Callable[[random.Random, Grow], str]] = (
    *[lambda r, g: called(r.choice(INFIX), g(), g())] * 6,
    *[lambda r, g: called(r.choice(["%in%", "%o%", "%*%", "%%"]), g(), g())] * 2,
    *[lambda r, g: called(r.choice(["-", "+", "!", "~"]), g())] * 3,
    lambda r, g: f"({g()})",
    lambda r, g: called(r.choice(["[", "[["]), g(), g()),
    lambda r, g: called(r.choice(["$", "@"]), g(), r.choice(["n", '"n"', '"n m"', "`n m`", "1"])),
    lambda r, g: called(r.choice(["::", ":::"]), g(), r.choice(["n", '"n"', g()])),
    lambda r, g: called("{", *(g() for _ in range(r.randint(0, 3)))),
    lambda r, g: called("if", *(g() for _ in range(r.randint(2, 3)))),
    lambda r, g: called("for", "i", g(), g()),
    lambda r, g: called("while", g(), g()),
    lambda r, g: called("repeat", g()),
    lambda r, g: called("return", g()),
    lambda r, g: called("[<-", g(), g()),
    lambda r, g: f"({g()})({g()})",
    lambda r, g: f"{called(r.choice([*INFIX, 'if', '[', '(', '{', '%in%', '-']), g(), g())}({g()})",
    a_function,
    *[a_call] * 4,
)


def program(rng: random.Random, size: int) -> str:
    """A random expression, its operators in prefix form, so that any may stand in any."""
    left, depth = size, 0

    def grow() -> str:
        nonlocal left, depth
        left -= 1
        # R reads at most 50 brackets inside each other.
        if left <= 0 or depth > 15 or rng.random() < 0.25:
            return rng.choice(LEAVES)
        depth += 1
        text = rng.choice(SHAPES)(rng, grow)
        depth -= 1
        return text

    return rng.choice(SHAPES)(rng, grow)


def primitives() -> list[str]:
    """Each primitive as what is called, and around an ``if`` inside braces."""
    named = [name for name in OPERATORS if name not in ("function", "for")]
    return [
        text
        for name in named
        for text in (f"{called(name, 'a', 'b')}(1)", called("{", called(name, "x", "`if`(a, b)")))
    ]


def cases() -> list[str]:
    rng = random.Random(20240422)  # noqa: S311
    sizes = [rng.choice((3, 5, 8, 15, 30, 60)) for _ in range(1500)]
    return [*WRITTEN, *primitives(), *(program(rng, size) for size in sizes)]


def ours(tree: Tree, root: int) -> list[list[str]]:
    lines = [deparse(tree, root, cutoff) for cutoff in CUTOFFS]
    if tree.kinds[root] in (Kind.CALL, Kind.FUNCTION):
        lines.append(as_character_call(tree, root))
    if tree.kinds[root] == Kind.FUNCTION:
        lines.append(deparse_function(tree, root))
    return lines


def test_it_writes_what_r_writes(tmp_path: Path) -> None:
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
        tree = parse_r(Source("case", text))
        mine = ours(tree, tree.roots[0])
        wrong += [(text, m, t) for m, t in zip(mine, theirs, strict=True) if m != t]
    assert not wrong, f"{len(wrong)} differ, the shortest: {min(wrong, key=lambda w: len(w[0]))}"
