"""What ``--show-text`` and ``--show-model`` print: a script's text, and what it means as R."""

from __future__ import annotations

from collections.abc import Iterable

from gradc.cli.output import (
    diagnostics_json,
    document,
    write_diagnostics,
    write_json,
    write_text,
)
from gradc.errors import Diagnostic
from gradc.model import Model
from gradc.syntax.rope import Text, leaves

LONGEST = 10_000
"""The longest text that is printed."""

_END = 60


def show_text(model: Model, format_: str) -> None:
    """Print the text that the model was read from, or how long it is and how it begins and ends."""
    text = model.text
    is_short = text is not None and text.length <= LONGEST
    if format_ == "json":
        shown = (
            None
            if text is None
            else {
                "length": text.length,
                "text": text.flat() if is_short else None,
            }
        )
        write_json(document(text=shown, diagnostics=diagnostics_json(model.notes)))
    elif text is None:
        message = "this model was not put together as text: it stands in the input as it is"
        write_diagnostics([Diagnostic("G107", message, severity="note")])
    else:
        write_text(text.flat() if is_short else summary(text))


def show_model(model: Model, format_: str) -> None:
    """Print the model as a file of R."""
    text = model.r_model()
    if format_ == "json":
        write_json(document(model=text, diagnostics=diagnostics_json(model.notes)))
    else:
        write_text(text)


def summary(text: Text) -> str:
    """One line about a text that is too long to be printed; the text is not written out."""
    first, last = _beginning(leaves(text)), _beginning(_from_end(text), from_end=True)
    return (
        f"{text.length:,} characters, {_distinct(text):,} distinct pieces:"
        f" {_one_line(first)} ... {_one_line(last)}"
    )


def _beginning(pieces: Iterable[Text], *, from_end: bool = False) -> str:
    """The characters at one end, from the pieces as they come from there."""
    found = ""
    for piece in pieces:
        flat = piece.flat()
        found = flat[-_END:] + found if from_end else found + flat[:_END]
        if len(found) >= _END:
            break
    return found[-_END:] if from_end else found[:_END]


def _from_end(text: Text) -> Iterable[Text]:
    """The pieces of a text, the last one first."""
    pending = [text]
    while pending:
        part = pending.pop()
        if part.parts:
            pending += part.parts
        else:
            yield part


def _distinct(text: Text) -> int:
    """How many different pieces there are, each looked at once however often it is pasted."""
    seen = {id(text)}
    pending = [text]
    while pending:
        fresh = [inner for inner in pending.pop().parts if id(inner) not in seen]
        seen.update(map(id, fresh))
        pending += fresh
    return len(seen)


def _one_line(text: str) -> str:
    """Characters that would break the line, as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
