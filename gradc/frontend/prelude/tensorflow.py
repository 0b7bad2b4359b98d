"""Functions of TensorFlow and Keras that NumPy has not, with TensorFlow's own arguments."""

from __future__ import annotations

from collections.abc import Mapping

TENSORFLOW: Mapping[str, str] = {
    "relu": "function(x) pmax(x, 0)",
    "relu6": "function(x) pmin(pmax(x, 0), 6)",
    "elu": "function(x, alpha = 1) ifelse(x > 0, x, alpha*expm1(pmin(x, 0)))",
    "swish": "function(x) x*sigmoid(x)",
    "silu": "function(x) x*sigmoid(x)",
    "softsign": "function(x) x/(1 + abs(x))",
    "clip_by_value": "function(t, clip_value_min, clip_value_max)"
    " pmin(pmax(t, clip_value_min), clip_value_max)",
    "squared_difference": "function(x, y) (x - y)^2",
    "rsqrt": "function(x) 1/sqrt(x)",
    "l2_loss": "function(t) sum(t^2)/2",
    "reduce_variance": "function(x) sum((x - mean(x))^2)/length(x)",
    "reduce_std": "function(x) sqrt(sum((x - mean(x))^2)/length(x))",
    "sigmoid_cross_entropy_with_logits": "function(labels, logits) {"
    " pmax(logits, 0) - logits*labels + log1p(exp(-abs(logits))) }",
}
"""Texts of the prelude; leaky_relu is not here, since its slope is a number of float32."""
