"""``%%gradc`` in a real IPython shell: functions, tables, carets, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("IPython")

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

CELL = "p <- 1/(1 + exp(-(a + b*x)))\n(y - p)^2\n"


@pytest.fixture(scope="module")
def session() -> Iterator[InteractiveShell]:
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.run_line_magic("load_ext", "gradc")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def shell(session: InteractiveShell) -> InteractiveShell:
    session.user_ns.pop("curve", None)
    return session


def cell(shell: InteractiveShell, line: str, text: str) -> tuple[Any, Any]:
    """What a cell returns, and what it shows."""
    with capture_output() as shown:
        result = shell.run_cell(f"%%gradc {line}\n{text}")
    return result, shown


def test_a_cell_becomes_a_function_of_the_session(shell: InteractiveShell) -> None:
    result, _ = cell(shell, "curve --wrt a,b --target r,numpy --no-verify", CELL)
    assert result.success
    value, gradient = shell.user_ns["curve"](5.0, 3.5, y=6.5, x=2.5)
    assert float(value) == pytest.approx(30.25001, rel=1e-6)
    assert set(gradient) == {"a", "b"}
    assert list(result.result.files) == ["curve.R", "curve_numpy.py"]


def test_code_and_the_table_of_agreement_are_shown(shell: InteractiveShell) -> None:
    result, _ = cell(shell, "curve --wrt a,b --points 2", CELL)
    text, html = repr(result.result), result.result._repr_html_()
    for shown in (text, html):
        assert "curve_numpy.py" in shown
        assert "agree" in shown
        assert "def" in shown
    assert html.startswith("<pre")
    assert "<span" in html
    assert result.result.report.verdict == "agree"


def test_a_mistake_is_shown_with_its_place_and_no_traceback(shell: InteractiveShell) -> None:
    shell.user_ns["curve"] = "of an earlier run"
    result, shown = cell(shell, "curve --wrt a", "a + sigmod(x)\n")
    assert result.success
    assert result.result is None
    (said,) = shown.outputs
    text = said.data["text/plain"]
    assert "sigmod" in text
    assert "^^^^^^" in text
    assert "--> <cell>:1:5" in text
    assert "Traceback" not in shown.stdout + shown.stderr + text
    assert "<pre" in said.data["text/html"]
    assert "curve" not in shell.user_ns


def test_a_wrong_line_says_how_it_is_used(shell: InteractiveShell) -> None:
    result, shown = cell(shell, "curve --colour red", CELL)
    assert not result.success
    assert type(result.error_in_exec).__name__ == "UsageError"
    assert "usage: %%gradc" in shown.stderr + shown.stdout
    assert "Traceback" not in shown.stderr + shown.stdout


def test_values_make_data_and_defaults(shell: InteractiveShell) -> None:
    cell(shell, "curve --at x=2.5,y=6.5 --no-verify --no-code", CELL)
    value, gradient = shell.user_ns["curve"](a=np.float64(5.0), b=3.5)
    assert np.isfinite(value)
    assert list(gradient) == ["a", "b"]


def test_help_is_shown(shell: InteractiveShell) -> None:
    _, shown = cell(shell, "--help", CELL)
    assert "--no-verify" in shown.outputs[0].data["text/plain"]
