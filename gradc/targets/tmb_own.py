"""TMB's own densities: where they are right, and the checks of data that make them so.

TMB 1.9.2 writes them out in ``distributions_R.hpp`` and ``lgamma.hpp``. On the edge of a domain
it multiplies an infinite logarithm by 0; outside of the support it goes on computing. The
formulas are ``rounds_as`` in the table. ``dlogis`` is not here: it overflows within its domain,
some seven hundred scales below the location.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradc.emit.numbers import cpp_number
from gradc.ir import Function
from gradc.passes.own import Own, own_calls
from gradc.prims import TABLE

OWN_DENSITIES: Mapping[str, Own] = {
    "dpois_log": Own("dpois({x}, {lambda}, true)", {"x": "count"}, {"lambda": "positive"}),
    "dbinom_log": Own(
        "dbinom({x}, {size}, {prob}, true)", {"x": "count", "size": "count"}, {"prob": "unit"}
    ),
    "dnbinom_log": Own(
        "dnbinom({x}, {size}, {prob}, true)",
        {"x": "count"},
        {"size": "positive", "prob": "unit"},
    ),
    "dgamma_log": Own(
        "dgamma({x}, {shape}, {scale}, true)",
        {"x": "positive"},
        {"shape": "positive", "scale": "positive"},
    ),
    "dweibull_log": Own(
        "dweibull({x}, {shape}, {scale}, true)",
        {"x": "positive"},
        {"shape": "positive", "scale": "positive"},
    ),
    "dbeta_log": Own(
        "dbeta({x}, {shape1}, {shape2}, true)",
        {"x": "unit"},
        {"shape1": "positive", "shape2": "positive"},
    ),
    "dt_log": Own("dt({x}, {df}, true)", {"x": "real"}, {"df": "positive"}),
}
TEXTS: Mapping[str, str] = {name: own.text for name, own in OWN_DENSITIES.items()}

_COUNT = """\
// TMB's probabilities of counts know no others.
inline void check_count(double x, double most, const char *name)
{
  if (x < 0 || std::fabs(x - std::nearbyint(x)) > 1e-7 * std::fmax(1.0, x))
    Rf_error("%s must be whole numbers, none of them negative", name);
  if (x > most) Rf_error("%s has more successes than trials", name);
}
"""
_POSITIVE = """\
// TMB's density knows no numbers outside of its support.
inline void check_positive(double x, const char *name)
{
  if (x <= 0) Rf_error("%s must be positive", name);
}
"""
_SHARE = """\
// TMB's beta density knows no numbers outside of its support.
inline void check_share(double x, const char *name)
{
  if (x <= 0 || x >= 1) Rf_error("%s must be between 0 and 1", name);
}
"""
CHECKS = (("check_count(", _COUNT), ("check_positive(", _POSITIVE), ("check_share(", _SHARE))
_CALLS = {"count": "check_count", "positive": "check_positive", "unit": "check_share"}


def check_observed(
    function: Function, users: Mapping[str, str], row: str, add: Callable[[str], None]
) -> None:
    """Data that TMB's own densities are of must be in their support; ``row`` counts them."""
    graph = function.graph
    names = {item.node: users[item.name] for item in function.data}
    lines: dict[str, None] = {}

    def element(node: int) -> str:
        if node not in names:
            return cpp_number(graph.value(node))
        return f"asDouble({names[node]}{f'({row})' if graph.types[node].shape else ''})"

    for prim, args in own_calls(function):
        data = OWN_DENSITIES[prim].data
        for param, node in zip(TABLE[prim].params, args, strict=True):
            support = data.get(param, "real")
            others = args[1:2] if param == "x" and "size" in data else ()
            seen = [other for other in (node, *others) if other in names]
            if support == "real" or not seen:
                continue
            texts = [element(node)]
            if support == "count":
                texts += map(element, others) if others else ["R_PosInf"]
            text = f'{_CALLS[support]}({", ".join(texts)}, "{names[seen[0]]}");'
            longest = next((names[other] for other in seen if graph.types[other].shape), "")
            head = f"for (int {row} = 0; {row} < {longest}.size(); {row}++) " if longest else ""
            lines[head + text] = None
    for line in lines:
        add(line)
