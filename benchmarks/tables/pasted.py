"""From a script that pastes a network in loops to its gradient, against R's deriv and SymPy."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.isolate import Failure, deeply, repeated, spent
from benchmarks.peers import rscript, sympy
from benchmarks.report import Report, figures, seconds, times
from benchmarks.workloads import pasted

SIZES = (
    *((1, 4), (2, 4), (2, 8), (3, 8), (2, 16)),
    *((3, 16), (5, 16), (10, 16), (10, 32), (20, 32)),
)
"""Layers and width."""

QUICK_SIZES = 4
LIMIT = 60.0
LOADING = 3.0
"""Seconds by the clock on the wall that a peer has beyond the limit, to start and to load."""

LONGEST_FLAT = 1_000_000
"""How many characters of text SymPy is given at most."""


def gradc_pasted(layers: int, width: int) -> dict[str, Any]:
    """Read the script and differentiate; then all of it once more, with code for R at the end."""
    from gradc.errors import Source
    from gradc.frontend import build
    from gradc.ir import operations
    from gradc.ir.memory import collection_paused
    from gradc.model import Model

    def read(text: str) -> tuple[Model, int]:
        with collection_paused():
            built = build(Source("network.R", text))
        return Model(built.function, ()), built.text.length if built.text else 0

    def differentiate(text: str) -> tuple[Model, int]:
        model, length = read(text)
        _ = model.stages.gradient
        return model, length

    text = pasted.script(layers, width)
    differentiate(pasted.script(1, 1))[0].emit("r")
    reading, _ = spent(lambda: read(text))
    gradient, (model, length) = spent(lambda: differentiate(text))
    code, _ = spent(lambda: differentiate(text)[0].emit("r"))
    if list(model.wrt) != pasted.names(layers, width):
        raise ValueError("gradc read other weights than the script names")
    return {
        "read": reading,
        "gradient": gradient,
        "code": code,
        "length": length,
        "operations": operations(model.stages.gradient),
    }


def deriv_pasted(layers: int, width: int) -> dict[str, Any]:
    """R: the same script, in a process of R's own."""
    runner = Path(__file__).parents[1] / "deriv_pasted.R"
    with tempfile.TemporaryDirectory(prefix="gradc-bench-") as folder:
        path = Path(folder, "network.R")
        path.write_text(pasted.script(layers, width), encoding="ascii")
        done = subprocess.run(
            [rscript(), "--vanilla", runner, path], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(" ".join(done.stderr.split())[:160])
    total, count = done.stdout.split()
    if int(count) != len(pasted.names(layers, width)):
        raise ValueError("R was asked for other weights than gradc")
    return {"gradient": float(total)}


def sympy_pasted(layers: int, width: int) -> dict[str, Any]:
    """SymPy: sympify the text, already written out, and diff by every weight."""
    sp = sympy()
    text, weights = pasted.flat(layers, width), pasted.names(layers, width)
    sp.diff(sp.sympify("tanh(warm)**2"), sp.Symbol("warm"))

    def differentiate() -> Any:
        value = sp.sympify(text)
        return [sp.diff(value, sp.Symbol(name)) for name in weights]

    total, _ = deeply(lambda: spent(differentiate))
    return {"gradient": total}


_PEERS = {"deriv": deriv_pasted, "SymPy": sympy_pasted}
_RIVAL = {"deriv": "code", "SymPy": "gradient"}
"""What gradc is timed with that does the same as a peer: deriv's answer is code."""


def show_pasted(keys: list[str], quick: bool) -> None:
    """Print seconds, ratios and seconds for each weight while layers and width grow."""
    limit = 6.0 if quick else LIMIT
    runs = 1 if quick else 3
    took = Report(
        "pasted: from a script that pastes a network to its gradient (CPU seconds)",
        [
            *("", "weights", "text", "gradc", "+ R code", "deriv", "SymPy"),
            *("deriv/gradc", "SymPy/gradc"),
        ],
    )
    each = Report(
        "pasted: microseconds for each weight; constant where the time is linear in the weights",
        ["", "weights", "reads", "gradient", "R code", "all", "operations", *_PEERS],
    )
    given_up: set[str] = set()
    for layers, width in SIZES[:QUICK_SIZES] if quick else SIZES:
        own = repeated(gradc_pasted, runs, 2 * LIMIT, layers=layers, width=width)
        weights = len(pasted.names(layers, width))
        label = (f"{layers} × {width}", f"{weights:,}")
        if isinstance(own, Failure):
            took.row(*label, "", took.failure("gradc", own))
            continue
        peers = {
            name: _peer(name, own["length"], (layers, width), (limit, runs), given_up)
            for name in _PEERS
        }
        took.row(*label, *_took(took, own, peers))
        each.row(*label, *_each(own, peers, weights))
    took.note(
        "layers × width. text: characters when it is written out, which gradc never does. gradc\n"
        "reads the script, pastes, parses and differentiates; + R code prints it as a function of\n"
        "R, and deriv, whose answer is code, is held against that. SymPy is given the text:\n"
        f"sympify and diff. A peer that takes over {limit:.0f} s is given up and not asked for\n"
        f"larger sizes ('–'), nor is SymPy for over {LONGEST_FLAT:,} characters. Medians\n"
        f"of up to {runs} runs; what takes over 15 s is run once."
    )
    each.note(
        "reads: gradc, from script to IR; gradient: all passes and differentiation; R code: its\n"
        "printing; all: the three. operations: of value and gradient, for each weight."
    )
    took.show()
    each.show()


def _peer(
    name: str,
    length: int,
    size: tuple[int, int],
    patience: tuple[float, int],
    given_up: set[str],
) -> Any:
    """A peer's answer, None where it is not asked."""
    if name in given_up or (name == "SymPy" and length > LONGEST_FLAT):
        return None
    (layers, width), (limit, runs) = size, patience
    answer = repeated(_PEERS[name], runs, limit + LOADING, layers=layers, width=width)
    late = isinstance(answer, Failure) and answer.reason.startswith(">")
    if late:
        answer = Failure(f"> {limit:.0f} s")
    if isinstance(answer, Failure):
        given_up.add(name)
    return answer


def _took(report: Report, own: dict[str, Any], peers: dict[str, Any]) -> list[str]:
    return [
        _characters(own["length"]),
        seconds(own["gradient"]),
        seconds(own["code"]),
        *(_seconds(report, name, answer) for name, answer in peers.items()),
        *(_ratio(answer, own[_RIVAL[name]]) for name, answer in peers.items()),
    ]


def _each(own: dict[str, Any], peers: dict[str, Any], weights: int) -> list[str]:
    scale = 1e6 / weights
    parts = (own["read"], own["gradient"] - own["read"], own["code"] - own["gradient"], own["code"])
    return [
        *(figures(part * scale) for part in parts),
        f"{own['operations'] / weights:.1f}",
        *(
            figures(answer["gradient"] * scale) if isinstance(answer, dict) else "–"
            for answer in peers.values()
        ),
    ]


def _characters(length: int) -> str:
    """A number of characters, of which the large ones are seen best by their power of ten."""
    if length < LONGEST_FLAT:
        return f"{length:,}"
    mantissa, exponent = f"{length:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def _seconds(report: Report, who: str, answer: Any) -> str:
    if answer is None:
        return "–"
    if isinstance(answer, Failure):
        return report.failure(who, answer)
    return seconds(answer["gradient"])


def _ratio(answer: Any, own: float) -> str:
    return times(answer["gradient"], own) if isinstance(answer, dict) else "–"
