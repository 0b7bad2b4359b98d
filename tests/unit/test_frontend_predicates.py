"""Questions, order, wrappers: what depends on inputs, and what is refused and with which words."""

from __future__ import annotations

import pytest

import gradc
from gradc.errors import GradcError
from scripts import last_texts


def refusal(text: str) -> str:
    """Code and message of what is said about a script, and the piece of it that is marked."""
    with pytest.raises(GradcError) as caught:
        last_texts(text)
    found = caught.value.diagnostics[0]
    return f"{found.code} {found.message} @ {found.span.text if found.span else None}"


def value(text: str, **at: float) -> float:
    return gradc.compile(text, wrt=list(at)).evaluate(at).value


# ------------------------------------------------------------------------- inputs


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("is.numeric(x)", True),
        ("is.numeric(x + 1)", True),
        ("is.numeric(x > 0)", False),
        ("is.logical(x > 0)", True),
        ("is.character(x)", False),
        ("is.function(x)", False),
        ("identical(x, x)", True),
        ("identical(x, 'x')", False),
        ("identical(list(x, 1), list(x, 2))", False),
        ("isTRUE(x)", False),
        ("inherits(x, 'numeric')", True),
    ],
)
def test_the_sort_of_an_input_is_known(question: str, answer: bool) -> None:
    assert value(f"if ({question}) x else -x", x=3.0) == (3.0 if answer else -3.0)


def test_a_condition_on_inputs_is_passed_over_with_a_note() -> None:
    text = "f <- function(a) { stopifnot(is.numeric(a), a > 0); log(a) }\nf(x)"
    model = gradc.compile(text, wrt=["x"])
    assert model.evaluate({"x": 1.0}).gradient["x"] == 1.0
    assert any("stopifnot" in note.message for note in model.notes)


def test_tricky_scripts_keep_their_inputs() -> None:
    assert value("tryCatch(x^2, error = function(e) 0)", x=3.0) == 9.0
    assert value("g <- Vectorize(function(a, b) a*b); sum(g(c(x, 2), 3))", x=4.0) == 18.0
    assert value("sum(combn(c(x, 1, 2), 2, prod))", x=5.0) == 5.0 + 10.0 + 2.0
    assert value("f <- function(n) if (n == 0) 1 else x*Recall(n - 1); f(3)", x=2.0) == 8.0
    assert value("sum(split(c(x, 1, 10), c(1, 2, 1))[[1]])", x=3.0) == 13.0
    assert value("m <- matrix(c(x, 1, 2, x), 2); sum(diag(m))", x=3.0) == 6.0
    assert value("sum(rep_len(c(x, 1), 3))", x=3.0) == 7.0


def test_the_class_of_a_fit_stays_the_result_of_the_fit() -> None:
    text = "fit <- nls(y ~ a*x, start = list(a = 1))\nclass(fit)"
    assert gradc.compile(text, at={"y": 6.0, "x": 2.0}).function_.least_squares is not None


def test_functions_of_the_script_come_first() -> None:
    assert value("order <- function(v) 2*v\norder(x)", x=3.0) == 6.0
    assert value("mode <- 2\nmode*x", x=3.0) == 6.0


# ------------------------------------------------------------------------- refusals

