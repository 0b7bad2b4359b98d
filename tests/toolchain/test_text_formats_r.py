"""Numbers as text, ``format``, ``formatC``, ``sprintf`` and ``round``, held against R."""

from __future__ import annotations

import json
import math
import random
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gradc.text.cformat import Atom, BadFormat
from gradc.text.formats import format_c, format_numbers, pretty_num
from gradc.text.numbers import as_character, deparse_number, deparse_string
from gradc.text.rounding import r_round, r_signif
from gradc.text.sprintf import apply_directive, check_arguments, parse_format
from gradc.text.widths import columns, justified

pytestmark = pytest.mark.needs("r")

Case = tuple[str, Callable[[], list[str]]]
STRINGS = (
    "", "a", "abc", "hello world", "é", "éàü", "漢字", "a\nb", "tab\t", 'q"x', "back\\s", "x" * 30,
    "\u0301a", "😀", "NA", "\u200b.",
)  # fmt: skip


def run_r(code: str, folder: Path) -> None:
    script = folder / "script.R"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "script.R"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------ single doubles


def any_bits(dice: random.Random) -> float:
    while True:
        value = struct.unpack("d", struct.pack("Q", dice.getrandbits(64)))[0]
        if math.isfinite(value):
            return value


def many_doubles(dice: random.Random, count: int) -> list[float]:
    """Every bit pattern alike, and the sorts in which the digits are hard to count."""
    sorts: tuple[Callable[[], float], ...] = (
        lambda: any_bits(dice),
        lambda: round(dice.uniform(-1, 1) * 10 ** dice.randint(-9, 9), dice.randint(0, 12)),
        lambda: float(dice.randint(-(10 ** dice.randint(1, 20)), 10 ** dice.randint(1, 20))),
        lambda: float(f"{dice.randint(1, 10 ** dice.randint(1, 17))}e{dice.randint(-320, 290)}"),
        lambda: dice.getrandbits(dice.randint(1, 52)) * 5e-324,
        # Half way between two decimals of 15 digits, where the long double decides.
        lambda: float(f"{dice.randint(10**14, 10**15)}5e{dice.randint(-30, 20)}"),
        lambda: float(f"{dice.randint(10**14, 10**15)}5e{dice.randint(-310, 280)}"),
        lambda: float("9" * dice.randint(1, 17) + f"e{dice.randint(-30, 30)}") * (1 - 2**-50),
        lambda: float(f"{dice.randint(1, 10**7)}5e-{dice.randint(0, 9)}"),
    )
    ends = [float(f"1e{power}") for power in range(-323, 309)]
    beside = [math.nextafter(value, way) for value in ends[:-1] for way in (0.0, math.inf)]
    special = [0.0, -0.0, math.inf, -math.inf, math.nan, 2.0**1023 * (2 - 2**-52)]
    return special + ends + beside + [sort() for sort in sorts for _ in range(count)]


def test_doubles_alone(tmp_path: Path) -> None:
    dice = random.Random(20)  # noqa: S311
    xs = many_doubles(dice, 2500)
    digits = [dice.randint(1, 22) for _ in xs]
    places = [
        dice.randint(0, 17) - 1 - math.floor(math.log10(abs(x)))
        if x and math.isfinite(x) and dice.random() < 0.7
        else dice.choice((0, 1, 2, 3, 8, 15, -1, -2, 300, 310, 323, 324, -308, -309))
        for x in xs
    ]
    (tmp_path / "x").write_bytes(struct.pack(f"{len(xs)}d", *xs))
    (tmp_path / "d").write_bytes(struct.pack(f"{len(xs)}i", *digits))
    (tmp_path / "p").write_bytes(struct.pack(f"{len(xs)}i", *places))
    run_r(
        f"""
        n <- {len(xs)}
        x <- readBin("x", "double", n)
        d <- readBin("d", "integer", n)
        p <- readBin("p", "integer", n)
        writeLines(as.character(x), "character")
        writeLines(vapply(x, deparse, ""), "deparse")
        writeLines(mapply(function(x, d) format(x, digits = d), x, d), "format")
        writeBin(round(x, p), "round")
        writeBin(signif(x, d), "signif")
        """,
        tmp_path,
    )
    ours = {
        "character": [as_character(x) for x in xs],
        "deparse": [deparse_number(x) for x in xs],
        "format": [format_numbers([x], digits=d)[0] for x, d in zip(xs, digits, strict=True)],
        "round": [r_round(x, p).hex() for x, p in zip(xs, places, strict=True)],
        "signif": [r_signif(x, d).hex() for x, d in zip(xs, digits, strict=True)],
    }
    for what, texts in ours.items():
        if what in ("round", "signif"):
            answer = struct.unpack(f"{len(xs)}d", (tmp_path / what).read_bytes())
            theirs = [value.hex() for value in answer]
        else:
            theirs = (tmp_path / what).read_text(encoding="utf-8").splitlines()
        rows = zip(xs, texts, theirs, digits, places, strict=True)
        wrong = [row for row in rows if row[1] != row[2]]
        assert not wrong, (what, len(wrong), wrong[:5])


