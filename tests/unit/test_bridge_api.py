"""What the bridge takes and gives before any toolchain is started."""

from __future__ import annotations

import pytest

import gradc
from gradc.bridge.signature import Options, Signature, batch_of, constants, some_of
from gradc.errors import GradcError


def test_one_name_is_one_name() -> None:
    """R has no strings apart from vectors of them, and hands over one of length one."""
    assert gradc.compile("amp * x", wrt="amp").wrt == ("amp",)
    assert float(gradc.gradient("amp * x", wrt="amp")(amp=2.0, x=3.0)[1]["amp"]) == 3


def test_emitted_r_outside_of_r_is_text_and_says_what_is_missing() -> None:
    code = gradc.bridge.r("sum((y - a*x)^2)", wrt="a")
    assert "model <- function(a, y, x" in code.text
    assert (code.names, code.roles) == (["model", "model_model"], ["value", "objective"])
    assert "source(gradc$bridge$r_helper)" in repr(code)
    with pytest.raises(AttributeError, match=r"there is no 'value'.*r_helper"):
        code.value  # noqa: B018
    with pytest.raises(GradcError) as caught:
        gradc.bridge.r("y - (a", wrt="a")
    assert "  --> <text>:1:5" in str(caught.value)


def test_arguments_are_arranged_as_r_has_them() -> None:
    signature = Signature(
        label="f",
        names=("p", "x", "k"),
        wrt=("p",),
        constant=frozenset(),
        shape=(),
        batch=frozenset(),
        vectorized=False,
        fused=True,
        hessian=False,
        optional=frozenset("k"),
        r_names={"x": "x_1"},
    )
    assert signature.arranged((1, 2), {}) == {"p": 1, "x": 2}
    assert list(signature.arranged((), {"k": 3, "x_1": 2, "p": 1})) == ["p", "x", "k"]
    for values, named, said in (
        ((1,), {}, "f misses arguments: missing x"),
        ((1, 2, 3, 4), {}, "f takes 3 arguments, and 4 are given"),
        ((1, 2), {"q": 3}, "f has no argument 'q': it takes p, x, k"),
        ((1, 2), {"p": 3}, "f got two values for 'p'"),
    ):
        with pytest.raises(TypeError) as caught:
            signature.arranged(values, named)
        assert str(caught.value) == said


def test_options_name_arguments() -> None:
    names = ("p", "x")
    assert batch_of(True, names, "f") == ["p", "x"]
    assert batch_of(False, names, "f") == []
    assert batch_of("x", names, "f") == some_of("batch", ["x"], names, "f") == ["x"]
    assert constants(Options(constant="x"), names, ["p"], "f") == {"x"}
    with pytest.raises(GradcError, match="G801: wrt= names 'q', and f takes p, x"):
        some_of("wrt", "q", names, "f")
    with pytest.raises(GradcError, match="'p' is in constant=, and derivatives are by it"):
        constants(Options(constant=["p"]), names, ["p"], "f")
