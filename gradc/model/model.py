"""A model as the library sees it: read once, emitted, evaluated and verified at will."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gradc.emit import EmitModel, Emitted, model_name
from gradc.emit.r_model import COMMAND, r_model
from gradc.errors import Diagnostic, GradcError, Source, fail
from gradc.frontend import build
from gradc.ir import Function, Input
from gradc.ir.memory import collection_paused
from gradc.model.callable import Numeric, NumpyFunction, ToolchainFunction, described
from gradc.model.evaluation import Evaluation, evaluation
from gradc.model.fitting import fit_files
from gradc.model.stages import Stages
from gradc.model.values import Point, check_point, complete, known_part, usable
from gradc.run import Argument, Numbers, Program, ToolchainError, run
from gradc.syntax.rope import Text
from gradc.targets import TARGETS

if TYPE_CHECKING:
    from gradc.verify import Precision, Report

Syntax = Literal["r", "python"]

_UNLIKE = "gradc reads this file as a model that is written differently from the one shown."


def _facts(function: Function) -> set[tuple[str, str, str, str]]:
    """What is known of inputs; NaN is a default like any other."""
    return {(i.name, i.kind, str(i.type), repr(i.default)) for i in function.inputs}


@dataclass(frozen=True)
class Model:
    """One model: its inputs, and everything that can be made of it. Nothing here prints.

    ``text`` is the text that a script put together and that the model was read from.
    """

    function_: Function
    notes: tuple[Diagnostic, ...]
    stable: bool = True
    text: Text | None = None

    def with_note(self, message: str) -> Model:
        """The same model with one more note; ``--wrt`` is the suggestion."""
        note = Diagnostic("G106", message, severity="note", suggestion="--wrt chooses")
        return replace(self, notes=(*self.notes, note))

    @property
    def name(self) -> str:
        """The model's name, an identifier in every target."""
        return self.function_.name

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Every input, parameters and data."""
        return self.function_.inputs

    @property
    def wrt(self) -> tuple[str, ...]:
        """The names of the parameters, in order."""
        return self.function_.wrt

    @cached_property
    def stages(self) -> Stages:
        """The model at each stage of the compiler."""
        return Stages(self.function_, self.stable)

    def emitted(self, target: str, *, hessian: bool = False) -> Emitted:
        """The files of a target and the names that its code uses.

        Raises: GradcError (G006) for an unknown target, (G301) for a derivative that does
        not exist, (G303) for a function that the target does not have.
        """
        return self.emission(target, hessian=hessian)[1]

    def emission(self, target: str, *, hessian: bool = False) -> tuple[EmitModel, Emitted]:
        """As :meth:`emitted`, with what the target was given to print."""
        if target not in TARGETS:
            raise fail("G006", f"there is no target '{target}'", suggestion=", ".join(TARGETS))
        stages = self.stages
        wants_vjp, wants_mean = TARGETS[target].wants_vjp, TARGETS[target].wants_mean
        hessian = hessian and not TARGETS[target].trains
        value = stages.legal(target, "value")
        exact = TARGETS[target].exact
        # TMB differentiates a template, whatever number of elements there are, SymPy a formula;
        # what is trained has a gradient of its own.
        by_itself = TARGETS[target].tapes or exact or TARGETS[target].trains
        emit_model = EmitModel(
            name=self.name,
            source=stages.plain,
            value=value,
            plain=stages.legal(target, "plain") if wants_vjp else value,
            gradient=value if by_itself else stages.legal(target, "gradient"),
            vjp=stages.legal(target, "vjp") if wants_vjp else None,
            cotangent=stages.cotangent,
            hessian=(value if exact else stages.legal(target, "hessian")) if hessian else None,
            report=stages.legal(target, "report") if self.function_.reports else None,
            mean=stages.legal(target, "mean") if wants_mean and stages.mean else None,
            training=stages.trained(target) if TARGETS[target].trains else None,
        )
        with collection_paused():
            return emit_model, TARGETS[target].emit(emit_model)

    def emit(self, target: str, *, hessian: bool = False, with_fit: bool = False) -> dict[str, str]:
        """The files of a target, name to text; runs nothing.

        ``with_fit`` adds the script that fits the model without gradc, and second derivatives.
        """
        if with_fit:
            return fit_files(self, target)
        return dict(self.emitted(target, hessian=hessian).files)

    def r_package(
        self,
        targets: Sequence[str] = ("r",),
        *,
        hessian: bool = False,
        points: int = 3,
        seed: int = 0,
        at: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, str]:
        """An R package of the model, path to text; with target tmb, the template too.

        Its tests hold the code against the true values at the model's own point, or at those of
        ``at``, and at ``points`` sampled ones.
        Raises: as :meth:`emitted`, and GradcError (G006) for a target that no R package has.
        """
        from gradc.model.package import r_package

        return r_package(self, targets, hessian, points, seed, at)

    def r_model(self) -> str:
        """The model as gradc reads it, as a file of R that compiles to the same graph.

        Raises: GradcError (G303) for a function that R's notation does not have.
        """
        with collection_paused():
            text = r_model(self.function_)
            return text if self._reads_back(text) else r_model(self.function_, [_UNLIKE])

    def _reads_back(self, text: str) -> bool:
        """Whether gradc reads this text of R as this very model."""
        wrt = self.wrt if text.startswith(COMMAND) else None
        lists = {p.name: [0.0] * p.type.length for p in self.function_.params if p.type.length}
        try:
            found = build(Source("model.R", text), wrt=wrt, at=lists if wrt else None).function
        except GradcError:
            return False
        ours, theirs = (replace(f, names={}) for f in (self.function_, found))
        return _facts(ours) == _facts(theirs) and r_model(ours) == r_model(theirs)

    def program(self, target: str, *, hessian: bool = False, dtype: str = "float64") -> Program:
        """The emitted code with what is needed to run it."""
        if not self.wrt and target in ("r", "tmb"):
            raise fail(
                "G303",
                f"target '{target}' runs models with parameters, and this one has none",
                suggestion="--wrt chooses",
            )
        hessian = hessian and not TARGETS[target].trains
        emitted = self.emitted(target, hessian=hessian)
        params = [(name, "param") for name in self.wrt]
        data = [(item.name, item.kind) for item in self.function_.data]
        return Program(
            target,
            self.name,
            emitted.files,
            tuple(Argument(name, emitted.names[name], kind) for name, kind in params + data),
            hessian,
            dtype,
            self.function_.per_observation,
            dict(emitted.reports),
            emitted.trace,
        )

    def complete(self, point: Mapping[str, Any]) -> Point:
        """The point with defaults filled in; GradcError where a value is missing or misshapen."""
        self.stages.check_lengths(point)
        return complete(self.function_, check_point(point))

    def is_complete(self, point: Mapping[str, Any]) -> bool:
        """Whether every input has a value, here or by default."""
        return all(item.name in point or item.default is not None for item in self.function_.inputs)

    def known_part(self, point: Mapping[str, Any]) -> Point:
        """The values that an incomplete point has for inputs of this model, checked."""
        return known_part(self.function_, check_point(point))

    def evaluate(
        self,
        point: Mapping[str, Any],
        target: str = "numpy",
        hessian: bool = False,
        dtype: str = "float64",
    ) -> Evaluation:
        """Value and gradient at a point, computed by the target's emitted code in its toolchain.

        Raises: GradcError where the point does not fit the model, or the toolchain is missing
        or does not answer (G401 to G408).
        """
        (result,) = self.evaluate_many([point], target, hessian=hessian, dtype=dtype)
        if isinstance(result, ToolchainError):
            raise fail(result.code, result.message, suggestion=result.remedy) from result
        return result

    def evaluate_many(
        self,
        points: Sequence[Mapping[str, Any]],
        target: str = "numpy",
        *,
        hessian: bool = False,
        dtype: str = "float64",
    ) -> list[Evaluation | ToolchainError]:
        """As :meth:`evaluate`, at several points; one that fails does not spoil the others."""
        complete_points = [self.complete(point) for point in points]
        answers = run(self.program(target, hessian=hessian, dtype=dtype), complete_points)
        return [
            evaluation(self.function_, point, answer) if isinstance(answer, Numbers) else answer
            for point, answer in zip(complete_points, answers, strict=True)
        ]

    def function(self, target: str = "numpy") -> Numeric:
        """A Python function that gives ``(value, {parameter: gradient})``.

        It takes the inputs by position, parameters first, or by name; what the model has a value
        for may be left out. ``numpy`` runs in this very process and pickles, every other target
        runs in a process of its own.
        """
        program = self.program(target)
        about = described(self.function_, program)
        if target == "numpy":
            return NumpyFunction(program, about)
        return ToolchainFunction(program, about, self.complete)

    def verify(
        self,
        targets: str | Sequence[str] = "all",
        witnesses: str | Sequence[str] = "all",
        points: int = 20,
        seed: int = 0,
        dtype: str = "float64",
        at: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        hessian: bool = False,
        digits: bool = False,
    ) -> Report:
        """Run every target and witness and judge each answer by the proved bound.

        ``digits`` explains where digits are lost, in the report's ``precision``.
        """
        from gradc.model.verification import verify_model

        return verify_model(self, targets, witnesses, points, seed, dtype, at, hessian, digits)

    def precision(
        self,
        at: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        dtype: str = "float32",
        target: str = "numpy",
    ) -> Precision:
        """Where value and gradient lose digits, as written and as emitted; runs nothing.

        Raises: GradcError (G504) for a target that does not compute in ``dtype``.
        """
        from gradc.model.verification import precision

        return precision(self, at, dtype, target)


def compile(  # noqa: A001 - the API's name, as in re.compile
    text_or_path: str | Path,
    wrt: str | Sequence[str] | None = None,
    syntax: Syntax | str | None = None,
    at: Mapping[str, Any] | None = None,
    name: str | None = None,
    *,
    stabilize: bool = True,
    source_name: str = "<text>",
) -> Model:
    """Read a model from a text (``str``) or a file (``Path``).

    ``wrt`` names what to differentiate by, one name or several. ``at`` gives values: a list makes
    a parameter a vector of that length, and without ``wrt`` an input with a value is data.
    ``syntax`` is decided by the file's ending, and for a text it is R.

    Raises: GradcError, whose ``diagnostics`` say what is wrong and where.

    >>> model = compile("(y - a*x)^2", wrt=["a"])
    >>> model.wrt
    ('a',)
    """
    if isinstance(text_or_path, Path):
        source = Source(str(text_or_path), _read(text_or_path))
        syntax = syntax or ("python" if text_or_path.suffix == ".py" else "r")
        stem = text_or_path.stem
    else:
        source = Source(source_name, text_or_path)
        stem = "model"
    if syntax not in (None, "r", "python"):
        raise fail("G001", f"there is no syntax '{syntax}'", suggestion="r or python")
    wanted = name or stem
    identifier = model_name(wanted)
    with collection_paused():
        built = build(
            source,
            syntax=syntax or "r",
            # A sequence of letters is never meant, and one name is what R hands over for c("amp").
            wrt=[wrt] if isinstance(wrt, str) else wrt,
            at=None if at is None else usable(check_point(at)),
            name=identifier,
        )
    notes = list(built.notes)
    if identifier != wanted:
        message = f"'{wanted}' is no name in every target; the model is called '{identifier}'"
        notes.append(Diagnostic("G108", message, severity="note", suggestion="--name chooses"))
    return Model(built.function, tuple(notes), stabilize, built.text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise fail("G011", f"cannot read '{path}': it is not UTF-8 text") from None
    except OSError as error:
        raise fail("G011", f"cannot read '{path}': {error.strerror}") from None


def gradient(
    text: str, wrt: str | Sequence[str] | None = None, syntax: str | None = None
) -> Callable[..., Any]:
    """Value and gradient of an expression as a NumPy function of keyword arguments.

    >>> f = gradient("a*x^2", wrt=["a"])
    >>> value, derivatives = f(a=3.0, x=2.0)
    >>> float(value), float(derivatives["a"])
    (12.0, 4.0)
    """
    return compile(text, wrt=wrt, syntax=syntax).function("numpy")
