"""What goes into one loop of a template, what is stored, what is read in place."""

from __future__ import annotations

import pytest

from gradc.emit.access import Place
from gradc.ir import Size, known, symbol
from gradc.model import compile as compile_model

DECLARED = "DATA_VECTOR(y)\nDATA_MATRIX(X)\nDATA_IVECTOR(g)\nPARAMETER(a, 1)\n"
VECTORS = DECLARED + "PARAMETER_VECTOR(u, c(1, 2))\n"


def body(text: str) -> list[str]:
    """The statements of a template after its declarations and checks."""
    template = compile_model(text, name="m").emit("tmb")["m.cpp"]
    return template[template.rindex("\n\n") :].strip().removesuffix("\n}").split("\n")


def test_lags_are_read_from_the_later_element() -> None:
    assert body(DECLARED + "sum((y[-1] - a*y[-length(y)])^2)") == [
        "Type t1 = 0;",
        "  for (int i = 1; i < n; i++) {",
        "    t1 += pow(y(i) - a * y(i - 1), 2);",
        "  }",
        "  return t1;",
    ]


def test_an_index_is_read_in_place() -> None:
    assert body(VECTORS + "sum((y - u[g])^2)") == [
        "Type t1 = 0;",
        "  for (int i = 0; i < n; i++) {",
        "    t1 += pow(y(i) - u(g(i) - 1), 2);",
        "  }",
        "  return t1;",
    ]


def test_a_carried_value_shares_the_loop_of_what_reads_it() -> None:
    text = (
        "N <- a\nll <- 0\nfor (t in seq_along(y)) {\nll <- ll + y[t]*log(N)\nN <- N*exp(-N)\n}\nll"
    )
    assert body(DECLARED + text) == [
        "Type N = a;",
        "  Type ll = 0;",
        "  for (int i = 0; i < n; i++) {",
        "    ll += y(i) * log(N);",
        "    N = N * exp(-N);",
        "  }",
        "  return ll;",
    ]


def test_a_vector_that_a_loop_fills_is_its_own_carried_value() -> None:
    text = "x <- numeric(length(y))\nx[1] <- a\nfor (i in 2:length(y)) x[i] <- a*x[i - 1] + y[i]\n"
    assert body(DECLARED + text + "sum(x)") == [
        "vector<Type> x(n);",
        "  x(0) = a;",
        "  for (int i = 1; i < n; i++) {",
        "    x(i) = a * x(i - 1) + y(i);",
        "  }",
        "  Type t1 = 0;",
        "  for (int i = 0; i < n; i++) {",
        "    t1 += x(i);",
        "  }",
        "  return t1;",
    ]


def test_what_one_later_loop_reads_alone_is_not_stored() -> None:
    assert body(DECLARED + "m <- max(y)\nsum((exp(a*y) - m)^2)") == [
        "Type m = R_NegInf;",
        "  for (int i = 0; i < n; i++) {",
        "    m = CppAD::CondExpGt(Type(y(i)), m, Type(y(i)), m);",
        "  }",
        "  Type t1 = 0;",
        "  for (int i = 0; i < n; i++) {",
        "    t1 += pow(exp(a * y(i)) - m, 2);",
        "  }",
        "  return t1;",
    ]


def test_products_are_statements_and_a_transposed_matrix_stands_in_place() -> None:
    assert body(VECTORS + "A <- t(X) %*% X\nb <- A %*% u\nsum(b)") == [
        "matrix<Type> A = X.transpose() * X;",
        "  vector<Type> b = A * u;",
        "  Type t1 = 0;",
        "  for (int i = 0; i < 2; i++) {",
        "    t1 += b(i);",
        "  }",
        "  return t1;",
    ]


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("i"), "i"),
        (Place("i", known(-1)), "i - 1"),
        (Place("i").shifted(symbol("n")), "i + n"),
        (Place("i").mirrored(symbol("n")), "n-1 - i"),
        (Place("i + 3 * j").mirrored(known(6)), "5 - (i + 3 * j)"),
        (Place("i").mirrored(symbol("n")).mirrored(symbol("n")), "i"),
        (Place("", known(4)), "4"),
    ],
)
def test_a_place_is_written_with_no_more_than_it_needs(place: Place, text: str) -> None:
    def size(one: Size) -> str:
        return str(one)

    assert place.text(size) == text
