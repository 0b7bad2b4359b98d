"""Target keras: a Keras 3 layer whose weights are the parameters, and a model that trains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gradc.emit import EmitModel, Emitted
from gradc.emit.header import header
from gradc.emit.layout import WIDTH
from gradc.emit.model import Part, Training
from gradc.emit.numbers import python_number
from gradc.emit.reports import has_bounds
from gradc.ir import Input
from gradc.targets import fit_keras, keras_text, quantiles, saddle, tf
from gradc.targets.keras_stack import STACK_FUNCTIONS, StackWriter
from gradc.targets.keras_text import class_name, fill
from gradc.targets.moments import PYTHON_NAMES
from gradc.targets.python import (
    Module,
    braces,
    call,
    called_in,
    open_module,
    short,
    tuple_lines,
    wrap_words,
)
from gradc.targets.python_reports import labels_of
from gradc.targets.target import Target
from gradc.targets.tf_tensors import FUNCTIONS

_DEFINED = (
    *("keras", "name", "kwargs", "trainable", "autocast", "activity_regularizer"),
    *("_value", "_arguments", "_rest", "_rest_arguments", "_report", "_report_arguments"),
    *("_start", "_between", "_data", "_pair", "_here", "_by_row", "_count", "_checked", "_tensors"),
    *("_DATA", "_BY_ROW", "_SHAPES", "_BOUNDS", "_filled", "_columns", "_at", "sigmoid", "tanh"),
    *FUNCTIONS,
    *saddle.TF,
    *quantiles.TF,
    *PYTHON_NAMES,
)


@dataclass(frozen=True, slots=True)
class _File:
    """The file being written: the model's names, and how it is trained."""

    module: Module
    training: Training
    name: str
    rows: str

    @property
    def response(self) -> str | None:
        squares = self.training.squares
        return None if squares is None else self.module.users[squares.response]

    @property
    def stack(self) -> StackWriter | None:
        stack, module = self.training.stack, self.module
        return None if stack is None else StackWriter(stack, module.model.value, module.users)

    @property
    def data(self) -> list[str]:
        """Emitted names of all data."""
        return self.module.data

    def part(self, part: Part) -> Module:
        """A module for one of the model's functions."""
        model = replace(self.module.model, value=part.value, vjp=part.vjp)
        return replace(self.module, model=model, names=self.module.names.copy())


def write(model: EmitModel, target: Target) -> Emitted:
    """NAME_keras.py: the functions of target tf that the layer needs, a layer and a model."""
    training = model.training
    if training is None:
        raise ValueError("target keras writes models with their training")
    name = class_name(model.name)
    module = open_module(model, target, [*_DEFINED, f"{name}Layer", f"{name}Model"])
    rows = module.names.claim([training.rows])[training.rows]
    users = {**module.users, training.rows: rows}
    file = _File(replace(module, users=users), training, name, rows)
    functions: list[list[str]] = []
    if training.stack is None:
        output = file.part(training.output)
        functions += [tf.argument_lines(output), tf.attached_lines(output)]
    if training.rest is not None:
        rest = file.part(training.rest)
        functions.append(tf.argument_lines(rest, "_rest_arguments"))
        functions.append(tf.attached_lines(rest, "_rest"))
    if model.report is not None:
        functions.append(tf.argument_lines(file.module, "_report_arguments"))
        report = tf.report_function(file.module, model.report, "_report_arguments")
        functions.append(["def _report" + report[0].removeprefix("def report"), *report[1:]])
    classes = [_layer(file), _model(file)]
    helpers = _helpers(file, classes)
    parts = [*tf.support([*functions, *helpers]), *functions, *helpers, *classes]
    lines = [*short(_header(file)), ""]
    if tf.uses_pi(parts):
        lines += ["import math", ""]
    lines += ["import keras", "import numpy as np", "import tensorflow as tf", *_facts(file)]
    for part in parts:
        lines += ["", "", *part]
    text = "\n".join(lines) + "\n"
    users = {item.name: users[item.name] for item in module.inputs}
    return Emitted({f"{model.name}_keras.py": text}, users, labels_of(model))


def _header(file: _File) -> list[str]:
    model, names = file.module.model, file.module.names
    start = ", ".join(f"{name}=..." for name in file.module.arguments[:2])
    data = "x, y" if file.training.squares is not None else "data"
    notes = [
        f'model = {file.name}Model({start}); model.compile(optimizer="SGD");'
        f" model.fit({data}, epochs=100); model.estimates().",
        "Weights and data are float64 unless dtype says float32. To load a saved model,"
        " import this file first.",
    ]
    title = f"Keras layer and model of the model {model.name}."
    return header(title, model.source, names, file.module.users, notes)


# ------------------------------------------------------------ facts and functions


