"""Why a claimed gradient is wrong: the causes that explain its numbers, the likeliest first."""

from __future__ import annotations

from gradc.checking.comparison import Cause, Comparison


def causes(comparison: Comparison) -> list[Cause]:
    """The causes that explain every sample, the likeliest first; empty where none is found."""
    del comparison
    return []
