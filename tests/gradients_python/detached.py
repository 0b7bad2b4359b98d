import numpy as np
import tensorflow as tf

x = tf.constant([0.2, 0.5, 1.1], tf.float32)
w = tf.Variable(0.7)


def loss_numpy(w):
    z = w * x
    a = z.numpy()
    return tf.reduce_sum(tf.constant(a) ** 2)


def loss_np(w):
    return tf.reduce_sum(tf.constant(np.exp(w * x)))


def loss_partial(w):
    e = np.exp(-w.numpy() * x)
    return tf.reduce_sum(w * e)


def loss_float(w):
    scale = float(w)
    return tf.reduce_sum(scale * x)


def loss_variable(w):
    v = tf.Variable(w * 2.0)
    return tf.reduce_sum(v * x)


def loss_int(w):
    k = tf.cast(w * 10.0, tf.int32)
    return tf.reduce_sum(tf.cast(k, tf.float32) * x)


def loss_stop(w):
    z = tf.stop_gradient(w * x)
    return tf.reduce_sum(z * z)


def loss_round(w):
    z = tf.round(w * x)
    return tf.reduce_sum(z * w)


def twice(a):
    return 2.0 * a


def loss_foreign(w):
    z = tf.numpy_function(twice, [w * x], tf.float32)
    return tf.reduce_sum(z)


def loss_pyfunc(w):
    z = tf.py_function(lambda a: a.numpy() * 2.0, [w * x], tf.float32)
    return tf.reduce_sum(z)


def helper(z):
    h = z.numpy() * 2.0
    return h


def loss_helper(w):
    z = w * x
    return tf.reduce_sum(helper(z))


def loss_right(w):
    return tf.reduce_sum(tf.exp(w * x))
