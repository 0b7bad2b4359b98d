"""The gradient doctor on Python: code of users in a real Python, with NumPy and TensorFlow."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

import gradc
import gradc.checking
from gradc.cli.main import run

HERE = Path(__file__).parents[1] / "gradients_python"
EXAMPLE = Path(__file__).parents[2] / "examples" / "doctor" / "quadratic_activation.py"


@cache
def checked(name: str) -> gradc.checking.Findings:
    """The findings in a file of the tests."""
    return gradc.check(HERE / name)


def verdicts(name: str) -> dict[tuple[str, str], str]:
    return {(fn, gr): verdict for fn, gr, verdict in checked(name).pairs}


def finding_of(name: str, function: str) -> gradc.checking.Finding:
    return next(f for f in checked(name).findings if f"'{function}'" in f.message)


RIGHT = [
    "right_numpy.py",
    "matrices.py",
    "right_tf.py",
    "right_tape.py",
    "right_float32.py",
    "names_tf.py",
]


@pytest.mark.parametrize("name", RIGHT)
def test_right_code_raises_no_alarm(name: str) -> None:
    found = checked(name)
    said = {(fn, verdict) for fn, _, verdict in found.pairs}
    assert {verdict for _, verdict in said} == {"right"}, said
    assert all(f.severity != "error" for f in found.findings)


@pytest.mark.parametrize(
    ("function", "line", "words", "mend"),
    [
        ("loss_numpy", 10, "`.numpy()` turns the tensor into an array", "leave out .numpy()"),
        ("loss_np", 15, "`np.exp` computes outside of TensorFlow", "tf.exp instead of np.exp"),
        ("loss_partial", 19, "`.numpy()` turns the tensor into an array", "leave out .numpy()"),
        ("loss_float", 24, "`float()` makes a number of Python", "leave out float()"),
        ("loss_variable", 29, "`tf.Variable` makes a new variable", "leave out tf.Variable()"),
        ("loss_int", 34, "`tf.cast` makes integers", "keep real numbers"),
        ("loss_stop", 39, "`tf.stop_gradient` cuts the derivative", "leave out tf.stop_gradient()"),
        ("loss_foreign", 53, "`tf.numpy_function` runs code", "gradc.bridge.tensorflow"),
        ("loss_pyfunc", 58, "`tf.py_function` runs code", "gradc.bridge.tensorflow"),
        ("loss_helper", 63, "`.numpy()` turns the tensor into an array", "leave out .numpy()"),
    ],
)
def test_detached_line_is_named(function: str, line: int, words: str, mend: str) -> None:
    found = finding_of("detached.py", function)
    assert (found.cause, found.code, found.severity) == ("detached", "G711", "error")
    assert found.span is not None
    assert found.span.to_json()["line"] == line
    assert words in found.message
    assert mend in (found.suggestion or "")


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ("loss_item", "(w * 2.0).numpy()"),
        ("loss_assign", "state.assign(w * 2.0)"),
        ("loss_argmax", "tf.argmax(w * x)"),
        ("loss_convert", "np.array(w * x)"),
        ("loss_loop", "float(w * x[i])"),
    ],
)
def test_detached_call_is_named(function: str, text: str) -> None:
    found = finding_of("detached_more.py", function)
    assert found.cause == "detached"
    assert found.span is not None
    assert found.span.text == text


def test_values_that_are_only_shown_are_no_cut() -> None:
    said = {fn: verdict for (fn, _), verdict in verdicts("detached_more.py").items()}
    assert said["loss_print"] == said["loss_cond"] == said["loss_const"] == "right"


def test_derivative_of_the_preactivation_of_one_observation() -> None:
    (found, *_) = checked("stochastic_step.py").findings
    assert found.cause == "other-quantity"
    assert "it is ∂loss/∂z" in found.message
    assert "∂z/∂w = x" in (found.suggestion or "")


def test_whole_tape_is_right_beside_detached_ones() -> None:
    said = {fn: verdict for (fn, _), verdict in verdicts("detached.py").items()}
    assert said["loss_right"] == said["loss_round"] == "right"


def test_unwatched_and_late_tapes() -> None:
    unwatched = next(f for f in checked("tapes.py").findings if "grad_unwatched" in f.message)
    assert "does not watch w, b" in unwatched.message
    assert "the tape gives None for w, b" in unwatched.evidence
    late = finding_of("tapes.py", "grad_late")
    assert "'z' is computed in line 19, before the tape is opened in line 20" in late.message
    assert verdicts("tapes.py")["loss", "grad_watched"] == "right"


def test_custom_gradients() -> None:
    said = {fn: verdict for (fn, _), verdict in verdicts("tapes.py").items()}
    assert (said["activation"], said["bad_activation"]) == ("right", "wrong")


@pytest.mark.parametrize(
    ("function", "cause", "ratio"),
    [("sign", "sign", -1.0), ("mean", "sum-or-mean", 12.0), ("factor", "dropped-half", 0.5)],
)
def test_causes_of_wrong_numbers(function: str, cause: str, ratio: float) -> None:
    found = finding_of("wrong_numpy.py", function)
    assert found.cause == cause
    assert found.ratio == pytest.approx(ratio)


def test_matrix_is_told_by_its_columns() -> None:
    found = finding_of("wrong_matrices.py", "loss")
    assert (found.cause, found.ratio) == ("sum-or-mean", pytest.approx(30.0))
    assert "_column_" not in found.message


def test_quadratic_activation_tells_rounding_from_bug() -> None:
    found = gradc.check(EXAMPLE)
    assert found.verdict == "wrong"
    bug, *notes = found.findings
    assert bug.cause == "other-quantity"
    assert "it is ∂loss/∂z, with 'z' of line 19, and not ∂loss/∂w" in bug.message
    assert "∂z/∂w = x and sum" in (bug.suggestion or "")
    assert [note.cause for note in notes] == ["rounding", "rounding"]
    assert all(note.severity == "note" for note in notes)
    absorbed = " ".join(line for note in notes for line in note.evidence)
    assert "`1e-7 * z**2` is absorbed" in absorbed
    assert "bound of 24-bit arithmetic" in notes[0].message
    assert "difference quotient with step 1e-06" in notes[1].message


def test_quadratic_activation_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(EXAMPLE), "--format", "json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["verdict"] == "wrong"
    first = said["findings"][0]
    assert (first["cause"], first["line"]) == ("other-quantity", 24)
    assert [label["line"] for label in first["labels"]] == [19]


def test_training_loop_whose_tape_gives_none() -> None:
    found = checked("training.py")
    assert found.verdict == "wrong"
    (finding,) = found.findings
    assert finding.cause == "detached"
    assert finding.span is not None
    assert finding.span.text == "np.exp(z)"
    assert finding.evidence == ("the tape gives None for w in line 15",)


def test_code_that_raises(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(HERE / "raises.py")]) == 0
    out = capsys.readouterr().out
    lines = (HERE / "raises.py").read_text().splitlines()
    raising = next(k for k, line in enumerate(lines, 1) if "undefined_name" in line)
    assert "'df' stops when it is called: NameError: name 'undefined_name' is not defined" in out
    assert f"raises.py:{raising}:5" in out
    assert run(["check", str(HERE / "stops.py")]) == 2
    assert "stops.py:" in capsys.readouterr().err


def test_file_without_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(HERE / "no_pairs.py")]) == 2
    said = capsys.readouterr().err
    assert "error[G720]" in said
    assert "--fn NAME --gr NAME say which; it has alpha, beta" in said
    assert run(["check", str(HERE / "no_pairs.py"), "--fn", "gamma"]) == 2


def test_pair_by_option(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["check", str(HERE / "no_pairs.py"), "--fn", "alpha", "--gr", "beta"]
    assert run([*arguments, "--at", "x=1.5"]) == 1
    assert "'beta' is not the gradient of 'alpha'" in capsys.readouterr().out
