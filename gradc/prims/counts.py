"""The table, part seven: logarithms of the probabilities of counts, with R's arguments.

A count has no derivative. One that is no whole number, by R's tolerance, has probability 0.
"""

from __future__ import annotations

from gradc.prims import count_balls as balls
from gradc.prims.densities import binomial_kernel, digamma_rest
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, Undefined, prim

_COUNT = Undefined("it is a count, and probabilities of counts have no derivative in it")
_SIZE = Undefined("it is a number of trials, and these are whole")
_COUNTS = (0.0, 1.0, 3.0, 40.0)
_UNIT = (1e-6, 0.3, 0.75, 0.999)


def _fraction(x: str) -> str:
    """Whether a number is not whole: R_nonint() of R's nmath."""
    return f"abs({x} - round({x})) > 1e-07*max2(1, abs({x}))"


_NO_COUNT = f"x < 0 | {_fraction('x')}"


def _outside(text: str, value: str = "-Inf", support: str = _NO_COUNT) -> str:
    return f"ifelse({support}, {value}, {text})"


def _within(domain: str, text: str) -> str:
    """NaN where the parameters are none."""
    return f"ifelse({domain}, {text}, NaN)"


_BINOMIAL = binomial_kernel("x", "(size - x)", "size", "size*prob", "size*(1 - prob)")
_ALL = "(size + x)"
_SHARE = "log(size/(size + x))"  # of the last trial, which is the size-th success
_NEGATIVE = f"{binomial_kernel('size', 'x', _ALL, f'{_ALL}*prob', f'{_ALL}*(1 - prob)')} + {_SHARE}"
_NONE, _SOME = f"{_ALL}*(size/(size + mu))", f"{_ALL}*(mu/(size + mu))"
_NEGATIVE_MU = f"{binomial_kernel('size', 'x', _ALL, _NONE, _SOME)} + {_SHARE}"
# log(1 + exp(-x)), as TMB's logspace_add() has it.
_LOG_BELOW = "ifelse({0} < 0, log1p(exp({0})) - {0}, log1p(exp(-{0})))"

