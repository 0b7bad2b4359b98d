fg <- function(x, a) {
  structure(sum((x - a)^2), gradient = 2 * (x - a))
}
nlm(fg, c(10, 10), a = c(3, 5))
