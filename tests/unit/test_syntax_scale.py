"""Depth and length: nothing recurs, and a text of 10 MB is read within 2 GB."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gradc.errors import GradcError, Source
from gradc.syntax.python import parse_python
from gradc.syntax.r import parse_r
from gradc.syntax.tree import Kind

N = 100_000
DEEP = {
    "parentheses": "(" * N + "x" + ")" * N,
    "minus": "-" * N + "x",
    "not": "!" * N + "x",
    "sum": "+".join(["x"] * N),
    "product": "*".join(["x"] * N),
    "power": "^".join(["x"] * N),
    "arrows": " <- ".join(["x"] * N),
    "calls": "f(" * N + "x" + ")" * N,
    "indices": "x[" * N + "1" + "]" * N,
    "blocks": "{" * N + "x" + "}" * N,
    "else": "if (a) b else " * N + "c",
    "functions": "function(x) " * N + "x",
    "arguments": "f(" + ", ".join(["x"] * N) + ")",
    "lines": "y <- a + 1 # c\n" * N,
    "empty lines": "\n" * N + "x",
    "pipes": "x" + " |> f()" * N,
    "formulas": "a + ~" * N + "b",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_long(name):
    tree = parse_r(Source(name, DEEP[name]))
    root = tree.roots[-1]
    assert tree.kind(root) in (Kind.CALL, Kind.FUNCTION, Kind.NAME)
    assert tree.sexpr(root)


REJECTED = {
    "open": "(" * N,
    "closed": ")" * N,
    "mixed": "([{" * N,
    "operators": "x + " * N,
    "quotes": "'\"" * N,
    "escaped quotes": '"\\' * N,
    "raw strings": 'r"(' * N,
    "backticks": "`\\" * N,
    "percents": "x %a\n" * N,
    "braces in an if": "if (a) {" * N,
}


@pytest.mark.parametrize("name", REJECTED)
def test_rejected_quickly(name):
    with pytest.raises(GradcError) as caught:
        parse_r(Source(name, REJECTED[name]))
    assert caught.value.diagnostics[0].code == "G100"


TEN_MEGABYTES = """
import resource, sys
limit = 2 * 1024**3
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
from gradc.errors import Source
from gradc.syntax.r import parse_r
text = " + ".join(f"b{i}*x{i}" for i in range(1, 570000))
tree = parse_r(Source("big", text))
assert len(text) > 10_000_000 and len(tree.roots) == 1
assert tree.span(tree.roots[0]).text == text
"""


def test_ten_megabytes_within_two_gigabytes():
    subprocess.run([sys.executable, "-c", TEN_MEGABYTES], check=True, timeout=300)


PYTHON_LIMITS = {
    "minus": "-" * N + "x",
    "parentheses": "(" * N + "x" + ")" * N,
    "sum": "+".join(["x"] * N),
    "power": "**".join(["x"] * N),
    "attributes": "a" + ".b" * N,
    "calls": "f" + "()" * N,
    "else": "x if y else " * N + "z",
    "lambdas": "lambda: " * N + "x",
    "indentation": "".join(" " * i + "if x:\n" for i in range(200)),
    "digits": "9" * 5000,
}


@pytest.mark.parametrize("name", PYTHON_LIMITS)
def test_limits_of_python(name):
    with pytest.raises(GradcError) as caught:
        parse_python(Source(name, PYTHON_LIMITS[name]))
    assert caught.value.diagnostics[0].code == "G105"
    assert caught.value.diagnostics[0].span is not None


@pytest.mark.parametrize("text", [" and ".join(["x"] * N), "<".join(["x"] * N), "x = " * N + "1"])
def test_long_in_python(text):
    tree = parse_python(Source("text", text))
    assert tree.sexpr(tree.roots[0])
