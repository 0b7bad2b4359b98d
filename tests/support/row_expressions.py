"""Random expressions that mix scalars, stacks of scalars, elements and vectors of three rows."""

from __future__ import annotations

from typing import Any

from expressions import values
from hypothesis import strategies as st

ROWS = 3
SCALARS = ("a", "b")
"""Scalar parameters; the vector parameter ``p`` has two elements."""
VECTORS = ("x", "y")
"""Data; their length is a symbol until it meets a stack."""

_SCALAR_LEAVES = (*SCALARS, "p[1]", "p[2]", "0.5", "2")
_FUNCTIONS = ("exp(-abs({}))", "sin({})", "tanh({})", "log(1 + ({})^2)", "({})^2", "-({})")
_REDUCTIONS = ("sum({})", "mean({})", "max({})", "prod({})/(1 + sum(({})^2))", "length({})")
_BINARY = ("({}) + ({})", "({}) - ({})", "({})*({})", "({})/(1 + ({})^2)")
_CHOICES = ("ifelse(({}) > 0.3, {}, {})", "pmax({}, {})")
_ELEMENTS = ("({})[1]", "({})[2]", "({})[3]")
_DEPTH = 4


def _fill(draw: st.DrawFn, form: str, kinds: str, depth: int) -> str:
    """The form over drawn arguments: ``s`` a scalar, ``v`` a vector, the last one repeated."""
    drawn = [(scalar_text if kind == "s" else vector_text)(draw, depth) for kind in kinds]
    drawn += [drawn[-1]] * (form.count("{}") - len(drawn))
    return form.format(*drawn)


def scalar_text(draw: st.DrawFn, depth: int) -> str:
    """A scalar."""
    sort = draw(st.integers(0, 9)) if depth else 0
    if sort <= 1:
        return draw(st.sampled_from(_SCALAR_LEAVES))
    forms, kinds = {
        2: (_FUNCTIONS, "s"),
        3: (_BINARY, "ss"),
        4: (_CHOICES, "ss"),
        5: (_ELEMENTS, "v"),
    }.get(sort, (_REDUCTIONS, "v"))
    return _fill(draw, draw(st.sampled_from(forms)), kinds, depth - 1)


def vector_text(draw: st.DrawFn, depth: int) -> str:
    """A vector of three rows."""
    sort = draw(st.integers(0, 9)) if depth else 0
    if sort <= 1:
        return draw(st.sampled_from(VECTORS))
    if sort <= 4:
        return _fill(draw, f"c({', '.join(['{}'] * ROWS)})", "s" * ROWS, depth - 1)
    kinds = draw(st.sampled_from(("vv", "sv", "vs")))
    forms, kinds = {5: (_FUNCTIONS, "v"), 6: (_CHOICES, "vv")}.get(sort, (_BINARY, kinds))
    return _fill(draw, draw(st.sampled_from(forms)), kinds, depth - 1)


@st.composite
def _drawn(draw: st.DrawFn, scalar: bool) -> str:
    return (scalar_text if scalar else vector_text)(draw, _DEPTH)


def mixed(*, scalar: bool) -> st.SearchStrategy[str]:
    """Texts that have some parameter, and a scalar or one row for each of the data as value."""
    return _drawn(scalar).filter(lambda text: bool(parameters(text)))


def parameters(text: str) -> tuple[str, ...]:
    """The parameters that a text names."""
    words = set("".join(c if c.isalnum() else " " for c in text).split())
    return tuple(name for name in (*SCALARS, "p") if name in words)


def points() -> st.SearchStrategy[dict[str, Any]]:
    """A value for each input."""
    rows = st.lists(values(), min_size=ROWS, max_size=ROWS)
    pair = st.lists(values(), min_size=2, max_size=2)
    scalars = {name: values() for name in SCALARS}
    return st.fixed_dictionaries({**scalars, **dict.fromkeys(VECTORS, rows), "p": pair})
