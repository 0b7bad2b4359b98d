"""The table of targets: every primitive spelled, expanded or refused; what the files hold."""

from __future__ import annotations

import ast
import re

import pytest

import gradc
from gradc.emit import EmitModel, is_generated
from gradc.errors import GradcError
from gradc.ir import REAL, Function, Graph, Input, symbol, vector
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.prims import TABLE, Builder, Unsupported
from gradc.targets import TARGETS

NAMES = ("r", "tmb", "numpy", "tf", "keras", "sympy")


@pytest.mark.parametrize("name", NAMES)
def test_every_primitive_is_spelled_expanded_or_refused_with_a_reason(name: str) -> None:
    target = TARGETS[name]
    for prim in TABLE:
        reason = target.missing(prim.name)
        if reason is not None:
            spelling = target.spell.get(prim.name, prim.spell.get(target.speaks or name))
            assert isinstance(spelling, Unsupported), prim.name
            assert reason == spelling.reason


@pytest.mark.parametrize("name", NAMES)
def test_an_overlay_repeats_nothing_of_the_table(name: str) -> None:
    assert not [prim for prim in TARGETS[name].spell if name in TABLE[prim].spell]


def test_spellings_of_the_table_belong_to_targets() -> None:
    # SymPy's overlay says all of it: its spellings are formulas, not functions that save digits.
    wanted = {target.speaks or target.name for target in TARGETS.values()} - {"sympy"}
    assert {target for prim in TABLE for target in prim.spell} == wanted


MODEL = "eta <- a + b*x\np <- 1/(1 + exp(-eta))\n(y - p)^2"


@pytest.mark.parametrize("name", NAMES)
def test_files_say_who_wrote_them_and_stay_narrow(name: str) -> None:
    model = compile_model(MODEL, wrt=["a", "b"], name="sigmoid")
    files = model.emit(name, hessian=True)
    assert list(files) == TARGETS[name].file_names("sigmoid")
    for text in files.values():
        assert is_generated(text)
        assert text.endswith("\n")
        assert max(map(len, text.split("\n"))) < 100
        assert not re.search(r"[ \t]\n", text)
        assert "\t" not in text
    assert files == model.emit(name, hessian=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_header_shows_the_model_the_order_and_what_was_renamed(name: str) -> None:
    model = compile_model("`my var`*x + lambda", wrt=["my var", "lambda"], name="line")
    text = next(iter(model.emit(name).values()))
    assert "my_var * x + lambda" in text
    assert re.search(r"Parameters: my_var, lambda_?\n", text)
    assert "Data: x" in text
    assert "'myvar' (other characters dropped) is my_var" in text


HOSTILE = ['x"); system("touch /tmp/owned', "*/ #include <x>", '"""\nimport os', "a\r\n#x", "%>%"]


def _hostile() -> Function:
    """A model whose names no reader would let through."""
    graph = Graph()
    b = Builder(graph)
    rows = vector(symbol("n"))
    types = [REAL, REAL, REAL, rows, rows]
    nodes = [graph.input(name, type_) for name, type_ in zip(HOSTILE, types, strict=True)]
    inputs = tuple(
        Input(name, node, "data" if type_.shape else "param", type_)
        for name, node, type_ in zip(HOSTILE, nodes, types, strict=True)
    )
    product = b.mul(nodes[0], nodes[3])
    value = b.add(b.apply("exp", [product]), b.mul(b.mul(nodes[1], nodes[2]), nodes[4]))
    value = b.add(value, product)
    names = {product: 'evil"); system("', value: "*/"}
    return Function("m", inputs, {"value": value}, graph, tuple(HOSTILE[:3]), None, names)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_reach_no_file(name: str) -> None:
    text = "".join(Model(_hostile(), ()).emit(name, hessian=True).values())
    for part in ("system(", "*/", "include <x>", "import os", "%>%", "#x", "\r"):
        assert part not in text
    if name in ("numpy", "tf", "keras", "sympy"):
        ast.parse(text)


def test_a_name_that_hides_a_function_is_refused() -> None:
    stages = compile_model("a*x", wrt=["a"], name="m").stages
    value = stages.value
    for target in TARGETS.values():
        with pytest.raises(GradcError, match="cannot be the name"):
            target.emit(
                EmitModel("exp", value, value, value, stages.gradient, stages.vjp, "upstream")
            )


def test_only_what_is_used_is_emitted() -> None:
    plain = compile_model("a*x^2", wrt=["a"], name="m")
    for name in NAMES:
        text = "".join(plain.emit(name).values())
        for word in (
            "import special",
            "extra",
            "select",
            "recycle(",
            "_scatter",
            "prod_others",
            "errstate",
        ):
            assert word not in text, (name, word)
    template = compile_model("log1p(a)*x", wrt=["a"], name="m").emit("tmb")["m.cpp"]
    assert "namespace extra" in template
    special = compile_model("lgamma(a)*x", wrt=["a"], name="m").emit("numpy")["m_numpy.py"]
    assert "from scipy import special" in special


def test_version_is_not_in_the_files() -> None:
    """A new version of gradc does not change every golden."""
    for name in NAMES:
        text = "".join(compile_model("a*x", wrt=["a"], name="m").emit(name).values())
        assert gradc.__version__ not in text
