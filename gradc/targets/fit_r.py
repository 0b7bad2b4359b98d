"""NAME_fit.R: the fit of a model by R's own optimisers, with nothing of gradc in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradc.emit import MARK
from gradc.emit.layout import wrap
from gradc.emit.names import Names, rules
from gradc.emit.numbers import r_number, r_start, r_vector
from gradc.emit.reports import bounds_by_element
from gradc.ir import Input
from gradc.targets.fit import FitModel, Rows
from gradc.targets.fit_r_text import (
    DATA,
    ERRORS,
    FIT,
    FOLDER,
    GOAL,
    NLS,
    PARAMETERS,
    PROGRAM,
    SEARCH,
    SQUARES,
)

_CASES = {
    "optimr": "NAME_minimise(goal, par,\n"
    "      lapply(c('Rvmmin', 'nlminb', 'nlminb'), NAME_optimr), c(TRUE, TRUE, FALSE))",
    "nlminb": "NAME_minimise(goal, par, list(NAME_nlminb, NAME_nlminb), c(FALSE, TRUE))",
    "nls": "NAME_nls(goal, par, data)",
}


def write(model: FitModel) -> dict[str, str]:
    """The script, and where the objective is a sum of squares the rows that it calls."""
    files: dict[str, str] = {}
    for rows in _called(model):
        files |= rows.emitted.files
    beside = [f"{model.name}.R", *files]
    files[f"{model.name}_fit.R"] = "\n".join(_lines(model, beside)) + "\n"
    return files


def _called(model: FitModel) -> list[Rows]:
    """The parts of least squares, as far as the script calls them."""
    if model.mean is None or model.response is None:
        return [] if model.residuals is None else [model.residuals]
    return [model.mean] if model.response_name else [model.mean, model.response]


def _engines(model: FitModel) -> list[str]:
    return ["optimr", "nlminb", *(["nls"] if model.mean is not None else [])]


def _lines(model: FitModel, beside: Sequence[str]) -> Iterator[str]:
    parts = [DATA, PARAMETERS, GOAL, SEARCH, FIT, PROGRAM]
    if model.residuals is not None:
        parts.insert(4, SQUARES)
    else:
        parts.insert(4, ERRORS)
    if model.mean is not None:
        parts.insert(5, NLS)
    text = "\n".join([_head(model), _beside(beside), *parts])
    for place, value in _blanks(model).items():
        text = text.replace(f"@{place}@", value)
    for line in text.replace("NAME", model.name).splitlines():
        indent = len(line) - len(line.lstrip())
        yield from [line] if line.startswith("#") else wrap(line.strip(), indent)


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


def _beside(files: Sequence[str]) -> str:
    sources = (f'source(file.path(NAME_folder, "{file}"), local = TRUE)\n' for file in files)
    return FOLDER + "".join(sources)


def _blanks(model: FitModel) -> Mapping[str, str]:
    """What the constant text leaves to the model."""
    function, squares = model.function, model.residuals is not None
    users = [model.users[item.name] for item in function.params]
    names = Names(rules("r"), ["c", "data", "goal", "start", *users])
    lower, upper = zip(*bounds_by_element(function), strict=True)
    engines = _engines(model)
    rows = _called(model)[0].name if squares else ""
    cases = (f"    {engine} = {_CASES[engine]}" for engine in engines)
    return {
        "DATA": ", ".join(_taken(model)),
        "LIST": ", ".join(_parameters(model)),
        "ROWS": "The mean" if model.mean is not None else "The residual",
        "MEAN": rows,
        "OBSERVED": _observed(model),
        "OBSERVE": names.fresh("observed"),
        "PREDICT": names.fresh("predict"),
        "PARAMETERS": ", ".join(users),
        "ENGINES": f"c({', '.join(map(_quoted, engines))})",
        "ENGINE": engines[0],
        "LOWER": _bounds(lower, "-Inf"),
        "UPPER": _bounds(upper, "Inf"),
        "SWITCH": ",\n".join(cases).replace("'", '"'),
        "SE_KIND": "least squares" if squares else "hessian",
        "RATIO": "t" if squares else "z",
        "TAIL": "2 * pt(-abs(ratio), fit$df)" if squares else "2 * pnorm(-abs(ratio))",
    }


def _taken(model: FitModel) -> Iterator[str]:
    """Each input of data under its emitted name."""
    for item in model.function.data:
        arguments = [_quoted(item.name)]
        rank = item.type.rank if item.declared or item.type.rank == 2 else 1
        if rank != 1:
            arguments.append(f"rank = {rank}L")
        if item.default is not None:
            arguments.append(f"default = {_default(item)}")
        yield f"{model.users[item.name]} = take({', '.join(arguments)})"


def _default(item: Input) -> str:
    if not isinstance(item.default, tuple):
        return r_number(item.default or 0.0)
    text = r_vector([r_number(value) for value in item.default])
    return f"matrix({text}, {item.type.known_shape[0]})" if item.type.rank == 2 else text


def _parameters(model: FitModel) -> Iterator[str]:
    """Each parameter as a part of one vector."""
    place = 1
    for item in model.function.params:
        count = item.type.count
        part = f"par[[{place}]]" if count is None else f"unname(par[{place}:{place + count - 1}])"
        if item.type.rank == 2:
            part = f"matrix({part}, {item.type.known_shape[0]})"
        yield f"{model.users[item.name]} = {part}"
        place += count or 1


def _observed(model: FitModel) -> str:
    """The response, of which no parameter is a part."""
    if model.response_name is not None:
        return f"as.numeric(data${model.users[model.response_name]})"
    if model.mean is None or model.response is None:
        return "0"
    return f"as.vector(do.call({model.response.name}, c(NAME_parameters(par), data, order = 0L)))"


def _bounds(bounds: Sequence[float | None], open_: str) -> str:
    texts = [open_ if bound is None else r_start(bound) for bound in bounds]
    return texts[0] if len(set(texts)) == 1 else f"c({', '.join(texts)})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
