"""Functions that TMB 1.9.2 lacks, or has with a wrong or overflowing derivative.

A spelling that begins with ``extra::`` names one of these; what a template uses is written
into it. A special function is an atomic function: its value comes from R's or C's own
library, its derivative is stated, so that TMB differentiates it as often as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gradc.emit.layout import wrap
from gradc.targets import tmb_densities
from gradc.targets.tmb_distributions import DISTRIBUTIONS
from gradc.targets.tmb_extra import Extra
from gradc.targets.tmb_linear import LINEAR
from gradc.targets.tmb_quantiles import QUANTILES
from gradc.targets.tmb_tweedie import TWEEDIE

_PSI = "psigamma({}, Type(0))"


def _digamma(argument: str) -> str:
    return _PSI.format(argument)


EXTRAS: dict[str, Extra] = {
    "floor": Extra(("x",), "std::floor(tx[0])", ("Type(0)",)),
    "ceil": Extra(("x",), "std::ceil(tx[0])", ("Type(0)",)),
    "round": Extra(("x",), "std::nearbyint(tx[0])", ("Type(0)",)),
    "trunc": Extra(("x",), "std::trunc(tx[0])", ("Type(0)",)),
    "sign": Extra(("x",), "double((tx[0] > 0) - (tx[0] < 0))", ("Type(0)",)),
    "mod": Extra(
        ("x", "y"),
        "remainder_of(tx[0], tx[1])",
        ("Type(1)", "-floor(tx[0] / tx[1])"),
        before="""\
inline double remainder_of(double x, double y)
{
  double r = std::fmod(x, y);
  return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}
""",
        comment="The remainder with the sign of y, as R's %%.",
    ),
    "tanh": Extra(
        ("x",),
        "std::tanh(tx[0])",
        ("Type(1) / (cosh(tx[0]) * cosh(tx[0]))",),
        comment="tanh() with a derivative that does not cancel as 1 - tanh(x)^2 does.",
    ),
    "asin": Extra(
        ("x",), "std::asin(tx[0])", ("Type(1) / sqrt((Type(1) - tx[0]) * (Type(1) + tx[0]))",)
    ),
    "acos": Extra(
        ("x",), "std::acos(tx[0])", ("-Type(1) / sqrt((Type(1) - tx[0]) * (Type(1) + tx[0]))",)
    ),
    "atan2": Extra(
        ("y", "x"),
        "std::atan2(tx[0], tx[1])",
        (
            "tx[1] / hypot(tx[0], tx[1]) / hypot(tx[0], tx[1])",
            "-tx[0] / hypot(tx[0], tx[1]) / hypot(tx[0], tx[1])",
        ),
        comment="The angle of (x, y); TMB's own takes the wrong side where y is 0.",
    ),
    "log1p": Extra(("x",), "std::log1p(tx[0])", ("Type(1) / (Type(1) + tx[0])",)),
    "expm1": Extra(("x",), "std::expm1(tx[0])", ("exp(tx[0])",)),
    "asinh": Extra(("x",), "std::asinh(tx[0])", ("Type(1) / hypot(Type(1), tx[0])",)),
    "acosh": Extra(
        ("x",),
        "std::acosh(tx[0])",
        ("Type(1) / (sqrt(tx[0] - Type(1)) * sqrt(tx[0] + Type(1)))",),
    ),
    "atanh": Extra(
        ("x",), "std::atanh(tx[0])", ("Type(1) / ((Type(1) - tx[0]) * (Type(1) + tx[0]))",)
    ),
    "hypot": Extra(
        ("x", "y"),
        "std::hypot(tx[0], tx[1])",
        (
            "CppAD::CondExpEq(ty[0], Type(0), Type(0), tx[0] / ty[0])",
            "CppAD::CondExpEq(ty[0], Type(0), Type(0), tx[1] / ty[0])",
        ),
    ),
    "sinpi": Extra(
        ("x",),
        "sine_of_pi(tx[0])",
        ("M_PI * cospi(tx[0])",),
        before="""\
inline double sine_of_pi(double x)
{
  double r = std::fmod(x, 2.0);
  if (r > 1) r -= 2;
  if (r < -1) r += 2;
  return r > 0.5 ? std::sin(M_PI * (1 - r))
                 : r < -0.5 ? std::sin(M_PI * (-1 - r)) : std::sin(M_PI * r);
}
""",
    ),
    "cospi": Extra(
        ("x",),
        "cosine_of_pi(tx[0])",
        ("-M_PI * sinpi(tx[0])",),
        before="""\
