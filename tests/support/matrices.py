"""Random programs over a matrix and vectors of data, as R code; some do not fit together."""

from __future__ import annotations

import random
from dataclasses import dataclass

ROWS, COLUMNS = 5, 3
DATA = {
    "X": [[0.5, -1.2, 0.3], [1.5, 0.3, -0.8], [-0.7, 0.9, 0.4], [0.2, 1.1, -1.6], [-0.4, 0.6, 0.1]],
    "S": [[2.0, 0.3, -0.2], [0.5, 1.5, 0.1], [-0.3, 0.4, 1.1]],
    "y": [0.3, -1.1, 0.7, 1.9, -0.4],
    "g": [1.0, 3.0, 2.0, 2.0, 1.0],
}
PARAMS = {"b": [0.4, -0.6, 0.9], "a": 0.7}
DECLARED = """DATA_MATRIX(X)
DATA_MATRIX(S)
DATA_VECTOR(y)
DATA_IVECTOR(g)
PARAMETER_VECTOR(b)
PARAMETER(a)
"""

Shape = str
"""``s`` a number, ``n`` and ``k`` vectors, two letters a matrix."""

SHAPES = ("s", "n", "k", "nk", "kn", "kk", "nn")
LEAVES = {"s": ["a", "0.5", "2"], "n": ["y", "x", "g"], "k": ["b"], "nk": ["X"], "kk": ["S"]}
LEAVES |= {"kn": ["t(X)"], "nn": ["outer(y, y)"]}


