"""Functions of a Python file and what claims to be their gradients: by use, by name, by tape."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from gradc.checking.python_file import PythonFile, defaults, last_name, parameters
from gradc.errors import Span, fail

How = Literal["gradient", "value-and-gradient", "tape", "jacobian"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A function, and where its gradient is said to be.

    ``how``: ``gradient`` is a function of its own; with ``value-and-gradient`` the function gives
    both; with ``tape`` the gradient is what TensorFlow's tape gives of the function itself.
    ``wrt`` are the parameters where the code tells, ``arguments`` what a call of the function
    hands over, formal to expression. ``used`` is that call.
    """

    fn: str
    gr: str
    how: How = "gradient"
    wrt: tuple[str, ...] = ()
    arguments: Mapping[str, ast.expr] = field(default_factory=dict)
    used: Span | None = None
    numerical: bool = False
    custom: bool = False

    @property
    def shown(self) -> str:
        """What the pair's gradient is called."""
        if self.custom:
            return f"the custom gradient of {self.fn}"
        return {"tape": "TensorFlow's tape", "value-and-gradient": f"{self.gr}()[1]"}.get(
            self.how, self.gr
        )


_MARKS = frozenset(
    ("grad", "gradient", "gradients", "gr", "jac", "jacobian", "derivative", "deriv", "fprime",
     "prime", "score", "der", "dfun", "backward")
)  # fmt: skip
_NUMERICAL = frozenset(
    ("numerical", "numeric", "num", "finite", "fd", "difference", "differences", "diff", "approx")
)
_NOISE = _NUMERICAL | frozenset(
    ("analytic", "analytical", "manual", "hand", "by", "my", "of", "compute", "calc", "get", "the",
     "tape", "auto", "tf", "np", "numpy", "custom", "exact", "true", "wrt", "fn", "fun", "func",
     "function", "handwritten", "written")
)  # fmt: skip
_OBJECTIVES = frozenset(
    ("loss", "cost", "objective", "obj", "f", "fn", "fun", "func", "function", "nll", "negloglik",
     "neg", "log", "lik", "likelihood", "loglik", "energy", "error", "mse", "rss", "sse", "fr",
     "model", "value", "target", "deviance", "penalty", "criterion")
)  # fmt: skip


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return [word for word in spaced.lower().split("_") if word]


def find_pairs(file: PythonFile, fn: str | None, gr: str | None) -> list[Pair]:
    """All pairs of a file, or the one that was asked for.

    Raises: GradcError (G001) for a name that is no function of the file, (G701) where there are
    no pairs.
    """
    for name in (fn, gr):
        if name is not None and name not in file.functions:
            raise fail(
                "G720", f"there is no function '{name}' in {file.path.name}", None, _has(file)
            )
    used = list(_by_use(file))
    if fn is not None and gr is not None:
        how: How = "value-and-gradient" if fn == gr else "gradient"
        return [_with_wrt(file, _called(used, Pair(fn, gr, how)))]
    found: list[Pair] = [*used]
    taken = {pair.gr for pair in used}
    found += [_called(used, pair) for pair in _by_name(file) if pair.gr not in taken]
    found += list(_custom_gradients(file))
    found += list(_taped(file, found))
    chosen: dict[tuple[str, str], Pair] = {}
    for pair in found:
        known = chosen.get((pair.fn, pair.gr))
        if known is None or (known.used is None and pair.used is not None):
            chosen[(pair.fn, pair.gr)] = _with_wrt(file, pair)
    pairs = [p for p in chosen.values() if fn in (None, p.fn) and gr in (None, p.gr)]
    if not pairs:
        pairs = list(_bare(file, fn))
    if not pairs:
        raise fail(
            "G720", f"no function with a gradient of its own was found in {file.path.name}", None,
            f"--fn NAME --gr NAME say which; {_has(file)}",
        )  # fmt: skip
    return pairs


def _has(file: PythonFile) -> str:
    names = list(file.functions)
    return f"it has {', '.join(names[:12])}" if names else "it has no functions"


# ------------------------------------------------------------------------- by name


def _by_name(file: PythonFile) -> Iterator[Pair]:
    for name, function in file.functions.items():
        words = _words(name)
        numerical = bool(_NUMERICAL & set(words))
        match = _claims(words)
        bare = name.removeprefix("d").removeprefix("_")
        if match is None and bare != name and bare in file.functions:
            yield Pair(bare, name)  # d_tanh, dtanh
        if match is None:
            continue
        rest = [word for word in match if word not in _NOISE]
        others = [n for n in file.functions if n != name and _claims(_words(n)) is None]
        partner = _partner(file, rest, others, parameters(function))
        if partner is not None:
            yield Pair(partner, name, numerical=numerical)


