"""Run emitted programs in their real toolchains, each in a process of its own."""

from __future__ import annotations

from gradc.run.batch_tmb import run_tmb_batch, warm_tmb
from gradc.run.evaluate import run
from gradc.run.fit import FitAnswer, FitProgram, FitRequest, run_fit
from gradc.run.pool import POOL
from gradc.run.program import (
    Answer,
    Argument,
    Numbers,
    Program,
    ToolchainError,
    ToolchainStatus,
    Witness,
)
from gradc.run.toolchains import toolchains
from gradc.run.trace import TRACED, trace

close = POOL.close

__all__ = [
    "TRACED",
    "Answer",
    "Argument",
    "FitAnswer",
    "FitProgram",
    "FitRequest",
    "Numbers",
    "Program",
    "ToolchainError",
    "ToolchainStatus",
    "Witness",
    "close",
    "run",
    "run_fit",
    "run_tmb_batch",
    "toolchains",
    "trace",
    "warm_tmb",
]
