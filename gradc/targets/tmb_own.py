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
from gradc.passes.inside import Domain
from gradc.passes.own import Form, Own, Support, own_calls
from gradc.prims import TABLE


def _own(text: str, call: str, data: dict[str, Support], **inside: Domain) -> Own:
    return Own(text, data, (Form(call, call, inside),))


_MEAN: dict[str, Domain] = {"lambda": "positive"}
_BINOMIAL: dict[str, Support] = {"x": "count", "size": "count"}

OWN_DENSITIES: Mapping[str, Own] = {
    "dpois_log": _own(
        "dpois({x}, {lambda}, true)",
        "dpois_log(x, lambda)",
        {"x": "count"},
        **_MEAN,
    ),
    "dbinom_logit_log": Own(
        "dbinom_robust({x}, {size}, {logit}, true)",
        _BINOMIAL,
        (
            Form("dbinom_log(x, size, sigmoid(logit))", "dbinom_logit_log(x, size, logit)", {}),
            Form("dbernoulli_logit(x, eta)", "dbinom_logit_log(x, 1, eta)", {}),
        ),
    ),
    "dbinom_log": _own(
        "dbinom({x}, {size}, {prob}, true)", "dbinom_log(x, size, prob)", _BINOMIAL, prob="unit"
    ),
    "dnbinom_log": Own(
        "dnbinom({x}, {size}, {prob}, true)",
        {"x": "count"},
        (
            Form(
                "dnbinom_log(x, size, prob)",
                "dnbinom_log(x, size, prob)",
                {"size": "positive", "prob": "unit"},
            ),
            Form(
                "dnbinom_mu_log(x, size, mu)",
                "dnbinom_log(x, size, size/(size + mu))",
                {"size": "positive", "mu": "positive"},
            ),
        ),
    ),
    "dgamma_log": _own(
        "dgamma({x}, {shape}, {scale}, true)",
        "dgamma_log(x, shape, scale)",
        {"x": "positive"},
        shape="positive",
        scale="positive",
    ),
    "dweibull_log": _own(
        "dweibull({x}, {shape}, {scale}, true)",
        "dweibull_log(x, shape, scale)",
        {"x": "positive"},
        shape="positive",
        scale="positive",
    ),
    "dbeta_log": _own(
        "dbeta({x}, {shape1}, {shape2}, true)",
        "dbeta_log(x, shape1, shape2)",
        {"x": "unit"},
        shape1="positive",
        shape2="positive",
    ),
    "dt_log": _own("dt({x}, {df}, true)", "dt_log(x, df)", {"x": "real"}, df="positive"),
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
