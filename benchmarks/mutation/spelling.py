"""How each language writes what the kinds of faults need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Spelling:
    """Functions by their plain name, and forms: what is empty the language does not have."""

    texts: Mapping[str, str]
    power: str
    first: str = ""
    single: str = ""
    reverse: str = ""
    typed: str = "{}"
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """The plain name of each function of the language."""
        return {text: name for name, text in self.texts.items()} | dict(self.aliases)

    def number(self, text: str) -> str:
        """A literal."""
        return self.typed.format(text)


MATES = {
    "exp": "expm1", "expm1": "exp", "log": "log1p", "log1p": "log", "sin": "cos", "cos": "sin",
    "tan": "tanh", "tanh": "tan", "sinh": "cosh", "cosh": "sinh", "lgamma": "digamma",
    "digamma": "lgamma", "sigmoid": "tanh", "sqrt": "abs", "square": "abs", "atan": "tanh",
    "abs": "exp", "sign": "abs", "sum": "prod",
}  # fmt: skip
"""The function that each is mistaken for."""

_PLAIN = ("exp", "expm1", "log1p", "sin", "cos", "tan", "tanh", "sinh", "cosh", "sqrt", "abs")

NUMPY = Spelling(
    {
        **{name: f"np.{name}" for name in (*_PLAIN, "log", "sign", "where", "sum", "mean", "prod")},
        "atan": "np.arctan",
        "max2": "np.maximum",
        "min2": "np.minimum",
        "sigmoid": "special.expit",
        "lgamma": "special.gammaln",
        "digamma": "special.digamma",
        "square": "np.square",
    },
    power="{}**{}",
    first="np.ravel({})[0]",
    single="np.float64(np.float32({}))",
    reverse="{}[::-1]",
)
R = Spelling(
    {
        **{name: name for name in (*_PLAIN, "log", "sign", "sum", "mean", "prod")},
        **{name: name for name in ("lgamma", "digamma", "atan")},
        "max2": "pmax",
        "min2": "pmin",
        "sigmoid": "plogis",
        "where": "ifelse",
    },
    power="{}^{}",
    first="({})[1]",
    # R has no single precision; seven digits are what it would leave.
    single="signif({}, 7)",
    reverse="rev({})",
    aliases={"select": "where"},
)
TF = Spelling(
    {
        **{n: f"tf.{n}" for n in ("exp", "sin", "cos", "tan", "tanh", "sqrt", "abs", "sign")},
        **{n: f"tf.{n}" for n in ("where", "square", "sinh", "cosh", "atan")},
        **{n: f"tf.math.{n}" for n in ("log", "log1p", "expm1", "lgamma", "digamma")},
        "max2": "tf.maximum",
        "min2": "tf.minimum",
        "sigmoid": "tf.sigmoid",
        "sum": "tf.reduce_sum",
        "mean": "tf.reduce_mean",
        "prod": "tf.reduce_prod",
        "pow": "tf.pow",
    },
    power="tf.pow({}, {})",
    first="tf.reshape({}, [-1])[0]",
    single="tf.cast(tf.cast({}, tf.float32), tf.float64)",
    reverse="{}[::-1]",
    aliases={"tf.math.abs": "abs"},
)
TMB = Spelling(
    {
        **{n: n for n in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh")},
        **{n: n for n in ("lgamma", "pow", "abs")},
    },
    power="pow({}, {})",
    typed="Type({})",
    aliases={"fabs": "abs"},
)
SPELLINGS = {"numpy": NUMPY, "r": R, "tf": TF, "tmb": TMB}
