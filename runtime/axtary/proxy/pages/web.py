"""The frame of every page: who is asking, from where, and the headers that keep a page to itself.

A handler is a plain function that runs in a thread: it takes a `Call` and gives a response. What changes something is
only ever a POST, from a page of this origin (`Origin`), of this session (`csrf`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from axtary.proxy.pages.rendering import page
from axtary.proxy.pages.services import Services
from axtary.proxy.pages.sessions import HOURS, Session, Sessions

MAX_FORM = 64 * 1024  # bytes
_FIELDS = 20

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # With `no-referrer` a browser would send `Origin: null` from our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}

_log = logging.getLogger("axtary.pages")


@dataclass(frozen=True)
class Site:
    """What handlers work with."""

    services: Services
    sessions: Sessions
    seconds: float  # for a form


class PageError(Exception):
    """Ends a handler with a page that says why."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(text)
        self.status, self.title, self.text = status, title, text


@dataclass(frozen=True)
class Call:
    """One request. `form` is empty but for a POST."""

    site: Site
    request: Request
    session: Session | None
    form: Mapping[str, str]

    @property
    def services(self) -> Services:
        """What the pages show."""
        return self.site.services

    def query(self, name: str) -> str:
        """A parameter of the address, "" if it is not there; never longer than anybody types."""
        return self.request.query_params.get(name, "")[:500]

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        """A page of this session."""
        notice = ""
        if self.session is not None:
            notice, self.session.notice = self.session.notice, ""
        html = page(template, session=self.session, path=self.request.url.path, notice=notice, **values)
        return HTMLResponse(html, status)


Handler = Callable[[Call], Response]


def endpoint(site: Site, path: str, handler: Handler, public: bool = False) -> Callable[[Request], Awaitable[Response]]:
    """A handler for the web server; without `public` for those who are logged in. Metrics and logs name its `path`."""

    async def answer(request: Request) -> Response:
        request.scope["axtary.route"] = path
        try:
            form = await asyncio.wait_for(_form(request), site.seconds) if request.method == "POST" else {}
        except PageError as error:
            return _framed(_refusal(error))
        except TimeoutError:
            return _framed(_refusal(_SLOW, {"Connection": "close"}))
        except ClientDisconnect:
            return Response(status_code=400)
        return _framed(await run_in_threadpool(_answered, site, handler, public, request, form))

    return answer


def _answered(site: Site, handler: Handler, public: bool, request: Request, form: Mapping[str, str]) -> Response:
    try:
        check_origin(site.services, request)
        session = _session(site, request, use=True)
        if session is None and not public:
            return RedirectResponse("/ui/login", 303) if request.method == "GET" else _refusal(_LOGGED_OUT)
        own = public or session is None or session.is_sent(form.get("csrf", ""))
        if request.method == "POST" and not own:
            raise PageError(403, "not from here", "The form is not from a page of this session. Load it again.")
        return handler(Call(site, request, session, form))
    except PageError as error:
        return _refusal(error)
    except Exception as error:  # neither a page nor a log may tell what an exception holds
        _log.error("the page %s failed: %s", request.scope["axtary.route"], type(error).__name__)
        return _refusal(PageError(500, "this failed", "The page cannot be shown. The log of the proxy says why."))


_LOGGED_OUT = PageError(401, "logged out", "The session has ended. Nothing was done. Log in again.")


_SLOW = PageError(408, "too slow", "The form did not come to an end. Nothing was done.")


def _refusal(error: PageError, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(page("message.html", title=error.title, text=error.text), error.status, headers)


def _framed(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def own_origin(services: Services, request: Request) -> str:
    """The origin by which the pages are called. By no other name, so that nobody points a name of theirs at us."""
    host = request.headers.get("host", "").lower()
    found = next((each for each in sorted(services.origins) if urlsplit(each).netloc == host), None)
    if found is None:
        raise PageError(421, "not here", "The pages are not served under this name.")
    return found


def check_origin(services: Services, request: Request) -> None:
    """What changes something comes from one of our own pages."""
    origin = own_origin(services, request)
    if request.method == "POST" and (
        request.headers.get("origin") != origin or request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
    ):
        raise PageError(403, "not from here", "The form is not from a page of this proxy.")


# --- sessions ---------------------------------------------------------------------------------------------------------


def cookie_name(services: Services, request: Request) -> str:
    """With TLS a name that no other host and no unencrypted page can set."""
    return "__Host-axtary" if _is_secure(services, request) else "axtary_session"


def token_of(services: Services, request: Request) -> str:
    """The token of the session that the browser sends, "" for none."""
    return request.cookies.get(cookie_name(services, request), "")


def set_cookie(response: Response, services: Services, request: Request, token: str) -> None:
    """For this origin, for no script, and not with requests that come from elsewhere. "" takes it away."""
    response.set_cookie(
        cookie_name(services, request),
        token,
        max_age=HOURS if token else 0,
        path="/",
        secure=_is_secure(services, request),
        httponly=True,
        samesite="strict",
    )


def _is_secure(services: Services, request: Request) -> bool:
    return own_origin(services, request).startswith("https:")


def _session(site: Site, request: Request, use: bool) -> Session | None:
    """Of somebody who is an approver still."""
    token = token_of(site.services, request)
    session = site.sessions.find(token, use)
    people = site.services.approvals.approvers().people
    if session is not None and all(each.id != session.person for each in people):
        site.sessions.end(token)
        return None
    return session


def person_of(site: Site, request: Request) -> str | None:
    """Who is logged in, without keeping the session alive by that."""
    session = _session(site, request, use=False)
    return session.person if session is not None else None


async def _form(request: Request) -> Mapping[str, str]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise PageError(415, "no form", "A form is expected.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise PageError(413, "too long", "The form is too long.")
    try:
        found = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
    except ValueError:
        raise PageError(400, "no form", "The form cannot be read.") from None
    return {name: values[0] for name, values in found.items()}
