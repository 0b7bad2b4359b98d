"""TensorFlow in the process of the tests, and bridges that end with a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import gradc


@pytest.fixture(scope="session")
def tf() -> Any:
    """TensorFlow in this very process, which takes seconds."""
    import tensorflow

    return tensorflow


@pytest.fixture
def bridge() -> Iterator[Callable[..., Any]]:
    """Bridges that end with the test."""
    opened: list[Any] = []

    def make(*arguments: Any, **options: Any) -> Any:
        opened.append(gradc.bridge.tensorflow(*arguments, **options))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
