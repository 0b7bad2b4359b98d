"""Templates of builder scripts, for :mod:`python_builders`: Python code with places."""

from __future__ import annotations

from typing import Final

# Templates of one sort are separated by two spaces.
LEAVES: Final = r"""
k: 1  2  3  4
o: " + "  "+"  "*"  " - "  "/"
w: "a"  "x1"  "beta"  "w_1"  "Vm"  "n"
t: "a"  "x1"  "theta"  ""  "f(x, y)"  "a + b"  " pad "  "A-b"  "it's"  'say "x"'  "a,b;c"
T: ["a", "b"]  ["x1", "x2", "x3"]  list("abc")  "p q r".split()
e: "a"  "b*x"  "x**2"  "a + b*x"  "exp(-k*t)"  "log(x)"  "-a"  "1/(1 + exp(-x))"  "sin(x)/y"
E: ["a*x", "b"]  ["x1", "x2"]  ["exp(a)", "b**2", "c"]
n: 1  2.5  0.1  1e5  1e-4  100000  123456.789  -3  10  0.5  1e16  -0.25  7.0  1e-7  0.1 + 0.2
N: [0.1, 0.25]  [1, 10, 100]  [1.5, 2, 1e5]  [-1, 0.5, 2]  [3, 1, 2]
i: 1  2  3
I: [1, 2]  [1, 2, 3]  [3, 1]  range(1, 4)
f: True  False
D: {"a": "p", "b": "q"}  {"x": "u + v", "y": "w", "a": "x"}
C: {"a": 1, "b": 2.5}  {"k1": 0.5, "k2": 3}
M: [["a", "b"], ["c", "d"]]  [["x1", "x2", "x3"], ["y1", "y2", "y3"]]
P: ("a", "b")  ("x", "t + 1")
u: str.upper  lambda s: s + "!"  lambda s: f"f({s})"
U: lambda a, b: a + b  lambda a, b: f"({a} + {b})"
x: "a"  "b*x"  "x1"
z: 1  2  2.5  0.1  -3
"""

