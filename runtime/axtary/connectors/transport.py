"""HTTP for connectors: one request and its answer, tried again only where that cannot do anything twice.

Nothing comes from the environment (no proxy, no .netrc, no certificate bundle), no redirect is followed, no answer is
taken that is compressed or larger than `MAX_BYTES`, and the credential is put on at the last moment.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from axtary.compiler.ir import INT_MAX
from axtary.connectors.credentials import Secret
from axtary.connectors.limits import Answer, Limits
from axtary.connectors.provider import ProviderError
from axtary.connectors.quiet import unlogged
from axtary.runtime.hashing import canonical

if TYPE_CHECKING:
    import ssl

    import httpx2

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 60  # of lists and objects in an answer: what reports it puts it into objects of its own


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long to try. Seconds; `attempts` in all."""

    attempts: int = 4
    longest: float = 30.0  # all waits of one call together
    first: float = 0.5
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.time

    def backoff(self, attempt: int) -> float:
        """Doubles with each attempt, with jitter: clients that failed together do not come back together."""
        return self.first * 2.0**attempt * random.uniform(0.5, 1.0)  # noqa: S311


@dataclass(frozen=True, slots=True)
class Request:
    """A request to one service. `path` stands behind its URL and is encoded already; `body` is JSON, None for none.

    `repeatable`: doing it twice is as good as once, so it is tried again also where it may have been done.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request. `answer` None: no answer came. `doubtful`: one of the tries may have had an effect."""

    answer: Answer | None
    doubtful: bool
    message: str = ""
    wait: float | None = None  # seconds until the service takes calls again

    @property
    def limited(self) -> bool:
        return self.wait is not None


class _NotSent(Exception):
    """Nobody got the request."""


class _Lost(Exception):
    """The request was sent, at least in part, and no whole answer came."""


