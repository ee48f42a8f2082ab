"""Who is logged in: sessions in memory, bounded in time and number. A restart ends them all."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

HOURS = 8 * 3600  # seconds that a session lasts at most
IDLE = 3600  # seconds without a request after which it ends
MOST = 100  # sessions; the one that was used longest ago makes room


@dataclass
class Session:
    """`csrf` is in every form of its pages. `seal` is in none: the script of the origin where somebody logged in keeps
    it, because a browser sends a cookie to every port of a host, and whoever listens there could come with it.
    """

    person: str
    ends: float
    used: float
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    seal: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    notice: str = ""  # shown once, on the next page

    def is_sent(self, token: str) -> bool:
        """Does this come from one of its own pages?"""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "replace"))

    def is_sealed(self, seal: str) -> bool:
        """Is it from the browser and the origin in which somebody logged in?"""
        return hmac.compare_digest(self.seal.encode(), seal.encode("utf-8", "replace"))


class Sessions:
    """By their tokens, of which the hashes alone are kept. Safe to use from any thread."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._found: dict[str, Session] = {}

    def begin(self, person: str) -> tuple[str, Session]:
        """A new session, always under a new token."""
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._sweep(now)
            while len(self._found) >= MOST:
                del self._found[min(self._found, key=lambda name: self._found[name].used)]
            self._found[_hash(token)] = session = Session(person, now + HOURS, now)
        return token, session

    def find(self, token: str, use: bool = True) -> Session | None:
        """The session of a token; with `use` it is used by that."""
        now = self._clock()
        with self._lock:
            self._sweep(now)
            session = self._found.get(_hash(token))
            if session is not None and use:
                session.used = now
            return session

    def end(self, token: str) -> None:
        """Whoever has the token is out."""
        with self._lock:
            self._found.pop(_hash(token), None)

    def _sweep(self, now: float) -> None:
        over = [name for name, each in self._found.items() if each.ends <= now or each.used + IDLE <= now]
        for name in over:
            del self._found[name]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