RULES: Final = r"""
t: «e»  «e»  «e»  «t» + «t»  «t» + «t» + str(«i»)  «t» + " " + «t»  «o».join(«T»)  "".join(«T»)
  ", ".join(«T»)  «o».join(str(«+j:n») for «@j» in «^N»)  "_".join(«t» for «+j:i» in «^I»)
  «o».join(map(str, «N»))  " ".join(sorted(«T»))  f'{«x»}'  f'({«x»}) * ({«x»})'  f'{«x»}_{«z»}'
  f'{«z»:.2f}|{«x»:>6}|{«i»:03d}'  f'{«x»!r}'  f'{«z»:g}'  f'{«x»:<8}|{«x»:^7}|'  f'{{{«x»}}}'
  f'{«z»:{«i»}.{«k»}f}'  f'{«z»:+.1e}'  f'{«z»}'  f'{«z» + 1}{«z» * 2!r}'
  "{} {}".format(«t», «n»)  "{0}{1}{0}".format(«t», «t»)  "{a}-{b}".format(a=«t», b=«n»)
  "{:>6}|{:.3f}".format(«t», «n»)  "%s" % «t»  "%s_%d" % («t», «i»)
  "(%s) %s (%s)" % («t», "*", «t»)  "%d%%" % «i»  "%g" % «n»  "%5.2f|%-6s|%03d" % («n», «t», «i»)
  "%r" % «n»  "%s" % «n»  "%(p)s/%(q)s" % {"p": «t», "q": «n»}  str(«n»)  str(«i»)  str(«f»)
  repr(«t»)  repr(«n»)  «t».strip()  «t».upper()  «t».lower()  «t».replace("x", «t»)
  «t».replace(" ", "")  «t».replace(«w», «t», 1)  «t».split(" ")[0]  «t».split("+")[-1]
  «t».lstrip("a")  «t».zfill(«i»)  str(«i»).zfill(3)  «t».title()  «t».center(9, "*")
  «t».ljust(6) + "|"  "-".join(«t».split())  "".join(reversed(«t»))  «t»[::-1]  «t»[1:]  «t»[:«i»]
  «t»[-2:]  «t»[«i»:«i» + 2]  («t» + "ab")[0]  («t» + "ab")[-1]  «T»[0]  «T»[-1]  («T» * 3)[«i»]
  «T»[len(«T»[1:])]  «M»[0][1]  «M»[-1][-1]  «D»["a"]  «D».get(«w», «t»)  list(«D»)[0]
  list(«D».values())[-1]  list(«C».items())[0][0]  «P»[0] + «P»[1]  «t» * «i»  «i» * «w»
  "(" * «i» + «t» + ")" * «i»  «t» if «f» else «t»  «t» if «t» else «t»  «t» or «t»  «t» and «t»
  «t» if «t».startswith("a") else «t»  (lambda «+p:t»: «t»)(«^t»)
  (lambda «+p:t», «+q:i»=«^i»: «t»)(«^t»)  («u»)(«t»)  («U»)(«t», «t»)  list(map(«u», «T»))[0]
  reduce(lambda «+p:t», «+q:t»: «t», «^T»)  reduce(«U», «T»)  reduce(«U», «T», «t»)
  functools.reduce(lambda «+p:t», «+q:t»: «@p» + «@q», «^T»)  max(«T», key=len)  str(max(«N»))
  str(sum(«N»))  str(sum(«+j:i» ** 2 for «@j» in «^I»))  str(len(«T»))  str(round(«n», 2))
  str(round(«n»))  str(abs(«n»))  re.sub(r"[0-9]+", "N", «t»)  re.sub(r"(\w)(\d)", r"\2\1", «t»)
  re.sub(r"\bx\b", «w», «t»)  re.sub("[aeiou]", "", «t», count=1)  re.split(r"[-+*]", «t»)[0]
  " ".join(re.split(r"\W+", «t»))  "".join(re.findall(r"[a-z]\d?", «t»))  str(min(«i», «i»))
  "".join(«+p:t» for «@p» in «^t» if «@p».isalpha())  "".join(«+p:t».upper() for «@p» in «^T»)
  chr(ord("a") + «i»)  string.ascii_lowercase[«i»]  str(«n» / «i»)  str(«i» // 2) + str(«i» % 2)
T: «E»  «E»  [«t», «t»]  [«t»]  «T» + «T»  «T» + [«t»]  [«t»] * «i»  «T»[1:]  «T»[::-1]  «T»[:-1]
  «T»[:]  «T»[::2]  list(«T»)  sorted(«T»)  sorted(«T», reverse=True)  list(reversed(«T»))
  sorted(«T», key=len)  sorted(«T», key=lambda «+p:t»: (len(«@p»), «@p»))
  [«t» for «+j:i» in range(«k»)]  [«t» for «+p:t» in «^T»]
  [«t» for «+j:i», «+p:t» in enumerate(«^T»)]  [«t» for «+p:t», «+q:t» in zip(«^T», «^T»)]
  [«t» for «+j:i», «+p:t» in enumerate(«^T», 1)]  [«+p:t» for «@p» in «^T» if «@p» != «^t»]
  [«+p:t» for «@p» in «^T» if len(«@p») > «i»]
  [«+p:t» + «+q:t» for «@p» in «^T» for «@q» in «^T» if «@p» != «@q»]
  [«t» for «+p:n» in «^N» if «@p» > 1]
  [f'{«@p»}{«@j»}' for «+p:t» in «^T» for «+j:i» in range(«k»)]  ["w%d" % «+j:i» for «@j» in «^I»]
  [f'w{«@i»}_{«@j»}' for «+i:i» in range(2) for «+j:i» in range(«@i», 3)]
  [str(«+p:n») for «@p» in «^N»]  [f'{«@p»}={«@q»}' for «+p:t», «+q:t» in «^D».items()]
  [«t» for «+p:t» in «^D»]  list(«D»)  sorted(«D»)
  [f'{«@p»}*{«@q»}' for «+p:t», «+q:n» in «^C».items()]  list(«D».values())  list(«D».keys())
  [«o».join(«+r:T») for «@r» in «^M»]  [" ".join(«+r:T») for «@r» in zip(*«^M»)]  «M»[0]
  [«+p:t» for «+r:T» in «^M» for «@p» in «@r»]  list(map(«u», «T»))  list(map(«U», «T», «T»))
  list(map(str, «N»))  list(map(lambda «+p:t»: «t», «^T»))  list(filter(lambda «+p:t»: «f», «^T»))
  list(filter(None, «T»))  «t».split()  «t».split(",")  «t».splitlines()  list(«t»)  list(«P»)
  re.split(r"[,;]\s*", «t»)  re.findall(r"\w+", «t»)
  [("a" if «@j» % 2 else "b") for «+j:i» in «^I»]
  ["".join(«+p:T») for «@p» in product(«^T», «^T»)]  list(chain(«T», «T»))  «T» or [«t»]
  ["".join(«+p:T») for «@p» in itertools.product("ab", repeat=2)]  «T» if «f» else «T»
  [f'{«@j»:02d}' for «+j:i» in «^I»]  [f'{«@j»:.3g}' for «+j:n» in «^N»]
  [«+p:t»[0:2] for «@p» in «^T»]  [«+p:t» for «@p» in «^T» if «@p» in «^T»]
  [«+p:t» for «@p» in «^T» if «@p» not in «^t»]
e: «e» + «o» + «e»  "(" + «e» + ")"  f'({«x»})'  f'exp({«x»})'  f'1/(1 + exp(-({«x»})))'
  «w» + str(«i»)  «o».join(«E»)  " + ".join(f'w{«@j»}*x{«@j»}' for «+j:i» in range(«k»))
  "%s*%s" % («w», «w»)  "%.2f*%s" % («n», «w»)  «e».replace("x", "(" + «e» + ")")  «E»[0]
  re.sub(r"\bx\b", "(" + «e» + ")", «e»)
  reduce(lambda «+p:e», «+q:e»: f'({«@p» + " + " + «@q»})', «^E»)  «e» if «f» else «e»
  str(«n») + "*" + «w»  " + ".join(f'{«@p»}*{«@q»}' for «+p:t», «+q:t» in zip(«^T», «^T»))
E: [f'w{«@j»}*x{«@j»}' for «+j:i» in «^I»]  ["exp(" + «+p:e» + ")" for «@p» in «^E»]  [«e», «e»]
  «E» + [«e»]  [f'tanh({«@p»} + b{«@j»})' for «+j:i», «+p:e» in enumerate(«^E»)]
  list(map(lambda «+p:e»: «e», «^E»))
n: «i»  «i»  «n» + «n»  «n» * «i»  «n» - «i»  -«n»  «i» / 2  «i» ** 2  2 ** «i»  «n» ** 2
  «i» // 2  «n» % 3  -«i» // 2  -«i» % 3  sum(«N»)  max(«N»)  min(«n», «n»)  «N»[0]  «N»[-1]
  abs(«n»)  float(«i»)  round(«n», 1)  float("2.50")  int(«n»)  len(«t») / 2  «n» if «f» else «n»
  sum(«I») / len(«I»)  math.sqrt(«i»)  math.floor(2.7)  math.ceil(«i» / 2)  math.pi  math.exp(0)
  «C»["a"]  round(«n»)  list(«C».values())[0]  int(«f»)  «n» or «i»  pow(«i», 2)  max(«i», «n»)
N: «I»  [«n», «n»]  [«n» * «+j:i» for «@j» in «^I»]  sorted(«N»)  «N»[::-1]  «N» + [«n»]
  list(«C».values())  [«+j:n» ** 2 for «@j» in «^N» if «@j» < 50]
  [0.5 * «+j:i» for «@j» in range(«k»)]
i: «k»  len(«T»)  len(«w»)  «i» + 1  min(«i», «i»)  max(«I»)  «I»[0]  int("2")
  «i» if «f» else «i»  2 * «i» - 1  5 // 2  7 % 4  sum(«I»)  «T».index(«T»[-1]) + 1
  «T».count("a") + 1  len(«D»)  round(«i» / 2) + 1  abs(-«i»)  «i» % 3 + 1  «t».find("x") + 2
  «t».count("a") + 1
I: list(range(«i»))  range(«k»)  range(1, «k» + 1)  range(3, 0, -1)  [«i», «i»]
  [«+j:i» * 2 for «@j» in «^I»]  sorted(«I»)  list(range(1, 6, 2))  [len(«+p:t») for «@p» in «^T»]
  list(reversed(«I»))  [«+j:i» for «@j» in range(4) if «@j» % 2 == 0]  list(map(len, «T»))
  «I»[1:]
f: «i» > «i»  «i» == «i»  «t» == «t»  «t» != «t»  «t» in «T»  «t» in «t»  «t» not in «T»  not «f»
  «f» and «f»  «f» or «f»  1 < «i» <= 3  «i» < «n» < 10  any(«+j:i» > 1 for «@j» in «^I»)
  «t» < «t»  all(len(«+p:t») > 1 for «@p» in «^T»)  «t».startswith("x")  «t».endswith((")", "a"))
  len(«T») > 2  «i» % 2 == 0  «w» in «D»  bool(«t»)  not «t»  bool(«T»)  not «T»  «T» == «T»
  «t».isdigit()  None is None  «t».isidentifier()  «T» != []
D: dict(zip(«T», «T»))  {«+p:t»: «t» for «@p» in «^T»}  {"a": «t», "b": «t»}  dict(a=«t», b=«t»)
  {«+p:t»: «+q:t» for «@p», «@q» in «^D».items() if «f»} or {"a": «t»}  dict(«D»)
  dict([("a", «t»), ("b", «t»)])
C: {"a": «n», "b": «n»}  dict(a=«n», k=«n»)  {«t»: «i», "a": «n»}
M: [«T» for «+j:i» in range(2)] + [["q", "r"]]  [[«t», «t»], [«t», «t»]]
  [list(«+r:T») for «@r» in zip(*«^M»)]
  [[f'w{«@i»}{«@j»}' for «+j:i» in range(2)] for «+i:i» in range(3)]
  [«T» + ["q", "r"], «T» + ["q", "r"]]
P: («t», «t»)  tuple(«T»[:1] + [«t»])  («t», «e»)
u: lambda «+p:t»: «t»  lambda «+p:t», «+q:t»=«^t»: «@p» + «@q»
  lambda «+p:t»: «@p» if len(«@p») > «i» else «t»  (lambda «+p:t»: lambda «+q:t»: «t»)(«^t»)
U: lambda «+p:t», «+q:t»: «t»  lambda «+p:t», «+q:t», «+r:t»=«^t»: «@p» + «@q» + «@r»
x: «x» + «x»  «x».upper()  «x»[0:2]  "ab"[1]  «x» if «z» > 1 else «x»  «x» * 2
  "+".join([«x», «x»])
z: «z» + 1  2 * «z»  abs(«z»)  «z» ** 2  len(«x»)  [1, 2][1]  «z» - 0.5  round(«z», 1)  «z» // 2
  «z» / 4
"""

