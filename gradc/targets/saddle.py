"""What saddle-point forms of densities are made of, as small functions in emitted programs.

Each file that calls one brings it along. They are the primitives ``stirlerr``, ``bd0`` and
``log1pmx`` of the table, whose expansions say the same in one expression.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims.saddle import FAR, stirling_coefficients
from gradc.targets import wright

_PYTHON_STIRLERR = '''\
def _stirlerr(x, n):
    """The n-th derivative of log(gamma(x + 1)) - (x + 1/2)*log(x) + x - log(2*pi)/2."""
    n = int(n)
    far = 0.0
    for k, c in reversed(list(enumerate({coefficients}))):
        for j in range(n):  # derivatives of c/x^(2*k + 1)
            c *= -(2 * k + 1 + j)
        far = far / x**2 + c
    far = far / x ** (n + 1)
    if n == 0:
        near = {lgamma}(x + 1.0) - (x + 0.5) * {log}(x) + x - 0.5 * {log_two_pi}
    elif n == 1:
        near = {digamma}(x) + 0.5 / x - {log}(x)
    else:
        c = (-1.0) ** n * math.factorial(n - 2)
        near = {polygamma} - c * (0.5 * (n - 1) / x + 1.0) / x ** (n - 1)
    return {where}(x < {far}, near, far)
'''
_PYTHON_BD0 = '''\
def _bd0(x, m):
    """x*log(x/m) + m - x, where x is near m too."""
    v = (x - m) / (x + m)
    series = 0.0
    for k in range(19, 1, -2):
        series = series * v**2 + 1.0 / k
    near = (x - m) * v + 2.0 * x * v * v**2 * series
    ratio = {where}(x != 0.0, x / m, 1.0)  # x*log(x/m) is 0 at 0, also for a tape
    far = x * {log}(ratio) + (m - x)
    return {where}({abs}(x - m) < 0.1 * (x + m), near, far)
'''
_PYTHON_LOG1PMX = '''\
def _log1pmx(x):
    """log(1 + x) - x, where x is near 0 too."""
    v = x / (2.0 + x)
    series = 0.0
    for k in range(19, 1, -2):
        series = series * v**2 + 1.0 / k
    near = 2.0 * v * v**2 * series - x * v
    return {where}({abs}(x) < 0.2, near, {log1p}(x) - x)
'''
_NUMPY = {
    "where": "np.where",
    "log": "np.log",
    "log1p": "np.log1p",
    "abs": "np.abs",
    "lgamma": "special.gammaln",
    "digamma": "special.digamma",
    "polygamma": "special.polygamma(n - 1, x)",
    "log_two_pi": "math.log(2.0 * math.pi)",
}
_TF = {
    "where": "tf.where",
    "log": "tf.math.log",
    "log1p": "tf.math.log1p",
    "abs": "tf.abs",
    "lgamma": "tf.math.lgamma",
    "digamma": "tf.math.digamma",
    "polygamma": "tf.math.polygamma(tf.constant(n - 1.0, x.dtype), x)",
    "log_two_pi": "math.log(2.0 * math.pi)",
}
_R_STIRLERR = """\
  # The n-th derivative of lgamma(x + 1) - (x + 1/2) * log(x) + x - log(2 * pi) / 2.
  stirlerr <- function(x, n) {{
    coefficients <- c({coefficients})
    far <- 0
    for (k in {count}:1) {{
      far <- far / x^2 + coefficients[k] * prod(1 - 2 * k - seq_len(n) + 1)
    }}
    far <- far / x^(n + 1)
    near <- if (n == 0) {{
      lgamma(x + 1) - (x + 0.5) * log(x) + x - log(2 * pi) / 2
    }} else if (n == 1) {{
      digamma(x) + 0.5 / x - log(x)
    }} else {{
      psigamma(x, n - 1) - (-1)^n * gamma(n - 1) * (0.5 * (n - 1) / x + 1) / x^(n - 1)
    }}
    ifelse(x < {far}, near, far)
  }}"""
_R_BD0 = """\
  # x * log(x / m) + m - x, where x is near m too.
  bd0 <- function(x, m) {
    v <- (x - m) / (x + m)
    series <- 0
    for (k in seq(19, 3, -2)) series <- series * v^2 + 1 / k
    near <- (x - m) * v + 2 * x * v * v^2 * series
    # ifelse() gives what has the shape of its test, and x may be one number for many m.
    far <- ifelse(x == 0 | is.nan(m), m, x * log(x / m) + (m - x))
    ifelse(abs(x - m) < 0.1 * (x + m), near, far)
  }"""
_R_LOG1PMX = """\
  # log(1 + x) - x, where x is near 0 too.
  log1pmx <- function(x) {
    v <- x / (2 + x)
    series <- 0
    for (k in seq(19, 3, -2)) series <- series * v^2 + 1 / k
    ifelse(abs(x) < 0.2, 2 * v * v^2 * series - x * v, log1p(x) - x)
  }"""


def _python(words: Mapping[str, str]) -> dict[str, str]:
    coefficients = ",\n        ".join([*_listed(" / ", ".0"), ""]).rstrip()
    filled = {**words, "coefficients": f"(\n        {coefficients}\n    )", "far": f"{FAR}.0"}
    return {
        "_stirlerr": _PYTHON_STIRLERR.format(**filled),
        "_bd0": _PYTHON_BD0.format(**filled),
        "_log1pmx": _PYTHON_LOG1PMX.format(**filled),
    }


def _listed(slash: str, point: str) -> list[str]:
    """The coefficients of Stirling's series as quotients."""
    return [f"{c.numerator}{point}{slash}{c.denominator}{point}" for c in stirling_coefficients()]


def _r() -> dict[str, str]:
    coefficients = _listed(" / ", "")
    rows = [", ".join(coefficients[k : k + 4]) for k in range(0, len(coefficients), 4)]
    text = _R_STIRLERR.format(
        coefficients=(",\n" + " " * 6).join(rows), count=len(coefficients), far=FAR
    )
    return {"stirlerr": text, "bd0": _R_BD0, "log1pmx": _R_LOG1PMX}


R = {**_r(), **wright.R}
NUMPY = {**_python(_NUMPY), **wright.NUMPY}
TF = {**_python(_TF), **wright.TF}


def used(functions: Mapping[str, str], body: str) -> list[list[str]]:
    """The definitions of those that a text calls, and that those call, as lines."""
    called = body + "".join(text for name, text in functions.items() if f"{name}(" in body)
    return [text.rstrip().split("\n") for name, text in functions.items() if f"{name}(" in called]
