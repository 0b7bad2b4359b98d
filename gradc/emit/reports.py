"""Results that the user asked for by name: what they are called in emitted code, and bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from gradc.emit.names import identifier, reserved
from gradc.ir import Function

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9._]*\Z")


def report_labels(function: Function) -> dict[str, str]:
    """A label for each reported name: the name itself where it is plain letters and digits."""
    labels: dict[str, str] = {}
    taken = {name for name in function.reports if _LABEL.match(name)}
    for name in function.reports:
        label = name
        if not _LABEL.match(name):
            stem, number = identifier(name), 2
            label = stem
            while label in taken:
                label, number = f"{stem}_{number}", number + 1
            taken.add(label)
        labels[name] = label
    return labels


def r_tag(label: str) -> str:
    """A label as the name of an element of an R list."""
    plain = _LABEL.match(label) and label not in reserved("r")
    return label if plain else f"`{label}`"


def has_bounds(function: Function) -> bool:
    """Whether some parameter has a bound."""
    return any(item.lower is not None or item.upper is not None for item in function.params)


def bounds_by_element(function: Function) -> Iterator[tuple[float | None, float | None]]:
    """The bounds of every element of every parameter, in the order of a gradient's columns."""
    for item in function.params:
        count = 1
        for size in item.type.shape:
            count *= size.constant
        for _ in range(count):
            yield item.lower, item.upper


def roles(function: Function) -> Mapping[str, bool]:
    """Each reported name, and whether it is to have a standard error."""
    return {name: f"adreport:{name}" in function.outputs for name in function.reports}
