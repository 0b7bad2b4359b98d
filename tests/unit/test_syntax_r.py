"""R text to trees: the shared cases, the arrays' invariants, literals and spans."""

from __future__ import annotations

import contextlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.errors import GradcError, Source, render
from gradc.syntax.python import parse_python
from gradc.syntax.r import parse_r
from gradc.syntax.tree import NO_DEFAULT, Kind, Tree

CORPUS = Path(__file__).parents[1] / "corpora" / "9_parser.jsonl"
ROWS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def read(text: str) -> Tree:
    return parse_r(Source("text", text))


def sexprs(text: str) -> list[str]:
    tree = read(text)
    return [tree.sexpr(root) for root in tree.roots]


def generated(gen: dict[str, object]) -> str:
    n = int(gen["n"])
    if gen["kind"] == "wrap":
        return f"{gen['pre'] * n}{gen['core']}{gen['post'] * n}"
    if gen["kind"] == "join":
        return str(gen["sep"]).join([str(gen["item"])] * n)
    assert gen["kind"] == "join_indexed"
    start = int(gen["from"])
    items = (str(gen["item"]).replace("{i}", str(i)) for i in range(start, start + n))
    return str(gen["sep"]).join(items)


def text_of(row: dict[str, object]) -> str:
    expr = row["expr"]
    return expr if isinstance(expr, str) else "\n".join(expr)


def named(rows: list[dict[str, object]]) -> list[object]:
    return [pytest.param(row, id=row["id"]) for row in rows]


@pytest.mark.parametrize(
    "row", named([r for r in ROWS if r["syntax"] == "r" and "parse" in r["expected"]])
)
def test_corpus_tree(row):
    assert sexprs(text_of(row)) == row["expected"]["parse"]
    check_invariants(read(text_of(row)))


@pytest.mark.parametrize(
    "row", named([r for r in ROWS if r["expected"].get("error") == "parse" and r["expr"]])
)
def test_corpus_rejected(row):
    with pytest.raises(GradcError) as caught:
        read(text_of(row))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "G100"
    assert diagnostic.span is not None


@pytest.mark.parametrize("row", named([r for r in ROWS if r["expr"] is None]))
def test_corpus_stress(row):
    text = generated(row["extra"]["gen"])
    assert len(text) == row["extra"].get("nchar", len(text))
    check_invariants(read(text))


@pytest.mark.parametrize("row", named([r for r in ROWS if r["syntax"] == "python"]))
def test_corpus_python(row):
    tree = parse_python(Source("text", row["expr"]))
    (root,) = tree.roots
    assert tree.sexpr(root) == row["expected"]["parse"]


def test_every_row_is_tested():
    kinds = ("parse", "error", "value")
    assert len(ROWS) == 240
    assert all(any(kind in row["expected"] for kind in kinds) for row in ROWS)
    with_text = [r for r in ROWS if r["syntax"] == "r" and r["expr"] is not None]
    assert all("parse" in r["expected"] or r["expected"]["error"] == "parse" for r in with_text)


def check_invariants(tree: Tree) -> None:
    """Children are older, nodes are reached once, TOKENs never, and spans lie in the text."""
    parents = [0] * len(tree)
    for root in tree.roots:
        parents[root] += 1
    for node in range(len(tree)):
        if parents[node] == 0 and tree.kinds[node] == Kind.TOKEN:
            continue
        assert 0 <= tree.starts[node] <= tree.ends[node] <= len(tree.source.text)
        for child in tree.children(node):
            assert child < node
            parents[child] += 1
    for node, count in enumerate(parents):
        assert count == (0 if tree.kinds[node] == Kind.TOKEN else 1), (node, tree.span(node))


NUMBERS = {
    "1.": 1.0,
    ".5": 0.5,
    "1e-3": 1e-3,
    "1E+2": 100.0,
    "0x1F": 31.0,
    "0X1f": 31.0,
    "0x1.8p1": 3.0,
    "0x.8p1": 1.0,
    "0x1p-2": 0.25,
    "0x1.p1": 2.0,
    "9007199254740993": 9007199254740992.0,
    "0.1234567890123456789": 0.12345678901234568,
    "1e400": math.inf,
    "0x1p5000": math.inf,
    "1e-400": 0.0,
    "1.5L": 1.5,
    "3000000000L": 3e9,
    "3" * 5000 + "e-4999": 3.3333333333333335,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers(text):
    tree = read(text)
    (root,) = tree.roots
    assert tree.kind(root) == Kind.NUM
    assert tree.value(root) == NUMBERS[text]
    assert not tree.is_int(root)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1L", 1), ("1e5L", 100000), ("0xAL", 10), ("1.0L", 1), ("2147483647L", 2147483647)],
)
def test_integers(text, value):
    tree = read(text)
    assert tree.is_int(tree.roots[0])
    assert tree.value(tree.roots[0]) == value


