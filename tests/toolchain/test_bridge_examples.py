"""The examples of the bridge run as they stand, and train to the right place."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "bridge"
# The file that tests the bridge has TensorFlow in its process already.
pytestmark = [pytest.mark.needs("r", "tf"), pytest.mark.xdist_group("bridge")]


def numbers(line: str) -> list[float]:
    return [float(found) for found in re.findall(r"-?\d+\.?\d*(?:e[+-]\d+)?", line)]


def test_the_naive_ways_give_none_and_zero_and_the_bridge_trains() -> None:
    done = subprocess.run(
        [sys.executable, FOLDER / "train_through_r.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    said = {line.split()[0]: line.split(maxsplit=1)[1].strip() for line in lines[:4]}
    assert said["by_numpy"] == "None"
    assert said["by_py_function"] == "0.0"
    bridged, exact = numbers(said["by_the_bridge"]), numbers(said["exact"])
    assert len(exact) == 2
    np.testing.assert_allclose(bridged, exact, rtol=1e-8)
    # What optim() finds for the same likelihood.
    np.testing.assert_allclose(numbers(lines[-2]), [54.18729, 0.1300331], rtol=1e-5)
    assert np.abs(numbers(lines[-1])).max() < 1e-3


def test_keras_fits_a_curve_in_r(capsys: pytest.CaptureFixture[str]) -> None:
    found = runpy.run_path(str(FOLDER / "keras_with_r.py"))
    found["curve"].close()
    first, last = found["history"].history["loss"][0], found["history"].history["loss"][-1]
    assert last < 1e-3 * first
    assert "top of the curve: 2." in capsys.readouterr().out
