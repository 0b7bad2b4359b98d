"""Densities of ``scipy.stats`` in Python scripts, against SciPy itself."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from gradc.errors import GradcError
from gradc.frontend.python.stats import STATS
from gradc.model import compile as compile_model

SHAPES = {
    "lognorm": (0.7,), "gamma": (2.5,), "beta": (2.0, 3.5), "chi2": (3.5,), "t": (4.5,),
    "f": (3.0, 5.5), "weibull_min": (1.75,), "poisson": (2.5,), "binom": (6, 0.3),
    "bernoulli": (0.3,), "nbinom": (2.5, 0.4), "geom": (0.3,),
}  # fmt: skip
DISCRETE = {"poisson", "binom", "bernoulli", "nbinom", "geom"}


@pytest.mark.parametrize("method", STATS)
@pytest.mark.parametrize("moved", [False, True])
def test_densities_are_scipys(method: str, moved: bool) -> None:
    name, _, kind = method.partition(".")
    shapes = ", ".join(map(str, SHAPES.get(name, ())))
    rest = f", {shapes}" if shapes else ""
    at = 1.0 if name in DISCRETE else 0.375
    if moved:
        at, rest = at + 2, f"{rest}, loc=2" + ("" if name in DISCRETE else ", scale=1.5")
    text = f"from scipy import stats\na*stats.{method}(x{rest})"
    value, gradient = compile_model(text, syntax="python", wrt=["a"]).function("numpy")(a=2.0, x=at)
    keywords = {"loc": 2} if moved else {}
    if moved and name not in DISCRETE:
        keywords["scale"] = 1.5
    expected = getattr(getattr(stats, name), kind)(at, *SHAPES.get(name, ()), **keywords)
    assert math.isclose(float(gradient["a"]), expected, rel_tol=1e-11)
    assert math.isclose(float(value), 2 * expected, rel_tol=1e-11)


@pytest.mark.parametrize(
    "text",
    [
        "import scipy.stats as st\nst.norm.logpdf(x, a)",
        "from scipy.stats import norm\nnorm.logpdf(x, loc=a)",
        "import scipy.stats\nscipy.stats.norm.logpdf(x, a, scale=1)",
    ],
)
def test_every_way_to_import_it(text: str) -> None:
    model = compile_model(text, syntax="python", wrt=["a"])
    value, _ = model.function("numpy")(a=0.5, x=2.0)
    assert math.isclose(float(value), stats.norm.logpdf(2.0, 0.5))


def test_other_distributions_are_unknown() -> None:
    with pytest.raises(GradcError, match="unknown function"):
        compile_model("from scipy import stats\nstats.zipf.pmf(x, a)", syntax="python", wrt=["a"])
