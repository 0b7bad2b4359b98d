"""A neuron with a quadratic activation, trained in float32, and its gradient by hand.

Two checks say that the gradient is wrong: TensorFlow's tape has other numbers, and so have
finite differences. Are they right?
    gradc check examples/doctor/quadratic_activation.py
"""

import tensorflow as tf

x = tf.constant([0.2, -0.3, 0.4, 0.1], tf.float32)
y = tf.constant([0.5, -0.2, 0.9, 0.3], tf.float32)


def activation(z):
    return z + 1e-7 * z**2


def loss(w, b):
    z = w * x + b
    a = activation(z)
    return tf.reduce_mean((y - a) ** 2)


def gradient_w(w, b):
    z = w * x + b
    a = activation(z)
    delta = -2 * (y - a) * (1 + 2e-7 * z) / 4
    return delta


def numerical_gradient_w(w, b, h=1e-6):
    return (loss(w + h, b) - loss(w - h, b)) / (2 * h)


if __name__ == "__main__":
    w, b = tf.Variable(0.7), tf.Variable(0.05)
    with tf.GradientTape() as tape:
        value = loss(w, b)
    print("tape       ", tape.gradient(value, w).numpy())
    print("by hand    ", gradient_w(w, b).numpy())
    print("differences", numerical_gradient_w(w, b).numpy())
