"""Runs something again whenever one of its files changes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from axtary.cli.output import colour
from axtary.compiler.diagnostics import printable
from axtary.runtime.policyfile import Stamps, stamps

INTERVAL = 0.2  # seconds between two looks


def watch(run: Callable[[], None], fixed: Callable[[], Iterable[Path]], found: Callable[[], Iterable[Path]]) -> None:
    """Run, wait for a change, run again, until interrupted.

    `fixed` is asked before each run, `found` at every look as well: what it then gives in addition is a change.
    """
    while True:
        named = set(fixed())
        before = stamps({*named, *found()})  # before the run, so that a change during it is not missed
        with suppress(SystemExit):  # the exit code of one run ends that run only
            run()
        sys.stdout.flush()
        names = ", ".join(printable(str(path)) for path in sorted(before))
        sys.stderr.write(colour(f"watching {names}; Ctrl-C ends", "dim", sys.stderr) + "\n")
        sys.stderr.flush()
        changed = _wait(before, lambda named=named: {*named, *found()})  # type: ignore[misc]
        sys.stderr.write(f"\n{colour('changed', 'bold', sys.stderr)} {printable(str(changed))}\n")


def _wait(before: Stamps, files: Callable[[], Iterable[Path]]) -> Path:
    """The first file, by name, that is new, gone or changed."""
    while True:
        time.sleep(INTERVAL)
        now = stamps(files())
        changed = [path for path in sorted(before.keys() | now.keys()) if before.get(path) != now.get(path)]
        if changed:
            return changed[0]
