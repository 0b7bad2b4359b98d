"""Models printed as R: what the file says, and that gradc reads it as the same model."""

from __future__ import annotations

import random
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import corpora
import pytest
from programs import random_text
from structure import difference

from gradc.emit.r_model import COMMAND
from gradc.errors import GradcError
from gradc.ir import Function
from gradc.model import Model
from gradc.model import compile as compile_model

EXAMPLES = Path(__file__).parents[2] / "examples"
SIGMOID = "eta <- a + b*x\np <- 1/(1 + exp(-eta))\n(y - p)^2"
START = "a <- 5; b <- 3.5; x <- 2.5; y <- 6.5\n"


def again(text: str, function: Function) -> Model:
    """The model that a printed file is, compiled as its first line says."""
    first = text.split("\n", 1)[0]
    if not first.startswith(COMMAND):
        return compile_model(text)
    options = shlex.split(first[len(COMMAND) :])
    wrt = options[options.index("--wrt") + 1]
    at = None
    if "POINT.json" in options:
        params = function.params
        at = {p.name: [1.0] * (p.type.length or 1) for p in params if p.type.shape}
    return compile_model(text, wrt=[name for name in wrt.split(",") if name], at=at)


def assert_same(model: Model) -> str:
    """The printed model, which compiles to the same model and prints in the same way."""
    text = model.r_model()
    read = again(text, model.function_)
    assert difference(model.function_, read.function_) is None
    unnamed = [replace(m, function_=replace(m.function_, names={})) for m in (model, read)]
    assert unnamed[0].r_model() == unnamed[1].r_model()
    return text


def test_scalar_parameters_are_a_named_vector() -> None:
    model = compile_model(
        "f <- function(v, x, y) with(as.list(v), {p <- plogis(a + b*x); (y - p)^2})\n"
        "optim(par = c(a = 5, b = 3.5), fn = f, x = 2.5, y = 6.5)"
    )
    assert assert_same(model).splitlines() == [
        "model <- function(par, x, y) with(as.list(par), {",
        "  (y - plogis(a + b * x))^2",
        "})",
        "optim(par = c(a = 5, b = 3.5), fn = model, x = 2.5, y = 6.5)",
    ]


def test_names_of_the_text_stay_and_what_has_no_value_is_na() -> None:
    text = assert_same(compile_model(SIGMOID, wrt=["a", "b"]))
    assert text.splitlines() == [
        "model <- function(par, x, y) with(as.list(par), {",
        "  eta <- a + b * x",
        "  p <- 1 / (1 + exp(-eta))",
        "  (y - p)^2",
        "})",
        "optim(par = c(a = NA, b = NA), fn = model)",
    ]


@pytest.mark.parametrize(("start", "printed"), [("c(3.5, 5)",) * 2, (None, "rep(NA_real_, 2)")])
def test_a_vector_of_parameters_is_the_first_argument(start: str | None, printed: str) -> None:
    if start is None:
        model = compile_model("sum(beta[1]*x + beta[2])", wrt=["beta"], at={"beta": [1, 2]})
    else:
        model = compile_model(
            f"f <- function(beta, x) sum(beta[1]*x + beta[2])\noptim(par = {start}, fn = f)"
        )
    assert assert_same(model).splitlines() == [
        "model <- function(beta, x) {",
        "  sum(beta[[1]] * x + beta[[2]])",
        "}",
        f"optim(par = {printed}, fn = model)",
    ]


def test_least_squares_are_an_nls() -> None:
    model = compile_model(
        "nls(y ~ a*exp(-b*x), data = list(x = c(1, 2), y = c(3, 4)), start = list(a = 1, b = 2))"
    )
    text = assert_same(model)
    assert text.splitlines() == [
        "model <- function(a, b, x) {",
        "  a * exp(-b * x)",
        "}",
        "nls(y ~ model(a, b, x), data = list(y = c(3, 4), x = c(1, 2)),"
        " start = list(a = 1, b = 2))",
    ]
    assert again(text, model.function_).function_.least_squares is not None


