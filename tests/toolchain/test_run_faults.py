"""What goes wrong in a toolchain is one clear answer, and the next program works again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gradc import run as gradc_run
from gradc.model import compile as compile_model
from gradc.run import Argument, Numbers, Program, ToolchainError

ROOT = Path(__file__).parents[2]
NAMES = {"r": "m.R", "numpy": "m_numpy.py", "tf": "m_tf.py", "tmb": "m.cpp"}
A = (Argument("a", "a", "param"),)


def python(body: str, target: str = "numpy") -> Program:
    """A model of ``a`` alone; ``body`` runs before it answers."""
    imports = "import ctypes\nimport os\nimport sys\nimport time\n\n\n"
    function = (
        "def value_and_grad(a):\n" + textwrap.indent(body, "    ") + "\n    return a, (1.0,)\n"
    )
    return Program(target, "m", {NAMES[target]: imports + function}, A)


def r(body: str) -> Program:
    columns = 'dimnames = list(NULL, "a")'
    text = f"m <- function(a) {{\n{body}\nstructure(a, gradient = matrix(1, 1, 1, {columns}))\n}}\n"
    return Program("r", "m", {"m.R": text}, A)


def answer(program: Program, a: float = 1.0, **limits: Any) -> Numbers | ToolchainError:
    return gradc_run.run(program, [{"a": a}], **limits)[0]


def error(program: Program, code: str, **limits: Any) -> ToolchainError:
    got = answer(program, **limits)
    assert isinstance(got, ToolchainError), got
    assert got.code == code, got
    return got


def works_again(target: str) -> None:
    program = r("") if target == "r" else python("pass", target)
    got = answer(program, 2.5)
    assert isinstance(got, Numbers), got
    assert (got.value, got.gradient) == (2.5, {"a": 1.0})


@pytest.fixture
def fresh() -> Iterator[None]:
    """Children that see this test's environment, and that no later test inherits."""
    gradc_run.close()
    yield
    gradc_run.close()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("os.abort()", "SIGABRT"),
        ("ctypes.string_at(0)", "SIGSEGV"),
        ("os._exit(3)", "status 3"),
        ("os.write(2, b'the last words\\n'); os.abort()", "the last words"),
    ],
)
def test_numpy_crash(body: str, word: str) -> None:
    got = error(python(body), "G404")
    assert got.message.startswith("NumPy crashed")
    assert word in got.message
    works_again("numpy")


@pytest.mark.needs("r")
@pytest.mark.parametrize("body", ["tools::pskill(Sys.getpid(), 11L)", "quit(status = 5L)"])
def test_r_crash(body: str) -> None:
    got = error(r(body), "G404")
    assert got.message.startswith("R crashed")
    works_again("r")


@pytest.mark.needs("r")
@pytest.mark.parametrize(
    "body",
    ["f <- function(n) f(n + 1) + 1\nf(1)", "f <- function(...) do.call(f, list(...))\nf(1)"],
)
def test_r_infinite_recursion_is_an_r_error(body: str) -> None:
    got = error(r(body), "G407")
    assert "nested too deeply" in got.message or "stack" in got.message
    works_again("r")


@pytest.mark.needs("tf")
def test_tensorflow_crash() -> None:
    error(python("os.abort()", "tf"), "G404")
    works_again("tf")


def test_a_point_that_crashes_spoils_no_other() -> None:
    program = python("os.abort() if a == 2.0 else None")
    got = gradc_run.run(program, [{"a": float(i)} for i in range(5)])
    values = [x.value if isinstance(x, Numbers) else x.code for x in got]
    assert values == [0.0, 1.0, "G404", 3.0, 4.0]


def test_a_point_that_raises_spoils_no_other() -> None:
    program = python("1 / (a - 2.0) if a != 2.0 else sys.exit('no more')")
    got = gradc_run.run(program, [{"a": float(i)} for i in range(4)])
    values = [x.value if isinstance(x, Numbers) else x.code for x in got]
    assert values == [0.0, 1.0, "G407", 3.0]
    assert "SystemExit: no more" in str(got[2])


