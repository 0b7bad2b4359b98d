"""Random builder scripts: R programs that put texts together and leave them in ``res``.

A template is R code with places in braces. ``{t}`` is an expression of sort ``t``; ``{+j:i}``
makes up a name that stands for something of sort ``i`` to the end of the template, and
``{=v:T}`` one that stands for it in all later statements; ``{@v}`` is that name again.
``{^t}`` uses none of the names that the template has made up so far.

Sorts: ``t`` a text, ``T`` texts, ``e`` the text of an R expression, ``E`` several of them,
``n`` a number, ``N`` numbers, ``i`` a small positive whole number, ``I`` some of them, ``f`` a
flag, ``B`` flags, ``q`` code, ``L`` a list of texts, ``m`` a matrix of texts, ``u`` a function
of one text, ``U`` of two, ``k`` a digit, ``o`` an operator as text, ``w`` a word as text,
``s`` a bare symbol.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from builder_templates import ENDINGS, LEAVES, RULES, STATEMENTS

_PLACE: Final = re.compile(r"\{([+=@^]?)(\w+)(?::(\w))?\}")
_DEEPEST: Final = 3
_LONGEST: Final = 3000

# Names that R's own functions and constants have too, and some that they have not.
_NAMES: Final = ("s", "txt", "h", "z", "t", "c", "d", "tmp", "out", "k", "eq", "df", "F", "y")
_OF_FUNCTIONS: Final = ("f", "g", "act", "make")

NONSENSE: Final = (
    "NA", "NULL", "character(0)", '""', '"(("', '"a +"', "-1", "NaN", "Inf", "list()", "0", "%s",
    "function(x) x", "quote(x + 1)", "TRUE", "no_such_name", "NA_character_", "1e300", "c(NA, 1)",
    "c()", 'list(1, "a")', "", "numeric(0)", r'"\\"', '"[a"', "expression()", "~a", "x", "..1",
    "matrix(1:4, 2)", "2:0", "stop('no')", "function() NULL", "quote(expr = )", "-(1:3)", "...",
    "list(a = NULL)", "data.frame()", "letters", '"%s %d"', "if (FALSE) 1", "c(a = 1)", "1i",
)  # fmt: skip


def _statements(table: str) -> list[str]:
    return re.split(r"\n(?! )", table.strip())


def _pieces(table: str) -> list[str]:
    return [piece for piece in re.split(r" {2,}|\n", table.strip()) if piece]


_LEAVES: Final = {sort: _pieces(table) for sort, table in LEAVES.items()}
_RULES: Final = {sort: _pieces(table) for sort, table in RULES.items()}
_STATEMENTS: Final = _statements(STATEMENTS)
_ENDINGS: Final = _pieces(ENDINGS)


class _Writer:
    """Writes one script; ``noise`` is how often a place gets something of another sort."""

    def __init__(self, rng: random.Random, noise: float) -> None:
        self.rng = rng
        self.noise = noise
        self.known: list[tuple[str, str]] = []  # names and their sorts
        self.count = 0
        self.room = 0

    def filled(self, template: str, depth: int, lasting: list[tuple[str, str]]) -> str:
        """A template with all its places filled in."""
        mine: dict[str, str] = {}
        outside = len(self.known)

        def place(match: re.Match[str]) -> str:
            mark, word, sort = match.groups()
            if mark == "@":
                return mine[word]
            if mark == "^":
                mine_now, self.known[outside:] = self.known[outside:], []
                text = self.expression(word, depth + 1)
                self.known += mine_now
                return text
            if not mark:
                return self.expression(word, depth + 1)
            mine[word] = name = self.name(sort)
            (lasting if mark == "=" else self.known).append((name, sort))
            return name

        text = _PLACE.sub(place, template)
        del self.known[outside:]
        return text

    def name(self, sort: str) -> str:
        """A name that is new in this script."""
        self.count += 1
        stem = self.rng.choice(_OF_FUNCTIONS if sort in "uU" else _NAMES)
        taken = any(name == stem for name, _ in self.known)
        is_bare = sort not in "uU" and not taken and self.rng.random() < 0.2
        return stem if is_bare else f"{stem}{self.count}"

    def expression(self, sort: str, depth: int) -> str:
        """R code of a sort."""
        if self.rng.random() < self.noise:
            if self.rng.random() < 0.5:
                return self.rng.choice(NONSENSE)
            sort = self.rng.choice(list(_LEAVES))
        self.room -= 1
        names = [name for name, its in self.known if its == sort or (its, sort) in _SUBSORTS]
        if names and self.rng.random() < 0.3:
            return self.rng.choice(names)
        rules = _RULES.get(sort)
        if not rules or depth > _DEEPEST or self.room < 0 or self.rng.random() < 0.25:
            return self.rng.choice(_LEAVES[sort] or names)
        return self.filled(self.rng.choice(rules), depth, [])

    def script(self, statements: int) -> str:
        lines: list[str] = []
        for template in self.rng.choices(_STATEMENTS, k=statements):
            lasting: list[tuple[str, str]] = []
            self.room = 25
            lines.append(self.filled(template, 0, lasting))
            self.known += lasting
        self.room = 25
        lines.append("res <- " + self.filled(self.rng.choice(_ENDINGS), 0, []))
        text = "\n".join(lines)
        if "%+%" in text:
            text = "`%+%` <- function(a, b) paste0(a, b)\n" + text
        return text


_SUBSORTS: Final = {("e", "t"), ("E", "T"), ("i", "n"), ("I", "N"), ("t", "T"), ("i", "I")}


def script(seed: int, statements: int | None = None, noise: float = 0.0) -> str:
    """A random script, always the same for one seed."""
    rng = random.Random(seed)  # noqa: S311
    count = rng.randint(1, 6) if statements is None else statements
    return _Writer(rng, noise).script(count)


_RUNNER: Final = """
options(keep.source = FALSE, warn = -1)
ask <- function(text) {
  setTimeLimit(elapsed = 5, transient = TRUE)
  on.exit(setTimeLimit(elapsed = Inf))
  tryCatch({
    here <- new.env(parent = globalenv())
    value <- NULL
    for (e in parse(text = text, keep.source = FALSE)) value <- eval(e, here)
    is_text <- is.character(value)
    texts <- as.character(value)
    texts[is.na(texts)] <- "NA"
    list(is_text = is_text, texts = I(texts))
  }, error = function(e) list(error = paste(conditionMessage(e), collapse = " ")))
}
answers <- lapply(jsonlite::fromJSON("cases.json"), ask)
writeLines(jsonlite::toJSON(answers, auto_unbox = TRUE), "answers.json")
"""


def ask_r(scripts: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """What real R makes of each script, all in one process: ``texts``, or an ``error``.

    ``is_text`` says whether the script ends with a character vector.
    """
    (folder / "cases.json").write_text(json.dumps(list(scripts)), encoding="utf-8")
    (folder / "runner.R").write_text(_RUNNER, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "runner.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    answers: list[dict[str, Any]] = json.loads((folder / "answers.json").read_text("utf-8"))
    return answers
