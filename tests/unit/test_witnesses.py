"""Witnesses that need NumPy only: the Taylor test and complex steps; what each can be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradc.cli.main import gradc as command
from gradc.model import Model
from gradc.model import compile as compile_model
from gradc.model.verification import subject_of
from gradc.targets.witness_deriv import deriv_text
from gradc.targets.witness_terms import NoDerivText
from gradc.verify import WITNESSES, Confirmation, Report, Subject, verify
from gradc.verify.taylor import STEPS, Order, order_of

LOGISTIC = "(y - 1/(1 + exp(-(a + b*x))))^2"
NUMERIC = ("complex-step", "taylor")


def said(report: Report, name: str) -> dict[str, Any]:
    (found,) = [item for item in report.to_json()["sources"] if item["name"] == name]
    return found


def heard(text: str, *wrt: str, **options: Any) -> Report:
    model = compile_model(text, wrt=list(wrt), at=options.pop("values", None))
    return model.verify("numpy", witnesses=NUMERIC, points=options.pop("points", 6), **options)


def planted(model: Model, old: str, new: str) -> Report:
    """The report where the emitted NumPy file has a wrong line in its gradient."""
    subject = subject_of(model, ["numpy"], list(NUMERIC), "float64", hessian=False)
    return verify(_spoilt(subject, old, new), count=6)


def _spoilt(subject: Subject, old: str, new: str) -> Subject:
    item = subject.emitted["numpy"]
    (file,) = item.program.files
    text = item.program.files[file]
    head, _, tail = text.partition("def value_and_grad")
    assert old in tail
    program = replace(
        item.program, files={file: head + "def value_and_grad" + tail.replace(old, new)}
    )
    return replace(subject, emitted={"numpy": replace(item, program=program)})


# ------------------------------------------------------------------------------------ order


def test_a_quadratic_remainder_is_of_order_two() -> None:
    remainders = [3.0 * h * h for h in STEPS]
    found = order_of(STEPS, remainders, [1e-16] * len(STEPS), list(STEPS))
    assert found.finding == "right"
    assert found.order == pytest.approx(2.0)


def test_a_linear_remainder_is_of_order_one_however_small() -> None:
    remainders = [3.0 * h * h + 1e-4 * h for h in STEPS]
    found = order_of(STEPS, remainders, [1e-16] * len(STEPS), list(STEPS))
    assert found.finding == "wrong"
    assert found.order == pytest.approx(1.0, abs=0.05)


def test_steps_over_a_kink_do_not_count() -> None:
    # 2*(h - 1e-3) beyond a kink at 1e-3, nothing before it.
    remainders = [max(0.0, 2 * (h - 1e-3)) for h in STEPS]
    assert order_of(STEPS, remainders, [1e-16] * len(STEPS), list(STEPS)) == Order("flat", None)


def test_a_remainder_in_its_rounding_tells_only_where_a_wrong_one_would_show() -> None:
    nothing = [0.0] * len(STEPS)
    assert order_of(STEPS, nothing, [1e-16] * len(STEPS), list(STEPS)).finding == "flat"
    assert order_of(STEPS, nothing, [1.0] * len(STEPS), list(STEPS)).finding == "unclear"


# ---------------------------------------------------------------------------------- numbers


def test_a_right_gradient_has_order_two() -> None:
    report = heard(LOGISTIC, "a", "b")
    assert report.verdict == "agree"
    found = said(report, "taylor")
    assert found["kind"] == "witness"
    assert found["status"] == "agree"
    assert found["order"] == pytest.approx(2.0, abs=0.05)
    assert said(report, "complex-step")["status"] == "agree"


def test_a_linear_function_has_no_order_and_a_right_gradient() -> None:
    found = said(heard("a*x + b", "a", "b"), "taylor")
    assert found["status"] == "agree"
    assert "order" not in found
    assert "linear" in found["detail"]


@pytest.mark.parametrize(
    "text",
    [
        "-sum(dpois(3, exp(a + b*x), log = TRUE))",
        "-sum(dnorm(y, a + b*x, exp(b), log = TRUE))",
        "sum(plogis(a*x) + log(1 + exp(b*x)))",
        "a^-3*exp(b)^2.5 + x",
        "ifelse(a > x, a^2, b*x)",
        "max(a, b)*x",
    ],
)
def test_complex_steps_agree(text: str) -> None:
    assert said(heard(text, "a", "b"), "complex-step")["status"] == "agree"


@pytest.mark.parametrize("text", ["sum((y - a*exp(b*x))^2)", "prod(x)*a + b", "a^3*x[1] + b^2"])
def test_sums_and_vectors_of_data_have_witnesses(text: str) -> None:
    report = heard(text, "a", "b")
    assert said(report, "taylor")["status"] == "agree"
    assert report.verdict == "agree"


def test_vectors_of_parameters_have_witnesses() -> None:
    values = {"b": [1.0, 2.0], "x": [1.0, 2.0, 4.0], "y": [1.0, 3.0, 2.0]}
    report = heard("sum((y - b[1]*exp(b[2]*x))^2)", "b", values=values)
    assert {said(report, name)["status"] for name in NUMERIC} == {"agree"}


@pytest.mark.parametrize("factor", ["1.001", "-1", "0"])
def test_a_planted_wrong_gradient_has_order_one(factor: str) -> None:
    report = planted(
        compile_model(LOGISTIC, wrt=["a", "b"]), "return result, (", f"return result, ({factor}*"
    )
    assert report.verdict == "disagree"
    found = said(report, "taylor")
    assert found["status"] == "disagree"
    assert found["order"] == pytest.approx(1.0, abs=0.05)
    assert "quotients side" not in found["detail"]


def wrongly_derived() -> Subject:
    """A model whose derivative is claimed to be the value, as by a wrong rule."""
    subject = subject_of(
        compile_model("a^2*x", wrt=["a"]), ["numpy"], NUMERIC, "float64", hessian=False
    )
    outputs = {**subject.plain.outputs, "gradient:a": subject.plain.outputs["value"]}
    return replace(subject, plain=replace(subject.plain, outputs=outputs))


def test_a_wrong_rule_is_contradicted_by_quotients_and_complex_steps_side_with_them() -> None:
    report = verify(wrongly_derived(), count=4)
    assert report.verdict == "disagree"
    assert said(report, "oracle")["status"] == "disagree"
    assert said(report, "complex-step")["status"] == "agree"


def test_complex_steps_alone_find_a_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "gradc.verify.cases.confirm",
        lambda primal, truth, point, dtype: Confirmation({"gradient:a": ("unknown",)}, {}),
    )
    report = verify(wrongly_derived(), count=4)
    assert said(report, "complex-step")["status"] == "disagree"
    assert said(report, "complex-step")["detail"] == "its numbers are outside the bound"
    assert report.verdict == "disagree"


# ----------------------------------------------------------------------------- what is asked


@pytest.mark.parametrize("text", ["sqrt(a)*x", "pmax(a, 0)*x"])
def test_where_there_is_no_derivative_no_witness_disagrees(text: str) -> None:
    model = compile_model(text, wrt=["a"])
    report = model.verify("numpy", witnesses=NUMERIC, points=0, at={"a": 0.0, "x": 1.0})
    assert said(report, "complex-step")["status"] != "disagree"
    assert said(report, "taylor")["status"] == "inconclusive"
    assert report.verdict != "disagree"


def test_a_complex_step_says_nothing_off_the_real_line() -> None:
    model = compile_model("a^x", wrt=["a"])
    report = model.verify("numpy", witnesses="complex-step", points=0, at={"a": -2.0, "x": 3.0})
    assert said(report, "complex-step")["status"] == "unsupported"
    assert "power of a negative number" in said(report, "complex-step")["detail"]


def test_a_kink_is_passed_over() -> None:
    model = compile_model("abs(a - 2)*x", wrt=["a"])
    report = model.verify("numpy", witnesses=NUMERIC, points=0, at={"a": 2.0, "x": 1.0})
    assert said(report, "taylor")["status"] == "inconclusive"
    assert report.verdict != "disagree"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abs(a)*x", "'abs' is not analytic"),
        ("lgamma(a)*x", "'lgamma' of a complex number is not known"),
        ("pnorm(a)*x", "'pnorm' of a complex number is not known"),
    ],
)
def test_complex_steps_say_which_function_stops_them(text: str, reason: str) -> None:
    found = said(heard(text, "a", points=2), "complex-step")
    assert found["status"] == "unsupported"
    assert reason in found["detail"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("abs(a)*x", "R's deriv has no derivative of 'abs'"),
        ("ifelse(a > 1, a, a^2)", "R's deriv has no derivative of 'ifelse'"),
        ("sqrt(sum((x - a)^2))", "R's deriv has no derivative of 'sum'"),
        ("dpois(3, a)", "R's deriv has no derivative of 'dpois'"),
        ("for (i in 1:40) a <- a*x + sin(a)\na", "millions of operations"),
    ],
)
def test_deriv_says_which_function_stops_it(text: str, reason: str) -> None:
    model = compile_model(text, wrt=["a"])
    with pytest.raises(NoDerivText, match=reason):
        deriv_text(model.stages.plain, "m_deriv")


def test_deriv_is_given_what_the_user_wrote() -> None:
    plain = compile_model("dnorm(x, m, s) + pnorm(x, m, s)", wrt=["m", "s"]).stages.plain
    found = deriv_text(plain, "m_deriv")
    assert "dnorm(x, m, s) + pnorm(x, m, s)" in found.text
    assert found.fault.startswith("R's own deriv drops the arguments of")
    assert deriv_text(compile_model("dnorm(a*x)", wrt=["a"]).stages.plain, "m_deriv").fault == ""


def test_the_help_names_every_witness() -> None:
    (option,) = [p for p in command.commands["verify"].params if p.name == "witness"]
    assert all(name in str(getattr(option, "help", "")) for name in WITNESSES)
