"""What is said about the common mistakes: words, place and suggestion, exactly."""

from __future__ import annotations

import pytest

from gradc.errors import GradcError, Source, render
from gradc.syntax.r import parse_r

# text: (message, the piece of the text that is marked, its offset, suggestion)
MESSAGES = {
    "x < y == FALSE": (
        "'x < y == FALSE': comparisons do not chain in R",
        "x < y == FALSE",
        0,
        "write x < y & y == FALSE",
    ),
    "x**": ("'**' has nothing on its right", "**", 1, None),
    "3x": ("an operator is missing between '3' and 'x'", "3x", 0, "for a product write 3*x"),
    "2 x": ("an operator is missing between '2' and 'x'", "2 x", 0, "for a product write 2*x"),
    "x)": ("this ) closes nothing", ")", 1, None),
    "exp(x": ("this ( is never closed", "(", 3, None),
    "a b": ("an operator is missing between 'a' and 'b'", "a b", 0, None),
    "if (x)": ("the text ends before the body of 'if'", ")", 5, None),
    "1..2": ("'1..2' is no number", "1..2", 0, None),
    "_x": ("a name cannot begin with '_'", "_x", 0, "put it in backticks"),
    "x = = 2": ("'=' cannot follow '='", "= =", 2, "for equality write == without a blank"),
    "if x > 0 x else 0": ("'if' needs its condition in parentheses", "if", 0, "if (condition)"),
    "x %foo y": (
        "this % begins an operator such as %in% and is never closed",
        "%",
        2,
        "for a remainder write %%",
    ),
    "a < b < c": (
        "'a < b < c': comparisons do not chain in R",
        "a < b < c",
        0,
        "write a < b & b < c",
    ),
    "x[1": ("this [ is never closed", "[", 1, None),
    "*x": ("'*' has nothing on its left", "*", 0, None),
    "x^": ("'^' has nothing on its right", "^", 1, None),
    "x+": ("'+' has nothing on its right", "+", 1, None),
    "x <- <- y": ("a value is missing between '<-' and '<-'", "<- <-", 2, None),
    "x|>y": (
        "the right side of |> must be a call",
        "y",
        3,
        "write a pair of parentheses after the function's name",
    ),
    "function": ("'function' needs its parameters in parentheses", "function", 0, None),
    "function(x": ("this ( is never closed", "(", 8, None),
    "if (x) y else": ("'else' has nothing on its right", "else", 9, None),
    "while (TRUE)": ("the text ends before the body of 'while'", ")", 11, None),
    "x = ": ("'=' has nothing on its right", "=", 2, None),
    "a and b": ("'and' is no word of R", "and", 2, "write &"),
    "not a": ("'not' is no word of R", "not", 0, "write !"),
    "x += 1": ("R has no operator +=", "+=", 2, "write x <- x + …"),
    "a // b": ("R has no operator //", "//", 2, "integer division is %/%"),
    "a ! = b": ("'=' cannot follow '!'", "! =", 2, "write != without a blank"),
    "a = = b": ("'=' cannot follow '='", "= =", 2, "for equality write == without a blank"),
    "if (a = b) c": ("'=' is no comparison", "=", 6, "for equality write =="),
    "f(x^2 = 3)": (
        "in a call '=' can only follow the name of an argument",
        "=",
        6,
        "for equality write ==",
    ),
    "f(a = b = c)": (
        "in a call '=' can only follow the name of an argument",
        "=",
        8,
        "for equality write ==",
    ),
    "(a, b)": ("a pair of parentheses holds one expression", ",", 2, "for a vector write c(…)"),
    "a, b": ("a ',' can only stand between the arguments of a call", ",", 1, None),
    "f(a b)": ("an operator is missing between 'a' and 'b'", "a b", 2, None),
    '"abc': ("this string is never closed", '"', 0, None),
    'r"(abc': ("this raw string is never closed", 'r"(', 0, 'it ends with )"'),
    "`abc": ("this backtick is never closed", "`", 0, None),
    "\u201ca\u201d": ("“ is no quotation mark in R", "\u201c", 0, "write \" or '"),
    "a \u2212 b": ("the character '−' has no meaning in R", "\u2212", 2, "write -"),
    "x\xb2": ("'²' cannot be part of a name", "\xb2", 1, "for a power write ^2"),
    "a\xd7b": ("the character '×' has no meaning in R", "\xd7", 1, "write *"),
    "x\xa0+y": (
        "the character U+00A0 (no-break space) has no meaning in R",
        "\xa0",
        1,
        "write an ordinary blank",
    ),
    "1e": ("'1e' is no number", "1e", 0, None),
    "1_000": ("'1_' is no number", "1_", 0, None),
    "0x": ("'0x' is no number", "0x", 0, None),
    "if (a) b\nelse c": (
        "'else' cannot begin a line here: R has already ended the 'if'",
        "else",
        9,
        "put it behind the end of the line before, or put the whole in { }",
    ),
    "else": ("this 'else' belongs to no 'if'", "else", 0, None),
    "f(a;b)": ("';' cannot stand inside (", ";", 3, "write ','"),
    "a;;b": ("nothing stands before this ';'", ";", 2, None),
    "x$1": ("a name must follow '$'", "1", 2, None),
    "x$": ("'$' has nothing on its right", "$", 1, None),
    "a::1": ("a name must follow '::'", "1", 3, None),
    "\\x": ("'\\' begins a function only before '('", "\\", 0, None),
    "function(1) 2": ("a parameter must be a name", "1", 9, None),
    "function(x,) 2": ("a parameter is missing after this comma", ",", 10, None),
    "for (1 in x) y": ("'for' is written 'for (name in values)'", "1", 5, None),
    "for x in y": ("'for' needs its head in parentheses", "for", 0, "for (i in 1:n)"),
    "for (i = 1) y": ("'for' is written 'for (name in values)'", "=", 7, None),
    "(if (a) b\n + c)": (
        "R ends an 'if' at the end of its line, and here a bracket is still open",
        "b",
        8,
        "put the 'if' in parentheses",
    ),
    "x in y": ("'in' belongs to 'for (name in values)'", "in", 2, "for membership write %in%"),
    "()": ("nothing stands between ( and )", "()", 0, None),
    "f(a]": ("this ] does not match this (", "]", 3, None),
    "{a)": ("this ) does not match this {", ")", 2, None),
    "a + * b": ("a value is missing between '+' and '*'", "+ *", 2, None),
    "a <": ("'<' has nothing on its right", "<", 2, None),
    "f(,+)": ("'+' has nothing on its right", "+", 3, None),
    "a\n* b": ("'*' has nothing on its left", "*", 2, "put it at the end of the line before"),
    "x |> y": (
        "the right side of |> must be a call",
        "y",
        5,
        "write a pair of parentheses after the function's name",
    ),
    "x |> f(_)": ("the _ of a pipe must be a named argument", "_", 7, None),
    "_": ("_ stands only for a named argument of |>", "_", 0, None),
    '"\\d"': ("'\\d' is no escape that R knows", "\\d", 1, None),
    "1i": ("complex numbers are not supported", "1i", 0, None),
    '"\\xff"': ("these \\x escapes are no character of UTF-8", '"\\xff"', 0, None),
    "((a)": ("this ( is never closed", "(", 0, None),
    "[a]": ("'[' has nothing on its left", "[", 0, "for a vector write c(…)"),
    "a[": ("this [ is never closed", "[", 1, None),
    "x <- function(a, a) 1": ("the parameter 'a' is written twice", "a", 17, None),
    "lambda x: x": ("'lambda' is no word of R", "lambda", 0, "write function(x) …"),
    "a ? ": ("'?' has nothing on its right", "?", 2, None),
    "while x y": ("'while' needs its condition in parentheses", "while", 0, "while (condition)"),
    "a == b == c+1": (
        "'a == b == c': comparisons do not chain in R",
        "a == b == c",
        0,
        "write a == b & b == c",
    ),
    "f(a) < g(b) < 3 + 1": (
        "'f(a) < g(b) < 3': comparisons do not chain in R",
        "f(a) < g(b) < 3",
        0,
        "write f(a) < g(b) & g(b) < 3",
    ),
    "a &&& b": ("a value is missing between '&&' and '&'", "&&&", 2, None),
    "x <-": ("'<-' has nothing on its right", "<-", 2, None),
    "x\\y": ("an operator is missing between 'x' and '\\'", "x\\", 0, None),
    '"a" "b"': ("an operator is missing between '\"a\"' and '\"b\"'", '"a" "b"', 0, None),
    "3 4": ("an operator is missing between '3' and '4'", "3 4", 0, "for a product write 3*4"),
    "f(x) y": ("an operator is missing between 'f(x)' and 'y'", ") y", 3, None),
    "x = y = ": ("'=' has nothing on its right", "=", 6, None),
    "repeat": ("'repeat' has nothing on its right", "repeat", 0, None),
    "if (a) else b": ("something is missing between 'if (…)' and 'else'", "else", 7, None),
    "\x00": ("the character U+0000 has no meaning in R", "\x00", 0, None),
    "a\u200bb": (
        "the character U+200B (zero width space) has no meaning in R",
        "\u200b",
        1,
        "remove it",
    ),
    "return x": (
        "an operator is missing between 'return' and 'x'",
        "return x",
        0,
        "for a call write return(x)",
    ),
    'print "a"': (
        "an operator is missing between 'print' and '\"a\"'",
        'print "a"',
        0,
        'for a call write print("a")',
    ),
    "@": ("'@' has nothing on its left", "@", 0, None),
    "{": ("this { is never closed", "{", 0, None),
    "}": ("this } closes nothing", "}", 0, None),
    "0x1.8": ("'0x1.8' is no number", "0x1.8", 0, None),
    "3exp(x)": (
        "an operator is missing between '3' and 'exp'",
        "3exp",
        0,
        "for a product write 3*exp",
    ),
    "a[[1]": ("this [[ is never closed", "[[", 1, None),
    "if (a) b; else c": ("this 'else' belongs to no 'if'", "else", 10, None),
    "f(x)(y) z": ("an operator is missing between '(y)' and 'z'", ") z", 6, None),
    "x |> f(a = _, b = _)": ("a pipe can have one _ only", "_", 18, None),
    "x |> function(y) y": ("the right side of |> must be a call", "function(y) y", 5, None),
    "x$(y)": ("a name must follow '$'", "(", 2, None),
    "`a": ("this backtick is never closed", "`", 0, None),
    "x ^ * 2": ("a value is missing between '^' and '*'", "^ *", 2, None),
    "f(+)": ("'+' has nothing on its right", "+", 2, None),
    "\ufeffx": (
        "the character U+FEFF (zero width no-break space) has no meaning in R",
        "\ufeff",
        0,
        "remove it",
    ),
    '"\\x"': ("'\\x' needs hexadecimal digits after it", "\\x", 1, None),
    '"a\\u00e9\\x41"': (
        "R does not accept \\u and \\x escapes in one string",
        '"a\\u00e9\\x41"',
        0,
        None,
    ),
}


