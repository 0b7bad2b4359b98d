"""Benchmarks: ratio tables against R's deriv, SymPy, CasADi and TensorFlow's tape.

``python -m benchmarks`` runs all of them; every number in one table comes from one run.
"""

from __future__ import annotations