def _facts(file: _File) -> list[str]:
    """What the functions know of the model: names, shapes and bounds."""
    module, training = file.module, file.training
    data = [module.users[item.name] for item in module.model.value.data]
    lines = ["", *_tuple("_DATA", data)]
    if training.splits:
        lines += _tuple("_BY_ROW", [module.users[name] for name in training.by_row])
    params = module.model.value.params
    shapes = [f'"{module.users[p.name]}": {_tuple_text(p.type.known_shape)}' for p in params]
    lines += _dictionary("_SHAPES", shapes)
    if has_bounds(module.model.value):
        bounded = [p for p in params if p.lower is not None or p.upper is not None]
        bounds = [f'"{module.users[p.name]}": {_bounds(p)}' for p in bounded]
        lines += _dictionary("_BOUNDS", bounds)
    return lines


def _tuple(name: str, names: Sequence[str]) -> list[str]:
    return tuple_lines(f"{name} = ", [f'"{one}"' for one in names], 0)


def _dictionary(name: str, entries: Sequence[str]) -> list[str]:
    return braces(tuple_lines(f"{name} = ", entries, 0))


def _tuple_text(numbers: Sequence[int]) -> str:
    return f"({', '.join(map(str, numbers))}{',' if len(numbers) == 1 else ''})"


def _bounds(item: Input) -> str:
    low = 'float("-inf")' if item.lower is None else python_number(item.lower)
    high = 'float("inf")' if item.upper is None else python_number(item.upper)
    return f"({low}, {high})"


def _helpers(file: _File, classes: Sequence[list[str]]) -> list[list[str]]:
    """The functions that the classes call."""
    training, text = file.training, keras_text
    found = [text.START]
    if has_bounds(file.module.model.value):
        found.append(text.BETWEEN)
    body = "\n".join(line for lines in classes for line in lines)
    if file.stack is not None:
        found += file.stack.activations()
        found += [t for n, t in STACK_FUNCTIONS.items() if called_in(n, body)]
    response = file.response
    predictors = [name for name in file.data if name != response]
    inside = text.NO_RESPONSE
    if response is not None:
        inside = fill(text.RESPONSE, y=response)
    data = fill(
        text.DATA,
        rows=file.rows,
        response=inside,
        optional=f' and k != "{response}"' if response is not None else "",
    )
    if response is not None and len(predictors) == 1:
        predictor = fill(text.PREDICTOR, x=predictors[0])
        data = data.replace("    data = {k: x[k]", f"{predictor}    data = {{k: x[k]", 1)
    found.append(data)
    if response is not None:
        found.append(fill(text.PAIR, y=response))
    if called_in("_count", body):
        found += [text.HERE, fill(text.COUNT, rows=file.rows)]
    checked = text.CHECKED_SPLIT if training.splits else text.CHECKED_WHOLE
    found.append(fill(checked, rows=file.rows))
    return [part.rstrip().split("\n") for part in found]


# ------------------------------------------------------------ classes


def _init(file: _File) -> list[str]:
    """The head of a constructor: initial values, then what Keras takes."""
    params = file.module.model.value.params
    starts = [f"{file.module.users[p.name]}={_default(p)}" for p in params]
    return call("def __init__", ["self", *starts, 'dtype="float64"', "**kwargs"], ":", 4)


def _default(item: Input) -> str:
    """An initial value as text: one number where all are the same."""
    if item.default is None:
        return "None"
    if not isinstance(item.default, tuple):
        return python_number(item.default)
    numbers = list(map(python_number, item.default))
    if not numbers or len(set(numbers)) == 1:
        return numbers[0] if numbers else "0.0"
    if item.type.rank < 2:
        return f"({', '.join(numbers)},)"
    count = item.type.known_shape[0]
    rows = [f"({', '.join(numbers[i::count])},)" for i in range(count)]
    return f"({', '.join(rows)},)"


def _layer(file: _File) -> list[str]:
    training, module = file.training, file.module
    names = module.arguments[: len(module.model.value.params)]
    start = braces(tuple_lines("start = ", [f'"{name}": {name}' for name in names], 8))
    stack = file.stack
    rest = "" if stack is None else keras_text.PARAMETERS
    if training.rest is not None:
        rest += fill(keras_text.REST, call=_call(file, training.rest, "_rest", "data"))
    if stack is not None:
        weights, by_parameter = stack.layers(), stack.by_parameter()
        compute = stack.call()
    else:
        constraint = keras_text.CONSTRAINT if has_bounds(module.model.value) else ""
        weights = [fill(keras_text.WEIGHTS, constraint=constraint)]
        by_parameter = [keras_text.BY_PARAMETER]
        compute = [_call(file, training.output, "_value", "inputs")]
    text = fill(
        keras_text.LAYER,
        Name=file.name,
        what=_paragraph(f"{_what(file)}; the weights are the parameters."),
        init="\n".join(_init(file)),
        start="\n".join(start),
        weights="\n".join(weights),
        call="\n".join(compute),
        rest=rest,
        by_parameter="\n".join(by_parameter),
    )
    return text.rstrip().split("\n")


