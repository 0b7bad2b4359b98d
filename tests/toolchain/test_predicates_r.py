"""Scripts of one line against real R: questions, order, groups, parts of texts, wrappers."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import ask_r

from scripts import last_texts

pytestmark = pytest.mark.needs("r")

SORTS = r"""
typeof(1L)
typeof(c(1L, 2.5))
typeof(c(TRUE, NA))
typeof(c(1L, NA))
typeof(c("a", NA))
typeof(c(TRUE, 1L))
typeof(list())
typeof(NULL)
typeof(function(x) x)
typeof(quote(x))
typeof(quote(f(x)))
typeof(y ~ x)
typeof(expression(a))
typeof(data.frame(a = 1))
typeof(D(quote(x^2), "x"))
typeof(nchar("a"))
typeof(1:3)
typeof(1:2 + 0.5)
typeof(parse(text = "1L")[[1]])
sapply(expression(a, 1, "s", f(x), TRUE, NULL, NA, Inf), typeof)
sapply(expression(a, 1, "s", f(x), TRUE, NULL, NA, Inf), class)
sapply(list(1, 2L, "a", TRUE, NULL, list(), y ~ x, quote(a)), mode)
sapply(list(1, 2L, "a", TRUE, NULL, quote(a + b), quote((a))), storage.mode)
c(mode(quote((a))), mode(quote({a})), mode(quote(a <- 1)), mode(expression(a)), mode(function() 1))
class(1)
class(1L)
month.name
paste0(month.abb[1], month.name[12])
class(TRUE)
class("a")
class(NULL)
class(list())
class(matrix(1:4, 2))
class(matrix(c("a", "b"), 1))
class(data.frame(a = 1))
class(quote(x))
class(quote(f(x)))
class(quote((x)))
class(quote({x}))
class(quote(x <- 1))
class(quote(x <<- 1))
class(quote(if (a) b))
class(quote(for (i in x) i))
class(quote(while (a) b))
class(quote(repeat a))
class(quote(function(x) x))
class(y ~ x)
class(quote(y ~ x))
class(expression(a))
class(function(x) x)
class(D(quote(x^2), "x"))
inherits("a", "character")
inherits(1, "numeric")
inherits(1L, "numeric")
inherits(matrix(1:4, 2), "integer")
inherits(matrix(1:4, 2), "matrix")
inherits(y ~ x, "formula")
inherits("a", c("b", "character"))
inherits(try("a", silent = TRUE), "try-error")
c(is.character("a"), is.character(1), is.character(c("a", NA)), is.character(NULL))
c(is.character(quote(x)), is.character(list("a")), is.character(factor <- 1))
c(is.numeric(1), is.numeric(1L), is.numeric(TRUE), is.numeric("1"), is.numeric(NULL))
c(is.double(1), is.double(1L), is.integer(1:2), is.integer(1), is.logical(TRUE), is.logical(0))
c(is.language(quote(x)), is.language(y ~ x), is.language(expression(a)), is.language("a"))
c(is.vector("a"), is.vector(c(a = 1)), is.vector(matrix(1:4, 2)), is.vector(list(1)))
c(is.vector(NULL), is.vector(quote(x)), is.vector(expression(a)), is.vector(NA))
c(is.vector(1L, "numeric"), is.vector(1L, "double"), is.vector("a", "list"), is.vector(1, "any"))
c(is.vector(data.frame(a = 1)), is.vector(regexpr("a", "a")), is.vector(function() 1))
c(is.function(function(x) x), is.function(Negate(is.null)), is.function("paste"))
c(is.atomic("a"), is.atomic(NULL), is.atomic(list()), is.atomic(quote(x)), is.atomic(NA))
c(is.matrix(matrix(1:4, 2)), is.matrix(1), is.matrix(data.frame(a = 1)))
c(is.data.frame(data.frame(a = 1)), is.data.frame(list(a = 1)))
c(isTRUE(TRUE), isTRUE(1), isTRUE(NA), isTRUE(c(TRUE, TRUE)), isTRUE(c(a = TRUE)), isTRUE(NULL))
c(isFALSE(FALSE), isFALSE(0), isFALSE("a" == "b"), isFALSE(list(FALSE)))
c(isTRUE("a" == "a"), isTRUE(character(0) == "a"), isTRUE(nchar("a") > 3))
attr(c(a = 1, b = 2), "names")
attr(regexpr("b+", c("abbc", "x")), "match.length")
"""

IDENTICAL = r"""
identical("a", "a")
identical("a", c("a"))
identical("a", "b")
identical(c("a", "b"), "a")
identical(1L, 1)
identical(2L, 1L + 1L)
identical(1, 1 + 0)
identical(0.1 + 0.2, 0.3)
identical(NaN, NA_real_)
identical(c(1, NaN), c(1, NaN))
identical(c(1, NA), c(1, NA))
identical(0, -0)
identical(TRUE, 1)
identical(c(a = 1), 1)
identical(c(a = 1), c(a = 1))
identical(c(a = 1), c(b = 1))
identical(matrix(1:4, 2), 1:4)
identical(matrix(1:4, 2), matrix(1:4, 2))
identical(matrix(1:4, 1), matrix(1:4, 2))
identical(list(1, "a"), list(1, "a"))
identical(list(1, list("a")), list(1, list("b")))
identical(list(a = 1), list(1))
identical(list(), NULL)
identical(data.frame(a = 1), list(a = 1))
identical(NULL, NULL)
identical("a", NULL)
identical("a", NA)
identical(quote(a + b), parse(text = "a  +  b")[[1]])
identical(quote(a + b), quote(b + a))
identical(quote(a + b), quote((a + b)))
identical(quote(f(x = 1)), quote(f(1)))
identical(quote(f(1L)), quote(f(1)))
identical(quote(x), as.name("x"))
identical(quote(x), "x")
identical(quote(1L), 1L)
identical(expression(1)[[1]], 1)
identical(expression(1), expression(1L))
identical(quote(function(x, y = 2) x), quote(function(x, y = 2) x))
identical(quote(function(x, y = 2) x), quote(function(x, y) x))
identical(y ~ x, y ~ x)
identical(y ~ x, y ~ z)
identical(quote(y ~ x), y ~ x)
identical(as.formula("y ~ x"), y ~ x)
identical(D(quote(x^2), "x"), quote(2 * x))
identical(bquote(a + .(quote(b))), quote(a + b))
identical(substitute(a + b, list(a = quote(c))), quote(c + b))
f <- function(x) x; g <- f; identical(f, g)
identical(function(x) x, function(x) x + 1)
identical(strsplit("a b", " ")[[1]], c("a", "b"))
all.names(quote(a + b * f(a)))
all.names(quote(a + b * f(a)), functions = FALSE)
all.names(quote(a + b + a), unique = TRUE)
all.names(quote(function(x, y = k) x^z))
all.names(quote(x[1, ]))
all.names(quote(f(g)(h)))
all.names(quote(f(g)(h)), functions = FALSE)
all.names(y ~ a + b)
all.names(expression(a + b, c))
all.names(parse(text = "a + b; c$d"))
all.names(quote(if (a) b else `my var`))
all.names("a")
all.names(quote(f(a = b)))
"""

ORDER = r"""
order(c(3, 1, 2))
order(c(3, NA, 1, NaN, 2))
order(c(2, 1, 2, 1), decreasing = TRUE)
order(c(1, NA, 2), decreasing = TRUE)
order(c(1, NA, 2), na.last = FALSE)
order(c(1, NA, 2), na.last = NA)
order(c(1, 1, 2), c(3, 2, 1))
order(c(2, 1), c(1, 2), decreasing = TRUE)
order(c(TRUE, FALSE, TRUE))
order(-c(3, 1, 2))
order(nchar(c("ccc", "a", "bb")))
order(c("b", "a", "B"), method = "radix")
order(c("b", NA, "B"), method = "radix", decreasing = TRUE)
order(c(1, 1, 2), c("b", "a", "c"), method = "radix")
x <- c("ccc", "a", "bb"); x[order(nchar(x))]
deparse(order(c(2, 1)))
which.max(c(1, 3, 2, 3))
which.min(c(NA, 2, 1))
names(which.max(c(a = 1, b = 3)))
which.max(c(FALSE, TRUE, TRUE))
length(which.max(c(NaN, NA)))
c("a", "bb")[which.max(nchar(c("a", "bb")))]
duplicated(c("a", "b", "a"))
duplicated(c("a", "b", "a"), fromLast = TRUE)
duplicated(c(1, 1, NA, NA, NaN, NaN, 0, -0))
duplicated(c("NA", NA))
duplicated(c(0.1 + 0.2, 0.3))
anyDuplicated(c("a", "b", "a"))
anyDuplicated(c("a", "b"))
anyDuplicated(c("a", "a", "b"), fromLast = TRUE)
c("a", "b", "a")[!duplicated(c("a", "b", "a"))]
rep_len(c("a", "b"), 3)
rep_len(c(a = "x"), 2)
names(rep_len(c(a = "x"), 2))
length(rep_len("a", 0))
rep_len(list("a", "b"), 3)
rep_len(character(0), 2)
split(c("a", "b", "c"), c("y", "x", "y"))
names(split(c("a", "b", "c"), c("y", "x", "y")))
sapply(split(c("a", "b", "c"), c("y", "x", "y")), paste, collapse = "+")
names(split(1:4, c(2, 10, 2, 1)))
split(1:4, c("a", "b"))$a
names(split(c(p = "a", q = "b", r = "c"), c(2, 10, 2))[["2"]])
names(split(c("a", "b"), c(TRUE, FALSE)))
split(c("a", "b"), c(NA, 1))
split(list("a", "b"), c(2, 1))[[1]][[1]]
unlist(split(c("x1", "z1", "x2"), substr(c("x1", "z1", "x2"), 1, 1)))
upper.tri(matrix(1:6, 2))
lower.tri(matrix(1:6, 2), diag = TRUE)
upper.tri(1:2, diag = TRUE)
vars <- c("x1", "x2"); outer(vars, vars, paste, sep = ":")[upper.tri(diag(2))]
v <- letters[1:3]; m <- outer(v, v, paste0); m[lower.tri(m)]
diag(2)
dim(diag(3))
diag(c(2, 3))
deparse(c(diag(c(1L, 2L))))
deparse(c(diag(2L)))
diag(c(TRUE, TRUE))
diag(3, 2)
diag(nrow = 2)
diag(1:2, nrow = 3)
diag(c(1, 2), 2, 3)
diag(2.7)
diag(matrix(letters[1:6], 2))
array(1:3, c(2, 2))
array(letters, c(2, 2))[2, 1]
dim(array("a", dim = c(1, 2)))
"""

SPELLING = r"""
casefold("aB")
casefold("aB", upper = TRUE)
names(casefold(c(p = "a"), upper = TRUE))
casefold(NA_character_)
make.unique(c("a", "a", "a.1", "a"))
make.unique(c("a", "a"), sep = "_")
make.unique("a")
strtoi("077")
strtoi("077", 10L)
strtoi("0xff")
strtoi("0xff", 10L)
strtoi("1A", 16L)
strtoi("0x1A", base = 16)
strtoi("-0x10", 16)
strtoi("-010")
strtoi(c("10", "2", "0b1"), 2)
strtoi(c("777", "8", "0o7"), 8L)
strtoi(c("zz", "Z"), 36L)
strtoi(c("", " 12", "12 ", "\t5", "- 7", "1_0", "12abc", "+7", "-7", "0x", "08", "0"))
strtoi(c("2147483647", "2147483648", "-2147483648", "99999999999"))
strtoi(12)
deparse(strtoi("7"))
utf8ToInt("ab")
utf8ToInt("\u00e9\u4e2d")
length(utf8ToInt(""))
rev(utf8ToInt("abc"))
intToUtf8(c(97, 98))
intToUtf8(c(97, 98), multiple = TRUE)
intToUtf8(c(97, 0, 98), TRUE)
intToUtf8(c(97, 0, 98))
intToUtf8(c(97, NA))
intToUtf8(c(97, NA), multiple = TRUE)
intToUtf8(97.9)
intToUtf8(55296)
intToUtf8(utf8ToInt("a") + 0:3, multiple = TRUE)
intToUtf8(rev(utf8ToInt("abc")))
x <- "abcdef"; substr(x, 2, 4) <- "XY"; x
x <- "abcdef"; substr(x, 2, 3) <- "XYZW"; x
x <- "abc"; substr(x, 0, 2) <- "XYZ"; x
x <- "abc"; substr(x, -1, 2) <- "XYZ"; x
x <- "abc"; substr(x, 5, 9) <- "XYZ"; x
x <- "abc"; substr(x, 3, 2) <- "XYZ"; x
x <- "abc"; substr(x, 3, 9) <- "XYZ"; x
x <- "abc"; substr(x, 1, 1) <- ""; x
x <- c(p = "abc", q = "def"); substr(x, 1:2, 2) <- c("X", "YY"); paste(names(x), x)
x <- c("abc", NA); substr(x, 1, 1) <- "X"; x
x <- "abc"; substr(x, 1, 1) <- NA_character_; x
x <- c("abc", "def"); substr(x[2], 1, 1) <- "Z"; x
x <- "abc"; substr(x, 1, 1) <- toupper(substr(x, 1, 1)); x
x <- "abc"; substr(x, start = 1, stop = 2) <- "ZZ"; x
x <- list(a = "abc"); substr(x$a, 2, 2) <- "Z"; x$a
x <- "abc"; substring(x, 2) <- "XYZ"; x
x <- "abc"; substring(x, 2, 2) <- "XYZ"; x
`substr<-`("abc", 1, 1, "Z")
`substr<-`("abc", 1, 1, value = "Z")
regexpr("b", "abc")
regexpr("b", c("abc", "x", NA))
regexpr("b", "abc") > 0
regexpr("b", "abc") + 1
if (regexpr("q", "abc") < 0) "none" else "some"
regexpr("[0-9]+", "ab12c")[1]
substr("ab12c", regexpr("[0-9]", "ab12c"), 4)
deparse(as.integer(regexpr("b", "abc")))
gregexpr("b", "abcb")[[1]]
length(gregexpr("b", c("b", "c")))
sapply(gregexpr("x", c("axbx", "x", "")), function(m) sum(m > 0))
regmatches("x1+x2", gregexpr("x[0-9]", "x1+x2"))[[1]]
sapply(regmatches(c("x1", "y", "q3q4"), gregexpr("[0-9]", c("x1", "y", "q3q4"))), length)
unlist(regmatches("a1b22", gregexpr("[0-9]+", "a1b22")))
regmatches(c(a = "x1", b = "y", c = "z2"), regexpr("[0-9]", c("x1", "y", "z2")))
names(regmatches(c(a = "x1", b = "y", c = "z2"), regexpr("[0-9]", c("x1", "y", "z2"))))
names(regmatches(c(a = "x1", b = "y"), gregexpr("[0-9a-z]", c("x1", "y"))))
length(regmatches("y", regexpr("[0-9]", "y")))
regmatches("a.b.c", gregexpr(".", "a.b.c", fixed = TRUE))[[1]]
regmatches("aXbx", gregexpr("x", "aXbx", ignore.case = TRUE))[[1]]
regmatches("ab12", regexpr("\\d+", "ab12", perl = TRUE))
s <- "a*x1 + b*x22"; m <- gregexpr("x[0-9]+", s); unique(unlist(regmatches(s, m)))
regmatches(c("x1", NA), gregexpr("[0-9]", c("x1", NA)))[[1]]
"""

WRAPPERS = r"""
Negate(is.null)("a")
Negate(function(x, y) x == y)("a", y = "b")
Filter(Negate(is.na), c("a", NA))
not <- Negate(function(s) nchar(s) > 1); Filter(not, c("a", "bb"))
f <- function(g) { h <- Negate(g); h("a") }; f(is.null)
Find(function(s) s == "a", c("b", "a"))
Find(function(s) s > 1, c(1, 2, 3), right = TRUE)
is.null(Find(function(s) s > 5, c(1, 2, 3)))
Find(function(s) s > 5, c(1, 2), nomatch = "none")
Find(function(s) s == "b", list(x = "a", y = "b"))
Find(nchar, c("", "a"))
Position(function(s) s > 1, c(1, 2, 3))
Position(function(s) s > 5, c(1, 2, 3))
Position(function(s) s > 1, c(1, 2, 3), right = TRUE)
Position(function(s) s > 5, c(1, 2), nomatch = 0)
Position(is.na, c("a", NA))
Vectorize(function(a, b) paste0(a, b))(c("x", "y"), "c")
names(Vectorize(function(a, b) paste0(a, b))(c("x", "y"), "c"))
Vectorize(function(a, b = "k") paste0(a, b))(c("x", "y"))
Vectorize(function(a, b) paste0(a, length(b)), "a")(c("x", "y"), 1:3)
Vectorize(function(a, b) paste0(a, b), vectorize.args = "b")("x", c("c", "d"))
names(Vectorize(function(a, b) paste0(a, b), USE.NAMES = FALSE)(c("x", "y"), "c"))
Vectorize(function(a, b) paste0(a, b))(b = c("p", "q"), "x")
outer(c("a", "b"), 1:2, Vectorize(function(x, y) if (y > 1) paste0(x, y) else x))
v <- Vectorize(function(n) rep("a", n)); sapply(v(1:2), length)
class(Vectorize(function(n) n, SIMPLIFY = FALSE)(1:2))
match.fun("paste0")("a", "b")
g <- function(f, x) { f <- match.fun(f); f(x) }; g(toupper, "a")
combn(c("a", "b", "c"), 2)
combn(c("a", "b", "c"), 2)[1, ]
dim(combn(4, 2))
combn(4, 2)
combn(c("a", "b", "c"), 2, paste, collapse = ":")
combn(c("a", "b", "c"), 2, FUN = function(p) paste(rev(p), collapse = "*"))
combn(c("a", "b", "c"), 2, simplify = FALSE)[[2]]
combn(c(a = 1, b = 2, c = 3), 2, function(v) names(v))
names(combn(c(a = 1, b = 2, c = 3), 2, simplify = FALSE)[[3]])
combn(list("a", "b", "c"), 2, simplify = FALSE)[[3]][[1]]
combn(4, 2, function(v) if (v[1] == 1) "a" else 2)
combn("a", 1)
combn(3, 3)
combn(2.5, 1)
dim(combn(c("a", "b"), 1))
apply(combn(c("a", "b", "c"), 2), 2, paste, collapse = "*")
combn(3, 2, sum)
deparse(c(combn(3, 2)))
a <- "p"; b <- "q"; unlist(mget(c("a", "b")))
a <- "p"; names(mget("a"))
f <- function(a) mget("a")$a; f("z")
a <- 1; f <- function() mget("a", inherits = TRUE)[[1]]; f()
f <- function(n) if (n <= 0) "x" else paste0(n, Recall(n - 1)); f(3)
f <- function(n, s = "") { if (n == 0) return(s); Recall(n - 1, s = paste0(s, n)) }; f(3)
(function(n) if (n == 0) "e" else paste0("(", Recall(n - 1), ")"))(2)
f <- function(x) sapply(x, function(k) if (k == 0) "z" else Recall(k - 1)); f(0:2)
f <- function(a, b) nargs(); c(f(), f(1), f(1, 2))
f <- function(...) nargs(); f("a", "b")
f <- function(x, ...) { x <- 2; y <- 3; nargs() }; f("a", "b", "c")
tryCatch("a", error = function(e) "b")
tryCatch({ x <- "a"; paste0(x, 1) }, error = function(e) "b", finally = NULL)
x <- "a"; tryCatch(x <- "b", finally = x <- paste0(x, "c")); x
tryCatch(expr = "z", warning = function(w) "w")
tryCatch(error = function(e) "b", "a")
f <- function() { tryCatch(return("a"), finally = NULL); "b" }; f()
f <- function() { x <- "a"; tryCatch(return(x), finally = x <<- 1); "b" }; f()
s <- ""; for (i in 1:3) { try(if (i == 2) next); s <- paste0(s, i) }; s
f <- function() { for (i in 1:3) tryCatch(if (i == 2) break, finally = NULL); i }; f()
try("a", silent = TRUE)
try("a", TRUE)
withCallingHandlers("a", warning = function(w) "b")
tryCatch({ warning("w"); "a" }, error = function(e) "b")
f <- function() { on.exit(cat("")); "a" }; f()
stopifnot(TRUE); "a"
stopifnot(is.character("a"), nchar("ab") == 2, c(TRUE, TRUE)); "ok"
stopifnot("must be text" = is.character("a")); "ok"
f <- function(x) { stopifnot(is.character(x)); toupper(x) }; f("a")
"""


def lines(table: str) -> list[str]:
    return table.strip().split("\n")


@pytest.mark.parametrize(
    "table",
    [SORTS, IDENTICAL, ORDER, SPELLING, WRAPPERS],
    ids=["sorts", "identical", "order", "spelling", "wrappers"],
)
def test_scripts_end_as_in_r(table: str, tmp_path: Path) -> None:
    scripts = lines(table)
    answers = ask_r(scripts, tmp_path)
    wrong = []
    for text, answer in zip(scripts, answers, strict=True):
        found = last_texts(text)
        if found != answer.get("texts"):
            wrong.append(f"{text}\n  R:     {answer}\n  gradc: {found}")
    assert not wrong, "\n".join(wrong)


STOPPED = r"""
stopifnot("a")
stopifnot(1 > 2)
stopifnot(TRUE, c(1, 2) > 1)
stopifnot("no way" = c(1, 2) > 1)
stopifnot(c(TRUE, NA))
stopifnot(NULL)
stopifnot(list(TRUE))
x <- 3; stopifnot(x > 1, x > 1 && "a long text that goes over the line" == paste("some", "more"))
"""


def test_stopifnot_has_the_words_of_r(tmp_path: Path) -> None:
    from gradc.errors import GradcError

    scripts = lines(STOPPED)
    for text, answer in zip(scripts, ask_r(scripts, tmp_path), strict=True):
        with pytest.raises(GradcError) as caught:
            last_texts(text)
        assert caught.value.diagnostics[0].message == f"the model stops here: {answer['error']}"
