"""R scripts as people write them compile as they are, to the model that real R has.

Every script of ``tests/scripts`` is run by R with the optimisers, ``nls``, ``deriv`` and ``D``
listened to; gradc reads the same file. Names and order of the parameters, the start, and at two
places or more the value and the gradient must be the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from r_scripts import FOLDER, ask_r, differences, read_script

import gradc
from gradc.errors import GradcError

pytestmark = pytest.mark.needs("r", "numDeriv", "optimx")

SCRIPTS = {path.stem: read_script(path) for path in sorted(FOLDER.glob("*.R"))}
REFUSED = {path.stem: read_script(path) for path in sorted(FOLDER.glob("refused/*.R"))}
ON_ALL_TARGETS = (
    "ar1_loop_nlm",
    "clash_two_data_frames",
    "expand_grid_surface",
    "groups_by_number",
    "guard_big_number",
    "nls_indexed_parameter",
    "one_compartment",
    "mixture_log_sum_exp",
    "quadrature_of_groups",
    "samples_of_two_lengths",
)
# What a script might silently be mistaken for: in each place, other text.
OTHER_MODELS = (
    ("clash_frame_and_its_rows", "sum(d2$y)", "sum(d$y)"),
    ("clash_two_data_frames", "te$y - p[1] * te$x", "te$y - p[1] * tr$x"),
    ("clash_argument_hides_global", "(x - p[2])", "(c(1, 2) - p[2])"),
    ("clash_global_not_a_parameter", "K <- 10", "K <- 10.001"),
    ("names_out_of_order", "c(a = 1, b = 0)", "c(b = 0, a = 1)"),
    ("data_changed_later", "y <- c(4, 5, 6)", "z <- c(4, 5, 6)"),
    ("guard_minus_inf_maximum", "return(-Inf)", "return(Inf)"),
    ("guard_either", "return(1e6)", "return(1e7)"),
    ("normal_mle", "c(170, 5)", "c(170, 5.1)"),
    ("two_models_ratio", "m1 <- optim(c(1, 0), h1", "m1 <- optim(1, h0"),
    ("deriv_given_function", "dfun(2, 0.5", "dfun(2, 0.6"),
    ("error_propagation", "list(m = 2", "list(m = 2.1"),
    ("nls_indexed_parameter", "g = c(1, 1, 2, 2, 1)", "g = c(1, 1, 2, 2, 2)"),
)
FIELD = "x,y\n1,2.1\n2,3.9\n3,6.2\n"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "field.csv").write_text(FIELD, encoding="utf-8")
    return ask_r([*SCRIPTS.values(), *REFUSED.values()], folder)


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 100
    assert len(REFUSED) >= 5


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_is_the_model_of_r(name: str, answers: dict[str, dict[str, Any]]) -> None:
    script = SCRIPTS[name]
    assert answers[name]["problem"] is None
    assert differences(gradc.compile(script.path), script, answers[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_script_is_refused(name: str, answers: dict[str, dict[str, Any]]) -> None:
    """R runs it, so it is gradc that cannot have the model, and says so."""
    path = REFUSED[name].path
    assert answers[name]["problem"] is None
    assert answers[name]["calls"]
    code, _, message = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(": ")
    with pytest.raises(GradcError) as caught:
        gradc.compile(path)
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert message in problem.message


@pytest.mark.parametrize(("name", "here", "there"), OTHER_MODELS)
def test_another_model_is_noticed(
    name: str, here: str, there: str, answers: dict[str, dict[str, Any]]
) -> None:
    """A script that differs in one place only from what R ran is not taken for the same."""
    text = SCRIPTS[name].path.read_text("utf-8")
    assert here in text
    other = gradc.compile(text.replace(here, there))
    assert differences(other, SCRIPTS[name], answers[name]) != []


@pytest.mark.needs("tf", "tmb")
@pytest.mark.parametrize("name", ON_ALL_TARGETS)
def test_all_targets_agree(name: str) -> None:
    report = gradc.compile(SCRIPTS[name].path).verify("all", points=3)
    # A witness may have no answer to a model, which it says; a target and TensorFlow's tape have.
    silent = [
        s.name
        for s in report.sources
        if s.status in ("missing", "failed")
        or (s.status == "unsupported" and (s.kind != "witness" or s.name == "tf-tape"))
    ]
    assert silent == []
    assert report.verdict == "agree", report
