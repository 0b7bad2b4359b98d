"""``gradc fit``: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from gradc.cli.main import run

EXAMPLES = Path(__file__).parents[2] / "examples"
GROWTH = str(EXAMPLES / "growth_curve.txt")
MIXTURE = str(EXAMPLES / "mixture.txt")
DATA = str(EXAMPLES / "growth_curve.csv")
LINE = "sum((y - (a + b*x))^2)"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "line.csv"
    path.write_text("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n")
    return str(path)


def gradc(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_the_table_has_estimates_and_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = gradc(capsys, "fit", GROWTH, "--data", DATA)
    assert status == 0
    assert err == ""
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["scipy"]
    assert [line[0] for line in lines[1:5]] == ["Asym", "xmid", "scal", "log_cv"]
    assert lines[-1] == ["verdict", "converged"]


def test_the_document_is_that_of_the_contract(
    capsys: pytest.CaptureFixture[str], table: str
) -> None:
    status, out, err = gradc(
        capsys, "fit", "-e", LINE, "--data", table, "--start", "a=0,b=1", "--format", "json"
    )
    document = json.loads(out)
    assert status == 0
    assert err == ""
    assert document["schema"] == 1
    assert document["wrt"] == ["a", "b"]
    assert document["data"] == table
    assert document["start"] == {"a": 0.0, "b": 1.0}
    assert document["best"] == "scipy"
    (fit,) = document["fits"]
    assert fit["status"] == "converged"
    slope, level = np.polyfit([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8], 1)
    assert fit["estimates"]["a"] == pytest.approx(level, rel=1e-10)
    assert fit["estimates"]["b"] == pytest.approx(slope, rel=1e-10)
    assert set(fit) == {
        *("engine", "status", "estimates", "standard_errors", "se_kind", "objective"),
        *("gradient_norm", "evaluations", "seconds", "claimed", "message", "advice"),
    }
    assert set(fit["evaluations"]) == {"function", "gradient"}


def test_an_error_that_does_not_exist_is_said_in_json(
    capsys: pytest.CaptureFixture[str], table: str
) -> None:
    text = "DATA_VECTOR(y)\nPARAMETER(m, 0, upper = 1)\nsum((y - m)^2)"
    status, out, _ = gradc(capsys, "fit", "-e", text, "--data", table, "--format", "json")
    assert status == 0
    assert json.loads(out)["fits"][0]["standard_errors"] == {"m": "nan"}


def test_values_of_parameters_may_stand_with_at(
    capsys: pytest.CaptureFixture[str], table: str
) -> None:
    arguments = ("fit", GROWTH, "--data", DATA, "--at", "Asym=90", "--format", "json")
    status, out, _ = gradc(capsys, *arguments, "--start", "xmid=9")
    assert status == 0
    assert json.loads(out)["start"] == {"Asym": 90.0, "xmid": 9.0, "scal": 3.0, "log_cv": -2.0}


def test_a_vector_has_the_length_of_its_start(
    capsys: pytest.CaptureFixture[str], table: str, tmp_path: Path
) -> None:
    place = tmp_path / "start.json"
    place.write_text('{"b": [0, 0]}')
    text = "sum((y - b[1] - b[2]*x)^2)"
    status, out, _ = gradc(
        capsys, "fit", "-e", text, "--data", table, "--start", str(place), "--format", "json"
    )
    assert status == 0
    assert len(json.loads(out)["fits"][0]["estimates"]["b"]) == 2


def test_none_that_converges_is_status_1(capsys: pytest.CaptureFixture[str], table: str) -> None:
    text = "sum((y - (a + b)*x)^2)"
    status, out, err = gradc(capsys, "fit", "-e", text, "--data", table, "--start", "a=0,b=0")
    assert status == 1
    assert "singular" in out
    assert "scipy: the derivatives are singular here" in err


def test_an_engine_asked_for_by_name_has_to_suit(
    capsys: pytest.CaptureFixture[str], table: str
) -> None:
    arguments = ("fit", "-e", "sum(abs(y - a)^3)", "--data", table, "--start", "a=0")
    status, out, err = gradc(capsys, *arguments, "--engine", "scipy,nls")
    assert status == 2
    assert out.splitlines()[-1].split() == ["verdict", "converged", "unsupported"]
    assert "nls: " in err


BAD = {
    "no data": (
        ("-e", LINE, "--wrt", "a,b", "--start", "a=0,b=0"),
        "error[G205]: there is no 'y' in the data\n  = help: give it with --data\n\n"
        "error[G205]: there is no 'x' in the data\n  = help: give it with --data\n",
    ),
    "a column of another name": (
        ("-e", "sum((Y - a)^2)", "--wrt", "a", "--data", "TABLE"),
        "error[G205]: there is no 'Y' in 'TABLE'\n  = help: did you mean 'y'?\n",
    ),
    "no start": (
        ("-e", LINE, "--wrt", "a,b", "--data", "TABLE", "--start", "a=1"),
        "error[G205]: no starting value for 'b'\n  = help: give it with --start b=…\n",
    ),
    "a start of no parameter": (
        (GROWTH, "--data", DATA, "--start", "Asim=3"),
        "error[G602]: the model has no parameter 'Asim'\n  = help: did you mean 'Asym'?\n",
    ),
    "a start outside": (
        (GROWTH, "--data", DATA, "--start", "scal=0"),
        "error[G601]: the starting value of 'scal' is 0, below its lower bound 0.01\n",
    ),
    "no such engine": (
        (GROWTH, "--data", DATA, "--engine", "nlmimb"),
        "error[G006]: there is no engine 'nlmimb'\n  = help: did you mean 'nlminb'?\n",
    ),
    "no such picture": (
        (GROWTH, "--data", DATA, "--plot", "fit.docx"),
        "error[G021]: 'fit.docx' is no picture that can be written\n  = help: such as fit.png\n",
    ),
    "no such file": (
        (GROWTH, "--data", "none.csv"),
        "error[G011]: cannot read 'none.csv': No such file or directory\n",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_input_is_status_2(capsys: pytest.CaptureFixture[str], table: str, name: str) -> None:
    arguments, expected = BAD[name]
    status, out, err = gradc(capsys, "fit", *(a.replace("TABLE", table) for a in arguments))
    assert (status, out) == (2, "")
    assert err == expected.replace("TABLE", table)


def test_a_plot_shows_data_and_search(
    capsys: pytest.CaptureFixture[str], table: str, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "fit.svg"
    arguments = ("fit", "-e", LINE, "--data", table, "--start", "a=0,b=0")
    status, _, _ = gradc(capsys, *arguments, "--plot", str(picture))
    assert status == 0
    text = picture.read_text()
    assert text.count('id="axes_') == 2
    assert "gradient evaluations" in text
    status, _, _ = gradc(capsys, "fit", GROWTH, "--data", DATA, "--plot", str(picture))
    assert status == 0
    assert picture.read_text().count('id="axes_') == 2
    assert "weight" in picture.read_text()
    status, _, _ = gradc(
        capsys,
        "fit",
        MIXTURE,
        "--data",
        str(Path(MIXTURE).with_suffix(".csv")),
        "--plot",
        str(picture),
    )
    assert status == 0
    assert picture.read_text().count('id="axes_') == 1


def test_a_plot_without_matplotlib_is_status_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    for name in ("matplotlib", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    arguments = ("fit", "-e", LINE, "--data", table, "--start", "a=0,b=0")
    status, out, err = gradc(capsys, *arguments, "--plot", "fit.png")
    assert status == 3
    assert out == ""
    assert "pip install 'gradc[plot]'" in err


def test_compile_writes_the_script_that_fits(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("compile", GROWTH, "--target", "numpy", "--no-verify", "--with-fit")
    status, _, _ = gradc(capsys, *arguments, "-o", str(tmp_path))
    assert status == 0
    names = ["growth_curve_fit.py", "growth_curve_numpy.py"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    # A file of gradc's own is written anew.
    assert gradc(capsys, *arguments, "-o", str(tmp_path))[0] == 0


@pytest.mark.needs("tmb")
def test_what_is_random_comes_last(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = tmp_path / "d.json"
    data.write_text('{"y": [1.2, 0.3, 2.2, 1.9, 0.1, 0.4], "g": [1, 2, 3, 4, 5, 6]}')
    text = (
        "DATA_VECTOR(y)\nDATA_IVECTOR(g)\nPARAMETER_VECTOR(u, rep(0, 6), random = TRUE)\n"
        "PARAMETER(m, 0)\n-sum(dnorm(u, 0, 1, TRUE)) - sum(dnorm(y, m + u[g], 1, TRUE))"
    )
    arguments = ("fit", "-e", text, "--data", str(data), "--engine", "tmb,scipy")
    status, out, err = gradc(capsys, *arguments)
    assert status == 2  # scipy was asked for by name
    lines = [line.split() for line in out.splitlines()]
    assert [line[0] for line in lines[1:8]] == ["m", "u[1]", "u[2]", "u[3]", "u[4]", "u[5]", "…"]
    assert float(lines[1][1]) == pytest.approx(6.1 / 6, rel=1e-6)
    assert "marginal" in out
    assert "only tmb integrates" in err
