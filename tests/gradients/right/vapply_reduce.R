knots <- c(-1, 0, 1)
f <- function(p) Reduce(`+`, lapply(knots, function(k) (p[1] - k)^2 * p[2])) + p[2]^2
f.gr <- function(p) {
  g1 <- sum(vapply(knots, function(k) 2 * (p[1] - k) * p[2], numeric(1)))
  g2 <- sum(vapply(knots, function(k) (p[1] - k)^2, numeric(1))) + 2 * p[2]
  c(g1, g2)
}
nlminb(c(0.5, 0.5), f, f.gr)
