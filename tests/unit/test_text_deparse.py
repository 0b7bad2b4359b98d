"""Code back to text, and R's derivative as text; the expected lines are what R 4.2.2 prints."""

from __future__ import annotations

import pytest

from gradc.errors import Source
from gradc.syntax.r import parse_r
from gradc.syntax.tree import Kind, Tree
from gradc.text.deparse import TooLong, as_character_call, deparse, deparse_function
from gradc.text.r_derivative import NoDerivative, derive

DEEP = 100_000


def read(text: str) -> tuple[Tree, int]:
    tree = parse_r(Source("code.R", text))
    return tree, tree.roots[0]


def substituted(operator: str, left: str, right: str) -> tuple[Tree, int]:
    """An operator on two expressions of other trees, as R's ``substitute`` makes it."""
    tree = Tree(Source("outer.R", operator))
    name = tree.add_name(operator, 0, 0)
    holes = [tree.add_hole(*read(text), 0, 0) for text in (left, right)]
    return tree, tree.add_call(name, holes, 0, 0)


def derivative(text: str, *names: str) -> str:
    place = read(text)
    for name in names:
        place = derive(*place, name)
    return "\n".join(deparse(*place, 500))


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("*", "a", "x + y", "a * (x + y)"),
        ("*", "a + b", "x", "(a + b) * x"),
        ("-", "a", "x - y", "a - (x - y)"),
        ("-", "a - b", "x", "a - b - x"),
        ("^", "-a", "-b", "(-a)^-b"),
        ("^", "a^b", "c^d", "(a^b)^c^d"),
        ("*", "if (a) b", "if (c) d", "(if (a) b) * if (c) d"),
        ("<", "a < b", "c", "(a < b) < c"),
        ("+", "a <- b", "f", "(a <- b) + f"),
        ("%in%", "a * b", "a %o% b", "(a * b) %in% (a %o% b)"),
        ("$", "a + b", "n", "(a + b)$n"),
        ("$", "a", '"n"', "a$n"),
        ("f", "(a)", "function(x) x", "f((a), function(x) x)"),
    ],
)
def test_an_operand_of_another_tree_gets_the_parentheses_it_needs(
    operator: str, left: str, right: str, expected: str
) -> None:
    assert deparse(*substituted(operator, left, right)) == [expected]


def test_what_a_call_calls_is_seen_through_a_hole() -> None:
    tree = Tree(Source("outer.R", ""))
    hole = tree.add_hole(*read("`-`"), 0, 0)
    call = tree.add_call(hole, [tree.add_number(1.0, 0, 0), tree.add_name("a", 0, 0)], 0, 0)
    assert deparse(tree, call) == ["1 - a"]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("`a b`", ["a b"]),
        ("`a b`+1L", ["`a b` + 1L"]),
        ("a->b", ["b <- a"]),
        ("a**-2", ["a^-2"]),
        ("x[1,]", ["x[1, ]"]),
        ("if (a) b else {c}", ["if (a) b else {", "    c", "}"]),
        ("{if (a) b else c}", ["{", "    if (a) ", "        b", "    else c", "}"]),
        ("{list(if (a) b)}", ["{", "    list(if (a) b)", "}"]),
        ("function(x,y=1e5) 'it\\'s \"'", ['function(x, y = 1e+05) "it\'s \\""']),
        ("c(NA_real_, 0.1, 1/3, 123456789012)", ["c(NA_real_, 0.1, 1/3, 123456789012)"]),
        ("{{{{{a}}}}}", [
            "{", "    {", "        {", "            {", "                {",
            "                  a", "                }", "            }", "        }", "    }", "}",
        ]),
    ],
)  # fmt: skip
def test_lines(text: str, lines: list[str]) -> None:
    assert deparse(*read(text)) == lines


def test_a_line_breaks_once_it_is_wider_than_the_cutoff() -> None:
    place = read("alpha + beta + gamma + f(delta, epsilon, zeta, eta)")
    assert deparse(*place, 20) == [
        "alpha + beta + gamma + ",
        "    f(delta, epsilon, ",
        "        zeta, eta)",
    ]
    whole = ["alpha + beta + gamma + f(delta, epsilon, zeta, eta)"]
    assert deparse(*place) == whole
    assert deparse(*place, 500) == whole


def test_a_cutoff_that_r_does_not_take_counts_as_sixty() -> None:
    place = read(" + ".join(["abcdefgh"] * 20))
    assert deparse(*place, 19) == deparse(*place, 501) == deparse(*place)
    assert deparse(*place, 20) != deparse(*place)


def test_bytes_count_and_not_characters() -> None:
    narrow, wide = (read(f"f('{c * 11}', b, c)") for c in "eé")
    assert len(deparse(*narrow, 20)) == 1
    assert deparse(*wide, 20) == ['f("ééééééééééé", ', "    b, c)"]


def test_a_closure_has_its_parameters_on_a_line_of_their_own() -> None:
    assert deparse_function(*read("function(x, y = 2) x + y")) == ["function (x, y = 2) ", "x + y"]
    assert deparse_function(*read("function() {1L}")) == ["function () ", "{", "    1L", "}"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("f(x, y+1)", ["f", "x", "y + 1"]),
        ("`my f`(`a b`, 'a b', 2L, NA_integer_, )", ["my f", "`a b`", "a b", "2", "NA", ""]),
        ("x %in% {a; b}", ["%in%", "x", "{\n    a\n    b\n}"]),
        ("g(1)(2)", ["g(1)", "2"]),
        ("function(x, y = 2) x", ["function", "as.pairlist(alist(x = , y = 2))", "x", "NULL"]),
    ],
)
def test_parts_of_a_call_as_text(text: str, parts: list[str]) -> None:
    assert as_character_call(*read(text)) == parts


