"""The wheel, made from the sdist and installed by itself into an empty environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = "p <- 1/(1 + exp(-(a + b*x)))\n(y - p)^2\n"

# One worker builds and installs once for all of these.
pytestmark = pytest.mark.xdist_group("packaging")


@dataclass(frozen=True, slots=True)
class Distribution:
    sdist: Path
    wheel: Path


def run(*command: object, cwd: Path, expect: int = 0) -> str:
    """Run a command away from this checkout, and give its standard output."""
    unset = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == expect, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    out = tmp_path_factory.mktemp("dist")
    # Without --sdist or --wheel the wheel is made from the sdist, which must then be complete.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return Distribution(sdist, wheel)


@pytest.fixture(scope="module")
def empty(built: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin directory of an environment that holds the wheel and what it requires."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=False, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--python", home / "bin" / "python")
    constraints = ROOT / "constraints.txt"
    run(*pip, "install", "--quiet", "-c", constraints, built.wheel, cwd=home)
    run(*pip, "check", cwd=home)
    return home / "bin"


def test_the_wheel_holds_the_package_the_grammar_and_nothing_else(built: Distribution) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
        assert archive.read("gradc/grammar/r.lark") == (ROOT / "grammar/r.lark").read_bytes()
    here = {path.relative_to(ROOT) for path in (ROOT / "gradc").rglob("*") if path.is_file()}
    sources = {str(path) for path in here if "__pycache__" not in path.parts}
    assert "gradc/py.typed" in sources
    assert sources | {"gradc/grammar/r.lark"} == {
        name for name in names if name.startswith("gradc/")
    }
    assert all(name.startswith(("gradc/", "gradc-")) for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_holds_what_the_tests_need(built: Distribution) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = [
        *(ROOT / "grammar").glob("*.lark"),
        *(ROOT / "examples").glob("*.txt"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "tests" / "corpora").iterdir(),
        *(ROOT / name for name in ("Makefile", "constraints.txt", "scripts/setup", ".ci/run")),
    ]
    assert {str(path.relative_to(ROOT)) for path in wanted} <= names


def test_it_brings_no_toolchain(empty: Path) -> None:
    code = "from importlib.metadata import distributions as d; print(*(i.name for i in d()))"
    present = set(run(empty / "python", "-c", code, cwd=empty.parent).lower().split())
    assert "gradc" in present
    assert not present & {"tensorflow", "tensorflow-cpu", "keras", "sympy", "rpy2", "casadi"}


def test_it_emits_every_language_by_itself(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "sigmoid.txt").write_text(MODEL, encoding="utf-8")
    command = ("compile", "sigmoid.txt", "--wrt", "a,b", "--target", "r,tmb,numpy,tf")
    run(empty / "gradc", *command, "--no-verify", "-o", "out", cwd=tmp_path)
    assert {
        "sigmoid.R",
        "sigmoid.cpp",
        "sigmoid_tmb.R",
        "sigmoid_numpy.py",
        "sigmoid_tf.py",
    } <= {path.name for path in (tmp_path / "out").iterdir()}


def test_it_evaluates_a_gradient(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "sigmoid.txt").write_text(MODEL, encoding="utf-8")
    command = ("eval", "sigmoid.txt", "--wrt", "a,b", "--at", "a=3,b=-1,x=3,y=1")
    printed = run(empty / "gradc", *command, "--format", "json", cwd=tmp_path)
    (point,) = json.loads(printed)["points"]
    # p = 1/2 and p' = 1/4 exactly, so that every number here is a double.
    assert point["results"]["numpy"] == {"value": 0.25, "gradient": {"a": -0.25, "b": -0.75}}


def test_it_verifies_numpy(empty: Path, tmp_path: Path) -> None:
    (tmp_path / "sigmoid.txt").write_text(MODEL, encoding="utf-8")
    command = ("verify", "sigmoid.txt", "--wrt", "a,b", "--target", "numpy")
    run(empty / "gradc", *command, cwd=tmp_path)
