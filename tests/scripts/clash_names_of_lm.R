# Names as lm gives them: (Intercept), and those of columns.
d <- data.frame(wt = c(1, 2, 4), hp = c(3, 1, 2), mpg = c(2, 5, 7))
f <- function(b, data) {
  sum((data$mpg - b["(Intercept)"] - b["wt"] * data$wt - b["hp"] * data$hp)^2)
}
optim(c("(Intercept)" = 1, wt = 0.5, hp = 0.2), f, data = d)
