"""A TensorFlow training loop through a likelihood that is written in R.

python examples/bridge/train_through_r.py

The two ways that come to mind do not work: a tape sees nothing behind R, and gives None, or
worse, 0.0 without any error. The bridge gives the gradient that the R code has.
"""

from pathlib import Path

import numpy as np
import rpy2.robjects as robjects
import tensorflow as tf

import gradc

SOURCE = Path(__file__).with_name("growth.R")
T = np.arange(1.0, 13.0)
Y = np.array([7.0, 11, 18, 21, 29, 28, 33, 34, 40, 36, 41, 44])

robjects.r["source"](str(SOURCE))
r_objective = robjects.r["negative_loglik"]


def call_r(p):
    """R by hand: the numbers leave TensorFlow here."""
    return np.float64(r_objective(*map(robjects.FloatVector, (p.numpy(), T, Y)))[0])


def by_numpy(p):
    return tf.constant(call_r(p))


def by_py_function(p):
    return tf.py_function(call_r, [p], tf.float64)


def exact(p):
    """The same likelihood in TensorFlow's own operations: what the gradient has to be."""
    mu = tf.exp(p[0]) * -tf.math.expm1(-tf.exp(p[1]) * T)
    return -tf.reduce_sum(Y * tf.math.log(mu) - mu - tf.math.lgamma(tf.constant(Y) + 1))


def gradient_of(function):
    with tf.GradientTape() as tape:
        value = function(p)
    return tape.gradient(value, p)


p = tf.Variable([3.0, -1.0], dtype=tf.float64)
through_r = gradc.bridge.tensorflow(
    "negative_loglik", "negative_loglik_gradient", source=SOURCE
)


def by_the_bridge(p):
    return through_r(p, T, Y)


for function in (by_numpy, by_py_function, by_the_bridge, exact):
    gradient = gradient_of(function)
    print(f"{function.__name__:15}", None if gradient is None else gradient.numpy())

optimizer = tf.keras.optimizers.Adam(0.1)


@tf.function
def step():
    with tf.GradientTape() as tape:
        loss = through_r(p, T, Y)
    optimizer.apply_gradients([(tape.gradient(loss, p), p)])
    return loss


for number in range(300):
    loss = step()
    if number % 100 == 0:
        print(f"step {number:3}  loss {loss.numpy():.6f}")
print(f"final     loss {through_r(p, T, Y).numpy():.6f}")
print("size, rate:", np.exp(p.numpy()))
print("gradient there:", gradient_of(exact).numpy())
