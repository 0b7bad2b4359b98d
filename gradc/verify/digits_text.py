"""The section "where digits are lost", as people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from gradc.errors import Span
from gradc.verify.digits import Entry, Precision
from gradc.verify.loss import Loss, Step

MOST_LINES = 5
_MOST_TERMS = 3
_MOST_NAMES = 4
Line = tuple[int, Text]
"""How far to indent, and a text."""
# Not told at all: of a 0 no digit is certain.
_QUIET = ("kept", "zero")
_ALIKE = 0.3


def wrapped(precision: Precision, console: Console, width: int) -> Iterator[Text]:
    """The section's lines, no longer than a width, those of one statement indented alike."""
    for level, text in lines(precision):
        room = max(20, width - 2 * level - 2)
        for k, part in enumerate(text.wrap(console, room)):
            part.rstrip()
            yield Text(" " * (2 * level + (2 if k else 0))) + part


def lines(precision: Precision) -> Iterator[Line]:
    """The section's lines: outputs that lose digits, the costly steps of each, lost terms."""
    every = precision.every_digit
    head = f"where digits are lost ({precision.dtype} on {precision.target}, {every:.1f} digits"
    if precision.threshold:
        head += f"; shown where a bound takes {precision.threshold:g} or more"
    yield 0, Text(f"{head})", style="bold")
    if not any(e.loss.cause not in _QUIET for e in precision.entries) and not precision.absorbed:
        least = min((e.loss.digits_kept for e in precision.entries if e.loss.value), default=every)
        yield 1, Text(f"nowhere: every output keeps {least:.1f} digits or more")
    shown, left = 0, 0
    told: set[tuple[object, ...]] = set()
    for entry in precision.entries:
        key = _key(entry)
        if entry.loss.cause in (*_QUIET, "roundings") or key in told:
            continue
        told.add(key)
        if shown >= MOST_LINES:
            left += 1
            continue
        yield from _entry(precision, entry)
        shown += max(1, len(_few(entry.loss.steps)))
    yield from _sums(precision)
    # Drawn points are of every size: what is absorbed at one of them alone is not remarkable.
    terms = [t for t in precision.absorbed if len(t.points) * 3 >= len(precision.points)]
    for one in terms[:_MOST_TERMS]:
        where = "" if len(precision.points) == 1 else f" at {len(one.points)} of"
        where += "" if len(precision.points) == 1 else f" {len(precision.points)} points"
        text = Text(f"{_place(one.span)}{one.term}", style="cyan")
        text.append(f" is absorbed{where}", style="default")
        text.append(
            f": it adds less than half a unit in the last place of {one.beside}", style="default"
        )
        text.append(f" (in the derivative of '{one.rule}')" if one.rule else "", style="dim")
        yield 0, text
    left_terms = len(precision.absorbed) - min(len(terms), _MOST_TERMS)
    if left > 0 or left_terms > 0:
        parts = [f"more outputs that lose digits: {left}"] if left > 0 else []
        parts += [f"more absorbed terms: {left_terms}"] if left_terms > 0 else []
        yield 1, Text(f"{', '.join(parts)}; --format json has all", style="dim")


def _sums(precision: Precision) -> Iterator[Line]:
    """One line for all outputs whose bounds are sums of many small roundings."""
    found = [e.loss for e in precision.entries if e.loss.cause == "roundings"]
    if not found:
        return
    names = list(dict.fromkeys(loss.output for loss in found))
    said = ", ".join(names[:_MOST_NAMES])
    said += f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    low, high = (pick(loss.digits_lost for loss in found) for pick in (min, max))
    digits = f"{low:.1f}" if high - low < 0.1 else f"{low:.1f} to {high:.1f}"
    text = Text(said, style="bold")
    few = [step for loss in found for step in loss.steps[:1] if step.kind == "function"]
    also = f", and of functions such as {few[0].expression}" if few else ""
    text.append(
        f": {digits} digits at the worst, if all roundings of long sums{also} go one way;"
        " mostly they cancel",
        "not bold",
    )
    yield 0, text


def _key(entry: Entry) -> tuple[object, ...]:
    """Outputs with one and the same reason are told once."""
    form = "both" if _is_alike(entry) else entry.form
    if not entry.loss.steps:
        return (form, entry.loss.output)
    steps = tuple(step.expression for step in _few(entry.loss.steps))
    return (form, steps, entry.loss.cause)