STRINGS = {
    r"'a\n\t\\\'\"\`\ '": "a\n\t\\'\"` ",
    r"'\a\b\f\r\v\0101'".replace("0101", "101"): "\a\b\f\r\vA",
    r'"\x41\u00e9"'.replace(r"\x41", "A"): "Aé",
    r'"\u{e9}\U1F600\U{1F600}"': "é😀😀",
    r'"\ud83d\ude00"': "😀",
    r'"\xc3\xa9\x41"': "éA",
    '"two\nlines"': "two\nlines",
    '"\\\n"': "\n",
    r'r"(a\n)"': r"a\n",
    r"R'---[x]y]---'": "x]y",
    'r"{}"': "",
    'r"-(")")-"': '")"',
    "'#'": "#",
    "'\U0010fe80\\x41'": "\U0010fe80A",
}


@pytest.mark.parametrize("text", STRINGS)
def test_strings(text):
    tree = read(text)
    (root,) = tree.roots
    assert tree.kind(root) == Kind.STR
    assert tree.string(root) == STRINGS[text]
    assert tree.span(root).text == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x.1", "x.1"),
        (".x", ".x"),
        ("...", "..."),
        ("..1", "..1"),
        ("été_1", "été_1"),
        ("α", "α"),
        ("`a b`", "a b"),
        (r"`a\tb`", "a\tb"),
        ("`if`", "if"),
        ("T", "T"),
        ("pi", "pi"),
        ("iff", "iff"),
        ("TRUE.", "TRUE."),
    ],
)
def test_names(text, name):
    tree = read(text)
    (root,) = tree.roots
    assert tree.kind(root) == Kind.NAME
    assert tree.name(root) == name


@pytest.mark.parametrize(
    "word", ["TRUE", "FALSE", "NULL", "NA", "Inf", "NaN", "NA_real_", "NA_integer_"]
)
def test_constants(word):
    tree = read(word)
    assert tree.kind(tree.roots[0]) == Kind.CONST
    assert tree.name(tree.roots[0]) == word


TREES = {
    "a * !b + c": "(* a (! (+ b c)))",
    "a * !b + c | d": "(| (* a (! (+ b c))) d)",
    "a^-b^c": "(^ a (- (^ b c)))",
    "a^-b:c": "(: (^ a (- b)) c)",
    "a + if (p) b else c + d": "(+ a (if p b (+ c d)))",
    "a < !b < c": "(< a (! (< b c)))",
    "a + ~b | c": "(+ a (~ (| b c)))",
    "~a ~ b": "(~ (~ a) b)",
    "function(x) x = 3": "(function [x] (= x 3.0))",
    "\\(x, y = 2) x + y": "(function [x y=2.0] (+ x y))",
    "?a = b ? c": "(? (? (= a b)) c)",
    "a <- b = c": "(= (<- a b) c)",
    "a -> b <- c": "(<- (<- b a) c)",
    "a ->> b": "(<<- b a)",
    "a := b": "(:= a b)",
    "x$y$'z'(1)": '(($ ($ x y) "z") 1.0)',
    "x@y[1]": "(index (@ x y) 1.0)",
    "x[[i]][j]": "(index (index2 x i) j)",
    "x[[y[1]]]": "(index2 x (index y 1.0))",
    "x[]": "(index x <missing>)",
    "x[, 1]": "(index x <missing> 1.0)",
    "f()": "(f)",
    "f(,)": "(f <missing> <missing>)",
    "f(a=, 'b c'=1, NULL=2)": "(f a=<missing> `b c`=1.0 NULL=2.0)",
    "f(g = h)(2)": "((f g=h) 2.0)",
    "a:::b": "(::: a b)",
    "if (a) if (b) c else d": "(if a (if b c d))",
    "while (a) repeat break": "(while a (repeat (break)))",
    "for (i in x) next": "(for i x (next))",
    "x |> f(y, z = 1) |> g()": "(g (f x y z=1.0))",
    "x |> f(1, data = _)": "(f 1.0 data=x)",
    "x |> a$f()": "(($ a f) x)",
    "-x |> f()": "(f (- x))",
    "a%%b%o%c": "(%o% (%% a b) c)",
    "a %in%\n b": "(%in% a b)",
    "(a\n+b)": "(paren (+ a b))",
    "f(a,\n\n b)": "(f a b)",
    "{a\n\n;b;}": "(block a b)",
    "{if (a) b # c\n\n else c}": "(block (if a b c))",
    "({a\n+b})": "(paren (block a (+ b)))",
    "if (a)\n\nb else\nc": "(if a b c)",
    "function(x)\n x": "(function [x] x)",
    "x +\r\n y": "(+ x y)",
    "\u2003a\u3000+ b": "(+ a b)",
}


