"""Declared models: ``DATA_VECTOR(y)``, ``PARAMETER(a, 0)``, ``REPORT(p)``, in TMB's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradc.errors import GradcError, Span, fail
from gradc.frontend.actions import Form, Steps
from gradc.frontend.arguments import match, takes_words
from gradc.frontend.scope import MISSING, NAME, STR, Scope
from gradc.frontend.symbols import numbers_of
from gradc.frontend.values import NA, NULL, Elements, Outcome, Refusal, Value, describe
from gradc.ir import Nature

if TYPE_CHECKING:
    from gradc.frontend.machine import Machine


@dataclass(frozen=True, slots=True)
class Declared:
    """What a declaration says of one input.

    ``start`` are the numbers of its initial value, of a matrix column by column, and ``shape``
    is the shape that they have. ``base`` is the first place that index data count from.
    """

    name: str
    word: str
    place: Span
    is_param: bool
    rank: int
    start: tuple[float, ...] | None = None
    shape: tuple[int, ...] | None = None
    lower: float | None = None
    upper: float | None = None
    nature: Nature = "real"
    base: int = 1
    is_random: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the language that declares: its kind, rank and options."""

    is_param: bool
    rank: int
    nature: Nature = "real"

    @property
    def formals(self) -> tuple[str, ...]:
        """The arguments that it takes."""
        if self.is_param:
            return "name", "value", "lower", "upper", "random"
        if self.nature == "index":
            return "name", "value", "base"
        if self.nature == "count":
            return "name", "value"
        return "name", "value", "positive"


WORDS: Mapping[str, Word] = {
    "DATA_SCALAR": Word(False, 0),
    "DATA_VECTOR": Word(False, 1),
    "DATA_MATRIX": Word(False, 2),
    "DATA_IVECTOR": Word(False, 1, "index"),
    "DATA_FACTOR": Word(False, 1, "index"),
    "DATA_INTEGER": Word(False, 0, "count"),
    "PARAMETER": Word(True, 0),
    "PARAMETER_VECTOR": Word(True, 1),
    "PARAMETER_MATRIX": Word(True, 2),
}
REPORT_WORDS = {"REPORT": "report", "ADREPORT": "adreport"}
_KINDS = ("number", "vector", "matrix")
_RIGHT = {
    (True, 0): "PARAMETER",
    (True, 1): "PARAMETER_VECTOR",
    (True, 2): "PARAMETER_MATRIX",
    (False, 0): "DATA_SCALAR",
    (False, 1): "DATA_VECTOR",
    (False, 2): "DATA_MATRIX",
}


