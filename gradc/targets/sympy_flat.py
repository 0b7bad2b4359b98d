"""SymPy expressions of scalars: of one row of the data, or with sums over all of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradc.emit.layout import WIDTH, wrap
from gradc.emit.moves import called
from gradc.emit.names import Locals, Names
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits, Schedule, schedule
from gradc.emit.syntax import ATOM, Piece, Special
from gradc.ir import Function, Graph, Input, reachable
from gradc.prims import TABLE
from gradc.targets.numpy_loops import loop_lines
from gradc.targets.python import Module, assignment, assignments, statement
from gradc.targets.sympy_module import (
    DERIVATIVE,
    assumptions,
    bracketed,
    check_lines,
    compares,
    documented,
    has_steps,
    is_plain,
    label,
    lines_of,
    main_lines,
    report_dict,
    runtime,
    tuple_of,
    write_file,
)
from gradc.targets.sympy_syntax import FLAT, typed

_LIMITS = Limits(characters=240, brackets=10, height=40)
_ROWS = '''\
def _rows(*columns):
    """The rows of the data; a single number is recycled."""
    columns = [v if hasattr(v, "__len__") else [v] for v in columns]
    count = max([len(v) for v in columns if len(v) != 1], default=1)
    if any(len(v) not in (1, count) for v in columns):
        raise ValueError("data of different lengths")
    return [[v[k % len(v)] for v in columns] for k in range(count)]
'''


def is_flat(function: Function) -> bool:
    """Whether one row's formula says it all, sums over all rows included."""
    graph = function.graph
    shapes = {_shape(graph, item.node) for item in function.data if item.type.rank}
    if len(shapes) > 1 or any(len(shape) > 1 for shape in shapes):
        return False
    if any(item.type.rank > 1 for item in function.params):
        return False
    vectors = {item.node for item in function.params if item.type.rank}
    marks = reachable(graph, list(function.outputs.values()))
    summed = False
    for node in range(len(marks)):
        if not marks[node]:
            continue
        name, args = graph.prim(node), graph.args(node)
        if name in ("input", "const"):
            continue
        if name == "index" and args[0] in vectors:
            continue
        if any(arg in vectors for arg in args):
            return False
        if name in ("sum", "length") and graph.types[args[0]].rank == 1:
            summed = True
        elif not TABLE[name].elementwise:
            return False
    rows = any(graph.types[node].rank for node in function.outputs.values())
    return not (summed and rows)


def sums(function: Function) -> bool:
    """Whether a flat function sums over rows."""
    marks = reachable(function.graph, list(function.outputs.values()))
    return any(
        marks[node] and function.graph.prim(node) in ("sum", "length") for node in range(len(marks))
    )


def _shape(graph: Graph, node: int) -> tuple[str, ...]:
    return tuple(str(size.substitute(graph.bindings)) for size in graph.types[node].shape)


