"""How SymPy writes each primitive: the formula itself, not a form that saves digits.

SymPy keeps formulas exact and evaluates them with as many digits as it takes, so ``log1p(x)`` is
``log(1 + x)`` and the density of a count is its textbook formula.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims import Spelling, Unsupported

_NO_QUANTILE = Unsupported("SymPy has no such quantile")
_NO_TWEEDIE = Unsupported("SymPy has no series for the density of a Tweedie distribution")
_DERIVED = Unsupported("SymPy differentiates by itself and does not need it")

_SAME = (
    "sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh",
    "tanh", "sech", "asinh", "acosh", "atanh", "sign", "floor", "ceiling", "erf", "erfc", "gamma",
    "digamma", "beta",
)  # fmt: skip
_QUANTILES = (
    "qgamma", "qgamma_upper", "qgamma_log", "qgamma_upper_log", "qbeta", "qbeta_upper",
    "qbeta_log", "qbeta_upper_log", "qt", "qt_log", "qpois", "qpois_upper", "qpois_log",
    "qpois_upper_log", "qbinom", "qbinom_upper", "qbinom_log", "qbinom_upper_log",
    "qnbinom", "qnbinom_upper", "qnbinom_log", "qnbinom_upper_log",
)  # fmt: skip

_WRIGHT = ("wright_log", "wright_slope", "wright_second", "wright_third")

ELEMENTWISE: Mapping[str, Spelling] = {
    **{name: name for name in _SAME},
    "abs": "Abs",
    "round": "_round",
    "mod": "{x} - {y}*floor({x}/{y})",
    "as_real": "Piecewise((1, {x}), (0, True))",
    "exact_pi": "pi",
    "eq": "Eq",
    "ne": "Ne",
    "and": "And",
    "or": "Or",
    "select": "Piecewise(({yes}, {condition}), ({no}, True))",
    "expm1": "exp({x}) - 1",
    "log1p": "log({x} + 1)",
    "log2": "log({x})/log(2)",
    "log10": "log({x})/log(10)",
    "hypot": "sqrt({x}**2 + {y}**2)",
    "sinpi": "sin(pi*{x})",
    "cospi": "cos(pi*{x})",
    "tanpi": "tan(pi*{x})",
    "sigmoid": "1/(1 + exp(-{x}))",
    "softplus": "log(1 + exp({x}))",
    "logit": "log({p}/(1 - {p}))",
    "log1mexp": "log(1 - exp(-{x}))",
    "logspace_add": "log(exp({x}) + exp({y}))",
    "logspace_sub": "log(exp({x}) - exp({y}))",
    "xlogx": "{x}*log({x})",
    "xlog1px": "({x} + 1)*log({x} + 1)",
    "lgamma": "_lgamma",
    "trigamma": "polygamma(1, {x})",
    "psigamma": "polygamma({n}, {x})",
    "besselI": "besseli({nu}, {x})",
    "besselJ": "besselj({nu}, {x})",
    "besselK": "besselk({nu}, {x})",
    "besselY": "bessely({nu}, {x})",
    "pnorm": "erfc(-{x}/sqrt(2))/2",
    "log_pnorm": "_log_pnorm",
    "inverse_mills": "sqrt(2/pi)*exp(-{x}**2/2)/erfc(-{x}/sqrt(2))",
    "qnorm": "sqrt(2)*erfinv(2*{p} - 1)",
    "qnorm_log": "sqrt(2)*erfinv(2*exp({p}) - 1)",
    "bd0": "_xlogy({x}, {x}/{m}) + {m} - {x}",
    "log1pmx": "log({x} + 1) - {x}",
    "dgamma_log": "_dgamma_log",
    "dbeta_log": "_dbeta_log",
    "dt_log": "_dt_log",
    "df_log": "_df_log",
    "dpois_log": "_dpois_log",
    "dbinom_log": "_dbinom_log",
    "dnbinom_log": "_dnbinom_log",
    "dnbinom_mu_log": "_dnbinom_log({x}, {size}, {size}/({size} + {mu}))",
    "dgeom_log": "_dnbinom_log({x}, 1, {prob})",
    "pgamma": "_pgamma",
    "pgamma_upper": "1 - _pgamma({x}, {a})",
    "log_pgamma": "log(_pgamma({x}, {a}))",
    "log_pgamma_upper": "log(1 - _pgamma({x}, {a}))",
    "pbeta": "_pbeta",
    "pbeta_upper": "1 - _pbeta({x}, {a}, {b})",
    "log_pbeta": "log(_pbeta({x}, {a}, {b}))",
    "log_pbeta_upper": "log(1 - _pbeta({x}, {a}, {b}))",
    "gamma_below": _DERIVED,
    "gamma_above": _DERIVED,
    "beta_below": _DERIVED,
    **dict.fromkeys(_QUANTILES, _NO_QUANTILE),
    **dict.fromkeys(_WRIGHT, _NO_TWEEDIE),
}

FUNCTIONS: Mapping[str, str] = {
    "_dgamma_log": '''\
def _dgamma_log(x, shape, scale):
    """Logarithm of the gamma density."""
    z = x/scale
    return _within(x >= 0, _xlogy(shape - 1, z) - z - loggamma(shape) - log(scale))
''',
    "_dbeta_log": '''\
def _dbeta_log(x, p, q):
    """Logarithm of the beta density."""
    constant = loggamma(p + q) - loggamma(p) - loggamma(q)
    return _within(And(x >= 0, x <= 1), constant + _xlogy(p - 1, x) + _xlogy(q - 1, 1 - x))
''',
    "_dt_log": '''\
def _dt_log(x, df):
    """Logarithm of Student's t density."""
    half = sympify(df)/2
    constant = loggamma(half + Rational(1, 2)) - loggamma(half) - log(pi*df)/2
    return constant - (half + Rational(1, 2))*log(1 + x**2/df)
