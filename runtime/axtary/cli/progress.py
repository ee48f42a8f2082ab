"""A counter for what takes over a second: on a terminal's standard error, redrawn ten times a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

Step = Callable[[str, int], None]  # phase, cases done

_AFTER = 1.0  # seconds: what is faster needs no counter, and no library to draw it


@contextmanager
def progress() -> Iterator[Step]:
    """Gives a function to call with the phase and the number of cases done."""
    if not sys.stderr.isatty():
        yield lambda _phase, _done: None
        return
    with ExitStack() as stack:
        begin = time.monotonic()
        draw: Step | None = None

        def step(phase: str, done: int) -> None:
            nonlocal draw
            if draw is None and time.monotonic() - begin > _AFTER:
                draw = _drawer(stack)
            if draw is not None:
                draw(phase, done)

        yield step


def _drawer(stack: ExitStack) -> Step:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} cases"), TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task("", total=None)
    return lambda phase, done: bar.update(task, description=phase, completed=done)
