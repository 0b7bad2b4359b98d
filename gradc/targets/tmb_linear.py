"""C++ of linear algebra for TMB templates: what TMB 1.9.2 lacks, or differentiates wrongly.

The derivative of ``atomic::logdet`` is that of a symmetric matrix alone. A solution of linear
equations by way of an inverse loses digits.
"""

from __future__ import annotations

from collections.abc import Mapping

LINEAR: Mapping[str, tuple[str, str]] = {
    "solve": (
        "The solution of a x = b by elimination with row exchanges.",
        """\
template<class Type>
matrix<Type> solve(matrix<Type> a, matrix<Type> b);

TMB_ATOMIC_VECTOR_FUNCTION(
  solve_, tx.size() - 1 - CppAD::Integer(tx[0]) * CppAD::Integer(tx[0]),
  int n = CppAD::Integer(tx[0]);
  int m = ty.size() / n;
  matrix<double> a = atomic::vec2mat(tx, n, n, 1);
  matrix<double> b = atomic::vec2mat(tx, n, m, 1 + n * n);
  matrix<double> x = a.lu().solve(b);
  for (int i = 0; i < n * m; i++) ty[i] = x(i);,
  int n = CppAD::Integer(tx[0]);
  int m = ty.size() / n;
  matrix<Type> a_t = atomic::vec2mat(tx, n, n, 1).transpose();
  matrix<Type> x_t = atomic::vec2mat(ty, n, m).transpose();
  matrix<Type> y_bar = atomic::vec2mat(py, n, m);
  matrix<Type> b_bar = solve(a_t, y_bar);
  matrix<Type> a_bar = atomic::matmul(b_bar, x_t);
  px[0] = 0;
  for (int i = 0; i < n * n; i++) px[1 + i] = -a_bar(i);
  for (int i = 0; i < n * m; i++) px[1 + n * n + i] = b_bar(i);
)
template<class Type>
matrix<Type> solve(matrix<Type> a, matrix<Type> b)
{
  CppAD::vector<Type> tx(1 + a.size() + b.size());
  tx[0] = a.rows();
  for (int i = 0; i < a.size(); i++) tx[1 + i] = a(i);
  for (int i = 0; i < b.size(); i++) tx[1 + a.size() + i] = b(i);
  CppAD::vector<Type> ty = solve_(tx);
  return atomic::vec2mat(ty, b.rows(), b.cols());
}
template<class Type>
vector<Type> solve(matrix<Type> a, vector<Type> b)
{
  matrix<Type> columns = b.matrix();
  return solve(a, columns).vec();
}""",
    ),
    "logdet": (
        "The logarithm of the absolute value of a determinant.",
        """\
TMB_ATOMIC_VECTOR_FUNCTION(
  logdet_, 1,
  int n = CppAD::Integer(tx[0]);
  matrix<double> a = atomic::vec2mat(tx, n, n, 1);
  matrix<double> lu = a.lu().matrixLU();
  ty[0] = lu.diagonal().array().abs().log().sum();,
  int n = CppAD::Integer(tx[0]);
  matrix<Type> a = atomic::vec2mat(tx, n, n, 1);
  matrix<Type> a_bar = atomic::matinv(a).transpose();
  px[0] = 0;
  for (int i = 0; i < n * n; i++) px[1 + i] = py[0] * a_bar(i);
)
template<class Type>
Type logdet(matrix<Type> a)
{
  CppAD::vector<Type> tx(1 + a.size());
  tx[0] = a.rows();
  for (int i = 0; i < a.size(); i++) tx[1 + i] = a(i);
  return logdet_(tx)[0];
}""",
    ),
    "det": (
        "A determinant, by elimination with row exchanges.",
        """\
TMB_ATOMIC_VECTOR_FUNCTION(
  det_, 1,
  int n = CppAD::Integer(tx[0]);
  matrix<double> a = atomic::vec2mat(tx, n, n, 1);
  ty[0] = a.lu().determinant();,
  int n = CppAD::Integer(tx[0]);
  matrix<Type> a = atomic::vec2mat(tx, n, n, 1);
  matrix<Type> a_bar = atomic::matinv(a).transpose();
  px[0] = 0;
  for (int i = 0; i < n * n; i++) px[1 + i] = py[0] * ty[0] * a_bar(i);
)
template<class Type>
Type det(matrix<Type> a)
{
  CppAD::vector<Type> tx(1 + a.size());
  tx[0] = a.rows();
  for (int i = 0; i < a.size(); i++) tx[1 + i] = a(i);
  return det_(tx)[0];
}""",
    ),
    "chol": (
        "The upper triangular r of a = t(r) r, from the upper triangle of a, as R's chol().",
        """\
template<class Type>
matrix<Type> chol(matrix<Type> a)
{
  int n = a.rows();
  matrix<Type> r(n, n);
  r.setZero();
  for (int j = 0; j < n; j++) {
    Type rest = a(j, j);
    for (int k = 0; k < j; k++) rest -= r(k, j) * r(k, j);
    r(j, j) = sqrt(rest);
    for (int i = j + 1; i < n; i++) {
      rest = a(j, i);
      for (int k = 0; k < j; k++) rest -= r(k, j) * r(k, i);
      r(j, i) = rest / r(j, j);
    }
  }
  return r;
}""",
    ),
    "log_sum_exp": (
        "log(sum(exp(x))), which neither overflows nor underflows.",
        """\
TMB_ATOMIC_VECTOR_FUNCTION(
  log_sum_exp_, 1,
  double most = R_NegInf;
  for (size_t i = 0; i < tx.size(); i++) if (!(tx[i] <= most)) most = tx[i];
  double total = 0;
  for (size_t i = 0; i < tx.size(); i++) total += std::exp(tx[i] - most);
  ty[0] = std::isfinite(most) ? most + std::log(total) : most;,
  for (size_t i = 0; i < tx.size(); i++) px[i] = py[0] * exp(tx[i] - ty[0]);
)
template<class Type>
Type log_sum_exp(vector<Type> x)
{
  CppAD::vector<Type> tx(x.size());
  for (int i = 0; i < x.size(); i++) tx[i] = x(i);
  return log_sum_exp_(tx)[0];
}""",
    ),
    "place": (
        "A computed place, which counts from 1, as one that counts from 0.",
        """\
template<class Type>
int place(Type x, int n)
{
  double number = asDouble(x);
  if (!(number >= 1 && number < n + 1.0)) Rf_error("an index is outside 1 to %d", n);
  return int(number) - 1;
}""",
    ),
}