def test_scalars_beside_vectors_need_options_which_a_comment_gives() -> None:
    model = compile_model("sum(beta[1]*x + s)", wrt=["beta", "s"], at={"beta": [1, 2]})
    assert assert_same(model).splitlines()[:2] == [
        "# gradc compile FILE --wrt beta,s --at POINT.json",
        "# POINT.json gives the lists 'beta' of 2 numbers.",
    ]


def test_values_of_a_quoted_model_stay_with_their_inputs() -> None:
    model = compile_model(f"{START}deriv(~ (y - 1/(1 + exp(-(a + b*x))))^2, c('a', 'b'))")
    text = assert_same(model)
    assert text.splitlines()[0] == "# gradc compile FILE --wrt a,b"
    assert "x <- 2.5" in text.splitlines()
    assert text.splitlines()[-1] == "quote(model(a, b, y, x))"


def test_a_model_without_parameters_has_none_when_it_is_read_again() -> None:
    model = compile_model("x^2", at={"x": 2})
    assert model.wrt == ()
    assert assert_same(model).splitlines()[0] == "# gradc compile FILE --wrt ''"


def test_what_is_used_twice_is_one_assignment() -> None:
    steps = "\n".join(f"h{k} <- h{k - 1} + a*tanh(h{k - 1})" for k in range(1, 60))
    printed = assert_same(compile_model(f"h0 <- x\n{steps}\nh59", wrt=["a"]))
    assert printed.count("tanh(") == 59


def test_functions_that_r_lacks_are_named() -> None:
    text = assert_same(compile_model("erf(a) + log1mexp(b) + softplus(a)"))
    assert text.startswith("# R does not have these functions of gradc: erf(), log1mexp().\n")
    assert "-plogis(a, lower.tail = FALSE, log.p = TRUE)" in text


def test_a_function_that_no_text_of_r_means_is_an_error() -> None:
    with pytest.raises(GradcError, match="'hypot'"):
        compile_model("np.hypot(a, b)", syntax="python").r_model()


def test_a_text_that_is_read_differently_says_so() -> None:
    model = compile_model("choose(a, 1/0.03)")  # rounds a number that R text would round again
    assert difference(model.function_, compile_model(model.r_model()).function_) is not None
    assert "written differently" in model.r_model()
    assert "written differently" not in compile_model("choose(a, 3)").r_model()


def test_no_expression_nests_deep_or_grows_long() -> None:
    deep = assert_same(compile_model("exp(" * 3000 + "a" + ")" * 3000))
    wide = assert_same(compile_model("+".join(f"a{k}*x" for k in range(4000))))
    for text in (deep, wide):
        depth = deepest = 0
        for character in text:
            depth += (character == "(") - (character == ")")
            deepest = max(deepest, depth)
        assert deepest < 50
    statements = "".join(wide.split("\n  ")).split("expr")
    assert max(part.count("+") for part in statements) < 3000


