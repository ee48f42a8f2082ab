"""A progress bar for what may take more than a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Step = Callable[[str, int, int | None], None]  # phase, done, of how many (None: not known)


@contextmanager
def progress(what: str) -> Iterator[Step]:
    """A bar on a terminal's standard error, redrawn ten times a second, gone at the end. `what` is counted: `cases`."""
    if not sys.stderr.isatty():
        yield lambda _phase, _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    counter = TextColumn(f"{{task.completed}} {what}")
    columns = (TextColumn("{task.description}"), BarColumn(), counter, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("preparing", total=None)
        yield lambda phase, done, all_: bar.update(task, description=phase, completed=done, total=all_)
