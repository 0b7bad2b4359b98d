"""Watching user code while it runs: tapes, calls of a function, and values line by line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

_MOST_LINES = 400
_MOST_VALUES = 300


class Watch:
    """What was seen of the code in one file.

    ``log`` has an entry for each ``tape.gradient``: its line, whether the target is connected
    with the parameters, and which sources have no gradient. ``lines`` has an entry for each line
    that ran, with the state of the values in reach before and the result after.
    ``calls`` are the arguments of a watched function.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.log: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.calls: list[list[Any]] = []
        self._steps: list[tuple[FrameType, int, dict[str, Any], dict[str, Any] | None, Any]] = []
        self._targets: list[Any] = []
        self._open: dict[FrameType, tuple[int, dict[str, Any]]] = {}

    # ------------------------------------------------------------------ tapes

    @contextlib.contextmanager
    def tapes(self) -> Iterator[None]:
        """Note what each tape of the user gives."""
        try:
            import tensorflow as tf
        except ImportError:
            yield
            return
        own = tf.GradientTape.gradient
        log, targets, path = self.log, self._targets, self.path

        def gradient(tape: Any, target: Any, sources: Any, *rest: Any, **named: Any) -> Any:
            found = own(tape, target, sources, *rest, **named)
            frame = sys._getframe(1)
            if frame.f_code.co_filename == path:
                flat = [*tf.nest.flatten(found)]
                names = _names(frame, tf.nest.flatten(sources))
                log.append(
                    {
                        "line": frame.f_lineno,
                        "function": frame.f_code.co_name,
                        "sources": names,
                        "none": [one is None for one in flat],
                        "target": None,
                    }
                )
                targets.append(target)
            return found

        tf.GradientTape.gradient = gradient
        try:
            yield
        finally:
            tf.GradientTape.gradient = own

    # ------------------------------------------------------------------ calls

    @contextlib.contextmanager
    def called(self, name: str | None) -> Iterator[None]:
        """Note the arguments of each call of a function of the file."""
        if name is None:
            yield
            return

        def look(frame: FrameType, event: str, _: Any) -> None:
            code = frame.f_code
            if event != "call" or code.co_name != name or code.co_filename != self.path:
                return
            if len(self.calls) < _MOST_LINES:
                count = code.co_argcount
                self.calls.append([_numbers(frame.f_locals[n]) for n in code.co_varnames[:count]])

        sys.setprofile(look)
        try:
            yield
        finally:
            sys.setprofile(None)

    # ------------------------------------------------------------------ lines

    @contextlib.contextmanager
    def traced(self, wanted: bool) -> Iterator[None]:
        """Keep the values of the variables line by line."""
        if not wanted:
            yield
            return
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, value: Any) -> Any:
        if frame.f_code.co_filename != self.path:
            return None
        if event == "call":
            return self._trace
        if event == "exception":
            return self._trace
        before = self._open.pop(frame, None)
        if before is not None and len(self._steps) < _MOST_LINES:
            line, seen = before
            now = None if event == "return" else dict(frame.f_locals)
            self._steps.append((frame, line, seen, now, value if event == "return" else None))
        if event == "line":
            self._open[frame] = frame.f_lineno, dict(frame.f_locals)
        return self._trace

    def settle(self, tf: Any, tape: Any, sources: list[Any]) -> None:
        """Say of each value that was seen whether a derivative leads to it."""
        states: dict[int, str] = {}
        kept: list[Any] = []

        def state(value: Any) -> str:
            key = id(value)
            if key not in states and len(states) < _MOST_VALUES:
                states[key] = _state(tf, tape, sources, value)
                kept.append(value)
            return states.get(key, "other")

        for entry, target in zip(self.log, self._targets, strict=True):
            entry["target"] = state(target)
        for frame, line, seen, now, returned in self._steps:
            reach = {**{n: frame.f_globals.get(n) for n in frame.f_code.co_names}, **seen}
            entry = {
                "line": line,
                "function": frame.f_code.co_name,
                "before": {name: state(value) for name, value in reach.items()},
            }
            if now is None:
                entry["after"] = {"return": state(returned)}
            else:
                changed = [n for n, v in now.items() if n not in seen or seen[n] is not v]
                entry["after"] = {name: state(now[name]) for name in changed}
            self.lines.append(entry)
        self._steps.clear()


def _state(tf: Any, tape: Any, sources: list[Any], value: Any) -> str:
    """``connected``, ``cut`` for numbers to which no derivative leads, or ``other``."""
    if any(value is source for source in sources):
        return "connected"
    if isinstance(value, (list, tuple)) and value:
        parts = {_state(tf, tape, sources, part) for part in value[:20]}
        return next((s for s in ("connected", "cut") if s in parts), "other")
    if isinstance(value, tf.Variable):
        return "cut"
    if isinstance(value, tf.Tensor):
        if not value.dtype.is_floating:
            return "cut"
        try:
            found = tape.gradient(value, sources)
        except Exception:  # noqa: BLE001 - an operation whose derivative TensorFlow lacks
            return "cut"
        return "connected" if any(one is not None for one in found) else "cut"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        return "cut" if isinstance(kind, str) and kind and kind in "fiu" else "other"
    return "cut"


def _names(frame: FrameType, values: list[Any]) -> list[str | None]:
    """The names that the values have where the frame stands."""
    known = {**frame.f_globals, **frame.f_locals}
    return [next((n for n, v in known.items() if v is value), None) for value in values]


def _numbers(value: Any) -> Any:
    if hasattr(value, "numpy"):
        value = value.numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    return value if isinstance(value, (int, float, list)) else None
