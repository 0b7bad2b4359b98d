"""A model for R's own ``deriv()``: the formula as R has it, and a function that adds up rows.

``deriv`` takes one expression of functions in R's table. What depends on no parameter is
computed before it. It knows no ``sum``: a sum over rows is derived row by row, its factors and
divisors inside, and the columns are added up. The expression is put together by ``bquote``,
so that no line is nested deeper than R reads.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradc.emit.densities import R_DENSITIES, R_TAILS
from gradc.emit.layout import wrap
from gradc.emit.names import Locals, Names, rules
from gradc.emit.printer import Printer, renamed
from gradc.emit.r_moves import MOVES
from gradc.emit.schedule import Limits, Statement, count_uses, schedule
from gradc.emit.syntax import PRODUCT, Piece
from gradc.ir import Function, reachable
from gradc.prims import TABLE
from gradc.targets.r import SYNTAX
from gradc.targets.witness_terms import NoDerivText, Term, check_size, moving, terms_of
from gradc.text.r_derivative_rules import RULES

_LIMITS = Limits(characters=400, brackets=12, height=40)
_CALLS: Mapping[str, str] = {**R_TAILS, **R_DENSITIES, "sigmoid": "plogis", "select": "ifelse"}
_OVERWRITTEN = re.compile(r"\.(?:grad|value|hessian|expr\d+)\Z")


@dataclass(frozen=True, slots=True)
class DerivText:
    """A file of R, what each input is called in it, and what R is known to get wrong in it."""

    text: str
    names: Mapping[str, str]
    fault: str


@dataclass(slots=True)
class _Writer:
    """The file being written."""

    function: Function
    names: Names
    users: Mapping[str, str]
    active: bytearray
    faults: dict[str, None] = field(default_factory=dict)
    elements: dict[tuple[str, int], str] = field(default_factory=dict)
    built: list[str] = field(default_factory=list)
    given: dict[int, Piece] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    pieces: dict[int, Piece] = field(default_factory=dict)


def deriv_text(function: Function, name: str) -> DerivText:
    """The file of R that has the function ``name``, for a value that is plain.

    Raises: NoDerivText, with the reason.
    """
    names = Names(rules("r"), [name])
    users = names.claim(item.name for item in (*function.params, *function.data))
    active = moving(function)
    writer = _Writer(function, names, users, active)
    terms = terms_of(function, active)
    check_size(function, terms, active)
    _compute_given(writer, terms)
    for term in terms:
        _build(writer, term)
    return DerivText(_file(writer, terms, name), users, _fault(writer))


# ------------------------------------------------------------------------------- expression


def _compute_given(writer: _Writer, terms: Sequence[Term]) -> None:
    """Statements for what depends on no parameter."""
    function, active = writer.function, writer.active
    graph = function.graph
    roots = [node for term in terms for node in (term.root, *term.factors, *term.divisors)]
    marks = reachable(graph, roots)
    needed = dict.fromkeys(root for root in roots if not active[root])
    for node in range(len(marks)):
        if marks[node] and active[node]:
            needed |= dict.fromkeys(arg for arg in graph.args(node) if not active[arg])
    for node, _ in enumerate(marks):
        if marks[node] and not active[node] and not _is_known(function, node):
            raise NoDerivText(f"R has no '{graph.prim(node)}'")
    printer = Printer(graph, SYNTAX, _spelling, dict(writer.users))
    locals_ = Locals(writer.names, function.names, "given")
    plan = schedule(printer, list(needed), locals_, _LIMITS)
    for statement in plan.statements:
        if isinstance(statement, Statement):
            writer.before.append(f"{statement.name} <- {statement.text}")
    for node in needed:
        piece = plan.pieces[node]
        if graph.prim(node) not in ("input", "const") and not piece.text.isidentifier():
            name = locals_(node)
            writer.before.append(f"{name} <- {piece.text}")
            piece = renamed(piece, name)
        writer.given[node] = piece


def _spelling(prim: str) -> str | None:
    text = _CALLS.get(prim) or TABLE[prim].spell.get("r")
    return text if isinstance(text, str) else None


def _is_known(function: Function, node: int) -> bool:
    prim = function.graph.prim(node)
    if prim in ("input", "const", "neg", "not") or prim in SYNTAX.infix or prim in MOVES:
        return True
    return prim in TABLE and _spelling(prim) is not None


def _build(writer: _Writer, term: Term) -> None:
    """The pieces of a term's nodes, one after another."""
    graph, active = writer.function.graph, writer.active
    roots = [term.root, *term.factors, *term.divisors]
    marks = reachable(graph, roots)
    skipped = _inside_of_tails(writer, marks)
    uses = count_uses(graph, marks, roots)
    printer = Printer(graph, SYNTAX, _spelling, dict(writer.users))
    for node in range(len(marks)):
        if not (marks[node] and active[node]) or node in writer.pieces or node in skipped:
            continue
        piece = _piece(writer, printer, node)
        large = piece.brackets > _LIMITS.brackets or piece.height > _LIMITS.height
        shared = uses[node] > 1 and graph.prim(node) not in ("input", "index")
        if large or shared or len(piece.text) > _LIMITS.characters:
            name = writer.names.numbered("part")
            writer.built.append(f"{name} <- bquote({piece.text})")
            piece = renamed(piece, f".({name})")
        writer.pieces[node] = piece


