"""TMB templates: compiled for real, kept in the cache, many in one library."""

from __future__ import annotations

import math
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from gradc import run as gradc_run
from gradc.run import Argument, Numbers, Program, ToolchainError
from gradc.run.batch_tmb import accused, cut_template, merge
from gradc.run.cache import cache_folder, prune
from gradc.run.compile_tmb import Limits, compile_template, first_error, toolkit
from gradc.run.pool import POOL

pytestmark = pytest.mark.needs("tmb")

ABX = (Argument("a", "a", "param"), Argument("b", "b", "param"), Argument("x", "x", "data"))
LAYOUT = """// {title}
#include <TMB.hpp>
{functions}
template<class Type>
Type objective_function<Type>::operator() ()
{{
  DATA_VECTOR(x);
  PARAMETER(a);
  PARAMETER(b);
{body}
  Type nll = value.sum();
  REPORT(value);
  return nll;
}}
"""
POINT = {"a": 0.5, "b": -0.25, "x": [1.0, 2.0, 3.0]}


def template(body: str, functions: str = "", title: str = "m") -> Program:
    text = LAYOUT.format(title=title, functions=functions, body="  " + body)
    return Program("tmb", "m", {"m.cpp": text}, ABX, hessian=True)


def affine(k: int) -> Program:
    return template(f"vector<Type> value = Type({k}) * a * a + b * x;")


def check_affine(k: int, answer: Numbers | ToolchainError, point: dict[str, Any]) -> None:
    assert isinstance(answer, Numbers), (k, answer)
    a, b, x = point["a"], point["b"], point["x"]
    assert answer.value == [k * a * a + b * v for v in x]
    assert answer.gradient == {"a": 2 * k * a * len(x), "b": sum(x)}
    assert answer.gradient_of_sum
    assert answer.hessian is not None
    assert answer.hessian["a"]["a"] == 2 * k * len(x)
    assert answer.hessian["a"]["b"] == 0.0


@pytest.fixture(scope="module", autouse=True)
def _shared_objects() -> None:
    gradc_run.warm_tmb()


def kit() -> Any:
    worker = POOL.worker("tmb")
    with worker.lock:
        return toolkit(worker.found()["toolkit"])


def test_compile_error_names_the_line_of_the_template() -> None:
    (answer,) = gradc_run.run(template("vector<Type> value = a * undeclared + x;"), [POINT])
    assert isinstance(answer, ToolchainError)
    assert answer.code == "G403"
    assert "m.cpp:10:" in answer.message
    assert "undeclared" in answer.message
    assert "/tmp" not in answer.message  # noqa: S108 - a path that must not appear


def test_compile_error_inside_a_header_names_who_asked() -> None:
    log = (
        "In file included from /usr/include/Eigen/Core:439,\n"
        "                 from m.cpp:2:\n"
        "/usr/include/Eigen/Block.h: In instantiation of 'class Block':\n"
        "m.cpp:9:14:   required from 'Type f(Type)'\n"
        "/usr/include/Eigen/Block.h:31:9: error: no type named 'Scalar'\n"
    )
    assert first_error(log) == (
        "m.cpp:9:14: /usr/include/Eigen/Block.h:31:9: error: no type named 'Scalar'"
    )


def test_second_run_takes_the_library_from_the_cache() -> None:
    text = affine(1).text.replace("// m", f"// {random.SystemRandom().random()}")
    made = compile_template(text, "m", kit(), Limits(120.0, 4 << 30))
    before = made.stat().st_ino
    # No compiler can finish in no time.
    found = compile_template(text, "m", kit(), Limits(0.0, 4 << 30))
    assert found == made
    assert found.stat().st_ino == before
    with pytest.raises(ToolchainError) as caught:
        compile_template(text + "// other\n", "m", kit(), Limits(0.0, 4 << 30))
    assert caught.value.code == "G405"
    made.unlink()


def test_compiler_memory_limit() -> None:
    text = affine(1).text.replace("// m", f"// {random.SystemRandom().random()}")
    with pytest.raises(ToolchainError) as caught:
        compile_template(text, "m", kit(), Limits(120.0, 100 << 20))
    assert caught.value.code == "G406"


