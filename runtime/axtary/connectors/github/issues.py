"""Issues: opened, commented on, changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axtary.connectors import shapes
from axtary.connectors.github import api
from axtary.connectors.github.api import Api, repo_path
from axtary.connectors.provider import Call, Ran

CREATE = "github.issues.create"
COMMENT = "github.issues.comment"
UPDATE = "github.issues.update"

_FIELDS = {
    "title": "text",
    "body": "text|null",
    "labels": "texts",
    "assignees": "texts",
    "milestone": "integer|null",
    "type": "text|null",
}
_SENT = {
    CREATE: _FIELDS,
    COMMENT: {"body": "text"},
    UPDATE: {**_FIELDS, "state": "text", "state_reason": "text|null"},
}
_REQUIRED = {CREATE: ("title",), COMMENT: ("number", "body"), UPDATE: ("number",)}


def form(tool: str, payload: dict[str, Any]) -> Call:
    number = {"number": "integer"} if tool != CREATE else {}
    kinds = {"owner": "text", "repo": "text", **number, **_SENT[tool]}
    shapes.check(payload, kinds, ("owner", "repo", *_REQUIRED[tool]))
    api.check_repository(payload)
    if number:
        api.check_number(payload)
    if tool == UPDATE and not payload.keys() & _SENT[UPDATE].keys():
        raise shapes.bad("nothing says what to change", f"write one of {', '.join(_SENT[UPDATE])}")
    return Call(tool, api.resource(payload), payload)


def normalise(github: Api, tool: str, payload: dict[str, Any]) -> Call:
    payload["owner"], payload["repo"] = github.repository(payload["owner"], payload["repo"])
    return form(tool, payload)


def execute(github: Api, tool: str, payload: Mapping[str, Any]) -> Ran:
    path = f"{repo_path(payload['owner'], payload['repo'])}/issues"
    path += f"/{payload['number']}" if "number" in payload else ""
    path += "/comments" if tool == COMMENT else ""
    sent = {name: payload[name] for name in _SENT[tool] if name in payload}
    made = github.write("PATCH" if tool == UPDATE else "POST", path, sent)
    if isinstance(made, Ran):
        return made
    shown = {name: made[name] for name in ("number", "id") if type(made.get(name)) in (int, str)}
    return Ran("succeeded", shown | {"url": shapes.text(made, "html_url"), "state": shapes.text(made, "state")})
