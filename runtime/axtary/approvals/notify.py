"""News of requests, by webhook: a watcher looks at the queue, so it hears of all, whichever process made or ended one.

Nobody waits for it: what is sent is sent from a thread of its own, a few times at most, and a decision never knows.
Watchers that share a state share the work: each message is one watcher's, and sent at most once but for retries.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from axtary.approvals.service import Approvals, Status
from axtary.approvals.showing import visible
from axtary.compiler.notifying import Notify, url_problem
from axtary.runtime.action import time_text
from axtary.runtime.policyfile import UnreadableError
from axtary.runtime.state import Once, StateError

URL = "AXTARY_NOTIFY_URL"  # in the environment: goes before `url`, which may hold a secret itself
SECRET = "AXTARY_NOTIFY_SECRET"  # noqa: S105  # the name of the variable
TRIES = 5
PAUSES = (1.0, 4.0, 15.0, 60.0)  # seconds between tries
TIMEOUT = 5.0  # seconds for one
ROOM = 1000  # messages that wait; the oldest makes room
INTERVAL = 1.0  # seconds between looks at the queue
KIND = "notified"
_SECOND = 1_000_000
_KEPT = 3600 * _SECOND  # microseconds for which it is remembered, behind the end of a request, that it was told
_LONG = 200  # characters of what an agent named

_log = logging.getLogger("axtary.notify")


@dataclass(frozen=True)
class Message:
    """What is sent. `id` is the same in every try."""

    id: str
    event: str
    body: bytes


@dataclass(frozen=True)
class Target:
    """Where to send, and with which secret to sign, None for none."""

    url: str
    secret: bytes | None


def target_of(notify: Notify, environment: Mapping[str, str]) -> Target:
    """With what the environment says. Raises UnreadableError."""
    url = environment.get(URL) or notify.url
    if problem := url_problem(url):
        raise UnreadableError(URL, problem, "give an `https` URL without a password")
    secret = environment.get(SECRET)
    return Target(url, secret.encode() if secret else None)


# --- what is said -----------------------------------------------------------------------------------------------------


def message(event: str, status: Status, notify: Notify) -> Message:
    """A summary, and the payload only where that is wanted."""
    request, action = status.request, status.request.action
    actor = action.get("actor") or {}
    body: dict[str, Any] = {
        "version": 1,
        "event": event,
        "request": request.id,
        "status": status.standing,
        "tool": _short(action["tool"]),
        "resource": _short(action.get("resource")),
        "agent": _short(actor.get("agent")),
        "owner": _short(actor.get("owner")),
        "rules": sorted({each.rule for each in request.reasons if each.rule}),
        "action_hash": request.action_hash,
        "asked": time_text(request.at / _SECOND),
        "expires": time_text(request.expires / _SECOND),
    }
    if notify.link is not None:
        body["link"] = f"{notify.link.rstrip('/')}/ui/approvals/{request.id}"
    if notify.payload:
        body["action"] = dict(action)
    return Message(f"{request.id}:{event}", event, json.dumps(body).encode())


def _short(text: Any) -> str | None:
    if not isinstance(text, str):
        return None
    return visible(text if len(text) <= _LONG else text[: _LONG - 1] + "…")


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """`sha256=` and HMAC-SHA256 in hex, over the time, a full stop and the body: an old message is no new one."""
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


# --- sending ----------------------------------------------------------------------------------------------------------


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        return None


def post(target: Target, found: Message, clock: Callable[[], float] = time.time) -> bool:
    """Send it once. Was it taken? What will not be taken the next time either counts as taken, and is logged."""
    timestamp = str(int(clock()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "axtary",
        "X-Axtary-Event": found.event,
        "X-Axtary-Delivery": found.id,
        "X-Axtary-Timestamp": timestamp,
    }
    if target.secret is not None:
        headers["X-Axtary-Signature"] = signature(target.secret, timestamp, found.body)
    request = Request(target.url, found.body, headers)  # noqa: S310  # `url_problem` lets http and https through
    try:
        with build_opener(_NoRedirect).open(request, timeout=TIMEOUT):
            return True
    except HTTPError as error:
        error.close()
        if error.code in (408, 425, 429) or error.code >= 500:
            return False
        _log.warning("%s does not take %s: status %d", _host(target), found.id, error.code)
        return True
    except (OSError, http.client.HTTPException):
        return False


def _host(target: Target) -> str:
    """The rest of an address may be a secret."""
    return urlsplit(target.url).hostname or ""


# --- watching ---------------------------------------------------------------------------------------------------------


class Watcher:
    """Finds what is new. `send` takes a message and says whether it was taken."""

    def __init__(
        self,
        approvals: Approvals,
        once: Once,
        notify: Notify,
        send: Callable[[Message], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._approvals, self._once, self._notify, self._send, self._clock = approvals, once, notify, send, clock
        self._open: set[str] = set()
        self._waiting: deque[tuple[float, int, Message]] = deque()  # when, after how many tries, what

    def look(self) -> None:
        """Look at the queue once, and send what is due. Raises StateError; then the next look finds the same."""
        found = {each.id for each in self._approvals.queue.waiting()}
        for name in sorted(found - self._open):
            self._tell("requested", name)
            self._open.add(name)
        for name in sorted(self._open - found):
            self._tell("ended", name)
            self._open.remove(name)
        self.deliver()

    def deliver(self) -> None:
        """Try what is due, each message once."""
        now = self._clock()
        for _ in range(len(self._waiting)):
            due, tries, found = self._waiting.popleft()
            if due > now:
                self._waiting.append((due, tries, found))
            elif not self._send(found):
                self._again(tries + 1, found)

    def _tell(self, event: str, name: str) -> None:
        request = self._approvals.queue.find(name)
        if request is None:
            return
        status = self._approvals.status(request)
        found = message(event, status, self._notify)
        until = max(status.request.expires, int(self._approvals.clock() * _SECOND)) + _KEPT
        if not self._once.use(KIND, found.id, until):
            return  # another watcher told it, or this one did before it was started again
        if len(self._waiting) >= ROOM:
            _, _, lost = self._waiting.popleft()
            _log.warning("%s is not sent: too many messages wait", lost.id)
        self._waiting.append((self._clock(), 0, found))

    def _again(self, tries: int, found: Message) -> None:
        if tries >= TRIES:
            _log.warning("%s is given up after %d tries", found.id, tries)
            return
        self._waiting.append((self._clock() + PAUSES[tries - 1], tries, found))


@contextmanager
def watching(
    approvals: Approvals, once: Once, environment: Mapping[str, str], interval: float = INTERVAL
) -> Iterator[None]:
    """Tell of requests for as long as this lasts, if the approvers' settings want that. Raises UnreadableError."""
    notify = approvals.approvers().notify
    if notify is None:
        yield
        return
    target = target_of(notify, environment)
    watcher, over = Watcher(approvals, once, notify, lambda found: post(target, found)), threading.Event()
    thread = threading.Thread(target=_watch, args=(watcher, over, interval), name="axtary-notify", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=TIMEOUT + interval)


def _watch(watcher: Watcher, over: threading.Event, interval: float) -> None:
    while not over.wait(interval):
        try:
            watcher.look()
        except StateError:
            continue  # it is there again, or the next look finds out
        except Exception:  # nobody else would hear of it, and there is more to tell
            _log.exception("a look at the queue failed")
