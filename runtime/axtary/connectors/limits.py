"""How services say "not now": which answers are refusals for a time, and for how long to wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

DEFAULT_WAIT = 60.0
"""Seconds, where a service limits and does not say for how long; what GitHub asks for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP response. `headers` have lower-case names; `problem` says why `body` is not what it should be."""

    status: int
    headers: Mapping[str, str]
    body: Any = None
    problem: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status <= 299 and not self.problem


class Limits(Protocol):
    """Of one service: seconds to wait before the next call, None if it may be made. `now` is a Unix time."""

    def refused(self, answer: Answer) -> bool:
        """Was the call refused because of a limit, so that it had no effect?"""

    def hold(self, answer: Answer, now: float) -> float | None: ...


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds of `Retry-After`, which has a number or a date (RFC 9110, section 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)


def _whole(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else None


class CommonLimits:
    """429, and 503 that says when to come back (RFC 6585, RFC 9110)."""

    def refused(self, answer: Answer) -> bool:
        return answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers)

    def hold(self, answer: Answer, now: float) -> float | None:
        if not self.refused(answer):
            return None
        found = retry_after(answer.headers, now)
        return found if found is not None else DEFAULT_WAIT


class GitHubLimits(CommonLimits):
    """A primary limit with `x-ratelimit-*`, and secondary ones that come as 403 or 429."""

    def refused(self, answer: Answer) -> bool:
        if super().refused(answer):
            return True
        limited = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
        return answer.status == 403 and (limited or "rate limit" in _message(answer).lower())

    def hold(self, answer: Answer, now: float) -> float | None:
        reset = _whole(answer.headers, "x-ratelimit-reset")
        until = max(0.0, reset - now) if reset is not None else None
        if not self.refused(answer):  # an answer that took the last call: the next one is not worth sending
            return until if answer.headers.get("x-ratelimit-remaining") == "0" else None
        asked = retry_after(answer.headers, now)
        if asked is not None:
            return asked
        spent = answer.headers.get("x-ratelimit-remaining") == "0"
        return until if spent and until is not None else DEFAULT_WAIT


class SlackLimits(CommonLimits):
    """429 with `Retry-After`, for each method; `ratelimited` in the body says the same."""

    def refused(self, answer: Answer) -> bool:
        error = answer.body.get("error") if isinstance(answer.body, dict) else None
        return super().refused(answer) or error in ("ratelimited", "rate_limited")


class LinearLimits(CommonLimits):
    """400 with the code RATELIMITED; when the limit ends stands in `x-ratelimit-…-reset`, in milliseconds."""

    def refused(self, answer: Answer) -> bool:
        return super().refused(answer) or "RATELIMITED" in graphql_codes(answer.body)

    def hold(self, answer: Answer, now: float) -> float | None:
        if not self.refused(answer):
            return None
        asked = retry_after(answer.headers, now)
        if asked is not None:
            return asked
        waits = [self._until(answer, kind, now) for kind in ("requests", "complexity")]
        return max((wait for wait in waits if wait is not None), default=DEFAULT_WAIT)

    def _until(self, answer: Answer, kind: str, now: float) -> float | None:
        reset = _whole(answer.headers, f"x-ratelimit-{kind}-reset")
        spent = answer.headers.get(f"x-ratelimit-{kind}-remaining") == "0"
        return max(0.0, reset / 1000 - now) if spent and reset is not None else None


def graphql_codes(body: Any) -> list[str]:
    """The `extensions.code` of each error of a GraphQL answer; "" for one that has none."""
    errors = body.get("errors") if isinstance(body, dict) else None
    codes = []
    for error in errors if isinstance(errors, list) else ():
        extensions = error.get("extensions") if isinstance(error, dict) else None
        code = extensions.get("code") if isinstance(extensions, dict) else None
        codes.append(code if isinstance(code, str) else "")
    return codes


def _message(answer: Answer) -> str:
    found = answer.body.get("message") if isinstance(answer.body, dict) else None
    return found if isinstance(found, str) else ""
