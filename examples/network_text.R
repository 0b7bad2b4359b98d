# A network with scalar weights, pasted together layer by layer.
# The text of a layer contains the text of the layer below once for each neuron.
layers <- 2
width <- 3
signals <- c('x1', 'x2')
weights <- character(0)

for (l in seq_len(layers)) {
  above <- character(width)
  for (j in seq_len(width)) {
    w <- paste0('w', l, '_', seq_along(signals), '_', j)
    bias <- sprintf('b%d_%d', l, j)
    weights <- c(weights, bias, w)
    above[j] <- paste0('tanh(', bias, ' + ', paste0(w, '*', signals, collapse = ' + '), ')')
  }
  signals <- above
}

output <- paste(signals, collapse = ' + ')
deriv(as.formula(paste0('~ (y - (', output, '))^2')), weights)
