"""Quantiles as small functions in emitted NumPy and TensorFlow, found as roots.

The unknown is the logarithm of a gamma quantile and the log odds of a beta quantile. There
log(-log(upper tail)) is nearly a straight line from one end to the other, so that Halley's
method converges from every start; a bracket keeps it inside where rounding misleads it. Two
steps of Newton's method come last: a tape that differentiates them gets the derivatives of the
implicit function, the second ones too.

Tails are the integrals that distribution functions are made of, each computed where it is
the smaller one and as a logarithm, so that none underflows. All is computed in doubles,
whatever the arguments are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gradc.targets import roots

_SHARED = {
    "_levels": '''\
def _levels(p, upper, log):
    """Logs of the lower and of the upper tail that a probability says."""
    own, other = (p, _log1mexp(p)) if log else (LOG(p), LOG1P(-p))
    return (other, own) if upper else (own, other)
''',
    "_log1mexp": '''\
def _log1mexp(t):
    """log(1 - exp(t)) for t below 0."""
    near = t > -0.6931471805599453
    small = LOG(-EXPM1(NP.where(near, t, -0.5)))
    return NP.where(near, small, LOG1P(-NP.exp(t)))
''',
    "_log_hazard": '''\
def _log_hazard(low):
    """log(-log(upper tail)) from the log of the lower tail."""
    small = low < -40.0
    usual = LOG(-_log1mexp(NP.where(~small, low, -1.0)))
    return NP.where(small, low + 0.5 * NP.exp(low), usual)
''',
    "_excess": '''\
def _excess(below, tail, density, bend, low, high):
    """By how much log(-log(upper tail)) is too large, its slope, and its curvature over that.

    ``tail`` is the log of the lower tail where ``below`` is true and of the upper one elsewhere,
    ``density`` the log of the density and ``bend`` its slope; ``low`` and ``high`` are wanted.
    """
    near, far = NP.where(below, tail, -1.0), NP.where(~below, tail, -1.0)
    hazard = NP.where(below, _log_hazard(near), LOG(-far))
    wanted = NP.where(below, _log_hazard(low), LOG(-high))
    slope = NP.exp(density - NP.where(below, _log1mexp(near), far) - hazard)
    return hazard - wanted, slope, bend + slope * (NP.exp(hazard) - 1.0)
''',
    "_stirling": '''\
def _stirling(x):
    """log(gamma(x + 1)) less Stirling's formula, by its recurrence where x is small."""
    small = x < 11.0
    y = NP.expand_dims(NP.where(small, x, 11.0), -1) + [float(k) for k in range(11)]
    steps = SUM((y + 0.5) * LOG1P(1.0 / y) - 1.0, axis=-1)
    return _stirlerr(NP.where(small, x + 11.0, x), 0) + NP.where(small, steps, 0.0 * x)
''',
    "_scaled": '''\
def _scaled(a, n, x, log_x):
    """a*log(n*x/a) + a - n*x, which is at most 0, also where x underflows."""
    usual = x > 1e-200
    far = a * (log_x + LOG(n / a)) + a - n * x
    return NP.where(usual, -_bd0(a, n * NP.where(usual, x, a / n)), far)
''',
    "_score": '''\
def _score(low, high):
    """About the normal quantile, from the logs of the tails."""
    t = NP.minimum(low, high)
    z = NP.where(t > -600.0, NDTRI(NP.exp(NP.maximum(t, -600.0))), -NP.sqrt(-2.0 * t))
    return NP.where(low < high, z, -z)
''',
    "_gamma_tail": '''\
def _gamma_tail(x, s, a):
    """At x = exp(s): whether it is low, the log of the tail there, of x*density/a."""
    split = NP.where(a < 1.0, 0.8 + 1.2 * a, a + 1.0)
    below = x < split
    large = (a >= 1.0) & (s > -600.0)
    saddle = _scaled(a, 1.0, x, s) - 0.5 * LOG(6.283185307179586 * a) - _stirling(a)
    scale = NP.where(large, saddle, a * s - x - LGAMMA(a + 1.0))
    low = scale + LOG1P(x * _gamma_below(NP.minimum(x, split), a, 0.0))
    high = scale + LOG(a * _gamma_above(NP.maximum(x, split), a, 0.0))
    return below, NP.where(below, low, high), scale
