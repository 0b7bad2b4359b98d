"""dnorm, pnorm and the selfStart models against R's own, in one R process."""

from __future__ import annotations

import itertools
import json
import subprocess
from typing import Any

import pytest
from flint import arb, ctx

from gradc.model import compile as compile_model
from gradc.verify import true_values

Case = tuple[str, dict[str, float]]

Z = (-37.0, -20.0, -8.5, -7.5, -3.0, -1.0, -0.25, 0.0, 0.5, 2.0, 6.0, 9.0, 37.0)
SCALES = ((0.0, 1.0), (1.5, 0.25), (-2.0, 3.0), (1e3, 1e-3))
FLAGS = ("TRUE", "FALSE")

SELF_STARTING: dict[str, dict[str, float]] = {
    "SSasymp(input, Asym, R0, lrc)": {"Asym": 100, "R0": -8.5, "lrc": -3.2},
    "SSasympOff(input, Asym, lrc, c0)": {"Asym": 34, "lrc": -4.5, "c0": -0.5},
    "SSasympOrig(input, Asym, lrc)": {"Asym": 94, "lrc": -3.1},
    "SSbiexp(input, A1, lrc1, A2, lrc2)": {"A1": 3, "lrc1": 1, "A2": 0.6, "lrc2": -1.3},
    "SSfol(4.02, input, lKe, lKa, lCl)": {"lKe": -2.5, "lKa": 0.5, "lCl": -3},
    "SSfpl(input, A, B, xmid, scal)": {"A": 13, "B": 368, "xmid": 14, "scal": 6},
    "SSgompertz(input, Asym, b2, b3)": {"Asym": 4.5, "b2": 2.3, "b3": 0.7},
    "SSlogis(input, Asym, xmid, scal)": {"Asym": 368, "xmid": 14, "scal": -6},
    "SSmicmen(input, Vm, K)": {"Vm": 200, "K": 0.05},
    "SSweibull(input, Asym, Drop, lrc, pwr)": {
        "Asym": 160,
        "Drop": 115,
        "lrc": -5.5,
        "pwr": 2.5,
    },
}
INPUTS = (0.25, 1.0, 6.5, 21.0)


def density_cases() -> list[Case]:
    calls = [f"dnorm(x, mean, sd, log = {log})" for log in FLAGS]
    calls += [
        f"pnorm(x, mean, sd, lower.tail = {low}, log.p = {log})"
        for low, log in itertools.product(FLAGS, FLAGS)
    ]
    return [
        (call, {"x": mean + sd * z, "mean": mean, "sd": sd})
        for call, (mean, sd), z in itertools.product(calls, SCALES, Z)
    ]


def growth_cases() -> list[Case]:
    return [
        (call, {"input": at, **{k: float(v) for k, v in values.items()}})
        for call, values in SELF_STARTING.items()
        for at in INPUTS
    ]


def r_answers(cases: list[Case]) -> list[dict[str, Any]]:
    """What R makes of each case: the value, and the gradient where the function brings one."""
    lines = [
        "library(jsonlite)",
        "answer <- function(value) list(value = as.numeric(value),"
        ' gradient = as.list(attr(value, "gradient")[1, , drop = TRUE]))',
        "answers <- list()",
    ]
    for k, (call, point) in enumerate(cases):
        given = ", ".join(f"{name} = {value!r}" for name, value in point.items())
        lines.append(f"answers[[{k + 1}]] <- with(list({given}), answer({call}))")
    lines.append("cat(toJSON(answers, digits = NA, auto_unbox = TRUE))")
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def differences(cases: list[Case], relative: float) -> list[str]:
    """Cases where R's answer is not the true value of gradc's reading, to so many digits."""
    wrong: list[str] = []
    compared = 0
    models: dict[str, Any] = {}
    for (call, point), answer in zip(cases, r_answers(cases), strict=True):
        if call not in models:
            models[call] = compile_model(call, wrt=[name for name in point if name != "input"])
        truth = true_values(models[call].stages.gradient, point)
        numbers = {"value": answer["value"]}
        numbers |= {f"gradient:{name}": got for name, got in (answer["gradient"] or {}).items()}
        for output, number in numbers.items():
            (cell,) = truth.cells[output]
            compared += 1
            with ctx.workprec(200):
                if not abs(arb(number) - cell) <= abs(cell) * arb(relative):
                    wrong.append(f"{call} at {point}: {output} is {cell}, R says {number}")
    gradients = sum(len(point) - 1 for call, point in cases if call.startswith("SS"))
    assert compared == len(cases) + gradients
    return wrong


@pytest.mark.needs("r")
def test_densities_are_rs_in_the_middle_and_in_the_tails() -> None:
    # R rounds (x - mean)/sd, and at 37 deviations an ulp of it is 37^2 ulps of the result.
    assert differences(density_cases(), 4e-13) == []


@pytest.mark.needs("r")
def test_self_starting_models_and_their_gradients_are_rs() -> None:
    cases = growth_cases()
    assert len(cases) == 10 * len(INPUTS)
    assert differences(cases, 1e-12) == []
