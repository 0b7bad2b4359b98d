"""Declared models: what declarations say of inputs, reports, values in their shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gradc.cli.main import run
from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import Function, dump, parse
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.prims.extents import Place, places

LINE = """
DATA_VECTOR(y)
DATA_VECTOR(x)
PARAMETER(a, 0.5)
PARAMETER(b, 1, lower = -5, upper = 5)
mu <- a + b*x
REPORT(mu)
ADREPORT(b)
sum((y - mu)^2)
"""


def function(text: str, **options: Any) -> Function:
    return build(Source("t", text), **options).function


def facts(f: Function, name: str) -> tuple[Any, ...]:
    item = f.input(name)
    return item.kind, str(item.type), item.default, item.lower, item.upper, item.nature, item.base


def test_parameters_are_those_declared_in_their_order() -> None:
    f = function(LINE)
    assert f.wrt == ("a", "b")
    assert [item.name for item in f.inputs] == ["y", "x", "a", "b"]
    assert facts(f, "b") == ("param", "real[]", 1.0, -5.0, 5.0, "real", 1)
    assert f.input("y").type is f.input("x").type
    assert list(f.outputs) == ["value", "report:mu", "adreport:b"]
    assert not build(Source("t", LINE)).notes


def test_wrt_overrides_the_declarations() -> None:
    f = function(LINE, wrt=["b"])
    assert f.wrt == ("b",)
    assert f.input("a").kind == "data"
    g = function(LINE, wrt=["x"], at={"x": [1.0, 2.0]})
    assert g.input("x").type.length == 2
    assert g.input("y").type.length == 2


@pytest.mark.parametrize(
    ("declaration", "wanted"),
    [
        ("DATA_SCALAR(z, 2, positive = TRUE)", ("data", "real[]", 2.0, None, None, "positive", 1)),
        ("DATA_INTEGER(z)", ("data", "real[]", None, None, None, "count", 1)),
        ("DATA_IVECTOR(z, base = 0)", ("data", "real[n_z]", None, None, None, "index", 0)),
        ("DATA_FACTOR(z)", ("data", "real[n_z]", None, None, None, "index", 1)),
        ("DATA_VECTOR(z, c(1, 2))", ("data", "real[n_z]", (1.0, 2.0), None, None, "real", 1)),
        ("DATA_MATRIX(z)", ("data", "real[rows_z,cols_z]", None, None, None, "real", 1)),
        ("PARAMETER_VECTOR(z, rep(0.5, 2))", ("param", "real[2]", (0.5, 0.5), *[None] * 2)),
        ("PARAMETER_VECTOR(z, rep(NA, 2))", ("param", "real[2]", None, *[None] * 2)),
        (
            "PARAMETER_MATRIX(z, matrix(1:4, 2))",
            ("param", "real[2,2]", (1.0, 2.0, 3.0, 4.0), *[None] * 2),
        ),
        ("PARAMETER(z, 1, random = TRUE)", ("random", "real[]", 1.0, None, None)),
        ("PARAMETER(z, lower = -Inf, upper = 2)", ("param", "real[]", None, None, 2.0)),
    ],
)
def test_what_a_declaration_says(declaration: str, wanted: tuple[Any, ...]) -> None:
    f = function(f"{declaration}\nPARAMETER(q, 1)\nsum(z)*q")
    assert facts(f, "z")[: len(wanted)] == wanted
    assert dump(parse(dump(f))) == dump(f)


def test_one_number_fills_a_vector_whose_length_comes_from_use() -> None:
    text = "DATA_VECTOR(y)\nPARAMETER_VECTOR(b, 3)\nsum(y)*sum(b*c(1, 2, 3))"
    assert facts(function(text), "b")[1:3] == ("real[3]", (3.0, 3.0, 3.0))


def test_a_vector_that_a_loop_runs_through_is_as_long_as_the_loop() -> None:
    text = """
    DATA_VECTOR(y)
    DATA_VECTOR(x)
    DATA_VECTOR(ends)
    PARAMETER(a, 1)
    nll <- 0
    for (t in 1:length(y)) nll <- nll + (y[t] - a*x[t] - ends[t + 1] + ends[t])^2
    nll
    """
    f = function(text)
    assert f.input("x").type is f.input("y").type
    assert str(f.input("ends").type) == "real[n_y+1]"


def test_a_loop_that_reads_only_earlier_elements_leaves_the_length_open() -> None:
    text = """
    DATA_VECTOR(y)
    DATA_VECTOR(x)
    PARAMETER(a, 1)
    nll <- 0
    for (t in 2:length(y)) nll <- nll + (y[t] - a*x[t - 1])^2
    """
    model = compile_model(text + "nll")
    assert str(model.function_.input("x").type) == "real[n_x]"
    assert "must not be below" in model.emit("r")["model.R"]
    assert "is too small" in model.emit("tmb")["model.cpp"]
    with pytest.raises(GradcError, match="'x' is too short: 3 elements are read of 2"):
        model.complete({"y": [1, 2, 3, 4], "x": [1, 2]})
    both = text + "for (t in 1:length(y)) nll <- nll + (y[t] - a*x[t])^2\nnll"
    assert str(function(both).input("x").type) == "real[n_y]"


def test_random_effects_are_differentiated_too() -> None:
    text = "DATA_VECTOR(y)\nPARAMETER_VECTOR(u, c(0, 0), random = TRUE)\nsum(y)*sum(u)"
    f = function(text)
    assert f.wrt == ("u",)
    assert f.input("u").kind == "random"


def test_places_are_followed_through_what_moves_them() -> None:
    text = """
    DATA_VECTOR(y)
    DATA_IVECTOR(g, base = 0)
    DATA_IVECTOR(h)
    PARAMETER_VECTOR(u, c(0, 0, 0))
    sum((y - u[g] - u[h - 1])^2)
    """
    found = places(function(text))
    assert [(place.name, place.size.constant, place.offset) for place in found] == [
        ("g", 3, 1),
        ("h", 3, -1),
    ]
    assert Place("g", found[0].size, 1) == found[0]


def test_what_is_not_declared_is_data_and_said() -> None:
    built = build(Source("t", "DATA_VECTOR(y)\nPARAMETER(mean_y, 0)\nsum((y - maen_y)^2) + mean_y"))
    assert built.function.wrt == ("mean_y",)
    assert built.function.input("maen_y").kind == "data"
    (note,) = built.notes
    assert note.message == "'maen_y' is not declared, and is taken as data"
    assert note.suggestion == "did you mean 'mean_y'?"


def test_a_parameter_that_does_nothing_is_said() -> None:
    (note,) = build(Source("t", "DATA_VECTOR(y)\nPARAMETER(a, 0)\nsum(y^2)")).notes
    assert note.message == "the value does not depend on 'a'"


def test_names_of_constants_may_be_declared() -> None:
    f = function("DATA_VECTOR(T)\nPARAMETER(F, 0.1)\nPARAMETER(pi, 1)\nsum(T*F) + pi")
    assert f.wrt == ("F", "pi")


# ------------------------------------------------------------------------- values

MATRICES = """
DATA_MATRIX(X)
DATA_VECTOR(y)
DATA_IVECTOR(g)
DATA_INTEGER(k)
PARAMETER_VECTOR(b, c(1, 2))
PARAMETER_MATRIX(M, matrix(1:6, 3, 2))
sum((y - X %*% b)^2) + sum(b[g]) + k*sum(M)
"""
GOOD = {"X": [[1, 2], [3, 4], [5, 6]], "y": [1, 2, 3], "g": [1, 2, 2, 1], "k": 2}


def matrices() -> Model:
    return compile_model(MATRICES)


def test_values_are_completed_in_their_shapes() -> None:
    point = matrices().complete(GOOD)
    assert point["X"] == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert point["M"] == [[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]
    assert point["b"] == [1.0, 2.0]
    single = compile_model("DATA_VECTOR(y)\nPARAMETER(a, 0)\nsum((y - a)^2)").complete({"y": 3})
    assert single["y"] == [3.0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"X": [1, 2]}, "'X' is a matrix, and a vector of 2 is given"),
        ({"y": 3.0}, "'y' must have 3 elements, since 'X' has 3 rows, and has 1"),
        ({"y": [1, 2]}, "'y' must have 3 elements, since 'X' has 3 rows, and has 2"),
        ({"X": [[1, 2, 3]], "y": [1]}, "'X' must have 2 columns, and has 3"),
        ({"M": [[1, 2], [3, 4]]}, "'M' must have 3 rows, and has 2"),
        ({"M": 3.0}, "'M' is a matrix of 3 by 2, and a number is given"),
        ({"b": [1, 2, 3]}, "'b' must have 2 elements, and has 3"),
        ({"g": [1, 3]}, "element 2 of 'g' is 3, and has to be between 1 and 2"),
        ({"g": [0, 1]}, "element 1 of 'g' is 0, and has to be between 1 and 2"),
        ({"g": [1, 1.5]}, "element 2 of 'g' is 1.5, and has to be a whole number"),
        ({"k": 0.5}, "'k' is 0.5, and has to be a whole number"),
        ({"X": [[1, 2], [3]]}, "the rows of 'X' differ: row 1 has 2 numbers, and row 2 has 1"),
        ({"X": [[1, "a"]]}, "row 1 of 'X' is no list of numbers"),
    ],
)
def test_values_that_do_not_fit(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(GradcError) as caught:
        matrices().complete({**GOOD, **wrong})
    assert caught.value.diagnostics[0].message == said


def test_a_parameter_without_a_length_has_no_gradient() -> None:
    text = "DATA_VECTOR(y)\nPARAMETER_VECTOR(b)\nsum(y)*sum(b^2)"
    with pytest.raises(GradcError) as caught:
        compile_model(text).emit("r")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "G302"
    assert diagnostic.span is not None
    assert diagnostic.span.text == "PARAMETER_VECTOR(b)"
    # TMB takes as many as there are.
    assert "int n_b = b.size();" in compile_model(text).emit("tmb")["model.cpp"]
    assert compile_model(text, at={"b": [1.0, 2.0]}).emit("r")


# ------------------------------------------------------------------------- the command line


def called(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = run(arguments)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def line(tmp_path: Path) -> str:
    path = tmp_path / "line.txt"
    path.write_text(LINE)
    return str(path)


def test_reports_stand_beside_value_and_gradient(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("y,x\n1,1\n2,3\n")
    status, out, _ = called(["eval", line, "--at", str(data), "--format", "json"], capsys)
    assert status == 0
    result = json.loads(out)["points"][0]["results"]["numpy"]
    assert result["value"] == 2.5
    assert result["gradient"] == {"a": 4.0, "b": 10.0}
    assert result["reports"] == {"mu": [1.5, 3.5], "b": 1.0}


def test_a_missing_column_is_named_with_its_file(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("y,xx\n1,1\n2,3\n")
    status, _, err = called(["eval", line, "--at", str(data)], capsys)
    assert status == 2
    assert f"error[G205]: '{data}' has no column 'x'" in err
    assert "did you mean 'xx'?" in err
    status, _, err = called(
        ["compile", line, "--at", str(data), "--no-verify", "-o", str(tmp_path / "out")], capsys
    )
    assert status == 0
    assert f"'{data}' has no column 'x', and takes random values" in err


def test_rows_with_gaps_are_dropped_where_that_is_asked(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("y,x\n1,1\nNA,7\n2,3\n")
    status, out, _ = called(
        ["eval", line, "--at", str(data), "--na", "drop", "--format", "json"], capsys
    )
    assert status == 0
    assert json.loads(out)["points"][0]["results"]["numpy"]["value"] == 2.5


def test_matrices_come_as_rows_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, data = tmp_path / "m.txt", tmp_path / "data.json"
    model.write_text(MATRICES)
    data.write_text(json.dumps(GOOD))
    status, out, _ = called(["eval", str(model), "--at", str(data), "--format", "json"], capsys)
    assert status == 0
    found = json.loads(out)
    assert found["inputs"]["X"] == {"kind": "data", "shape": [3, 2]}
    assert found["points"][0]["results"]["numpy"]["gradient"]["M"] == [[2.0, 2.0]] * 3


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        MATRICES,
        "DATA_VECTOR(y)\nPARAMETER_VECTOR(u, rep(NA, 2), random = TRUE)\nsum(y)*sum(u)",
        "DATA_SCALAR(s, 2, positive = TRUE)\nPARAMETER(a, 1, lower = 0)\nb <- 2*a\nREPORT(b)\ns*b",
    ],
)
def test_the_model_is_shown_as_it_is_read(text: str) -> None:
    shown = compile_model(text).r_model()
    assert not shown.startswith("#")
    assert dump(function(shown)).split("\n")[1:9] == dump(function(text)).split("\n")[1:9]


@pytest.mark.parametrize("index", ["X[, 1] > 2, 1", "X[, 1] > 2, ", "y > 2, 1", "1, X[1, ] > 2"])
def test_a_test_of_data_is_no_place_in_a_matrix(index: str) -> None:
    text = f"DATA_MATRIX(X)\nDATA_VECTOR(y)\nPARAMETER(b, 1)\nb*sum(X[{index}])"
    with pytest.raises(GradcError) as caught:
        compile_model(text)
    assert caught.value.diagnostics[0].code == "G104"
