"""Matrices, groups and loops: every target agrees, and a program that is a little off does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import gradc
from gradc import Model
from gradc.model.verification import subject_of
from gradc.verify import verify

Y, X = [1.0, 2.0, 3.0, 1.0], [[1.0, 0.5], [1.0, 2.0], [1.0, -1.0], [1.0, 0.3]]
S = [[2.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.5]]
SERIES = [0.3, -0.2, 1.1, 0.7, -0.4]
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "regression": (
        """DATA_VECTOR(y); DATA_MATRIX(X); PARAMETER_VECTOR(beta)
        sum((y - X %*% (beta*F))^2) + sum(beta^2)""",
        {"y": Y, "X": X, "beta": [0.1, 0.2]},
    ),
    "groups": (
        """DATA_VECTOR(y); DATA_IVECTOR(g); PARAMETER_VECTOR(u); PARAMETER(m)
        sum((y - m - F*u[g])^2) + sum(u^2)""",
        {"y": Y, "g": [1, 3, 3, 2], "m": 0.2, "u": [0.1, 0.2, 0.3]},
    ),
    "matrix parameter": (
        """DATA_MATRIX(Y); DATA_MATRIX(X); PARAMETER_MATRIX(B)
        sum((Y - X %*% (F*B))^2)""",
        {"Y": [[1.0, 2.0, 0.3]] * 4, "X": X, "B": [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]},
    ),
    "covariance": (
        """DATA_VECTOR(y); DATA_MATRIX(S); PARAMETER(a); PARAMETER(s)
        r <- y - a
        C <- exp(s)*S + diag(rep(1, length(y)))
        sum(r * solve(C, r))*F + log(det(C))""",
        {"y": [1.0, 2.0, 0.5], "S": S, "a": 0.3, "s": 0.1},
    ),
    "factor": (
        """DATA_VECTOR(z); DATA_MATRIX(S); PARAMETER(s)
        sum((t(chol(exp(F*s)*S)) %*% z)^2)""",
        {"z": [1.0, 2.0, 0.5], "S": S, "s": 0.1},
    ),
    "filter": (
        """DATA_VECTOR(y); PARAMETER(a); PARAMETER(s0)
        s <- s0
        ss <- 0
        for (i in 1:length(y)) {
          ss <- ss + (y[i] - s)^2
          s <- s + F*a*(y[i] - s)
        }
        ss""",
        {"y": SERIES, "a": 0.3, "s0": 0.1},
    ),
}


def model(name: str, factor: float = 1.0) -> Model:
    text, at = MODELS[name]
    return gradc.compile(
        text.replace(";", "\n").replace("F*", f"{factor!r}*").replace("*F", f"*{factor!r}"), at=at
    )


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("name", MODELS)
def test_every_target_agrees(name: str) -> None:
    at = MODELS[name][1]
    report = model(name).verify(points=5, at=at, hessian=True)
    assert report.verdict == "agree", report.to_json()
    assert len(report.points) == 6
    apart = [s for s in report.sources if s.status != "agree"]
    # R's deriv and complex steps have no matrices, and say so.
    assert all(s.kind == "witness" and s.status == "unsupported" for s in apart), report.to_json()
    assert "tf-tape" not in {s.name for s in apart}


@pytest.mark.parametrize("name", MODELS)
def test_a_program_that_is_a_little_off_is_found(name: str) -> None:
    at = MODELS[name][1]
    right, wrong = model(name), model(name, 1 + 1e-10)
    subject = subject_of(right, ["numpy"], [], "float64", hessian=False)
    off = replace(subject.emitted["numpy"], program=wrong.program("numpy"))
    assert verify(subject, [at], count=3).verdict == "agree"
    assert verify(replace(subject, emitted={"numpy": off}), [at], count=3).verdict == "disagree"
