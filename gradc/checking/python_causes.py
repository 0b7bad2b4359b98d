"""What running the code tells about a wrong gradient, beyond its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradc.checking.claim import Claim
from gradc.ir import Function

if TYPE_CHECKING:
    from gradc.checking.script_python import Case


def explained(case: Case, claim: Claim, gradient: Function | None) -> Claim:
    """The claim with the causes that were seen."""
    return claim
