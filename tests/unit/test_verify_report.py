"""Whole reports: programs right and wrong, toolchains missing, witnesses that fail."""

from __future__ import annotations

import dataclasses
import io
import json
import math
from typing import Any

import pytest
from rich.console import Console

from gradc.diff import value_and_gradient
from gradc.diff.template import build as make
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import Function
from gradc.passes import legalize, stabilize
from gradc.prims import Builder
from gradc.run import Answer, Argument, Numbers, Program, ToolchainError, Witness
from gradc.verify import (
    Emitted,
    OutputReport,
    Plan,
    Report,
    SourceReport,
    Subject,
    assess,
    plan,
    render_report,
    verify,
)
from gradc.verify.rounding import arithmetic

TEXT = "(y - 1/(1 + exp(-(a + b*x))))^2"
GIVEN = {"a": 5.0, "b": 3.5, "x": 2.5, "y": 6.5}
CODE = """
import numpy as np
from scipy import special

def value_and_grad(a, b, x, y):
    z = a + b*x
    p = special.expit(z)
    g = -2*(y - p)*p*{factor}
    return (y - p)**2, (g, g*x)
"""
RIGHT, CANCELLING, WRONG = "special.expit(-z)", "(1 - p)", "special.expit(-z)*1.0000001"


def model(text: str, *wrt: str) -> Function:
    return build(Source("t", text), syntax="r", wrt=wrt, at=None, name="t").function


ORIGINAL = model(TEXT, "a", "b")
DERIVED = value_and_gradient(ORIGINAL)
PLAIN = legalize(DERIVED, "tf", lambda name: True)


def program(target: str, code: str) -> Program:
    arguments = [Argument(n, n, "param" if n in "ab" else "data") for n in ("a", "b", "x", "y")]
    name = {"numpy": "t_numpy.py", "tf": "t_tf.py", "r": "t.R", "tmb": "t.cpp"}[target]
    return Program(target, "t", {name: code}, tuple(arguments), per_observation=True)


def subject(*targets: str, code: str = "", witness: bool = False) -> Subject:
    stable = stabilize(DERIVED)
    emitted = {
        target: Emitted(legalize(stable, target, lambda name: True), program(target, code))
        for target in targets
    }
    return Subject(ORIGINAL, DERIVED, emitted, {"tf-tape": PLAIN} if witness else {})


def run_numpy(factor: str, **options: Any) -> Report:
    return verify(subject("numpy", code=CODE.format(factor=factor)), [GIVEN], **options)


def source(report: Report, name: str) -> dict[str, Any]:
    (found,) = [item for item in report.to_json()["sources"] if item["name"] == name]
    return found


def right_answer(case: Any) -> Numbers:
    """What a faultless target says at a point."""
    cells = {name: [float(cell) for cell in row] for name, row in case.truth.cells.items()}
    gradient = {name: cells[f"gradient:{name}"] for name in ("a", "b")}
    return Numbers(cells["value"], gradient)


def test_a_right_program_agrees() -> None:
    report = run_numpy(RIGHT)
    assert report.verdict == "agree"
    assert report.exit_code(["numpy"]) == 0
    assert len(report.points) == 21
    assert source(report, "numpy")["status"] == "agree"
    assert 0 < source(report, "numpy")["max_error_ulp"] < 1000
    assert source(report, "oracle")["kind"] == "oracle"


def test_a_wrong_gradient_disagrees_and_the_value_does_not() -> None:
    report = run_numpy(WRONG)
    assert report.verdict == "disagree"
    assert report.exit_code() == 1
    statuses = {out["output"]: out["status"] for out in source(report, "numpy")["outputs"]}
    assert statuses == {"value": "agree", "gradient:a": "disagree", "gradient:b": "disagree"}
    worst = source(report, "numpy")["worst"]
    assert worst["output"].startswith("gradient:")
    assert worst["got"] != worst["expected"]
    assert abs(worst["got"] - worst["expected"]) > worst["bound"]


def test_a_form_that_cancels_is_outside_the_bound_of_the_one_that_does_not() -> None:
    assert run_numpy(CANCELLING).verdict == "disagree"


def test_single_precision_has_its_own_bounds() -> None:
    item = subject("numpy", code=CODE.format(factor=RIGHT))
    single = Program(
        "numpy", "t", item.emitted["numpy"].program.files,
        item.emitted["numpy"].program.arguments, dtype="float32", per_observation=True,
    )  # fmt: skip
    emitted = {"numpy": Emitted(item.emitted["numpy"].function, single)}
    report = verify(Subject(ORIGINAL, DERIVED, emitted, dtype="float32"), [GIVEN])
    assert report.verdict == "agree"
    assert run_numpy(RIGHT).exit_code() == 0