@dataclass
class Writer:
    """Writes one program; ``misfit`` is how often an argument has any shape at all."""

    draw: random.Random
    misfit: float

    def expression(self, shape: Shape, depth: int) -> str:
        """An expression that in most cases has this shape."""
        draw = self.draw
        if draw.random() < self.misfit:
            shape = draw.choice(SHAPES)
        if depth <= 0 or draw.random() < 0.12:
            return draw.choice([leaf for leaf in LEAVES[shape] if leaf != "x"])
        if draw.random() < 0.3:
            return self.elementwise(shape, depth - 1)
        if shape == "s":
            return self.number(depth - 1)
        return self.vector(shape, depth - 1) if len(shape) == 1 else self.matrix(shape, depth - 1)

    def elementwise(self, shape: Shape, depth: int) -> str:
        draw = self.draw
        whole = self.expression(shape, depth)
        kind = draw.random()
        if kind < 0.2:
            return f"{draw.choice(['tanh', 'sin', 'exp', '-', 'abs'])}({whole})"
        if kind < 0.3:
            other = self.expression(shape, depth)
            return (
                f"ifelse({whole} > {draw.uniform(-1, 1):.3f}, {other}, {draw.choice(['0', other])})"
            )
        others = [shape, shape, "s", *([shape[0]] if len(shape) == 2 else [])]
        sides = [whole, self.expression(draw.choice(others), depth)]
        draw.shuffle(sides)
        return f"({sides[0]} {draw.choice('+-*')} {sides[1]})"

    def number(self, depth: int) -> str:
        draw = self.draw
        kind = draw.choice(["all", "size", "form", "cell", "det", "place", "trace"])
        any_shape = draw.choice(SHAPES[1:])
        size = draw.choice("nk")
        if kind == "all":
            name = draw.choice(["sum", "mean", "min", "max", "prod", "sum"])
            return f"{name}({self.expression(any_shape, depth)})"
        if kind == "size":
            matrix = draw.choice(SHAPES[3:])
            name = draw.choice(["nrow", "ncol", "length"])
            return f"{name}({self.expression(matrix if name != 'length' else any_shape, depth)})"
        if kind == "form":
            u, v = (self.expression(size, depth) for _ in range(2))
            form = draw.choice(["sum({u} %*% {v})", "c(crossprod({u}, {v}))", "c(t({u}) %*% {v})"])
            return form.format(u=u, v=v)
        if kind == "cell":
            matrix = self.expression(draw.choice(["nk", "kk"]), depth)
            return f"({matrix})[{self.place()}, {self.place()}]"
        if kind == "det":
            square = self.square(depth)
            forms = ["det({m})", "c(determinant({m})$modulus)", "sum(diag({m}))"]
            return draw.choice(forms).format(m=square)
        if kind == "trace":
            return f"sum(diag({self.expression('kk', depth)}))"
        return f"({self.expression(size, depth)})[{self.place()}]"

    def square(self, depth: int) -> str:
        """A matrix with an inverse."""
        form = self.draw.choice(["S", "(S + crossprod({m}))", "crossprod({m})"])
        return form.format(m=self.expression("nk", depth))

    def place(self) -> str:
        return self.draw.choice(["1", "2", "3", "3"])

    def vector(self, size: Shape, depth: int) -> str:
        draw = self.draw
        other = "k" if size == "n" else "n"
        forms = [
            "({nk} %*% {k})", "c({nk} %*% {k})", "drop({nk} %*% {k})", "as.vector({nk} %*% {k})",
            "rowSums({nk})", "rowMeans({nk})", "({kk})[, {j}]", "colSums({kn})", "colMeans({kn})",
            "diag({nn})", "c({n} %*% {nn})", "({kn})[{j}, ]", "rev({n})", "cumsum({n})",
            "crossprod({kn}, {k})", "tcrossprod({nk}, t({k}))", "drop({nn} %*% {n})",
            "apply({nk}, 1, sum)", "apply({kn}, 2, sum)", "t(t({n}))", "c({s}, ({n})[-1])",
            "as.vector(t({n}) %*% {nn})",
        ]  # fmt: skip
        form = draw.choice(forms)
        if form.startswith("({kk})"):
            form = form.replace("kk", size + "k")
        if size == "k" and draw.random() < 0.3:
            form = draw.choice(
                ["solve({sq}, {k})", "c(solve({sq}) %*% {k})", "({n})[1:3]", "c({s}, {s}, {s})"]
            )
            return self.fill(form, depth)
        return self.fill(form, depth, {"n": size, "k": other})

    def matrix(self, shape: Shape, depth: int) -> str:
        forms = [
            "({nk} %*% {kk})", "t({kn})", "outer({n}, {k})", "({n} %o% {k})",
            "crossprod({nn}, {nk})",
            "tcrossprod({nk}, {kk})", "({n} %*% t({k}))", "diag({n}) %*% {nk}", "({nk} - {n})",
            "sweep({nk}, 2, {k})", "sweep({nk}, 1, {n}, '*')", "sweep({nk}, 2, {k}, '+')",
            "({nk} * rowSums({nk}))", "t({kn} * {k})", "matrix(c({nk}), ncol = 3)",
            "matrix({nk}, nrow(X))",
        ]  # fmt: skip
        draw = self.draw
        if shape[0] == shape[1]:
            forms += ["diag({n})", "outer({n}, {n})", "tcrossprod({n})", "tcrossprod({nk})"]
            forms += ["crossprod({kn})"]
        if shape == "kk":
            forms += ["chol(S + crossprod({nk}))", "chol(crossprod(X) + crossprod({kk}))"]
            forms += [
                "solve({sq})",
                "solve({sq}, {kk})",
                "diag(3)",
                "diag({s}, 3)",
                "({nk})[1:3, ]",
            ]
        if shape[1] == "k":
            forms += ["cbind({s}, {n}, {n})", "cbind({n}, ({nk})[, 1:2])", "({nk})[, c(3, 1, 2)]"]
            forms += ["cbind({n}, ({nk})[, -1])", "cbind(({nk})[, -3], {n})", "cbind(1, {n}, a)"]
        if shape[0] == "k":
            forms += ["rbind({k}, {k}, {s})", "rbind({k}, ({nk})[-1, ])"]
        if shape[0] == "n":
            forms += ["({nk})[g, ]", "({nk})[5:1, ]"]
        form = draw.choice(forms)
        if form.startswith("rbind"):
            return self.fill(form, depth, {"n": "k", "k": shape[1]})
        return self.fill(form, depth, {"n": shape[0], "k": shape[1]})

    def fill(self, form: str, depth: int, sizes: dict[str, str] | None = None) -> str:
        """A form with an expression for each shape in braces."""
        sizes, text, rest = sizes or {"n": "n", "k": "k"}, "", form
        while "{" in rest:
            before, _, rest = rest.partition("{")
            shape, _, rest = rest.partition("}")
            if shape == "sq":
                found = self.square(depth)
            elif shape == "j":
                found = self.place()
            else:
                found = self.expression("".join(sizes.get(c, c) for c in shape), depth)
            text += before + found
        return text + rest

    def program(self) -> str:
        draw = self.draw
        shape = draw.choice(SHAPES)
        if draw.random() < 0.5:
            return self.expression(shape, 3)
        first = draw.choice(SHAPES[1:])
        start = f"v <- {self.expression(first, 2)}"
        leaves = LEAVES[first]
        leaves.append("v")
        try:
            return f"{start}\n{self.expression(shape, 3)}"
        finally:
            leaves.remove("v")


def programs(seed: int, count: int, misfit: float = 0.0) -> list[str]:
    """So many programs, the same for a seed."""
    draw = random.Random(seed)  # noqa: S311 - programs are to be the same again
    return [Writer(draw, misfit).program() for _ in range(count)]
