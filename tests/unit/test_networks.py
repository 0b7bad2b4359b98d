"""Networks that a script pastes together in loops, against back-propagation by matrices.

The flat text of such a model is exponential in its depth. What is asserted is that value and
gradient are those of the matrix form, and that the work and the graph stay linear in the weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import Built, build
from gradc.ir import operations
from gradc.model import Model
from gradc.syntax import paste
from gradc.syntax.grammar import Table
from gradc.syntax.tree import Tree

INPUTS = 2
Array = np.ndarray


@dataclass(frozen=True)
class Activation:
    """How a script pastes a neuron around the text of its sum, and the function that this is.

    ``bias`` is the sign that the bias has in the sum: a minus that is pasted without parentheses
    takes the first term only. ``operations`` is how many the graph has for one neuron: where
    ``w*1/(1+…)`` becomes ``w/(1+…)``, the quotient takes the place of the weight's product.
    """

    before: str
    after: str
    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    operations: int
    scale: float = 1.5
    bias: float = 1.0


def _sigmoid_slope(z: Array) -> Array:
    return 1 / (2 + np.exp(z) + np.exp(-z))


def _tanh_slope(z: Array) -> Array:
    return 1 / np.cosh(z) ** 2


# A sigmoid's slope is a quarter at most: larger weights keep the first layer's gradient alive.
ACTIVATIONS = {
    "tanh": Activation("tanh(", ")", np.tanh, _tanh_slope, 1),
    "sigmoid": Activation(
        "1/(1+exp(-(", ")))", lambda z: 1 / (1 + np.exp(-z)), _sigmoid_slope, 3, scale=6.0
    ),
    "sigmoid in parentheses": Activation(
        "(1/(1+exp(-(", "))))", lambda z: 1 / (1 + np.exp(-z)), _sigmoid_slope, 4, scale=6.0
    ),
    "loose minus": Activation("tanh(-", ")", np.tanh, _tanh_slope, 2, bias=-1.0),
}

R_LOOPS = """
h <- c("x1", "x2")
names <- "b0"
for (l in 1:L) {{
  new <- character(W)
  for (j in 1:W) {{
    names <- c(names, paste0("b", l, "_", j), paste0("w", l, "_", seq_along(h), "_", j))
    s <- {first}
    for (i in seq_along(h)) s <- {term}
    new[j] <- {neuron}
  }}
  h <- new
}}
o <- "b0"
for (j in 1:W) o <- {output}
"""
R_SAPPLY = """
h <- paste0("x", 1:2)
names <- c("b0")
for (l in 1:L) {
  names <- c(names, paste0("b", l, "_", 1:W))
  for (j in 1:W) names <- c(names, paste0("w", l, "_", seq_along(h), "_", j))
  h <- sapply(1:W, function(j) {
    terms <- paste0("w", l, "_", seq_along(h), "_", j, "*", h, collapse = " + ")
    paste0("BEFORE", "b", l, "_", j, " + ", terms, "AFTER")
  })
}
o <- paste0("b0 + ", paste("v", 1:W, "*", h, sep = "", collapse = " + "))
"""
R_END = """
names <- c(names, paste0("v", 1:W))
loss <- paste0("(y - (", o, "))^2")
eval(parse(text = paste0("deriv(~ ", loss, ", c(", paste0("'", names, "'", collapse = ", "), "))")))
"""
R_STYLES = {
    "paste0": R_LOOPS.format(
        first='paste0("b", l, "_", j)',
        term='paste0(s, " + w", l, "_", i, "_", j, "*", h[i])',
        neuron='paste0("BEFORE", s, "AFTER")',
        output='paste0(o, " + v", j, "*", h[j])',
    ),
    "sprintf": R_LOOPS.format(
        first='sprintf("b%d_%d", l, j)',
        term='sprintf("%s + w%d_%d_%d*%s", s, l, i, j, h[i])',
        neuron='sprintf("BEFORE%sAFTER", s)',
        output='sprintf("%s + v%d*%s", o, j, h[j])',
    ),
    "sapply": R_SAPPLY,
}

PYTHON = """
import sympy

