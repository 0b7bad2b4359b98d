"""Densities as atomic functions of TMB: R's own values, the table's own derivatives.

TMB 1.9.2 writes these with factorials, which cancel for large counts and shapes, and its tape
gives NaN where a logarithm of 0 is multiplied by 0. R's functions do neither. The partials are
the rules of the table, printed.
"""

from __future__ import annotations

from functools import cache

from gradc.diff.template import build
from gradc.emit.printer import Printer
from gradc.emit.syntax import Piece
from gradc.ir import REAL, Function, Graph, Input
from gradc.passes import legalize
from gradc.prims import TABLE, Builder
from gradc.prims.saddle import FAR, stirling_coefficients
from gradc.targets.tmb_extra import Extra
from gradc.targets.tmb_syntax import SYNTAX

_VALUES = {
    "dlogis_log": "Rf_dlogis({}, 1)",
    "dgamma_log": "gamma_density({})",
    "dbeta_log": "Rf_dbeta({}, 1)",
    "dt_log": "Rf_dt({}, 1)",
    "df_log": "fisher_density({})",
    "dpois_log": "poisson({})",
    "dbinom_log": "Rf_dbinom({}, 1)",
    "dnbinom_log": "Rf_dnbinom({}, 1)",
    "dnbinom_mu_log": "negative_binomial({})",
    "dgeom_log": "Rf_dgeom({}, 1)",
    "dtweedie_log": "tweedie({})",
    "stirlerr": "stirling_error({})",
    "bd0": "deviance({})",
    "log1pmx": "Rf_log1pmx({})",
}
_COMMENTS = {
    "stirlerr": "The n-th derivative of lgamma(x + 1) - (x + 1/2)*log(x) + x - log(2*pi)/2.",
    "bd0": "x*log(x/m) + m - x, where x is near m too.",
    "log1pmx": "log(1 + x) - x, where x is near 0 too.",
}
_STIRLING = """\
extern "C" double Rf_psigamma(double, double);
extern "C" double Rf_lgammafn(double);
inline double stirling_error(double x, double n)
{
  const double coefficients[] = {@};
  if (!(x < FAR)) {
    double sum = 0;
    for (int k = COUNT - 1; k >= 0; k--) {
      double c = coefficients[k];
      for (int j = 0; j < n; j++) c *= -(2 * k + 1 + j);
      sum = sum / x / x + c;
    }
    return sum / std::pow(x, n + 1);
  }
  if (n == 0) return Rf_lgammafn(x + 1) - (x + 0.5) * std::log(x) + x - 0.5 * std::log(2 * M_PI);
  if (n == 1) return Rf_psigamma(x, 0.0) + 0.5 / x - std::log(x);
  double c = std::tgamma(n - 1) * (std::fmod(n, 2.0) == 0 ? 1 : -1);
  return Rf_psigamma(x, n - 1) - c * (0.5 * (n - 1) / x + 1) / std::pow(x, n - 1);
}
"""
_DEVIANCE = """\
inline double deviance(double x, double m)
{
  if (std::fabs(x - m) < 0.1 * (x + m)) {
    double v = (x - m) / (x + m), series = 0;
    for (int k = 19; k > 1; k -= 2) series = series * v * v + 1.0 / k;
    return (x - m) * v + 2 * x * v * v * v * series;
  }
  return x == 0 ? m : x * std::log(x / m) + (m - x);
}
"""
_POISSON = """\
inline double poisson(double x, double mean)
{
  if (!(mean >= 0)) return R_NaN;
  if (x < 0 || std::fabs(x - std::nearbyint(x)) > 1e-7 * std::fmax(1.0, std::fabs(x)))
    return R_NegInf;
  if (x == 0) return -mean;
  return -bd0(x, mean) - stirlerr(x, 0.0) - 0.5 * std::log(2 * M_PI * x);
}
"""
_GAMMA = """\
inline double gamma_density(double x, double shape, double scale)
{
  if (x < 0) return R_NegInf;
  if (x == 0) return shape == 1 ? -std::log(scale) : shape < 1 ? R_PosInf : R_NegInf;
  double mean = x / scale, a = shape < 1 ? shape : shape - 1;
  double value = shape < 1 ? std::log(shape / x) : -std::log(scale);
  if (a == 0) return value - mean;
  return value - bd0(a, mean) - stirlerr(a, 0.0) - 0.5 * std::log(2 * M_PI * a);
}
"""
_FISHER = """\
inline double fisher_density(double x, double m, double n)
{
  if (x < 0) return R_NegInf;
  if (x == 0) return m == 2 ? 0 : m < 2 ? R_PosInf : R_NegInf;
  if (m == 2) return -(1 + n / 2) * std::log1p(m * x / n);
  double total = n + m * x, b = n / 2, a = m < 2 ? m / 2 : m / 2 - 1, all = a + b;
  double value = m < 2 ? m / (m + n) * b / x : m / 2 * n / total;
  return std::log(value) + stirlerr(all, 0.0) - stirlerr(a, 0.0) - stirlerr(b, 0.0)
         - bd0(a, all * (m * x / total)) - bd0(b, all * (n / total))
         + 0.5 * std::log(all / (2 * M_PI * a) / b);
}
"""
_NEGATIVE_BINOMIAL = """\
inline double negative_binomial(double x, double size, double mu)
{
  if (!(size >= 0 && mu >= 0)) return R_NaN;
  if (x < 0 || std::fabs(x - std::nearbyint(x)) > 1e-7 * std::fmax(1.0, std::fabs(x)))
    return R_NegInf;
  if (x == 0) return size == 0 ? 0 : -size * std::log1p(mu / size);
  double all = size + x, none = size / (size + mu), some = mu / (size + mu);
  return stirlerr(all, 0.0) - stirlerr(size, 0.0) - stirlerr(x, 0.0) - bd0(size, all * none)
         - bd0(x, all * some) + 0.5 * std::log(size / (2 * M_PI * x) / all);
}
"""
# TMB's own adds two numbers that cancel as far as y/phi is large, and leaves the series out of its
# derivative in y.
_TWEEDIE = """\
inline double tweedie(double y, double mu, double phi, double p)
{
  if (!(mu > 0 && phi > 0 && p > 1 && p < 2)) return R_NaN;
  if (y < 0) return R_NegInf;
  if (y == 0) return -std::pow(mu, 2 - p) / (phi * (2 - p));
  double x = std::pow(y, 2 - p) / (phi * (2 - p)), a = (2 - p) / (p - 1), t = std::log(mu / y);
  double half_deviance = x * (a * expm1_less((1 - p) * t) + expm1_less((2 - p) * t));
  return wright_of(x, a, 0, 0) - half_deviance - std::log(y);
}
"""
_WRITTEN = {
    "bd0": _DEVIANCE,
    "dgamma_log": _GAMMA,
    "df_log": _FISHER,
    "dpois_log": _POISSON,
    "dnbinom_mu_log": _NEGATIVE_BINOMIAL,
    "dtweedie_log": _TWEEDIE,
}
_NEEDS = {"bd0": (), "dtweedie_log": ("wright", "expm1mx")}
NAMES = tuple(_VALUES)


