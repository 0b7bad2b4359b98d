"""Replace forms that lose digits or overflow by equal forms that do not.

The rules stand in the table beside the primitives they lead to; those that lead to no
primitive of their own, and the two that take sums of any length, are here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from gradc.diff.template import Apply, Make, Template, Variable, compile_template, read, variables
from gradc.ir import Function, Graph, Record, rebuild
from gradc.passes.match import Bindings, matches, primitives
from gradc.passes.rebuild import STRUCTURAL, with_bodies
from gradc.prims import TABLE, Builder, Stabilizes

_RULES: tuple[Stabilizes, ...] = (
    Stabilizes("log(exp(x))", "x"),
    Stabilizes("1 - cos(x)", "2*sin(x/2)^2"),
    Stabilizes("cos(x) - 1", "-2*sin(x/2)^2"),
    # The difference of the radicands is c itself.
    Stabilizes("sqrt(x + c) - sqrt(x)", "c/(sqrt(x + c) + sqrt(x))", constant="c", varies="x"),
    Stabilizes("sqrt(x) - sqrt(x - c)", "c/(sqrt(x) + sqrt(x - c))", constant="c", varies="x"),
    Stabilizes("sqrt(x) - sqrt(x + c)", "-c/(sqrt(x) + sqrt(x + c))", constant="c", varies="x"),
    Stabilizes("x^2 - 1", "(x - 1)*(x + 1)", varies="x"),
    Stabilizes("1 - x^2", "(1 - x)*(1 + x)", varies="x"),
    # Inf/Inf where the power overflows.
    Stabilizes(
        "x^k/(1 + x^k)",
        "ifelse(abs(x^k) > 1, 1/(1 + x^(-k)), x^k/(1 + x^k))",
        varies="x",
    ),
    # 1 + u rounds u away; outside |u| < 1/2 nothing is lost, and u <= -1 stays what it was.
    Stabilizes("(1 + u)^y", "ifelse(abs(u) < 0.5, exp(y*log1p(u)), (1 + u)^y)", varies="u y"),
    Stabilizes("x^y - 1", "ifelse(x > 0, expm1(y*log(x)), x^y - 1)", varies="x y"),
)
# Of ``1 - tanh(x)^2`` one pass makes ``(1 - tanh(x))*(1 + tanh(x))``, and the next one the rest.
_MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule ready to run; ``guarded`` where it chooses between a new form and the old one."""

    text: Stabilizes
    pattern: Apply
    make: Make
    names: tuple[str, ...]
    varies: frozenset[str]
    constant: frozenset[str]
    guarded: bool
    needs: frozenset[str]
    makes: frozenset[str]
    children: frozenset[object]

    def accepts(self, graph: Graph, bound: Bindings) -> bool:
        """Whether what the variables stand for varies, or is constant, as the rule wants."""
        return all(not graph.is_const(bound[v]) for v in self.varies) and all(
            graph.is_const(bound[v]) for v in self.constant
        )


@lru_cache(maxsize=1)
def _rules() -> dict[str, tuple[_Rule, ...]]:
    """All rules by the primitive at the root of their patterns, in the order of the table."""
    found: dict[str, list[_Rule]] = {}
    from_table = [rule for prim in TABLE for rule in prim.stabilizes]
    for text in (*from_table, *_RULES):
        rule = _compiled(text)
        found.setdefault(rule.pattern.prim, []).append(rule)
    return {prim: tuple(rules) for prim, rules in found.items()}


def _compiled(text: Stabilizes) -> _Rule:
    pattern = read(text.pattern)
    if not isinstance(pattern, Apply):
        raise TypeError(f"a pattern applies a primitive: {text.pattern!r}")
    becomes = read(text.becomes)
    names = tuple(variables(pattern))
    slots = {name: index for index, name in enumerate(names)}
    return _Rule(
        text,
        pattern,
        compile_template(becomes, slots),
        names,
        frozenset(text.varies.split()),
        frozenset(text.constant.split()),
        isinstance(becomes, Apply) and becomes.prim == "select",
        frozenset(primitives(pattern)),
        frozenset(primitives(becomes)),
        frozenset(_mark(arg) for arg in pattern.args if not isinstance(arg, Variable)),
    )


