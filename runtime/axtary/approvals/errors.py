"""What goes wrong with a request for approval, besides an artifact that is refused."""

from __future__ import annotations


class RequestError(Exception):
    """`code` is one of `CODES`. The text has no secrets."""

    def __init__(self, code: str, message: str, help_text: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help_text


CODES = {
    "request_unknown": "no request has this id",
    "request_over": "the request has ended, so no answer is taken",
    "request_stale": "the policy has changed since it was asked: whoever wants the action must ask anew",
    "service_missing": "no service signs for people here",
}


def request_error(code: str, detail: str = "", help_text: str = "") -> RequestError:
    """With the phrase of its code."""
    return RequestError(code, CODES[code] + (f": {detail}" if detail else ""), help_text)