def _before(name: str) -> str:
    """Plain code that a value needs."""
    if name == "stirlerr":
        listed = ", ".join(f"{c.numerator}.0 / {c.denominator}" for c in stirling_coefficients())
        text = _STIRLING.replace("@", f"\n    {_folded(listed)}")
        return text.replace("FAR", f"{FAR}").replace("COUNT", f"{len(stirling_coefficients())}")
    if name in _WRITTEN:
        return _WRITTEN[name]
    called = _VALUES[name].partition("(")[0]
    count = len(TABLE[name].params)
    arguments = ", ".join(["double"] * count + ([] if name == "log1pmx" else ["int"]))
    return f'extern "C" double {called}({arguments});\n'


def _folded(listed: str) -> str:
    parts = listed.split(", ")
    rows = [", ".join(parts[k : k + 4]) for k in range(0, len(parts), 4)]
    return ",\n    ".join(rows)


@cache
def density(name: str) -> Extra:
    """The atomic function of a primitive, its partials printed from the rules of the table."""
    params = TABLE[name].params
    places = ", ".join(f"tx[{k}]" for k in range(len(params)))
    doc = TABLE[name].doc
    return Extra(
        params,
        _VALUES[name].format(places),
        tuple(_partial(name, param) for param in params),
        before=_before(name),
        comment=_COMMENTS.get(name, f"{doc[0].upper()}{doc[1:]}."),
        needs=_NEEDS.get(name, ("stirlerr", "bd0")) if name in _WRITTEN else (),
    )


def _partial(name: str, param: str) -> str:
    rule = TABLE[name].d[param]
    if not isinstance(rule, str):
        return "Type(R_NaN)"
    graph = Graph()
    inputs = {p: graph.input(p, REAL) for p in TABLE[name].params}
    texts = {p: f"tx[{k}]" for k, p in enumerate(inputs)}
    inputs["out"], texts["out"] = graph.input("out", REAL), "ty[0]"
    root = build(rule, Builder(graph, derived=True), inputs)
    listed = tuple(Input(p, node, "data", REAL) for p, node in inputs.items())
    function = legalize(Function(name, listed, {"value": root}, graph), "tmb", _supports)
    return _printed(function, Printer(function.graph, SYNTAX, _spelling, texts))


def _spelling(prim: str) -> str | None:
    text = TABLE[prim].spell.get("tmb")
    return text if isinstance(text, str) else None


def _supports(prim: str) -> bool:
    known = prim in ("neg", "not") or prim in SYNTAX.infix or prim in SYNTAX.special
    return known or _spelling(prim) is not None


def _printed(function: Function, printer: Printer) -> str:
    """One expression; a rule is small."""
    graph = function.graph
    pieces: dict[int, Piece] = {}
    for node, record in enumerate(graph.records):
        if record[0] in ("input", "const"):
            pieces[node] = printer.leaf(node)
        else:
            pieces[node] = printer.operation(node, [pieces[arg] for arg in record[2:]])
    return pieces[function.value].text
