import numpy as np
import tensorflow as tf

x = tf.constant([0.1, 0.4, 0.9])
y = tf.constant([1.1, 1.3, 2.2])
w = tf.Variable(0.5)
optimizer = tf.keras.optimizers.SGD(0.1)


def train_step():
    with tf.GradientTape() as tape:
        z = w * x
        a = np.exp(z)
        value = tf.reduce_mean((y - a) ** 2)
    gradients = tape.gradient(value, [w])
    optimizer.apply_gradients(zip(gradients, [w]))
    return value


for epoch in range(3):
    train_step()
