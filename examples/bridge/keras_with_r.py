"""A dose-response curve in R as a layer of a Keras network that model.fit trains.

python examples/bridge/keras_with_r.py

A dense layer learns how two covariates shift the dose; R turns the dose into a response. The
gradient goes through R to the layer in front of it, and to the parameters of the curve.
"""

import keras
import numpy as np

import gradc

CURVE = "function(p, dose) p[1] * plogis(exp(p[2]) * dose)"
GRADIENT = """
function(p, dose) {
  slope <- exp(p[2])
  s <- plogis(slope * dose)
  change <- p[1] * s * plogis(-slope * dose)
  list(p = cbind(s, change * slope * dose), dose = change * slope)
}
"""

# batch: a dose a row. vectorized: R takes all rows at once, as most R code does.
curve = gradc.bridge.tensorflow(
    CURVE, GRADIENT, wrt=["p", "dose"], batch="dose", vectorized=True
)

rng = np.random.default_rng(1)
covariates = rng.normal(size=(200, 2))
truth = covariates @ [0.8, -0.5] + 0.3
response = 2.5 / (1 + np.exp(-1.5 * truth))

keras.utils.set_random_seed(1)
inputs = keras.Input((2,), dtype="float64")
dose = keras.layers.Dense(1, dtype="float64")(inputs)
dose = keras.layers.Reshape((), dtype="float64")(dose)
outputs = curve.layer(weights={"p": [1.0, 0.0]})(dose)
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.05), loss="mse")

history = model.fit(covariates, response, batch_size=50, epochs=60, verbose=0)
print(f"loss: {history.history['loss'][0]:.4f} -> {history.history['loss'][-1]:.2e}")
print("top of the curve:", model.layers[-1].get_weights()[0][0], "(2.5)")
print("largest error:", np.abs(model.predict(covariates, verbose=0) - response).max())
