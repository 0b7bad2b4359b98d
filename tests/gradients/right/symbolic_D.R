x <- c(0.1, 0.4, 0.9, 1.6)
y <- c(1.1, 1.3, 2.2, 4.9)
e <- quote((y - a * exp(b * x))^2)
f <- function(p) {
  a <- p[1]; b <- p[2]
  sum((y - a * exp(b * x))^2)
}
g <- function(p) {
  a <- p[1]; b <- p[2]
  c(sum(eval(D(e, "a"))), sum(eval(D(e, "b"))))
}
optim(c(1, 1), f, g, method = "BFGS")