def answered(item: Subject, answer: Any) -> tuple[Plan, Report]:
    """The report on answers made from each case of a plan."""
    prepared = plan(item, [GIVEN], 5)
    answers: dict[str, list[Answer]] = {
        name: [answer(name, case) for case in prepared.cases] for name in item.emitted
    }
    return prepared, assess(prepared, answers)


def test_a_missing_toolchain_leaves_things_unverified() -> None:
    error = ToolchainError("G401", "there is no R here", "apt-get install r-base-core")
    _, report = answered(subject("r"), lambda name, case: error)
    assert report.verdict == "unverified"
    assert report.exit_code() == 3
    found = source(report, "r")
    assert (found["status"], found["worst"]) == ("missing", None)
    assert found["error"] == {"code": "G401", "message": "there is no R here"}
    assert found["remedy"] == "apt-get install r-base-core"


def test_what_is_required_must_answer() -> None:
    error = ToolchainError("G401", "there is no R here")
    _, report = answered(
        subject("numpy", "r"), lambda name, case: error if name == "r" else right_answer(case)
    )
    assert report.verdict == "agree"
    assert report.exit_code() == 0
    assert report.exit_code(["r"]) == 3


def test_a_target_that_cannot_have_the_model_is_unsupported() -> None:
    item = subject("numpy")
    item = dataclasses.replace(item, unsupported={"tf": "target 'tf' has no 'besselI'"})
    _, report = answered(item, lambda name, case: right_answer(case))
    assert report.verdict == "agree"
    assert source(report, "tf")["status"] == "unsupported"
    assert report.exit_code(["numpy"]) == 0
    assert report.exit_code(["tf"]) == 3


def test_a_program_that_raises_is_wrong() -> None:
    _, report = answered(
        subject("numpy"), lambda name, case: ToolchainError("G407", "NameError: foo")
    )
    assert report.verdict == "disagree"
    assert source(report, "numpy")["status"] == "failed"


def test_nan_and_shapes_are_disagreements() -> None:
    _, report = answered(
        subject("numpy"), lambda name, case: Numbers(math.nan, {"a": 1.0, "b": 1.0})
    )
    assert report.verdict == "disagree"
    assert source(report, "numpy")["worst"]["got"] == "nan"

    def short(name: str, case: Any) -> Numbers:
        right = right_answer(case)
        return Numbers(right.value, {"a": right.gradient["a"]})

    _, report = answered(subject("numpy"), short)
    statuses = {out["output"]: out["status"] for out in source(report, "numpy")["outputs"]}
    assert statuses["gradient:b"] == "disagree"
    assert statuses["gradient:a"] == "agree"


def witnessed(tape: Any) -> Report:
    def answer(name: str, case: Any) -> Numbers:
        right = right_answer(case)
        return Numbers(right.value, right.gradient, witness={"tf-tape": tape(case, right)})

    return answered(subject("tf", witness=True), answer)[1]


def test_a_witness_inside_its_bound_agrees() -> None:
    report = witnessed(lambda case, right: Witness(right.value, right.gradient))
    assert report.verdict == "agree"
    assert source(report, "tf-tape")["kind"] == "witness"
    assert source(report, "tf-tape")["status"] == "agree"


def test_a_witness_that_is_nan_failed_and_the_verdict_stands() -> None:
    def tape(case: Any, right: Numbers) -> Witness:
        return Witness(right.value, right.gradient | {"a": [math.nan] * len(right.gradient["a"])})

    report = witnessed(tape)
    assert report.verdict == "agree"
    found = source(report, "tf-tape")
    assert found["status"] == "failed"
    assert "gradient:a is nan where it is" in found["detail"]


def test_a_witness_that_is_wrong_is_overruled_by_quotients() -> None:
    def tape(case: Any, right: Numbers) -> Witness:
        return Witness(right.value, right.gradient | {"a": [0.5] * len(right.gradient["a"])})

    report = witnessed(tape)
    assert source(report, "tf-tape")["status"] == "disagree"
    assert "quotients side with gradc" in source(report, "tf-tape")["detail"]
    assert report.verdict == "agree"


