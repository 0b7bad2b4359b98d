"""The lines that R's printer of code writes: where they are indented and where they break."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 10_000_000
"""Characters that a text may have unless the caller says otherwise."""

_WIDE_STEPS: Final = 4


class TooLong(ValueError):
    """The text of an expression has more characters than the caller allows."""


class Lines:
    """A text that grows at its end; R breaks a line only where it is too wide *already*.

    ``width`` counts bytes, as R does, and the indentation with them.
    """

    __slots__ = ("_at_start", "_left", "_pieces", "cutoff", "finished", "indent", "width")

    def __init__(self, cutoff: int, longest: int = LONGEST) -> None:
        self.cutoff = cutoff
        self.finished: list[str] = []
        self.indent = 0
        self.width = 0
        self._pieces: list[str] = []
        self._at_start = False
        self._left = longest

    def write(self, text: str) -> None:
        if self._at_start:
            self._at_start = False
            if self.indent:
                self.write(
                    " "
                    * (4 * min(self.indent, _WIDE_STEPS) + 2 * max(0, self.indent - _WIDE_STEPS))
                )
        self._left -= len(text)
        if self._left < 0:
            raise TooLong("the text of this expression is too long")
        self._pieces.append(text)
        self.width += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

    def end_line(self) -> None:
        self.finished.append("".join(self._pieces))
        self._pieces.clear()
        self.width = 0
        self._at_start = True

    def break_if_wide(self, broken: bool) -> bool:
        """End the line if it is beyond the cutoff; whether the construct has broken by now.

        The first break of a construct indents all that follows in it; the caller takes the
        indentation back at the construct's end.
        """
        if self.width <= self.cutoff:
            return broken
        if not broken:
            self.indent += 1
        self.end_line()
        return True