''',
    "_gamma_quantile": '''\
def _gamma_quantile(p, a, upper=False, log=False):
    """Quantile of the gamma distribution with shape a."""
    (p, a), back = _doubles(p, a)
    low, high = _levels(p, upper, log)

    def excess(s, a, low, high):
        x = NP.exp(s)
        below, tail, scale = _gamma_tail(x, s, a)
        return _excess(below, tail, scale + LOG(a), a - x, low, high)

    root = 1.0 - 1.0 / (9.0 * a) + _score(low, high) / (3.0 * NP.sqrt(a))
    middle = LOG(a) + 3.0 * LOG(NP.maximum(root, 1e-30))
    s = _root(excess, NP.maximum(middle, (low + LGAMMA(a + 1.0)) / a), a, low, high)
    x = NP.where(high == -INF, INF + a, NP.exp(s))
    x = NP.where(low == -INF, 0.0 * a, x)
    return back(NP.where(a > 0.0, x, NAN + a))
''',
    "_of_odds": '''\
def _of_odds(s):
    """x and y = 1 - x at the log odds s of x, and their logs."""
    e = NP.exp(-NP.abs(s))
    x, y = NP.where(s < 0.0, e, 1.0) / (1.0 + e), NP.where(s >= 0.0, e, 1.0) / (1.0 + e)
    return x, y, NP.minimum(s, 0.0) - LOG1P(e), NP.minimum(-s, 0.0) - LOG1P(e)
''',
    "_beta_constant": '''\
def _beta_constant(a, b):
    """log of the largest density that log odds have."""
    ratio = a / (a + b) * b / 6.283185307179586
    return _stirling(a + b) - _stirling(a) - _stirling(b) + 0.5 * LOG(ratio)
''',
    # beta_below(x, a, b, 0, 0) with y = 1 - x given: near x = 1 that has the digits.
    "_beta_integral": '''\
def _beta_integral(x, y, a, b):
    """Integral of exp(-(a + 1) u) (y + x exp(-u))^-(a + b + 1) over u > 0, where x + y = 1."""
    x, y, a, b, t = _nodes(x, y, a, b)
    u = NP.exp(t - NP.exp(-t))
    u = u / (NP.abs(b - (a + b + 1.0) * y) + NP.sqrt((a + b + 1.0) * x * y))
    steep = (a + 1.0) * LOG1P(y * EXPM1(NP.minimum(u, 700.0)))
    height = NP.exp(-b * LOG1P(x * EXPM1(-u)) - steep)
    return SUM((1.0 + NP.exp(-t)) * u * height, axis=-1) / 16.0
''',
    "_beta_tail": '''\
def _beta_tail(x, y, log_x, log_y, a, b, most):
    """At x = 1 - y: whether it is low, the log of the tail there, of the density of log odds."""
    density = _scaled(a, a + b, x, log_x) + _scaled(b, a + b, y, log_y) + most
    below = x < (a + 1.0) / (a + b + 2.0)
    z, c, d = NP.where(below, x, y), NP.where(below, a, b), NP.where(below, b, a)
    more = (a + b) * z * _beta_integral(z, NP.where(below, y, x), c, d)
    tail = density - LOG(c) + LOG1P(more)
    return below, tail, density
''',
    "_beta_odds": '''\
