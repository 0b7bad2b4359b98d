"""What the fit scripts of R and of TMB have in common: data, parameters and bounds as text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gradc.emit.layout import wrap
from gradc.emit.numbers import r_number, r_start, r_vector
from gradc.emit.reports import bounds_by_element
from gradc.ir import Input
from gradc.targets.fit import FitModel
from gradc.targets.fit_r_text import FOLDER


def script(parts: Sequence[str], blanks: Mapping[str, str], name: str) -> str:
    """The text of a script: NAME and what stands between two ``@`` are filled in."""
    given = {"NAME": name, **{f"@{place}@": value for place, value in blanks.items()}}
    # In one pass, for what is filled in may look like a place.
    places = re.compile("|".join(sorted(map(re.escape, given), key=len, reverse=True)))
    text = places.sub(lambda found: given[found[0]], "\n".join(parts))
    lines: list[str] = []
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        lines += [line] if line.lstrip().startswith("#") else wrap(line.strip(), indent)
    return "\n".join(lines) + "\n"


def common(model: FitModel) -> dict[str, str]:
    """Data, parameters and bounds."""
    lower, upper = zip(*bounds_by_element(model.function), strict=True)
    return {
        "DATA": ", ".join(_taken(model)),
        "LIST": ", ".join(_parameters(model)),
        "LOWER": _bounds(lower, "-Inf"),
        "UPPER": _bounds(upper, "Inf"),
    }


def beside(files: Sequence[str]) -> str:
    """Lines that source what a script calls."""
    sources = (f'source(file.path(NAME_folder, "{file}"), local = TRUE)\n' for file in files)
    return FOLDER + "".join(sources)


def _taken(model: FitModel) -> Iterator[str]:
    """Each input of data under its emitted name."""
    for item in model.function.data:
        if item.kind == "random":
            continue
        arguments = [quoted(item.name)]
        rank = item.type.rank if item.declared or item.type.rank == 2 else 1
        if rank != 1:
            arguments.append(f"rank = {rank}L")
        if item.default is not None:
            arguments.append(f"default = {_default(item)}")
        yield f"{model.users[item.name]} = take({', '.join(arguments)})"


def _default(item: Input) -> str:
    if not isinstance(item.default, tuple):
        return r_number(item.default or 0.0)
    text = r_vector([r_number(value) for value in item.default])
    return f"matrix({text}, {item.type.known_shape[0]})" if item.type.rank == 2 else text


def _parameters(model: FitModel) -> Iterator[str]:
    """Each parameter as a part of one vector."""
    place = 1
    for item in model.function.params:
        count = item.type.count
        part = f"par[[{place}]]" if count is None else f"unname(par[{place}:{place + count - 1}])"
        if item.type.rank == 2:
            part = f"matrix({part}, {item.type.known_shape[0]})"
        yield f"{model.users[item.name]} = {part}"
        place += count or 1


def _bounds(bounds: Sequence[float | None], open_: str) -> str:
    texts = [open_ if bound is None else r_start(bound) for bound in bounds]
    return texts[0] if len(set(texts)) == 1 else f"c({', '.join(texts)})"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """A text as a literal of R."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
