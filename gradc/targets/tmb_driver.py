"""NAME_tmb.R: compiles the template when that is needed, makes the objective, fits it."""

from __future__ import annotations

from gradc.emit import MARK, EmitModel
from gradc.emit.layout import wrap
from gradc.emit.numbers import r_number, r_start, r_vector
from gradc.emit.reports import has_bounds
from gradc.ir import Function, Input
from gradc.targets.r_checks import declared_checks

_DRIVER = """\
{load}{name}_tmb <- function(data, parameters{start}, random = {random}, ...,{where}) {{
  if (is.character(data)) data <- utils::read.csv(data)
  wanted <- {data}
  missing <- c(setdiff(wanted, names(data)), setdiff({parameters}, names(parameters)))
  if (length(missing)) stop("no value for ", paste(missing, collapse = ", "))
  TMB::MakeADFun({checked}, parameters[{parameters}],
    random = random, ..., DLL = {library}, silent = silent)
}}

# Fits by optimx::optimr where that is installed, else by nlminb, and adds sdreport().
{name}_tmb_fit <- function(data, parameters{start}, random = {random}, ...,
    method = "L-BFGS-B") {{
  obj <- {name}_tmb(data, parameters, random, ...)
  gr <- function(par) as.vector(obj$gr(par)){bounds}
  fit <- if (requireNamespace("optimx", quietly = TRUE)) {{
    optimx::optimr(obj$par, obj$fn, gr{limits}, method = method)
  }} else {{
    nlminb(obj$par, obj$fn, gr{limits})
  }}
  list(obj = obj, fit = fit, report = TMB::sdreport(obj))
}}
"""
_LOAD = """\
# Compiles the template where its library is missing or older; the name of the library.
{name}_tmb_load <- function(cpp, flags) {{
  base <- sub("[.]cpp$", "", cpp)
  library <- TMB::dynlib(base)
  if (!file.exists(library) || file.mtime(library) < file.mtime(cpp)) {{
    if (TMB::compile(cpp, flags = flags) != 0) stop("compilation of ", cpp, " failed")
  }}
  if (!basename(base) %in% names(getLoadedDLLs())) dyn.load(library)
  basename(base)
}}

"""
_WHERE = """
    cpp = "{name}.cpp", flags = "", silent = TRUE, DLL = {name}_tmb_load(cpp, flags)"""
_UNLOAD = """\
.onUnload <- function(libpath) {{
  library.dynam.unload("{package}", libpath)
}}

"""
_BOUNDS = """
  lower <- c({lower})[names(obj$par)]
  upper <- c({upper})[names(obj$par)]"""


def driver(model: EmitModel, function: Function, users: dict[str, str]) -> str:
    """The text of the driver."""
    data = [users[item.name] for item in function.data if item.kind != "random"]
    random = [users[item.name] for item in function.inputs if item.kind == "random"]
    params = [users[item.name] for item in function.params]
    params += [name for name in random if name not in params]
    name, package = model.name, model.package
    lines = [
        f"# {MARK}: {'' if package else f'compiles {name}.cpp, '}makes the objective and fits it.",
        "#",
        f"#   library({package})" if package else f'#   source("{name}_tmb.R")',
        f"#   obj <- {name}_tmb({_example('data', data)}, {_example('parameters', params)})",
        "#   obj$fn(obj$par); obj$gr(obj$par)",
        f"#   {name}_tmb_fit(...)$report",
        "",
    ]
    text = _DRIVER.format(
        name=name,
        start=_start(function, users, random),
        random="NULL" if not random else _strings(random),
        load=_UNLOAD.format(package=package) if package else _LOAD.format(name=name),
        where=" silent = TRUE" if package else _WHERE.format(name=name),
        library=f'"{package}"' if package else "DLL",
        data=_strings(data),
        parameters=_strings(params),
        checked=_checked(name, function),
        bounds=_bounds(function, users),
        limits=", lower = lower, upper = upper" if has_bounds(function) else "",
    )
    return "\n".join([*lines, *_checks(name, function, users), _wrapped(text)])


def _checked(name: str, function: Function) -> str:
    """The data as the template takes them."""
    if not any(item.declared for item in function.data):
        return "lapply(data[wanted], as.numeric)"
    return f"do.call({name}_tmb_data, c(as.list(data)[wanted], parameters))"


def _checks(name: str, function: Function, users: dict[str, str]) -> list[str]:
    """A function that checks declared data; that of a length of 1 may be undeclared."""
    if not any(item.declared for item in function.data):
        return []
    params = [users[item.name] for item in function.params]
    data = [item for item in function.data if item.kind != "random"]
    arguments = [*(users[item.name] for item in data), *params]
    lines = ["# The data as the template takes them, checked."]
    lines += wrap(f"{name}_tmb_data <- function({', '.join(arguments)}, ...) {{", 0)
    for line in declared_checks(function, users):
        lines += wrap(line, 2)
    parts = [f"{users[item.name]} = {_typed(item, users[item.name])}" for item in data]
    return [*lines, *wrap(f"list({', '.join(parts)})", 2), "}", ""]


def _typed(item: Input, name: str) -> str:
    if is_whole_number(item):
        return f"as.integer({name})"
    return name if item.declared else f"as.numeric({name})"


def is_whole_number(item: Input) -> bool:
    """Whether the template holds an input as whole numbers."""
    return item.nature == "index" or (item.nature == "count" and not item.type.rank)


def _bounds(function: Function, users: dict[str, str]) -> str:
    """The bounds by the names that TMB gives to elements."""
    if not has_bounds(function):
        return ""
    lower = [f"{users[i.name]} = {_limit(i.lower, '-Inf')}" for i in function.params]
    upper = [f"{users[i.name]} = {_limit(i.upper, 'Inf')}" for i in function.params]
    return _BOUNDS.format(lower=", ".join(lower), upper=", ".join(upper))


def _limit(bound: float | None, open_: str) -> str:
    return open_ if bound is None else r_start(bound)


def _example(title: str, names: list[str]) -> str:
    shown = ", ".join(f"{name} = ..." for name in names[:4]) + (", ..." if len(names) > 4 else "")
    return f"{title} = list({shown})"


def _strings(names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"c({quoted})" if len(names) != 1 else quoted


def _start(function: Function, users: dict[str, str], random: list[str]) -> str:
    """The model's own starting values as a default, where it has all of them."""
    outside = set(random) - {users[item.name] for item in function.params}
    if outside or any(item.default is None for item in function.params):
        return ""
    parts: list[str] = []
    for item in function.params:
        default = item.default
        if isinstance(default, tuple):
            text = r_vector([r_number(value) for value in default])
            if item.type.rank == 2:
                text = f"matrix({text}, {item.type.known_shape[0]})"
        else:
            text = r_number(default or 0.0)
        parts.append(f"{users[item.name]} = {text}")
    return f" = list({', '.join(parts)})"


def _wrapped(text: str) -> str:
    lines: list[str] = []
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        # The next line of the template goes on with the same arguments.
        hanging = 4 if "<- function(" in line else 2
        lines += wrap(line.strip(), indent, hanging) if line.strip() else [""]
    return "\n".join(lines)