# ------------------------------------------------------------------ vectors and their arguments


def literal(atom: Atom) -> str:
    """R code for an atom; doubles in hexadecimal, which R reads exactly."""
    if isinstance(atom, str):
        return deparse_string(atom)
    if isinstance(atom, float) and math.isfinite(atom):
        return atom.hex()
    return deparse_number(atom)


def call(function: str, xs: Sequence[Atom], **arguments: Atom) -> str:
    given = (f", {name.replace('_', '.')} = {literal(x)}" for name, x in arguments.items())
    return f"{function}(c({', '.join(map(literal, xs))}){''.join(given)})"


class Cases:
    """Random calls, each as R code and as what gradc makes of it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.sorts: dict[str, Callable[[], Atom]] = {
            "double": self.double,
            "integer": self.integer,
            "character": lambda: self.dice.choice(STRINGS),
            "logical": lambda: self.dice.random() < 0.5,
        }

    def double(self) -> float:
        dice = self.dice
        sort = dice.randrange(6)
        if sort == 0:
            return round(dice.uniform(-1, 1) * 10 ** dice.randint(-6, 9), dice.randint(0, 8))
        if sort == 1:
            return float(dice.randint(-(10 ** dice.randint(1, 12)), 10 ** dice.randint(1, 12)))
        if sort == 2:
            return float(f"{dice.randint(1, 10 ** dice.randint(1, 17))}e{dice.randint(-30, 20)}")
        if sort == 3:
            return dice.choice((math.inf, -math.inf, math.nan, 0.0, -0.0, any_bits(dice)))
        if sort == 4:
            return dice.choice((1e5, 99999.5, 9.9999, 2.5, 1e15, 9.9999e-5, 99.95, 5e-324))
        return dice.gauss(0, 1) * 10 ** dice.randint(-5, 5)

    def integer(self) -> int:
        return self.dice.choice((0, 1, self.dice.randint(-999, 999), self.dice.randint(1, 2**31)))

    def vector(self, sorts: Sequence[str]) -> list[Atom]:
        one = self.sorts[self.dice.choice(sorts)]
        rest = (None if self.dice.random() < 0.1 else one() for _ in range(self.dice.randint(0, 4)))
        return [one(), *rest]

    def some(self, chances: dict[str, tuple[float, Callable[[], Atom]]]) -> dict[str, Atom]:
        return {
            name: choose()
            for name, (chance, choose) in chances.items()
            if self.dice.random() < chance
        }

    def format(self) -> Case:
        dice = self.dice
        xs = self.vector(("double", "double", "double", "integer", "character", "logical"))
        given = self.some(
            {
                "digits": (0.6, lambda: dice.randint(1, 22)),
                "nsmall": (0.3, lambda: dice.randint(0, 6)),
                "width": (0.3, lambda: dice.randint(0, 15)),
                "justify": (0.3, lambda: dice.choice(("left", "right", "centre", "none"))),
                "big_mark": (0.3, lambda: dice.choice((",", "'", " ", "::"))),
                "scientific": (0.3, lambda: dice.choice((True, False, 3, -3, 0))),
                "trim": (0.3, lambda: dice.random() < 0.5),
            }
        )
        return call("format", xs, **given), lambda: format_numbers(xs, **given)  # type: ignore[arg-type]

    def format_c(self) -> Case:
        dice = self.dice
        xs = self.vector(("double", "double", "double", "integer", "character", "logical"))
        given = self.some(
            {
                "width": (0.6, lambda: dice.randint(-12, 15)),
                "digits": (0.7, lambda: dice.choice((0, 1, 2, 3, 4, 6, 8, 10, 15, 17, -1, 25))),
                "format": (0.8, lambda: dice.choice(("d", "f", "e", "E", "g", "G", "fg", "s"))),
                "flag": (0.6, lambda: "".join(dice.sample("0+- #", dice.randint(0, 3)))),
                "big_mark": (0.2, lambda: dice.choice((",", "'"))),
            }
        )
        if not isinstance(xs[0], str) and dice.random() < 0.1:
            given["mode"] = dice.choice(("double", "integer", "real"))
        return call("formatC", xs, **given), lambda: format_c(xs, **given)  # type: ignore[arg-type]

    def pretty(self) -> Case:
        xs = self.vector(("double", "integer"))
        return call("prettyNum", xs, big_mark=","), lambda: pretty_num(xs, ",")

    def sprintf(self) -> Case:
        dice = self.dice
        conversion = dice.choice("diioxXfeEgGaAsss")
        flags = "".join(dice.choice("-+ #0") for _ in range(dice.choice((0, 0, 1, 1, 2, 3))))
        width = dice.choice(("", "", str(dice.randint(1, 20)), "*"))
        precision = dice.choice(("", "", ".", f".{dice.randint(0, 17)}", ".*"))
        stars: list[Atom] = []
        if width == "*":
            stars.append(dice.choice((dice.randint(-9, 12), float(dice.randint(-9, 9)))))
        if precision == ".*":
            stars.append(dice.choice((dice.randint(0, 12), float(dice.randint(0, 9)))))
        fitting = {"s": tuple(self.sorts)}.get(conversion, ("double", "integer", "logical"))
        if conversion in "dioxX" and dice.random() < 0.9:
            fitting = ("integer",)
        atom = None if dice.random() < 0.08 else self.sorts[dice.choice(fitting)]()
        if isinstance(atom, int) and not isinstance(atom, bool) and dice.random() < 0.3:
            atom = float(atom)
        fmt = (
            f"{dice.choice(('', 'a', '%%', 'é'))}%{flags}{width}{precision}{conversion}"
            f"{dice.choice(('', '%%b', ' z'))}"
        )
        arguments = [*stars, atom]
        code = f"sprintf({', '.join(map(literal, [fmt, *arguments]))})"
        return code, lambda: [filled(fmt, arguments)]


def filled(fmt: str, arguments: Sequence[Atom]) -> str:
    """A format with single atoms in its places, as the caller of the module puts it together."""
    pieces = parse_format(fmt)
    check_arguments(pieces, len(arguments))
    return "".join(
        piece
        if isinstance(piece, str)
        else apply_directive(piece, arguments[piece.argument], [arguments[s] for s in piece.stars])
        for piece in pieces
    )


ANSWER = """
suppressMessages(library(jsonlite))
answer <- function(code) tryCatch({
  text <- suppressWarnings(eval(parse(text = code, keep.source = FALSE)))
  if (all(validUTF8(text))) I(text) else NULL
}, error = function(e) NULL)
codes <- fromJSON("cases.json")
writeLines(toJSON(lapply(codes, answer), null = "null"), "answers.json", useBytes = TRUE)
"""


def compare(cases: Sequence[Case], folder: Path) -> dict[str, int]:
    """Demand R's answer in every case; counts those that only gradc rejects."""
    (folder / "cases.json").write_text(json.dumps([code for code, _ in cases]), encoding="utf-8")
    run_r(ANSWER, folder)
    answers = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    tally = {"same": 0, "rejected by both": 0}
    for (code, ours), theirs in zip(cases, answers, strict=True):
        try:
            texts = ours()
        except BadFormat as problem:
            if theirs is None:
                tally["rejected by both"] += 1
            else:
                tally[problem.message] = tally.get(problem.message, 0) + 1
            continue
        assert texts == theirs, code
        tally["same"] += 1
    return tally


