"""Mutants: a program with one planted fault, its kind, and its place."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.mutation.kinds import KINDS, Scene
from benchmarks.mutation.spelling import SPELLINGS
from benchmarks.mutation.tree import Expr, Step, replaced, steps_of
from gradc.run import Program


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with a planted fault.

    ``step`` is the statement as it stands in the text that was changed, ``line`` where it begins,
    ``expr`` the expression that was replaced and ``by`` what stands there now.
    """

    kind: str
    program: Program
    step: Step
    expr: Expr
    by: str

    @property
    def lines(self) -> range:
        """The lines of the changed statement, from 1, in the changed text."""
        text = self.program.text
        grown = len(self.by) + 2 - (self.expr.end - self.expr.start)
        begin = (
            self.step.start + len(text[self.step.start :]) - len(text[self.step.start :].lstrip())
        )
        first = text.count("\n", 0, begin) + 1
        return range(first, text.count("\n", 0, self.step.end + grown) + 2)

    @property
    def span(self) -> tuple[int, int]:
        """The changed statement in the changed text."""
        grown = len(self.by) + 2 - (self.expr.end - self.expr.start)
        return self.step.start, self.step.end + grown


def scene_of(program: Program) -> Scene:
    """The scene of an emitted program."""
    text = program.text
    inputs = [argument.emitted for argument in program.arguments]
    steps = steps_of(program.target, text, program.name)
    return Scene(text, SPELLINGS[program.target], inputs, steps)


def mutants(program: Program) -> Iterator[Mutant]:
    """Every mutant of a program, kind after kind."""
    scene = scene_of(program)
    for name, kind in KINDS.items():
        for step in scene.steps:
            for expr, by in kind(scene, step):
                text = replaced(scene.text, expr, by)
                files = {**program.files, program.main_file: text}
                yield Mutant(name, replace(program, files=files), step, expr, by)


def sampled(program: Program, each: int, draw: random.Random) -> list[Mutant]:
    """At most ``each`` mutants of every kind."""
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in mutants(program):
        by_kind.setdefault(mutant.kind, []).append(mutant)
    found: Sequence[list[Mutant]] = list(by_kind.values())
    return [m for group in found for m in draw.sample(group, min(each, len(group)))]
