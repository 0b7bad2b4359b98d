z = a + b * np.tanh(c * x)
np.where(z > 0, np.log1p(z), z) + math.lgamma(c) ** 2
