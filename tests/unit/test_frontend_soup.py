"""Whatever is written, the frontend gives a sound function or a diagnostic, and nothing else."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradc.errors import GradcError, Source, render
from gradc.frontend import (
    assign,
    build,
    calls,
    control,
    elementwise,
    functional,
    index,
    prelude,
    quoting,
    reductions,
    vectors,
)
from gradc.frontend import context as context_module
from gradc.ir import dump, parse
from gradc.prims import check

_TABLES = (
    vectors.NATIVES,
    reductions.NATIVES,
    index.NATIVES,
    control.FORMS,
    assign.FORMS,
    quoting.FORMS,
    functional.CALLBACKS,
)
FUNCTIONS = [
    *elementwise.ELEMENTWISE,
    *prelude.PRELUDE,
    *(entry[0] for entry in itertools.chain(*_TABLES)),
    *("dnorm", "paste0", "foo", "f", "("),
]
NAMES = ["x", "y", "a", "b", "v", "k", "f", "g", "T", "pi", "w", "c", "..."]
LITERALS = ["0", "1", "2", "3", "0.5", "1e3", "2L", "1e9", "TRUE", "FALSE", "NULL", "NA", "NaN"]
TEXTS = ['"a"', '"x"', "'sum'", "Inf", "-1", "NA_real_"]
OPERATORS = [
    "+",
    "-",
    "*",
    "/",
    "^",
    "%%",
    "%/%",
    "<",
    "<=",
    ">",
    ">=",
    "==",
    "!=",
    "&",
    "|",
    "&&",
    "||",
    "%*%",
    ":",
    "<-",
    "<<-",
    "~",
    "$",
    "%o%",
    "+",
    "-",
    "*",
    "/",
    "^",
    "+",
    "-",
    "*",
    "/",
    "^",
]
ARGUMENTS = ["", "", "", "", "", "", "x = ", "base = ", "times = ", "n = ", "FUN = ", "k = "]


class Soup:
    """Random well-formed texts."""

    def __init__(self, r: random.Random) -> None:
        self.r = r

    def expression(self, depth: int) -> str:
        r = self.r
        if depth <= 0:
            return r.choice([*NAMES, *LITERALS, *LITERALS, *TEXTS])
        make = r.choice([self.operation] * 4 + [self.call] * 3 + [self.bracket, self.special] * 2)
        return make(depth - 1)

    def operation(self, d: int) -> str:
        if self.r.random() < 0.2:
            return f"{self.r.choice('-!+~')}{self.expression(d)}"
        return f"{self.expression(d)} {self.r.choice(OPERATORS)} {self.expression(d - 1)}"

    def call(self, d: int) -> str:
        count = self.r.randrange(4)
        inside = (self.r.choice(ARGUMENTS) + self.expression(d) for _ in range(count))
        return f"`{self.r.choice(FUNCTIONS)}`({', '.join(inside)})"

    def bracket(self, d: int) -> str:
        e = self.expression
        return self.r.choice(
            [
                lambda: f"({e(d)})",
                lambda: f"{{ {e(d)}; {e(d)} }}",
                lambda: f"c({e(d)}, {e(d)})",
                lambda: f"{self.r.choice(NAMES[:-1])}[{e(d)}]",
                lambda: f"{self.r.choice(NAMES[:-1])}[[{e(d)}]]",
            ]
        )()

    def special(self, d: int) -> str:
        e, name = self.expression, self.r.choice(NAMES[:-1])
        return self.r.choice(
            [
                lambda: f"(if ({e(d)}) {e(d)} else {e(d)})",
                lambda: f"(if ({e(d)}) {e(d)})",
                lambda: f"(function({name}, z = 2, ...) {e(d)})",
                lambda: f"{{ for ({name} in {e(d)}) {e(d)} }}",
                lambda: f"{{ while ({e(d)}) {e(d)} }}",
                lambda: f"{{ repeat {{ {e(d)}; break }} }}",
                lambda: f"{{ {name}[{e(d)}] <- {e(d)} }}",
                lambda: f"{{ {name} <- {e(d)} }}",
                lambda: f"return({e(d)})",
            ]
        )()

    def text(self) -> str:
        lines = [self.expression(self.r.randrange(1, 6)) for _ in range(self.r.randrange(1, 5))]
        if self.r.random() < 0.4:
            body = f"{self.expression(3)}; {self.expression(3)}"
            lines.insert(0, f"f <- function(u, k = 2, ...) {{ {body} }}")
            lines.append(f"f({self.expression(1)}, {self.expression(1)})")
        return "\n".join(lines)


@pytest.fixture(autouse=True, scope="module")
def _low_limits():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context_module, "STEPS_LIMIT", 20_000)
        patch.setattr(calls, "DEPTH_LIMIT", 60)
        patch.setattr(vectors, "ELEMENTS_LIMIT", 500)
        yield


@settings(max_examples=400)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from([None, ["x"], ["a", "b"], ["x", "v"]]),
    st.sampled_from([None, {"v": [1, 2, 3]}, {"v": [1, 2], "x": 1}]),
)
def test_soup(r, wrt, at):
    text = Soup(r).text()
    try:
        built = build(Source("soup", text), wrt=wrt, at=at)
    except GradcError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.code[:2] in ("G1", "G2")
            assert render(diagnostic)
            diagnostic.to_json()
        return
    shown = dump(check(built.function, "frontend"))
    assert dump(parse(shown)) == shown
    assert dump(build(Source("soup", text), wrt=wrt, at=at).function) == shown