def _beta_odds(low, high, a, b):
    """Log odds of the quantile of a beta distribution, from the logs of its tails."""
    turn = low > high  # the smaller tail is the lower one of 1 - x
    low, high = NP.where(turn, high, low), NP.where(turn, low, high)
    a, b = NP.where(turn, b, a), NP.where(turn, a, b)

    def excess(s, a, b, low, high, most):
        x, y, *logs = _of_odds(s)
        below, tail, density = _beta_tail(x, y, *logs, a, b, most)
        return _excess(below, tail, density, a * y - b * x, low, high)

    width = NP.sqrt((1.0 + 0.6 / a) / a + (1.0 + 0.6 / b) / b)
    middle = DIGAMMA(a) - DIGAMMA(b) + width * _score(low, high)
    # What exp(a*s)/(a*B(a, b)) says for a small tail.
    most = _beta_constant(a, b)
    ends = a + most + _scaled(b, a + b, 1.0 + 0.0 * a, 0.0)
    lead = (low + LOG(a) - ends) / a - LOG((a + b) / a)
    odds = lead - LOG(-EXPM1(NP.minimum(lead, -0.05)))
    start = NP.where(lead < -0.05, NP.maximum(odds, middle), middle)
    s = _root(excess, start, a, b, low, high, most)
    s = NP.where(low == -INF, -INF + a, s)
    return NP.where(turn, -s, NP.where((a > 0.0) & (b > 0.0), s, NAN + a))
''',
    "_beta_quantile": '''\
def _beta_quantile(p, a, b, upper=False, log=False):
    """Quantile of the beta distribution."""
    (p, a, b), back = _doubles(p, a, b)
    return back(_of_odds(_beta_odds(*_levels(p, upper, log), a, b))[0])
''',
    "_t_quantile": '''\
def _t_quantile(p, v, log=False):
    """Quantile of Student's t with v degrees of freedom."""
    (p, v), back = _doubles(p, v)
    low, high = _levels(p, False, log)
    both = NP.minimum(low, high) + 0.6931471805599453
    inside = LOG(-EXPM1(both)) if log else LOG(NP.abs(1.0 - 2.0 * p))
    s = _beta_odds(both, inside, 0.5 * v, 0.5 + 0.0 * v)
    return back(NP.sign(low - high) * NP.sqrt(v) * NP.exp(-0.5 * s))
''',
    "_whole": '''\
def _whole(tails, middle, p, upper, log, most, *shapes):
    """The smallest whole number from 0 to ``most`` whose lower tail reaches p, as R tells it.

    What lies just above a step is still below it: a step that R computes is off by 80 units of
    the last digit, and so is one computed here.
    """
    spare = 256.0 * 2.0**-52
    if log:
        p = p * (1.0 - spare if upper else 1.0 + spare)
    else:
        spare = spare * NP.minimum(1.96875 - 1.9375 * p, 1.0)  # 8 near 1, as in R
        moved = p * (1.0 + spare if upper else 1.0 - spare)
        p = NP.where((p < 1.0) & (moved < 1.0), moved, p)
    low, high = _levels(p, upper, log)
    mean, deviation, skew = middle
    z = _score(low, high)
    start = mean + deviation * (z + skew * (z * z - 1.0) / 6.0)
    start = NP.floor(NP.minimum(NP.maximum(start, 0.0), most))

    def reaches(k, low, high, *shapes):
        below, above = tails(k, *shapes)
        return NP.where(low < high, below >= low, above <= high)

    k = _smallest(reaches, NP.where(start >= 0.0, start, 0.0), most, low, high, *shapes)
    k = NP.where(low == -INF, 0.0 * k, NP.where(high == -INF, most + 0.0 * k, k))
    return NP.where(low + high < 0.0, k, NAN * k)
''',
    "_poisson_quantile": '''\
def _poisson_quantile(p, m, upper=False, log=False):
    """Quantile of the Poisson distribution with mean m."""
    (p, m), back = _doubles(p, m)

    def tails(k, m):
        below, tail, _ = _gamma_tail(m, LOG(m), k + 1.0)
        other = _log1mexp(tail)
        return NP.where(below, other, tail), NP.where(below, tail, other)

    middle = m, NP.sqrt(m), 1.0 / NP.sqrt(m)
    return back(_whole(tails, middle, p, upper, log, INF, m))
