"""Fits held against the certified values of NIST's problems of nonlinear regression."""

from __future__ import annotations

import pytest

from benchmarks.tables.nist import GOOD, STARTS, Certified, digits, problems, reached, solve

CASES = problems()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("start", STARTS)
def test_scipy_reaches_the_certified_values(case: Certified, start: str) -> None:
    found = solve(case, start, ["scipy"])["scipy"]
    assert found.converged
    assert (digits(found.estimates, case.params) or 0.0) >= GOOD + 3
    assert (digits(found.standard_errors, case.errors) or 0.0) >= GOOD + 3


@pytest.mark.needs("r")
@pytest.mark.parametrize("engine", ["nls", "nlminb"])
def test_engines_of_r_reach_the_certified_values(engine: str) -> None:
    points = {
        start: [reached(case, solve(case, start, [engine])[engine]) or 0.0 for case in CASES]
        for start in STARTS
    }
    assert min(points["start2"]) >= GOOD
    assert sum(found >= GOOD for found in points["start1"]) >= 0.85 * len(CASES)


@pytest.mark.needs("r")
def test_standard_errors_of_nls_are_those_of_nist() -> None:
    for case in CASES:
        fit = solve(case, "start2", ["nls"])["nls"]
        assert (digits(fit.standard_errors, case.errors) or 0.0) >= GOOD, case.name
