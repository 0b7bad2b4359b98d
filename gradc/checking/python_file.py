"""A Python file as the doctor looks at it: its functions, its calls, and values that it spells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradc.errors import Source, Span, fail
from gradc.syntax.python import module_of
from gradc.syntax.python_lines import Lines

_LONGEST = 10_000
_WRAPPERS = {"array", "asarray", "constant", "Variable", "convert_to_tensor", "float32", "float64"}
_FORMS = {"Variable": "variable", "constant": "tensor", "convert_to_tensor": "tensor"}


@dataclass(frozen=True, slots=True)
class Spelt:
    """A value that the text spells, and the form it has there."""

    value: Any
    form: str


@dataclass
class PythonFile:
    """The text, its tree, and what it defines."""

    source: Source
    module: ast.Module
    path: Path
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    _lines: Lines | None = None

    @classmethod
    def read(cls, path: Path) -> PythonFile:
        """Read and parse a file.

        Raises: GradcError (G011, G100) where it cannot be read or is no Python.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise fail("G011", f"cannot read '{path}': it is not UTF-8 text") from None
        except OSError as error:
            raise fail("G011", f"cannot read '{path}': {error.strerror}") from None
        source = Source(str(path), text)
        found = cls(source, module_of(source), path)
        for statement in found.module.body:
            if isinstance(statement, ast.FunctionDef):
                found.functions[statement.name] = statement
            elif _is_lambda(statement):
                made = _as_function(statement)
                found.functions[made.name] = made
        return found

    @property
    def tensorflow(self) -> bool:
        """Whether the file imports TensorFlow or Keras."""
        names = [
            alias.name if isinstance(node, ast.Import) else node.module or ""
            for node in ast.walk(self.module)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        return any(name.partition(".")[0] in ("tensorflow", "keras") for name in names)

    def span(self, node: ast.AST) -> Span:
        """Where a node stands."""
        if self._lines is None:
            self._lines = Lines(self.source.text)
        place: Any = node
        start = self._lines.offset(place.lineno, place.col_offset)
        return Span(start, self._lines.offset(place.end_lineno, place.end_col_offset), self.source)

    def name_span(self, function: ast.FunctionDef) -> Span:
        """Where the name of a function stands."""
        whole = self.span(function)
        start = self.source.text.find(function.name, whole.start)
        return Span(start, start + len(function.name), self.source)

    def line_span(self, line: int) -> Span:
        """A whole line, without its margins."""
        start = self.source.line_starts[min(line, len(self.source.line_starts)) - 1]
        text = self.source.line(line)
        return Span(start + len(text) - len(text.lstrip()), start + len(text.rstrip()), self.source)

    def outer_statements(self) -> Iterator[ast.stmt]:
        """Statements that stand in no function, those below a heading included."""
        pending = self.module.body[::-1]
        while pending:
            statement = pending.pop()
            yield statement
            is_defined = isinstance(
                statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            )
            # What main() does is what the script does.
            if is_defined and statement.name not in ("main", "run", "demo", "test"):  # type: ignore[attr-defined]
                continue
            for below in ("finalbody", "orelse", "body"):
                pending += getattr(statement, below, [])[::-1]

    def outer_calls(self) -> Iterator[ast.Call]:
        """Calls that stand in no function."""
        for statement in self.outer_statements():
            for field_name, value in ast.iter_fields(statement):
                if field_name in ("body", "orelse", "finalbody", "handlers"):
                    continue
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, ast.AST):
                        yield from (n for n in ast.walk(part) if isinstance(n, ast.Call))

    def spelt(self) -> dict[str, Spelt]:
        """Names outside of functions that are given a value in so many words."""
        found: dict[str, Spelt] = {}
        for statement in self.outer_statements():
            if not isinstance(statement, ast.Assign):
                continue
            for target in statement.targets:
                for name, node in _pairs(target, statement.value):
                    value = spelt_value(node)
                    if value is not None:
                        found[name] = value
        return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=False):
            yield from _pairs(one, other)


def spelt_value(node: ast.expr) -> Spelt | None:
    """``0.7``, ``[1, 2]``, ``np.array([1, 2])``, ``tf.Variable(0.7)`` as a value; else None."""
    form, dtype = "", ""
    if isinstance(node, ast.Call) and node.args:
        callee = last_name(node.func)
        if callee in ("zeros", "ones", "full"):
            return _filled(callee, node.args)
        if callee not in _WRAPPERS:
            return None
        form = _FORMS.get(callee, "numpy")
        dtype = callee if callee.startswith("float") else ""
        others = [*node.args[1:], *(k.value for k in node.keywords if k.arg == "dtype")]
        names = [last_name(other) or getattr(other, "value", None) for other in others]
        dtype = next((n for n in names if n in ("float32", "float64")), dtype)
        node = node.args[0]
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, bool) or not _is_numeric(value):
        return None
    if not form:
        return Spelt(value, "list" if isinstance(value, (list, tuple)) else "number")
    default = "float64" if form == "numpy" else "float32"
    return Spelt(value, f"{form}.{dtype or default}")


def _filled(callee: str, arguments: Sequence[ast.expr]) -> Spelt | None:
    """``np.zeros(3)``, ``np.full(3, 0.5)``."""
    try:
        count, *rest = (ast.literal_eval(argument) for argument in arguments[:2])
    except (ValueError, TypeError):
        return None
    if not isinstance(count, int) or not 0 < count <= _LONGEST:
        return None
    number = {"zeros": 0.0, "ones": 1.0}.get(callee, rest[0] if rest else None)
    return Spelt([number] * count, "numpy.float64") if _is_numeric(number) else None


def _is_numeric(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(_is_numeric(item) for item in value)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def last_name(node: ast.AST) -> str:
    """``minimize`` of ``scipy.optimize.minimize``; empty for anything but names."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST) -> str:
    """``np.linalg.norm`` as a text; empty for anything but names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def parameters(function: ast.FunctionDef) -> list[str]:
    """The names of the arguments that go by position."""
    return [a.arg for a in (*function.args.posonlyargs, *function.args.args)]


def defaults(function: ast.FunctionDef) -> Mapping[str, ast.expr]:
    """What arguments are where they are left out."""
    names = parameters(function)
    given = function.args.defaults
    return dict(zip(names[len(names) - len(given) :], given, strict=True))


def _is_lambda(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Lambda)
        and isinstance(statement.targets[0], ast.Name)
    )


def _as_function(statement: Any) -> ast.FunctionDef:
    """``f = lambda x: e`` as a definition."""
    value = statement.value
    body = ast.copy_location(ast.Return(value.body), value.body)
    made = ast.FunctionDef(statement.targets[0].id, value.args, [body], [], None)
    return ast.copy_location(made, statement)
