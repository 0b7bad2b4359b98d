import numpy as np
import tensorflow as tf
from tensorflow import keras

x = tf.constant([0.2, -0.5, 1.1, 0.7], tf.float64)
y = tf.constant([1.0, 0.0, 1.0, 0.0], tf.float64)


def loss_relu(w):
    return tf.reduce_sum(tf.nn.relu(w * x) ** 2)


def loss_elu(w):
    return tf.reduce_sum(tf.nn.elu(w * x))


def loss_swish(w):
    return tf.reduce_sum(tf.nn.silu(w * x))


def loss_clip(w):
    return tf.reduce_sum(tf.clip_by_value(w * x, -0.3, 0.4) ** 2)


def loss_var(w):
    return tf.math.reduce_variance(w * x**2)


def loss_std(w):
    return tf.math.reduce_std(w * x**2)


def loss_bce(w):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=w * x))


def loss_l2(w):
    return tf.nn.l2_loss(w * x - y)


def loss_dot(w):
    return tf.tensordot(w * x, y, 1)


def loss_red(w):
    return tf.reduce_sum(tf.math.squared_difference(w * x, y))


def loss_lgamma(w):
    return tf.math.lgamma(w) + tf.math.erf(w) + tf.math.log1p(w) + tf.math.digamma(w)


def loss_div(w):
    return (
        tf.reduce_sum(tf.divide(y, 1 + tf.exp(-w * x)))
        + tf.subtract(w, 1.0) * tf.multiply(w, 2.0)
        + tf.add(w, w)
    )


def loss_slice(v):
    return v[0] ** 2 * v[1] + tf.reduce_sum(v)


def loss_abs(w):
    return tf.reduce_sum(tf.abs(w * x - y)) + tf.sqrt(w) + tf.math.rsqrt(w)


def loss_softsign(w):
    return tf.reduce_sum(tf.nn.softsign(w * x)) + tf.math.sigmoid(w) + tf.math.softplus(w)


def loss_stack(a, b):
    z = tf.stack([a, b])
    return tf.reduce_sum(z * z)


def loss_xent(w):
    p = tf.clip_by_value(tf.sigmoid(w * x), 1e-7, 1 - 1e-7)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def loss_method(w):
    z = w * x
    for k in range(3):
        z = tf.tanh(z) + 0.1 * k
    return tf.reduce_sum(z)
