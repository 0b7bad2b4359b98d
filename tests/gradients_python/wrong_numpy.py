"""Wrong gradients as they are really written."""

import numpy as np
from scipy.optimize import minimize

t = np.linspace(0.1, 2.0, 12)
obs = 2.0 * np.exp(-1.3 * t) + 0.01 * np.sin(7 * t)


def sign(theta):
    r = obs - theta[0] * np.exp(-theta[1] * t)
    return np.sum(r**2)


def sign_grad(theta):
    e = np.exp(-theta[1] * t)
    r = obs - theta[0] * e
    return np.array([-2 * np.sum(r * e), -2 * np.sum(r * theta[0] * t * e)])


def mean(theta):
    r = obs - theta[0] * np.exp(-theta[1] * t)
    return np.mean(r**2)


def mean_grad(theta):
    e = np.exp(-theta[1] * t)
    r = obs - theta[0] * e
    return np.array([-2 * np.sum(r * e), 2 * np.sum(r * theta[0] * t * e)])


def factor(theta):
    r = obs - theta[0] * np.exp(-theta[1] * t)
    return np.sum(r**2)


def factor_grad(theta):
    e = np.exp(-theta[1] * t)
    r = obs - theta[0] * e
    return np.array([-np.sum(r * e), np.sum(r * theta[0] * t * e)])


minimize(sign, [1.0, 1.0], jac=sign_grad)
minimize(mean, [1.0, 1.0], jac=mean_grad)
minimize(factor, [1.0, 1.0], jac=factor_grad)
