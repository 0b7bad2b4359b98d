# A mean from gradc on the right of nls(): rates of an enzyme, from R's own data.
#   gradc compile examples/michaelis_menten.txt --target r
source("gradc-out/michaelis_menten.R")
treated <- subset(Puromycin, state == "treated")

# One value a row, with the attribute "gradient": nls() takes it as it takes deriv()'s.
fit <- nls(rate ~ michaelis_menten(Vm, K, conc), treated, start = list(Vm = 200, K = 0.1))
summary(fit)
predict(fit, data.frame(conc = c(0.1, 0.5)))

# nls() would difference the plain formula. The estimates are the same:
reference <- nls(rate ~ Vm * conc / (K + conc), treated, start = list(Vm = 200, K = 0.1))
cbind(coef(fit), coef(reference))

# Of a model y ~ f, which is a sum of squares, the mean alone is NAME_mean():
#   gradc compile examples/growth_nls.R --target r
source("gradc-out/growth_nls.R")
growth <- data.frame(age = 1:6, height = c(4.1, 7.2, 9.8, 11.6, 12.7, 13.5))
growth_fit <- nls(height ~ growth_nls_mean(top, rate, age), growth,
  start = list(top = 15, rate = 0.3))
deviance(growth_fit)
growth_nls_model(growth$height, growth$age)$fn(coef(growth_fit))  # the same number
