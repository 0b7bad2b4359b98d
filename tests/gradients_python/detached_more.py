import numpy as np
import tensorflow as tf
x = tf.constant([0.2, 0.5, 1.1])
state = tf.Variable(0.0)

def loss_item(w):
    return tf.reduce_sum(x * (w * 2.0).numpy().item())

def loss_const(w):
    z = tf.constant(w * 2.0)
    return tf.reduce_sum(z * x)

def loss_assign(w):
    state.assign(w * 2.0)
    return tf.reduce_sum(state * x)

def loss_argmax(w):
    k = tf.argmax(w * x)
    return tf.cast(k, tf.float32) * 2.0

def loss_convert(w):
    z = np.array(w * x)
    return tf.reduce_sum(z ** 2)

def loss_loop(w):
    total = 0.0
    for i in range(3):
        total += float(w * x[i])
    return tf.constant(total)

def loss_list(w):
    parts = [w * x[0], w * x[1]]
    return tf.add_n([p ** 2 for p in parts])

def loss_print(w):
    z = w * x
    print("z is", z.numpy(), float(tf.reduce_sum(z)))
    n = len(z.numpy())
    return tf.reduce_sum(z ** 2) / n

def loss_cond(w):
    if w > 0:
        return w ** 2
    return -w

class Model:
    def loss(self, w):
        return w

def make():
    import sys
    return 1
