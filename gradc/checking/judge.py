"""The verdict on one claim, and the findings that say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradc.checking.causes import causes
from gradc.checking.claim import Claim, Measured
from gradc.checking.codes import CODES, READ_DIFFERENTLY, STOPPED, UNDECIDED
from gradc.checking.comparison import Cause, Sample
from gradc.checking.findings import CheckVerdict, Finding
from gradc.checking.shapes import shape_finding
from gradc.errors import Span

Judged = tuple[CheckVerdict, list[Finding]]

_NOTED = 1e-6
"""How much of a gradient rounding has to take before it is worth a note."""

_NEARLY = 1e-4
"""A gradient that is nowhere farther off than this may be a numerical one."""


def judge(claim: Claim) -> Judged:
    """Whether the claimed gradient is right; the findings are errors where it is not."""
    verdict, findings = _judged(claim)
    return verdict, [*findings, *claim.notes]


def _judged(claim: Claim) -> Judged:
    if claim.settled is not None:
        return claim.settled, []
    if claim.found and not claim.measured:
        return "wrong", [_caused(claim, claim.found[0])]
    early = _unmeasured(claim)
    if early is not None:
        return "inconclusive", [early]
    smooth = [one for one in claim.measured if not one.is_kink]
    finding = shape_finding(claim)
    if finding is not None:
        return "wrong", [_caused(claim, claim.found[0]) if claim.found else finding]
    if _takes_the_value(claim):
        return "right", [_value_note(claim)]
    failed = [one for one in smooth if one.answer.gradient is None]
    if failed and len(failed) == len(smooth):
        return "inconclusive", [_gradient_stops(claim, failed[0])]
    samples = [sample for one in smooth if (sample := _sample(one)) is not None]
    wrong = [sample for sample in samples if sample.wrong.any()]
    if wrong:
        return _wrong(claim, samples)
    if failed:
        return "inconclusive", [_gradient_stops(claim, failed[0])]
    if not smooth:
        return "inconclusive", [_only_kinks(claim)]
    if not any(_tells(sample) for sample in samples):
        return "inconclusive", [_untold(claim)]
    return "right", _notes(claim, samples)


def _unmeasured(claim: Claim) -> Finding | None:
    """Why there is nothing to judge, if so."""
    if claim.problem:
        message = f"'{claim.fn}' stops when it is called: {claim.problem}"
        help_ = None if claim.certain else "--at gives its arguments, --wrt says which are varied"
        return Finding(STOPPED, message, "unknown", "warning", claim.place, suggestion=help_)
    if claim.refused:
        first = claim.refused[0]
        message = f"gradc cannot read '{claim.fn}': {first.message}"
        return Finding(first.code, message, "unknown", "warning", first.span)
    if not claim.measured:
        message = f"'{claim.fn}' has no finite gradient at any point that was tried"
        return Finding(UNDECIDED, message, "unknown", "warning", claim.place, suggestion="--at")
    differing = next((one for one in claim.measured if one.value_differs), None)
    if differing is None or differing.answer.value is None:
        return None
    got = float(np.sum(differing.answer.value))
    return Finding(
        READ_DIFFERENTLY,
        f"gradc reads '{claim.fn}' differently: it gives {got:.12g}, and gradc's reading"
        f" {differing.value:.12g}",
        "unknown",
        "warning",
        claim.place,
        "value",
        got,
        differing.value,
        evidence=("so nothing is said about its gradient; please report this function",),
    )


def _sample(one: Measured) -> Sample | None:
    got = one.answer.gradient
    if got is None or got.shape != one.expected.shape:
        return None
    return Sample(one.point, got, one.expected, one.allowed)


def _tells(sample: Sample) -> bool:
    """Whether the bound leaves room to see an error."""
    size = float(np.abs(sample.expected).max(initial=0.0))
    return bool(np.isfinite(sample.allowed).all() and sample.allowed.max(initial=0.0) < 0.1 * size)


def _wrong(claim: Claim, samples: Sequence[Sample]) -> Judged:
    comparison = claim.comparison
    found = list(claim.found)
    if not found and comparison is not None:
        found = causes(replace(comparison, samples=tuple(samples)))
    # A gradient this near has a cause only where the change that mends it is known.
    if _is_numerical(samples) and not any(cause.proved for cause in found):
        return "inconclusive", [_numerical(claim, samples)]
    sample, element = _worst(samples)
    finding = _finding(claim, sample, element, found)
    return "wrong", [finding]


def _finding(claim: Claim, sample: Sample, element: int, found: Sequence[Cause]) -> Finding:
    """The error, with the likeliest cause."""
    got, expected = float(sample.got[element]), float(sample.expected[element])
    ratio = got / expected if expected else None
    whose = _whose(claim)
    finding = Finding(
        CODES["unknown"],
        f"{whose}: {_difference(claim, sample)}",
        "unknown",
        "error",
        _unread_place(claim) or start_of(claim.place),
        claim.labels[element] if element < len(claim.labels) else None,
        got,
        expected,
        ratio,
        _unread(claim),
    )
    if not found:
        return finding
    cause = found[0]
    if cause.name == "detached" and np.isnan(got):  # there is no number: the tape gave None
        finding = replace(finding, got=None, ratio=None)
        ratio = None
    others = [f"or: {other.message}" for other in found[1:3] if not cause.proved]
    labels = () if cause.primal is None else (("its derivative belongs to this", cause.primal),)
    return replace(
        finding,
        code=CODES[cause.name],
        message=f"{whose}: {cause.message}",
        cause=cause.name,
        span=cause.span or finding.span,
        ratio=ratio if cause.ratio is None else cause.ratio,
        evidence=(*cause.evidence, *others, *_unread(claim)),
        suggestion=cause.suggestion,
        labels=labels,
    )


def _whose(claim: Claim) -> str:
    if claim.kind == "tape":
        return f"the tape does not give the gradient of '{claim.fn}'"
    return f"'{claim.gr}' is not the gradient of '{claim.fn}'"


def _caused(claim: Claim, cause: Cause) -> Finding:
    """The error by its cause alone, where there are no numbers to compare."""
    return Finding(
        CODES[cause.name],
        f"{_whose(claim)}: {cause.message}",
        cause.name,
        "error",
        cause.span or start_of(claim.place),
        evidence=(*cause.evidence, *_unread(claim)),
        suggestion=cause.suggestion,
        labels=() if cause.primal is None else (("its derivative is the one given", cause.primal),),
    )


def _unread(claim: Claim) -> tuple[str, ...]:
    """That the gradient goes beyond the language, where it does."""
    if not claim.unread:
        return ()
    said = claim.unread[0]
    line = "" if said.span is None else f" (line {said.span.source.place(said.span.start)[0]})"
    return (f"gradc cannot read '{claim.gr}'{line}: {said.message}; only its numbers were used",)


def _unread_place(claim: Claim) -> Span | None:
    """The first step that gradc cannot read: where to look where nothing else tells."""
    place = claim.unread[0].span if claim.unread else None
    inside = claim.place is None or (place is not None and place.source is claim.place.source)
    return start_of(place) if inside else None


def _difference(claim: Claim, sample: Sample) -> str:
    """How many elements are off."""
    count, wrong = len(sample.got), int(sample.wrong.sum())
    if np.isnan(sample.got).any():
        return "it is NaN where the gradient is a number"
    if count == 1:
        return "its number is off"
    return f"{wrong} of its {count} numbers {'is' if wrong == 1 else 'are'} off"


def _worst(samples: Sequence[Sample]) -> tuple[Sample, int]:
    """The number that is farthest off, for its size."""
    best, found = -1.0, (samples[0], 0)
    for sample in samples:
        scale = max(float(np.abs(sample.expected).max(initial=0.0)), 1e-300)
        off = np.abs(sample.got - sample.expected) / scale
        off = np.where(sample.wrong, np.where(np.isnan(off), np.inf, off), -1.0)
        element = int(np.argmax(off))
        if off[element] > best:
            best, found = float(off[element]), (sample, element)
    return found


def _is_numerical(samples: Sequence[Sample]) -> bool:
    return all(
        bool(np.isfinite(sample.got).all())
        and float(np.abs(sample.got - sample.expected).max(initial=0.0))
        <= _NEARLY * float(np.abs(sample.expected).max(initial=0.0))
        for sample in samples
    )


def _numerical(claim: Claim, samples: Sequence[Sample]) -> Finding:
    sample, element = _worst(samples)
    got, expected = float(sample.got[element]), float(sample.expected[element])
    off = abs(got - expected) / max(float(np.abs(sample.expected).max()), 1e-300)
    return Finding(
        UNDECIDED,
        f"'{claim.gr}' is close to the gradient of '{claim.fn}' and not equal to it",
        "unknown",
        "warning",
        _unread_place(claim) or start_of(claim.place),
        claim.labels[element],
        got,
        expected,
        got / expected if expected else None,
        (f"off by {off:.1e} of the gradient, more than rounding explains",
         "a numerical derivative would be, and so would a constant with too few digits",
         *_unread(claim)),
    )  # fmt: skip


def _takes_the_value(claim: Claim) -> bool:
    """Whether the claimed derivative is one of the function's value, as ``a * (1 - a)`` is."""
    if len(claim.labels) != 1:
        return False
    pairs = [(one.answer, one) for one in claim.measured]
    if not any(_off(one.answer.gradient, one) for _, one in pairs):
        return False
    return all(answer.composed is not None for answer, _ in pairs) and not any(
        _off(answer.composed, one) for answer, one in pairs
    )


