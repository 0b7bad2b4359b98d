"""The head of a template: data and parameters, sizes under their names, checks of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gradc.emit.names import Names
from gradc.emit.plan import Plan
from gradc.errors import fail
from gradc.ir import Function, Input, Size, known, reachable
from gradc.prims.extents import INDEXED, reaches
from gradc.targets.tmb_driver import is_whole_number

Add = Callable[[str], None]

RECYCLE = """\
// Data have one length; a vector of length 1 is repeated.
template<class Type>
void recycle(vector<Type> &x, int n)
{
  if (x.size() == n) return;
  if (x.size() != 1) Rf_error("data must have one length, or length 1");
  Type first = x(0);
  x.resize(n);
  x.fill(first);
}
"""
CHECK_PLACES = """\
// An index beyond the end would take the whole process down.
inline void check_places(const vector<int> &x, int from, int to, const char *name)
{
  for (int i = 0; i < x.size(); i++) {
    if (x(i) < from || x(i) > to) Rf_error("%s has places outside %d to %d", name, from, to);
  }
}
"""
_DATA = ("DATA_SCALAR", "DATA_VECTOR", "DATA_MATRIX")
_WHOLE = ("DATA_INTEGER", "DATA_IVECTOR")
_PARAMETERS = ("PARAMETER", "PARAMETER_VECTOR", "PARAMETER_MATRIX")


def is_parameter(function: Function, item: Input) -> bool:
    """Whether TMB differentiates by an input."""
    return item.name in function.wrt or item.kind == "random"


def is_whole(function: Function, item: Input) -> bool:
    """Whether an input is held as whole numbers: data that serve as an index, counts."""
    return is_whole_number(item) and item.type.rank < 2 and not is_parameter(function, item)


def macro(function: Function, item: Input) -> str:
    """The macro of TMB that declares an input."""
    if is_parameter(function, item):
        return _PARAMETERS[item.type.rank]
    return (_WHOLE if is_whole(function, item) else _DATA)[item.type.rank]


@dataclass(frozen=True, slots=True)
class Extent:
    """One size of one input: what it is, how C++ and how a reader call it."""

    item: Input
    size: Size
    code: str
    words: str
    recycled: bool


@dataclass(slots=True)
class Sizes:
    """Names of the symbols of sizes, each from the first input that has it."""

    function: Function
    names: Names
    users: Mapping[str, str]
    add: Add
    found: dict[str, str] = field(default_factory=dict)
    owners: dict[Size, str] = field(default_factory=dict)

    def text(self, size: Size) -> str:
        """A size as an expression of C++."""
        text = ""
        for symbol, factor in size.terms:
            name = self.found[symbol]
            term = name if abs(factor) == 1 else f"{abs(factor)} * {name}"
            sign = "-" if factor < 0 else ""
            text += f" {sign or '+'} {term}" if text else f"{sign}{term}"
        if size.constant or not text:
            sign = "-" if size.constant < 0 else "+"
            text += f" {sign} {abs(size.constant)}" if text else f"{size.constant}"
        return text

    def declare(self) -> None:
        """Name all sizes and check every input against them.

        Raises: GradcError (G303) where no input tells a size.
        """
        groups: dict[Size, list[Extent]] = {}
        for extent in self._extents():
            groups.setdefault(extent.size, []).append(extent)
        # What has a size of its own names it, before others are sums with it.
        waiting = sorted(groups, key=lambda size: bool(size.constant) or len(size.terms) != 1)
        while waiting:
            size = next((size for size in waiting if len(self._unknown(size)) < 2), None)
            if size is None:
                place = self.function.graph.place(groups[waiting[0]][0].item.node)
                raise fail("G303", f"no data tell the size {waiting[0]}", place)
            waiting.remove(size)
            self._group(size, groups[size])

    def _unknown(self, size: Size) -> list[tuple[str, int]]:
        return [term for term in size.terms if term[0] not in self.found]

    def _extents(self) -> list[Extent]:
        """The sizes of all inputs, data first."""
        function = self.function
        found: list[Extent] = []
        for item in (*function.data, *function.params):
            shape = [size.substitute(function.graph.bindings) for size in item.type.shape]
            name = self.users[item.name]
            free = not is_parameter(function, item) and not getattr(item, "declared", False)
            if len(shape) == 1:
                found.append(
                    Extent(item, shape[0], f"{name}.size()", f"the length of {name}", free)
                )
            elif shape:
                words = (f"the number of rows of {name}", f"the number of columns of {name}")
                for size, code, axis in zip(shape, ("rows", "cols"), words, strict=True):
                    found.append(Extent(item, size, f"{name}.{code}()", axis, False))
        for item in function.data:
            if item.counts is not None and not is_parameter(function, item):
                name, size = self.users[item.name], item.counts.substitute(function.graph.bindings)
                found.append(Extent(item, size, name, name, False))
        return found

    def _group(self, size: Size, extents: list[Extent]) -> None:
        """Inputs with one size: the first names it where it is new, the others must have it."""
        fixed = [extent for extent in extents if not extent.recycled]
        free = [extent for extent in extents if extent.recycled]
        unknown = self._unknown(size)
        if unknown:
            self._name(size, unknown[0], fixed, free)
            self.owners[size] = (fixed or free)[0].words
            fixed = fixed[1:]
        count = self.text(size)
        for extent in fixed:
            self._check(extent, count)
        if free and (len(free) > 1 or not unknown or len(extents) > 1):
            for extent in free:
                self.add(f"recycle({self.users[extent.item.name]}, {count});")

    def _name(
        self, size: Size, unknown: tuple[str, int], fixed: list[Extent], free: list[Extent]
    ) -> None:
        symbol, factor = unknown
        first = (fixed or free)[0]
        stem = "k" if first.code.endswith("cols()") else "n"
        owner = self.users[first.item.name]
        name = stem if stem not in self.found.values() else f"{stem}_{owner}"
        name = self.names.fresh(name)
        codes = [first.code] if fixed else [extent.code for extent in free]
        most = codes[0]
        if len(codes) == 2:
            most = f"std::max({', '.join(codes)})"
        elif len(codes) > 2:
            most = f"std::max({{{', '.join(codes)}}})"
        rest = size.plus(Size(0, ((symbol, factor),)), -1)
        if rest != known(0):
            behind = self.text(Size(-rest.constant, tuple((s, -f) for s, f in rest.terms)))
            most += f" - {behind[1:]}" if behind.startswith("-") else f" + {behind}"
        if factor != 1:
            most = f"({most}) / {factor}"
        self.found[symbol] = name
        self.add(f"int {name} = {most};")
        if factor != 1:
            self._check(first, self.text(size))

    def _check(self, extent: Extent, count: str) -> None:
        size = extent.size
        if size.is_known and extent.code.endswith("size()"):
            message = f"{self.users[extent.item.name]} has {count} elements"
        elif size in self.owners and self.owners[size] != extent.words:
            message = f"{extent.words} is not {self.owners[size]}"
        else:
            message = f"{extent.words} is not {count}"
        self.add(f'if ({extent.code} != {count}) Rf_error("{message}");')


def check_places(sizes: Sizes, add: Add) -> None:
    """Places that the formula names must be there: C++ does not look."""
    function = sizes.function
    graph = function.graph
    marks = reachable(graph, function.outputs.values())
    least: dict[Size, int] = {}
    for node in range(len(marks)):
        if marks[node]:
            for size, place in _named_places(function, node):
                if not size.is_known:
                    least[size] = max(least.get(size, place), place)
    for size, place in least.items():
        if place > 0 or len(size.terms) > 1 or size.terms[0][1] < 0:
            message = _too_small(sizes, size, place)
            add(f'if ({sizes.text(size)} < {place}) Rf_error("{message}");')


def _too_small(sizes: Sizes, size: Size, place: int) -> str:
    """What is wrong where a size is less than it must be."""
    words = sizes.owners.get(size, "")
    if words.startswith("the number"):
        return f"{words} is less than {place}"
    if len(size.terms) > 1:
        return "one of two vectors that run along each other is too short"
    return f"data have fewer than {place} elements" if place > 1 else "data have no elements"


def _named_places(function: Function, node: int) -> list[tuple[Size, int]]:
    """Sizes, without what is known of them, that a node needs to be so large."""
    graph = function.graph
    name, attrs, args = graph.prim(node), graph.attrs(node), graph.args(node)
    if name not in ("index", "entry", "get_col", "get_row", "slice"):
        return []
    shape = [size.substitute(graph.bindings) for size in graph.types[args[0]].shape]
    if name == "slice":
        ends = [size.substitute(graph.bindings) for size in attrs]
        rest = shape[0].plus(ends[0], -1).plus(ends[1], -1)
        return [(Size(0, size.terms), -size.constant) for size in (*ends, rest)]
    if name == "entry":
        return list(zip(shape, attrs, strict=True))
    return [(shape[name == "get_col"], attrs)]


def check_indices(sizes: Sizes, plan: Plan, add: Add) -> None:
    """Data that serve as an index must name places that are there."""
    function = sizes.function
    graph = function.graph
    names = {item.node: sizes.users[item.name] for item in function.inputs}
    marks = reachable(graph, function.outputs.values())
    seen: set[tuple[int, int, Size]] = set()
    for node in range(len(marks)):
        name = graph.prim(node) if marks[node] else ""
        if name not in INDEXED:
            continue
        args = graph.args(node)
        index = args[1]
        if graph.prim(index) == "stack" and len(graph.args(index)) == 1:  # a single row
            index = graph.args(index)[0]
        source, shift = plan.index_source(index)
        source = _viewed(plan, source)
        of, axis = INDEXED[name]
        size = graph.types[args[of]].shape[axis].substitute(graph.bindings)
        if source not in plan.integers or (source, shift, size) in seen:
            continue
        seen.add((source, shift, size))
        _check_index(sizes, names[source], bool(graph.types[source].shape), (size, shift), add)


def check_reaches(sizes: Sizes, add: Add) -> None:
    """Places that run on one by one end where the vector that is read ends, or before."""
    for reach in reaches(sizes.function):
        words = sizes.owners.get(reach.size, "a length")
        test = f"{sizes.text(reach.size)} < {sizes.text(reach.needed)}"
        add(f'if ({test}) Rf_error("{words} is too small");')


def _viewed(plan: Plan, node: int) -> int:
    """The input that a view of an index looks at."""
    graph = plan.graph
    while graph.prim(node) in ("slice", "rev") or (
        graph.prim(node) in ("gather", "index") and graph.args(node)[0] in plan.integers
    ):
        node = graph.args(node)[0]
    return node


def _check_index(sizes: Sizes, name: str, many: bool, bounds: tuple[Size, int], add: Add) -> None:
    size, shift = bounds
    last = sizes.text(size.plus(known(-shift)))
    if many:
        add(f'check_places({name}, {1 - shift}, {last}, "{name}");')
    else:
        message = f"{name} is a place outside {1 - shift} to %d"
        add(f'if ({name} < {1 - shift} || {name} > {last}) Rf_error("{message}", {last});')
