"""Python scripts as people write them, with the name of their model and where to evaluate it.

A script begins at a line ``### name``. Two or more comments follow: the variable that holds the
model and what it is differentiated by, then the point; ``(in the script)`` says that the point is
the script's own, so that gradc is not told. A model is a text or an expression of SymPy, or a
numeric function whose first argument is the parameters; its point is in the order of the arguments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from python_sympy_scripts import SYMBOLIC as _SYMBOLIC

Point = Mapping[str, float | list[float]]

_NUMERIC: Final = r"""
### regression with a helper
# loss by theta
# theta = 1.5 0.7 0.2; x = 0.0 0.5 1.0 2.0; y = 1.9 1.2 0.8 0.7
import numpy as np

def predict(theta, x):
    return theta[0] * np.exp(-theta[1] * x) + theta[2]

def loss(theta, x, y):
    residual = y - predict(theta, x)
    return np.sum(residual**2)

### logistic regression
# nll by w
# w = 0.1 -0.8; X = 0.5 -1.0 2.0; y = 1.0 0.0 1.0
import numpy as np

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))

def nll(w, X, y):
    p = sigmoid(w[0] + w[1]*X)
    return -np.mean(y*np.log(p) + (1 - y)*np.log(1 - p))

### an optimiser with data in the script (in the script)
# residuals by params
# params = 0.8 1.1
import numpy as np
from scipy.optimize import minimize

xdata = np.array([0.0, 1.0, 2.0, 3.0])
ydata = np.array([1.0, 2.7, 7.4, 20.1])

def residuals(params):
    a, b = params
    return np.sum((ydata - a*np.exp(b*xdata))**2)

result = minimize(residuals, x0=[0.8, 1.1], method="BFGS")
print(result.x)

### the math module
# loss by theta
# theta = 0.4 -1.1; x = 1.5; y = 1.0
import math

def loss(theta, x, y):
    pred = 1 / (1 + math.exp(-(theta[0] + theta[1] * x)))
    return -(y * math.log(pred) + (1 - y) * math.log(1 - pred))

### one parameter and defaults
# gaussian by x
# x = 1.25
from math import sqrt, pi, exp

def gaussian(x, mu=0.5, sigma=2.0):
    return 1/(sigma*sqrt(2*pi)) * exp(-0.5*((x - mu)/sigma)**2)

### a tuple that is taken apart
# objective by p
# p = 5.0 2.0 0.7; t = 0.0 1.0 2.0 3.0; y = 0.3 1.0 2.4 4.1
import numpy as np

def objective(p, t, y):
    a, b, c = p
    model = a / (1 + np.exp((b - t) / c))
    return 0.5 * np.sum((y - model)**2)

