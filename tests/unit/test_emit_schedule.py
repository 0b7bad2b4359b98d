"""Statements: sharing, limits, order; and blocks of scalars and loops."""

from __future__ import annotations

import ast
import re

import pytest

from gradc.emit.blocks import BlockScheduler, Dialect
from gradc.emit.branches import guard_branches
from gradc.emit.names import Names, rules
from gradc.emit.printer import Printer
from gradc.emit.schedule import Limits, Schedule, schedule
from gradc.emit.sharing import share_exponentials, share_signs
from gradc.errors import Source
from gradc.frontend import build
from gradc.ir import REAL, Function, Graph, Input, dump, symbol, vector
from gradc.prims import Builder
from gradc.targets import TARGETS


def read(text: str) -> Function:
    return build(Source("text", text), syntax="r", wrt=None, at=None, name="model").function


def plan_of(function: Function, limits: Limits | None = None, keep: bool = False) -> Schedule:
    names = {item.name: item.name for item in function.inputs}
    row = TARGETS["numpy"]
    printer = Printer(function.graph, row.syntax, row.spelling, names)
    counter = iter(range(1, 10**7))
    return schedule(
        printer,
        list(function.outputs.values()),
        lambda node: function.names.get(node, f"t{next(counter)}"),
        limits or Limits(),
        set(function.names) if keep else (),
    )


def lines(function: Function, limits: Limits | None = None, keep: bool = False) -> list[str]:
    plan = plan_of(function, limits, keep)
    text = [f"{s.name} = {s.text}" for s in plan.statements]
    return [*text, plan.text(function.value)]


def test_what_is_used_once_is_inlined_and_what_is_used_twice_is_not() -> None:
    assert lines(read("exp(a*b) + exp(a*b)*sin(a*b)")) == [
        "t1 = a * b",
        "t2 = np.exp(t1)",
        "t2 + t2 * np.sin(t1)",
    ]


def test_names_numbers_and_signs_are_free() -> None:
    assert lines(read("-a*b + exp(-a)")) == ["-a * b + np.exp(-a)"]


def test_the_users_own_names_are_kept() -> None:
    assert lines(read("eta <- a + b\nexp(eta)"), keep=True) == ["eta = a + b", "np.exp(eta)"]


def test_arguments_that_a_spelling_repeats_become_names() -> None:
    graph = Graph()
    b = Builder(graph)
    a, c = graph.input("a", REAL), graph.input("c", REAL)
    inputs = (Input("a", a, "param", REAL), Input("c", c, "data", REAL))
    value = b.apply("xlogx", [b.add(a, c)])
    assert lines(Function("f", inputs, {"value": value}, graph, ("a",))) == [
        "t1 = a + c",
        "special.xlogy(t1, t1)",
    ]


@pytest.mark.parametrize("limits", [Limits(), Limits(60, 4, 10), Limits(400, 16, 60)])
def test_no_expression_passes_the_limits(limits: Limits) -> None:
    deep = "a" + "".join(f"*exp(b + {i})^2" for i in range(50))
    nested = "exp(a*" * 60 + "b" + ")" * 60
    flat = " + ".join(f"sin({i}*a)" for i in range(3000))
    for text in (deep, nested, flat):
        plan = plan_of(read(text), limits)
        texts = [statement.text for statement in plan.statements]
        texts += [piece.text for piece in plan.pieces.values()]
        assert max(map(len, texts)) <= limits.characters
        assert max(map(_nesting, texts)) <= limits.brackets


def _nesting(text: str) -> int:
    deepest = depth = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    return deepest


def _chain(steps: int) -> Function:
    graph = Graph()
    b = Builder(graph)
    x = graph.input("x", REAL)
    node = x
    for step in range(steps):
        node = b.add(b.mul(b.apply("sin", [node]), x), b.const(float(step)))
    return Function("chain", (Input("x", x, "param", REAL),), {"value": node}, graph, ("x",))


def test_a_chain_of_100000_operations_is_python_that_can_be_compiled() -> None:
    plan = plan_of(_chain(33_333))
    text = "\n".join(f"{s.name} = {s.text}" for s in plan.statements)
    compile(text, "chain", "exec")
    assert all(_height(ast.parse(s.text, mode="eval")) < 90 for s in plan.statements[:200])


def _height(tree: ast.AST) -> int:
    return 1 + max((_height(child) for child in ast.iter_child_nodes(tree)), default=0)


def test_the_order_is_that_of_the_graph_and_every_name_is_defined_before_its_use() -> None:
    plan = plan_of(_chain(1000))
    defined = {"x"}
    for statement in plan.statements:
        assert set(re.findall(r"\bt\d+\b", statement.text)) <= defined
        defined.add(statement.name)