REFUSED = {
    "isTRUE(x > 0)": "G104 whether a condition holds must be known when the model is compiled"
    " @ x > 0",
    "identical(x, 1)": "G104 a value that is compared must be known when the model is compiled @ x",
    "typeof(character(0))": "G104 the sort of a vector without elements is not known here"
    " @ character(0)",
    "is.character(NA)": "G104 the sort of NA is not known here @ NA",
    "identical(character(0), numeric(0))": "G104 whether two vectors without elements are of"
    " one sort is not known here @ identical(character(0), numeric(0))",
    "typeof(Negate(is.null))": "G104 how a function of R is built is not known @ Negate(is.null)",
    "is.vector('a', 'raw')": "G104 is.vector() for the mode 'raw' is not available @ 'raw'",
    "inherits('a', 'b', which = TRUE)": "G104 'which' of inherits() is not available @ TRUE",
    "identical('a', 'b', FALSE)": "G104 the options of identical() are not available @ FALSE",
    "stopifnot(TRUE, 1 > 2)": "G104 the model stops here: 1 > 2 is not TRUE @ 1 > 2",
    "stopifnot(exprs = { TRUE })": "G104 'exprs' of stopifnot() is not available @ { TRUE }",
    "f <- function(...) stopifnot(...); f(TRUE)": "G104 '...' cannot be passed on to stopifnot()"
    " @ ...",
    "match.call()": "G104 'match.call' reads how the function was called, which is not available"
    " @ match.call()",
    "attr(c(a = 1), 'gradient')": "G104 'attr' reads the result of a fit, and there is none here"
    " @ attr(c(a = 1), 'gradient')",
    "order(c('b', 'a'))": "G104 the order of texts depends on the machine that R runs on"
    " @ c('b', 'a')",
    "order(1:3, 1:2)": "G201 the vectors that are put in order differ in length @ order(1:3, 1:2)",
    "order(c(x, 1))": "G104 a number that is put in order must be known when the model is compiled"
    " @ c(x, 1)",
    "which.max(c('a', 'b'))": "G202 which.max() takes numbers, and not texts @ c('a', 'b')",
    "duplicated(matrix(1:4, 2))": "G104 duplicated() of a vector of 4 numbers is not available"
    " @ matrix(1:4, 2)",
    "rep_len(NULL, 2)": "G202 NULL cannot be repeated @ NULL",
    "split(1:3, 1:2)": "G201 2 groups do not fit 3 elements @ 1:2",
    "split(1:2, c('b', 'A'))": "G104 the order of texts depends on the machine that R runs on"
    " @ c('b', 'A')",
    "split(data.frame(a = 1:2), 1:2)": "G104 split() of a data frame is not available"
    " @ data.frame(a = 1:2)",
    "diag(matrix(1:4, 2), 2)": "G103 diag() of a matrix takes no 'nrow' and no 'ncol' @ 2",
    "array(1:4, 4)": "G104 arrays of other than two dimensions are not available @ 4",
    "array(1:8, c(2, 2, 2))": "G104 arrays of other than two dimensions are not available"
    " @ c(2, 2, 2)",
    "make.unique(1)": "G202 make.unique() takes texts @ 1",
    "strtoi('1', 37)": "G103 the base of strtoi() cannot be 37 @ 37",
    "utf8ToInt(c('a', 'b'))": "G202 what is taken apart must be a text, and this is a vector of 2"
    " texts @ c('a', 'b')",
    "intToUtf8(-1)": "G103 there is no character -1 @ -1",
    "x <- 12; substr(x, 1, 1) <- 'a'; x": "G202 a part of a text can be set to a text only"
    " @ substr(x, 1, 1)",
    "x <- 'ab'; substr(x, stop = 2, start = 1) <- 'c'; x": "G104 the arguments of substr() are not"
    " in their order here @ substr(x, stop = 2, start = 1)",
    "regexpr('(', 'a')": None,
    "regexpr('a', 'a', useBytes = TRUE)": "G104 places counted in bytes are not available"
    " @ regexpr('a', 'a', useBytes = TRUE)",
    "regmatches('a', 1)": "G202 regmatches() takes what regexpr() gives, not a number @ 1",
    "regmatches(c('a', 'b'), regexpr('a', 'a'))": "G201 regmatches() takes one place for each text"
    " @ regexpr('a', 'a')",
    "regmatches('a', regexpr('a', 'a'), invert = TRUE)": "G104 what was not matched is not"
    " available @ TRUE",
    "Vectorize(paste0)": "G104 Vectorize() takes a function of the script @ paste0",
    "Vectorize(function(a) a, 'b')": "G103 Vectorize() takes the names of arguments of the"
    " function @ 'b'",
    "Find(function(v) v > x, 1:3)": "G104 which element is found must be known when the model is"
    " compiled @ Find(function(v) v > x, 1:3)",
    "combn(2, 3)": "G103 combn() cannot choose 3 of 2 elements @ 3",
    "combn(3, 2, function(v) list(v))": "G104 combn() makes a matrix of vectors only; give it"
    " simplify = FALSE @ combn(3, 2, function(v) list(v))",
    "combn(c('a', 'b', 'c'), 2, function(v) v[v != 'a'])": "G201 the function of combn() gives"
    " vectors of different lengths @ function(v) v[v != 'a']",
    "a <- 1; f <- function() mget('a'); f()": "G101 there is no variable 'a' here @ 'a'",
    "Recall(1)": "G104 'Recall' stands outside of a function @ Recall(1)",
    "g <- quote(Recall(1)); f <- function(n) eval(g); f(1)": "G104 which function 'Recall' stands"
    " in is not known here @ Recall(1)",
    "f <- function(a, b) nargs(); f(b = 1)": "G104 'nargs' is available where no argument before"
    " others is missing @ nargs()",
    "tryCatch(stop('no'), error = function(e) 'b')": "G104 the model stops here: no @ stop('no')",
    "tryCatch(error = function(e) 'b')": "G103 the argument 'expr' of 'tryCatch' is missing"
    " @ tryCatch(error = function(e) 'b')",
    "tryCatch({ warning('w'); 'a' }, warning = function(w) 'b')": "G104 a 'warning' that is caught"
    " is not available @ warning('w')",
    "tryCatch({ message('w'); 'a' }, condition = function(w) 'b')": "G104 a 'message' that is"
    " caught is not available @ message('w')",
    "tryCatch(log(-1), warning = function(w) 0)": "G104 R gives a warning here, as NaN is made, and"
    " it is caught @ tryCatch(log(-1), warning = function(w) 0)",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_followed_is_refused(text: str) -> None:
    wanted = REFUSED[text]
    found = refusal(text)
    if wanted is None:
        assert found.startswith("G103 regexpr: ")
    else:
        assert found == wanted


# ------------------------------------------------------------------------- budget


def test_code_that_shares_parts_is_compared_once() -> None:
    double = "s <- 'a'; for (i in 1:40) s <- paste0('(', s, '+', s, ')')\n"
    same = f"{double}e <- parse(text = s)[[1]]; f <- parse(text = paste0('', s))[[1]]"
    assert last_texts(f"{same}; identical(e, f)") == ["TRUE"]


def test_names_of_shared_code_run_out_of_steps() -> None:
    double = "s <- 'a'; for (i in 1:40) s <- paste0('(', s, '+', s, ')')\n"
    assert refusal(f"{double}all.names(parse(text = s)[[1]])").startswith("G105 ")
    assert refusal("combn(40, 20)").startswith("G105 ")
    assert refusal("combn(100000, 50000)").startswith("G105 ")


def test_deep_values_need_no_recursion() -> None:
    deep = "l <- list('a'); for (i in 1:5000) l <- list(l)\nk <- list('a')\n"
    deep += "for (i in 1:5000) k <- list(k)\n"
    assert last_texts(f"{deep}identical(l, k)") == ["TRUE"]


def test_a_handler_does_not_swallow_the_notes() -> None:
    model = gradc.compile("tryCatch({ cat('hello'); x }, error = function(e) 0)")
    assert any("cat" in note.message for note in model.notes)


def test_equal_places_of_different_lengths_differ() -> None:
    assert last_texts("identical(regexpr('a', 'aa'), regexpr('a+', 'aa'))") == ["FALSE"]
    assert last_texts("identical(regexpr('a', 'ba'), regexpr('a', 'ba'))") == ["TRUE"]
