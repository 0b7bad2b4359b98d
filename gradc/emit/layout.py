"""Long lines of code, broken where a reader would break them."""

from __future__ import annotations

from collections.abc import Iterable

WIDTH = 96


def wrap(
    text: str, indent: int, hanging: int = 2, width: int = WIDTH, *, leading: bool = False
) -> list[str]:
    """Lines of at most ``width`` columns where that is possible, the later ones indented more.

    A line ends after an operator or a comma, so that R and C++ read on, at the outermost
    bracket that gives a line of a sensible length. With ``leading`` it ends before an operator,
    as Python's readers expect.
    """
    lines: list[str] = []
    pad = " " * indent
    rest = text
    while indent + len(rest) > width:
        cut = _cut(rest, width - indent, leading)
        if cut is None:
            break
        lines.append(pad + rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
        if len(lines) == 1:
            indent += hanging
            pad = " " * indent
    lines.append(pad + rest)
    return lines


def _cut(text: str, room: int, leading: bool) -> int | None:
    """Where to break a text that is longer than the room: the last shallow place that fits."""
    depth = 0
    quoted = False
    best: tuple[int, int] | None = None
    for position, character in enumerate(text[:room]):
        if character == '"':
            quoted = not quoted
        if quoted:
            continue
        depth += (character in "([{") - (character in ")]}")
        if character != " " or position <= room // 3 or not _may_break(text, position, leading):
            continue
        # A break outside brackets reads better than one inside, at a sum than at a product.
        operator = text[position + 1] if leading else text[position - 1]
        rank = 2 * depth + (operator in "*/")
        if best is None or rank <= best[0]:
            best = (rank, position + 1)
    return None if best is None else best[1]


def _may_break(text: str, position: int, leading: bool) -> bool:
    before = text[position - 1]
    # R's stop() stands below its condition rather than the condition in two lines.
    if before == "," or text.startswith("stop(", position + 1):
        return True
    if leading:
        after = text[position + 1 : position + 3]
        return len(after) == 2 and after[0] in "+-*/&|" and after[1] == " "
    return before in "+-*/&|" and position > 1 and text[position - 2] in " &|"


def paragraph(words: Iterable[str], prefix: str, width: int = WIDTH) -> list[str]:
    """Words filled into lines that begin with a prefix."""
    lines: list[str] = []
    line = prefix
    for word in words:
        if len(line) + 1 + len(word) > width and line != prefix:
            lines.append(line)
            line = prefix
        line += word if line == prefix else f" {word}"
    lines.append(line)
    return lines
