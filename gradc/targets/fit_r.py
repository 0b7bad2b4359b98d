"""NAME_fit.R: the fit of a model by R's own optimisers, with nothing of gradc in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit import MARK
from gradc.emit.names import Names, rules
from gradc.targets.fit import FitModel, Rows
from gradc.targets.fit_r_parts import beside, common, quoted, script
from gradc.targets.fit_r_text import (
    DATA,
    ERRORS,
    FIT,
    GOAL,
    NLS,
    OPTIMR,
    PARAMETERS,
    PROGRAM,
    SEARCH,
    SQUARES,
    START,
    TABLE,
)

_CASES = {
    "optimr": "{0}_minimise(goal, par,\n"
    "      lapply(c('Rvmmin', 'nlminb', 'nlminb'), {0}_optimr), c(TRUE, TRUE, FALSE))",
    "nlminb": "{0}_minimise(goal, par, list({0}_nlminb, {0}_nlminb), c(FALSE, TRUE))",
    "nls": "{0}_nls(goal, par, data)",
}


def write(model: FitModel) -> dict[str, str]:
    """The script, and where the objective is a sum of squares the rows that it calls."""
    files: dict[str, str] = {}
    for rows in _called(model):
        files |= rows.emitted.files
    text = _text(model, [f"{model.name}.R", *files])
    return {**files, f"{model.name}_fit.R": text}


def _called(model: FitModel) -> list[Rows]:
    """The parts of least squares, as far as the script calls them."""
    if model.mean is None or model.response is None:
        return [] if model.residuals is None else [model.residuals]
    return [model.mean] if model.response_name else [model.mean, model.response]


def _engines(model: FitModel) -> list[str]:
    return ["optimr", "nlminb", *(["nls"] if model.mean is not None else [])]


def _text(model: FitModel, files: Sequence[str]) -> str:
    squares = model.residuals is not None
    parts = [_head(model), beside(files), DATA, PARAMETERS, GOAL, SEARCH]
    parts.append(SQUARES if squares else ERRORS)
    parts += [NLS] if model.mean is not None else []
    return script([*parts, OPTIMR, FIT, START, TABLE, PROGRAM], _blanks(model), model.name)


def _head(model: FitModel) -> str:
    engines = _engines(model)
    return f"""\
# {MARK}: fits the model NAME in R, by {", ".join(engines[:-1])} or {engines[-1]}.
#
#   Rscript NAME_fit.R data.csv {engines[-1]}       columns are the data, by name
#   Rscript NAME_fit.R data.csv {engines[0]} a=1  with starting values for some parameters
#
# or in a session:
#   source("NAME_fit.R")
#   fit <- NAME_fit(read.csv("data.csv"), engine = "{engines[-1]}")
#
# The result is a list: par, se (standard errors), se_kind, objective, counts, seconds, message,
# claimed (whether the optimiser says that it converged), path.
"""


def _blanks(model: FitModel) -> Mapping[str, str]:
    """What the constant text leaves to the model."""
    function, squares = model.function, model.residuals is not None
    users = [model.users[item.name] for item in function.params]
    names = Names(rules("r"), ["data", "goal", "start", *users])
    engines = _engines(model)
    rows = _called(model)[0].name if squares else ""
    cases = (f"    {engine} = {_CASES[engine].format(model.name)}" for engine in engines)
    return {
        **common(model),
        "ROWS": "The mean" if model.mean is not None else "The residual",
        "MEAN": rows,
        "OBSERVED": _observed(model),
        "OBSERVE": names.fresh("observed"),
        "PREDICT": names.fresh("predict"),
        "PARAMETERS": ", ".join(users),
        "ENGINES": f"c({', '.join(map(quoted, engines))})",
        "ENGINE": engines[0],
        "SWITCH": ",\n".join(cases).replace("'", '"'),
        "SE_KIND": "least squares" if squares else "hessian",
        "RATIO": "t" if squares else "z",
        "TAIL": "2 * pt(-abs(ratio), fit$df)" if squares else "2 * pnorm(-abs(ratio))",
    }


def _observed(model: FitModel) -> str:
    """The response, of which no parameter is a part."""
    if model.mean is None or model.response is None:
        return "0"
    if model.response_name is not None:
        return f"as.numeric(data${model.users[model.response_name]})"
    parameters = f"{model.name}_parameters(par)"
    return f"as.vector(do.call({model.response.name}, c({parameters}, data, order = 0L)))"
