"""R packages: built and checked by R itself, loaded and fitted as their users would."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from rscript import printed_by_r

from gradc.cli.main import run
from gradc.model import compile as compile_model
from gradc.targets.r_package import package_name

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = [
    pytest.mark.needs("r", "numDeriv", "testthat"),
    # The compiler and R CMD check take minutes on a busy machine: one worker does it all.
    pytest.mark.xdist_group("r_package"),
]


def r_cmd(*arguments: str, folder: Path) -> str:
    """R CMD with what it prints; templates are compiled without optimisation."""
    makevars = folder / "Makevars"
    makevars.write_text("CXXFLAGS = -O0\n", encoding="utf-8")
    # The check looks packages up in a repository, and does as well with an empty one.
    index = folder / "src" / "contrib" / "PACKAGES"
    index.parent.mkdir(parents=True, exist_ok=True)
    index.touch()
    profile = folder / "Rprofile"
    profile.write_text(f"options(repos = 'file://{folder}')\n", encoding="utf-8")
    done = subprocess.run(
        ["R", "CMD", *arguments],
        cwd=folder,
        env={
            **os.environ,
            "R_MAKEVARS_USER": str(makevars),
            "R_PROFILE_USER": str(profile),
            "LC_ALL": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def checked(package: Path, name: str) -> Path:
    """The library into which R CMD check has installed a package, which it finds faultless."""
    folder = package.parent
    r_cmd("build", "--no-build-vignettes", package.name, folder=folder)
    archive = f"{name}_0.1.0.tar.gz"
    said = r_cmd("check", "--no-manual", "--no-build-vignettes", archive, folder=folder)
    assert re.search(r"^Status: OK$", said, re.MULTILINE), said  # no errors, warnings or notes
    tests = folder / f"{name}.Rcheck" / "tests" / "testthat.Rout"
    assert re.search(r"\[ FAIL 0 \| WARN 0 \| SKIP 0 \| PASS [1-9]", tests.read_text()), said
    return folder / f"{name}.Rcheck"


def test_package_of_a_mean_passes_the_check(tmp_path: Path) -> None:
    package = tmp_path / "growth"
    model = str(EXAMPLES / "growth_nls.R")
    assert run(["compile", model, "--target", "r", "--no-verify", "--package", str(package)]) == 0
    library = checked(package, "growth.nls")
    code = [
        f"library(growth.nls, lib.loc = {json.dumps(str(library))})",
        "d <- data.frame(age = 1:6, height = c(4.1, 7.2, 9.8, 11.6, 12.7, 13.5))",
        "SSgrowth <- growth_nls_selfStart()",
        "fit <- nls(height ~ SSgrowth(top, rate, age), d)",
        "plain <- nls(height ~ top*(1 - exp(-rate*age)), d, start = list(top = 15, rate = 0.3))",
        "stopifnot(all.equal(coef(fit), coef(plain), tolerance = 1e-6))",
        "cat(getNamespaceExports('growth.nls'))",
    ]
    assert sorted(printed_by_r(code).split()) == [
        "growth_nls",
        "growth_nls_mean",
        "growth_nls_model",
        "growth_nls_selfStart",
    ]


@pytest.mark.needs("tmb", "optimx")
def test_package_with_a_template_passes_the_check(tmp_path: Path) -> None:
    package = tmp_path / "growth"
    data = EXAMPLES / "growth_curve.csv"
    chosen = ("--target", "r,tmb", "--hessian", "--no-verify", "--package", str(package))
    model = str(EXAMPLES / "growth_curve.txt")
    assert run(["compile", model, "--at", str(data), *chosen]) == 0
    library = checked(package, "growth.curve")
    code = [
        f"library(growth.curve, lib.loc = {json.dumps(str(library))})",
        # The library that R installed is used: there is no file to compile here.
        f"fit <- growth_curve_tmb_fit({json.dumps(str(data))})",
        "obj <- fit$obj; stopifnot(obj$env$DLL == 'growth.curve')",
        f"d <- read.csv({json.dumps(str(data))}); m <- growth_curve_model(d$t, d$weight)",
        "stopifnot(all.equal(m$gr(m$par), as.vector(obj$gr(m$par)), tolerance = 1e-12))",
        "stopifnot(all.equal(m$he(m$par), obj$he(m$par), tolerance = 1e-9,"
        " check.attributes = FALSE))",
        "own <- nlminb(m$par, m$fn, m$gr, m$he, lower = m$lower, upper = m$upper)",
        "stopifnot(max(abs(own$par - fit$fit$par)) < 1e-3)",
        "unloadNamespace('growth.curve')",
        "stopifnot(!'growth.curve' %in% names(getLoadedDLLs()))",
        "cat('done')",
    ]
    assert printed_by_r(code).endswith("done")


def test_a_wrong_derivative_fails_the_packages_own_tests(tmp_path: Path) -> None:
    files = compile_model("a*exp(-b*x)", wrt=["a", "b"], name="decay").r_package()
    tests = files["tests/testthat/test-decay.R"]
    # A factor of 1 + 1e-13 is far below what differences could tell.
    for source, failures in ((files["R/decay.R"], 0), (_spoilt(files["R/decay.R"]), 4)):
        (tmp_path / "decay.R").write_text(source, encoding="utf-8")
        (tmp_path / "test-decay.R").write_text(tests, encoding="utf-8")
        code = [
            f"setwd({json.dumps(str(tmp_path))}); source('decay.R')",
            "found <- testthat::test_file('test-decay.R', reporter = 'silent',"
            " stop_on_failure = FALSE, env = globalenv())",
            "cat(sum(as.data.frame(found)$failed), sum(as.data.frame(found)$error))",
        ]
        failed, errors = printed_by_r(code).split()
        assert errors == "0"
        assert (int(failed) > 0) == (failures > 0), failed


def _spoilt(source: str) -> str:
    found = re.search(r'attr\(value, "gradient"\) <- cbind\(a = ', source)
    assert found is not None
    return source[: found.end()] + "(1 + 1e-13) * " + source[found.end() :]


def test_tests_of_packages_hold(tmp_path: Path) -> None:
    design = {"beta": [1.0, 2.0], "X": [[1.0, 2.0], [3.0, 1.0]]}
    models = [
        compile_model("y ~ a.b*exp(-k_1*x)", wrt=["a.b", "k_1"], name="dots"),
        compile_model("sum((y - X %*% beta)^2)", wrt=["beta"], at=design, name="design"),
        compile_model("b[1] + b[2]*x", wrt=["b"], at={"b": [0.5, -1.0]}, name="line"),
    ]
    for path in sorted(EXAMPLES.glob("*.txt")):
        wrt = {"huber": ["a", "b"], "logistic_regression": ["b0", "b1"]}.get(path.stem)
        data = path.with_suffix(".json")
        at = json.loads(data.read_text(encoding="utf-8")) if data.exists() else None
        models.append(compile_model(path, wrt=wrt, at=at))
    code = [f"setwd({json.dumps(str(tmp_path))})"]
    for model in models:
        name, files = model.name, model.r_package(points=2)
        (tmp_path / f"{name}.R").write_text(files[f"R/{name}.R"], encoding="utf-8")
        tests = files[f"tests/testthat/test-{name}.R"]
        (tmp_path / f"test-{name}.R").write_text(tests, encoding="utf-8")
        code += [f"source('{name}.R')", *(line.format(name=name) for line in _RUN)]
    assert printed_by_r(code).splitlines() == [f"{model.name} 0 0 0 TRUE" for model in models]


_RUN = [
    "found <- as.data.frame(testthat::test_file('test-{name}.R', reporter = 'silent',"
    " stop_on_failure = FALSE, env = globalenv()))",
    "cat('{name}', sum(found$failed), sum(found$error), sum(found$skipped), sum(found$passed) > 0)",
    "cat('\\n')",
]


def test_mean_is_the_model_of_the_right_side_alone() -> None:
    emitted = compile_model("y ~ a*exp(-b*x)", wrt=["a", "b"], name="m").emit("r")["m.R"]
    alone = compile_model("a*exp(-b*x)", wrt=["a", "b"], name="m").emit("r")["m.R"]
    start = "m_mean <- function("
    mean = emitted[emitted.index(start) :].partition("\n}\n")[0]
    assert mean.replace("m_mean", "m") == alone[alone.index("m <- ") :].partition("\n}\n")[0]


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("growth", "growth"),
        ("poisson_glm", "poisson.glm"),
        ("a", "a.model"),
        ("v_1_", "v.1"),
        ("TMB", "TMB.model"),
    ],
)
def test_package_names_are_valid(name: str, package: str) -> None:
    assert package_name(name) == package
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9.]*[A-Za-z0-9]", package)