def declaration(callee: str, word: Word) -> Form:
    """The form of one word."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        _check_place(m, callee, scope)
        given = _matched(callee, word.formals, node, scope)
        name = _name(callee, given["name"], scope)
        place = scope.span(node)
        _check_new(m, name, callee, place)
        values: dict[str, Value] = {}
        for option in word.formals[1:]:
            if option in given:
                m.context.at = scope, node
                value = yield given[option], scope
                values[option] = value
        spans = {option: scope.span(argument) for option, argument in given.items()}
        declared = _declared(m, name, callee, word, place, values, spans)
        made = m.symbols.declare(declared, m.graph)
        m.note(made, node, scope)
        # Places are counted from 1 in the language, whatever the data count from.
        if declared.base == 0:
            made = m.builder.add(made, m.builder.const(1.0))
            m.note(made, node, scope)
        m.root.variables[name] = made
        return NULL

    return form


def report(callee: str, role: str) -> Form:
    """``REPORT(p)`` and ``ADREPORT(p)``: the value that ``p`` has now is a result."""

    def form(m: Machine, node: int, scope: Scope) -> Steps:
        _check_place(m, callee, scope)
        given = _matched(callee, ("name",), node, scope)
        name = _name(callee, given["name"], scope)
        place = scope.span(node)
        before = m.reports.get((role, name))
        if before is not None:
            raise fail(
                "G101", f"'{name}' is reported twice", place, None, [("first here", before[1])]
            )
        if scope.environment.find(name) is None:
            raise fail(
                "G101",
                f"there is no '{name}' to report at this point",
                scope.span(given["name"]),
                f"{callee} stands below the line that computes it",
            )
        value = yield given["name"], scope
        if value is NULL or isinstance(value, Outcome):
            raise fail("G202", f"'{name}' is {describe(value)}", scope.span(given["name"]))
        reported = m.builder.real(m.context.node(value, 0))
        m.reports[role, name] = reported, place
        return NULL

    return form


def _check_place(m: Machine, callee: str, scope: Scope) -> None:
    """Declarations are read once, in their order, so they stand by themselves."""
    where = None
    if scope.activation is not None or scope.environment is not m.globals:
        where = "a function"
    elif m.loops:
        where = "a loop"
    elif m.branches.is_open:
        where = "a condition that only data can tell"
    if where is not None:
        raise Refusal("G104", f"'{callee}' stands inside of {where}", "put it on a line of its own")


def _matched(callee: str, formals: Sequence[str], node: int, scope: Scope) -> Mapping[str, int]:
    """The arguments that are there, by the name of what they are."""
    arguments = scope.args(node)
    names = scope.tree.argnames(node) or (None,) * len(arguments)
    supplied = [
        (name, argument)
        for name, argument in zip(names, arguments, strict=True)
        if scope.kinds[argument] != MISSING
    ]
    matched, _ = match(callee, formals, supplied)
    given = {f: a for f, a in zip(formals, matched, strict=True) if a is not None}
    if "name" not in given:
        raise Refusal("G103", f"'{callee}' takes {takes_words(formals)}, a name first")
    return given


def _name(callee: str, argument: int, scope: Scope) -> str:
    if scope.kinds[argument] == NAME:
        return scope.symbols[scope.data[argument]]
    place = scope.span(argument)
    if scope.kinds[argument] == STR:
        raise fail("G103", f"'{callee}' takes a name without quotation marks", place)
    if callee in REPORT_WORDS:
        help_ = "give the result a name on a line before"
        raise fail("G103", f"'{callee}' takes the name of a result", place, help_)
    kind = "a parameter" if WORDS[callee].is_param else "data"
    raise fail(
        "G103",
        f"'{callee}' takes the name of {kind}, and this is computed",
        place,
        "declare the name, and compute with it on a line of its own",
    )


def _check_new(m: Machine, name: str, callee: str, place: Span) -> None:
    """A name is declared once, and before it is used."""
    known = m.symbols.declared.get(name)
    if known is not None:
        raise fail(
            "G101", f"'{name}' is declared twice", place, None, [("first here", known.place)]
        )
    if name in m.globals.variables:
        raise fail("G101", f"'{name}' has a value before it is declared", place)
    used = m.symbols.inputs.get(name)
    if used is not None:
        origin = m.place_of(used.node)
        labels = [] if origin is None else [("first used here", origin)]
        message = f"'{name}' is declared after it is used"
        raise fail("G101", message, place, None if labels else "move it up", labels)


def _declared(
    m: Machine,
    name: str,
    callee: str,
    word: Word,
    place: Span,
    values: Mapping[str, Value],
    spans: Mapping[str, Span],
) -> Declared:
    start, shape = None, None
    if "value" in values:
        start, shape = _initial(m, name, callee, word, values["value"], spans["value"])
    bounds = {
        side: _number(m, f"the {side} bound of '{name}'", values[side], spans[side])
        for side in ("lower", "upper")
        if side in values
    }
    lower, upper = bounds.get("lower"), bounds.get("upper")
    if lower is not None and upper is not None and not lower < upper:
        raise fail("G103", f"'{name}' has no room between its bounds", spans["upper"])
    base = 1
    if "base" in values:
        number = _number(m, f"the base of '{name}'", values["base"], spans["base"])
        if number not in (0.0, 1.0):
            raise fail(
                "G103", f"data count their places from 0 or 1, not {number:g}", spans["base"]
            )
        base = int(number)
    flags = {
        flag: _flag(m, flag, values[flag], spans[flag])
        for flag in ("positive", "random")
        if flag in values
    }
    nature: Nature = "positive" if flags.get("positive") else word.nature
    _check_start(name, start, (lower, upper), nature, base, spans.get("value"))
    random = flags.get("random", False)
    return Declared(
        name, callee, place, word.is_param, word.rank, start, shape,
        _finite(lower), _finite(upper), nature, base, random,
    )  # fmt: skip


def _finite(bound: float | None) -> float | None:
    """A bound that binds; ``lower = -Inf`` says nothing."""
    return None if bound is None or bound in (float("inf"), float("-inf")) else bound


def _initial(
    m: Machine, name: str, callee: str, word: Word, value: Value, place: Span
) -> tuple[tuple[float, ...] | None, tuple[int, ...] | None]:
    """The numbers of an initial value and their shape; one number says nothing of a shape.

    ``rep(NA, 3)`` says how many there are, and no more.
    """
    atoms = value.items if isinstance(value, Elements) else (value,)
    dim, flat = None, value
    if isinstance(value, Elements) and value.dim is not None:
        dim, flat = value.dim, Elements(value.items)
    is_open = all(atom is NA for atom in atoms)
    numbers = None if is_open else numbers_of(m.context, flat)
    if numbers is None and not is_open:
        raise fail(
            "G103",
            f"the initial value of '{name}' must be known when the model is compiled",
            place,
            f"this is {describe(value)}" if not isinstance(value, int) else None,
        )
    start = numbers if isinstance(numbers, tuple) or numbers is None else (numbers,)
    is_vector = isinstance(value, Elements) or isinstance(numbers, tuple)
    rank = 2 if dim is not None else int(is_vector)
    if rank == 0:
        return start, None
    if rank != word.rank:
        right = _RIGHT[word.is_param, rank]
        raise fail(
            "G201",
            f"'{callee}' declares a {_KINDS[word.rank]}, and this is a {_KINDS[rank]}",
            place,
            f"{right}({name}, …) declares one" if word.nature == "real" else None,
        )
    return start, dim.size if dim is not None else (len(start or atoms),)


def _number(m: Machine, what: str, value: Value, place: Span) -> float:
    number = None if isinstance(value, bool) else numbers_of(m.context, value)
    if not isinstance(number, float) or number != number:
        raise fail("G103", f"{what} must be one number, known when the model is compiled", place)
    return number


def _flag(m: Machine, what: str, value: Value, place: Span) -> bool:
    if not isinstance(value, bool):
        raise fail("G103", f"'{what}' is TRUE or FALSE", place)
    return value


def _check_start(
    name: str,
    start: tuple[float, ...] | None,
    bounds: tuple[float | None, float | None],
    nature: Nature,
    base: int,
    place: Span | None,
) -> None:
    """The initial value is one that the declaration allows."""
    lower, upper = bounds
    for value in start or ():
        what = None
        if value != value:
            what = "is no number"
        elif (lower is not None and value < lower) or (upper is not None and value > upper):
            what = "lies outside of its bounds"
        elif nature == "positive" and value <= 0:
            what = "is not positive"
        elif nature == "count" and not value.is_integer():
            what = "is no whole number"
        elif nature == "index" and (not value.is_integer() or value < base):
            what = f"is no place, which is a whole number from {base}"
        if what is not None:
            raise _outside(name, value, what, place)


def _outside(name: str, value: float, what: str, place: Span | None) -> GradcError:
    shown = repr(value).removesuffix(".0")
    return fail("G103", f"the initial value {shown} of '{name}' {what}", place)


FORMS: tuple[tuple[str, Form], ...] = (
    *((callee, declaration(callee, word)) for callee, word in WORDS.items()),
    *((callee, report(callee, role)) for callee, role in REPORT_WORDS.items()),
)
