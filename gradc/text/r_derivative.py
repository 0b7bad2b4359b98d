"""R's own symbolic derivative, ``D(expr, name)``, for scripts that print it as text.

gradc's gradients never come from here: they come from ``gradc.diff``, which knows more functions
and makes better code. This module only serves scripts that turn R's derivative back into text, and
so it follows R 4.2.2 rule by rule, its simplifications and its parentheses included: what
:func:`gradc.text.deparse.deparse` makes of the result is, character by character, what R makes of
``D(expr, name)``.

Where R would answer with something that is not the derivative, :class:`NoDerivative` is raised.
"""

from __future__ import annotations

from typing import Final

from gradc.errors import Source
from gradc.syntax.tree import Kind, Tree
from gradc.text.r_derivative_rules import NUMBER_WORDS, RULES, Given, NoDerivative, arguments_of
from gradc.text.r_parentheses import head_of
from gradc.text.r_simplify import Formula, Place

__all__ = ["NoDerivative", "derive"]

_NAME, _NUM, _STR, _CONST = int(Kind.NAME), int(Kind.NUM), int(Kind.STR), int(Kind.CONST)
_CALL = int(Kind.CALL)

# The operands, left and right, that get parentheses around them when an expression is done.
_SUMS: Final = frozenset("+-")
_TERMS: Final = frozenset("+-*/")
_ENCLOSED: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "+": (frozenset(), frozenset("+")),
    "-": (frozenset(), _SUMS),
    "*": (_SUMS, _TERMS),
    "/": (_SUMS, _TERMS),
    "^": (frozenset("^"), _TERMS),
}


def derive(tree: Tree, node: int, name: str) -> tuple[Tree, int]:
    """The derivative of an expression by a name, as R's ``D`` gives it.

    The result is a new tree whose holes lead to the parts of the old ones that it repeats; a part
    that occurs in several places is derived once. The result itself may be a hole.

    R writes the parentheses into the expression that it is given, too, where ``substitute`` made
    one that lacks them; a second derivative of that same expression then has some more of them.
    Here an expression stays as it is.

    Raises
    ------
        NoDerivative: R has no derivative of a part, or a wrong one.
    """
    formula = Formula(tree.source)
    root = _derive(formula, tree, node, name)
    return _Finisher(formula.tree).finish(root)


def _derive(formula: Formula, tree: Tree, node: int, name: str) -> int:
    known: dict[tuple[int, int], int] = {}
    first = tree.resolve(node)
    pending = [(first, _span(tree.source, tree, node, (0, 0)))]
    while pending:
        place, span = pending[-1]
        owner, part = place
        if (id(owner), part) in known:
            pending.pop()
            continue
        if owner.kinds[part] != _CALL:
            formula.stand_at(span)
            known[id(owner), part] = formula.number(_leaf_derivative(place, name))
            pending.pop()
            continue
        head = head_of(owner, part)
        rule = RULES.get(head or "")
        if head is None or rule is None:
            raise NoDerivative(f"R has no derivative of {_description(head)}", place)
        arguments = arguments_of(head, place, rule)
        links = owner.args(part)[: rule.derived]
        waiting = [
            (argument, _span(tree.source, owner, link, span))
            for link, argument in zip(links, arguments, strict=False)
            if (id(argument[0]), argument[1]) not in known
        ]
        if waiting:
            pending += waiting
            continue
        pending.pop()
        derivatives = [known[id(t), n] for t, n in arguments[: rule.derived]]
        formula.stand_at(span)
        known[id(owner), part] = rule.apply(formula, Given(place, arguments, derivatives, name))
    return known[id(first[0]), first[1]]


