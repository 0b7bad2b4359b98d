"""Target numpy: plain functions of NumPy arrays, shaped as ``scipy.optimize`` takes them."""

from __future__ import annotations

from collections.abc import Sequence

from gradc.emit import EmitModel, Emitted, Trace
from gradc.emit.header import header
from gradc.emit.layout import wrap
from gradc.emit.loops import LOOPS
from gradc.emit.numbers import python_number
from gradc.emit.schedule import Schedule
from gradc.emit.sharing import share_signs
from gradc.emit.syntax import (
    ATOM,
    COMPARISON,
    PRODUCT,
    Piece,
    Syntax,
    left_associative,
    not_associative,
)
from gradc.ir import Function, Graph, Input
from gradc.targets import fit_numpy, quantiles, saddle, wright
from gradc.targets.derivatives import Entry, hessian_entries, offsets
from gradc.targets.moments import PYTHON_NAMES, python_parts
from gradc.targets.numpy_arguments import argument_lines
from gradc.targets.numpy_loops import element, loop_lines
from gradc.targets.numpy_tensors import FUNCTIONS, SPECIAL
from gradc.targets.python import (
    OPERATORS,
    Module,
    assignment,
    assignments,
    between_numbers,
    by_parameter,
    call,
    called_in,
    docstring,
    open_module,
    short,
    statement,
    tuple_lines,
    unpack,
)
from gradc.targets.python_reports import bounds_lines, labels_of, report_lines, reserved
from gradc.targets.target import Target


def _typed(text: str) -> str:
    return f"dtype({text})"


