# Growth of a tumour, in Python's notation.
#   gradc compile examples/gompertz.py --wrt size,delay,rate
mu = size * np.exp(-delay * np.exp(-rate * t))
np.sum((y - mu) ** 2)