SCRIPTS = {
    "optim": "f <- function(par, x) with(as.list(par), a*x)\noptim(par = c(a = 5), fn = f, x = 2)",
    "default": "f <- function(par, z, k = 2) with(as.list(par), a*z^k)\noptim(c(a = 5), f)",
    "negative": "f <- function(par, z, k = -2) with(as.list(par), a*z^k)\noptim(c(a = -0), f)",
    "prefix": "f <- function(par, x) with(as.list(par), a*x + x2)\noptim(c(a = 5), f, x = 2)",
    "optim's own": "f <- function(v, method = 2) with(as.list(v), a*method)\noptim(c(a = 5), f)",
    "gr": "f <- function(par, g) with(as.list(par), a*g)\noptim(c(a = 5), f, gr = NULL, g = 9.8)",
    "list": "f <- function(p, x) sum(p$s*x*p$b[1]) + p$b[2]\n"
    "optim(list(s = 1, b = c(1, 2)), f, x = c(1, 2, 3))",
    "length": "f <- function(p, x) { s <- 0; for (i in seq_along(x)) s <- s + p[1]*i; s*sum(x) }\n"
    "optim(c(2, 1), f, x = c(1, 2, 3))",
    "elements": "f <- function(p, x) { s <- 0; for (i in seq_along(x)) s <- s + p[1]*x[i]; s }\n"
    "optim(c(2, 1), f, x = c(1, 2, 3))",
    "not a number": "f <- function(p, x) p*x\noptim(par = c(p = Inf), fn = f, x = NaN)",
    "nls": "nls(log(y) ~ b[1]*exp(-b[2]*x) + y, data = list(x = c(1, 2)), start = list(b = 1:2))",
    "nls on variables": "y <- c(1, 2)\nnls(y ~ a*exp(-b*x)*z, start = list(a = 1, b = 2))",
    "nlm": "nlm(function(p, x) (p[1] - x)^2 + p[2]^2, c(1, 2), x = 3)",
    "text": f"{START}f <- paste0('(y - (a + b*', c('x', 'x^2'), '))^2', collapse = ' + ')\n"
    "d <- deriv(parse(text = f)[[1]], c('a', 'b'))\neval(d)",
    "D": f"{START}D(quote(exp(a*x)), 'a')",
    "one": "f <- function(p, x) p[1]*x\noptim(par = setNames(3, ''), fn = f, x = c(1, 2, 3))",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_read_back(name: str) -> None:
    assert "written differently" not in assert_same(compile_model(SCRIPTS[name]))


PLAIN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("c(a, b)*x", {}),
    ("sum(c(a, b, 1)*x) + sum(x) + x[1]*length(x)", {"wrt": ["a", "b"]}),
    ("length(x)*a + sum(c(a, b)*x) + x[1]", {"wrt": ["a", "b"]}),
    ("c(a = a)*x", {"wrt": ["a"]}),
    ("z <- x*c(1, 2); w <- c(a, b)*x; sum(z*w) + prod(x)", {"wrt": ["a", "b"]}),
    ("sum(beta*x)*length(x)", {"wrt": ["beta"], "at": {"beta": [1, 2, 3]}}),
    ("beta[1]*x", {"wrt": ["beta"], "at": {"beta": [1]}}),
    ("x^0*a + b*y", {"wrt": ["b"]}),
    ("a; x; b*z", {"wrt": ["b", "a"]}),
    ("y ~ a*x^0", {"wrt": ["a"]}),
    ("1/3", {}),
    ("k <- 1/3\ny ~ k*a + k", {"wrt": ["a"]}),
    ("a*NaN + Inf - b*-Inf - 0*a + -0.0", {}),
    ("a*(b + (-c)) - (-a*b) - (-(a*b)) + (-(-a)) + a^-2 + a^-b + (-a)^2 + 2^-b^c + (a^b)^c", {}),
    ("-a %% b + (-a) %% b + -(a %% b) + a %/% b*c %/% 2 + a*(b %% c)", {}),
    ("(a - b) - (c - d) - e/(f/g)/h*(i*j) + (a + (b + c))", {}),
    ("0.1*a + 1e308*a + 5e-324*a + 123456789012345678*a + 2.2250738585072011e-308*a", {}),
    ("(a > b & !(b < 1) | a == b) + (a < b)*x + xor(a > 0, b > 0)", {"wrt": ["a", "b"]}),
    ("ifelse(x > a, 1, x) + sum(if (a > 0) (if (b > 0) x else y) else -x)", {"wrt": ["a", "b"]}),
    ("as.numeric(x > a)*2 + min(x) + max(x)*prod(x*a) + mean(x) + var(x)", {"wrt": ["a"]}),
    ("sum <- a + b; exp <- sum*2; c <- exp + 1; c*sum*exp(exp) + max(c, sum)", {}),
    ("par <- a + 1; model <- par*2; x*par*model + par", {"wrt": ["a"]}),
    ("model*par*optim*c*x", {"wrt": ["model", "par"]}),
    ('`my var`*`if`*`a, b`*`q"q`*`b\\\\c` + β*T', {"wrt": ["my var", "T", "a, b"]}),
    ("`a\nb`*`\x07`*`system('false')` + `\u2028x`*`#y`", {"wrt": ["\u2028x", "#y"]}),
    (
        "dnorm(x) + dnorm(x, a) + dnorm(x, a, b) + dnorm(x, 0, 1/3) + dnorm(x, log = TRUE)"
        " + dnorm(x, a, b, TRUE) + dnorm(a, b, 3, TRUE) + dnorm(c(a, b), x, 1, TRUE)",
        {"wrt": ["a", "b"]},
    ),
    ("r <- x - a; z <- r/b; dnorm(r, 0, b) + dnorm(z) - z^2/2 + exp(-z^2/2)", {"wrt": ["a", "b"]}),
)


