"""Loops that carry small matrices, such as a Kalman filter's, as R code; some are refused."""

from __future__ import annotations

LEVEL = """Tr <- diag(2); Tr[1, 2] <- 1; H <- matrix(c(1, 0), 1); Q <- diag(2)*exp(a)
P <- diag(2)*10; m <- c(0, 0); nll <- 0
for (t in 1:length(y)) {
  m <- Tr %*% m
  P <- Tr %*% P %*% t(Tr) + Q
  v <- y[t] - H %*% m
  S <- H %*% P %*% t(H) + 1
  K <- P %*% t(H) %*% solve(S)
  m <- m + K %*% v
  P <- (diag(2) - K %*% H) %*% P
  nll <- nll + 0.5*log(S) + 0.5*v^2/S
}
"""

BOTH = """Tr <- matrix(c(0.9, 0.1, 0.2, 0.8), 2); P <- diag(2); m <- c(a, 0); nll <- 0
R <- matrix(c(1, 0.3, 0.3, 2), 2)
for (t in seq_along(y)) {
  m <- c(Tr %*% m)
  P <- tcrossprod(Tr %*% P, Tr) + diag(2)*0.1
  S <- P + R
  v <- X[t, 1:2] - m
  nll <- nll + 0.5*log(det(S)) + 0.5*sum(v*solve(S, v))
  K <- P %*% solve(S)
  m <- m + c(K %*% v)
  P <- P - K %*% P
}
"""

FACTORED = """P <- diag(3); nll <- 0; z <- c(a, 1, 2)
for (t in seq_along(y)) {
  P <- 0.5*P + diag(3)*exp(a*y[t])
  P[1, 2] <- 0.1; P[2, 1] <- 0.1
  L <- t(chol(P))
  u <- forwardsolve(L, z)
  z <- 0.5*z + y[t]
  nll <- nll + sum(log(diag(L))) + 0.5*sum(u^2) + determinant(P)$modulus
  z <- z + backsolve(L, u, upper.tri = FALSE, transpose = TRUE)*0.1
}
"""

FILTERS = [
    LEVEL + "nll",
    LEVEL + "sum(nll) + m[1] + P[2, 2]",
    LEVEL + "t(m) %*% m",
    BOTH + "nll",
    BOTH + "nll + P[1, 2]*m[2]",
    FACTORED + "nll + sum(z)",
    "P <- diag(2)\nfor (t in seq_along(y)) P <- solve(P + matrix(c(y[t]^2 + 1, a, a, 2), 2))\nP",
    "P <- diag(3)\nfor (i in seq_along(y)) P <- solve(P + diag(3)*y[i]^2) + diag(3)\nsum(P)*a",
    "s <- 0; for (i in seq_along(y)) { S <- y[i]*a; s <- s + S }\ns + S",
    "P <- diag(2)\nfor (t in seq_along(y)) P <- crossprod(P + a, diag(2)*y[t])\nP",
    "x <- c(1, a)\nfor (t in seq_along(y)) x <- x + matrix(c(0.5, a, 0.1, -0.2), 2) %*% x*y[t]\nx",
    "x <- c(1, a)\nA <- matrix(c(1, 2, a, 4), 2)\nfor (t in seq_along(y)) x <- solve(A, x)*y[t]\nx",
    "x <- c(1, a)\nfor (t in seq_along(y)) x <- c(x %*% matrix(c(0.5, a, 0.1, -0.2), 2))*y[t]\nx",
    "forwardsolve(S, b)",
    "backsolve(S, b)",
    "backsolve(S, b, transpose = TRUE)",
    "backsolve(S, b, upper.tri = FALSE, transpose = TRUE)",
    "forwardsolve(S, S*a)",
    "L <- t(chol(crossprod(X) + a*diag(3)))\nforwardsolve(L, b) + backsolve(t(L), b)",
    "backsolve(matrix(c(2, 1, 3, a), 2), c(1, a))",
]