@pytest.mark.parametrize("text", MESSAGES)
def test_message(text):
    with pytest.raises(GradcError) as caught:
        parse_r(Source("model.R", text))
    (found,) = caught.value.diagnostics
    assert found.span is not None
    said = (found.message, found.span.text, found.span.start, found.suggestion)
    assert said == MESSAGES[text]
    assert found.code == ("G104" if "complex" in found.message else "G100")


def test_both_ends_of_a_mismatch_are_shown():
    with pytest.raises(GradcError) as caught:
        parse_r(Source("model.R", "f(a,\n  b]"))
    assert render(caught.value.diagnostics[0]) == (
        "error[G100]: this ] does not match this (\n"
        "  --> model.R:2:4\n"
        "  |\n"
        "2 |   b]\n"
        "  |    ^\n"
        "  --> model.R:1:2\n"
        "  |\n"
        "1 | f(a,\n"
        "  |  ^ opened here"
    )


def test_the_first_mistake_is_reported():
    with pytest.raises(GradcError) as caught:
        parse_r(Source("model.R", 'a b; "never closed'))
    assert caught.value.diagnostics[0].message.startswith("an operator is missing")


def test_long_texts_are_quoted_in_part():
    with pytest.raises(GradcError) as caught:
        parse_r(Source("model.R", f"{'x' * 1000} y"))
    assert caught.value.diagnostics[0].message == (
        f"an operator is missing between '{'x' * 29}…' and 'y'"
    )
