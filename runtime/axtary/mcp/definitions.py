"""What a server says of its tools in this session, beside what is pinned of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from axtary.mcp.pins import MAX_TOOLS, Change, Definition, Pins, digest, is_name, named

MAX_AGE = 300.0  # seconds after which the list is fetched anew before a call
MAX_PAGES = 200

Page = Callable[[str | None], Mapping[str, Any]]
"""Asks the server for a page of `tools/list`. Raises ListError."""

_WHY = {
    "new": "it is not pinned: a person has to look at it first",
    "changed": "its definition is not the one that is pinned: a person has to look at it again",
    "gone": "the server does not offer it",
}


class ListError(Exception):
    """The server does not say which tools it has."""


class BlockedError(Exception):
    """A tool may not be called, whatever the policy says. `code` is a word for programs."""

    def __init__(self, change: Change) -> None:
        super().__init__(_WHY[change])
        self.code = f"definition_{change}"


class Definitions:
    """Safe to use from any thread. `pins` is None if nothing is pinned: then everything is new."""

    def __init__(
        self, pins: Pins | None, keep: Callable[[Pins], None] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`keep` writes pins of what is seen first: only for whoever trusts on first use."""
        self._pins = pins
        self._keep = keep
        self._clock = clock
        self._lock = threading.Lock()
        self._fetching = threading.Lock()
        self._seen: dict[str, Definition] = {}
        self._whole_at: float | None = None  # when all of it was fetched
        self._told = 0  # how often the server said that it changed
        self._instructions: str | None = None

    def stale(self) -> None:
        """The server says that its list changed."""
        with self._lock:
            self._whole_at = None
            self._told += 1

    def shown(self, page: Mapping[str, Any]) -> list[Definition]:
        """Of a page of the list, the tools that are as they are pinned."""
        tools = page.get("tools")
        found = named(tools if isinstance(tools, list) else [])
        with self._lock:
            self._seen.update(found)
            pins = self._pins or Pins()
        return [tool for tool in found.values() if pins.problem(tool) is None]

    def instructions(self, text: Any) -> str | None:
        """What the server says to a model about itself, if that is pinned."""
        with self._lock:
            self._instructions = text if isinstance(text, str) else None
            if self._pins is None:
                return self._instructions if self._keep is not None else None
            return self._instructions if self._pins.instructions == self._instructions else None

    def known(self, name: str) -> Definition | None:
        """As the server gave it last."""
        with self._lock:
            return self._seen.get(name)

    def checked(self, name: str, page: Page) -> str:
        """The hash of the definition of a tool that may be called. Raises BlockedError, ListError."""
        self.fetch(page)
        with self._lock:
            tool = self._seen.get(name) if is_name(name) else None
            if tool is None:
                raise BlockedError("gone")
            if (change := (self._pins or Pins()).problem(tool)) is not None:
                raise BlockedError(change)
        return digest(tool)

    def first(self, page: Page) -> None:
        """Before anything is shown: have the whole list, if what is seen first is to be pinned. Raises ListError."""
        with self._lock:
            is_due = self._pins is None and self._keep is not None
        if is_due:
            self.fetch(page)

    def fetch(self, page: Page) -> None:
        """Have the whole list, unless it is known and young; at the first time, pin it if that is wanted."""
        with self._fetching:
            if self._is_young():
                return
            told = self._told
            tools: list[Any] = []
            for found in pages(page):
                tools += found
            with self._lock:
                self._seen = named(tools)
                self._whole_at = self._clock() if self._told == told else None  # it changed meanwhile
                if self._pins is None and self._keep is not None:
                    first = Pins(self._seen, self._instructions)
                    self._keep(first)  # what cannot be written down is not trusted
                    self._pins = first

    def _is_young(self) -> bool:
        with self._lock:
            return self._whole_at is not None and self._clock() - self._whole_at < MAX_AGE


def pages(page: Page) -> list[list[Any]]:
    """All pages of a list. Raises ListError."""
    found: list[list[Any]] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        answer = page(cursor)
        tools = answer.get("tools")
        if not isinstance(tools, list):
            raise ListError("its answer to `tools/list` has no list of tools")
        found.append(tools)
        if sum(map(len, found)) > MAX_TOOLS:
            raise ListError(f"it has more than {MAX_TOOLS:,} tools")
        cursor = answer.get("nextCursor")
        if not isinstance(cursor, str) or not cursor:
            return found
    raise ListError(f"its list of tools has more than {MAX_PAGES} pages")
