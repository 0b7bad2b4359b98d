"""Builder scripts in Python against Python itself, and nonsense in them that is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st
from python_builders import ask_python, script
from python_hand_cases import MORE_BY_HAND

import gradc.frontend.calls as calls
import gradc.frontend.context as context
from gradc.errors import GradcError, Source, render
from gradc.frontend import Built, build
from gradc.frontend.values import Refusal
from gradc.ir import dump, parse
from gradc.prims import check
from scripts import last_texts

SEEDS = range(30_000, 30_300)
MOST_REFUSED = 0.05
SECONDS = 20.0
"""Far more than any takes, far less than one that grows out of hand."""

MARK = "\x1e"


def ours(text: str, *, is_list: bool) -> tuple[list[str] | None, str]:
    """The texts that gradc evaluates a script to; or None, and why it will not."""
    ending = f"{MARK!r}.join([''] + res)" if is_list else "res"
    try:
        found = last_texts(f"{text}\n{ending}", "python")
    except GradcError as error:
        return None, error.diagnostics[0].message
    except Refusal as refusal:
        return None, refusal.message
    return found[0].split(MARK)[1:] if is_list else found, ""


# ------------------------------------------------------------------------- written by hand

# What a name means, and when: the parts of Python that differ from R's.
BY_HAND = {
    "two names for one list": """
a = ["x"]
b = a
b.append("y")
res = a
""",
    "a slice is another list": """
a = ["x"]
b = a[:]
b.append("y")
res = a
""",
    "+= changes a list in place": """
a = ["x"]
b = a
a += ["y"]
res = b
""",
    "+ makes a new list": """
a = ["x"]
b = a
a = a + ["y"]
res = b
""",
    "an argument is the list itself": """
def add(items, item):
    items.append(item)
    items = ["other"]
a = ["x"]
add(a, "y")
res = a
""",
    "a list in a list is shared": """
row = ["a"]
grid = [row, row, list(row)]
grid[0].append("b")
res = ["".join(r) for r in grid]
""",
    "a list times a number is shared": """
grid = [[""] * 2] * 2
grid[0][1] = "q"
res = ["".join(r) for r in grid]
""",
    "a dict is shared": """
a = {"k": "v"}
b, c = a, dict(a)
b["l"] = "w"
res = list(a) + ["|"] + list(c)
""",
    "a loop variable that is a list": """
rows = [["a"], ["b"]]
for row in rows:
    row += ["!"]
res = ["".join(row) for row in rows]
""",
    "a loop variable that is a text": """
words = ["a", "b"]
for word in words:
    word += "!"
res = words
""",
    "a default is made once": """
def add(item, items=[]):
    items.append(item)
    return items
add("a")
res = add("b")
""",
    "a default is evaluated at the definition": """
n = "early"
def f(s=n):
    return s
n = "late"
res = f()
""",
    "a default keeps the loop variable": """
fs = [lambda i=i: str(i) for i in range(3)]
res = [f() for f in fs]
""",
    "a closure sees the last value of the loop variable": """
fs = []
for i in range(3):
    fs.append(lambda: str(i))
res = [f() for f in fs]
""",
    "a function sees later values": """
x = "early"
def f():
    return x
x = "late"
res = f()
""",
    "arguments are evaluated before the call, in their order": """
log = []
def note(s):
    log.append(s)
    return s
def second(a, b):
    return b
second(note("1"), note("2"))
res = log
""",
    "an argument is evaluated before the function changes it": """
n = 0
def count(s):
    global n
    n += 1
    return s + str(n)
res = [count(str(n)), count(str(n))]
""",
    "pop in two arguments": """
xs = ["a", "b", "c"]
def swap(a, b):
    return b + a
res = swap(xs.pop(), xs.pop())
""",
    "an assignment in a function is local": """
x = "outer"
def f():
    x = "inner"
    return x
res = [f(), x]
""",
    "a comprehension keeps its names to itself": """
x = "outer"
res = [x for x in "ab"] + [x]
""",
    "a loop does not": """
for x in "ab":
    pass
res = x
""",
    "nonlocal": """
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return str(n)
    return step
f, g = counter(), counter()
res = [f(), f(), g()]
""",
    "no return gives None": """
def f(s):
    t = s + "a"
def g(s):
    if not s:
        return "empty"
def h(s):
    s + "a"
res = [str(f("q")), str(g("q")), str(h("q"))]
""",
    "or and and give one of the two": """
def f(name=None, parts=()):
    name = name or "default"
    return name + str(parts and parts[0])
res = [f(), f("a", ["b"]), "" or "x", "a" and "b", str(0 or 2.5), str(None or [] or "")]
""",
    "what is empty is false": """
res = [str(not x) for x in ("", "a", [], [0], {}, {"k": 0}, None, 0, 0.0, 1, (), False)]
""",
    "and and or leave out what decides nothing": """
log = []
def f(x):
    log.append(str(x))
    return x
f(0) and f(1)
f(2) or f(3)
res = log
""",
    "integers stay integers": """
import math
values = [7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 3, abs(-3), max(1, 2), min([3, 1]), sum([1, 2]),
          round(2.5), round(3.5), round(1234, -2), int(2.9), int(-2.9), len("ab"), True + True,
          math.floor(2.7), math.ceil(2.1), 3 & 6, 3 | 4, 1 << 3, 5 ^ 1, ~5, -3 ** 2, 10 ** 20]
res = [str(value) for value in values]
""",
    "and floats stay floats": """
