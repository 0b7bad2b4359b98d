"""What a builder script ends with, as the partial evaluator sees it."""

from __future__ import annotations

from gradc.errors import Source
from gradc.frontend.machine import Machine
from gradc.frontend.scope import Scope
from gradc.frontend.symbols import Symbols
from gradc.frontend.texts import as_texts
from gradc.ir import Graph
from gradc.syntax import parse_python, parse_r


def last_texts(text: str, syntax: str = "r") -> list[str]:
    """The texts that a script ends with, written out; numbers as ``as.character`` has them."""
    tree = (
        parse_python(Source("script", text)) if syntax == "python" else parse_r(Source("s", text))
    )
    machine = Machine(Graph(), Symbols(None, None), is_python=syntax == "python")
    scope = Scope(machine.load(tree, syntax == "python"), machine.globals)
    value = None
    for root in tree.roots:
        value = machine.evaluate(root, scope)
    machine.context.at = scope, tree.roots[-1]
    return [piece.flat() for piece in as_texts(machine.context, value)]
