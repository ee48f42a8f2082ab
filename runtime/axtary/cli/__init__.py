"""The `axtary` command.

Exit codes: 0 ok or allowed, 1 findings or not allowed, 2 usage or invalid input. What a command needs is imported when
it runs, so that `--help` and a decision start fast.
"""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> None:
    """Entry point of the `axtary` command."""
    if sys.argv[1:3] == ["hook", "claude-code"] and "--help" not in sys.argv:
        from axtary.hooks import client  # runs once per call of an agent: none of what follows is imported

        client.main(sys.argv[3:])
    # What a command makes, it mostly keeps until it ends. To look through all of it for cycles, again and again, and
    # once more at the end, takes a sixth of the time in which a large policy is checked.
    gc.set_threshold(10_000, 50, 1_000)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name may hold bytes that are no text
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            from axtary.cli.app import app

            app()
        finally:
            gc.freeze()
            sys.stdout.flush()  # here, because at exit a failure could no longer be told
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # the reader went away: `axtary … | head`
        _drop_output()
        sys.exit(1)
    except OSError as error:
        _drop_output()
        sys.stderr.write(f"error: cannot write: {(error.strerror or str(error)).lower()}\n")
        sys.exit(2)


def _drop_output() -> None:
    """What is still buffered goes nowhere: the interpreter would try to write it once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


__all__ = ["main"]
