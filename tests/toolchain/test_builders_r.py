"""Builder scripts against real R: the texts of the wild ones, and of several hundred random."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import corpora
import pytest
from builders import ask_r, script

import gradc
from gradc.errors import GradcError
from gradc.frontend.values import Refusal
from scripts import last_texts

pytestmark = pytest.mark.needs("r")

SEEDS = range(20_000, 20_300)
MOST_REFUSED = 0.05

ROWS = [
    json.loads(line)
    for line in (corpora.FOLDER / "6_wild_strings.jsonl").read_text("utf-8").splitlines()
    if '"builder_r"' in line
]
WILD = [pytest.param(row, id=row["id"]) for row in ROWS]


def builder(row: dict[str, Any]) -> str:
    return f"{row['extra']['builder_r']}\n"


def place(row: dict[str, Any]) -> int:
    return int(row["extra"]["builder_result_index"])


def compiled(row: dict[str, Any], ending: str) -> gradc.Model:
    """The model of a builder whose script ends so."""
    return gradc.compile(
        builder(row) + ending,
        wrt=list(row["params"]),
        at=corpora.point(row),
        source_name=row["id"],
    )


# ------------------------------------------------------------------------- wild scripts


def test_wild_texts_are_those_of_r(tmp_path: Path) -> None:
    assert len(ROWS) > 40
    answers = ask_r([f"{builder(row)}res" for row in ROWS], tmp_path)
    for row, answer in zip(ROWS, answers, strict=True):
        assert answer.get("texts", answer)[place(row) - 1] == row["extra"]["builder_result"]
        assert last_texts(f"{builder(row)}res") == answer["texts"], row["id"]


@pytest.mark.parametrize("row", WILD)
def test_wild_models_have_the_expected_value_and_gradient(row: dict[str, Any]) -> None:
    text = f"res[{place(row)}]"
    if row["extra"]["lhs"]:
        squares = compiled(row, text)
        assert squares.function_.least_squares is not None
        model = compiled(row, f"as.formula({text})[[3]]")
    else:
        model = compiled(row, text)
    assert model.function_.least_squares is None
    assert corpora.truth_differs(row, model) == []


@pytest.mark.parametrize("row", [row for row in ROWS if row["extra"]["lhs"]], ids=lambda r: r["id"])
def test_a_response_makes_the_model_least_squares(row: dict[str, Any]) -> None:
    """At a response that differs from the mean by 3, the value is 9 and more than 9 sums to it."""
    mean = float(row["expected"]["value"])
    squares = compiled(row, f"res[{place(row)}]")
    at = {**corpora.point(row), row["extra"]["lhs"]: mean + 3.0}
    assert squares.evaluate(at).value == pytest.approx(9.0, rel=1e-12)


# ------------------------------------------------------------------------- random scripts


def ours(text: str) -> tuple[list[str] | None, str]:
    """The texts that gradc evaluates a script to; or None, and why it will not."""
    try:
        return last_texts(text), ""
    except GradcError as error:
        return None, error.diagnostics[0].message
    except Refusal as refusal:
        return None, refusal.message


@pytest.fixture(scope="module")
def random_scripts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """Scripts that R runs to their end, and what they end with there."""
    scripts = [f"{script(seed)}\nres" for seed in SEEDS]
    answers = ask_r(scripts, tmp_path_factory.mktemp("builders"))
    return [pair for pair in zip(scripts, answers, strict=True) if pair[1].get("is_text")]


def test_random_texts_are_those_of_r(random_scripts: list[tuple[str, dict[str, Any]]]) -> None:
    assert len(random_scripts) > 0.75 * len(SEEDS), "the generator writes too many that R rejects"
    wrong = []
    for text, answer in random_scripts:
        found, _ = ours(text)
        if found is not None and found != answer["texts"]:
            wrong.append(f"{text}\n  R:     {answer['texts']}\n  gradc: {found}")
    assert not wrong, f"{len(wrong)} differ, the shortest:\n{min(wrong, key=len)}"


def test_few_are_refused(random_scripts: list[tuple[str, dict[str, Any]]]) -> None:
    reasons = [why for text, _ in random_scripts for found, why in (ours(text),) if found is None]
    assert len(reasons) <= MOST_REFUSED * len(random_scripts), sorted(reasons)


def test_what_r_rejects_is_no_crash(tmp_path: Path) -> None:
    scripts = [f"{script(seed, noise=0.1)}\nres" for seed in SEEDS]
    answers = ask_r(scripts, tmp_path)
    rejected = [text for text, answer in zip(scripts, answers, strict=True) if "error" in answer]
    assert len(rejected) > 100
    for text in rejected:
        ours(text)  # raises nothing else
