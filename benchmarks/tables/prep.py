"""From text to code, against R's deriv, SymPy and CasADi."""

from __future__ import annotations

import inspect
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.isolate import LIMIT, Clock, Failure, deeply, isolated, spent
from benchmarks.peers import casadi, rscript, symbols, sympy
from benchmarks.report import Report, figures, grown, seconds, times
from benchmarks.workloads import WORKLOADS
from gradc.targets import TARGETS as ALL_TARGETS

# Symbols grow with the square of a text and more, and large models are refused.
TARGETS = {name: target for name, target in ALL_TARGETS.items() if not target.exact}

QUICK_SIZES = 2
GROWTH = {"w3": (500, 1000, 2000, 4000), "w6": (500, 1000, 2000, 4000)}


def gradc_code(key: str, size: int) -> dict[str, Any]:
    """Compile a text for one target after another, each time from the text, not verified."""
    from gradc.errors import GradcError
    from gradc.model import compile as compile_model

    workload = WORKLOADS[key]
    text, parameters = workload.text(size), workload.parameters(size)
    result: dict[str, Any] = {"text": len(text)}

    def code(target: str) -> dict[str, str]:
        return compile_model(text, wrt=parameters).emit(target)

    for target in TARGETS:
        compile_model("a*x^2", wrt=["a"]).emit(target)
        try:
            total, files = spent(lambda target=target: code(target))
        except GradcError as error:
            result[target] = {"failed": str(error).splitlines()[0]}
            continue
        result[target] = {"total": total, "code": max(map(len, files.values()))}
    return result


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
    limit = 3.0 if quick else LIMIT
    everyone = [*TARGETS, *_PEERS]
    took = Report(
        "prep: from text to code of value and gradient (CPU seconds, libraries loaded beforehand)",
        ["", "size", "text", *everyone],
    )
    sizes = Report("prep: kB of code (r, tmb, …: gradc's targets)", ["", "size", *everyone])
    ratios = Report(
        "prep: time and size of the peer's code over those of gradc's target that does the same",
        ["", "size"]
        + [f"{peer}/{_RIVAL[peer]}" for peer in _PEERS]
        + [f"{peer} code" for peer in _PEERS],
    )
    for key in keys:
        given_up: set[str] = set()
        chosen = WORKLOADS[key].sizes
        for size in chosen[:QUICK_SIZES] if quick else chosen:
            _rows(key, size, limit, given_up, (took, sizes, ratios))
        for report in (took, sizes, ratios):
            report.rule()
    took.note(
        f"A peer that takes over {limit:.0f} s by the clock on the wall is given up and not asked\n"
        "for larger sizes ('–'). r, tmb, numpy, tf: gradc reads, differentiates, stabilises and\n"
        "prints for that target, without verification. deriv: parse and deriv. SymPy: diff, cse\n"
        "and lambdify. CasADi: gradient and Function. SymPy and CasADi start from operators of\n"
        "Python, deriv in W3 from the call (R's parser stops at 50 parentheses). In W2 deriv,\n"
        "which has no tanh, gets 1 - 2/(1 + exp(2*u))."
    )
    sizes.note("CasADi's is the C code that it would generate.")
    for report in (took, sizes, ratios):
        report.show()


def _rows(
    key: str, size: int, limit: float, given_up: set[str], reports: tuple[Report, Report, Report]
) -> None:
    took, sizes, ratios = reports
    own = isolated(gradc_code, 12 * limit, key=key, size=size)
    answers: dict[str, Any] = {target: _answer(own, target) for target in TARGETS}
    for name, job in _PEERS.items():
        answers[name] = None
        if name not in given_up:
            # Two seconds to load the library.
            answers[name] = isolated(job, limit + 2.0, key=key, size=size)
            if isinstance(answers[name], Failure):
                given_up.add(name)
    label = (WORKLOADS[key].title, f"{size:,}")
    took.row(
        *label,
        "–" if isinstance(own, Failure) else f"{own['text'] / 1000:,.1f} kB",
        *(_cell(took, name, answer, "total", limit) for name, answer in answers.items()),
    )
    sizes.row(
        *label, *(_cell(sizes, name, answer, "code", limit) for name, answer in answers.items())
    )
    pairs = [(answers[name], answers[_RIVAL[name]]) for name in _PEERS]
    ratios.row(*label, *(_ratio(*pair, what) for what in ("total", "code") for pair in pairs))


def _answer(own: Any, target: str) -> Any:
    if isinstance(own, Failure):
        return own
    found = own[target]
    return Failure(found["failed"]) if "failed" in found else found


def _cell(report: Report, who: str, answer: Any, what: str, limit: float) -> str:
    if answer is None:
        return "–"
    if isinstance(answer, Failure):
        late = answer.reason.startswith(">") and who in _PEERS
        return f"> {limit:.0f} s" if late else report.failure(who, answer)
    return seconds(answer["total"]) if what == "total" else figures(answer["code"] / 1000)


def _ratio(peer: Any, own: Any, what: str) -> str:
    if isinstance(peer, dict) and isinstance(own, dict):
        return times(peer[what], own[what])
    return "–"


def gradc_stages(key: str, size: int) -> dict[str, Any]:
    """Seconds of reading, of everything up to the gradient's IR, and of each target."""
    from gradc.model import compile as compile_model

    workload = WORKLOADS[key]
    text, parameters = workload.text(size), workload.parameters(size)
    for target in TARGETS:
        compile_model("a*sin(x)^2", wrt=["a"]).emit(target)
    clock = Clock()
    with clock.stage("read"):
        model = compile_model(text, wrt=parameters)
    with clock.stage("gradient"):
        _ = model.stages.gradient
    for target in TARGETS:
        if TARGETS[target].wants_vjp:
            _ = model.stages.vjp
        with clock.stage(target):
            model.emit(target)
    return {**clock.seconds}


def show_stages(keys: list[str], quick: bool) -> None:
    """Print seconds of each stage from text to code while the size grows."""
    stages = ["read", "gradient", *TARGETS]
    report = Report(
        "prep: milliseconds of each stage as the size doubles; a linear stage has ratio 2",
        ["", "size", *stages],
    )
    for key in [key for key in keys if key in GROWTH]:
        before: Any = None
        for size in GROWTH[key][: 2 if quick else None]:
            result = isolated(gradc_stages, 60.0, key=key, size=size)
            if isinstance(result, Failure):
                report.row(WORKLOADS[key].title, f"{size:,}", report.failure("gradc", result))
                break
            report.row(
                key.upper(),
                f"{size:,}",
                *(grown(result[stage], before and before[stage]) for stage in stages),
            )
            before = result
        report.rule()
    report.note(
        "In parentheses: the ratio to the line above. gradient: differentiation and all passes; a\n"
        "target: legalising and printing."
    )
    report.show()
