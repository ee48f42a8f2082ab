"""Base64url without padding (RFC 7515 section 2), where each text is the only spelling of its bytes."""

from __future__ import annotations

import base64


def encoded(data: bytes) -> str:
    """The text of `data`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """The bytes of a text that `encoded` could have written. Raises ValueError."""
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(data) != text:  # padding, or bits that no byte has
        raise ValueError("not the only spelling")
    return data
