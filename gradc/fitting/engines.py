"""The engines that fit: which target's script each one runs, and what it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from gradc.errors import fail
from gradc.model import Model
from gradc.model.fitting import mean, residuals
from gradc.targets import TARGETS

Unsuited = Callable[[Model], str | None]
"""``unsuited(model)``: why an engine does not fit a model; None where it does."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One optimiser: a row of the table ``ENGINES``.

    ``script`` is the emitted file that it runs, with ``{}`` for the model's name. With
    ``emitted_names`` the script takes data under emitted names, else under the user's.
    """

    name: str
    doc: str
    target: str
    script: str
    unsuited: tuple[Unsuited, ...]
    emitted_names: bool = False

    def why_not(self, model: Model) -> str | None:
        """Why the engine does not fit this model; None where it does."""
        target = TARGETS.get(self.target)
        if target is None or target.fit is None:
            return f"target {self.target} has no script that fits"
        reasons = (check(model) for check in self.unsuited)
        return next((reason for reason in reasons if reason is not None), None)


def _random(model: Model) -> str | None:
    names = [item.name for item in model.inputs if item.kind == "random"]
    if not names:
        return None
    return f"{', '.join(names)} is random, and only tmb integrates over what is random"


def _nls(model: Model) -> str | None:
    if residuals(model) is None:
        return "nls fits plain sums of squared residuals, and this objective is none"
    if mean(model) is None:
        return "nls needs fitted values with one entry a row, apart from the response"
    return None


ENGINES: Mapping[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine(
            "scipy",
            "scipy.optimize: least_squares where there are residuals, else BFGS and Newton",
            "numpy",
            "{}_fit.py",
            (_random,),
        ),
        Engine("optimr", "optimx::optimr in R", "r", "{}_fit.R", (_random,)),
        Engine("nlminb", "nlminb in R, with the Hessian", "r", "{}_fit.R", (_random,)),
        Engine("nls", "nls in R, for least squares", "r", "{}_fit.R", (_random, _nls)),
        Engine("tmb", "TMB: nlminb on the template", "tmb", "{}_tmb_fit.R", ()),
        Engine("keras", "Keras: gradient steps", "keras", "{}_keras_fit.py", (_random,)),
    )
}


def chosen(names: Sequence[str]) -> list[Engine]:
    """Engines by name, ``all`` among them, each once.

    Raises: GradcError (G006) for a name that is none.
    """
    found: dict[str, Engine] = {}
    for name in names:
        if name == "all":
            found |= {**ENGINES, **found}
        elif name in ENGINES:
            found[name] = ENGINES[name]
        else:
            near = get_close_matches(name, [*ENGINES, "all"], 1)
            listed = f"engines are {', '.join(ENGINES)} and all"
            help_ = f"did you mean '{near[0]}'?" if near else listed
            raise fail("G006", f"there is no engine '{name}'", suggestion=help_)
    if not found:
        raise fail("G006", "no engine is named", suggestion=f"such as {', '.join(ENGINES)}")
    return list(found.values())
