"""Loops over data mean what they mean in R, though no turn of them is written out."""

from __future__ import annotations

import json

import pytest
from loops import DATA, PARAMS, programs
from rscript import printed_by_r

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import operations
from gradc.model import compile as compile_model
from gradc.verify.evaluate import bind, concrete, evaluate

COUNT = 200
POINT = {**DATA, **PARAMS}
MOST_REFUSED = 0.1


def _in_r(texts):
    code = [
        f"{name} <- c({', '.join(map(repr, value if isinstance(value, list) else [value]))})"
        for name, value in POINT.items()
    ]
    code += [
        f"cat(sprintf('%.17g', eval(parse(text = {json.dumps(text)}), new.env())), '\\n')"
        for text in texts
    ]
    printed = printed_by_r(code)
    return [float(line) for line in printed.split()]


def _value(text):
    """The value, None where the loop cannot be done at once."""
    try:
        function = build(Source("t.R", text), wrt=list(PARAMS), at=PARAMS).function
    except GradcError as error:
        if "cannot be done on whole vectors" in str(error):
            return None
        raise
    inputs = bind(function, POINT)
    written = concrete(function, inputs)
    return float(evaluate(written.graph, [written.value], inputs, 200)[written.value][0].mid())


@pytest.mark.needs("r")
def test_loops_over_data_mean_what_r_says() -> None:
    texts = programs(20261126, COUNT)
    refused = 0
    for text, wanted in zip(texts, _in_r(texts), strict=True):
        found = _value(text)
        if found is None:
            refused += 1
            continue
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12), text
    assert refused <= MOST_REFUSED * COUNT


@pytest.mark.needs("r")
def test_their_gradients_agree_in_r_and_numpy() -> None:
    agreed = 0
    for text in programs(7, 24):
        try:
            model = compile_model(text, wrt=list(PARAMS), at=PARAMS)
        except GradcError:
            continue
        report = model.verify(["r", "numpy"], "none", points=2, at=POINT)
        assert report.verdict in ("agree", "inconclusive"), text
        agreed += report.verdict == "agree"
    assert agreed >= 15


def test_code_does_not_grow_with_the_data() -> None:
    text = "s <- 0\nfor (i in 2:length(y)) s <- s + (y[i] - r*y[i-1])^2\ns"
    short = compile_model(text, wrt=["r"], at={"r": 0.5, "y": [0.1] * 3})
    long = compile_model(text, wrt=["r"], at={"r": 0.5, "y": [0.1] * 3000})
    for target in ("r", "tmb", "numpy", "tf"):
        assert short.emit(target) == long.emit(target)
    assert operations(long.stages.gradient) < 60