def _few(steps: Sequence[Step]) -> Sequence[Step]:
    return steps[:2]


def _entry(precision: Precision, entry: Entry) -> Iterator[Line]:
    loss, every = entry.loss, precision.every_digit
    place = point_text(precision.points[entry.point])
    text = Text(loss.output, style="bold")
    if loss.digits_lost >= every:
        text.append(" may lose all of its digits")
    else:
        text.append(f" keeps {loss.digits_kept:.1f} of {every:.1f} digits")
    same = _is_alike(entry)
    code = " as it is written and in gradc's code" if same else " in gradc's code"
    text.append(" as it is written" if entry.form == "written" and not same else code)
    if entry.form == "written" and entry.beside is not None and not same:
        text.append(f", {every - entry.beside:.1f} in gradc's code")
    text.append(f" ({place})" if place else "", style="dim")
    yield 0, text
    yield 1, Text(reason(loss, precision.dtype))
    for step in _few(loss.steps):
        yield from _step(entry, step)


def _is_alike(entry: Entry) -> bool:
    """Whether the formula as it was written loses what gradc's code loses."""
    return entry.beside is not None and abs(entry.beside - entry.loss.digits_lost) < _ALIKE


def reason(loss: Loss, dtype: str) -> str:
    """Why an output loses digits, in a sentence."""
    inherent = (
        f"even in exact arithmetic, inputs rounded to {dtype} cost {loss.inherent:.1f} digits"
    )
    known = f"(condition of the problem: {_size(loss.condition)})"
    formula = loss.digits_lost - loss.inherent
    match loss.cause:
        case "kept":
            return f"nearly nothing is lost {known}"
        case "inputs":
            return (
                f"ill-conditioned problem, the loss is inherent in the inputs: {inherent} {known}"
            )
        case "formula":
            own = f"the problem itself costs {loss.inherent:.1f} digits"
            return f"unstable formula: {own} {known}"
        case "both":
            return f"unstable formula, {formula:.1f} digits; {inherent} {known}"
        case "range":
            return f"a result is outside of the range of {dtype} {known}"
        case "zero":
            return "the value is 0, and no digit of a 0 is certain"
        case "roundings":
            return f"many roundings, each of them small: the bound is their sum {known}"
        case "proof":
            return (
                f"the proof is wide: to first order {loss.first_order:.1f} digits are lost {known}"
            )
        case _:
            return f"errors of many steps together {known}"


def _step(entry: Entry, step: Step) -> Iterator[Line]:
    text = Text(f"{_place(step.span)}{step.expression}", style="cyan")
    rule = f" (in the derivative of '{step.rule}')" if step.rule else ""
    text.append(rule, style="dim")
    if step.kind == "accumulation":
        text.append(f"  a sum whose roundings add up to {step.digits_lost:.1f} digits", "default")
    elif step.kind == "range":
        text.append("  is too large, or too small, for a number of all digits", "default")
    elif step.kind == "function":
        text.append(f"  a function known to {step.digits_lost:.1f} digits less", "default")
    else:
        text.append(
            f"  condition {_size(step.condition)}, costs {step.digits_lost:.1f} digits", "default"
        )
    yield 1, text
    if step.stable_form:
        exact = " for inputs that are exactly these" if entry.loss.cause == "inputs" else ""
        of = " of the value" if step.of_value else ""
        form = Text(f"stable form{of}: ", style="green")
        form.append(step.stable_form, style="bold green")
        form.append(f", which would save {step.saves:.1f} digits{exact}")
        if entry.in_emitted(step):
            form.append(" (gradc's emitted code already does this)")
        yield 2, form


def _place(span: Span | None) -> str:
    if span is None:
        return ""
    line, column = span.source.place(span.start)
    return f"{span.source.name}:{line}:{column}  "


def _size(number: float) -> str:
    if number != number:
        return "not known"
    return (
        f"{number:.1f}" if number < 1000 else f"{number:.0e}".replace("e+0", "e").replace("e+", "e")
    )


def point_text(point: Mapping[str, Any]) -> str:
    """A point in a line, vectors by their first number."""
    parts = [f"{name}={_short(value)}" for name, value in point.items()]
    text = ", ".join(parts)
    return text if len(text) <= 60 else text[:59] + "…"


def _short(value: Any) -> str:
    while isinstance(value, (list, tuple)):
        if not value:
            return "[]"
        value = value[0]
        return f"[{_short(value)}…]"
    return f"{float(value):.8g}"
