"""Ask the witnesses, and report what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradc.run import Answer, run
from gradc.verify import numderiv, taylor
from gradc.verify.cases import Plan
from gradc.verify.report import SourceReport
from gradc.verify.sources import witness_source
from gradc.verify.witnesses import WITNESSES


def is_beside(witness: str, host: str) -> bool:
    """Whether a witness speaks while this target's program runs."""
    kind = WITNESSES[witness]
    return kind.way == "beside" and kind.host == host


def ask_witnesses(prepared: Plan, timeout: float) -> dict[str, list[Answer]]:
    """What the witnesses answer that have a program of their own."""
    points = [case.point for case in prepared.cases]
    return {
        name: run(
            program,
            points[: numderiv.MOST_POINTS] if name == "numderiv" else points,
            timeout=timeout,
        )
        for name, program in prepared.subject.hearing.programs.items()
    }


def ask_taylor(
    prepared: Plan, answers: Mapping[str, Sequence[Answer]], timeout: float
) -> list[SourceReport]:
    """The Taylor test on the values of its host; nothing where nobody asked for it."""
    subject, host = prepared.subject, prepared.subject.hearing.host
    if "taylor" not in subject.hearing.names:
        return []
    lines = taylor.walks(prepared.cases, subject.original.wrt, subject.dtype)
    points = [point for line in lines for point in line.points]
    found = run(subject.programs[host].program, points, timeout=timeout) if points else []
    size = 2 * len(taylor.STEPS)
    along = [found[k : k + size] for k in range(0, len(found), size)]
    here = [answers[host][line.index] for line in lines]
    return [taylor.taylor_source(host, lines, here, along, subject.dtype)]


def heard(prepared: Plan, answers: Mapping[str, Sequence[Answer]]) -> Iterator[SourceReport]:
    """One report a witness, as far as there are answers."""
    subject, cases = prepared.subject, prepared.cases
    hearing, dtype = subject.hearing, subject.dtype
    speaking = {*subject.witnesses, *hearing.names}
    for name, kind in WITNESSES.items():
        said = answers.get(name if name in hearing.programs else kind.host)
        if name in hearing.unsupported:
            reason = hearing.unsupported[name]
            yield SourceReport(name, "witness", "unsupported", (), reason, "G408")
        elif name not in speaking or said is None or name == "taylor":
            continue
        elif kind.way == "numerical":
            yield numderiv.numderiv_source(kind.host, cases, said)
        else:
            yield witness_source(name, cases, said, dtype, hearing.faults.get(name, ""))