inline double cosine_of_pi(double x)
{
  double r = std::fabs(std::fmod(x, 2.0));
  return r > 1 ? std::sin(M_PI * (r - 1.5)) : std::sin(M_PI * (0.5 - r));
}
""",
    ),
    "tanpi": Extra(("x",), "", (), body="  return sinpi(x) / cospi(x);"),
    "erf": Extra(("x",), "std::erf(tx[0])", ("M_2_SQRTPI * exp(-tx[0] * tx[0])",)),
    "erfc": Extra(("x",), "std::erfc(tx[0])", ("-M_2_SQRTPI * exp(-tx[0] * tx[0])",)),
    "log_pnorm": Extra(
        ("x",),
        "Rf_pnorm5(tx[0], 0.0, 1.0, 1, 1)",
        ("inverse_mills(tx[0])",),
        before='extern "C" double Rf_pnorm5(double, double, double, int, int);\n',
        comment="log(pnorm(x)), also where pnorm(x) underflows.",
    ),
    "inverse_mills": Extra(
        ("x",),
        "mills_inverted(tx[0])",
        ("-ty[0] * (tx[0] + ty[0])",),
        before="""\
extern "C" double Rf_pnorm5(double, double, double, int, int);
extern "C" double Rf_dnorm4(double, double, double, int);
inline double mills_inverted(double x)
{
  if (!(x < -30)) return Rf_dnorm4(x, 0.0, 1.0, 0) / Rf_pnorm5(x, 0.0, 1.0, 1, 0);
  double fraction = x;
  for (int k = 6; k > 0; k--) fraction = x + k / fraction;
  return -fraction;
}
""",
        comment="dnorm(x)/pnorm(x), also where both underflow.",
    ),
    "psigamma": Extra(
        ("x", "n"),
        "Rf_psigamma(tx[0], tx[1])",
        ("psigamma(tx[0], tx[1] + Type(1))", "Type(R_NaN)"),
        before='extern "C" double Rf_psigamma(double, double);\n',
        comment="The n-th derivative of digamma; n = 0 is digamma itself.",
    ),
    "gamma": Extra(
        ("x",),
        "Rf_gammafn(tx[0])",
        (f"ty[0] * {_digamma('tx[0]')}",),
        before='extern "C" double Rf_gammafn(double);\n',
    ),
    "beta": Extra(
        ("a", "b"),
        "Rf_beta(tx[0], tx[1])",
        (
            f"ty[0] * ({_digamma('tx[0]')} - {_digamma('tx[0] + tx[1]')})",
            f"ty[0] * ({_digamma('tx[1]')} - {_digamma('tx[0] + tx[1]')})",
        ),
        before='extern "C" double Rf_beta(double, double);\n',
    ),
    "lbeta": Extra(
        ("a", "b"),
        "Rf_lbeta(tx[0], tx[1])",
        (
            f"{_digamma('tx[0]')} - {_digamma('tx[0] + tx[1]')}",
            f"{_digamma('tx[1]')} - {_digamma('tx[0] + tx[1]')}",
        ),
        before='extern "C" double Rf_lbeta(double, double);\n',
    ),
    "choose": Extra(
        ("n", "k"),
        "Rf_choose(tx[0], tx[1])",
        (
            f"ty[0] * ({_digamma('tx[0] + Type(1)')} - {_digamma('tx[0] - tx[1] + Type(1)')})",
            "Type(R_NaN)",
        ),
        before='extern "C" double Rf_choose(double, double);\n',
    ),
    "lchoose": Extra(
        ("n", "k"),
        "Rf_lchoose(tx[0], tx[1])",
        (
            f"{_digamma('tx[0] + Type(1)')} - {_digamma('tx[0] - tx[1] + Type(1)')}",
            "Type(R_NaN)",
        ),
        before='extern "C" double Rf_lchoose(double, double);\n',
    ),
    "xlogx": Extra(
        ("x",),
        "tx[0] == 0 ? 0 : tx[0] * std::log(tx[0])",
        ("log(tx[0]) + Type(1)",),
        comment="x*log(x), and 0 at 0.",
    ),
    "xlog1px": Extra(
        ("x",),
        "tx[0] == -1 ? 0 : (1 + tx[0]) * std::log1p(tx[0])",
        ("log1p(tx[0]) + Type(1)",),
        comment="(1 + x)*log(1 + x), and 0 at -1.",
    ),
    "besselI_scaled": Extra(
        ("x", "nu"),
        "Rf_bessel_i(tx[0], tx[1], 2.0)",
        (
            "besselI_scaled(tx[0], tx[1] + Type(1)) + (tx[1] / tx[0] - Type(1)) * ty[0]",
            "Type(R_NaN)",
        ),
        before='extern "C" double Rf_bessel_i(double, double, double);\n',
        comment="exp(-x)*besselI(x, nu).",
    ),
    "besselK_scaled": Extra(
        ("x", "nu"),
        "Rf_bessel_k(tx[0], tx[1], 2.0)",
        (
            "(tx[1] / tx[0] + Type(1)) * ty[0] - besselK_scaled(tx[0], tx[1] + Type(1))",
            "Type(R_NaN)",
        ),
        before='extern "C" double Rf_bessel_k(double, double, double);\n',
        comment="exp(x)*besselK(x, nu).",
    ),
    "prod_others": Extra(
        ("x",),
        whole="""\
