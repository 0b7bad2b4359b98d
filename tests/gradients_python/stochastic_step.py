import tensorflow as tf

w = tf.constant(0.7)


def loss(w, x, y):
    z = w * x + 0.1
    a = tf.tanh(z)
    return (a - y) ** 2


def loss_gradient(w, x, y):
    a = tf.tanh(w * x + 0.1)
    delta = 2 * (a - y) * (1 - a**2)
    return delta


print(loss_gradient(w, tf.constant(1.7), tf.constant(0.4)))
