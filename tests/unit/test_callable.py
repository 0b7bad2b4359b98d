"""``model.function()``: a callable like any other of Python, which pickles."""

from __future__ import annotations

import inspect
import multiprocessing
import pickle
from typing import Any

import pytest

from gradc.model import compile as compile_model

DECLARED = """DATA_VECTOR(y)
PARAMETER_VECTOR(beta, c(0.5, -1))
PARAMETER(log_sd, 0.25, lower = -3, upper = 3)
-sum(dnorm(y, beta[1] + beta[2], exp(log_sd), log = TRUE))
"""


def slope(packed: tuple[Any, float]) -> float:
    function, at = packed
    return float(function(at, x=2.0)[1]["a"])


def test_arguments_by_position_by_name_and_by_default() -> None:
    function = compile_model("PARAMETER(a, 3)\nPARAMETER(b, 2)\na^2*b").function()
    assert float(function()[0]) == 18.0
    assert float(function(1)[0]) == 2.0
    assert float(function(1, 5)[0]) == 5.0
    assert float(function(b=1.0)[0]) == 9.0
    assert {name: float(g) for name, g in function(1, b=2)[1].items()} == {"a": 4.0, "b": 1.0}


def test_wrong_arguments_are_type_errors() -> None:
    function = compile_model("a*x", wrt=["a"]).function()
    for call, message in (
        (lambda: function(1), "missing x"),
        (lambda: function(1, 2, 3), "takes 2 arguments"),
        (lambda: function(1, a=2), "two values for a"),
        (lambda: function(1, 2, z=2), "unexpected z"),
    ):
        with pytest.raises(TypeError, match=message):
            call()


def test_signature_name_and_documentation() -> None:
    function = compile_model(DECLARED, name="line").function()
    signature = inspect.signature(function)
    assert str(signature) == "(beta, log_sd, y)"  # behind y, which has no default, none may stand
    assert function.__name__ == "line"
    for part in (
        "beta: a vector of 2; [0.5, -1] unless given",
        "log_sd: a number from -3 to 3; 0.25 unless given",
        "y: a vector of ",
        "(value, gradient)",
        "dnorm(y, beta[1] + beta[2], exp(log_sd), log = TRUE)",
    ):
        assert part in str(function.__doc__), function.__doc__
    all_known = compile_model("PARAMETER(a, 2)\na^2")
    assert str(inspect.signature(all_known.function())) == "(a=2.0)"


def test_names_that_python_has_not_have_another_in_the_signature() -> None:
    function = compile_model("lambda*my.x", wrt=["lambda"]).function()
    assert str(inspect.signature(function)) == "(lambda_, my_x)"
    assert float(function(lambda_=2.0, my_x=3.0)[0]) == 6.0
    assert float(function(**{"lambda": 2.0, "my.x": 3.0})[0]) == 6.0


def test_it_pickles_into_another_process() -> None:
    function = compile_model("a^2*x", wrt=["a"], name="f").function()
    again = pickle.loads(pickle.dumps(function))  # noqa: S301
    assert again(3.0, 2.0)[0] == function(3.0, 2.0)[0]
    assert inspect.signature(again) == inspect.signature(function)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(slope, [(function, 1.0), (function, 2.0)]) == [4.0, 8.0]


@pytest.mark.needs("sympy")
def test_other_targets_are_called_alike() -> None:
    function = compile_model("a^2*x", wrt=["a"]).function("sympy")
    value, gradient = function(3.0, x=2.0)
    assert (value, gradient) == (18.0, {"a": 12.0})
