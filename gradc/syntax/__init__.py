"""Reading: R and Python texts to one sort of tree, with places and without recursion."""

from __future__ import annotations

from gradc.syntax.python import parse_python
from gradc.syntax.r import parse_r
from gradc.syntax.tree import NO_DEFAULT, Kind, Tree

__all__ = ["NO_DEFAULT", "Kind", "Tree", "parse_python", "parse_r"]
