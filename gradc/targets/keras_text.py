"""The parts of an emitted Keras file that are the same for every model.

Each is a ``string.Template``: ``${Name}`` is the model's name as a class has it.
Keras' own adapters of data turn arrays into single precision, so the data sets are made here.
"""

from __future__ import annotations

from string import Template

START = '''\
def _start(value):
    """An initializer that gives these very numbers; Keras' own where there are none."""
    if value is None or None in np.ravel(np.asarray(value, object)):
        return None
    return lambda shape, dtype: tf.constant(value, dtype, shape)


def _filled(start):
    """Initial values in the shapes of the parameters; a number stands for all elements."""
    given = {k: v for k, v in start.items() if v is not None}
    full = {k: np.broadcast_to(np.asarray(v, "float64"), _SHAPES[k]) for k, v in given.items()}
    return start | {k: v.tolist() for k, v in full.items()}
'''

BETWEEN = '''\
def _between(name):
    """A constraint that puts a weight back between its bounds after each step."""
    if name not in _BOUNDS:
        return None
    lower, upper = _BOUNDS[name]
    return lambda weight: tf.clip_by_value(tf.convert_to_tensor(weight), lower, upper)
'''

DATA = '''\
def _data(x, y, dtype):
    """Data by name as tensors; ``y`` is what ``fit`` was given beside them."""
    data = {k: x[k] for k in _DATA if k in x}
${response}
    missing = [k for k in _DATA if k not in data${optional}]
    if missing:
        raise ValueError(f"the data have no {', '.join(missing)}")
    data |= {k: x[k] for k in ("${rows}",) if k in x}
    given = {k: v if tf.is_tensor(v) else np.asarray(v, "float64") for k, v in data.items()}
    return {k: tf.cast(v, dtype) for k, v in given.items()}
'''

NO_RESPONSE = """\
    if y is not None:
        raise ValueError("all data have names: give them in one dictionary")\
"""

RESPONSE = """\
    if y is not None:
        data["${y}"] = y\
"""

PREDICTOR = """\
    if not hasattr(x, "keys"):
        x = {"${x}": x}
"""

PAIR = '''\
def _pair(data):
    """The data and the response beside them, for Keras' metrics."""
    return (data, data["${y}"]) if "${y}" in data else data
'''

HERE = '''\
def _here(data):
    """How many rows these data have; a number or a single row stands for all of them."""
    return tf.reduce_max([tf.shape(v)[0] if v.shape.rank else 1 for v in _by_row(data).values()])


def _by_row(data):
    return {k: data[k] for k in _BY_ROW if k in data}
'''

COUNT = '''\
def _count(data, dtype):
    """The number of all rows: what the data say, or as many as are here."""
    count = data["${rows}"] if "${rows}" in data else _here(data)
    return tf.cast(tf.reshape(count, []), dtype)
'''

CHECKED_SPLIT = '''\
def _checked(batches):
    """A data set, with the number of all rows where it has several batches."""
    spec = batches.element_spec
    first = spec[0] if isinstance(spec, tuple) else spec
    if "${rows}" not in first and batches.cardinality() != 1:
        raise ValueError("each batch needs '${rows}', the number of all rows, in a list")
    return batches
'''

CHECKED_WHOLE = '''\
def _checked(batches):
    """A data set of one batch."""
    if batches.cardinality() != 1:
        raise ValueError("the objective is no sum over rows: it needs all data in one batch")
    return batches
'''

LAYER = '''\
@keras.saving.register_keras_serializable(package="gradc")
class ${Name}Layer(keras.layers.Layer):
    """${what}

    It is called with a dictionary of data. The constructor takes initial values.
    """

${init}
        super().__init__(dtype=dtype, **kwargs)
        self.supports_jit = False
${start}
        self.start = start = _filled(start)
${weights}

    def call(self, inputs):
${call}

${rest}    def by_parameter(self, tensors):
        """As many tensors as there are weights, such as gradients, by parameter."""
${by_parameter}

    def get_config(self):
        return {**super().get_config(), **self.start}
'''

WEIGHTS = """\
        self.parameters = {}
        for name, shape in _SHAPES.items():
            first = _start(start[name])
            weight = self.add_weight(shape, first, name=name${constraint})
            self.parameters[name] = weight\
"""

CONSTRAINT = ", constraint=_between(name)"

BY_PARAMETER = "        return dict(zip(_SHAPES, tensors, strict=True))"

PARAMETERS = '''\
    @property
    def parameters(self):
        """The parameters by name, as tensors."""
        return self.by_parameter(list(map(tf.convert_to_tensor, self.weights)))

'''

