"""The one clock of a machine's state: it goes on at its pace when somebody sets the system's clock back.

What the system's clock has shown, minus the time since the machine was started, is kept in the file: the largest of it
is how far this boot's time is ahead. So windows neither open again when the clock is set back, nor stand still until it
has caught up. After a restart the meters themselves know the latest time that they have seen.
"""

from __future__ import annotations

import sqlite3
import time
from functools import cache
from pathlib import Path

CLOCK = "CREATE TABLE IF NOT EXISTS clock (boot TEXT PRIMARY KEY, ahead INTEGER NOT NULL) STRICT"
_SLACK = 1_000_000  # microseconds: a difference that is not worth a write


class MachineClock:
    """Within one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = 0
        self._ahead = 0

    def __call__(self) -> int:
        """Microseconds since 1970."""
        wall, running = time.time_ns() // 1000, _running()
        if running is None:
            return wall
        found = self._connection.execute("SELECT ahead FROM clock WHERE boot = ?", (_boot(),)).fetchone()
        self._known, self._ahead = found[0] if found else 0, wall - running
        return max(wall, running + self._known)

    def remember(self) -> None:
        """Keep how far the clock is ahead, if that is news."""
        if self._ahead > self._known + _SLACK:
            statement = "INSERT INTO clock VALUES (?, ?) ON CONFLICT (boot) DO UPDATE SET ahead = excluded.ahead"
            self._connection.execute(statement, (_boot(), self._ahead))


def _running() -> int | None:
    """Microseconds since the machine was started, sleep included; None where nobody says."""
    if not hasattr(time, "CLOCK_BOOTTIME") or not _boot():
        return None
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
