"""Target tf: TensorFlow functions with the symbolic gradient attached."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradc.emit import EmitModel, Emitted, Trace
from gradc.emit.branches import guard_branches
from gradc.emit.header import header
from gradc.emit.inputs import Rows, fixed_vectors
from gradc.emit.loops import LOOPS, Loop
from gradc.emit.numbers import python_number
from gradc.emit.schedule import Schedule, Statement
from gradc.emit.sharing import share_signs
from gradc.emit.syntax import ATOM, SIGN, Piece, Syntax, infix
from gradc.ir import Function, Graph, Input, reachable
from gradc.targets import quantiles, saddle, wright
from gradc.targets.derivatives import Entry
from gradc.targets.moments import PYTHON_NAMES, python_parts
from gradc.targets.python import (
    OPERATORS,
    Module,
    assignment,
    assignments,
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
from gradc.targets.python_checks import tf_checks, tf_fewest
from gradc.targets.python_reports import labels_of, report_lines, reserved
from gradc.targets.target import Target
from gradc.targets.tf_hessian import hessian_lines
from gradc.targets.tf_loops import loop_writer
from gradc.targets.tf_tensors import FUNCTIONS, SPECIAL

_MOST_WRITTEN = 6


def _typed(text: str) -> str:
    return f"tf.constant({text}, dtype)"


def _power(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A power; the square has an operation of its own, which is much faster."""
    base, exponent = pieces
    right = graph.args(node)[1]
    if graph.is_const(right):
        value = graph.value(right)
        if value == 2.0 and not base.literal:
            return Piece(f"tf.square({base.text})", ATOM, base.brackets + 1, base.height + 1)
        if value.is_integer() and abs(value) < 1e9:
            exponent = Piece(str(int(value)), SIGN if value < 0 else ATOM, literal=True)
    return infix(OPERATORS["pow"], base, exponent)


