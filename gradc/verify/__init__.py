"""Judge what toolchains computed: true values and proved bounds in ball arithmetic."""

from __future__ import annotations

from gradc.verify.bounds import Bound, Bounds, bounds
from gradc.verify.cases import Case, Emitted, Plan, Subject, examine, plan
from gradc.verify.digits import Precision, precision_at
from gradc.verify.loss import Loss, Step, explain_loss
from gradc.verify.oracle import Truth, true_values
from gradc.verify.points import Sample, Skipped, sample
from gradc.verify.quotient import Confirmation, confirm
from gradc.verify.report import Culprit, OutputReport, Report, SourceReport, Worst, render_report
from gradc.verify.rounding import computes_in
from gradc.verify.verdict import assess, verify, with_culprits
from gradc.verify.witnesses import WITNESS_TARGETS, WITNESSES, Hearing

__all__ = [
    "WITNESSES",
    "WITNESS_TARGETS",
    "Bound",
    "Bounds",
    "Case",
    "Confirmation",
    "Culprit",
    "Emitted",
    "Hearing",
    "Loss",
    "OutputReport",
    "Plan",
    "Precision",
    "Report",
    "Sample",
    "Skipped",
    "SourceReport",
    "Step",
    "Subject",
    "Truth",
    "Worst",
    "assess",
    "bounds",
    "computes_in",
    "confirm",
    "examine",
    "explain_loss",
    "plan",
    "precision_at",
    "render_report",
    "sample",
    "true_values",
    "verify",
    "with_culprits",
]
