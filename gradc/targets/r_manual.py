"""The manual of an emitted R package: a page for each function, its usage taken from the code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradc.emit import MARK, EmitModel, Emitted
from gradc.emit.header import model_lines
from gradc.emit.layout import paragraph, wrap
from gradc.emit.numbers import r_start
from gradc.ir import Function, Input
from gradc.targets.r_nls import mean_function
from gradc.targets.r_package_tests import CheckPoint, Value

_WIDTH = 84
_MOST_SHOWN = 60
_FUNCTION = re.compile(r"^(\w+) <- (?:local\(\{$.*?^  )?function\(", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Manual:
    """What the pages tell of: the model, its files, and a point for the examples."""

    model: EmitModel
    names: Mapping[str, str]
    template: Function | None
    template_names: Mapping[str, str]
    at: Mapping[str, str]

    @classmethod
    def of(
        cls,
        model: EmitModel,
        emitted: Emitted,
        template: tuple[EmitModel, Emitted] | None,
        points: Sequence[CheckPoint],
    ) -> Manual:
        """The manual of a model; its examples are at the first point."""
        at = {name: _short(value) for name, value in points[0].at.items()} if points else {}
        if sum(text.count(",") + 1 for text in at.values()) > _MOST_SHOWN:
            at = {}
        function = None if template is None else template[0].value
        return cls(model, emitted.names, function, template[1].names if template else {}, at)


@dataclass(frozen=True, slots=True)
class _Page:
    """One page, in R's markup but for its name, usage and the texts of known arguments."""

    title: str
    description: str
    value: str
    arguments: Mapping[str, str]
    examples: Sequence[str] = ()
    others: str = ""


def pages(manual: Manual, package: str, files: Mapping[str, str]) -> dict[str, str]:
    """The pages by name: one for each function that is to be exported, one for the package."""
    found = {f"{package}-package": _overview(manual, package)}
    known = dict(_known(manual))
    for path, text in files.items():
        if path.endswith(".R"):
            for name, signature in signatures(text).items():
                if name in known:
                    found[name] = _page(name, signature, known[name])
    return found


def signatures(text: str) -> dict[str, str]:
    """The arguments of each function that emitted R defines at its top level, in one line."""
    return {found[1]: _inside(text, found.end()) for found in _FUNCTION.finditer(text)}


def _inside(text: str, start: int) -> str:
    """The text from here to the bracket that closes, line breaks made spaces."""
    depth, quote = 1, ""
    for place in range(start, len(text)):
        character = text[place]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        else:
            depth += (character in "([{") - (character in ")]}")
            if depth == 0:
                return " ".join(text[start:place].split())
    raise ValueError("a bracket does not close")


def _formals(signature: str) -> list[str]:
    """The names of the arguments."""
    names: list[str] = []
    rest = signature
    while rest:
        argument = _first(rest)
        names.append(argument.partition(" = ")[0].strip())
        rest = rest[len(argument) + 1 :].strip()
    return names


def _first(text: str) -> str:
    """Up to the first comma outside of brackets and quotes."""
    depth, quote = 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character == "," and depth == 0:
            return text[:place]
        else:
            depth += (character in "([{") - (character in ")]}")
    return text


def _known(manual: Manual) -> Iterator[tuple[str, _Page]]:
    """The pages of functions that users call, as far as the files have them."""
    model = manual.model
    name, function = model.name, model.value
    inputs = {manual.names[i.name]: _said(i) for i in (*function.params, *function.data)}
    order = "0 for the value alone, 1 for the gradient too"
    rows = "one value for each observation" if function.per_observation else "the value"
    hessian = ' and \\code{"hessian"}' if model.hessian else ""
    yield (
        name,
        _Page(
            f"The model {name} with its gradient",
            f"{rows[0].upper()}{rows[1:]} of the model, as deriv() would give it.",
            f'{rows[0].upper()}{rows[1:]}, with the attribute \\code{{"gradient"}}{hessian},'
            " which has a column for each parameter.",
            inputs,
            _call(manual, function),
            order + (", 2 for the Hessian too." if model.hessian else "."),
        ),
    )
    yield f"{name}_model", _factory_page(manual, inputs)
    yield (
        f"{name}_report",
        _Page(
            f"Reported results of the model {name}",
            "The results that the model reports by name.",
            "A list of the results.",
            inputs,
        ),
    )
    curve = mean_function(model)
    if curve is not None and curve[0] != name:
        yield (
            curve[0],
            _Page(
                f"The mean of the model {name} with its gradient",
                "The mean of the observations, to stand on the right of nls(response ~ ...).",
                'One value for each observation, with the attribute \\code{"gradient"}.',
                inputs,
                others=f"{order}.",
            ),
        )
    if curve is not None:
        yield f"{name}_selfStart", _self_start_page(curve[0])
    if manual.template is not None:
        yield from _template_pages(manual, manual.template)


