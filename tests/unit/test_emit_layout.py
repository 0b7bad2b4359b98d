"""Long lines: broken after operators and commas, and nothing else changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.emit.layout import WIDTH, paragraph, wrap

TERM = st.sampled_from(["a", "b1", "exp(x - 1)", "f(x, y * 2)", "(a + b)", "x^2", '"b[1]"'])
TEXT = st.lists(TERM, min_size=1, max_size=120).flatmap(
    lambda terms: st.lists(
        st.sampled_from([" + ", " - ", " * ", " / ", ", "]),
        min_size=len(terms) - 1,
        max_size=len(terms) - 1,
    ).map(lambda operators: "".join(t + o for t, o in zip(terms, [*operators, ""], strict=True)))
)


@given(TEXT, st.booleans())
def test_breaking_only_adds_line_ends(text: str, leading: bool) -> None:
    lines = wrap(text, 4, leading=leading)
    assert " ".join(line.strip() for line in lines) == text
    assert all(len(line) <= WIDTH for line in lines)
    for line in lines[:-1]:
        last = line.rstrip()[-1]
        assert last == "," or (last in "+-*/") is not leading


def test_a_break_outside_brackets_is_preferred() -> None:
    inner = ", ".join(f"argument{i}" for i in range(5))
    lines = wrap(f"f({inner}) + g({inner}) * h({inner})", 0)
    assert lines[0] == f"f({inner}) +"


def test_nothing_to_break_is_left_alone() -> None:
    assert wrap("x" * 200, 2) == ["  " + "x" * 200]


@pytest.mark.parametrize("width", [20, 40])
def test_paragraph(width: int) -> None:
    lines = paragraph(["word"] * 30, "# ", width)
    assert all(len(line) <= width and line.startswith("# word") for line in lines)
