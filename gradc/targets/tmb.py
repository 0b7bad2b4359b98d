"""Target tmb: a template as one would write it by hand, and an R driver beside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradc.emit import EmitModel, Emitted
from gradc.emit.blocks import NATIVE, BlockScheduler, Dialect
from gradc.emit.branches import guard_branches
from gradc.emit.header import header
from gradc.emit.layout import wrap
from gradc.emit.names import Locals, Names, rules
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits
from gradc.emit.sharing import share_signs
from gradc.errors import fail
from gradc.ir import Function, reachable
from gradc.passes.own import OWN
from gradc.prims import TABLE
from gradc.prims.extents import vary_with
from gradc.targets import fit_tmb
from gradc.targets.target import Target
from gradc.targets.tmb_body import body_lines
from gradc.targets.tmb_declarations import (
    CHECK_PLACES,
    RECYCLE,
    Sizes,
    check_indices,
    check_places,
    check_reaches,
    is_parameter,
    is_whole,
    macro,
)
from gradc.targets.tmb_driver import driver
from gradc.targets.tmb_extras import extras_code, used_extras
from gradc.targets.tmb_own import CHECKS, OWN_DENSITIES, TEXTS, check_observed
from gradc.targets.tmb_reports import kept, report_lines
from gradc.targets.tmb_syntax import SYNTAX, argument

_LIMITS = Limits(characters=200, brackets=12, height=40)
_MOST_KEPT = 60
_HELPERS = ("recycle", "check_places", "check_count", "check_positive", "check_share")


@dataclass(slots=True)
class _Template:
    """The template being written."""

    model: EmitModel
    target: Target
    function: Function
    names: Names
    users: dict[str, str]
    lines: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    def add(self, text: str) -> None:
        self.lines += wrap(text, 2)


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME.cpp and NAME_tmb.R."""
    # A condition of data alone is decided while the tape is recorded.
    taped = [item for item in model.value.inputs if is_parameter(model.value, item)]
    function = share_signs(guard_branches(model.report or model.value, taped))
    names = Names(rules("tmb"), [*_called(target, function), *_HELPERS, "value"])
    inputs = [*function.params, *function.data]
    claimed = names.claim(item.name for item in inputs)
    users = {item.name: claimed[item.name] for item in inputs}
    given = names.copy()
    template = _Template(model, target, function, names, users)
    _fill(template)
    body = "\n".join(template.lines)
    lines = [f"// {line}".rstrip() for line in _header(model, given, users)]
    lines += ["", *_settings(model), "#include <TMB.hpp>", "", *extras_code(used_extras(body))]
    helpers = (("recycle(", RECYCLE), ("check_places(", CHECK_PLACES), *CHECKS)
    for call, helper in helpers:
        if call in body:
            lines += [*helper.rstrip().split("\n"), ""]
    lines += ["template<class Type>", "Type objective_function<Type>::operator() ()", "{"]
    lines += [*template.lines, "}"]
    files = {
        f"{model.name}.cpp": "\n".join(lines) + "\n",
        f"{model.name}_tmb.R": driver(model, function, users),
    }
    return Emitted(files, users, template.labels)


def _settings(model: EmitModel) -> list[str]:
    """What TMB::compile() defines, for a template that R compiles with its package.

    TMB_SAFEBOUNDS is not among it: it ends R's process, which R CMD check warns of. The template
    checks lengths and places itself.
    """
    if not model.package:
        return []
    return [
        "// R calls this when it loads the package.",
        f"#define TMB_LIB_INIT R_init_{model.package.replace('.', '_')}",
        "#define TMB_EIGEN_DISABLE_WARNINGS",
        "#define CPPAD_FRAMEWORK",
        "",
    ]


def _called(target: Target, function: Function) -> set[str]:
    """Functions that the template calls, which no variable may hide."""
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    called = {"pow", "Rf_error"}
    for node in range(len(marks)):
        if marks[node]:
            name = graph.prim(node)
            spelling = target.spelling(name) if name in TABLE else None
            spelling = TEXTS[name] if graph.attrs(node) == OWN else spelling
            called.add((spelling or "").partition("(")[0])
    return called


