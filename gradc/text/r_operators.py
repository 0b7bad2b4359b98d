"""What R's printer knows about the functions of its base: operators, control flow, primitives.

How an operator is written and how tightly it binds *when R writes code* is a table of its own in R,
beside the grammar that reads code, and differs from it in places. The tests hold this table
against R 4.2.2.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple


class Form(Enum):
    """How a call of a function of R's base is written."""

    SPACED = auto()
    TIGHT = auto()
    UNARY = auto()
    ASSIGN = auto()
    DOLLAR = auto()
    SUBSET = auto()
    IF = auto()
    FOR = auto()
    WHILE = auto()
    REPEAT = auto()
    WORD = auto()
    BRACES = auto()
    PAREN = auto()
    PLAIN = auto()
    CALL = auto()
    RETURN = auto()
    FOREIGN = auto()
    REPLACEMENT = auto()


class Operator(NamedTuple):
    """A form, how tightly it binds, and whether equal neighbours group to the right."""

    form: Form
    binds: int = 0
    right: bool = False


EQUALS, ASSIGNS, TILDE, OR, AND, NOT, COMPARES, SUM, PRODUCT, PERCENT, RANGE, SIGN = range(1, 13)
POWER, SUBSET, DOLLAR, NAMESPACE = 14, 15, 15, 16

USER_OPERATOR: Final = Operator(Form.SPACED, PERCENT)
"""``%in%`` and every other name between percent signs that is no primitive."""

_OPERATORS: Final = (
    (Form.SPACED, SUM, False, "+ -"),
    (Form.SPACED, PRODUCT, False, "*"),
    (Form.TIGHT, PRODUCT, False, "/"),
    (Form.TIGHT, POWER, True, "^"),
    (Form.TIGHT, PERCENT, False, "%% %/%"),
    (Form.SPACED, PERCENT, False, "%*%"),
    (Form.SPACED, COMPARES, False, "== != < <= > >="),
    (Form.SPACED, AND, False, "& &&"),
    (Form.SPACED, OR, False, "| ||"),
    (Form.SPACED, TILDE, False, "~"),
    (Form.TIGHT, RANGE, False, ":"),
    (Form.TIGHT, NAMESPACE, False, ":: :::"),
    (Form.UNARY, NOT, False, "!"),
    (Form.ASSIGN, EQUALS, True, "="),
    (Form.ASSIGN, ASSIGNS, True, "<- <<-"),
    (Form.DOLLAR, DOLLAR, False, "$ @"),
    (Form.SUBSET, SUBSET, False, "[ [["),
    (Form.REPLACEMENT, ASSIGNS, True, "[<- [[<- $<- @<-"),
    (Form.IF, 0, True, "if"),
    (Form.FOR, 0, False, "for"),
    (Form.WHILE, 0, False, "while"),
    (Form.REPEAT, 0, False, "repeat"),
    (Form.WORD, 0, False, "break next"),
    (Form.BRACES, 0, False, "{"),
    (Form.PAREN, 0, False, "("),
    (Form.RETURN, 0, False, "return"),
    (
        Form.FOREIGN, 0, False,
        ".C .Call .Call.graphics .External .External.graphics .External2 .Fortran",
    ),
    # R breaks the lines of an `if` otherwise inside a call of one of these than of any other name.
    (
        Form.CALL, 0, False,
        """
        ...elt ...length ...names .cache_class .class2 .Internal .isMethodsDispatchOn .Primitive
        .primTrace .primUntrace .subset .subset2 abs acos acosh all any anyNA Arg as.call
        as.character as.complex as.double as.environment as.integer as.logical as.numeric as.raw
        asin asinh atan atanh attr attr<- attributes attributes<- baseenv browser c call ceiling
        class class<- Conj cos cosh cospi cummax cummin cumprod cumsum digamma dim dim<- dimnames
        dimnames<- emptyenv enc2native enc2utf8 environment<- exp expm1 expression floor
        forceAndCall gamma gc.time globalenv Im interactive invisible is.array is.atomic is.call
        is.character is.complex is.double is.environment is.expression is.finite is.function
        is.infinite is.integer is.language is.list is.logical is.matrix is.na is.name is.nan
        is.null is.numeric is.object is.pairlist is.raw is.recursive is.single is.symbol isS4
        lazyLoadDBfetch length length<- levels<- lgamma list log log10 log1p log2 max min missing
        Mod names names<- nargs nzchar oldClass oldClass<- on.exit pos.to.env proc.time prod quote
        range Re rep retracemem round seq_along seq_len seq.int sign signif sin sinh sinpi sqrt
        standardGeneric storage.mode<- substitute sum switch tan tanh tanpi tracemem trigamma trunc
        unclass untracemem UseMethod xtfrm
        """,
    ),
)  # fmt: skip

OPERATORS: Final[dict[str, Operator]] = {
    name: Operator(form, binds, right)
    for form, binds, right, names in _OPERATORS
    for name in names.split()
}


def is_user_operator(name: str) -> bool:
    """Whether a name is one between percent signs."""
    return len(name) >= 2 and name[0] == name[-1] == "%"
