"""The gradient doctor on scripts of R as people write them, each run by real R."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import gradc
from gradc.cli.main import gradc as command

pytestmark = pytest.mark.needs("r")

_HERE = Path(__file__).parents[1] / "gradients"
_RIGHT = sorted((_HERE / "right").glob("*.R"))
_WRONG = sorted((_HERE / "wrong").glob("*.R"))
_EXAMPLES = Path(__file__).parents[2] / "examples" / "doctor"


def _names(paths):
    return [path.stem for path in paths]


@pytest.mark.parametrize("path", _RIGHT, ids=_names(_RIGHT))
def test_right_gradients_raise_no_alarm(path):
    found = gradc.check(path)
    assert found.verdict == "right", found.findings
    assert all(verdict == "right" for _, _, verdict in found.pairs)
    assert all(finding.severity == "note" for finding in found.findings)
    assert found.points >= 8 * len(found.pairs)
    assert found.exit_code(strict=True) == 0


@pytest.mark.parametrize("path", _WRONG, ids=_names(_WRONG))
def test_wrong_gradients_are_found_where_they_are_written(path):
    found = gradc.check(path)
    assert found.verdict == "wrong"
    assert found.exit_code() == 1
    errors = [finding for finding in found.findings if finding.severity == "error"]
    assert len(errors) == 1
    first, last = map(int, re.findall(r"\d+", path.read_text().split("lines: ")[1])[:2])
    place = errors[0].to_json()
    assert first <= place["line"] <= last
    assert place["file"] == str(path)
    causes = path.read_text().split("cause: ")[1].split(";")[0].split("|")
    assert causes == ["any"] or errors[0].cause in causes


@pytest.mark.parametrize("name", ["shape_rows", "other_quantity"])
def test_a_gradient_of_another_shape_is_explained(name):
    finding = gradc.check(_HERE / "wrong" / f"{name}.R").findings[0]
    assert finding.cause == {"shape_rows": "shape", "other_quantity": "other-quantity"}[name]
    said = " ".join(finding.evidence)
    assert ("column" if name == "shape_rows" else "X %*% w") in said


def test_a_wrong_function_that_nothing_calls_is_not_the_symptom():
    found = gradc.check(_EXAMPLES / "logistic_regression.R")
    assert found.verdict == "right"
    assert ("cost", "cost_gradient", "right") in found.pairs
    assert ("sigmoid", "sigmoid_deriv", "wrong") in found.pairs
    (finding,) = found.findings
    assert (finding.severity, finding.cause) == ("warning", "unused")
    assert finding.ratio == pytest.approx(0.1, rel=1e-12)
    assert "not your symptom" in finding.message
    assert "'cost_gradient', is right" in finding.message
    assert found.ran.endswith("of logistic_regression.R in R 4.2.2")


def test_asked_for_by_name_an_unused_function_is_wrong():
    path = _EXAMPLES / "logistic_regression.R"
    found = gradc.check(path, fn="sigmoid", gr="sigmoid_deriv")
    assert found.verdict == "wrong"
    assert found.pairs == (("sigmoid", "sigmoid_deriv", "wrong"),)
    with pytest.raises(gradc.GradcError, match="no function 'sigmund'"):
        gradc.check(path, fn="sigmund", gr="sigmoid_deriv")


def test_a_numerical_gradient_is_neither_right_nor_wrong():
    found = gradc.check(_HERE / "unsure" / "numerical_gradient.R")
    assert found.verdict == "inconclusive"
    assert (found.exit_code(), found.exit_code(strict=True)) == (0, 1)
    assert "numerical derivative" in " ".join(found.findings[0].evidence)


def test_what_is_drawn_anew_each_time_is_refused():
    with pytest.raises(gradc.GradcError, match="draws at random"):
        gradc.check(_HERE / "unsure" / "random_batch.R")


def test_where_a_script_stops_is_said_and_the_rest_is_checked():
    found = gradc.check(_HERE / "right" / "script_stops.R")
    (stop,) = found.diagnostics
    assert (stop.code, stop.severity) == ("G721", "warning")
    assert stop.to_json()["line"] == 3


def test_lost_digits_that_the_bound_explains_are_no_fault():
    found = gradc.check(_HERE / "right" / "ill_conditioned.R")
    (note,) = found.findings
    assert (note.cause, note.severity) == ("rounding", "note")
    assert abs(note.got - note.expected) > abs(note.expected)


def test_a_derivative_in_terms_of_the_value_is_right_and_said_to_be():
    found = gradc.check(_HERE / "right" / "derivative_of_output.R")
    assert [finding.cause for finding in found.findings] == ["other-quantity"]


def test_scripts_leave_nothing_behind(tmp_path):
    script = tmp_path / "plots.R"
    script.write_text(
        "f <- function(x) x^2\nf_grad <- function(x) 2 * x\nplot(1:3)\nquit(status = 3)\nstop(1)\n"
    )
    found = gradc.check(script, at={"x": 3.0})
    assert found.verdict == "right"
    assert "quits" in found.diagnostics[0].message
    assert [path.name for path in tmp_path.iterdir()] == ["plots.R"]


def test_arguments_come_from_at_and_wrt_chooses(tmp_path):
    script = tmp_path / "two.R"
    script.write_text("f <- function(a, b) a^2 * b^3\ngrad_f <- function(a, b) 3 * a^2 * b^2\n")
    assert gradc.check(script, wrt=["b"], at={"a": 2.0, "b": 1.5}).verdict == "right"
    assert gradc.check(script, wrt=["a"], at={"a": 2.0, "b": 1.5}).verdict == "wrong"


def test_command_prints_the_finding_and_its_status():
    runner = CliRunner()
    path = str(_HERE / "wrong" / "sign.R")
    result = runner.invoke(command, ["check", path], standalone_mode=False)
    assert result.return_value == 1
    assert "running your code: sign.R in R 4.2.2" in result.output
    assert "error[G7" in result.output
    assert "got 24.5" in result.output
    as_json = runner.invoke(command, ["check", path, "--format", "json"], standalone_mode=False)
    document = json.loads(as_json.stdout)
    assert document["schema"] == 1
    assert document["verdict"] == "wrong"
    assert document["pairs"] == [
        {"function": "fn", "gradient": "gr", "verdict": "wrong", "used_by": "optim()"}
    ]
    (finding,) = document["findings"]
    keys = {"code", "message", "file", "line", "column", "output", "got", "expected", "ratio"}
    assert keys | {"cause", "evidence", "suggestion"} <= set(finding)
    assert finding["ratio"] == pytest.approx(-1.0)


def test_a_file_without_gradients_is_said_to_have_none(tmp_path):
    script = tmp_path / "none.R"
    script.write_text("square <- function(x) x^2\n")
    with pytest.raises(gradc.GradcError) as caught:
        gradc.check(script)
    (problem,) = caught.value.diagnostics
    assert problem.code == "G720"
    assert "square" in problem.message
