"""Each example without data is compiled and verified in every toolchain."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradc.model import compile as compile_model

FOLDER = Path(__file__).parents[2] / "examples"
# What the files say in their first lines; the others name their parameters themselves.
WRT = {
    "gompertz.py": ["size", "delay", "rate"],
    "huber.txt": ["a", "b"],
    "logistic_regression.txt": ["b0", "b1"],
}
# Those with data beside them are declared models, which test_examples_declared.py runs.
DATA = {path.stem for path in FOLDER.iterdir() if path.suffix in (".csv", ".json")}
MODELS = [path for path in FOLDER.glob("*.*") if path.stem not in {*DATA, "simulate"}]


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("path", sorted(MODELS), ids=lambda path: path.name)
def test_example_agrees_everywhere(path: Path) -> None:
    model = compile_model(path, wrt=WRT.get(path.name))
    report = model.verify("all", points=5)
    # A witness may have no answer to a model, which it says; a target and TensorFlow's tape have.
    silent = [
        s.name
        for s in report.sources
        if s.status in ("missing", "failed")
        or (s.status == "unsupported" and (s.kind != "witness" or s.name == "tf-tape"))
    ]
    assert silent == []
    assert report.verdict in ("agree", "inconclusive"), report
