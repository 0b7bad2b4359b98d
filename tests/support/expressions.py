"""Random well-formed expressions of the model language, and functions made of them."""

from __future__ import annotations

from hypothesis import strategies as st

PARAMS = ("a", "b")
DATA = ("x", "y")

_LITERALS = st.sampled_from(["1", "2", "0.5", "3", "0.1", "1e-3", "7"])
_NAMES = st.sampled_from([*PARAMS, *DATA])
_BINARY = ("+", "-", "*", "/")
# Each function with a form that keeps its argument inside the domain.
_FUNCTIONS = (
    "exp(-abs({}))",
    "expm1({}/(1 + abs({})))",
    "log(1 + ({})^2)",
    "log1p(abs({}))",
    "sqrt(0.5 + ({})^2)",
    "sin({})",
    "cos({})",
    "tanh({})",
    "atan({})",
    "asinh({})",
    "1/(1 + exp(-({})))",
    "plogis({})",
    "log(1 + exp({}))",
    "softplus({})",
    "({})^2",
    "({})^3",
    "(0.1 + abs({}))^1.5",
    "abs({})",
    "lgamma(1 + abs({}))",
    "ifelse({} > 0.3, {}, 2*({}))",
    "pmax({}, 0.25)",
    "-({})",
    "erf({})",
)


@st.composite
def _call(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    form = draw(st.sampled_from(_FUNCTIONS))
    return form.format(*[draw(inner)] * form.count("{}"))


@st.composite
def _binary(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    left, right = draw(inner), draw(inner)
    operator = draw(st.sampled_from(_BINARY))
    if operator == "/":
        return f"({left})/(1 + ({right})^2)"
    return f"({left}) {operator} ({right})"


def expressions(max_leaves: int = 12) -> st.SearchStrategy[str]:
    """Texts over the parameters a, b and the data x, y, finite at moderate values."""
    leaves = st.one_of(_NAMES, _NAMES, _LITERALS)
    return st.recursive(
        leaves, lambda inner: st.one_of(_call(inner), _binary(inner)), max_leaves=max_leaves
    )


def values() -> st.SearchStrategy[float]:
    """Moderate values of inputs."""
    return st.floats(-3, 3, allow_nan=False).map(lambda value: round(value, 3) or 0.125)


def points() -> st.SearchStrategy[dict[str, float]]:
    """A value for each input."""
    return st.fixed_dictionaries({name: values() for name in (*PARAMS, *DATA)})
