"""The gradient doctor: is the gradient that somebody wrote right, and if not, where and why."""

from __future__ import annotations

from gradc.checking.examine import check
from gradc.checking.findings import Finding, Findings

__all__ = ["Finding", "Findings", "check"]
