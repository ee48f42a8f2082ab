"""Signs of life for what takes over a second: on a terminal's standard error, redrawn ten times a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

Step = Callable[[str, int, int | None], None]  # phase, done, of how many (None: not known)

_AFTER = 1.0  # seconds: what is faster needs no counter, and no library to draw it


@contextmanager
def progress(what: str) -> Iterator[Step]:
    """Gives a function to call with the phase, what is done and what there is to do. `what` is counted: `cases`."""
    if not sys.stderr.isatty():
        yield lambda _phase, _done, _all: None
        return
    with ExitStack() as stack:
        begin = time.monotonic()
        draw: Step | None = None

        def step(phase: str, done: int, whole: int | None) -> None:
            nonlocal draw
            if draw is None and time.monotonic() - begin > _AFTER:
                draw = _drawer(what, stack)
            if draw is not None:
                draw(phase, done, whole)

        yield step


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Says that `what` is going on, where nothing can be counted: `reading axtary.yml`."""
    if not sys.stderr.isatty():
        yield
        return
    over = Event()
    drawing = Thread(target=_draw_until, args=(over, what), daemon=True)
    drawing.start()
    try:
        yield
    finally:
        over.set()
        drawing.join()


def _draw_until(over: Event, what: str) -> None:
    if over.wait(_AFTER):
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(escape(what), total=None)
        over.wait()


def _drawer(what: str, stack: ExitStack) -> Step:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    counter = TextColumn(f"{{task.completed}} {what}")
    columns = (TextColumn("{task.description}"), BarColumn(), counter, TimeElapsedColumn())
    bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = bar.add_task("", total=None)
    return lambda phase, done, whole: bar.update(task, description=phase, completed=done, total=whole)
