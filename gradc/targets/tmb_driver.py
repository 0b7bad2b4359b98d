"""NAME_tmb.R: compiles the template when that is needed, makes the objective, fits it."""

from __future__ import annotations

from gradc.emit import MARK, EmitModel
from gradc.emit.layout import wrap
from gradc.emit.numbers import r_number
from gradc.ir import Function

_DRIVER = """\
{name}_tmb <- function(data, parameters{start}, random = {random}, ...,
    cpp = {folder}, silent = TRUE) {{
  wanted <- {data}
  missing <- c(setdiff(wanted, names(data)), setdiff({parameters}, names(parameters)))
  if (length(missing)) stop("no value for ", paste(missing, collapse = ", "))
  base <- sub("[.]cpp$", "", cpp)
  library <- TMB::dynlib(base)
  if (!file.exists(library) || file.mtime(library) < file.mtime(cpp)) {{
    if (TMB::compile(cpp, ...) != 0) stop("compilation of ", cpp, " failed")
  }}
  if (!basename(base) %in% names(getLoadedDLLs())) dyn.load(library)
  TMB::MakeADFun(lapply(data[wanted], as.numeric), parameters[{parameters}],
    random = random, DLL = basename(base), silent = silent)
}}

# Fits by optimx::optimr where that is installed, else by nlminb, and adds sdreport().
{name}_tmb_fit <- function(data, parameters{start}, random = {random}, ...,
    method = "L-BFGS-B") {{
  obj <- {name}_tmb(data, parameters, random, ...)
  gr <- function(par) as.vector(obj$gr(par))
  fit <- if (requireNamespace("optimx", quietly = TRUE)) {{
    optimx::optimr(obj$par, obj$fn, gr, method = method)
  }} else {{
    nlminb(obj$par, obj$fn, gr)
  }}
  list(obj = obj, fit = fit, report = TMB::sdreport(obj))
}}
"""


def driver(model: EmitModel, function: Function, users: dict[str, str]) -> str:
    """The text of the driver."""
    data = [users[item.name] for item in function.data if item.kind != "random"]
    random = [users[item.name] for item in function.inputs if item.kind == "random"]
    params = [users[item.name] for item in function.params]
    params += [name for name in random if name not in params]
    name = model.name
    lines = [
        f"# {MARK}: compiles {name}.cpp, makes the objective and fits it.",
        "#",
        f'#   source("{name}_tmb.R")',
        f"#   obj <- {name}_tmb({_example('data', data)}, {_example('parameters', params)})",
        "#   obj$fn(obj$par); obj$gr(obj$par)",
        f"#   {name}_tmb_fit(...)$report",
        "",
    ]
    text = _DRIVER.format(
        name=name,
        start=_start(function, users, random),
        random="NULL" if not random else _strings(random),
        folder=f'"{name}.cpp"',
        data=_strings(data),
        parameters=_strings(params),
    )
    return "\n".join(lines) + "\n" + _wrapped(text)


def _example(title: str, names: list[str]) -> str:
    shown = ", ".join(f"{name} = ..." for name in names[:4]) + (", ..." if len(names) > 4 else "")
    return f"{title} = list({shown})"


def _strings(names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"c({quoted})" if len(names) != 1 else quoted


def _start(function: Function, users: dict[str, str], random: list[str]) -> str:
    """The model's own starting values as a default, where it has all of them."""
    if random or any(item.default is None for item in function.params):
        return ""
    parts: list[str] = []
    for item in function.params:
        default = item.default
        if isinstance(default, tuple):
            text = f"c({', '.join(map(r_number, default))})"
        else:
            text = r_number(default or 0.0)
        parts.append(f"{users[item.name]} = {text}")
    return f" = list({', '.join(parts)})"


def _wrapped(text: str) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        lines += wrap(line.strip(), indent) if line.strip() else [""]
    return "\n".join(lines)