@lru_cache(maxsize=64)
def forms(prim: str, texts: tuple[Stabilizes, ...]) -> tuple[Form, ...]:
    """What gives another form to a node of this primitive, one for each of these rules.

    Each takes a graph and a node and gives None where the node does not match.
    """
    rules = [rule for rule in map(_compiled, texts) if rule.pattern.prim == prim]
    return tuple(partial(_applied, rule) for rule in rules)


Form = Callable[[Graph, int], int | None]


def stable_node(graph: Graph, node: int, depth: int = 3) -> int:
    """The stable form of one node and of what is below it, to a depth; others keep theirs."""
    every = {name: list(rules) for name, rules in _rules().items()}
    return _stable_node(_Rewriter(graph, every, sums=True), node, depth)


def _stable_node(builder: _Rewriter, node: int, depth: int) -> int:
    name, attrs, *args = builder.graph.records[node]
    if not args or name in STRUCTURAL:
        return node
    if depth:
        args = [_stable_node(builder, arg, depth - 1) for arg in args]
    return builder.rewrite(builder.apply(name, args, attrs), guarded=False)


def _applied(rule: _Rule, graph: Graph, node: int) -> int | None:
    for bound in matches(graph, rule.pattern, node, {}):
        if rule.accepts(graph, bound):
            return rule.make(Builder(graph), [bound[v] for v in rule.names])
    return None


def _mark(template: Template) -> object:
    """What a node must be to match: its primitive, or its value for a number."""
    return template.prim if isinstance(template, Apply) else getattr(template, "value", None)


def stabilize(function: Function, *, splits: bool = True) -> Function:
    """The function with every unstable form replaced; equal as a real function.

    Without ``splits`` no form is replaced by a choice between two: what a derivative rule made
    of the branches of such a choice is already good on its own side.
    """
    function = with_bodies(function, lambda body: stabilize(body, splits=splits))
    for _ in range(_MOST_PASSES):
        function, changed = _stabilized(function, splits)
        if not changed:
            break
        splits = False
    return function


def _stabilized(function: Function, splits: bool) -> tuple[Function, bool]:
    """One pass, and whether it replaced anything: what a rule makes may hold another's pattern."""
    old = function.graph
    present = {record[0] for record in old.records}
    rules = _applicable(present)
    sums = "exp" in present and "add" in present
    if not rules and not sums:
        return function, False
    branches = {arg for record in old.records if record[0] == "select" for arg in record[3:]}
    graph = Graph()
    builder = _Rewriter(graph, rules, sums)
    rewritten = {*rules, *(_SUMS if sums else ())}
    types = old.types
    touched: set[int] = set()

    def make(node: int, record: Record, args: Sequence[int]) -> int:
        name = record[0]
        if touched.isdisjoint(args) or name in STRUCTURAL:
            # Nothing new to fold below a node: it is what it was.
            made = plain = graph.intern((name, record[1], *args), types[node])
        else:
            made, plain = builder.apply(name, args, record[1]), -1
        if name in rewritten or plain < 0:
            made = builder.rewrite(made, guarded=not splits or node in branches)
        if made != plain:
            touched.add(made)
        return made

    return rebuild(function, graph, make), bool(touched)


def _applicable(present: set[str]) -> dict[str, list[_Rule]]:
    """The rules whose patterns can occur among these primitives or what such rules make of them."""
    available = set(present)
    pending = [rule for rules in _rules().values() for rule in rules]
    kept: dict[str, list[_Rule]] = {}
    while True:
        ready = [rule for rule in pending if rule.needs <= available]
        if not ready:
            break
        pending = [rule for rule in pending if rule.needs - available]
        for rule in ready:
            available |= rule.makes
    for prim, rules in _rules().items():
        chosen = [rule for rule in rules if rule.needs <= available]
        if chosen:
            kept[prim] = chosen
    return kept


