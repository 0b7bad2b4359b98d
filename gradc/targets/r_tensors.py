"""Small functions of vectors and matrices that base R does not have."""

from __future__ import annotations

from collections.abc import Mapping

FUNCTIONS: Mapping[str, str] = {
    "select": """\
  {name} <- function(test, yes, no) {{
    n <- max(length(test), length(yes), length(no))
    chosen <- which(rep_len(test, n))
    result <- rep_len(no, n)
    result[chosen] <- rep_len(yes, n)[chosen]
    result
  }}""",
    "prod_others": """\
  {name} <- function(x) {{
    before <- c(1, cumprod(x))[seq_along(x)]
    after <- rev(c(1, cumprod(rev(x)))[seq_along(x)])
    before * after
  }}""",
    "scatter_add": """\
  {name} <- function(v, i, n) {{
    sums <- rowsum(v, i)
    result <- numeric(n)
    result[as.integer(rownames(sums))] <- sums
    result
  }}""",
    "scatter_rows": """\
  {name} <- function(v, i, n) {{
    sums <- rowsum(v, i)
    result <- matrix(0, n, ncol(v))
    result[as.integer(rownames(sums)), ] <- sums
    result
  }}""",
    "scatter_cells": """\
  {name} <- function(v, i, like) {{
    result <- array(0, dim(like))
    result[cbind(seq_along(i), i)] <- v
    result
  }}""",
    "put_col": """\
  {name} <- function(v, like, j) {{
    result <- array(0, dim(like))
    result[, j] <- v
    result
  }}""",
    "put_row": """\
  {name} <- function(v, like, i) {{
    result <- array(0, dim(like))
    result[i, ] <- v
    result
  }}""",
    "put_entry": """\
  {name} <- function(x, like, i, j) {{
    result <- array(0, dim(like))
    result[i, j] <- x
    result
  }}""",
    "half_lower": """\
  {name} <- function(m) {{
    m[upper.tri(m)] <- 0
    diag(m) <- diag(m) / 2
    m
  }}""",
    "log_sum_exp": """\
  {name} <- function(x) {{
    largest <- max(x)
    if (is.infinite(largest)) largest else largest + log(sum(exp(x - largest)))
  }}""",
}
"""Functions that a file defines for itself where it calls them."""

MATRIX_SELECT = """\
  {name} <- function(test, yes, no) {{
    n <- max(length(test), length(yes), length(no))
    chosen <- which(rep_len(test, n))
    result <- rep_len(no, n)
    result[chosen] <- rep_len(yes, n)[chosen]
    for (like in list(test, yes, no)) if (length(like) == n) dim(result) <- dim(like)
    result
  }}"""
"""As ``select``, where some choice is between matrices."""
