"""Target r: base R, shaped as what ``deriv`` returns and as what optimisers take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gradc.emit import EmitModel, Emitted, Trace
from gradc.emit.header import R_OPERATORS, header
from gradc.emit.inputs import mixes_rows
from gradc.emit.layout import wrap
from gradc.emit.loops import LOOPS, Loop
from gradc.emit.names import Locals, Names, rules
from gradc.emit.numbers import r_number
from gradc.emit.printer import Printer
from gradc.emit.r_loops import element, loop_lines
from gradc.emit.r_moves import MOVES, REPEATED
from gradc.emit.reports import r_tag, report_labels
from gradc.emit.schedule import Limits, Schedule, Statement, schedule
from gradc.emit.sharing import share_exponentials, share_signs
from gradc.emit.syntax import Syntax
from gradc.ir import Function, reachable
from gradc.targets import fit_r, moments, saddle, wright
from gradc.targets.derivatives import Entry, cover, gradient_elements, hessian_entries
from gradc.targets.r_checks import r_checks
from gradc.targets.r_factory import factory
from gradc.targets.r_nls import MEAN_COMMENT, mean_function, self_start
from gradc.targets.r_tensors import FUNCTIONS, MATRIX_SELECT
from gradc.targets.target import Target

SYNTAX = Syntax(
    number=r_number,
    infinity="Inf",
    nan="NaN",
    truth=("FALSE", "TRUE"),
    infix=R_OPERATORS,
    negation="!",
    pi="pi",
    special=MOVES,
    repeated=REPEATED,
)
_LIMITS = Limits(characters=400, brackets=16, height=60)

# With more locals than this, R looks each one up slowly; elements of one vector stay fast.
_MOST_LOCALS = 24
# R compiles a function to byte code at its first or second call. For a large one that takes
# minutes, so its statements are kept as quoted code outside, which R leaves alone.
_MOST_COMPILED = 2500
_CHUNK = 400
# What the file defines beside the function itself.
_MADE = ("model", "report", "mean", "selfStart")
_LOCAL = (*FUNCTIONS, *saddle.R, *wright.R_NAMES, *moments.R)


@dataclass(slots=True)
class _Slots:
    """Names of intermediate results as elements of one vector or list."""

    vector: str
    brackets: tuple[str, str]
    names: Names
    count: int = 0

    def fresh(self, stem: str) -> str:
        """A name for a variable of a loop."""
        return self.names.resembling(stem)

    def __call__(self, node: int) -> str:
        self.count += 1
        left, right = self.brackets
        return f"{self.vector}{left}{self.count}{right}"


@dataclass(slots=True)
class _Body:
    """The function being written."""

    model: EmitModel
    function: Function
    names: Names
    users: dict[str, str]
    lines: list[str] = field(default_factory=list)
    steps: list[tuple[str, list[str]]] = field(default_factory=list)
    large: bool = False
    step: str = ""
    trace: Trace | None = None

    def add(self, text: str, indent: int = 2) -> None:
        self.lines += wrap(text, indent)


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME.R: the function, and the factory that optimisers take; for nls the mean alone."""
    function = share_signs(share_exponentials(model.hessian or model.gradient))
    own = [model.name, *(f"{model.name}_{made}" for made in _MADE)]
    names = Names(rules("r"), [*own, *_LOCAL])
    inputs = [*function.params, *function.data]
    claimed = names.claim(item.name for item in inputs)
    users = {item.name: claimed[item.name] for item in inputs}
    order, given = names.fresh("order"), names.copy()
    own_lines, trace = _function(model, target, function, names, users, order)
    text = ["", *own_lines]
    if function.params:
        text += ["", *factory(model, function, names, users, order)]
    labels: dict[str, str] = {}
    if model.report is not None:
        labels = report_labels(model.report)
        text += ["", *_report(model, target, model.report, names, users)]
    curve = mean_function(model)
    if model.mean is not None and curve is not None:
        mean = share_signs(share_exponentials(model.mean))
        alone = replace(model, name=f"{model.name}_mean", hessian=None)
        text += ["", MEAN_COMMENT]
        text += _function(alone, target, mean, given.copy(), users, order)[0]
    if curve is not None:
        text += ["", *self_start(model, *curve, given.copy(), users, order)]
    head = [f"# {line}".rstrip() for line in _header(model, given, users)]
    lines = "\n".join([*head, *text])
    return Emitted({f"{model.name}.R": f"{lines}\n"}, users, labels, trace)


