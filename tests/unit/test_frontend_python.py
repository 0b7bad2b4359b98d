"""Scripts of Python: what a model is where the script stops, and what is refused."""

from __future__ import annotations

import math

import pytest

import gradc
from gradc.errors import GradcError


def compiled(text: str, **options) -> gradc.Model:
    return gradc.compile(text, syntax="python", **options)


def value(text: str, **point: float) -> float:
    return compiled(text).evaluate(point, target="numpy").value


def complaint(text: str) -> tuple[str, str, str | None]:
    with pytest.raises(GradcError) as caught:
        compiled(text)
    [found] = caught.value.diagnostics
    return found.code, found.message, found.suggestion


# ------------------------------------------------------------------------- raise and assert

RAISING = {
    "a guard": (
        """
def f(x):
    if x < 0:
        raise ValueError("negative")
    return 3*x
""",
        {-1.0: None, 0.0: 0.0, 2.0: 6.0},
    ),
    "a guard in a function that gives nothing": (
        """
def check(x):
    if x < 0:
        raise ValueError
def f(x):
    check(x)
    return 3*x
""",
        {-1.0: None, 2.0: 6.0},
    ),
    "what is left over": (
        """
def f(x):
    if x > 1:
        return x
    elif x > 0:
        return 2*x
    raise ValueError
""",
        {3.0: 3.0, 0.5: 1.0, -0.5: None},
    ),
    "else": (
        """
def f(x):
    if x > 1:
        y = "3"
    else:
        raise ValueError
    return x*int(y)
""",
        {2.0: 6.0, 0.5: None},
    ),
    "a function that is called behind a return": (
        """
def g(x):
    if x < 2:
        raise ValueError
    return x
def f(x):
    if x < 1:
        return -x
    return g(x)
""",
        {0.5: -0.5, 1.5: None, 2.5: 2.5},
    ),
    "where the result does not tell": (
        """
def g(x):
    if x > 1:
        raise ValueError
    return 1
def f(x):
    return x if g(x) > 0 else 0
""",
        {0.5: 0.5, 1.5: None},
    ),
    "assert": (
        """
def f(x):
    assert x > 0, "positive"
    assert 1 < 2
    return x
""",
        {1.0: 1.0, -1.0: None},
    ),
    "both sides": (
        """
def f(x):
    if x > 1:
        if x > 2:
            raise ValueError
        else:
            raise TypeError
    return x
""",
        {0.5: 0.5, 1.5: None, 2.5: None},
    ),
}


@pytest.mark.parametrize("name", RAISING)
def test_nan_where_python_raises(name: str) -> None:
    text, points = RAISING[name]
    model = compiled(text)
    assert any("raises an error" in note.message for note in model.notes)
    for x, expected in points.items():
        found = model.evaluate({"x": x}, target="numpy").value
        assert math.isnan(found) if expected is None else found == expected


def test_an_error_that_is_certain_is_said() -> None:
    text = "def f(n):\n    if n > 2:\n        raise ValueError\n    return x\nf(3)"
    assert complaint(text)[:2] == ("G104", "the script stops here with an error of its own")
    assert complaint("assert 1 > 2")[1] == "the script stops here with an error of its own"


# ------------------------------------------------------------------------- parameters


def test_targets_tell_how_many_parameters_there_are() -> None:
    model = compiled("def f(p):\n    a, (b, c) = p[0], (p[1], p[2])\n    return a*b*c")
    assert model.evaluate({"p": [2.0, 3.0, 4.0]}, target="numpy").value == 24
    model = compiled("def f(p):\n    a, b = p\n    return a - b")
    assert model.evaluate({"p": [2.0, 3.0]}, target="numpy").value == -1


@pytest.mark.parametrize(
    "body",
    ["sum(p[1:])", "p[-1]", "sum(a for a in p)", "np.dot(p, p)", "[*p][0]", "list(p)[0]"],
)
def test_an_open_length_is_asked_for(body: str) -> None:
    code, message, hint = complaint(f"import numpy as np\ndef f(p):\n    return {body}")
    assert (code, message) == ("G104", "how many elements 'p' has is not known")
    assert hint is not None
    assert "--at" in hint


# ------------------------------------------------------------------------- shared arrays

SHARING = {
    "another name": "a = np.zeros(2)\nb = a\nb[0] = x\na[0]",
    "both at once": "a = b = np.zeros(2)\nb[0] = x\na[0]",
    "an argument": "def f(v):\n    v[0] = x\na = np.zeros(2)\nf(a)\na[0]",
    "in place": "a = np.zeros(2)\nb = a\nb += x\na[0]",
    "asarray": "a = np.zeros(2)\nb = np.asarray(a)\nb[0] = x\na[0]",
    "a list": "rows = [np.zeros(2)]*2\nrows[0][1] = x\nrows[1][1]",
    "a loop": "rows = [np.zeros(2), np.ones(2)]\nfor r in rows:\n    r[0] = x\nrows[0][0]",
    "a dict": "a = np.zeros(2)\nd = {'a': a}\nd['a'][0] = x\na[0]",
    "a view": "a = np.zeros(3)\nb = a[1:]\nb[0] = x\na[1]",
}


