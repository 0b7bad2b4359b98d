"""Where an expression is evaluated: the tree it belongs to, its variables, its function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradc.errors import Span
from gradc.frontend.values import Value
from gradc.syntax.rope import Text, literal
from gradc.syntax.tree import Kind, Tree

if TYPE_CHECKING:
    from gradc.frontend.actions import Action

CALL = int(Kind.CALL)
NAME = int(Kind.NAME)
STR = int(Kind.STR)
NUM = int(Kind.NUM)
CONST = int(Kind.CONST)
MISSING = int(Kind.MISSING)
FUNCTION = int(Kind.FUNCTION)
HOLE = int(Kind.HOLE)


class Environment:
    """Variables, and the environment to look in for others.

    It has ``escaped`` once a function made in it can be called after its own call ended;
    ``born`` is the time when it was made, ``stamp`` that of the last assignment.
    """

    __slots__ = ("born", "escaped", "parent", "stamp", "variables")

    def __init__(self, parent: Environment | None, born: int = 0) -> None:
        self.variables: dict[str, Value] = {}
        self.parent = parent
        self.escaped = False
        self.born = born
        self.stamp = born

    def escape(self) -> None:
        """A function made here is kept further out."""
        environment: Environment | None = self
        while environment is not None and not environment.escaped:
            environment.escaped = True
            environment = environment.parent

    def find(self, name: str) -> Value | None:
        """The value of a variable here or further out, None where there is none."""
        environment: Environment | None = self
        while environment is not None:
            value = environment.variables.get(name)
            if value is not None:
                return value
            environment = environment.parent
        return None

    def owner(self, name: str) -> Environment | None:
        """The nearest environment that has this variable."""
        environment: Environment | None = self
        while environment is not None:
            if name in environment.variables:
                return environment
            environment = environment.parent
        return None


class Moment:
    """The variables of an environment and of those further out, as they were at a time."""

    __slots__ = ("_kept",)

    def __init__(self, environment: Environment | None) -> None:
        self._kept: list[tuple[Environment, dict[str, Value]]] = []
        while environment is not None and environment.parent is not None:
            self._kept.append((environment, dict(environment.variables)))
            environment = environment.parent

    def __len__(self) -> int:
        return sum(len(variables) for _, variables in self._kept)

    def restore(self, now: int) -> None:
        """Give every variable the value back that it had, ``now`` being the time of that."""
        for environment, variables in self._kept:
            environment.variables.clear()
            environment.variables.update(variables)
            environment.stamp = now


_USUAL = {
    "np": "numpy", "sp": "sympy", "sy": "sympy", "tf": "tensorflow", "special": "scipy.special",
    "jnp": "jax.numpy",
}  # fmt: skip


_HEADS = frozenset(("if", "for", "while", "return", "break", "next", "in", "is", "ifelse"))


def origin_of(name: str, tree: Tree) -> str:
    """The dotted origin of a name of Python, by the imports of its text or by custom."""
    if not name.replace(".", "_").isidentifier() or name in _HEADS:
        return name
    first, dot, rest = name.partition(".")
    imported = tree.imports.get(first)
    if imported is not None:
        return f"{imported}{dot}{rest}"
    if dot:
        return f"{_USUAL.get(first, first)}.{rest}"
    if tree.language == "r":  # a formula that was put together as text is SymPy's
        return f"sympy.{name}"
    stars = tree.imports.get("*")
    return name if stars is None else f"{stars}::{name}"


class Code:
    """A tree made ready: what each of its names means where it is called.

    ``actions[i]`` is the function that symbol ``i`` calls: None before it was looked up, and
    :data:`DYNAMIC` where variables must be asked each time.
    """

    __slots__ = (
        "actions",
        "dots",
        "has_stars",
        "is_prelude",
        "is_python",
        "names",
        "number",
        "texts",
        "tree",
    )

    def __init__(self, tree: Tree, number: int, is_python: bool, is_prelude: bool) -> None:
        self.tree = tree
        self.number = number
        self.is_python = is_python
        self.is_prelude = is_prelude
        self.actions: list[Action | None] = [None] * len(tree.symbols)
        self.dots = tree.symbol_index.get("...", -1)
        self.has_stars = "*args" in tree.symbol_index or "**args" in tree.symbol_index
        self.texts: dict[int, Text] = {}
        self.names: dict[str, str] = {}

    def origin(self, name: str) -> str:
        """Where a name of Python comes from: ``np.exp`` is ``numpy.exp`` after an import."""
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = origin_of(name, self.tree)
        return found

    def text(self, node: int) -> Text:
        """The text of a STR node, the same object each time."""
        found = self.texts.get(node)
        if found is None:
            origin = None if self.is_prelude else self.tree.span(node)
            found = self.texts[node] = literal(self.tree.string(node), origin)
        return found


@dataclass(slots=True, eq=False)
class Activation:
    """One call of a user's function while it runs.

    ``path`` are the conditions, known only at run time, under which the present expression
    is reached; ``returned`` are values handed back under conditions, first one first.
    """

    environment: Environment
    path: list[int] = field(default_factory=list)
    returned: list[tuple[int, Value]] = field(default_factory=list)
    missing: frozenset[str] = frozenset()
    outer: set[str] = field(default_factory=set)


class Scope:
    """All that evaluating a node needs to know besides the node.

    Where it ``opens``, global variables that are numbers are inputs of the model, and the
    number is the input's value at the default point: in quoted text, in a sink's function.
    """

    __slots__ = (
        "actions",
        "activation",
        "code",
        "data",
        "environment",
        "kinds",
        "links",
        "opens",
        "place",
        "symbols",
    )

    def __init__(
        self,
        code: Code,
        environment: Environment,
        activation: Activation | None = None,
        place: Span | None = None,
        opens: bool = False,
    ) -> None:
        self.code = code
        self.environment = environment
        self.activation = activation
        self.place = place
        self.opens = opens
        tree = code.tree
        self.kinds = tree.kinds
        self.data = tree.data
        self.links = tree.links
        self.symbols = tree.symbols
        self.actions = code.actions

    @property
    def tree(self) -> Tree:
        return self.code.tree

    def span(self, node: int) -> Span:
        """The place to show for a node: for the prelude's code the call that led there."""
        return self.place if self.place is not None else self.code.tree.span(node)

    def args(self, node: int) -> list[int]:
        """The argument nodes of a call."""
        offset = self.data[node]
        return list(self.links[offset + 2 : offset + 2 + self.links[offset + 1]])

    def name_of(self, node: int) -> str | None:
        """The name that a NAME or a STR node spells."""
        kind = self.kinds[node]
        if kind == NAME:
            return self.symbols[self.data[node]]
        return self.code.tree.string(node) if kind == STR else None

    def within(self, environment: Environment) -> Scope:
        """The same place with other variables."""
        return Scope(self.code, environment, self.activation, self.place, self.opens)

    def of(self, code: Code, opens: bool | None = None) -> Scope:
        """The same variables for another tree."""
        chosen = self.opens if opens is None else opens
        return Scope(code, self.environment, self.activation, self.place, chosen)
