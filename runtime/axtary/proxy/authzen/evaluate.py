"""`/access/v1/evaluation`, `/access/v1/evaluations` and the metadata of the decision point.

A question is a decision like any other: it is recorded, and what a yes costs of rates and budgets is counted at once,
because whoever asks never says what came of it. Who wants to hold and settle uses `/v1/authorize`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.proxy.authzen.mapping import action_of, answer, question
from axtary.proxy.service import Service
from axtary.proxy.wire import Call, HttpError, Reply
from axtary.runtime.state import StateError

MAX_ITEMS = 100  # questions in one request
ACCESS_REQUEST = "urn:openid:authzen:capability:access-request"
_SEMANTICS: Mapping[str, bool | None] = {
    "execute_all": None,
    "deny_on_first_deny": False,
    "permit_on_first_permit": True,
}
"""Which decision ends it."""


def evaluation(service: Service, call: Call) -> Reply:
    """One question."""
    return Reply(200, _decided(service, call, question(call.json("evaluation"))))


def evaluations(service: Service, call: Call) -> Reply:
    """Many. One that is ill-formed is a no at its place; what is wrong with the whole is an error."""
    body = call.json("evaluations")
    items = body.get("evaluations")
    if items is None or items == []:
        return Reply(200, _decided(service, call, question(body)))
    if type(items) is not list or len(items) > MAX_ITEMS:
        raise HttpError(400, "AX0813", "`evaluations` is no list of questions", f"send 1 to {MAX_ITEMS} of them")
    last, found = _last(body), []
    for item in items:
        found.append(_item(service, call, item, body))
        if found[-1]["decision"] is last:
            break
    return Reply(200, {"evaluations": found})


def metadata(service: Service, _call: Call) -> Reply:
    """Where everything is."""
    base = service.base
    return Reply(
        200,
        {
            "policy_decision_point": base,
            "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
            "access_request_endpoint": endpoint(service),
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "capabilities": [ACCESS_REQUEST],
        },
    )


def endpoint(service: Service) -> str:
    """Where access is requested."""
    return f"{service.base}/access/v1/requests"


def _last(body: Mapping[str, Any]) -> bool | None:
    options = body.get("options")
    if options is None:
        options = {}
    if type(options) is not dict:
        raise HttpError(400, "AX0813", "`options` is not an object", "send an object")
    name = options.get("evaluations_semantic", "execute_all")
    if type(name) is not str or name not in _SEMANTICS:
        help_text = f"write one of {', '.join(_SEMANTICS)}"
        raise HttpError(400, "AX0814", "`options.evaluations_semantic` is not known", help_text)
    return _SEMANTICS[name]


def _item(service: Service, call: Call, item: Any, defaults: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if type(item) is not dict:
            raise HttpError(400, "AX0813", "the evaluation is not an object", "send an object")
        return _decided(service, call, question(item, defaults))
    except HttpError as error:
        told = {"status": error.status, "code": error.code, "message": error.message}
        return {"decision": False, "context": {"error": told}}


def _decided(service: Service, call: Call, asked: Mapping[str, Any]) -> dict[str, Any]:
    pipeline = service.pipeline
    result = pipeline.evaluate(action_of(asked, call.known, call.headers.get("x-request-id")))
    if result.status == "malformed":
        ground = result.grounds[0]
        raise HttpError(400, ground.code, ground.message)
    expires = None
    if result.request is not None:
        try:
            request = pipeline.queue.find(result.request)
            expires = request.expires / 1e6 if request is not None else None
        except StateError:
            pass  # then access cannot be requested
    return answer(result, endpoint(service), expires, pipeline.clock())
