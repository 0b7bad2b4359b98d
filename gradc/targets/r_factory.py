"""The factory ``NAME_model(data)`` of target r: what R's optimisers take."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit import EmitModel
from gradc.emit.layout import wrap
from gradc.emit.names import Names
from gradc.emit.numbers import r_start, r_vector
from gradc.emit.reports import bounds_by_element
from gradc.ir import Function

_MOST_WRITTEN = 12


def factory(
    model: EmitModel, function: Function, given: Names, users: dict[str, str], order: str
) -> list[str]:
    """Lines of the factory."""
    names = given.copy()
    data = [users[item.name] for item in function.data]
    par = names.fresh("par")
    full = names.fresh("evaluate")
    lines = _start_comment(model, function)
    lines += wrap(f"{model.name}_model <- function({', '.join(data)}) {{", 0)
    for name in data:
        lines.append(f"  force({name})")
    lines.append(f"  {full} <- function({par}, {order}) {{")
    lines += [f"    {_length_check(function, par)}"]
    lines += [*wrap(_call(model.name, function, users, par, [order]), 4), "  }"]
    lines.append("  list(")
    lines += wrap(f"par = {initial(function, users)},", 4)
    value = f"sum({full}({par}, 0L))" if function.per_observation else f"{full}({par}, 0L)"
    lines.append(f"    fn = function({par}) {value},")
    gradient = f'attr({full}({par}, 1L), "gradient")'
    lines.append(f"    gr = function({par}) unname(colSums({gradient})),")
    if model.hessian:
        hessian = f'attr({full}({par}, 2L), "hessian")'
        lines.append(f"    he = function({par}) colSums({hessian}),")
    else:
        lines.append("    he = NULL,")
    lines += _with_attributes(model, names, par, full)
    for bound in bound_arguments(function):
        lines[-1] += ","
        lines += wrap(bound, 4)
    if model.report is not None:
        lines[-1] += ","
        report = _call(f"{model.name}_report", function, users, par, [])
        lines += [f"    report = function({par}) {{", f"      {_length_check(function, par)}"]
        lines += [*wrap(report, 6), "    }"]
    return [*lines, "  )", "}"]


def _length_check(function: Function, par: str) -> str:
    """R reads past the end of a vector, and passes over what is left of it."""
    count = sum(item.type.count or 1 for item in function.params)
    said = f"{count} element" + "s" * (count != 1)
    return f'if (length({par}) != {count}L) stop("{par} must have {said}")'


def _start_comment(model: EmitModel, function: Function) -> list[str]:
    summed = ", summed over rows" if function.per_observation else ""
    lines = [f"# The objective as optimisers take it{summed}; par holds the parameters in order."]
    if any(item.default is None for item in function.params):
        lines.append("# Starting values that the model does not have are NA in par.")
    return lines


def bound_arguments(function: Function) -> list[str]:
    """``lower = …`` and ``upper = …``, where parameters were declared."""
    if not any(item.declared for item in function.params):
        return []
    lower, upper = zip(*bounds_by_element(function), strict=True)
    arguments: list[str] = []
    for name, bounds, open_ in (("lower", lower, "-Inf"), ("upper", upper, "Inf")):
        texts = [open_ if bound is None else _signed(bound) for bound in bounds]
        text = f"c({', '.join(texts)})" if len(set(texts)) > 1 else f"rep({texts[0]}, {len(texts)})"
        arguments.append(f"{name} = {text}")
    return arguments


def _call(
    name: str, function: Function, users: dict[str, str], par: str, orders: Sequence[str]
) -> str:
    """A call of the function with the parameters taken from one vector."""
    data = [users[item.name] for item in function.data]
    parts = slices(function, par)
    if len(parts) > _MOST_WRITTEN and all(not item.type.shape for item in function.params):
        rest = ", ".join([*data, *(f"{order} = {order}" for order in orders)])
        return f"do.call({name}, c(as.list(unname({par})), list({rest})))"
    return f"{name}({', '.join([*parts, *data, *orders])})"


def slices(function: Function, par: str) -> list[str]:
    """The parameters in order, each taken from one vector."""
    parts: list[str] = []
    place = 1
    for item in function.params:
        length = item.type.count
        if length is None:
            parts.append(f"{par}[[{place}]]")
        elif item.type.rank == 2:
            rows = item.type.known_shape[0]
            parts.append(f"matrix({par}[{place}:{place + length - 1}], {rows}L)")
        else:
            parts.append(f"unname({par}[{place}:{place + length - 1}])")
        place += length or 1
    return parts


def initial(function: Function, users: dict[str, str]) -> str:
    """Starting values by name, as an expression of R."""
    parts: list[str] = []
    for item in function.params:
        name, length = users[item.name], item.type.count
        default = item.default
        values = list(default) if isinstance(default, tuple) else [default] * (length or 1)
        texts = ["NA_real_" if value is None else _signed(value) for value in values]
        if length is not None and length > _MOST_WRITTEN and item.type.rank == 1:
            tags = f'sprintf("{name}[%d]", 1:{length})'
            parts.append(f"setNames({r_vector(texts)}, {tags})")
            continue
        for index, text in enumerate(texts, start=1):
            tag = name if length is None else f"`{name}{item.type.element(index)}`"
            parts.append(f"{tag} = {text}")
    return f"c({', '.join(parts)})"


def _signed(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    return r_start(value)


def _with_attributes(model: EmitModel, names: Names, par: str, full: str) -> list[str]:
    """``fg``: the scalar objective with its derivatives as attributes, as nlm() reads them."""
    result = names.fresh("value")
    order = 2 if model.hessian else 1
    lines = [f"    fg = function({par}) {{", f"      {result} <- {full}({par}, {order}L)"]
    parts = [f"sum({result})", f'gradient = unname(colSums(attr({result}, "gradient")))']
    if model.hessian:
        parts.append(f'hessian = colSums(attr({result}, "hessian"))')
    lines += wrap(f"structure({', '.join(parts)})", 6)
    lines.append("    }")
    return lines
