"""The loop that runs the table of the grammar over the tokens.

Lark makes the table; its own loop would take thirty steps for each operand of a sum, one
for each level of precedence, since a stratified grammar is mostly rules with one part. Here
a run of such rules is one step: where it leads depends on three small numbers, the state
below, the state and the next terminal, and is remembered. No tree of rules is built and
nothing recurs, so depth costs a place on a list.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn, Protocol

from gradc.syntax.grammar import Table
from gradc.syntax.reductions import Reducer
from gradc.syntax.tree import Kind, Tree

_CALL: Final = int(Kind.CALL)


class Reject(Protocol):
    """Says what is wrong with a token, given the parts that were read before it."""

    def __call__(self, parts: list[Any], token: int) -> NoReturn: ...


def run(tree: Tree, table: Table, terminals: bytes, reducer: Reducer, reject: Reject) -> None:
    """Read the tokens, of which the last is the end of the text, into ``tree.roots``."""
    rows, gotos, jumps = table.rows, table.gotos, table.jumps
    rules = _resolve(table, reducer)
    kinds, data, links = tree.kinds, tree.data, tree.links
    starts, ends = tree.starts, tree.ends
    states: list[int] = []  # the state below each part; the state above all is `state`
    parts: list[Any] = []
    state = token = 0
    while True:
        terminal = terminals[token]
        action = rows[state][terminal]
        if action > 0:
            states.append(state)
            parts.append(token)
            state = action
            token += 1
            continue
        if not action:
            reject(parts, token)
        sort, result, length, reduce = rules[-action]
        if sort == _UNIT:
            below = states[-1]
            target = jumps[state].get(below << 8 | terminal)
            if target is None:
                target = _skip(table, below, state, terminal)
            state = target
        elif sort == _BINARY:
            right = parts.pop()
            operator = parts.pop()
            left = parts[-1]
            parts[-1] = len(kinds)
            kinds.append(_CALL)
            data.append(len(links))
            links.extend((operator, 2, left, right))
            starts.append(starts[left])
            ends.append(ends[right])
            del states[-2:]
            state = gotos[states[-1]][result]
        else:
            keep = len(parts) - length
            value = reduce(parts[keep:], token)
            if sort == _END:
                tree.roots = value
                return
            states.append(state)
            del states[keep + 1 :]
            parts[keep:] = (value,)
            state = gotos[states[keep]][result]


_UNIT: Final = 0
_BINARY: Final = 1
_OTHER: Final = 2
_END: Final = 3


def _resolve(table: Table, reducer: Reducer) -> list[tuple[int, str, int, Any]]:
    """The rules, from 1, with what the loop does for each."""
    actions = reducer.actions()
    rules: list[tuple[int, str, int, Any]] = [(_UNIT, "", 1, None)]
    for rule in table.rules:
        if rule.action is None:
            sort = _UNIT
        elif rule.action == "binary":
            sort = _BINARY
        else:
            sort = _END if rule.result == "program" else _OTHER
        reduce = actions[rule.action] if sort >= _OTHER and rule.action else None
        rules.append((sort, rule.result, rule.length, reduce))
    return rules


def _skip(table: Table, below: int, state: int, terminal: int) -> int:
    """The state that a run of unit rules ends in, remembered."""
    target = state
    while True:
        action = table.rows[target][terminal]
        if action >= 0 or table.rules[-action - 1].action is not None:
            break
        target = table.gotos[below][table.rules[-action - 1].result]
    table.jumps[state][below << 8 | terminal] = target
    return target
