"""Numbers as text, formats, ``sprintf`` and rounding, as R has them; none of it runs R."""

from __future__ import annotations

import math

import pytest

from gradc.text.cformat import BadFormat
from gradc.text.formats import format_c, format_numbers, pretty_num
from gradc.text.numbers import as_character, deparse_number, deparse_string
from gradc.text.rounding import r_round, r_signif
from gradc.text.sprintf import Directive, apply_directive, check_arguments, parse_format


@pytest.mark.parametrize(
    ("atom", "text"),
    [
        (1e5, "1e+05"),
        (123456.0, "123456"),
        (100000, "100000"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (1e-4, "1e-04"),
        (0.00012, "0.00012"),
        (-0.0, "0"),
        (1e15, "1e+15"),
        (123456789012345.0, "123456789012345"),
        (2.0**53, "9007199254740992"),
        (5e-324, "4.94065645841247e-324"),
        (7.221352118542694e-11, "7.2213521185427e-11"),  # R's table holds 1e25 as a double
        (math.inf, "Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (None, "NA"),
        (True, "TRUE"),
        (False, "FALSE"),
        (-7, "-7"),
        ("as it is\n", "as it is\n"),
    ],
)
def test_as_character(atom: float | str | None, text: str) -> None:
    assert as_character(atom) == text


def test_deparse_of_constants() -> None:
    numbers = (1e5, -1.0, 5, 0.1 + 0.2, math.inf, True, None)
    texts = ["1e+05", "-1", "5L", "0.3", "Inf", "TRUE", "NA"]
    assert [deparse_number(x) for x in numbers] == texts
    assert deparse_number(None, "integer") == "NA_integer_"
    assert deparse_string('a"b\\\n\x01é漢\u2028') == r'"a\"b\\\n\001é漢\u2028"'


def test_round_takes_the_nearer_candidate() -> None:
    assert [r_round(x, 1) for x in (0.15, 0.25, 0.35, 0.45, 0.65)] == [0.1, 0.2, 0.3, 0.4, 0.7]
    assert [r_round(x) for x in (0.5, 1.5, 2.5, -2.5)] == [0.0, 2.0, 2.0, -2.0]
    assert r_round(2.675, 2) == 2.67
    assert r_round(1234.0, -2) == 1200.0
    assert r_round(5.5e-320, 321) == 5.5e-320
    assert r_round(1e300, -309) == 0.0
    assert math.copysign(1.0, r_round(-0.3)) == -1.0
    assert math.isnan(r_round(math.nan, 2))


def test_signif() -> None:
    assert r_signif(123456.789, 3) == 123000.0
    assert r_signif(0.00012345, 2) == 0.00012
    assert r_signif(-1.5e308, 1) == -1.0000000000000006e308  # R's own last digits
    assert r_signif(math.pi, 23) == math.pi
    assert r_signif(math.pi, 0) == 3.0


def test_format_is_common_to_a_vector() -> None:
    assert format_numbers([1.0, 10.5, None, -math.inf]) == [" 1.0", "10.5", "  NA", "-Inf"]
    assert format_numbers([1e-10, 1.0]) == ["1e-10", "1e+00"]
    assert format_numbers([1.0, 10.0], trim=True) == ["1", "10"]
    assert format_numbers([1, None, -20]) == ["  1", " NA", "-20"]
    assert format_numbers([True, False]) == [" TRUE", "FALSE"]
    assert format_numbers(["a", None]) == ["a ", "NA"]
    assert format_numbers(["a", "漢字"], justify="right") == ["   a", "漢字"]
    assert format_numbers([]) == []


def test_format_options() -> None:
    assert format_numbers([2.0], nsmall=2) == ["2.00"]
    assert format_numbers([math.pi], digits=3, width=8) == ["    3.14"]
    assert format_numbers([9996.0], digits=3) == ["9996"]
    assert format_numbers([1e5], scientific=False) == ["100000"]
    assert format_numbers([12.0], scientific=True) == ["1.2e+01"]
    assert format_numbers([1.0, 1234567.0], big_mark=",") == ["        1", "1,234,567"]
    assert pretty_num([123456, None], ",") == ["123,456", "NA"]


def test_format_c() -> None:
    assert format_c([math.pi]) == ["3.142"]
    assert format_c([5.0], digits=8) == ["        5"]  # the width is then digits + 1
    assert format_c([3.0], width=0) == ["   3"]
    assert format_c([1e6], format="d", big_mark=",") == ["1,000,000"]
    assert format_c([3.14159], digits=2, format="f", width=8, flag="0") == ["00003.14"]
    assert format_c([1e-5, 0.0, 3.5], format="fg", width=8) == ["0.00001", "0", "     3.5"]
    assert format_c([None, 1.0], width=5) == ["   NA", "    1"]
    assert format_c(["a", "bb"], width=-4) == ["a   ", "bb  "]
    assert format_c([2.6], format="d") == ["2"]


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: format_numbers([1.0, "a"]), "character and double"),
        (lambda: format_numbers([1.0], digits=23), "'digits'"),
        (lambda: format_c([True]), "unsupported type"),
        (lambda: format_c([1.0], flag="x"), "'flag'"),
        (lambda: format_c([1.0], format="z"), "'format'"),
        (lambda: format_c([1.0], width=0, digits=0), "width cannot be zero"),
        (lambda: format_c([1.0], width=-9, flag="0"), "not supported"),
        (lambda: format_c(["1"], mode="double"), "not supported"),
        (lambda: pretty_num(["1234"]), "not supported"),
    ],
)
def test_what_is_rejected(call, part: str) -> None:
    with pytest.raises(BadFormat) as caught:
        call()
    assert part in caught.value.message


