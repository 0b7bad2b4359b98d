"""Patterns and texts as real R has them: every answer of gradc's is R's own, or it gives none."""

from __future__ import annotations

import json
import random
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradc.text import strings
from gradc.text.patterns import BadPattern, find, find_all, matches, split, substitute

pytestmark = pytest.mark.needs("r")

Case = dict[str, Any]

ORACLE = r"""
cases <- jsonlite::fromJSON(readLines("cases.json", encoding = "UTF-8"), simplifyVector = FALSE)
pairs <- function(m) paste(as.integer(m), attr(m, "match.length"), collapse = " ")
run <- function(k) {
  how <- list(fixed = k$fixed, perl = k$perl)
  cased <- c(how, list(ignore.case = k$ignore_case))
  switch(k$f,
    gsub = do.call(gsub, c(list(k$pattern, k$replacement, k$text), cased)),
    sub = do.call(sub, c(list(k$pattern, k$replacement, k$text), cased)),
    grepl = as.character(do.call(grepl, c(list(k$pattern, k$text), cased))),
    regexpr = pairs(do.call(regexpr, c(list(k$pattern, k$text), cased))),
    gregexpr = pairs(do.call(gregexpr, c(list(k$pattern, k$text), cased))[[1]]),
    strsplit = do.call(strsplit, c(list(k$text, k$pattern), how))[[1]],
    trimws = trimws(k$text, k$pattern, k$replacement),
    chartr = chartr(k$pattern, k$replacement, k$text),
    make.names = make.names(k$text),
    make.unique = make.unique(strsplit(k$text, " ")[[1]]),
    substring = substring(k$text, k$first, k$last),
    strrep = strrep(k$text, k$first),
    toupper = toupper(k$text), tolower = tolower(k$text),
    dQuote = dQuote(k$text, FALSE), sQuote = sQuote(k$text, FALSE),
    startsWith = as.character(startsWith(k$text, k$pattern)),
    endsWith = as.character(endsWith(k$text, k$pattern)))
}
answer <- function(k)
  tryCatch(list(value = as.list(run(k))), error = function(e) list(error = TRUE))
cat(jsonlite::toJSON(lapply(cases, function(k) suppressWarnings(answer(k))), auto_unbox = TRUE))
"""


