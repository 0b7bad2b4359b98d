"""Logistic regression with a ridge penalty, data passed through."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

X = np.array([[1.0, 0.2], [1.0, -0.7], [1.0, 1.1], [1.0, 0.4], [1.0, -1.3]])
y = np.array([1.0, 0.0, 1.0, 0.0, 0.0])


def loss(w, features, y, lam):
    z = features @ w
    return np.sum(np.log(1 + np.exp(z)) - y * z) + 0.5 * lam * np.sum(w**2)


def loss_grad(w, features, y, lam):
    p = 1 / (1 + np.exp(-(features @ w)))
    return features.T @ (p - y) + lam * w


minimize(loss, np.array([0.1, 0.3]), args=(X, y, 0.2), jac=loss_grad)
