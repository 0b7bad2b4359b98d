# The likelihood of a mixture of k normal distributions, built term by term and handed to nlm.
y <- c(-2.1, -1.8, 0.2, 1.9, 2.2, 2.4)
k <- 2
density <- function(j) sprintf('w%d * dnorm(y, mu%d, exp(s%d))', j, j, j)
weights <- c('w1 <- plogis(theta[1])', 'w2 <- 1 - w1')
terms <- sapply(seq_len(k), density)
body <- paste0(
  '{', paste(weights, collapse = '; '), '; ',
  paste0('mu', 1:k, ' <- theta[', 1 + 1:k, ']', collapse = '; '), '; ',
  paste0('s', 1:k, ' <- theta[', 1 + k + 1:k, ']', collapse = '; '), '; ',
  '-sum(log(', paste(terms, collapse = ' + '), '))}'
)
nll <- eval(parse(text = paste('function(theta)', body)))
nlm(nll, c(0, -2, 2, -0.5, -0.5))$estimate
