"""The peers, found or said to be missing with the command that mends it."""

from __future__ import annotations

import shutil
from typing import Any

from benchmarks.isolate import Missing, needed
from gradc.run.remedy import install_debian, install_python

_BENCH = "pip install -e '.[bench]'"


def casadi() -> Any:
    """CasADi, whose SX graphs are scalar as gradc's are."""
    return needed("casadi", _BENCH)


def sympy() -> Any:
    """SymPy."""
    return needed("sympy", _BENCH)


def tensorflow() -> Any:
    """TensorFlow."""
    return needed("tensorflow", install_python("tf"))


def rscript() -> str:
    """The program that runs R."""
    path = shutil.which("Rscript")
    if path is None:
        raise Missing("R", install_debian("r-base-core"))
    return path


def symbols(library_symbol: Any, names: list[str]) -> dict[str, Any]:
    """One symbol of a library for each name."""
    return {name: library_symbol(name) for name in names}
