"""Faults planted in emitted programs are found by verify, which names the statement."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from benchmarks.mutation.judge import Outcome, prepare
from benchmarks.mutation.kinds import KINDS
from benchmarks.mutation.models import Case
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.run import run
from gradc.verify import Report, assess, plan, render_report, with_culprits

LOGISTIC = """\
eta <- a + b*x
p <- 1/(1 + exp(-eta))
sum((y - p)^2 + exp(-eta)*p)
"""
CHOICE = "sum(ifelse(x > a, (x - a)^2, exp(b*x)) + pmax(a, b))"
LOOP = """\
u <- 0
for (i in 1:length(x)) {
  u <- a*u + b*x[i]
  u <- tanh(u)
}
u^2
"""
DATA = {"a": 0.4, "b": 0.7, "x": [0.5, -1.0, 2.0], "y": [1.0, 0.25, 3.0]}


def case(text: str) -> Case:
    model = compile_model(text, wrt=["a", "b"], name="m", source_name="m.txt")
    at = {item.name: DATA[item.name] for item in model.inputs}
    return Case("m", model, at)


def judged(model: Model, target: str, old: str, new: str) -> Report:
    """The report on a model's program with one piece of its text replaced."""
    subject = subject_of(model, [target], [], "float64", hessian=False)
    item = subject.emitted[target]
    program = item.program
    begin = program.text.index("def value_and_grad") if target != "r" else 0
    text = program.text[:begin] + program.text[begin:].replace(old, new, 1)
    assert text != program.text
    wrong = replace(program, files={**program.files, program.main_file: text})
    subject = replace(subject, emitted={target: replace(item, program=wrong)})
    prepared = plan(subject, [], count=5)
    answers = {target: run(wrong, [one.point for one in prepared.cases])}
    return with_culprits(prepared, answers, assess(prepared, answers))


@pytest.mark.parametrize(
    ("target", "old", "new", "line", "place"),
    [
        ("numpy", "t1 = np.exp(-eta)", "t1 = np.exp(eta)", "t1 = np.exp(eta)", (2, 13)),
        ("numpy", "t3 = t1 * p", "t3 = t1 + p", "t3 = t1 + p", (3, 17)),
        ("numpy", "np.sum(t4 * x)", "np.mean(t4 * x)", "np.mean(t4 * x)", (1, 12)),
        ("numpy", "return result,", "return 2 * result,", "2 * result", None),
        pytest.param(
            "r", "expr2 <- y - p", "expr2 <- p - y", "expr2 <- p - y", (3, 6),
            marks=pytest.mark.needs("r"),
        ),
        pytest.param(
            "r", "b = sum(expr4 * x)", "b = sum(expr4)", "sum(expr4)", (1, 12),
            marks=pytest.mark.needs("r"),
        ),
        pytest.param(
            "tf", "p = tf.sigmoid(eta)", "p = tf.tanh(eta)", "p = tf.tanh(eta)", (2, 6),
            marks=pytest.mark.needs("tf"),
        ),
    ],
)  # fmt: skip
def test_the_first_wrong_statement_is_named(
    target: str, old: str, new: str, line: str, place: tuple[int, int] | None
) -> None:
    report = judged(case(LOGISTIC).model, target, old, new)
    assert report.verdict == "disagree"
    culprit = report.sources[0].culprit
    assert culprit is not None
    assert culprit.text == line
    if place is not None:
        assert (culprit.model_line, culprit.model_column) == place


def test_what_is_said_of_it() -> None:
    report = judged(case(LOGISTIC).model, "numpy", "t3 = t1 * p", "t3 = t1 * p * p")
    document = report.to_json()["sources"][0]["culprit"]
    assert document["file"] == "m_numpy.py"
    assert document["text"] == "t3 = t1 * p * p"
    assert document["model_text"] == "exp(-eta)*p"
    assert document["got"] != document["expected"]
    console = Console(width=400, no_color=True)
    with console.capture() as shown:
        console.print(render_report(report))
    assert f"line {document['line']} of m_numpy.py, `t3 = t1 * p * p`, is the first" in shown.get()
    assert "it computes `exp(-eta)*p` from m.txt:3:17" in shown.get()


@pytest.mark.parametrize(
    "target",
    [
        "numpy",
        pytest.param("r", marks=pytest.mark.needs("r")),
    ],
)
def test_a_loop_is_named_as_a_whole(target: str) -> None:
    one = case(LOOP)
    bench = prepare(one, [target], points=5)
    outcomes = bench.outcomes(target, 1)
    assert_found(outcomes)


@pytest.mark.needs("tf")
def test_a_loop_of_tensorflow_is_named_as_a_whole() -> None:
    report = judged(case(LOOP).model, "tf", "[-1]", "[-2]")
    culprit = report.sources[0].culprit
    assert culprit is not None
    assert culprit.text.startswith("def turn(")
    assert culprit.text.endswith("[-2]")


def assert_found(outcomes: list[Outcome]) -> None:
    assert [one for one in outcomes if one.fate == "survived"] == []
    killed = [one for one in outcomes if one.fate == "killed"]
    assert [one for one in killed if not one.placed] == []
    assert len(killed) > len(outcomes) / 2


@pytest.mark.parametrize("target", ["numpy", pytest.param("r", marks=pytest.mark.needs("r"))])
def test_every_kind_of_fault_is_found_in_its_place(target: str) -> None:
    outcomes = [
        outcome
        for text in (LOGISTIC, CHOICE)
        for outcome in prepare(case(text), [target], points=10).outcomes(target, 1)
    ]
    assert_found(outcomes)
    assert len({one.kind for one in outcomes}) >= 25
    assert len(KINDS) >= 25


def test_nothing_is_blamed_in_a_right_program() -> None:
    report = case(LOGISTIC).model.verify("numpy", witnesses="none", points=4)
    assert [source.culprit for source in report.sources] == [None, None]
