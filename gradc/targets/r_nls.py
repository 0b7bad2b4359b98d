"""What R's nls takes: the mean of the observations alone, and a self-starting model of it."""

from __future__ import annotations

from gradc.emit import EmitModel
from gradc.emit.densities import R_DENSITIES
from gradc.emit.layout import wrap
from gradc.emit.names import Names
from gradc.emit.reports import has_bounds
from gradc.ir import Function, reachable
from gradc.targets.r_factory import bound_arguments, initial, slices

# A larger function stands in the file once, as the objective.
_MOST_OPERATIONS = 2500

MEAN_COMMENT = "# The mean of the observations, one row each, as nls() takes it on the right of ~."


def mean_function(model: EmitModel) -> tuple[str, Function] | None:
    """The name of the emitted function that nls takes, and the function; None where none is.

    Of ``y ~ f`` it is NAME_mean. A model with a row for each observation is a mean itself,
    unless its form tells that a row is what one minimises.
    """
    if model.mean is not None:
        return (f"{model.name}_mean", model.mean) if _is_small(model.mean) else None
    value = model.value
    if not value.per_observation or not value.params or not value.data:
        return None
    return (model.name, value) if _is_small(value) and not _is_loss(model.source) else None


def _is_small(function: Function) -> bool:
    return sum(reachable(function.graph, function.outputs.values())) <= _MOST_OPERATIONS


def _is_loss(function: Function) -> bool:
    """Whether a row is a square, a choice or a negative, or has a density in it."""
    graph, root = function.graph, function.value
    if graph.prim(root) in ("select", "neg"):
        return True
    if graph.prim(root) == "pow":
        exponent = graph.args(root)[1]
        if graph.is_const(exponent) and graph.value(exponent) == 2.0:
            return True
    marks = reachable(graph, [root])
    return any(marks[node] and graph.prim(node) in R_DENSITIES for node in range(len(marks)))


def self_start(
    model: EmitModel,
    curve: str,
    function: Function,
    names: Names,
    users: dict[str, str],
    order: str,
) -> list[str]:
    """Lines of NAME_selfStart, whose model finds its start by nlminb from the given values."""
    start, par, begin = names.fresh("start"), names.fresh("par"), names.fresh("initial")
    response, inputs = names.fresh("response"), names.fresh("inputs")
    mean, fitted = names.fresh("mean"), names.fresh("fitted")
    params = [users[item.name] for item in function.params]
    data = [users[item.name] for item in function.data]
    known = all(item.default is not None for item in function.params)
    default = f" = {initial(function, users)}" if known else ""
    bounds = "".join(f", {b}" for b in bound_arguments(function)) if has_bounds(function) else ""
    arguments = f"list({', '.join(slices(function, par))}), {inputs}, list({order} = {order})"
    gradient = f'as.vector({response} - {fitted}) * attr({fitted}, "gradient")'
    lines = [*_comment(model, curve, [*params, *data])]
    lines += wrap(f"{model.name}_selfStart <- function({start}{default}) {{", 0)
    lines += [f"  {begin} <- function(mCall, data, LHS, ...) {{"]
    lines += [f"    {response} <- eval(LHS, data)"]
    lines += wrap(f"{inputs} <- lapply(as.list(mCall)[{_strings(data)}], eval, data)", 4)
    lines += [f"    {mean} <- function({par}, {order}) {{"]
    lines += [*wrap(f"do.call({curve}, c({arguments}))", 6), "    }"]
    lines += [f"    {par} <- nlminb({start},"]
    lines += [f"      function({par}) sum(({response} - {mean}({par}, 0L))^2),"]
    lines += [f"      function({par}) {{", f"        {fitted} <- {mean}({par}, 1L)"]
    lines += [*wrap(f"-2 * colSums({gradient})", 8), f"      }}{bounds})$par"]
    found = par
    if any(item.type.shape for item in function.params):
        found = f"list({', '.join(slices(function, par))})"
    lines += wrap(f"setNames({found}, as.character(mCall[{_strings(params)}]))", 4)
    lines += ["  }"]
    return [*lines, *wrap(f"selfStart({curve}, {begin}, parameters = {_strings(params)})", 2), "}"]


def _comment(model: EmitModel, curve: str, arguments: list[str]) -> list[str]:
    few = ", ".join(arguments) if len(arguments) <= 8 else "..."
    return [
        f"# {curve}() as a self-starting model; nlminb improves the start before nls takes it:",
        f"#   SS{model.name} <- {model.name}_selfStart()",
        f"#   nls(response ~ SS{model.name}({few}), data)",
    ]


def _strings(names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"c({quoted})" if len(names) != 1 else quoted
