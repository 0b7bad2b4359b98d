# One neuron, grown as text: each step wraps the text of the step before.
# gradc takes the script as it is: gradc compile examples/neuron_text.R --target r,tmb,tf
graph <- 'a + b * x'
graph <- paste0('1 / (1 + exp(-(', graph, ')))')
graph <- paste0('(y - ', graph, ')^2')
cat(graph, '\n')

loss <- eval(parse(text = paste0('deriv(~ ', graph, ', c("a", "b"))')))

# where the gradient is wanted
a <- 5
b <- 3.5
x <- 2.5
y <- 6.5
at <- eval(loss)
print(attr(at, 'gradient'))
