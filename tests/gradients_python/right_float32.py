import tensorflow as tf

x = tf.constant([0.3, -1.2, 2.4, 0.9, -0.1])
y = tf.constant([1.0, 0.0, 1.0, 1.0, 0.0])
w = tf.Variable(0.4)
b = tf.Variable(-0.2)
X = tf.constant([[1.0, 0.3], [1.0, -1.2], [1.0, 2.4]])
target = tf.constant([0.5, 0.1, 1.2])


def loss():
    p = tf.sigmoid(w * x + b)
    return -tf.reduce_mean(y * tf.math.log(p) + (1.0 - y) * tf.math.log(1.0 - p))


def loss_gradients():
    with tf.GradientTape() as tape:
        value = loss()
    return tape.gradient(value, [w, b])


def cost(w, b):
    return tf.reduce_sum((1 / (1 + tf.exp(-(w * x + b))) - y) ** 2)


def cost_gradient(w, b):
    p = 1 / (1 + tf.exp(-(w * x + b)))
    d = 2 * (p - y) * p * (1 - p)
    return {"w": tf.reduce_sum(d * x), "b": tf.reduce_sum(d)}


def energy(theta):
    return tf.reduce_sum(tf.square(tf.linalg.matvec(X, theta) - target))


def energy_grad(theta):
    r = tf.linalg.matvec(X, theta) - target
    return 2 * tf.stack([tf.reduce_sum(r * X[:, 0]), tf.reduce_sum(r * X[:, 1])])


def sigmoid(z):
    return tf.sigmoid(z)


def sigmoid_derivative(a):
    return a * (1 - a)


def objective(v):
    return tf.reduce_sum(0.1 * v**2 + tf.cos(3.7 * v))


def objective_grad(v):
    return 0.2 * v - 3.7 * tf.sin(3.7 * v)


@tf.function
def deviance(w):
    return tf.reduce_sum((y - w * x) ** 2)


@tf.function
def deviance_grad(w):
    with tf.GradientTape() as tape:
        tape.watch(w)
        value = deviance(w)
    return tape.gradient(value, w)


theta = tf.Variable([0.2, 0.7])
v = tf.constant([0.1, 0.9, -2.0])
