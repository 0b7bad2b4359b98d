"""What the steps of a session give in R, on its way to the parent: plain values and tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradc.run.host_r import HostedR
from gradc.run.wire import Tensor

_SMALL = 16


def shipped(r: HostedR, value: Any) -> tuple[Any, dict[str, Tensor]]:
    """A value of R as JSON, its long vectors and its matrices apart as tensors.

    A list with names is an object, one without is a list; any vector is a list.
    """
    tensors: dict[str, Tensor] = {}

    def plain(item: Any) -> Any:
        kind = type(item).__name__
        if kind == "ListSexpVector":
            names = item.do_slot("names") if "names" in item.list_attrs() else None
            parts = [plain(part) for part in item]
            return parts if names is None else dict(zip(map(str, names), parts, strict=True))
        if kind == "StrSexpVector":
            return [str(text) for text in item]
        if kind == "BoolSexpVector":
            return [bool(flag) for flag in item]
        if kind == "IntSexpVector":
            return [int(number) for number in item]
        if kind != "FloatSexpVector":
            return None
        found = r.tensor(item)
        if found is None or (len(found.shape) == 1 and len(found.data) <= _SMALL):
            return [] if found is None else found.data.tolist()
        key = f"t{len(tensors)}"
        tensors[key] = found
        return {"tensor": key}

    return plain(value), tensors


def received(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The other end: tensors put back in their places, as :class:`Tensor`."""
    if isinstance(value, dict):
        if set(value) == {"tensor"}:
            return tensors[value["tensor"]]
        return {name: received(part, tensors) for name, part in value.items()}
    if isinstance(value, list):
        return [received(part, tensors) for part in value]
    return value


def argument(r: HostedR, value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """An argument of a step: text, numbers, a tensor, or a list of such by name."""
    if isinstance(value, bool):
        return r.flag(value)
    if isinstance(value, int | float):
        return r.double(float(value))
    if isinstance(value, str):
        return r.strings([value])
    if isinstance(value, list):
        return r.strings(value)
    if set(value) == {"tensor"}:
        return r.numbers([tensors[value["tensor"]]])[0]
    return r.list({name: argument(r, part, tensors) for name, part in value.items()})
