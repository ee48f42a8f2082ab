"""Memory for remembered answers: many caches, one limit.

What is remembered is a pure function of its key, so forgetting is always safe: a thread that is reading or writing
meanwhile has, or makes, the same answer again. When the limit is passed, every cache is emptied. That costs as much as
the entries that were written since the last time, so whoever fills the caches on purpose pays a constant per entry.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar
from weakref import WeakSet

LIMIT = 32 * 1024 * 1024
"""Bytes that one engine remembers at most, as far as entries can be weighed."""

LONGEST = 256
"""Characters. A longer text is looked up anew each time: hashing it would cost as much."""

_ENTRY = 160  # bytes: a slot of the dictionary, the headers of key and value

K = TypeVar("K")
V = TypeVar("V")


class Cache(dict[K, V]):
    """Read it as a dictionary; write by `Budget.remember` only. It is itself and no other, whatever it holds."""

    __hash__ = object.__hash__  # type: ignore[assignment]
    __eq__ = object.__eq__


class Budget:
    """What all caches of one engine may hold together."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._used = 0
        self._caches: WeakSet[Cache[Any, Any]] = WeakSet()  # those of plans that are gone go with them
        self._lock = threading.Lock()

    def cache(self) -> Cache[Any, Any]:
        """A new cache under this budget."""
        made: Cache[Any, Any] = Cache()
        self.add(made)
        return made

    def add(self, cache: Cache[Any, Any]) -> None:
        """Put a cache under this budget."""
        with self._lock:
            self._caches.add(cache)

    def remember(self, cache: Cache[K, V], key: K, value: V, size: int) -> None:
        """Write an entry whose key and value hold `size` bytes beside their headers."""
        with self._lock:
            self._used += size + _ENTRY
            if self._used > self._limit:
                for other in self._caches:
                    other.clear()
                self._used = size + _ENTRY
            cache[key] = value
