"""The integrals behind incomplete gamma and beta functions, as functions in each language.

All are the trapezoidal rule after u = scale*exp(t - exp(-t)), whose error falls
exponentially: with steps of 1/16 and the scale on which the integrand falls, it is below
the last digit of a double. See Takahasi and Mori (1974), Double exponential formulas.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES = ("gamma_below", "gamma_above", "beta_below")

R: Mapping[str, str] = {
    "gamma_below": """\
  gamma_below <- function(x, a, n) {
    result <- 0
    for (t in seq(-62, 70) / 16) {
      u <- exp(t - exp(-t)) / (abs(a + 1 - x) + sqrt(x + 1))
      height <- exp((x - a - 1) * u - x * (u + expm1(-u)))
      result <- result + (1 + exp(-t)) * u^(n + 1) * height
    }
    result / 16
  }""",
    "gamma_above": """\
  gamma_above <- function(x, a, n) {
    result <- 0
    for (t in seq(-62, 70) / 16) {
      u <- exp(t - exp(-t)) / (abs(x - a) + sqrt(x))
      height <- exp((a - x) * u - x * (expm1(u) - u))
      result <- result + (1 + exp(-t)) * u^(n + 1) * height
    }
    result / 16
  }""",
    "beta_below": """\
  beta_below <- function(x, a, b, n, m) {
    result <- 0
    slope <- (a + b + 1) * x - a - 1
    width <- abs(slope) + sqrt((a + b + 1) * x * (1 - x))
    for (t in seq(-62, 70) / 16) {
      u <- exp(t - exp(-t)) / width
      w <- -log1p(x * expm1(-u))
      height <- exp(slope * u + (a + b + 1) * (w - x * u))
      result <- result + (1 + exp(-t)) * u^(n + 1) * w^m * height
    }
    result / 16
  }""",
}

_PYTHON: Mapping[str, str] = {
    "gamma_below": '''\
def _gamma_below(x, a, n):
    """Integral of u^n exp(-(a + 1) u + x (1 - exp(-u))) over u > 0."""
    x, a, n, t = _nodes(x, a, n)
    u = NP.exp(t - NP.exp(-t)) / (abs(a + 1.0 - x) + NP.sqrt(x + 1.0))
    height = NP.exp((x - a - 1.0) * u - x * (u + EXPM1(-u)))
    return SUM((1.0 + NP.exp(-t)) * u ** (n + 1.0) * height, axis=-1) / 16.0
''',
    "gamma_above": '''\
def _gamma_above(x, a, n):
    """Integral of u^n exp(a u - x (exp(u) - 1)) over u > 0."""
    x, a, n, t = _nodes(x, a, n)
    u = NP.exp(t - NP.exp(-t)) / (abs(x - a) + NP.sqrt(x))
    height = NP.exp((a - x) * u - x * (EXPM1(u) - u))
    return SUM((1.0 + NP.exp(-t)) * u ** (n + 1.0) * height, axis=-1) / 16.0
''',
    "beta_below": '''\
def _beta_below(x, a, b, n, m):
    """Integral of u^n w^m exp(-(a + 1) u + (a + b + 1) w), w = -log(1 - x (1 - exp(-u)))."""
    x, a, b, n, m, t = _nodes(x, a, b, n, m)
    slope = (a + b + 1.0) * x - a - 1.0
    u = NP.exp(t - NP.exp(-t)) / (abs(slope) + NP.sqrt((a + b + 1.0) * x * (1.0 - x)))
    w = -LOG1P(x * EXPM1(-u))
    height = NP.exp(slope * u + (a + b + 1.0) * (w - x * u))
    return SUM((1.0 + NP.exp(-t)) * u ** (n + 1.0) * w**m * height, axis=-1) / 16.0
''',
}
_NODES_NUMPY = '''\
def _nodes(*arguments):
    """The arguments with one more dimension, and points along it."""
    t = np.arange(-62, 71) / 16.0
    return [np.expand_dims(v, -1) for v in arguments] + [t.astype(np.result_type(*arguments))]
'''
_NODES_TF = '''\
def _nodes(*arguments):
    """The arguments with one more dimension, and points along it."""
    tensors = [v for v in arguments if tf.is_tensor(v)]
    dtype = tensors[0].dtype if tensors else tf.float64
    values = [tf.expand_dims(tf.convert_to_tensor(v, dtype), -1) for v in arguments]
    return [*values, tf.range(-62, 71, dtype=dtype) / 16.0]
'''
_WORDS: Mapping[str, Mapping[str, str]] = {
    "numpy": {"NP.": "np.", "EXPM1": "np.expm1", "LOG1P": "np.log1p", "SUM": "np.sum"},
    "tf": {
        "NP.": "tf.",
        "EXPM1": "tf.math.expm1",
        "LOG1P": "tf.math.log1p",
        "SUM": "tf.reduce_sum",
    },
}


def python_parts(target: str, body: str) -> list[list[str]]:
    """The definitions that a body of Python needs, each as lines."""
    used = [name for name in NAMES if f"_{name}(" in body]
    if "_nodes(" not in body and not used:
        return []
    texts = [_NODES_NUMPY if target == "numpy" else _NODES_TF]
    for name in used:
        text = _PYTHON[name]
        for word, meant in _WORDS[target].items():
            text = text.replace(word, meant)
        texts.append(text)
    return [text.rstrip().split("\n") for text in texts]


PYTHON_NAMES = ("_nodes", *(f"_{name}" for name in NAMES))
