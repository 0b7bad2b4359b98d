"""A repair as a cause: its name, what it says, and what would mend it."""

from __future__ import annotations

from gradc.checking.bench import Bench, Site
from gradc.checking.comparison import Cause
from gradc.checking.edits import Edit
from gradc.checking.findings import CauseName
from gradc.checking.patterns import Pattern
from gradc.checking.places import place_of
from gradc.checking.ranking import Ranked
from gradc.checking.unshare import within
from gradc.errors import Span

_NAMES: dict[str, CauseName] = {"sign": "sign", "mean": "sum-or-mean", "sum": "sum-or-mean"}
_BASES = frozenset({"log", "log2", "log10"})
_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "^", "lt": "<", "le": "<="}
_SIGNS |= {"gt": ">", "ge": ">=", "eq": "==", "ne": "!=", "min2": "pmin", "max2": "pmax"}
_LONGEST = 60
_STRONG = frozenset({"sign", "dropped-half", "sum-or-mean", "log-base", "constant-factor"})


def cause_of(bench: Bench, item: Ranked, pattern: Pattern | None) -> Cause:
    """What to say of a repair; ``pattern`` is what the numbers alone say of all wrong elements."""
    edit = item.repair.edit
    span = _place(bench, item)
    said = _short(span)
    name, message = _name(bench, edit), _message(bench, edit, said)
    mend = _mend(bench, edit, said)
    if pattern is not None and pattern.whole and pattern.name in _STRONG:
        name = pattern.name
        message = f"{pattern.message}; {message}"
    evidence = [pattern.evidence] if pattern is not None else []
    points = len(bench.samples)
    line = "" if span is None else f" in line {span.source.place(span.start)[0]}"
    right = "every number comes" if item.repair.clean else "every wrong number comes"
    evidence.append(f"with this change{line}, {right} out right at all {points} points")
    return Cause(
        name,
        message,
        tuple(evidence),
        mend,
        span,
        item.repair.primal,
        _node(bench, edit),
        None if pattern is None else pattern.ratio,
        proved=True,
        elements=tuple(int(i) for i in range(len(bench.wrong)) if bench.wrong[i]),
    )


def _place(bench: Bench, item: Ranked) -> Span | None:
    edit = item.repair.edit
    if item.either:
        return bench.spans[edit.site.user]
    negated = edit.kind == "sign" and bench.doubled(edit.site.node)
    return place_of(bench, edit.site, negated=negated)


def _node(bench: Bench, edit: Edit) -> int:
    node = edit.site.node
    leaf = bench.graph.prim(node) in ("const", "input") and edit.site.user >= 0
    return bench.original[edit.site.user if leaf else node]


def _short(span: Span | None) -> str:
    text = "" if span is None else " ".join(span.text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def _name(bench: Bench, edit: Edit) -> CauseName:
    if edit.kind in _NAMES:
        return _NAMES[edit.kind]
    if edit.kind == "operator" and bench.graph.prim(edit.site.node) in _BASES:
        return "log-base" if edit.expression[0] in _BASES else "wrong-step"
    if edit.kind == "factor":
        if isinstance(edit.operand, float):
            if edit.operand in (2.0, 0.5):
                return "dropped-half"
            return "log-base" if "log(" in edit.text else "constant-factor"
        return "missing-factor" if edit.expression[0] == "mul" else "wrong-step"
    return "wrong-step"


def _message(bench: Bench, edit: Edit, said: str) -> str:
    here = f"`{said}`" if said else "this"
    is_leaf = bench.graph.prim(edit.site.node) in ("const", "input")
    if said and not is_leaf and not bench.is_own(edit.site.node) and edit.site.user < 0:
        here = f"a step of `{said}`"
    if edit.kind == "sign":
        return f"{here} has the wrong sign"
    if edit.kind == "operator":
        new, old = edit.expression[0], bench.graph.prim(edit.site.node)
        return f"{here} has `{_SIGNS.get(old, old)}` where `{_SIGNS.get(new, new)}` is right"
    if edit.kind == "swap":
        return f"the arguments of {here} are the wrong way round"
    if edit.kind == "branch":
        return f"the branches of {here} are the wrong way round"
    if edit.kind == "factor":
        known = edit.text.removeprefix("multiplied by ").removeprefix("divided by ")
        missing = edit.expression[0] == "mul"
        return f"a {'factor' if missing else 'divisor'} is missing at {here}: {known}"
    if edit.kind == "mean":
        return _of_mean(edit, here)
    if edit.kind == "term":
        return f"a term is missing at {here}: it is right {edit.text}"
    if edit.kind == "extra":
        return _too_much(bench, edit, here)
    return f"{here} is wrong: {edit.text} is right"


def _of_mean(edit: Edit, here: str) -> str:
    for verb, what in (("divided", "division"), ("multiplied", "multiplication")):
        if edit.text.startswith(f"{verb} by "):
            return f"{here} lacks a {what} by {edit.text.removeprefix(f'{verb} by ')}"
    return f"{here} is wrong: {edit.text} is right"


_PARTS = {"mul": "factor", "add": "term", "sub": "term", "div": "divisor", "pow": "exponent"}


def _too_much(bench: Bench, edit: Edit, here: str) -> str:
    """What stands beside the one argument that is right alone."""
    node = edit.site.node
    prim, args = bench.graph.prim(node), bench.graph.args(node)
    kept = _argument(bench, node, edit.expression)
    alone = f"`{kept}` alone" if kept else "one of its parts alone"
    others = [arg for arg in args if arg != edit.expression]
    if len(args) == 2 and len(others) == 1 and prim in _PARTS:
        is_last = others[0] == args[1]
        word = _PARTS[prim] if is_last or prim in ("mul", "add", "sub") else "rest"
        dropped = _argument(bench, node, others[0])
        named = f" `{dropped}`" if dropped else ""
        return f"the {word}{named} is too much in {here}: {alone} is right"
    return f"{here} has too much: {alone} is right"


def _argument(bench: Bench, user: int, node: int) -> str:
    """The text of an argument, where it stands inside its user."""
    position = bench.graph.args(user).index(node)
    span, whole = place_of(bench, Site(node, user, position)), bench.spans[user]
    known = span is not None and whole is not None and span != whole and within(span, whole)
    return _short(span) if known else ""


def _mend(bench: Bench, edit: Edit, said: str) -> str | None:
    if edit.kind == "factor" and said:
        verb = "multiply" if edit.expression[0] == "mul" else "divide"
        return f"{verb} `{said}` {edit.text.split(' ', 1)[1]}"
    if edit.kind == "sign" and said:
        return f"change the sign of `{said}`"
    if edit.kind == "operator":
        new, old = edit.expression[0], bench.graph.prim(edit.site.node)
        turned = ", turned round" if "turned" in edit.text else ""
        return f"`{_SIGNS.get(new, new)}` for `{_SIGNS.get(old, old)}`{turned}"
    if edit.kind == "extra":
        kept = _argument(bench, edit.site.node, edit.expression)
        return f"`{kept}` alone" if kept else edit.text
    return edit.text
