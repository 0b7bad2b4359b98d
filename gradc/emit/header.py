"""The comment at the head of every emitted file: what it is, and the model as gradc reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradc.emit.densities import R_DENSITIES, R_TAILS
from gradc.emit.layout import WIDTH, paragraph, wrap
from gradc.emit.loops import Loop
from gradc.emit.model import MARK
from gradc.emit.names import Locals, Names, rules
from gradc.emit.numbers import python_number
from gradc.emit.printer import Printer
from gradc.emit.r_loops import element, loop_lines
from gradc.emit.r_moves import MOVES, REPEATED
from gradc.emit.schedule import Limits, schedule
from gradc.emit.syntax import (
    AND,
    COMPARISON,
    OR,
    POWER,
    PRODUCT,
    SIGN,
    SPECIAL,
    SUM,
    Infix,
    Syntax,
    left_associative,
    not_associative,
)
from gradc.ir import Function, reachable
from gradc.prims import TABLE

_LARGEST = 400
_MOST_LINES = 12


def _number(value: float) -> str:
    return python_number(value).removesuffix(".0")


R_OPERATORS: Mapping[str, Infix] = {
    "add": left_associative(" + ", SUM),
    "sub": left_associative(" - ", SUM),
    "mul": left_associative(" * ", PRODUCT),
    "div": left_associative(" / ", PRODUCT),
    "mod": Infix(" %% ", SPECIAL, POWER, POWER),
    "idiv": Infix(" %/% ", SPECIAL, POWER, POWER),
    "matmul": Infix(" %*% ", SPECIAL, POWER, POWER),
    "pow": Infix("^", POWER, POWER + 1, SIGN),
    "lt": not_associative(" < ", COMPARISON),
    "le": not_associative(" <= ", COMPARISON),
    "gt": not_associative(" > ", COMPARISON),
    "ge": not_associative(" >= ", COMPARISON),
    "eq": not_associative(" == ", COMPARISON),
    "ne": not_associative(" != ", COMPARISON),
    "and": left_associative(" & ", AND),
    "or": left_associative(" | ", OR),
}

_MODEL = Syntax(
    number=_number,
    infinity="Inf",
    nan="NaN",
    truth=("FALSE", "TRUE"),
    infix=R_OPERATORS,
    negation="!",
    pi="pi",
    special={name: special for name, special in MOVES.items() if name != "broadcast"},
    repeated=REPEATED,
)
# What a reader of R writes, where that is not a call of the primitive's own name. It says the
# same, and loses digits that the emitted code keeps.
_WORDS = {
    **R_DENSITIES,
    **R_TAILS,
    "dbernoulli_logit": "dbinom({x}, 1, plogis({eta}), log = TRUE)",
    "dbinom_logit_log": "dbinom({x}, {size}, plogis({logit}), log = TRUE)",
    "select": "ifelse",
    "min2": "pmin",
    "max2": "pmax",
    "exact_pi": "pi",
    "index": "{x}[{k}]",
    "stack": "c({*})",
    "as_real": "as.numeric",
    "broadcast": "rep_len({x}, length({like}))",
    "scatter": "replace(numeric(length({like})), {k}, {x})",
    "hypot": "sqrt({x}^2 + {y}^2)",
    "direction": "{x} / {r}",
    "sech": "1 / cosh({x})",
    "sigmoid": "plogis",
    "logit": "qlogis",
    "softplus": "log1p(exp({x}))",
    "log1mexp": "log(1 - exp(-{x}))",
    "logspace_add": "log(exp({x}) + exp({y}))",
    "logspace_sub": "log(exp({x}) - exp({y}))",
    "xlogx": "{x} * log({x})",
    "xlog1px": "(1 + {x}) * log1p({x})",
    "erf": "2 * pnorm({x} * sqrt(2)) - 1",
    "erfc": "2 * pnorm(-{x} * sqrt(2))",
    "log_pnorm": "pnorm({x}, log.p = TRUE)",
    "inverse_mills": "dnorm({x}) / pnorm({x})",
    "besselI_scaled": "besselI({x}, {nu}, TRUE)",
    "besselK_scaled": "besselK({x}, {nu}, TRUE)",
}


def _word(prim: str) -> str:
    """What a reader of R writes for a primitive."""
    if prim in _WORDS:
        return _WORDS[prim]
    spelling = TABLE[prim].spell.get("r")
    is_move = not TABLE[prim].elementwise and isinstance(spelling, str)
    return str(spelling) if is_move else prim


def model_lines(function: Function, names: Mapping[str, str], room: int) -> list[str]:
    """The model in R's notation, under emitted names; abbreviated where it is long."""
    root = function.value
    count = sum(reachable(function.graph, [root]))
    if count > _LARGEST:
        return [f"(a formula of {count} operations)"]
    printer = Printer(function.graph, _MODEL, _word, names)
    shown = Locals(Names(rules("r"), names.values()), function.names, "expr")
    keep = {node for node in function.names if node != root}
    plan = schedule(printer, [root], shown, Limits(4 * room, 20, 100), keep, element)
    lines: list[str] = []
    for statement in plan.statements:
        if isinstance(statement, Loop):
            lines += loop_lines(statement, shown.fresh, 0, room)
        else:
            lines += wrap(f"{statement.name} <- {statement.text}", 0, 2, room)
    lines += wrap(plan.text(root), 0, 2, room)
    if len(lines) > _MOST_LINES:
        left = len(lines) - _MOST_LINES + 2
        lines = [*lines[: _MOST_LINES - 2], f"... ({left} more lines)"]
    return lines


def header(
    title: str, source: Function, names: Names, users: Mapping[str, str], notes: Sequence[str]
) -> list[str]:
    """Lines of the head comment, without comment signs."""
    room = WIDTH - 6
    lines = [f"{MARK}: {title}", "", *(f"  {line}" for line in model_lines(source, users, room))]
    lines.append("")
    params = [users[item.name] for item in source.params]
    data = [users[item.name] for item in source.data]
    lines += _listed("Parameters:", params)
    if data:
        lines += _listed("Data:", data)
    inputs = {item.name for item in source.inputs}
    mangled = [(user, name) for user, name in names.mangled if user in inputs]
    if mangled:
        lines += _listed("Renamed:", [f"{_shown(user)} is {name}" for user, name in mangled])
    for note in notes:
        lines += paragraph(note.split(), "", room)
    return lines


def _listed(title: str, names: Sequence[str]) -> list[str]:
    shown = list(names) if len(names) <= _LARGEST // 4 else [*names[:8], "...", names[-1]]
    words = [f"{name}," for name in shown[:-1]] + shown[-1:]
    return paragraph([title, *(words or ["none"])], "", WIDTH - 4)


def _shown(user: str) -> str:
    """A user's name as it may stand in a comment: letters, digits and dots, the rest dropped."""
    kept = "".join(c for c in user if c.isascii() and (c.isalnum() or c in "._"))
    return f"'{kept[:30]}'" if kept == user else f"'{kept[:30]}' (other characters dropped)"