h = ["x1", "x2"]
names = ["b0"]
for l in range(1, L + 1):
    new = []
    for j in range(1, W + 1):
        names.append({bias})
        s = {bias}
        for i, u in enumerate(h, 1):
            names.append({weight})
            s = {term}
        new.append({neuron})
    h = new
o = "b0"
for j in range(1, W + 1):
    names.append("v" + str(j))
    o = {output}
loss = sympy.sympify({loss})
[sympy.diff(loss, name) for name in names]
"""
PYTHON_STYLES = {
    "concatenation": PYTHON.format(
        bias='"b" + str(l) + "_" + str(j)',
        weight='"w" + str(l) + "_" + str(i) + "_" + str(j)',
        term='s + " + w" + str(l) + "_" + str(i) + "_" + str(j) + "*" + u',
        neuron='"BEFORE" + s + "AFTER"',
        output='o + " + v" + str(j) + "*" + h[j - 1]',
        loss='"(y - (" + o + "))**2"',
    ),
    "f-string": PYTHON.format(
        bias='f"b{l}_{j}"',
        weight='f"w{l}_{i}_{j}"',
        term='f"{s} + w{l}_{i}_{j}*{u}"',
        neuron='f"BEFORE{s}AFTER"',
        output='f"{o} + v{j}*{h[j - 1]}"',
        loss='f"(y - ({o}))**2"',
    ),
}


def weights(layers: int, width: int) -> int:
    """How many weights a network has, biases among them."""
    return width * (INPUTS + 1) + (layers - 1) * width * (width + 1) + width + 1


def _names(key: str, shape: tuple[int, ...]) -> list[str]:
    """What the elements of an array of weights are called in the pasted model."""
    places = ["_".join(str(place + 1) for place in places) for places in np.ndindex(shape)]
    return ["b0"] if key == "b0" else [key + "_" * (key != "v") + place for place in places]


@dataclass(frozen=True)
class Network:
    """The matrix form: layer ``l`` maps ``a`` to ``act(a @ kernels[l] + biases[l])``."""

    kernels: list[Array]
    biases: list[Array]
    v: Array
    b0: float
    x: Array
    y: Array

    @classmethod
    def random(cls, act: Activation, layers: int, width: int, rows: int) -> Network:
        draw = np.random.default_rng([layers, width])
        sizes = [INPUTS] + [width] * layers

        def some(*shape: int) -> Array:
            return draw.uniform(-1.0, 1.0, shape) * act.scale / np.sqrt(shape[0])

        return cls(
            kernels=[some(sizes[l], width) for l in range(layers)],  # noqa: E741
            biases=[draw.uniform(-0.5, 0.5, width) for _ in range(layers)],
            v=some(width),
            b0=draw.uniform(-0.5, 0.5),
            x=draw.normal(size=(rows, INPUTS)),
            y=draw.normal(size=rows),
        )

    def point(self) -> dict[str, float | Array]:
        """Every input of the pasted model, by its name there."""
        found: dict[str, float | Array] = {"b0": self.b0, "y": self.y}
        found |= {f"x{i}": column for i, column in enumerate(self.x.T, 1)}
        arrays = {"v": self.v}
        for layer, (kernel, bias) in enumerate(zip(self.kernels, self.biases, strict=True), 1):
            arrays |= {f"w{layer}": kernel, f"b{layer}": bias}
        for key, array in arrays.items():
            found |= zip(_names(key, array.shape), array.ravel(), strict=True)
        return found

    def back_propagated(self, act: Activation) -> tuple[Array, dict[str, Array]]:
        """The loss of each row, and for each array of weights its gradient in each row.

        In extended precision where the machine has it, so that an error is gradc's own.
        """
        wide = np.longdouble
        kernels = [kernel.astype(wide) for kernel in self.kernels]
        outputs, sums = [self.x.astype(wide)], []
        for kernel, bias in zip(kernels, self.biases, strict=True):
            sums.append(outputs[-1] @ kernel + act.bias * bias.astype(wide))
            outputs.append(act.value(sums[-1]))
        v = self.v.astype(wide)
        residual = self.y - (outputs[-1] @ v + wide(self.b0))
        down = -2 * residual
        found = {"b0": down[:, None], "v": down[:, None] * outputs[-1]}
        delta = down[:, None] * v * act.slope(sums[-1])
        for layer in reversed(range(len(kernels))):
            found[f"b{layer + 1}"] = act.bias * delta
            found[f"w{layer + 1}"] = outputs[layer][:, :, None] * delta[:, None, :]
            if layer:
                delta = (delta @ kernels[layer].T) * act.slope(sums[layer - 1])
        return residual**2, found


def assert_agrees(built: Built, activation: str, layers: int, width: int, rows: int) -> None:
    """Value and every component of the gradient, to twelve digits.

    The floor: a component is a product of one activation and one delta, and a delta is a sum
    of up to ``width`` products of deltas. Where such a sum cancels, its rounding error is
    relative to its terms, which are of the size of the largest delta of the layer: one unit
    of rounding for each term. A wrong component is off by its own size and far above it.
    """
    act = ACTIVATIONS[activation]
    network = Network.random(act, layers, width, rows)
    value, gradient = Model(built.function, ()).function("numpy")(**network.point())
    exact_value, exact = network.back_propagated(act)
    np.testing.assert_allclose(value, exact_value.astype(float), rtol=1e-12)
    assert len(gradient) == weights(layers, width)
    for key, array in exact.items():
        columns = [np.broadcast_to(gradient[name], rows) for name in _names(key, array.shape[1:])]
        found = np.stack(columns, axis=1).reshape(array.shape)
        floor = width * np.finfo(float).eps * np.max(np.abs(array))
        error = np.abs(found - array)
        assert np.all(error <= 1e-12 * np.abs(array) + floor), (key, float(np.max(error)))
        assert np.median(np.abs(array)) > 1e3 * floor, f"{key}: the floor hides the gradient"


SMALL, LARGE = (3, 8), (10, 32)
MEANT = [name for name in ACTIVATIONS if name != "loose minus"]
UNITS = ["tanh", "sigmoid in parentheses"]
"""Activations that are one unit wherever they are pasted."""


def _r(style: str, activation: str, layers: int, width: int) -> Built:
    act = ACTIVATIONS[activation]
    body = R_STYLES[style].replace("BEFORE", act.before).replace("AFTER", act.after)
    return build(Source("net.R", f"L <- {layers}; W <- {width}\n{body}{R_END}"))


def _python(style: str, activation: str, layers: int, width: int) -> Built:
    act = ACTIVATIONS[activation]
    body = PYTHON_STYLES[style].replace("BEFORE", act.before).replace("AFTER", act.after)
    return build(Source("net.py", f"L = {layers}\nW = {width}\n{body}"), syntax="python")


STYLES = [*((_r, style) for style in R_STYLES), *((_python, style) for style in PYTHON_STYLES)]


@pytest.mark.parametrize("activation", MEANT)
@pytest.mark.parametrize(("make", "style"), STYLES)
def test_every_style(make: Callable[..., Built], style: str, activation: str) -> None:
    assert_agrees(make(style, activation, *SMALL), activation, *SMALL, rows=3)


@pytest.mark.parametrize(
    ("make", "style", "activation", "layers", "width"),
    [
        (_r, "paste0", "tanh", 2, 16),
        (_r, "sprintf", "sigmoid", 2, 16),
        (_python, "f-string", "sigmoid", 2, 16),
        (_r, "paste0", "tanh", *LARGE),
        (_r, "sapply", "sigmoid in parentheses", *LARGE),
        (_python, "concatenation", "tanh", *LARGE),
    ],
)
def test_large(
    make: Callable[..., Built], style: str, activation: str, layers: int, width: int
) -> None:
    assert_agrees(make(style, activation, layers, width), activation, layers, width, rows=1)


@pytest.mark.parametrize(("make", "style"), [(_r, "paste0"), (_python, "concatenation")])
def test_the_meaning_is_that_of_the_flat_text(make: Callable[..., Built], style: str) -> None:
    """A minus in front of a pasted sum takes the first term, not the sum."""
    assert_agrees(make(style, "loose minus", 2, 4), "loose minus", 2, 4, rows=3)


GROWING = [(2, 4), (3, 8), (2, 16), (5, 16), (10, 16), (5, 32)]


@pytest.mark.parametrize(
    ("make", "activation", "layers", "width"),
    [(_r, activation, *size) for activation in UNITS for size in GROWING]
    + [(_python, activation, *SMALL) for activation in MEANT],
)
def test_the_graph_is_that_of_the_matrix_form(
    make: Callable[..., Built], activation: str, layers: int, width: int
) -> None:
    """A product and a sum for each weight but the biases, and what each neuron has of its own."""
    function = make("paste0" if make is _r else "f-string", activation, layers, width).function
    neurons, count = layers * width, weights(layers, width)
    own = ACTIVATIONS[activation].operations
    assert operations(function) == 2 * (count - neurons - 1) + own * neurons + 2
    # Besides, every input and the small whole numbers that the script counts with.
    counted = max(layers, width) + 10
    assert len(function.graph.records) <= operations(function) + count + INPUTS + 1 + counted


def test_the_gradient_costs_a_constant_factor() -> None:
    for layers, width in GROWING:
        model = Model(_r("paste0", "tanh", layers, width).function, ())
        assert operations(model.stages.gradient) < 3 * operations(model.function_)


def _read(style: str, activation: str, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Tokens read out of pasted text for each weight, of networks of growing size."""
    counts: list[int] = []
    tokenize = paste.tokenize

    def counting(tree: Tree, rules: Table) -> bytes:
        terminals = tokenize(tree, rules)
        counts[-1] += len(terminals)
        return terminals

    monkeypatch.setattr(paste, "tokenize", counting)
    for size in GROWING:
        counts.append(0)
        _r(style, activation, *size)
    assert all(counts), "nothing was counted"
    return [count / weights(*size) for count, size in zip(counts, GROWING, strict=True)]


