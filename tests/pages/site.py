"""The pages in a small application of their own, with requests that wait; and as a real server."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvicorn
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from axtary.approvals.login import login_code
from axtary.proxy.pages import Services, routes
from axtary.proxy.pages.services import InForce
from axtary.runtime.state import Once
from tests.approvals.people import ANA, SERVICE, key, policy_text
from tests.approvals.waiting import Waiting, waiting

HOST = "127.0.0.1:8787"


class Visitor(TestClient):
    """With what the script of the pages keeps."""

    seal = ""


@dataclass
class Site:
    """The place where actions wait, and the application that shows it."""

    place: Waiting
    services: Services
    app: Starlette
    folder: Path

    def code(self, who: str = ANA) -> str:
        """A one-time code."""
        return login_code(who, self.place.people, key(SERVICE), self.place.now)

    def client(self, origin: str = f"http://{HOST}") -> Visitor:
        """A browser without a script; it sends the Origin of our pages."""
        return Visitor(self.app, base_url=origin, headers={"Origin": origin}, follow_redirects=False)

    def logged_in(self, who: str = ANA) -> Visitor:
        """A browser of somebody."""
        client = self.client()
        found = client.post("/ui/login", data={"code": self.code(who)})
        assert found.status_code == 303, found.text
        client.seal = found.headers["location"].partition("#seal=")[2]
        return client


def csrf(page: Response) -> str:
    """The token in the forms of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


@contextmanager
def site(folder: Path, origins: tuple[str, ...] = (f"http://{HOST}",)) -> Iterator[Site]:
    """In a folder, which is the workspace as well."""
    policy = folder / "axtary.yml"
    policy.write_text(policy_text())
    with waiting(folder, time.time) as place:
        services = Services(
            approvals=place.approvals,
            once=Once(place.database),
            rows=place.ledger.rows,
            policy=policy,
            compiled=InForce(policy, place.engine),
            origins=origins,
            clock=lambda: place.now,
        )
        yield Site(place, services, Starlette(routes=routes(services)), folder)


@contextmanager
def served(folder: Path) -> Iterator[tuple[Site, str]]:
    """As a server that a browser can open, and its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with site(folder, (origin,)) as found:
        over = threading.Event()
        services = replace(found.services, stopping=over.is_set)
        found.services, found.app = services, Starlette(routes=routes(services))
        server = uvicorn.Server(uvicorn.Config(found.app, log_level="warning", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield found, origin
        finally:
            over.set()
            server.should_exit = True
            thread.join(timeout=30)
            assert not thread.is_alive()