@pytest.mark.parametrize("sort", ["format", "format_c", "pretty", "sprintf"])
def test_random_calls(sort: str, tmp_path: Path) -> None:
    cases = Cases(seed=len(sort))
    tally = compare([getattr(cases, sort)() for _ in range(3000)], tmp_path)
    assert tally.pop("same") > 2000, tally
    tally.pop("rejected by both")
    allowed = {"a negative width together with flag '0' is not supported in formatC"}
    assert set(tally) <= allowed, tally


SPRINTF: tuple[tuple[str, tuple[Atom, ...]], ...] = (
    ("%s is %d%%", ("x", 3.0)),
    ("%2$s %1$s", (1.0, "b")),
    ("%1$d %d %d", (1, 2)),
    ("%1$*2$d", (3, 5)),
    ("e with %1$2d digits = %2$.*1$g", (3, math.e)),
    ("%12$s", tuple("abcdefghijkl")),
    ("%10$s", tuple("abcdefghij")),
    ("%5$s", (1.0,)),
    ("%d", ()),
    ("%s %s", ("a",)),
    ("%d", (1.5,)),
    ("%d", (1e10,)),
    ("%d", (2147483648.0,)),
    ("%d", (math.nan,)),
    ("%d", ("a",)),
    ("%f", ("a",)),
    ("%x", (True,)),
    ("%y", (1.0,)),
    ("100%", (1.0,)),
    ("%z%d", (1,)),
    ("%ld", (1,)),
    ("%*.*f", (2, 3, math.pi)),
    ("%*d", (None, 3)),
    ("%*d", (True, 3)),
    ("%*d", ("a", 3)),
    ("%*d", (2.7, 3)),
    ("%8192d", (1,)),
    ("%8193d", (1,)),
    ("%.8190f", (1.0,)),
    ("%.8191f", (1.0,)),
    ("%.400g", (0.1,)),
    ("%5s|%-5s|%.2s", ("é", "é", "éàü")),
    ("%5.1s", ("éàü",)),
    ("%.3d|%5.3d|%.1d", (None, None, None)),
    ("% f|% 8f|%+f|%5.1f", (None, None, None, None)),
    ("%a|%A|%.0a|%.3a|%a", (math.pi, 0.1, 1.5, 5e-324, 1e-310)),
    ("%s%s%s", ("x" * 9000, 1e5, None)),
)