def _factory_page(manual: Manual, inputs: Mapping[str, str]) -> _Page:
    model = manual.model
    he = "\\code{he(par)} the Hessian, " if model.hessian else ""
    value = (
        "A list: \\code{par} has the starting values (NA where the model has none),"
        f" \\code{{fn(par)}} gives the value, \\code{{gr(par)}} the gradient, {he}and"
        " \\code{fg(par)} the value with derivatives as attributes, as nlm() reads them."
    )
    if any(item.declared for item in model.value.params):
        value += " \\code{lower} and \\code{upper} are bounds."
    if model.report is not None:
        value += " \\code{report(par)} gives the reported results."
    summed = ", summed over observations" if model.value.per_observation else ""
    return _Page(
        f"The model {model.name} as optimisers take it",
        f"Closes over the data and gives functions of one vector of parameters{summed}.",
        value,
        inputs,
        _objective(manual),
    )


def _self_start_page(curve: str) -> _Page:
    return _Page(
        f"{curve}() as a self-starting model of nls()",
        "Makes a self-starting model; its start is found by nlminb() from given values.",
        "A function of class \\code{selfStart} with the same arguments.",
        {"start": "values from which the start is looked for, one for each parameter."},
    )


def _template_pages(manual: Manual, function: Function) -> Iterator[tuple[str, _Page]]:
    name = manual.model.name
    arguments = {
        "data": "a list or data frame with the data, or the name of a CSV file.",
        "parameters": "a list of starting values.",
        "random": "the names of parameters to integrate out by Laplace's approximation.",
        "...": "further arguments of \\code{\\link[TMB]{MakeADFun}}.",
        "silent": "whether TMB is to print nothing.",
        "method": "a method of optimx::optimr().",
    }
    yield (
        f"{name}_tmb",
        _Page(
            f"The model {name} as an objective of TMB",
            "Checks the data and hands them to the template of this package.",
            "What \\code{\\link[TMB]{MakeADFun}} gives: \\code{par}, \\code{fn}, \\code{gr},"
            " \\code{he} and \\code{report}.",
            arguments,
            _tape(manual, function),
        ),
    )
    yield (
        f"{name}_tmb_fit",
        _Page(
            f"Fit the model {name} by TMB",
            "Fits by optimx::optimr() where that is installed, else by nlminb().",
            "A list: \\code{obj} from TMB, \\code{fit} from the optimiser, and \\code{report}"
            " with standard errors from sdreport().",
            arguments,
            ["\\dontrun{", f'fit <- {name}_tmb_fit("data.csv")', "summary(fit$report)", "}"],
        ),
    )


def _said(item: Input) -> str:
    """What an argument is."""
    shape = ("a number", "a vector", "a matrix")[item.type.rank]
    if item.kind == "random":
        return f"random effects: {shape}."
    if item.kind == "param":
        count = item.type.count
        of = f" of {count} elements" if count is not None and item.type.rank == 1 else ""
        least = "" if item.lower is None else f", at least {r_start(item.lower)}"
        most = "" if item.upper is None else f", at most {r_start(item.upper)}"
        return f"parameter: {shape}{of}{least}{most}."
    nature = {"count": " of counts", "positive": " of positive numbers"}.get(item.nature, "")
    if item.nature == "index":
        nature = f" of places, counted from {item.base}"
    return f"data: {shape}{nature if item.type.rank else ''}."


