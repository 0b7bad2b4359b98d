"""Distribution functions for TMB: values from R's library, derivatives stated.

See :mod:`gradc.targets.tmb_extras`, which writes them. The formulas are those of the table.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.targets.tmb_extra import Extra

_INTEGRAL = """\
inline double gamma_below_of(double x, double a, double n)
{
  double result = 0;
  for (int k = -62; k <= 70; k++) {
    double t = k / 16.0;
    double u = std::exp(t - std::exp(-t)) / (std::fabs(a + 1 - x) + std::sqrt(x + 1));
    double height = std::exp((x - a - 1) * u - x * (u + std::expm1(-u)));
    result += (1 + std::exp(-t)) * std::pow(u, n + 1) * height;
  }
  return result / 16;
}
"""
_INTEGRAL_ABOVE = """\
inline double gamma_above_of(double x, double a, double n)
{
  double result = 0;
  for (int k = -62; k <= 70; k++) {
    double t = k / 16.0;
    double u = std::exp(t - std::exp(-t)) / (std::fabs(x - a) + std::sqrt(x));
    double height = std::exp((a - x) * u - x * (std::expm1(u) - u));
    result += (1 + std::exp(-t)) * std::pow(u, n + 1) * height;
  }
  return result / 16;
}
"""
_R_GAMMA = 'extern "C" double Rf_pgamma(double, double, double, int, int);\n'
_BRANCH = (
    "CppAD::CondExpGt(tx[0], Type(0),"
    " CppAD::CondExpLt(tx[0], tx[1] + Type(1.0078125), {}, {}), Type(0))"
)
_LOW, _HIGH = "low_shape(tx[0], tx[1])", "high_shape(tx[0], tx[1])"


def _gamma(upper: bool, log: bool) -> Extra:
    sign = "-" if upper else ""
    own = "Type(1)" if log else "ty[0]"
    other = ("log_" if log else "") + "pgamma" + ("" if upper else "_upper") + "(tx[0], tx[1])"
    if log:
        other = f"exp({other} - ty[0])"
    low = f"-{other} * {_LOW}" if upper else f"{own} * {_LOW}"
    high = f"{own} * {_HIGH}" if upper else f"-{other} * {_HIGH}"
    scale = "ty[0]" if log else "Type(0)"
    return Extra(
        ("x", "a"),
        f"Rf_pgamma(tx[0], tx[1], 1.0, {int(not upper)}, {int(log)})",
        (f"{sign}gamma_density(tx[0], tx[1], {scale})", _BRANCH.format(low, high)),
        before=_R_GAMMA,
        comment=("log of the " if log else "")
        + f"regularized {'upper' if upper else 'lower'} incomplete gamma function.",
    )


_BETA_INTEGRAL = """\
inline double beta_below_of(double x, double a, double b, double n, double m)
{
  double result = 0, slope = (a + b + 1) * x - a - 1;
  double width = std::fabs(slope) + std::sqrt((a + b + 1) * x * (1 - x));
  for (int k = -62; k <= 70; k++) {
    double t = k / 16.0;
    double u = std::exp(t - std::exp(-t)) / width;
    double w = -std::log1p(x * std::expm1(-u));
    double height = std::exp(slope * u + (a + b + 1) * (w - x * u));
    result += (1 + std::exp(-t)) * std::pow(u, n + 1) * std::pow(w, m) * height;
  }
  return result / 16;
}
"""
_R_BETA = 'extern "C" double Rf_pbeta(double, double, double, int, int);\n'
_R_STUDENT = 'extern "C" double Rf_pt(double, double, int, int);\n'
_SPLIT = "(tx[1] + Type(1)) / (tx[1] + tx[2] + Type(2))"
_BETA_BRANCH = f"inside(tx[0], CppAD::CondExpLt(tx[0], {_SPLIT}, {{}}, {{}}))"


def _beta(upper: bool, log: bool) -> Extra:
    own = "" if log else "ty[0] * "
    other = ("log_" if log else "") + "pbeta" + ("" if upper else "_upper")
    other += "(tx[0], tx[1], tx[2])"
    ratio = f"-exp({other} - ty[0]) * " if log else f"-{other} * "
    low, high = (ratio, own) if upper else (own, ratio)
    here, there = "tx[0], log1p(-tx[0]), tx[1], tx[2]", "Type(1) - tx[0], log(tx[0]), tx[2], tx[1]"
    near_here = "near_shape(tx[0], log(tx[0]), tx[1], tx[2])"
    near_there = "near_shape(Type(1) - tx[0], log1p(-tx[0]), tx[2], tx[1])"
    scale = "ty[0]" if log else "Type(0)"
    return Extra(
        ("x", "a", "b"),
        f"Rf_pbeta(tx[0], tx[1], tx[2], {int(not upper)}, {int(log)})",
        (
            f"{'-' * upper}beta_density(tx[0], tx[1], tx[2], {scale})",
            _BETA_BRANCH.format(low + near_here, f"{high}far_shape({there})"),
            _BETA_BRANCH.format(f"{low}far_shape({here})", high + near_there),
        ),
        before=_R_BETA,
        comment=("log of the " if log else "")
        + ("complement of the " if upper else "")
        + "regularized incomplete beta function.",
    )


def _student(log: bool) -> Extra:
    """Student's t: its derivative in the degrees of freedom is that of the incomplete beta."""
    scale = "ty[0]" if log else "Type(0)"
    return Extra(
        ("x", "v"),
        f"Rf_pt(tx[0], tx[1], 1, {int(log)})",
        (
            f"student_density(tx[0], tx[1], {scale})",
            f"student_shape(tx[0], tx[1], {scale})",
        ),
        before=_R_STUDENT,
        comment=("log of the " if log else "") + "distribution function of Student's t.",
    )


