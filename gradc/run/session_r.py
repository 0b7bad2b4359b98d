"""The steps of a session that runs a user's script, in R."""

from __future__ import annotations

from importlib.resources import files


def steps() -> str:
    """The text of ``session.R``, whose value is a list of functions."""
    return (files("gradc.run") / "session.R").read_text(encoding="utf-8")
