"""temporary"""

from __future__ import annotations

from collections.abc import Mapping

ACCURACY: Mapping[str, Mapping[str, tuple[float, float, float]]] = {}
