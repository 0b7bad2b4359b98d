"""The textual form of a function: ``parse(dump(f))`` gives ``f`` back.

One line a node, ids in order::

    function sigmoid(param a: real[], data x: real[n]) wrt a
      %0 = input "a" : real[]
      %1 = const 0x1.8p+1 : real[]
      %2 = mul %0 %1 : real[]
      output value = %2

Attributes are JSON after ``@``; constants are hexadecimal, so no bit is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator
from typing import Any, cast

from gradc.ir.function import Function, Input, Kind, LeastSquares, Nature, Region
from gradc.ir.graph import Graph, Record
from gradc.ir.types import Dtype, Size, Type, make_type


def dump(function: Function) -> str:
    """The whole graph of a function as text, ending with a newline."""
    return "\n".join(_lines(function)) + "\n"


def _lines(function: Function) -> Iterator[str]:
    graph = function.graph
    yield f"function {json.dumps(function.name)}"
    for item in function.inputs:
        yield f"  {_input_text(item)}"
    if function.wrt:
        yield "  wrt " + json.dumps(list(function.wrt))
    if function.least_squares:
        yield f"  least_squares %{function.least_squares.mean} %{function.least_squares.response}"
    for node, record in enumerate(graph.records):
        yield f"  %{node} = {_record_text(record)} : {graph.types[node]}"
    for node, name in function.names.items():
        yield f"  name %{node} {json.dumps(name)}"
    for name, node in function.outputs.items():
        yield f"  output {json.dumps(name)} = %{node}"


def _input_text(item: Input) -> str:
    facts: dict[str, Any] = {}
    if item.default is not None:
        facts["default"] = _encode(item.default)
    if item.lower is not None:
        facts["lower"] = _encode(item.lower)
    if item.upper is not None:
        facts["upper"] = _encode(item.upper)
    if item.nature != "real":
        facts["nature"] = item.nature
    if item.declared:
        facts["declared"] = True
    if item.base != 1:
        facts["base"] = item.base
    if item.counts is not None:
        facts["counts"] = _encode(item.counts)
    tail = f" {json.dumps(facts)}" if facts else ""
    return f"{item.kind} {json.dumps(item.name)} %{item.node} : {item.type}{tail}"


def _record_text(record: Record) -> str:
    prim, attrs, *args = record
    if prim == "const":
        return f"const {attrs[0]}"
    words = [prim, *(f"%{arg}" for arg in args)]
    if attrs is not None:
        words.append("@" + json.dumps(_encode(attrs)))
    return " ".join(words)


def _encode(value: Any) -> Any:
    """Attributes as JSON; a double is ``{"f": hex}``, a tuple a list, a size its text."""
    if isinstance(value, float):
        return {"f": value.hex()}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Size):
        return {"size": str(value)}
    if isinstance(value, Region):
        counts = [value.carries, value.seqs, value.backwards]
        return {"region": dump(value.body), "counts": counts}
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"attribute of type {type(value).__name__} has no textual form")


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        if "size" in value:
            return _parse_size(value["size"])
        if "region" in value:
            return Region(parse(value["region"]), *value["counts"])
        return float.fromhex(value["f"])
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    return value


_INPUT = re.compile(r'(param|data|random) ("(?:[^"\\]|\\.)*") %(\d+) : (\S+)(?: (\{.*\}))?$')
_NODE = re.compile(r"%(\d+) = (.*) : (\S+)$")
_TERM = re.compile(r"([+-]?)(?:(\d+)\*)?([A-Za-z_.]\w*)|([+-]?\d+)")


def parse_type(text: str) -> Type:
    """A type from its text, such as ``real[n-1]``."""
    dtype, _, inside = text.rstrip("]").partition("[")
    shape = tuple(_parse_size(part) for part in inside.split(",")) if inside else ()
    return make_type(cast("Dtype", dtype), shape)


def _parse_size(text: str) -> Size:
    size = Size()
    for sign, coefficient, name, constant in _TERM.findall(text):
        if name:
            factor = int(coefficient or 1) * (-1 if sign == "-" else 1)
            size = size.plus(Size(0, ((name, factor),)))
        else:
            size = size.plus(Size(int(constant)))
    return size


def parse(text: str) -> Function:
    """A function from the text that :func:`dump` wrote; ValueError where it is not such text."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    name = json.loads(lines[0].removeprefix("function "))
    graph = Graph()
    inputs: list[Input] = []
    wrt: tuple[str, ...] = ()
    least_squares = None
    names: dict[int, str] = {}
    outputs: dict[str, int] = {}
    for line in lines[1:]:
        word, _, rest = line.partition(" ")
        if word.startswith("%"):
            _add_node(graph, line)
        elif word == "wrt":
            wrt = tuple(json.loads(rest))
        elif word == "least_squares":
            mean, response = (int(part[1:]) for part in rest.split())
            least_squares = LeastSquares(mean, response)
        elif word == "name":
            node_text, _, quoted = rest.partition(" ")
            names[int(node_text[1:])] = json.loads(quoted)
        elif word == "output":
            quoted, _, node_text = rest.rpartition(" = %")
            outputs[json.loads(quoted)] = int(node_text)
        else:
            inputs.append(_parse_input(line))
    return Function(name, tuple(inputs), outputs, graph, wrt, least_squares, names)


def _parse_input(line: str) -> Input:
    match = _INPUT.match(line)
    if match is None:
        raise ValueError(f"not a line of a function: {line!r}")
    kind, quoted, node, type_text, facts_text = match.groups()
    facts = {key: _decode(value) for key, value in json.loads(facts_text or "{}").items()}
    return Input(
        json.loads(quoted),
        int(node),
        cast("Kind", kind),
        parse_type(type_text),
        facts.get("default"),
        facts.get("lower"),
        facts.get("upper"),
        cast("Nature", facts.get("nature", "real")),
        facts.get("declared", False),
        facts.get("base", 1),
        facts.get("counts"),
    )


def _add_node(graph: Graph, line: str) -> None:
    match = _NODE.match(line)
    if match is None:
        raise ValueError(f"not a node: {line!r}")
    number, body, type_text = match.groups()
    type_ = parse_type(type_text)
    head, _, attrs_text = body.partition(" @")
    prim, *words = head.split()
    if prim == "const":
        node = graph.const(float.fromhex(words[0]), type_)
    else:
        attrs: Hashable = _decode(json.loads(attrs_text)) if attrs_text else None
        node = graph.add(prim, (int(word[1:]) for word in words), attrs, type_)
    if node != int(number):
        raise ValueError(f"node %{number} repeats %{node} or is out of order")
