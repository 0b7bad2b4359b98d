# A while loop with its own counter.
f <- function(p) {
  s <- 0; i <- 1
  while (i <= 4) { s <- s + (p[1] - i)^2 / i; i <- i + 1 }
  s + (p[2] - 1)^4
}
nlm(f, c(0, 0))