def _header(model: EmitModel, names: Names, users: dict[str, str]) -> list[str]:
    compiles = "" if model.package else "compiles it, "
    notes = [f"{model.name}_tmb.R {compiles}makes the objective and fits it."]
    if model.value.per_observation:
        notes.append("The objective is the sum over rows; report()$value holds the rows.")
    return header(f"the TMB template of {model.name}.", model.source, names, users, notes)


def _fill(template: _Template) -> None:
    """Declarations, checks and the body."""
    function, users = template.function, template.users
    for item in (*function.data, *function.params):
        template.add(f"{macro(function, item)}({users[item.name]});")
    template.lines.append("")
    before = len(template.lines)
    sizes = Sizes(function, template.names, users, template.add)
    sizes.declare()
    scheduler = _scheduler(template, sizes)
    check_places(sizes, template.add)
    check_indices(sizes, scheduler.plan, template.add)
    check_reaches(sizes, template.add)
    check_observed(function, users, scheduler.dialect.rows, template.add)
    if len(template.lines) > before:
        template.lines.append("")
    _body(template, scheduler, sizes)


def _scheduler(template: _Template, sizes: Sizes) -> BlockScheduler:
    """A scheduler of the function; a value that has rows is called ``value``."""
    function, names, users = template.function, template.names, template.users
    graph, root = function.graph, function.value
    marks = reachable(graph, function.outputs.values())
    flat = all(graph.types[node].rank < 2 for node in range(len(marks)) if marks[node])
    taped = [item.node for item in function.inputs if is_parameter(function, item)]
    varies = vary_with(graph, taped)

    def place(index: int, text: str, size: str) -> str:
        if varies[index]:
            where = graph.place(index)
            raise fail("G303", "target tmb has no index that depends on a parameter", where)
        return f"extra::place({text}, {size})"

    dialect = Dialect(
        size=sizes.text,
        real=lambda text: f"Type({text})",
        place=place,
        transpose=lambda name: f"{name}.transpose()",
        column=lambda name: f"{name}.matrix()",
        flat=lambda name: f"{name}.vec()",
        reals=lambda name: f"vector<Type>({name}.template cast<Type>())",
        rows=names.fresh("i"),
        columns="" if flat else names.fresh("j"),
    )
    called = Locals(names, function.names, "t")
    shared = list(function.names.values()).count(function.names.get(root, "")) > 1
    keep = set(function.names)
    if shared or function.per_observation:
        keep.discard(root)
    return BlockScheduler(
        Printer(graph, SYNTAX, template.target.spelling, users),
        lambda node: "value" if node == root and function.per_observation else called(node),
        names,
        _LIMITS,
        dialect,
        frozenset(item.node for item in function.inputs if is_whole(function, item)),
        frozenset(keep) if len(keep) <= _MOST_KEPT else frozenset(),
        frozenset(name for node, name in function.names.items() if graph.types[node].shape),
    )


def _body(template: _Template, scheduler: BlockScheduler, sizes: Sizes) -> None:
    function = template.function
    root = function.value
    rows = function.per_observation
    stored = [root] if rows else []
    code = scheduler.run([root, *function.reports.values()], stored + kept(function))
    dialect = scheduler.dialect
    places = dialect.rows, dialect.columns
    template.lines += body_lines(code, scheduler.starts, places, sizes.text)
    names, labels = template.names, template.labels
    for line in report_lines(
        function, scheduler, names, lambda node: argument(scheduler.result(node)), labels
    ):
        template.add(line)
    if rows:
        vector = scheduler.vectors[root]
        if vector != "value":
            template.add(f"vector<Type> value = {vector};")
        template.lines += ["", "  REPORT(value);", "  return value.sum();"]
    else:
        template.add(f"return {argument(scheduler.result(root))};")


TARGET = Target(
    name="tmb",
    doc="a TMB template, and an R script that compiles and fits it",
    needs=("r", "c++", "tmb"),
    patterns=("{}.cpp", "{}_tmb.R"),
    syntax=SYNTAX,
    write=write,
    spell={
        "solve": "extra::solve",
        "solvevec": "extra::solve",
        "inverse": "atomic::matinv",
        "logdet": "extra::logdet",
        "det": "extra::det",
        "chol": "extra::chol",
        "log_sum_exp": "extra::log_sum_exp",
        "prod_others": "extra::prod_others",
    },
    native=NATIVE,
    own=OWN_DENSITIES,
    tapes=True,
    fit=fit_tmb.write,
)
