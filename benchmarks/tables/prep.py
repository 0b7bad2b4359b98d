"""From text to code, against R's deriv, SymPy and CasADi."""

from __future__ import annotations

import inspect
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.isolate import LIMIT, Failure, deeply, isolated, spent
from benchmarks.peers import casadi, rscript, symbols, sympy
from benchmarks.report import Report, figures, seconds, times
from benchmarks.workloads import WORKLOADS
from gradc.targets import TARGETS

QUICK_SIZES = 3


def gradc_code(key: str, size: int, target: str) -> dict[str, Any]:
    """Compile a text for one target without verification."""
    from gradc.model import compile as compile_model

    workload = WORKLOADS[key]
    compile_model("a*x^2", wrt=["a"]).emit(target)
    text, parameters = workload.text(size), workload.parameters(size)
    total, files = spent(lambda: compile_model(text, wrt=parameters).emit(target))
    main = max(files.values(), key=len)
    return {"total": total, "code": len(main), "text": len(text)}


def deriv_code(key: str, size: int) -> dict[str, Any]:
    """R: parse and deriv, in a process of R's own."""
    workload = WORKLOADS[key]
    script = Path(__file__).parents[1] / "deriv_prepare.R"
    with tempfile.TemporaryDirectory(prefix="gradc-bench-") as folder:
        formula, names = Path(folder, "formula.R"), Path(folder, "names.txt")
        formula.write_text(workload.deriv(size), encoding="ascii")
        names.write_text("\n".join(workload.parameters(size)) + "\n", encoding="ascii")
        done = subprocess.run(
            [rscript(), "--vanilla", script, formula, names],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(" ".join(done.stderr.split())[:160])
    total, code = done.stdout.split()
    return {"total": float(total), "code": int(code)}


def sympy_code(key: str, size: int) -> dict[str, Any]:
    """SymPy: build, diff, cse and lambdify."""
    sp = sympy()
    workload = WORKLOADS[key]
    warm = sp.Symbol("warm")
    sp.lambdify([warm], [sp.diff(sp.sin(warm) ** 2, warm)], modules="numpy", cse=True)

    def prepare() -> Any:
        named = symbols(sp.Symbol, workload.parameters(size) + workload.data(size))
        value = workload.formula(size, sp, named)
        outputs = [value, *(sp.diff(value, named[name]) for name in workload.parameters(size))]
        return sp.lambdify(list(named.values()), outputs, modules="numpy", cse=True)

    total, function = deeply(lambda: spent(prepare))
    return {"total": total, "code": len(inspect.getsource(function))}


def casadi_code(key: str, size: int) -> dict[str, Any]:
    """CasADi: build, gradient and Function; the size is that of the C code it would generate."""
    ca = casadi()
    workload = WORKLOADS[key]

    def prepare() -> Any:
        named = symbols(ca.SX.sym, workload.parameters(size) + workload.data(size))
        value = workload.formula(size, ca, named)
        inputs = ca.vertcat(*(named[name] for name in workload.parameters(size)))
        data = ca.vertcat(*(named[name] for name in workload.data(size)))
        return ca.Function("f", [inputs, data], [value, ca.gradient(value, inputs)])

    total, function = spent(prepare)
    generator = ca.CodeGenerator("f.c")
    generator.add(function)
    return {"total": total, "code": len(generator.dump())}


_PEERS = {"deriv": deriv_code, "SymPy": sympy_code, "CasADi": casadi_code}
_RIVAL = {"deriv": "r", "SymPy": "numpy", "CasADi": "numpy"}
"""The target of gradc whose code does the same as a peer's."""


def show_prep(keys: list[str], quick: bool) -> None:
    """Print seconds and code sizes, and how many times longer each peer takes."""
    limit = 5.0 if quick else LIMIT
    spent = Report(
        "prep: from text to code of value and gradient (CPU seconds, libraries loaded beforehand)",
        ["", "size", "text", *(f"gradc {target}" for target in TARGETS), *_PEERS],
    )
    ratios = Report(
        "prep: how many times longer the peer takes, and how many times larger its code is",
        [
            "",
            "size",
            *(f"{peer}/gradc {_RIVAL[peer]}" for peer in _PEERS),
            *(f"{p} code" for p in _PEERS),
        ],
    )
    sizes = Report(
        "prep: kB of code",
        ["", "size", *(f"gradc {target}" for target in TARGETS), *_PEERS],
    )
    for key in keys:
        given_up: set[str] = set()
        chosen = WORKLOADS[key].sizes
        for size in chosen[:QUICK_SIZES] if quick else chosen:
            _rows(key, size, limit, given_up, (spent, sizes, ratios))
        for report in (spent, sizes, ratios):
            report.rule()
    spent.note(
        f"A peer that takes over {limit:.0f} s is given up, and not asked for larger sizes ('–').\n"
        "gradc: read, differentiate, stabilise and print, without verification. deriv: parse and\n"
        "deriv. SymPy: diff, cse and lambdify. CasADi: gradient and Function; SymPy and CasADi\n"
        "start from operators of Python. In W2 deriv gets 1 - 2/(1 + exp(2*u)) for tanh(u), in W3\n"
        "the call itself instead of text: it has no tanh, and R's parser stops at 50 parentheses."
    )
    sizes.note("CasADi's is the C code that it would generate.")
    for report in (spent, sizes, ratios):
        report.show()


def _rows(
    key: str, size: int, limit: float, given_up: set[str], reports: tuple[Report, Report, Report]
) -> None:
    spent, sizes, ratios = reports
    own = {
        target: isolated(gradc_code, 3 * limit, key=key, size=size, target=target)
        for target in TARGETS
    }
    peers: dict[str, Any] = {}
    for name, job in _PEERS.items():
        if name not in given_up:
            peers[name] = isolated(job, limit + 2.0, key=key, size=size)
            if isinstance(peers[name], Failure):
                given_up.add(name)
    label = (WORKLOADS[key].title, f"{size:,}")
    everyone = [(f"gradc {target}", own[target]) for target in TARGETS]
    everyone += [(name, peers.get(name)) for name in _PEERS]
    length = next((a["text"] for a in own.values() if not isinstance(a, Failure)), float("nan"))
    spent.row(
        *label,
        f"{length / 1000:,.1f} kB",
        *(_cell(spent, name, answer, lambda a: seconds(a["total"])) for name, answer in everyone),
    )
    sizes.row(
        *label,
        *(_cell(sizes, name, a, lambda a: figures(a["code"] / 1000)) for name, a in everyone),
    )
    pairs = [(peers.get(name), own[_RIVAL[name]]) for name in _PEERS]
    ratios.row(
        *label,
        *(_ratio(peer, mine, "total") for peer, mine in pairs),
        *(_ratio(peer, mine, "code") for peer, mine in pairs),
    )


def _cell(report: Report, who: str, answer: Any, show: Any) -> str:
    if answer is None:
        return "–"
    return report.failure(who, answer) if isinstance(answer, Failure) else show(answer)


def _ratio(peer: Any, own: Any, what: str) -> str:
    if isinstance(peer, dict) and isinstance(own, dict):
        return times(peer[what], own[what])
    return "–"
