"""Wrong texts: each ``tests/bad/NAME.txt`` and the exact diagnostics beside it.

A first line ``# gradc: wrt=a,b syntax=python at={"a": [1, 2]}`` says how the text is read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gradc.errors import GradcError, Source, render
from gradc.frontend import build

BAD = Path(__file__).parents[1] / "bad"
CASES = sorted(BAD.glob("*.txt"))


def _settings(text):
    found = re.match(r"# gradc: (.*)", text)
    words = found[1] if found else ""
    wrt = re.search(r"wrt=(\S+)", words)
    syntax = re.search(r"syntax=(\S+)", words)
    at = re.search(r"at=(\{.*\})", words)
    return {
        "wrt": wrt[1].split(",") if wrt else None,
        "syntax": syntax[1] if syntax else "r",
        "at": json.loads(at[1]) if at else None,
    }


def test_there_are_cases():
    assert len(CASES) >= 30
    assert {path.stem for path in CASES} == {path.stem for path in BAD.glob("*.stderr")}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_bad(path, matches_golden):
    text = path.read_text(encoding="utf-8")
    with pytest.raises(GradcError) as caught:
        build(Source(path.name, text), **_settings(text))
    shown = "\n\n".join(map(render, caught.value.diagnostics))
    matches_golden(path.with_suffix(".stderr"), shown + "\n")