MODEL = '''\
@keras.saving.register_keras_serializable(package="gradc")
class ${Name}Model(keras.Model):
    """${about}
    """

${init}
        super().__init__(dtype=dtype, **kwargs)
        self.layer = ${Name}Layer(${pass})
        self.built = True

    def build(self, input_shape=None):
        """Nothing: the weights are there from the beginning."""

    def call(self, inputs):
        return self.layer(inputs)

${loss}

    def objective(self, data):
        """The objective, for a tape to differentiate${estimated}."""
        data = _data(data, None, self.dtype)
        return self._objective(data, self(data))

    def estimates(self):
        """The parameters as they are now, by name."""
        found = self.layer.by_parameter([weight.numpy() for weight in self.weights])
        return {name: np.asarray(value) for name, value in found.items()}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if sample_weight is not None or getattr(self, "loss", None) is not None:
            raise ValueError("the loss is the objective: it takes no loss and no sample weights")
        return self._objective(_data(x, y, self.dtype), y_pred)

    def fit(self, x=None, y=None, batch_size=None, epochs=1, shuffle=True, **kwargs):
        """Keras' own ``fit``, with all rows in one batch where nothing else is asked for."""
        held = kwargs.pop("validation_data", None)
        if held is not None:
            held = self._batches(*(held if isinstance(held, tuple) else (held,)))
        data = self._batches(x, y, batch_size, shuffle)
        return super().fit(data, epochs=epochs, shuffle=False, validation_data=held, **kwargs)

    def evaluate(self, x=None, y=None, batch_size=None, **kwargs):
        """The objective as Keras reports it, in single precision."""
        return super().evaluate(self._batches(x, y, batch_size), **kwargs)

    def predict(self, x, batch_size=None, **kwargs):
        """What the layer gives, for all rows."""
        return super().predict(self._batches(x, None, batch_size), **kwargs)

${batches}

${report}    def get_config(self):
        config = {**super().get_config(), **self.layer.start}
        return {**config, "dtype": self.dtype_policy.name}
'''

SPLIT_BATCHES = '''\
    def _batches(self, x, y=None, batch_size=None, shuffle=False):
        """A data set of batches, each of which tells the number of all rows."""
        if isinstance(x, tf.data.Dataset):
            return _checked(x)
        data = _data(x, y, self.dtype)
        gaps = [k for k, v in data.items() if np.isnan(v).any()]
        if gaps:
            raise ValueError(f"{', '.join(gaps)} has missing values")
        lengths = {k: len(v) for k, v in _by_row(data).items() if v.shape.rank}
        rows = max(lengths.values(), default=1)
        uneven = [k for k, length in lengths.items() if length not in (1, rows)]
        if uneven:
            raise ValueError(f"{', '.join(uneven)} must have {rows} rows")
        data = {k: v if v.shape.rank else tf.reshape(v, [1]) for k, v in data.items()}
        data["${rows}"] = tf.constant([rows])
        if batch_size is None or batch_size >= rows:
            return tf.data.Dataset.from_tensors(${pair})
        places = tf.data.Dataset.range(rows)
        places = places.shuffle(rows) if shuffle else places

        def batch(chosen):
            cut = {k: tf.gather(data[k], chosen) for k in lengths if lengths[k] == rows}
            return ${pair_cut}

        return places.batch(batch_size).map(batch)\
'''

WHOLE_BATCHES = '''\
    def _batches(self, x, y=None, batch_size=None, shuffle=False):
        """A data set of one batch."""
        if isinstance(x, tf.data.Dataset):
            return _checked(x)
        if batch_size is not None:
            raise ValueError("the objective is no sum over rows: leave batch_size away")
        data = _data(${x_or_none}, y, self.dtype)
        gaps = [k for k, v in data.items() if np.isnan(v).any()]
        if gaps:
            raise ValueError(f"{', '.join(gaps)} has missing values")
        data = {k: v if v.shape.rank else tf.reshape(v, [1]) for k, v in data.items()}
        data.setdefault("${rows}", tf.constant([1]))
        return tf.data.Dataset.from_tensors(data)\
'''

TERMS = '''\
    def terms(self, data, output):
        """What each row contributes to the objective."""
        return ${terms}

    def _objective(self, data, output):
        terms = self.terms(data, output)
        share = _count(data, terms.dtype) / tf.cast(_here(data), terms.dtype)
        return ${total}\
'''

ALL_TERMS = '''\
    def terms(self, data, output):
        """What each row contributes to the objective."""
        return output

    def _objective(self, data, output):
        return tf.reduce_sum(output)\
'''

VALUE = """\
    def _objective(self, data, output):
        return output\
"""

REPORT = '''\
    def report(self, data):
        """Results of the model by name."""
        data = _data(data, None, self.dtype)
${call}

'''

REST = '''\
    def rest(self, data):
        """What the objective has besides its sum over rows."""
${call}

'''


def fill(text: str, **found: str) -> str:
    """The text with its names filled in."""
    return Template(text).substitute(found)


def class_name(name: str) -> str:
    """The model's name as classes have it: ``growth_curve`` is ``GrowthCurve``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
