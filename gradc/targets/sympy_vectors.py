"""SymPy expressions of vectors and matrices: functions of NumPy's arrays of symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradc.emit.inputs import row_groups
from gradc.ir import Function, Input, reachable
from gradc.targets.numpy_loops import element, loop_lines
from gradc.targets.python import Module, assignments, call, docstring, statement, unpack
from gradc.targets.sympy_module import (
    DERIVATIVE,
    assumptions,
    bracketed,
    check_lines,
    compares,
    documented,
    has_steps,
    label,
    lines_of,
    main_lines,
    report_dict,
    runtime,
    tuple_of,
    write_file,
)
from gradc.targets.sympy_syntax import ARRAYS

_INDICES = {"gather": 1, "gather_rows": 1, "gather_cells": 1}
# Operations of the written-out value times parameters: about half a minute.
_MOST_WORK = 500_000
_SYMBOLS = '''\
def _symbols(name, shape, **assumptions):
    """A symbol, or an array of symbols counted from 1."""
    if not shape:
        return Symbol(name, **assumptions)
    result = np.empty(shape, object)
    for place in np.ndindex(*shape):
        number = ",".join(str(k + 1) for k in place)
        result[place] = Symbol(f"{name}[{number}]", **assumptions)
    return result
'''
_ARRAY = '''\
def _array(values):
    """A number, a vector or a matrix of SymPy's objects."""
    return np.frompyfunc(sympify, 1, 1)(np.array(values, object))
'''
_GIVEN = '''\
def _given(values):
    """Numbers that say which elements are meant, and so do not become symbols."""
    flat = [float(v) for v in np.ravel(np.array(values, object))]
    exact = [int(v) if v.is_integer() else Rational(v) for v in flat]
    return tuple(exact) if np.ndim(values) else exact[0]
'''
_COMPILED = '''\
@cache
def _function(kind, shapes, cse):
    """Expressions for arguments of these shapes, as a function of mpmath."""
    wanted = _wanted(kind, shapes)[1]
    if any(v.has(Derivative, Subs) for v in wanted):
        raise NotImplementedError("SymPy has no closed form of a derivative")
    arguments = [v for v in _flat(symbols_of(*shapes)) if isinstance(v, Symbol)]
    return lambdify(arguments, wanted, "mpmath", cse=cse, dummify=True)
'''
_FLAT = '''\
def _flat(values, order="C"):
    """The elements of several arrays in one list."""
    return [u for v in values for u in np.ravel(v, order)]
