"""What a loop over data becomes: slices, products, sums, and a scan only where it must."""

from __future__ import annotations

import pytest

from gradc.errors import GradcError, Source
from gradc.frontend import build
from gradc.ir import known, reachable


def prims(text: str, wrt: list[str], at: dict | None = None) -> list[str]:
    """The primitives that the value needs, in order."""
    function = build(Source("t.R", text), wrt=wrt, at=at).function
    graph = function.graph
    marks = reachable(graph, [function.value])
    return [graph.prim(node) for node, mark in enumerate(marks) if mark]


def loops(text: str, wrt: list[str], at: dict | None = None) -> int:
    return prims(text, wrt, at).count("scan")


def test_a_lag_is_a_slice() -> None:
    found = prims("s <- 0\nfor (i in 2:length(y)) s <- s + (y[i] - r*y[i-1])^2\ns", ["r"])
    assert found.count("slice") == 2
    assert not {"gather", "scan", "index", "loopvar"} & set(found)


def test_a_recurrence_carries_what_it_needs_and_no_more() -> None:
    text = """
    a <- a0; s <- 0
    for (t in 1:length(y)) {
      f <- exp(-b*y[t])
      a <- 0.5*a + f
      s <- s + log(a)*y[t]
    }
    s"""
    function = build(Source("t.R", text), wrt=["a0", "b"]).function
    graph = function.graph
    (scan,) = [n for n in range(len(graph)) if graph.prim(n) == "scan"]
    region = graph.attrs(scan)
    assert (region.carries, region.seqs) == (1, 1)  # s is a sum, exp(-b*y) a vector
    inside = {record[0] for record in region.body.graph.records}
    assert not {"exp", "log"} & inside


def test_rows_of_a_matrix_are_a_product() -> None:
    text = """
    DATA_MATRIX(X)
    DATA_VECTOR(y)
    PARAMETER_VECTOR(beta, c(0, 0))
    s <- 0
    for (i in 1:length(y)) s <- s + (y[i] - sum(X[i, ]*beta))^2
    s"""
    found = prims(text, None)
    assert "matvec" in found
    assert not {"scan", "gather_rows", "row_sums"} & set(found)


def test_loops_inside_of_loops_are_matrices() -> None:
    text = """
    s <- 0
    for (i in 1:length(x)) for (j in 1:length(x)) s <- s + exp(-abs(x[i] - x[j])*r)
    s"""
    found = prims(text, ["r"])
    assert "spread_cols" in found
    assert "scan" not in found


def test_a_short_vector_is_carried_number_by_number() -> None:
    text = """
    alpha <- c(p, 1 - p)
    for (t in 1:length(y)) alpha <- (alpha %*% matrix(c(0.9, 0.2, 0.1, 0.8), 2)) * y[t]
    sum(alpha)"""
    assert loops(text, ["p"]) == 1


def test_a_long_known_vector_is_not_written_out() -> None:
    text = "s <- u[1]^2\nfor (i in 2:length(u)) s <- s + (u[i] - r*u[i-1])^2\ns"
    found = prims(text, ["r", "u"], {"r": 0.5, "u": [0.1] * 500})
    assert len(found) < 25


def test_elements_that_a_loop_sets_come_from_the_turn_before() -> None:
    text = """
    m <- numeric(length(y))
    m[1] <- a
    for (i in 2:length(y)) m[i] <- 0.5*m[i-1] + y[i]
    sum(m)"""
    assert loops(text, ["a"]) == 1
    assert "concat" in prims(text, ["a"])