# Rules with constructs that are rarer in such scripts.
WIDER_RULES: Final = r"""
T: [«t», *«T»]  sorted(set(«T»))  sum(«M», [])
  ["".join(«+p:T») for «@p» in combinations(«^T», 2)]  list(dict.fromkeys(«T»))
e: "({})**{}".format(«e», «i»)
n: divmod(7, «i»)[1]
i: len(set(«T»))
f: isinstance(«t», str)  bool(re.match(r"[a-z]", «t»))
D: {**«D», "a": «t»}
C: {"a": 0, **{«+p:t»: len(«@p») for «@p» in «^T»}}
"""

# Separated by empty lines.
STATEMENTS: Final = r"""
«=v:t» = «t»

«=v:e» = «e»

«=v:T» = «T»

«=v:E» = «E»

«=v:i» = «i»

«=v:n» = «n»

«=v:I» = «I»

«=v:N» = «N»

«=v:D» = «D»

«=v:C» = «C»

«=v:M» = «M»

«=v:P» = «P»

«=v:u» = «u»

«=v:U» = «U»

«=v:e» = «e»
for «+j:i» in «^I»:
    «@v» += «o» + «e»

«=v:t» = ""
for «+j:i», «+p:t» in enumerate(«^T»):
    if «@j» == «k»:
        continue
    «@v» += «t»

«=v:T» = []
for «+j:i» in range(«k»):
    «@v».append(«t»)
    if len(«@v») > 2:
        break

«=v:T» = []
for «+j:i» in range(3):
    «+s:e» = f'b{«@j»}'
    for «+i:i» in range(2):
        «@s» += f' + w{«@i»}{«@j»}*x{«@i»}'
    «@v».append("1/(1 + exp(-(" + «@s» + ")))")

«=v:t» = «t»
«+n:i» = 0
while «@n» < «k»:
    «@n» += 1
    if «@n» == 2:
        continue
    «@v» = f'({«@v»}{«@n»})'

«=v:t» = «t»
while len(«@v») < 12:
    «@v» = «@v» + "_" + «w»

«+s:T» = list(«^T»)
«=v:T» = []
while «@s»:
    «@v».append(«@s».pop())

«=v:t» = «t»
if «f»:
    «@v» = «t»
elif «f»:
    «@v» += «t»
else:
    «@v» = «@v» * 2

if «t»:
    «=v:t» = «t»
else:
    «@v» = «t»

«=v:T» = list(«T»)
«+w:T» = «@v»
«@w».append(«t»)
«@v».insert(«i», «t»)

«=v:T» = list(«T»)
«=w:T» = «@v»[:]
«@v» += [«t»]
«@w»[0] = «t»

«=v:T» = list(«T»)
«=w:T» = «@v»
«@v» = «@v» + [«t»]

«=v:T» = list(«T»)
«@v».extend(«T»)
«=w:t» = «@v».pop()
«=q:t» = «@v».pop(0) if «@v» else «t»

«=v:T» = list(«T») + [«t», «t»]
«@v»[0], «@v»[-1] = «@v»[-1], «@v»[0]
«@v»[1] += «t»

«=v:M» = [list(«+r:T») for «@r» in «^M»]
«=w:M» = list(«@v»)
«@v»[0].append(«t»)
«@w»[1][0] = «t»

def «+g:h»(«+p:T», «+q:t»=«^t»):
    «@p».append(«@q»)
    «@p» = «@p» + ["local"]
    return «@p»
«=v:T» = list(«T»)
«=w:T» = «@g»(«@v»)
«@g»(«@v», «t»)

«=v:D» = dict(«D»)
«@v»[«t»] = «t»
«@v».update({"z": «t»})

«+d:C» = {}
for «+p:t» in «^T»:
    «@d»[«@p»] = «@d».get(«@p», 0) + 1
«=v:T» = [f'{«@a»}:{«@b»}' for «+a:t», «+b:i» in «@d».items()]

«+d:C» = {}
for «+p:t» in «^T»:
    «@d».setdefault(len(«@p»), []).append(«@p»)
«=v:T» = [str(«@a») + "".join(«@b») for «+a:i», «+b:T» in sorted(«@d».items())]

«=v:e» = «e»
for «+a:t», «+b:t» in «^D».items():
    «@v» = «@v».replace(«@a», "(" + «@b» + ")")

«=v:t», «=w:t» = «P»
«@v», «@w» = «@w», «@v»

«=v:t», («=w:t», «=q:i») = «t», («t», «i»)

def «=v:u»(«+p:t», «+n:i»=«k»):
    «+q:t» = «^t»
    for «+j:i» in range(«@n»):
        «@q» = «t»
    return «@q»

def «=v:U»(first, second=«^t», *, glue="-"):
    if not second:
        return first
    return first + glue + second
«=w:t» = «@v»(second=«t», first=«t», glue=«o»)

def «+g:h»(n):
    if n <= 1:
        return «e»
    return f'f({«@g»(n - 1)}, {n})'
«=v:e» = «@g»(«k»)

def «+g:h»(parts):
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return "max(" + «@g»(parts[:half]) + ", " + «@g»(parts[half:]) + ")"
«=v:e» = «@g»(["a", "b", "x", «e»])

def «+g:h»(c):
    return str(c[0]) if len(c) == 1 else f'{c[0]} + x*({«@g»(c[1:])})'
«=v:e» = «@g»(«N»)

def «+g:h»(prefix):
    count = 0
    def inner(s):
        nonlocal count
        count += 1
        return prefix + s + str(count)
    return inner
«=v:u» = «@g»(«t»)
«=w:u» = «@g»(«w»)

«+n:i» = 0
def «+g:h»(s):
    global «@n»
    «@n» += 1
    return s + str(«@n»)
«=v:T» = [«@g»(«t»), «@g»(«t»)]

«+n:t» = «^t»
def «+g:h»(s=«@n»):
    return s + «@n»
«@n» = «t»
«=v:t» = «@g»()

«+h:h» = [lambda s, j=j: s + str(j) for j in range(3)]
«=v:T» = [h(«t») for h in «@h»]

def «=v:u»(s, options=None):
    options = options or {"left": "<", "right": ">"}
    return options["left"] + s + options.get("right", "")

«+h:h» = {"plus": «U», "wrap": «U»}
«=v:t» = «@h»["wrap"](«t», «@h»["plus"](«t», «t»))

«+s:T» = []
for tok in "a b + c * d -".split():
    if tok in "+-*":
        right, left = «@s».pop(), «@s».pop()
        «@s».append(f'({left} {tok} {right})')
    else:
        «@s».append(tok)
«=v:e» = «@s»[0]

«+s:E» = [f'x{i}' for i in range(«k»)]
for layer, width in enumerate([2, 2, 1]):
    «@s» = [
        "tanh(" + " + ".join(f'w{layer}{j}{i}*{h}' for i, h in enumerate(«@s»)) + f' + b{layer}{j})'
        for j in range(width)
    ]
«=v:e» = «@s»[0]

«=v:t» = ""
for «+a:t» in «^T»:
    for «+b:t» in «^T»:
        if «@b» == «@a»:
            break
        «@v» += «@a» + «@b»

«=v:t» = «t» if «f» else «t» if «f» else «t»
"""

WIDER_STATEMENTS: Final = r"""
«=v:t», *«=w:T» = «T» + [«t»]

def «=v:u»(s, *more, **named):
    return "|".join([s, *more, *named.values()])
«=w:t» = «@v»(«t», «t», k=«t»)

«+c:N» = «^N»
«=v:e» = "".join((" + " if c >= 0 else " - ") + f'{abs(c)}*x**{k}' for k, c in enumerate(«@c»))
"""

ENDINGS: Final = """
«t»  «T»  «e»  [«t», «t»]  «T» + «T»  [«e», «t»]  [«t» + «+p:t» for «@p» in «^T»]
"""
