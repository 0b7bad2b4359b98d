"""What a target is: its name, its expressions, and the function that writes its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gradc.emit import EmitModel, Emitted, model_name
from gradc.emit.syntax import Syntax
from gradc.errors import fail
from gradc.passes.own import Own
from gradc.prims import TABLE, Spelling, Unsupported
from gradc.targets.fit import WriteFit

LACKS = "G303"
"""The code of a diagnostic for a function that a target does not have."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target: a row of the table ``TARGETS``.

    ``spell`` overlays the spellings of the table of primitives; ``native`` are primitives
    that ``write`` turns into statements of its own. ``needs`` are the toolchains it runs
    with, ``patterns`` its files' names with ``{}`` for the model's. With ``tapes`` its toolchain
    differentiates the emitted value by itself; an ``exact`` one does so in symbols and computes
    with as many digits as it takes, rounding once at the end. One that ``trains`` fits a model
    to some rows at a time. ``speaks`` is the target whose spellings it shares, where that is
    another. ``own`` are densities of the toolchain that are called where they are right, instead
    of what ``spell`` says. ``fit`` writes the stand-alone script that fits the model with an
    optimiser of the target's toolchain.
    """

    name: str
    doc: str
    needs: tuple[str, ...]
    patterns: tuple[str, ...]
    syntax: Syntax
    write: Callable[[EmitModel, Target], Emitted]
    wants_vjp: bool = False
    wants_mean: bool = False
    tapes: bool = False
    exact: bool = False
    trains: bool = False
    speaks: str = ""
    spell: Mapping[str, Spelling] = field(default_factory=dict)
    native: frozenset[str] = frozenset()
    own: Mapping[str, Own] = field(default_factory=dict)
    fit: WriteFit | None = None

    def file_names(self, name: str) -> list[str]:
        """The files that a model of this name is written to."""
        return [pattern.format(name) for pattern in self.patterns]

    def spelling(self, prim: str) -> str | None:
        """The target's text for a primitive; None where it has none."""
        spelling = self._spelling(prim)
        return spelling if isinstance(spelling, str) else None

    def _spelling(self, prim: str) -> Spelling | None:
        return self.spell.get(prim, TABLE[prim].spell.get(self.speaks or self.name))

    def supports(self, prim: str) -> bool:
        """Whether the target has a primitive as it is, without an expansion."""
        syntax = self.syntax
        return (
            prim in ("neg", "not")
            or prim in syntax.infix
            or prim in syntax.special
            or prim in self.native
            or self.spelling(prim) is not None
        )

    def missing(self, prim: str) -> str | None:
        """Why the target cannot have a primitive even by expansion; None where it can."""
        if self.supports(prim) or TABLE[prim].expand is not None:
            return None
        spelling = self._spelling(prim)
        if isinstance(spelling, Unsupported):
            return spelling.reason
        return f"target {self.name} has no '{prim}'"

    def emit(self, model: EmitModel) -> Emitted:
        """The files of a model whose functions are in primitives that the target supports.

        Raises: GradcError (G303) where one is not, (G007) for a name that is none.
        """
        if model_name(model.name) != model.name:
            raise fail(
                "G007",
                f"'{model.name}' cannot be the name of a function and a file in every target",
                suggestion=model_name(model.name),
            )
        return self.write(model, self)