class _Rewriter(Builder):
    """A builder that rewrites what it has built."""

    __slots__ = ("_logs", "_rules", "_sums")

    def __init__(self, graph: Graph, rules: dict[str, list[_Rule]], sums: bool) -> None:
        super().__init__(graph)
        self._rules = rules
        self._sums = sums
        self._logs: dict[int, int | None] = {}

    def rewrite(self, node: int, guarded: bool) -> int:
        """The stable form of a node, the node itself where there is none.

        A node that is already one branch of a choice is not split into a choice again.
        """
        for _ in range(8):  # a rule's result may be the start of another rule
            better = self._rewrite_once(node, guarded)
            if better is None or better == node:
                return node
            node = better
        return node

    def log_of_sum(self, node: int) -> int | None:
        """The logarithm of a sum of exponentials, None for another node.

        Every term of a softmax divides by the same sum, which is walked once.
        """
        if node not in self._logs:
            found = _exponentials(self.graph, node)
            self._logs[node] = None if found is None else found.log(self)
        return self._logs[node]

    def _rewrite_once(self, node: int, guarded: bool) -> int | None:
        graph = self.graph
        name = graph.records[node][0]
        if self._sums and name in _SUMS:
            better = _SUMS[name](self, node)
            if better is not None:
                return better
        rules = self._rules.get(name)
        if rules is None:
            return None
        records = graph.records
        children = {
            records[arg][1][1] if records[arg][0] == "const" else records[arg][0]
            for arg in records[node][2:]
        }
        for rule in rules:
            if not rule.children <= children or (rule.guarded and guarded):
                continue
            for bound in matches(graph, rule.pattern, node, {}):
                if rule.accepts(graph, bound):
                    return rule.make(self, [bound[v] for v in rule.names])
        return None


@dataclass(frozen=True, slots=True)
class _Exponentials:
    """A sum ``exp(a) + exp(b) + … (+ 1)`` by its exponents."""

    exponents: tuple[int, ...]
    plus_one: bool

    def log(self, b: Builder) -> int:
        """The logarithm of the sum, never leaving the logarithmic scale."""
        total = self.exponents[0]
        for exponent in self.exponents[1:]:
            total = b.apply("logspace_add", [total, exponent])
        return b.apply("softplus", [total]) if self.plus_one else total


def _exponentials(graph: Graph, node: int) -> _Exponentials | None:
    """A sum of at least two exponentials, or None."""
    exponents: list[int] = []
    ones = 0
    pending = [node]
    while pending:
        record = graph.records[pending.pop()]
        if record[0] == "add":
            pending += [record[3], record[2]]
        elif record[0] == "exp":
            exponents.append(record[2])
        elif record[0] == "const" and record[1][1] == 1.0:
            ones += 1
        else:
            return None
    if len(exponents) < 2 or ones > 1:
        return None
    return _Exponentials(tuple(exponents), ones == 1)


def _log_of_sum(b: _Rewriter, node: int) -> int | None:
    """log(exp(a) + exp(b) + …)."""
    return b.log_of_sum(b.graph.records[node][2])


def _share_of_sum(b: _Rewriter, node: int) -> int | None:
    """exp(a)/(exp(a) + exp(b) + …), where both sides may overflow."""
    _, _, numerator, denominator = b.graph.records[node]
    log = b.log_of_sum(denominator)
    if log is None:
        return None
    top = b.graph.records[numerator]
    if top[0] == "exp":
        return b.apply("exp", [b.sub(top[2], log)])
    return b.mul(numerator, b.apply("exp", [b.neg(log)]))


_SUMS: dict[str, Callable[[_Rewriter, int], int | None]] = {
    "log": _log_of_sum,
    "div": _share_of_sum,
}
