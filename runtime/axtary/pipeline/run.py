"""One way through the pipeline: its key, its clock, and what went wrong on the way."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from axtary.pipeline.result import Incident

MAX_KEY = 200  # characters

Watch = Callable[[str], AbstractContextManager[object]]
"""Made anew around each stage, with its name: for traces."""


def unwatched(_stage: str) -> AbstractContextManager[object]:
    """Nobody looks on."""
    return nullcontext()


@dataclass
class Run:
    """`timings` are microseconds by stage, `about` what a record says about whose action it is. `is_own`: does the
    process that decides execute as well?
    """

    key: str
    about: Mapping[str, str] = field(default_factory=dict)
    timings: dict[str, int] = field(default_factory=dict)
    is_own: bool = True
    incidents: list[Incident] = field(default_factory=list)
    watch: Watch = unwatched

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage, also one that fails."""
        began = time.perf_counter_ns()
        try:
            with self.watch(name):
                yield
        finally:
            self.timings[name] = self.timings.get(name, 0) + (time.perf_counter_ns() - began) // 1000


def new_key() -> str:
    """A key for an attempt that nobody will try again."""
    return f"att_{secrets.token_hex(16)}"


def is_key(key: str) -> bool:
    """1 to 200 printable ASCII characters without spaces."""
    return 0 < len(key) <= MAX_KEY and all("!" <= char <= "~" for char in key)
