"""The command line: what it prints, where, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradc.cli.main import run

SIGMOID = "(y - 1/(1 + exp(-(a + b*x))))^2"


def gradc(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(arguments)
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_eval_prints_the_document_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = gradc(
        capsys, "eval", "-e", "a*x^2", "--wrt", "a", "--at", "a=3,x=2", "--format", "json"
    )
    assert status == 0
    document = json.loads(out)
    assert document["schema"] == 1
    assert document["inputs"] == {
        "a": {"kind": "param", "shape": []},
        "x": {"kind": "data", "shape": []},
    }
    assert document["wrt"] == ["a"]
    assert document["points"] == [
        {
            "at": {"a": 3.0, "x": 2.0},
            "results": {"numpy": {"value": 12.0, "gradient": {"a": 4.0}}},
        }
    ]


def test_eval_takes_points_from_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text("x,y\n1,2\n2,5\n", encoding="utf-8")
    points = tmp_path / "points.json"
    points.write_text('[{"a": 1}, {"a": 2}]', encoding="utf-8")
    status, out, _ = gradc(
        capsys,
        *("eval", "-e", "sum((y - a*x)^2)", "--wrt", "a"),
        *("--at", str(rows), "--at", str(points), "--hessian", "--format", "json"),
    )
    assert status == 0
    results = [point["results"]["numpy"] for point in json.loads(out)["points"]]
    assert [r["value"] for r in results] == [10.0, 1.0]
    assert [r["gradient"]["a"] for r in results] == [-14.0, -4.0]
    assert [r["hessian"]["a"]["a"] for r in results] == [10.0, 10.0]


def test_values_that_are_not_finite_are_strings(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = gradc(
        capsys, "eval", "-e", "log(x)", "--wrt", "x", "--at", "x=0", "--format", "json"
    )
    (point,) = json.loads(out)["points"]
    assert status == 0
    assert point["results"]["numpy"] == {"value": "-inf", "gradient": {"x": "inf"}}


def test_a_missing_cell_names_row_and_column(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text("x,y\n1,2\n2,NA\n", encoding="utf-8")
    arguments = ("eval", "-e", "sum(a*x*y)", "--wrt", "a", "--at", "a=1", "--at", str(rows))
    status, _, err = gradc(capsys, *arguments)
    assert status == 2
    assert "row 3, column 'y'" in err
    assert "--na drop" in err
    status, out, _ = gradc(capsys, *arguments, "--na", "drop", "--format", "json")
    assert status == 0
    assert json.loads(out)["points"][0]["results"]["numpy"]["value"] == 2.0


def test_unknown_function_is_a_diagnostic(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = tmp_path / "model.txt"
    model.write_text("eta <- a + b*x\n\np <- sigmod(a + b*x)\np\n", encoding="utf-8")
    status, out, err = gradc(capsys, "compile", str(model), "-o", str(tmp_path / "out"))
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "error[G102]: unknown function 'sigmod'",
        f"  --> {model}:3:6",
        "  |",
        "3 | p <- sigmod(a + b*x)",
        "  |      ^^^^^^ did you mean 'sigmoid'?",
    ]
    assert not (tmp_path / "out").exists()
    status, out, err = gradc(
        capsys, "compile", str(model), "-o", str(tmp_path / "out"), "--format", "json"
    )
    (found,) = json.loads(out)["diagnostics"]
    assert (status, err) == (2, "")
    assert found == {
        "code": "G102",
        "severity": "error",
        "message": "unknown function 'sigmod'",
        "file": str(model),
        "line": 3,
        "column": 6,
        "end_line": 3,
        "end_column": 12,
        "suggestion": "did you mean 'sigmoid'?",
    }


def test_compile_writes_every_file_or_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("compile", "-e", SIGMOID, "--wrt", "a,b", "-o", str(tmp_path), "--no-verify")
    status, out, _ = gradc(capsys, *arguments, "--name", "curve")
    assert status == 0
    names = {"curve.R", "curve.cpp", "curve_tmb.R", "curve_numpy.py", "curve_tf.py"}
    names |= {"curve_keras.py", "curve_sympy.py"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert len(out.splitlines()) == len(names)
    # Its own files are written again; a file of somebody else's is not touched, nor the others.
    before = (tmp_path / "curve.R").stat().st_mtime_ns
    (tmp_path / "curve_tf.py").write_text("mine = 1\n", encoding="utf-8")
    status, out, err = gradc(capsys, *arguments, "--name", "curve")
    assert status == 2
    assert "was not written by gradc" in err
    assert (tmp_path / "curve_tf.py").read_text(encoding="utf-8") == "mine = 1\n"
    assert (tmp_path / "curve.R").stat().st_mtime_ns == before
    status, _, _ = gradc(capsys, *arguments, "--name", "curve", "--force")
    assert status == 0
    assert "mine" not in (tmp_path / "curve_tf.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("eval", "-e", "a*x", "--wrt", "a"), "no value for 'a', 'x'"),
        (("eval", "-e", "a*x", "--wrt", "a", "--at", "a=1,x=two"), "'two' is not a number"),
        (("eval", "-e", "a*x", "--wrt", "q", "--at", "a=1"), "'q'"),
        (("eval", "nowhere.txt"), "cannot read 'nowhere.txt'"),
        (("compile",), "give INPUT"),
        (("compile", "-e", "a", "--target", "fortran"), "there is no target 'fortran'"),
        (("frobnicate",), "frobnicate"),
        (("eval", "-e", "a", "--at", "missing.json"), "cannot read 'missing.json'"),
    ],
)
def test_wrong_commands_are_diagnostics(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    status, out, err = gradc(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("error[G")
    assert words in err


def test_verify_document_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = gradc(
        capsys,
        *("verify", "-e", SIGMOID, "--wrt", "a,b", "--target", "numpy", "--witness", "none"),
        *("--points", "5", "--at", "a=5,b=3.5,x=2.5,y=6.5", "--format", "json"),
    )
    document: dict[str, Any] = json.loads(out)
    assert status == 0
    assert document["verdict"] == "agree"
    assert document["points"] == 6
    sources = {source["name"]: source for source in document["sources"]}
    assert sources["numpy"]["kind"] == "emitted"
    assert sources["numpy"]["status"] == "agree"
    assert set(sources["numpy"]["worst"]) >= {"point", "output", "got", "expected", "bound"}


def test_a_naive_form_that_overflows_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("verify", "-e", "log(1 + exp(x))", "--wrt", "x", "--at", "x=800")
    arguments += ("--target", "numpy", "--points", "0")
    assert gradc(capsys, *arguments)[0] == 0
    status, out, _ = gradc(capsys, *arguments, "--no-stabilize")
    assert status == 1
    assert "disagree" in out


def test_every_stage_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for stage in ("frontend", "simplify", "stabilize", "gradient", "hessian", "legalize:tmb"):
        status, out, _ = gradc(
            capsys, "compile", "-e", SIGMOID, "--wrt", "a,b", f"--dump-ir=after:{stage}"
        )
        assert status == 0
        assert out.startswith("function ")
    assert gradc(capsys, "compile", "-e", "a", "--dump-ir=after:lunch")[0] == 2


def test_a_target_that_lacks_a_function_is_left_out_unless_it_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("compile", "-e", "besselI(a, 1)*qgamma(p, 2)", "--wrt", "a", "--no-verify")
    status, _, err = gradc(capsys, *arguments, "-o", str(tmp_path / "all"))
    assert status == 0
    assert "no code for target 'tf': target 'tf' has no 'besselI'" in err
    assert "no code for target 'sympy': target 'sympy' has no 'qgamma'" in err
    names = {path.name for path in (tmp_path / "all").iterdir()}
    assert "model_numpy.py" in names
    assert not names & {"model_tf.py", "model_sympy.py"}
    status, _, err = gradc(capsys, *arguments, "--target", "r,tf", "-o", str(tmp_path / "named"))
    assert status == 2
    assert "error[G303]" in err
    assert not (tmp_path / "named").exists()


def test_starting_imports_no_toolchain() -> None:
    code = (
        "import sys; from gradc.cli.main import run\n"
        "run(['compile', '-e', 'a*x', '--wrt', 'a', '--no-verify', '-o', sys.argv[1]])\n"
        "heavy = {'tensorflow', 'sympy', 'rpy2', 'numpy', 'scipy', 'flint'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)\n"
    )
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", code, folder], capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 0, done.stderr


def test_a_file_from_r_with_row_names_and_text_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text('"","x","site"\n"1",1,"north"\n"2",4,"south"\n', encoding="utf-8")
    status, out, _ = gradc(
        capsys,
        *("eval", "-e", "sum(a*x)", "--wrt", "a", "--at", "a=2", "--at", str(rows)),
        *("--format", "json"),
    )
    assert status == 0
    assert json.loads(out)["points"][0]["results"]["numpy"] == {
        "value": 10.0,
        "gradient": {"a": 5.0},
    }
    status, _, err = gradc(
        capsys, "eval", "-e", "sum(a*site)", "--wrt", "a", "--at", "a=2", "--at", str(rows)
    )
    assert status == 2
    assert "row 2, column 'site': 'north' is not a number" in err


def test_data_without_parameters_are_kept_for_sampling(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = tmp_path / "data.csv"
    rows.write_text("x,y\n1,2\n2,5\n3,4\n", encoding="utf-8")
    status, out, _ = gradc(
        capsys,
        *("verify", "-e", "sum((y - a*x)^2)", "--wrt", "a", "--at", str(rows)),
        *("--target", "numpy", "--points", "4", "--format", "json"),
    )
    document = json.loads(out)
    assert status == 0
    assert document["points"] == 4
    assert [1.0, 2.0, 3.0] in [point["x"] for point in document["at"]]


def test_a_name_that_no_target_takes_is_mangled_and_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = gradc(
        capsys,
        *("compile", "-e", "a*x", "--wrt", "a", "--name", "my-model", "--target", "r"),
        *("--no-verify", "-o", str(tmp_path)),
    )
    assert status == 0
    assert "my_model.R" in out
    assert "note[G108]" in err


def test_exchanged_letters_are_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = gradc(capsys, "eval", "-e", "a*epx(x)")
    assert status == 2
    assert "did you mean 'exp'?" in err


LAYERS = """\
h <- "x"
for (i in 1:{}) h <- paste0("(", h, " + a*tanh(", h, "))")
d <- deriv(parse(text = h)[[1]], c("a"))
"""


def test_text_that_a_script_made_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = tmp_path / "script.R"
    script.write_text(LAYERS.format(2), encoding="utf-8")
    status, out, err = gradc(capsys, "compile", str(script), "--show-text")
    made = "((x + a*tanh(x)) + a*tanh((x + a*tanh(x))))"
    assert (status, out, err) == (0, made + "\n", "")
    status, out, _ = gradc(capsys, "compile", str(script), "--show-text", "--format", "json")
    assert json.loads(out)["text"] == {"length": len(made), "text": made}


def test_long_text_is_measured_and_not_written_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = tmp_path / "script.R"
    script.write_text(LAYERS.format(50), encoding="utf-8")
    length = 1
    for _ in range(50):
        length = 2 * length + len("( + a*tanh())")
    status, out, _ = gradc(capsys, "compile", str(script), "--show-text")
    assert status == 0
    assert out == (
        f"{length:,} characters, 54 distinct pieces: {'(' * 50}x + a*tanh ... {')' * 60}\n"
    )
    status, out, _ = gradc(capsys, "compile", str(script), "--show-text", "--format", "json")
    assert json.loads(out)["text"] == {"length": length, "text": None}


def test_a_model_without_text_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = gradc(capsys, "compile", "-e", "a*x", "--show-text")
    assert (status, out) == (0, "")
    assert err == (
        "note[G107]: this model was not put together as text: it stands in the input as it is\n"
    )
    status, out, _ = gradc(capsys, "compile", "-e", "a*x", "--show-text", "--format", "json")
    assert (status, json.loads(out)["text"]) == (0, None)


def test_the_model_is_shown_as_r_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ("compile", "-e", SIGMOID, "--wrt", "a,b", "--show-model")
    status, out, err = gradc(capsys, *arguments)
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == "optim(par = c(a = NA, b = NA), fn = model)"
    assert json.loads(gradc(capsys, *arguments, "--format", "json")[1])["model"] == out
    assert list(tmp_path.iterdir()) == []


DECLARED = (
    "DATA_VECTOR(y)\nDATA_MATRIX(X)\nPARAMETER_VECTOR(beta, c(0, 0))\nsum((y - X %*% beta)^2)\n"
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"X": [[1, 2], [3, null]], "y": [1, 2]}', "'X' row 2, column 2: the value is missing"),
        ('{"X": [[1, 2], [NaN, 4]], "y": [1, 2]}', "'X' row 2, column 1: the value is missing"),
        ('{"X": [[1, 2], [3, 4]], "y": [1, null]}', "'y' element 2: the value is missing"),
        ('{"X": [[1, 2], [3, 4]], "y": [NaN, 1]}', "'y' element 1: the value is missing"),
    ],
)
def test_a_gap_in_json_has_a_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: str, said: str
) -> None:
    model, values = tmp_path / "model.txt", tmp_path / "data.json"
    model.write_text(DECLARED, encoding="utf-8")
    values.write_text(data, encoding="utf-8")
    status, _, err = gradc(capsys, "eval", str(model), "--at", str(values))
    assert (status, "error[G014]" in err, said in err) == (2, True, True)


def test_a_value_that_nearly_has_the_name_of_a_parameter_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model, values = tmp_path / "model.txt", tmp_path / "data.json"
    model.write_text(DECLARED, encoding="utf-8")
    values.write_text('{"X": [[1, 2]], "y": [1], "Beta": [5, 6]}', encoding="utf-8")
    status, _, err = gradc(capsys, "eval", str(model), "--at", str(values))
    assert status == 0
    assert "warning[G106]: the model has no input 'Beta'" in err
    assert "did you mean 'beta'?" in err


def test_a_script_that_reads_a_table_is_told_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    script = tmp_path / "fit.R"
    script.write_text('d <- read.csv("d.csv")\noptim(c(a = 0), function(p) sum((d$y - p)^2))\n')
    status, _, err = gradc(capsys, "eval", str(script))
    assert status == 2
    assert "'read.csv' reads a file" in err
    assert "--at FILE.csv" in err


@pytest.mark.parametrize(
    "value", ["np.sum((y - X @ theta)**2)", "np.sum(X*theta)", "len(X)*theta[0]", "np.sum(X - y)"]
)
def test_a_matrix_in_a_python_function_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, value: str
) -> None:
    """With as many rows as columns, R's recycling would give another number than NumPy."""
    script, values = tmp_path / "fit.py", tmp_path / "data.json"
    script.write_text(
        "import numpy as np\nfrom scipy.optimize import minimize\n"
        f"def nll(theta, y, X):\n    return {value}\n"
        "minimize(nll, np.ones(2), args=(y, X))\n",
        encoding="utf-8",
    )
    values.write_text('{"X": [[1, 2], [3, 4]], "y": [1, 2]}', encoding="utf-8")
    status, _, err = gradc(capsys, "eval", str(script), "--at", str(values))
    assert status == 2
    assert "error[G104]: 'X' is a matrix" in err
    assert "fit.py:5:" in err