def _what(file: _File) -> str:
    """What the layer gives."""
    training = file.training
    if training.squares is not None:
        return f"The mean of {file.response}, one entry a row"
    if training.splits:
        return "What each row contributes to the objective"
    rows = ", one entry a row" if training.output.value.per_observation else ""
    return f"The value of the model{rows}"


def _paragraph(text: str) -> str:
    """The text of a docstring, after its quotes, in lines."""
    first, *others = wrap_words(text, WIDTH - 8)
    return "\n".join([first, *(f"    {line}" for line in others)])


def _call(file: _File, part: Part, name: str, source: str, owner: str = "self") -> str:
    """The lines that return a function of the weights and of data from a dictionary."""
    weights = f"        weights = map(tf.convert_to_tensor, {owner}.parameters.values())"
    found = ["*weights"] if part.value.params else []
    for item in part.value.data:
        data = f'{source}["{file.module.users[item.name]}"]'
        if item.name == file.training.rows:
            data = f"_count({source}, self.compute_dtype)"
        elif not item.type.shape:
            data = f"tf.reshape({data}, [])"
        found.append(data)
    start = f"return {name}(*{_CHECKS[name]}"
    lines = [weights] if part.value.params else []
    one_line = f"        {start}({', '.join(found)}))"
    if len(one_line) <= WIDTH:
        return "\n".join([*lines, one_line])
    values = call("values = ", [*found[:-1], found[-1]], "", 8)
    return "\n".join([*lines, *values, f"        {start}(*values))"])


_CHECKS = {
    "_value": "_arguments",
    "_rest": "_rest_arguments",
    "_report": "_report_arguments",
}


def _model(file: _File) -> list[str]:
    training, module = file.training, file.module
    names = module.arguments[: len(module.model.value.params)]
    batches = keras_text.SPLIT_BATCHES if training.splits else keras_text.WHOLE_BATCHES
    pair = "{}" if training.squares is None else "_pair({})"
    report = ""
    if module.model.report is not None:
        value = Part(module.model.value, module.model.value)
        report = fill(keras_text.REPORT, call=_call(file, value, "_report", "data", "self.layer"))
    text = fill(
        keras_text.MODEL,
        Name=file.name,
        about=_paragraph(f"{file.name}Layer, whose loss is the objective: compile it without one.")
        + "\n\n    "
        + _paragraph(_about(file)),
        init="\n".join(_init(file)),
        loss=_loss(file),
        estimated=": of all rows, from those that are here" if training.splits else "",
        batches=fill(
            batches,
            rows=file.rows,
            x_or_none="x" if file.data else "x or {}",
            pair=pair.format("data"),
            pair_cut=pair.format("{**data, **cut}"),
        ),
        report=report,
        **{"pass": ", ".join([*names, "dtype=dtype"])},
    )
    return text.rstrip().split("\n")


def _about(file: _File) -> str:
    training = file.training
    if training.squares is not None:
        return (
            f"``fit(x, y)`` takes {file.response} last and the other data by name; of a batch of"
            " few rows (``batch_size``) the objective is scaled up to all of them."
        )
    if training.splits:
        return (
            "``fit(data)`` takes a dictionary of all data; of a batch of few rows"
            " (``batch_size``) the sum over rows is scaled up to all of them."
        )
    return "``fit(data)`` takes a dictionary of all data; each step needs all of them."


def _loss(file: _File) -> str:
    training = file.training
    if not training.splits:
        per_row = training.output.value.per_observation
        return keras_text.ALL_TERMS if per_row else keras_text.VALUE
    terms = "output"
    if training.squares is not None:
        terms = f'tf.square(data["{file.response}"] - output)'
        for prim, number in training.squares.scale:
            by = "_count(data, output.dtype)" if number is None else python_number(number)
            terms += f" {'*' if prim == 'mul' else '/'} {by}"
    total = "share * tf.reduce_sum(terms)"
    if training.rest is not None:
        total += " + self.layer.rest(data)"
    return fill(keras_text.TERMS, terms=terms, total=total)


TARGET = Target(
    name="keras",
    doc="a Keras layer whose weights are the parameters, and a model to fit",
    needs=("tf", "keras"),
    patterns=("{}_keras.py",),
    syntax=tf.SYNTAX,
    write=write,
    native=tf.TARGET.native,
    trains=True,
    speaks="tf",
    spell=tf.TARGET.spell,
    fit=fit_keras.write,
)
