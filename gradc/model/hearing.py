"""Which witnesses can speak on a model, and the programs of those that have one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gradc.diff import value_and_gradient
from gradc.errors import GradcError
from gradc.ir import Function
from gradc.passes import legalize, simplify
from gradc.run import Argument, Program
from gradc.targets import TARGETS
from gradc.targets.witness_complex import NoComplexStep, complex_form, complex_text
from gradc.targets.witness_deriv import deriv_text
from gradc.targets.witness_numderiv import FEWER, LARGEST, numderiv_text
from gradc.targets.witness_terms import NoDerivText
from gradc.verify import WITNESSES, Hearing

if TYPE_CHECKING:
    from gradc.model.model import Model

# Hosts whose gradient is by row, for the Taylor test.
_BY_ROW = ("numpy", "r", "tf")
_DOUBLES = ("r", "tmb", "sympy")
_MOST_DIFFERENCED = 50
"""Parameters beyond which numDeriv, with 18 values for each, is not asked."""


class Silent(Exception):
    """Why a witness has nothing to say on a model."""


@dataclass(slots=True)
class Heard:
    """What :class:`Hearing` is made of, with the functions whose bounds judge, and the hosts."""

    functions: dict[str, Function] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    unsupported: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    hosts: list[str] = field(default_factory=list)
    taylor: str = "numpy"

    @property
    def hearing(self) -> Hearing:
        return Hearing(tuple(self.names), self.programs, self.faults, self.unsupported, self.taylor)


def hear(
    model: Model,
    witnesses: Sequence[str],
    named: Collection[str],
    emitted: Collection[str],
    dtype: str,
) -> Heard:
    """The witnesses that can speak; those not ``named`` only beside a target that is run."""
    heard = Heard()
    if not model.wrt:
        return heard
    for witness in witnesses:
        kind = WITNESSES[witness]
        host = kind.host
        if witness == "taylor":
            host = next((name for name in _BY_ROW if name in emitted), host)
            heard.taylor = host
        if host not in emitted and witness not in named:
            continue
        try:
            if dtype != "float64" and (host in _DOUBLES or witness == "complex-step"):
                raise Silent("it computes in float64 only")
            _SPEAK[kind.way](model, witness, heard)
        except (Silent, NoDerivText, NoComplexStep) as reason:
            heard.unsupported[witness] = str(reason)
        except GradcError as error:
            heard.unsupported[witness] = error.diagnostics[0].message
        else:
            heard.names.append(witness)
            if kind.way != "program" and host not in emitted and host not in heard.hosts:
                heard.hosts.append(host)
    return heard


def _beside(model: Model, witness: str, heard: Heard) -> None:
    host = WITNESSES[witness].host
    heard.functions[witness] = model.stages.legal(host, "plain_gradient")


def _target(model: Model, witness: str, heard: Heard) -> None:
    """Nothing is needed: the target is run anyway."""


def _program(model: Model, witness: str, heard: Heard) -> None:
    (_deriv if witness == "r-deriv" else _complex)(model, heard)


def _deriv(model: Model, heard: Heard) -> None:
    name = f"{model.name}_deriv"
    found = deriv_text(model.stages.plain, name)
    heard.functions["r-deriv"] = model.stages.legal("r", "plain_gradient")
    heard.programs["r-deriv"] = _made(model, "r", name, f"{name}.R", found.text, found.names)
    if found.fault:
        heard.faults["r-deriv"] = found.fault


def _complex(model: Model, heard: Heard) -> None:
    name = f"{model.name}_complex"
    form = complex_form(model.stages.plain)
    text, names = complex_text(form, name)
    derived = simplify(value_and_gradient(form.copy()))
    heard.functions["complex-step"] = legalize(derived, "numpy", TARGETS["numpy"].supports)
    program = _made(model, "numpy", name, f"{name}_numpy.py", text, names)
    heard.programs["complex-step"] = program


def _numerical(model: Model, witness: str, heard: Heard) -> None:
    if witness == "taylor":
        return
    count = sum(item.type.count or 1 for item in model.function_.params)
    if count > _MOST_DIFFERENCED:
        raise Silent(f"differences for {count} parameters take {18 * count} values a point")
    name = f"{model.name}_numderiv"
    emitted = model.emitted("r")
    params = [emitted.names[one] for one in model.wrt]
    data = [emitted.names[item.name] for item in model.function_.data]
    vectors = [emitted.names[p.name] for p in model.function_.params if p.type.rank == 1]
    text = numderiv_text(emitted.files[f"{model.name}.R"], model.name, params, data, vectors)
    program = _made(model, "r", name, f"{name}.R", text, emitted.names)
    heard.programs["numderiv"] = replace(
        program, reports={label: label for label in (*FEWER, LARGEST)}
    )


def _made(
    model: Model, target: str, name: str, file: str, text: str, names: Mapping[str, str]
) -> Program:
    kinds = [(one, "param") for one in model.wrt]
    kinds += [(item.name, item.kind) for item in model.function_.data]
    arguments = tuple(Argument(one, names[one], kind) for one, kind in kinds)
    rows = model.function_.per_observation
    return Program(target, name, {file: text}, arguments, per_observation=rows)


_SPEAK: Mapping[str, Callable[[Model, str, Heard], None]] = {
    "beside": _beside,
    "program": _program,
    "target": _target,
    "numerical": _numerical,
}