def _header(model: EmitModel, names: Names, users: dict[str, str]) -> list[str]:
    if not model.value.params:
        title = f"the R function {model.name}()."
        return header(title, model.source, names, users, [f"{model.name}() returns the value."])
    with_hessian = ' and "hessian"' if model.hessian else ""
    title = f"the R function {model.name}() and its factory {model.name}_model()."
    notes = [
        f'{model.name}() returns the value with the attribute "gradient"{with_hessian}, as deriv()'
        f" does. {model.name}_model() closes over the data and returns list(par, fn, gr, he, fg)"
        " for optim, nlminb, nlm and optimx::optimr.",
    ]
    curve = mean_function(model)
    if curve is not None:
        notes.append(
            f"{curve[0]}() stands on the right of nls(response ~ ...); {model.name}_selfStart()"
            " makes a self-starting model of it."
        )
    return header(title, model.source, names, users, notes)


def _function(
    model: EmitModel,
    target: Target,
    function: Function,
    names: Names,
    users: dict[str, str],
    order: str,
) -> tuple[list[str], Trace | None]:
    inputs = [users[item.name] for item in (*function.params, *function.data)]
    highest = 2 if model.hessian else 1
    stages = [f"{order} = {highest}L"] if function.params else []
    signature = ", ".join([*inputs, *stages])
    body = _Body(model, function, names, users)
    for line, indent in r_checks(function, body.names, users):
        body.add(line, indent)
    _stages(body, target, order)
    head = wrap(f"{model.name} <- function({signature}) {{", 0)
    comment = f"# {order}: 0 for the value alone, 1 for the gradient too{_and_hessian(model)}."
    comments = [comment] if function.params else []
    if not body.steps:
        return [*comments, *head, *body.lines, "}"], body.trace
    lines = [*comments, f"{model.name} <- local({{"]
    for name, assignments in body.steps:
        lines.append(f"  {name} <- list(quote({{")
        for start in range(0, len(assignments), _CHUNK):
            lines += ["  }), quote({"] if start else []
            for text in assignments[start : start + _CHUNK]:
                lines += wrap(text, 4)
        lines.append("  }))")
    head = wrap(f"function({signature}) {{", 2)
    lines += ["", *head, *(f"  {line}" for line in body.lines), "  }", "})"]
    return lines, body.trace


def _report(
    model: EmitModel, target: Target, derived: Function, names: Names, users: dict[str, str]
) -> list[str]:
    """NAME_report(): the reported results as a list."""
    function = share_signs(share_exponentials(derived))
    body = _Body(model, function, names.copy(), users)
    for line, indent in r_checks(function, body.names, users):
        body.add(line, indent)
    reports, labels = function.reports, report_labels(function)
    printer = Printer(function.graph, SYNTAX, target.spelling, users)
    locals_ = Locals(body.names, function.names, "expr")
    roots = list(reports.values())
    plan = schedule(printer, roots, locals_, _LIMITS, set(function.names), element)
    texts = [plan.text(node) for node in roots]
    _own_functions(body, "\n".join([*(s.text for s in plan.statements), *texts]))
    _statements(body, plan.statements)
    items = [f"{r_tag(labels[n])} = {text}" for n, text in zip(reports, texts, strict=True)]
    body.add(f"list({', '.join(items)})")
    inputs = [users[item.name] for item in (*function.params, *function.data)]
    head = wrap(f"{model.name}_report <- function({', '.join(inputs)}) {{", 0)
    return ["# Results of the model by name.", *head, *body.lines, "}"]


def _and_hessian(model: EmitModel) -> str:
    return ", 2 for the Hessian too" if model.hessian else ""


