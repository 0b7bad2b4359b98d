"""What the gradient doctor found: a verdict, and findings with their places and their causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from gradc.errors import Diagnostic, Severity, Span
from gradc.verify.report import number

CheckVerdict = Literal["right", "wrong", "inconclusive"]

CauseName = Literal[
    "constant-factor",
    "sign",
    "sum-or-mean",
    "missing-factor",
    "dropped-half",
    "log-base",
    "permuted",
    "transposed",
    "other-quantity",
    "shape",
    "detached",
    "rounding",
    "kink",
    "unused",
    "wrong-step",
    "unknown",
]
"""Why a gradient is wrong, or seems to be; ``wrong-step`` is a place whose right form is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one claimed gradient.

    ``span`` is the place in the user's own code; ``output`` the number that shows it, such as
    ``gradient:b[2]``; ``ratio`` is got over expected. ``evidence`` says what was measured,
    ``suggestion`` what would mend it. ``severity`` is ``error`` for a gradient that is wrong and
    in use, ``warning`` for one that is wrong and that nothing calls, ``note`` for anything that
    is no fault, such as rounding.
    """

    code: str
    message: str
    cause: CauseName
    severity: Severity = "error"
    span: Span | None = None
    output: str | None = None
    got: float | None = None
    expected: float | None = None
    ratio: float | None = None
    evidence: tuple[str, ...] = ()
    suggestion: str | None = None
    labels: tuple[tuple[str, Span], ...] = ()

    def diagnostic(self) -> Diagnostic:
        """The finding as every other diagnostic is shown."""
        return Diagnostic(
            self.code, self.message, self.span, self.suggestion, self.severity, self.labels
        )

    def to_json(self) -> dict[str, Any]:
        document = self.diagnostic().to_json()
        for name in ("got", "expected", "ratio"):
            value = getattr(self, name)
            document[name] = None if value is None else number(value)
        document |= {"output": self.output, "cause": self.cause, "evidence": list(self.evidence)}
        return document


@dataclass(frozen=True, slots=True)
class Findings:
    """The verdict on a file, and everything that was found in it.

    ``pairs`` are the functions that were compared with their claimed gradients, each with its
    own verdict; ``used_by`` says what uses each gradient, empty where nothing does. ``ran`` says
    what user code was run, and by what.
    """

    verdict: CheckVerdict
    findings: tuple[Finding, ...] = ()
    pairs: tuple[tuple[str, str, CheckVerdict], ...] = ()
    points: int = 0
    ran: str = ""
    diagnostics: tuple[Diagnostic, ...] = field(default=())
    used_by: tuple[str, ...] = ()

    @property
    def uses(self) -> tuple[str, ...]:
        """What uses each of the pairs."""
        return self.used_by or ("",) * len(self.pairs)

    def exit_code(self, *, strict: bool = False) -> int:
        """0 where nothing is wrong, 1 where a gradient is; inconclusive is 1 with ``strict``."""
        return int(self.verdict == "wrong" or (strict and self.verdict == "inconclusive"))

    def to_json(self) -> dict[str, Any]:
        """The check document, without the keys that every document has."""
        return {
            "verdict": self.verdict,
            "findings": [finding.to_json() for finding in self.findings],
            "pairs": [
                {"function": fn, "gradient": gr, "verdict": verdict, "used_by": used_by}
                for (fn, gr, verdict), used_by in zip(self.pairs, self.uses, strict=True)
            ],
            "points": self.points,
            "ran": self.ran,
            "diagnostics": [diagnostic.to_json() for diagnostic in self.diagnostics],
        }
