"""Generated texts read as R itself reads them: the same trees, the same rejections."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from gradc.errors import GradcError, Source
from gradc.syntax.r import parse_r

# Prints each text's expressions in the notation of the test cases. One text a line; line ends
# inside a text are \001.
ORACLE = r"""
leaf <- function(e) {
  if (is.name(e)) return(switch(as.character(e), "(" = "paren", "{" = "block", "[" = "index",
                                "[[" = "index2", as.character(e)))
  if (is.character(e)) return(paste0("\"", e, "\""))
  if (is.integer(e)) return(paste0(e, ".0L"))
  if (is.double(e)) return(sprintf("%.1f", e))
  deparse(e)
}
named <- function(name, text) if (is.null(name) || !nzchar(name)) text else paste0(name, "=", text)
sexpr <- function(e) {
  if (identical(e, quote(expr = ))) return("<missing>")
  if (!is.call(e)) return(leaf(e))
  if (identical(e[[1]], as.name("function"))) {
    parameters <- character()
    for (k in seq_along(e[[2]])) {
      none <- identical(e[[2]][[k]], quote(expr = ))
      parameters <- c(parameters, if (none) names(e[[2]])[k]
                                  else named(names(e[[2]])[k], sexpr(e[[2]][[k]])))
    }
    return(paste0("(function [", paste(parameters, collapse = " "), "] ", sexpr(e[[3]]), ")"))
  }
  parts <- character()
  for (k in seq_along(e)) {
    text <- if (identical(e[[k]], quote(expr = ))) "<missing>" else sexpr(e[[k]])
    parts <- c(parts, named(names(e)[k], text))
  }
  paste0("(", paste(parts, collapse = " "), ")")
}
for (line in readLines(file("stdin"))) {
  text <- gsub("\001", "\n", line, fixed = TRUE)
  trees <- tryCatch(vapply(as.list(parse(text = text, keep.source = FALSE)), sexpr, ""),
                    error = function(e) "rejected")
  cat(gsub("\n", "\001", paste(trees, collapse = " ;; ")), "\n", sep = "")
}
"""

BINARY = ["+", "-", "*", "/", "^", "**", "%%", "%in%", ":", "<", "==", ">=", "&", "&&", "|", "||",
          "~", "<-", "<<-", "->", "->>", "=", "?", ":=", "|>"]  # fmt: skip
PREFIX = ["-", "+", "!", "~", "?", "if (p) ", "if (p) q else ", "function(x) ", "while (p) ",
          "for (i in p) ", "repeat ", "\\(x) "]  # fmt: skip
ATOMS = ["a", "b", "c", "1", "2L", "f(x)", "x[1]", "x$y", "(a)", "f()", "x[[i]]", "a::b", "{a}",
         '"s"', "TRUE", "f(a = 1)", "f(a, , 2)"]  # fmt: skip


def chain(dice: random.Random) -> str:
    """Values with operators between them and prefix operators before them."""
    text = ""
    for position in range(dice.randint(1, 5)):
        if position:
            text += f" {dice.choice(BINARY)} "
        text += "".join(dice.choice(PREFIX) for _ in range(dice.choice([0, 0, 0, 1, 1, 2])))
        text += dice.choice(ATOMS)
    return text


def lines(dice: random.Random, depth: int) -> str:
    """Nested constructs with line ends anywhere."""
    if depth == 0:
        return dice.choice(["a", "1", "x$y"])

    def part() -> str:
        return lines(dice, depth - 1)

    pieces = dice.choice(
        [
            lambda: [part(), dice.choice(["+", "<", "%in%", "~", "<-"]), part()],
            lambda: ["if", "(", part(), ")", part()],
            lambda: ["if", "(", part(), ")", part(), "else", part()],
            lambda: ["while", "(", part(), ")", part()],
            lambda: ["function", "(", "x", ",", "y", "=", "2", ")", part()],
            lambda: ["{", part(), "\n", part(), "}"],
            lambda: ["{", part(), "}"],
            lambda: ["(", part(), ")"],
            lambda: ["f", "(", part(), ",", part(), ")"],
            lambda: ["x", "[[", part(), "]]"],
            lambda: ["-", part()],
        ]
    )()
    return "".join(piece + dice.choice([" "] * 8 + ["\n", "\n\n", " # c\n"]) for piece in pieces)


def texts() -> list[str]:
    dice = random.Random(20260)  # noqa: S311
    made = [chain(dice) for _ in range(600)]
    made += [lines(dice, dice.randint(1, 3)) for _ in range(400)]
    made += [f"a {x} b {y} c" for x in BINARY for y in BINARY]
    made += [f"a {x} {p}b {y} c" for p in ("-", "!", "~") for x in BINARY for y in BINARY]
    return made


def read(text: str) -> str:
    try:
        tree = parse_r(Source("text", text))
    except GradcError:
        return "rejected"
    return " ;; ".join(tree.sexpr(root) for root in tree.roots)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs Rscript, and R is not here")
def test_as_r_reads():
    made = texts()
    answer = subprocess.run(
        ["Rscript", "--vanilla", "-e", ORACLE],
        input="".join(text.replace("\n", "\1") + "\n" for text in made),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    expected = answer.stdout.split("\n")
    assert len(expected) == len(made) + 1
    differ = [
        (text, ours, theirs)
        for text, theirs in zip(made, expected, strict=False)
        if (ours := read(text)) != theirs.replace("\1", "\n")
    ]
    assert not differ
    assert sum(line != "rejected" for line in expected) > len(made) // 2
