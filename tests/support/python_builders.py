"""Random builder scripts in Python: they put texts together and leave them in ``res``.

A template is Python code with places in guillemets. ``«t»`` is an expression of sort ``t``;
``«+j:i»`` makes up a name that stands for something of sort ``i`` to the end of the template,
and ``«=v:T»`` one that stands for it in all later statements; ``«@v»`` is that name again.
``«^t»`` uses none of the names that the template has made up so far.

Sorts: ``t`` a text, ``T`` a list of texts, ``e`` the text of a formula, ``E`` a list of these,
``n`` a number, ``N`` a list of numbers, ``i`` a small positive integer, ``I`` a list of these,
``f`` a flag, ``D`` a dict from text to text, ``C`` one from text to number, ``M`` a list of lists
of texts, ``P`` a pair of texts, ``u`` a function of one text, ``U`` of two, ``k`` a digit, ``w`` a
word, ``o`` an operator, ``x`` and ``z`` a text and a number as they may stand in an f-string.
"""

from __future__ import annotations

import ast
import json
import random
import re
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from python_builder_templates import (
    ENDINGS,
    LEAVES,
    RULES,
    STATEMENTS,
    WIDER_RULES,
    WIDER_STATEMENTS,
)

_PLACE: Final = re.compile(r"«([+=@^]?)(\w+)(?::(\w))?»")
_DEEPEST: Final = 3
_NAMES: Final = ("s", "txt", "h", "z", "t", "c", "d", "tmp", "out", "k", "eq", "expr", "f", "y")
_OF_FUNCTIONS: Final = ("f", "g", "act", "make")

NONSENSE: Final = (
    "None", "[]", "{}", "()", '""', '"(("', "-1", "0", "1e308 * 10", '"%s %d"', '"{} {}"', "str",
    "no_such_name", "lambda: None", "[None]", "{1: [2]}", "x.y.z", "(1, 'a')", "True", "[[1], 2]",
    "f'{None}'", "'a' * 2.5", "1 / 0", "2 ** 0.5", "'abc'[7]", "[1][5]", "{}['a']", "'%d' % 'a'",
    "'{}'.format()", "len", "print()", "''.join([1])", "int('q')", "range(-1)", "'a'.nothing()",
    "[].pop()", "max([])", "min()", "zip()", "[] + ()", "'a' - 'b'", "-'a'", "not []", "~2", "x",
    "(lambda q: q)()", "sorted([1, 'a'])", "re.sub('(', '', 'a')", "2 in 3", "10 ** 30", "sum('a')",
    "[i for i in 3]", "dict([1])", "*[1]", "x := 3", "1 if", "float('nan')", "'a'[None]",
    "[1]['a']", "'a'.replace(1, 2)", "'a'.join(1)", "'ab'.split('')",
    "'a'.strip(3)", "'{:d}'.format('a')",
)  # fmt: skip


def _pieces(table: str) -> list[str]:
    return [piece for piece in re.split(r" {2,}|\n", table.strip()) if piece]


def _by_sort(table: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?! )", table.strip()):
        sort, _, templates = entry.partition(": ")
        found[sort] = _pieces(templates)
    return found


_LEAVES: Final = _by_sort(LEAVES)
_RULES: Final = _by_sort(RULES)
_STATEMENTS: Final = STATEMENTS.strip().split("\n\n")
_WIDER_RULES: Final = {
    sort: _RULES.get(sort, []) + _by_sort(WIDER_RULES).get(sort, []) for sort in _LEAVES
}
_WIDER_STATEMENTS: Final = _STATEMENTS + WIDER_STATEMENTS.strip().split("\n\n")
_ENDINGS: Final = _pieces(ENDINGS)
_SUBSORTS: Final = {("e", "t"), ("E", "T"), ("i", "n"), ("t", "x"), ("e", "x"), ("i", "z")}
_LOOSE: Final = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda)
_IMPORTS: Final = """\
import functools, itertools, math, re, string
from functools import reduce
from itertools import chain, combinations, product
"""


