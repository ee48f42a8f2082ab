"""The body of a request: of the right type, not too large, and not too slow. It is read before it is parsed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request

from axtary.proxy.wire import JSON, HttpError


async def read_body(request: Request, authzen: bool, seconds: float, most: int) -> bytes:
    """The whole body, within so many seconds and bytes. Raises HttpError."""
    _check_type(request.headers, authzen)
    try:
        return await asyncio.wait_for(_whole(request, most), seconds)
    except TimeoutError:
        raise _closing(408, "slow_body", f"the body takes more than {seconds:g} seconds") from None
    except ClientDisconnect:
        raise _closing(400, "cut_body", "the body ended early") from None


async def _whole(request: Request, most: int) -> bytes:
    said = request.headers.get("content-length", "")
    if said.isdigit() and (len(said) > 12 or int(said) > most):
        raise _too_large(most)
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise _too_large(most)
    return bytes(found)


def _check_type(headers: Mapping[str, str], authzen: bool) -> None:
    kind, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower()
    if kind.strip().lower() != JSON or charset not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise _closing(
            400 if authzen else 415, "media_type", "the body is not JSON in UTF-8", f"send `Content-Type: {JSON}`"
        )
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _closing(415, "content_encoding", "the body is compressed", "send it as it is")


def _too_large(most: int) -> HttpError:
    return _closing(413, "AX0808", f"more than {most} bytes", "send large content by reference")


def _closing(status: int, code: str, message: str, help_text: str = "") -> HttpError:
    """The rest of the body is not read, so nothing can follow it."""
    return HttpError(status, code, message, help_text, {"Connection": "close"})
