"""The `axtary` command.

Exit codes: 0 ok or allowed, 1 findings or not allowed, 2 usage or invalid input. What a command needs is imported when
it runs, so that `--help` and a decision start fast.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of the `axtary` command."""
    from axtary.cli.app import app

    try:
        app()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        sys.exit(130)
    except BrokenPipeError:  # the reader went away: `axtary … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


__all__ = ["main"]
