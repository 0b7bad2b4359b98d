"""Typed construction of nodes, with the rewrites that are exact for every double.

``Builder(graph)`` applies exact rewrites only (``x*1``, ``--x``, ``2 - 1``), so a user's
formula stays what it is. ``Builder(graph, derived=True)`` serves derivative rules: what a rule
has just produced may also be reassociated (``x*0``, ``0 + x``, signs pulled outwards).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import isfinite, prod

from gradc.ir import BOOL, REAL, Graph, Size, Type, known, make_type
from gradc.prims.exact import BINARY, COMPARISON, WHOLE, whole
from gradc.prims.fold import FOLDS, counted_on
from gradc.prims.schema import broadcast
from gradc.prims.table import TABLE

_PRIMS = TABLE.prims
_NOT_BELOW_0 = frozenset({"exp", "abs", "sqrt", "sigmoid", "softplus"})
_TAKES_BOOL = frozenset({"and", "or", "not", "as_real"})


class Builder:
    """Adds nodes to a graph."""

    __slots__ = ("_minus_one", "_numbers", "_one", "_zero", "derived", "graph")

    def __init__(self, graph: Graph, derived: bool = False) -> None:
        self.graph = graph
        self.derived = derived
        self._numbers: dict[float, int] = {}
        self._zero = graph.const(0.0)
        self._one = graph.const(1.0)
        self._minus_one = graph.const(-1.0)

    def const(self, value: float) -> int:
        """A number."""
        node = self._numbers.get(value)
        if node is None:
            node = self.graph.const(value)
            if value:  # 0.0 and -0.0 are one key and two nodes
                self._numbers[value] = node
        return node

    def truth(self, value: bool) -> int:
        """A known condition."""
        return self.graph.const(float(value), BOOL)

    def apply(self, name: str, args: Sequence[int], attrs: Hashable = None) -> int:
        """A primitive applied to nodes; ShapeError where the types do not fit."""
        form = _FORMS.get(name)
        if form is not None:
            return form(self, *args)
        graph = self.graph
        if name not in _TAKES_BOOL:
            args = [self.real(arg) for arg in args]
        if len(args) == 1 and name in WHOLE and graph.is_const(args[0]):
            folded = whole(name, graph.value(args[0]))
            if folded is not None:
                return graph.const(folded)
        elif len(args) == 2 and graph.is_const(args[0]) and graph.is_const(args[1]):
            folded = self._fold_pair(name, args[0], args[1])
            if folded is not None:
                return folded
        fold = FOLDS.get(name)
        if fold is not None:
            moved = fold(self, args, attrs)
            if moved is not None:
                return moved
        return graph.add(name, args, attrs, _PRIMS[name].shape(graph, args, attrs))

    def _fold_pair(self, name: str, x: int, y: int) -> int | None:
        a, b = self.graph.value(x), self.graph.value(y)
        if name in COMPARISON:
            return self.truth(COMPARISON[name](a, b))
        if name in BINARY:
            value = BINARY[name](a, b)
            return None if value is None else self.graph.const(value)
        if name in ("and", "or"):
            return self.truth(bool(a and b) if name == "and" else bool(a or b))
        return None

    def real(self, node: int) -> int:
        """The node itself, or 0 and 1 for a condition."""
        graph = self.graph
        type_ = graph.types[node]
        if type_.dtype != "bool":
            return node
        if graph.is_const(node):
            return graph.const(graph.value(node))
        return graph.add("as_real", (node,), None, make_type("real", type_.shape))

    def condition(self, node: int) -> int:
        """The node itself, or ``node != 0`` for a number."""
        return (
            node if self.graph.types[node].dtype == "bool" else self.apply("ne", [node, self._zero])
        )

    def _type(self, x: int, y: int) -> Type:
        types = self.graph.types
        a, b = types[x], types[y]
        return a if a is b else broadcast(self.graph, a, b, "real")

    def _pair(self, name: str, x: int, y: int, commutes: bool = False) -> int:
        """A binary operation; constants are folded where that is exact."""
        graph = self.graph
        record = (name, None, x, y)
        node = graph.find(record)
        if node is None and commutes:
            node = graph.find((name, None, y, x))
        if node is not None:
            return node
        one, other = graph.records[x], graph.records[y]
        if one[0] == "const" and other[0] == "const":
            value = BINARY[name](one[1][1], other[1][1])
            if value is not None:
                return graph.const(value)
        return graph.append(record, self._type(x, y))

    def add(self, x: int, y: int) -> int:
        graph = self.graph
        if graph.types[x] is not REAL or graph.types[y] is not REAL:
            x, y = self.real(x), self.real(y)
            counted = counted_on(self, x, y, 1) or counted_on(self, y, x, 1)
            if counted:
                return counted
        if self.derived:
            if x == self._zero:
                return y
            if y == self._zero:
                return x
            records = graph.records
            if records[y][0] == "neg":
                return self.sub(x, records[y][2])
            if records[x][0] == "neg":
                return self.sub(y, records[x][2])
            if records[x][0] == "select" == records[y][0]:
                merged = self._merge_selects(x, y)
                if merged is not None:
                    return merged
            return self._pair("add", x, y, commutes=True)
        return self._pair("add", x, y)

    def _merge_selects(self, x: int, y: int) -> int | None:
        """Both sides of one choice: ``select(c, a, 0) + select(c, 0, b)``."""
        one, other = self.graph.records[x], self.graph.records[y]
        if one[2] != other[2]:
            return None
        zero = self._zero
        if one[4] == zero and other[3] == zero:
            return self.select(one[2], one[3], other[4])
        if one[3] == zero and other[4] == zero:
            return self.select(one[2], other[3], one[4])
        if one[4] == zero and other[4] == zero:
            return self.select(one[2], self.add(one[3], other[3]), zero)
        if one[3] == zero and other[3] == zero:
            return self.select(one[2], zero, self.add(one[4], other[4]))
        return None

    def sub(self, x: int, y: int) -> int:
        graph = self.graph
        if graph.types[x] is not REAL or graph.types[y] is not REAL:
            x, y = self.real(x), self.real(y)
            counted = counted_on(self, x, y, -1)
            if counted:
                return counted
        if y == self._zero and graph.types[y] is REAL:
            return x
        if self.derived:
            if x == self._zero:
                return self.neg(y)
            if graph.records[y][0] == "neg":
                return self.add(x, graph.records[y][2])
        return self._pair("sub", x, y)

    def mul(self, x: int, y: int) -> int:
        graph = self.graph
        if graph.types[x] is not REAL or graph.types[y] is not REAL:
            x, y = self.real(x), self.real(y)
        if x == self._one:
            return y
        if y == self._one:
            return x
        if self.derived:
            if x == self._zero or y == self._zero:
                return self._zero
            if x == self._minus_one:
                return self.neg(y)
            if y == self._minus_one:
                return self.neg(x)
            records = graph.records
            if records[x][0] == "neg":
                return self.neg(self.mul(records[x][2], y))
            if records[y][0] == "neg":
                return self.neg(self.mul(x, records[y][2]))
            if records[x][0] == "div" and records[x][3] == y and self._cancels(y):
                return records[x][2]  # type: ignore[no-any-return]
            if records[y][0] == "div" and records[y][3] == x and self._cancels(x):
                return records[y][2]  # type: ignore[no-any-return]
            return self._pair("mul", x, y, commutes=True)
        return self._pair("mul", x, y)

    def _cancels(self, node: int) -> bool:
        """Whether a division by this undoes a multiplication: a number, or ``exp`` of anything.

        Where ``exp`` leaves the range of doubles, what stays is the limit and not NaN.
        """
        graph = self.graph
        if graph.prim(node) == "exp":
            return True
        return graph.is_const(node) and bool(graph.value(node)) and isfinite(graph.value(node))

    def div(self, x: int, y: int) -> int:
        graph = self.graph
        if graph.types[x] is not REAL or graph.types[y] is not REAL:
            x, y = self.real(x), self.real(y)
        if y == self._one:
            return x
        if self.derived:
            if x == self._zero:
                return self._zero
            record = graph.records[x]
            if record[0] == "neg":
                return self.neg(self.div(record[2], y))
            if record[0] == "mul" and y in record[2:] and self._cancels(y):
                return record[3] if record[2] == y else record[2]  # type: ignore[no-any-return]
        return self._pair("div", x, y)

    def neg(self, x: int) -> int:
        graph = self.graph
        if graph.types[x] is not REAL:
            x = self.real(x)
        record = graph.records[x]
        if record[0] == "neg":
            return record[2]  # type: ignore[no-any-return]
        if record[0] == "const":
            return graph.const(-record[1][1])
        if self.derived and record[0] == "sub":
            return graph.intern(("sub", None, record[3], record[2]), graph.types[x])
        return graph.intern(("neg", None, x), graph.types[x])

    def pow(self, x: int, y: int) -> int:
        x, y = self.real(x), self.real(y)
        if y == self._one:
            return x
        if y == self._zero and not self.graph.types[x].shape:
            return self._one
        return self._pair("pow", x, y)

    def select(self, condition: int, yes: int, no: int) -> int:
        graph = self.graph
        condition, yes, no = self.condition(condition), self.real(yes), self.real(no)
        if graph.is_const(condition):
            return yes if graph.value(condition) else no
        if yes == no and not graph.types[condition].shape:
            return yes
        if self.derived and yes == no == self._zero:
            return yes
        type_ = _PRIMS["select"].shape(graph, (condition, yes, no), None)
        if type_.shape == graph.types[no].shape and self._never_holds(condition):
            return no
        return graph.add("select", (condition, yes, no), None, type_)

    def _never_holds(self, condition: int) -> bool:
        """Whether a condition is ``x < 0`` of an ``x`` that is no number below 0."""
        records = self.graph.records
        record = records[condition]
        return (
            record[0] == "lt" and record[3] == self._zero and records[record[2]][0] in _NOT_BELOW_0
        )

    def negate(self, condition: int) -> int:
        """The opposite of a condition."""
        graph = self.graph
        condition = self.condition(condition)
        if graph.is_const(condition):
            return self.truth(not graph.value(condition))
        if graph.prim(condition) == "not":
            return graph.args(condition)[0]
        return graph.add("not", (condition,), None, graph.types[condition])

    def both(self, x: int, y: int) -> int:
        """x and y, where a known side decides or drops out."""
        return self._connect("and", x, y)

    def either(self, x: int, y: int) -> int:
        """x or y, where a known side decides or drops out."""
        return self._connect("or", x, y)

    def _connect(self, name: str, x: int, y: int) -> int:
        graph = self.graph
        x, y = self.condition(x), self.condition(y)
        for decided, other in ((x, y), (y, x)):
            if graph.is_const(decided):
                decides = bool(graph.value(decided)) == (name == "or")
                return decided if decides else other
        return graph.add(name, (x, y), None, _PRIMS[name].shape(graph, (x, y), None))

    def sum(self, x: int) -> int:
        """Sum of a vector; a scalar is its own sum."""
        x = self.real(x)
        return self._reduce("sum", x)

    def _reduce(self, name: str, x: int) -> int:
        x = self.real(x)
        graph = self.graph
        return x if not graph.types[x].shape else graph.add(name, (x,), None, REAL)

    def length(self, x: int) -> int:
        """Number of elements, a constant where it is known."""
        graph = self.graph
        shape = graph.types[x].shape
        if not shape:
            return self._one
        sizes = [size.substitute(graph.bindings) for size in shape]
        if all(size.is_known for size in sizes):
            return graph.const(float(prod(size.constant for size in sizes)))
        return graph.add("length", (x,), None, REAL)

    def size(self, node: int) -> Size:
        """How many elements a scalar or a vector has."""
        shape = self.graph.types[node].shape
        return shape[0].substitute(self.graph.bindings) if shape else known(1)

    def extent(self, x: int, axis: int) -> int:
        """Rows (0) or columns (1) of a matrix as a number, a constant where it is known."""
        size = self.graph.types[x].shape[axis].substitute(self.graph.bindings)
        if size.is_known:
            return self.graph.const(float(size.constant))
        return self.apply("ncol" if axis else "nrow", [x])

    def index(self, x: int, position: int) -> int:
        """Element number ``position`` of a vector, from 1."""
        graph = self.graph
        record = graph.records[x]
        if record[0] == "stack" and 1 <= position <= len(record) - 2:
            return record[1 + position]  # type: ignore[no-any-return]
        if record[0] == "broadcast" and not graph.types[record[2]].shape:
            return record[2]  # type: ignore[no-any-return]
        if record[0] == "seq_along":
            _PRIMS["index"].shape(graph, (x,), position)
            return self.const(float(record[1] + position))
        if record[0] == "concat":
            found = self._part(record[2:], position)
            if found is not None:
                return found
        if record[0] == "slice" and record[1][0].is_known:
            _PRIMS["index"].shape(graph, (x,), position)
            return self.index(record[2], record[1][0].constant + position)
        return graph.add("index", (x,), position, _PRIMS["index"].shape(graph, (x,), position))

    def _part(self, parts: Sequence[int], position: int) -> int | None:
        """Element number ``position`` of ``c(parts)``, where lengths before it are known."""
        for part in parts:
            size = self.size(part)
            if position <= size.constant or not size.is_known:
                is_scalar = not self.graph.types[part].shape
                inside = size.is_known or part == parts[-1]
                return part if is_scalar else self.index(part, position) if inside else None
            position -= size.constant
        return None

    def stack(self, elements: Sequence[int]) -> int:
        """A vector of scalars."""
        elements = [self.real(element) for element in elements]
        return self.graph.add(
            "stack", elements, None, _PRIMS["stack"].shape(self.graph, elements, None)
        )

    def broadcast(self, x: int, like: int) -> int:
        """``x`` recycled to the shape of ``like``, if it has not that shape already."""
        graph = self.graph
        shape = graph.types[like].shape
        if len(graph.types[x].shape) == len(shape):
            return x
        return graph.add("broadcast", (x, like), None, make_type("real", shape))

    def scatter(self, x: int, like: int, position: int) -> int:
        """Zeros in the shape of ``like``, but ``x`` at the place ``position``."""
        type_ = make_type("real", self.graph.types[like].shape)
        return self.graph.add("scatter", (x, like), position, type_)


_FORMS: dict[str, Callable[..., int]] = {
    "add": Builder.add,
    "sub": Builder.sub,
    "mul": Builder.mul,
    "div": Builder.div,
    "neg": Builder.neg,
    "pow": Builder.pow,
    "select": Builder.select,
    "not": Builder.negate,
    "and": Builder.both,
    "or": Builder.either,
    "sum": Builder.sum,
    "prod": lambda b, x: b._reduce("prod", x),
    "min": lambda b, x: b._reduce("min", x),
    "max": lambda b, x: b._reduce("max", x),
    "length": Builder.length,
}
