"""R scripts as people write them, and what real R says their models are.

The first line of a script is a comment; in brackets it may say what the script does not:
``[at a = 1, b = 2]`` where to evaluate, ``[data x, y]`` which of its variables are told to the
model, ``[also 1, -1]`` one more place for the parameters, ``[call 1]`` which call is the model
if not the last one.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gradc
from gradc.run import ToolchainError

FOLDER: Final = Path(__file__).parents[1] / "scripts"
RECORDER: Final = Path(__file__).with_name("record_calls.R")

_HINT: Final = re.compile(r"\[(at|data|also|call) ([^\]]*)\]")

OF_VALUES: Final = 1e-8
# What Richardson's extrapolation in numDeriv::grad leaves: of the slope, and of the value, whose
# rounding is divided by its steps of 1e-4 and less.
OF_DIFFERENCES: Final = 1e-6
OF_DIFFERENCES_BY_VALUE: Final = 1e-9
OF_DERIV: Final = 1e-10
OF_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class Script:
    """A script with what its first line says."""

    path: Path
    at: Mapping[str, float]
    data: Sequence[str]
    also: Sequence[float]
    call: int

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def read_script(path: Path) -> Script:
    """A script's file and the hints of its first line."""
    first = path.read_text("utf-8").splitlines()[0]
    hints = dict(_HINT.findall(first))
    at = dict(pair.split(" = ") for pair in _listed(hints.get("at", "")))
    return Script(
        path,
        {name: float(value) for name, value in at.items()},
        _listed(hints.get("data", "")),
        [float(value) for value in _listed(hints.get("also", ""))],
        int(hints.get("call", 0)) - 1,
    )


def _listed(text: str) -> list[str]:
    return text.split(", ") if text else []


def ask_r(scripts: Iterable[Script], folder: Path) -> dict[str, dict[str, Any]]:
    """Each script's calls as real R sees them, and its data that are asked for; one process."""
    cases: list[dict[str, Any]] = [
        {
            "name": script.name,
            "file": str(script.path),
            "at": dict(script.at),
            "data": list(script.data),
            "also": [list(script.also)] if script.also else [],
        }
        for script in scripts
    ]
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(RECORDER)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads((folder / "answers.json").read_text("utf-8"))
    return dict(zip((case["name"] for case in cases), found, strict=True))


def told(script: Script, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What the script has no value for: its hints, and random data as R made them."""
    return {**script.at, **{name: answer["data"][name] for name in script.data}}


def differences(model: gradc.Model, script: Script, answer: Mapping[str, Any]) -> list[str]:
    """In what the model differs from the call that R saw; nothing where they agree."""
    call = answer["calls"][script.call]
    sizes = {name: 1 if size == 1 else size for name, size in call["sizes"].items()}
    lengths = {i.name: i.type.length or 1 for i in model.function_.params}
    if {name: lengths[name] for name in model.wrt} != sizes or list(sizes) != list(model.wrt):
        return [f"parameters {lengths} instead of {sizes}"]
    given = told(script, answer)
    unknown = {item.name for item in model.inputs if item.default is None}
    if unknown != set(given):
        return [f"no value for {sorted(unknown)}, but {sorted(given)} are what has none"]
    start = _flat(model.complete(given)[name] for name in model.wrt)
    if not _all_close(start, _numbers(call["points"][0]["at"]), OF_ROUNDING):
        return [f"starts at {start} instead of {call['points'][0]['at']}"]
    return _differences_at_points(model, given, call)


def _differences_at_points(
    model: gradc.Model, given: Mapping[str, Any], call: Mapping[str, Any]
) -> list[str]:
    points = [{**given, **_named(model, point["at"])} for point in call["points"]]
    found: list[str] = []
    for point, result in zip(call["points"], model.evaluate_many(points), strict=True):
        if isinstance(result, ToolchainError):
            found.append(f"at {point['at']}: {result.message}")
            continue
        value, gradient = _flat([result.value]), _flat(result.gradient[n] for n in model.wrt)
        values, slopes = _numbers(point["value"]), _numbers(point["gradient"])
        if not _all_close(value, values, OF_VALUES):
            found.append(f"at {point['at']}: value {value} instead of {values}")
        elif all(map(math.isfinite, values)) and not _slopes_agree(
            gradient, slopes, max(map(abs, values)), exact=call["exact"]
        ):
            found.append(f"at {point['at']}: gradient {gradient} instead of {slopes}")
    return found


def _slopes_agree(
    found: Sequence[float], expected: Sequence[float], size: float, *, exact: bool
) -> bool:
    if exact:
        return _all_close(found, expected, OF_DERIV)
    return _all_close(found, expected, OF_DIFFERENCES, OF_DIFFERENCES_BY_VALUE * max(1.0, size))


def _all_close(
    found: Sequence[float], expected: Sequence[float], relative: float, absolute: float = 1e-13
) -> bool:
    return len(found) == len(expected) and all(
        (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=relative, abs_tol=absolute)
        for a, b in zip(found, expected, strict=True)
    )


def _numbers(texts: Iterable[Any]) -> list[float]:
    """Numbers of R's JSON, where what is not finite is a text."""
    return [math.nan if item in ("NA", None) else float(item) for item in texts]


def _flat(values: Iterable[Any]) -> list[float]:
    flat: list[float] = []
    for value in values:
        flat += [float(item) for item in value] if isinstance(value, list) else [float(value)]
    return flat


def _named(model: gradc.Model, flat: Iterable[Any]) -> dict[str, float | list[float]]:
    """The parameters of a model out of one row of numbers."""
    numbers = iter(_numbers(flat))
    named: dict[str, float | list[float]] = {}
    for item in model.function_.params:
        length = item.type.length
        named[item.name] = [next(numbers) for _ in range(length)] if length else next(numbers)
    return named
