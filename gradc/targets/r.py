"""Target r: base R, shaped as what ``deriv`` returns and as what optimisers take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gradc.emit import EmitModel, Emitted
from gradc.emit.header import R_OPERATORS, header
from gradc.emit.inputs import Rows, fixed_vectors, mixes_rows, row_groups
from gradc.emit.layout import wrap
from gradc.emit.names import Locals, Names, rules
from gradc.emit.numbers import r_number
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits, Schedule, Statement, schedule
from gradc.emit.sharing import share_exponentials, share_signs
from gradc.emit.syntax import Syntax
from gradc.ir import Function, reachable
from gradc.targets import saddle
from gradc.targets.derivatives import Entry, cover, gradient_elements, hessian_entries
from gradc.targets.r_factory import factory
from gradc.targets.target import Target

SYNTAX = Syntax(
    number=r_number,
    infinity="Inf",
    nan="NaN",
    truth=("FALSE", "TRUE"),
    infix=R_OPERATORS,
    negation="!",
    pi="pi",
)
_LIMITS = Limits(characters=400, brackets=16, height=60)

# With more locals than this, R looks each one up slowly; elements of one vector stay fast.
_MOST_LOCALS = 24
# R compiles a function to byte code at its first or second call. For a large one that takes
# minutes, so its statements are kept as quoted code outside, which R leaves alone.
_MOST_COMPILED = 2500
_CHUNK = 400
_MOST_WRITTEN = 6

_SELECT = """\
  {select} <- function(test, yes, no) {{
    n <- max(length(test), length(yes), length(no))
    chosen <- which(rep_len(test, n))
    result <- rep_len(no, n)
    result[chosen] <- rep_len(yes, n)[chosen]
    result
  }}"""
_PROD_OTHERS = """\
  {prod_others} <- function(x) {{
    before <- c(1, cumprod(x))[seq_along(x)]
    after <- rev(c(1, cumprod(rev(x)))[seq_along(x)])
    before * after
  }}"""


@dataclass(slots=True)
class _Slots:
    """Names of intermediate results as elements of one vector or list."""

    vector: str
    brackets: tuple[str, str]
    count: int = 0

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

    def add(self, text: str, indent: int = 2) -> None:
        self.lines += wrap(text, indent)


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME.R: the function, and the factory that optimisers take."""
    function = share_signs(share_exponentials(model.hessian or model.gradient))
    names = Names(
        rules("r"), [model.name, f"{model.name}_model", "select", "prod_others", *saddle.R]
    )
    inputs = [*function.params, *function.data]
    claimed = names.claim(item.name for item in inputs)
    users = {item.name: claimed[item.name] for item in inputs}
    order = names.fresh("order")
    text = [f"# {line}".rstrip() for line in _header(model, names, users)]
    text += ["", *_function(model, target, function, names, users, order)]
    if function.params:
        text += ["", *factory(model, function, names, users, order)]
    return Emitted({f"{model.name}.R": "\n".join(text) + "\n"}, users)


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
    return header(title, model.source, names, users, notes)


def _function(
    model: EmitModel,
    target: Target,
    function: Function,
    names: Names,
    users: dict[str, str],
    order: str,
) -> list[str]:
    inputs = [users[item.name] for item in (*function.params, *function.data)]
    highest = 2 if model.hessian else 1
    stages = [f"{order} = {highest}L"] if function.params else []
    signature = ", ".join([*inputs, *stages])
    body = _Body(model, function, names, users)
    _checks(body)
    _stages(body, target, order)
    head = wrap(f"{model.name} <- function({signature}) {{", 0)
    comment = f"# {order}: 0 for the value alone, 1 for the gradient too{_and_hessian(model)}."
    comments = [comment] if function.params else []
    if not body.steps:
        return [*comments, *head, *body.lines, "}"]
    lines = [*comments, f"{model.name} <- local({{"]
    for name, assignments in body.steps:
        lines.append(f"  {name} <- list(quote({{")
        for start in range(0, len(assignments), _CHUNK):
            lines += ["  }), quote({"] if start else []
            for text in assignments[start : start + _CHUNK]:
                lines += wrap(text, 4)
        lines.append("  }))")
    head = wrap(f"function({signature}) {{", 2)
    return [*lines, "", *head, *(f"  {line}" for line in body.lines), "  }", "})"]


def _and_hessian(model: EmitModel) -> str:
    return ", 2 for the Hessian too" if model.hessian else ""


