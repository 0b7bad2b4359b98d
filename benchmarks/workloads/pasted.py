"""Networks that a script pastes together: the script, and what its text is when written out."""

from __future__ import annotations

INPUTS = 2

_SCRIPT = """\
L <- {layers}
W <- {width}
h <- paste0("x", 1:{inputs})
names <- "b0"
for (l in 1:L) {{
  from <- rep(seq_along(h), times = W)
  to <- rep(1:W, each = length(h))
  names <- c(names, paste0("b", l, "_", 1:W), paste0("w", l, "_", from, "_", to))
  new <- character(W)
  for (j in 1:W) {{
    s <- paste0("b", l, "_", j)
    for (i in seq_along(h)) s <- paste0(s, " + w", l, "_", i, "_", j, "*", h[i])
    new[j] <- paste0("tanh(", s, ")")
  }}
  h <- new
}}
o <- "b0"
for (j in 1:W) o <- paste0(o, " + v", j, "*", h[j])
names <- c(names, paste0("v", 1:W))
deriv(parse(text = paste0("(y - (", o, "))^2")), names)
"""


def script(layers: int, width: int) -> str:
    """A script of R that builds the model's text in loops and ends with ``deriv`` of it."""
    return _SCRIPT.format(layers=layers, width=width, inputs=INPUTS)


def names(layers: int, width: int) -> list[str]:
    """The weights in the order of the script, biases among them."""
    found = ["b0"]
    before = INPUTS
    for layer in range(1, layers + 1):
        found.extend(f"b{layer}_{j}" for j in range(1, width + 1))
        for j in range(1, width + 1):
            found.extend(f"w{layer}_{i}_{j}" for i in range(1, before + 1))
        before = width
    return [*found, *(f"v{j}" for j in range(1, width + 1))]


def flat(layers: int, width: int) -> str:
    """The text that the script builds, in Python's notation; long beyond a few layers."""
    units = [f"x{i}" for i in range(1, INPUTS + 1)]
    for layer in range(1, layers + 1):
        units = [
            f"tanh(b{layer}_{j}"
            + "".join(f" + w{layer}_{i}_{j}*{unit}" for i, unit in enumerate(units, 1))
            + ")"
            for j in range(1, width + 1)
        ]
    output = "b0" + "".join(f" + v{j}*{unit}" for j, unit in enumerate(units, 1))
    return f"(y - ({output}))**2"
