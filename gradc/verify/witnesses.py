"""The witnesses: derivatives that are not gradc's, and whose arithmetic each one uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradc.run import Program

Way = Literal["beside", "program", "target", "numerical"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a witness is heard.

    ``host`` is the target whose toolchain it uses. ``beside`` it speaks while the host's program
    runs, a ``program`` of its own is run, the ``target`` itself is one whose derivatives are the
    toolchain's own, and a ``numerical`` one takes differences of the values that a host computes.
    """

    host: str
    way: Way
    doc: str


WITNESSES = {
    "r-deriv": Kind("r", "program", "R's own deriv(), on the formula in R"),
    "tmb-ad": Kind("tmb", "target", "the automatic differentiation of TMB: that of target tmb"),
    "tf-tape": Kind("tf", "beside", "TensorFlow's tape, on the formula as it was written"),
    "sympy-diff": Kind("sympy", "target", "SymPy's diff: that of target sympy"),
    "complex-step": Kind("numpy", "program", "steps along the imaginary axis, in NumPy"),
    "numderiv": Kind("r", "numerical", "R's package numDeriv, on the emitted values"),
    "taylor": Kind("numpy", "numerical", "how fast the Taylor remainder falls: order 2 is right"),
}

WITNESS_TARGETS = {name: kind.host for name, kind in WITNESSES.items()}
"""The target beside which each witness is heard."""

AS_WRITTEN = ("r-deriv", "tf-tape")
"""Witnesses that are judged by the bounds of the formula just as it was written."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How the witnesses on one model are heard.

    ``names`` are those that speak, ``programs`` the programs of those that have one. ``faults``
    says what is known to be wrong with how a witness differentiates this model, ``unsupported``
    why one cannot be had.
    """

    names: tuple[str, ...] = ()
    programs: Mapping[str, Program] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    unsupported: Mapping[str, str] = field(default_factory=dict)
    host: str = "numpy"
