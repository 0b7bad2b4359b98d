"""The partial evaluator: a tree of the user's text becomes a function of the IR.

What is known at compile time is computed, what depends on inputs becomes graph.
"""

from __future__ import annotations

from gradc.frontend.model import Built, build

__all__ = ["Built", "build"]