template<class Type>
vector<Type> prod_others(vector<Type> x)
{
  vector<Type> result(x.size());
  Type before = 1, after = 1;
  for (int i = 0; i < x.size(); i++) {
    result(i) = before;
    before *= x(i);
  }
  for (int i = x.size() - 1; i >= 0; i--) {
    result(i) *= after;
    after *= x(i);
  }
  return result;
}""",
        comment="For each element the product of all others.",
    ),
    "sigmoid": Extra(
        ("x",),
        body="""\
  Type e = exp(CppAD::CondExpLt(x, Type(0), x, -x));
  return CppAD::CondExpLt(x, Type(0), e, Type(1)) / (Type(1) + e);""",
        comment="1/(1 + exp(-x)); the gradient of invlogit() underflows below x = -355.",
    ),
    **{name: Extra((), whole=whole, comment=comment) for name, (comment, whole) in LINEAR.items()},
    **DISTRIBUTIONS,
    **QUANTILES,
    **TWEEDIE,
}

_NAME = re.compile(r"extra::(\w+)\(")
_ORDER = (*EXTRAS, *tmb_densities.NAMES)
_INSIDE = re.compile(r"\b(" + "|".join(_ORDER) + r")\(")
_TIMES = """\
// A zero adjoint stays zero where the derivative is infinite or NaN: a branch not taken.
template<class Type>
Type times(Type adjoint, Type derivative)
{
  return CppAD::CondExpEq(adjoint, Type(0), Type(0), adjoint * derivative);
}
"""


def _extra(name: str) -> Extra:
    return EXTRAS[name] if name in EXTRAS else tmb_densities.density(name)


def used_extras(text: str) -> list[str]:
    """Names of the functions that a text calls, and that those call, in the order of the table."""
    found: set[str] = set()
    pending = list(_NAME.findall(text))
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += _calls(_extra(name))
    return [name for name in _ORDER if name in found]


def _calls(extra: Extra) -> list[str]:
    text = " ".join([*extra.partials, extra.body])
    called = [name for name in _INSIDE.findall(text) if not text.count(f"std::{name}(")]
    return [*called, *extra.needs]


def extras_code(names: Iterable[str]) -> list[str]:
    """The namespace with these functions, as lines; nothing where there are none."""
    chosen = list(names)
    if not chosen:
        return []
    lines = ["namespace extra {", ""]
    atomics = [name for name in chosen if _extra(name).value]
    if any(partial != "Type(0)" for name in atomics for partial in _extra(name).partials):
        lines += [*_TIMES.rstrip().split("\n"), ""]
    named = [name for name in chosen if any(name in _calls(_extra(other)) for other in chosen)]
    lines += [f"{_signature(name)};" for name in named]
    lines += [""] if named else []
    for name in chosen:
        lines += [*_function(name), ""]
    return [*lines, "}  // namespace extra", ""]


def _signature(name: str) -> str:
    params = ", ".join(f"Type {param}" for param in _extra(name).params)
    return f"template<class Type> Type {name}({params})"


def _function(name: str) -> list[str]:
    extra = _extra(name)
    lines = [f"// {extra.comment}"] if extra.comment else []
    if extra.whole:
        return [*lines, *extra.whole.split("\n")]
    head = ["template<class Type>", _signature(name).removeprefix("template<class Type> "), "{"]
    if extra.body:
        return [*lines, *head, *extra.body.split("\n"), "}"]
    lines += extra.before.rstrip().split("\n") if extra.before else []
    lines += ["TMB_ATOMIC_VECTOR_FUNCTION(", f"  {name}_, 1,", f"  ty[0] = {extra.value};,"]
    for index, partial in enumerate(extra.partials):
        plain = partial == "Type(0)"
        text = partial if plain else f"times(py[0], Type({partial}))"
        lines += wrap(f"px[{index}] = {text};", 2)
    lines += [")", *head, f"  CppAD::vector<Type> tx({len(extra.params)});"]
    lines += [f"  tx[{index}] = {param};" for index, param in enumerate(extra.params)]
    return [*lines, f"  return {name}_(tx)[0];", "}"]
