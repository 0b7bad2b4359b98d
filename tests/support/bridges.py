"""Bridges to R under test: every way to differentiate one, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradc.errors import GradcError

SQUARES = "function(p, x) sum((p - x)^2)"
SQUARES_GRADIENT = "function(p, x) 2 * (p - x)"


def gradients(tf: Any, function: Callable[..., Any], sources: list[Any], weight: Any = 1.0) -> Any:
    """Value and gradients of a weighted sum, eagerly, and twice by graphs: all must be the same."""

    def inside() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(sources)
            value = function(*sources)
            total = tf.reduce_sum(value * tf.constant(weight, value.dtype))
        return value, tape.gradient(total, sources)

    eager = inside()
    with tf.GradientTape() as tape:
        tape.watch(sources)
        value = tf.function(function)(*sources)
        total = tf.reduce_sum(value * tf.constant(weight, value.dtype))
    around = value, tape.gradient(total, sources)
    for other in (tf.function(inside)(), around):
        for one, two in zip(tf.nest.flatten(eager), tf.nest.flatten(other), strict=True):
            assert one.dtype == two.dtype
            np.testing.assert_allclose(one, two, rtol=1e-14)  # a graph may sum in another order
    return eager


def refused(code: str, call: Callable[[], Any]) -> str:
    with pytest.raises(GradcError) as caught:
        call()
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == code, diagnostic
    return diagnostic.message
