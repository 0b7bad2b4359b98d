"""NAME_tmb_fit.R: the fit of a model by TMB, with nothing of gradc in it."""

from __future__ import annotations

from gradc.emit import MARK
from gradc.emit.reports import roles
from gradc.ir import Function
from gradc.targets.fit import FitModel
from gradc.targets.fit_r_parts import beside, common, quoted, script
from gradc.targets.fit_r_text import DATA, GOAL, PARAMETERS, SEARCH, START, TABLE
from gradc.targets.fit_tmb_text import ADREPORT, FIT, PROGRAM
from gradc.targets.r_factory import initial


def write(model: FitModel) -> dict[str, str]:
    """The script, which calls the driver and the template."""
    name, function = model.name, model.function
    random = [quoted(model.users[item.name]) for item in function.params if item.kind == "random"]
    reported = any(roles(model.model.report or function).values())
    blanks = {
        **common(model),
        "MODEL": name,
        "RANDOM": "NULL" if not random else f"c({', '.join(random)})",
        "START": initial(function, dict(model.users)),
        "SE": _errors(model),
        "ADREPORT": ADREPORT if reported else "",
        "RATIO": "z",
        "TAIL": "2 * pnorm(-abs(ratio))",
    }
    files = beside([f"{name}_tmb.R"])
    parts = [_head(name), files, DATA, PARAMETERS, GOAL, SEARCH, FIT, START, TABLE, PROGRAM]
    return {f"{name}_tmb_fit.R": script(parts, blanks, f"{name}_tmb_fit")}


def _head(name: str) -> str:
    return f"""\
# {MARK}: fits the model {name} by TMB.
#
#   Rscript NAME.R data.csv          columns are the data, by name
#   Rscript NAME.R data.csv a=1      with starting values for some parameters
#
# or in a session:
#   source("NAME.R")
#   fit <- NAME(read.csv("data.csv"))
#
# The result is a list: par, se (standard errors), se_kind, objective, counts, seconds, message,
# claimed (whether nlminb says that it converged), path, and TMB's own obj and report.
"""


def _errors(model: FitModel) -> str:
    """TMB takes the objective for a negative log-likelihood, which a sum of squares is none of."""
    if model.residuals is None:
        return "stats::setNames(errors, label)"
    rows = _rows(model.function, model)
    if rows is None:
        return "NULL"
    free = "sum(!held)"
    return f"stats::setNames(errors * sqrt(2 * objective / ({rows} - {free})), label)"


def _rows(function: Function, model: FitModel) -> str | None:
    """How many rows the residuals have, as R counts them in the data."""
    graph, node = function.graph, function.value
    if not graph.types[node].rank:
        (node,) = graph.args(node) if graph.prim(node) == "sum" else (node,)
    shape = graph.types[node].shape
    if not shape:
        return None
    if shape[0].is_known:
        return str(shape[0].constant)
    data = [item for item in function.data if item.type.rank and item.type.shape[0] == shape[0]]
    if any(not item.declared for item in data):  # of one length, or of length 1
        names = ", ".join(f"data${model.users[item.name]}" for item in data)
        return f"max(lengths(list({names})))"
    return f"NROW(data${model.users[data[0].name]})" if data else None
