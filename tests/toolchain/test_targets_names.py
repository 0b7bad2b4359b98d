"""Reserved words of every target as names of variables on every target, run for real."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from gradc.emit.names import reserved
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.run import Numbers, run, run_tmb_batch

TARGETS = [
    pytest.param("numpy"),
    pytest.param("r", marks=pytest.mark.needs("r")),
    pytest.param("tf", marks=pytest.mark.needs("tf")),
    pytest.param("tmb", marks=pytest.mark.needs("tmb")),
]
# The names that emitted files give to things of their own.
OWN_TEXT = """
    value value_and_grad plain fun hess theta gradient upstream result dtype values kinds v_ model
    order par evaluate steps1 step select prod_others n t t1 t2 expr1 hessian labels x_ extra
    recycle nll objective_function REPORT DATA_VECTOR PARAMETER M_PI CondExpLt .grad .value
    .expr1 _arguments _value _tensors _recycled np tf special math tx ty px times e r
"""
OWN = OWN_TEXT.split()
STRANGE = ["my var", 'x"); system("', "α", "β₁", "a.b", "a_b", "a..b", "%d", "x|y", "é"]


def _words() -> list[str]:
    """Every reserved word but the constants of the model language, macros in a sample."""
    words = sorted(reserved("r") | reserved("python") | reserved("called"))
    macros = sorted(reserved("tmb"))
    words += [word for index, word in enumerate(macros) if word.islower() or index % 40 == 0]
    constants = re.compile(r"TRUE|FALSE|NULL|Inf|NaN|NA.*|T|F|pi|\.\.\.")
    chosen = [word for word in [*words, *OWN, *STRANGE] if not constants.fullmatch(word)]
    return list(dict.fromkeys(chosen))


def _model(names: Sequence[str]) -> Model:
    """Parameters and data in turn, an intermediate name, exp and a choice."""
    params, data = names[::2], names[1::2]
    terms = [f"`{name}`*{k}" for k, name in enumerate(params, 1)]
    rows = [f"`{name}`*{k}" for k, name in enumerate(data, 1)]
    text = f"s <- {' + '.join(terms)}\nexp(s/1000)*({' + '.join(rows)}) + ifelse(s > 0, s, 0)"
    return compile_model(text, wrt=params, name="model")


def _point(names: Sequence[str]) -> dict[str, float | list[float]]:
    point: dict[str, float | list[float]] = {}
    for index, name in enumerate(names):
        point[name] = [index / 100, 1.0] if index % 2 else index / 100
    return point


CHUNKS = [_words()[first :: len(_words()) // 40] for first in range(len(_words()) // 40)]


@pytest.mark.parametrize("target", TARGETS)
def test_every_word_is_a_name(target: str) -> None:
    programs = [_model(names).program(target) for names in CHUNKS]
    points = [[_point(names)] for names in CHUNKS]
    if target == "tmb":
        answers = [found for (found,) in run_tmb_batch(programs, points, timeout=600)]
    else:
        answers = [run(program, at)[0] for program, at in zip(programs, points, strict=True)]
    reference = [_by_hand(names) for names in CHUNKS]
    for found, (value, gradient) in zip(answers, reference, strict=True):
        assert isinstance(found, Numbers), found
        assert found.value == pytest.approx(value, rel=1e-13)
        for name, expected in gradient.items():
            got = found.gradient[name]
            summed = sum(got) if isinstance(got, list) else got
            assert summed == pytest.approx(sum(expected), rel=1e-12), name


def _by_hand(names: Sequence[str]) -> tuple[list[float], dict[str, list[float]]]:
    from math import exp

    point = _point(names)
    s = sum(k * point[name] for k, name in enumerate(names[::2], 1))  # type: ignore[operator]
    rows = [
        sum(k * point[name][row] for k, name in enumerate(names[1::2], 1))  # type: ignore[index]
        for row in (0, 1)
    ]
    value = [exp(s / 1000) * row + s for row in rows]
    slopes = [exp(s / 1000) * row / 1000 + 1 for row in rows]
    return value, {name: [k * d for d in slopes] for k, name in enumerate(names[::2], 1)}