DISTRIBUTIONS: Mapping[str, Extra] = {
    "gamma_below": Extra(
        ("x", "a", "n"),
        "gamma_below_of(tx[0], tx[1], tx[2])",
        (
            "gamma_below(tx[0], tx[1], tx[2]) - gamma_below(tx[0], tx[1] + Type(1), tx[2])",
            "-gamma_below(tx[0], tx[1], tx[2] + Type(1))",
            "Type(R_NaN)",
        ),
        before=_INTEGRAL,
        comment="The integral of u^n exp(-(a + 1) u + x (1 - exp(-u))) over u > 0.",
    ),
    "gamma_above": Extra(
        ("x", "a", "n"),
        "gamma_above_of(tx[0], tx[1], tx[2])",
        (
            "gamma_above(tx[0], tx[1], tx[2]) - gamma_above(tx[0], tx[1] + Type(1), tx[2])",
            "gamma_above(tx[0], tx[1], tx[2] + Type(1))",
            "Type(R_NaN)",
        ),
        before=_INTEGRAL_ABOVE,
        comment="The integral of u^n exp(a u - x (exp(u) - 1)) over u > 0.",
    ),
    "gamma_density": Extra(
        ("x", "a", "scale"),
        body="""\
  Type y = CppAD::CondExpGt(x, Type(0), x, Type(1));
  Type density = exp((a - Type(1)) * log(y) - y - lgamma(a) - scale);
  return CppAD::CondExpGt(x, Type(0), density, Type(0));""",
        comment="The gamma density over exp(scale).",
    ),
    "low_shape": Extra(
        ("x", "a"),
        body="""\
  Type y = CppAD::CondExpLt(x, a + Type(1.0078125), x, a + Type(1.0078125));
  Type slope = y * gamma_below(y, a, Type(1)) / (Type(1) + y * gamma_below(y, a, Type(0)));
  return log(x) - psigamma(a + Type(1), Type(0)) - slope;""",
        comment="The derivative of log(pgamma(x, a)) in a.",
    ),
    "high_shape": Extra(
        ("x", "a"),
        body="""\
  Type y = CppAD::CondExpLt(x, a + Type(1.0078125), a + Type(1.0078125), x);
  Type slope = gamma_above(y, a, Type(1)) / gamma_above(y, a, Type(0));
  return log(x) - psigamma(a, Type(0)) + slope;""",
        comment="The derivative of log(1 - pgamma(x, a)) in a.",
    ),
    "pgamma": _gamma(upper=False, log=False),
    "pgamma_upper": _gamma(upper=True, log=False),
    "log_pgamma": _gamma(upper=False, log=True),
    "log_pgamma_upper": _gamma(upper=True, log=True),
    "beta_below": Extra(
        ("x", "a", "b", "n", "m"),
        "beta_below_of(tx[0], tx[1], tx[2], tx[3], tx[4])",
        (
            "beta_below_slope(tx[0], tx[1], tx[2], tx[3], tx[4])",
            "beta_below(tx[0], tx[1], tx[2], tx[3], tx[4] + Type(1))"
            " - beta_below(tx[0], tx[1], tx[2], tx[3] + Type(1), tx[4])",
            "beta_below(tx[0], tx[1], tx[2], tx[3], tx[4] + Type(1))",
            "Type(R_NaN)",
            "Type(R_NaN)",
        ),
        before=_BETA_INTEGRAL,
        comment="The integral of u^n w^m exp(-(a + 1) u + (a + b + 1) w) over u > 0,"
        " w = -log(1 - x (1 - exp(-u))).",
    ),
    "beta_below_slope": Extra(
        ("x", "a", "b", "n", "m"),
        body="""\
  Type same = beta_below(x, a, b + Type(1), n, m) - beta_below(x, a + Type(1), b, n, m);
  Type less = CppAD::CondExpGt(m, Type(0), m - Type(1), Type(0));
  Type turn = beta_below(x, a, b + Type(1), n, less) - beta_below(x, a + Type(1), b, n, less);
  return (a + b + Type(1)) * same + m * turn;""",
        comment="The derivative of beta_below() in x.",
    ),
    "inside": Extra(
        ("x", "value"),
        body="""\
  Type below = CppAD::CondExpLt(x, Type(1), value, Type(0));
  return CppAD::CondExpGt(x, Type(0), below, Type(0));""",
        comment="The value where x is between 0 and 1, and 0 outside.",
    ),
    "beta_density": Extra(
        ("x", "a", "b", "scale"),
        body="""\
  Type y = CppAD::CondExpGt(x, Type(0), CppAD::CondExpLt(x, Type(1), x, Type(0.5)), Type(0.5));
  Type powers = (a - Type(1)) * log(y) + (b - Type(1)) * log1p(-y);
  return CppAD::CondExpEq(x, y, exp(powers - lbeta(a, b) - scale), Type(0));""",
        comment="The beta density over exp(scale).",
    ),
    "near_shape": Extra(
        ("x", "log_x", "a", "b"),
        body="""\
  Type split = (a + Type(1)) / (a + b + Type(2));
  Type y = CppAD::CondExpLt(x, split, x, split);
  Type zero = beta_below(y, a, b, Type(0), Type(0));
  Type turn = beta_below(y, a, b, Type(0), Type(1)) - beta_below(y, a, b, Type(1), Type(0));
  Type slope = x * (zero + (a + b) * turn) / (Type(1) + (a + b) * x * zero);
  return log_x - psigamma(a + Type(1), Type(0)) + psigamma(a + b, Type(0)) + slope;""",
        comment="The derivative of log(pbeta(x, a, b)) in a.",
    ),
    "far_shape": Extra(
        ("x", "log_y", "a", "b"),
        body="""\
  Type split = (a + Type(1)) / (a + b + Type(2));
  Type y = CppAD::CondExpLt(x, split, x, split);
  Type zero = beta_below(y, a, b, Type(0), Type(0));
  Type turn = beta_below(y, a, b, Type(0), Type(1));
  Type slope = x * (zero + (a + b) * turn) / (Type(1) + (a + b) * x * zero);
  return log_y - psigamma(b, Type(0)) + psigamma(a + b, Type(0)) + slope;""",
        comment="The derivative of log(pbeta(x, a, b)) in b.",
    ),
    "pbeta": _beta(upper=False, log=False),
    "pbeta_upper": _beta(upper=True, log=False),
    "log_pbeta": _beta(upper=False, log=True),
    "log_pbeta_upper": _beta(upper=True, log=True),
    "student_density": Extra(
        ("x", "v", "scale"),
        body="""\
  Type raised = (v + Type(1)) / Type(2) * log1p(x * x / v);
  return exp(-lbeta(Type(0.5), v / Type(2)) - log(v) / Type(2) - raised - scale);""",
        comment="The density of Student's t over exp(scale).",
    ),
    "student_shape": Extra(
        ("x", "v", "scale"),
        body="""\
  Type a = v / Type(2), half = Type(0.5), square = x * x;
  Type inside = v / (v + square), outside = square / (v + square);
  Type log_inside = -log1p(square / v);
  Type low = exp(log_pbeta(inside, a, half) - scale) * near_shape(inside, log_inside, a, half);
  Type high = -pbeta(outside, half, a) * exp(-scale) * far_shape(outside, log_inside, half, a);
  Type part = CppAD::CondExpLt(inside, (a + Type(1)) / (a + Type(2.5)), low, high) / Type(4);
  Type moved = x * student_density(x, v, scale) / (Type(2) * v);
  return CppAD::CondExpLt(x, Type(0), part, -part) - moved;""",
        comment="The derivative of pt(x, v) in v over exp(scale).",
    ),
    "pt": _student(log=False),
    "log_pt": _student(log=True),
}
