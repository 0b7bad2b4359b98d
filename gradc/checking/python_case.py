"""One pair of a Python file on its way to a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gradc.checking.python_arguments import Call, aligned
from gradc.checking.python_file import PythonFile
from gradc.checking.python_model import PythonModel, read_function
from gradc.checking.python_pairs import Pair, opens_tape
from gradc.run.module_python import Module, ModuleSession


@dataclass
class Case:
    """One pair on its way to a claim: what is called, with what, and how gradc reads it."""

    file: PythonFile
    module: Module
    session: ModuleSession
    pair: Pair
    wrt: tuple[str, ...]
    call: Call
    rows: int = 0
    model: PythonModel | None = None

    @property
    def tapes_itself(self) -> bool:
        """Whether the pair is a function that opens a tape and gives what it says."""
        return self.pair.how == "tape" and opens_tape(self.file.functions[self.pair.gr])

    @property
    def part(self) -> int | None:
        """Which of the values that the function gives is the function's own."""
        return 0 if self.pair.how == "value-and-gradient" else None

    @property
    def target(self) -> str:
        return "tf" if self.call.uses_tensors else "numpy"

    def values(self) -> dict[str, Any]:
        """What is known of the sizes of arguments and of global arrays."""
        held = {n: t.nested() for n, (kind, t) in self.module.numbers.items() if kind != "number"}
        return {**held, **{a.name: a.value for a in self.call.arguments}}

    def meant_by(self) -> dict[str, str]:
        """Which argument of the function each of the gradient's own is."""
        known = [a.name for a in self.call.arguments]
        return aligned(self.file.functions[self.pair.gr], known, self.call.order)

    def read(self, name: str, **options: Any) -> PythonModel:
        """A function of the file as gradc reads it; GradcError where it cannot."""
        return read_function(self.file, name, self.module, self.wrt, self.values(), **options)
