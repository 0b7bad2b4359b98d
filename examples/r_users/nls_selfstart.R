# A self-starting model from gradc: nls() without start.
#   gradc compile examples/growth_nls.R --target r
source("gradc-out/growth_nls.R")
growth <- data.frame(age = 1:6, height = c(4.1, 7.2, 9.8, 11.6, 12.7, 13.5))

# From the model's own starting values, or from others: growth_nls_selfStart(c(top = 1, rate = 3))
SSgrowth <- growth_nls_selfStart()
getInitial(height ~ SSgrowth(top, rate, age), growth)

fit <- nls(height ~ SSgrowth(top, rate, age), growth)
summary(fit)

# The names of parameters and data are the caller's, as with R's own SSlogis().
two <- rbind(cbind(growth, plot = "a"), cbind(growth, plot = "b"))
two$height[7:12] <- two$height[7:12] * 1.5
by(two, two$plot, function(rows) coef(nls(height ~ SSgrowth(A, k, age), rows)))
