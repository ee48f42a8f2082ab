"""News of the queue for pages that are open: a server-sent event whenever it changed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from axtary.proxy.pages.web import HEADERS, PageError, Site, own_origin, person_of
from axtary.runtime.state import StateError

INTERVAL = 1.0  # seconds between looks at the queue
LONGEST = 600  # looks, after which the browser comes anew
MOST = 50  # pages that listen at a time

_listening: set[object] = set()


async def stream(site: Site, request: Request) -> Response:
    """For those who are logged in, and as long as they are."""
    try:
        own_origin(site.services, request)
    except PageError as error:
        return Response(status_code=error.status, headers=HEADERS)
    if await run_in_threadpool(person_of, site, request) is None:
        return Response(status_code=401, headers=HEADERS)
    if len(_listening) >= MOST:
        return Response(status_code=503, headers={**HEADERS, "Retry-After": "30"})
    return StreamingResponse(_events(site, request), media_type="text/event-stream", headers=HEADERS)


async def _events(site: Site, request: Request) -> AsyncIterator[str]:
    listener, last = object(), ""
    _listening.add(listener)
    try:
        yield "retry: 2000\n\n"
        for look in range(LONGEST):
            if site.services.stopping() or await run_in_threadpool(person_of, site, request) is None:
                return
            now = await run_in_threadpool(revision, site)
            if now != last:
                yield f"data: {now}\n\n"
                last = now
            elif look % 15 == 0:
                yield ": still here\n\n"  # so that a connection that broke is noticed
            await asyncio.sleep(INTERVAL)
    finally:
        _listening.discard(listener)


def revision(site: Site) -> str:
    """A name for how the queue is: another one, another name."""
    try:
        found = site.services.approvals.queue.waiting()
    except StateError:
        return "unknown"
    version = site.services.approvals.engine.policy_version
    texts = [f"{each.id} {each.answers} {each.last}" for each in found]
    return hashlib.sha256("\n".join([version, *texts]).encode()).hexdigest()[:16]