READ = 25.0
"""Tokens for each weight. Texts up to 64 characters are not shared: where the whole first layer
is that short, each weight of the second brings a copy of one of its neurons."""


@pytest.mark.parametrize("activation", UNITS)
@pytest.mark.parametrize("style", R_STYLES)
def test_what_is_read_is_linear_in_the_weights(
    style: str, activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pasted text is read once for each distinct piece, whatever its length when written out."""
    assert max(_read(style, activation, monkeypatch)) < READ


@pytest.mark.parametrize("style", R_STYLES)
def test_a_sigmoid_without_parentheses_is_shared(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert max(_read(style, "sigmoid", monkeypatch)) < READ


GROWS = 's <- "a"\nfor (i in 1:60)\n  s <- {}\nderiv(parse(text = s), "a")\n'


@pytest.mark.parametrize(
    ("grown", "length"),
    [('paste0(s, "+", s)', 2**61 - 1), ('sprintf("%s - %s", s, s)', 2**62 - 3)],
)
def test_what_cannot_be_shared_is_refused_where_it_grows(grown: str, length: int) -> None:
    script = GROWS.format(grown)
    with pytest.raises(GradcError) as caught:
        build(Source("grows.R", script))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "G105"
    assert f"{length:,} characters" in diagnostic.message
    assert diagnostic.span is not None
    assert (diagnostic.span.source.name, diagnostic.span.text) == ("grows.R", grown)
    assert "parentheses" in (diagnostic.suggestion or "")


def test_the_same_text_in_parentheses_is_shared() -> None:
    """What the suggestion says works: a text of 10^18 characters is 60 sums."""
    built = build(Source("grows.R", GROWS.format('paste0("(", s, "+", s, ")")')))
    assert built.text is not None
    assert built.text.length > 10**18
    assert operations(built.function) <= 60
    value, gradient = Model(built.function, ()).function("numpy")(a=1.0)
    assert (value, gradient["a"]) == (2.0**60, 2.0**60)