def _claims(words: Sequence[str]) -> list[str] | None:
    """The words of a name without what says that it is a gradient; None where nothing says so."""
    rest = [word for word in words if word not in _MARKS]
    if len(rest) < len(words):
        return rest
    if words and len(words[0]) > 1 and words[0][0] == "d" and words[0][1:] in _OBJECTIVES:
        return [words[0][1:], *words[1:]]  # dloss, dloss_dw
    if len(words) > 1 and words[0] == "d" and words[1] in _OBJECTIVES:
        return list(words[1:])
    return None


def _partner(
    file: PythonFile, rest: Sequence[str], others: Sequence[str], formals: Sequence[str]
) -> str | None:
    """The function that a gradient belongs to, by what else its name says."""
    wanted = [word for word in rest if word not in formals and word[1:] not in formals]

    def bare(name: str) -> list[str]:
        return [word for word in _words(name) if word not in _NOISE] or _words(name)

    if wanted:
        exact = [name for name in others if bare(name) == wanted or _words(name) == wanted]
        return exact[0] if exact else None
    fitting = [name for name in others if _takes(file, name, formals)]
    likely = [name for name in fitting if set(_words(name)) & _OBJECTIVES]
    if likely:
        return likely[0]
    return fitting[0] if len(fitting) == 1 else None


def _takes(file: PythonFile, name: str, formals: Sequence[str]) -> bool:
    """Whether a function takes what the gradient takes."""
    function = file.functions[name]
    own = parameters(function)
    needed = len(own) - len(function.args.defaults)
    return own[:needed] == list(formals)[:needed] or len(own) == len(formals)


def _with_wrt(file: PythonFile, pair: Pair) -> Pair:
    """With the parameters that the gradient's name or its tape tells of."""
    if pair.wrt:
        return pair
    function = file.functions[pair.gr]
    formals = parameters(file.functions[pair.fn])
    inside = _tape_inside(function)
    if inside is not None:
        sources = _source_names(inside, function)
        if sources:
            return replace(pair, wrt=sources)
    words = _words(pair.gr)
    named = [f for f in formals if f.lower() in words[1:] or f"d{f.lower()}" in words[1:]]
    return replace(pair, wrt=tuple(named)) if named and pair.fn != pair.gr else pair


# ------------------------------------------------------------------------- by tape


def _tape_inside(function: ast.FunctionDef) -> ast.Call | None:
    """The call of ``tape.gradient`` in a function."""
    tapes = {
        item.optional_vars.id
        for node in ast.walk(function)
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Call)
        and last_name(item.context_expr.func) == "GradientTape"
        and isinstance(item.optional_vars, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            is_gradient = node.func.attr in ("gradient", "jacobian") and len(node.args) > 1
            if is_gradient and isinstance(owner, ast.Name) and owner.id in tapes:
                return node
    return None


def opens_tape(function: ast.FunctionDef) -> bool:
    """Whether a function gives what a tape of its own says."""
    return _tape_inside(function) is not None


def _source_names(call: ast.Call, function: ast.FunctionDef) -> tuple[str, ...]:
    """The names of what the tape differentiates by."""
    sources = call.args[1]
    if isinstance(sources, ast.Name):
        for node in ast.walk(function):
            is_list = isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple)
            if is_list and last_name(node.targets[0]) == sources.id:  # type: ignore[attr-defined]
                sources = node.value  # type: ignore[attr-defined]
    items = sources.elts if isinstance(sources, ast.List | ast.Tuple) else [sources]
    return tuple(i.id for i in items) if all(isinstance(i, ast.Name) for i in items) else ()  # type: ignore[attr-defined]


def _taped(file: PythonFile, found: Sequence[Pair]) -> Iterator[Pair]:
    """Functions that open a tape themselves, with the value inside of it."""
    known = {pair.gr for pair in found}
    for name, function in file.functions.items():
        call = _tape_inside(function)
        if call is None or name in known or not _returns(function, call):
            continue
        inner = _function_of(file, function, call.args[0])
        yield Pair(inner, name) if inner is not None else Pair(name, name, "tape")