''',
    "_df_log": '''\
def _df_log(x, m, n):
    """Logarithm of the F density."""
    p, q = sympify(m)/2, sympify(n)/2
    constant = loggamma(p + q) - loggamma(p) - loggamma(q) + p*log(m) + q*log(n)
    return _within(x >= 0, constant + _xlogy(p - 1, x) - (p + q)*log(n + m*x))
''',
    "_dpois_log": '''\
def _dpois_log(x, rate):
    """Logarithm of the Poisson density."""
    return _counted(x, _xlogy(x, rate) - rate - loggamma(x + 1))
''',
    "_dbinom_log": '''\
def _dbinom_log(x, size, prob):
    """Logarithm of the binomial density."""
    ways = loggamma(size + 1) - loggamma(x + 1) - loggamma(size - x + 1)
    density = ways + _xlogy(x, prob) + _xlogy(size - x, 1 - prob)
    return _within(x <= size, _counted(x, density))
''',
    "_dnbinom_log": '''\
def _dnbinom_log(x, size, prob):
    """Logarithm of the negative binomial density."""
    ways = loggamma(size + x) - loggamma(size) - loggamma(x + 1)
    return _counted(x, ways + _xlogy(size, prob) + _xlogy(x, 1 - prob))
''',
    "_pgamma": '''\
def _pgamma(x, a):
    """Distribution function of the gamma distribution of scale 1."""
    return Piecewise((0, sympify(x) <= 0), (lowergamma(a, x)/gamma(a), True))
''',
    "_pbeta": '''\
def _pbeta(x, a, b):
    """Distribution function of the beta distribution."""
    x = sympify(x)
    return Piecewise((0, x <= 0), (1, x >= 1), (betainc(a, b, 0, x)/beta(a, b), True))
''',
    "_log_pnorm": '''\
def _log_pnorm(x):
    """Logarithm of the normal distribution function; far to the left SymPy would lose erfc(-x)."""
    left, right = erfc(Abs(x)/sqrt(2))/2, (1 + erf(x/sqrt(2)))/2
    return Piecewise((log(left), x < 0), (log(right), True))
''',
    "_stirlerr": '''\
def _stirlerr(x):
    """What Stirling's series leaves of log(gamma(x + 1))."""
    return loggamma(x + 1) - (x + Rational(1, 2))*log(x) + x - log(2*pi)/2
''',
    "_counted": '''\
def _counted(x, density):
    """The logarithm of a density of counts, -oo where x is no count."""
    x = sympify(x)
    return _within(And(x >= 0, Eq(x, floor(x))), density)
''',
    "_within": '''\
def _within(condition, density):
    """The logarithm of a density inside its support, -oo outside."""
    return Piecewise((density, condition), (-oo, True))
''',
    "_xlogy": '''\
def _xlogy(x, y):
    """x*log(y), and 0 where both are 0."""
    x, y = sympify(x), sympify(y)
    return Piecewise((0, And(Eq(x, 0), Eq(y, 0))), (x*log(y), True))
''',
    "_lgamma": '''\
def _lgamma(x):
    """log(Abs(gamma(x))), which is loggamma(x) where x is positive; DLMF 5.5.3 for the rest."""
    x = sympify(x)
    mirrored = log(pi) - log(sin(pi*x)**2)/2 - loggamma(1 - x)
    return Piecewise((loggamma(x), x > 0), (mirrored, True))
''',
    "_power": '''\
def _power(x, y):
    """x**y, whose derivative in y is 0 where x is 0."""
    x, y = sympify(x), sympify(y)
    return Piecewise((0, And(Eq(x, 0), y > 1)), (x**y, True))
''',
    "_round": '''\
def _round(x):
    """The nearest whole number, an even one where two are as near."""
    up = floor(x + Rational(1, 2))
    return Piecewise((up - 1, Eq(x - 2*floor(x/2), Rational(1, 2))), (up, True))
''',
}  # fmt: skip
"""Functions that a file defines for itself where it calls them, callers first."""