def _stages(body: _Body, target: Target, order: str) -> None:
    """Value, then gradient, then Hessian, each leaving where no more is asked for."""
    model, function = body.model, body.function
    gradient = gradient_elements(function)
    second = hessian_entries(function) if model.hessian else []
    roots = [function.value, *(entry.node for entry in gradient), *(e.node for e in second)]
    value, first_marks = function.value, reachable(function.graph, [function.value])
    gradient_marks = reachable(function.graph, [value, *(entry.node for entry in gradient)])
    result = body.names.fresh("value")
    printer = Printer(function.graph, SYNTAX, target.spelling, body.users)
    plan, slots = _plan(body, printer, roots)
    body.trace = Trace(function, model.name, plan.steps, result)
    text = "\n".join([*(s.text for s in plan.statements), *(p.text for p in plan.pieces.values())])
    _own_functions(body, text)
    for lines in saddle.used({**saddle.R, **moments.R}, text):
        body.lines += lines
    if slots is not None:
        kind = "numeric(" if slots.brackets[0] == "[" else 'vector("list", '
        body.add(f"{slots.vector} <- {kind}{slots.count}L)")
    stages: list[list[Statement | Loop]] = [[], [], []]
    for statement in plan.statements:
        node = statement.node
        in_value = node < len(first_marks) and first_marks[node]
        in_gradient = node < len(gradient_marks) and gradient_marks[node]
        stages[0 if in_value else 1 if in_gradient else 2].append(statement)
    _statements(body, stages[0])
    if not function.params:
        body.add(plan.text(value))
        return
    body.add(f"{result} <- {plan.text(value)}")
    body.add(f"if ({order} == 0L) return({result})")
    _statements(body, stages[1])
    _gradient(body, plan, gradient, result)
    if model.hessian:
        body.add(f"if ({order} == 1L) return({result})")
        _statements(body, stages[2])
        _hessian(body, plan, second, result)
    body.add(result)


def _own_functions(body: _Body, text: str) -> None:
    """Definitions of what the function calls that base R does not have."""
    graph = body.function.graph
    matrices = any(type_.rank == 2 for type_ in graph.types)
    for name, definition in FUNCTIONS.items():
        if re.search(rf"(?<![\w.]){name}\(", text):
            chosen = MATRIX_SELECT if matrices and name == "select" else definition
            body.lines += chosen.format(name=name).split("\n")


def _plan(body: _Body, printer: Printer, roots: Sequence[int]) -> tuple[Schedule, _Slots | None]:
    """The schedule: with locals where they are few, with slots of one vector where not."""
    function = body.function
    keep = set(function.names) if len(function.names) <= _MOST_LOCALS else set()
    names = body.names.copy()
    locals_ = Locals(names, function.names, "expr")
    plan = schedule(printer, roots, locals_, _LIMITS, keep, element)
    body.large = sum(reachable(function.graph, roots)) > _MOST_COMPILED
    if len(plan.statements) <= _MOST_LOCALS:
        body.names = names
        return plan, None
    types = function.graph.types
    # A vector of numbers would make a number of a condition.
    kept = [types[statement.node] for statement in plan.statements]
    scalar = all(not one.shape and one.dtype == "real" for one in kept)
    brackets = ("[", "]") if scalar else ("[[", "]]")
    slots = _Slots(body.names.fresh("t"), brackets, body.names)
    plan = schedule(printer, roots, slots, _LIMITS, (), element)
    return plan, slots


def _statements(body: _Body, statements: Sequence[Statement | Loop]) -> None:
    texts: list[str] = []
    for statement in statements:
        if isinstance(statement, Statement):
            texts.append(f"{statement.name} <- {statement.text}")
            continue
        _assignments(body, texts)
        texts = []
        body.lines += loop_lines(statement, body.names.resembling, 2)
    _assignments(body, texts)


def _assignments(body: _Body, texts: Sequence[str]) -> None:
    """Assignments one a line, or kept as steps outside a large function."""
    if not body.large:
        for text in texts:
            body.add(text)
    elif texts:
        steps = body.names.numbered("steps")
        body.steps.append((steps, list(texts)))
        body.step = body.step or body.names.fresh("step")
        step = body.step
        body.add(f"for ({step} in {steps}) eval({step})")