@dataclass(frozen=True, slots=True)
class _Flat:
    """The file being written; ``counter`` and ``count`` are names where rows are summed."""

    module: Module
    strict: bool
    digits: str
    counter: str = ""
    count: str = ""

    @property
    def inputs(self) -> list[Input]:
        return self.module.inputs

    @property
    def names(self) -> list[str]:
        return self.module.arguments

    def name(self, item: Input) -> str:
        return self.module.users[item.name]

    def plan(self, function: Function, roots: Sequence[int], names: Names) -> Schedule:
        """The schedule of a function over symbols."""
        texts = {
            item.name: f"{self.name(item)}[{self.counter}]"
            if self.counter and item.kind != "param" and item.type.rank
            else self.name(item)
            for item in function.inputs
        }
        syntax = FLAT
        if self.counter:
            more: dict[str, Special] = {"sum": self._sum, "length": self._length}
            syntax = replace(FLAT, special={**FLAT.special, **more})
        printer = Printer(function.graph, syntax, self.module.target.spelling, texts)
        keep = set(function.names) if len(function.names) <= 60 else set()
        return schedule(printer, roots, Locals(names, function.names, "t"), _LIMITS, keep)

    def _sum(self, graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
        return called(f"Sum({pieces[0].text}, ({self.counter}, 0, {self.count} - 1))", pieces, 2)

    def _length(self, graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
        return Piece(self.count, ATOM)


def write_flat(module: Module) -> str:
    """The text of the file."""
    model = module.model
    names = module.names
    summed = any(sums(f) for f in (model.value, model.report) if f is not None)
    flat = _Flat(
        module,
        not compares(model.value),
        names.fresh("digits"),
        names.fresh("i") if summed else "",
        names.fresh("n") if summed else "",
    )
    body = _functions(flat)
    formulas = _formulas(flat)
    parts: list[Sequence[str]] = [_symbols(flat)]
    if any("_derivative(" in line for line in formulas):
        parts.append(lines_of(DERIVATIVE))
    parts.append(formulas)
    flat_lines = [line for part in body for line in part]
    parts.append(_function(flat))
    parts += runtime(flat_lines, "False" if summed else "True")
    parts += body
    last = main_lines(module)
    parts.append(last)
    what = "sum over the rows" if summed else "one row" if model.value.per_observation else ""
    of = f", of {what}," if what == "one row" else ""
    notes = [
        f"expression{of} and its gradient are SymPy's own; value_and_grad() evaluates them with as"
        " many digits as it takes for the digits asked for to be right."
    ]
    return write_file(module, notes, parts)


def _symbols(flat: _Flat) -> list[str]:
    """Symbols, those with the same assumptions together."""
    groups: dict[str, list[Input]] = {}
    lines: list[str] = []
    for item in flat.inputs:
        assumed = assumptions(item, strict=flat.strict)
        name = flat.name(item)
        if not item.type.rank or (item.kind != "param" and not flat.counter):
            if is_plain(item.name):
                groups.setdefault(assumed, []).append(item)
            else:
                lines.append(f"{name} = Symbol({label(item.name, name)}, {assumed})")
        elif item.kind == "param":
            quoted = f'f"{item.name}[{{k}}]"' if is_plain(item.name) else f'f"{name}[{{k}}]"'
            turns = f"range(1, {(item.type.count or 0) + 1})"
            lines.append(f"{name} = [Symbol({quoted}, {assumed}) for k in {turns}]")
        else:
            lines.append(f'{name} = IndexedBase("{name}", {assumed})')
    first: list[str] = []
    for assumed, items in groups.items():
        left = ", ".join(flat.name(item) for item in items)
        labels = " ".join(item.name for item in items)
        if len(items) == 1:
            first.append(f'{left} = Symbol("{labels}", {assumed})')
            continue
        line = f'{left} = symbols("{labels}", {assumed})'
        if len(line) > WIDTH:
            first += [f'{flat.name(item)} = Symbol("{item.name}", {assumed})' for item in items]
        else:
            first.append(line)
    if flat.counter:
        lines.append(f'{flat.counter} = Symbol("{flat.counter}", integer=True)')
        lines.append(f'{flat.count} = Symbol("{flat.count}", integer=True, positive=True)')
    every = [
        f"*{flat.name(i)}" if i.type.rank else flat.name(i) for i in flat.inputs[: _count(flat)]
    ]
    return [*first, *lines, *bracketed("parameters = (", tuple_of(every), ")", 0)]


def _count(flat: _Flat) -> int:
    return len(flat.module.model.value.params)


def _formulas(flat: _Flat) -> list[str]:
    """The expression, its derivatives, and reported results."""
    model = flat.module.model
    plan = flat.plan(model.value, [model.value.value], flat.module.names)
    lines = assignments(plan.statements, loop_lines, 0)
    text, literal = plan.text(model.value.value), plan.pieces[model.value.value].literal
    lines += assignment("expression", typed(text) if literal else text, 0)
    steps = has_steps(model.value)
    one = "_derivative(expression, p)" if steps else "expression.diff(p)"
    lines.append(f"gradient = {{p: {one} for p in parameters}}")
    if model.hessian is not None:
        two = "_derivative(g, p)" if steps else "g.diff(p)"
        lines.append(f"hessian = [[{two} for p in parameters] for g in gradient.values()]")
    if model.report is not None:
        function = model.report
        named = flat.plan(function, list(function.reports.values()), flat.module.names)
        lines += assignments(named.statements, loop_lines, 0)
        found = {node: named.text(node) for node in function.reports.values()}
        lines.append("reports = {")
        for name, text in report_dict(function, found):
            lines += statement(f'"{name}": ', text, 4, ",")
        lines.append("}")
    return lines


def _function(flat: _Flat) -> list[str]:
    """The compiled expressions."""
    model = flat.module.model
    arguments = [f"*{flat.name(i)}" if _spread(i) else flat.name(i) for i in flat.inputs]
    arguments += [flat.count] if flat.count else []
    lines = ["@cache", "def _function(kind, cse):"]
    lines.append('    """Expressions as a function of mpmath, shared parts of them once or not."""')
    lines.append("    wanted = [expression, *gradient.values()]")
    if model.hessian is not None:
        lines.append('    if kind == "hessian":')
        lines.append("        wanted = [v for row in hessian for v in row]")
    if model.report is not None:
        lines += ['    if kind == "report":', "        wanted = list(reports.values())"]
    lines.append("    if any(sympify(v).has(Derivative, Subs) for v in wanted):")
    lines.append('        raise NotImplementedError("SymPy has no closed form of a derivative")')
    lines += bracketed("arguments = (", tuple_of(arguments), ")")
    return [*lines, '    return lambdify(arguments, wanted, "mpmath", cse=cse, dummify=True)']


def _spread(item: Input) -> bool:
    return item.kind == "param" and item.type.rank > 0


def _functions(flat: _Flat) -> list[list[str]]:
    """``value_and_grad``, ``hess`` and ``report``."""
    model = flat.module.model
    vectors = [flat.name(i) for i in flat.inputs if i.type.rank and not _spread(i)]
    parts: list[list[str]] = [lines_of(_ROWS)] if vectors else []
    parts.append(_value_and_grad(flat, vectors))
    if model.hessian is not None:
        parts.append(_hess(flat, vectors))
    if model.report is not None:
        parts.append(_report(flat, vectors))
    return parts


def _checks(flat: _Flat) -> list[str]:
    """Refused arguments: what contradicts assumptions, and vectors of other lengths."""
    lines = check_lines(flat.module, strict=flat.strict, scalars=True)
    for item in flat.inputs:
        if _spread(item):
            name = flat.name(item)
            lines.append(f"    if len({name}) != {item.type.count}:")
            lines.append(f'        raise ValueError("{name} has {item.type.count} elements")')
    return lines


def _all_rows(flat: _Flat, kind: str, vectors: Sequence[str]) -> list[str]:
    """Lines that leave ``found``: the results of each row, or of all of them summed."""
    scalars = [name for name in _arguments(flat) if name not in vectors]
    if not vectors:
        text = f'_evaluated("{kind}", [{", ".join(scalars)}], {flat.digits})'
        return bracketed("found = [", [text], "]")
    rows = f"_rows({', '.join(vectors)})"
    if not flat.counter:
        order = [f"row[{vectors.index(n)}]" if n in vectors else n for n in _arguments(flat)]
        text = f'_evaluated("{kind}", [{", ".join(order)}], {flat.digits})'
        if len(text) + len(rows) < WIDTH - 30:
            return [f"    found = [{text} for row in {rows}]"]
        lines = wrap(text, 8, 4)
        return ["    found = [", *lines, f"        for row in {rows}", "    ]"]
    columns = [f"columns[{vectors.index(n)}]" if n in vectors else n for n in _arguments(flat)]
    text = f'_evaluated("{kind}", [{", ".join([*columns, "len(columns[0])"])}], {flat.digits})'
    return [f"    columns = list(zip(*{rows}))", *bracketed("found = [", [text], "]")]


def _arguments(flat: _Flat) -> list[str]:
    return [f"*{flat.name(i)}" if _spread(i) else flat.name(i) for i in flat.inputs]


def _value_and_grad(flat: _Flat, vectors: Sequence[str]) -> list[str]:
    by_row = flat.module.model.value.per_observation
    shape = ", row by row" if by_row else ""
    text = f"The value and a tuple of its derivatives in the parameters{shape}."
    lines = documented("value_and_grad", flat.names, flat.digits, text)
    lines += _checks(flat) + _all_rows(flat, "gradient", vectors)
    cuts = _cuts(flat)
    one = tuple_of([f"found[0]{cut}" for cut in cuts])
    if by_row:
        every = [f"[row{cut} for row in found]" for cut in cuts]
        numbers = " or ".join(f'hasattr({name}, "__len__")' for name in vectors) or "False"
        lines += statement("if ", numbers, end=":")
        lines += bracketed("return [row[0] for row in found], (", tuple_of(every), ")", 8)
    return [*lines, *bracketed("return found[0][0], (", one, ")")]


def _cuts(flat: _Flat) -> list[str]:
    """Where each parameter's derivatives stand in the flat list."""
    place, cuts = 1, []
    for item in flat.module.model.value.params:
        count = item.type.count
        cuts.append(f"[{place}]" if count is None else f"[{place}:{place + count}]")
        place += count or 1
    return cuts


def _hess(flat: _Flat, vectors: Sequence[str]) -> list[str]:
    summed = " of the value summed over rows" if flat.module.model.value.per_observation else ""
    text = f"The matrix of second derivatives{summed}."
    lines = documented("hess", flat.names, flat.digits, text)
    lines += _checks(flat) + _all_rows(flat, "hessian", vectors)
    lines.append("    p = len(parameters)")
    total = (
        "[sum(column) for column in zip(*found)]" if vectors and not flat.counter else "found[0]"
    )
    lines.append(f"    total = {total}")
    return [*lines, "    return [total[k*p:k*p + p] for k in range(p)]"]


def _report(flat: _Flat, vectors: Sequence[str]) -> list[str]:
    function = flat.module.model.report
    assert function is not None  # noqa: S101 - asked for where there are reports only
    lines = documented("report", flat.names, flat.digits, "Results of the model by name.")
    lines += _checks(flat) + _all_rows(flat, "report", vectors)
    rows = [bool(function.graph.types[node].shape) for node in function.reports.values()]
    lines.append(f"    by_row = {tuple(rows)!r}")
    lines.append("    return {")
    lines.append("        name: [row[k] for row in found] if by_row[k] else found[0][k]")
    return [*lines, "        for k, name in enumerate(reports)", "    }"]