def _span(source: Source, tree: Tree, node: int, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Where a node stands in the source of the new tree, or its hole, or what is around it."""
    for owner, part in (tree.resolve(node), (tree, node)):
        if owner.source is source:
            return owner.starts[part], owner.ends[part]
    return otherwise


def _leaf_derivative(place: Place, name: str) -> float:
    tree, node = place
    kind = tree.kinds[node]
    if kind == _NAME:
        return float(tree.name(node) == name)
    if kind == _NUM or (kind == _CONST and tree.name(node) in NUMBER_WORDS):
        return 0.0
    if kind == _CONST:
        raise NoDerivative(f"{tree.name(node)} has no derivative", place)
    raise NoDerivative(
        "a text has no derivative" if kind == _STR else "R derives no function", place
    )


def _description(head: str | None) -> str:
    return "a call of an expression" if head is None else f"'{head}'"


class _Finisher:
    """Copies a derivative into a tree of its own and encloses operands, as R's ``D`` ends.

    R encloses operands in the parts that the derivative repeats, too. A part of an older tree
    where that changes nothing stays behind a hole.
    """

    def __init__(self, draft: Tree) -> None:
        self.draft = draft
        self.tree = Tree(draft.source, draft.language)
        self.done: dict[tuple[int, int], Place] = {}
        self.links: dict[tuple[int, int], int] = {}

    def finish(self, root: int) -> tuple[Tree, int]:
        first = self.draft.resolve(root)
        pending = [first]
        while pending:
            tree, node = pending[-1]
            if (id(tree), node) in self.done:
                pending.pop()
                continue
            arguments = self._arguments(tree, node)
            waiting = [place for place in arguments if (id(place[0]), place[1]) not in self.done]
            if waiting:
                pending += waiting
                continue
            pending.pop()
            self.done[id(tree), node] = self._finished(tree, node, arguments)
        span = (self.draft.starts[root], self.draft.ends[root])
        result = self._link(self.done[id(first[0]), first[1]], span)
        self.tree.roots.append(result)
        return self.tree, result

    @staticmethod
    def _arguments(tree: Tree, node: int) -> list[Place]:
        if tree.kinds[node] != _CALL:
            return []
        return [tree.resolve(argument) for argument in tree.args(node)]

    def _finished(self, tree: Tree, node: int, arguments: list[Place]) -> Place:
        if tree.kinds[node] != _CALL:
            return (self.tree, self._leaf(node)) if tree is self.draft else (tree, node)
        finished = [self.done[id(t), n] for t, n in arguments]
        enclosed = _enclosed(head_of(tree, node), arguments)
        if tree is not self.draft and finished == arguments and not any(enclosed):
            return tree, node
        span = (tree.starts[node], tree.ends[node]) if tree.source is self.tree.source else (0, 0)
        links = [self._link(place, span) for place in finished]
        for index, wanted in enumerate(enclosed):
            if wanted:
                parenthesis = self.tree.add_name("(", *span)
                links[index] = self.tree.add_call(parenthesis, (links[index],), *span)
        function = self._function(tree, node, span)
        return self.tree, self.tree.add_call(function, links, *span, tree.argnames(node))

    def _function(self, tree: Tree, node: int, span: tuple[int, int]) -> int:
        head = head_of(tree, node)
        if head is not None:
            return self.tree.add_name(head, *span)
        return self._link(tree.resolve(tree.fn(node)), span)

    def _leaf(self, node: int) -> int:
        draft, tree = self.draft, self.tree
        span = (draft.starts[node], draft.ends[node])
        kind = draft.kinds[node]
        if kind == _NUM:
            return tree.add_number(draft.value(node), *span, draft.is_int(node))
        if kind == _NAME:
            return tree.add_name(draft.name(node), *span)
        return tree.add_constant(draft.name(node), *span)

    def _link(self, place: Place, span: tuple[int, int]) -> int:
        """A finished part, behind a hole where it is one of an older tree."""
        tree, node = place
        if tree is self.tree:
            return node
        key = (id(tree), node)
        if key not in self.links:
            self.links[key] = self.tree.add_hole(tree, node, *span)
        return self.links[key]


def _enclosed(head: str | None, arguments: list[Place]) -> tuple[bool, ...]:
    """Which operands of a call get parentheses."""
    if len(arguments) != 2 or head not in _ENCLOSED:
        return ()
    return tuple(
        head_of(tree, node) in heads and len(tree.args(node)) == 2
        for (tree, node), heads in zip(arguments, _ENCLOSED[head], strict=True)
    )
