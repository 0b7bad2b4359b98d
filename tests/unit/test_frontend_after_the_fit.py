"""What a script does after its fit makes no other model of it."""

from __future__ import annotations

import pytest

import gradc

FIT = """x <- c(1, 2, 3, 4); y <- c(2.1, 3.9, 6.2, 7.8)
rss <- function(p) sum((y - p[1] - p[2]*x)^2)
fit <- optim(c(0, 1), rss, hessian = TRUE)
"""
AFTER = r"""
plot(x, y); lines(x, fit$par[1] + fit$par[2]*x, col = "red"); legend("top", legend = c("a","b"))
se <- sqrt(diag(solve(fit$hessian))); print(cbind(fit$par, se))
par(mfrow = c(1, 2)); curve(fit$par[1] + x, 0, 1); dev.off()
if (fit$convergence != 0) warning("no") else cat("fine\n")
res <- list(par = fit$par, value = fit$value); res
names(fit$par) <- c("a", "b"); fit$par
setNames(fit$par, c("a", "b"))
se <- sqrt(diag(solve(fit$hessian))); ci <- fit$par + qnorm(0.975)*outer(se, c(-1, 1)); ci
for (i in seq_along(fit$par)) cat(i, fit$par[i], "\n")
sapply(1:2, function(i) fit$par[i])
round(fit$par, 3); summary(fit); str(fit)
m <- lm(y ~ x); coef(m); all.equal(coef(m), fit$par)
write.csv(data.frame(est = fit$par), "out.csv")
stopifnot(fit$convergence == 0)
with(fit, par)
pred <- function(z) fit$par[1] + fit$par[2]*z; pred(3)
AIC <- 2*length(fit$par) + 2*fit$value; AIC
system.time(fit2 <- optim(fit$par, rss)); fit2$par
numDeriv::grad(rss, fit$par)
nlm(rss, fit$par)$estimate
1 - pchisq(fit$value, 2)
sprintf("%.3f", fit$par[1])
paste("a =", round(fit$par[1], 2))
x2 <- seq(0, 5, length.out = 50); y2 <- fit$par[1] + fit$par[2]*x2; lines(x2, y2)
invisible(lapply(seq_along(fit$par), function(i) print(fit$par[i])))
eigen(fit$hessian)$values
replicate(3, optim(rnorm(2), rss)$value)
ggplot(d, aes(x, y)) + geom_point()
print(xtable::xtable(data.frame(fit$par)))
mat <- matrix(fit$par, 1); mat %*% c(1, 2)
tryCatch(solve(fit$hessian), error = function(e) NULL)
fit$par["a"]; fit[["value"]]; names(fit)
do.call(rbind, list(fit$par, fit$par))
cat(sprintf("%s: %.2f\n", c("a","b"), fit$par), sep = "")
x
3
sum(y)
y - mean(y)
pnorm(1.2)
invisible(NULL)
message("ok")
Sys.time()
rss
rss(fit$par)
rss(c(1, 2))
rss <- function(p) 0
rm(x)
p <- 3; p
a <- fit$par[1]; b <- fit$par[2]; a + b*x
sqrt(mean((y - fit$par[1] - fit$par[2]*x)^2))
yhat <- fit$par[1] + fit$par[2]*x; 1 - sum((y - yhat)^2)/sum((y - mean(y))^2)
est <- fit$par; est[1] <- 0; rss(est)
on <- expression(a + b); eval(on[[1]], list(a = 1, b = 2))
if (fit$value < 1) "good" else "bad"
ifelse(fit$par > 0, "pos", "neg")
assign("est", fit$par); est
apply(cbind(x, y), 1, sum)
err <- try(solve(matrix(0, 2, 2)), silent = TRUE); class(err)
sim <- rnorm(10, fit$par[1], 1); hist(sim)
fits <- sapply(c(0, 1), function(s) optim(c(0, 1), rss)$value); min(fits)
for (m in c("BFGS", "CG")) print(optim(c(0, 1), rss, method = m)$value)
lapply(c("BFGS", "CG"), optim, par = c(0, 1), fn = rss)
save(fit, file = "f.rda"); quit("no")
"""
LINES = AFTER.strip().splitlines()
# Which of these results is the best only a run can tell; all of them are of one function.
SEVERAL_STARTS = (
    "best <- NULL; for (s in 1:3) { o <- optim(c(s, 1), rss);"
    " if (is.null(best) || o$value < best$value) best <- o }; best$par"
)


def described(model: gradc.Model) -> tuple[object, ...]:
    """Everything about a model but the notes."""
    inputs = [(i.name, i.kind, str(i.type), i.default) for i in model.inputs]
    return model.wrt, inputs, model.r_model()


def test_the_model_of_the_fit() -> None:
    model = gradc.compile(FIT)
    assert [(i.name, i.kind) for i in model.inputs] == [
        ("p", "param"),
        ("y", "data"),
        ("x", "data"),
    ]
    assert model.evaluate({}).value == pytest.approx(1.1**2 + 1.9**2 + 3.2**2 + 3.8**2)


@pytest.mark.parametrize("line", LINES)
def test_what_follows_a_fit_leaves_its_model(line: str) -> None:
    assert described(gradc.compile(FIT + line)) == described(gradc.compile(FIT))


def test_several_starts_are_of_one_model() -> None:
    found, fit = gradc.compile(FIT + SEVERAL_STARTS), gradc.compile(FIT)
    at = {"p": [0.5, 1.5]}
    assert found.wrt == fit.wrt
    assert found.evaluate(at) == fit.evaluate(at)


@pytest.mark.parametrize(
    "later",
    [
        "optim(c(0, 2), rss)",
        "other <- function(p) sum((y - p[1])^2); optim(c(0, 1), other)",
        "nls(y ~ a + b*x, start = list(a = 0, b = 1))",
        "deriv(~ a*b, c('a', 'b'))",
    ],
)
def test_a_later_fit_is_another_model(later: str) -> None:
    """The comparison above can tell."""
    assert described(gradc.compile(FIT + later)) != described(gradc.compile(FIT))
