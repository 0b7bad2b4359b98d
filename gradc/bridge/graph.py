"""An R function as an operation of a TensorFlow graph, with its gradient."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from gradc.bridge.functions import Asked, Call, RProcess
from gradc.bridge.shapes import Results
from gradc.bridge.signature import Signature
from gradc.errors import GradcError, fail, render

# What XLA says about an operation that it cannot compile has this name in it.
_NAME = "r_function_needs_jit_compile_False"


class TensorFlowFunction:
    """An R function of tensors that TensorFlow differentiates by the R gradient.

    It takes R's arguments by position or by name: tensors, variables, arrays, numbers. R computes
    in float64; the result has the dtype of the differentiable arguments. It works eagerly, inside
    ``tf.function`` and in Keras training, not under ``jit_compile=True``. R runs in a process of
    its own, one call at a time, until :meth:`close` or the end of a ``with`` block.

    Raises: GradcError when called eagerly, and inside a graph a ``tf.errors`` exception with the
    same message: (G801) wrong arguments, (G802, G803) value or gradient of another shape, (G804)
    a derivative that R was not asked to give, (G805) after closing, (G404 to G407) R failed.
    """

    def __init__(self, process: RProcess, signature: Signature) -> None:
        self._process = process
        self._signature = signature
        self.__name__ = self.__qualname__ = process.code.label
        self.__signature__ = _python_signature(signature)

    def __repr__(self) -> str:
        given = ", ".join(self._signature.names)
        wrt = ", ".join(self._signature.wrt)
        return f"<{self.__name__}({given}) in R, differentiable in {wrt}>"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of all arguments, in order."""
        return self._signature.names

    @property
    def wrt(self) -> tuple[str, ...]:
        """The names of the arguments that have a derivative."""
        return self._signature.wrt

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def __call__(self, *values: Any, **named: Any) -> Any:
        signature = self._signature
        given = signature.arranged(values, named)
        tensors, dtypes = [], []
        for name, value in given.items():
            tensor = _as_tensor(name, value)
            if name in signature.wrt and _decides_dtype(value, tensor):
                dtypes.append(tensor.dtype)
            tensors.append(tf.cast(tensor, tf.float64))
        value = _Operation(self._process, signature, tuple(given)).apply(tensors)
        return tf.cast(value, max(dtypes, key=_precision, default=tf.float64))

    def layer(self, weights: Mapping[str, Any], **options: Any) -> Any:
        """A Keras layer that trains some of the arguments.

        ``weights`` has their initial values; the layer is called with the other arguments, one
        tensor or a list in their order. ``options`` are those of any Keras layer.
        """
        from gradc.bridge.layer import layer

        return layer(self, self._signature, weights, options)

    def close(self) -> None:
        """End the R process."""
        self._process.close()

    def __enter__(self) -> TensorFlowFunction:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class _Operation:
    """One use of the function: what is given, and so what is called in R."""

    process: RProcess
    signature: Signature
    names: tuple[str, ...]

    def apply(self, tensors: list[Any]) -> Any:
        """The value, recorded with its gradient."""
        graph = _graph()
        places = self.wrt
        tensors = [
            tensor if place in places else self._guarded(name, tensor, graph)
            for place, (name, tensor) in enumerate(zip(self.names, tensors, strict=True))
        ]
        self._check_rows(tensors)

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def function(*xs: Any) -> Any:
            if self.signature.fused:
                value, *known = self._host("both", xs)
            else:
                (value,), known = self._host("value", xs), []

            def backward(upstream: Any) -> list[Any]:
                jacobians = self._jacobian(xs, known, graph)
                return [
                    self._pulled(upstream, jacobians[places.index(k)], x, k)
                    if k in places
                    else tf.zeros_like(x)  # the guard in front of it refuses
                    for k, x in enumerate(xs)
                ]

            return value, backward

        return function(*tensors)

    @property
    def wrt(self) -> list[int]:
        """Positions of what is differentiated."""
        return [k for k, name in enumerate(self.names) if name in self.signature.wrt]

    def _has_rows(self, place: int) -> bool:
        return self.names[place] in self.signature.batch

    def _guarded(self, name: str, tensor: Any, graph: Any) -> Any:
        """Data: a derivative by it is refused, where it would be missing without a word.

        A tape asks for the derivatives of all that it watches, wanted or not, even behind
        ``tf.stop_gradient``: so what is constant has to be said here.
        """
        if name in self.signature.constant:
            return tf.stop_gradient(tensor)
        label = self.process.code.label
        error = fail(
            "G804",
            f"the gradient of {label} does not cover '{name}', which a tape watches",
            suggestion="add it to wrt=, or to constant= if no derivative by it is wanted",
        )

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def data(x: Any) -> Any:
            return tf.identity(x), lambda upstream: _refused(error, upstream, graph)

        return data(tensor)

    def _jacobian(self, tensors: Sequence[Any], known: list[Any], graph: Any) -> list[Any]:
        """The gradient of each row's value; differentiable itself where R has a Hessian."""

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def jacobian(*xs: Any) -> Any:
            found = known or self._host("gradient", xs)
            return [tf.identity(one) for one in found], lambda *bars: self._second(xs, bars, graph)

        return list(jacobian(*tensors))

    def _second(self, xs: Sequence[Any], bars: Sequence[Any], graph: Any) -> list[Any]:
        """Cotangents of the gradients, pulled back through the Hessian."""
        label = self.process.code.label
        if not self.signature.hessian:
            error = fail(
                "G804",
                f"a second derivative of {label} is wanted, and R has only its gradient",
                suggestion='with hessian=True the value must have the attribute "hessian"',
            )
            return [_refused(error, x, graph) for x in xs]
        error = fail("G804", f"a third derivative of {label} is wanted, which R does not have")

        @tf.custom_gradient  # type: ignore[untyped-decorator]
        def hessian(*ys: Any) -> Any:
            (found,) = self._host("hessian", ys)
            return found, lambda upstream: [_refused(error, y, graph) for y in ys]

        second = hessian(*xs)
        rows, entries = tf.shape(second)[0], tf.shape(second)[1]
        flat = tf.concat([tf.reshape(bar, (rows, entries, -1)) for bar in bars], 2)
        pulled = tf.einsum("bmpq,bmp->bq", second, flat)
        results = [tf.zeros_like(x) for x in xs]
        start = 0
        for k, bar in zip(self.wrt, bars, strict=True):
            size = tf.size(bar) // (rows * entries)
            part = pulled[:, start : start + size]
            part = part if self._has_rows(k) else tf.reduce_sum(part, 0)
            results[k] = tf.reshape(part, tf.shape(xs[k]))
            start += size
        return results

    def _pulled(self, upstream: Any, jacobian: Any, x: Any, place: int) -> Any:
        """The cotangent of one argument."""
        axes = len(self.signature.shape) + bool(self.signature.batch)
        if not self._has_rows(place):
            return tf.tensordot(upstream, jacobian, axes)
        # Entries are counted, since -1 would be ambiguous in a batch without rows.
        rows, entries = tf.shape(x)[0], tf.math.reduce_prod(tf.shape(upstream)[1:])
        size = tf.math.reduce_prod(tf.shape(x)[1:])
        up = tf.reshape(upstream, (rows, 1, entries))
        flat = tf.reshape(jacobian, (rows, entries, size))
        return tf.reshape(up @ flat, tf.shape(x))

    def _host(self, what: str, xs: Sequence[Any]) -> list[Any]:
        """An operation that calls R; its outputs have as much static shape as is known."""
        shapes = self._static_shapes(what, xs)

        def compute(*arrays: Any) -> list[Any]:
            return self._outputs(what, self._asked(arrays).run(what))

        def in_graph(*arrays: Any) -> list[Any]:
            try:
                return compute(*arrays)
            except GradcError as error:
                raise _graph_error(error) from None

        run = compute if tf.executing_eagerly() else in_graph
        outputs = tf.numpy_function(run, list(xs), [tf.float64] * len(shapes), name=_NAME)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        return [tf.ensure_shape(one, shape) for one, shape in zip(outputs, shapes, strict=True)]

    def _asked(self, arrays: Sequence[Any]) -> Asked:
        """The call in R's terms.

        Raises: GradcError (G801) for batches of different length.
        """
        signature = self.signature
        arguments = tuple(np.asarray(one, np.float64) for one in arrays)
        batched = tuple(name in signature.batch for name in self.names)
        rows = _row_count(
            {n: a.shape for n, a, many in zip(self.names, arguments, batched, strict=True) if many}
        )
        together = rows is not None and signature.vectorized
        r_names = tuple(signature.r_name(name) for name in self.names)
        call = Call(self.names, r_names, arguments, batched, None if together else rows)
        shape = (rows, *signature.shape) if together else signature.shape
        return Asked(self.process, call, tuple(self.wrt), shape)

    def _outputs(self, what: str, results: Results) -> list[Any]:
        """The arrays of an operation."""
        if (hessian := results.hessian) is not None:
            # A vectorized function has one call of many rows, where others have a call a row.
            return [hessian.swapaxes(0, 1) if self.signature.vectorized else hessian]
        values = [] if what == "gradient" else [results.value]
        return [*values, *([] if what == "value" else results.gradients)]

    def _static_shapes(self, what: str, xs: Sequence[Any]) -> list[Any]:
        """What is known of the shapes of an operation's outputs before it runs."""
        if what == "hessian":
            return [tf.TensorShape((None, None, None, None))]
        front = [x.shape for k, x in enumerate(xs) if self._has_rows(k)]
        value = tf.TensorShape(self.signature.shape)
        if front:
            value = tf.TensorShape([_leading(front)]).concatenate(value)
        shapes = [] if what == "gradient" else [value]
        if what != "value":
            for k in self.wrt:
                own = xs[k].shape[1:] if self._has_rows(k) else xs[k].shape
                shapes.append(value.concatenate(own))
        return shapes

    def _check_rows(self, tensors: Sequence[Any]) -> None:
        """What is wrong with a batch is said while the graph is made, where it is known then."""
        known = {
            name: tuple(tensor.shape)
            for name, tensor in zip(self.names, tensors, strict=True)
            if name in self.signature.batch and tensor.shape.rank is not None
        }
        _row_count({name: shape for name, shape in known.items() if None not in shape[:1]})


