"""Scripts that use SymPy, for :mod:`python_script_cases`."""

from __future__ import annotations

from typing import Final

SYMBOLIC: Final = r"""
### neuron by concatenation (in the script)
# graph by a b
# a = 0.5; b = -0.5; x = 2.5; y = 6.5
import sympy

a, b, x, y = sympy.symbols("a b x y")
graph = "a + b*x"
graph = "1/(1 + exp(-(" + graph + ")))"
graph = "(y - " + graph + ")**2"
gradient = [sympy.diff(graph, weight) for weight in (a, b)]
print([partial.subs({a: 0.5, b: -0.5, x: 2.5, y: 6.5}) for partial in gradient])

### least squares
# sse by a b
# a = 0.3; b = 1.7
from sympy import diff, sympify

xs = [0.5, 1.0, 1.5, 2.0]
ys = [1.1, 1.9, 3.2, 4.1]
sse = ""
for xi, yi in zip(xs, ys):
    if sse:
        sse += " + "
    sse += f"({yi} - (a + b*{xi}))**2"
expr = sympify(sse)
for name in ("a", "b"):
    print(name, diff(expr, name))

### growth curve (in the script)
# curve by top rate lag
# top = 9.5; rate = 0.8; lag = 2.25; t = 3.5
from sympy import sympify, Symbol

curve = sympify("top*exp(-exp(rate*(lag - t) + 1))")
where = {"top": 9.5, "rate": 0.8, "lag": 2.25, "t": 3.5}
for name in ["top", "rate", "lag"]:
    slope = curve.diff(Symbol(name))
    print(f"d/d{name}: {slope} = {slope.evalf(subs=where)}")

### network in loops
# loss by w1_0_0 w1_1_0 w1_0_1 w1_1_1 w1_0_2 w1_1_2 w2_0_0 w2_1_0 w2_2_0
# w1_0_0 = 0.1; w1_1_0 = -0.2; w1_0_1 = 0.3; w1_1_1 = 0.4; w1_0_2 = -0.5; w1_1_2 = 0.6; w2_0_0 =
# 0.7; w2_1_0 = -0.8; w2_2_0 = 0.9; x0 = 1.0; x1 = -0.5; target = 0.25
import sympy as sp

sizes = [2, 3, 1]
prev = [f"x{i}" for i in range(sizes[0])]
names = []
for layer in range(1, len(sizes)):
    current = []
    for j in range(sizes[layer]):
        weights = [f"w{layer}_{i}_{j}" for i in range(len(prev))]
        names.extend(weights)
        z = " + ".join(f"{w}*{h}" for w, h in zip(weights, prev))
        current.append(f"tanh({z})")
    prev = current
loss = f"(target - {prev[0]})**2"
expr = sp.sympify(loss)
grads = {name: sp.diff(expr, sp.Symbol(name)) for name in names}
g = [grads[name] for name in names]
g

### Hill equation by format (in the script)
# hill by vmax k n
# vmax = 2.0; k = 0.7; n = 1.8; s = 0.9
from sympy import sympify, diff, lambdify, symbols
template = "{vmax}*{s}**{n}/({k}**{n} + {s}**{n})"
hill = template.format(vmax="vmax", s="s", n="n", k="k")
expr = sympify(hill)
vmax, k, n, s = symbols("vmax k n s")
gradient = lambdify((vmax, k, n, s), [diff(expr, p) for p in (vmax, k, n)], "numpy")
print(gradient(2.0, 0.7, 1.8, 0.9))

### Michaelis and Menten by percent (in the script)
# inhibited by Vm Km Ki
# Vm = 3.5; Km = 0.4; Ki = 1.25; S0 = 0.9; conc = 0.3
import sympy

rate = "%s*S0/(%s + S0)" % ("Vm", "Km")
inhibited = "(%s)/(1 + conc/Ki)" % rate
dV, dK, dI = [sympy.diff(sympy.sympify(inhibited), sympy.Symbol(p)) for p in ("Vm", "Km", "Ki")]
values = [("Vm", 3.5), ("Km", 0.4), ("Ki", 1.25), ("S0", 0.9), ("conc", 0.3)]
print(dV.subs(values), dK.subs(values), dI.subs(values))

### placeholders that are replaced
# formula by freq
# A = 1.5; freq = 0.7; phase = 0.2; t = 1.3; tau0 = 2.0
import re
import sympy as sp

formula = "A*sin(OMEGA*t + PHI)*exp(-t/TAU)"
for short, long in {"OMEGA": "2*pi*freq", "TAU": "(tau0 + 0.5)"}.items():
    formula = formula.replace(short, long)
formula = re.sub(r"\bPHI\b", "phase", formula)
d = sp.diff(formula, "freq")
d

### rows of symbols
# loss by w0 w1 w2
# w0 = 0.1; w1 = -0.4; w2 = 0.3; x0 = 1.0; x1 = 2.0; x2 = -1.5; y = 1.0
from sympy import symbols, exp, log

w = symbols("w0:3")
x = symbols("x0:3")
y = symbols("y")
z = sum(wi*xi for wi, xi in zip(w, x))
p = 1/(1 + exp(-z))
loss = -(y*log(p) + (1 - y)*log(1 - p))
grad = [loss.diff(wi) for wi in w]
print(grad)

### quadratic form
# q by x0 x1 x2
# x0 = 0.3; x1 = -1.2; x2 = 2.5
import sympy as sp
A = [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]
n = len(A)
q = " + ".join(
    f"{A[i][j]}*x{i}*x{j}" for i in range(n) for j in range(n) if A[i][j] != 0
)
q = f"0.5*({q})" + "".join(f" - {b}*x{i}" for i, b in enumerate([1, 0.5, 2]))
parts = [sp.diff(q, f"x{i}") for i in range(n)]
parts

### likelihood of coin tosses (in the script)
# loglik by p
# p = 0.375
from sympy import sympify, Symbol

tosses = "HTTHHHTH"
factors = ["p" if toss == "H" else "(1 - p)" for toss in tosses]
loglik = " + ".join("log(" + f + ")" for f in factors)
score = sympify(loglik).diff(Symbol("p"))
print(score.subs(Symbol("p"), 0.375))

### recursion
# text by w1 w2 w3 w4
# w1 = 1.1; w2 = 0.7; w3 = -0.9; w4 = 1.3; b1 = 0.1; b2 = 0.2; b3 = 0.3; b4 = -0.4; x = 0.6
import sympy

def nested(depth):
    if depth == 0:
        return "x"
    return f"sin(w{depth}*{nested(depth - 1)} + b{depth})"

text = nested(4)
gradient = [sympy.diff(text, f"w{k}") for k in range(1, 5)]
gradient

### Horner
# s by x c
# x = 1.5; c = -0.8
from sympy import diff
coefficients = [1, -2.5, 0.75, 3]
s = "0"
for k in reversed(range(len(coefficients))):
    s = "%s*c + x*(%s)" % (coefficients[k], s)
print(diff(s, "x"), diff(s, "c"))

### Fourier series
# signal by omega
# a0 = 1.0; a1 = 0.5; a2 = -0.25; a3 = 0.125; b1 = 0.75; b2 = 0.3; b3 = -0.6; omega = 1.1; t =
# 0.9
import sympy as sp

harmonics = 3
signal = "a0/2"
for k in range(1, harmonics + 1):
    signal += f" + a{k}*cos({k}*omega*t) + b{k}*sin({k}*omega*t)"
df = sp.diff(sp.sympify(signal), sp.Symbol("omega"))
df

### constants of the script stand in the text (in the script)
# rate by Ea m
# A = 100000.0; Ea = 25000.0; T = 310.0; m = 0.5
from sympy import sympify, Symbol

R = 8.314
T0 = 298.15
rate = f"A*exp(-Ea/({R}*T))*(T/{T0})**m"
expr = sympify(rate)
d_Ea = expr.diff(Symbol("Ea"))
d_m = expr.diff(Symbol("m"))
point = dict([("A", 1e5), ("Ea", 25000.0), ("T", 310.0), ("m", 0.5)])
print(d_Ea.evalf(subs=point), d_m.evalf(subs=point))

### expressions without text (in the script)
# E by w1 w2 b
# w1 = 0.5; w2 = -0.3; b = 0.1; x1 = 1; x2 = 2; t = 1
import sympy as sp

w1, w2, b, x1, x2, t = sp.symbols("w1 w2 b x1 x2 t")
z = w1*x1 + w2*x2 + b
a = 1/(1 + sp.exp(-z))
E = sp.Rational(1, 2)*(t - a)**2
values = {w1: 0.5, w2: -0.3, b: 0.1, x1: 1, x2: 2, t: 1}
for w in [w1, w2, b]:
    print(w, E.diff(w).subs(values).evalf())

### mixture
# nll by m1 m2 s1 s2
# m1 = 0.1; m2 = 2.0; s1 = 1.2; s2 = 0.7; p1 = 0.4; p2 = 0.6; x = 0.9
from sympy import *

def normal(x, mu, sigma):
    return "exp(-((%s - %s)/%s)**2/2)/(%s*sqrt(2*pi))" % (x, mu, sigma, sigma)

density = " + ".join("p{0}*{1}".format(i, normal("x", f"m{i}", f"s{i}")) for i in (1, 2))
nll = "-log(" + density + ")"
gradient = [diff(nll, v) for v in symbols("m1 m2 s1 s2")]
gradient

### layers by a function with defaults
# out by u00 u11 ub0 v01 o00 ob0
# u00 = 0.3; u01 = -0.1; u10 = 0.2; u11 = 0.5; ub0 = 0.1; ub1 = -0.2; v00 = 0.9; v01 = 0.4; v10 =
# -0.7; v11 = 0.6; o00 = 1.5; o10 = -0.5; ob0 = 0.05; x = 1.0; y = 2.0
import sympy as sp

def layer(inputs, units, name, activation="tanh", bias=True):
    outputs = []
    for j in range(units):
        z = "+".join(f"{name}{i}{j}*{v}" for i, v in enumerate(inputs))
        if bias:
            z += f"+{name}b{j}"
        outputs.append(f"{activation}({z})" if activation else f"({z})")
    return outputs

h = layer(["x", "y"], 2, "u")
h = layer(h, 2, name="v", bias=False)
out = layer(h, 1, "o", activation=None)[0]
grad = [sp.diff(out, s) for s in ("u00", "u11", "ub0", "v01", "o00", "ob0")]
print(len(grad))

### a dict of parameters (in the script)
# conc by k1 k2 c0
# k1 = 0.5; k2 = 0.25; c0 = 10.0; t = 3
import sympy as sp

params = {"k1": 0.5, "k2": 0.25, "c0": 10.0}
conc = sp.sympify("c0*k1/(k2 - k1)*(exp(-k1*t) - exp(-k2*t))")
sens = {}
for name, value in params.items():
    sens[name] = conc.diff(sp.Symbol(name))
for name in sens:
    print(name, sens[name].subs(params).subs("t", 3).evalf())

### reduce
# composed by r q
# r = 0.9; q = 0.4; x = 1.7
from functools import reduce
from sympy import diff, symbols

steps = ["exp({})", "log(1 + {})", "sqrt({} + q)"]
composed = reduce(lambda inner, step: step.format(inner), steps, "r*x")
r, q = symbols("r q")
dr, dq = diff(composed, r), diff(composed, q)
print(dr, dq)

### softmax
# ce by w0 w1 w2 b0 b1 b2
# w0 = 0.2; w1 = -0.1; w2 = 0.5; b0 = 0.0; b1 = 0.3; b2 = -0.2; x = 1.5
import sympy as sp
classes = 3
scores = [f"(w{c}*x + b{c})" for c in range(classes)]
total = " + ".join("exp" + s for s in scores)
ce = "-log(exp" + scores[1] + "/(" + total + "))"
names = [f"{kind}{c}" for kind in "wb" for c in range(classes)]
[sp.diff(sp.sympify(ce), sp.Symbol(n)) for n in names]

### parse_expr
# ricker by k s
# k = 1.8; x = 2.5; s = 4.0
from sympy.parsing.sympy_parser import parse_expr
from sympy import symbols

k, x, s = symbols("k x s")
ricker = parse_expr("k*x*exp(-x/s)")
slopes = (ricker.diff(k), ricker.diff(s))
print(*[str(e) for e in slopes])

### data put in by a pattern
# objective by Vm K
# Vm = 2.2; K = 0.35
import re
from sympy import diff

pattern = "(Y - Vm*X/(K + X))**2"
data = [(0.1, 0.5), (0.4, 1.2), (1.6, 1.9)]
pieces = []
for x, y in data:
    piece = re.sub(r"\bX\b", str(x), pattern)
    pieces.append(re.sub("Y", str(y), piece))
objective = " + ".join(pieces)
g = [diff(objective, "Vm"), diff(objective, "K")]
g

### Newton steps unrolled (in the script)
# root by a
# x0 = 1.0; a = 2.0
import sympy as sp
step = "x0"
n = 0
while n < 3:
    step = f"({step} - (({step})**2 - a)/(2*({step})))"
    n += 1
root = sp.sympify(step)
da = sp.diff(root, sp.Symbol("a"))
print(da.evalf(subs={"x0": 1.0, "a": 2.0}))

### choice of an activation
# text by w1 b1 w2 b2 w3 b3
# w1 = 0.4; b1 = 0.1; w2 = -0.6; b2 = 0.2; w3 = 1.1; b3 = -0.3; x = 2.0
from sympy import sympify

ACTIVATIONS = {
    "sigmoid": lambda z: f"1/(1 + exp(-({z})))",
    "tanh": lambda z: f"tanh({z})",
    "softplus": lambda z: f"log(1 + exp({z}))",
}
text = "x"
for depth, kind in enumerate(["tanh", "softplus", "sigmoid"], start=1):
    text = ACTIVATIONS[kind](f"w{depth}*{text} + b{depth}")
expr = sympify(text)
for depth in (1, 2, 3):
    print(expr.diff(f"w{depth}"), expr.diff(f"b{depth}"))

### Piecewise (in the script)
# huber by r delta
# r = 2.5; delta = 1.25
import sympy as sp
r, delta = sp.symbols("r delta")
huber = sp.Piecewise((r**2/2, r < delta), (delta*(r - delta/2), True))
dr = sp.diff(huber, r)
dd = sp.diff(huber, delta)
print(dr.subs({r: 2.5, delta: 1.25}), dd.subs({r: 2.5, delta: 1.25}))

### error function (in the script)
# call by S sigma r
# S = 100.0; K = 95.0; r = 0.03; sigma = 0.2; T = 0.5
from sympy import symbols, erf, exp, log, sqrt, diff, lambdify

S, K, r, sigma, T = symbols("S K r sigma T")
d1 = (log(S/K) + (r + sigma**2/2)*T)/(sigma*sqrt(T))
d2 = d1 - sigma*sqrt(T)
N = lambda z: (1 + erf(z/sqrt(2)))/2
call = S*N(d1) - K*exp(-r*T)*N(d2)
delta, vega, rho = diff(call, S), diff(call, sigma), diff(call, r)
greeks = lambdify((S, K, r, sigma, T), (delta, vega, rho))
print(greeks(100.0, 95.0, 0.03, 0.2, 0.5))

### a polynomial by list and join
# squared by c0 c1 c2 c3 c4
# c0 = 1.0; c1 = -0.5; c2 = 0.25; c3 = 0.1; c4 = -0.02; x = 1.5; y = 2.0
from sympy import sympify, Symbol
degree = 4
terms = []
for k in range(degree + 1):
    if k == 0:
        terms.append("c0")
    elif k == 1:
        terms.append("c1*x")
    else:
        terms.append("c" + str(k) + "*x**" + str(k))
poly = " + ".join(terms)
squared = "(" + poly + " - y)**2"
derivatives = [sympify(squared).diff(Symbol("c%d" % k)) for k in range(degree + 1)]
derivatives

### a hat for the power
# energy by r
# eps = 0.8; sig = 1.1; r = 1.4
import sympy as sp
energy = "4*eps*((sig/r)^12 - (sig/r)^6)"
force = sp.diff(sp.sympify(energy), sp.Symbol("r"))
print(force)
"""
