"""A server of the official SDK over HTTP: `over_http.py PORT`. It takes both eras, and only with its token."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from mcp.server.mcpserver import MCPServer

GIVEN = "Bearer let-me-in"
server = MCPServer("notes")


@server.tool()
def note(text: str) -> str:
    """Keep a note."""
    return f"kept {text}"


def main() -> None:
    inner = server.streamable_http_app()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        given = dict(scope.get("headers", [])).get(b"authorization", b"").decode()
        if scope["type"] == "http" and given != GIVEN:
            kind = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 401, "headers": kind})
            await send({"type": "http.response.body", "body": b'{"detail": "who are you?"}'})
            return
        await inner(scope, receive, send)

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")


if __name__ == "__main__":
    main()
