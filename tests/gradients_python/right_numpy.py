"""Right gradients in many styles."""

import math
import numpy as np
from numpy import exp, log
from scipy.optimize import minimize, least_squares, curve_fit, check_grad, fmin_bfgs
from scipy.stats import norm
from scipy.special import expit

rng = np.random.default_rng(1)
t = np.linspace(0.1, 2, 12)
obs = 2.0 * np.exp(-1.3 * t) + 0.01 * rng.normal(size=12)
X = rng.normal(size=(12, 3))
lab = (rng.uniform(size=12) < 0.5).astype(float)


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


def nll(par, x, y):
    mu, logs = par[0], par[1]
    return -np.sum(norm.logpdf(y, mu * x, np.exp(logs)))


def nll_gradient(par, x, y):
    mu, logs = par[0], par[1]
    s2 = np.exp(2 * logs)
    r = y - mu * x
    return np.array([-np.sum(r * x) / s2, len(y) - np.sum(r**2) / s2])


minimize(nll, [1.0, 0.0], args=(t, obs), jac=nll_gradient)


def both(p):
    r = obs - p[0] * exp(-p[1] * t)
    e = exp(-p[1] * t)
    return (r * r).mean(), np.array([-2 * (r * e).mean(), 2 * (r * p[0] * t * e).mean()])


minimize(both, [1.0, 0.5], jac=True)


def residuals(p):
    return p[0] * np.exp(-p[1] * t) - obs


def jacobian(p):
    e = np.exp(-p[1] * t)
    return np.column_stack([e, -p[0] * t * e])


least_squares(residuals, [1.0, 1.0], jac=jacobian)


def curve(x, a, b):
    return a * np.exp(-b * x)


def curve_jac(x, a, b):
    e = np.exp(-b * x)
    return np.array([e, -a * x * e]).T


curve_fit(curve, t, obs, p0=[1.0, 1.0], jac=curve_jac)


def softplus(x):
    return math.log(1 + math.exp(x))


def softplus_derivative(x):
    return 1 / (1 + math.exp(-x))


def tanh(x):
    return np.tanh(x)


def d_tanh(x):
    return 1 - np.tanh(x) ** 2


f = lambda x: x**3 - 2 * x
df = lambda x: 3 * x**2 - 2
check_grad(f, df, [1.5])


def energy(a, b):
    return a**2 * b + log(b)


def energy_gradient(a, b):
    return 2 * a * b, a**2 + 1 / b


def rosen(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosen_der(x):
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])


fmin_bfgs(rosen, [-1.2, 1.0], fprime=rosen_der, disp=False)


def relu(x):
    return np.maximum(x, 0)


def relu_derivative(x):
    return np.where(x > 0, 1.0, 0.0)


def logistic_loss(beta):
    eta = beta[0] + beta[1] * X[:, 0] + beta[2] * X[:, 1]
    p = expit(eta)
    return -np.mean(lab * np.log(p) + (1 - lab) * np.log(1 - p))


def logistic_loss_grad(beta):
    eta = beta[0] + beta[1] * X[:, 0] + beta[2] * X[:, 1]
    d = (expit(eta) - lab) / len(lab)
    return np.array([d.sum(), (d * X[:, 0]).sum(), (d * X[:, 1]).sum()])


minimize(logistic_loss, np.zeros(3), jac=logistic_loss_grad)


def ridge(w, features, response, penalty):
    r = features @ w - response
    return np.sum(r**2) + penalty * np.sum(w**2)


def ridge_grad(w, features, response, penalty):
    return 2 * features.T @ (features @ w - response) + 2 * penalty * w


# The penalty is one number beside data of twelve rows.
minimize(ridge, np.zeros(3), args=(X, obs, 0.3), jac=ridge_grad)


def numeric_grad_rss(theta, h=1e-6):
    out = np.zeros(2)
    for i in range(2):
        up, down = theta.copy(), theta.copy()
        up[i] += h
        down[i] -= h
        out[i] = (rss(up) - rss(down)) / (2 * h)
    return out
