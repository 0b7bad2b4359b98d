"""A value split into what each row contributes and the rest; networks found in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradc.ir import Function
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.passes import Split, find_stack, split_rows

ROWS = 6
RNG = np.random.default_rng(20261126)
VALUES: dict[str, Any] = {
    "x": RNG.normal(size=ROWS),
    "y": RNG.normal(size=ROWS),
    "z": RNG.normal(size=ROWS),
    "group": np.array([1.0, 2.0, 3.0, 3.0, 1.0, 2.0]),
    "X": RNG.normal(size=(ROWS, 2)),
    "a": 0.75,
    "b": -0.5,
    "c": 0.3,
    "u": np.array([0.2, -0.4, 0.1]),
    "w": np.array([0.5, -1.5]),
    "W": np.array([[0.3, -0.2], [0.1, 0.6]]),
    "width": 0.8,
}
DECLARED = """
DATA_VECTOR(y)
DATA_VECTOR(x)
DATA_IVECTOR(group)
DATA_MATRIX(X)
DATA_SCALAR(width)
PARAMETER(a, 0)
PARAMETER(b, 0)
PARAMETER_VECTOR(u, rep(0, 3))
PARAMETER_VECTOR(w, rep(0, 2))
PARAMETER_MATRIX(W, matrix(0, 2, 2))
"""


def declared(*lines: str) -> Model:
    """A model that declares what its last lines name."""
    body = "\n".join(lines)
    kept = [line for line in DECLARED.split("\n") if line and _named(line) in _words(body)]
    return compile_model("\n".join([*kept, body]))


def _named(line: str) -> str:
    return line.partition("(")[2].partition(",")[0].rstrip(")")


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() else " " for c in text).split())


def plain(text: str, wrt: str = "ab") -> Model:
    used = {name: [0.0] * ROWS for name in ("x", "y", "z") if name in _words(text)}
    return compile_model(text, wrt=[name for name in wrt if name in _words(text)], at=used)


def number(function: Function, data: dict[str, Any]) -> Any:
    """The value of a function, by NumPy."""
    names = [item.name for item in function.inputs]
    found, _ = Model(function, ()).function("numpy")(**{name: data[name] for name in names})
    return np.asarray(found)


def batch(split: Split, data: dict[str, Any], chosen: Any) -> float:
    """The estimate of the objective of all rows from some of them."""
    part = {k: v[chosen] if len(np.shape(v)) and len(v) == ROWS else v for k, v in data.items()}
    part[split.rows] = float(ROWS)
    terms = number(split.output, part)
    if split.squares is not None:
        terms = (part[split.squares.response] - terms) ** 2
        for prim, by in split.squares.scale:
            step = float(ROWS) if by is None else by
            terms = terms * step if prim == "mul" else terms / step
    rest = 0.0 if split.rest is None else number(split.rest, part)
    return float(np.sum(terms) * ROWS / len(chosen) + rest)


SUMS = [
    plain("sum((y - a*exp(b*x))^2)"),
    plain("mean((a + b*x - y)^2) + 0.1*(a^2 + b^2)"),
    plain("0.5*sum((y - a - b*x)^2)/3 - log(1 + a^2)"),
    plain("-sum(y*log(1/(1 + exp(-a - b*x))) + (1 - y)*log(1 - 1/(1 + exp(-a - b*x))))"),
    plain("sum(y*a) - 2*sum(exp(b*x)) + sum(z^2*a)/length(z)"),
    plain("a*sum((y - b*x)^2) + length(y)*log(1 + b^2)"),
    plain("sum(ifelse(x > 0, (y - a)^2, abs(y - b)))"),
    plain("sum((log(1 + y^2) - a*x)^2)"),
    plain("sum((y - b)*(y - b))"),
    declared(
        "-sum(dnorm(y, a + u[group], exp(b), log = TRUE)) - sum(dnorm(u, 0, width, log = TRUE))"
    ),
    declared("mean((y - tanh(X %*% W) %*% w)^2) + sum(W^2)"),
    declared("sum((y - rowSums(X %*% W))^2)"),
    declared("sum((X %*% W)^2) + sum((y - X[, 2]*a)^2)"),
    declared("sum((y - outer(x, w) %*% w)^2)"),
]


@pytest.mark.parametrize("number_", range(len(SUMS)))
def test_rows_and_rest_are_the_value(number_: int) -> None:
    function = SUMS[number_].stages.value
    split = split_rows(function)
    assert split is not None
    whole = number(function, VALUES)
    assert np.isclose(batch(split, VALUES, np.arange(ROWS)), whole, rtol=1e-13)
    halves = [batch(split, VALUES, chosen) for chosen in ([0, 3, 4], [1, 2, 5])]
    assert np.isclose(np.mean(halves), whole, rtol=1e-13)
    # A row's contribution does not hang on the rows beside it.
    singles = [batch(split, VALUES, np.array([row])) for row in range(ROWS)]
    assert np.isclose(np.mean(singles), whole, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("sum((y - a*exp(b*x))^2)", "y"),
        ("mean((a + b*x - y)^2)", "y"),
        ("sum((y - a - b*x)^2)/2 + a^2", "y"),
        ("(y - a*x)^2", "y"),
        ("sum((log(1 + y^2) - a*x)^2)", None),
        ("sum((y - a*y)^2)", None),
        ("a*sum((y - b*x)^2)", None),
        ("-sum((y - a*x)^2)", None),
        ("sum((y - a*x)^2) + sum((z - b*x)^2)", None),
        ("sum((y - a)^2*x)", None),
    ],
)
def test_the_response_of_squares(text: str, response: str | None) -> None:
    split = split_rows(plain(text).stages.value)
    assert split is not None
    assert (split.squares and split.squares.response) == response


@pytest.mark.parametrize(
    "model",
    [
        plain("sum(a*y)^2"),
        plain("log(sum(exp(a*y)))"),
        plain("prod(1 + (a*y)^2)"),
        plain("max(a*y) + sum(y)"),
        plain("sum((y[-1] - a*y[-length(y)])^2)"),
        plain("sum(cumsum(a*y))"),
        plain("sum((y - mean(y) - a*x)^2)"),
        plain("sum(a*y)*sum(b*x)"),
        plain("sum(y*a)/sum(x*b)"),
        plain("sum(rev(y)*a*x)"),
        plain("sum(seq_along(y)*a*y)"),
        plain("100*(b - a^2)^2 + (1 - a)^2"),
        declared("sum((y - t(t(X) %*% X) %*% w)[1])"),
        declared("sum(crossprod(X %*% W))"),
    ],
)
def test_what_is_no_sum_over_rows(model: Model) -> None:
    assert split_rows(model.stages.value) is None


def layers(model: Model) -> list[tuple[int, int, bool, str]] | None:
    """Inputs, units, whether there is a bias, and the activation of each layer."""
    split = split_rows(model.stages.value)
    assert split is not None
    found = find_stack(split.output)
    if found is None:
        return None
    return [
        (len(one.kernel), len(one.kernel[0]), bool(one.bias), one.activation)
        for one in found.layers
    ]


def test_networks_in_both_notations() -> None:
    assert layers(plain("(y - 1/(1 + exp(-(a + b*x))))^2")) == [(1, 1, True, "sigmoid")]
    assert layers(plain("sum((y - a - b*x)^2)")) == [(1, 1, True, "linear")]
    assert layers(plain("(y - a*tanh(b*x))^2")) == [
        (1, 1, False, "tanh"),
        (1, 1, False, "linear"),
    ]
    assert layers(plain("(y - log(1 + exp(a*x + b*z)))^2")) == [(2, 1, False, "softplus")]
    assert layers(plain("(y - pmax(a*x + b, 0))^2")) == [(1, 1, True, "relu")]
    network = declared("h <- exp(X %*% W + outer(rep(1, nrow(X)), w))", "sum((y - rowSums(h))^2)")
    assert layers(network) is None  # row sums have no weights to be a layer
    network = declared("h <- tanh(X %*% W)", "sum((y - (a + h %*% w))^2)")
    assert layers(network) == [(2, 2, False, "tanh"), (2, 1, True, "linear")]


@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        ("(y - a*exp(b*x) - a)^2", "ab"),
        ("(y - 1/(1 + exp(-(a + b*x + a*z))))^2", "ab"),
        ("(y - (a + b*x^2))^2", "ab"),
        ("(y - (a + x + b*z))^2", "ab"),
        ("(y - (2*a + b*x))^2", "ab"),
        ("(y - (a + b*tanh(c*x) + c))^2", "abc"),
        ("(y - a*sin(b*x))^2", "ab"),
        ("(y - (a*tanh(b*x) + c*x))^2", "abc"),
    ],
)
def test_what_is_no_network(text: str, wrt: str) -> None:
    assert layers(plain(text, wrt)) is None
