"""One-time codes by which an approver comes to the page: who may read the key of the service makes one for a person.

A code is a JWS of the service, good for minutes and for one session. Nothing is kept of it before it is used, and then
its id alone. It permits nothing that the key could not sign for by itself.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from axtary.approvals.artifact import HEADER
from axtary.approvals.errors import request_error
from axtary.approvals.service import NO_SERVICE
from axtary.approvals.verify import SECOND, SKEW
from axtary.compiler.approvers import ApproverList
from axtary.passes import forms, jose
from axtary.passes.errors import Reason, RefusedError
from axtary.passes.keys import PrivateKey, public_key
from axtary.runtime.state import Once

TYP = "axtary-login+jwt"
TTL = 5 * 60  # seconds
MAX_TOKEN = 2 * 1024  # characters
KIND = "login"
_KEPT = 60 * 60  # seconds behind its end for which a use is remembered: the clock of a database may be ahead


def login_code(approver: str, people: ApproverList, key: PrivateKey, now: float) -> str:
    """A code for an approver. Raises RequestError `service_missing`, RefusedError UNKNOWN_APPROVER."""
    if people.service is None or people.service.key != key.kid:
        raise request_error("service_missing", help_text=NO_SERVICE)
    _known(approver, people)
    claims = {"sub": approver, "aud": people.audience, "iat": int(now), "exp": int(now) + TTL}
    claims["jti"] = f"log_{secrets.token_hex(16)}"
    return jose.sign(claims, TYP, key, {"kid": key.kid, "jwk": dict(key.public.jwk)})


def logged_in(code: str, people: ApproverList, once: Once, now: float) -> str:
    """The approver whom a code is for; it is used up. Raises RefusedError; StateError, and then nobody came in."""
    jws = jose.parse(code, TYP, HEADER, MAX_TOKEN)
    key = public_key(jws.header["jwk"])
    if people.service is None or key.kid != people.service.key or jws.header["kid"] != key.kid:
        raise RefusedError(Reason.UNKNOWN_KEY)
    jose.check(jws, key)
    claims = jws.payload
    forms.hold(claims, _FORMS, _FORMS.keys())
    if claims["aud"] != people.audience:
        raise RefusedError(Reason.WRONG_AUDIENCE)
    if claims["iat"] > now + SKEW:
        raise RefusedError(Reason.ISSUED_IN_FUTURE)
    if claims["exp"] <= now:
        raise RefusedError(Reason.EXPIRED)
    if claims["exp"] - claims["iat"] > TTL:
        raise RefusedError(Reason.TTL_TOO_LONG)
    approver = _known(claims["sub"], people)
    if not once.use(KIND, claims["jti"], (claims["exp"] + _KEPT) * SECOND):
        raise RefusedError(Reason.REPLAYED)
    return approver


def _known(approver: str, people: ApproverList) -> str:
    if all(each.id != approver for each in people.people):
        raise RefusedError(Reason.UNKNOWN_APPROVER)
    return approver


_FORMS: Mapping[str, forms.Form] = {
    **dict.fromkeys(("sub", "aud"), forms.name),
    **dict.fromkeys(("iat", "exp"), forms.time),
    "jti": forms.like(re.compile(r"log_[0-9a-f]{32}\Z")),
}
