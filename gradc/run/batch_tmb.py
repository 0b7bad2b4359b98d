"""Many small TMB templates in one shared library: one compilation for all of them.

What a template must look like: ``#include <TMB.hpp>`` on a line of its own, then any
functions, then ``template<class Type> Type objective_function<Type>::operator() ()`` as
the last definition. Before it there may be no other preprocessor line, and no name may
begin with ``gradc_case``. In the merged file each template keeps its text, in a namespace
of its own, where ``operator()`` has become a function that takes the objective; TMB's
macros reach the objective through ``TMB_OBJECTIVE_PTR``, which exists for this. A template
that does not look like this is compiled alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gradc.run.child import DEFAULT_MEMORY
from gradc.run.compile_tmb import CompileError, Limits, Toolkit, compile_template, toolkit, warm
from gradc.run.evaluate import (
    Call,
    ask_points,
    key_of,
    point_tensors,
    prepare,
    tmb_header,
    unsupported,
)
from gradc.run.pool import POOL, Worker
from gradc.run.program import Answer, Point, Program, ToolchainError

_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<TMB\.hpp>[ \t]*\n", re.MULTILINE)
_OPERATOR = re.compile(
    r"template\s*<\s*class\s+Type\s*>\s*"
    r"Type\s+objective_function\s*<\s*Type\s*>\s*::\s*operator\s*\(\s*\)\s*\(\s*(?:void)?\s*\)"
)
_DIRECTIVE = re.compile(r"^[ \t]*(?:#|%:|\?\?=)", re.MULTILINE)
_CASE_FILE = re.compile(r"\bgradc_case_(\d+)\.cpp:\d+")
_ERROR = re.compile(r"(?:fatal )?error: ")
_NOTE = re.compile(r": note: ")
# About 10 s and 0.6 GB of g++ for this many vector expressions.
_LARGEST_BATCH = 250

_HEAD = """#include <TMB.hpp>
#undef TMB_OBJECTIVE_PTR
#define TMB_OBJECTIVE_PTR gradc_case_objective
"""
_FOOT = """#line 1 "gradc_case.cpp"
#undef TMB_OBJECTIVE_PTR
#define TMB_OBJECTIVE_PTR this
template<class Type>
Type objective_function<Type>::operator() ()
{{
  DATA_INTEGER(gradc_case);
  switch (gradc_case) {{
{cases}
  default: Rf_error("there is no such case");
  }}
  return Type(0);
}}
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """A template cut at its operator; ``line`` is where the second part begins."""

    functions: str
    first: int
    body: str
    line: int


def run_tmb_batch(
    programs: Sequence[Program],
    points_per_program: Sequence[Sequence[Point]],
    *,
    timeout: float = 300.0,
    memory: int | None = None,
) -> list[list[Answer]]:
    """Run many TMB programs, each at its own points, after few compilations.

    A template that g++ rejects, or that kills the process, spoils no other. The answers
    are those of :func:`gradc.run.run`.

    Raises: ValueError for another target, and as :func:`gradc.run.run`.
    """
    if any(program.target != "tmb" for program in programs):
        raise ValueError("a batch is made of programs for target tmb")
    limits = Limits(timeout, DEFAULT_MEMORY if memory is None else memory)
    tensors = [
        [point_tensors(program, point) for point in points]
        for program, points in zip(programs, points_per_program, strict=True)
    ]
    worker = POOL.worker("tmb")
    with worker.lock:
        calls = compile_batch(worker, programs, limits)
        return [
            [call] * len(points)
            if isinstance(call, ToolchainError)
            else ask_points(worker, call, points)
            for call, points in zip(calls, tensors, strict=True)
        ]


