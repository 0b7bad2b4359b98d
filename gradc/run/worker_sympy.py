"""Runs emitted SymPy programs; started by :mod:`gradc.run.child`."""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping
from typing import Any

from gradc.run.program import ToolchainError
from gradc.run.remedy import install_python
from gradc.run.wire import Tensor
from gradc.run.worker import serve, short
from gradc.run.worker_numpy import Loaded, import_program, tensor_of

_ASSUMED = "by assumption"


class SympyHost:
    """SymPy, which differentiates the emitted expression when it is imported."""

    def start(self) -> dict[str, Any]:
        try:
            import sympy
        except ImportError as error:
            raise ToolchainError(
                "G401", f"SymPy is missing ({error})", install_python("sympy")
            ) from error
        return {"version": sympy.__version__, "detail": f"Python {platform.python_version()}"}

    def load(self, key: str, header: Mapping[str, Any]) -> Loaded:
        try:
            return import_program(key, header)
        except RecursionError as error:
            raise _too_deep() from error

    def evaluate(
        self, program: Loaded, header: Mapping[str, Any], arguments: list[Tensor]
    ) -> tuple[dict[str, Any], dict[str, Tensor]]:
        values = [value.nested() for value in arguments]
        try:
            return {}, self._results(program.module, header, values)
        except RecursionError as error:
            raise _too_deep() from error
        except ZeroDivisionError as error:
            message = "SymPy gives no number at a pole, where its formula divides by zero"
            raise ToolchainError("G408", message) from error
        except ArithmeticError as error:
            raise ToolchainError("G408", f"SymPy gives no number here: {error}") from error
        except NotImplementedError as error:
            raise ToolchainError("G408", short(str(error))) from error
        except ValueError as error:
            if str(error).endswith(_ASSUMED):
                raise ToolchainError("G408", short(str(error))) from error
            raise

    def _results(
        self, module: Any, header: Mapping[str, Any], values: list[Any]
    ) -> dict[str, Tensor]:
        import numpy as np

        value, gradients = module.value_and_grad(*values)
        count = sum(np.size(gradient) for gradient in gradients) // max(1, np.size(value))
        results = {"value": _doubles(value)}
        for index, gradient in enumerate(gradients):
            results[f"gradient.{index}"] = _doubles(gradient)
        if header["hessian"]:
            # Without parameters it is a list of no rows.
            results["hessian"] = _doubles(np.reshape(module.hess(*values), (count, count)))
        if header["reports"]:
            found = module.report(*values)
            for number, label in enumerate(header["reports"]):
                results[f"report.{number}"] = _doubles(found[label])
        if any(number != number for one in results.values() for number in one.data):
            raise ToolchainError("G408", "SymPy's formula has no value at this point")
        return results

    def forget(self, program: Loaded) -> None:
        del program


def _doubles(value: Any) -> Tensor:
    """Numbers of many digits, each rounded to the nearest double."""
    import numpy as np
    from mpmath import mp

    def nearest(one: Any) -> float:
        number = float(one)
        # A Float of SymPy cuts digits off where it is made a double; mpmath rounds.
        return float(mp.mpmathify(one)) if math.isfinite(number) else number

    array = np.array(value, dtype=object)
    flat = [nearest(one) for one in array.ravel()]
    return tensor_of(np.array(flat, dtype=np.float64).reshape(array.shape))


def _too_deep() -> ToolchainError:
    return ToolchainError("G408", "the formula is nested too deeply for SymPy")


def main(requests: int, replies: int) -> None:
    """Serve until the parent hangs up."""
    serve(SympyHost(), requests, replies)
