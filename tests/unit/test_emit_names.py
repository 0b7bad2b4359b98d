"""Names: injective, deterministic, identifiers of their target, hostile text never shown."""

from __future__ import annotations

import builtins
import keyword
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradc.emit.names import Names, identifier, model_name, rules
from gradc.prims import TABLE

LANGUAGES = ("r", "python", "tmb")
HOSTILE = [
    'x"); system("rm -rf ~',
    "'; DROP TABLE models; --",
    "*/ int main() {",
    '"""\nimport os',
    "a\nb",
    "`ls`",
    "%s %d {x} {0}",
    "\\",
    "\u202e\u2066",
    "",
    " ",
    "9lives",
    "_",
    "__init__",
    "_Reserved",
    "…",
    "日本",
    "…" * 500,
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_becomes_an_identifier(language: str, text: str) -> None:
    emitted = Names(rules(language)).claim([text])[text]
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", emitted) or emitted == text == "_Reserved"
    assert emitted not in rules(language).reserved
    assert len(emitted) <= 60


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.lists(st.text(max_size=12), max_size=30))
def test_claiming_is_injective_and_repeatable(language: str, texts: list[str]) -> None:
    first = dict(Names(rules(language)).claim(texts))
    assert set(first) == set(texts)
    assert len(set(first.values())) == len(first)
    assert first == dict(Names(rules(language)).claim(texts))


def test_a_name_that_is_fine_is_never_taken_by_a_mangled_one() -> None:
    claimed = Names(rules("python")).claim(["a.b", "a b", "a_b", "a_b_", "a_b_2"])
    assert claimed["a_b"] == "a_b"
    assert claimed["a_b_"] == "a_b_"
    assert claimed["a_b_2"] == "a_b_2"
    assert claimed["a.b"] != claimed["a b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("β", "beta"),
        ("Σ", "Sigma"),
        ("β₁", "beta1"),
        ("x²", "x2"),
        ("été", "ete"),
        ("log.sigma", "log_sigma"),
        ("my var", "my_var"),
        ("2x", "v_2x"),
    ],
)
def test_mangled_names_resemble_the_users(text: str, expected: str) -> None:
    assert identifier(text) == expected


def test_each_language_keeps_what_it_can() -> None:
    assert Names(rules("r")).claim(["log.sigma", ".grad", "lambda", "c", "t"]) == {
        name: name for name in ("log.sigma", ".grad", "lambda", "c", "t")
    }
    assert Names(rules("python")).claim(["lambda", "id", "np"]) == {
        "lambda": "lambda_",
        "id": "id_",
        "np": "np_",
    }
    assert Names(rules("tmb")).claim(["Type", "PI", "lambda", "x1", "vector"]) == {
        "Type": "Type_",
        "PI": "PI_",
        "lambda": "lambda",
        "x1": "x1",
        "vector": "vector_",
    }


def test_reserved_words_of_python_are_all_known() -> None:
    words = {*keyword.kwlist, *keyword.softkwlist}
    words |= {name for name in dir(builtins) if name[0].islower()}
    assert words <= rules("python").reserved


def test_mangled_names_are_reported() -> None:
    names = Names(rules("python"))
    names.claim(["a", "if", "b.c"])
    assert names.mangled == [("if", "if_"), ("b.c", "b_c")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sigmoid", "sigmoid"),
        ("exp", "exp_model"),
        ("sum", "sum_model"),
        ("if", "if_model"),
        ("special", "special"),
        ("my-model", "my_model"),
        ("../x", "x"),
        ("3d", "v_3d"),
        ("", "v"),
    ],
)
def test_model_names(text: str, expected: str) -> None:
    assert model_name(text) == expected
    assert model_name(expected) == expected


def test_fresh_names_avoid_all_others() -> None:
    names = Names(rules("python"), ["value"])
    names.claim(["t1", "value"])
    assert names["value"] == "value_"
    assert names.numbered("t") == "t2"
    assert names.fresh("value") == "value_2"
    copy = names.copy()
    assert copy.fresh("local") == "local"
    assert names.fresh("local") == "local"


_R_CALL = re.compile(r"\b([A-Za-z][A-Za-z0-9._]*)(?=\()")


def test_a_model_takes_the_name_of_no_function_that_emitted_r_calls() -> None:
    """Named ``t``, a model with a matrix would call itself."""
    hidden = {name for prim in TABLE if (text := prim.spell.get("r")) for name in _called(text)}
    goldens = Path(__file__).parents[1].glob("golden/*/model*.R")
    for golden in goldens:
        text = re.sub(r"#.*|\"[^\"]*\"", "", golden.read_text(encoding="utf-8"))
        own = set(re.findall(r"(\S+) <- function", text)) | set(
            re.findall(r"(\w+) = function", text)
        )
        hidden |= set(_R_CALL.findall(text)) - own
    free = {name for name in hidden if model_name(name) == name}
    packages = {"compile", "dynlib", "MakeADFun", "sdreport", "optimr"}
    # What a file defines inside of the function that calls it.
    local = {"select", "bd0", "stirlerr", "log1pmx", "gamma_below", "gamma_above", "beta_below"}
    local |= {"wright"}
    local |= {"half_lower", "log_sum_exp", "prod_others", "put_col", "put_row", "put_entry"}
    assert free <= packages | local | {"scatter_add", "scatter_rows", "scatter_cells"}


def _called(spelling: str) -> set[str]:
    return set(_R_CALL.findall(spelling)) or set(
        re.findall(r"\A[A-Za-z][A-Za-z0-9._]*\Z", spelling)
    )
