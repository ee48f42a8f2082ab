"""A changed policy comes into force without a restart; a broken one does not, and the old one stays.

The new policy is compiled beside the one that decides, and put in its place in one step. A file is read once it has
been left alone from one look to the next: half of a policy, which could lack its last deny rules, is never taken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from axtary.backends.verdict import EngineError
from axtary.compiler import CompileError
from axtary.runtime.engine import Engine
from axtary.runtime.policyfile import Stamps, UnreadableError, load_policy, policy_files, stamps

INTERVAL = 1.0  # seconds between two looks


@dataclass(frozen=True)
class Reloaded:
    """What came of a change. With a `problem` the policy in force is the one before."""

    policy_version: str
    problem: CompileError | UnreadableError | EngineError | None = None


class Reloader:
    """Watches the files of an engine's policy."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine = engine
        self._path = path
        self._files = [path]
        self._taken = self._changing = self._look()

    def check(self) -> Reloaded | None:
        """Look once; None if nothing changed, or is changing still."""
        now = self._look()
        if now == self._taken:
            self._changing = now
            return None
        if now != self._changing:
            self._changing = now
            return None
        self._taken = now
        return self._load()

    def _look(self) -> Stamps:
        """With the files that are included now. While the first is away, those of before."""
        with suppress(UnreadableError):
            self._files = policy_files(self._path)
        return stamps(self._files)

    def _load(self) -> Reloaded:
        try:
            self._engine.use(load_policy(self._path).policy)
        except (CompileError, UnreadableError, EngineError) as problem:
            return Reloaded(self._engine.policy_version, problem)
        return Reloaded(self._engine.policy_version)


@contextmanager
def reloading(
    engine: Engine, path: Path, report: Callable[[Reloaded], None], interval: float = INTERVAL
) -> Iterator[None]:
    """Look for changes in a thread of its own; `report` hears of each change, good or bad."""
    reloader, over = Reloader(engine, path), threading.Event()

    def run() -> None:
        while not over.wait(interval):
            if (found := reloader.check()) is not None:
                report(found)

    thread = threading.Thread(target=run, name="axtary-reload", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
