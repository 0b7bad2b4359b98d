def alpha(x):
    return x


def beta(x):
    return x
