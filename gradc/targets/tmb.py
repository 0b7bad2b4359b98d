"""Target tmb: a template as one would write it by hand, and an R driver beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gradc.emit import EmitModel, Emitted
from gradc.emit.blocks import NATIVE, Block, BlockScheduler, Code, Line
from gradc.emit.branches import guard_branches
from gradc.emit.header import header
from gradc.emit.inputs import Rows, row_groups
from gradc.emit.layout import wrap
from gradc.emit.names import Locals, Names, rules
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits
from gradc.emit.sharing import share_signs
from gradc.emit.syntax import Piece
from gradc.ir import Function, Input, Size, reachable
from gradc.prims import TABLE
from gradc.targets.target import Target
from gradc.targets.tmb_driver import driver
from gradc.targets.tmb_extras import extras_code, used_extras
from gradc.targets.tmb_syntax import SYNTAX, argument

_LIMITS = Limits(characters=200, brackets=12, height=40)
_MOST_KEPT = 60

_RECYCLE = """\
// Data have one length; a vector of length 1 is repeated.
template<class Type>
void recycle(vector<Type> &x, int n)
{
  if (x.size() == n) return;
  if (x.size() != 1) Rf_error("data must have one length, or length 1");
  Type first = x(0);
  x.resize(n);
  x.fill(first);
}
"""


@dataclass(slots=True)
class _Template:
    """The template being written; ``sizes`` are the C++ names of symbolic lengths."""

    model: EmitModel
    target: Target
    function: Function
    names: Names
    users: dict[str, str]
    sizes: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def add(self, text: str, indent: int = 2) -> None:
        self.lines += wrap(text, indent)


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME.cpp and NAME_tmb.R."""
    # A condition of data alone is decided while the tape is recorded.
    taped = [item for item in model.value.inputs if _is_taped(model.value, item)]
    function = share_signs(guard_branches(model.value, taped))
    names = Names(rules("tmb"), [*_called(target, function), "recycle", "value"])
    inputs = [*function.params, *function.data]
    claimed = names.claim(item.name for item in inputs)
    users = {item.name: claimed[item.name] for item in inputs}
    given = names.copy()
    template = _Template(model, target, function, names, users)
    _declarations(template)
    _body(template)
    body = "\n".join(template.lines)
    lines = [f"// {line}".rstrip() for line in _header(model, given, users)]
    lines += ["", "#include <TMB.hpp>", "", *extras_code(used_extras(body))]
    if "recycle(" in body:
        lines += [*_RECYCLE.rstrip().split("\n"), ""]
    lines += ["template<class Type>", "Type objective_function<Type>::operator() ()", "{"]
    lines += [*template.lines, "}"]
    files = {
        f"{model.name}.cpp": "\n".join(lines) + "\n",
        f"{model.name}_tmb.R": driver(model, function, users),
    }
    return Emitted(files, users)


def _called(target: Target, function: Function) -> set[str]:
    """Functions that the template calls, which no variable may hide."""
    graph = function.graph
    marks = reachable(graph, [function.value])
    called = {"pow", "Rf_error"}
    for node in range(len(marks)):
        if marks[node]:
            spelling = target.spelling(graph.prim(node)) if graph.prim(node) in TABLE else None
            called.add((spelling or "").partition("(")[0])
    return called


def _header(model: EmitModel, names: Names, users: dict[str, str]) -> list[str]:
    notes = [f"{model.name}_tmb.R compiles it, makes the objective and fits it."]
    if model.value.per_observation:
        notes.append("The objective is the sum over rows; report()$value holds the rows.")
    return header(f"the TMB template of {model.name}.", model.source, names, users, notes)


def _declarations(template: _Template) -> None:
    """Data and parameters in the model's order, lengths, checks."""
    users, function = template.users, template.function
    for item in function.data:
        macro = _data_macro(item)
        template.add(f"{macro}({users[item.name]});")
    for item in function.params:
        macro = "PARAMETER_VECTOR" if item.type.shape else "PARAMETER"
        template.add(f"{macro}({users[item.name]});")
    template.lines.append("")
    before = len(template.lines)
    for item in function.params:
        if item.type.length is not None:
            _check_length(template, users[item.name], item.type.length)
    for group in row_groups(function):
        _rows(template, group)
    _check_places(template)
    if len(template.lines) > before:
        template.lines.append("")


def _is_taped(function: Function, item: Input) -> bool:
    return item.name in function.wrt or item.kind == "random"


def _data_macro(item: Input) -> str:
    if item.kind == "random":
        return "PARAMETER_VECTOR" if item.type.shape else "PARAMETER"
    return "DATA_VECTOR" if item.type.shape else "DATA_SCALAR"


def _check_length(template: _Template, name: str, length: int) -> None:
    template.add(f'if ({name}.size() != {length}) Rf_error("{name} has {length} elements");')