def compile_batch(
    worker: Worker, programs: Sequence[Program], limits: Limits
) -> list[Call | ToolchainError]:
    """How each program is asked, or why it cannot be."""
    calls: dict[int, Call | ToolchainError] = {}
    parts: dict[int, Parts] = {}
    try:
        kit = toolkit(worker.found()["toolkit"])
    except ToolchainError as error:
        return [error] * len(programs)
    for index, program in enumerate(programs):
        refused = unsupported(program, ())
        cut = cut_template(program.text)
        if refused is not None:
            calls[index] = refused
        elif cut is None:
            calls[index] = _alone(worker, program, limits)
        else:
            parts[index] = cut
    indices = list(parts)
    waiting = [
        indices[start : start + _LARGEST_BATCH] for start in range(0, len(indices), _LARGEST_BATCH)
    ]
    while waiting:
        chosen = waiting.pop()
        try:
            calls |= _together(programs, parts, chosen, kit, limits)
        except CompileError as error:
            guilty = accused(error.log, chosen) or chosen[:1]
            # Whoever is accused is compiled alone: the message then is about its own
            # text, and one that was accused for its neighbour's fault still runs.
            for index in guilty:
                calls[index] = _alone(worker, programs[index], limits)
            rest = [index for index in chosen if index not in set(guilty)]
            if rest:
                waiting.append(rest)
        except ToolchainError as error:
            half = len(chosen) // 2
            if half:
                waiting += [chosen[:half], chosen[half:]]
            else:
                calls[chosen[0]] = error
    return [calls[index] for index in range(len(programs))]


def _alone(worker: Worker, program: Program, limits: Limits) -> Call | ToolchainError:
    try:
        return prepare(worker, program, limits)
    except ToolchainError as error:
        return error


def _together(
    programs: Sequence[Program],
    parts: dict[int, Parts],
    chosen: Sequence[int],
    kit: Toolkit,
    limits: Limits,
) -> dict[int, Call]:
    path = compile_template(merge(parts, chosen), "gradc_case", kit, limits)
    calls = {}
    for case, index in enumerate(chosen):
        header = tmb_header(programs[index], str(path), path.stem, case)
        calls[index] = Call(programs[index], key_of(header), header, limits)
    return calls


def cut_template(text: str) -> Parts | None:
    """The parts of a template, or ``None`` where it cannot be merged with others."""
    include = _INCLUDE.search(text)
    operators = list(_OPERATOR.finditer(text))
    if include is None or len(operators) != 1 or operators[0].start() < include.end():
        return None
    (operator,) = operators
    functions = text[include.end() : operator.start()]
    body = text[operator.end() :]
    if _DIRECTIVE.search(text[: include.start()] + functions + body) or "gradc_case" in text:
        return None
    # A brace too many or too few would have g++ accuse all that follow in the merged text.
    if any(part.count("{") != part.count("}") for part in (functions, body)):
        return None
    return Parts(
        functions,
        text.count("\n", 0, include.end()) + 1,
        body,
        text.count("\n", 0, operator.end()) + 1,
    )


def merge(parts: dict[int, Parts], chosen: Sequence[int]) -> str:
    """One template out of many; equal functions are written once.

    ``#line`` makes g++ report places as the index and line of the program's own text.
    """
    pieces = [_HEAD]
    shared: dict[str, int] = {}
    for index in chosen:
        functions = parts[index].functions
        if functions.strip() and functions not in shared:
            shared[functions] = index
            pieces.append(
                f"namespace gradc_case_functions_{index} {{\n"
                f'#line {parts[index].first} "gradc_case_{index}.cpp"\n{functions}\n}}\n'
            )
    for case, index in enumerate(chosen):
        part = parts[index]
        using = ""
        if part.functions in shared:
            using = f"using namespace gradc_case_functions_{shared[part.functions]};\n"
        pieces.append(
            f"namespace gradc_case_{case} {{\n{using}template<class Type>\n"
            f"Type evaluate(objective_function<Type> *gradc_case_objective)\n"
            f'#line {part.line} "gradc_case_{index}.cpp"\n{part.body}\n}}\n'
        )
    cases = "\n".join(
        f"  case {case}: return gradc_case_{case}::evaluate<Type>(this);"
        for case in range(len(chosen))
    )
    pieces.append(_FOOT.format(cases=cases))
    return "".join(pieces)


def accused(log: str, chosen: Iterable[int]) -> list[int]:
    """The programs that g++'s errors point at, directly or as who asked for a template."""
    known = set(chosen)
    found: dict[int, None] = {}
    context: list[int] = []
    for line in log.splitlines():
        named = [int(index) for index in _CASE_FILE.findall(line)]
        if _ERROR.search(line):
            for index in named or context:
                if index in known:
                    found[index] = None
            context = []
        elif _NOTE.search(line):
            context = []
        else:
            context += named
    return list(found)


def warm_tmb() -> None:
    """Make what later compilations share now, 15 s once a machine.

    Raises: ToolchainError where TMB or the compiler is missing or cannot make it.
    """
    worker = POOL.worker("tmb")
    with worker.lock:
        warm(toolkit(worker.found()["toolkit"]))