def _piece(writer: _Writer, printer: Printer, node: int) -> Piece:
    """The text of a node that depends on a parameter; NoDerivText where R has no rule."""
    graph = writer.function.graph
    prim, args = graph.prim(node), graph.args(node)
    if prim == "input":
        return printer.leaf(node)
    if prim == "index" and graph.prim(args[0]) == "input":
        return Piece(_element(writer, graph.attrs(args[0]), int(graph.attrs(node))))
    normal = _normal(writer, node)
    if normal is not None:
        return _called(writer, *normal)
    if prim in ("neg", "add", "sub", "mul", "div", "pow"):
        return printer.operation(node, [_of(writer, arg) for arg in args])
    spelling = _spelling(prim) if prim in TABLE else None
    head = (spelling or prim).partition("(")[0]
    if spelling is None or head not in RULES or len(args) != 1:
        raise NoDerivText(f"R's deriv has no derivative of '{_known_as(prim, head)}'")
    if "log.p" in spelling or "lower.tail" in spelling:
        writer.faults["R's own deriv drops the arguments of pnorm"] = None
    return printer.operation(node, [_of(writer, arg) for arg in args])


def _known_as(prim: str, head: str) -> str:
    words = {"select": "ifelse", "index": "[", "scan": "for", "output": "for", "final": "for"}
    words |= dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"), "ifelse")
    words |= {"min2": "pmin", "max2": "pmax"}
    return words.get(prim, head if head.isidentifier() else prim)


def _of(writer: _Writer, node: int) -> Piece:
    graph = writer.function.graph
    if graph.prim(node) == "input" and graph.types[node].shape and writer.active[node]:
        name = graph.attrs(node)
        raise NoDerivText(f"deriv takes numbers as parameters, and '{name}' is a vector")
    found = writer.pieces.get(node)
    return writer.given[node] if found is None else found


def _element(writer: _Writer, name: str, place: int) -> str:
    """The number that stands for an element of a vector of parameters."""
    key = (name, place)
    if key not in writer.elements:
        writer.elements[key] = writer.names.resembling(f"{writer.users[name]}_{place}")
    return writer.elements[key]


def _normal(writer: _Writer, node: int) -> tuple[str, list[int], bool] | None:
    """``dnorm`` and ``pnorm`` with their arguments, as the user wrote them."""
    graph = writer.function.graph
    prim, args = graph.prim(node), graph.args(node)
    if prim in ("dnorm", "dnorm_log"):
        return "dnorm", list(args), prim == "dnorm_log"
    if prim == "pnorm":
        tail = _tail(writer.function, node)
        if tail is not None:
            return "pnorm", tail, False
    return None


def _tail(function: Function, node: int) -> list[int] | None:
    """q, mean and sd where ``pnorm(q, mean, sd)`` was called.

    It is read as ``pnorm(ifelse(sd < 0, sqrt(sd), (q - mean)/sd))``, which nobody writes.
    """
    graph = function.graph
    choice = graph.args(node)[0]
    if graph.prim(choice) != "select":
        return None
    condition, root, quotient = graph.args(choice)
    if graph.prim(condition) != "lt" or graph.prim(root) != "sqrt":
        return None
    sd = graph.args(root)[0]
    if graph.prim(quotient) != "div" or graph.args(quotient)[1] != sd:
        return None
    if graph.args(condition)[0] != sd:
        return None
    top = graph.args(quotient)[0]
    if graph.prim(top) == "sub":
        return [*graph.args(top), sd]
    return None


def _inside_of_tails(writer: _Writer, marks: bytearray) -> set[int]:
    """Nodes that only the reading of ``pnorm`` has added."""
    graph, found = writer.function.graph, set()
    for node in range(len(marks)):
        if not (marks[node] and graph.prim(node) == "pnorm"):
            continue
        if _tail(writer.function, node) is not None:
            choice = graph.args(node)[0]
            found |= {choice, *graph.args(choice)}
            found.add(graph.args(graph.args(choice)[2])[0])
    return found