import math
values = [4 / 2, 2 ** -1, 7.0 // 2, 7.5 % 2, 2.0 ** 3, abs(-3.0), max(1, 2.0), max(2.0, 2),
          max(2, 2.0), sum([1, 2.0]), round(2.0, 1), float(3), 1e16, 1e-5, 0.1 + 0.2, -0.0,
          math.sqrt(16), math.exp(0), 1e22, 123456789.0, 3 * 1.0]
res = [str(value) for value in values]
""",
    "max of a list with integers and floats": """
res = [str(v) for v in (max([3, 0.5]), min([-1, 0.5, 2]), max([2, 2.5]), sorted([3, 0.5, 1])[2])]
""",
    "comparison": """
res = [str(v) for v in (1 < 2 < 3, 1 < 3 < 2, "a" < "b", "a" == "a" != "b", [1] == [1.0], () == [],
                        (1, "a") < (1, "b"), "a" <= "b" <= "a", None == 0, "3" == 3, 1 == True)]
""",
    "targets from the left": """
a, b = "x", "y"
a, b = b, a
i, xs = 0, [0, 0]
i, xs[i] = 1, 9
d = {}
d["k"] = d["j"] = "v"
res = [a + b, str(xs[0]), "".join(d)]
""",
    "a list that grows while it is looped over": """
xs = ["a", "b"]
for x in xs:
    if len(xs) < 5:
        xs.append(x + x)
res = xs
""",
    "sorted with a key is stable": """
words = ["bb", "a", "cc", "d"]
res = sorted(words, key=len) + sorted(words, key=lambda w: -len(w)) + sorted(words, reverse=True)
""",
    "what a dict keeps": """
d = {"b": 1, "a": 2}
d["b"] = 3
d.setdefault("c", []).append("q")
res = [k + str(v) for k, v in d.items() if k != "c"] + d["c"] + sorted(d)
""",
    "one key for equal numbers": """
d = {1: "a", 1.0: "b", True: "c"}
res = list(d.values()) + [str(k) for k in d]
""",
    "numbers in text": """
xs = [1, 2.5, -3, 1e-7, 1e16, 0.1 + 0.2]
res = [f"{x}" for x in xs] + ["%s" % x for x in xs] + ["{}".format(x) for x in xs]
""",
    "the text of None and of a flag": """
res = [f"{None} {True}", "%s %r" % (None, False), "{} {!r}".format(True, "a")]
""",
}


CASES = {**BY_HAND, **MORE_BY_HAND}


@pytest.mark.parametrize("name", CASES)
def test_python_means_the_same(name: str, tmp_path: Path) -> None:
    (answer,) = ask_python([CASES[name]], tmp_path)
    found, why = ours(CASES[name], is_list=answer["is_list"])
    assert found == answer["texts"], why


# ------------------------------------------------------------------------- random scripts


@pytest.fixture(scope="module", params=["plain", "wide"])
def random_scripts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, dict[str, Any]]]:
    """Scripts that Python runs to their end, and what they end with there."""
    scripts = [script(seed, is_wide=request.param == "wide") for seed in SEEDS]
    answers = ask_python(scripts, tmp_path_factory.mktemp("builders"))
    return [pair for pair in zip(scripts, answers, strict=True) if "texts" in pair[1]]


def test_random_texts_are_those_of_python(
    random_scripts: list[tuple[str, dict[str, Any]]],
) -> None:
    assert len(random_scripts) > 0.75 * len(SEEDS), "the generator writes too many that fail"
    wrong = []
    for text, answer in random_scripts:
        found, _ = ours(text, is_list=answer["is_list"])
        if found is not None and found != answer["texts"]:
            wrong.append(f"{text}\n  Python: {answer['texts']}\n  gradc:  {found}")
    assert not wrong, f"{len(wrong)} differ, the shortest:\n{min(wrong, key=len)}"


@pytest.mark.parametrize("random_scripts", ["plain"], indirect=True)
def test_few_are_refused(random_scripts: list[tuple[str, dict[str, Any]]]) -> None:
    results = [ours(text, is_list=answer["is_list"]) for text, answer in random_scripts]
    reasons = [why for found, why in results if found is None]
    assert len(reasons) <= MOST_REFUSED * len(random_scripts), sorted(reasons)


# ------------------------------------------------------------------------- nonsense


@pytest.fixture
def _low_limits():
    """An endless loop comes to its end early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "STEPS_LIMIT", 100_000)
        patch.setattr(calls, "DEPTH_LIMIT", 200)
        yield


def built(text: str) -> Built | None:
    """What a script means, None where it is refused."""
    try:
        return build(Source("script", text), syntax="python")
    except GradcError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.code[:2] in ("G1", "G2")
            assert render(diagnostic)
            diagnostic.to_json()
        return None


@pytest.mark.usefixtures("_low_limits")
@settings(max_examples=1000, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    statements=st.integers(0, 6),
    noise=st.sampled_from([0.0, 0.03, 0.1, 0.3]),
    ending=st.sampled_from(
        ["res", "res[0]", "sympy.sympify(res)", "sympy.diff(res, 'x')", "res.x"]
    ),
)
def test_nonsense_is_refused(seed: int, statements: int, noise: float, ending: str) -> None:
    text = f"{script(seed, statements, noise, is_wide=True)}\nimport sympy\n{ending}"
    note(text)
    start = time.monotonic()
    model = built(text)
    assert time.monotonic() - start < SECONDS
    if model is not None:
        shown = dump(check(model.function, "frontend"))
        assert dump(parse(shown)) == shown


@pytest.mark.usefixtures("_low_limits")
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_both_outcomes_occur(noise: float) -> None:
    """The scripts are neither all refused nor all accepted."""
    models = [built(f"{script(seed, noise=noise)}\nres[0]") for seed in range(150)]
    accepted = sum(model is not None for model in models)
    assert 5 < accepted < 149