''',
    "_binomial_quantile": '''\
def _binomial_quantile(p, n, r, upper=False, log=False):
    """Quantile of the number of successes, each of probability r, in n trials."""
    (p, n, r), back = _doubles(p, n, r)

    def tails(k, n, r):
        k = NP.minimum(k, n - 1.0)
        logs, most = (LOG(r), LOG1P(-r)), _beta_constant(k + 1.0, n - k)
        below, tail, _ = _beta_tail(r, 1.0 - r, *logs, k + 1.0, n - k, most)
        other = _log1mexp(tail)
        return NP.where(below, other, tail), NP.where(below, tail, other)

    deviation = NP.sqrt(n * r * (1.0 - r))
    middle = n * r, deviation, (1.0 - 2.0 * r) / deviation
    return back(_whole(tails, middle, p, upper, log, n, n, r))
''',
    "_nbinomial_quantile": '''\
def _nbinomial_quantile(p, n, r, upper=False, log=False):
    """Quantile of the number of failures before n successes, each of probability r."""
    (p, n, r), back = _doubles(p, n, r)

    def tails(k, n, r):
        logs, most = (LOG(r), LOG1P(-r)), _beta_constant(n, k + 1.0)
        below, tail, _ = _beta_tail(r, 1.0 - r, *logs, n, k + 1.0, most)
        other = _log1mexp(tail)
        return NP.where(below, tail, other), NP.where(below, other, tail)

    deviation = NP.sqrt(n * (1.0 - r)) / r
    middle = n * (1.0 - r) / r, deviation, (2.0 - r) / (r * deviation)
    return back(_whole(tails, middle, p, upper, log, INF, n, r))
''',
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "numpy": {
        "LOG": "np.log",
        "LOG1P": "np.log1p",
        "EXPM1": "np.expm1",
        "LGAMMA": "special.gammaln",
        "DIGAMMA": "special.digamma",
        "NDTRI": "special.ndtri",
        "CLIP": "np.clip",
        "SUM": "np.sum",
        "INF": "np.inf",
        "NAN": "np.nan",
        "NP": "np",
    },
    "tf": {
        "LOG": "tf.math.log",
        "LOG1P": "tf.math.log1p",
        "EXPM1": "tf.math.expm1",
        "LGAMMA": "tf.math.lgamma",
        "DIGAMMA": "tf.math.digamma",
        "NDTRI": "tf.math.ndtri",
        "CLIP": "tf.clip_by_value",
        "SUM": "tf.reduce_sum",
        "INF": 'float("inf")',
        "NAN": 'float("nan")',
        "NP": "tf",
    },
}


def _functions(target: str, own: Mapping[str, str]) -> dict[str, str]:
    words = _WORDS[target]
    texts = {"_halley": roots.HALLEY, "_narrow": roots.NARROW, **own, **_SHARED}
    pattern = re.compile(rf"\b({'|'.join(words)})\b")
    return {name: pattern.sub(lambda found: words[found[0]], text) for name, text in texts.items()}


NUMPY = _functions("numpy", roots.NUMPY)
TF = _functions("tf", roots.TF)


def _needed(functions: Mapping[str, str], body: str) -> Iterator[str]:
    """Names of the quantiles that a text calls, and of the functions that they call."""
    waiting = [f"_{name}_quantile" for name in re.findall(r"(?<!\w)_(\w+)_quantile\(", body)]
    seen = set[str]()
    while waiting:
        text = waiting.pop()
        for called in re.findall(r"(?<!\w)(_\w+)\b", text):
            if called in functions and called not in seen:
                seen.add(called)
                waiting.append(functions[called])
                yield called


def used(functions: Mapping[str, str], body: str) -> list[list[str]]:
    """The definitions of those that a text calls, as lines."""
    needed = set(_needed(functions, body))
    return [text.rstrip().split("\n") for name, text in functions.items() if name in needed]
