"""Goldens: what is emitted for small models, byte by byte, and run before it is accepted.

A case is a folder with ``model.txt`` or ``model.py`` and ``case.json`` (options of compile).
``make goldens`` rewrites the files beside it, each only after its own toolchain agreed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradc.ir import dump
from gradc.model import Model
from gradc.model import compile as compile_model

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/case.json"))
TARGETS = ("r", "tmb", "numpy", "tf", "keras", "sympy")


def options(case: Path) -> dict[str, Any]:
    return json.loads((case / "case.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def read(case: Path) -> Model:
    (path,) = case.glob("model.[tp][xy]*")
    chosen = options(case)
    return compile_model(path, wrt=chosen.get("wrt"), at=chosen.get("at"), name="model")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ir_is_the_golden_one(case: Path, matches_golden: Callable[[Path, str], None]) -> None:
    matches_golden(case / "ir.txt", dump(read(case).stages.gradient))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_emitted_code_is_the_golden_one(
    case: Path,
    target: str,
    request: pytest.FixtureRequest,
    matches_golden: Callable[[Path, str], None],
) -> None:
    model = read(case)
    hessian = options(case).get("hessian", False)
    if request.config.getoption("--accept"):
        report = model.verify(
            target, witnesses="none", points=5, at=options(case).get("at"), hessian=hessian
        )
        assert report.verdict in ("agree", "inconclusive"), report
    for name, text in model.emit(target, hessian=hessian).items():
        matches_golden(case / name, text)


@pytest.mark.needs("r", "tmb", "tf", "keras", "sympy")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_goldens_agree_in_their_toolchains(case: Path) -> None:
    report = read(case).verify("all", points=4, at=options(case).get("at"))
    silent = [s for s in report.sources if s.status in ("missing", "failed")]
    # R's deriv cannot have variables that are called as its own are.
    assert [s.name for s in silent if not (s.name == "r-deriv" and "overwrites" in s.detail)] == []
    assert report.verdict in ("agree", "inconclusive"), report


def test_package_is_the_golden_one(
    request: pytest.FixtureRequest, matches_golden: Callable[[Path, str], None]
) -> None:
    """An R package; tests/toolchain/test_r_package.py lets R check packages."""
    folder = HERE / "package"
    model = compile_model(folder / "model.txt", name="decay_curve")
    files = model.r_package(["r", "tmb"], points=2)
    for name, text in files.items():
        if request.config.getoption("--accept"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        matches_golden(folder / name, text)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == {"model.txt", *files}


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import gradc, sys\n"
        "m = gradc.compile('sum((y - a*exp(-b*x) - c*pmax(x, d))^2)', wrt=list('abcd'))\n"
        "for k in ('r','tmb','numpy','tf','keras','sympy'):\n"
        "    [sys.stdout.write(t) for t in m.emit(k).values()]\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1
