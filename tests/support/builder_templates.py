"""Templates of builder scripts, for :mod:`builders`: R code with places in braces."""

from __future__ import annotations

from typing import Final

# Templates of one sort are separated by two spaces.
LEAVES: Final = {
    "k": r"""
1  2  3  4
    """,
    "s": r"""
a  b  x  y  theta
    """,
    "o": r"""
" + "  "+"  "*"  " - "  "/"  " * "
    """,
    "w": r"""
"a"  "x1"  "beta"  "w_1"  "k.2"  "Vm"  "n"
    """,
    "t": r"""
"a"  "x1"  "theta"  ""  "f(x, y)"  "a + b"  " pad "  "A-b"  "y ~ x"  letters[2]
    """,
    "T": r"""
c("a", "b")  c("x1", "x2", "x3")  letters[1:3]  c(p = "u", q = "v")  "one"
    """,
    "e": r"""
"a"  "b*x"  "x^2"  "a + b*x"  "exp(-k*t)"  "log(x)"  "-a"  "1/(1 + exp(-x))"  "sin(x)/y"
"(a - b)^2"
    """,
    "E": r"""
c("a*x", "b")  c("x1", "x2")  c("exp(a)", "b^2", "c")
    """,
    "n": r"""
1  2.5  0.1  1/3  1e5  1e-4  100000  123456.789  -3  3L  10  0.5  pi  1e15  -0.25
0.30000000000000004
    """,
    "N": r"""
c(0.1, 0.25)  c(1, 10, 100)  c(1.5, 2, 1e5)  1:3/10  c(-1, 0.5, 2)
    """,
    "i": r"""
1  2  3  2L  3L
    """,
    "I": r"""
1:2  1:3  c(1, 3)  c(2L, 1L)  seq_len(3)  2:1
    """,
    "f": r"""
TRUE  FALSE
    """,
    "B": r"""
c(TRUE, FALSE)  c(FALSE, TRUE, TRUE)
    """,
    "q": r"""
quote(a + b * x)  quote(x^2)  quote(exp(-k * t))  quote(theta)  quote(f(a, b = 2))
quote((a + b)/c)
    """,
    "L": r"""
list(a = "p", b = "q")  list(a = "x1", b = c("u", "v"))
    """,
    "m": r"""
matrix(c("a", "b", "c", "d"), 2)  matrix(letters[1:6], nrow = 2, byrow = TRUE)
    """,
    "u": r"""
toupper  function(s) paste0("f(", s, ")")  trimws  "toupper"
    """,
    "U": r"""
paste0  paste  `%+%`  function(a, b) paste0(a, "/", b)
    """,
}
RULES: Final = {
    "t": r"""
{e}  {e}  {e}  paste({t}, {t})  paste0({t}, {t}, {n})  paste({t}, {t}, sep = {o})
paste0({T}, collapse = {o})  paste({T}, collapse = {o})
paste(c({t}, {t}), {t}, sep = "_", collapse = " + ")  sprintf("%s", {t})
sprintf("%s_%d", {t}, {i})  sprintf("(%s) %s (%s)", {t}, "*", {t})  sprintf("%d%%", {i})
sprintf("%5.2f|%-6s|%03d", {n}, {t}, {i})  sprintf("%g", {n})  sprintf("%2$s and %1$s", {t}, {t})
sprintf(paste0("%", {i}, "s"), {t})  sprintf("%s", {n})  format({n})  format({n}, nsmall = 2)
format({n}, digits = {i})  format({t}, width = 6)  format({n}, scientific = FALSE)
formatC({i}, width = {i}, flag = "0")  formatC({n}, digits = {i}, format = "f")
formatC({n}, format = "g")  formatC({t}, width = 8)  formatC({t}, width = -8)  as.character({n})
as.character({i})  as.character({f})  toString({T})  deparse({q})[1]
paste(deparse({q}), collapse = "")  paste(deparse({q}, width.cutoff = 500L), collapse = "")
paste(format({q}), collapse = "")  deparse({t})  deparse({i})  deparse({n})  deparse({T})[1]
deparse({I})[1]  as.character({q})[1]  {T}[1]  {T}[[1]]  {T}[{i}]  {T}[length({T})]  tail({T}, 1)
head({T}, 1)  rev({T})[1]  {L}[[1]]  {L}$a  {L}[["a"]]  {m}[1, 2]  {m}[2, 1]
substr({t}, {i}, {i} + 2)  substr({t}, 1, nchar({t}) - 1)  substring({t}, {i})
gsub("x", {t}, {t}, fixed = TRUE)  gsub("[aeiou]", "", {t})
gsub("([a-z])([0-9])", "\\2\\1", {t})  gsub("\\bx\\b", "z", {t}, perl = TRUE)  gsub(" ", "", {t})
gsub(" ", "", {t}, fixed = TRUE)  gsub("^\\s+|\\s+$", "", {t})  gsub(".", "_", {t}, fixed = TRUE)
gsub("\\.", "_", {t})  gsub({w}, {t}, {t})  sub("(\\w+)", "<\\1>", {t})  sub({w}, {w}, {t})
sub("\\(([^)]*)\\)", "[\\1]", {t})  gsub("(?<=[a-z])\\d", "#", {t}, perl = TRUE)
gsub("(\\w)", "\\U\\1", {t}, perl = TRUE)  trimws({t})  trimws({t}, which = "left")  toupper({t})
tolower({t})  chartr("abx", "xyz", {t})  strrep({t}, {i})  if ({f}) {t} else {t}
ifelse({f}, {t}, {t})  switch({w}, a = {t}, x1 = , beta = {t}, {t})
switch({i}, {t}, {t}, {t}, {t})  do.call({u}, list({t}))  do.call({U}, list({t}, {t}))
do.call(paste0, list({t}, {t}))  do.call("paste", list({t}, {t}, sep = ":"))
do.call(paste, c({L}, sep = "-"))  Reduce(function({+p:t}, {+q:t}) {t}, {^T})
Reduce(function({+p:t}, {+q:t}) paste0("(", {@p}, {@q}, ")"), {^T})
Reduce(function({+p:t}, {+q:t}) paste0({@p}, {@q}), {^T}, accumulate = TRUE)[2]
Reduce(`%+%`, {T})  Reduce(function({+p:t}, {+q:t}) paste({@p}, {@q}), {^T}, {^t}, right = TRUE)
(function({+p:t}, {+q:i} = {^i}) {t})({^t})
(function({+p:t}, {+q:t} = {@p}) paste0({@p}, {@q}))({^t})  {t} %+% {t}  {t} %+% {n} %+% {t}
strsplit({t}, "")[[1]][1]  strsplit({t}, " ")[[1]][1]
paste(rev(strsplit({t}, "")[[1]]), collapse = "")
paste(strsplit({t}, "[-+*]")[[1]], collapse = " ")
strsplit(paste({T}, collapse = ";"), ";", fixed = TRUE)[[1]][2]  names({L})[1]
names(setNames({T}, {T}))[1]  all.vars({q})[1]  paste(all.vars({q}), collapse = ",")
paste(body(function(x) x^2 + {s}))[1]  deparse(body(function(x, a = 2) { x + a }))[2]
deparse(args <- formals(function(x, a = 2 * x) x)$a)  names(formals(function(x, {s} = 1) x))[1]
as.character(quote({s}))  as.character(substitute({s}))  as.character({q}[[1]])
eval(parse(text = paste0("paste0(\"", {w}, "\", ", {i}, ")")))  eval(quote(paste({t}, {i})))
local({ {+p:t} <- {^t}; paste0({@p}, {@p}) })  with(list(p_ = {t}), paste0(p_, 1))
dQuote({t}, FALSE)  sQuote({t}, FALSE)  shQuote({w})  make.names({t})  unlist({L})[[1]]
unlist(lapply({T}, toupper))[1]  { {+p:t} <- {^t}; {@p} }  paste0(letters[{i}], LETTERS[{i}])
nchar({t}) %+% ""  apply({m}, 1, paste, collapse = "")[1]
outer({T}, {T}, paste0)[1, 1]  substr(rep({t}, 2), 1, {i})[2]  identity({t})
    """,
    "T": r"""
{E}  {E}  paste0({t}, {I})  paste0({w}, 1:{k})  paste({T}, {T})  paste({T}, {T}, sep = {o})
paste0({T}, {I}, {t})  paste0({w}, rep(1:2, each = 2), "_", rep(1:2, times = 2))
paste({t}, {T}, sep = "")  sprintf("%s", {T})  sprintf("%s%d", {t}, {I})
sprintf("%s = %s", {T}, {T})  sprintf("b%02d", {I})  sprintf("%.3f", {N})  format({N})
format({T})  format({I}, width = 4)  format({N}, nsmall = 1)  formatC({I}, width = 3, flag = " ")
formatC({N}, digits = 3, format = "g")  formatC({N})  as.character({N})  as.character({I})
as.character({B})  as.character({L})  as.character({q})  deparse({q})  c({T}, {t})
c({t}, {T}, {n})  c(a = {t}, b = {t})  c({T}, {I})  rep({t}, {i})  rep({T}, {i})
rep({T}, each = {i})  rep({T}, times = c(2, 1))  rep({T}, length.out = {i})  rev({T})  {T}[{I}]
{T}[-1]  {T}[-length({T})]  {T}[{B}]  {T}[{T} != {t}]  {T}[{T} %in% {T}]  {T}[!({T} %in% {T})]
{T}[nchar({T}) > {i}]  head({T}, {i})  head({T}, -1)  tail({T}, {i})  tail({T}, -1)  unique({T})
union({T}, {T})  setdiff({T}, {T})  intersect({T}, {T})  append({T}, {t})
append({T}, {t}, after = 1)  substr({T}, {i}, {i} + 1)  substring({t}, 1:3, 3)
substring({t}, seq_len(nchar({t})), seq_len(nchar({t})))  strsplit({t}, "")[[1]]
strsplit({t}, " + ", fixed = TRUE)[[1]]  strsplit({t}, "[^a-z0-9]+")[[1]]
unlist(strsplit({T}, ""))  unlist(strsplit({t}, "(?<=[a-z])", perl = TRUE))
gsub("[0-9]+", "N", {T})  gsub("a", {t}, {T}, fixed = TRUE)  sub("^(.)", "\\1\\1", {T})
gsub("(?i)[AX]", "q", {T}, perl = TRUE)  sub("[[:space:]]*$", "!", {T})  toupper({T})
trimws({T})  names({L})  names(c(a = 1, {s} = 2))
names(setNames({N}, paste0("n", seq_along({N}))))  setNames({T}, {T})  unname({T})  unlist({L})
unlist(list({T}, {t}))  unlist(lapply({T}, {u}))  unlist(lapply({I}, function({+j:i}) {t}))
unlist(Map(function({+p:t}, {+q:i}) {t}, {^T}, {^I}))  unlist(Map({U}, {T}, {T}))  sapply({T}, {u})
sapply({T}, {u}, USE.NAMES = FALSE)  sapply({I}, function({+j:i}) {t})
sapply(seq_along({T}), function({+j:i}) paste0({T}[{@j}], {@j}))  vapply({T}, {u}, character(1))
vapply({T}, {u}, "", USE.NAMES = FALSE)  vapply({I}, function({+j:i}) {t}, "")
mapply(function({+p:t}, {+j:i}) paste0({@p}, {t}), {^T}, {^I})
mapply({U}, {T}, {T}, USE.NAMES = FALSE)  mapply(paste0, {T}, {T})
mapply(rep, c("a", "b"), 2)[1, ]  Filter(function({+p:t}) nchar({@p}) > {i}, {^T})
Reduce(function({+p:t}, {+q:t}) paste0({@p}, {@q}), {^T}, accumulate = TRUE)
do.call(c, list({T}, {T}))  do.call(paste0, expand.grid({T}, {T}, stringsAsFactors = FALSE))
do.call("paste0", list({T}, {I}))  do.call(rbind, list({T}, {T}))[1, ]  outer({T}, {I}, paste0)
as.vector(outer({T}, {T}, paste, sep = "_"))
c(outer({T}, {T}, function({+p:t}, {+q:t}) paste0({@p}, "*", {@q})))  t(outer({T}, 1:2, paste0))
apply({m}, 1, paste, collapse = " * ")
apply({m}, 2, function({+p:T}) paste({@p}, collapse = {o}))  {m}[1, ]  {m}[, 2]  {m}[2:1, 1]
c({m})  as.vector(t({m}))  dim({m}) %+% "d"  cbind({T}, {T})[, 2]  rbind({m}, {T})
expand.grid({w} , {T}, stringsAsFactors = FALSE)$Var2  expand.grid(i = 1:2, j = {I})$j %+% "j"
with(expand.grid(i = 1:2, j = 1:2), paste0("w", i, j))  ifelse({B}, {T}, {t})
ifelse({I} > {i}, {t}, paste0({w}, {I}))  if ({f}) {T} else {t}
switch({w}, a = {T}, n = {t}, {T})  {L}$b  {L}[[2]]  unlist({L}[1])  unlist({L}["a"])
{T} %+% {t}  {t} %+% {T} %+% {I}  all.vars({q})  formatC({T}, width = 5)
formatC({T}, flag = "-", width = 5)  as.list({T})  character(0)  NULL  matrix({T}, 2)[1, ]
strsplit(c({t}, {t}), "")[[2]]  grep("a", {T}, value = TRUE)  {T}[grepl("[0-9]", {T})]
{T}[which({B})]  {T}[match({t}, {T})]  sapply(strsplit({T}, ""), function({+p:T}) {@p}[1])
sapply(strsplit({T}, ""), `[`, 1)  sapply({T}, nchar)  sapply({q}, deparse)
sapply(as.list({q})[-1], deparse)  sapply(expression({s} + 1, {s}^2), deparse)
vapply(lapply({T}, as.name), deparse, "")  seq(1, by = 2, length.out = {i})
seq(0, 1, length.out = {i})  seq(0, 1, by = 0.25)  seq({i})
    """,
    "e": r"""
paste0({e}, {o}, {e})  paste0("(", {e}, ")")  paste0("exp(", {e}, ")")
paste0("1/(1 + exp(-(", {e}, ")))")  paste0({w}, {i})  paste({e}, {e}, sep = {o})
paste({E}, collapse = {o})  paste0("(", {E}, ")", collapse = "*")
paste0({w}, 1:{k}, "*", "x", 1:{k}, collapse = " + ")  sprintf("(%s)^%d", {e}, {i})
sprintf("%s*%s", {w}, {w})  sprintf("%.2f*%s", {n}, {w})  paste(deparse({q}), collapse = " ")
gsub("x", paste0("(", {e}, ")"), {e})  gsub("\\bx\\b", {w}, {e})
gsub("x", "x1", {e}, fixed = TRUE)
Reduce(function({+p:e}, {+q:e}) paste0({@p}, " + ", {@q}), {^E})  if ({f}) {e} else {e}  {E}[1]
tolower({e})  paste0("log(", {e}, ")")  paste0("dnorm(x, ", {w}, ", ", {n}, ")")
    """,
    "E": r"""
paste0("w", {I}, "*x", {I})  paste0("exp(", {E}, ")")  paste0("tanh(", {E}, " + ", {w}, ")")
sprintf("w%d*%s", {I}, {e})  sprintf("w%d_%s", seq_along({E}), {w})  c({e}, {e})  c({E}, {e})
sapply({I}, function({+j:i}) paste0({e}, "*w", {@j}))
sapply({E}, function({+p:e}) paste0("(", {@p}, ")"))  rev({E})  rep({e}, 2)
vapply({E}, function({+p:e}) {e}, "")  c(outer({E}, c("a", "b"), paste, sep = "*"))
    """,
    "n": r"""
{i}  {n} + {n}  {n} * {n}  {n} / {i}  -{n}  {n}^2  {n} - {i}  sqrt({i})  exp({i})  round({n}, 2)
signif({n}, {i})  sum({N})  mean({N})  max({N})  {N}[1]  abs({n})  nchar({t}) / 3
as.numeric("2.50")  as.numeric({i})  if ({f}) {n} else {n}  length({T}) * 0.1  {n} %/% 2
{n} %% 3  floor({n})  cumsum({N})[2]
    """,
    "N": r"""
{I}  {N} * {n}  {N} + {N}[1]  c({n}, {n})  seq(0, 1, length.out = {i})
seq(0.5, by = 0.5, length.out = {i})  round({N}, 1)  rev({N})  cumsum({N})
sapply({I}, function({+j:i}) {@j}^2)  1/{I}
    """,
    "i": r"""
{k}  length({T})  nchar({w})  length({L})  {i} + 1  {i} + 1L  min({i}, {i})  max({I})  {I}[1]
as.integer({i})  ncol({m})  nrow({m})  sum({B}) + 1  which({B})[1]  match("a", c({t}, "a"))
if ({f}) {i} else {i}  length({q})  5 %/% 2  7 %% 4  2 * {i} - 1  seq_along({T})[1]  sum({I})
round({i} / 2) + 1
    """,
    "I": r"""
1:{k}  seq_len({i})  seq_along({T})  seq(1, {k})  seq(1, 5, by = 2)  seq(2, 6, 2)  rev({I})
rep({i}, 2)  rep(1:2, each = {k})  c({i}, {i})  {I} + 1  {I}[{B}]  nchar({T})  which({T} == {t})
{i}:{k}  cumsum(1:{k})  unlist(lapply({I}, function({+j:i}) {@j} * 2))  setdiff(1:4, {i})
(1:4)[-{k}]  sapply({T}, nchar, USE.NAMES = FALSE)  unique({I})
    """,
    "f": r"""
{i} > {i}  {i} == {i}  {t} == {t}  {t} != {t}  {t} %in% {T}  nchar({t}) > {i}  is.null({T})  !{f}
{f} && {f}  {f} || {f}  any({B})  all({B})  grepl("x", {t})  grepl("^[a-z]+$", {t})
grepl({w}, {t}, fixed = TRUE)  startsWith({t}, {w})  endsWith({t}, ")")  identical({t}, {t})
length({T}) > 2  is.character({t})  is.numeric({n})  {i} %% 2 == 0  isTRUE({f})  is.na({t})
exists({w} %+% "_qq")  is.call({q})  is.name({q})  xor({f}, {f})
    """,
    "B": r"""
{I} > {i}  {T} == {t}  {T} %in% {T}  grepl("a", {T})  nchar({T}) > 1  !{B}  {I} %% 2 == 0
{B} & {f}  {B} | {B}  is.na({T})  startsWith({T}, "x")  sapply({T}, function({+p:t}) {f})
{I} <= {i}
    """,
    "q": r"""
parse(text = {e})[[1]]  str2lang({e})  bquote(.({q}) + 1)  bquote(.({q}) * .(as.name({w})))
bquote(a^.({i}))  substitute(u + v, list(u = {q}, v = {q}))
substitute(x / s, list(s = as.name({w})))  substitute(x * n, list(n = {n}))  D({q}, "x")
D({q}, {w})  D(D({q}, "x"), "x")  D(parse(text = {e}), "a")  body(function(x) {s} * x)
as.formula(paste("~", {e}))[[2]]  as.formula(paste("y ~", {e}))[[3]]
as.formula(paste("y ~", {e}))  (y ~ a + b * x)[[3]]  {q}[[1]]  {q}[[length({q})]]
expression({s} + 1, log({s}))[[2]]  call("+", {q}, {q})  call("exp", {q})
as.call(list(as.name("log"), {q}))  as.name({w})  eval(substitute(quote(u - 1), list(u = {q})))
Reduce(function({+p:q}, {+q:q}) call("+", {@p}, {@q}), lapply({^E}, str2lang))
if ({f}) {q} else {q}  as.call(list(quote(f), {q}, {i}))
as.call(c(as.name("sum"), lapply({T}, as.name)))  formals(function(x, a = {s} + 1) x)$a
as.expression({q})[[1]]
    """,
    "L": r"""
list(a = {t}, b = {T})  list(a = {e}, b = {t}, c = {n})  setNames(list({t}, {t}), c("a", "b"))
c(list(a = {t}), b = {t})  as.list(c(a = {t}, b = {t}))  lapply(list(a = {t}, b = {T}), {u})
Map(function({+p:t}, {+q:t}) {t}, c(a = {^t}, b = {^t}), {^t})  c({L}, list(d = {t}))  rev({L})
sapply(c("a", "b"), function({+p:t}) {t}, simplify = FALSE)
data.frame(a = {t}, b = {t}, stringsAsFactors = FALSE)
    """,
    "m": r"""
matrix({t}, 2, 2)  outer(c("a", "b"), 1:2, paste0)
outer(1:2, 1:3, function({+i:i}, {+j:i}) paste0("w", {@i}, "_", {@j}))  cbind(c("a", "b"), {t})
rbind({t}, c("p", "q"))  t({m})  matrix(paste0({w}, 1:4), ncol = 2)
sapply(1:2, function({+j:i}) paste0(c("a", "b"), {t}))  matrix(sprintf("%s%d", {w}, 1:6), 2, 3)
    """,
    "u": r"""
function({+p:t}) {t}  function({+p:t}, ...) paste0({@p}, {t}, ...)
function({+p:t}, {+q:i} = {^i}) paste({@p}, {@q})
function({+p:t}) { {+q:t} <- {^t}; return(paste0({@q}, {@p})) }
function({+p:t}) if (nchar({@p}) > {i}) {@p} else {t}  function({+p:t}) gsub({w}, {t}, {@p})
\({+p:t}) paste0({@p}, {t})
    """,
    "U": r"""
function({+p:t}, {+q:t}) {t}
function({+p:t}, {+q:t} = {^t}, {+r:t} = {@p}) paste0({@p}, {@q}, {@r})
function({+p:t}, {+q:t}, sep = {o}) paste({@p}, {@q}, sep = sep)
function({+p:t}, ...) paste0("[", {@p}, ..., "]")  function(...) paste(..., sep = {o})
function({+p:t}, {+q:t}) { if (missing({@q})) return({@p}); {t} }
    """,
}

