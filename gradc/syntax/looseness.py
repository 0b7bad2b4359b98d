"""How loose the loosest operator of a text is, which says where it can stand for itself."""

from __future__ import annotations

from typing import Final

from gradc.syntax.tree import Kind, Tree

ATOM, POWER, UNARY, PRODUCT, SUM, LOW = range(6)
_BINARY: Final = {
    "^": POWER, ":": PRODUCT, "*": PRODUCT, "/": PRODUCT, "+": SUM, "-": SUM,
}  # fmt: skip
_PREFIX: Final = {"-": UNARY, "+": UNARY}
_BRACKETS: Final = frozenset(("(", "{", "[", "[[", "$", "@", "::", ":::", "next", "break"))
_LOOSE: Final = frozenset(
    ("<", "<=", ">", ">=", "==", "!=", "!", "&", "&&", "|", "||", "~", "<-", "<<-", ":=", "if",
     "for", "while", "repeat")
)  # fmt: skip
_NEVER: Final = frozenset(("=", "?"))


def looseness(tree: Tree) -> int | None:
    """The class of the only expression of a tree, None where it cannot stand for its text."""
    text = tree.source.text
    if len(tree.roots) != 1 or "#" in text or "|>" in text or not _on_one_line(tree):
        return None
    tree, node = tree.resolve(tree.roots[0])
    if tree.kinds[node] != Kind.CALL and tree.kinds[node] != Kind.FUNCTION:
        return None  # a name or a number: short, and it may be the name of a call or argument
    found = ATOM
    while True:
        tree, node = tree.resolve(node)
        if tree.kinds[node] == Kind.FUNCTION:
            return LOW
        if tree.kinds[node] != Kind.CALL:
            return found
        arguments = tree.args(node)
        own = operator_class(tree.head(node), len(arguments), tree, node)
        if own is None or own == LOW:
            return own
        if own == ATOM:
            return found
        found = max(found, own)
        node = arguments[-1]  # an operand at the right end may reach beyond the piece


def operator_class(head: str | None, count: int, tree: Tree, node: int) -> int | None:
    """How loose the operator of a call is; a call that ends in a bracket is as an atom."""
    if head is None or head in _BRACKETS or _is_written_as_call(tree, node):
        return ATOM
    if head in _NEVER:
        return None
    if head in _LOOSE:
        return LOW
    if count == 1:
        return _PREFIX.get(head, ATOM)
    if head[0] == "%":
        return PRODUCT
    return _BINARY.get(head, ATOM)


def _is_written_as_call(tree: Tree, node: int) -> bool:
    """Whether a call is written as ``f(x)``, be ``f`` an operator in backticks."""
    return (
        tree.starts[tree.fn(node)] == tree.starts[node]
        and tree.ends[node] > tree.ends[tree.fn(node)]
        and tree.source.text[tree.ends[node] - 1] == ")"
        and tree.source.text[tree.starts[node]] in "`\"'"
    )


def _on_one_line(tree: Tree) -> bool:
    """Whether no line end and no semicolon stands outside of all brackets."""
    text = tree.source.text
    if "\n" not in text and ";" not in text:
        return True
    root_tree, root = tree.resolve(tree.roots[0])
    if root_tree is not tree or tree.head(root) not in _BRACKETS:
        return False
    start, end = tree.starts[root], tree.ends[root]
    outside = text[:start] + text[end:]
    return "\n" not in outside and ";" not in outside
