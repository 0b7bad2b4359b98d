"""The work cut into tasks, done by two processes with toolchains of their own."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Literal

from benchmarks.mutation.alarms import CORPORA, Alarms, alarms, random_cases, shipped_cases
from benchmarks.mutation.gradients import files, gradient_outcomes
from benchmarks.mutation.judge import Outcome, prepare
from benchmarks.mutation.models import case_of, chosen, chosen_rows
from benchmarks.mutation.templates import template_outcomes

Part = Literal["mutants", "templates", "shipped", "random", "gradients"]
PLANTED_IN_A_FILE = 9
"""How many faults, of as many kinds, are planted in a file with a gradient."""
RANDOM = 25
"""How many random models one task has."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work; ``number`` says which cases, ``each`` how many mutants of a kind."""

    part: Part
    number: int
    targets: tuple[str, ...]
    each: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What a task found."""

    outcomes: tuple[Outcome, ...] = ()
    alarms: Alarms | None = None


def do(task: Task) -> Done:
    """Do one task."""
    if task.part == "mutants":
        return Done(tuple(_mutants(task)))
    if task.part == "templates":
        draw = random.Random(task.seed)  # noqa: S311 - test data
        return Done(tuple(template_outcomes(chosen(), task.each, draw)))
    if task.part == "gradients":
        draw = random.Random(f"{task.number} {task.seed}")  # noqa: S311 - test data
        path = files()[task.number]
        return Done(tuple(gradient_outcomes(path, PLANTED_IN_A_FILE, draw)))
    found = Alarms()
    cases = (
        shipped_cases([CORPORA[task.number]])
        if task.part == "shipped"
        else random_cases(RANDOM, 1000 * task.seed + task.number)
    )
    for case, given in cases:
        found.add(alarms(case, given, task.targets, points=4))
    return Done(alarms=found)


def _mutants(task: Task) -> Iterator[Outcome]:
    case = case_of(chosen_rows()[task.number])
    if case is None:
        return
    bench = prepare(case, task.targets, seed=task.seed)
    for target in task.targets:
        if target in bench.prepared.subject.emitted:
            each = task.each if target == "numpy" else max(1, task.each // 2)
            yield from bench.outcomes(target, each)


def done(tasks: Iterable[Task], processes: int) -> Iterator[Done]:
    """What each task found, as it comes."""
    if processes == 1:
        yield from map(do, tasks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        yield from pool.map(do, tasks)
