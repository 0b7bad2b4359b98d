"""What a likelihood says of its data: the response, and the value that it is expected to have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gradc.ir import Function, compact, dependents, reachable
from gradc.prims import Builder

_Expected = Callable[[Builder, Sequence[int]], int]

# Arguments as the table has them, the response first.
_MEANS: Mapping[str, _Expected] = {
    "dnorm_log": lambda b, args: args[1],
    "dlogis_log": lambda b, args: args[1],
    "dexp_log": lambda b, args: b.div(b.const(1.0), args[1]),
    "dgamma_log": lambda b, args: b.mul(args[1], args[2]),
    "dbeta_log": lambda b, args: b.div(args[1], b.add(args[1], args[2])),
    "dpois_log": lambda b, args: args[1],
    "dbinom_log": lambda b, args: b.mul(args[1], args[2]),
    "dnbinom_mu_log": lambda b, args: args[2],
}


def expected(function: Function) -> tuple[Function, Function] | None:
    """The expected response and the response of a likelihood, one entry a row each.

    None where the data have no such distribution or several of them, as in a mixture.
    """
    made = function.copy()
    graph = made.graph
    moving = dependents(graph, [item.node for item in made.params])
    given = dependents(graph, [item.node for item in made.data])
    used = reachable(graph, [made.value])
    found: set[tuple[int, int]] = set()
    for node in [k for k, is_used in enumerate(used) if is_used]:
        if graph.types[node].rank != 1 or graph.prim(node) not in _MEANS:
            continue
        args = graph.args(node)
        if given[args[0]] and not moving[args[0]]:
            found.add((_MEANS[graph.prim(node)](Builder(graph), args), args[0]))
    if len(found) != 1:
        return None
    (pair,) = found
    if any(graph.types[node].rank != 1 for node in pair):
        return None
    fitted, observed = (compact(_alone(made, node)) for node in pair)
    return fitted, observed


def _alone(function: Function, node: int) -> Function:
    return replace(function.with_outputs({"value": node}), least_squares=None)
