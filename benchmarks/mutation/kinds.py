"""The kinds of faults that are planted, each a small change of an expression's text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.mutation.spelling import MATES, Spelling
from benchmarks.mutation.tree import Expr, Step, is_true_or_false

Change = tuple[Expr, str]
"""An expression and the text that takes its place."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A program whose expressions are changed: its text, its names, its language's spellings.

    ``conditions`` are the names that stand for true or false.
    """

    text: str
    spelling: Spelling
    inputs: Sequence[str]
    steps: Sequence[Step] = field(default=())
    conditions: frozenset[str] = field(default=frozenset())

    def of(self, expr: Expr) -> str:
        """The text of an expression, safe beside any operator."""
        text = self.text[expr.start : expr.end]
        plain = expr.what in ("name", "call", "index") or (
            expr.what == "number" and not text.startswith("-")
        )
        return text if plain else f"({text})"

    def called(self, expr: Expr) -> str:
        """The plain name of what an expression calls, empty where it is no known function."""
        return self.spelling.names.get(expr.name, "") if expr.what == "call" else ""

    def power(self, base: str, exponent: str) -> str:
        return self.spelling.power.format(base, exponent)

    def call(self, function: str, *args: str) -> str:
        return f"{self.spelling.texts[function]}({', '.join(args)})"


Kind = Callable[[Scene, Step], Iterator[Change]]
KINDS: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Register a kind under the name that the table shows."""

    def keep(function: Kind) -> Kind:
        KINDS[name] = function
        return function

    return keep


def _numeric(scene: Scene, step: Step) -> Iterator[Expr]:
    """The expressions of a step that are numbers."""
    known = scene.conditions
    for expr in step.expr.walk():
        if not is_true_or_false(expr, known) and expr.what != "other":
            yield expr


def _binary(scene: Scene, step: Step, *names: str) -> Iterator[tuple[Expr, str, str]]:
    for expr in _numeric(scene, step):
        if expr.what == "binary" and expr.name in names:
            yield expr, scene.of(expr.parts[0]), scene.of(expr.parts[1])


def _calls(scene: Scene, step: Step, *names: str) -> Iterator[tuple[Expr, str, list[str]]]:
    for expr in _numeric(scene, step):
        name = scene.called(expr)
        if name and (not names or name in names):
            yield expr, name, [scene.of(part) for part in expr.parts]


def _powers(scene: Scene, step: Step) -> Iterator[tuple[Expr, str, str]]:
    yield from _binary(scene, step, "^")
    for expr, name, args in _calls(scene, step, "square", "pow"):
        yield expr, args[0], "2" if name == "square" else args[1]


def _numbers(scene: Scene, step: Step) -> Iterator[tuple[Expr, float]]:
    for expr in _numeric(scene, step):
        if expr.what == "number":
            yield expr, float(expr.name.rstrip("L"))


def _wholes(scene: Scene, step: Step) -> Iterator[tuple[Expr, str]]:
    """The expression of a step, where it is a number."""
    if not is_true_or_false(step.expr, scene.conditions) and step.expr.what != "other":
        yield step.expr, scene.of(step.expr)


@kind("drop a factor")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "*"):
        yield expr, left
        yield expr, right


@kind("drop a divisor")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, _ in _binary(scene, step, "/"):
        yield expr, left


@kind("drop a term")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "+", "-"):
        yield expr, left
        yield expr, right if expr.name == "+" else f"-{right}"


@kind("flip a term's sign")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "+", "-"):
        yield expr, f"{left} {'-' if expr.name == '+' else '+'} {right}"


@kind("drop a minus")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in _numeric(scene, step):
        if expr.what == "unary" and expr.name == "-":
            yield expr, scene.of(expr.parts[0])


@kind("negate a statement")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, text in _wholes(scene, step):
        yield expr, f"-{text}"


@kind("swap operands")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "-", "/", "^"):
        if expr.name == "^":
            yield expr, scene.power(right, left)
        else:
            yield expr, f"{right} {expr.name} {left}"


@kind("swap arguments")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in _numeric(scene, step):
        if (
            expr.what == "call"
            and len(expr.parts) == 2
            and scene.called(expr) not in ("max2", "min2")
        ):
            first, second = map(scene.of, expr.parts)
            yield expr, f"{expr.name}({second}, {first})"


@kind("multiply or divide")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "*", "/"):
        yield expr, f"{left} {'/' if expr.name == '*' else '*'} {right}"


@kind("add or multiply")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "*", "+"):
        yield expr, f"{left} {'+' if expr.name == '*' else '*'} {right}"


@kind("wrong exponent")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, base, exponent in _powers(scene, step):
        yield expr, scene.power(base, f"({exponent} + {scene.spelling.number('1')})")


@kind("drop a power")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, base, _ in _powers(scene, step):
        yield expr, base