def test_a_program_that_dies_everywhere_is_given_up() -> None:
    start = time.monotonic()
    got = gradc_run.run(python("time.sleep(60)"), [{"a": 1.0}] * 20, timeout=0.4)
    assert {x.code for x in got if isinstance(x, ToolchainError)} == {"G405"}
    assert len(got) == 20
    assert time.monotonic() - start < 20
    works_again("numpy")


@pytest.mark.parametrize(
    "program",
    [
        python("while True: pass"),
        pytest.param(r("repeat {}"), marks=pytest.mark.needs("r")),
    ],
    ids=["numpy", "r"],
)
def test_time_limit(program: Program) -> None:
    got = error(program, "G405", timeout=1.0)
    assert "1 s" in got.message
    works_again(program.target)


HUGE = "import numpy\nnumpy.ones(2_000_000_000)"
SLOW = "x = []\nwhile True: x.append(bytearray(b'1' * 100_000))"


@pytest.mark.parametrize(
    "program",
    [
        python(HUGE),
        python(SLOW),
        pytest.param(r("x <- rep(1, 2e9)"), marks=pytest.mark.needs("r")),
        pytest.param(
            r("x <- list()\nrepeat x <- c(x, list(rep(1, 1e6)))"), marks=pytest.mark.needs("r")
        ),
        pytest.param(python(HUGE, "tf"), marks=pytest.mark.needs("tf")),
    ],
    ids=["numpy-huge", "numpy-slow", "r-huge", "r-slow", "tf-huge"],
)
def test_memory_limit(program: Program) -> None:
    error(program, "G406", memory=1 << 30, timeout=60)
    works_again(program.target)


NOISE = "for _ in range(50_000): print('noise'); print('noise', file=sys.stderr)"
R_NOISE = 'for (i in 1:5000) { print("noise"); cat("noise\\n"); message("noise") }'


@pytest.mark.parametrize(
    "program",
    [python(NOISE), pytest.param(r(R_NOISE), marks=pytest.mark.needs("r"))],
    ids=["numpy", "r"],
)
def test_what_a_program_prints_goes_nowhere(program: Program, capfd: Any) -> None:
    for a in (1.5, 2.5):
        got = answer(program, a)
        assert isinstance(got, Numbers), got
        assert got.value == a
    assert capfd.readouterr() == ("", "")


def test_python_error() -> None:
    got = error(python("raise OverflowError('34, Result too large')"), "G407")
    assert got.message == "OverflowError: 34, Result too large"


def test_python_that_cannot_be_read() -> None:
    text = "value = " + "(" * 5000 + ")" * 5000
    got = error(Program("numpy", "m", {"m_numpy.py": text}, A), "G407")
    assert "nested" in got.message


@pytest.mark.needs("r")
def test_r_error() -> None:
    assert error(r('stop("no such thing")'), "G407").message == "R: no such thing"
    error(Program("r", "m", {"m.R": "m <- function(a) {"}, A), "G407")
    got = error(Program("r", "m", {"m.R": "n <- 1"}, A), "G407")
    assert "'m'" in got.message


@pytest.mark.needs("r")
@pytest.mark.usefixtures("fresh")
def test_nobodys_r_profile_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".Rprofile").write_text('structure <- function(...) stop("profile")\n')
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("R_PROFILE_USER", str(tmp_path / ".Rprofile"))
    works_again("r")


@pytest.mark.needs("r")
def test_r_answer_without_its_gradient_is_refused() -> None:
    got = error(Program("r", "m", {"m.R": "m <- function(a) a"}, A), "G407")
    assert "no gradient" in got.message
    wrong = r("").files["m.R"].replace('"a")', '"b")')
    assert "columns are b" in error(Program("r", "m", {"m.R": wrong}, A), "G407").message


