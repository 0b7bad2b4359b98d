# = for assignment, stopifnot, a verbose that is F, several things in one line.
f = function(par, y, verbose = F) {
  stopifnot(length(par) == 2)
  mu = par[1]; sig2 = exp(par[2])
  out = -0.5*log(2*pi*sig2) - (y-mu)^2/(2*sig2)
  if(verbose) print(par)
  return(-sum(out))
}
y = c(1,2,3,2.5)
o = optim(c(0,0), f, y=y, hessian=T)
o$par; o$value