def test_a_witness_may_lose_digits() -> None:
    unit = float(arithmetic("tf").unit)
    loose = Subject(ORIGINAL, DERIVED, subject("tf").emitted, {"tf-tape": _wide()})

    def answer(name: str, case: Any) -> Numbers:
        right = right_answer(case)
        off = {n: [g * (1 + 5000 * unit) for g in row] for n, row in right.gradient.items()}
        return Numbers(right.value, right.gradient, witness={"tf-tape": Witness(right.value, off)})

    _, report = answered(loose, answer)
    assert source(report, "tf-tape")["status"] == "agree"
    assert source(report, "tf-tape")["detail"] == "loses 3 digits"


def _wide() -> Function:
    """The same derivatives by a formula with a wide bound."""
    value = model(TEXT, "a", "b")
    p = "1/(1 + exp(-(a + b*x)))"
    builder = Builder(value.graph)
    nodes = {item.name: item.node for item in value.inputs}
    first = make(f"-2*(y - {p})*((10000 + {p}) - 10000)*(1 - {p})", builder, nodes)
    outputs = {
        "value": value.value,
        "gradient:a": first,
        "gradient:b": builder.mul(first, nodes["x"]),
    }
    return value.with_outputs(outputs)


def test_a_wrong_rule_is_found_although_all_targets_share_it() -> None:
    wrong = DERIVED.with_outputs(DERIVED.outputs | {"gradient:b": DERIVED.outputs["gradient:a"]})
    emitted = {"numpy": Emitted(wrong, program("numpy", ""))}

    def answer(name: str, case: Any) -> Numbers:
        cells = {n: [float(cell) for cell in row] for n, row in case.claimed.cells.items()}
        return Numbers(cells["value"], {"a": cells["gradient:a"], "b": cells["gradient:b"]})

    _, report = answered(Subject(ORIGINAL, wrong, emitted), answer)
    assert report.verdict == "disagree"
    assert source(report, "oracle")["status"] == "disagree"
    statuses = {out["output"]: out["status"] for out in source(report, "numpy")["outputs"]}
    assert statuses["gradient:b"] == "disagree"


def test_no_usable_point_is_no_agreement() -> None:
    function = model("sqrt(-1 - a^2)", "a")
    derived = value_and_gradient(function)
    item = Subject(function, derived, {"numpy": Emitted(derived, program("numpy", ""))})
    prepared = plan(item, [], 3)
    report = assess(prepared, {"numpy": []})
    assert report.verdict == "inconclusive"
    assert report.skipped
    assert report.skipped[0].reason == "value is not defined"
    assert report.exit_code() == 0
    assert report.exit_code(strict=True) == 1


def test_a_given_kink_is_noted() -> None:
    function = model("abs(a)*x", "a")
    derived = value_and_gradient(function)
    item = Subject(function, derived, {"numpy": Emitted(derived, program("numpy", ""))})
    prepared = plan(item, [{"a": 0.0, "x": 1.0}], 0)
    report = assess(prepared, {"numpy": [Numbers(0.0, {"a": 0.0})]})
    (note,) = report.diagnostics
    assert (note.code, note.severity) == ("G505", "note")
    assert "kink of 'abs'" in note.message
    assert report.verdict == "inconclusive"


def test_the_document_is_json_and_doubles_come_back() -> None:
    report = run_numpy(WRONG)
    text = json.dumps(report.to_json(), allow_nan=False)
    document = json.loads(text)
    assert set(document) >= {"verdict", "sources", "points", "skipped_points", "diagnostics"}
    assert document["points"] == 21
    assert document["sources"][0]["worst"]["got"] == source(report, "numpy")["worst"]["got"]


def test_names_are_shown_as_they_are() -> None:
    names = ("hessian:a:b", "gradient:[red]x")
    outputs = tuple(OutputReport(name, "disagree", 1.0, None) for name in names)
    report = Report("disagree", (SourceReport("r", "emitted", "disagree", outputs),), (), 0)
    stream = io.StringIO()
    Console(file=stream, width=80).print(render_report(report))
    assert all(name in stream.getvalue() for name in names)


@pytest.mark.parametrize("every", [False, True])
def test_the_table_fits_80_columns(every: bool) -> None:
    for factor in (RIGHT, WRONG):
        stream = io.StringIO()
        console = Console(file=stream, width=80)
        console.print(render_report(run_numpy(factor), every_output=every))
        text = stream.getvalue()
        assert max(map(len, text.splitlines())) <= 80
        assert "numpy" in text
        assert "oracle" in text
        assert ("disagree" in text) == (factor == WRONG)