def _called(writer: _Writer, head: str, args: list[int], log: bool) -> Piece:
    """A call of ``dnorm`` or ``pnorm``; R's deriv minds its first argument alone."""
    graph = writer.function.graph
    defaults = (0.0, 1.0)
    given = [
        not (graph.is_const(arg) and graph.value(arg) == default)
        for arg, default in zip(args[1:], defaults, strict=True)
    ]
    count = 3 if given[1] else 2 if given[0] else 1
    pieces = [_of(writer, arg) for arg in args[:count]]
    texts = [piece.text for piece in pieces] + (["log = TRUE"] if log else [])
    if len(texts) > 1:
        writer.faults[f"R's own deriv drops the arguments of {head}"] = None
    brackets = 1 + max(piece.brackets for piece in pieces)
    height = 1 + max(piece.height for piece in pieces)
    return Piece(f"{head}({', '.join(texts)})", brackets=brackets, height=height)


def _fault(writer: _Writer) -> str:
    faults = list(writer.faults)
    faults += [
        f"R's own deriv overwrites the variable '{name}'"
        for name in writer.users.values()
        if _OVERWRITTEN.match(name)
    ]
    return ", and ".join(faults)


# ------------------------------------------------------------------------------------- file


def _whole(writer: _Writer, term: Term) -> str:
    """A term's expression, its factors and divisors inside."""
    text = _of(writer, term.root)
    parts = [text.at(PRODUCT).text if term.factors or term.divisors else text.text]
    parts += [f" * ({_of(writer, node).text})" for node in term.factors]
    parts += [f" / ({_of(writer, node).text})" for node in term.divisors]
    return "".join(parts)


def _labels(writer: _Writer) -> list[tuple[str, str]]:
    """The name to differentiate by and the column of each number among the parameters."""
    found: list[tuple[str, str]] = []
    for item in writer.function.params:
        name = writer.users[item.name]
        if not item.type.shape:
            found.append((name, name))
            continue
        if item.type.rank > 1 or item.type.length is None:
            raise NoDerivText(f"deriv takes numbers as parameters, and '{item.name}' is none")
        places = range(1, item.type.length + 1)
        found += [(_element(writer, item.name, k), f"{name}[{k}]") for k in places]
    return found


def _file(writer: _Writer, terms: Sequence[Term], name: str) -> str:
    labels, names = _labels(writer), writer.names
    by = ", ".join(f'"{variable}"' for variable, _ in labels)
    expressions = [names.fresh("term") for _ in terms]
    lines = [f"{name} <- local({{"]
    for text in writer.built:
        lines += wrap(text, 2)
    for term, variable in zip(terms, expressions, strict=True):
        whole = _whole(writer, term)
        lines += wrap(f"{variable} <- deriv(bquote({whole}), c({by}))", 2)
    inputs = [writer.users[item.name] for item in (*writer.function.params, *writer.function.data)]
    lines += wrap(f"function({', '.join(inputs)}) {{", 2)
    for (item, place), variable in writer.elements.items():
        lines.append(f"    {variable} <- {writer.users[item]}[{place}]")
    for text in writer.before:
        lines += wrap(text, 4)
    lines += _results(writer, terms, expressions, [column for _, column in labels])
    return "\n".join([*lines, "  }", "})"]) + "\n"


def _results(
    writer: _Writer, terms: Sequence[Term], expressions: Sequence[str], columns: Sequence[str]
) -> list[str]:
    names = writer.names
    value, gradient, rows = names.fresh("value"), names.fresh("gradient"), names.fresh("rows")
    if writer.function.per_observation:
        listed = ", ".join(f'"{column}"' for column in columns)
        return [
            f"    {rows} <- eval({expressions[0]})",
            f'    {gradient} <- attr({rows}, "gradient")',
            *wrap(f"dimnames({gradient}) <- list(NULL, c({listed}))", 4),
            f'    attr({rows}, "gradient") <- {gradient}',
            f"    {rows}",
        ]
    lines = [f"    {value} <- 0", f"    {gradient} <- numeric({len(columns)})"]
    for term, expression in zip(terms, expressions, strict=True):
        sign = "-" if term.negative else "+"
        lines += [
            f"    {rows} <- eval({expression})",
            f"    {value} <- {value} {sign} sum({rows})",
            f'    {gradient} <- {gradient} {sign} colSums(attr({rows}, "gradient"))',
        ]
    listed = ", ".join(f'"{column}"' for column in columns)
    made = f"matrix({gradient}, 1, dimnames = list(NULL, c({listed})))"
    return [*lines, *wrap(f"structure({value}, gradient = {made})", 4)]