def _where(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A choice; in a graph the first of the two decides the dtype, so a bare number gets it."""
    condition, yes, no = pieces
    is_constant = graph.is_const(graph.args(node)[1]) and graph.types[node].dtype != "bool"
    is_bare = yes.literal or is_constant
    first = _typed(yes.text) if is_bare else yes.text
    text = f"tf.where({condition.text}, {first}, {no.text})"
    brackets = max(piece.brackets for piece in pieces) + 1
    return Piece(text, ATOM, brackets, max(piece.height for piece in pieces) + 1)


def _number(value: float) -> str:
    return python_number(value) if math.isfinite(value) else f'float("{value}")'


def _stack(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    """A vector of scalars; of numbers only, it is a constant."""
    args = graph.args(node)
    constant = all(map(graph.is_const, args))
    if constant:
        texts = [_number(graph.value(arg)) for arg in args]
    else:
        texts = [_typed(p.text) if p.literal else p.text for p in pieces]
    listed = f"[{', '.join(texts)}]"
    brackets = max(piece.brackets for piece in pieces) + 3
    text = _typed(listed) if constant else f"tf.stack({listed})"
    return Piece(text, ATOM, brackets, max(piece.height for piece in pieces) + 1)


def _pi(graph: Graph, node: int, pieces: Sequence[Piece]) -> Piece:
    return Piece("math.pi", literal=True)


SYNTAX = Syntax(
    number=python_number,
    infinity='float("inf")',
    nan='float("nan")',
    truth=("tf.constant(False)", "tf.constant(True)"),
    infix={name: operator for name, operator in OPERATORS.items() if name != "pow"},
    negation="~",
    pi="math.pi",
    typed=_typed,
    strict=frozenset({"broadcast", "scatter", "scatter_add", "put_entry"}),
    first_decides=True,
    special={"pow": _power, "select": _where, "stack": _stack, "exact_pi": _pi, **SPECIAL},
)

_DEFINED = (
    "value",
    "plain",
    "value_and_grad",
    "hess",
    "_value",
    "_arguments",
    "_tensors",
    *FUNCTIONS,
    *saddle.TF,
    *quantiles.TF,
    *wright.PYTHON_NAMES,
    *PYTHON_NAMES,
)

_TENSORS = '''\
def _tensors(*values):
    """The values as tensors of one floating dtype, float64 where nothing says which."""
    found = [v.dtype for v in values if tf.is_tensor(v)]
    found += [v.dtype for v in values if hasattr(v, "dtype") and not tf.is_tensor(v)]
    floating = [tf.as_dtype(d) for d in found if tf.as_dtype(d).is_floating]
    dtype = floating[0] if floating else tf.float64

    def tensor(value):
        if tf.is_tensor(value) and not value.dtype.is_floating:
            return tf.cast(value, dtype)
        return tf.convert_to_tensor(value, dtype)

    return [tensor(v) for v in values]
'''


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME_tf.py: ``value`` with its gradient attached, ``plain``, ``value_and_grad``."""
    module = open_module(model, target, [*_DEFINED, *reserved(model)])
    functions = [argument_lines(module), _value(module), attached_lines(module), _plain(module)]
    both, trace = _value_and_grad(module)
    functions.append(both)
    if model.hessian is not None:
        functions.append(hessian_lines(module, model.hessian, _output))
    if model.report is not None:
        functions.append(report_function(module, model.report))
    parts = [*support(functions), *functions]
    lines = [*short(_header(module)), ""]
    if uses_pi(parts):
        lines += ["import math", ""]
    lines.append("import tensorflow as tf")
    for part in parts:
        lines += ["", "", *part]
    text = "\n".join(lines) + "\n"
    return Emitted({f"{model.name}_tf.py": text}, module.users, labels_of(model), trace)


def support(functions: Sequence[list[str]]) -> list[list[str]]:
    """The functions that these functions call, each as lines."""
    body = "\n".join(line for lines in functions for line in lines)
    parts = [_lines(_TENSORS)] if called_in("_tensors", body) else []
    parts += [_lines(text) for name, text in FUNCTIONS.items() if called_in(name, body)]
    roots = quantiles.used(quantiles.TF, body)
    body += "\n".join(line for part in roots for line in part)
    return [*parts, *saddle.used(saddle.TF, body), *python_parts("tf", body), *roots]


def uses_pi(parts: Sequence[list[str]]) -> bool:
    """Whether some line needs the module ``math``."""
    return any("math.pi" in line.replace("tf.math.", "") for part in parts for line in part)


def _lines(text: str) -> list[str]:
    return text.rstrip().split("\n")


def _header(module: Module) -> list[str]:
    model = module.model
    notes = [
        "value() carries its symbolic gradient, so any tape, tf.function or optimizer"
        " differentiates it, twice as well; plain() is the same value for TensorFlow's own tape."
        " The dtype follows the arguments; Python numbers are float64."
    ]
    title = f"TensorFlow functions of the model {model.name}."
    return header(title, model.source, module.names, module.users, notes)


def argument_lines(module: Module, name: str = "_arguments") -> list[str]:
    """The function that checks arguments."""
    names, users = module.arguments, module.users
    lines = call(f"def {name}", names, ":")
    lines += docstring("The arguments as tensors of one dtype, checked; data of one shape.")
    if names:
        lines += unpack(names, "_tensors", names)
    scalars = [users[item.name] for item in module.inputs if not item.type.shape]
    each = module.names.copy().fresh("v")
    lines += _for_each(each, scalars, "shape.assert_has_rank(0)")
    for item, length in fixed_vectors(module.model.value):
        lines.append(f"    {users[item.name]}.shape.assert_is_compatible_with([{length}])")
    lines += tf_checks(module.model.value, users)
    indexed = _is_indexed(module.model)
    for group in module.groups:
        lines += _recycle([users[item.name] for item in group.inputs], group, indexed, each)
        lines += tf_fewest(module.model.value, users, group)
    if len(names) == 1:
        return [*lines, f"    return ({names[0]},)"]
    return [*lines, *statement("return ", ", ".join(names) or "()")]


def _is_indexed(model: EmitModel) -> bool:
    """Whether some vector of data is taken apart, so that a number will not do."""
    return any(
        record[0] in ("index", "scatter") and function.graph.types[record[2]].length is None
        for function in (model.value, model.gradient)
        for record in function.graph.records
    )


def _for_each(each: str, names: Sequence[str], check: str) -> list[str]:
    """A check of every name, in a loop where they are many."""
    if len(names) <= _MOST_WRITTEN:
        return [f"    {name}.{check}" for name in names]
    return [*call(f"for {each} in ", names, ":", 4), f"        {each}.{check}"]


def _recycle(vectors: list[str], group: Rows, indexed: bool, each: str) -> list[str]:
    lines = _for_each(each, vectors, "shape.with_rank_at_most(1)")
    if group.count is not None:
        size = f"[{group.count}]"
        return [*lines, *(f"    {name} = tf.broadcast_to({name}, {size})" for name in vectors)]
    if len(vectors) > 1:
        lines += unpack(vectors, "_recycled", vectors)
    if indexed:
        lines += [f"    {name} = tf.reshape({name}, [-1])" for name in vectors]
    return lines


def _value(module: Module) -> list[str]:
    arguments = module.arguments
    rows = ", one entry a row" if module.model.value.per_observation else ""
    lines = call("def value", arguments, ":")
    lines += docstring(f"The value of the model{rows}, with its symbolic gradient attached.")
    return lines + call("return _value(*_arguments", arguments, ")", 4)


def _output(plan: Schedule, node: int) -> str:
    """An output's expression, always a tensor."""
    piece = plan.pieces[node]
    return _typed(piece.text) if piece.literal else piece.text


def _result(plan: Schedule, node: int, name: str) -> tuple[list[str], str]:
    """The assignment of an output to a name, or the name that it already has."""
    text = _output(plan, node)
    return ([], text) if text.isidentifier() else (assignment(name, text), name)


def _with_dtype(module: Module, lines: list[str]) -> list[str]:
    """The lines, after that which names the arguments' dtype where they use it."""
    if any("dtype)" in line for line in lines):
        found = f"{module.arguments[0]}.dtype" if module.arguments else "tf.float64"
        return [f"    dtype = {found}", *lines]
    return lines


def attached_lines(module: Module, name: str = "_value") -> list[str]:
    """The value with its vector-Jacobian product, sharing what both need."""
    model = module.model
    # Differentiated once more by a tape, the branch not taken must not leak either.
    function = share_signs(guard_branches(model.vjp or model.value))
    names = module.names.copy()
    upstream = names.fresh("upstream")
    inner = Module(model, module.target, names, {**module.users, model.cotangent: upstream})
    roots = [function.value]
    roots += [function.outputs[f"cotangent:{item.name}"] for item in module.inputs]
    result, gradient = names.fresh("result"), names.fresh("gradient")
    plan = inner.plan(function, roots, names)
    marks = reachable(function.graph, [function.value])
    first: list[Statement | Loop] = []
    second: list[Statement | Loop] = []
    for item in plan.statements:
        forward = item.node < len(marks) and marks[item.node]
        (first if forward else second).append(item)
    last, result = _result(plan, function.value, result)
    write_loop = loop_writer(names.fresh)
    body = assignments(first, write_loop) + last
    body += ["", f"    def {gradient}({upstream}):", *assignments(second, write_loop, 8)]
    body += tuple_lines("return ", [_output(plan, root) for root in roots[1:]], 8)
    body += ["", f"    return {result}, {gradient}"]
    head = call(f"def {name}", module.arguments, ":")
    return ["@tf.custom_gradient", *head, *_with_dtype(module, body)]


def _plain(module: Module) -> list[str]:
    function = module.model.plain
    names = module.names.copy()
    plan = module.plan(function, [function.value], names)
    lines = call("def plain", module.arguments, ":")
    lines += docstring("The value of the formula as it was written, differentiated by no one.")
    lines += unpack(module.arguments, "_arguments", module.arguments) if module.arguments else []
    body = assignments(plan.statements, loop_writer(names.fresh))
    body += statement("return ", _output(plan, function.value))
    return lines + _with_dtype(module, body)


def report_function(module: Module, derived: Function, arguments: str = "_arguments") -> list[str]:
    """A function that gives the reported results by name."""
    function = share_signs(guard_branches(derived))
    names = module.names.copy()
    plan = module.plan(function, list(function.reports.values()), names)
    lines = call("def report", module.arguments, ":")
    lines += docstring("Results of the model by name, for any tape to differentiate.")
    lines += unpack(module.arguments, arguments, module.arguments) if module.arguments else []
    texts = {node: _output(plan, node) for node in function.reports.values()}
    body = assignments(plan.statements, loop_writer(names.fresh)) + report_lines(function, texts)
    return lines + _with_dtype(module, body)


def _value_and_grad(module: Module) -> tuple[list[str], Trace]:
    function = share_signs(module.model.gradient)
    names = module.names.copy()
    parameters = by_parameter(function)
    roots = [function.value, *(entry.node for _, own in parameters for entry in own)]
    plan = module.plan(function, roots, names)
    lines = call("def value_and_grad", module.arguments, ":")
    shape = ", row by row" if function.per_observation else ""
    lines += docstring(f"The value and a tuple of its derivatives in the parameters{shape}.")
    lines += unpack(module.arguments, "_arguments", module.arguments) if module.arguments else []
    last, result = _result(plan, function.value, names.fresh("result"))
    gradients = [_gradient(function, plan, own, result, i) for i, own in parameters]
    body = assignments(plan.statements, loop_writer(names.fresh)) + last
    body += tuple_lines(f"return {result}, ", gradients)
    trace = Trace(function, "value_and_grad", plan.steps, result)
    return lines + _with_dtype(module, body), trace


def _gradient(
    function: Function, plan: Schedule, own: list[Entry], result: str, item: Input
) -> str:
    """One parameter's gradient: its own shape, after the rows of a per-observation value."""
    if not function.per_observation:
        return _output(plan, own[0].node)
    columns: list[str] = []
    for entry in own:
        text = _output(plan, entry.node)
        if not function.graph.types[entry.node].shape:
            text = f"tf.broadcast_to({text}, tf.shape({result}))"
        columns.append(text)
    if not item.type.shape:
        return columns[0]
    stacked = f"tf.stack([{', '.join(columns)}], axis=-1)"
    if item.type.rank < 2:
        return stacked
    rows, count = item.type.known_shape
    shape = f"tf.concat([tf.shape({result}), [{count}, {rows}]], 0)"
    return f"tf.linalg.matrix_transpose(tf.reshape({stacked}, {shape}))"


TARGET = Target(
    name="tf",
    doc="TensorFlow functions with the symbolic gradient attached",
    needs=("tf",),
    patterns=("{}_tf.py",),
    syntax=SYNTAX,
    write=write,
    native=LOOPS,
    wants_vjp=True,
    spell={"eq": "tf.equal", "ne": "tf.not_equal"},
)
