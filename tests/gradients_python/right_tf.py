"""Right gradients of functions of tensors, in many styles."""

import tensorflow as tf

x = tf.constant([0.2, -0.5, 1.1, 0.7], tf.float64)
y = tf.constant([1.0, 0.0, 1.0, 0.0], tf.float64)


def loss_sigmoid(w, b):
    p = tf.sigmoid(w * x + b)
    return -tf.reduce_mean(y * tf.math.log(p) + (1 - y) * tf.math.log(1 - p))


def grad_loss_sigmoid(w, b):
    d = (tf.sigmoid(w * x + b) - y) / 4
    return tf.reduce_sum(d * x), tf.reduce_sum(d)


def loss_tanh(w):
    return tf.reduce_sum(tf.tanh(w * x))


def loss_tanh_grad(w):
    return tf.reduce_sum(x * (1 - tf.square(tf.tanh(w * x))))


def loss_softplus(w):
    return tf.reduce_mean(tf.nn.softplus(w * x))


def loss_softplus_gradient(w):
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = loss_softplus(w)
    return tape.gradient(value, w)


if __name__ == "__main__":
    w, b = tf.Variable(0.3, dtype=tf.float64), tf.Variable(0.1, dtype=tf.float64)
    print(loss_sigmoid(w, b), grad_loss_sigmoid(w, b))