def _rows(template: _Template, group: Rows) -> None:
    """The common length of some data, to which each is recycled."""
    vectors = [template.users[item.name] for item in group.inputs]
    count = f"{group.count}"
    if group.count is None:
        count = template.names.fresh("n")
        first = group.inputs[0].type.shape[0].substitute(template.function.graph.bindings)
        if len(first.terms) == 1 and first.terms[0][1] == 1 and not first.constant:
            template.sizes[first.terms[0][0]] = count
        sizes = [f"{name}.size()" for name in vectors]
        most = sizes[0]
        if len(sizes) == 2:
            most = f"std::max({', '.join(sizes)})"
        elif len(sizes) > 2:
            most = f"std::max({{{', '.join(sizes)}}})"
        template.add(f"int {count} = {most};")
    if len(vectors) > 1 or group.count is not None:
        for name in vectors:
            template.add(f"recycle({name}, {count});")


def _check_places(template: _Template) -> None:
    """An index beyond the end would take the whole process down."""
    function = template.function
    graph = function.graph
    marks = reachable(graph, [function.value])
    last: dict[Size, int] = {}
    for node in range(len(marks)):
        if marks[node] and graph.prim(node) == "index":
            size = graph.types[graph.args(node)[0]].shape[0].substitute(graph.bindings)
            if not size.is_known:
                last[size] = max(last.get(size, 0), graph.attrs(node))
    for size, place in last.items():
        count = _length(template, size)
        template.add(f'if ({count} < {place}) Rf_error("data have fewer than {place} elements");')


def _length(template: _Template, size: Size) -> str:
    """A length as an expression of C++."""
    text = ""
    for symbol, factor in size.terms:
        name = template.sizes[symbol]
        term = name if abs(factor) == 1 else f"{abs(factor)} * {name}"
        text += f" {'-' if factor < 0 else '+'} {term}" if text else term
    if size.constant or not text:
        sign = "-" if size.constant < 0 else "+"
        text += f" {sign} {abs(size.constant)}" if text else f"{size.constant}"
    return text


def _body(template: _Template) -> None:
    function = template.function
    graph, root = function.graph, function.value
    names = template.names
    index = names.fresh("i")
    printer = Printer(graph, SYNTAX, template.target.spelling, template.users)
    keep = {node for node in function.names if node != root or not function.per_observation}
    scheduler = BlockScheduler(
        printer,
        Locals(names, function.names, "t"),
        _LIMITS,
        row=lambda name: f"{name}({index})",
        element=lambda name, place: f"{name}({place - 1})",
        size=lambda size: Piece(f"Type({_length(template, size)})"),
        users=frozenset(keep) if len(keep) <= _MOST_KEPT else frozenset(),
    )
    code = scheduler.run(root)
    if function.per_observation:
        _rows_result(template, code, scheduler, root)
    for block, lines in code.ordered():
        _write_block(template, block, lines, index)
    if function.per_observation:
        template.lines += ["", "  REPORT(value);", "  return value.sum();"]
    else:
        template.add(f"return {argument(code.root)};" if code.root else "return Type(0);")


def _rows_result(template: _Template, code: Code, scheduler: BlockScheduler, root: int) -> None:
    """The last loop fills ``value``."""
    graph = template.function.graph
    block = scheduler.blocks[root]
    size = graph.types[root].shape[0].substitute(graph.bindings)
    level = block[0]
    loop: Block = (level, 1, size)
    code.blocks.setdefault((level, 0, None), []).append(Line("vector", "value", "", size))
    text = code.root.text if code.root else ""
    code.blocks.setdefault(loop, []).append(Line("row", "value", text))


_START = {"sum": "0", "prod": "1", "min": "R_PosInf", "max": "R_NegInf"}


def _write_block(template: _Template, block: Block, lines: Sequence[Line], index: str) -> None:
    _, kind, size = block
    if kind == 0 or size is None:
        for line in lines:
            template.add(_scalar_line(template, line))
        return
    for line in lines:
        if line.kind in _START:
            template.add(f"Type {line.name} = {_START[line.kind]};")
    template.add(f"for (int {index} = 0; {index} < {_length(template, size)}; {index}++) {{")
    for line in lines:
        for text in _loop_line(line, index):
            template.add(text, 4)
    template.add("}")


def _scalar_line(template: _Template, line: Line) -> str:
    if line.kind == "vector" and line.size is not None:
        return f"vector<Type> {line.name}({_length(template, line.size)});"
    if line.kind == "others":
        return f"vector<Type> {line.name} = extra::prod_others({line.text});"
    if line.kind == "zero":
        return f"{line.name}.setZero();"
    if line.kind == "element":
        return f"{line.name}({line.place - 1}) = {line.text};"
    return f"Type {line.name} = {line.text};"


def _loop_line(line: Line, index: str) -> list[str]:
    name, text = line.name, line.text
    if line.kind == "row":
        return [f"{name}({index}) = {text};"]
    if line.kind == "sum":
        return [f"{name} += {text};"]
    if line.kind == "prod":
        return [f"{name} *= {text};"]
    if line.kind in ("min", "max"):
        test = "Lt" if line.kind == "min" else "Gt"
        return [f"{name} = CppAD::CondExp{test}(Type({text}), {name}, Type({text}), {name});"]
    return [f"Type {name} = {text};"]


TARGET = Target(
    name="tmb",
    doc="a TMB template, and an R script that compiles and fits it",
    needs=("r", "c++", "tmb"),
    patterns=("{}.cpp", "{}_tmb.R"),
    syntax=SYNTAX,
    write=write,
    native=NATIVE,
    tapes=True,
)