def _returns(function: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether what the tape gives is what the function returns, and it returns nothing else."""
    names = {
        last_name(node.targets[0])
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and node.value is call
    }
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
    return any(value is call or last_name(value or function) in names for value in returned)


def _function_of(file: PythonFile, function: ast.FunctionDef, target: ast.expr) -> str | None:
    """The function of the file whose value the tape differentiates, called with the same names."""
    value: ast.expr | None = target
    if isinstance(target, ast.Name):
        made = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and last_name(node.targets[0]) == target.id
        ]
        value = made[0] if len(made) == 1 else None
    if not isinstance(value, ast.Call) or last_name(value.func) not in file.functions:
        return None
    name = last_name(value.func)
    given = [last_name(argument) for argument in value.args]
    return name if given == parameters(file.functions[name])[: len(given)] else None


def _custom_gradients(file: PythonFile) -> Iterator[Pair]:
    for name, function in file.functions.items():
        if any(last_name(d) == "custom_gradient" for d in function.decorator_list):
            yield Pair(name, name, "tape", tuple(parameters(function)), custom=True)


def _bare(file: PythonFile, fn: str | None) -> Iterator[Pair]:
    """Functions of tensors without a gradient: what the tape gives of them."""
    if not file.tensorflow:
        return
    for name in file.functions if fn is None else [fn]:
        likely = set(_words(name)) & _OBJECTIVES
        if fn is not None or (likely and _claims(_words(name)) is None):
            yield Pair(name, name, "tape")


# ------------------------------------------------------------------------- by use

# callee: (place and name of f, place and name of g, place of the start, how)
_USES: Mapping[str, tuple[int, str, int, str, int, How]] = {
    "minimize": (0, "fun", 3, "jac", 1, "gradient"),
    "fmin_bfgs": (0, "f", 2, "fprime", 1, "gradient"),
    "fmin_cg": (0, "f", 2, "fprime", 1, "gradient"),
    "fmin_ncg": (0, "f", 2, "fprime", 1, "gradient"),
    "fmin_tnc": (0, "func", 2, "fprime", 1, "gradient"),
    "fmin_l_bfgs_b": (0, "func", 2, "fprime", 1, "gradient"),
    "check_grad": (0, "func", 1, "grad", 2, "gradient"),
    "basinhopping": (0, "func", 99, "jac", 1, "gradient"),
    "least_squares": (0, "fun", 2, "jac", 1, "jacobian"),
    "curve_fit": (0, "f", 99, "jac", 99, "jacobian"),
}


def _by_use(file: PythonFile) -> Iterator[Pair]:
    calls = [node for node in ast.walk(file.module) if isinstance(node, ast.Call)]
    for call in calls:
        rule = _USES.get(last_name(call.func))
        if rule is None:
            continue
        f_at, f_name, g_at, g_name, start_at, how = rule
        fn = last_name(_given(call, f_at, f_name) or call)
        given = _given(call, g_at, g_name)
        if fn not in file.functions or given is None:
            continue
        gr = last_name(given)
        if isinstance(given, ast.Constant) and given.value is True:
            gr, how = fn, "value-and-gradient"
        if gr not in file.functions:
            continue
        arguments = _handed(file, call, fn, start_at)
        wrt = tuple(parameters(file.functions[fn])[1:]) if _is_curve(call) else ()
        yield Pair(fn, gr, how, wrt, arguments, file.span(call))


def _is_curve(call: ast.Call) -> bool:
    return last_name(call.func) == "curve_fit"


def _given(call: ast.Call, place: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[place] if place < len(call.args) else None


def _handed(file: PythonFile, call: ast.Call, fn: str, start_at: int) -> dict[str, ast.expr]:
    """What the optimiser hands to the function."""
    formals = parameters(file.functions[fn])
    start = _given(call, start_at, "p0" if _is_curve(call) else "x0")
    if not formals:
        return {}
    if _is_curve(call):
        found = {formals[0]: call.args[1]} if len(call.args) > 1 else {}
        if isinstance(start, ast.List | ast.Tuple):
            found |= dict(zip(formals[1:], start.elts, strict=False))
        return found
    found = {} if start is None else {formals[0]: start}
    extra = _given(call, 99, "args")
    items: Sequence[ast.expr] = ()
    if last_name(call.func) == "check_grad":
        items = call.args[3:]
    elif extra is not None:
        items = extra.elts if isinstance(extra, ast.Tuple) else [extra]
    return {**found, **dict(zip(formals[1:], items, strict=False))}


def _called(used: Sequence[Pair], pair: Pair) -> Pair:
    """With the arguments of a call that hands the same function over."""
    same = next((u for u in used if u.fn == pair.fn and u.gr == pair.gr), None)
    if same is not None:
        return same
    other = next((u for u in used if u.fn == pair.fn), None)
    return pair if other is None else replace(pair, arguments=other.arguments)


def call_arguments(file: PythonFile, name: str) -> dict[str, ast.expr]:
    """What the first call of a function outside of functions hands over, formal to expression."""
    function = file.functions[name]
    formals = parameters(function)
    for call in file.outer_calls():
        if last_name(call.func) == name and isinstance(call.func, ast.Name):
            found = dict(zip(formals, call.args, strict=False))
            found |= {k.arg: k.value for k in call.keywords if k.arg in formals}
            return found
    return {}


__all__ = ["How", "Pair", "call_arguments", "defaults", "find_pairs"]
