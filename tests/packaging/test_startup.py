"""Starting gradc loads no toolchain, so that it starts fast and works where there is none."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("tensorflow", "keras", "rpy2", "sympy")


@pytest.mark.parametrize("module", ["gradc", "gradc.cli"])
def test_importing_loads_no_toolchain(module: str) -> None:
    code = f"import sys, {module}; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
