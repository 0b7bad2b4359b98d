"""The examples for R users run in R as they stand, and end where R's own fits end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rscript import printed_by_r

from gradc.model import compile as compile_model

EXAMPLES = Path(__file__).parents[2] / "examples"
MODELS = ("poisson_glm.txt", "growth_curve.txt", "michaelis_menten.txt", "growth_nls.R")
GLM = "glm(events ~ dose + age + offset(log(time)), family = poisson, data = d)"
GROWTH = "nls(height ~ top*(1 - exp(-rate*age)), growth, start = list(top = 15, rate = 0.3))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the examples expect it, with the models compiled."""
    here = tmp_path_factory.mktemp("users")
    (here / "examples").symlink_to(EXAMPLES)
    (here / "gradc-out").mkdir()
    for name in MODELS:
        for file, text in compile_model(EXAMPLES / name).emit("r", hessian=True).items():
            (here / "gradc-out" / file).write_text(text, encoding="utf-8")
    return here


def results(folder: Path, example: str, *wanted: str) -> list[list[float]]:
    """What expressions of R give after an example has run, all of it in one session."""
    code = [
        f"setwd({json.dumps(str(folder))})",
        f'sink("{example}.txt"); source("examples/r_users/{example}.R", echo = TRUE); sink()',
        *(
            f'cat("[", paste(sprintf("%.17g", as.vector({one})), collapse = ", "), "]\\n")'
            for one in wanted
        ),
    ]
    return [json.loads(line) for line in printed_by_r(code).splitlines()]


pytestmark = pytest.mark.needs("r", "optimx", "numDeriv")


def test_every_example_has_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{path.stem}"' in source for path in (EXAMPLES / "r_users").glob("*.R"))


def test_optim_finds_what_glm_finds(folder: Path) -> None:
    found, se, exact_se, truth, true_se, slope = results(
        folder,
        "optim",
        "fit$par",
        "sqrt(diag(solve(fit$hessian)))",
        "se",
        "coef(reference)",
        "sqrt(diag(vcov(reference)))",
        "m$gr(coef(reference))",
    )
    assert found == pytest.approx(truth, abs=2e-5)
    assert se == pytest.approx(true_se, rel=1e-4)
    assert exact_se == pytest.approx(true_se, rel=1e-4)
    assert slope == pytest.approx([0, 0, 0], abs=1e-6)


def test_optimr_finds_what_glm_finds(folder: Path) -> None:
    found, newton, truth = results(folder, "optimr", "fit$par", "newton$par", f"coef({GLM})")
    assert found == pytest.approx(truth, abs=1e-5)
    assert newton == pytest.approx(truth, abs=1e-9)


def test_optimx_agrees_about_gradient_and_hessian(folder: Path) -> None:
    code, kkt1, kkt2, best, slope = results(
        folder,
        "optimx",
        'fit[c("BFGS", "L-BFGS-B", "nlm", "nlminb"), "convcode"]',
        "as.numeric(fit$kkt1)",
        "as.numeric(fit$kkt2)",
        f'unlist(fit["nlm", 1:3]) - coef({GLM})',
        'm$gr(unlist(fit["nlm", 1:3]))',
    )
    assert code == [0, 0, 0, 0]
    assert kkt1 == kkt2 == [1, 1, 1, 1, 1]
    assert best == pytest.approx([0, 0, 0], abs=1e-8)
    assert slope == pytest.approx([0, 0, 0], abs=1e-4)


def test_nlminb_takes_hessian_and_bounds(folder: Path) -> None:
    found, code, slope, low, cv, bounded, at_bound = results(
        folder,
        "nlminb",
        "fit$par",
        "fit$convergence",
        "m$gr(fit$par)",
        "m$lower[3]",
        "m$report(fit$par)$cv",
        "(tight <- nlminb(m$par, m$fn, m$gr, m$he, lower = c(-Inf, -Inf, 2.9, -Inf)))$par[3]",
        "m$gr(tight$par)[3] > 0",
    )
    assert code == [0]
    assert slope == pytest.approx([0] * 4, abs=1e-4)
    assert (low, bounded, at_bound) == ([0.01], [2.9], [1])
    # A start elsewhere and another optimiser end at the same place.
    assert found == pytest.approx([119.739389, 8.990739, 2.515789, -2.278304], abs=2e-5)
    assert cv == pytest.approx([0.1024578], abs=1e-6)


def test_nlm_takes_value_gradient_and_hessian_in_one(folder: Path) -> None:
    found, code, truth = results(folder, "nlm", "fit$estimate", "fit$code", f"coef({GLM})")
    assert code == [1]
    assert found == pytest.approx(truth, abs=1e-6)


