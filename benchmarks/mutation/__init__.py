"""The verifier measured: planted faults, how many it finds, and where it says they are."""

from __future__ import annotations
