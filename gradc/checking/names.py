"""Which functions look like a function and its gradient, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_GRADIENT = r"(?:gradients?|grads?|gr|score|derivatives?|derivs?|deriv|prime|jac|jacobian)"
_BESIDE = re.compile(
    rf"^(?P<stem>.+?)[._]?(?:{_GRADIENT})$|^(?:{_GRADIENT})[._]?(?P<rest>.+)$"
    r"|^d[._]?(?P<short>.+)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"^(?P<stem>.+?)(?:Gradient|Grad|Deriv|Derivative|Prime|Score)$")
_ALONE = frozenset(("gradient", "grad", "gr", "g", "score", "dg", "jac", "gradfn", "grfn"))
_VALUES = (
    "fn", "f", "fr", "func", "objective", "obj", "cost", "loss", "nll", "negloglik", "neg_log_lik",
    "neg.log.lik", "loglik", "log_lik", "logl", "ll", "costfunction", "cost_function", "target",
    "objfun", "objfn", "objective_function", "rss", "sse", "mse", "energy",
)  # fmt: skip


def name_pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Function and claimed gradient, in the order of the gradients.

    >>> name_pairs(["sigmoid", "sigmoid_deriv", "cost", "gradient", "dnorm2"])
    [('cost', 'gradient'), ('sigmoid', 'sigmoid_deriv')]
    """
    known = list(names)
    lower = {name.lower(): name for name in known}
    found: list[tuple[str, str]] = []
    for name in known:
        value = _partner(name, known, lower)
        if value is not None and value != name:
            found.append((value, name))
    # A bare `g` is the gradient of `f` only where neither has a partner that is named after it.
    own = {value for value, name in found if name.lower() not in _ALONE}
    return [
        (value, name)
        for value, name in found
        if name.lower() not in _ALONE or not own & {value, name}
    ]


def _partner(name: str, known: Sequence[str], lower: dict[str, str]) -> str | None:
    """The function that a name is the gradient of."""
    for pattern in (_CAMEL, _BESIDE):
        match = pattern.match(name)
        stem = None if match is None else next(part for part in match.groups() if part)
        if stem is None:
            continue
        for wanted in (stem, f"{stem}_fn", f"{stem}.fn", f"{stem}_function", f"{stem}fn"):
            if wanted.lower() in lower and lower[wanted.lower()] != name:
                return lower[wanted.lower()]
    if name.lower() in _ALONE:
        found = next((lower[value] for value in _VALUES if value in lower), None)
        if found is not None:
            return found
    return _by_words(name, known)


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_GRADIENT_WORDS = frozenset(
    ("gradient", "gradients", "grad", "grads", "gr", "score", "deriv", "derivative", "jacobian")
)
_VALUE_WORDS = frozenset(
    ("cost", "costs", "loss", "function", "func", "fn", "fun", "f", "objective", "obj", "value",
     "nll", "lik", "loglik", "likelihood", "log", "neg", "ll", "energy", "error", "rss", "sse",
     "mse")
)  # fmt: skip


def _by_words(name: str, known: Sequence[str]) -> str | None:
    """``getCost`` for ``getGradient``, ``costFunction`` for ``grad``: the same other words."""
    words = _words(name)
    if not set(words) & _GRADIENT_WORDS:
        return None
    rest = [word for word in words if word not in _GRADIENT_WORDS | _VALUE_WORDS]
    for other in known:
        theirs = _words(other)
        if set(theirs) & _GRADIENT_WORDS or not set(theirs) & _VALUE_WORDS:
            continue
        if [word for word in theirs if word not in _VALUE_WORDS] == rest:
            return other
    return None


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]
