"""The codes of the doctor's findings, one for each cause."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.checking.findings import CauseName

CODES: Mapping[CauseName, str] = {
    "constant-factor": "G701",
    "sign": "G702",
    "sum-or-mean": "G703",
    "missing-factor": "G704",
    "dropped-half": "G705",
    "log-base": "G706",
    "permuted": "G707",
    "transposed": "G708",
    "other-quantity": "G709",
    "shape": "G710",
    "detached": "G711",
    "rounding": "G712",
    "kink": "G713",
    "unused": "G714",
    "wrong-step": "G715",
    "unknown": "G716",
}

NO_FUNCTION = "G720"
"""A function that was asked for is not in the file, or no pair is."""

STOPPED = "G721"
"""The user's code stopped with an error."""

READ_DIFFERENTLY = "G722"
"""The user's function gives another value than gradc's reading of it."""

UNDECIDED = "G723"
"""Nothing that could be measured tells right from wrong."""
