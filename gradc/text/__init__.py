"""R's texts: numbers as text, formats, regular expressions, code back to text.

What a script computes with text at compile time is computed here as R computes it.
"""

from __future__ import annotations
