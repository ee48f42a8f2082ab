"""The addresses of the pages."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from axtary.proxy.pages import approvals, budgets, login, policies
from axtary.proxy.pages.events import stream
from axtary.proxy.pages.ledger import LedgerPages
from axtary.proxy.pages.policies import PolicyPages
from axtary.proxy.pages.rendering import ASSETS, address, asset
from axtary.proxy.pages.services import Services
from axtary.proxy.pages.sessions import Sessions
from axtary.proxy.pages.web import HEADERS, Call, Handler, Site, endpoint


def routes(services: Services, seconds: float = 10.0) -> list[Route]:
    """All pages, below `/ui`. A form must have come within so many seconds."""
    site = Site(services, Sessions(services.clock), seconds)
    ledger, policy = LedgerPages(), PolicyPages()

    def route(path: str, handler: Handler, method: str = "GET", public: bool = False) -> Route:
        return Route(path, endpoint(site, path, handler, public), methods=[method])

    return [
        route("/ui", _home),
        route("/ui/", _home),
        route("/ui/login", login.form, public=True),
        route("/ui/login", login.log_in, "POST", public=True),
        route("/ui/logout", login.log_out, "POST"),
        route("/ui/approvals", approvals.queue),
        route("/ui/approvals/{request}", approvals.queue),
        route("/ui/approvals/{request}", approvals.answer, "POST"),
        route("/ui/ledger", ledger.search),
        route("/ui/ledger/verify", ledger.verify, "POST"),
        route("/ui/ledger/{seq}", ledger.record),
        route("/ui/policies", policies.overview),
        route("/ui/policies/table", policy.table),
        route("/ui/policies/coverage", policy.coverage),
        route("/ui/budgets", budgets.overview),
        Route("/ui/events", partial(stream, site)),
        *[Route(address(name), partial(_asset, name)) for name in ASSETS],
    ]


def _home(_call: Call) -> Response:
    return RedirectResponse("/ui/approvals", 303)


async def _asset(name: str, _request: Request) -> Response:
    headers = {**HEADERS, "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset(name), media_type=ASSETS[name], headers=headers)
