"""``python -m gradc.syntax`` writes the parser's table anew after a change of the grammar."""

from __future__ import annotations

import sys

from gradc.syntax.grammar import write_table

sys.stdout.write(f"{write_table()}\n")
