"""A model as a file of R that compiles to the same graph, and that R itself can read.

Scalar parameters become an ``optim`` over a named vector, a vector of parameters an ``optim``
over that vector, least squares an ``nls``: these say which inputs are parameters, and where the
script begins. What none of them can say is a call of the function, and a comment on top says
with which options gradc reads it as the same model.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gradc.emit.densities import R_DENSITIES
from gradc.emit.layout import WIDTH, paragraph, wrap
from gradc.emit.names import Names, rules
from gradc.emit.numbers import r_number
from gradc.emit.r_declared import declaration_lines, is_declared, report_lines
from gradc.emit.r_expressions import OWN, USED, Shown, shown, statements
from gradc.emit.schedule import Schedule, Statement
from gradc.ir import Function, Input, reachable

_OPTIM = (
    "par", "fn", "gr", "...", "method", "lower", "upper", "control", "hessian", "hess", "itnmax"
)  # fmt: skip
COMMAND = "# gradc compile FILE"
"""How a file begins that gradc needs options for."""

_LAZY = frozenset({"dnorm", *R_DENSITIES, "choose", "lchoose"})
_LONGEST_WRAPPED = 4000


def r_model(function: Function, notes: Sequence[str] = ()) -> str:
    """The text of the file; ``notes`` are more comments for its top.

    Raises: GradcError (G303) for a primitive that no function of R is read as.
    """
    return _File(function, list(notes)).text()


# ------------------------------------------------------------------------------- names, numbers


def _name(name: str) -> str:
    """A name of R: as it is where it may stand so, else in backticks."""
    rule = rules("r")
    if rule.identifier.match(name) and name not in rule.reserved and not name.startswith(".."):
        return name
    return f"`{''.join(map(_escaped, name))}`"


def _escaped(character: str) -> str:
    """A character inside backticks, where R takes no escapes of Unicode."""
    if character in "\\`":
        return f"\\{character}"
    return character if character >= " " and character != "\x7f" else f"\\x{ord(character):02x}"


def _number(value: float) -> str:
    if value != value:
        return "NaN"
    sign = "-" if str(value).startswith("-") else ""
    return f"{sign}{r_number(abs(value)) if abs(value) != float('inf') else 'Inf'}"


def _value(default: float | tuple[float, ...] | None) -> str:
    """A default; a vector of one element has a name, since ``c(5)`` is the number 5."""
    if default is None:
        return "NA"
    if not isinstance(default, tuple):
        return _number(default)
    if len(default) == 1:
        return f'setNames({_number(default[0])}, "")'
    return f"c({', '.join(map(_number, default))})"


# ------------------------------------------------------------------------------- which form


def _is_scalar(item: Input) -> bool:
    return not item.type.shape


def _suits_objective(item: Input) -> bool:
    """Whether a function's argument is read as these data: numbers are scalars there."""
    return _is_scalar(item) == isinstance(item.default, float)


def _suits_formula(item: Input) -> bool:
    """Whether a variable of a formula or of quoted code is read as these data."""
    return not _is_scalar(item)


@dataclass(frozen=True, slots=True)
class _Passing:
    """How data reach an objective: by name, as a default of the function, or from outside."""

    given: tuple[Input, ...]
    formals: tuple[Input, ...]
    outside: tuple[Input, ...]


def _passing(data: Sequence[Input], used: Mapping[str, bool]) -> _Passing | None:
    """Who is passed in which way, so that their order is kept; None where it cannot be done."""
    given: list[Input] = []
    formals: list[Input] = []
    outside: list[Input] = []
    for item in data:
        if not _suits_objective(item) or (item.default is not None and not used[item.name]):
            return None
        if item.default is None:
            (formals if used[item.name] else outside).append(item)
        elif item.name in _OPTIM or (formals and _is_literal(item.default)):
            if not _is_literal(item.default):
                return None
            formals.append(item)
        else:
            given.append(item)
    # gradc and R take a name that is passed for the beginning of a longer one.
    clashing = [f for f in formals if any(f.name.startswith(g.name) for g in given)]
    if any(item.default is not None for item in clashing):
        return None
    kept = [item for item in formals if item not in clashing]
    return _Passing(tuple(given), tuple(kept), (*outside, *clashing))


def _is_literal(default: float | tuple[float, ...]) -> bool:
    return isinstance(default, float) and abs(default) < float("inf")


# ------------------------------------------------------------------------------- the file