'''


@dataclass(frozen=True, slots=True)
class _Vectors:
    """The file being written; ``places`` are the inputs that index, and stay numbers."""

    module: Module
    strict: bool
    digits: str
    places: frozenset[str]

    @property
    def steps(self) -> bool:
        return has_steps(self.module.model.value)

    def derivative(self, value: str, parameter: str) -> str:
        """The text of a derivative."""
        return f"_derivative({value}, {parameter})" if self.steps else f"{value}.diff({parameter})"

    @property
    def inputs(self) -> list[Input]:
        return self.module.inputs

    @property
    def names(self) -> list[str]:
        return self.module.arguments

    @property
    def count(self) -> int:
        return len(self.module.model.value.params)


def write_vectors(module: Module) -> str:
    """The text of the file."""
    model = module.model
    functions = [f for f in (model.value, model.report) if f is not None]
    places = frozenset().union(*map(_places, functions))
    strict = not any(map(compares, functions))
    vectors = _Vectors(module, strict, module.names.fresh("digits"), places)
    body = [_value_and_grad(vectors)]
    if model.hessian is not None:
        body.append(_hess(vectors))
    if model.report is not None:
        body += [_results(vectors, model.report), _report(vectors, model.report)]
    parts: list[Sequence[str]] = [lines_of(_SYMBOLS), lines_of(_ARRAY)]
    parts += [lines_of(_GIVEN)] if places else []
    parts += [_symbols_of(vectors), _expression(vectors)]
    parts += [lines_of(DERIVATIVE)] if vectors.steps else []
    parts += [_gradient(vectors), _shapes(vectors), _wanted(vectors)]
    parts += [lines_of(_FLAT), lines_of(_COMPILED)]
    lines = [line for part in parts for line in part]
    parts += runtime(lines, "True", "shapes, ")
    parts += [*body, main_lines(module)]
    notes = [
        "expression() takes symbols or numbers, vectors as arrays: symbols_of() gives symbols in"
        " the shapes asked for. value_and_grad() evaluates with as many digits as it takes."
    ]
    return write_file(module, notes, parts)


def _places(function: Function) -> frozenset[str]:
    """Inputs whose values say which elements are meant."""
    graph = function.graph
    marks = reachable(graph, list(function.outputs.values()))
    roots = [
        graph.args(node)[_INDICES[graph.prim(node)]]
        for node in range(len(marks))
        if marks[node] and graph.prim(node) in _INDICES
    ]
    if not roots:
        return frozenset()
    used = reachable(graph, roots)
    return frozenset(i.name for i in function.inputs if i.node < len(used) and used[i.node])


def _symbols_of(vectors: _Vectors) -> list[str]:
    names = vectors.names
    lines = call("def symbols_of", names, ":")
    kept = ", the places to index being numbers" if vectors.places else ""
    lines += docstring(f"Symbols in these shapes, () for a scalar{kept}.")
    made: list[str] = []
    for item, name in zip(vectors.inputs, names, strict=True):
        if item.name in vectors.places:
            made.append(f"_array({name})")
            continue
        text = label(item.name, name)
        assumed = assumptions(item, strict=vectors.strict)
        made.append(f"_symbols({text}, {name}, {assumed})")
    lines.append("    return (")
    return [*lines, *(f"        {text}," for text in made), "    )"]


def _arrays(vectors: _Vectors) -> list[str]:
    names = vectors.names
    listed = ", ".join(tuple_of(names))
    return unpack(names, "map", ["_array", f"({listed})"]) if names else []


def _body(
    vectors: _Vectors, function: Function, last: Sequence[int]
) -> tuple[list[str], dict[int, str]]:
    """The statements of a function over arrays, and the texts of its results."""
    module = vectors.module
    target = replace(module.target, syntax=ARRAYS)
    inner = Module(module.model, target, module.names, module.users)
    plan = inner.plan(function, last, module.names.copy(), element)
    return assignments(plan.statements, loop_lines), {node: plan.text(node) for node in last}


def _expression(vectors: _Vectors) -> list[str]:
    function = vectors.module.model.value
    rows = ", one entry a row" if function.per_observation else ""
    lines = call("def expression", vectors.names, ":")
    lines += docstring(f"The value of the model{rows}, of symbols or numbers.")
    body, texts = _body(vectors, function, [function.value])
    return [*lines, *_arrays(vectors), *body, *statement("return ", texts[function.value])]


def _gradient(vectors: _Vectors) -> list[str]:
    lines = call("def gradient", vectors.names, ":")
    lines += docstring("Derivatives of each entry of the value in each parameter's symbols.")
    params = vectors.names[: vectors.count]
    listed = ", ".join(tuple_of(params))
    lines.append(f"    parameters = [p for v in ({listed}) for p in np.ravel(v)]")
    lines += call("value = expression", vectors.names, "", 4)
    one = vectors.derivative("sympify(v)", "p")
    lines.append(f"    return [[{one} for p in parameters] for v in np.ravel(value)]")
    return lines


def _wanted(vectors: _Vectors) -> list[str]:
    model = vectors.module.model
    parameters = f"arguments[:{vectors.count}]"
    lines = ["@cache", "def _wanted(kind, shapes):"]
    lines += docstring("The shape of the value, and all expressions in one list.")
    lines.append("    arguments = symbols_of(*shapes)")
    if model.report is not None:
        lines.append('    if kind == "report":')
        lines.append("        found = _results(*arguments)")
        lines.append(
            "        return [np.shape(v) for v in found], list(map(sympify, _flat(found)))"
        )
    lines.append("    value = expression(*arguments)")
    lines.append("    wanted = list(map(sympify, np.ravel(value)))")
    lines.append(f"    size = sum(v.count_ops() for v in wanted)*np.size(_flat({parameters}))")
    lines.append(f"    if size > {_MOST_WORK}:")
    message = "too many rows for SymPy: they would take minutes"
    lines.append(f'        raise NotImplementedError("{message}")')
    if model.hessian is not None:
        lines.append('    if kind == "hessian":')
        lines.append(f'        parameters = _flat({parameters}, "F")')
        first, second = vectors.derivative("total", "p"), vectors.derivative("g", "p")
        lines.append("        total = sympify(sum(wanted))")
        lines.append(f"        first = [{first} for p in parameters]")
        lines.append(f"        return None, [{second} for g in first for p in parameters]")
    lines.append("    wanted += [g for row in gradient(*arguments) for g in row]")
    return [*lines, "    return np.shape(value), wanted"]


def _shapes(vectors: _Vectors) -> list[str]:
    """The function that turns arguments into shapes, data recycled."""
    lines = call("def _shapes", vectors.names, ":")
    lines += docstring("The arguments, data recycled to one length, and their shapes.")
    function = vectors.module.model.value
    users = vectors.module.users
    for item in function.params:
        if item.type.count is not None:
            shape = item.type.known_shape
            lines.append(f"    if np.shape({users[item.name]}) != {shape}:")
            lines.append(f'        raise ValueError("{users[item.name]} has another shape")')
    lines += check_lines(vectors.module, strict=vectors.strict, scalars=False)
    indexed = any(
        record[0] in ("index", "scatter") and function.graph.types[record[2]].length is None
        for record in function.graph.records
    )
    for group in row_groups(function):
        names = [users[item.name] for item in group.inputs]
        if group.count is not None:
            for name in names:
                lines.append(f"    {name} = np.broadcast_to({name}, ({group.count},))")
        elif len(names) > 1:
            lines += unpack(names, "np.broadcast_arrays", names)
        if indexed and group.count is None:
            lines += [f"    {name} = np.atleast_1d({name})" for name in names]
    found = [
        f"_given({name})" if item.name in vectors.places else f"np.shape({name})"
        for item, name in zip(vectors.inputs, vectors.names, strict=True)
    ]
    kept = [
        name
        for item, name in zip(vectors.inputs, vectors.names, strict=True)
        if item.name not in vectors.places
    ]
    lines += bracketed("shapes = (", tuple_of(found), ")")
    return [*lines, *bracketed("return shapes, _flat([", kept, "])")]


def _opened(vectors: _Vectors, name: str, text: str) -> list[str]:
    lines = documented(name, vectors.names, vectors.digits, text)
    return [*lines, *call("shapes, arguments = _shapes", vectors.names, "", 4)]


def _value_and_grad(vectors: _Vectors) -> list[str]:
    by_row = vectors.module.model.value.per_observation
    shape = ", row by row" if by_row else ""
    text = f"The value and a tuple of its derivatives in the parameters{shape}."
    lines = _opened(vectors, "value_and_grad", text)
    lines.append(f'    found = _evaluated("gradient", shapes, arguments, {vectors.digits})')
    lines.append('    shape = _wanted("gradient", shapes)[0]')
    lines.append("    count = int(np.prod(shape))")
    lines.append("    rows = np.array(found[count:], object).reshape(count, -1)")
    lines.append("    gradients, place = [], 0")
    lines.append(f"    for own in shapes[:{vectors.count}]:")
    lines.append("        size = int(np.prod(own))")
    lines.append("        part = rows[:, place:place + size]")
    lines.append("        gradients.append(part.reshape((*shape, *own))[()])")
    lines.append("        place += size")
    lines.append("    value = np.array(found[:count], object).reshape(shape)[()]")
    return [*lines, "    return value, tuple(gradients)"]


def _hess(vectors: _Vectors) -> list[str]:
    by_row = vectors.module.model.value.per_observation
    summed = " of the value summed over rows" if by_row else ""
    lines = _opened(vectors, "hess", f"The matrix of second derivatives{summed}.")
    lines.append(f'    found = _evaluated("hessian", shapes, arguments, {vectors.digits})')
    return [*lines, "    p = int(round(len(found)**0.5))", "    return np.reshape(found, (p, p))"]


def _results(vectors: _Vectors, function: Function) -> list[str]:
    lines = call("def _results", vectors.names, ":")
    lines += docstring("Results of the model, of symbols or numbers.")
    body, texts = _body(vectors, function, list(function.reports.values()))
    lines += [*_arrays(vectors), *body, "    return ("]
    for _, text in report_dict(function, texts):
        lines += statement("", text, 8, ",")
    return [*lines, "    )"]


def _report(vectors: _Vectors, function: Function) -> list[str]:
    lines = _opened(vectors, "report", "Results of the model by name.")
    labels = [
        name for name, _ in report_dict(function, dict.fromkeys(function.outputs.values(), ""))
    ]
    quoted = tuple_of([f'"{name}"' for name in labels])
    lines.append(f'    found = _evaluated("report", shapes, arguments, {vectors.digits})')
    lines += bracketed("names = (", quoted, ")")
    lines.append("    results, place = {}, 0")
    lines.append('    for name, shape in zip(names, _wanted("report", shapes)[0]):')
    lines.append("        size = int(np.prod(shape))")
    lines.append("        part = np.array(found[place:place + size], object)")
    lines.append("        results[name] = part.reshape(shape)[()]")
    lines.append("        place += size")
    return [*lines, "    return results"]
