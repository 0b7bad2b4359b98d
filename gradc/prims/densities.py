"""The table, part six: logarithms of continuous densities, with R's arguments.

Each is right where R's own is, and further where a toolchain's formula overflows or cancels:
shapes are taken by Stirling's formula and deviances (``saddle``), so that large ones lose
nothing. Outside of its support a density is 0 and does not change.
"""

from __future__ import annotations

from gradc.prims import density_balls as balls
from gradc.prims.elementary import _spell
from gradc.prims.schema import Prim, Stabilizes, prim

_REAL = (-30.0, -1.5, 0.4, 2.0, 300.0)
_POSITIVE = (0.02, 0.7, 1.0, 2.5, 40.0)
_SHAPE = (0.3, 1.0, 2.5, 40.0, 1e4)
_LOCATED = {"x": _REAL, "location": (-1.0, 0.75), "scale": (0.3, 2.0)}


def digamma_rest(a: str, h: str) -> str:
    """digamma(a + h) - digamma(a) - log1p(h/a), which is of second order in 1/a."""
    return f"({h}/(2*{a})/({a} + {h}) + (stirlerr({a} + {h}, 1) - stirlerr({a}, 1)))"


def _at_zero(shape: str, limit: str, text: str) -> str:
    """A density with a factor x^(shape - limit), where x is 0."""
    return f"ifelse({shape} < {limit}, Inf, ifelse({shape} == {limit}, {text}, -Inf))"


def _outside(support: str, text: str, value: str = "-Inf") -> str:
    return f"ifelse({support}, {value}, {text})"


def binomial_kernel(x: str, rest: str, total: str, x_mean: str, rest_mean: str) -> str:
    """log of choose(total, x) p^x q^rest, Loader (2000); none of the three is 0."""
    return (
        f"(stirlerr({total}, 0) - stirlerr({x}, 0) - stirlerr({rest}, 0)"
        f" - bd0({x}, {x_mean}) - bd0({rest}, {rest_mean})"
        f" + log({total}/(2*exact_pi()*{x})/{rest})/2)"
    )


_Z = "((x - mean)/sd)"
_ZL = "((log(x) - meanlog)/sdlog)"
_ZS = "((x - location)/scale)"
_H = "hypot(scale, x - location)"
_T = "log(x/scale)"
_HT = "hypot(sqrt(df), x)"
_W = "(x^2/df)"
_FD = "(df2 + df1*x)"
_A, _B = "(df1/2)", "(df2/2)"
_BETA = "(shape1 + shape2)"
_BETA_KERNEL = binomial_kernel("shape1", "shape2", _BETA, f"{_BETA}*x", f"{_BETA}*(1 - x)")
_T1, _T2 = f"(df2*(x - 1)/{_FD})", f"(df1*(1 - x)/{_FD})"


def _poisson(x: str) -> str:
    """log of m^x exp(-m)/gamma(x + 1) at m = x/scale, for x above 0."""
    return f"(-bd0({x}, x/scale) - stirlerr({x}, 0) - log(2*exact_pi()*{x})/2)"


_GAMMA_0 = _at_zero("shape", "1", "-log(scale)")
_GAMMA_PLAIN = "shape*log(x/scale) - x/scale - lgamma(shape) - log(x)"
_P, _Q = f"(df1*x/{_FD})", f"(df2/{_FD})"
_F_BELOW = binomial_kernel(_A, _B, f"({_A} + {_B})", f"({_A} + {_B})*{_P}", f"({_A} + {_B})*{_Q}")
_A1, _AB1 = "(df1/2 - 1)", "(df1/2 - 1 + df2/2)"
_F_ABOVE = binomial_kernel(_A1, _B, _AB1, f"{_AB1}*{_P}", f"{_AB1}*{_Q}")
_F_0 = _at_zero("df1", "2", "0")
_F_PLAIN = (
    f"{_A}*log(df1*x/{_FD}) + {_B}*log(df2/{_FD}) - log(x)"
    f" - (lgamma({_A}) + lgamma({_B}) - lgamma({_A} + {_B}))"
)

