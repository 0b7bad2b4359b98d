"""Random loops over data, as R code: sums, recurrences, vectors that are filled, choices."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

DATA = {
    "y": [0.3, -1.1, 0.7, 1.9, -0.4, 0.2, 1.3],
    "x": [1.0, 0.5, -0.2, 0.8, 2.0, -1.5, 0.1],
    "w": [0.2, -0.3, 0.5, 1.0, 0.1, -0.7, 0.9],
    "g": [1.0, 3.0, 2.0, 2.0, 1.0, 3.0, 3.0],
}
PARAMS = {"a": 0.4, "u": [0.1, -0.2, 0.6]}


@dataclass
class Writer:
    """Writes one program; ``known`` are the numbers that an expression may use."""

    draw: random.Random
    known: list[str] = field(default_factory=list)

    def expression(self, depth: int, known: list[str] | None = None) -> str:
        """Arithmetic over numbers of the turn; no two sides of a comparison are the same."""
        draw, names = self.draw, known or self.known
        kind = draw.random()
        if depth <= 0 or kind < 0.25:
            return draw.choice(names)
        first, second = (self.expression(depth - 1, names) for _ in range(2))
        if kind < 0.6:
            return f"({first} {draw.choice('+-*')} {second})"
        if kind < 0.7:
            return f"tanh({first})"
        if kind < 0.78:
            return f"exp(-abs({first}))"
        if kind < 0.86:
            return f"ifelse({first} > {draw.uniform(-1, 1):.3f}, {first}, {second})"
        if kind < 0.92:
            return f"sum({draw.choice(['x', 'y', 'w'])}*{first})"
        return f"sin({first})"

    def program(self) -> str:
        """A loop with what comes before and after it."""
        draw = self.draw
        low = draw.choice([1, 2, 2, 3])
        kind = draw.choice(["up", "up", "short", "along", "down"])
        low = 1 if kind in ("along", "down") else low
        places = {
            "up": f"{low}:length(y)",
            "short": f"{low}:(length(y) - 1)",
            "along": "seq_along(y)",
            "down": "(length(y) - 1):1",
        }[kind]
        self.known = ["y[i]", "x[i]", "a", "0.5", "u[g[i]]", "i*0.1", "s", "k"]
        self.known += [f"{name}[i-{lag}]" for lag in range(1, low) for name in "xy"]
        self.known += ["y[i+1]"] if kind in ("short", "down") else []
        fills = low > 1 and kind != "down" and draw.random() < 0.5
        self.known += ["mu[i-1]"] * 2 if fills else []
        body = [self._statement() for _ in range(draw.randint(1, 4))]
        if fills:
            body.insert(draw.randint(0, len(body)), f"mu[i] <- tanh({self.expression(2)})")
        start = ["s <- 0.1", "k <- a"]
        if fills:
            start += ["mu <- numeric(length(y))", "mu[1] <- a", *["mu[2] <- 0.3"] * (low == 3)]
        end = "s + k + u[1]" + (" + sum(mu*x)" if fills else "")
        return "\n".join([*start, f"for (i in {places}) {{", *body, "}", end])

    def _statement(self) -> str:
        draw = self.draw
        kind = draw.random()
        if kind < 0.3:
            return f"s <- s + {self.expression(2, [n for n in self.known if n != 's'])}"
        if kind < 0.4:
            return f"s <- {self.expression(2)}"
        if kind < 0.55:
            return f"k <- 0.5*tanh({self.expression(2)})"
        if kind < 0.7:
            name = f"t{len(self.known)}"
            text = f"{name} <- {self.expression(2)}"
            self.known.append(name)
            return text
        test = f"{self.expression(1)} > {draw.uniform(-1, 1):.3f}"
        if kind < 0.8:
            return f"if ({test}) s <- s - {self.expression(1)}"
        if kind < 0.9:
            return (
                f"if ({test}) {{ k <- tanh({self.expression(1)}) }}"
                f" else {{ s <- s + {self.expression(1)} }}"
            )
        inner = self.expression(1, ["x[j]", "w[j]", "y[i]", "a"])
        return f"for (j in 1:length(x)) s <- s + {inner}"


def programs(seed: int, count: int) -> list[str]:
    """So many programs, the same for a seed."""
    draw = random.Random(seed)  # noqa: S311 - programs are to be the same again
    return [Writer(draw).program() for _ in range(count)]