def _values(manual: Manual, items: Sequence[Input]) -> list[str]:
    return [f"{manual.names[item.name]} = {manual.at[item.name]}" for item in items]


def _call(manual: Manual, function: Function) -> list[str]:
    if not manual.at:
        return []
    values = _values(manual, (*function.params, *function.data))
    return [f"{manual.model.name}({', '.join(values)})"]


def _objective(manual: Manual) -> list[str]:
    function = manual.model.value
    if not manual.at:
        return []
    par = ", ".join(manual.at[item.name] for item in function.params)
    made = f"{manual.model.name}_model({', '.join(_values(manual, function.data))})"
    return [f"m <- {made}", f"par <- c({par})", "m$fn(par)", "m$gr(par)"]


def _tape(manual: Manual, function: Function) -> list[str]:
    if not manual.at or any(item.kind == "random" for item in function.data):
        return []
    lists = [
        ", ".join(f"{manual.template_names[i.name]} = {manual.at[i.name]}" for i in items)
        for items in (function.data, function.params)
    ]
    made = f"{manual.model.name}_tmb(list({lists[0]}), list({lists[1]}), random = NULL)"
    return [f"obj <- {made}", "obj$fn(obj$par)", "obj$gr(obj$par)"]


def _short(value: Value) -> str:
    """A value to a few digits, as an example wants it."""
    if isinstance(value, (int, float)):
        return str(int(value)) if value == int(value) else f"{value:.4g}"
    if value and isinstance(value[0], Sequence):
        rows = [list(row) for row in value if isinstance(row, Sequence)]
        cells = [row[column] for column in range(len(rows[0])) for row in rows]
        return f"matrix({_short(cells)}, {len(rows)})"
    texts = [_short(one) for one in value if not isinstance(one, Sequence)]
    return texts[0] if len(texts) == 1 else f"c({', '.join(texts)})"


def _page(name: str, signature: str, page: _Page) -> str:
    """The text of a page."""
    lines = [f"% {MARK}", f"\\name{{{name}}}", f"\\alias{{{name}}}"]
    lines += [f"\\title{{{page.title}}}", "\\description{", *_filled(page.description), "}"]
    lines += ["\\usage{", *wrap(f"{name}({signature})", 0, 2, _WIDTH), "}", "\\arguments{"]
    for formal in _formals(signature):
        shown = "\\dots" if formal == "..." else formal
        said = page.arguments.get(formal) or page.others
        lines += paragraph(f"\\item{{{shown}}}{{{said}}}".split(), "", _WIDTH)
    lines += ["}", "\\value{", *_filled(page.value), "}"]
    if page.examples:
        lines.append("\\examples{")
        for example in page.examples:
            lines += wrap(example, 0, 2, _WIDTH)
        lines.append("}")
    text = "\n".join(lines) + "\n"
    return text if "\\arguments{\n}" not in text else text.replace("\\arguments{\n}\n", "")


def _filled(text: str) -> list[str]:
    return paragraph(text.split(), "", _WIDTH)


def _overview(manual: Manual, package: str) -> str:
    """The page of the package, which shows the model."""
    name, source = manual.model.name, manual.model.source
    shown = [_verbatim(line) for line in model_lines(source, manual.names, _WIDTH - 4)]
    lines = [f"% {MARK}", f"\\name{{{package}-package}}", f"\\alias{{{package}-package}}"]
    if package != name:
        lines.append(f"\\alias{{{package}}}")
    lines += ["\\docType{package}", f"\\title{{The model {name} with its gradient}}"]
    lines += ["\\description{", "The model, in R's notation:", "\\preformatted{"]
    lines += [*(f"  {line}" for line in shown), "}", "}"]
    seen = [f"{name}_model"] if manual.model.value.params else [name]
    seen += [f"{name}_tmb"] if manual.template is not None else []
    links = ", ".join(f"\\code{{\\link{{{one}}}}}" for one in seen)
    return "\n".join([*lines, "\\seealso{", links, "}"]) + "\n"


def _verbatim(line: str) -> str:
    return re.sub(r"([%\\{}])", r"\\\1", line)
