"""Where R writes parentheses that the tree of an expression does not have."""

from __future__ import annotations

from typing import Final

from gradc.syntax.tree import Kind, Tree
from gradc.text.r_operators import (
    COMPARES,
    OPERATORS,
    PERCENT,
    SIGN,
    SUBSET,
    SUM,
    USER_OPERATOR,
    Form,
    Operator,
    is_user_operator,
)

_NAME, _CALL, _FUNCTION = int(Kind.NAME), int(Kind.CALL), int(Kind.FUNCTION)
_STR, _MISSING = int(Kind.STR), int(Kind.MISSING)

_PLAIN: Final = Operator(Form.PLAIN)
_PRIMITIVE: Final = Operator(Form.CALL)
_OPEN_AT_THEIR_END: Final = frozenset((Form.IF, Form.FOR, Form.WHILE, Form.REPEAT))
_RANKED: Final = frozenset((Form.SPACED, Form.TIGHT, Form.SUBSET, Form.ASSIGN, Form.DOLLAR))
_BARE_AS_FUNCTION: Final = frozenset((Form.CALL, Form.PAREN, Form.BRACES))


def head_of(tree: Tree, node: int) -> str | None:
    """The name that a node calls, seen through holes; None for anything else."""
    if tree.kinds[node] != _CALL:
        return None
    owner, function = tree.resolve(tree.fn(node))
    return owner.name(function) if owner.kinds[function] == _NAME else None


def as_used(head: str, tree: Tree, node: int) -> Operator:
    """How a call of ``head`` is written: an operator with too few or many operands as a call."""
    operator = OPERATORS.get(head)
    arguments = tree.args(node)
    count = len(arguments)
    if operator is None:
        if not is_user_operator(head):
            return _PLAIN
        return USER_OPERATOR if count == 2 and tree.argnames(node) is None else _PRIMITIVE
    form = operator.form
    if form is Form.SPACED and count == 1:
        return Operator(Form.UNARY, SIGN if operator.binds == SUM else operator.binds)
    if form in (Form.SPACED, Form.TIGHT) and count != 2:
        return _PRIMITIVE
    if form is Form.DOLLAR and not (count == 2 and _is_label(tree, arguments[1])):
        return _PRIMITIVE
    return operator


def _is_label(tree: Tree, node: int) -> bool:
    tree, node = tree.resolve(node)
    return tree.kinds[node] in (_NAME, _STR, _MISSING)


def needs_parentheses(
    outer: Operator, tree: Tree, node: int, is_left: bool, further_out: int
) -> bool:
    """Whether R writes parentheses around an operand.

    ``further_out`` is how tightly an operator binds on whose left the whole expression stands: an
    operand that is open at its end, as ``-x`` or ``if (a) b``, would swallow it.
    """
    tree, node = tree.resolve(node)
    head = head_of(tree, node)
    if head is None:
        return False
    inner = OPERATORS.get(head)
    if inner is None:
        if not is_user_operator(head):
            return False
        return outer.binds > PERCENT or (outer.binds == PERCENT and is_left == outer.right)
    form, binds = inner.form, inner.binds
    if form in (Form.SPACED, Form.TIGHT):
        count = len(tree.args(node))
        if count == 1:
            form, binds = Form.UNARY, SIGN if binds == SUM else binds
        elif count != 2:
            return False
    if form is Form.UNARY:
        return (is_left and outer.binds > binds) or further_out > binds
    if form in _OPEN_AT_THEIR_END:
        return is_left or further_out > 0
    if form not in _RANKED:
        return False
    if outer.binds == binds == COMPARES:
        return True
    return outer.binds > binds or (outer.binds == binds and is_left == outer.right)


def needs_parentheses_as_function(tree: Tree, node: int) -> bool:
    """Whether R writes parentheses around what a call calls, as in ``(f + g)(x)``."""
    tree, node = tree.resolve(node)
    if tree.kinds[node] != _CALL:
        return tree.kinds[node] == _FUNCTION
    head = head_of(tree, node)
    if head is None or is_user_operator(head):
        return True
    inner = OPERATORS.get(head)
    return not (inner is None or inner.form in _BARE_AS_FUNCTION or inner.binds >= SUBSET)
