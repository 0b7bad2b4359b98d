# A numeric function; gradc takes its first argument for the parameters.
#   gradc eval examples/regression_function.py --at x.json
import numpy as np


def predict(theta, x):
    return theta[0] * np.exp(-theta[1] * x) + theta[2]


def loss(theta, x, y):
    residual = y - predict(theta, x)
    return np.sum(residual**2)