def _checks(body: _Body) -> None:
    """Lengths and storage modes of the arguments; data recycled where rows mix."""
    users = body.users
    function = body.function
    mixed = mixes_rows(function, function.outputs.values())
    groups = row_groups(function)
    for group in groups:
        for item in group.inputs:
            name = users[item.name]
            # as.numeric() of a factor would be the numbers of its levels.
            body.add(f'if (is.factor({name})) stop("{name} is a factor, not numbers")')
            body.add(f"{name} <- as.numeric({name})")
    for group in groups:
        _check_rows(body, group, mixed)
    for item, length in fixed_vectors(function):
        name = users[item.name]
        body.add(f'if (length({name}) != {length}L) stop("{name} must have length {length}")')
    scalars = [users[item.name] for item in function.params if not item.type.shape]
    if mixed and scalars:
        tests = " || ".join(f"length({name}) != 1L" for name in scalars[:1])
        if len(scalars) > 1:
            tests = f"any(lengths(list({', '.join(scalars)})) != 1L)"
        body.add(f'if ({tests}) stop("{_enumerate(scalars)} must have length 1")')


def _check_rows(body: _Body, group: Rows, mixed: bool) -> None:
    vectors = [body.users[item.name] for item in group.inputs]
    if len(vectors) == 1 and group.count is None:
        return
    if group.count is None:
        rows = ""
        if len(vectors) > 2 or mixed:
            rows = body.names.fresh("n")
            lengths = ", ".join(f"length({name})" for name in vectors)
            body.add(f"{rows} <- max({lengths})")
        wanted = "one length, or length 1"
    else:
        rows = f"{group.count}L"
        wanted = f"length {group.count}, or length 1"
    body.add(f"if ({_unequal(vectors, rows)}) {{")
    body.add(f'stop("{_enumerate(vectors)} must have {wanted}")', 4)
    body.add("}")
    if mixed:
        for name in vectors:
            body.add(f"{name} <- rep_len({name}, {rows})")


def _unequal(vectors: Sequence[str], rows: str) -> str:
    """Whether some vector has neither the common length nor length 1; calls no closure."""
    if not rows:
        x, y = vectors
        return f"length({x}) != length({y}) && length({x}) != 1L && length({y}) != 1L"
    if len(vectors) > _MOST_WRITTEN:
        return f"!all(lengths(list({', '.join(vectors)})) %in% c(1L, {rows}))"
    tests = [f"(length({name}) != {rows} && length({name}) != 1L)" for name in vectors]
    return tests[0][1:-1] if len(tests) == 1 else " || ".join(tests)


def _enumerate(names: Sequence[str]) -> str:
    if len(names) > 6:
        return f"{names[0]}, {names[1]}, ..., {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
    text = "\n".join([*(s.text for s in plan.statements), *(p.text for p in plan.pieces.values())])
    for name, definition in (("select", _SELECT), ("prod_others", _PROD_OTHERS)):
        if f"{name}(" in text:
            body.lines += definition.format(**{name: name}).split("\n")
    for lines in saddle.used(saddle.R, text):
        body.lines += lines
    if slots is not None:
        kind = "numeric(" if slots.brackets[0] == "[" else 'vector("list", '
        body.add(f"{slots.vector} <- {kind}{slots.count}L)")
    stages: list[list[Statement]] = [[], [], []]
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


def _plan(body: _Body, printer: Printer, roots: Sequence[int]) -> tuple[Schedule, _Slots | None]:
    """The schedule: with locals where they are few, with slots of one vector where not."""
    function = body.function
    keep = set(function.names) if len(function.names) <= _MOST_LOCALS else set()
    names = body.names.copy()
    plan = schedule(printer, roots, Locals(names, function.names, "expr"), _LIMITS, keep)
    body.large = sum(reachable(function.graph, roots)) > _MOST_COMPILED
    if len(plan.statements) <= _MOST_LOCALS:
        body.names = names
        return plan, None
    types = function.graph.types
    scalar = all(not types[statement.node].shape for statement in plan.statements)
    slots = _Slots(body.names.fresh("t"), ("[", "]") if scalar else ("[[", "]]"))
    plan = schedule(printer, roots, slots, _LIMITS)
    return plan, slots


def _statements(body: _Body, statements: Sequence[Statement]) -> None:
    _assignments(body, [f"{s.name} <- {s.text}" for s in statements])


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
        length = item.type.length
        labels += [name] if length is None else [f"{name}[{i}]" for i in range(1, length + 1)]
    return labels


def _names(body: _Body) -> str:
    """The columns' names as an expression of R."""
    parts: list[str] = []
    for item in body.function.params:
        name, length = body.users[item.name], item.type.length
        if length is None:
            parts.append(f'"{name}"')
        elif length <= 3:
            parts += [f'"{name}[{i}]"' for i in range(1, length + 1)]
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
)