PRIMS: tuple[Prim, ...] = (
    prim(
        "dnorm_log",
        "x mean sd",
        doc="logarithm of the normal density",
        source="R: nmath/dnorm.c",
        d={
            "x": f"-{_Z}/sd",
            "mean": f"{_Z}/sd",
            "sd": f"({_Z} - 1)*({_Z} + 1)/sd",
        },
        domain="sd > 0",
        ball=balls.dnorm_log,
        probe={"x": _REAL, "mean": (-1.0, 0.75), "sd": (0.3, 2.0)},
        spell=_spell("dnorm({x}, {mean}, {sd}, log = TRUE)", "dnorm({x}, {mean}, {sd}, true)"),
        expand=f"-{_Z}^2/2 - log(sd*sqrt(2*exact_pi()))",
        stabilizes=[Stabilizes("log(dnorm(x, mean, sd))", "dnorm_log(x, mean, sd)")],
    ),
    prim(
        "dnorm",
        "x mean sd",
        doc="normal density",
        source="R: nmath/dnorm.c",
        d={
            "x": f"-out*({_Z}/sd)",
            "mean": f"out*({_Z}/sd)",
            "sd": f"out*(({_Z} - 1)*({_Z} + 1)/sd)",
        },
        domain="sd > 0",
        ball=balls.dnorm,
        probe={"x": (-9.0, -1.5, 0.4, 2.0), "mean": (-1.0, 0.75), "sd": (0.7, 2.0)},
        spell=_spell("dnorm({x}, {mean}, {sd})"),
        expand="exp(dnorm_log(x, mean, sd))",
    ),
    prim(
        "dlnorm_log",
        "x meanlog sdlog",
        doc="logarithm of the lognormal density",
        source="R: nmath/dlnorm.c",
        d={
            "x": _outside("x <= 0", f"-(1 + {_ZL}/sdlog)/x", "0"),
            "meanlog": _outside("x <= 0", f"{_ZL}/sdlog", "0"),
            "sdlog": _outside("x <= 0", f"({_ZL} - 1)*({_ZL} + 1)/sdlog", "0"),
        },
        domain="sdlog > 0",
        ball=balls.dlnorm_log,
        probe={"x": (-1.0, *_POSITIVE), "meanlog": (-1.0, 0.75), "sdlog": (0.3, 2.0)},
        spell=_spell("dlnorm({x}, {meanlog}, {sdlog}, log = TRUE)"),
        expand=_outside("x <= 0", "dnorm_log(log(x), meanlog, sdlog) - log(x)"),
    ),
    prim(
        "dexp_log",
        "x rate",
        doc="logarithm of the exponential density",
        source="R: nmath/dexp.c",
        d={
            "x": _outside("x < 0", "-rate", "0"),
            "rate": _outside("x < 0", "1/rate - x", "0"),
        },
        domain="rate > 0",
        ball=balls.dexp_log,
        probe={"x": (-1.0, *_POSITIVE), "rate": _POSITIVE},
        spell=_spell("dexp({x}, {rate}, log = TRUE)", "dexp({x}, {rate}, true)"),
        expand=_outside("x < 0", "log(rate) - rate*x"),
    ),
    prim(
        "dcauchy_log",
        "x location scale",
        doc="logarithm of the Cauchy density",
        source="R: nmath/dcauchy.c",
        d={
            "x": f"-2*((x - location)/{_H})/{_H}",
            "location": f"2*((x - location)/{_H})/{_H}",
            "scale": f"((x - location - scale)/{_H})*((x - location + scale)/{_H})/scale",
        },
        domain="scale > 0",
        ball=balls.dcauchy_log,
        probe=_LOCATED,
        spell=_spell("dcauchy({x}, {location}, {scale}, log = TRUE)"),
        expand=f"-log(exact_pi()*scale*(1 + {_ZS}^2))",
    ),
    prim(
        "dlogis_log",
        "x location scale",
        doc="logarithm of the logistic density",
        source="R: nmath/dlogis.c",
        d={
            "x": f"-tanh({_ZS}/2)/scale",
            "location": f"tanh({_ZS}/2)/scale",
            "scale": f"({_ZS}*tanh({_ZS}/2) - 1)/scale",
        },
        domain="scale > 0",
        ball=balls.dlogis_log,
        probe=_LOCATED,
        spell=_spell("dlogis({x}, {location}, {scale}, log = TRUE)", "extra::dlogis_log"),
        # Even in x - location, so that the exponential is never large.
        expand=f"-abs({_ZS}) - 2*softplus(-abs({_ZS})) - log(scale)",
    ),
    prim(
        "dweibull_log",
        "x shape scale",
        doc="logarithm of the Weibull density",
        source="R: nmath/dweibull.c, whose power overflows before its logarithm is taken",
        d={
            "x": _outside(
                "x < 0",
                "ifelse(x == 0 & shape == 1, -1/scale, (shape - 1 - shape*(x/scale)^shape)/x)",
                "0",
            ),
            "shape": _outside("x < 0", f"1/shape - {_T}*expm1(shape*{_T})", "0"),
            "scale": _outside("x < 0", f"shape*expm1(shape*{_T})/scale", "0"),
        },
        domain="shape > 0 and scale > 0",
        ball=balls.dweibull_log,
        probe={"x": (-1.0, *_POSITIVE), "shape": (0.3, 1.0, 2.5), "scale": (0.75, 3.0)},
        rounds_as={
            "tmb": "log(shape) - log(scale) + (shape - 1)*(log(x) - log(scale)) - (x/scale)^shape"
        },
        expand=_outside(
            "x < 0",
            f"log(shape/scale) + ifelse(x == 0 & shape == 1, 0, (shape - 1)*{_T})"
            " - (x/scale)^shape",
        ),
    ),
    prim(
        "dgamma_log",
        "x shape scale",
        doc="logarithm of the gamma density",
        source="R: nmath/dgamma.c",
        d={
            "x": _outside(
                "x < 0", "ifelse(x == 0 & shape == 1, -1/scale, (shape - 1 - x/scale)/x)", "0"
            ),
            "shape": _outside("x < 0", "log(x/scale) - digamma(shape)", "0"),
            "scale": _outside("x < 0", "(x/scale - shape)/scale", "0"),
        },
        domain="shape > 0 and scale > 0",
        ball=balls.dgamma_log,
        probe={"x": (-1.0, *_POSITIVE, 9e3), "shape": _SHAPE, "scale": (0.75, 3.0)},
        spell=_spell("dgamma({x}, {shape}, scale = {scale}, log = TRUE)", "extra::dgamma_log"),
        # By way of dpois_raw() of R's nmath, see dpois_log.
        rounds_as={
            "r": _outside("x < 0", f"ifelse(x == 0, {_GAMMA_0}, {_GAMMA_PLAIN})"),
            "tmb": "-lgamma(shape) + (shape - 1)*log(x) - x/scale - shape*log(scale)",
        },
        expand=_outside(
            "x < 0",
            f"ifelse(x == 0, {_GAMMA_0}, ifelse(shape < 1, log(shape/x) + {_poisson('shape')},"
            f" ifelse(shape == 1, -x/scale, {_poisson('(shape - 1)')}) - log(scale)))",
        ),
    ),
    prim(
        "dbeta_log",
        "x shape1 shape2",
        doc="logarithm of the beta density",
        source="R: nmath/dbeta.c",
        d={
            "x": _outside(
                "x < 0 | x > 1",
                "ifelse(x == 0 & shape1 == 1, 1 - shape2, ifelse(x == 1 & shape2 == 1, shape1 - 1,"
                " ((shape1 - 1)*(1 - x) - (shape2 - 1)*x)/(x*(1 - x))))",
                "0",
            ),
            "shape1": _outside(
                "x < 0 | x > 1",
                f"log(x) + log1p(shape2/shape1) + {digamma_rest('shape1', 'shape2')}",
                "0",
            ),
            "shape2": _outside(
                "x < 0 | x > 1",
                f"log1p(-x) + log1p(shape1/shape2) + {digamma_rest('shape2', 'shape1')}",
                "0",
            ),
        },
        domain="shape1 > 0 and shape2 > 0",
        ball=balls.dbeta_log,
        probe={"x": (-1.0, 1e-6, 0.3, 0.75, 0.999), "shape1": _SHAPE, "shape2": _SHAPE},
        spell=_spell("dbeta({x}, {shape1}, {shape2}, log = TRUE)", "extra::dbeta_log"),
        rounds_as={
            "tmb": "lgamma(shape1 + shape2) - lgamma(shape1) - lgamma(shape2)"
            " + (shape1 - 1)*log(x) + (shape2 - 1)*log(1 - x)"
        },
        expand=_outside(
            "x < 0 | x > 1",
            f"ifelse(x == 0, {_at_zero('shape1', '1', 'log(shape2)')},"
            f" ifelse(x == 1, {_at_zero('shape2', '1', 'log(shape1)')},"
            " ifelse(shape1 == 1, log(shape2) + (shape2 - 1)*log1p(-x),"
            " ifelse(shape2 == 1, log(shape1) + (shape1 - 1)*log(x),"
            f" {_BETA_KERNEL} + log(shape1/{_BETA}*shape2/x/(1 - x))))))",
        ),
    ),
    prim(
        "dt_log",
        "x df",
        doc="logarithm of Student's density",
        source="R: nmath/dt.c",
        d={
            "x": f"-(df + 1)*(x/{_HT})/{_HT}",
            "df": f"(log1pmx(1/df) + 1/df/(df + 1) + (stirlerr((df + 1)/2, 1) - stirlerr(df/2, 1))"
            f" + ifelse({_W} < 1, {_W}/(1 + {_W})/df - {_W}^2/(1 + {_W}) - log1pmx({_W}),"
            f" (1 + 1/df)/(1 + 1/{_W}) - log1p({_W})))/2",
        },
        domain="df > 0",
        ball=balls.dt_log,
        probe={"x": (-300.0, -1.5, 0.0, 0.4, 9.0, 1e7), "df": (0.3, 1.0, 4.5, 40.0, 1e5)},
        spell=_spell("dt({x}, {df}, log = TRUE)", "extra::dt_log"),
        rounds_as={
            "tmb": "lgamma((df + 1)/2) - log(df*exact_pi())/2 - lgamma(df/2)"
            " - (df + 1)/2*log(1 + x*x/df)"
        },
        expand="ifelse(df == Inf, dnorm_log(x, 0, 1),"
        " stirlerr((df + 1)/2, 0) - stirlerr(df/2, 0) - bd0(df/2, (df + 1)/2)"
        " - log(2*exact_pi())/2 - (df + 1)/2*ifelse(abs(x) > 1e100, 2*log(abs(x)) - log(df),"
        f" log1p({_W})))",
    ),
    prim(
        "df_log",
        "x df1 df2",
        doc="logarithm of the density of Fisher's F",
        source="R: nmath/df.c",
        d={
            "x": _outside(
                "x < 0",
                "ifelse(x == 0 & df1 == 2, -(1 + 2/df2),"
                f" ({_A} - 1)*(df2/{_FD})*(1 - x)/x - (df1 + df2)/{_FD})",
                "0",
            ),
            "df1": _outside(
                "x < 0",
                f"(ifelse(abs({_T1}) < 0.5, log1pmx({_T1}), log(x*(df1 + df2)/{_FD}) - {_T1})"
                f" + {digamma_rest(_A, _B)})/2",
                "0",
            ),
            "df2": _outside(
                "x < 0",
                f"(ifelse(abs({_T2}) < 0.5, log1pmx({_T2}), log((df1 + df2)/{_FD}) - {_T2})"
                f" + {digamma_rest(_B, _A)})/2",
                "0",
            ),
        },
        domain="df1 > 0 and df2 > 0",
        ball=balls.df_log,
        probe={"x": (-1.0, *_POSITIVE), "df1": (0.7, 2.0, 9.0, 1e4), "df2": (0.7, 5.0, 1e4)},
        spell=_spell("df({x}, {df1}, {df2}, log = TRUE)", "extra::df_log"),
        rounds_as={"r": _outside("x < 0", f"ifelse(x == 0, {_F_0}, {_F_PLAIN})")},
        expand=_outside(
            "x < 0",
            f"ifelse(x == 0, {_F_0},"
            f" ifelse(df1 < 2, {_F_BELOW} + log(df1/(df1 + df2)*{_B}/x),"
            f" ifelse(df1 == 2, -(1 + {_B})*log1p(df1*x/df2),"
            f" {_F_ABOVE} + log({_A}*df2/{_FD}))))",
        ),
    ),
    prim(
        "dunif_log",
        "x min max",
        doc="logarithm of the uniform density",
        source="R: nmath/dunif.c",
        d={
            "x": "0",
            "min": _outside("x < min | x > max", "1/(max - min)", "0"),
            "max": _outside("x < min | x > max", "-1/(max - min)", "0"),
        },
        domain="min < max",
        ball=balls.dunif_log,
        probe={"x": (-1.0, 0.3, 0.75), "min": (-0.5, 0.0), "max": (0.5, 2.0)},
        spell=_spell("dunif({x}, {min}, {max}, log = TRUE)"),
        expand=_outside("x < min | x > max", "-log(max - min)"),
    ),
)
