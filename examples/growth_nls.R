# A growth curve fitted by nls; the formula is put together from its parts.
growth <- data.frame(
  age = c(1, 2, 3, 4, 5, 6),
  height = c(4.1, 7.2, 9.8, 11.6, 12.7, 13.5)
)
response <- 'height'
curve <- gsub('\\btime\\b', 'age', 'top * (1 - exp(-rate * time))', perl = TRUE)
model <- as.formula(paste(response, '~', curve))
fit <- nls(model, data = growth, start = list(top = 15, rate = 0.3))
summary(fit)
