"""Mutants of TMB templates, many of them in one compilation."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.mutation.judge import Bench, Outcome, any_differ, prepare
from benchmarks.mutation.models import Case
from benchmarks.mutation.plant import Mutant, sampled
from gradc.run import run_tmb_batch

_MODELS = 14
_MORE = 30
"""How many more points each template is asked at."""


@dataclass(frozen=True, slots=True)
class _Planted:
    bench: Bench
    mutant: Mutant


def template_outcomes(cases: Iterable[Case], each: int, draw: random.Random) -> Iterator[Outcome]:
    """What becomes of the mutants of some models' templates."""
    every = list(cases)
    planted: list[_Planted] = []
    for case in draw.sample(every, min(_MODELS, len(every))):
        bench = prepare(case, ["tmb"])
        if "tmb" in bench.prepared.subject.emitted:
            program = bench.prepared.subject.emitted["tmb"].program
            planted += [_Planted(bench, mutant) for mutant in sampled(program, each, draw)]
    benches = list({id(one.bench): one.bench for one in planted}.values())
    originals = run_tmb_batch(
        [bench.prepared.subject.emitted["tmb"].program for bench in benches],
        [[one.point for one in bench.prepared.cases] for bench in benches],
    )
    known = {id(bench): answers for bench, answers in zip(benches, originals, strict=True)}
    found = run_tmb_batch(
        [one.mutant.program for one in planted],
        [[case.point for case in one.bench.prepared.cases] for one in planted],
    )
    for one, answers in zip(planted, found, strict=True):
        changes = any_differ(known[id(one.bench)], answers)
        yield one.bench.outcome("tmb", one.mutant, answers, changes=changes)
