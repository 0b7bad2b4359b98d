"""An R package around the files of targets r and tmb: what R CMD build and check want."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradc.emit import MARK, EmitModel, Emitted
from gradc.emit.layout import paragraph
from gradc.targets.r_manual import Manual, pages
from gradc.targets.r_package_tests import CheckPoint, test_file

_SHORTEST = 2
# Packages of R itself, and those that the package calls: R would load one for the other.
_TAKEN = frozenset(
    "base compiler datasets graphics grDevices grid matrix methods numDeriv optimx parallel"
    " RcppEigen splines stats stats4 tcltk testthat tools translations TMB utils".casefold().split()
)

_DESCRIPTION = """\
Config/Generator: {mark}
Package: {package}
Title: The Model '{name}' with Its Gradient
Version: 0.1.0
Author: the author of the model
Maintainer: the author of the model <author@example.org>
Description: {description}
License: file LICENSE
Encoding: UTF-8
Imports: {imports}
{linking}Suggests: {suggests}
Config/testthat/edition: 3
"""

_LICENSE = """\
{mark}, which claims no rights in what it writes: this package belongs to whoever
wrote the model. Choose a license before you pass it on, and name it in DESCRIPTION.
{linked}"""

_LINKED = """\
The compiled code holds parts of TMB, which is licensed under the GNU GPL, version 2.
"""

_RUNNER = """\
# {mark}: runs the tests of the package.
library(testthat)
library({package})

test_check("{package}")
"""


def package_name(name: str) -> str:
    """A valid name of an R package that resembles a model's: letters, digits and dots."""
    package = re.sub(r"[^A-Za-z0-9]+", ".", name).strip(".")
    if len(package) < _SHORTEST or package.casefold() in _TAKEN:
        package += ".model"
    return package


def package_files(
    model: EmitModel,
    emitted: Emitted,
    template: tuple[EmitModel, Emitted] | None,
    points: Sequence[CheckPoint],
    mean_points: Sequence[CheckPoint],
) -> dict[str, str]:
    """The files of the package, by their paths in it.

    ``emitted`` are the files of target r for ``model``, ``template`` what target tmb was given
    and gave, with the package's name in its model. The tests compare with what is true at the
    points; ``mean_points`` are those of NAME_mean.
    """
    package = package_name(model.name)
    files: dict[str, str] = {}
    for name, text in (*emitted.files.items(), *(template[1].files.items() if template else ())):
        files[f"{'R' if name.endswith('.R') else 'src'}/{name}"] = text
    manual = Manual.of(model, emitted, template, points)
    documented = pages(manual, package, files)
    exports = [name for name in documented if name != f"{package}-package"]
    head = {
        "DESCRIPTION": _description(model, package, with_tmb=template is not None),
        "NAMESPACE": _namespace(exports, package, with_tmb=template is not None),
        "LICENSE": _LICENSE.format(mark=MARK, linked=_LINKED if template else ""),
    }
    files = {**head, **files}
    files |= {f"man/{name}.Rd": text for name, text in documented.items()}
    files["tests/testthat.R"] = _RUNNER.format(mark=MARK, package=package)
    name = f"tests/testthat/test-{model.name}.R"
    files[name] = test_file(model, emitted, template, points, mean_points)
    return files


def _description(model: EmitModel, package: str, *, with_tmb: bool) -> str:
    said = (
        f"Value and exact gradient of the model '{model.name}' for optim, nlminb, nlm and"
        " optimx, as code that gradc derived from its formula"
    )
    said += "; and as a TMB template." if with_tmb else "."
    return _DESCRIPTION.format(
        mark=MARK,
        package=package,
        name=model.name,
        description="\n    ".join(paragraph(said.split(), "", 76)),
        imports="stats, TMB, utils" if with_tmb else "stats",
        linking="LinkingTo: RcppEigen, TMB\n" if with_tmb else "",
        suggests=f"numDeriv, {'optimx, ' if with_tmb else ''}testthat (>= 3.0.0)",
    )


def _namespace(exports: Sequence[str], package: str, *, with_tmb: bool) -> str:
    lines = [f"# {MARK}", *(f"export({name})" for name in exports), "import(stats)"]
    if with_tmb:
        lines += ["importFrom(TMB, MakeADFun)", f"useDynLib({package})"]
    return "\n".join(lines) + "\n"
