"""A proxy to measure: its provider runs nothing, and `/noop` is a route of the web server that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from axtary.connectors.provider import Call, Ran
from axtary.proxy.app import App
from axtary.proxy.serve import Order, run
from axtary.proxy.tracing import NoTracer


class Nothing:
    """Runs nothing, at once."""

    def normalise(self, tool: str, payload: Mapping[str, Any]) -> Call:
        return Call(tool, "", dict(payload))

    def execute(self, action: Mapping[str, Any], key: str) -> Ran:
        return Ran("succeeded")


def noop(_app: App) -> Sequence[BaseRoute]:
    async def answer(request: Request) -> Response:
        await request.body()
        return Response(b"{}", media_type="application/json")

    return [Route("/noop", answer, methods=["POST"])]


if __name__ == "__main__":
    order = Order(policy=Path(sys.argv[1]) / "axtary.yml", port=0)
    sys.exit(run(order, lambda: nullcontext(Nothing()), NoTracer(), {}, [noop]))