def _row_count(shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    """The rows of a batch, None where no argument has any.

    Raises: GradcError (G801) where they differ, or there are none.
    """
    for name, shape in shapes.items():
        if not shape:
            raise fail("G801", f"'{name}' is a number, and an axis of rows was expected")
        if not shape[0]:
            raise fail("G801", f"'{name}' has no rows")
    lengths = {name: shape[0] for name, shape in shapes.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"'{name}' {length}" for name, length in lengths.items())
        raise fail("G801", f"the arguments differ in rows: {listed}")
    return next(iter(lengths.values()), None)


def _leading(shapes: Sequence[Any]) -> int | None:
    return next((s[0] for s in shapes if s.rank is not None and s[0] is not None), None)


def _graph() -> Any:
    """The graph that is being made, None outside of one."""
    return None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()


def _refused(error: GradcError, like: Any, graph: Any) -> Any:
    """Refuse a derivative that does not exist.

    Where a tape outside of a ``tf.function`` makes the graph of all derivatives, wanted or not,
    the refusal is NaN in the one that does not exist: never zero, and never nothing.
    """
    if _graph() is None or _graph() is graph:
        raise error
    return tf.fill(tf.shape(like), tf.constant(np.nan, like.dtype))


def _graph_error(error: GradcError) -> Exception:
    """The same message for TensorFlow, which makes an InvalidArgumentError of a ValueError."""
    text = "\n".join(render(diagnostic) for diagnostic in error.diagnostics)
    is_shape = error.diagnostics[0].code in ("G801", "G802", "G803")
    return ValueError(text) if is_shape else RuntimeError(text)


def _as_tensor(name: str, value: Any) -> Any:
    """A tensor of numbers: Python's own and NumPy's in float64.

    Raises: GradcError (G801) for anything else.
    """
    try:
        if _is_plain(value):
            tensor = tf.constant(np.asarray(value, np.float64))
        else:
            tensor = tf.convert_to_tensor(value)
    except (TypeError, ValueError) as error:
        raise fail("G801", f"'{name}' is neither a number nor an array of numbers") from error
    if not (tensor.dtype.is_floating or tensor.dtype.is_integer or tensor.dtype.is_bool):
        raise fail("G801", f"'{name}' is a tensor of {tensor.dtype.name}, not of real numbers")
    return tensor


def _is_plain(value: Any) -> bool:
    """Whether there is no tensor in a value."""
    parts = tf.nest.flatten(value)
    return all(isinstance(part, (bool, int, float, np.ndarray, np.generic)) for part in parts)


def _decides_dtype(value: Any, tensor: Any) -> bool:
    """Python's numbers have no precision of their own."""
    if _is_plain(value) and not isinstance(value, (np.ndarray, np.generic)):
        return False
    return bool(tensor.dtype.is_floating)


def _precision(dtype: Any) -> int:
    return int(dtype.size)


def _python_signature(signature: Signature) -> inspect.Signature:
    """For help() and editors; R's names that are no identifiers are left out."""
    parameters = []
    for name in signature.names:
        if not name.isidentifier() or keyword.iskeyword(name):
            return inspect.signature(lambda *values, **named: None)
        optional = name in signature.optional or name in signature.defaults
        default = None if optional else inspect.Parameter.empty
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(inspect.Parameter(name, kind, default=default))
    first = next((k for k, p in enumerate(parameters) if p.default is None), len(parameters))
    return inspect.Signature(
        [p if k < first else p.replace(default=None) for k, p in enumerate(parameters)]
    )
