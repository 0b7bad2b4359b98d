"""Fits held against the certified values of NIST's problems of nonlinear regression."""

from __future__ import annotations

import pytest

from benchmarks.tables.nist import GOOD, STARTS, Certified, digits, problems, solve

CASES = problems()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("start", STARTS)
def test_scipy_reaches_the_certified_values(case: Certified, start: str) -> None:
    found = solve(case, start, ["scipy"])["scipy"]
    assert found.converged
    assert (digits(found.estimates, case.params) or 0.0) >= GOOD + 2
    assert (digits(found.standard_errors, case.errors) or 0.0) >= GOOD + 2
