"""More of Python by hand, for the builders' tests: each script ends with ``res``, texts."""

from __future__ import annotations

from typing import Final

MORE_BY_HAND: Final = {
    "functions are values": """
import functools, operator
f, g = max, str.upper
steps = [str.strip, g, lambda s: s + "!"]
s = " a "
for step in steps:
    s = step(s)
add = functools.partial(operator.add, "x")
join = "+".join
res = [s, str(f(1, 2)), join(map(str, [1, 2])), add("y"), join(map(str.title, ["ab"])),
       "".join(filter(str.isalpha, "a1b2")), str(list(map(len, ["a", "bc"])))]
""",
    "partial with names": """
from functools import partial
def f(a, b, c="c"):
    return a + b + c
g = partial(f, "1", c="3")
res = [g("2"), g(b="2"), partial(g, c="9")("2"), partial(f, "1", "2")(c="4")]
""",
    "parameters with stars": """
def f(a, *rest, sep="-", **named):
    return sep.join([a, *rest, *named, *named.values()])
def g(*args, **kwargs):
    return f(*args, **kwargs)
res = [f("a"), f("a", "b", "c", sep="+"), g("a", "b", k="v", l="w"), g(*"xyz", **{"sep": "/"})]
""",
    "stars in lists and targets": """
xs = ["a", "b", "c"]
first, *middle, last = [*xs, "d"]
*init, end = xs
head, *nothing = ["q"]
res = [first, last, "".join(middle), "".join(init), end, head, str(nothing),
       "".join([*xs, *"yz", *("u",)]), "".join({**{"k": 1}, "l": 2}), str((*[1], 2))]
for a, *b in [("x", "y", "z"), ("u", "v")]:
    res.append(a + "".join(b))
""",
    "dicts": """
d = dict(a="1")
d.update(b="2")
d.update({"c": "3"}, e="5")
e = dict(d, a="9", z="0")
f = {**d, "a": "7", **{"q": "8"}}
del d["b"]
k, v = f.popitem()
res = [k + v for k, v in e.items()] + list(f) + list(d) + [
    k + v, str("a" in d), str(d == {"a": "1"})]
""",
    "deleting and slices": """
xs = list("abcdef")
del xs[0], xs[-1]
xs[1:3] = ["x", "y", "z"]
xs[::2] = ["1", "2", "3"]
ys = xs[:]
del ys[1:3]
xs[len(xs):] = ["end"]
zs = list("abc")
zs[:] = reversed(zs)
name = "gone"
del name
res = xs + ys + zs
""",
    "sums of lists": """
rows = [["a"], ["b", "c"]]
res = sum(rows, []) + list(sum([("d",), ("e",)], ())) + [str(sum([1, 2], 3)), str(sum([], 2.5))]
""",
    "formats inside of formats": """
res = ["{:{w}}|".format("a", w=5), "{:{}}|".format("a", 4), "{0[0]}{0[1]}".format(["x", "y"]),
       "{d[key]}".format(d={"key": "v"}), "{:>{w}.{p}f}".format(2.5, w=8, p=2),
       "{!r:>5}".format("a"),
       "{:,}".format(1234567), "{:%}".format(0.25), "{:b}".format(5), "{:x}".format(255)]
""",
    "percent": """
res = ["%c%c" % ("a", 98), "%*d|" % (5, 42), "%-*s|" % (4, "a"), "%.*f" % (2, 3.14159), "%5s" % "a",
       "%x" % 255, "%o" % 8, "%e" % 12345.678, "%+d" % 3, "%s" % [1, "a"], "%s %s" % ("a", (1,)),
       "%r" % ("a",), "%5.1f%%" % 99.5, "%i" % 2.9]
""",
    "patterns": r"""
import re
m = re.match(r"(\w+)_(\d+)", "w_12 rest")
p = re.compile(r"([a-z])(\d)", re.IGNORECASE)
res = [m.group(1), m.group(2), m[0], str(m.groups()), str(m.start(2)), str(m.span()),
       p.sub(r"\2\1", "A1 b2"), str(re.search("q", "abc")), str(bool(re.search("b", "abc"))),
       p.sub(lambda k: k.group(2) + k.group(1).upper(), "a1 b2"), str(p.findall("a1b2")),
       re.sub("b+", lambda k: str(len(k.group())), "abbbc"), str(re.split(r"(,)", "a,b")),
       "".join(k.group(0) for k in re.finditer(r"\d", "a1b2")),
       str(re.fullmatch("a", "ab") is None),
       re.sub("(?P<x>a)", r"\g<x>\g<x>", "a"), str(p.split("xa1y")), re.escape("a+b")]
if m := re.match("a(.)", "ab"):
    res.append(m.group(1))
""",
    "itertools": """
from itertools import accumulate, chain, islice, pairwise, permutations, repeat, starmap
from itertools import zip_longest
import operator
res = [str(list(accumulate([1, 2, 3]))), str(list(accumulate([2, 3], operator.mul))),
       "".join(accumulate(["a", "b", "c"])), str(list(zip_longest("ab", "c", fillvalue="-"))),
       "".join(chain.from_iterable(["ab", "cd"])), "".join(islice("abcdef", 1, 4)),
       str(list(pairwise("abc"))), "".join(repeat("x", 3)),
       str(list(starmap(max, [(1, 2), (4, 3)]))),
       "".join("".join(p) for p in permutations("abc", 2))]
""",
    "operator": """
import operator
from operator import itemgetter
rows = [("b", 2), ("a", 3), ("c", 1)]
res = [str(sorted(rows, key=itemgetter(1))), str(operator.mul(3, 4)), str(operator.neg(2)),
       str(max(rows, key=operator.itemgetter(0))), operator.add("a", "b"),
       str(itemgetter(0, 1)("xyz"))]
""",
    "math of integers": """
import math
res = [str(v) for v in (math.gcd(12, 18), math.prod([2, 3, 4]), math.comb(5, 2), math.factorial(5),
                        math.isqrt(17), math.prod([1.5, 2]), math.lcm(4, 6), math.perm(5, 2))]
""",
    "what a value is": """
values = ["a", 1, 2.5, True, None, [1], (1,), {"k": 1}, {1}, len, lambda: 0]
res = [str(isinstance(v, t)) for v in values for t in (str, int, float, list, tuple, dict, bool)]
res += [str(isinstance(v, (str, list))) for v in values] + [str(callable(v)) for v in values]
numbers = (int, float)
res += [str(isinstance(v, numbers)) for v in values]
""",
    "numbers that are known but computed": """
import math
res = [str(math.sqrt(16) > 3), str((math.exp(0) > 0.5) + 1), str(2 ** 0.5 > 1 and "yes"),
       str(math.pi > 3 > 2), str(float("nan") == float("nan")), str(float("nan") != 1),
       str(1 == 1.0), str(not math.sqrt(4) - 2)]
""",
    "large integers": """
res = [str(v) for v in (2 ** 53, 2 ** 53 - 1, 10 ** 20, 2 ** 100, -(2 ** 62), 10 ** 20 // 10 ** 18,
                        10 ** 20 % 7, 2 ** 60 >> 3, 1 << 70, 3 * 2 ** 60, True & False, True ^ True,
                        ~True, -True, True + True, 1 ** -1, 2 ** -2, 0 ** 0, divmod(-7, 2))]
""",
    "chains": """
log = []
def f(x):
    log.append(str(x))
    return x
a = 1 < f(0) < f(5)
b = f(1) < f(2) <= f(2) != f(3)
res = [str(a), str(b), str("a" < "b" < "c")] + log
""",
    "sets": """
s = {"b", "a"}
t = set("abca")
t.add("z")
res = sorted(s) + sorted(t) + [str(len(t)), str("a" in t), str({1, 2} == {2, 1}), str({1} == [1])]
res += [str(sorted({k % 3 for k in range(7)})), str({5}), str(set()), str({"a": [1, {"b": ()}]})]
""",
    "order of lists and tuples": """
res = [str(v) for v in ([1, 2] < [1, 3], (1, "b") > (1, "a"), sorted([(2, "a"), (1, "b")]),
                        max([3, 1], [2, 9]), min("b", "a"), [1] < [1, 0], sorted(["B", "a"]))]
""",
    "is": """
a = ["x"]
b = a
res = [str(a is b), str(a is list(a)), str(None is None), str(a is not None), str(a == None)]
""",
    "functions with nothing in them": '''
def documented():
    """Only this."""
def empty():
    pass
def both(x):
    """Says x."""
    return x
res = [str(documented()), str(empty()), both("a")]
''',
    "keys that are equal": """
d = {}
for k in (1, 1.0, True, "1", (1, 2), (1.0, 2)):
    d[k] = d.get(k, "") + "x"
res = [str(k) + v for k, v in d.items()]
""",
}
