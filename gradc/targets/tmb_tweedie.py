"""What the Tweedie density is made of in TMB: the Wright function as an atomic function.

TMB's own ``dtweedie`` adds a series' logarithm and an exponent that cancel as far as y/phi is
large, knows no derivative in y (it is 0 there, silently), and sums 20,000 terms at most.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradc.prims.tweedie import FAR, SPREAD, far_coefficients
from gradc.targets.tmb_extra import Extra
from gradc.targets.wright import folded, rows_of_coefficients

_WRIGHT = """\
// Terms exp(-(1 + a) bd0(j, x) - stirlerr(j) - stirlerr(a j)) around j = x, and as a derivative
// a joint cumulant of their exponents' derivatives.
inline double wright_near(double x, double a, int m, int n)
{
  double drop = 45 / (1 + a), middle = std::fmax(x, 1.0), step = 1;
  if ((1 + a) * x > 64) step = std::fmax(std::sqrt(x / (1 + a)) / 2, 1.0);
  double first = x - std::sqrt(2 * drop * x) - 2;
  if (step == 1) first = std::floor(first);
  first = std::fmax(first, 1.0);
  double last = middle + drop / 3 + std::sqrt(drop * drop / 9 + 2 * drop * middle) + 2;
  if (!(last - first < 200 * step)) return R_NaN;
  std::vector<double> places, weights;
  for (double j = first; j <= last + step; j += step) {
    places.push_back(j);
    weights.push_back(-(1 + a) * bd0(j, x) - stirlerr(j, 0.0) - stirlerr(a * j, 0.0));
  }
  double top = *std::max_element(weights.begin(), weights.end()), total = 0;
  for (double &w : weights) total += w = std::exp(w - top);
  int order = m + n;
  if (order == 0)
    return top + std::log(step * total) + 0.5 * std::log(a) - 0.5 * std::log(4 * M_PI * M_PI);
  // The exponent's derivative of order u in log(x) and v in a.
  auto slope = [x, a](double j, int u, int v) {
    if (u == 0) return -std::pow(j, v) * stirlerr(a * j, double(v)) - (v == 1 ? bd0(j, x) : 0);
    if (v == 0) return (1 + a) * ((u == 1 ? j : 0) - x);
    return v > 1 ? 0 : (u == 1 ? j : 0) - x;
  };
  int in_x[3], in_a[3];
  double means[3] = {0, 0, 0}, result = 0;
  for (int k = 0; k < order; k++) {
    in_x[k] = k < m;
    in_a[k] = k >= m;
    for (size_t i = 0; i < places.size(); i++)
      means[k] += weights[i] / total * slope(places[i], in_x[k], in_a[k]);
  }
  for (size_t i = 0; i < places.size(); i++) {
    double j = places[i], off[3] = {0, 0, 0}, value = slope(j, m, n);
    for (int k = 0; k < order; k++) off[k] = slope(j, in_x[k], in_a[k]) - means[k];
    if (order == 2) value += off[0] * off[1];
    if (order == 3) {
      value += off[0] * off[1] * off[2];
      for (int k = 0; k < 3; k++) value += slope(j, m - in_x[k], n - in_a[k]) * off[k];
    }
    result += weights[i] / total * value;
  }
  const double outside[] = {0, 0.5, -0.5, 1};
  return m == 0 ? result + outside[n] / std::pow(a, n) : result;
}
// The asymptotic series for large x.
inline double wright_far(double x, double a, int m, int n)
{
  const double coefficients[] = {
    @
  };
  double inverse = (1 + a) / (x * a), s = a / ((1 + a) * (1 + a)), result = 0, ways = 1;
  for (int r = 0; r <= n; r++) {
    double part = 0;
    for (int k = LAST; k > 0; k--) {
      double inner = 0;
      for (int i = k; i >= 0; i--) {
        double c = coefficients[k * (k + 1) / 2 - 1 + i];
        for (int d = 0; d < n; d++) c *= d < r ? i - k - d : k - 2 * i - d + r;
        inner = inner * s + c;
      }
      part = (part + std::pow(-k, m) * inner) * inverse;
    }
    result += ways * part / std::pow(a, r) / std::pow(1 + a, n - r);
    ways *= double(n - r) / (r + 1);
  }
  if (m + n == 0) return result - 0.5 * std::log(2 * M_PI * inverse);
  if (n == 0) return result + (m == 1 ? 0.5 : 0);
  const double rise[] = {1, -1 - 2 * a, 2 + 6 * (a + a * a)};
  return m == 0 ? result + 0.5 * rise[n - 1] / std::pow(a + a * a, n) : result;
}
inline double wright_of(double x, double a, int m, int n)
{
  if (!(x > 0 && a > 0) || m + n > 3) return R_NaN;
  bool far = x * a >= FAR * (1 + a) && x >= SPREAD * (1 + a);
  return far ? wright_far(x, a, m, n) : wright_near(x, a, m, n);
}
"""


def _wright() -> str:
    rows = folded(rows_of_coefficients("", "", ".0"), 4, 90).rstrip(",")
    text = _WRIGHT.replace("@", rows).replace("LAST", str(len(far_coefficients())))
    return text.replace("FAR", str(FAR)).replace("SPREAD", str(SPREAD))


TWEEDIE: Mapping[str, Extra] = {
    "wright": Extra(
        ("x", "a", "m", "n"),
        "wright_of(tx[0], tx[1], int(tx[2]), int(tx[3]))",
        (
            "wright(tx[0], tx[1], tx[2] + Type(1), tx[3]) / tx[0]",
            "wright(tx[0], tx[1], tx[2], tx[3] + Type(1))",
            "Type(R_NaN)",
            "Type(R_NaN)",
        ),
        before=_wright(),
        comment="log(sum((x^(1 + a) a^a)^j/(j! gamma(a j)), j >= 1)) - (1 + a) x, differentiated m"
        " times in log(x)\n// and n times in a.",
        needs=("stirlerr", "bd0"),
    ),
    "expm1mx": Extra(
        ("x",),
        "expm1_less(tx[0])",
        ("expm1(tx[0])",),
        before="""\
inline double expm1_less(double x)
{
  return std::fabs(x) < 0.5 ? -log1pmx(std::expm1(x)) : std::expm1(x) - x;
}
""",
        comment="exp(x) - 1 - x, where x is near 0 too.",
        needs=("log1pmx",),
    ),
}
