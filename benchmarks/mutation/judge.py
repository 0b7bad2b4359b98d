"""What becomes of each mutant: killed or not, equal or not, found in the right place or not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from benchmarks.mutation.differ import MORE_POINTS, differ, more_points
from benchmarks.mutation.models import Case
from benchmarks.mutation.plant import Mutant, sampled
from gradc.model.verification import subject_of
from gradc.run import Answer, ToolchainError, run
from gradc.verify import Plan, assess, plan, with_culprits

UNFIT = "(wrong as it is)"
Fate = Literal["killed", "survived", "equal", "seen", "does not run"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutant.

    A fault that is ``seen`` changes no output by more than 1e-10, and verify notices all the same.
    ``placed`` says whether verify names the statement that was changed before any other one,
    ``None`` where it names none.
    """

    case: str
    target: str
    kind: str
    fate: Fate
    placed: bool | None
    before: str
    after: str
    said: str


@dataclass(slots=True)
class Bench:
    """A model prepared for many mutants of its programs."""

    case: Case
    prepared: Plan
    draw: random.Random

    def outcomes(self, target: str, each: int) -> list[Outcome]:
        """What becomes of at most ``each`` mutants of every kind."""
        program = self.prepared.subject.emitted[target].program
        points = [one.point for one in self.prepared.cases]
        original = run(program, points)
        if assess(self.prepared, {target: original}).sources[0].status == "disagree":
            return [self.unfit(target)]
        more = more_points(points, MORE_POINTS, self.draw)
        more_original: list[Answer] = []
        found: list[Outcome] = []
        for mutant in sampled(program, each, self.draw):
            answers = run(mutant.program, points)
            changes = any_differ(original, answers)
            if not changes:
                more_original = more_original or run(program, more)
                changes = any_differ(more_original, run(mutant.program, more))
            found.append(self.outcome(target, mutant, answers, changes=changes))
        return found

    def unfit(self, target: str) -> Outcome:
        """A program that verify finds wrong as it is, into which nothing can be planted."""
        return Outcome(self.case.name, target, UNFIT, "does not run", None, "", "", "")

    def outcome(
        self, target: str, mutant: Mutant, answers: list[Answer], *, changes: bool
    ) -> Outcome:
        """What verify says of these answers."""
        report = assess(self.prepared, {target: answers})
        source = next(source for source in report.sources if source.name == target)
        killed = source.status == "disagree" or source.code in ("G403", "G407")
        placed, said = None, str(source.status)
        fate: Fate
        if all(isinstance(answer, ToolchainError) for answer in answers):
            fate = "does not run"
        elif killed:
            fate = "killed" if changes else "seen"
        else:
            fate = "survived" if changes else "equal"
        if fate == "killed":
            named = with_culprits(self._with(target, mutant), {target: answers}, report)
            culprit = next(s for s in named.sources if s.name == target).culprit
            if culprit is not None:
                found = range(culprit.line, culprit.end_line + 1)
                placed = bool(set(found) & set(mutant.lines))
                said = f"{culprit.line}: {culprit.text}"
        text = mutant.scene_text
        before = text[mutant.expr.start : mutant.expr.end]
        return Outcome(self.case.name, target, mutant.kind, fate, placed, before, mutant.by, said)

    def _with(self, target: str, mutant: Mutant) -> Plan:
        """What is known of the model, with the mutant in the place of its program."""
        subject = self.prepared.subject
        item = replace(subject.emitted[target], program=mutant.program)
        emitted = {**subject.emitted, target: item}
        return replace(self.prepared, subject=replace(subject, emitted=emitted))


def any_differ(first: Sequence[Answer], second: Sequence[Answer]) -> bool:
    """Whether two programs differ at some point."""
    return any(differ(one, other) for one, other in zip(first, second, strict=True))


def prepare(case: Case, targets: Sequence[str], points: int = 20, seed: int = 0) -> Bench:
    """Find out once what is true of a model."""
    subject = subject_of(case.model, targets, [], "float64", hessian=False)
    given = [case.model.complete(case.at)] if case.model.is_complete(case.at) else []
    prepared = plan(subject, given, count=points, seed=seed)
    return Bench(case, prepared, random.Random(f"{case.name} {seed}"))  # noqa: S311 - test data