def _off(got: object, one: Measured) -> bool:
    array = np.asarray(got, dtype=np.float64)
    if got is None or array.shape != one.expected.shape:
        return True
    allowed = np.maximum(one.allowed, 8 * np.spacing(np.abs(one.expected)))
    return not bool((np.abs(array - one.expected) <= allowed).all())


def _value_note(claim: Claim) -> Finding:
    return Finding(
        CODES["other-quantity"],
        f"'{claim.gr}' is the derivative of '{claim.fn}' in terms of its value:"
        f" call it as {claim.gr}({claim.fn}(x))",
        "other-quantity",
        "note",
        start_of(claim.place),
    )


def _gradient_stops(claim: Claim, one: Measured) -> Finding:
    message = f"'{claim.gr}' stops when it is called: {one.answer.gradient_failure}"
    return Finding(STOPPED, message, "unknown", "warning", start_of(claim.place))


def _only_kinks(claim: Claim) -> Finding:
    message = f"'{claim.fn}' has a kink at every point that was tried, and no gradient there"
    kink = claim.measured[0].kink or start_of(claim.place)
    return Finding(CODES["kink"], message, "kink", "warning", kink, suggestion="--at")


def _untold(claim: Claim) -> Finding:
    return Finding(
        UNDECIDED,
        f"rounding hides whether '{claim.gr}' is right: its bound is as large as the gradient",
        "rounding",
        "warning",
        start_of(claim.place),
        suggestion="--at gives another place",
    )