### Rosenbrock in a loop
# rosen by x
# x = -1.2 1.0 0.7 0.5
def rosen(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0*(x[i + 1] - x[i]**2)**2 + (1 - x[i])**2
    return total

### Rosenbrock by slices
# rosen by x
# x = -1.2 1.0 0.7 0.5
import numpy as np
def rosen(x):
    return np.sum(100.0*(x[1:] - x[:-1]**2.0)**2.0 + (1 - x[:-1])**2.0)

### a small network by hand
# mse by w
# w = 0.1 0.2 -0.3 0.4 0.5 -0.6 0.7; x = -1.0 0.0 1.5; y = 0.2 0.8 -0.1
import numpy as np

def forward(w, x):
    h1 = np.tanh(w[0]*x + w[1])
    h2 = np.tanh(w[2]*x + w[3])
    return w[4]*h1 + w[5]*h2 + w[6]

mse = lambda w, x, y: np.mean((forward(w, x) - y)**2)

### a sum over data in lists
# neg_log_likelihood by theta
# theta = 2.4 0.2
import math
times = [1, 2, 4, 8]
counts = [9, 7, 4, 1]

def neg_log_likelihood(theta):
    total = 0
    for t, n in zip(times, counts):
        rate = math.exp(theta[0] - theta[1] * t)
        total += rate - n * math.log(rate)
    return total

### a fixed number of Newton steps
# square_root by a
# a = 3.0
def square_root(a, start=1.0, steps=5):
    x = start
    for _ in range(steps):
        x = x - (x*x - a)/(2*x)
    return x

### stable forms
# f by theta
# theta = 0.3 0.6; x = 0.1 1.0 2.0
import numpy as np

def f(theta, x):
    z = theta[0] + theta[1]*x
    penalty = np.square(theta[0]) / np.sqrt(1 + x**2)
    return np.sum(np.log1p(np.exp(z)) + np.expm1(-theta[1]) + penalty)

### a normal likelihood
# negloglik by par
# par = 0.8 -0.2; y = 0.5 1.5 0.9 -0.3
import numpy as np

def negloglik(par, y):
    mu = par[0]
    log_sigma = par[1]
    sigma = np.exp(log_sigma)
    return np.sum(0.5*((y - mu)/sigma)**2 + log_sigma + 0.5*np.log(2*np.pi))

### trigonometry
# wave by q
# q = 0.3 0.4 1.7
from numpy import sin, cos, arctan, cosh, pi

def wave(q, t=0.75):
    phase = 2*pi*q[0]*t + q[1]
    return q[2]*sin(phase)*cos(q[0]*phase) + arctan(q[2]) - 1/cosh(q[1])

### functions that are passed around
# energy by p
# p = 0.4 -0.3 0.8
import functools
import operator
import numpy as np

square = np.square
activations = [np.tanh, lambda z: 1/(1 + np.exp(-z))]

def compose(*functions):
    return functools.reduce(lambda f, g: lambda z: g(f(z)), functions)

def energy(p):
    a, *rest = p
    b, c = rest
    inner = compose(*activations, np.exp)(a + b)
    terms = [square(a), operator.mul(b, c), functools.partial(np.power, c)(3)]
    return sum(terms, inner)

### an array that is filled
# total by w
# w = 0.5 -1.5; x = 0.3
import numpy as np

def recurrence(w, x, n=4):
    states = np.zeros(n, dtype=complex)
    states[0] = x
    for k in range(1, n):
        states[k] = np.sin(w[0]*states[k - 1]) + w[1]
    states *= 2
    return states

def total(w, x=0.5):
    states = recurrence(w, x)
    tail = states[2:].copy()
    tail[0] = 0
    grid = np.linspace(0, 1, states.shape[0])
    return np.dot(states, grid) + tail.sum() + np.full(2, w[0]).prod() + len(np.ones(3))

### settings in a dict (in the script)
# cost by p
# p = 1.1 0.4
from itertools import combinations
from scipy.optimize import minimize

defaults = dict(rate=0.5, offset=2.0)
options = {**defaults, "rate": 0.25}
options.update(power=3)

def cost(p, **named):
    "What it costs."
    settings = {**options, **named}
    height, width = p
    pairs = len(list(combinations(range(4), 2)))
    return (height*settings["rate"])**settings["power"] + pairs*width/settings["offset"]

best = minimize(cost, [1.1, 0.4])
print(*best.x)
"""

_TENSORFLOW: Final = r"""
### squares of a sigmoid
# loss by theta
# theta = 0.2 -0.7; x = 0.5 1.5 -1.0; y = 0.0 1.0 1.0
import tensorflow as tf

def loss(theta, x, y):
    z = theta[0] + theta[1] * x
    return tf.reduce_sum(tf.square(y - tf.sigmoid(z)))

### a mean with tf.math
# loss by w
# w = 0.5 -0.1 0.8 0.3; x = 1.0 -2.0 0.5; y = 1.0 0.0 1.0
import tensorflow as tf

def loss(w, x, y):
    hidden = tf.tanh(w[0]*x + w[1])
    logits = w[2]*hidden + w[3]
    return tf.reduce_mean(tf.math.log(1 + tf.exp(-logits)) + (1 - y)*logits)
"""


@dataclass(frozen=True)
class Case:
    """A script, and what is asked of it."""

    name: str
    script: str
    model: str
    wrt: tuple[str, ...]
    at: Point
    is_own: bool


def _cases(table: str) -> tuple[Case, ...]:
    return tuple(map(_case, re.split(r"^### ", table, flags=re.MULTILINE)[1:]))


def _case(entry: str) -> Case:
    heading, _, text = entry.partition("\n")
    name, _, own = heading.partition(" (")
    comments, script = re.fullmatch(r"((?:# [^\n]*\n)+)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    first, *rest = (line[2:] for line in comments.splitlines())
    model, _, wrt = first.partition(" by ")
    return Case(name, script, model, tuple(wrt.split()), _point(" ".join(rest)), bool(own))


def _point(text: str) -> Point:
    parts = (part.split(" = ") for part in text.split("; "))
    numbers = {name: [float(word) for word in words.split()] for name, words in parts}
    return {name: found if len(found) > 1 else found[0] for name, found in numbers.items()}


SYMBOLIC: Final = _cases(_SYMBOLIC)
NUMERIC: Final = _cases(_NUMERIC)
TENSORFLOW: Final = _cases(_TENSORFLOW)