def test_gradient_of_another_shape_is_refused() -> None:
    text = "def value_and_grad(a):\n    return a, ([1.0, 2.0],)\n"
    assert "shape" in error(Program("numpy", "m", {"m_numpy.py": text}, A), "G407").message
    text = "def value_and_grad(a):\n    return a, ()\n"
    assert "0 gradients" in error(Program("numpy", "m", {"m_numpy.py": text}, A), "G407").message


def test_no_child_outlives_its_parent(tmp_path: Path) -> None:
    """Not even one that is busy when the parent is killed."""
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys
            from gradc.run import Argument, Program, run
            text = (
                "import os, time\\n"
                "def value_and_grad(a):\\n"
                f"    open({sys.argv[1]!r}, 'w').write(str(os.getpid()))\\n"
                "    while True: pass\\n"
            )
            program = Program("numpy", "m", {"m_numpy.py": text}, (Argument("a", "a", "param"),))
            run(program, [{"a": 1.0}])
            """
        )
    )
    told = tmp_path / "pid"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, script, told], env=environment) as parent:
        deadline = time.monotonic() + 60
        while not (told.exists() and told.read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        child = int(told.read_text())
        parent.kill()
    while time.monotonic() < deadline:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the child still runs")


def test_running_imports_no_toolchain_here() -> None:
    code = (
        "import sys, time; start = time.perf_counter(); import gradc.run; "
        "heavy = {'numpy', 'tensorflow', 'rpy2', 'sympy', 'scipy'} & set(sys.modules); "
        "sys.exit(1 if heavy else 0)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert (
        subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
    )


@pytest.mark.usefixtures("fresh")
def test_without_r_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("R_HOME", raising=False)
    for target in ("r", "tmb"):
        program = Program(target, "m", {NAMES[target]: ""}, A)
        got = error(program, "G401")
        assert "R is missing" in got.message
        assert got.remedy is not None
        assert "r-base-core" in got.remedy
    works_again("numpy")


@pytest.mark.needs("tmb")
@pytest.mark.usefixtures("fresh")
def test_without_a_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PATH with everything but a C++ compiler."""
    for folder in os.environ["PATH"].split(os.pathsep):
        for tool in Path(folder).iterdir() if Path(folder).is_dir() else ():
            link = tmp_path / tool.name
            if not any(word in tool.name for word in ("g++", "c++", "clang")) and not link.exists():
                link.symlink_to(tool)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("R") is not None
    program = Program("tmb", "m", {"m.cpp": "#include <TMB.hpp>\n"}, A)
    got = error(program, "G401")
    assert "g++ is missing" in got.message
    assert got.remedy is not None
    assert "g++" in got.remedy
    states = {state.name: state for state in gradc_run.toolchains()}
    assert states["r"].available
    assert not states["c++"].available
    assert not states["tmb"].available
    assert states["tmb"].remedy == got.remedy


@pytest.mark.usefixtures("fresh")
def test_without_sympy_the_target_is_emitted_and_not_verified(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sympy.py").write_text("raise ImportError('it was never installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    model = compile_model("a*x", wrt=["a"])
    assert list(model.emit("sympy")) == ["model_sympy.py"]
    report = model.verify(["numpy", "sympy"], witnesses="none", points=1)
    found = {source.name: source for source in report.sources}
    assert found["numpy"].status == "agree"
    assert found["sympy"].status == "missing"
    assert found["sympy"].remedy == "pip install 'gradc[sympy]'"


@pytest.mark.needs("r", "tmb", "tf", "keras", "sympy")
def test_what_is_here() -> None:
    states = gradc_run.toolchains()
    names = [state.name for state in states]
    assert names == ["numpy", "tf", "keras", "r", "c++", "tmb", "sympy"]
    assert all(state.available and state.version for state in states), states


@pytest.mark.usefixtures("fresh")
def test_what_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("R_HOME", raising=False)
    states = {state.name: state for state in gradc_run.toolchains()}
    for name in ("r", "c++", "tmb"):
        assert not states[name].available
        assert states[name].remedy
    assert states["numpy"].available