def test_two_threads_compile_the_same_template(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # A cache of its own: other tests compile at this moment, and their folders come and go.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    text = affine(1).text.replace("// m", f"// {random.SystemRandom().random()}")
    made: list[Path] = []
    limits = Limits(120.0, 4 << 30)
    threads = [
        threading.Thread(target=lambda: made.append(compile_template(text, "m", kit(), limits)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert made[0] == made[1]
    assert not list(made[0].parent.glob("build-*"))
    made[0].unlink()


def test_cache_that_cannot_be_written_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/self/none")
    assert cache_folder("tmb") is None
    place = kit().folder
    assert place.is_dir()
    assert not kit().lasting
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("tmb") == tmp_path / "gradc" / "tmb"
    # Libraries that others can write are not loaded.
    (tmp_path / "gradc").chmod(0o777)
    assert cache_folder("tmb") is None


def test_prune_removes_what_is_longest_unused(tmp_path: Path) -> None:
    import os

    for age in range(5):
        path = tmp_path / f"gradc_{age}.so"
        path.write_bytes(b"x" * 100)
        os.utime(path, (1e9 - age, 1e9 - age))
    prune(tmp_path, "gradc_*.so", 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gradc_0.so", "gradc_1.so"]


def test_many_points_on_one_template() -> None:
    points = [{"a": 0.25 * i, "b": 1.0, "x": [1.0, 2.0, 4.0][i % 2 :]} for i in range(20)]
    for point, answer in zip(points, gradc_run.run(affine(3), points), strict=True):
        check_affine(3, answer, point)


def test_templates_leave_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """R can hold a limited number of libraries, so the oldest is unloaded."""
    monkeypatch.setattr("gradc.run.pool._KEPT_PROGRAMS", 2)
    for k in (1, 2, 3, 1, 2, 3, 3, 1):
        (answer,) = gradc_run.run(affine(k), [POINT])
        check_affine(k, answer, POINT)


def test_a_branch_of_cpp_on_a_parameter_is_found_out() -> None:
    """The tape is recorded at another point than it is evaluated at, as an optimiser does."""
    program = template("vector<Type> value = x * (a > 0 ? a : Type(0) * a);")
    points = [{"a": a, "b": 0.0, "x": [1.0, 2.0]} for a in (-1.0, 2.0)]
    _, at_two = gradc_run.run(program, points)
    assert isinstance(at_two, Numbers)
    assert at_two.value == [2.0, 4.0]
    assert at_two.gradient["a"] == 0.0  # the tape of a = -1; the truth is 3


def test_index_out_of_range_kills_only_the_child() -> None:
    program = template("vector<Type> value = x * a * x(CppAD::Integer(x(0)));")
    points = [{"a": 1.0, "b": 0.0, "x": x} for x in ([1.0, 5.0], [70.0, 5.0], [0.0, 2.0])]
    first, second, third = gradc_run.run(program, points)
    assert isinstance(first, Numbers)
    assert first.value == [5.0, 25.0]
    assert isinstance(second, ToolchainError)
    assert second.code == "G404"
    assert "SIGABRT" in second.message
    assert isinstance(third, Numbers)
    assert third.value == [0.0, 0.0]


def test_what_a_template_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    program = template('vector<Type> value = a * x; Rcout << "noise\\n"; std::cout << "noise\\n";')
    (answer,) = gradc_run.run(program, [POINT])
    assert isinstance(answer, Numbers)
    assert capfd.readouterr() == ("", "")


def test_random_effects_are_integrated_out() -> None:
    """A Gaussian integral, for which Laplace's approximation is exact."""
    text = """#include <TMB.hpp>
template<class Type>
Type objective_function<Type>::operator() ()
{
  DATA_SCALAR(y);
  PARAMETER(m);
  PARAMETER(u);
  Type nll = Type(0);
  nll -= dnorm(u, m, Type(1), true);
  nll -= dnorm(y, u, Type(2), true);
  return nll;
}
"""
    inputs = (
        Argument("m", "m", "param"),
        Argument("u", "u", "random"),
        Argument("y", "y", "data"),
    )
    program = Program("tmb", "m", {"m.cpp": text}, inputs)
    (answer,) = gradc_run.run(program, [{"m": 0.5, "u": 0.0, "y": 2.0}])
    assert isinstance(answer, Numbers)
    variance = 5.0
    exact = 0.5 * math.log(2 * math.pi * variance) + (2.0 - 0.5) ** 2 / (2 * variance)
    assert math.isclose(float(answer.value), exact, rel_tol=1e-12)  # type: ignore[arg-type]
    assert math.isclose(answer.gradient["m"], -(2.0 - 0.5) / variance, rel_tol=1e-10)


FUNCTIONS = """
template<class Type>
Type gradc_twice(Type x)
{
  return x + x;
}
"""


def test_batch_of_fifty() -> None:
    """Good templates, and among them one of every bad kind."""
    programs = [affine(k) for k in range(50)]
    programs[7] = template("vector<Type> value = gradc_twice(a) * x;", FUNCTIONS)
    programs[8] = template("vector<Type> value = gradc_twice(b) * x;", FUNCTIONS)
    other = FUNCTIONS.replace("x + x", "x + x + x")
    programs[9] = template("vector<Type> value = gradc_twice(a) * x;", other)
    programs[20] = template("vector<Type> value = undeclared * x;")
    programs[21] = template("vector<Type> value = a * x; {")
    programs[30] = template("vector<Type> value = a * x * x(7);")
    programs[40] = template("vector<Type> value = THRICE * x;", "#define THRICE (a + a + a)\n")
    points = [[{"a": 0.5 + k, "b": 2.0, "x": [1.0, 2.0]}, POINT] for k in range(50)]
    answers = gradc_run.run_tmb_batch(programs, points)
    for k, (given, got) in enumerate(zip(points, answers, strict=True)):
        if k in (20, 21, 30):
            codes = {a.code for a in got if isinstance(a, ToolchainError)}
            assert codes == {"G404" if k == 30 else "G403"}, (k, got)
            assert len(got) == 2
            continue
        for point, answer in zip(given, got, strict=True):
            if k in (7, 8, 9, 40):
                name, factor = {7: ("a", 2), 8: ("b", 2), 9: ("a", 3), 40: ("a", 3)}[k]
                assert isinstance(answer, Numbers), (k, answer)
                assert answer.value == [factor * point[name] * v for v in point["x"]]
            else:
                check_affine(k, answer, point)
    (bad,) = {str(a) for a in answers[20]}
    assert "m.cpp:10:" in bad
    assert "undeclared" in bad


def test_batch_answers_as_one_by_one() -> None:
    programs = [
        template("vector<Type> value = pow(a * x, Type(2)) + b;"),
        template("vector<Type> value = exp(-(a + b * x)) / (Type(1) + x);"),
        template("vector<Type> value = log(Type(1) + exp(a * x)) * lgamma(b + Type(3)) * x;"),
    ]
    together = gradc_run.run_tmb_batch(programs, [[POINT]] * len(programs))
    alone = [gradc_run.run(program, [POINT]) for program in programs]
    assert together == alone


def test_merged_text_reports_the_lines_of_its_programs() -> None:
    program = template("vector<Type> value = undeclared * x;")
    parts = cut_template(program.text)
    assert parts is not None
    lines = program.text.splitlines()
    assert lines[parts.line - 1].endswith("operator() ()")
    assert merge({17: parts}, [17]).count('"gradc_case_17.cpp"') == 1


def test_accused() -> None:
    log = (
        "gradc_case_3.cpp:7:9: error: 'q' was not declared\n"
        "/usr/include/Eigen/Block.h: In instantiation of 'class Block':\n"
        "gradc_case_5.cpp:9:14:   required from 'Type f(Type)'\n"
        "/usr/include/Eigen/Block.h:31:9: error: no type named 'Scalar'\n"
        "gradc_case_6.cpp:1:1: note: candidate\n"
        "/usr/include/other.h:31:9: error: nobody in particular\n"
    )
    assert accused(log, range(10)) == [3, 5]
    assert accused(log, [5]) == [5]


def test_templates_that_cannot_be_merged() -> None:
    good = affine(1).text
    assert cut_template(good) is not None
    assert cut_template(good.replace("#include <TMB.hpp>", "#include <other.hpp>")) is None
    assert cut_template(good + good) is None
    assert cut_template("#define X 1\n" + good) is None
    assert cut_template(good + "}") is None
    assert cut_template(good.replace("nll", "gradc_case_0")) is None
