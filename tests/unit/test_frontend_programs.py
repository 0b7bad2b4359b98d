"""Random programs with branches, loops, functions and side effects: gradc means what R does.

Nothing is known at compile time but the shape of the inputs, so every condition on them goes
through the merging of branches; R simply runs the program at one point.
"""

from __future__ import annotations

import json
import math
import random
import subprocess

import flint
import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.prims import TABLE

POINT = {"x": 1.7, "y": -0.6, "z": 3.0, "v": [1.5, -2.0, 3.25]}
COUNT = 600


class Programs:
    """Random programs that R can run."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)  # noqa: S311
        self.variables = ["x", "y", "z"]
        self.functions: dict[str, int] = {}
        self.inside = False
        self.loops = 0

    def number(self, d: int) -> str:
        r, n = self.r, self.number
        if d <= 0:
            return r.choice(["1", "2", "0.5", "-1", *self.variables, *self.variables])
        choices = [
            lambda: f"({n(d - 1)} {r.choice('+-*')} {n(d - 1)})",
            lambda: f"{r.choice(['exp', 'sin', 'atan', 'abs', 'plogis'])}({n(d - 1)}/4)",
            lambda: f"(if ({self.condition(d - 1)}) {n(d - 1)} else {n(d - 1)})",
            lambda: f"ifelse({self.condition(d - 1)}, {n(d - 1)}, {n(d - 1)})",
            lambda: f"{r.choice(['sum', 'prod', 'max', 'min', 'mean'])}({self.vector(d - 1)})",
            lambda: f"{self.vector(d - 1)}[{r.choice('123')}]",
            lambda: f"{r.choice(['max', 'pmin'])}({n(d - 1)}, {n(d - 1)})",
        ]
        for name, count in self.functions.items():
            choices.append(lambda f=name, k=count: f"{f}({', '.join(n(d - 1) for _ in range(k))})")
        return r.choice(choices)()

    def vector(self, d: int) -> str:
        r, n = self.r, self.number
        if d <= 0:
            return r.choice(["v", "(1:3)"])
        return r.choice(
            [
                lambda: f"c({n(d - 1)}, {n(d - 1)}, {n(d - 1)})",
                lambda: f"({self.vector(d - 1)} {r.choice('+-*')} {self.vector(d - 1)})",
                lambda: f"rev({self.vector(d - 1)})",
                lambda: f"sapply({self.vector(d - 1)}, function(q) q*{n(d - 1)})",
                lambda: f"ifelse({self.vector(d - 1)} > {n(d - 1)}, {self.vector(d - 1)}, y)",
            ]
        )()

    def condition(self, d: int) -> str:
        r = self.r
        if d <= 0 or r.random() < 0.6:
            return f"{self.number(d - 1)} {r.choice(['<', '>', '<=', '>='])} {self.number(d - 1)}"
        if r.random() < 0.7:
            return f"({self.condition(d - 1)} {r.choice(['&&', '||'])} {self.condition(d - 1)})"
        return f"!({self.condition(d - 1)})"

    def block(self, d: int) -> str:
        before = list(self.variables)
        lines = "; ".join(self.statement(d) for _ in range(self.r.randrange(1, 3)))
        self.variables = before
        return lines

    def statement(self, d: int) -> str:
        r = self.r
        kind = r.randrange(12)
        if kind < 3 and d >= 2:
            name = r.choice(["p", "q", "s"])
            text = f"{name} <- {self.number(3)}"
            self.variables = sorted({*self.variables, name})
            return text
        if kind == 3:
            return f"v[{r.choice('123')}] <- {self.number(2)}"
        if kind in (4, 5) and d:
            text = f"if ({self.condition(2)}) {{ {self.block(d - 1)} }}"
            return text + (f" else {{ {self.block(d - 1)} }}" if r.random() < 0.6 else "")
        if kind == 6 and d and self.loops < 2:
            return self.loop(d)
        if kind == 7 and self.inside:
            return f"if ({self.condition(2)}) return({self.number(2)})"
        if kind == 8 and d >= 2 and not self.inside:
            return self.function()
        if kind == 9 and self.inside:
            return f"{r.choice('xyz')} <<- {self.number(2)}"
        if kind == 10:
            return f"v <- {self.vector(2)}"
        return f"{r.choice(self.variables)} <- {self.number(2)}"

    def loop(self, d: int) -> str:
        before, self.variables = self.variables, [*self.variables, "i"]
        self.loops += 1
        head = self.r.choice(["", "", "if (i == 2) next; ", "if (i > 2) break; "])
        text = f"for (i in 1:3) {{ {head}{self.block(d - 1)} }}"
        self.loops -= 1
        self.variables = before
        return text

    def function(self) -> str:
        name, parameters = self.r.choice("fg"), self.r.choice([["u"], ["u", "w"]])
        before, loops = self.variables, self.loops
        self.variables, self.inside, self.loops = [*self.variables, *parameters], True, 0
        body = "; ".join(self.statement(2) for _ in range(self.r.randrange(1, 4)))
        body += f"; {self.number(2)}"
        self.variables, self.inside, self.loops = before, False, loops
        self.functions = {**self.functions, name: len(parameters)}
        return f"{name} <- function({', '.join(parameters)}) {{ {body} }}"

    def program(self) -> str:
        lines = [self.statement(3) for _ in range(self.r.randrange(1, 7))]
        return "\n".join([*lines, self.number(4) if self.r.random() < 0.8 else self.vector(3)])


def _by_r(programs):
    start = "".join(f"{n} <- {_literal(v)}\n" for n, v in POINT.items())
    run = """run <- function(text) {
        e <- new.env()
        for (n in c("x", "y", "z", "v")) assign(n, get(n, globalenv()), e)
        cat(tryCatch(sprintf("%.17g", as.numeric(eval(parse(text = text), e))),
                     error = function(problem) "error"), "\\n")
    }
    """
    calls = "\n".join(f"run({json.dumps(text)})" for text in programs)
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input=start + run + calls,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return [line.split() for line in done.stdout.splitlines()]


def _literal(value):
    return f"c({', '.join(map(repr, value))})" if isinstance(value, list) else repr(value)


class _Open(Exception):
    """Two balls that are equal, or too wide: no comparison tells."""


def _by_graph(function):
    values = []
    for record in function.graph.records:
        values.append(_node(record, [values[arg] for arg in record[2:]]))
    result = values[function.value]
    return [float(item) for item in (result if isinstance(result, list) else [result])]


def _node(record, args):
    prim, attrs = record[:2]
    if prim == "const":
        return flint.arb(attrs[1])
    if prim == "input":
        value = POINT[attrs]
        return [flint.arb(v) for v in value] if isinstance(value, list) else flint.arb(value)
    if prim == "index":
        return args[0][attrs - 1]
    if prim == "stack":
        return list(args)
    if prim in ("sum", "prod", "min", "max"):
        two = {"sum": "add", "prod": "mul", "min": "min2", "max": "max2"}[prim]
        total = args[0][0]
        for item in args[0][1:]:
            total = TABLE[two].ball(total, item)
        return total
    if not any(isinstance(arg, list) for arg in args):
        return _one(prim, args)
    rows = [arg if isinstance(arg, list) else [arg] * 3 for arg in args]
    return [_one(prim, row) for row in zip(*rows, strict=True)]


def _one(prim, row):
    if prim == "select":
        if row[0] is None:
            raise _Open
        return row[1] if row[0] else row[2]
    return None if None in row else TABLE[prim].ball(*row)


def _same(ours, theirs):
    return len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-9) or not math.isfinite(b)
        for a, b in zip(ours, theirs, strict=True)
    )


@pytest.mark.needs("r")
def test_random_programs():
    programs = [Programs(seed).program() for seed in range(COUNT)]
    wrong, compared = [], 0
    flint.ctx.prec = 300
    try:
        for text, answer in zip(programs, _by_r(programs), strict=True):
            if "error" in answer:
                continue
            try:
                whole = f"{'; '.join(POINT)}\n{text}"
                ours = _by_graph(build(Source("p.R", whole), wrt=list(POINT), at=POINT).function)
            except (GradcError, _Open):
                continue
            compared += 1
            theirs = [math.nan if word == "NA" else float(word) for word in answer]
            if not _same(ours, theirs):
                wrong.append(f"{text}\n  gradc {ours}\n  R     {theirs}")
    finally:
        flint.ctx.prec = 53
    assert not wrong, "\n\n".join(wrong[:3])
    assert compared > 0.8 * COUNT
