"""Target sympy: the expression with its assumptions, differentiated and evaluated by SymPy."""

from __future__ import annotations

from gradc.emit import EmitModel, Emitted
from gradc.emit.loops import LOOPS
from gradc.errors import fail
from gradc.ir import Function, Graph, reachable
from gradc.targets.numpy_tensors import SPECIAL as MOVES
from gradc.targets.python import open_module
from gradc.targets.python_reports import labels_of
from gradc.targets.sympy_arrays import TENSORS
from gradc.targets.sympy_flat import is_flat, write_flat
from gradc.targets.sympy_module import TAKEN
from gradc.targets.sympy_spellings import ELEMENTWISE
from gradc.targets.sympy_syntax import FLAT
from gradc.targets.sympy_vectors import write_vectors
from gradc.targets.target import Target

# SymPy differentiates by recursion: at four nested operations a level of a recurrence it takes
# a second at 20 levels, and at 40 the interpreter's stack ends.
_DEEPEST = 90
# Written out without shared parts. Four thousand operations take it some ten seconds.
_LARGEST = 4000
_MOST_PARAMETERS = 60


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME_sympy.py: symbols, ``expression``, ``gradient``, and ``value_and_grad``."""
    _refuse_large(model.value)
    module = open_module(model, target, TAKEN)
    functions = [f for f in (model.value, model.report) if f is not None]
    text = write_flat(module) if all(map(is_flat, functions)) else write_vectors(module)
    return Emitted({f"{model.name}_sympy.py": text}, module.users, labels_of(model))


def _refuse_large(function: Function) -> None:
    """GradcError (G303) for a formula that SymPy would work on for minutes."""
    graph = function.graph
    marks = reachable(graph, [function.value])
    sizes, heights = [0] * len(marks), [0] * len(marks)
    for node in range(len(marks)):
        if not marks[node]:
            continue
        args = graph.args(node)
        if args:
            sizes[node] = min(1 + sum(sizes[arg] * _times(graph, node, arg) for arg in args), 10**9)
            heights[node] = max(heights[arg] + _nests(graph, node, arg) for arg in args)
    size, height = max(sizes, default=0), max(heights, default=0)
    count = sum(item.type.count or 1 for item in function.params)
    if count > _MOST_PARAMETERS:
        what = f"of {count} parameters"
    elif height > _DEEPEST:
        what = f"{height} operations deep"
    elif size > _LARGEST:
        what = f"{size} operations long" if size < 10**9 else "longer than a billion operations"
    else:
        return
    raise fail(
        "G303",
        f"target 'sympy' does not have this model: the formula is {what} where it is written"
        f" out, and {_DEEPEST} deep, {_LARGEST} long and {_MOST_PARAMETERS} parameters are the most"
        " that SymPy differentiates in a minute",
        graph.place(function.value),
    )


def _nests(graph: Graph, node: int, arg: int) -> bool:
    """Whether a node adds a level: a sum of sums is one sum to SymPy."""
    one, other = graph.prim(node), graph.prim(arg)
    return not any(one in chain and other in chain for chain in (("add", "sub"), ("mul", "neg")))


def _times(graph: Graph, node: int, arg: int) -> int:
    """How often the formula of an argument's element stands in that of a node's."""
    of, into = graph.types[arg].count or 1, graph.types[node].count or 1
    return max(1, of // into)


TARGET = Target(
    name="sympy",
    doc="SymPy expressions: the formula, its gradient by SymPy, evaluated to any digits",
    needs=("sympy",),
    patterns=("{}_sympy.py",),
    syntax=FLAT,
    write=write,
    spell={**ELEMENTWISE, **TENSORS},
    native=LOOPS | MOVES.keys() | {"matmul", "matvec"},
    exact=True,
)
