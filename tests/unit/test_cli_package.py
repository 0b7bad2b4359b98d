"""``gradc compile --package``: which files, whose files, and what cannot be a package."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gradc.cli.main import run
from gradc.errors import GradcError
from gradc.model import compile as compile_model

DECAY = ("-e", "y ~ a*exp(-b*x)", "--wrt", "a,b", "--no-verify")


def compiled(folder: Path, *arguments: str, name: str = "decay_curve") -> int:
    return run(["compile", *DECAY, "--name", name, "--package", str(folder), *arguments])


def written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_files_of_a_package(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert compiled(tmp_path / "p", "--target", "r,tmb") == 0
    captured = capsys.readouterr()
    pages = ("", "_model", "_mean", "_selfStart", "_tmb", "_tmb_fit")
    assert written(tmp_path / "p") == {
        "DESCRIPTION",
        "NAMESPACE",
        "LICENSE",
        "R/decay_curve.R",
        "R/decay_curve_tmb.R",
        "src/decay_curve.cpp",
        "tests/testthat.R",
        "tests/testthat/test-decay_curve.R",
        "man/decay.curve-package.Rd",
        *(f"man/decay_curve{page}.Rd" for page in pages),
    }
    assert "the package is called 'decay.curve'" in captured.err
    assert str(tmp_path / "p" / "src" / "decay_curve.cpp") in captured.out


def test_all_targets_of_a_package_are_two(tmp_path: Path) -> None:
    assert compiled(tmp_path) == 0
    assert "src/decay_curve.cpp" in written(tmp_path)


def test_tmb_alone_brings_the_functions_of_r(tmp_path: Path) -> None:
    assert compiled(tmp_path, "--target", "tmb") == 0
    assert {"R/decay_curve.R", "src/decay_curve.cpp"} < written(tmp_path)


def test_what_an_earlier_package_had_goes_and_own_files_stay(tmp_path: Path) -> None:
    assert compiled(tmp_path, "--target", "r,tmb", name="old") == 0
    (tmp_path / "R" / "mine.R").write_text("mine <- 1\n", encoding="utf-8")
    assert compiled(tmp_path, "--target", "r", name="new") == 0
    files = written(tmp_path)
    assert "R/mine.R" in files
    assert not any("old" in name or name.startswith("src/") for name in files)


@pytest.mark.parametrize("name", ["DESCRIPTION", "R/decay_curve.R", "LICENSE", "NAMESPACE"])
def test_a_file_of_somebody_else_stops_everything(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("Package: mine\n", encoding="utf-8")
    assert compiled(tmp_path, "--target", "r") == 2
    assert "was not written by gradc" in capsys.readouterr().err
    assert written(tmp_path) == {name}
    assert path.read_text(encoding="utf-8") == "Package: mine\n"
    assert compiled(tmp_path, "--target", "r", "--force") == 0
    assert "mine" not in path.read_text(encoding="utf-8")


def test_a_file_in_the_place_of_a_folder_leaves_nothing_half_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "man").write_text("mine\n", encoding="utf-8")
    assert compiled(tmp_path, "--target", "r") == 2
    assert "cannot write into" in capsys.readouterr().err
    assert written(tmp_path) == {"man"}


def test_other_targets_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert compiled(tmp_path / "p", "--target", "r,numpy") == 2
    assert "--package takes the targets r and tmb" in capsys.readouterr().err
    assert compiled(tmp_path / "p", "--with-fit") == 2
    assert "--with-fit writes scripts" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()
    with pytest.raises(GradcError, match="has no target 'tf'"):
        compile_model("a*x", wrt=["a"]).r_package(["tf"])


def test_a_model_without_parameters_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(GradcError, match="this one has none"):
        compile_model("a*x", wrt=[]).r_package()


def test_files_are_listed_in_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert compiled(tmp_path, "--target", "r", "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert {str(Path(path).relative_to(tmp_path)) for path in document["files"]} == written(
        tmp_path
    )
    assert "G108" in {diagnostic["code"] for diagnostic in document["diagnostics"]}


def test_large_data_do_not_go_into_the_tests(tmp_path: Path) -> None:
    model = compile_model("sum((y - a*exp(-b*x))^2)", wrt=["a", "b"], name="m")
    many = {"a": 1.0, "b": 1.0, "x": [0.5] * 500, "y": [0.25] * 500}
    few = {"a": 1.25, "b": 1.0, "x": [0.5, 1.0], "y": [0.25, 0.5]}
    large = model.r_package(at=[many])["tests/testthat/test-m.R"]
    small = model.r_package(at=[few])["tests/testthat/test-m.R"]
    assert len(large) < 10_000
    assert "a = 1.25," in small


def test_bytes_are_the_same_again() -> None:
    def made() -> dict[str, str]:
        return compile_model("y ~ a*exp(-b*x)", wrt=["a", "b"], name="m").r_package(["r", "tmb"])

    assert made() == made()