# One a line; a line that begins with a blank goes on with the one before.
STATEMENTS: Final = r"""
{=v:t} <- {t}
{=v:T} <- {T}
{=v:e} <- {e}
{=v:E} <- {E}
{=v:i} <- {i}
{=v:n} <- {n}
{=v:I} <- {I}
{=v:N} <- {N}
{=v:q} <- {q}
{=v:L} <- {L}
{=v:m} <- {m}
{=v:u} <- {u}
{=v:U} <- {U}
{=v:e} <- {e}; for ({+j:i} in {^I}) {@v} <- paste0({@v}, {o}, {e})
{=v:e} <- "";
    for ({+j:i} in {^I}) {@v} <- paste0({@v}, if ({@j} > 1) " + ", "b", {@j}, "*x", {@j})
{=v:t} <- {t}; for ({+p:t} in {^T}) {@v} <- paste0({@v}, {@p}, {t})
{=v:T} <- character(0); for ({+j:i} in {^I}) {@v} <- c({@v}, {t})
{=v:T} <- NULL; for ({+p:t} in {^T}) {@v} <- c({@v}, paste0({@p}, {t}))
{=v:T} <- character({k}); for ({+j:i} in seq_along({@v})) {@v}[{@j}] <- {t}
{=v:T} <- rep("", 3); for ({+j:i} in 1:3) { if ({f}) next; {@v}[{@j}] <- {t} }
{=v:T} <- c(); for ({+j:i} in 1:4) { if ({@j} > {i}) break; {@v}[{@j}] <- {t} }
{=v:E} <- vector("character", 2); for ({+j:i} in 1:2) {@v}[{@j}] <- paste0("(", {e}, ")^", {@j})
{=v:L} <- list(); for ({+p:t} in c("a", "b")) {@v}[[{@p}]] <- {t}
{=v:L} <- list(a = {t}); {@v}$b <- {T}
{=v:L} <- vector("list", 2); for ({+j:i} in 1:2) {@v}[[{@j}]] <- {T}
{=v:m} <- matrix("", 2, 3); for ({+i:i} in 1:2) for ({+j:i} in 1:3) {@v}[{@i}, {@j}] <- {t}
{=v:m} <- matrix(character(4), 2); {@v}[1, ] <- {t}; {@v}[2, 2] <- {t}
{=v:t} <- {t}; {+n:i} <- 0; while ({@n} < {^i}) { {@n} <- {@n} + 1;
    {@v} <- paste0("(", {@v}, {@n}, ")") }
{=v:t} <- {t}; {+n:i} <- 1; repeat { if ({@n} > 3) break; {@v} <- {@v} %+% {t};
    {@n} <- {@n} + 1 }
{=v:t} <- {t}; while (nchar({@v}) < 12) {@v} <- paste0({@v}, "_", {w})
if ({f}) {=v:t} <- {t} else {@v} <- {t}
{=v:t} <- {t}; if ({f}) { {@v} <- paste({@v}, {t}) }
{=v:t} <- if ({f}) {t} else if ({f}) {t} else { {t} }
{=v:T} <- {T}; {@v}[{i}] <- {t}
{=v:T} <- {T}; {@v}[{B}] <- {t}
{=v:T} <- {T}; {@v}[[1]] <- {t}
{=v:T} <- {T}; {@v}[{@v} == {t}] <- {t}
{=v:T} <- {T}; {@v}[length({@v}) + 1] <- {t}
{=v:T} <- {T}; names({@v}) <- paste0("n", seq_along({@v}))
{=v:T} <- c(a = {t}); {@v}["b"] <- {t}; {@v} <- {@v}[c("b", "a")]
{=v:T} <- {T}; {+w:T} <- {@v}; {@w}[1] <- {t}; {@v} <- c({@v}, {@w})
{=v:T} <- {T}; names({@v})[1] <- {t}; {@v} <- paste(names({@v}), {@v})
{=v:u} <- function({+p:t}, {+n:i} = {^k}) { {+q:t} <- {^t};
    for ({+j:i} in seq_len({@n})) {@q} <- {t}; {@q} }
{=v:U} <- function({+first:t}, {+second:t} = {^t}) paste0({@first}, "<", {@second}, ">")
{+g:u} <- function(first, second = {t}, ...) paste(first, second, ...);
    {=v:t} <- {@g}(sec = {t}, {t})
{+g:u} <- function(x, width = 3, sep = "-") paste(x, width, sep = sep);
    {=v:t} <- {@g}({t}, se = "+")
{+g:u} <- function(n) if (n <= 1) {e} else paste0("f(", {@g}(n - 1), ", ", n, ")");
    {=v:e} <- {@g}({k})
{+g:u} <- function(s, n) { if (n == 0) return(s); {@g}(paste0("(", s, ")"), n - 1) };
    {=v:t} <- {@g}({e}, {k})
{+g:u} <- function(v) if (length(v) == 1) v else paste0("max2(", v[1], ", ", {@g}(v[-1]), ")");
    {=v:e} <- {@g}(c("a", "b", "x"))
{+g:u} <- function(k) function(s) paste0(s, k); {=v:u} <- {@g}({t})
{+g:u} <- function(x) deparse(substitute(x)); {=v:e} <- {@g}({s} + exp({s}))
{+g:u} <- function(...) { a <- list(...); paste(names(a), unlist(a)) };
    {=v:T} <- {@g}(u = {t}, v = {t})
{+g:u} <- function(...) paste0(c(...), collapse = {o}); {=v:t} <- {@g}({T}, {t})
{+g:u} <- function(f, ...) f(..., {t}); {=v:t} <- {@g}(paste, {t}, sep = {o})
{+g:u} <- function(type = c("sum", "prod")) { type <- match.arg(type);
    switch(type, sum = "+", prod = "*") }; {=v:t} <- {@g}("prod")
for ({+j:i} in 1:3) assign(paste0("q_", {@j}), {t});
    {=v:T} <- c(q_1, get("q_2"), get(paste0("q_", 3)))
{+n:i} <- 0; {+g:u} <- function(s) { {@n} <<- {@n} + 1; paste0(s, {@n}) };
    {=v:T} <- c({@g}({t}), {@g}({t}))
{+d:L} <- expand.grid(i = 1:2, j = 1:{k}); {=v:T} <- paste0("w", {@d}$i, {@d}$j)
{+d:L} <- data.frame(a = {T}, b = {t}, stringsAsFactors = FALSE);
    {=v:T} <- paste({@d}$a, {@d}[["b"]])
{=v:T} <- {E};
    for ({+l:i} in 1:2) {@v} <- sapply(1:2, function(j)
    paste0("tanh(", paste0("w", {@l}, j, "*", {@v}, collapse = " + "), ")"))
{+h:E} <- character(2); for ({+j:i} in 1:2) { {+s:e} <- paste0("b", {@j});
    for ({+i:i} in 1:2) {@s} <- paste0({@s}, " + w", {@i}, {@j}, "*x", {@i});
    {@h}[{@j}] <- paste0("1/(1+exp(-(", {@s}, ")))") }; {=v:e} <- paste({@h}, collapse = "+")
{+q:q} <- {^q}; for ({+p:t} in c("x", "a")) {@q} <- D({@q}, {@p});
    {=v:e} <- paste(deparse({@q}), collapse = "")
{+q:q} <- {^q}; {@q}[[1]] <- as.name("g"); {=v:t} <- paste(deparse({@q}), collapse = "")
{+q:q} <- quote(f(x, y)); {@q}[[2]] <- {q}; {=v:t} <- deparse({@q})[1]
{+g:q} <- function(x, y = {s}) x^2 + y; body({@g}) <- {q}; {=v:T} <- deparse({@g})
{+f:q} <- as.formula(paste("y ~", {e})); {=v:e} <- paste(deparse({@f}[[3]]), collapse = "");
    {=r:t} <- deparse({@f}[[2]])
{+f:q} <- y ~ {s} * exp({s}); {=v:t} <- deparse({@f}); {=r:T} <- all.vars({@f})
{=v:t} <- {T} |> paste(collapse = {o}) |> toupper()
{=v:e} <- {e}; {@v} <- gsub("x", paste0("(", {@v}, ")"), {@v}); {@v} <- gsub(" ", "", {@v})
{=v:t} <- {t}; for ({+w:t} in c("a", "x")) {@v} <- gsub({@w}, toupper({@w}), {@v}, fixed = TRUE)
{+k:i} <- {^i};
    {=v:T} <- sapply(seq_len({@k}), function(i)
    paste(sapply(seq_len(i), function(j) paste0("x", i, j)), collapse = "*"))
{+m:m} <- {^m};
    {=v:T} <- sapply(seq_len(nrow({@m})), function(i) paste({@m}[i, ], collapse = {o}))
"""

ENDINGS: Final = """
{t}  {T}  {e}  c({t}, {T})  paste({T}, {T})  paste(names({T}), {T})  c({e}, paste0({T}, {n}))
unlist({L})  paste0("~", {E})
"""
