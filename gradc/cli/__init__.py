"""The command line: parses options, calls the API, prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run ``gradc`` and leave with its exit status."""
    from gradc.cli.main import run

    sys.exit(run(sys.argv[1:]))
