"""Functions of tensors whose tape is whole."""

import tensorflow as tf
from tensorflow import keras

x = tf.constant([0.2, -0.5, 1.1, 0.7], tf.float64)
y = tf.constant([1.0, 0.0, 1.0, 0.0], tf.float64)


@tf.function
def loss_relu(w):
    return tf.reduce_sum(tf.nn.relu(w * x) ** 2)


def loss_where(w):
    z = w * x
    return tf.reduce_sum(tf.where(z > 0, z * z, tf.exp(z)))


def loss_exp(w):
    return tf.math.reduce_sum(tf.math.exp(-w * x) * tf.cast(2.0, tf.float64))


def loss_pow(w):
    return tf.reduce_sum(tf.pow(tf.abs(x), 2.0) * w**3)


def loss_keras(w):
    return tf.reduce_sum(keras.activations.sigmoid(w * x))


def loss_dot(w):
    return tf.tensordot(w * x, y, 1)


def loss_max(w):
    return tf.reduce_sum(tf.maximum(w * x, 0.1))