def test_a_missing_text_is_no_text() -> None:
    with pytest.raises(ValueError, match="NA_character_"):
        as_character_call(*read("f(NA_character_)"))


def test_a_leaf_is_no_call() -> None:
    with pytest.raises(TypeError):
        as_character_call(*read("x"))


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEP + "x" + ")" * DEEP,
        "x" + " + x" * DEEP,
        "x" + "^x" * DEEP,
        "-" * DEEP + "x",
        "f(" * DEEP + "x" + ")" * DEEP,
        "x" + "[1]" * DEEP,
    ],
    ids=lambda text: text[:4],
)
def test_depth_costs_no_stack(text: str) -> None:
    lines = deparse(*read(text))
    # A break of a line leaves the blank before it, and indents the next line.
    assert "".join(line.strip() for line in lines).replace(" ", "") == text.replace(" ", "")


def doubled(times: int) -> tuple[Tree, int]:
    """A sum whose two terms are one node, again and again: 2^times names."""
    tree = Tree(Source("sum.R", ""))
    node = tree.add_name("x", 0, 0)
    for _ in range(times):
        node = tree.add_call(tree.add_name("+", 0, 0), [node, node], 0, 0)
    return tree, node


def test_shared_parts_may_have_no_text_that_fits() -> None:
    assert deparse(*doubled(2)) == ["x + x + (x + x)"]
    with pytest.raises(TooLong):
        deparse(*doubled(60), longest=1000)
    with pytest.raises(TooLong):
        as_character_call(*doubled(60), longest=1000)


def test_the_limit_is_the_number_of_characters() -> None:
    place = read("abc + def")
    assert deparse(*place, longest=9) == ["abc + def"]
    with pytest.raises(TooLong):
        deparse(*place, longest=8)


# ---------------------------------------------------------------- R's derivative


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("x^2", "x", "2 * x"),
        ("sqrt(x)", "x", "0.5 * x^-0.5"),
        ("x^n", "x", "x^(n - 1) * n"),
        ("- - -x * y", "x", "-y"),
        ("a / x", "x", "-(a/x^2)"),
        ("psigamma(x, 1L)", "x", "psigamma(x, 2L)"),
        ("dnorm(2 * x)", "x", "-(2 * x * (dnorm(2 * x) * 2))"),
        ("exp(x * y)", "xy", "exp(x * y) * x * y + exp(x * y)"),
        ("x/0", "x", "NA_real_"),
        ("3", "x", "0"),
    ],
)
def test_a_derivative_has_the_text_that_r_gives_it(text: str, names: str, expected: str) -> None:
    assert derivative(text, *names) == expected


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("1 + abs(x)", "abs(x)", "'abs'"),
        ("dnorm(x, 1)", "dnorm(x, 1)", "'dnorm' with one argument only"),
        ("pnorm(x, lower.tail = FALSE)", "pnorm(x, lower.tail = FALSE)", "'pnorm'"),
        ("2 * log(x, 2)", "log(x, 2)", "'log' with one argument only"),
        ("psigamma(x, x)", "x", "'psigamma' by its first argument only"),
        ("psigamma(x, 1.5)", "1.5", "whole number"),
        ("psigamma(deriv = 2, x)", "psigamma(deriv = 2, x)", "'deriv ='"),
        ("gamma(lower = x)", "gamma(lower = x)", "'lower ='"),
        ("`*`(x)", "`*`(x)", "'\\*' with two arguments only"),
        ("`+`(x, y, z)", "`+`(x, y, z)", "one or two arguments"),
        ("exp()", "exp()", "'exp'"),
        ("x + `-`(x, )", "`-`(x, )", "empty"),
        ("x * 'a'", "'a'", "text"),
        ("x + NULL", "NULL", "NULL"),
        ("f(x)(y)", "f(x)(y)", "call of an expression"),
        ("function(x) x", "function(x) x", "function"),
        ("if (x > 0) x else y", "if (x > 0) x else y", "'if'"),
    ],
)
def test_where_r_has_none_the_place_is_named(text: str, place: str, message: str) -> None:
    with pytest.raises(NoDerivative, match=message) as raised:
        derive(*read(text), "x")
    assert raised.value.tree.span(raised.value.node).text == place


def test_new_nodes_stand_where_the_old_ones_stand() -> None:
    old, root = read("a + sin(x * b)")
    tree, node = derive(old, root, "x")
    assert tree.source is old.source
    assert deparse(tree, node) == ["cos(x * b) * b"]
    assert tree.span(node).text == "sin(x * b)"
    cosine = tree.args(node)[0]
    assert tree.head(cosine) == "cos"
    argument = tree.args(cosine)[0]
    assert tree.kinds[argument] == Kind.HOLE
    assert tree.resolve(argument) == (old, old.args(old.args(root)[1])[0])


def test_shared_parts_are_derived_once() -> None:
    tree, node = derive(*doubled(200), "x")
    assert len(tree) < 2000
    assert tree.head(node) == "+"


def test_depth_and_minus_signs_cost_no_stack() -> None:
    assert deparse(*derive(*read("(" * DEEP + "x" + ")" * DEEP), "x")) == ["1"]
    assert derivative("-" * DEEP + "x * y", "x") == "y"
    assert derivative("-" * DEEP + "-x * y", "x") == "-y"
    tree, node = derive(*read("x" + " * y" * 10_000), "x")
    assert "".join(deparse(tree, node, 500)).replace("    ", "") == " * ".join(["y"] * 10_000)
