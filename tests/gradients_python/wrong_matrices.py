import numpy as np
from scipy.optimize import minimize

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 3))
y = (rng.uniform(size=30) < 0.5).astype(float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(beta, X, y):
    p = sigmoid(X @ beta)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def loss_grad(beta, X, y):
    p = sigmoid(X @ beta)
    return X.T @ (p - y)


def ridge(beta):
    r = y - X.dot(beta)
    return r @ r + 0.1 * np.sum(beta**2)


def ridge_grad(beta):
    return 2 * X.T.dot(y - X.dot(beta)) + 0.1 * beta


minimize(loss, np.zeros(X.shape[1]), args=(X, y), jac=loss_grad)
minimize(ridge, rng.normal(size=3), jac=ridge_grad)
