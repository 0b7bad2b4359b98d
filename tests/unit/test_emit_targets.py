"""The table of targets: every primitive spelled, expanded or refused; files that say who they are."""

from __future__ import annotations

import ast
import re

import pytest

import gradc
from gradc.emit import EmitModel, is_generated
from gradc.errors import GradcError
from gradc.ir import Function
from gradc.model import Model, compile
from gradc.prims import TABLE, Unsupported
from gradc.targets import TARGETS

NAMES = ("r", "tmb", "numpy", "tf")


@pytest.mark.parametrize("name", NAMES)
def test_every_primitive_is_spelled_expanded_or_refused_with_a_reason(name: str) -> None:
    target = TARGETS[name]
    for prim in TABLE:
        reason = target.missing(prim.name)
        if reason is not None:
            spelling = prim.spell.get(name)
            assert isinstance(spelling, Unsupported), prim.name
            assert reason == spelling.reason


@pytest.mark.parametrize("name", NAMES)
def test_an_overlay_repeats_nothing_of_the_table(name: str) -> None:
    assert not [prim for prim in TARGETS[name].spell if name in TABLE[prim].spell]


def test_spellings_of_the_table_belong_to_targets() -> None:
    assert {target for prim in TABLE for target in prim.spell} == set(TARGETS)


MODEL = "eta <- a + b*x\np <- 1/(1 + exp(-eta))\n(y - p)^2"


@pytest.mark.parametrize("name", NAMES)
def test_files_say_who_wrote_them_and_stay_narrow(name: str) -> None:
    model = compile(MODEL, wrt=["a", "b"], name="sigmoid")
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
    model = compile("`my var`*x + lambda", wrt=["my var", "lambda"], name="line")
    text = next(iter(model.emit(name).values()))
    assert "my_var * x + lambda" in text
    assert re.search(r"Parameters: my_var, lambda_?\n", text)
    assert "Data: x" in text
    assert "'myvar' (other characters dropped) is my_var" in text


HOSTILE = ['x"); system("touch /tmp/owned', "*/ #include <x>", '"""\nimport os', "a\r\n#x", "%>%"]


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_reach_no_file(name: str) -> None:
    inputs = dict(zip("abcde", HOSTILE, strict=True))
    function = compile("a + b*c^2 + exp(d*e)", wrt=list("abcd"), name="m").function_
    renamed = _rename(function, inputs)
    text = "".join(Model(renamed, ()).emit(name, hessian=True).values())
    for hostile in HOSTILE:
        assert hostile not in text
    for word in ("system", "#include <x>", "import os", "%>%"):
        assert word not in text
    if name in ("numpy", "tf"):
        ast.parse(text)


def _rename(function: Function, new: dict[str, str]) -> Function:
    """The same function with other names, as no reader would give them."""
    from gradc.ir import dump, parse

    text = dump(function)
    import json

    for old, name in new.items():
        text = text.replace(f'@"{old}"', f"@{json.dumps(name)}")
        text = re.sub(rf'^(  (?:param|data)) "{old}"', lambda m: m[1] + " " + json.dumps(name), text, flags=re.M)  # noqa: B023, E501
    parsed = parse(text)
    wrt = tuple(new[name] for name in function.wrt)
    return Function(
        parsed.name, parsed.inputs, parsed.outputs, parsed.graph, wrt, None, dict(parsed.names)
    )


def test_a_name_that_hides_a_function_is_refused() -> None:
    stages = compile("a*x", wrt=["a"], name="m").stages
    value = stages.value
    for target in TARGETS.values():
        with pytest.raises(GradcError, match="cannot be the name"):
            target.emit(
                EmitModel("exp", value, value, value, stages.gradient, stages.vjp, "upstream")
            )


def test_only_what_is_used_is_emitted() -> None:
    plain = compile("a*x^2", wrt=["a"], name="m")
    for name in NAMES:
        text = "".join(plain.emit(name).values())
        for word in ("scipy", "extra", "select", "recycle(", "_scatter", "prod_others", "errstate"):
            assert word not in text, (name, word)
    assert "namespace extra" in compile("log1p(a)*x", wrt=["a"], name="m").emit("tmb")["m.cpp"]
    special = compile("lgamma(a)*x", wrt=["a"], name="m").emit("numpy")["m_numpy.py"]
    assert "from scipy import special" in special


def test_version_is_not_in_the_files() -> None:
    """A new version of gradc does not change every golden."""
    for name in NAMES:
        text = "".join(compile("a*x", wrt=["a"], name="m").emit(name).values())
        assert gradc.__version__ not in text
