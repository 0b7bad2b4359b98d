"""Differentiation on the interned graph: reverse, forward, and forward over reverse."""

from __future__ import annotations

from gradc.diff.forward import forward
from gradc.diff.gradient import elements, hessian, value_and_gradient, vector_jacobian
from gradc.diff.reverse import reverse

__all__ = [
    "elements",
    "forward",
    "hessian",
    "reverse",
    "value_and_gradient",
    "vector_jacobian",
]