@pytest.mark.parametrize("name", SHARING)
def test_arrays_that_are_shared_do_not_change(name: str) -> None:
    code, message, hint = complaint(f"import numpy as np\n{SHARING[name]}")
    assert code == "G104"
    assert "array" in message
    assert hint == "copy() makes it another array"


ALONE = {
    "a copy": ("a = np.zeros(2)\nb = a.copy()\nb[0] = x\na[0] + b[0]", 5.0),
    "np.array copies": ("a = np.ones(2)\nb = np.array(a)\nb[0] = x\na[0] + b[0]", 6.0),
    "of the module, in a function": (
        "a = np.zeros(2)\ndef f():\n    a[1] = x\nf()\na.sum()",
        5.0,
    ),
    "rows of their own": (
        "rows = [np.zeros(2) for _ in range(2)]\nrows[0][1] = x\nrows[0][1] - rows[1][1]",
        5.0,
    ),
    "a slice that is filled": ("a = np.ones(3)\na[1:] = x\na.sum()", 11.0),
}


@pytest.mark.parametrize("name", ALONE)
def test_arrays_of_one_name_change(name: str) -> None:
    text, expected = ALONE[name]
    assert value(f"import numpy as np\n{text}", x=5.0) == expected


@pytest.mark.parametrize("made", ["np.array([1, 2])", "np.arange(2)", "np.full(2, 1)"])
def test_into_integers_only_integers_go(made: str) -> None:
    code, message, hint = complaint(f"import numpy as np\na = {made}\na[0] = x\na.sum()")
    assert (code, hint) == ("G104", "dtype=float makes it one")
    assert message == "NumPy cuts what is put into an array of integers"
    assert value(f"import numpy as np\na = {made}\na[0] = 7\na[0]*x", x=2.0) == 14


@pytest.mark.parametrize("made", ["np.array([1, 2], dtype=float)", "np.array([1, 2.5])"])
def test_an_array_of_floats(made: str) -> None:
    text = f"import numpy as np\na = {made}\na[0] = x\na.sum() - a[1]"
    assert value(text, x=0.25) == 0.25


# ------------------------------------------------------------------------- attributes and names


def test_attributes_are_those_of_the_input() -> None:
    text = """
import numpy as np
x = np.array([1.0, 2.0, 3.0])
def f(a):
    return a*x.sum()/x.size + len(x)
"""
    model = compiled(text)
    assert model.evaluate({"a": 2.0}, target="numpy").value == 7
    longer = {"a": 2.0, "x": [1.0, 2.0, 3.0, 6.0]}
    assert model.evaluate(longer, target="numpy").value == 10


def test_symbols_by_their_names() -> None:
    text = """
from sympy.abc import x, y
import sympy as sp
sp.init_printing()
e = x**2*y
names = [s.name for s in sorted(e.free_symbols, key=str)]
sp.pprint(e)
print(sp.latex(e), *names)
[sp.diff(e, name) for name in names]
"""
    model = compiled(text)
    assert model.wrt == ("x", "y")
    assert model.evaluate({"x": 3.0, "y": 2.0}, target="numpy").gradient == {"x": 12.0, "y": 9.0}


@pytest.mark.parametrize("name", ["sp.Sum", "np.logspace", "scipy.optimize.least_squares"])
def test_no_misleading_suggestion(name: str) -> None:
    imports = "import sympy as sp\nimport numpy as np\nimport scipy.optimize\n"
    code, message, hint = complaint(f"{imports}{name}(x)")
    assert (code, message, hint) == ("G102", f"unknown function '{name}'", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class A: pass", "a class"),
        ("with a: pass", "'with'"),
        ("try: a\nexcept E: b", "'try'"),
    ],
)
def test_what_stays_outside_is_named(text: str, words: str) -> None:
    assert complaint(text)[1] == f"{words} cannot be part of a model"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2**53 + 1", "G104"),
        ("10**400", "G104"),
        ("1/0", "G103"),
        ("5 // 0", "G103"),
        ("('f')(x)", "G202"),
        ("map('f', [x])", "G202"),
        ("'{}' % 5", "G103"),
        ("'{:999999999}'.format(1)", "G105"),
        ("def f(**k): return 1\nf(2)", "G103"),
        ("a, *b = []", "G201"),
        ("del zzz", "G101"),
        ("d = {}\ndel d['a']", "G103"),
        ("sorted([1, 'a'])", "G202"),
        ("[x] == [1]", "G104"),
        ("for s in {1, 2}: pass", "G104"),
        ("import re\nre.sub('a{e}', '', 'a')", "G104"),
        ("isinstance(x, Fancy)", "G104"),
    ],
)
def test_refused(text: str, code: str) -> None:
    assert complaint(text)[0] == code