def test_nls_takes_means_with_their_gradient(folder: Path) -> None:
    found, truth, deviance, total, growth, plain, predicted = results(
        folder,
        "nls",
        "coef(summary(fit))[, 1:2]",
        "coef(summary(reference))[, 1:2]",
        "deviance(growth_fit)",
        "growth_nls_model(growth$height, growth$age)$fn(coef(growth_fit))",
        "coef(growth_fit)",
        f"coef({GROWTH})",
        "predict(fit, data.frame(conc = 0.5)) - predict(reference, data.frame(conc = 0.5))",
    )
    assert found == pytest.approx(truth, rel=1e-6)
    assert deviance == pytest.approx(total, rel=1e-14)
    assert growth == pytest.approx(plain, rel=1e-6)
    assert predicted == pytest.approx([0], abs=1e-6)


def test_self_starting_model_needs_no_start(folder: Path) -> None:
    found, truth, steps, far, renamed, ours = results(
        folder,
        "nls_selfstart",
        "coef(fit)",
        f"coef({GROWTH})",
        "fit$convInfo$finIter",
        # From there nls itself ends in an error: the gradient is singular.
        "inherits(try(nls(height ~ growth_nls_mean(top, rate, age), growth, "
        'start = list(top = 1, rate = 30)), silent = TRUE), "try-error")',
        "{SSfar <- growth_nls_selfStart(c(top = 1, rate = 3)); "
        "coef(nls(height ~ SSfar(T, k, age), growth))}",
        "coef(nls(rate ~ SSmicmen(conc, Vm, K), Puromycin)) - {"
        'source("gradc-out/michaelis_menten.R"); '
        "SSmine <- michaelis_menten_selfStart(c(100, 1)); "
        "coef(nls(rate ~ SSmine(Vm, K, conc), Puromycin))}",
    )
    assert found == pytest.approx(truth, rel=1e-6)
    assert steps[0] <= 1
    assert far == [1]
    assert renamed == pytest.approx(truth, rel=1e-6)
    assert ours == pytest.approx([0, 0], abs=1e-3)


def test_numderiv_agrees(folder: Path) -> None:
    errors = results(
        folder,
        "numderiv",
        "gradient_error / max(abs(m$gr(at)))",
        "hessian_error / max(abs(m$he(at)))",
        "jacobian_error / max(abs(m$he(at)))",
        "row_error / max(abs(exact))",
    )
    assert all(
        error < limit for (error,), limit in zip(errors, (1e-8, 1e-6, 1e-8, 1e-8), strict=True)
    )


VECTORS = "y ~ beta[1] + beta[2]*exp(-x/scale)"


def test_self_starting_model_with_a_vector(tmp_path: Path) -> None:
    start = {"beta": [1.0, 1.0]}
    model = compile_model(VECTORS, wrt=["beta", "scale"], at=start, name="decay")
    for file, text in model.emit("r").items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    code = [
        f"setwd({json.dumps(str(tmp_path))})",
        'source("decay.R"); set.seed(1); x <- 1:12; y <- 2 + 5*exp(-x/3) + rnorm(12, 0, 0.01)',
        "SSdecay <- decay_selfStart(c(1, 1, 1))",
        "fit <- nls(y ~ SSdecay(b, s, x))",
        "plain <- nls(y ~ b1 + b2*exp(-x/s), start = c(b1 = 2, b2 = 5, s = 3))",
        "stopifnot(all.equal(unname(coef(fit)), unname(coef(plain)), tolerance = 1e-6))",
        "stopifnot(identical(names(coef(fit)), c('b1', 'b2', 's')))",
        "cat('done')",
    ]
    assert printed_by_r(code) == "done"


def test_mean_is_emitted_where_nls_can_take_it() -> None:
    def made(text: str, wrt: list[str]) -> str:
        return compile_model(text, wrt=wrt, name="m").emit("r")["m.R"]

    assert "m_mean <- function(a, x, " in made("y ~ exp(a*x)", ["a"])
    assert "m_mean <- function(a, x, " in made("log(y) ~ a*x", ["a"])
    assert "m_mean" not in made("a*y ~ x + a", ["a"])  # the response moves
    assert "m_mean" not in made("y ~ a", ["a"])  # one number for all rows
    assert "m_mean" not in made("sum((y - a*x)^2)", ["a"])
    assert "m_selfStart" in made("a*exp(-b*x)", ["a", "b"])
    assert "m_selfStart" not in made("(y - a*x)^2", ["a"])
    assert "m_selfStart" not in made("-dnorm(y, a*x, 1, log = TRUE)", ["a"])
