"""The steps of a session that runs a user's script, in R."""

from __future__ import annotations

from importlib.resources import files

_PARTS = ("describe.R", "session.R")


def steps() -> str:
    """The text of an expression of R whose value is a list of functions, the steps."""
    texts = ((files("gradc.run") / name).read_text(encoding="utf-8") for name in _PARTS)
    return "local({\n" + "\n".join(texts) + "\n})"
