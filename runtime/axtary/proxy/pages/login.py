"""Coming and going. The code of a link stands behind its `#`, which no browser sends and no log keeps; so does the
seal, in the address to which a login leads.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from axtary.approvals.login import MAX_TOKEN, logged_in
from axtary.passes.errors import RefusedError
from axtary.proxy.pages.web import Call, set_cookie, token_of
from axtary.runtime.state import StateError


def form(call: Call) -> Response:
    """The page with the field for a code."""
    return call.page("login.html", problem="")


def log_in(call: Call) -> Response:
    """A code for a session. Whatever session the browser had before is over: nobody else can have chosen it."""
    services = call.services
    code = call.form.get("code", "").strip()[: MAX_TOKEN + 1]
    try:
        person = logged_in(code, services.approvals.approvers(), services.once, services.clock())
    except RefusedError as error:
        return call.page("login.html", 403, problem=f"The code is refused: {error.message}.")
    except StateError:
        return call.page("login.html", 503, problem="The state cannot be used, so nobody can be let in.")
    call.site.sessions.end(token_of(services, call.request))
    token, session = call.site.sessions.begin(person)
    response = RedirectResponse(f"/ui/approvals#seal={session.seal}", 303)
    set_cookie(response, services, call.request, token)
    return response


def log_out(call: Call) -> Response:
    """The session is over, here and not only in the browser."""
    call.site.sessions.end(token_of(call.services, call.request))
    response = RedirectResponse("/ui/login", 303)
    set_cookie(response, call.services, call.request, "")
    return response
