"""Python scripts that put formulas together: f-strings, comprehensions, imports."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.errors import GradcError, Source
from gradc.syntax.python import parse_python
from gradc.syntax.tree import Kind, Tree


def read(text: str) -> Tree:
    return parse_python(Source("script.py", text))


def pieces(tree: Tree, *kinds: Kind) -> list[str]:
    """What is written at each node of some kinds, in the order of the text."""
    nodes = [n for n in range(len(tree)) if tree.kind(n) in kinds]
    nodes.sort(key=lambda n: (tree.starts[n], tree.ends[n]))
    return [tree.span(n).text for n in nodes if tree.ends[n] > tree.starts[n]]


TREES = {
    # f-strings
    "f''": '(`f""`)',
    "f'a'": '(`f""` "a")',
    "f'a{x}b{y+1}'": '(`f""` "a" x "b" (+ y 1.0))',
    "f'{{{x}}}'": '(`f""` "{" x "}")',
    "'q' f'{x}' 'r'": '(`f""` "q" x "r")',
    "f'{x!r}'": '(`f""` (f: x "r" ""))',
    "f'{x!s}{y!a}'": '(`f""` (f: x "s" "") (f: y "a" ""))',
    "f'{x:.3f}'": '(`f""` (f: x "" ".3f"))',
    "f'{x!r:>9}'": '(`f""` (f: x "r" ">9"))',
    "f'{x:>{w}}'": '(`f""` (f: x "" (`f""` ">" w)))',
    "f'{x:{w!r}.{p:d}}'": '(`f""` (f: x "" (`f""` (f: w "r" "") "." (f: p "" "d"))))',
    "f'{x=}'": '(`f""` "x=" (f: x "r" ""))',
    "f\"{f'{x}'}\"": '(`f""` (`f""` x))',
    "f'{\"+\".join(xs)}'": '(`f""` (call ($ "+" join) xs))',
    # comprehensions
    "[f(i) for i in xs]": "(comprehension (call f i) (cmp i in xs))",
    "[i for i in xs if i if j]": "(comprehension i (in i xs i j))",
    "[i*j for i in a for j in b if j]": "(comprehension (* i j) (cmp i in a) (in j b j))",
    "[i for i, (j, k) in xs]": "(comprehension i (cmp (`()` i (`()` j k)) in xs))",
    "{i for i in xs}": "(call set_comprehension i (cmp i in xs))",
    "{*xs, 1}": "(call `{,}` (*args xs) 1.0)",
    "[*xs, 1, *ys]": "(`[]` (*args xs) 1.0 (*args ys))",
    "x = *a, b": "(<- x (`()` (*args a) b))",
    "{**a, 'b': 1}": '(`{:}` (**args a) "b" 1.0)',
    "sum(i for i in xs)": "(call sum (comprehension i (cmp i in xs)))",
    "[[i for i in j] for j in k]": "(comprehension (comprehension i (cmp i in j)) (cmp j in k))",
    "{k: v+1 for k, v in xs if v}": "(dict_comprehension k (+ v 1.0) (in (`()` k v) xs v))",
    # dictionaries and sets
    "{}": "(`{:}`)",
    "{'a': 1, b: f(c)}": '(`{:}` "a" 1.0 b (call f c))',
    "{1, x}": "(call `{,}` 1.0 x)",
    "{'a': 1}['a']": '(index (`{:}` "a" 1.0) "a")',
    # calls
    "f(a, *xs, k=1, **d)": "(call f a (*args xs) k=1.0 (**args d))",
    "f(*a, *b)": "(call f (*args a) (*args b))",
    "' + '.join(f'{a}' for a in xs)": (
        '(call ($ " + " join) (comprehension (`f""` a) (cmp a in xs)))'
    ),
    "s.upper()": "(call s.upper)",
    "f(x).diff(a)": "(call ($ (call f x) diff) a)",
    "x[0].append(y)": "(call ($ (index x 0.0) append) y)",
    "print((n := 3) + n)": "(call print (+ (<- n 3.0) n))",
    # targets
    "a, b = 1, 2": "(<- (`()` a b) (`()` 1.0 2.0))",
    "(a, b), c = x": "(<- (`()` (`()` a b) c) x)",
    "[a, b] = x": "(<- (`()` a b) x)",
    "a = b, c = x": "(<- a (`()` b c) x)",
    "a, *b = x": "(<- (`()` a (*args b)) x)",
    "i = x[i] = 2": "(<- i (index x i) 2.0)",
    "x[i] = v": "(<- (index x i) v)",
    "d['a'] = v": '(<- (index d "a") v)',
    "x[0] = y[1] = 0": "(<- (index x 0.0) (index y 1.0) 0.0)",
    "del x, d['a'], y[1:]": (
        '(call del x (index d "a") (index y (: 1.0 <missing> <missing>)))'
    ),
    "a, x[1:] = y": "(<- (`()` a (index x (: 1.0 <missing> <missing>))) y)",
    "d[f'x{i}'] += 1": (
        '(<- (index d (`f""` "x" i)) (+ (index d (`f""` "x" i)) 1.0))'
    ),
    "x[len(y)] *= 2": "(<- (index x (call len y)) (* (index x (call len y)) 2.0))",
    # statements
    "for i, w in enumerate(ws): s += w": (
        "(for (`()` i w) (call enumerate ws) (block (<- s (+ s w))))"
    ),
    "for [i, j] in x: pass": "(for (`()` i j) x (block (block)))",
    "def f():\n    global a, b": '(<- f (function [] (block (global "a" "b"))))',
    "def f():\n    def g():\n        nonlocal é": (
        '(<- f (function [] (block (<- g (function [] (block (global "é")))))))'
    ),
    "assert x > 1": "(assert (cmp x > 1.0))",
    "assert x, f'no {x}'": '(assert x (`f""` "no " x))',
    "def f(): raise ValueError('a')": (
        '(<- f (function [] (block (raise (call ValueError "a")))))'
    ),
    "raise": "(raise)",
    "def f(a, /, b=1, *, c, d=2): return": (
        "(<- f (function [a b=1.0 c d=2.0] (block (return))))"
    ),
    "lambda *, a, b=1: a": "(function [a b=1.0] a)",
    "def f(a, *b, c=1, **d): return b": (
        "(<- f (function [a *b c=1.0 **d] (block (return b))))"
    ),
    "lambda *a, b: b": "(function [*a b] b)",
    "for a, *b in c: pass": "(for (`()` a (*args b)) c (block (block)))",
    "def f():\n    x: float\n    y: int = 1": "(<- f (function [] (block (<- y 1.0))))",
    "if __name__ == '__main__':\n    main()": (
        '(if (cmp __name__ == "__main__") (block (call main)))'
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", TREES)
def test_trees(text):
    tree = read(text)
    (root,) = tree.roots
    assert tree.sexpr(root) == TREES[text]
    for node in range(len(tree)):
        assert all(child < node for child in tree.children(node))
        assert 0 <= tree.starts[node] <= tree.ends[node] <= len(text)


def test_clause_is_a_call_of_in_with_its_conditions():
    tree = read("[i for i in xs if c]")
    (root,) = tree.roots
    assert tree.head(root) == "comprehension"
    clause = tree.args(root)[1]
    assert tree.head(clause) == "in"
    assert [tree.name(n) for n in tree.args(clause)] == ["i", "xs", "c"]
    assert tree.span(clause).text == "i in xs if c"
    assert tree.span(tree.fn(clause)).text == "in"
    tree = read("i in xs")
    assert tree.head(tree.roots[0]) == "in"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import numpy as np", {"np": "numpy"}),
        ("import numpy", {"numpy": "numpy"}),
        ("import os.path", {"os": "os"}),
        ("import jax.numpy as jnp, os", {"jnp": "jax.numpy", "os": "os"}),
        ("from math import exp, log as ln", {"exp": "math.exp", "ln": "math.log"}),
        ("from scipy.special import expit", {"expit": "scipy.special.expit"}),
        ("from sympy import *", {"*": "sympy"}),
        ("from . import a\nfrom ..b import c", {"a": ".a", "c": "..b.c"}),
        ("import os\nimport os.path\nimport os", {"os": "os"}),
        ("if a:\n    from m import *\nelse:\n    from k import *\nfrom l import *", {"*": "m,k,l"}),
        ("def f():\n    while x:\n        import b.c as d\n    return d", {"d": "b.c"}),
        ("x = 1", {}),
    ],
)  # fmt: skip
def test_imports(text, found):
    tree = read(text)
    assert tree.imports == found
    assert not any("import" in tree.sexpr(root) for root in tree.roots)


def test_imports_and_declarations_leave_no_node():
    assert read("import numpy as np\nx: float\nfrom math import exp").roots == []
    tree = read("def f(x):\n    import math\n    y: int\n    return x")
    assert tree.sexpr(tree.roots[0]) == "(<- f (function [x] (block (return x))))"


FIELDS = {
    "f'a{x}b{ y }'": ["x", "y"],
    "g(f'{x}', f'{x}{x}')": ["g", "x", "x", "x"],
    "'{a}' f'{b}' '{c}'": ["b"],
    "f'{{a}}{b}{{{c}}}'": ["b", "c"],
    "(f'a{x}' # {no}\n f\"b{y}\")": ["x", "y"],
    "f'a{x}' \\\n rf'\\{y}' fR'\\N{z}'": ["x", "y", "z"],
    "f'\\N{DIGIT ONE}\\x41\\'{x}\\\\{y}'": ["x", "y"],
    "f'{x!r:>{w}.{p}}{y!s}{z:{v:d}}'": ["x", "w", "p", "y", "z", "v"],
    "f'''é{\n a +\n\n b}\r\n{ü}'''": ["a", "+", "b", "ü"],
    "f'é{é}é{f(ö, k=ü)[-1]}'": ["é", "f", "ö", "ü"],
    "f'{d[\"}\"]}{x != y}{x<=y}{z==1:}'": ["d", "x", "!=", "y", "x", "<=", "y", "z", "=="],
    "f'{a:{b}}' + c": ["a", "b", "+", "c"],
    "f'{x = }{y=!s:>3}'": ["x", "y"],
    "f'{(lambda v: v)(w)}{ {1: u}[1] }'": ["v", "w", "u"],
    "f\"{f'{x}{y:{z}}'}{w}\"": ["x", "y", "z", "w"],
    "f'''{f\"\"\"{f'{x}'}\n{y}\"\"\"}\n{w}'''": ["x", "y", "w"],
    "f'{x.a.b}{f(y).c}'": ["x.a.b", "f", "y", "c"],
    "[f'{a}*{b[i]}' for i, a in enumerate(c)]": ["a", "b", "i", "i", "a", "enumerate", "c"],
}


@pytest.mark.parametrize("text", FIELDS)
def test_names_in_fstrings_are_found_where_they_are_written(text):
    tree = read(text)
    names = [
        n
        for n in range(len(tree))
        if tree.kind(n) == Kind.NAME
        and re.fullmatch(r"[\w.]+|[!=<>+*]+", tree.name(n))
        and tree.name(n) not in ("in", "comprehension")
    ]
    names.sort(key=lambda n: tree.starts[n])
    assert [tree.span(n).text for n in names] == FIELDS[text]
    assert [tree.name(n) for n in names] == FIELDS[text]


def test_parts_of_fstrings():
    text = "s = f'ab{x}c{y!r:>{w}d}e'"
    tree = read(text)
    assert pieces(tree, Kind.STR) == ["ab", "c", ">", "d", "e"]
    spans = {tree.head(n): tree.span(n).text for n in range(len(tree)) if tree.head(n)}
    assert spans["f:"] == "{y!r:>{w}d}"
    outer = tree.args(tree.roots[0])[1]
    assert tree.span(outer).text == "f'ab{x}c{y!r:>{w}d}e'"
    (formatted,) = [n for n in range(len(tree)) if tree.head(n) == "f:"]
    assert tree.span(tree.args(formatted)[2]).text == ":>{w}d"


def test_a_text_of_several_literals_spans_them():
    tree = read("x = (f'a{b}c'  # d\n     'e')")
    assert pieces(tree, Kind.STR) == ["a", "c'  # d\n     'e"]


def test_values_of_fstrings_are_what_python_evaluates():
    # A replacement field that this reader would divide otherwise must not change the tree.
    tree = read("f'{a!=b}{c:=^9}{d}'")
    assert tree.sexpr(tree.roots[0]) == '(`f""` (cmp a != b) (f: c "" "=^9") d)'
    assert pieces(tree, Kind.NAME) == ["a", "!=", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "head", "mark", "whole"),
    [
        ("y = {'a': 1}", "{:}", "", "{'a': 1}"),
        ("f(*xs)", "*args", "*", "*xs"),
        ("f(k=1, **d)", "**args", "**", "**d"),
        ("y = [a for a in b]", "comprehension", "", "[a for a in b]"),
        ("sum(a for a in b)", "comprehension", "", "(a for a in b)"),
        ("y = {a: 1 for a in b}", "dict_comprehension", "", "{a: 1 for a in b}"),
        ("assert a, b", "assert", "assert", "assert a, b"),
        ("raise a", "raise", "raise", "raise a"),
        ("del  a, b[0]", "del", "del", "del  a, b[0]"),
        ("x = y = 0", "<-", "=", "x = y = 0"),
        ("y = {1: 2, **d}", "**args", "**", "**d"),
        ("global  a , b", "global", "global", "global  a , b"),
        ("x[0] += 1", "+", "+=", "x[0] += 1"),
        ("y = (n := 2)", "<-", ":=", "n := 2"),
        ("def d(d): return", "<-", "", "def d(d): return"),
    ],
)
def test_spans(text, head, mark, whole):
    tree = read(text)
    found = next(n for n in range(len(tree)) if tree.head(n) == head)
    function = tree.fn(found)
    assert tree.span(found).text == whole
    assert tree.span(function).text == mark


def test_names_of_globals_and_functions_are_found():
    assert pieces(read("global  a , b"), Kind.STR) == ["a", "b"]
    tree = read("def e(x): return")
    (name,) = [n for n in range(len(tree)) if tree.kind(n) == Kind.NAME and tree.name(n) == "e"]
    assert tree.starts[name] == len("def ")


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("*a = c", "'*'", "*a"),
        ("x = 9007199254740993", "an integer that no double is equal to", "9007199254740993"),
        ("for x.a in b: pass", "a loop over anything but names", "x.a"),
        ("[1 for x[0] in b]", "a loop over anything but names", "x[0]"),
        ("a.b = 1", "an assignment to an attribute", "a.b"),
        ("f(x).b += 1", "an assignment to an attribute", "f(x).b"),
        ("x, y.z = 1, 2", "an assignment to an attribute", "y.z"),
        ("x[f()] += 1", "a call in what an assignment changes", "x[f()]"),
        ("x[a.pop()] += 1", "a call in what an assignment changes", "x[a.pop()]"),
        ("x[(n := 1)] += 1", "a call in what an assignment changes", "x[(n := 1)]"),
        ("del x.y", "an assignment to an attribute", "x.y"),
        ("with a: pass", "'with'", "with a: pass"),
        ("try: a\nfinally: b", "'try'", "try: a\nfinally: b"),
        ("try: a\nexcept* b: c", "'try'", "try: a\nexcept* b: c"),
        ("def f(): yield 1", "'yield'", "yield 1"),
        ("raise a from b", "a cause of an error", "b"),
        ("match a:\n    case 1: b", "'match'", "match a:\n    case 1: b"),
        ("while a: b\nelse: c", "an 'else' of a loop", "c"),
        ("for a in b: c\nelse: d", "an 'else' of a loop", "d"),
        ("@tf.function\ndef f(): pass", "a decorator", "tf.function"),
        ("async def f(): return [a async for a in b]", "'async def'",
         "async def f(): return [a async for a in b]"),
        ("x = [a async for a in b]", "'async for'", "a"),
        ("f'{b\"x\"}'", "a string of bytes", 'b"x"'),
        ("f'{x:{1j}}'", "a complex number", "1j"),
        ("comprehension(x)", "a function called 'comprehension'", "comprehension"),
        ("from math import exp\nfrom cmath import exp", "'exp' imported from two places", "exp"),
        ("import a\ndef f():\n    import b as a", "'a' imported from two places", "b as a"),
    ],
)  # fmt: skip
def test_refusals(text, words, marked):
    with pytest.raises(GradcError) as caught:
        read(text)
    (found,) = caught.value.diagnostics
    assert found.span is not None
    assert found.code == "G104"
    assert (found.message, found.span.text) == (f"{words} cannot be part of a model", marked)


NAMES = st.sampled_from(["a", "b", "xs", "np.exp", "é"])
LEAVES = st.one_of(NAMES, st.sampled_from(["1", "2.5", "'s'", '"+"', "None", "{}", "f''"]))


def fstring(values: list[tuple[str, str, str]]) -> str:
    """A text in triple quotes, so that the values may contain quotes of the other sort."""
    body = "".join(f"{text}{{ {value}{tail}}}" for text, value, tail in values)
    return f"f'''{body}'''"


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    plain = inner.filter(lambda text: "'''" not in text and "\\" not in text)
    fields = st.tuples(
        st.sampled_from(["", "t", "{{", "é ", "\\n"]),
        plain.map(lambda text: f"({text})"),
        st.sampled_from(["", "!r", ":>3", ":{a}", "!s:{b!r}.{a:d}", "="]),
    )
    two = st.tuples(inner, inner)
    target = st.sampled_from(["i", "i, j", "(i, (j, k))", "[i]"])
    clause = st.tuples(target, inner, st.sampled_from(["", " if i", " if i if a"])).map(
        lambda parts: f" for {parts[0]} in ({parts[1]}){parts[2]}"
    )
    clauses = st.lists(clause, min_size=1, max_size=2).map("".join)
    return st.one_of(
        st.lists(fields, max_size=3).map(fstring),
        st.tuples(inner, clauses).map(lambda p: f"[({p[0]}){p[1]}]"),
        st.tuples(inner, clauses).map(lambda p: f"sum(({p[0]}){p[1]})"),
        st.tuples(inner, inner, clauses).map(lambda p: f"{{({p[0]}): ({p[1]}){p[2]}}}"),
        two.map(lambda p: f"{{({p[0]}): ({p[1]}), 'k': 1}}"),
        two.map(lambda p: f"f(*({p[0]}), k=({p[1]}), **a)"),
        two.map(lambda p: f"({p[0]}).join({p[1]})"),
        two.map(lambda p: f"({p[0]})[{p[1]}]"),
        two.map(lambda p: f"(({p[0]}) + ({p[1]}))"),
        two.map(lambda p: f"(n := ({p[0]}), {p[1]})"),
        inner.map(lambda e: f"(lambda q, *, r={e}: q)"),
        st.lists(inner, min_size=1, max_size=3).map(lambda es: "{" + ", ".join(es) + "}"),
    )


EXPRESSIONS = st.recursive(LEAVES, grow, max_leaves=8)


def lines(kinds: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(kinds), EXPRESSIONS).map(lambda p: p[0].replace("E", p[1]))


STATEMENTS = lines(
    (
        "E", "a = E", "a, b = E", "(a, b), c = E", "*a, b = E", "a.b = E", "xs[E] = 1",
        "xs[E] += 1", "a += E", "a = xs[E] = 2", "a: float = E", "a: float", "assert E, 'm'",
        "raise E", "global a", "del a", "import numpy as np", "from math import *",
        "from math import exp as a", "import b.a", "import b.a as b",
        "for i, w in E:\n    xs.append(w)", "while E:\n    break", "if E:\n    pass",
        "def f(a, *, k=E):\n    return a", "def f(*a):\n    return E", "print(E)",
    )
)  # fmt: skip


@given(st.lists(STATEMENTS, max_size=4).map("\n".join))
def test_small_programs_are_read_or_diagnosed(text):
    try:
        tree = read(text)
    except GradcError as error:
        spans = [d.span for d in error.diagnostics if d.span]
        assert spans
        assert all(0 <= span.start <= span.end <= len(text) for span in spans)
        return
    assert all(isinstance(tree.sexpr(root), str) for root in tree.roots)
    for node in range(len(tree)):
        assert 0 <= tree.starts[node] <= tree.ends[node] <= len(text)
        assert all(child < node for child in tree.children(node))


@given(EXPRESSIONS)
def test_names_of_any_expression_are_found_where_they_are_written(text):
    try:
        tree = read(f"\n\n  # é\ny = {text}")
    except GradcError:
        return
    names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    found = {
        tree.name(n): tree.span(n).text
        for n in range(len(tree))
        if tree.kind(n) == Kind.NAME and tree.name(n) in names
    }
    assert all(name == written for name, written in found.items())
