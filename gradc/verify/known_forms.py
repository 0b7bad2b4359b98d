"""Forms that keep digits at some points and lose them at others, for advice only.

The stabilising pass has those that are as good everywhere; these are tried by the bound at a
point, and named where they make it smaller there.
Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 1.8 and problems
1.1 to 1.5; Goldberg (1991), section 1.4.
"""

from __future__ import annotations

from gradc.prims import Stabilizes

KNOWN_FORMS: tuple[Stabilizes, ...] = (
    Stabilizes("x^2 - y^2", "(x - y)*(x + y)"),
    Stabilizes("x*x - y*y", "(x - y)*(x + y)"),
    Stabilizes("x^2 - 2*x*y + y^2", "(x - y)^2"),
    Stabilizes("a*x - a*y", "a*(x - y)"),
    Stabilizes("x/a - y/a", "(x - y)/a"),
    Stabilizes("y - (x + t)", "(y - x) - t"),
    Stabilizes("y - (x - t)", "(y - x) + t"),
    Stabilizes("x + t - y", "(x - y) + t"),
    Stabilizes("x - t - y", "(x - y) - t"),
    Stabilizes("1/x - 1/y", "(y - x)/(x*y)"),
    Stabilizes("1 - 1/(1 + x)", "x/(1 + x)"),
    Stabilizes("1 - x/(x + y)", "y/(x + y)"),
    Stabilizes("x - x/(1 + y)", "x*y/(1 + y)"),
    Stabilizes("sqrt(x) - sqrt(y)", "(x - y)/(sqrt(x) + sqrt(y))"),
    Stabilizes("sqrt(x + t) - sqrt(x)", "t/(sqrt(x + t) + sqrt(x))"),
    Stabilizes("sqrt(1 + x) - 1", "x/(sqrt(1 + x) + 1)"),
    Stabilizes("1 - sqrt(1 - x)", "x/(1 + sqrt(1 - x))"),
    Stabilizes("sqrt(1 + x^2) - x", "1/(sqrt(1 + x^2) + x)"),
    Stabilizes("sqrt(x^2 + t) - x", "t/(sqrt(x^2 + t) + x)"),
    Stabilizes("sqrt(x^2 - t) - x", "-t/(sqrt(x^2 - t) + x)"),
    Stabilizes("x - sqrt(x^2 - t)", "t/(x + sqrt(x^2 - t))"),
    Stabilizes("-x + sqrt(x^2 - t)", "-t/(x + sqrt(x^2 - t))"),
    Stabilizes("-x + sqrt(x^2 + t)", "t/(x + sqrt(x^2 + t))"),
    Stabilizes("-x - sqrt(x^2 - t)", "t/(sqrt(x^2 - t) - x)"),
    # Of n numbers; how many they are may be written in two ways.
    Stabilizes("sum(x^2)/n - (sum(x)/m)^2", "sum((x - sum(x)/m)^2)/n"),
    Stabilizes("sum(x^2) - sum(x)^2/n", "sum((x - sum(x)/n)^2)"),
    Stabilizes("log(x) - log(y)", "log1p((x - y)/y)"),
    Stabilizes("log(x/y)", "log1p((x - y)/y)"),
    Stabilizes("log(x + sqrt(x^2 + 1))", "asinh(x)"),
    Stabilizes("exp(x) - exp(y)", "exp(y)*expm1(x - y)"),
    Stabilizes("exp(x) - exp(-x)", "2*sinh(x)"),
    Stabilizes("cosh(x) - 1", "2*sinh(x/2)^2"),
    Stabilizes("sin(x) - sin(y)", "2*cos((x + y)/2)*sin((x - y)/2)"),
    Stabilizes("cos(x) - cos(y)", "-2*sin((x + y)/2)*sin((x - y)/2)"),
    Stabilizes("1 - sin(x)^2", "cos(x)^2"),
    Stabilizes("1 - cos(x)^2", "sin(x)^2"),
    Stabilizes("1 - erf(x)", "erfc(x)"),
    Stabilizes("1 - erfc(x)", "erf(x)"),
)
