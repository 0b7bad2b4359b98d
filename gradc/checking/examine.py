"""``gradc.check``: is the gradient that somebody wrote right, and if not, where and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradc.checking.claim import Claim
from gradc.checking.codes import NO_FUNCTION, STOPPED
from gradc.checking.columns import by_columns
from gradc.checking.findings import CheckVerdict, Finding, Findings
from gradc.checking.holdings import Sources
from gradc.checking.judge import Judged, blamed, in_use, judge
from gradc.checking.python_file import PythonFile
from gradc.checking.script_python import claims_of_python, pairs_or_refusal
from gradc.checking.script_r import Ran, Wanted, claim_of, find_pairs, run_script
from gradc.errors import Diagnostic, GradcError, Source, Span, fail
from gradc.run import ToolchainError
from gradc.run.module_python import ModuleSession
from gradc.run.session import Session
from gradc.syntax import parse_r

Say = Callable[[str], None]


def check(
    path: str | Path,
    fn: str | None = None,
    gr: str | None = None,
    wrt: Sequence[str] | None = None,
    at: Mapping[str, Any] | None = None,
    *,
    say: Say = lambda message: None,
) -> Findings:
    """Hold every gradient that a file claims against the true one. This runs the user's code.

    ``fn`` and ``gr`` name the function and its gradient; without them they are those of the
    script's optimiser calls, and those that look alike by their names. ``wrt`` names the
    arguments that the derivative is taken by, the first one by default; ``at`` gives arguments.
    ``say`` is told what is about to run.

    Raises: GradcError where the file or the names are wrong (G011, G720), where gradc can read
    none of its functions, and where R is missing or does not answer (G401 to G406).
    """
    path = Path(path)
    wanted = Wanted(fn, gr, tuple(wrt or ()), dict(at or {}))
    if path.suffix == ".py":
        return _check_python(path, wanted, say)
    source = Source(str(path), _read(path))
    try:
        ran, claims = _claims_of_r(path, source, wanted, say)
    except ToolchainError as error:
        raise fail(error.code, error.message, suggestion=error.remedy) from error
    told = f"{_listed(claims)} of {path.name} in R {ran.version}"
    return findings_of(claims, told, _stop_of(ran, source))


def _check_python(path: Path, wanted: Wanted, say: Say) -> Findings:
    """The findings in a Python file."""
    file = PythonFile.read(path)
    pairs_or_refusal(file, wanted)
    say(f"running your code: {path.name} in Python")
    with ModuleSession(path, file.tensorflow) as session:
        try:
            claims, lost = claims_of_python(file, wanted, session)
        except ToolchainError as error:
            raise fail(error.code, error.message, suggestion=error.remedy) from error
        parts = f"{_listed(claims)} of " if claims else ""
        told = f"{parts}{path.name} in Python {session.version()}"
    found = by_columns(findings_of(claims, told))
    if not lost:
        return found
    known = {finding.span and finding.span.start for finding in found.findings}
    more = [finding for finding in lost if finding.span and finding.span.start not in known]
    return replace(found, verdict="wrong", findings=(*more, *found.findings))


def findings_of(
    claims: Sequence[Claim], ran: str, diagnostics: Sequence[Diagnostic] = ()
) -> Findings:
    """The verdict on all claims together: that on the gradients in use.

    Raises: GradcError where gradc could read none of the functions.
    """
    # A pair by name alone that nothing uses and that cannot be called is no news.
    claims = [c for c in claims if c.used_by or c.measured] or claims
    if claims and all(claim.refused for claim in claims):
        raise GradcError(*claims[0].refused)
    judged: list[Judged] = [judge(claim) for claim in claims]
    right = next(
        (c.gr for c, j in zip(claims, judged, strict=True) if c.used_by and j[0] == "right"), None
    )
    judged = [in_use(j, claim, right) for claim, j in zip(claims, judged, strict=True)]
    wrong = {c.gr for c, j in zip(claims, judged, strict=True) if j[0] == "wrong"}
    judged = [blamed(j, claim, wrong) for claim, j in zip(claims, judged, strict=True)]
    verdicts = [j[0] for claim, j in zip(claims, judged, strict=True) if claim.used_by]
    found: list[Finding] = [finding for _, findings in judged for finding in findings]
    order = {"error": 0, "warning": 1, "note": 2}
    found.sort(key=lambda finding: order[finding.severity])
    pairs = tuple((c.fn, c.gr, j[0]) for c, j in zip(claims, judged, strict=True))
    points = sum(len(claim.measured) for claim in claims)
    uses = tuple(claim.used_by for claim in claims)
    verdict = _overall(verdicts)
    return Findings(verdict, tuple(found), pairs, points, ran, tuple(diagnostics), uses)


def _overall(verdicts: Sequence[CheckVerdict]) -> CheckVerdict:
    if "wrong" in verdicts:
        return "wrong"
    return "inconclusive" if "inconclusive" in verdicts or not verdicts else "right"


def _claims_of_r(path: Path, source: Source, wanted: Wanted, say: Say) -> tuple[Ran, list[Claim]]:
    with Session("r") as session:
        say(f"running your code: {path.name} in R {session.version()}")
        ran = _run(session, source, str(path.resolve()))
        pairs = find_pairs(ran, wanted, source)
        if not pairs:
            raise _no_pairs(ran, source)
        sources = Sources(source)
        return ran, [claim_of(session, ran, pair, wanted, sources) for pair in pairs]


def _run(session: Session, source: Source, path: str) -> Ran:
    """The script's run; what R cannot read is shown in gradc's own words where it can be."""
    try:
        return run_script(session, path)
    except ToolchainError as error:
        if error.code == "G407":
            parse_r(source)
            raise fail(STOPPED, error.message) from error
        raise


def _no_pairs(ran: Ran, source: Source) -> GradcError:
    known = ", ".join(sorted(ran.names)) or "none"
    message = f"no function and its gradient were found; the functions here are: {known}"
    problem = fail(NO_FUNCTION, message, None, "--fn and --gr name them")
    return GradcError(*_stop_of(ran, source), *problem.diagnostics)


def _stop_of(ran: Ran, source: Source) -> list[Diagnostic]:
    """That the script stopped before its end, where it did."""
    if not ran.failure:
        return []
    place = None
    if 0 < ran.line <= len(source.line_starts):
        start = source.line_starts[ran.line - 1]
        place = Span(start, start + len(source.line(ran.line)), source)
    message = f"your script stops here: {ran.failure}"
    help_ = "what it defines was checked all the same"
    return [Diagnostic(STOPPED, message, place, help_, "warning")]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise fail("G011", f"cannot read '{path}': it is not UTF-8 text") from None
    except OSError as error:
        raise fail("G011", f"cannot read '{path}': {error.strerror}") from None


def _listed(claims: Sequence[Claim]) -> str:
    called = ((c.fn,) if c.kind == "tape" else (c.fn, c.gr) for c in claims)
    names = dict.fromkeys(name for pair in called for name in pair)
    return ", ".join(names)