def _where(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A choice; between two bare numbers the first one gets the arguments' dtype."""
    condition, yes, no = pieces
    first = _typed(yes.text) if between_numbers(graph, node, yes, no) else yes.text
    text = f"np.where({condition.text}, {first}, {no.text})"
    brackets = max(piece.brackets for piece in pieces) + 1
    return Piece(text, ATOM, brackets, max(piece.height for piece in pieces) + 1)


def _pi(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return Piece("np.pi", literal=True)


SYNTAX = Syntax(
    number=python_number,
    infinity="np.inf",
    nan="np.nan",
    truth=("np.False_", "np.True_"),
    infix={
        **OPERATORS,
        "eq": not_associative(" == ", COMPARISON),
        "ne": not_associative(" != ", COMPARISON),
        "matmul": left_associative(" @ ", PRODUCT),
        "matvec": left_associative(" @ ", PRODUCT),
    },
    negation="~",
    pi="np.pi",
    typed=_typed,
    special={"select": _where, "exact_pi": _pi, **SPECIAL},
)

# What they compute and do not choose may be a logarithm of a negative number.
_QUIET = (*saddle.NUMPY, *quantiles.NUMPY)
_DEFINED = (
    "value",
    "value_and_grad",
    "fun",
    "hess",
    "_arguments",
    *FUNCTIONS,
    *saddle.NUMPY,
    *quantiles.NUMPY,
    *wright.PYTHON_NAMES,
    *PYTHON_NAMES,
)


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME_numpy.py: ``value``, ``value_and_grad``, ``fun`` and ``hess``."""
    module = open_module(model, target, [*_DEFINED, *reserved(model)])
    both, trace = _value_and_grad(module)
    functions = [_value(module), both, _fun(module)]
    if model.hessian is not None:
        functions.append(_hess(module, model.hessian))
    if model.report is not None:
        functions.append(_report(module, model.report))
    body = "\n".join(line for lines in functions for line in lines)
    parts = [argument_lines(module)]
    for name, text in FUNCTIONS.items():
        if called_in(name, body):
            parts.append(text.rstrip().split("\n"))
    roots = quantiles.used(quantiles.NUMPY, body)
    body += "\n".join(line for part in roots for line in part)
    parts += saddle.used(saddle.NUMPY, body)
    parts += [*python_parts("numpy", body), *roots]
    whole = "\n".join(line for part in [*parts, *functions] for line in part)
    lines = [*short(_header(module)), ""]
    if "math." in whole:
        lines += ["import math", ""]
    lines.append("import numpy as np")
    if "special." in whole:
        lines.append("from scipy import special")
    lines += bounds_lines(model.value)
    for part in [*parts, *functions]:
        lines += ["", "", *part]
    text = "\n".join(lines) + "\n"
    return Emitted({f"{model.name}_numpy.py": text}, module.users, labels_of(model), trace)


def _header(module: Module) -> list[str]:
    model = module.model
    hessian = " and hess(theta, ...)" if model.hessian else ""
    notes = [
        "value() and value_and_grad() take numbers or arrays, parameters first; for"
        f" scipy.optimize there are fun(theta, ...){hessian}, the parameters in one vector."
    ]
    title = f"NumPy functions of the model {model.name}."
    return header(title, model.source, module.names, module.users, notes)


def _body(module: Module, plan: Schedule, last: list[str], indent: int = 4) -> list[str]:
    """Unpacked arguments, statements and the last lines, in the quiet where branches are chosen."""
    arguments = module.arguments
    lines = unpack(arguments, "_arguments", arguments) if arguments else []
    inner = assignments(plan.statements, loop_lines, indent)
    text = "\n".join([*inner, *last])
    if "dtype" in text:
        # What has no arguments cannot take their dtype.
        dtype = f"{arguments[0]}.dtype.type" if arguments else "np.float64"
        lines.append(f"    dtype = {dtype}")
    if "np.where(" in text or any(f"{name}(" in text for name in _QUIET):
        # The branch that is not taken may be a logarithm of a negative number.
        lines.append('    with np.errstate(all="ignore"):')
        return [*lines, *(f"    {line}" if line else line for line in [*inner, *last])]
    return [*lines, *inner, *last]


def _value(module: Module) -> list[str]:
    function = module.model.value
    plan = module.plan(function, [function.value], module.names.copy(), element)
    rows = ", one entry a row" if function.per_observation else ""
    lines = call("def value", module.arguments, ":")
    lines += docstring(f"The value of the model{rows}.")
    return lines + _body(module, plan, statement("return ", _final(function, plan)))


def _final(function: Function, plan: Schedule) -> str:
    """The value's expression."""
    text = plan.text(function.value)
    return _item(function, function.value, text)


def _item(function: Function, node: int, text: str) -> str:
    """An output's expression; a choice between numbers gives an array, whose item is a number."""
    return f"{text}[()]" if function.graph.prim(node) == "select" else text


def _value_and_grad(module: Module) -> tuple[list[str], Trace]:
    function = share_signs(module.model.gradient)
    names = module.names.copy()
    parameters = by_parameter(function)
    roots = [function.value, *(entry.node for _, own in parameters for entry in own)]
    plan = module.plan(function, roots, names, element)
    value, last = _final(function, plan), []
    if not value.isidentifier():
        value = names.fresh("result")
        last = assignment(value, _final(function, plan))
    rows = function.per_observation
    gradients = [_gradient(function, plan, own, value, i) for i, own in parameters]
    last += tuple_lines(f"return {value}, ", gradients)
    lines = call("def value_and_grad", module.arguments, ":")
    shape = ", row by row" if rows else ""
    lines += docstring(f"The value and a tuple of its derivatives in the parameters{shape}.")
    trace = Trace(function, "value_and_grad", plan.steps, value)
    return lines + _body(module, plan, last), trace


def _gradient(function: Function, plan: Schedule, own: list[Entry], value: str, item: Input) -> str:
    """One parameter's gradient: its own shape, after the rows of a per-observation value."""
    if not function.per_observation:
        return _item(function, own[0].node, plan.text(own[0].node))
    columns = [_rows_of(function, plan, entry.node, value) for entry in own]
    if not item.type.shape:
        return columns[0]
    stacked = f"np.stack([{', '.join(columns)}], axis=-1)"
    if item.type.rank < 2:
        return stacked
    rows, count = item.type.known_shape
    return f"{stacked}.reshape(*np.shape({value}), {count}, {rows}).swapaxes(-1, -2)"


def _rows_of(function: Function, plan: Schedule, node: int, value: str) -> str:
    """A column with as many rows as the value."""
    text = plan.text(node)
    if not function.graph.types[node].shape:
        return f"np.full_like({value}, {text})"
    return _item(function, node, text)


def _slices(module: Module, theta: str) -> list[str]:
    """The parameters cut out of one vector."""
    function = module.model.value
    users = module.users
    params = function.params
    if params and all(not item.type.shape for item in params):
        names = [users[item.name] for item in params]
        left = ", ".join(names) + ("," if len(names) == 1 else "")
        if len(left) < 60:
            return [f"    {left} = {theta}"]
        return ["    (", *wrap(left.rstrip(",") + ",", 8, 0), f"    ) = {theta}"]
    places = offsets(function)
    total = sum(item.type.count or 1 for item in params)
    lines = [
        f"    if len({theta}) != {total}:",
        f'        raise ValueError("{theta} has {total} elements")',
    ]
    for item in params:
        place, length = places[item.name], item.type.count
        cut = f"[{place}]" if length is None else f"[{place}:{place + length}]"
        if item.type.rank == 2:
            cut += f'.reshape({item.type.known_shape}, order="F")'
        lines.append(f"    {users[item.name]} = {theta}{cut}")
    return lines


def _fun(module: Module) -> list[str]:
    function = module.model.gradient
    names = module.names.copy()
    theta, value, gradient = names.fresh("theta"), names.fresh("result"), names.fresh("gradient")
    objective = "The sum of the rows" if function.per_observation else "The value"
    lines = call("def fun", [theta, *module.data], ":")
    lines += docstring(f"{objective} and its gradient, for minimize(fun, ..., jac=True).")
    lines += _slices(module, theta)
    lines += unpack([value, gradient], "value_and_grad", module.arguments)
    if not function.per_observation:
        joined = f"np.hstack({gradient})"
        if any(item.type.rank == 2 for item in function.params):
            joined = f'np.concatenate([np.ravel(g, order="F") for g in {gradient}])'
        return [*lines, f"    return float({value}), {joined}"]
    if all(not item.type.shape for item in function.params):
        total = f"np.array([np.sum(g) for g in {gradient}])"
        return [*lines, f"    return float(np.sum({value})), {total}"]
    sums: list[str] = []
    for index, item in enumerate(function.params):
        part = f"{gradient}[{index}]"
        if not item.type.shape:
            sums.append(f"np.sum({part})")
            continue
        shape = ", ".join(map(str, item.type.known_shape))
        total = f"np.sum({part}.reshape(-1, {shape}), axis=0)"
        sums.append(total if item.type.rank < 2 else f'{total}.ravel(order="F")')
    total = f"float(np.sum({value})), np.hstack([{', '.join(sums)}])"
    return [*lines, *statement("return ", total)]


def _report(module: Module, derived: Function) -> list[str]:
    """A function that gives the reported results by name."""
    function = share_signs(derived)
    plan = module.plan(function, list(function.reports.values()), module.names.copy(), element)
    lines = call("def report", module.arguments, ":")
    lines += docstring("Results of the model by name.")
    texts = {node: _item(function, node, plan.text(node)) for node in function.reports.values()}
    return lines + _body(module, plan, report_lines(function, texts))


def _hess(module: Module, derived: Function) -> list[str]:
    """Second derivatives as one matrix; a per-observation value is summed over rows."""
    function = share_signs(derived)
    graph = function.graph
    names = module.names.copy()
    entries = [
        entry
        for entry in hessian_entries(function)
        if not (graph.is_const(entry.node) and graph.value(entry.node) == 0.0)
    ]
    roots = [entry.node for entry in entries]
    if function.per_observation:
        roots.append(function.value)
    theta = names.fresh("theta")
    lines = call("def hess", [theta, *module.data], ":")
    summed = " of the value summed over rows" if function.per_observation else ""
    lines += docstring(f"The matrix of second derivatives{summed}.")
    lines += _slices(module, theta)
    plan = module.plan(function, roots, names, element)
    hessian, value = names.fresh("hessian"), names.fresh("result")
    total = sum(item.type.count or 1 for item in function.params)
    last: list[str] = []
    if function.per_observation:
        last += assignment(value, plan.text(function.value))
    last.append(f"    {hessian} = np.zeros(({total}, {total}))")
    for entry in entries:
        text = plan.text(entry.node)
        if function.per_observation:
            rows = graph.types[entry.node].shape
            text = f"np.sum({text})" if rows else f"{text} * np.size({value})"
        elif graph.types[entry.node].rank == 2:
            text = f'np.ravel({text}, order="F")'
        last += _entry(entry, hessian, text)
    last.append(f"    return {hessian}")
    return lines + _body(module, plan, last)


def _entry(entry: Entry, hessian: str, text: str) -> list[str]:
    place = f"{entry.place}" if entry.count == 1 else f"{entry.place}:{entry.place + entry.count}"
    targets = [f"{hessian}[{place}, {entry.column}]"]
    if entry.mirrored:
        targets.append(f"{hessian}[{entry.column}, {place}]")
    return statement("".join(f"{target} = " for target in targets), text)


TARGET = Target(
    name="numpy",
    doc="NumPy functions: value, gradient, and the objective that scipy.optimize takes",
    needs=("numpy",),
    patterns=("{}_numpy.py",),
    syntax=SYNTAX,
    write=write,
    native=LOOPS,
    fit=fit_numpy.write,
)
