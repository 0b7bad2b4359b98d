"""Poisson regression: value and gradient by two functions of scalars and sums."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

x = np.array([0.1, 0.5, 0.9, 1.4])
k = np.array([1.0, 2.0, 2.0, 5.0])


def nll(par):
    eta = par[0] + par[1] * x
    return np.sum(np.exp(eta) - k * eta)


def nll_gradient(par):
    mu = np.exp(par[0] + par[1] * x)
    d = mu - k
    g0 = np.sum(d)
    g1 = np.sum(d * x)
    return np.array([g0, g1])


minimize(nll, [0.2, 0.8], jac=nll_gradient)
