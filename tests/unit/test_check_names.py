"""Which functions the doctor takes for a function and its gradient."""

from __future__ import annotations

import pytest

from gradc.checking.names import name_pairs


@pytest.mark.parametrize(
    ("fn", "gr"),
    [
        ("f", "f_grad"),
        ("f", "grad_f"),
        ("f", "f.gr"),
        ("f", "f_gradient"),
        ("objective", "gradient"),
        ("fn", "gr"),
        ("cost", "cost_gradient"),
        ("sigmoid", "sigmoid_deriv"),
        ("sigmoid", "d_sigmoid"),
        ("sigmoid", "dsigmoid"),
        ("sigmoid", "sigmoid_prime"),
        ("loss", "loss_grad"),
        ("nll", "score"),
        ("nll", "gr"),
        ("getCost", "getGradient"),
        ("costFunction", "grad"),
        ("logistic.cost", "logistic.grad"),
        ("compute_loss", "compute_gradient"),
        ("costFunction", "costGradient"),
        ("rosen", "rosenGrad"),
    ],
)
def test_names_that_belong_together(fn, gr):
    assert name_pairs(sorted([fn, gr, "plot_it", "helper"])) == [(fn, gr)]


@pytest.mark.parametrize(
    "names",
    [
        ["gradient_descent", "cost"],
        ["gradientDescent", "costFunction"],
        ["dnorm2", "qnorm2"],
        ["predict", "train", "data"],
        ["grad_check", "f"],
    ],
)
def test_names_that_do_not(names):
    assert name_pairs(names) == []


def test_a_bare_name_gives_way_to_one_that_is_whole() -> None:
    """Two functions called f and g, each with its own gradient, are not each other's."""
    names = ["f", "f_grad", "g", "g_grad"]
    assert name_pairs(names) == [("f", "f_grad"), ("g", "g_grad")]
    assert name_pairs(["f", "g"]) == [("f", "g")]
