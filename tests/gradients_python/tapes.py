import numpy as np
import tensorflow as tf

x = tf.constant([0.2, 0.5, 1.1])
y = tf.constant([0.1, 0.9, 1.4])


def loss(w, b):
    return tf.reduce_mean(tf.square(w * x + b - y))


def grad_unwatched(w, b):
    with tf.GradientTape() as tape:
        value = loss(w, b)
    return tape.gradient(value, [w, b])


def grad_late(w, b):
    z = w * x + b
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(tf.square(z - y))
    return tape.gradient(value, [w, b])


def grad_watched(w, b):
    with tf.GradientTape() as tape:
        tape.watch([w, b])
        value = loss(w, b)
    return tape.gradient(value, [w, b])


def grad_hand(w, b):
    r = w * x + b - y
    return 2 * tf.reduce_mean(r * x), 2 * tf.reduce_mean(r)


def grad_hand_sum(w, b):
    r = w * x + b - y
    return [2 * tf.reduce_sum(r * x), 2 * tf.reduce_sum(r)]


w0 = tf.constant(0.4)
b0 = tf.constant(0.1)
print(grad_unwatched(w0, b0))


@tf.custom_gradient
def activation(z):
    def grad(dy):
        return dy * (1 + 2e-7 * z)

    return z + 1e-7 * z**2, grad


@tf.custom_gradient
def bad_activation(z):
    s = tf.sigmoid(z)

    def grad(dy):
        return dy * s

    return s, grad
