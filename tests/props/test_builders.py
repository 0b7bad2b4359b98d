"""Builder scripts with nonsense in them: a diagnostic or a model, and soon."""

from __future__ import annotations

import time

import pytest
from builders import script
from hypothesis import given, note, settings
from hypothesis import strategies as st

import gradc.frontend.calls as calls
import gradc.frontend.context as context
from gradc.errors import GradcError, Source, render
from gradc.frontend import Built, build
from gradc.ir import dump, parse
from gradc.prims import check

SECONDS = 20.0
"""Far more than any takes, far less than one that grows out of hand."""


@pytest.fixture(autouse=True, scope="module")
def _low_limits():
    """An endless loop comes to its end early."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "STEPS_LIMIT", 100_000)
        patch.setattr(calls, "DEPTH_LIMIT", 200)
        yield


def built(text: str) -> Built | None:
    """What a script means, None where it is refused."""
    try:
        return build(Source("script", text))
    except GradcError as error:
        for diagnostic in error.diagnostics:
            assert diagnostic.code[:2] in ("G1", "G2")
            assert render(diagnostic)
            diagnostic.to_json()
        return None


@settings(max_examples=1000, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    statements=st.integers(0, 6),
    noise=st.sampled_from([0.0, 0.03, 0.1, 0.3]),
    ending=st.sampled_from(["res", "res[1]", "parse(text = res)", "D(parse(text = res), 'x')"]),
)
def test_nonsense_is_refused(seed: int, statements: int, noise: float, ending: str) -> None:
    text = f"{script(seed, statements, noise)}\n{ending}"
    note(text)
    start = time.monotonic()
    model = built(text)
    assert time.monotonic() - start < SECONDS
    if model is not None:
        shown = dump(check(model.function, "frontend"))
        assert dump(parse(shown)) == shown


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_both_outcomes_occur(noise: float) -> None:
    """The scripts are neither all refused nor all accepted."""
    models = [built(f"{script(seed, noise=noise)}\nres[1]") for seed in range(150)]
    accepted = sum(model is not None for model in models)
    assert 15 < accepted < 149
