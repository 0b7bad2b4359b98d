"""Calls behind which TensorFlow's tape follows no number, with the reason and what mends it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gradc.checking.python_file import dotted, last_name

_BRIDGE = (
    "tf.custom_gradient gives it a derivative; gradc.bridge.tensorflow does it for a foreign one"
)
_NUMPY = ("np", "numpy", "math", "scipy", "special", "stats", "sp")
_SAME_IN_TF: Mapping[str, str] = {
    "exp": "tf.exp", "log": "tf.math.log", "log1p": "tf.math.log1p", "expm1": "tf.math.expm1",
    "sqrt": "tf.sqrt", "abs": "tf.abs", "tanh": "tf.tanh", "sin": "tf.sin", "cos": "tf.cos",
    "tan": "tf.tan", "sinh": "tf.sinh", "cosh": "tf.cosh", "square": "tf.square",
    "power": "tf.pow", "pow": "tf.pow", "sum": "tf.reduce_sum", "mean": "tf.reduce_mean",
    "maximum": "tf.maximum", "minimum": "tf.minimum", "where": "tf.where", "dot": "tf.tensordot",
    "matmul": "tf.matmul", "max": "tf.reduce_max", "min": "tf.reduce_min", "prod":
    "tf.reduce_prod", "clip": "tf.clip_by_value", "expit": "tf.sigmoid", "gammaln":
    "tf.math.lgamma", "lgamma": "tf.math.lgamma", "erf": "tf.math.erf", "arctan": "tf.atan",
    "logaddexp": "tf.reduce_logsumexp", "stack": "tf.stack", "concatenate": "tf.concat",
}  # fmt: skip
_FLAT = ("argmax", "argmin", "round", "rint", "floor", "ceil", "sign", "argsort")
_FOREIGN = ("r", "robjects", "ro", "rpy2", "R", "globalenv")
_METHODS = ("numpy", "item", "tolist")


@dataclass(frozen=True, slots=True)
class Cut:
    """A call that the tape does not follow: its node, why, and what would mend it."""

    node: ast.Call
    why: str
    mend: str


def cuts_in(node: ast.AST) -> Iterator[Cut]:
    """The calls of a statement that cut the tape, the innermost first."""
    calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    for call in reversed(calls):
        found = _cut(call)
        if found is not None:
            yield found


def _cut(call: ast.Call) -> Cut | None:
    name, whole = last_name(call.func), dotted(call.func)
    module = whole.partition(".")[0] if "." in whole else ""
    if isinstance(call.func, ast.Attribute) and not call.args and name in _METHODS:
        made = "an array" if name != "item" else "a number of Python"
        return Cut(call, f"`.{name}()` turns the tensor into {made}", f"leave out .{name}()")
    if name in ("assign", "assign_add", "assign_sub") and isinstance(call.func, ast.Attribute):
        why = f"`.{name}()` writes into a variable, and a variable starts anew for the tape"
        return Cut(call, why, "compute a new tensor instead")
    if not module and name in ("float", "int"):
        return Cut(
            call, f"`{name}()` makes a number of Python of the tensor", f"leave out {name}()"
        )
    if module in _NUMPY:
        mend = _SAME_IN_TF.get(name)
        return Cut(
            call,
            f"`{whole}` computes outside of TensorFlow",
            f"{mend} instead of {whole}" if mend else _BRIDGE,
        )
    if module in _FOREIGN or (not whole and _is_foreign(call.func)):
        return Cut(call, "R computes this, and the tape sees none of it", _BRIDGE)
    return _of_tensorflow(call, name, whole) if module in ("tf", "tensorflow") else None


def _is_foreign(function: ast.expr) -> bool:
    while isinstance(function, ast.Subscript | ast.Attribute | ast.Call):
        function = function.func if isinstance(function, ast.Call) else function.value
    return isinstance(function, ast.Name) and function.id in _FOREIGN


def _of_tensorflow(call: ast.Call, name: str, whole: str) -> Cut | None:
    if name == "Variable":
        return Cut(call, f"`{whole}` makes a new variable of the numbers", f"leave out {whole}()")
    if name in ("numpy_function", "py_function", "py_func"):
        return Cut(call, f"`{whole}` runs code that the tape cannot see", _BRIDGE)
    if name == "stop_gradient":
        return Cut(call, f"`{whole}` cuts the derivative on purpose", f"leave out {whole}()")
    if name in _FLAT:
        return Cut(call, f"`{whole}` has no derivative", "a smooth function in its place")
    if name == "cast" and len(call.args) > 1 and "int" in ast.unparse(call.args[1]):
        return Cut(call, f"`{whole}` makes integers, which have no derivative", "keep real numbers")
    return None


def names_used(node: ast.AST) -> set[str]:
    """The names whose numbers a statement uses; sizes and types do not count."""
    found: set[str] = set()
    pending: list[ast.AST] = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Attribute) and part.attr in ("shape", "dtype", "ndim", "name"):
            continue
        if isinstance(part, ast.Call) and last_name(part.func) in ("len", "print", "shape"):
            continue
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            found.add(part.id)
        pending += ast.iter_child_nodes(part)
    return found