@dataclass(slots=True)
class _File:
    """The file being written."""

    function: Function
    notes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    data: list[Input] = field(default_factory=list)
    is_plain: bool = True

    def text(self) -> str:
        function = self.function
        square = function.least_squares
        roots = [function.value] if square is None else [square.response, square.mean]
        declared = is_declared(function) and square is None
        if declared:
            roots += function.reports.values()
        model = shown(function, roots)
        self.is_plain = not any(set(' ,"').intersection(item.name) for item in function.inputs)
        self.data = list(function.data)
        if square is not None:  # the left side is read first
            left = self._needed(square.response)
            self.data.sort(key=lambda item: item.name not in left)
        own = sorted(OWN & model.calls)
        if own:
            listed = ", ".join(f"{name}()" for name in own)
            self.notes.append(f"R does not have these functions of gradc: {listed}.")
        if declared:
            self._write_declared(model)
        else:
            (self._write_value if square is None else self._write_squares)(model)
        comments = [line for note in self.notes for line in paragraph(note.split(), "# ")]
        return "\n".join([*comments, *self.lines]) + "\n"

    @property
    def inputs(self) -> list[Input]:
        return [*self.function.params, *self.data]

    # ---- objectives

    def _write_value(self, model: Shown) -> None:
        function, used = self.function, self._used(model)
        params = function.params
        passing = _passing(self.data, used)
        if passing is not None and params and all(map(_is_scalar, params)):
            self._write_optim(model, passing, None)
        elif passing is not None and len(params) == 1 and _has_length(params[0]):
            self._write_optim(model, passing, params[0])
        else:
            self._write_call(model)

    def _write_optim(self, model: Shown, passing: _Passing, vector: Input | None) -> None:
        """``optim`` over one vector, or over the named vector of all scalars."""
        params = self.function.params
        names = self._names()
        name, par = names.fresh("model"), names.fresh("par")
        first = par if vector is None else _name(vector.name)
        formals = [first, *map(_formal, passing.formals)]
        formals[1:1] = [_name(item.name) for item in passing.given]
        heading = f"{name} <- function({', '.join(formals)})"
        is_named = vector is None
        self._add(f"{heading} with(as.list({par}), {{" if is_named else f"{heading} {{")
        self._force(item for item in passing.outside if not self._used(model)[item.name])
        root = self.function.value
        self._body(model, root, self._plan(model, root, names))
        self.lines.append("})" if is_named else "}")
        if vector is None:
            start = f"c({', '.join(f'{_name(p.name)} = {_start(p)}' for p in params)})"
        else:
            start = _start(vector)
        arguments = [f"par = {start}", f"fn = {name}"]
        if any("gr".startswith(item.name) for item in passing.given):
            arguments.append("gr = NULL")
        arguments += [_argument(item) for item in passing.given]
        self._add(f"optim({', '.join(arguments)})")

    # ---- declared models

    def _write_declared(self, model: Shown) -> None:
        """Declarations, then the value and what is reported."""
        function, names = self.function, self._names()
        for line in declaration_lines(function, _name, _number):
            self._add(line)
        # Places are read as counted from 1, whatever the data count from.
        texts = {i.name: _name(i.name) + " - 1" * (1 - i.base) for i in function.inputs}
        texts = {n: f"({text})" if " - 1" in text else text for n, text in texts.items()}
        roots = [function.value, *function.reports.values()]
        plan = statements(model, roots, texts, names)
        for statement in plan.statements:
            if isinstance(statement, Statement):  # shown() lets no loop through
                self._add(f"{statement.name} <- {statement.text}")
        result = plan.text(function.value)
        if function.reports and not result.replace(".", "").replace("_", "").isalnum():
            name = names.fresh("objective")
            self._add(f"{name} <- {result}")
            result = name
        for line in report_lines(function, _name, plan.text):
            self._add(line)
        self._add(result)

    # ---- least squares

    def _write_squares(self, model: Shown) -> None:
        """``nls``, or its formula alone where it cannot say what the parameters are."""
        function, square = self.function, self.function.least_squares
        if square is None:
            raise TypeError("this model is no least squares")
        names = self._names()
        response = self._response(model, square.response, names)
        mean = self._define(model, square.mean, names, "model", square.response)
        params = function.params
        if not params or any(item.default is None for item in params):
            self._assign_defaults()
            self._explain()
            self._add(f"{response} ~ {mean}")
            return
        self._explain_data()
        arguments = [f"{response} ~ {mean}"]
        data = [_argument(item) for item in self.data if item.default is not None]
        if data:
            arguments.append(f"data = list({', '.join(data)})")
        arguments.append(f"start = list({', '.join(map(_argument, params))})")
        self._add(f"nls({', '.join(arguments)})")

    def _response(self, model: Shown, node: int, names: Names) -> str:
        """The left side: an input by its name, anything else a function."""
        if self.function.graph.prim(node) == "input":
            return _name(self.function.graph.attrs(node))
        return self._define(model, node, names, "response", None)

    # ---- any other

    def _write_call(self, model: Shown) -> None:
        """A call of the function; quoted, so that numbers assigned above it stay inputs."""
        call = self._define(model, self.function.value, self._names(), "model", None)
        has_defaults = self._assign_defaults()
        self._explain()
        self._add(f"quote({call})" if has_defaults else call)

    def _define(self, model: Shown, root: int, names: Names, stem: str, before: int | None) -> str:
        """Write a function that computes one node; its call.

        Inputs that the value does not depend on are arguments of ``model`` too: looked at, they
        stay inputs. ``before`` is a node whose inputs were looked at already.
        """
        name = names.fresh(stem)
        needed = self._needed(root)
        if stem == "model":
            needed |= {item.name for item in self.inputs if item.node not in model.places}
        chosen = [item for item in self.inputs if item.name in needed]
        arguments = ", ".join(_name(item.name) for item in chosen)
        self._add(f"{name} <- function({arguments}) {{")
        known = set() if before is None else self._needed(before)
        plan = self._plan(model, root, names.copy())
        if not self._is_in_order(model, plan, [i for i in chosen if i.name not in known]):
            self._force(i for i in chosen if i.name not in (*known, *self._used_params(model)))
        self._body(model, root, plan)
        self.lines.append("}")
        return f"{name}({arguments})"

    def _is_in_order(self, model: Shown, plan: Schedule, items: Sequence[Input]) -> bool:
        """Whether the body looks at all inputs, and at data in this very order."""
        if any(item.node not in model.places for item in items):
            return False
        data = [model.places[i.node] for i in items if i.name not in self.function.wrt]
        if len(data) < 2:
            return True
        # A single expression is computed from left to right, as its nodes are numbered.
        is_plain = not plan.statements and not _LAZY & model.calls
        return is_plain and data == sorted(data)

    def _used_params(self, model: Shown) -> set[str]:
        return {item.name for item in self.function.params if item.node in model.places}

    def _assign_defaults(self) -> bool:
        """Values of inputs as variables; whether there are any."""
        given = [item for item in self.inputs if item.default is not None]
        for item in given:
            self._add(f"{_name(item.name)} <- {_value(item.default)}")
        return bool(given)

    def _explain(self) -> None:
        """The options that say what the text does not."""
        wrt = shlex.quote(",".join(self.function.wrt))
        words = f"{COMMAND[2:]} --wrt {wrt}"
        vectors = [p for p in self.function.params if p.default is None and not _is_scalar(p)]
        if vectors:
            words += " --at POINT.json"
            listed = ", ".join(f"'{p.name}' of {p.type.length} numbers" for p in vectors)
            self.notes.append(f"POINT.json gives the lists {listed}.")
        self.notes.insert(0, words)
        self._explain_data()

    def _explain_data(self) -> None:
        """What a text cannot say of data without an objective."""
        single = [item.name for item in self.data if not _suits_formula(item)]
        if single:
            listed = ", ".join(f"'{name}'" for name in single)
            self.notes.append(f"Here any number of rows is read for {listed}: one in the model.")

    # ---- parts

    def _names(self) -> Names:
        return Names(rules("r"), {*USED, *(item.name for item in self.inputs)})

    def _needed(self, root: int) -> set[str]:
        """The inputs below a node."""
        marks = reachable(self.function.graph, [root])
        return {item.name for item in self.inputs if marks[item.node]}

    def _used(self, model: Shown) -> dict[str, bool]:
        return {item.name: item.node in model.places for item in self.inputs}

    def _force(self, items: Iterable[Input]) -> None:
        """Look at inputs in this order."""
        for item in items:
            self._add(f"force({_name(item.name)})", 2)

    def _plan(self, model: Shown, root: int, names: Names) -> Schedule:
        texts = {item.name: _name(item.name) for item in self.inputs}
        return statements(model, [root], texts, names)

    def _body(self, model: Shown, root: int, plan: Schedule) -> None:
        """Statements that end with a node's value."""
        for name in self._measured(model, root):
            self._add(f"{name}[[1]]", 2)
        for statement in plan.statements:
            if isinstance(statement, Statement):  # shown() lets no loop through
                self._add(f"{statement.name} <- {statement.text}", 2)
        self._add(plan.text(root), 2)

    def _measured(self, model: Shown, root: int) -> list[str]:
        """Data whose length counts though no element is taken; taking one makes it known."""
        graph = model.graph
        taken = {record[2] for record in graph.records if record[0] == "index"}
        needed = self._needed(root)
        return [
            _name(item.name)
            for item in self.data
            if item.type.length is not None
            and item.name in needed
            and model.places[item.node] not in taken
        ]

    def _add(self, text: str, indent: int = 0) -> None:
        if not self.is_plain:
            self.lines.append(" " * indent + text)
        elif len(text) <= _LONGEST_WRAPPED:
            self.lines += wrap(text, indent)
        else:
            self.lines += _filled(text, indent)


def _filled(text: str, indent: int) -> list[str]:
    """A long list broken at its commas, each character looked at once."""
    lines: list[str] = []
    line = " " * indent
    for part in re.findall(r"[^,]*,?\s*", text):
        if len(line) + len(part.rstrip()) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = " " * (indent + 2)
        line += part
    return [*lines, line.rstrip()]


def _has_length(item: Input) -> bool:
    """Whether ``optim`` can say how long a vector without values is."""
    return not _is_scalar(item) and (item.default is not None or (item.type.length or 0) > 1)


def _start(item: Input) -> str:
    if item.default is not None or _is_scalar(item):
        return _value(item.default)
    return f"rep(NA_real_, {item.type.length})"


def _formal(item: Input) -> str:
    return _name(item.name) if item.default is None else _argument(item)


def _argument(item: Input) -> str:
    return f"{_name(item.name)} = {_value(item.default)}"


__all__ = ["COMMAND", "r_model"]