def _notes(claim: Claim, samples: Sequence[Sample]) -> list[Finding]:
    """What is no fault: rounding that the bound explains, and kinks."""
    found: list[Finding] = []
    for sample in samples:
        size = float(np.abs(sample.expected).max(initial=0.0))
        off = np.abs(sample.got - sample.expected)
        element = int(np.argmax(off))
        if off[element] > _NOTED * size > 0:
            found.append(
                Finding(
                    CODES["rounding"],
                    f"'{claim.gr}' loses digits, and is right: rounding explains all of it",
                    "rounding",
                    "note",
                    start_of(claim.place),
                    claim.labels[element],
                    float(sample.got[element]),
                    float(sample.expected[element]),
                    evidence=(
                        f"off by {off[element]:.2g}; the bound of its own formula"
                        f" here is {sample.allowed[element]:.2g}",
                    ),
                )
            )
            break
    kink = next((one for one in claim.measured if one.is_kink), None)
    if kink is not None and _off(kink.answer.gradient, kink):
        message = (
            f"'{claim.fn}' has a kink at a point that was tried; away from it '{claim.gr}' is right"
        )
        found.append(Finding(CODES["kink"], message, "kink", "note", kink.kink or claim.place))
    return found


def start_of(place: Span | None) -> Span | None:
    """The first line of a place alone."""
    if place is None:
        return None
    end = place.source.text.find("\n", place.start, place.end)
    return Span(place.start, place.end if end < 0 else end, place.source)


def blamed(judged: Judged, claim: Claim, wrong: set[str]) -> Judged:
    """The same findings, which say so where the gradient calls another one that is wrong."""
    verdict, findings = judged
    culprits = sorted(claim.calls & wrong - {claim.gr})
    if verdict != "wrong" or not culprits:
        return judged
    names = ", ".join(f"'{name}'" for name in culprits)
    said = f"it calls {names}, which is wrong, too: mend that first"
    return verdict, [replace(f, evidence=(said, *f.evidence)) for f in findings]


def in_use(judged: Judged, claim: Claim, right_one: str | None) -> Judged:
    """The same findings, as warnings where nothing uses the gradient that is wrong."""
    verdict, findings = judged
    if verdict != "wrong" or claim.used_by:
        return judged
    ending = "" if right_one is None else f"; the gradient in use, '{right_one}', is right"
    changed = [
        replace(
            finding,
            code=CODES["unused"],
            cause="unused",
            severity="warning",
            message=f"'{claim.gr}' is wrong, but nothing that the fit uses calls it, so it is not"
            f" your symptom{ending}",
            evidence=(finding.message, f"the cause: {finding.cause}", *finding.evidence),
        )
        for finding in findings
    ]
    return verdict, changed
