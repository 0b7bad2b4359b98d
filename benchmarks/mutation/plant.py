"""Mutants: a program with one planted fault, its kind, and its place."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from benchmarks.mutation.kinds import KINDS, Scene
from benchmarks.mutation.spelling import SPELLINGS
from benchmarks.mutation.tree import Expr, Step, conditions_of, replaced, steps_of
from gradc.run import Program


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program with a planted fault.

    ``step`` is the statement as it stands in ``scene_text``, ``expr`` the expression that was
    replaced and ``by`` what stands there now.
    """

    kind: str
    program: Program
    scene_text: str
    step: Step
    expr: Expr
    by: str

    @property
    def lines(self) -> range:
        """The lines of the changed statement, from 1, in the changed text."""
        text = self.program.text
        grown = len(self.by) + 2 - (self.expr.end - self.expr.start)
        rest = text[self.step.start :]
        begin = self.step.start + len(rest) - len(rest.lstrip())
        first = text.count("\n", 0, begin) + 1
        return range(first, text.count("\n", 0, self.step.end + grown) + 2)


def scene_of(program: Program) -> Scene:
    """The scene of an emitted program."""
    text = program.text
    inputs = [argument.emitted for argument in program.arguments]
    steps = steps_of(program.target, text, program.name)
    return Scene(text, SPELLINGS[program.target], inputs, steps, conditions_of(steps))


def changes(scene: Scene) -> dict[str, list[tuple[Step, Expr, str]]]:
    """Every change of every kind."""
    return {
        name: [(step, expr, by) for step in scene.steps for expr, by in kind(scene, step)]
        for name, kind in KINDS.items()
    }


def sampled(program: Program, each: int, draw: random.Random) -> list[Mutant]:
    """At most ``each`` mutants of every kind."""
    scene = scene_of(program)
    found: list[Mutant] = []
    for name, group in changes(scene).items():
        for step, expr, by in draw.sample(group, min(each, len(group))):
            files = {**program.files, program.main_file: replaced(scene.text, expr, by)}
            changed = replace(program, files=files)
            found.append(Mutant(name, changed, scene.text, step, expr, by))
    return found