def test_sapply_over_data_is_elementwise() -> None:
    assert prims("sum(sapply(seq_along(y), function(i) a*y[i]^2))", ["a"]).count("index") == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("for (i in 1:length(y)) if (y[i] > 0) break\na", "'break' depends on a condition"),
        (
            "s <- 'b'\nfor (i in 1:length(y)) s <- paste0(s, 'b')\na",
            "no number that a loop carries",
        ),
        ("s <- 0\nfor (i in 1:length(y)) s <- s + foo(y[i])\ns + a", "unknown function 'foo'"),
        ("s <- 0\nfor (i in 1:length(y)) s <- s + y[i+1]\ns + a", "elements 2 to n+1"),
        ("w <- c(1, 2)\nw[k]*a", "an index depends on a parameter"),
    ],
)
def test_what_cannot_be_done_at_once_says_why(text: str, words: str) -> None:
    with pytest.raises(GradcError) as caught:
        build(Source("t.R", text), wrt=["a", "k"] if "w[k]" in text else ["a"])
    assert words in caught.value.diagnostics[0].message


DESIGN = "DATA_INTEGER(n)\nDATA_MATRIX(X)\nDATA_VECTOR(y)\nPARAMETER_VECTOR(b, c(0, 0))\n"


@pytest.mark.parametrize(
    "loops",
    [
        "for (i in 1:n) for (j in 1:ncol(X)) mu[i] <- mu[i] + X[i, j]*b[j]",
        "for (j in 1:ncol(X)) for (i in 1:n) mu[i] <- mu[i] + X[i, j]*b[j]",
        "for (j in 1:ncol(X)) mu <- mu + X[, j]*b[j]",
        "for (i in 1:n) { e <- 0; for (j in 1:ncol(X)) e <- e + X[i, j]*b[j]; mu[i] <- e }",
    ],
)
def test_loops_over_rows_and_columns_are_a_product(loops: str) -> None:
    found = prims(f"{DESIGN}mu <- numeric(n)\n{loops}\nsum((y - mu)^2)", None)
    assert "matvec" in found
    assert not {"scan", "loopvar", "ruler", "gather", "as_vector", "row_sums"} & set(found)


def test_a_declared_count_is_the_length_of_what_it_counts() -> None:
    text = f"{DESIGN}s <- 0\nfor (i in 2:n) s <- s + (y[i] - b[1]*y[i-1])^2*X[i, 2]\ns/n"
    function = build(Source("t.R", text)).function
    sizes = {item.name: item.type.shape for item in function.inputs}
    assert function.input("n").counts == sizes["y"][0] == sizes["X"][0]
    assert "seq_along" not in prims(text, None)


def test_a_count_may_be_one_less_than_a_length() -> None:
    text = "DATA_INTEGER(n)\nDATA_VECTOR(y)\nPARAMETER(a)\ns <- 0\n"
    text += "for (i in 1:n) s <- s + a*y[i + 1]\ns"
    function = build(Source("t.R", text)).function
    (length,) = function.input("y").type.shape
    assert function.input("n").counts == length.plus(known(-1))


def test_sums_up_to_the_counter_are_running_sums() -> None:
    start = "DATA_VECTOR(y)\nPARAMETER(a)\ns <- 0\nfor (i in seq_along(y)) {\n  k <- 0\n"
    alone = prims(start + "  for (j in 1:i) k <- k + exp(a*y[j])\n  s <- s + k^2\n}\ns", None)
    both = prims(start + "  for (j in 1:i) k <- k + exp(a*y[j]*y[i])\n  s <- s + k^2\n}\ns", None)
    assert "cumsum" in alone
    assert not {"scan", "le", "select"} & set(alone)
    assert "le" in both
    assert "scan" not in both


def test_what_a_turn_sets_before_it_reads_is_not_carried() -> None:
    text = "s <- 0; v <- 1\nfor (i in 1:length(y)) { v <- a*y[i]; s <- s + v^2 }\ns + v"
    assert loops(text, ["a"]) == 0


def test_small_matrices_are_carried_number_by_number() -> None:
    text = """
    DATA_VECTOR(y)
    PARAMETER(a)
    P <- diag(2)
    for (t in seq_along(y)) P <- solve(P %*% P + diag(2)*a*y[t]^2)
    P[1, 1]"""
    function = build(Source("t.R", text)).function
    graph = function.graph
    (scan,) = [n for n in range(len(graph)) if graph.prim(n) == "scan"]
    assert graph.attrs(scan).carries == 4
    assert not {"matmul", "inverse"} & {graph.prim(n) for n in range(len(graph))}
