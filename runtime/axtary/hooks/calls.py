"""Which calls were let through, until their outcome is known: a file for each, so that it survives a restart.

    calls = Calls(folder)
    calls.put(event.session, event.call, Call(event.input_hash, keys))  # before the tool runs
    calls.take(event.session, event.call)                               # after it ran; None if it was not let through

Calls that a proxy let through stand in a folder for each of its callers, so that none has a say about those of another.
Who decides without a proxy looks into these as well: a proxy may be stopped while a tool runs.

The files hold hashes and keys, never what was asked. They are readable by their owner only.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from axtary.runtime.policyfile import UnreadableError, write_secret

FOLDER = Path(".axtary") / "calls"  # beside the policy
_OLD = 7 * 24 * 3600  # seconds after which nobody reports an outcome any more
_SWEPT = 256  # files that are looked at, at most, when one is written


@dataclass(frozen=True)
class Call:
    """A call that was let through. `prompted`: keys that were left to Claude Code's own question to the user."""

    input_hash: str
    keys: tuple[str, ...]
    prompted: tuple[str, ...] = ()


class Calls:
    """The calls that are under way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, session: str, call: str, record: Call) -> None:
        """Raises UnreadableError; then the call must not run."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise UnreadableError(self._folder, str(error.strerror).lower(), "choose another folder") from None
        found = {"input": record.input_hash, "keys": record.keys, "prompted": record.prompted}
        write_secret(self._file(session, call), json.dumps(found).encode())
        self._sweep()

    def get(self, session: str, call: str) -> Call | None:
        """None if it was not let through, or if what was written is damaged."""
        try:
            found = json.loads(self._file(session, call).read_bytes())
            return Call(str(found["input"]), tuple(found["keys"]), tuple(found["prompted"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def take(self, session: str, call: str) -> Call | None:
        """As `get`, once: of two that ask at the same time one gets it."""
        found = self.get(session, call)
        try:
            self._file(session, call).unlink()
        except OSError:
            return None
        return found

    def _file(self, session: str, call: str) -> Path:
        name = hashlib.sha256(json.dumps([session, call]).encode()).hexdigest() + ".json"
        own = self._folder / name
        return own if own.exists() else min(self._folder.glob(f"*/{name}"), default=own)

    def _sweep(self) -> None:
        before = time.time() - _OLD
        with suppress(OSError):
            for _, file in zip(range(_SWEPT), self._folder.iterdir(), strict=False):
                with suppress(OSError):
                    if file.stat().st_mtime < before:
                        file.unlink()
