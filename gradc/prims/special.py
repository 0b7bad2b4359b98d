"""The table, part three: logistic forms, gamma and Bessel functions, cancelling quotients."""

from __future__ import annotations

import math

from gradc.prims import balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, Undefined, Unsupported, prim

_ANY = (-30.0, -1.5, -1e-6, 0.4, 2.0, 25.0)
_POSITIVE = (0.02, 0.4, 1.0, 1.6, 2.3, 9.0, 80.0)
_ORDER = Undefined("its derivative in the order has no closed form")
_NO_TF = Unsupported("TensorFlow has no such function")
_BESSEL_PROBE = {"x": (0.3, 1.0, 4.5, 20.0), "nu": (0.0, 1.0, 2.0)}

_TERMS = 18  # 1/18! is below 1e-15: the series is exact in doubles for |x| < 1


def _moment_series(sign: str) -> str:
    """Horner's form of the series of a moment; ``sign`` may name ``n + m`` as ``@``."""
    text = ""
    for m in reversed(range(_TERMS)):
        factor = sign.replace("@", f"(n + {m})")
        coefficient = f"{factor}/({math.factorial(m)}*(n + {m + 1}))"
        text = f"({coefficient} + x*{text})" if text else f"({coefficient})"
    return text


# cos(j*pi/2) and sin(x + n*pi/2), which fold to one of four cases as n is known.
_QUARTER = "ifelse(mod(@, 2) == 1, 0, ifelse(mod(@, 4) == 0, 1, -1))"
_TURNED_SINE = (
    "ifelse(mod(n, 4) == 0, sin(x), ifelse(mod(n, 4) == 1, cos(x),"
    " ifelse(mod(n, 4) == 2, -sin(x), -cos(x))))"
)