def test_a_sign_moves_into_a_factor_that_is_negated_anyway() -> None:
    graph = Graph()
    b = Builder(graph)
    a, x = graph.input("a", REAL), graph.input("x", REAL)
    e = b.apply("exp", [a])
    outputs = {"value": b.neg(e), "gradient:a": b.neg(b.mul(e, x))}
    inputs = (Input("a", a, "param", REAL), Input("x", x, "data", REAL))
    shared = share_signs(Function("f", inputs, outputs, graph, ("a",)))
    plan = plan_of(shared)
    assert [f"{s.name} = {s.text}" for s in plan.statements] == ["t1 = -np.exp(a)"]
    assert plan.text(shared.outputs["gradient:a"]) == "t1 * x"


def test_both_sides_of_a_logistic_function_share_one_exponential() -> None:
    graph = Graph()
    b = Builder(graph)
    x = graph.input("x", REAL)
    side, other = b.apply("sigmoid", [x]), b.apply("sigmoid", [b.neg(x)])
    inputs = (Input("x", x, "param", REAL),)
    function = Function("f", inputs, {"value": b.mul(b.mul(x, side), other)}, graph, ("x",))
    shared = share_exponentials(function)
    assert dump(shared).count("= exp ") == 1
    assert lines(shared) == ["t1 = np.exp(-x)", "x / (1.0 + t1) / (1.0 + 1.0 / t1)"]


def test_a_branch_that_is_not_taken_gets_a_harmless_argument() -> None:
    function = guard_branches(read("p <- log(a)\nifelse(a > 0, p*b, exp(b)) + exp(a)"))
    assert lines(function) == [
        "t1 = a > 0.0",
        "np.where(t1, np.log(np.where(t1, a, 1.0)) * b, np.exp(np.where(t1, 0.0, b))) + np.exp(a)",
    ]


def test_what_both_branches_need_is_left_alone() -> None:
    for text in ("ifelse(a > 0, log(a), -log(a))", "log(a)*ifelse(a > 0, a, 1)", "log(a) + a^2"):
        function = read(text)
        assert lines(guard_branches(function)) == lines(function)


def _blocks(function: Function) -> list[tuple[int, int, list[str]]]:
    row = TARGETS["tmb"]
    names = {item.name: item.name for item in function.inputs}
    counter = iter(range(1, 1000))
    scheduler = BlockScheduler(
        Printer(function.graph, row.syntax, row.spelling, names),
        lambda node: f"t{next(counter)}",
        Names(rules("tmb")),
        Limits(),
        Dialect(str, lambda text: f"Type({text})", lambda *_: "", str, str, str, str),
    )
    code = scheduler.run([function.value])
    found = [
        (level, kind, [f"{line.kind} {line.name} {line.text}".strip() for line in block])
        for (level, kind, _), block in code.ordered()
    ]
    return [*found, (99, 0, [scheduler.result(function.value).text])]


def test_a_sum_over_rows_is_one_loop() -> None:
    n = vector(symbol("n"))
    graph = Graph()
    b = Builder(graph)
    a, x = graph.input("a", REAL), graph.input("x", n)
    inputs = (Input("a", a, "param", REAL), Input("x", x, "data", n))
    value = b.mul(a, b.sum(b.apply("exp", [b.mul(b.apply("exp", [a]), x)])))
    assert _blocks(Function("f", inputs, {"value": value}, graph, ("a",))) == [
        (0, 0, ["local t1 exp(a)"]),
        (0, 1, ["sum t2 exp(t1 * x(i))"]),
        (99, 0, ["a * t2"]),
    ]


def test_rows_that_a_later_loop_needs_are_kept_in_a_vector() -> None:
    n = vector(symbol("n"))
    graph = Graph()
    b = Builder(graph)
    a, x = graph.input("a", REAL), graph.input("x", n)
    inputs = (Input("a", a, "param", REAL), Input("x", x, "data", n))
    rows = b.apply("exp", [b.mul(a, x)])
    centred = b.sub(rows, b.div(b.sum(rows), b.length(x)))
    function = Function("f", inputs, {"value": b.sum(b.mul(centred, centred))}, graph, ("a",))
    assert _blocks(function) == [
        (0, 0, ["declare t1"]),
        (0, 1, ["set t1(i) exp(a * x(i))", "sum t2 t1(i)"]),
        (1, 0, ["local t3 t2 / Type(n)"]),
        (1, 1, ["local t4 t1(i) - t3", "sum t5 t4 * t4"]),
        (99, 0, ["t5"]),
    ]
