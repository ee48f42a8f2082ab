"""Many recorded actions at once: what would a policy have decided?

With numpy (`pip install 'axtary[replay]'`) the native engine decides column by column, some ten times as fast as one by
one; without it, and on the other engines, actions are decided one by one. The answers are the same.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from axtary.backends.native import NativeEngine
from axtary.backends.verdict import Decision, Engine

if TYPE_CHECKING:
    from axtary.backends.native.replay import Columns

Progress = Callable[[int, int], None]
"""Called now and then with the work done and all of it, in a unit of its own."""

MAGIC = b"PAR1"  # what a Parquet file begins with


class RecordingError(Exception):
    """A file that is no recording of actions. The text says why, in a phrase."""


@dataclass(frozen=True)
class Replayed:
    """What came of it: the decision of each action, in their order, and how often each rule fired (only those)."""

    decisions: Sequence[Decision]
    fired: Mapping[str, int]


class Recorded:
    """Actions that came through the door, kept so that several policies can be tried on them.

    What is read from them for one policy stays read for the next: the first decides somewhat slower.
    """

    def __init__(self, actions: Sequence[Mapping[str, Any]], columns: Columns | None = None) -> None:
        self.actions = actions
        self._columns = columns

    @classmethod
    def stored(cls, data: bytes) -> Recorded:
        """What `axtary.runtime.recording` wrote. Raises RecordingError, ImportError without pyarrow."""
        from axtary.runtime import recording

        columns = recording.load(data)
        return cls(columns.actions, columns)

    def columns(self) -> Columns | None:
        """The actions by column; None without numpy."""
        if self._columns is None and importlib.util.find_spec("numpy") is not None:
            from axtary.backends.native.replay import Columns

            self._columns = Columns(self.actions)
        return self._columns


def replay(
    engine: Engine,
    recorded: Recorded,
    facts: Mapping[str, Any] | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Replayed:
    """Decide all actions with the same facts. Raises EngineError."""
    columns = recorded.columns() if isinstance(engine, NativeEngine) else None
    if columns is not None and isinstance(engine, NativeEngine):
        from axtary.backends.native.replay import decide

        return Replayed(*decide(engine, columns, facts or {}, progress))
    return _one_by_one(engine, recorded.actions, facts or {}, progress)


def _one_by_one(
    engine: Engine, actions: Sequence[Mapping[str, Any]], facts: Mapping[str, Any], progress: Progress
) -> Replayed:
    decisions: list[Decision] = []
    fired: Counter[str] = Counter()
    for action in actions:
        verdict = engine.decide(action, facts)
        decisions.append(verdict.decision)
        fired.update(verdict.fired)
        progress(len(decisions), len(actions))
    return Replayed(decisions, fired)
