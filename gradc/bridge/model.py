"""The R code emitted for a model, as an R function for the bridge."""

from __future__ import annotations

from gradc.bridge.functions import Code
from gradc.bridge.signature import Options, Signature, batch_of, constants
from gradc.errors import GradcError, fail
from gradc.ir import Type
from gradc.model import Model
from gradc.model.callable import described
from gradc.run.program import Program


def model_bridge(model: Model, options: Options) -> tuple[Code, Signature]:
    """The emitted file, and the model's inputs, parameters first.

    Raises: GradcError (G801) for an option that the model answers itself.
    """
    if options.wrt is not None or options.shape != () or options.vectorized or options.hessian:
        raise fail(
            "G801",
            "wrt=, shape=, vectorized= and hessian= are for R functions: a model knows its own",
        )
    program, has_hessian = _program(model)
    code = Code(program.name, files={program.main_file: program.text}, ordered=True)
    names = tuple(argument.name for argument in program.arguments)
    signature = Signature(
        label=program.name,
        names=names,
        wrt=model.wrt,
        constant=constants(options, names, model.wrt, program.name),
        shape=_value_shape(model),
        batch=frozenset(batch_of(options.batch, names, program.name)),
        vectorized=False,
        fused=True,
        hessian=has_hessian,
        defaults=described(model.function_, program).defaults,
        r_names={a.name: a.emitted for a in program.arguments},
    )
    return code, signature


def _value_shape(model: Model) -> tuple[int | None, ...]:
    """The value's shape; a length that depends on the data is R's to say."""
    found: Type = model.function_.graph.types[model.function_.value]
    return tuple(size.constant if size.is_known else None for size in found.shape)


def _program(model: Model) -> tuple[Program, bool]:
    """The R program, with second derivatives where the model has them."""
    try:
        return model.program("r", hessian=True), True
    except GradcError as error:
        if error.diagnostics[0].code not in ("G301", "G303"):
            raise
        return model.program("r"), False
