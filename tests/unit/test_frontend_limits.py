"""Scripts that ask for too much, or for nothing: each ends with a diagnostic, and in time."""

from __future__ import annotations

import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.frontend.constants import Constants
from gradc.frontend.machine import Machine
from gradc.frontend.symbols import Symbols
from gradc.frontend.values import Items
from gradc.ir import Graph


def _code(text):
    with pytest.raises(GradcError) as caught:
        build(Source("<script>", text))
    return caught.value.diagnostics[0].code


_SHARED = 'e <- quote(a); for (i in 1:40) e <- call("*", e, e); '

_IMPOSSIBLE = (
    ("x <- list(); x[[1e10]] <- 1; p", "G105"),
    ('x <- list(); x[["a"]] <- 1; x[[1e10]] <- 1; p', "G105"),
    ('trimws("a", "x")', "G103"),
    ("as.name(character(0))", "G103"),
    ("z <- ~x; z[[3]] <- p; z[[4]] <- p; z", "G103"),
    ("as.formula(quote(`~`()))", "G103"),
    ("quote(`~`())", "G103"),
    ("seq(1, length.out = 1/0)", "G105"),
    ("seq(1, length.out = 0/0)", "G103"),
    ("-1e308:1.7e308", "G105"),
    ("as.character(quote(f(NA_character_)))", "G104"),
)

_GIVES_CODE = (
    "x <- quote(x); eval(x)",
    "x <- quote(y); y <- quote(x); eval(x)",
    'e <- quote(as.name("e")); e',
)

_ENDLESS = (
    's <- "x"; for (i in 1:60) s <- paste0("{x <- ", s, "; x*", s, "}"); eval(parse(text = s))',
    "x <- quote(eval(x)); eval(x)",
    's <- "eval(parse(text = s))"; eval(parse(text = s))',
    _SHARED + "deparse(e)",
    _SHARED + "as.character(e)",
    _SHARED + "f <- function(x) x; body(f) <- e; deparse(f)",
    "x <- list(); while (TRUE) x[[length(x) + 1]] <- 1",
    'e <- quote(a); while (TRUE) e <- call("+", e, e)',
    "e <- quote(a); while (TRUE) e <- bquote(.(e) + 1)",
    "f <- function(...) f(..., 1); f()",
)

_TOO_WIDE = (
    "formatC(1:3, width = 1e10)",
    "formatC(c(1.5, 2), width = 1e9)",
    'formatC("a", width = -1e9)',
    "format(2, width = 1e10)",
    'format("a", width = 1e9)',
    "format(1:100000, width = 1000000)",
    'sprintf("%8000d", 1:1000000)',
)


@pytest.mark.parametrize(("text", "code"), _IMPOSSIBLE)
def test_what_cannot_be_made_is_refused(text, code):
    assert _code(text) == code


@pytest.mark.parametrize("text", _GIVES_CODE)
def test_code_that_gives_itself_is_no_model(text):
    assert _code(text) == "G105"


@pytest.mark.parametrize("text", _ENDLESS)
def test_what_does_not_end_is_stopped(text, monkeypatch):
    # Without a limit these would run for ever; a lower one makes the test quick.
    monkeypatch.setattr("gradc.frontend.context.STEPS_LIMIT", 500_000)
    monkeypatch.setattr("gradc.frontend.texts.CODE_LIMIT", 100_000)
    assert _code(text) == "G105"


@pytest.mark.parametrize("text", _TOO_WIDE)
def test_fields_are_not_wider_than_a_text_may_be(text):
    assert _code(text) == "G105"


@pytest.mark.parametrize(
    "text", ['sprintf("%*d", 1e10, 1L)', 'sprintf("%1000000000d", 1L)', 'sprintf("%.*f", 1e9, 1)']
)
def test_fields_are_not_wider_than_r_has_them(text):
    assert _code(text) == "G103"


def _value(text):
    """The number that a script without inputs ends with."""
    function = build(Source("<script>", text)).function
    return Constants(function.graph).value(function.value)


_LONG = 's <- "a"; for (i in 1:60) s <- paste0(s, s); '


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ('s == "a"', 2.0),
        ('s != "a"', 1.0),
        ('s == paste0(s, "a")', 2.0),
        ('paste0("a", "b") == "ab"', 1.0),
        ('paste0("a", "b") == "ac"', 2.0),
    ],
)
def test_texts_of_different_lengths_are_different_however_long(test, value):
    assert _value(f"{_LONG}if ({test}) 1 else 2") == value


def test_a_name_that_was_called_before_may_be_taken_over():
    # The function has called R's own sqrt before the script makes another one, and later a third.
    text = "f <- function(a) sqrt(a); u <- f(16); sqrt <- function(x) 100*x; v <- f(2); "
    assert _value(text + "u + v") == 204.0
    assert _value(text + "sqrt <- function(x) 1000*x; u + v + f(3)") == 3204.0


def test_the_same_list_has_the_same_number_and_an_equal_one_another():
    machine = Machine(Graph(), Symbols(None, None), False)
    first, second = Items((True,)), Items((True,))
    numbers = [machine.identity(items) for items in (first, second, first, second)]
    assert numbers == [0, 1, 0, 1]
    # Lists that nothing else keeps: none may get the number of one before it.
    assert [machine.identity(Items((False,))) for _ in range(50)] == list(range(2, 52))


def test_a_vector_that_grows_by_several_names_costs_what_is_new() -> None:
    """Two thousand layers are far from the limit of steps; copying the names would not be."""
    script = """all <- character(0)
for (i in 1:2000) all <- c(all, paste0("b", i), paste0("w", i, "_", 1:30))
eval(parse(text = paste0(all[length(all)], " + ", all[1])))"""
    function = build(Source("<test>", script), syntax="r").function
    assert {item.name for item in function.inputs} == {"b1", "w2000_30"}
