"""A decay curve by least squares, with its gradient for scipy."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

t = np.array([0.1, 0.4, 0.9, 1.3, 1.8, 2.0])
obs = np.array([1.8, 1.2, 0.7, 0.4, 0.2, 0.15])


def rss(theta):
    a, b = theta
    r = obs - a * np.exp(-b * t)
    return np.sum(r**2)


def rss_grad(theta):
    a, b = theta
    e = np.exp(-b * t)
    r = obs - a * e
    return np.array([-2 * np.sum(r * e), 2 * np.sum(r * a * t * e)])


minimize(rss, np.array([1.0, 1.0]), jac=rss_grad, method="BFGS")
