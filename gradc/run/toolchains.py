"""What is usable on this machine, found out by starting it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.compile_tmb import Limits, compile_with, compiler_version
from gradc.run.pool import POOL
from gradc.run.program import ToolchainError, ToolchainStatus
from gradc.run.remedy import COMPILER_PACKAGES, install_debian

_LIMITS = Limits(60.0, 1 << 30)
_PROBE = "class ProbeModel:\n    pass\n"
_TRIAL = """#include <cmath>
#include <vector>
int main() { return std::vector<double>(1, std::exp(0.0))[0] == 1.0 ? 0 : 1; }
"""


def toolchains() -> list[ToolchainStatus]:
    """The state of every toolchain: NumPy, TensorFlow, Keras, R, a C++ compiler, TMB, SymPy.

    Each one is really started, in a child process that later runs use again: R through
    rpy2, the import of TensorFlow, a C++ program compiled and run. Target ``tmb`` needs
    R, TMB and the compiler, and is available where all three are.
    """
    probes: list[Callable[[], ToolchainStatus]] = [
        lambda: _hosted("numpy"),
        lambda: _hosted("tf"),
        _keras,
        lambda: _hosted("r"),
        _compiler,
        lambda: _hosted("tmb"),
        lambda: _hosted("sympy"),
    ]
    with ThreadPoolExecutor(len(probes)) as threads:
        numpy, tf, keras, r, compiler, tmb, sympy = threads.map(lambda probe: probe(), probes)
    return [numpy, tf, keras, r, compiler, _with_compiler(tmb, compiler), sympy]


def _hosted(toolchain: str) -> ToolchainStatus:
    worker = POOL.worker(toolchain)
    with worker.lock:
        try:
            found = worker.found()
        except ToolchainError as error:
            return ToolchainStatus(toolchain, False, None, error.message, error.remedy)
    return ToolchainStatus(toolchain, True, found["version"], found["detail"])


def _keras() -> ToolchainStatus:
    """Have the process of TensorFlow import Keras."""
    worker = POOL.worker("tf")
    program = {"files": {"probe_keras.py": _PROBE}, "main": "probe_keras.py", "names": []}
    header = {**program, "kinds": [], "name": "probe", "dtype": "float64", "target": "keras"}
    limits: dict[str, Any] = {"timeout": _LIMITS.timeout, "memory": DEFAULT_MEMORY}
    with worker.lock:
        try:
            worker.load("probe_keras", header, **limits)
            found = worker.found()
        except ToolchainError as error:
            return ToolchainStatus("keras", False, None, error.message, error.remedy)
    detail = f"with TensorFlow {found['version']}"
    return ToolchainStatus("keras", True, version("keras"), detail)


def _compiler() -> ToolchainStatus:
    """Compile and run the smallest program that shows a usable standard library."""
    try:
        version = compiler_version(["g++"])
        with tempfile.TemporaryDirectory(prefix="gradc-c++-") as name:
            folder = Path(name)
            (folder / "trial.cpp").write_text(_TRIAL, encoding="ascii")
            compile_with(["g++", "trial.cpp", "-o", "trial"], folder, _LIMITS)
            program = os.fspath(folder / "trial")
            done = subprocess.run([program], timeout=_LIMITS.timeout, check=False)
            if done.returncode:
                raise ToolchainError("G402", "what the C++ compiler makes does not run")
    except ToolchainError as error:
        remedy = error.remedy or install_debian(*COMPILER_PACKAGES)
        return ToolchainStatus("c++", False, None, error.message, remedy)
    except (OSError, subprocess.TimeoutExpired) as error:
        remedy = install_debian(*COMPILER_PACKAGES)
        return ToolchainStatus("c++", False, None, f"what it makes does not run: {error}", remedy)
    first = version.splitlines()[0] if version else "g++"
    return ToolchainStatus("c++", True, first.rsplit(" ", 1)[-1], first)


def _with_compiler(tmb: ToolchainStatus, compiler: ToolchainStatus) -> ToolchainStatus:
    """TMB as a target: without a compiler there are only templates."""
    if not tmb.available or compiler.available:
        return tmb
    detail = f"TMB {tmb.version} is here, but {compiler.detail}"
    return ToolchainStatus("tmb", False, tmb.version, detail, compiler.remedy)
