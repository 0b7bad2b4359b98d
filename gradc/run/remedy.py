"""The command that mends a missing toolchain, as a user types it here."""

from __future__ import annotations

import os
import shutil

_PYTHON_EXTRAS = {
    "numpy": "gradc",
    "r": "gradc[r]",
    "tmb": "gradc[r]",
    "tf": "gradc[tf]",
    "keras": "gradc[tf]",
    "sympy": "gradc[sympy]",
}

COMPILER_PACKAGES = ("g++", "make", "libc6-dev")
TMB_PACKAGES = ("r-cran-tmb", *COMPILER_PACKAGES)
# One command for a machine without R: everything that emitted R and TMB code is used with.
R_PACKAGES = (
    "r-base-core",
    "r-cran-tmb",
    "r-cran-optimx",
    "r-cran-numderiv",
    "r-cran-jsonlite",
    *COMPILER_PACKAGES,
)


def install_debian(*packages: str) -> str:
    """The command that installs Debian packages, or what to look for elsewhere."""
    names = " ".join(packages)
    if shutil.which("apt-get", path=os.environ.get("PATH") or os.defpath) is None:
        return f"install what Debian calls {names} and put it on PATH"
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install --no-install-recommends {names}"


def install_python(toolchain: str) -> str:
    """The command that installs the Python side of a toolchain."""
    return f"pip install '{_PYTHON_EXTRAS[toolchain]}'"
