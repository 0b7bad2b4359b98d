"""Settings common to all tests: which toolchains a test needs, and how goldens are accepted.

``@pytest.mark.needs("r", "tmb")`` skips a test where one of these toolchains is missing. With
``GRADC_REQUIRE_TOOLCHAINS=1`` (as in ``.ci/run``) it fails there instead, so that a machine
without R cannot pass for one on which everything agrees.

What is here is found out without gradc's own ``doctor``: a mistake there would hide the tests.
"""

from __future__ import annotations

import difflib
import functools
import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

# On a shared core an example may be slow once; hypothesis' own profile is in force under CI.
hypothesis.settings.register_profile("gradc", deadline=None)
if not os.environ.get("CI"):
    hypothesis.settings.load_profile("gradc")

COMPILER = ("g++", "make")


@functools.cache
def r_packages() -> frozenset[str]:
    """The R packages that are installed, none where there is no R."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        return frozenset()
    code = "cat(.packages(all.available = TRUE))"
    listed = subprocess.run(
        [rscript, "--vanilla", "-e", code], capture_output=True, text=True, check=True, timeout=60
    )
    return frozenset(listed.stdout.split())


def missing(toolchain: str) -> str | None:
    """Name what this toolchain lacks on this machine, None where it is complete."""
    if toolchain in ("tensorflow", "keras", "sympy"):
        return None if find_spec(toolchain) else toolchain
    if toolchain == "tf":
        return missing("tensorflow")
    if toolchain not in ("r", "tmb", "optimx", "numDeriv", "testthat", "reticulate"):
        raise pytest.UsageError(f"needs({toolchain!r}): there is no such toolchain")
    if "base" not in r_packages():
        return "R"
    if toolchain == "r":
        return None if find_spec("rpy2") else "rpy2"
    package = "TMB" if toolchain == "tmb" else toolchain
    if package not in r_packages():
        return f"R package {package}"
    absent = [tool for tool in COMPILER if toolchain == "tmb" and shutil.which(tool) is None]
    return absent[0] if absent else missing("r")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for toolchain in mark.args:
            lack = missing(toolchain)
            if lack is None:
                continue
            reason = f"needs {toolchain}, and {lack} is not here"
            if os.environ.get("GRADC_REQUIRE_TOOLCHAINS") == "1":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the goldens with what gradc prints now"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--accept") and os.environ.get("CI"):
        raise pytest.UsageError("--accept is for people: it refuses under CI")


@pytest.fixture
def matches_golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file, or write it there under ``--accept``."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--accept"):
            path.write_text(text, encoding="utf-8")
            return
        golden = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != golden:
            diff = "".join(
                difflib.unified_diff(
                    golden.splitlines(keepends=True),
                    text.splitlines(keepends=True),
                    fromfile=str(path),
                    tofile="what gradc prints now",
                )
            )
            pytest.fail(f"{diff}\nif this is right: make goldens", pytrace=False)

    return compare
