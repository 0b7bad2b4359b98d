"""Each measurement in a process of its own, with a time limit.

A child loads what it needs before the clock starts, and its peak memory is its own.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Job = Callable[..., dict[str, Any]]
LIMIT = 20.0
"""Seconds after which a peer is given up."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no number, in a few words; ``remedy`` is the command that mends it."""

    reason: str
    remedy: str | None = None


class Missing(Exception):
    """A peer is not installed."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


def needed(module: str, remedy: str) -> Any:
    """The module, or Missing with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Missing(module, remedy) from error


# glibc gives large freed blocks back to the system and faults them in again at the next call:
# whether it does depends on the size of the data by chance, and would decide many a ratio.
_KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 30), "MALLOC_MMAP_THRESHOLD_": str(1 << 30)}


def isolated(
    job: Job, limit: float = LIMIT, *, keep_memory: bool = False, **arguments: Any
) -> dict[str, Any] | Failure:
    """What a job of this package returns when a fresh process runs it."""
    environment = {"PYTHONHASHSEED": "0", "TF_CPP_MIN_LOG_LEVEL": "3"}
    if keep_memory:
        environment |= _KEEP_MEMORY
    command = [sys.executable, "-m", "benchmarks.isolate", job.__module__, job.__qualname__]
    process = subprocess.Popen(
        [*command, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Failure(f"> {limit:.0f} s")
    if process.returncode:
        last = (errors.strip().splitlines() or ["no message"])[-1]
        return Failure(f"failed: {last[:200]}")
    answer = json.loads(output.splitlines()[-1])
    if "missing" in answer:
        return Failure(f"{answer['missing']} is missing", answer["remedy"])
    if "failed" in answer:
        return Failure(answer["failed"])
    return dict(answer)


def repeated(job: Job, runs: int, limit: float = LIMIT, **arguments: Any) -> Any:
    """The medians of several fresh processes; a slow job is run once, see ``runs`` in the result.

    Two runs of a job that takes over 15 s would say little more than one.
    """
    answers: list[dict[str, Any]] = []
    start = time.perf_counter()
    while len(answers) < runs:
        answer = isolated(job, limit, **arguments)
        if isinstance(answer, Failure):
            return answer
        answers.append(answer)
        if time.perf_counter() - start > 15.0:
            break
    result = {
        key: statistics.median(answer[key] for answer in answers)
        if isinstance(value, float)
        else value
        for key, value in answers[0].items()
    }
    return {**result, "runs": len(answers)}


def peak_memory() -> float:
    """The most memory that this process has had resident, in MB; NaN where unknown.

    Not ``ru_maxrss``, which a child inherits from its parent.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return float("nan")
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return float(lines[0].split()[1]) * 1024 / 1e6 if lines else float("nan")


class Clock:
    """CPU seconds by stage, which other work on the machine spoils least."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - start


def spent(function: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of one call and its result; a call under 50 ms is repeated."""
    calls, total = 0, 0.0
    while total < 0.05:
        start = time.process_time()
        result = function()
        total += time.process_time() - start
        calls += 1
    return total / calls, result


def deeply(function: Callable[[], Any]) -> Any:
    """The result of a function that recurses deeply, on a stack large enough for it."""
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(function())
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            results.append(error)

    sys.setrecursionlimit(1_000_000)
    before = threading.stack_size(1 << 30)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    threading.stack_size(before)
    if isinstance(results[0], Exception):
        raise results[0]
    return results[0]


def median_times(
    functions: Mapping[str, Callable[[], Any]],
    budget: float,
    now: Callable[[], float] = time.process_time,
    rounds: int = 9,
) -> dict[str, float]:
    """The median seconds of one call of each function, measured in turns.

    Turns spread whatever else the machine does over all of them. ``budget`` is in seconds for
    each function; CPU time by default, which other work spoils least.
    """
    calls: dict[str, int] = {}
    for name, function in functions.items():
        function()
        calls[name] = 1
        while (once := _round(function, calls[name], now) * calls[name]) < budget / rounds / 2:
            calls[name] *= 4 if once < budget / rounds / 8 else 2
    samples: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            samples[name].append(_round(function, calls[name], now))
    return {name: statistics.median(taken) for name, taken in samples.items()}


def _round(function: Callable[[], Any], calls: int, now: Callable[[], float]) -> float:
    start = now()
    for _ in range(calls):
        function()
    return (now() - start) / calls


def main() -> None:
    """Run one job of this package and print its result as the last line."""
    module, name, arguments = sys.argv[1:]
    if not module.startswith("benchmarks."):
        raise SystemExit("a job is a function of this package")
    job: Job = getattr(importlib.import_module(module), name)
    try:
        answer = job(**json.loads(arguments))
    except Exception as error:  # noqa: BLE001 - whatever stops a peer is a row of the table
        # By name: as a program of its own this module has a second class Missing.
        if type(error).__name__ == "Missing":
            answer = dict(zip(("missing", "remedy"), error.args, strict=True))
        else:
            text = f"{type(error).__name__}: {error}".splitlines()[0]
            answer = {"failed": text[:200]}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
