"""The OpenAPI 3.1 document, from the table of routes and the schemas here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from axtary.grammars import schema
from axtary.proxy.wire import JSON, PROBLEM

if TYPE_CHECKING:
    from axtary.proxy.table import Route

Schema = dict[str, Any]

_WHAT_GOES_WRONG = {
    400: "It is ill-formed.",
    401: "No caller has these credentials.",
    403: "The caller may not ask for this.",
    408: "The body came too slowly.",
    413: "It is too large.",
    415: "It is not JSON.",
    421: "The proxy is not known by this name.",
    503: "Something that a decision needs cannot be used, or there is no room.",
    504: "It takes long, and goes on.",
}


def document(routes: Iterable[Route], base: str) -> Schema:
    """The document of these routes."""
    paths: dict[str, Schema] = {}
    for each in routes:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "axtary proxy",
            "version": version("axtary"),
            "description": "Decides, before it runs, whether an AI agent may do exactly this: allow, deny or step_up.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
    }


def _operation(route: Route) -> Schema:
    found: Schema = {"operationId": _identifier(route), "summary": route.summary, "responses": _responses(route)}
    parameters = [_parameter(name) for name in re.findall(r"{(\w+)}", route.path)]
    if route.key:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "The key of the attempt: what has one key runs once at most.",
                "schema": {"type": "string", "pattern": "^[!-~]{1,150}$"},
            }
        )
    if route.path == "/v1/approvals":
        states = ["open", "used", "denied", "cancelled", "expired", "all"]
        parameters.append({"name": "state", "in": "query", "schema": {"type": "string", "enum": states}})
    if parameters:
        found["parameters"] = parameters
    if route.body:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(route.body)}}}
    if route.access in ("open", "known"):
        found["security"] = []
    return found


def _responses(route: Route) -> Schema:
    usual = {400, 421, 503} | ({504} if not route.quick else set())
    usual |= {401, 403} if route.access in ("caller", "local") else {403}
    usual |= {401} if route.access == "known" else set()
    usual |= {408, 413, 415} if route.body else set()
    found = {status: _ref_response(status, "Errors") for status in usual}
    if route.answers.get(200) == "Result":
        found[503] = _ref_response(503, "ResultOrErrors")
        found[400] = _ref_response(400, "ResultOrErrors")
        found[409] = _ref_response(409, "ResultOrErrors")
    found |= {status: _ref_response(status, name) for status, name in route.answers.items()}
    if route.answers.get(400) == "Problem":
        found[400]["content"][JSON] = {"schema": _ref("Errors")}
    return {str(status): found[status] for status in sorted(found)}


def _ref_response(status: int, name: str) -> Schema:
    description = _WHAT_GOES_WRONG.get(status, "The answer.") if name != "text" else "The exposition."
    if name == "text":
        return {"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}}
    media = PROBLEM if name == "Problem" else JSON
    return {"description": description, "content": {media: {"schema": _ref(name)}}}


def _parameter(name: str) -> Schema:
    pattern = "^[!-~]{1,150}$" if name == "key" else "^[A-Za-z0-9_]{1,100}$"
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _identifier(route: Route) -> str:
    words = re.findall(r"[a-z0-9]+", route.path.lower())
    return "_".join((route.method.lower(), *words))


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


# --- schemas --------------------------------------------------------------------------------------------------------


def _object(members: Mapping[str, Any], *required: str, closed: bool = False) -> Schema:
    found: Schema = {"type": "object", "properties": dict(members)}
    if required:
        found["required"] = list(required)
    if closed:
        found["additionalProperties"] = False
    return found


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_TEXT: Schema = {"type": "string"}
_NAME: Schema = {"type": "string", "minLength": 1}
_ANY: Schema = {}
_OPEN: Schema = {"type": "object"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIME: Schema = {"type": "string", "format": "date-time"}
_SHA256: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_REASON = _object({"code": _TEXT, "rule": _TEXT, "message": _TEXT}, "code", "message")


def _words(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


_OUTCOME = _words("succeeded", "failed", "unknown")


def _schemas() -> Schema:
    action = {name: value for name, value in json.loads(schema("action")).items() if name not in ("$schema", "$id")}
    return {"Action": action, **_OWN, **_AUTHZEN}


_OWN: Mapping[str, Schema] = {
    "Result": _object(
        {
            "status": _words("executed", "authorized", "blocked", "pending", "failed", "malformed"),
            "attempt": _TEXT,
            "decision": _words("allow", "deny", "step_up"),
            "reasons": _list(_REASON),
            "fired": _list(_TEXT),
            "obligations": _OPEN,
            "policy_version": _SHA256,
            "action_hash": _SHA256,
            "payload_hash": _SHA256,
            "record": _COUNT,
            "outcome": _OUTCOME,
            "result": _ANY,
            "message": _TEXT,
            "request": _TEXT,
            "pass": _TEXT,
            "incidents": _list(_object({"code": _TEXT, "message": _TEXT}, "code", "message")),
            "timings": {"type": "object", "additionalProperties": _COUNT},
            "repeated": {"const": True},
        },
        "status",
        "attempt",
        "timings",
    ),
    "Outcome": _object(
        {
            "outcome": _OUTCOME,
            "result": _ANY,
            "message": _TEXT,
            "costs": {
                "type": "object",
                "additionalProperties": {"type": "string", "pattern": r"^[0-9]{1,14}(\.[0-9]{1,4})?$"},
            },
            "executed": _SHA256,
        },
        "outcome",
        closed=True,
    ),
    "Attempt": _object(
        {
            "attempt": _TEXT,
            "stage": _words("authorized", "executing", "ran", "done"),
            "status": _words("under_way", "executed", "failed"),
            "action_hash": _SHA256,
            "outcome": _OUTCOME,
            "result": _ANY,
            "message": _TEXT,
        },
        "attempt",
        "stage",
        "status",
        "action_hash",
    ),
    "Approval": _object(
        {
            "request": _TEXT,
            "status": _words("pending", "approved", "blocked", "stale", "denied", "expired", "used", "cancelled"),
            "action": _OPEN,
            "action_hash": _SHA256,
            "payload_hash": _SHA256,
            "policy_version": _SHA256,
            "asked": _TIME,
            "expires": _TIME,
            "reasons": _list(_REASON),
            "open": _list(_REASON),
            "answers": _list(_OPEN),
        },
        "request",
        "status",
        "action",
        "expires",
    ),
    "Approvals": _object({"approvals": _list(_ref("Approval"))}, "approvals"),
    "Answer": _object({"artifact": _TEXT}, "artifact", closed=True),
    "HookEvent": _object({"hook_event_name": _TEXT}, "hook_event_name"),
    "HookAnswer": _object(
        {
            "hookSpecificOutput": _object(
                {
                    "hookEventName": {"const": "PreToolUse"},
                    "permissionDecision": _words("allow", "deny", "ask"),
                    "permissionDecisionReason": _TEXT,
                },
                "hookEventName",
                "permissionDecision",
                "permissionDecisionReason",
            ),
            "continue": {"const": False},
            "stopReason": _TEXT,
            "systemMessage": _TEXT,
        },
        closed=True,
    ),
    "Checkpoint": _object({"origin": _TEXT, "size": _COUNT, "jws": _TEXT, "note": _TEXT}, "origin", "size", "jws"),
    "Keys": _object({"keys": _list(_OPEN)}, "keys"),
    "Health": _object({"status": _words("ok", "failed"), "checks": _OPEN}, "status"),
    "HealthOrErrors": {"anyOf": [_ref("Health"), _ref("Errors")]},
    "OpenAPI": _object({"openapi": _TEXT, "paths": _OPEN}, "openapi", "paths"),
    "Errors": _object(
        {"errors": _list(_object({"code": _TEXT, "message": _TEXT, "help": _TEXT}, "code", "message", "help"))},
        "errors",
    ),
    "ResultOrErrors": {"anyOf": [_ref("Result"), _ref("Errors")]},
}

_SUBJECT = _object({"type": _NAME, "id": _NAME, "properties": _OPEN}, "type", "id")
_VERB = _object({"name": _NAME, "properties": _OPEN}, "name")
_QUESTION = {"subject": _SUBJECT, "action": _VERB, "resource": _SUBJECT, "context": _OPEN}
_TASK_STATUS = _words("pending", "approved", "denied", "expired", "cancelled", "failed")

_AUTHZEN: Mapping[str, Schema] = {
    "Evaluation": _object(_QUESTION, "subject", "action", "resource"),
    "Evaluations": _object(
        {
            **_QUESTION,
            "evaluations": {"type": "array", "maxItems": 100, "items": _OPEN},
            "options": _object(
                {"evaluations_semantic": _words("execute_all", "deny_on_first_deny", "permit_on_first_permit")}
            ),
        }
    ),
    "Decision": _object({"decision": {"type": "boolean"}, "context": _OPEN}, "decision"),
    "Decisions": {
        "anyOf": [_object({"evaluations": _list(_ref("Decision"))}, "evaluations"), _ref("Decision")],
    },
    "AccessRequest": _object(
        {
            **_QUESTION,
            "denial": _object({"evaluation_id": _TEXT, "expires_at": _TIME}, "evaluation_id"),
        },
        "subject",
        "action",
        "resource",
        "denial",
    ),
    "Task": _object(
        {
            "task": _object(
                {"id": _TEXT, "status": _TASK_STATUS, "status_endpoint": _TEXT, "expires_at": _TIME}, "id", "status"
            ),
            "result": _object({"mode": {"const": "reevaluate"}, "approval": _OPEN}, "mode", "approval"),
        },
        "task",
    ),
    "Problem": _object({"type": _TEXT, "title": _TEXT, "status": _COUNT, "detail": _TEXT}, "type", "status"),
    "Metadata": _object(
        {"policy_decision_point": _TEXT, "access_evaluation_endpoint": _TEXT, "capabilities": _list(_TEXT)},
        "policy_decision_point",
        "access_evaluation_endpoint",
    ),
}