def test_sprintf_cases(tmp_path: Path) -> None:
    cases: list[Case] = []
    for fmt, arguments in SPRINTF:
        code = f"sprintf({', '.join(map(literal, [fmt, *arguments]))})"
        cases.append((code, lambda fmt=fmt, arguments=arguments: [filled(fmt, arguments)]))
    tally = compare(cases, tmp_path)
    assert tally == {"same": 16, "rejected by both": 21}


def test_escapes_and_columns_of_unicode(tmp_path: Path) -> None:
    """Every character of the BMP, and every 7th beyond it."""
    codes = [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x10000, 0x110000, 7)]
    (tmp_path / "codes").write_bytes(struct.pack(f"{len(codes)}i", *codes))
    run_r(
        f"""
        x <- intToUtf8(readBin("codes", "integer", {len(codes)}), multiple = TRUE)
        writeLines(vapply(x, deparse, ""), "deparse", useBytes = TRUE)
        blanks <- nchar(format(x, width = 20)) - 1L
        writeBin(20L - blanks, "columns")
        """,
        tmp_path,
    )
    characters = [chr(code) for code in codes]
    escaped = (tmp_path / "deparse").read_text(encoding="utf-8").split("\n")
    assert escaped == [*map(deparse_string, characters), ""]
    counted = struct.unpack(f"{len(codes)}i", (tmp_path / "columns").read_bytes())
    wrong = [
        (hex(code), columns(chr(code)), count)
        for code, count in zip(codes, counted, strict=True)
        if columns(chr(code)) != count
    ]
    assert not wrong
    assert justified(["漢", "abc"], "right") == [" 漢", "abc"]
