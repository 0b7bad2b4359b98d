"""Python text to the same sort of tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.errors import GradcError, Source
from gradc.syntax.python import parse_python
from gradc.syntax.tree import Kind, Tree


def read(text: str) -> Tree:
    return parse_python(Source("model.py", text))


TREES = {
    "a and b and not c": "(&& (&& a b) (! c))",
    "a or b": "(|| a b)",
    "1 < x <= 2": "(cmp 1.0 < x <= 2.0)",
    "a not in b": "(cmp a not-in b)",
    "x is None": "(cmp x is None)",
    "f(x, k=2)": "(call f x k=2.0)",
    "a.b.c": "a.b.c",
    "a.b.c(x)": "(call a.b.c x)",
    "f(x).T": "($ (call f x) T)",
    "x[i, j]": "(index x i j)",
    "x[1:, ::2]": "(index x (: 1.0 <missing> <missing>) (: <missing> <missing> 2.0))",
    "a if c else b": "(if c a b)",
    "[1, 2.5]": "(`[]` 1.0 2.5)",
    "a, b": "(`()` a b)",
    "lambda x, k=2: x**k": "(function [x k=2.0] (** x k))",
    "'a' 'b'": '"ab"',
    "x @ y": "(@ x y)",
    "a << 2 | b & c": "(| (<< a 2.0) (& b c))",
    "x = 1": "(<- x 1.0)",
    "x = y = 1": "(<- x y 1.0)",
    "x: float = 1": "(<- x 1.0)",
    "x += 2": "(<- x (+ x 2.0))",
    "x[0] -= y": "(<- (index x 0.0) (- (index x 0.0) y))",
    "a, b = par": "(<- (`()` a b) par)",
    "def f(x, k=2):\n    '''doc'''\n    y = x\n    return y": (
        "(<- f (function [x k=2.0] (block (<- y x) (return y))))"
    ),
    "def f(x): return": "(<- f (function [x] (block (return))))",
    "if a: x\nelif b: y\nelse: z": "(if a (block x) (block (if b (block y) (block z))))",
    "for i in range(3):\n    continue": "(for i (call range 3.0) (block (next)))",
    "while x:\n    break": "(while x (block (break)))",
    "if a: pass": "(if a (block (block)))",
    "if a:\n    import b": "(if a (block))",
}


@pytest.mark.parametrize("text", TREES)
def test_trees(text):
    tree = read(text)
    (root,) = tree.roots
    assert tree.sexpr(root) == TREES[text]
    for node in range(len(tree)):
        assert all(child < node for child in tree.children(node))
        assert 0 <= tree.starts[node] <= tree.ends[node] <= len(text)


def test_heads_are_those_of_r():
    tree = read("a < b")
    assert tree.head(tree.roots[0]) == "<"
    assert tree.language == "python"
    tree = read("cmp(a, b)")
    assert tree.sexpr(tree.roots[0]) == "(call cmp a b)"


def test_imports_and_docstrings_are_nothing():
    tree = read('"""doc"""\nimport numpy as np\nfrom math import exp\nx\n"kept"')
    assert [tree.sexpr(root) for root in tree.roots] == ["x", '"kept"']
    assert read("").roots == []
    assert read("'''only'''").sexpr(0) == '"only"'


def test_numbers():
    tree = read("[1, 1.0, 1_000, 0x10, True, 1e400]")
    values = [n for n in range(len(tree)) if tree.kind(n) == Kind.NUM]
    assert [tree.value(n) for n in values] == [1, 1, 1000, 16, float("inf")]
    assert [tree.is_int(n) for n in values] == [True, False, True, True, False]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spans_count_code_points(newline):
    text = f"é = '😀' + x{newline}y = é*été"
    tree = read(text)
    spans = {
        tree.span(n).text: tree.starts[n] for n in range(len(tree)) if tree.kind(n) == Kind.NAME
    }
    assert spans == {
        "é": text.rindex("é*"),
        "=": text.rindex("="),
        "+": text.index("+"),
        "x": text.index("x"),
        "y": text.index("y"),
        "*": text.index("*"),
        "été": text.index("été"),
    }


@pytest.mark.parametrize(
    ("text", "code", "words", "marked"),
    [
        ("*k = x", "G104", "'*'", "*k"),
        ("1 + 2j", "G104", "a complex number", "2j"),
        ("b'x'", "G104", "a string of bytes", "b'x'"),
        ("class A: pass", "G104", "a class", "class A: pass"),
        ("for i, x[0] in y: pass", "G104", "a loop over anything but names", "x[0]"),
        ("for i in x: y\nelse: z", "G104", "an 'else' of a loop", "z"),
        ("@g\ndef f(): pass", "G104", "a decorator", "g"),
        ("x[0]: int", "G104", "a declaration without a value", "x[0]: int"),
        ("'\\ud800'", "G104", "half of a surrogate pair", "'\\ud800'"),
        ("9" * 400, "G104", "an integer larger than any double", "9" * 400),
        ("a b", "G100", "invalid syntax", "b"),
        ("é = (", "G100", "'(' was never closed", "("),
        ("\0", "G100", "source code string cannot contain null bytes", "\0"),
        ("\ud800", "G100", "the text contains a character that Python does not accept", "\ud800"),
    ],
)  # fmt: skip
def test_diagnostics(text, code, words, marked):
    with pytest.raises(GradcError) as caught:
        read(text)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert (found.code, found.span.text) == (code, marked)
    if code == "G104":
        assert found.message == f"{words} cannot be part of a model"
    else:
        assert found.message.removeprefix("Python cannot read this: ") == words


SCRAPS = st.sampled_from(
    [
        *"abx12.\n ,()[]{}+-*/%<>=!&|~:@\\_#'\"é",
        *["if ", "else", "for ", " in ", "while ", "def f(", "return ", "lambda ", "**", "not "],
        *["import ", "\n    ", "None", "True", "f'", "1j", "yield ", "async ", "class A:"],
    ]
)


@given(st.one_of(st.text(), st.lists(SCRAPS, max_size=20).map("".join)))
def test_any_text_is_read_or_diagnosed(text):
    try:
        tree = read(text)
    except GradcError as error:
        spans = [d.span for d in error.diagnostics if d.span]
        assert spans
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
    else:
        assert all(isinstance(tree.sexpr(root), str) for root in tree.roots)