class _Writer:
    """Writes one script; ``noise`` is how often a place gets something of another sort."""

    def __init__(self, rng: random.Random, noise: float, *, is_wide: bool) -> None:
        self.rng = rng
        self.noise = noise
        self.rules = _WIDER_RULES if is_wide else _RULES
        self.statements = _WIDER_STATEMENTS if is_wide else _STATEMENTS
        self.known: list[tuple[str, str]] = []  # names and their sorts
        self.count = 0
        self.room = 0

    def filled(self, template: str, depth: int, lasting: list[tuple[str, str]]) -> str:
        """A template with all its places filled in."""
        mine = self._names(template)
        outside = len(self.known)

        def place(match: re.Match[str]) -> str:
            mark, word, sort = match.groups()
            if mark in "+=" and mark:
                (lasting if mark == "=" else self.known).append((mine[word], sort))
                return mine[word]
            if mark == "@":
                return mine[word]
            hidden = self.known[outside:] if mark else []
            if mark:
                del self.known[outside:]
            text = self.expression(word, depth + 1)
            self.known += hidden
            return _closed(text, template, match)

        text = _PLACE.sub(place, template)
        del self.known[outside:]
        return text

    def _names(self, template: str) -> dict[str, str]:
        """What is made up in a template, which may be written before it is defined."""
        made = [m for m in _PLACE.finditer(template) if m[1] in ("+", "=")]
        return {match[2]: self.name(match[3]) for match in made}

    def name(self, sort: str) -> str:
        """A name that is new in this script."""
        self.count += 1
        stem = self.rng.choice(_OF_FUNCTIONS if sort in "uU" else _NAMES)
        return f"{stem}{self.count}"

    def expression(self, sort: str, depth: int) -> str:
        """Python code of a sort."""
        if self.rng.random() < self.noise:
            if self.rng.random() < 0.5:
                return self.rng.choice(NONSENSE)
            sort = self.rng.choice(list(_LEAVES))
        self.room -= 1
        names = [name for name, its in self.known if its == sort or (its, sort) in _SUBSORTS]
        if names and self.rng.random() < 0.35:
            return self.rng.choice(names)
        rules = self.rules.get(sort)
        if not rules or depth > _DEEPEST or self.room < 0 or self.rng.random() < 0.25:
            return self.rng.choice(_LEAVES[sort])
        return self.filled(self.rng.choice(rules), depth, [])

    def script(self, statements: int) -> str:
        lines: list[str] = []
        for template in self.rng.choices(self.statements, k=statements):
            lasting: list[tuple[str, str]] = []
            self.room = 25
            lines.append(self.filled(template, 0, lasting))
            self.known += lasting
        self.room = 25
        lines.append("res = " + self.filled(self.rng.choice(_ENDINGS), 0, []))
        return _IMPORTS + "\n".join(lines)


def _closed(text: str, template: str, place: re.Match[str]) -> str:
    """An expression in parentheses, unless it holds together or stands between commas."""
    before, after = template[: place.start()].rstrip(" "), template[place.end() :]
    is_free = before[-1:] in ("", "(", "[", ",", "=") and after[:1] in ("", ")", "]", ",", "\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of nonsense such as 1if
            is_loose = isinstance(ast.parse(text, mode="eval").body, _LOOSE)
    except SyntaxError:
        is_loose = False
    return f"({text})" if is_loose and (not is_free or before.endswith("==")) else text


def script(
    seed: int, statements: int | None = None, noise: float = 0.0, *, is_wide: bool = False
) -> str:
    """A random script, always the same for one seed; a wide one has rarer constructs as well."""
    rng = random.Random(seed)  # noqa: S311
    count = rng.randint(1, 6) if statements is None else statements
    return _Writer(rng, noise, is_wide=is_wide).script(count)


_RUNNER: Final = """
import contextlib, io, json, signal

def late(*_):
    raise TimeoutError

def ask(text):
    signal.setitimer(signal.ITIMER_REAL, 5)
    try:
        space = {"__name__": "__main__"}
        with contextlib.redirect_stdout(io.StringIO()):
            exec(text, space)
        value = space["res"]
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return {"error": f"ends with {value!r}"}
    return {"texts": texts, "is_list": isinstance(value, list)}

signal.signal(signal.SIGALRM, late)
with open("cases.json", encoding="utf-8") as cases:
    answers = [ask(text) for text in json.load(cases)]
with open("answers.json", "w", encoding="utf-8") as file:
    json.dump(answers, file)
"""


def ask_python(scripts: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """What real Python makes of each script, all in one process: ``texts``, or an ``error``.

    ``is_list`` says whether the script ends with a list of texts, and not with one text.
    """
    (folder / "cases.json").write_text(json.dumps(list(scripts)), encoding="utf-8")
    (folder / "runner.py").write_text(_RUNNER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "runner.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    answers: list[dict[str, Any]] = json.loads((folder / "answers.json").read_text("utf-8"))
    return answers
