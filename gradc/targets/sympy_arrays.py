"""Vectors and matrices for SymPy: NumPy's arrays whose elements are symbols and expressions."""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims import Spelling, Unsupported

_DERIVED = Unsupported("SymPy differentiates by itself and does not need it")

TENSORS: Mapping[str, Spelling] = {
    "sum": "Add(*np.ravel({x}))",
    "prod": "np.prod",
    "min": "Min(*{x})",
    "max": "Max(*{x})",
    "length": "Integer(np.size({x}))",
    "index": "{x}[{k0}]",
    "stack": "np.array([{*}], object)",
    "broadcast": "np.full(np.shape({like}), {x}, object)",
    "scatter": "_put({x}, {like}, {k0})",
    "gather": "{x}[_places({i}, len({x}))]",
    "cumsum": "np.cumsum",
    "rev": "{x}[::-1]",
    "log_sum_exp": "_log_sum_exp",
    "as_vector": '{m}.ravel(order="F")',
    "t": "{m}.T",
    "outer": "np.outer",
    "row_sums": "{m}.sum(axis=1)",
    "col_sums": "{m}.sum(axis=0)",
    "spread_rows": "np.broadcast_to({v}[:, None], {like}.shape)",
    "spread_cols": "np.broadcast_to({v}, {like}.shape)",
    "nrow": "Integer({m}.shape[0])",
    "ncol": "Integer({m}.shape[1])",
    "get_col": "{m}[:, {k0}]",
    "get_row": "{m}[{k0}]",
    "put_col": "_put({v}, {like}, np.s_[:, {k0}])",
    "put_row": "_put({v}, {like}, {k0})",
    "entry": "{m}[{i0}, {j0}]",
    "put_entry": "_put({x}, {like}, ({i0}, {j0}))",
    "gather_rows": "{m}[_places({i}, len({m}))]",
    "gather_cells": "{m}[np.arange(len({m})), _places({i}, {m}.shape[1])]",
    "diag_matrix": "np.diag",
    "diag_part": "np.diag",
    "solve": "_solve",
    "solvevec": "_solve",
    "inverse": "_inverse",
    "logdet": "log(Abs(_det({a})))",
    "det": "_det",
    "chol": "_chol",
    "prod_others": _DERIVED,
    "scatter_add": _DERIVED,
    "scatter_rows": _DERIVED,
    "scatter_cells": _DERIVED,
    "half_lower": _DERIVED,
}

FUNCTIONS: Mapping[str, str] = {
    "_log_sum_exp": '''\
def _log_sum_exp(x):
    """The logarithm of the sum of exponentials."""
    return log(sum(exp(v) for v in x))
''',
    "_put": '''\
def _put(x, like, place):
    """Zeros in the shape of ``like``, but x at a place."""
    result = np.full(np.shape(like), Integer(0), object)
    result[place] = x
    return result
''',
    "_solve": '''\
def _solve(a, b):
    """The solution of a linear system."""
    found = Matrix(a).LUsolve(Matrix(b))
    return np.array(found.tolist(), object).reshape(np.shape(b))
''',
    "_inverse": '''\
def _inverse(a):
    """The inverse of a matrix."""
    return np.array(Matrix(a).inv(method="ADJ").tolist(), object)
''',
    "_det": '''\
def _det(a):
    """The determinant of a matrix."""
    return Matrix(a).det(method="berkowitz")
''',
    "_chol": '''\
def _chol(a):
    """The upper triangular factor of a positive definite matrix."""
    lower = np.full(np.shape(a), Integer(0), object)
    for i in range(len(a)):
        for j in range(i + 1):
            rest = a[i, j] - sum(lower[i, k]*lower[j, k] for k in range(j))
            lower[i, j] = sqrt(rest) if i == j else rest/lower[j, j]
    return lower.T
''',
    "_places": '''\
def _places(i, n):
    """Places counted from 1 as places counted from 0."""
    places = [int(k) - 1 for k in i]
    if any(not 0 <= k < n or k + 1 != v for k, v in zip(places, i)):
        raise IndexError(f"an index is no whole number from 1 to {n}")
    return np.array(places, int)
''',
    "_each": '''\
def _each(function, *arguments):
    """A function of every element, numbers recycled."""
    return np.frompyfunc(function, len(arguments), 1)(*arguments)
''',
}
"""Functions that a file defines for itself where it calls them."""
