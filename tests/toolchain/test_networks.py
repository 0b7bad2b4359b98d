"""A network that a script pastes together in loops, in every toolchain."""

from __future__ import annotations

import pytest

from gradc.model import compile as compile_model

LAYERS, WIDTH = 2, 4
TARGETS = ("r", "tmb", "numpy", "tf")

R = """
L <- {layers}; W <- {width}
h <- c("x1", "x2")
names <- c("b0", paste0("v", 1:W))
for (l in 1:L) {{
  new <- character(W)
  for (j in 1:W) {{
    names <- c(names, paste0("b", l, "_", j), paste0("w", l, "_", seq_along(h), "_", j))
    s <- paste0("b", l, "_", j)
    for (i in seq_along(h)) s <- paste0(s, " + w", l, "_", i, "_", j, "*", h[i])
    new[j] <- paste0("{before}", s, "{after}")
  }}
  h <- new
}}
o <- "b0"
for (j in 1:W) o <- paste0(o, " + v", j, "*", h[j])
deriv(parse(text = paste0("(y - (", o, "))^2")), names)
"""
PYTHON = """
from sympy import diff, sympify

L, W = {layers}, {width}
h = ["x1", "x2"]
names = ["b0"] + [f"v{{j}}" for j in range(1, W + 1)]
for l in range(1, L + 1):
    new = []
    for j in range(1, W + 1):
        s = f"b{{l}}_{{j}}"
        names.append(s)
        for i, u in enumerate(h, 1):
            names.append(f"w{{l}}_{{i}}_{{j}}")
            s += f" + w{{l}}_{{i}}_{{j}}*{{u}}"
        new.append("{before}" + s + "{after}")
    h = new
o = "b0" + "".join(f" + v{{j}}*{{u}}" for j, u in enumerate(h, 1))
loss = sympify("(y - (" + o + "))**2")
[diff(loss, name) for name in names]
"""
SCRIPTS = {
    "tanh": ("r", R, "tanh(", ")"),
    "sigmoid": ("r", R, "1/(1+exp(-(", ")))"),
    "tanh in Python": ("python", PYTHON, "tanh(", ")"),
}


@pytest.mark.needs("r", "tmb", "tf")
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_pasted_network_agrees_everywhere(name: str) -> None:
    syntax, template, before, after = SCRIPTS[name]
    text = template.format(layers=LAYERS, width=WIDTH, before=before, after=after)
    model = compile_model(text, syntax=syntax)
    biases = LAYERS * WIDTH + 1
    assert len(model.wrt) == biases + 2 * WIDTH + WIDTH**2 + WIDTH
    assert {item.name for item in model.inputs} - set(model.wrt) == {"x1", "x2", "y"}
    report = model.verify(TARGETS, points=5)
    # A witness may have no answer to a model, which it says; a target and TensorFlow's tape have.
    silent = [
        s.name
        for s in report.sources
        if s.status in ("missing", "failed")
        or (s.status == "unsupported" and (s.kind != "witness" or s.name == "tf-tape"))
    ]
    assert silent == []
    assert report.verdict == "agree", report