PRIMS: tuple[Prim, ...] = (
    prim(
        "exp_moment",
        "x n",
        doc="integral of t^n exp(x t) over [0, 1], the n-th derivative of (exp(x) - 1)/x",
        source="DLMF 13.4.1: hypergeometric 1F1(n + 1; n + 2; x)/(n + 1)",
        d={"x": "exp_moment(x, n + 1)", "n": _ORDER},
        domain="n whole and n >= 0",
        ball=balls.exponential_moment,
        probe={"x": (-20.0, -1.5, -1e-6, 0.4, 2.0, 25.0), "n": (0.0, 1.0, 2.0)},
        expand=f"ifelse(abs(x) < 1, {_moment_series('1')},"
        " ifelse(n == 0, expm1(x)/x, (exp(x) - n*exp_moment(x, n - 1))/x))",
        stabilizes=[
            Stabilizes("expm1(x)/x", "exp_moment(x, 0)", varies="x"),
            Stabilizes("x/expm1(x)", "1/exp_moment(x, 0)", varies="x"),
            Stabilizes(
                "ifelse(x > 0, expm1(y*log(x)), x^y - 1)/y",
                "ifelse(x > 0, log(x)*exp_moment(y*log(x), 0), (x^y - 1)/y)",
            ),
        ],
    ),
    prim(
        "cos_moment",
        "x n",
        doc="integral of t^n cos(x t + n pi/2) over [0, 1], the n-th derivative of sin(x)/x",
        source="DLMF 10.49.3, differentiated under the integral",
        d={"x": "cos_moment(x, n + 1)", "n": _ORDER},
        domain="n whole and n >= 0",
        ball=balls.cosine_moment,
        probe={"x": (-20.0, -1.5, -1e-6, 0.4, 2.0, 25.0), "n": (0.0, 1.0, 2.0)},
        expand=f"ifelse(abs(x) < 1, {_moment_series(_QUARTER)},"
        f" ifelse(n == 0, sin(x)/x, ({_TURNED_SINE} - n*cos_moment(x, n - 1))/x))",
        stabilizes=[
            Stabilizes("sin(x)/x", "cos_moment(x, 0)", varies="x"),
            Stabilizes("2*sin(x/2)^2/x^2", "0.5*cos_moment(x/2, 0)^2", varies="x"),
        ],
    ),
    prim(
        "sigmoid",
        "x",
        doc="1/(1 + exp(-x))",
        d={"x": "out*sigmoid(-x)"},
        ball=balls.sigmoid,
        probe={"x": _ANY},
        spell=_spell("1 / (1 + exp(-{x}))", "extra::sigmoid", "special.expit", "tf.sigmoid"),
        stabilizes=[
            Stabilizes("exp(x)/(1 + exp(x))", "sigmoid(x)"),
            Stabilizes("1/(1 + exp(x))", "sigmoid(-x)"),
            Stabilizes("a/(1 + exp(x))", "a*sigmoid(-x)"),
            Stabilizes("(1 + exp(x))^-1", "sigmoid(-x)"),
            Stabilizes("1 - sigmoid(x)", "sigmoid(-x)"),
            Stabilizes("1 - tanh(x)", "2*sigmoid(-2*x)"),
            Stabilizes("1 + tanh(x)", "2*sigmoid(2*x)"),
        ],
    ),
    prim(
        "softplus",
        "x",
        doc="log(1 + exp(x))",
        d={"x": "sigmoid(x)"},
        ball=balls.softplus,
        probe={"x": _ANY},
        spell=_spell(
            "-plogis({x}, lower.tail = FALSE, log.p = TRUE)",
            "logspace_add(Type(0), {x})",
            "_softplus",
            "tf.nn.softplus",
        ),
        stabilizes=[
            Stabilizes("log(1 + exp(x))", "softplus(x)"),
            Stabilizes("log1p(exp(x))", "softplus(x)"),
            Stabilizes("log(sigmoid(x))", "-softplus(-x)"),
        ],
    ),
    prim(
        "logit",
        "p",
        doc="log(p/(1 - p))",
        d={"p": "1/(p*(1 - p))"},
        domain="p > 0 and p < 1",
        ball=lambda p: balls.logarithm(p) - balls.log1p(-p),
        probe={"p": (1e-6, 0.2, 0.6, 0.999)},
        spell=_spell("qlogis", "logit", "special.logit", ""),
        expand="log(p) - log1p(-p)",
    ),
    prim(
        "log1mexp",
        "x",
        doc="log(1 - exp(-x))",
        source="Maechler (2012), Accurately computing log(1 - exp(-|a|))",
        d={"x": "1/expm1(x)"},
        domain="x > 0",
        ball=balls.log1mexp,
        probe={"x": (1e-9, 0.3, 0.8, 30.0)},
        expand="ifelse(x > 0.6931471805599453, log1p(-exp(-x)), log(-expm1(-x)))",
        stabilizes=[
            Stabilizes("log(-expm1(x))", "log1mexp(-x)"),
            Stabilizes("log1p(-exp(x))", "log1mexp(-x)"),
            Stabilizes("log(expm1(x))", "x + log1mexp(x)"),
        ],
    ),
    prim(
        "logspace_add",
        "x y",
        doc="log(exp(x) + exp(y))",
        d={"x": "sigmoid(x - y)", "y": "sigmoid(y - x)"},
        ball=balls.logspace_add,
        probe={"x": _ANY, "y": (-2.0, 3.0)},
        spell=_spell("", "logspace_add", "_logspace_add", ""),
        expand="max2(x, y) + log1p(exp(-abs(x - y)))",
    ),
    prim(
        "logspace_sub",
        "x y",
        doc="log(exp(x) - exp(y))",
        d={"x": "-1/expm1(y - x)", "y": "-1/expm1(x - y)"},
        domain="x > y",
        ball=lambda x, y: x + balls.log1mexp(x - y),
        probe={"x": (1.5, 4.0), "y": (-2.0, 1.0)},
        spell=_spell("", "logspace_sub", "", ""),
        expand="x + log1mexp(x - y)",
        stabilizes=[Stabilizes("log(exp(x) - exp(y))", "logspace_sub(x, y)")],
    ),
    prim(
        "xlogx",
        "x",
        doc="x*log(x), and its limit 0 at 0",
        d={"x": "log(x) + 1"},
        domain="x >= 0",
        ball=balls.xlogx,
        probe={"x": (1e-8, 0.3, 2.5)},
        spell=_spell("", "extra::xlogx", "special.xlogy({x}, {x})", "tf.math.xlogy({x}, {x})"),
        expand="ifelse(x == 0, 0, x*log(x))",
        stabilizes=[Stabilizes("x*log(x)", "xlogx(x)")],
    ),
    prim(
        "xlog1px",
        "x",
        doc="(1 + x)*log(1 + x), and its limit 0 at -1",
        d={"x": "log1p(x) + 1"},
        domain="x >= -1",
        ball=balls.xlog1px,
        probe={"x": (-0.9, 1e-8, 2.5)},
        spell=_spell(tmb="extra::xlog1px"),
        expand="ifelse(x == -1, 0, (1 + x)*log1p(x))",
        stabilizes=[
            Stabilizes("(1 + x)*log1p(x)", "xlog1px(x)"),
            Stabilizes("(1 - x)*log1p(-x)", "xlog1px(-x)"),
        ],
    ),
    prim(
        "erf",
        "x",
        doc="error function",
        source="DLMF 7.2",
        d={"x": "2/sqrt(exact_pi())*exp(-x^2)"},
        ball=lambda x: x.erf(),
        probe={"x": (-2.5, -1e-6, 0.4, 1.5)},
        spell=_spell("sign({x}) * pgamma({x}^2, 0.5)", "extra::erf", "special.erf", "tf.math.erf"),
    ),
    prim(
        "erfc",
        "x",
        doc="1 - erf(x) without cancellation",
        source="DLMF 7.2",
        d={"x": "-2/sqrt(exact_pi())*exp(-x^2)"},
        ball=lambda x: x.erfc(),
        probe={"x": (-2.5, -1e-6, 0.4, 1.5, 6.0)},
        spell=_spell(
            "2 * pnorm({x} * sqrt(2), lower.tail = FALSE)",
            "extra::erfc",
            "special.erfc",
            "tf.math.erfc",
        ),
        stabilizes=[Stabilizes("1 - erf(x)", "erfc(x)"), Stabilizes("1 - erfc(x)", "erf(x)")],
    ),
    prim(
        "gamma",
        "x",
        doc="gamma function",
        source="DLMF 5.2",
        d={"x": "out*digamma(x)"},
        domain="x > 0 or x is not whole",
        ball=balls.gamma,
        probe={"x": (-1.5, 0.02, 0.4, 1.6, 9.0, 80.0)},
        spell=_spell("gamma", "extra::gamma", "special.gamma", ""),
        # Reflection, DLMF 5.5.3.
        expand="ifelse(x > 0, exp(lgamma(x)), exact_pi()/(sinpi(x)*exp(lgamma(1 - x))))",
    ),
    prim(
        "lgamma",
        "x",
        doc="log|gamma(x)|",
        source="DLMF 5.2",
        d={"x": "digamma(x)"},
        domain="x > 0 or x is not whole",
        ball=balls.lgamma,
        probe={"x": (-1.5, *_POSITIVE)},
        spell=_spell("lgamma", "lgamma", "special.gammaln", "tf.math.lgamma"),
        stabilizes=[
            Stabilizes("log(gamma(x))", "ifelse(x > 0, lgamma(x), log(gamma(x)))"),
            Stabilizes("lgamma(x + 1) - lgamma(x)", "log(abs(x))"),
            Stabilizes("lgamma(1 + x) - lgamma(x)", "log(abs(x))"),
        ],
    ),
    prim(
        "digamma",
        "x",
        doc="derivative of lgamma",
        source="DLMF 5.2",
        d={"x": "trigamma(x)"},
        domain="x > 0 or x is not whole",
        ball=lambda x: x.digamma(),
        probe={"x": (-1.5, *_POSITIVE)},
        spell=_spell(
            "digamma", "extra::psigamma({x}, Type(0))", "special.digamma", "tf.math.digamma"
        ),
    ),
    prim(
        "trigamma",
        "x",
        doc="second derivative of lgamma",
        source="DLMF 5.15",
        d={"x": "psigamma(x, 2)"},
        domain="x > 0 or x is not whole",
        ball=lambda x: balls.polygamma(x, balls.one()),
        probe={"x": _POSITIVE},
        spell=_spell("trigamma", "extra::psigamma({x}, Type(1))", "special.polygamma(1, {x})", ""),
        expand="psigamma(x, 1)",
    ),
    prim(
        "psigamma",
        "x n",
        doc="the n-th derivative of digamma",
        source="DLMF 5.15",
        d={"x": "psigamma(x, n + 1)", "n": _ORDER},
        domain="x > 0, n whole",
        ball=balls.polygamma,
        probe={"x": _POSITIVE, "n": (0.0, 1.0, 2.0, 3.0)},
        spell=_spell(
            "psigamma",
            "extra::psigamma",
            "special.polygamma({n}, {x})",
            "tf.math.polygamma({n}, {x})",
        ),
    ),
    prim(
        "beta",
        "a b",
        doc="beta function",
        source="DLMF 5.12",
        d={"a": "out*(digamma(a) - digamma(a + b))", "b": "out*(digamma(b) - digamma(a + b))"},
        domain="a > 0 and b > 0",
        ball=balls.beta,
        probe={"a": (0.4, 2.3, 9.0), "b": (0.3, 4.0)},
        spell=_spell("beta", "extra::beta", "special.beta", ""),
        expand="exp(lbeta(a, b))",
    ),
    prim(
        "lbeta",
        "a b",
        doc="log of the beta function",
        source="DLMF 5.12",
        d={"a": "digamma(a) - digamma(a + b)", "b": "digamma(b) - digamma(a + b)"},
        domain="a > 0 and b > 0",
        ball=balls.log_beta,
        probe={"a": (0.4, 2.3, 9.0), "b": (0.3, 4.0)},
        spell=_spell("lbeta", "extra::lbeta", "special.betaln", ""),
        expand="lgamma(a) + lgamma(b) - lgamma(a + b)",
        # betaln adds three gammaln: next to its zeros, or where all three are large, no fixed
        # number of ulps of the result holds.
        rounds_as={"numpy": "lgamma(a) + lgamma(b) - lgamma(a + b)"},
        stabilizes=[Stabilizes("log(beta(a, b))", "lbeta(a, b)")],
    ),
    prim(
        "choose",
        "n k",
        doc="n over k for whole k, any n",
        source="DLMF 1.2",
        d={
            "n": "out*(digamma(n + 1) - digamma(n - k + 1))",
            "k": Undefined("R's choose takes whole k only, so it has no derivative in k"),
        },
        domain="k whole",
        ball=balls.binomial,
        probe={"n": (5.0, 7.5, 30.0), "k": (0.0, 2.0, 3.0)},
        spell=_spell("choose", "extra::choose", "special.binom({n}, np.round({k}))", ""),
        expand="exp(lchoose(n, k))",
    ),
    prim(
        "lchoose",
        "n k",
        doc="log|n over k| for whole k",
        source="DLMF 1.2",
        d={
            "n": "digamma(n + 1) - digamma(n - k + 1)",
            "k": Undefined("R's lchoose takes whole k only, so it has no derivative in k"),
        },
        domain="k whole and n > k - 1",
        ball=balls.log_binomial,
        probe={"n": (5.0, 7.5, 30.0), "k": (0.0, 2.0, 3.0)},
        spell=_spell("lchoose", "extra::lchoose", "", ""),
        expand="-log1p(n) - lbeta(n - round(k) + 1, round(k) + 1)",
    ),
    prim(
        "besselI",
        "x nu",
        doc="modified Bessel function of the first kind",
        source="DLMF 10.25, 10.29",
        d={"x": "besselI(x, nu + 1) + nu/x*out", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("I"),
        probe=_BESSEL_PROBE,
        spell={**_spell("besselI", "besselI", "special.iv({nu}, {x})", ""), "tf": _NO_TF},
    ),
    prim(
        "besselJ",
        "x nu",
        doc="Bessel function of the first kind",
        source="DLMF 10.2, 10.6",
        d={"x": "nu/x*out - besselJ(x, nu + 1)", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("J"),
        probe=_BESSEL_PROBE,
        spell={**_spell("besselJ", "besselJ", "special.jv({nu}, {x})", ""), "tf": _NO_TF},
    ),
    prim(
        "besselK",
        "x nu",
        doc="modified Bessel function of the second kind",
        source="DLMF 10.25, 10.29",
        d={"x": "nu/x*out - besselK(x, nu + 1)", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("K"),
        probe=_BESSEL_PROBE,
        spell={**_spell("besselK", "besselK", "special.kv({nu}, {x})", ""), "tf": _NO_TF},
    ),
    prim(
        "besselY",
        "x nu",
        doc="Bessel function of the second kind",
        source="DLMF 10.2, 10.6",
        d={"x": "nu/x*out - besselY(x, nu + 1)", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("Y"),
        probe=_BESSEL_PROBE,
        spell={**_spell("besselY", "besselY", "special.yv({nu}, {x})", ""), "tf": _NO_TF},
    ),
    prim(
        "besselI_scaled",
        "x nu",
        doc="exp(-|x|) besselI(x, nu)",
        source="DLMF 10.25, 10.29",
        d={"x": "besselI_scaled(x, nu + 1) + (nu/x - 1)*out", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("I", scaled=True),
        probe=_BESSEL_PROBE,
        spell={
            **_spell(
                "besselI({x}, {nu}, TRUE)", "extra::besselI_scaled", "special.ive({nu}, {x})", ""
            ),
            "tf": _NO_TF,
        },
        expand="exp(-x)*besselI(x, nu)",
        stabilizes=[Stabilizes("log(besselI(x, nu))", "log(besselI_scaled(x, nu)) + abs(x)")],
    ),
    prim(
        "besselK_scaled",
        "x nu",
        doc="exp(x) besselK(x, nu)",
        source="DLMF 10.25, 10.29",
        d={"x": "(nu/x + 1)*out - besselK_scaled(x, nu + 1)", "nu": _ORDER},
        domain="x > 0",
        ball=balls.bessel("K", scaled=True),
        probe=_BESSEL_PROBE,
        spell={
            **_spell(
                "besselK({x}, {nu}, TRUE)", "extra::besselK_scaled", "special.kve({nu}, {x})", ""
            ),
            "tf": _NO_TF,
        },
        expand="exp(x)*besselK(x, nu)",
        stabilizes=[Stabilizes("log(besselK(x, nu))", "log(besselK_scaled(x, nu)) - x")],
    ),
)
