"""The tables: what is built, how long it takes, how fast it runs, how much work it is."""

from __future__ import annotations
