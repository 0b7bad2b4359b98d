"""Places: ``a=1,b=2.5``, a JSON file, or a CSV file whose columns are vectors."""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from gradc.errors import Diagnostic, Source, Span, fail
from gradc.model import Unusable

_MISSING = frozenset({"", "na", "nan", "null", "none"})
NaPolicy = Literal["error", "drop"]


def read_place(text: str, na: NaPolicy = "error") -> list[dict[str, Any]]:
    """The points of one ``--at``: one point, or several from a JSON list.

    Raises: GradcError (G010 to G014) for text, a file or a cell that cannot be read.
    """
    path = Path(text)
    if path.suffix.lower() == ".json":
        return _from_json(path)
    if path.suffix.lower() == ".csv":
        return [_from_csv(path, na)]
    if "=" not in text:
        raise fail(
            "G010",
            f"'{text}' is neither NAME=VALUE pairs nor a .json or .csv file",
            suggestion="write --at a=1,b=2.5 or --at data.json",
        )
    return [_from_pairs(text)]


def missing_in_files(
    texts: Sequence[str], points: Sequence[Mapping[str, Any]], wanted: Sequence[str]
) -> list[Diagnostic]:
    """What to say of inputs that have no value though a file of values was given."""
    files = [text for text in texts if Path(text).suffix.lower() in (".json", ".csv")]
    names = [name for name in wanted if any(name not in point for point in points)]
    if not files or not names:
        return []
    is_table = len(files) == 1 and files[0].lower().endswith(".csv")
    where = f"'{files[0]}' has" if len(files) == 1 else "the files have"
    found: list[Diagnostic] = []
    for name in names:
        what = f"{where} no column '{name}'" if is_table else f"{where} no value for '{name}'"
        near = difflib.get_close_matches(name, list(points[0]), 1)
        listed = ", ".join(list(points[0])[:8]) + (", …" if len(points[0]) > 8 else "")
        help_ = f"did you mean '{near[0]}'?" if near else f"there are {listed}"
        found.append(Diagnostic("G205", what, None, help_ if points[0] else None))
    return found


def nearly_named(
    points: Sequence[Mapping[str, Any]], names: Sequence[str], open_: Sequence[str]
) -> list[Diagnostic]:
    """Values that no input takes, where an input of nearly that name keeps its own value."""
    given = dict.fromkeys(name for point in points for name in point if name not in names)
    folded = {name.casefold(): name for name in open_ if not any(name in p for p in points)}
    found: list[Diagnostic] = []
    for name in given:
        near = difflib.get_close_matches(name.casefold(), list(folded), 1, 0.8)
        if near:
            message = f"the model has no input '{name}', so the value for it is not used"
            help_ = f"did you mean '{folded[near[0]]}'?"
            found.append(Diagnostic("G106", message, severity="warning", suggestion=help_))
    return found


def _from_pairs(text: str) -> dict[str, Any]:
    source = Source("--at", text)
    point: dict[str, Any] = {}
    start = 0
    for part in text.split(","):
        name, equals, value = part.partition("=")
        span = Span(start, start + len(part), source)
        if not equals or not name.strip():
            help_ = (
                "a vector comes from a .json or .csv file" if "[" in text or "(" in text else None
            )
            raise fail("G010", "expected NAME=VALUE", span, help_)
        if name.strip() in point:
            raise fail("G010", f"'{name.strip()}' is given twice", span)
        number = _number(value)
        if number is None:
            help_ = (
                "a vector comes from a .json or .csv file" if value.strip()[:1] in "[c" else None
            )
            raise fail("G010", f"'{value.strip()}' is not a number", span, help_)
        point[name.strip()] = number
        start += len(part) + 1
    return point


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise fail("G011", f"cannot read '{path}': {reason}") from None


def _from_json(path: Path) -> list[dict[str, Any]]:
    text = _read(path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        span = Span(error.pos, error.pos + 1, Source(str(path), text))
        raise fail("G012", f"not JSON: {error.msg}", span) from None
    except RecursionError:
        raise fail("G012", f"'{path}' is nested too deeply") from None
    points = document if isinstance(document, list) else [document]
    for point in points:
        if not isinstance(point, dict):
            raise fail("G012", f"'{path}' holds no object of names and values")
    if not points:
        raise fail("G012", f"'{path}' is an empty list of points")
    return points


def _from_csv(path: Path, na: NaPolicy) -> dict[str, Any]:
    """Columns by name; one that is not all numbers is an error only where a model uses it.

    R writes row names as a first column without a name; that one is left out.
    """
    rows = [row for row in csv.reader(_read(path).splitlines(), skipinitialspace=True) if row]
    if len(rows) < 2:
        raise fail("G013", f"'{path}' needs a line of names and at least one row")
    names = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise fail("G013", f"'{path}' row {number} has {len(row)} cells, not {len(names)}")
    for number, name in enumerate(names, start=1):
        if name in names[: number - 1]:
            raise fail("G013", f"'{path}' has two columns named '{name}'")
        if not name and number > 1:
            raise fail("G013", f"'{path}' has no name for column {number}")
    cells = {name: [row[k].strip() for row in rows[1:]] for k, name in enumerate(names) if name}
    numeric = {name: column for name, column in cells.items() if _is_numeric(column)}
    if na == "drop":
        kept = [
            k
            for k in range(len(rows) - 1)
            if not any(column[k].lower() in _MISSING for column in numeric.values())
        ]
        if not kept:
            raise fail("G014", f"'{path}' has no complete row")
        numeric = {name: [column[k] for k in kept] for name, column in numeric.items()}
    return {name: _column(path, name, numeric.get(name, column)) for name, column in cells.items()}


def _is_numeric(column: list[str]) -> bool:
    return all(cell.lower() in _MISSING or _number(cell) is not None for cell in column)


def _column(path: Path, name: str, column: list[str]) -> list[float] | Unusable:
    """The numbers of a column, or what is wrong with it."""
    values: list[float] = []
    for number, cell in enumerate(column, start=2):
        if cell.lower() in _MISSING:
            return Unusable(
                fail(
                    "G014",
                    f"'{path}' row {number}, column '{name}': the value is missing",
                    suggestion="leave such rows out with --na drop",
                )
            )
        value = _number(cell)
        if value is None:
            return Unusable(
                fail("G013", f"'{path}' row {number}, column '{name}': '{cell}' is not a number")
            )
        values.append(value)
    return values
