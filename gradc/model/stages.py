"""The road from a function as it was read to the functions that targets emit.

Each stage is an ``ir.Function`` over a graph of its own; ``--dump-ir=after:NAME`` shows one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

from gradc.diff import hessian, value_and_gradient, vector_jacobian
from gradc.emit.model import Part, Training
from gradc.errors import fail
from gradc.ir import Function, dependents, reachable
from gradc.ir.memory import collection_paused
from gradc.model.training import step, training_of
from gradc.passes import as_rounded, legalize, mark_own, simplify, stabilize
from gradc.targets import TARGETS

STAGES = (
    "frontend",
    "simplify",
    "stabilize",
    "gradient",
    "hessian",
    "vjp",
    "report",
    "legalize:TARGET",
)


@dataclass(frozen=True)
class Stages:
    """The stages of one model, each made when it is first asked for."""

    source: Function
    stable: bool = True
    _legal: dict[tuple[str, str], Function] = field(default_factory=dict, repr=False)
    _trained: dict[str, Training] = field(default_factory=dict, repr=False)

    @cached_property
    def plain(self) -> Function:
        """The user's formula, simplified by exact rewrites only, without reported results."""
        with collection_paused():
            return simplify(self.source.without_reports())

    @cached_property
    def value(self) -> Function:
        """The formula in its stable form."""
        with collection_paused():
            return stabilize(self.plain) if self.stable else self.plain

    @cached_property
    def gradient(self) -> Function:
        """Value and gradient."""
        self.check_lengths()
        with collection_paused():
            return self._finish(value_and_gradient(self.value.copy()))

    @cached_property
    def hessian(self) -> Function:
        """Value, gradient and Hessian."""
        with collection_paused():
            return self._finish(hessian(self.gradient.copy()))

    @cached_property
    def vjp(self) -> Function:
        """Value and the cotangent of every input, for a cotangent of the value."""
        with collection_paused():
            return self._finish(vector_jacobian(self.value.copy(), self.cotangent))

    @cached_property
    def plain_gradient(self) -> Function:
        """Value and gradient of the formula as it was written, without stable forms."""
        with collection_paused():
            return simplify(value_and_gradient(self.plain.copy()))

    @cached_property
    def plain_hessian(self) -> Function:
        """As :attr:`plain_gradient`, with the Hessian."""
        with collection_paused():
            return simplify(hessian(self.plain_gradient.copy()))

    @cached_property
    def report(self) -> Function:
        """The value with the results that the user asked for by name."""
        with collection_paused():
            return stabilize(self.plain_report) if self.stable else self.plain_report

    @cached_property
    def plain_report(self) -> Function:
        """The value and the named results as they were written."""
        with collection_paused():
            return simplify(self.source)

    @cached_property
    def mean_alone(self) -> Function | None:
        """The mean of ``y ~ f`` as a model of its own; None where nls would not take it.

        It has a row for each observation, and the response does not depend on a parameter.
        """
        function, square = self.source.without_reports(), self.source.least_squares
        if square is None or not function.params:
            return None
        graph = function.graph
        moving = dependents(graph, [item.node for item in function.params])
        if graph.types[square.mean].rank != 1 or moving[square.response]:
            return None
        used = reachable(graph, [square.mean])
        inputs = tuple(i for i in function.inputs if i.name in function.wrt or used[i.node])
        return replace(function, inputs=inputs, outputs={"value": square.mean}, least_squares=None)

    @cached_property
    def mean(self) -> Function | None:
        """The mean of ``y ~ f`` with its gradient, where it has one row an observation."""
        alone = self.mean_alone
        return None if alone is None else Stages(alone, self.stable).gradient

    @property
    def cotangent(self) -> str:
        """A name for the cotangent of the value that no input has."""
        name = "upstream"
        taken = {item.name for item in self.source.inputs}
        while name in taken:
            name += "_"
        return name

    def check_lengths(self, given: Collection[str] = ()) -> None:
        """Each parameter has a known number of elements, which are the columns of a gradient.

        Those with a ``given`` value are passed over.
        Raises: GradcError (G302) for a declared parameter of unknown length.
        """
        for item in self.source.params:
            is_known = all(size.is_known for size in item.type.shape)
            if not item.declared or is_known or item.name in given:
                continue
            kind, such = (
                ("matrix", "matrix(0, 3, 2)") if item.type.rank == 2 else ("vector", "rep(0, 3)")
            )
            raise fail(
                "G302",
                f"how many elements the parameter {kind} '{item.name}' has is not known",
                self.source.graph.place(item.node),
                f"an initial value such as {such} tells it, or its value with --at",
            )

    def _finish(self, derived: Function) -> Function:
        return stabilize(derived, splits=False) if self.stable else simplify(derived)

    def legal(self, target: str, stage: str) -> Function:
        """The stage of this name in the primitives that a target has."""
        key = (target, stage)
        if key not in self._legal:
            function = self._stage(stage)
            with collection_paused():
                function = mark_own(function, TARGETS[target].own)
                self._legal[key] = legalize(function, target, TARGETS[target].supports)
        return self._legal[key]

    def taped(self, target: str, stage: str) -> Function:
        """What a toolchain computes that differentiates the emitted value by itself.

        Its tape takes the derivative of each operation in turn and knows no stable forms.
        """
        key = (target, f"taped {stage}")
        if key not in self._legal:
            value = self.legal(target, "value")
            supports = TARGETS[target].supports
            with collection_paused():
                # Of the target's own densities the tape records the formulas.
                value = as_rounded(value, target, supports, marked=True)
                derived = value_and_gradient(value.copy())
                if stage == "hessian":
                    derived = hessian(derived)
                self._legal[key] = legalize(derived, target, supports)
        return self._legal[key]

    @cached_property
    def training(self) -> Training:
        """The model as it is trained on some rows at a time, before it is legalized."""
        self.check_lengths()

        def part(function: Function) -> Part:
            return Part(function, self._finish(vector_jacobian(function.copy(), self.cotangent)))

        with collection_paused():
            return training_of(self.value, part)

    def trained(self, target: str) -> Training:
        """As :attr:`training`, in the primitives that a target has."""
        if target in self._trained:
            return self._trained[target]
        # A parameter without a derivative is an error here; a cotangent would be 0.
        _ = self.gradient
        found, supports = self.training, TARGETS[target].supports

        def legal(part: Part) -> Part:
            value, vjp = (legalize(f, target, supports) for f in (part.value, part.vjp))
            return Part(value, vjp)

        with collection_paused():
            rest = None if found.rest is None else legal(found.rest)
            self._trained[target] = replace(found, output=legal(found.output), rest=rest)
        return self._trained[target]

    def stepped(self, target: str) -> Function:
        """Value and gradient as a target computes them that trains the model."""
        with collection_paused():
            return step(self.value, self.trained(target), self.cotangent)

    def _stage(self, name: str) -> Function:
        return getattr(self, name)  # type: ignore[no-any-return]

    def named(self, stage: str) -> Function:
        """The stage of a name in ``STAGES``; KeyError where there is none."""
        if stage.startswith("legalize:") and stage.removeprefix("legalize:") in TARGETS:
            return self.legal(stage.removeprefix("legalize:"), "gradient")
        return self._stage(_ATTRIBUTES[stage])


_ATTRIBUTES = {
    "frontend": "source",
    "simplify": "plain",
    "stabilize": "value",
    "gradient": "gradient",
    "hessian": "hessian",
    "vjp": "vjp",
    "report": "report",
}