def _gradient(body: _Body, plan: Schedule, entries: Sequence[Entry], result: str) -> None:
    function = body.function
    labels = _labels(body)
    if body.large:
        gradient = body.names.fresh("gradient")
        rows = f"length({result})" if function.per_observation else "1L"
        dimnames = f"dimnames = list(NULL, {_names(body)})"
        body.add(f"{gradient} <- matrix(0, {rows}, {len(labels)}L, {dimnames})")
        texts = [f"{gradient}[, {_place(e)}] <- {plan.text(e.node)}" for e in entries]
        _assignments(body, texts)
        body.add(f'attr({result}, "gradient") <- {gradient}')
        return
    if not function.per_observation and any(entry.count > 1 for entry in entries):
        parts = [_items(function, plan, entry.node) for entry in entries]
        vector = f"c({', '.join(parts)})"
        if len(parts) == 1 and entries[0].count > 1:  # a vector already
            vector = plan.text(entries[0].node)
        dimnames = f"dimnames = list(NULL, {_names(body)})"
        body.add(f'attr({result}, "gradient") <- matrix({vector}, 1L, {dimnames})')
        return
    texts = [plan.text(entry.node) for entry in entries]
    if function.per_observation:
        mixed = mixes_rows(function, function.outputs.values())
        full = cover(function, [entry.node for entry in entries], recycled=mixed)
        if texts and not any(full):
            texts[0] = f"rep_len({texts[0]}, length({result}))"
    columns = [f"{_tag(label)} = {text}" for label, text in zip(labels, texts, strict=True)]
    body.add(f'attr({result}, "gradient") <- cbind({", ".join(columns)})')


def _items(function: Function, plan: Schedule, node: int) -> str:
    """What ``c(…)`` takes for a node: of one that is itself written so, its elements."""
    text = plan.text(node)
    written = function.graph.prim(node) == "stack" and text.startswith("c(")
    return text[2:-1] if written else text


def _place(entry: Entry) -> str:
    start = entry.place + 1
    return f"{start}" if entry.count == 1 else f"{start}:{entry.place + entry.count}"


def _tag(label: str) -> str:
    return f"`{label}`" if label.endswith("]") else label


def _labels(body: _Body) -> list[str]:
    labels: list[str] = []
    for item in body.function.params:
        name = body.users[item.name]
        numbers = range(1, (item.type.count or 0) + 1)
        labels += [name + item.type.element(i) for i in numbers] or [name]
    return labels


def _names(body: _Body) -> str:
    """The columns' names as an expression of R."""
    parts: list[str] = []
    for item in body.function.params:
        name, length = body.users[item.name], item.type.count
        if length is None:
            parts.append(f'"{name}"')
        elif length <= 3 or item.type.rank == 2:
            parts += [f'"{name}{item.type.element(i)}"' for i in range(1, length + 1)]
        else:
            parts.append(f'sprintf("{name}[%d]", 1:{length})')
    return parts[0] if len(parts) == 1 else f"c({', '.join(parts)})"


def _hessian(body: _Body, plan: Schedule, entries: Sequence[Entry], result: str) -> None:
    """The n x p x p array; entries that are 0 stay as they are made."""
    hessian = body.names.fresh("hessian")
    count = len(_labels(body))
    labels = body.names.fresh("labels")
    body.add(f"{labels} <- {_names(body)}")
    rows = f"length({result})" if body.function.per_observation else "1L"
    size = f"c({rows}, {count}L, {count}L)"
    body.add(f"{hessian} <- array(0, {size}, list(NULL, {labels}, {labels}))")
    texts: list[str] = []
    graph = body.function.graph
    for entry in entries:
        if graph.is_const(entry.node) and graph.value(entry.node) == 0.0:
            continue
        place, column = _place(entry), f"{entry.column + 1}"
        targets = [f"{hessian}[, {place}, {column}]"]
        if entry.mirrored:
            targets.append(f"{hessian}[, {column}, {place}]")
        texts.append(f"{' <- '.join(targets)} <- {plan.text(entry.node)}")
    _assignments(body, texts)
    body.add(f'attr({result}, "hessian") <- {hessian}')


TARGET = Target(
    name="r",
    doc="an R function with the gradient as an attribute, and a factory for optimisers",
    needs=("r",),
    patterns=("{}.R",),
    syntax=SYNTAX,
    write=write,
    native=LOOPS,
    fit=fit_r.write,
    wants_mean=True,
)
