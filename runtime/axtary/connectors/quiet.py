"""The HTTP library logs URLs and the headers of answers: payloads, and what a service echoes. Not for connectors.

Its loggers belong to the whole process, so they are not turned off: a filter drops what is logged while a connector
calls, in its own thread only.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOGGERS = ("httpx2", *(f"httpcore2.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


class _Filter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not _quiet.get()


_FILTER = _Filter()


@contextmanager
def unlogged() -> Iterator[None]:
    """Nothing of the HTTP library is logged within."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)  # adds it once
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)