@pytest.mark.parametrize("text", TREES)
def test_trees(text):
    assert sexprs(text) == [TREES[text]]
    check_invariants(read(text))


@pytest.mark.parametrize(
    ("text", "trees"),
    [
        ("a\n(b)", ["a", "(paren b)"]),
        ("a;b;\n\n# c\nd", ["a", "b", "d"]),
        ("\n\n", []),
        ("  # only this", []),
    ],
)
def test_lines(text, trees):
    assert sexprs(text) == trees


def test_accessors():
    tree = read("f(x, k = 2L) + function(a, b = 1) a")
    (root,) = tree.roots
    assert (tree.kind(root), tree.head(root)) == (Kind.CALL, "+")
    assert tree.span(tree.fn(root)).text == "+"
    call, function = tree.args(root)
    assert tree.name(tree.fn(call)) == "f"
    assert tree.argnames(call) == (None, "k")
    assert [tree.span(argument).text for argument in tree.args(call)] == ["x", "2L"]
    assert tree.argnames(root) is None
    assert tree.params(function) == ("a", "b")
    first, second = tree.defaults(function)
    assert first == NO_DEFAULT
    assert tree.value(second) == 1
    assert tree.name(tree.body(function)) == "a"
    assert tree.span(function).text == "function(a, b = 1) a"
    with pytest.raises(TypeError, match="is CALL, not NUM"):
        tree.value(root)


def test_a_called_string_is_a_name():
    tree = read('"exp"(x)')
    assert tree.head(tree.roots[0]) == "exp"


# Expressions with full parentheses, each beside the tree that it must give.
LEAVES = st.sampled_from(["a", "b.c", "1.5", "2L", "TRUE", '"s"', "`x y`"]).map(
    lambda text: (text, {"2L": "2.0L"}.get(text, text))
)
OPERATORS = ["+", "-", "*", "/", "^", "<", "==", "&", "||", "~", "%in%", ":", "<-", "=", "?"]


def wrapped(part: tuple[str, str]) -> tuple[str, str]:
    return f"({part[0]})", f"(paren {part[1]})"


def compounds(inner):
    parens = inner.map(wrapped)
    return st.one_of(
        st.tuples(parens, st.sampled_from(OPERATORS), parens).map(
            lambda t: (f"{t[0][0]} {t[1]} {t[2][0]}", f"({t[1]} {t[0][1]} {t[2][1]})")
        ),
        st.tuples(st.sampled_from("-+!~"), parens).map(
            lambda t: (f"{t[0]}{t[1][0]}", f"({t[0]} {t[1][1]})")
        ),
        st.lists(parens, max_size=3).map(
            lambda ts: (
                f"f({', '.join(t[0] for t in ts)})",
                f"({' '.join(['f', *(t[1] for t in ts)])})",
            )
        ),
        st.tuples(parens, parens).map(
            lambda t: (f"{t[0][0]}[{t[1][0]}]", f"(index {t[0][1]} {t[1][1]})")
        ),
        st.tuples(inner, inner, inner).map(
            lambda t: (
                (
                    f"if ({t[0][0]}) {{{t[1][0]}}} else {{\n{t[2][0]}\n}}",
                    f"(if {t[0][1]} (block {t[1][1]}) (block {t[2][1]}))",
                )
                if not any("=" in part[0] for part in t[:1])
                else wrapped(t[1])
            )
        ),
        st.tuples(inner, inner).map(
            lambda t: (
                f"function(x, y = ({t[0][0]})) {{ {t[1][0]} }}",
                f"(function [x y=(paren {t[0][1]})] (block {t[1][1]}))",
            )
        ),
    )


@given(st.recursive(LEAVES, compounds, max_leaves=12))
def test_full_parentheses_fix_the_tree(case):
    text, tree = case
    assert sexprs(text) == [tree]
    check_invariants(read(text))


SCRAPS = st.sampled_from(
    [
        *"abx1 2.\n\t;,()[]{}+-*/^<>=!&|~?:$@%\\_#'\"`é²“",
        *["if", "else", "for", "in", "while", "function", "repeat", "<-", "|>", "[[", "r'(", "0x"],
    ]
)


@given(st.one_of(st.text(), st.lists(SCRAPS, max_size=25).map("".join)))
def test_any_text_is_read_or_diagnosed(text):
    try:
        tree = read(text)
    except GradcError as error:
        (diagnostic,) = error.diagnostics
        assert diagnostic.code in ("G100", "G104")
        span = diagnostic.span
        assert span is not None
        assert 0 <= span.start <= span.end <= len(text)
        assert render(diagnostic).startswith("error[G10")
    else:
        check_invariants(tree)
        assert all(isinstance(tree.sexpr(root), str) for root in tree.roots)


@given(st.binary())
def test_any_octets_are_read_or_diagnosed(octets):
    with contextlib.suppress(GradcError):
        check_invariants(read(octets.decode("latin-1")))
