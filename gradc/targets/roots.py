"""Roots and smallest whole numbers, found in emitted NumPy and TensorFlow for many rows at once.

Words in capitals are those of :mod:`gradc.targets.quantiles`, which uses all of these.
"""

from __future__ import annotations

from collections.abc import Mapping

HALLEY = '''\
def _halley(excess, s, low, high, arguments):
    """One step towards a root, inside of the bracket, which it narrows."""
    g, slope, bend = excess(s, *arguments)
    low, high = NP.where(g < 0.0, s, low), NP.where(g < 0.0, high, s)
    step = g / slope
    step = step / CLIP(1.0 - 0.5 * step * bend, 0.5, 2.0)
    most = 10.0 + NP.abs(s)
    new = s - CLIP(step, -most, most)
    return NP.where((new >= low) & (new <= high), new, 0.5 * (low + high)), low, high
'''
NARROW = '''\
def _narrow(reaches, k, low, high, width, arguments):
    """One step towards the smallest whole number that reaches, in widths that double."""
    found = reaches(k, *arguments)
    low, high = NP.where(found, low, k), NP.where(found, k, high)
    new = NP.where(found, k - width, k + width)
    middle = NP.floor(0.5 * (low + high))
    return NP.where((new > low) & (new < high), new, middle), low, high, 2.0 * width
'''
NUMPY: Mapping[str, str] = {
    "_doubles": '''\
def _doubles(*arguments):
    """The arguments as arrays of doubles, and what gives a result their own dtype."""
    dtype = np.result_type(*arguments, np.float32)
    values = [np.asarray(v, np.float64) for v in arguments]
    return np.broadcast_arrays(*values), lambda result: np.asarray(result, dtype)[()]
''',
    "_root": '''\
def _root(excess, s, *arguments):
    """The root of an increasing function."""
    low, high = np.full_like(s, -np.inf), np.full_like(s, np.inf)
    for _ in range(100):
        last = s
        s, low, high = _halley(excess, s, low, high, arguments)
        moves = np.abs(s - last) > 1e-4 * (1.0 + np.abs(s))
        if not np.any(moves):
            break
    s = np.where(moves, np.nan, s)
    for _ in range(2):
        g, slope, _ = excess(s, *arguments)
        s = s - g / slope
    return s
''',
    "_smallest": '''\
def _smallest(reaches, k, most, *arguments):
    """The smallest whole number that reaches; ``most`` does."""
    low, high, width = np.full_like(k, -1.0), most + np.zeros_like(k), 1.0
    while np.any(high - low > 1.0):
        k, low, high, width = _narrow(reaches, k, low, high, width, arguments)
    return high
''',
}
TF: Mapping[str, str] = {
    "_doubles": '''\
def _doubles(*arguments):
    """The arguments as tensors of doubles, and what gives a result their own dtype."""
    dtypes = [v.dtype for v in arguments if tf.is_tensor(v)]
    values = [tf.cast(v, tf.float64) for v in arguments]
    shape = tf.shape(values[0])
    for v in values[1:]:
        shape = tf.broadcast_dynamic_shape(shape, tf.shape(v))
    values = [tf.broadcast_to(v, shape) for v in values]
    return values, lambda result: tf.cast(result, dtypes[0] if dtypes else tf.float64)
''',
    "_root": '''\
def _root(excess, s, *arguments):
    """The root of an increasing function, for a tape to differentiate."""
    s = tf.stop_gradient(s)
    fixed = [tf.stop_gradient(v) for v in arguments]

    def moves(s, last):
        return tf.abs(s - last) > 1e-4 * (1.0 + tf.abs(s))

    def is_open(s, low, high, last):
        return tf.reduce_any(moves(s, last))

    def step(s, low, high, last):
        return *_halley(excess, s, low, high, fixed), s

    infinite = tf.fill(tf.shape(s), tf.constant(INF, s.dtype))
    start = s, -infinite, infinite, s + 1.0 + tf.abs(s)
    s, _, _, last = tf.while_loop(is_open, step, start, maximum_iterations=100)
    s = tf.stop_gradient(tf.where(moves(s, last), NAN * s, s))
    for _ in range(2):
        g, slope, _ = excess(s, *arguments)
        s = s - g / slope
    return s
''',
    "_smallest": '''\
def _smallest(reaches, k, most, *arguments):
    """The smallest whole number that reaches; ``most`` does."""
    fixed = [tf.stop_gradient(v) for v in arguments]

    def is_open(k, low, high, width):
        return tf.reduce_any(high - low > 1.0)

    def step(k, low, high, width):
        return _narrow(reaches, k, low, high, width, fixed)

    k = tf.stop_gradient(k)
    zero = tf.zeros_like(k)
    start = k, zero - 1.0, tf.stop_gradient(most + zero), tf.constant(1.0, k.dtype)
    return tf.while_loop(is_open, step, start)[2]
''',
}
