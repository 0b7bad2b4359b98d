# The same neuron as text in Python, differentiated by SymPy.
import sympy

a, b, x, y = sympy.symbols("a b x y")

graph = "a + b*x"
graph = "1/(1 + exp(-(" + graph + ")))"
graph = f"(y - {graph})**2"

gradient = [sympy.diff(graph, weight) for weight in (a, b)]
point = {a: 5, b: 3.5, x: 2.5, y: 6.5}
print([partial.subs(point) for partial in gradient])