def real(cases: list[Case], folder: Path) -> list[list[str] | None]:
    """What R computes for each case, None where it stops with an error."""
    (folder / "cases.json").write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
    (folder / "oracle.R").write_text(ORACLE, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "oracle.R"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stderr
    return [answer.get("value") for answer in json.loads(done.stdout)]


def flat(pairs: list[tuple[int, int]]) -> list[str]:
    return [" ".join(f"{start} {length}" for start, length in pairs)]


def logical(value: bool) -> list[str]:
    return [str(value).upper()]


def ours(case: Case) -> list[str]:
    pattern, text, replacement = case["pattern"], case["text"], case["replacement"]
    how = {"fixed": case["fixed"], "perl": case["perl"]}
    cased = {**how, "ignore_case": case["ignore_case"]}
    first, last = case["first"], case["last"]
    table: dict[str, Callable[[], list[str]]] = {
        "gsub": lambda: [substitute(pattern, replacement, text, **cased)],
        "sub": lambda: [substitute(pattern, replacement, text, **cased, first_only=True)],
        "grepl": lambda: logical(matches(pattern, text, **cased)),
        "regexpr": lambda: flat([find(pattern, text, **cased)]),
        "gregexpr": lambda: flat(find_all(pattern, text, **cased)),
        "strsplit": lambda: split(text, pattern, **how),
        "trimws": lambda: [strings.trim(text, pattern, replacement)],
        "chartr": lambda: [strings.translate(pattern, replacement, text)],
        "make.names": lambda: [strings.make_names(text)],
        "make.unique": lambda: strings.make_unique(text.split(" ")),
        "substring": lambda: [strings.substring(text, first, last)],
        "strrep": lambda: [strings.str_repeat(text, first)],
        "toupper": lambda: [strings.toupper(text)],
        "tolower": lambda: [strings.tolower(text)],
        "dQuote": lambda: [strings.dquote(text)],
        "sQuote": lambda: [strings.squote(text)],
        "startsWith": lambda: logical(strings.starts_with(text, pattern)),
        "endsWith": lambda: logical(strings.ends_with(text, pattern)),
    }
    return table[case["f"]]()


def case(f: str, pattern: str = "", text: str = "", replacement: str = "", **how: Any) -> Case:
    plain = {"fixed": False, "perl": False, "ignore_case": False, "first": 1, "last": 1}
    return {"f": f, "pattern": pattern, "text": text, "replacement": replacement, **plain, **how}


def compare(cases: list[Case], folder: Path) -> Counter[str]:
    """Count agreements, errors on both sides, and what only gradc refuses; fail on the rest."""
    count: Counter[str] = Counter()
    wrong = []
    for one, expected in zip(cases, real(cases, folder), strict=True):
        try:
            answer = ours(one)
        except ValueError:
            count["both stop" if expected is None else "refused"] += 1
            continue
        count["agree"] += 1
        if answer != expected:
            wrong.append((one, answer, expected))
    assert not wrong, (len(wrong), wrong[:5])
    return count


# -- cases that a person would write

SUBSTITUTIONS = [
    ("", "-", "abc"), ("b*", "-", "abc"), ("b*", "-", "abbcb"), ("^a", "-", "aaa"),
    ("^", "-", "aaa"), ("$", "-", "aaa"), ("a$|", "-", "ba"), ("b", "[\\0]", "abc"),
    ("b", "x\\", "abc"), ("b", "x\\q\\n\\.y", "abc"), ("b", "\\\\\\\\", "abc"),
    ("(b)|c", "<\\1>", "abc"), ("(b)", "\\2", "abc"), ("(b)", "\\U\\1x\\E\\1\\L\\1", "abc"),
    ("([a-z])([A-Z])", "\\1_\\2", "fooBarBaz"), ("\\.[^.]*$", "", "a.b.txt"),
    ("^\\s+|\\s+$", "", "  a b\t"), ("(\\w+) (\\w+)", "\\2 \\1", "hello big world"),
    (".*\\(([^)]*)\\).*", "\\1", "f(a, b) + c"), ("\\[.*?\\]", "", "a[1] + b[2]"),
    ("<.*?>", "", "<b>x</b>"), ("(.*?)_.*", "\\1", "ab_cd_e"), ("^(.*?)_(.*)$", "\\2", "ab_cd_e"),
    (".*?_", "", "a_b_c"), (".*?_.*", "X", "a_b_c"), ("^.*?([0-9.]+).*$", "\\1", "ab 12.5 kg"),
    ("^\\s*(.*?)\\s*$", "<\\1>", "  a b  "),
    ("([0-9]{1,3}\\.){3}[0-9]{1,3}", "IP", "a 10.0.0.1 b"),
    ("(.*)\\.(csv|txt)$", "\\1", "a.b.csv"), ("(\\w)\\1", "<\\1>", "aabbc"),
    ("(.)\\1*", "\\1", "aab"), ("^(-?[0-9]+)(\\.[0-9]+)?$", "\\1|\\2", "12.5"),
    ("%(\\w+)%", "{\\1}", "%a% and %b%"), ("\\b", "|", "the cat sat"), ("\\<", "|", "the cat"),
    ("\\>", "|", "the cat"), ("\\B", "|", "ab c"), ("[[:space:]]", "", "a b\tc\n"),
    ("[^[:alnum:]_]", ".", "a-b_c d"), ("[]a]", "x", "]ab"), ("[^]a]", "x", "]ab"),
    ("[a\\]", "x", "a\\b"), ("[\\d]", "x", "1d\\"), ("[\\w.]", "x", "1w.\\"), ("[a-]", "x", "a-b"),
    ("[-a]", "x", "a-b"), ("[+--]", "x", "+,-."), ("[a-c-e]", "x", "b-e"),
    ("[[:alpha:]", "x", "a"), ("[[:foo:]]", "x", "a"), ("[b-a]", "x", "a"), ("[[.a.]]", "x", "a"),
    ("[[=a=]]", "x", "a"), ("[:alpha:]", "x", "alp:"), ("[^a-ca-z]", "x", "abz1"),
    ("a{2", "x", "aa"), ("a{2}", "x", "aaa"), ("a{,2}", "x", "aaa"), ("a{2,1}", "x", "aaa"),
    ("a{256}", "x", "a"), ("{2}", "x", "a{2}"), ("(", "x", "a("), (")", "x", "a)"),
    ("()", "x", "ab"), ("(a", "x", "a"), ("*a", "x", "*a"), ("+a", "x", "+a"), ("a**", "x", "a"),
    ("a+?", "x", "aaa"), ("a*+", "x", "a"), ("\\", "x", "a"), ("\\x41", "x", "A"),
    ("\\x{41}", "x", "A"), ("\\t", "x", "a\tb"), ("\\.", "x", "a."), ("\\h", "x", "h "),
    ("\\Z", "x", "aZ"), ("a|", "x", "ba"), ("|a", "x", "ba"), ("a||b", "x", "ab"),
    ("(?i)A", "x", "aA"), ("(?:ab)+", "x", "ababa"), ("(?=a)", "x", "a"), ("(?<=a)b", "x", "ab"),
    ("(a)\\2", "x", "aa"), ("a\\0", "x", "a"), ("é", "e", "aé"), ("[[:alpha:]]", "x", "é1ä"),
    ("\\w", "x", "é1"), ("[[:upper:]]", "x", "ÄäA"), ("(ä)", "\\U\\1", "ä"), (".", "x", "a\né"),
    ("[[:punct:]]", "x", "a.b°"), ("\\s", "x", "a\u00a0b"), ("a.b", "x", "a\nb"),
    ("a$", "x", "a\na\n"), ("[^a]", "x", "a\nb"), ("[é-ü]", "x", "aéz"), ("(?>a*)b", "x", "aab"),
    ("a++b", "x", "aab"), ("(?<n>a)\\1", "<\\1>", "aab"), ("\\d{2,}?", "x", "12345"),
    ("[\\s\\d-]", "x", "a 1-"), ("[a-\\d]", "x", "a1-"), ("[[:alpha:]-z]", "x", "a-z"),
    ("[\\]a]", "x", "]a\\"), ("\\Qa\\E", "x", "a"), ("\\R", "x", "a\n"), ("(?s).", "x", "a\n"),
    ("(?m)^", "x", "a\nb"), ("(?x) a", "x", "a"), ("\\Aa", "x", "aa"), ("a\\z", "x", "aa"),
    ("a\\Z", "x", "aa\n"), ("\\pL", "x", "a1"), ("(?<=ab|c)d", "x", "abdcd"),
    ("(?<=a*)d", "x", "ad"), ("(a|b)*\\1", "x", "abb"), ("{a}", "x", "{a}"), ("a{x}", "x", "a{x}"),
    ("x{1,2}{2}", "x", "xxxx"), ("^*", "x", "a"), ("\\", "x", "\\"), ("[", "x", "["),
    ("]", "x", "]"), ("}", "x", "}"),
]  # fmt: skip
SPLITS = [
    ("abc", ""), ("a b", ""), ("a1b2", "[0-9]"), ("", "a"), (" a b", " "), ("a,b,,c,,", ","),
    ("abc", "b*"), ("aXXb", "X*"), ("aab", "^a"), ("the cat", "\\b"), ("ab", "\\B"), ("a|b", "|"),
    ("a.b", "."), ("fooBarBaz", "(?<=[a-z])(?=[A-Z])"), ("abc", "(?=b)"), ("a\n", "$"),
    ("a, b;c", "[,;] *"), ("é|ä", "[|]"), ("aab", "(?!^)a"), ("x <- 1", " *<- *"), ("aa", "a"),
]  # fmt: skip
TEXTS: list[Case] = [
    *[
        case("trimws", side, "\t a b \r\n", space)
        for side in ("both", "left", "right", "neither")
        for space in ("[ \t\r\n]", "[\\h\\v]", "[a ]", "b? ")
    ],
    *[
        case("chartr", old, "abc-xyzA", new)
        for old, new in (("a-c", "D-F"), ("c-a", "xyz"), ("abc", "xy"), ("a-", "xy"), ("-a", "xy"),
                         ("", ""), ("ab", "xyz"), ("a-a", "q"), ("a-cx", "1-4"), ("aa", "xy"),
                         ("xé", "éx"))
    ],
    *[
        case("make.names", text=text)
        for text in ("a b", "1x", ".1a", "_x", "if", "", "TRUE", "a", "...", "..1", "é", "a-b",
                     " x", "function", "x.", "NULL", ".", "..", ".a", "€", "aµ", "a²", "NA_real_",
                     "T", "a°", "\u0661")
    ],
    *[
        case("make.unique", text=text)
        for text in ("a a b a a.1 a b", "a.1 a a a", "b b b.2 b b", "a", "x x x x.1 x.2", "a a.1 a")
    ],
    *[
        case("substring", text="abcdef", first=first, last=last)
        for first in (-3, 0, 1, 3, 6, 9) for last in (-1, 0, 2, 3, 99)
    ],
    *[case("strrep", text="aé", first=times) for times in (-1, 0, 1, 3)],
    *[
        case(f, text=text)
        for f in ("toupper", "tolower", "dQuote", "sQuote")
        for text in ("aB1", "straße ŉ", "ÀÿŸİı", "a\"b'c", "", "日本")
    ],
    *[
        case(f, part, "abcab")
        for f in ("startsWith", "endsWith") for part in ("", "ab", "b", "abcab", "abcabc")
    ],
]  # fmt: skip
PATTERN_FUNCTIONS = ("gsub", "sub", "grepl", "regexpr", "gregexpr")


def test_what_a_person_would_write(tmp_path: Path) -> None:
    ways: list[dict[str, bool]] = [{}, {"perl": True}, {"fixed": True}, {"ignore_case": True}]
    ways.append({"perl": True, "ignore_case": True})
    cases = [
        case(f, pattern, text, replacement, **way)
        for pattern, replacement, text in SUBSTITUTIONS
        for f in PATTERN_FUNCTIONS
        for way in ways
    ]
    cases += [
        case("strsplit", split_by, text, **way) for text, split_by in SPLITS for way in ways[:3]
    ]
    count = compare(cases, tmp_path)
    assert count["agree"] > 0.7 * len(cases), count


def test_texts(tmp_path: Path) -> None:
    count = compare(TEXTS, tmp_path)
    assert count["refused"] <= 5, count


def test_the_letters_of_latin(tmp_path: Path) -> None:
    """Class and case of each character that is accepted are those of R."""
    accepted = [chr(code) for code in range(0x20, 0x250) if strings.is_sure(chr(code))]
    classes = ("alpha", "alnum", "upper", "lower", "space", "blank", "digit", "xdigit")
    text = "".join(accepted)
    cases = [case("gsub", f"[[:{name}:]]", text, "") for name in classes]
    cases += [case("gsub", f"[^[:{name}:]]", text, "") for name in classes]
    cases += [case(f, text=text) for f in ("toupper", "tolower")]
    assert compare(cases, tmp_path) == {"agree": len(cases)}


# -- random patterns, grown from small grammars


class Grower:
    """Patterns over an alphabet so small that they match often, and in several ways."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def text(self) -> str:
        return "".join(self.random.choices("aabbc_1 ", k=self.random.randrange(12)))

    def atom(self, depth: int, perl: bool) -> str:
        if depth and self.random.random() < 0.3:
            opening = self.pick("(", "(", "(", "(?:")
            if perl and self.random.random() < 0.1:
                opening = self.pick("(?=", "(?!", "(?<=", "(?>")
            return f"{opening}{self.branches(depth - 1, perl)})"
        return self.pick("a", "a", "b", "b", "c", ".", "[ab]", "[^a]", "_", "\\w", "\\d",
                         "[[:alpha:]]", "[b-d_]", "1", "\\s", " ")  # fmt: skip

    def piece(self, depth: int, perl: bool) -> str:
        luck = self.random.random()
        if luck < 0.06:
            return self.pick("^", "$", "\\b", "\\B", *([] if perl else ["\\<", "\\>"]))
        if luck < 0.08:
            return self.pick("\\1", "\\2")
        atom = self.atom(depth, perl)
        if self.random.random() < 0.55:
            return atom
        lazy = "?" if self.random.random() < 0.15 else ""
        return atom + self.pick("*", "+", "?", "*", "+", "{2}", "{1,2}", "{2,}") + lazy

    def branches(self, depth: int, perl: bool) -> str:
        return "|".join(
            "".join(self.piece(depth, perl) for _ in range(self.random.choice([1, 1, 2, 2, 3, 4])))
            for _ in range(self.random.choice([1, 1, 1, 1, 2, 2]))
        )

    def grouped(self, part: str, share: float) -> str:
        return f"({part})" if self.random.random() < share else part

    def anything(self) -> str:
        return self.branches(2, perl=False)

    def perl(self) -> str:
        return self.branches(2, perl=True)

    def captures(self) -> str:
        parts = (".*", "\\w+", "[a-c]*", "\\d+", "a", "_", "b?", ".", "(a|b)", "(\\d*)", "(_c)?",
                 "[ab]{1,2}", "(?:a|bc)", "(?:_|1)")  # fmt: skip
        inner = [self.grouped(self.pick(*parts), 0.5) for _ in range(self.random.randrange(2, 5))]
        return self.pick("", "^", "") + "".join(inner) + self.pick("", "$", ".*")

    def lazy(self) -> str:
        steady = (
            "_",
            "[_1]",
            "1",
            " ",
            "a",
            "\\d+",
            "b*",
            "\\s*",
            "\\d",
            "c?",
            "(a|_b)",
            "(?:ab|1)*",
        )
        loose = [
            atom + sign for atom in (".", ".", "[a-c]", "\\w") for sign in ("*?", "+?", "??", "*")
        ]
        inner = [
            self.grouped(self.pick(*(loose if self.random.random() < 0.5 else steady)), 0.5)
            for _ in range(self.random.randrange(2, 5))
        ]
        return self.pick("", "^", "a") + "".join(inner) + self.pick("", "$", "", ".*", "(.*)")

    def references(self) -> str:
        around = [self.piece(0, False) if self.random.random() < 0.3 else "" for _ in range(3)]
        group = f"({self.pick('', '', 'a', '(?:a|b)')}{self.atom(0, False)})"
        return around[0] + group + around[1] + "\\1" + self.pick("", "+", "*", "?") + around[2]

    def nested(self) -> str:
        def counted() -> str:
            return self.atom(0, False) + self.pick(
                "{2}", "{1,2}", "{2,}", "{1,3}", "+", "?", "*", ""
            )

        inner = "".join(counted() for _ in range(self.random.randrange(1, 4)))
        outer = self.pick("{2}", "?", "*", "+", "{1,2}", "{2,}")
        return f"{counted()}({inner}{self.pick('', '|' + counted())}){outer}{counted()}"


@pytest.mark.parametrize(
    ("sort", "share"),
    [("anything", 0.6), ("perl", 0.7), ("captures", 0.9), ("lazy", 0.6), ("references", 0.5),
     ("nested", 0.8)],
)  # fmt: skip
def test_random_patterns(sort: str, share: float, tmp_path: Path) -> None:
    """A share of them must be answered: to refuse everything would be right as well."""
    grower = Grower(20240)
    replacements = ("-", "<\\1>", "[\\2|\\1]", "\\1\\2\\3", "\\0", "x\\\\y", "\\U\\1\\E\\2", "")
    functions = ("gsub", "sub", "sub", "grepl", "regexpr", "gregexpr", "strsplit")
    cases = [
        case(
            grower.pick(*functions),
            getattr(grower, sort)(),
            grower.text(),
            grower.pick(*replacements),
            perl=sort == "perl",
            ignore_case=grower.random.random() < 0.05,
        )
        for _ in range(1500)
    ]
    count = compare(cases, tmp_path)
    assert count["agree"] > share * len(cases), count


def test_a_pattern_refuses_with_its_own_exception(tmp_path: Path) -> None:
    stopped = [
        pattern for pattern in ("(", "[b-a]", "a**", "[[:foo:]]", "\\") if not _reads(pattern)
    ]
    assert real([case("grepl", pattern, "a") for pattern in stopped], tmp_path) == [None] * 5


def _reads(pattern: str) -> bool:
    try:
        matches(pattern, "a")
    except BadPattern:
        return False
    return True
