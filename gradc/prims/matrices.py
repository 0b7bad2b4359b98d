"""The table, part six: matrices. Places count from 1, a matrix is column-major."""

from __future__ import annotations

from typing import Any

from gradc.prims import matrix_rules as rules
from gradc.prims import matrix_shapes as shapes
from gradc.prims.schema import Prim, tensor


def _moves(name: str, params: str, doc: str, shape: Any, back: Any, spell: dict[str, Any]) -> Prim:
    """An entry that is linear in its first argument; ``back`` gives its transpose."""
    jvp, transpose = rules.linear(name, back)
    return tensor(name, params, doc, shape, jvp, transpose, spell)


PRIMS: tuple[Prim, ...] = (
    _moves(
        "reshape",
        "v",
        "the matrix with these numbers column by column; attrs are rows and columns",
        shapes.reshape_shape,
        lambda b, args, attrs, bar: b.apply("as_vector", [bar]),
        {},
    ),
    _moves(
        "as_vector",
        "m",
        "the numbers of a matrix column by column",
        shapes.as_vector_shape,
        lambda b, args, attrs, bar: b.apply(
            "reshape", [bar], shapes.matrix_sizes(b.graph, args[0])
        ),
        {
            "r": "as.vector({m})",
            "numpy": '{m}.ravel(order="F")',
            "tf": "tf.reshape(tf.transpose({m}), [-1])",
        },
    ),
    _moves(
        "t",
        "m",
        "the transpose",
        shapes.t_shape,
        lambda b, args, attrs, bar: rules.transposed(b, bar),
        {"r": "t", "numpy": "{m}.T", "tf": "tf.transpose"},
    ),
    tensor(
        "matmul",
        "x y",
        "product of two matrices",
        shapes.matmul_shape,
        *rules.MATMUL,
        {"tf": "tf.matmul"},
    ),
    tensor(
        "matvec",
        "m v",
        "product of a matrix and a vector",
        shapes.matvec_shape,
        *rules.MATVEC,
        {"tf": "tf.linalg.matvec"},
    ),
    tensor(
        "outer",
        "u v",
        "all products of two vectors, u by row and v by column",
        shapes.outer_shape,
        *rules.OUTER,
        {"r": "outer", "numpy": "np.outer", "tf": "tf.tensordot({u}, {v}, 0)"},
    ),
    _moves(
        "row_sums",
        "m",
        "sums over the columns, one a row",
        shapes.rows_shape,
        lambda b, args, attrs, bar: b.apply("spread_rows", [bar, args[0]]),
        {"r": "rowSums", "numpy": "{m}.sum(axis=1)", "tf": "tf.reduce_sum({m}, 1)"},
    ),
    _moves(
        "col_sums",
        "m",
        "sums over the rows, one a column",
        shapes.columns_shape,
        lambda b, args, attrs, bar: b.apply("spread_cols", [bar, args[0]]),
        {"r": "colSums", "numpy": "{m}.sum(axis=0)", "tf": "tf.reduce_sum({m}, 0)"},
    ),
    _moves(
        "spread_rows",
        "v like",
        "a matrix shaped as like, each column of which is v",
        shapes.spread_shape(0),
        lambda b, args, attrs, bar: b.apply("row_sums", [bar]),
        {
            "r": "matrix({v}, nrow({like}), ncol({like}))",
            "numpy": "np.broadcast_to({v}[:, None], {like}.shape)",
            "tf": "tf.broadcast_to({v}[:, None], tf.shape({like}))",
        },
    ),
    _moves(
        "spread_cols",
        "v like",
        "a matrix shaped as like, each row of which is v",
        shapes.spread_shape(1),
        lambda b, args, attrs, bar: b.apply("col_sums", [bar]),
        {
            "r": "matrix({v}, nrow({like}), ncol({like}), byrow = TRUE)",
            "numpy": "np.broadcast_to({v}, {like}.shape)",
            "tf": "tf.broadcast_to({v}, tf.shape({like}))",
        },
    ),
    tensor(
        "nrow",
        "m",
        "number of rows",
        shapes.scalar_shape,
        rules.nothing,
        rules.nothing,
        {"r": "nrow", "numpy": "{m}.shape[0]", "tf": "tf.cast(tf.shape({m})[0], dtype)"},
    ),
    tensor(
        "ncol",
        "m",
        "number of columns",
        shapes.scalar_shape,
        rules.nothing,
        rules.nothing,
        {"r": "ncol", "numpy": "{m}.shape[1]", "tf": "tf.cast(tf.shape({m})[1], dtype)"},
    ),
    _moves(
        "get_col",
        "m",
        "one column; attrs is its number",
        shapes.get_col_shape,
        lambda b, args, attrs, bar: b.apply("put_col", [bar, args[0]], attrs),
        {"r": "{m}[, {k}]", "numpy": "{m}[:, {k0}]", "tf": "{m}[:, {k0}]"},
    ),
    _moves(
        "get_row",
        "m",
        "one row; attrs is its number",
        shapes.get_row_shape,
        lambda b, args, attrs, bar: b.apply("put_row", [bar, args[0]], attrs),
        {"r": "{m}[{k}, ]", "numpy": "{m}[{k0}]", "tf": "{m}[{k0}]"},
    ),
    _moves(
        "put_col",
        "v like",
        "zeros shaped as like, but v in one column; attrs is its number",
        shapes.like_second,
        lambda b, args, attrs, bar: b.apply("get_col", [bar], attrs),
        {
            "r": "put_col({v}, {like}, {k})",
            "numpy": "_put({v}, {like}, np.s_[:, {k0}])",
            "tf": "tf.pad({v}[:, None], [[0, 0], [{k0}, tf.shape({like})[1] - {k}]])",
        },
    ),
    _moves(
        "put_row",
        "v like",
        "zeros shaped as like, but v in one row; attrs is its number",
        shapes.like_second,
        lambda b, args, attrs, bar: b.apply("get_row", [bar], attrs),
        {
            "r": "put_row({v}, {like}, {k})",
            "numpy": "_put({v}, {like}, {k0})",
            "tf": "tf.pad({v}[None, :], [[{k0}, tf.shape({like})[0] - {k}], [0, 0]])",
        },
    ),
    _moves(
        "entry",
        "m",
        "one number of a matrix; attrs are its row and column",
        shapes.entry_shape,
        lambda b, args, attrs, bar: b.apply("put_entry", [bar, args[0]], attrs),
        {"r": "{m}[{i}, {j}]", "numpy": "{m}[{i0}, {j0}]", "tf": "{m}[{i0}, {j0}]"},
    ),
    _moves(
        "put_entry",
        "x like",
        "zeros shaped as like, but x at one place; attrs are its row and column",
        shapes.like_second,
        lambda b, args, attrs, bar: b.apply("entry", [bar], attrs),
        {
            "r": "put_entry({x}, {like}, {i}, {j})",
            "numpy": "_put({x}, {like}, ({i0}, {j0}))",
            "tf": "tf.scatter_nd([[{i0}, {j0}]], [{x}], tf.shape({like}))",
        },
    ),
    _moves(
        "gather_rows",
        "m i",
        "the rows of a matrix with the numbers i",
        shapes.gather_rows_shape,
        lambda b, args, attrs, bar: b.apply("scatter_rows", [bar, args[1], args[0]]),
        {
            "r": "{m}[{i}, , drop = FALSE]",
            "numpy": "{m}[_places({i}, len({m}))]",
            "tf": "tf.gather({m}, _places({i}))",
        },
    ),
    _moves(
        "scatter_rows",
        "v i like",
        "zeros shaped as like, each row of v added to the row i",
        shapes.scatter_rows_shape,
        lambda b, args, attrs, bar: b.apply("gather_rows", [bar, args[1]]),
        {
            "r": "scatter_rows({v}, {i}, nrow({like}))",
            "numpy": "_scatter_add({v}, _places({i}, len({like})), len({like}))",
            "tf": "_scatter_add({v}, _places({i}), tf.shape({like})[0])",
        },
    ),
    tensor(
        "bind_cols",
        "v",
        "vectors side by side",
        shapes.bind_shape,
        rules.bind_jvp,
        rules.bind_transpose,
        {"r": "cbind({*})"},
        variadic=True,
    ),
    _moves(
        "diag_matrix",
        "v",
        "the diagonal matrix of a vector",
        shapes.diag_matrix_shape,
        lambda b, args, attrs, bar: b.apply("diag_part", [bar]),
        {"r": "diag({v}, length({v}))", "numpy": "np.diag", "tf": "tf.linalg.diag"},
    ),
    _moves(
        "diag_part",
        "m",
        "the diagonal of a square matrix",
        shapes.diag_part_shape,
        lambda b, args, attrs, bar: b.apply("diag_matrix", [bar]),
        {"r": "diag", "numpy": "np.diag", "tf": "tf.linalg.diag_part"},
    ),
    tensor(
        "half_lower",
        "m",
        "the lower triangle, its diagonal halved",
        shapes.square_shape,
        rules.linear("half_lower", None)[0],
        rules.half_lower_transpose,
        {"r": "half_lower", "numpy": "_half_lower", "tf": "_half_lower"},
    ),
    tensor(
        "solve",
        "a b",
        "the matrix X of A X = B",
        shapes.solve_shape,
        *rules.SOLVE,
        {"r": "solve", "numpy": "np.linalg.solve", "tf": "tf.linalg.solve"},
    ),
    tensor(
        "solvevec",
        "a b",
        "the vector x of A x = b",
        shapes.solvevec_shape,
        *rules.SOLVEVEC,
        {
            "r": "solve",
            "numpy": "np.linalg.solve",
            "tf": "tf.linalg.solve({a}, {b}[:, None])[:, 0]",
        },
    ),
    tensor(
        "inverse",
        "a",
        "the inverse of a square matrix",
        shapes.square_shape,
        rules.inverse_jvp,
        rules.inverse_transpose,
        {"r": "solve", "numpy": "np.linalg.inv", "tf": "tf.linalg.inv"},
    ),
    tensor(
        "logdet",
        "a",
        "logarithm of the absolute value of the determinant",
        shapes.square_to_scalar,
        rules.logdet_jvp,
        rules.logdet_transpose,
        {
            "r": "as.numeric(determinant({a})$modulus)",
            "numpy": "np.linalg.slogdet({a})[1]",
            "tf": "tf.linalg.slogdet({a})[1]",
        },
    ),
    tensor(
        "det",
        "a",
        "the determinant",
        shapes.square_to_scalar,
        rules.det_jvp,
        rules.det_transpose,
        {"r": "det", "numpy": "np.linalg.det", "tf": "tf.linalg.det"},
    ),
    tensor(
        "chol",
        "a",
        "the upper triangular factor R of A = R' R, of a positive definite matrix",
        shapes.square_shape,
        rules.chol_jvp,
        rules.chol_transpose,
        {
            "r": "chol",
            "numpy": "np.linalg.cholesky({a}.T).T",
            "tf": "tf.transpose(tf.linalg.cholesky(tf.transpose({a})))",
        },
    ),
)