class Client:
    """Requests to one service. For any thread."""

    def __init__(
        self,
        name: str,
        url: str,
        timeout: float,
        limits: Limits,
        authorise: Callable[[], tuple[Mapping[str, str], Secret | None]],
        headers: Mapping[str, str] | None = None,
        patience: Patience | None = None,
    ) -> None:
        """`authorise` gives the headers that carry the credential, and the credential, so that no answer shows it."""
        self.name, self._url, self._timeout, self._limits = name, url, timeout, limits
        self._authorise, self._headers, self._patience = authorise, dict(headers or {}), patience or Patience()
        self._held_until = 0.0
        self._lock = threading.Lock()

    def close(self) -> None:
        for name in ("_reading", "_writing"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def send(self, request: Request) -> Reply:
        """Send a request until it is clear what became of it, or no try is left. Raises ProviderError before."""
        patience, left, doubtful = self._patience, self._patience.longest, False
        for attempt in range(patience.attempts):
            answer, message = None, ""
            wait = limited = self._held()
            if wait is None:
                try:
                    answer = self._once(request)
                except _NotSent as error:
                    message = str(error)
                except _Lost as error:
                    message, doubtful = str(error), True
                    if not request.repeatable:
                        return Reply(None, True, message)
                else:
                    limited = self._limit(answer)
                    if answer.status >= 500 or answer.status == 408:
                        # Also if it says when to come back: a cache says so when the service had the request already.
                        doubtful, message = True, f"the service failed with status {answer.status}"
                        if not request.repeatable:
                            return Reply(answer, True, message)
                    elif limited is None:
                        return Reply(answer, doubtful)
                wait = limited if limited is not None else patience.backoff(attempt)
            if limited is not None:
                message = f"{self.name} limits calls: it takes the next in {max(1, round(limited))} seconds"
            if attempt + 1 == patience.attempts or wait > left:
                return Reply(answer, doubtful, message, limited)
            left -= wait
            patience.sleep(wait)
        raise AssertionError("no attempts")

    def read(self, request: Request) -> Answer:
        """The answer to a request that changes nothing, whatever its status below 500. Raises ProviderError."""
        reply = self.send(replace(request, repeatable=True))
        if reply.limited:
            raise ProviderError("rate_limited", reply.message, "try again then")
        if reply.answer is None or reply.answer.status >= 500 or reply.answer.status == 408:
            message = f"{self.name} cannot be reached: {reply.message}"
            raise ProviderError("unreachable", message, "check the address and the network, or try again later")
        return reply.answer

    def credential(self) -> bool:
        """Is there one? False if none is configured; raises ProviderError if it cannot be read."""
        return self._authorise()[1] is not None

    # --- limits ---

    def _held(self) -> float | None:
        with self._lock:
            left = self._held_until - self._patience.now()
        return left if left > 0 else None

    def _limit(self, answer: Answer) -> float | None:
        """Note how long to hold calls back. The seconds, if this call was refused."""
        now = self._patience.now()
        hold = self._limits.hold(answer, now)
        if hold is not None:
            with self._lock:
                self._held_until = max(self._held_until, now + hold)
        return (hold or 0.0) if self._limits.refused(answer) else None

    # --- one try ---

    def _once(self, request: Request) -> Answer:
        import httpx2

        credentials, secret = self._authorise()
        content = canonical(request.body) if request.body is not None else None
        headers = {**self._headers, **request.headers, **credentials}
        headers |= {"Accept-Encoding": "identity", "User-Agent": f"axtary/{version('axtary')}"}
        if content is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        url = self._url + request.path + ("?" + urlencode(request.query) if request.query else "")
        client = self._reading if request.method == "GET" else self._writing
        try:
            built = client.build_request(request.method, url, headers=headers, content=content)
        except (httpx2.InvalidURL, ValueError):
            raise ProviderError("bad_payload", "the call makes no URL that can be sent", "check its values") from None
        try:
            with unlogged():
                response = client.send(built, stream=True, follow_redirects=False)
                try:
                    data = self._body(response)
                finally:
                    response.close()
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
            raise _NotSent("no connection could be made") from None
        except httpx2.LocalProtocolError:
            raise ProviderError("bad_payload", "the call makes no request that can be sent", "check it") from None
        except httpx2.TimeoutException:
            raise _Lost(f"no answer came within {self._timeout:g} seconds") from None
        except httpx2.HTTPError:
            raise _Lost("the connection broke off before the answer was whole") from None
        return _answer(response.status_code, response.headers, data, secret)

    def _body(self, response: httpx2.Response) -> bytes | None:
        """The bytes of an answer, None for more than are taken. Raises _Lost if it is not whole in time."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            return None
        end, data = time.monotonic() + self._timeout, bytearray()
        for chunk in response.iter_raw(64 * 1024):
            data += chunk
            if len(data) > MAX_BYTES:
                return None
            if time.monotonic() > end:
                raise _Lost(f"no whole answer came within {self._timeout:g} seconds")
        return bytes(data)

    @cached_property
    def _reading(self) -> httpx2.Client:
        return self._client(keep_alive=8)

    @cached_property
    def _writing(self) -> httpx2.Client:
        """A connection of its own for each: one that was kept may be closed just as the request is sent, and then
        nobody knows whether it was read."""
        return self._client(keep_alive=0)

    def _client(self, keep_alive: int) -> httpx2.Client:
        import httpx2

        limits = httpx2.Limits(max_connections=32, max_keepalive_connections=keep_alive)
        return httpx2.Client(
            verify=_tls(), trust_env=False, follow_redirects=False, timeout=self._timeout, limits=limits
        )


@cache
def _tls() -> ssl.SSLContext:
    """The trusted certificates, which take a tenth of a second to read."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


def _answer(status: int, headers: Mapping[str, str], data: bytes | None, secret: Secret | None) -> Answer:
    body, problem = _value(data)
    shown = {name.lower(): value for name, value in headers.items()}
    return Answer(status, shown, secret.masked(body) if secret is not None else body, problem)


def _value(data: bytes | None) -> tuple[Any, str]:
    """The JSON value of an answer, or why there is none. No body is None."""
    if data is None:
        return None, f"the answer is compressed, or larger than {MAX_BYTES} bytes"
    if not data.strip():
        return None, ""
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse)
        return _plain(value, 1), ""
    except (ValueError, RecursionError):
        return None, "the answer is not JSON"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _refuse(literal: str) -> Any:
    raise ValueError(literal)


def _plain(value: Any, depth: int) -> Any:
    """A value that every part of axtary can hash: integers that a double cannot hold become text."""
    if depth > MAX_DEPTH:
        raise ValueError("nested too deep")
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_plain(name, depth): _plain(item, depth + 1) for name, item in value.items()}
    if type(value) is int and abs(value) > INT_MAX:
        return str(value)
    if isinstance(value, float) and abs(value) > INT_MAX:
        return repr(value)
    return value
