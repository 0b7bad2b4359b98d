"""Patterns and texts without R at hand: peculiarities, refusals, and how long they take."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from gradc.text import extended_match, strings
from gradc.text.patterns import BadPattern, find, find_all, matches, split, substitute

# What is expected here was printed by R 4.2.2; tests/toolchain asks a present R far more.


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "expected"),
    [
        ("", "-", "abc", "-a-b-c-"),
        ("b*", "-", "abc", "-a-c-"),
        ("^a", "-", "aaa", "-aa"),
        ("b", "[\\0]", "abc", "a[0]c"),
        ("b", "x\\qy\\", "abc", "axqyc"),
        ("(b)", "\\U\\1", "abc", "aUbc"),
        ("[\\d]", "x", "1d\\", "1xx"),
        ("a|ab", "x", "abb", "xb"),
        ("\\b", "|", "ab c", "|a|b| |c|"),
        ("(.*)_(.*)", "\\2\\1", "a_b_c", "ca_b"),
    ],
)
def test_the_default_dialect(pattern: str, replacement: str, text: str, expected: str) -> None:
    assert substitute(pattern, replacement, text) == expected


@pytest.mark.parametrize(
    ("pattern", "replacement", "text", "expected"),
    [
        ("(b)", "\\U\\1x\\E\\1", "abc", "aBxbc"),
        ("b", "[\\0]", "abc", "a[0]c"),
        ("a|ab", "x", "abb", "xbb"),
        ("[\\d]", "x", "1d\\", "xd\\"),
        ("\\w", "x", "é1", "éx"),
        ("a$", "x", "a\na\n", "a\nx\n"),
        (".", "x", "a\n", "x\n"),
    ],
)
def test_perl(pattern: str, replacement: str, text: str, expected: str) -> None:
    assert substitute(pattern, replacement, text, perl=True) == expected


def test_fixed_patterns_mean_themselves() -> None:
    assert substitute(".", "\\1", "a.b.", fixed=True) == "a\\1b\\1"
    assert substitute(".", "", "a.b.", fixed=True, first_only=True) == "ab."
    assert find_all("aa", "aaaaa", fixed=True) == [(1, 2), (3, 2)]
    assert find_all("", "ab", fixed=True) == [(1, 0), (2, 0)]
    with pytest.raises(BadPattern, match="empty"):
        substitute("", "x", "a", fixed=True)


def test_a_lazy_repetition_stops_where_r_stops() -> None:
    """Without a group R ends at the first end it meets, even where something greedy follows."""
    assert substitute(".*?_.*", "X", "a_b_c", first_only=True) == "Xb_c"
    assert substitute("(.*?)_.*", "\\1", "a_b_c") == "a"


def test_what_depends_on_details_of_r_is_refused() -> None:
    # R makes "a_" of the group here, which no description of lazy repetitions would tell.
    with pytest.raises(BadPattern, match="perl = TRUE"):
        substitute("(.*?)_", "<\\1>", "a__")
    assert substitute("(.*?)_", "<\\1>", "a__", perl=True) == "<a><>"
    # Two divisions of "abcd" are equally good for a longest match; R has a rule of its own.
    with pytest.raises(BadPattern, match="several texts"):
        substitute("(a|ab)(c|bcd)(d*)", "\\1", "abcd")
    assert matches("(a|ab)(c|bcd)(d*)", "abcd")
    # R lets the later of two overlapping matches win here, against its own documentation.
    with pytest.raises(BadPattern, match="overlaps"):
        find("(a.)+a*", "aabaa")


@pytest.mark.parametrize("perl", [False, True])
@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "has no '\\)'"),
        ("[a", "has no '\\]'"),
        ("[b-a]", "wrong order"),
        ("[[:foo:]]", "no class"),
        ("a{2,1}", "wrong order"),
        ("\\", "backslash"),
        ("(?#c)", "perl|begins with"),
        ("(a)\\2", "refers to no group"),
    ],
)
def test_what_is_no_pattern(pattern: str, words: str, perl: bool) -> None:
    with pytest.raises(BadPattern, match=words):
        matches(pattern, "a", perl=perl)


def test_a_pattern_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extended_match, "SECONDS", 0.2)
    start = time.monotonic()
    with pytest.raises(BadPattern, match="too many ways"):
        matches("^(?:a|a|aa)+$", "a" * 60 + "b", perl=True)
    assert time.monotonic() - start < 5


def test_a_long_text_takes_no_more_than_its_length() -> None:
    text = "lorem ipsum dolor_sit 12,5 " * 4000
    start = time.monotonic()
    assert substitute("[[:space:]]+", "", text) == text.replace(" ", "")
    assert substitute("([0-9]+),([0-9]+)", "\\1.\\2", text) == text.replace(",", ".")
    assert substitute("l.*?m", "x", text).startswith("x ipsum do")
    assert len(split(text, " +")) == 16000
    assert time.monotonic() - start < 10


def test_split() -> None:
    assert split("abc", "") == ["a", "b", "c"]
    assert split(",a,,b,", ",") == ["", "a", "", "b"]
    assert split(",a,,b,", ",", fixed=True) == ["", "a", "", "b"]
    assert split("", "a") == []
    assert split("aab", "^a") == ["", "", "b"]
    assert split("fooBar", "(?<=[a-z])(?=[A-Z])", perl=True) == ["foo", "Bar"]
    assert split("abc", "(?=b)", perl=True) == ["a", "b", "c"]


def test_places_count_from_one() -> None:
    assert find("é", "aé") == (2, 1)
    assert find("x", "aé") == (-1, -1)
    assert find_all("b*", "abbc") == [(1, 0), (2, 2), (4, 0)]
    assert find_all("x*", "") == [(-1, -1)]
    assert find_all("x*", "", perl=True) == [(1, 0)]


def test_characters_of_which_tables_differ_are_refused() -> None:
    with pytest.raises(BadPattern, match="not supported in a text"):
        matches("[[:space:]]", "a\u00a0b")
    assert matches("a.b", "a\u00a0b")
    with pytest.raises(BadPattern, match="ASCII"):
        matches("a", "ä", ignore_case=True)


def test_names() -> None:
    given = ["a b", "1x", ".1a", "if", "", "...", "a-b", "_x"]
    expected = ["a.b", "X1x", "X.1a", "if.", "X", "...", "a.b", "X_x"]
    assert [strings.make_names(text) for text in given] == expected
    unique = ["a", "a.2", "b", "a.3", "a.1", "a.4", "b.1"]
    assert strings.make_unique(["a", "a", "b", "a", "a.1", "a", "b"]) == unique


def test_making_many_names_unique_takes_one_pass() -> None:
    start = time.monotonic()
    assert strings.make_unique(["a"] * 50_000)[-1] == "a.49999"
    assert time.monotonic() - start < 5


def test_translate() -> None:
    assert strings.translate("a-c", "D-F", "abc-") == "DEF-"
    assert strings.translate("a-", "xy", "a-") == "xy"
    with pytest.raises(ValueError, match="longer"):
        strings.translate("abc", "xy", "a")
    with pytest.raises(ValueError, match="wrong order"):
        strings.translate("c-a", "xyz", "a")


def test_other_texts() -> None:
    assert strings.substring("abcdef", 0, 2) == "ab"
    assert strings.substring("abcdef", 3, 2) == ""
    assert strings.trim("\t a \n", "left") == "a \n"
    assert strings.trim("xxaxx", whitespace="x") == "a"
    assert strings.toupper("straße") == "STRAßE"
    assert strings.dquote("a") + strings.squote("b") == "\"a\"'b'"
    with pytest.raises(ValueError, match="repeated"):
        strings.str_repeat("a", -1)


def test_importing_does_not_load_regex() -> None:
    code = "import sys, gradc.text.patterns; sys.exit('regex' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