PRIMS: tuple[Prim, ...] = (
    prim(
        "dpois_log",
        "x lambda",
        doc="logarithm of a Poisson probability",
        source="R: nmath/dpois.c",
        d={
            "x": _COUNT,
            "lambda": _outside("ifelse(x == 0, -1, (x - lambda)/lambda)", "0"),
        },
        domain="lambda >= 0",
        ball=balls.dpois_log,
        probe={"x": (-1.0, 2.5, *_COUNTS, 1e4), "lambda": (0.02, 0.7, 2.5, 40.0, 9e3)},
        spell=_spell("dpois({x}, {lambda}, log = TRUE)", "extra::dpois_log"),
        # R 4.2 rounds x*log(x/lambda) as if its terms did not cancel (ebd0() of its nmath).
        rounds_as={
            "r": _outside("ifelse(x == 0, -lambda, x*log(lambda) - lambda - lgamma(x + 1))"),
            "tmb": "-lambda + x*log(lambda) - lgamma(x + 1)",
        },
        expand=_within(
            "lambda >= 0",
            _outside(
                "ifelse(x == 0, -lambda, -bd0(x, lambda) - stirlerr(x, 0) - log(2*exact_pi()*x)/2)"
            ),
        ),
    ),
    prim(
        "dbinom_log",
        "x size prob",
        doc="logarithm of a binomial probability",
        source="R: nmath/dbinom.c",
        d={
            "x": _COUNT,
            "size": _SIZE,
            "prob": _outside(
                "ifelse(x == 0, -size/(1 - prob), ifelse(x == size, size/prob,"
                " (x - size*prob)/(prob*(1 - prob))))",
                "0",
                f"x > size | {_NO_COUNT}",
            ),
        },
        domain="size whole, prob >= 0 and prob <= 1",
        ball=balls.dbinom_log,
        probe={"x": (-1.0, 2.5, *_COUNTS), "size": (0.0, 3.0, 40.0, 1e4), "prob": _UNIT},
        spell=_spell("dbinom({x}, {size}, {prob}, log = TRUE)", "extra::dbinom_log"),
        rounds_as={
            "tmb": "lgamma(size + 1) - lgamma(x + 1) - lgamma(size - x + 1)"
            " + ifelse(x > 0, x*log(prob), 0) + ifelse(size > x, (size - x)*log(1 - prob), 0)"
        },
        expand=_within(
            f"prob >= 0 & prob <= 1 & size >= 0 & !({_fraction('size')})",
            _outside(
                "ifelse(x == 0, ifelse(size == 0, 0, size*log1p(-prob)),"
                f" ifelse(x == size, size*log(prob), {_BINOMIAL}))",
                support=f"x > size | {_NO_COUNT}",
            ),
        ),
    ),
    prim(
        "dbernoulli_logit",
        "x eta",
        doc="logarithm of the probability of a single trial, by the logit of its chance",
        source="R: nmath/dbinom.c, for size 1",
        d={
            "x": _COUNT,
            "eta": "ifelse(x == 0 | x == 1, (2*x - 1)*sigmoid((1 - 2*x)*eta), 0)",
        },
        ball=balls.dbernoulli_logit,
        probe={"x": (0.0, 1.0, 0.5), "eta": (-800.0, -40.0, -0.7, 0.0, 2.0, 60.0, 900.0)},
        expand="ifelse(x == 0 | x == 1, -softplus((1 - 2*x)*eta), -Inf)",
        stabilizes=[
            # Also where the chance rounds to 0 or 1.
            Stabilizes("dbinom_log(x, 1, sigmoid(e))", "dbernoulli_logit(x, e)", varies="e"),
        ],
    ),
    prim(
        "dbinom_logit_log",
        "x size logit",
        doc="logarithm of a binomial probability, by the logit of the chance",
        source="TMB: distributions_R.hpp, dbinom_robust()",
        d={
            "x": _COUNT,
            "size": _SIZE,
            "logit": _outside("x - size*sigmoid(logit)", "0", f"x > size | {_NO_COUNT}"),
        },
        domain="size whole",
        ball=balls.dbinom_logit_log,
        probe={
            "x": (-1.0, 2.5, *_COUNTS),
            "size": (0.0, 3.0, 40.0, 1e4),
            "logit": (-9.0, -1.5, 0.4, 4.0),
        },
        rounds_as={
            "tmb": "lgamma(size + 1) - lgamma(x + 1) - lgamma(size - x + 1)"
            f" - x*{_LOG_BELOW.format('logit')} - (size - x)*{_LOG_BELOW.format('(-logit)')}"
        },
        expand="dbinom_log(x, size, sigmoid(logit))",
    ),
    prim(
        "dnbinom_log",
        "x size prob",
        doc="logarithm of a negative binomial probability",
        source="R: nmath/dnbinom.c",
        d={
            "x": _COUNT,
            "size": _outside(f"log1p(x/size) + log(prob) + {digamma_rest('size', 'x')}", "0"),
            "prob": _outside(
                "ifelse(x == 0, size/prob, (size*(1 - prob) - x*prob)/(prob*(1 - prob)))", "0"
            ),
        },
        domain="size >= 0, prob > 0 and prob <= 1",
        ball=balls.dnbinom_log,
        probe={"x": (-1.0, 2.5, *_COUNTS), "size": (0.02, 1.0, 7.5, 1e6), "prob": _UNIT},
        spell=_spell("dnbinom({x}, {size}, {prob}, log = TRUE)", "extra::dnbinom_log"),
        rounds_as={
            "tmb": "lgamma(x + size) - lgamma(size) - lgamma(x + 1)"
            " + size*log(prob) + x*log(1 - prob)"
        },
        expand=_within(
            "prob > 0 & prob <= 1 & size >= 0",
            _outside(f"ifelse(x == 0, size*log(prob), {_NEGATIVE})"),
        ),
    ),
    prim(
        "dnbinom_mu_log",
        "x size mu",
        doc="logarithm of a negative binomial probability, by its mean",
        source="R: nmath/dnbinom.c; that one's formula for x far below size loses half its digits",
        d={
            "x": _COUNT,
            "size": _outside(f"log1pmx((x - mu)/(size + mu)) + {digamma_rest('size', 'x')}", "0"),
            "mu": _outside("ifelse(x == 0, -1/(1 + mu/size), (x - mu)/(mu*(1 + mu/size)))", "0"),
        },
        domain="size >= 0 and mu >= 0",
        ball=balls.dnbinom_mu_log,
        probe={"x": (-1.0, 2.5, *_COUNTS), "size": (0.02, 1.0, 7.5, 1e6), "mu": (0.02, 3.5, 90.0)},
        spell=_spell(tmb="extra::dnbinom_mu_log"),
        expand=_within(
            "size >= 0 & mu >= 0",
            _outside(f"ifelse(x == 0, ifelse(size == 0, 0, -size*log1p(mu/size)), {_NEGATIVE_MU})"),
        ),
    ),
    prim(
        "dgeom_log",
        "x prob",
        doc="logarithm of a geometric probability",
        source="R: nmath/dgeom.c",
        d={
            "x": _COUNT,
            "prob": _outside("ifelse(x == 0, 1/prob, (1 - prob - x*prob)/(prob*(1 - prob)))", "0"),
        },
        domain="prob > 0 and prob <= 1",
        ball=balls.dgeom_log,
        probe={"x": (-1.0, 2.5, *_COUNTS), "prob": _UNIT},
        spell=_spell("dgeom({x}, {prob}, log = TRUE)", "extra::dgeom_log"),
        expand=_within(
            "prob > 0 & prob <= 1",
            _outside("log(prob) + ifelse(x == 0, 0, x*log1p(-prob))"),
        ),
    ),
)