def test_parse_format_takes_a_format_apart() -> None:
    pieces = parse_format("50%% of %s: %2$-8.3f%d")
    assert [p if isinstance(p, str) else p.text for p in pieces] == [
        "50% of ", "%s", ": ", "%2$-8.3f", "%d",
    ]  # fmt: skip
    plain, named, last = (p for p in pieces if isinstance(p, Directive))
    assert (plain.argument, named.argument, last.argument) == (0, 1, 1)
    assert (named.flags, named.width, named.precision) == ("-", 8, 3)
    assert named.named == {1}
    assert parse_format("") == []
    assert parse_format("%%") == ["%"]


def test_stars_take_arguments_of_their_own() -> None:
    (directive,) = parse_format("%*d")
    assert isinstance(directive, Directive)
    assert (directive.stars, directive.argument) == ((0,), 1)
    assert apply_directive(directive, 3, [5]) == "    3"
    assert apply_directive(directive, 3, [-5]) == "3    "
    (directive,) = parse_format("%.*f")
    assert isinstance(directive, Directive)
    assert apply_directive(directive, math.pi, [2.0]) == "3.14"
    with pytest.raises(BadFormat, match="is negative"):
        apply_directive(directive, math.pi, [-2])
    with pytest.raises(BadFormat, match="must be a number"):
        apply_directive(directive, math.pi, [None])


@pytest.mark.parametrize(
    ("fmt", "plain"),
    [("%s", True), ("%1$s", True), ("%5s", False), ("%.3s", False), ("%-s", False), ("%d", False)],
)
def test_only_a_bare_s_is_plain(fmt: str, plain: bool) -> None:
    (directive,) = parse_format(fmt)
    assert isinstance(directive, Directive)
    assert directive.is_plain_text is plain


def test_a_plain_text_is_not_copied() -> None:
    (directive,) = parse_format("%s")
    assert isinstance(directive, Directive)
    text = "x" * 100_000
    assert apply_directive(directive, text) is text
    (directive,) = parse_format("%5s")
    assert isinstance(directive, Directive)
    with pytest.raises(BadFormat, match="8192 bytes"):
        apply_directive(directive, text)


@pytest.mark.parametrize(
    ("fmt", "atom", "text"),
    [
        ("%d", 3.0, "3"),
        ("%d", True, "1"),
        ("%d", None, "NA"),
        ("%05d", -42, "-0042"),
        ("%.3d", 5, "005"),
        ("%.0d", 0, ""),
        ("%x", -1, "ffffffff"),
        ("%#X", 255, "0XFF"),
        ("%#5o", 8, "  010"),
        ("%f", True, "1.000000"),
        ("%5.1f", math.nan, "  NaN"),
        ("%+f", math.inf, "+Inf"),
        ("% f", None, " NA"),
        ("%08.2f", -math.inf, "    -Inf"),
        ("%g", 1e6, "1e+06"),
        ("%s", 1e5, "1e+05"),
        ("%s", 100000, "100000"),
        ("%5.2s|", 123.456, "   12"),
        ("%5s", "é", "   é"),  # R counts bytes
        ("%.1a", 1.96875, "0x2.0p+0"),
        ("%A", 0.1, "0X1.999999999999AP-4"),
    ],
)
def test_one_atom_in_one_directive(fmt: str, atom: float | str | None, text: str) -> None:
    directive = parse_format(fmt)[0]
    assert isinstance(directive, Directive)
    assert apply_directive(directive, atom) == text


def applied(fmt: str, atom: float | str | None) -> list[str]:
    pieces = parse_format(fmt)
    check_arguments(pieces, 1)
    return [apply_directive(p, atom) for p in pieces if isinstance(p, Directive)]


@pytest.mark.parametrize(
    ("fmt", "atom", "message"),
    [
        ("%d", 1.5, "invalid format '%d'; use format %f, %e, %g or %a for numeric objects"),
        ("%d", "a", "invalid format '%d'; use format %s for character objects"),
        ("%x", True, "invalid format '%x'; use format %d or %i for logical objects"),
        ("%f", "a", "invalid format '%f'; use format %s for character objects"),
        ("%y", 1, "unrecognised format specification '%y'"),
        ("%5 d", 1, "invalid format '%5 d'"),
        ("%.1s", "é", "R counts bytes: a precision of 1 cuts a character in two"),
        ("%x", None, "NA under '%x' is not supported"),
        ("%9000d", 1, "required resulting string length 9000 is greater than maximal 8192"),
        ("%.99999999999f", 1.0, "required resulting string length 99999999999 is greater than"),
        ("%s%s", 1, "too few arguments"),
        ("%3$s", 1, "reference to non-existent argument 3"),
        ("%*.*f", 1, "at most one asterisk '*' is supported in each conversion specification"),
        ("x" * 9000, 1, "'fmt' length exceeds maximal format length 8192"),
    ],
)
def test_what_sprintf_rejects(fmt: str, atom: float | str | None, message: str) -> None:
    with pytest.raises(BadFormat) as caught:
        applied(fmt, atom)
    assert caught.value.message.startswith(message)
