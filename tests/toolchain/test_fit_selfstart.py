"""Fits of R's self-starting curves to exact data give the parameters back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from corpora import rows

import gradc

ROWS = list(rows("3_selfstart"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_exact_data_give_the_parameters_back(row: dict[str, Any]) -> None:
    params = row["params"]
    text = row["expr"] if isinstance(row["expr"], str) else "\n".join(row["expr"])
    data = {**row["data"], "observed": row["expected"]["value"]}
    model = gradc.compile(f"sum((observed - ({text}))^2)", wrt=list(params), at=data)
    start = {name: 1.1 * value + 0.01 for name, value in params.items()}
    found = gradc.fit(model, data, start=start)
    assert found.converged
    assert found.se_kind == "least squares"
    np.testing.assert_allclose([found.estimates[n] for n in params], [*params.values()], rtol=1e-9)
