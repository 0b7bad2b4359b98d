"""The Wright function on the scale of its size and its derivatives, as functions in each language.

T(x, a) = log(Σ exp(-(1 + a) bd0(j, x) - stirlerr(j) - stirlerr(a j))) + log(a)/2 - log(2 pi) over
j = 1, 2, …: positive terms that fall around j = x, of which a window is summed, 160 at most.
Where they are many, they are a smooth function of j, and every few of them are summed instead. A
derivative is a joint cumulant of the exponents' derivatives under the terms as weights. Where x
is large, the asymptotic series of T in 1/x is right to the last digit, and no cumulant cancels.
See Dunn and Smyth (2005), Series evaluation of Tweedie exponential dispersion model densities.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims.tweedie import FAR, SPREAD, far_coefficients

_PYTHON_WRIGHT = '''\
def _wright(x, a, m, n):
    """log(sum((x^(1 + a) a^a)^j/(j! gamma(a j)), j >= 1)) - (1 + a) x, or a derivative.

    Differentiated m times in log(x) and n times in a.
    """
    m, n = int(m), int(n)
    x, a = {arrays}
    far = (x * a >= {far} * (1 + a)) & (x >= {spread} * (1 + a))
    near = _wright_near({where}(far, {one}, x), a, m, n)
    return {where}(far, _wright_far({where}(far, x, {far_off}), a, m, n), near)


def _wright_near(x, a, m, n):
    """The same by the terms around j = x."""
    drop, middle = 45 / (1 + a), {maximum}(x, 1.0)
    step = {where}((1 + a) * x > 64, {maximum}({sqrt}(x / (1 + a)) / 2, 1.0), {one})
    first = x - {sqrt}(2 * drop * x) - 2
    first = {maximum}({where}(step > 1, first, {floor}(first)), 1.0)
    last = middle + drop / 3 + {sqrt}(drop**2 / 9 + 2 * drop * middle) + 2
    width = (last - first) / step
    places = {places}
    x, a, first, step = ({expand_dims}(v, -1) for v in (x, a, first, step))
    j = first + step * places
    heights = -(1 + a) * _bd0(j, x) - _stirlerr(j, 0) - _stirlerr(a * j, 0)
    top = {max}(heights, axis=-1, keepdims=True)
    weights = {exp}(heights - top)
    total = {sum}(weights, axis=-1, keepdims=True)
    if m + n == 0:
        result = top + {log}(step * total) + {log}(a) / 2 - math.log(2.0 * math.pi)
        return result[..., 0]

    def mean(v):
        return {sum}(weights * v, axis=-1, keepdims=True) / total

    def slope(*orders):
        u, v = orders.count(0), orders.count(1)
        if u == 0:
            return -(j**v) * _stirlerr(a * j, v) - (_bd0(j, x) if v == 1 else 0.0)
        if v == 0:
            return (1 + a) * ((j if u == 1 else 0.0) - x)
        return 0.0 * j if v > 1 else (j if u == 1 else 0.0) - x

    by = (0,) * m + (1,) * n
    off = [slope(k) - mean(slope(k)) for k in by]
    if m + n == 1:
        result = mean(slope(*by))
    elif m + n == 2:
        result = mean(slope(*by) + off[0] * off[1])
    else:
        result = off[0] * off[1] * off[2]
        for k in range(3):
            result = result + slope(by[k - 2], by[k - 1]) * off[k]
        result = mean(slope(*by) + result)
    if m == 0:  # log(a)/2
        result = result + (0.5, -0.5, 1.0)[n - 1] / a**n
    return result[..., 0]


def _wright_far(x, a, m, n):
    """The same by the asymptotic series for large x."""
    coefficients = (
        {coefficients}
    )
    inverse, s = (1 + a) / (x * a), a / (1 + a) ** 2
    result = 0.0
    for r in range(n + 1):
        part = 0.0
        for k in range(len(coefficients), 0, -1):
            inner = 0.0
            for i, c in reversed(list(enumerate(coefficients[k - 1]))):
                for d in range(n):  # of a^(i - k)*(1 + a)^(k - 2*i)
                    c *= i - k - d if d < r else k - 2 * i - d + r
                inner = inner * s + c
            part = (part + (-k) ** m * inner) * inverse
        result = result + math.comb(n, r) * part / a**r / (1 + a) ** (n - r)
    if m + n == 0:
        return result - {log}(2 * math.pi * inverse) / 2
    if n == 0:
        return result + (0.5 if m == 1 else 0.0)
    rise = (1.0, -1.0 - 2 * a, 2.0 + 6 * (a + a**2))[n - 1]
    return result + rise / (a + a**2) ** n / 2 if m == 0 else result
'''
_NUMPY = {
    "arrays": "np.broadcast_arrays(x, a)",
    "one": "x.dtype.type(1)",
    "far_off": "x",
    "places": "np.arange(np.max(width, initial=1, where=width < 200) + 2).astype(x.dtype)",
    "max": "np.max",
    "sum": "np.sum",
    **{name: f"np.{name}" for name in ("where", "maximum", "sqrt", "floor", "exp", "log")},
    "expand_dims": "np.expand_dims",
}
_TF = {
    "arrays": "_wright_arguments(x, a)",
    "one": "1.0",
    "far_off": f"{FAR} * (1 + a) ** 2 / a",  # no power of it overflows on a tape
    "places": "tf.range(tf.reduce_max(tf.where(width < 200, width, 1.0)) + 2)",
    "max": "tf.reduce_max",
    "sum": "tf.reduce_sum",
    **{name: f"tf.{name}" for name in ("where", "maximum", "sqrt", "floor", "exp")},
    "log": "tf.math.log",
    "expand_dims": "tf.expand_dims",
}
_TF_ARGUMENTS = '''\
def _wright_arguments(*values):
    """The values as tensors of the dtype of those that are tensors."""
    found = [v.dtype for v in values if tf.is_tensor(v)]
    return [tf.convert_to_tensor(v, found[0] if found else tf.float64) for v in values]


'''
_R = """\
  # log(sum((x^(1 + a) a^a)^j / (j! gamma(a j)), j >= 1)) - (1 + a) x, or its derivative of
  # order m in log(x) and n in a.
  wright <- function(x, a, m, n) {
    size <- max(length(x), length(a))
    x <- rep_len(as.vector(x), size)
    a <- rep_len(as.vector(a), size)
    far <- x * a >= FAR_ * (1 + a) & x >= SPREAD_ * (1 + a)
    result <- x * a
    far <- far & !is.na(far)
    if (any(far)) result[far] <- wright_far(x[far], a[far], m, n)
    if (any(!far)) result[!far] <- wright_near(x[!far], a[!far], m, n)
    result
  }
  # The same by the terms around j = x.
  wright_near <- function(x, a, m, n) {
    drop <- 45 / (1 + a)
    middle <- pmax(x, 1)
    wide <- (1 + a) * x > 64
    step <- ifelse(wide, pmax(sqrt(x / (1 + a)) / 2, 1), 1)
    first <- x - sqrt(2 * drop * x) - 2
    first <- pmax(ifelse(step > 1, first, floor(first)), 1)
    last <- middle + drop / 3 + sqrt(drop^2 / 9 + 2 * drop * middle) + 2
    width <- (last - first) / step
    count <- floor(max(1, width[!is.na(width) & width < 200])) + 3
    j <- first + outer(step, seq_len(count) - 1)
    heights <- -(1 + a) * bd0(j, x) - stirlerr(j, 0) - stirlerr(a * j, 0)
    top <- apply(heights, 1, max)
    weights <- exp(heights - top)
    total <- rowSums(weights)
    if (m + n == 0) return(top + log(step * total) + log(a) / 2 - log(2 * pi))
    mean_of <- function(v) rowSums(weights * v) / total
    slope <- function(...) {
      u <- sum(c(...) == 0)
      v <- sum(c(...) == 1)
      if (u == 0) {
        -j^v * stirlerr(a * j, v) - if (v == 1) bd0(j, x) else 0
      } else if (v == 0) {
        (1 + a) * ((if (u == 1) j else 0 * j) - x)
      } else if (v > 1) {
        0 * j
      } else {
        (if (u == 1) j else 0 * j) - x
      }
    }
    by <- rep(0:1, c(m, n))
    off <- lapply(by, function(k) slope(k) - mean_of(slope(k)))
    result <- if (m + n == 1) {
      mean_of(slope(by))
    } else if (m + n == 2) {
      mean_of(slope(by) + off[[1]] * off[[2]])
    } else {
      mean_of(slope(by) + slope(by[-1]) * off[[1]] + slope(by[-2]) * off[[2]] +
        slope(by[-3]) * off[[3]] + off[[1]] * off[[2]] * off[[3]])
    }
    if (m == 0) result + c(0.5, -0.5, 1)[n] / a^n else result
  }
  # The same by the asymptotic series for large x.
  wright_far <- function(x, a, m, n) {
    coefficients <- list(
      COEFFICIENTS_
    )
    inverse <- (1 + a) / (x * a)
    s <- a / (1 + a)^2
    result <- 0
    for (r in 0:n) {
      part <- 0
      for (k in LAST_:1) {
        inner <- 0
        for (i in k:0) {
          # Derivatives of a^(i - k) * (1 + a)^(k - 2 * i).
          falls <- c(i - k - seq_len(r) + 1, k - 2 * i - seq_len(n - r) + 1)
          inner <- inner * s + coefficients[[k]][i + 1] * prod(falls)
        }
        part <- (part + (-k)^m * inner) * inverse
      }
      result <- result + choose(n, r) * part / a^r / (1 + a)^(n - r)
    }
    if (m + n == 0) return(result - log(2 * pi * inverse) / 2)
    if (n == 0) return(result + (m == 1) / 2)
    rise <- list(1, -1 - 2 * a, 2 + 6 * (a + a^2))[[n]]
    if (m == 0) result + rise / (a + a^2)^n / 2 else result
  }"""


def rows_of_coefficients(opening: str, closing: str, point: str) -> list[str]:
    """The coefficients of the asymptotic series, a row for each power of 1/x."""
    return [
        opening + ", ".join(f"{c.numerator}{point}/{c.denominator}" for c in row) + closing
        for row in far_coefficients()
    ]


def folded(rows: list[str], indent: int, width: int = 96) -> str:
    """Rows with commas between, broken after commas where they are long."""
    lines: list[str] = []
    for row in rows:
        line = ""
        for part in f"{row}, ".split(", ")[:-1]:
            if line and len(line) + len(part) + indent > width:
                lines.append(line.rstrip())
                line = "    "
            line += f"{part}, "
        lines.append(line.rstrip())
    return ("\n" + " " * indent).join(lines)


def _python(words: Mapping[str, str], before: str = "") -> str:
    text = _PYTHON_WRIGHT
    rows = folded(rows_of_coefficients("(", ")", ""), 8)
    filled = {**words, "far": str(FAR), "spread": str(SPREAD), "coefficients": rows}
    for name, meant in filled.items():
        text = text.replace("{" + name + "}", meant)
    return before + text


def _r() -> str:
    rows = folded(rows_of_coefficients("c(", ")", ""), 6, 80).rstrip(",")
    text = _R.replace("COEFFICIENTS_", rows).replace("LAST_", str(len(far_coefficients())))
    return text.replace("FAR_", str(FAR)).replace("SPREAD_", str(SPREAD))


R: Mapping[str, str] = {"wright": _r()}
NUMPY: Mapping[str, str] = {"_wright": _python(_NUMPY)}
TF: Mapping[str, str] = {"_wright": _python(_TF, _TF_ARGUMENTS)}
PYTHON_NAMES = ("_wright_near", "_wright_far", "_wright_arguments")
R_NAMES = ("wright_near", "wright_far")