@kind("constant off by one")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, number in _numbers(scene, step):
        yield expr, scene.spelling.number(repr(number + 1))


@kind("constant doubled")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, number in _numbers(scene, step):
        if number:
            yield expr, scene.spelling.number(repr(number * 2))


@kind("constant off by 1e-6")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, number in _numbers(scene, step):
        if number:
            yield expr, scene.spelling.number(repr(number * (1 + 1e-6)))


@kind("wrong function")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, name, args in _calls(scene, step):
        if name in MATES and MATES[name] in scene.spelling.texts:
            yield expr, scene.call(MATES[name], *args)


@kind("drop a function")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, name, args in _calls(scene, step):
        if len(args) == 1 and name not in ("sum", "mean", "prod"):
            yield expr, args[0]


@kind("branches swapped")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, _, args in _calls(scene, step, "where"):
        yield expr, scene.call("where", args[0], args[2], args[1])


@kind("one branch only")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, _, args in _calls(scene, step, "where"):
        yield expr, args[1]
        yield expr, args[2]


_OPPOSITE = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "!=", "!=": "=="}
_EDGE = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def _comparisons(scene: Scene, step: Step) -> Iterator[tuple[Expr, str, str]]:
    for expr in step.expr.walk():
        if expr.what == "compare" and expr.name in _OPPOSITE:
            yield expr, scene.of(expr.parts[0]), scene.of(expr.parts[1])


@kind("comparison reversed")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _comparisons(scene, step):
        yield expr, f"{left} {_OPPOSITE[expr.name]} {right}"


@kind("comparison's edge")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _comparisons(scene, step):
        if expr.name in _EDGE:
            yield expr, f"{left} {_EDGE[expr.name]} {right}"


@kind("maximum or minimum")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, name, args in _calls(scene, step, "max2", "min2"):
        yield expr, scene.call("min2" if name == "max2" else "max2", *args)


@kind("clamp at zero")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, text in _wholes(scene, step):
        if "max2" in scene.spelling.texts:
            yield expr, scene.call("max2", text, scene.spelling.number("0"))


@kind("index off by one")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in step.expr.walk():
        if expr.what != "index":
            continue
        base = scene.of(expr.parts[0])
        for part in expr.parts[1:]:
            if part.what == "other":
                continue
            old = scene.text[part.start : part.end]
            for new in (f"{old} + 1", f"{old} - 1"):
                inside = scene.text[expr.parts[0].end : part.start] + new
                yield expr, base + inside + scene.text[part.end : expr.end]


@kind("wrong variable")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in _numeric(scene, step):
        if expr.what == "name" and expr.name in scene.inputs:
            for other in scene.inputs:
                if other != expr.name:
                    yield expr, other


# So many statements back somebody may slip a line.
_NEAR = 6


@kind("wrong intermediate")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    names = [s.name for s in scene.steps if s.name.isidentifier() and s.start < step.start]
    numbers = [name for name in names if name not in scene.conditions]
    for expr in _numeric(scene, step):
        if expr.what == "name" and expr.name in numbers:
            for other in numbers[-_NEAR:]:
                if other != expr.name:
                    yield expr, other


@kind("mean for sum")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, _, args in _calls(scene, step, "sum"):
        if "mean" in scene.spelling.texts:
            yield expr, scene.call("mean", *args)


@kind("first row for sum")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, _, args in _calls(scene, step, "sum"):
        if scene.spelling.first:
            yield expr, scene.spelling.first.format(args[0])


@kind("float32 in the middle")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in _numeric(scene, step):
        if expr.what not in ("name", "number") and scene.spelling.single:
            yield expr, scene.spelling.single.format(scene.of(expr))


@kind("guard of 1e-8")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, left, right in _binary(scene, step, "/"):
        yield expr, f"{left} / ({right} + {scene.spelling.number('1e-8')})"
    for expr, name, args in _calls(scene, step, "log", "sqrt"):
        yield expr, scene.call(name, f"{args[0]} + {scene.spelling.number('1e-8')}")


@kind("zero for a gradient")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    if step.is_output:
        for expr, text in _wholes(scene, step):
            yield expr, f"{text} * {scene.spelling.number('0')}"


@kind("gradients swapped")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    outputs = [s for s in scene.steps if s.is_output]
    if not step.is_output:
        return
    for other in outputs:
        if other is not step:
            yield step.expr, scene.of(other.expr)


@kind("factor of two")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, text in _wholes(scene, step):
        yield expr, f"{text} * {scene.spelling.number('2')}"


@kind("rows reversed")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr in _numeric(scene, step):
        if expr.what == "name" and scene.spelling.reverse:
            yield expr, scene.spelling.reverse.format(scene.of(expr))


@kind("off by 1e-9")
def _(scene: Scene, step: Step) -> Iterator[Change]:
    for expr, text in _wholes(scene, step):
        yield expr, f"{text} * {scene.spelling.number('1.000000001')}"
