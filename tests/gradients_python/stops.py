import numpy as np


def f(x):
    return x**2


data = np.loadtxt("nothing.csv")


def df(x):
    return 2 * x
