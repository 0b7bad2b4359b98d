"""What becomes of each mutant: killed or not, equal or not, found in the right place or not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.mutation.differ import MORE_POINTS, differ, more_points
from benchmarks.mutation.models import Case
from benchmarks.mutation.plant import Mutant, sampled
from gradc.model.verification import subject_of
from gradc.run import Answer, ToolchainError, run
from gradc.verify import Plan, assess, plan, with_culprits


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one mutant.

    ``runs`` says whether it computes anything, ``changes`` whether it computes other numbers,
    ``killed`` whether verify disagrees, ``placed`` whether it names the right statement first.
    """

    case: str
    target: str
    mutant: Mutant
    runs: bool
    changes: bool
    killed: bool
    placed: bool | None
    said: str = ""


@dataclass(slots=True)
class Bench:
    """A model prepared for many mutants of its programs."""

    case: Case
    prepared: Plan
    draw: random.Random

    def fates(self, target: str, each: int) -> list[Fate]:
        """The fates of at most ``each`` mutants of every kind."""
        program = self.prepared.subject.emitted[target].program
        points = [one.point for one in self.prepared.cases]
        original = run(program, points)
        more = more_points(points, MORE_POINTS, self.draw)
        more_original: list[Answer] = []
        found: list[Fate] = []
        for mutant in sampled(program, each, self.draw):
            answers = run(mutant.program, points)
            changes = _any(original, answers)
            if not changes:
                more_original = more_original or run(program, more)
                changes = _any(more_original, run(mutant.program, more))
            found.append(self.fate(target, mutant, answers, changes=changes))
        return found

    def fate(self, target: str, mutant: Mutant, answers: list[Answer], *, changes: bool) -> Fate:
        """What verify says of these answers."""
        runs = not all(isinstance(answer, ToolchainError) for answer in answers)
        report = assess(self.prepared, {target: answers})
        source = next(source for source in report.sources if source.name == target)
        killed = source.status == "disagree" or source.code in ("G403", "G407")
        placed, said = None, source.status
        if killed and runs and changes:
            report = with_culprits(self.prepared_for(target, mutant), {target: answers}, report)
            culprit = next(s for s in report.sources if s.name == target).culprit
            said = "nowhere" if culprit is None else f"{culprit.line}: {culprit.text}"
            placed = culprit is not None and culprit.line in mutant.lines
        return Fate(self.case.name, target, mutant, runs, changes, killed, placed, said)

    def prepared_for(self, target: str, mutant: Mutant) -> Plan:
        """What is known of the model, with the mutant in the place of its program."""
        subject = self.prepared.subject
        item = replace(subject.emitted[target], program=mutant.program)
        return replace(
            self.prepared, subject=replace(subject, emitted={**subject.emitted, target: item})
        )


def _any(first: Sequence[Answer], second: Sequence[Answer]) -> bool:
    return any(differ(one, other) for one, other in zip(first, second, strict=True))


def prepare(case: Case, targets: Sequence[str], points: int, seed: int) -> Bench:
    """Find out once what is true of a model."""
    subject = subject_of(case.model, targets, [], "float64", hessian=False)
    given = [case.model.complete(case.at)] if case.model.is_complete(case.at) else []
    return Bench(case, plan(subject, given, count=points, seed=seed), random.Random(seed))