@pytest.mark.parametrize(("text", "options"), PLAIN)
def test_formulas_read_back(text: str, options: dict[str, Any]) -> None:
    assert "written differently" not in assert_same(compile_model(text, **options))


CALLS = """\
    abs(a) sign(a) floor(a) ceiling(a) round(a) trunc(a) sqrt(a) exp(a) expm1(a) log(a) log2(a)
    log10(a) log1p(a) sin(a) cos(a) tan(a) asin(a) acos(a) atan(a) atan2(a,b) sinh(a) cosh(a)
    tanh(a) asinh(a) acosh(a) atanh(a) sinpi(a) cospi(a) tanpi(a) plogis(a) qlogis(a) softplus(a)
    softplus(-a) log1mexp(a) logspace_add(a,b) logspace_sub(a,b) erf(a) erfc(a) gamma(a) lgamma(a)
    digamma(a) trigamma(a) psigamma(a,3) beta(a,b) lbeta(a,b) choose(a,b) choose(a,40)
    lchoose(a,b) besselI(a,1) besselI(a,1,TRUE) besselJ(a,b) besselK(a,1) besselK(a,1,TRUE)
    besselY(a,1) pnorm(a) pnorm(a,log.p=TRUE) pnorm(a,b,2,FALSE) pmin(a,b) pmax(a,b,2)
"""


@pytest.mark.parametrize("call", CALLS.split())
def test_functions_read_back(call: str) -> None:
    assert "written differently" not in assert_same(compile_model(f"{call}*b - {call}"))


@pytest.mark.parametrize("row", corpora.supported(*corpora.FORMULAS))
def test_case_files_read_back(row: dict[str, Any]) -> None:
    model = corpora.model(row)
    if any(record[0] == "scan" for record in model.function_.graph.records):
        with pytest.raises(GradcError, match="a loop with carried values"):
            model.r_model()
        return
    assert_same(model)


MODELS = sorted(
    path.name
    for path in EXAMPLES.iterdir()
    if path.suffix in (".txt", ".R", ".py") and path.name != "simulate.R"
)


@pytest.mark.parametrize("name", MODELS)
def test_examples_read_back(name: str) -> None:
    assert_same(compile_model(EXAMPLES / name))


def test_a_slice_that_is_written_is_read_by_its_elements() -> None:
    model = compile_model(
        "DATA_VECTOR(y, c(0.9, 1.4, 0.3))\nPARAMETER_VECTOR(x, rep(0, 3))\nnll <- 0\n"
        "for (t in 2:length(y)) nll <- nll + (x[t] - x[t - 1])^2\nnll + sum((y - x)^2)"
    )
    assert model.r_model().startswith("# gradc reads this file as a model that is written diff")


@pytest.mark.parametrize("seed", range(6))
def test_random_programs_read_back(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    for number in range(40):
        text = f"{random_text(draw, draw.randrange(2, 8))} + a*b"
        assert_same(compile_model(f"y2 ~ {text}" if number % 3 == 0 else text, wrt=["a", "b"]))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("a - b", "b - a", "wrt"),
        ("a*2 + b", "a*3 + b", "const"),
        ("a*b + a", "a*b + b", "'input'"),
        ("a*b + a", "a*b - a", "'add'"),
        ("sum(a*b)", "a*b", None),
    ],
)
def test_the_comparison_sees_differences(one: str, other: str, words: str | None) -> None:
    found = difference(compile_model(one).function_, compile_model(other).function_)
    assert (found is None) if words is None else (words in (found or ""))
