"""Faults planted in gradients that people wrote, and what ``gradc check`` says of them.

The gradients are those of the folder ``right``, in the styles of R users, for optim and nlm, in
matrices, loops and branches, and of users of NumPy. Each is changed in its own text, as emitted
programs are.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.judge import Fate, Outcome
from benchmarks.mutation.kinds import KINDS, Scene
from benchmarks.mutation.spelling import SPELLINGS
from benchmarks.mutation.tree import Expr, PythonText, Step, conditions_of, replaced, written_steps
from gradc.checking import Finding, Findings, check
from gradc.errors import GradcError

FOLDER = Path(__file__).with_name("right")
_COMPARE = Path(__file__).with_name("compare_gradients")
TARGET = "gradients"
UNREAD = "(not read)"
BLAMED = "(right, and blamed)"
_NEARLY = "is close to the gradient"
"""What is said of a gradient that is off by less than a numerical one would be."""


def files() -> list[Path]:
    """The right gradients."""
    return sorted([*FOLDER.glob("*.R"), *FOLDER.glob("*.py")])


@dataclass(frozen=True, slots=True)
class Change:
    """One planted fault: the text with it, and where it is in that text."""

    kind: str
    gradient: str
    text: str
    expr: Expr
    parent: Expr
    by: str
    of_attribute: bool = False

    @property
    def grown(self) -> int:
        return len(self.by) + 2 - (self.expr.end - self.expr.start)

    def is_place(self, start: int, end: int) -> bool:
        """Whether a named piece is the changed expression, a part of it, or its direct parent."""
        overlaps = start < self.expr.end + self.grown and end > self.expr.start
        inside = start >= self.parent.start and end <= self.parent.end + self.grown
        return overlaps and inside


def parent_of(step: Step, expr: Expr) -> Expr:
    """The expression or the statement that an expression stands in directly."""
    for one in _every(step.expr):
        if any(part is expr for part in one.parts):
            return one
    return Expr("other", "", (), step.start, step.end)


def _every(expr: Expr) -> Iterator[Expr]:
    pending = [expr]
    while pending:
        one = pending.pop()
        yield one
        pending += one.parts


def changes(text: str, gradient: str, language: str) -> list[Change]:
    """Every planted fault of one gradient, in R or for NumPy."""
    is_r = language == "r"
    steps = written_steps(text, gradient) if is_r else PythonText(text).steps(gradient)
    own = {step.name for step in steps}
    used = {e.name for s in steps for e in _every(s.expr) if e.what == "name"}
    names = {name for name in used - own if name.isidentifier()}
    conditions = conditions_of(steps)
    scene = Scene(text, SPELLINGS[language], sorted(names), steps, conditions)
    found: list[Change] = []
    for name, kind in KINDS.items():
        for step in steps:
            for expr, by in kind(scene, step):
                parent = parent_of(step, expr)
                changed = replaced(text, expr, by)
                of_attribute = step.name.startswith("attr(")
                found.append(Change(name, gradient, changed, expr, parent, by, of_attribute))
    return found


def gradient_outcomes(path: Path, count: int, draw: random.Random) -> Iterator[Outcome]:
    """What becomes of at most ``count`` faults in the gradients of a file, of many kinds."""
    text = path.read_text(encoding="utf-8")
    try:
        found = check(path)
    except GradcError as error:
        said = error.diagnostics[0].message
        yield Outcome(path.name, TARGET, UNREAD, "does not run", None, "", "", said)
        return
    if found.verdict != "right":
        first = next(iter(found.findings), None)
        said = f"{found.verdict}: {first.message if first else ''}"
        yield Outcome(path.name, TARGET, BLAMED, "seen", None, "", "", said)
        return
    every: list[Change] = []
    for fn, gradient in dict.fromkeys((fn, gr) for fn, gr, _ in found.pairs):
        try:
            planted = changes(text, gradient, "r" if path.suffix == ".R" else "numpy")
        except LookupError:
            continue
        # What a gradient shares with its function changes the function, too: another question.
        every += [one for one in planted if fn != gradient or one.of_attribute]
    by_kind: dict[str, list[Change]] = {}
    for change in every:
        by_kind.setdefault(change.kind, []).append(change)
    kinds = list(by_kind)
    draw.shuffle(kinds)
    for kind in kinds[:count]:
        yield _outcome(path, text, draw.choice(by_kind[kind]))


def _outcome(path: Path, text: str, change: Change) -> Outcome:
    before = text[change.expr.start : change.expr.end]
    with tempfile.TemporaryDirectory() as folder:
        changed = Path(folder) / path.name
        changed.write_text(change.text, encoding="utf-8")
        fate, placed, said = _judged(path, changed, change)
    kind, by = change.kind, change.by
    return Outcome(path.name, TARGET, kind, fate, placed, before, by, said)


def _judged(path: Path, changed: Path, change: Change) -> tuple[Fate, bool | None, str]:
    try:
        found = check(changed)
    except GradcError as error:
        return "does not run", None, error.diagnostics[0].message
    first = next(iter(found.findings), None)
    said = f"{found.verdict}: {first.message if first else ''}"
    if first is not None and found.verdict == "inconclusive" and "stops" in first.message:
        return "does not run", None, said
    if is_told(found):
        return "killed", _is_placed(first, change), said
    line = ["Rscript", "--vanilla", str(_COMPARE.with_suffix(".R"))]
    if path.suffix == ".py":
        line = [sys.executable, str(_COMPARE.with_suffix(".py"))]
    line += [str(path), str(changed), change.gradient]
    answer = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    return ("equal" if answer.stdout.strip() == "equal" else "survived"), None, said


def is_told(found: Findings) -> bool:
    """Whether the doctor says that the gradient is not right."""
    if any(one.severity != "note" and _NEARLY in one.message for one in found.findings):
        return True
    return any(verdict == "wrong" for _, _, verdict in found.pairs)


def _is_placed(first: Finding | None, change: Change) -> bool | None:
    if first is None or first.span is None:
        return None
    return change.is_place(first.span.start, first.span.end)
