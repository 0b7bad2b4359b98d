"""R as an oracle: code in, what it prints out."""

from __future__ import annotations

import subprocess


def printed_by_r(code: list[str], seconds: float = 120) -> str:
    """What R prints for lines of code, which must run without an error."""
    done = subprocess.run(
        ["Rscript", "--vanilla", "-"],
        input="\n".join(code),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
