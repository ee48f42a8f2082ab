"""Replies as the web server sends them."""

from __future__ import annotations

import json

from starlette.responses import Response

from axtary.proxy.wire import Reply


def response(reply: Reply) -> Response:
    """JSON in ASCII, or text as it is."""
    text = reply.content if isinstance(reply.content, str) else json.dumps(reply.content, ensure_ascii=True)
    return Response(text, reply.status, dict(reply.headers), reply.media)
